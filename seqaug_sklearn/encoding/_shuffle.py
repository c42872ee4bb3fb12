"""Shuffled sequences that keep their words: the null model of sequence comparison."""

from itertools import pairwise

import numpy as np

from seqaug_sklearn.utils import check_sequences, is_whole, plain_container, replaced_text

__all__ = ["dinucleotide_shuffle", "kmer_shuffle"]


def dinucleotide_shuffle(sequences, rng):
    """Shuffle each sequence, keeping the count of every pair of neighbouring symbols.

    What a plain shuffle destroys and every comparison finds again (composition, CpG depletion, runs of A) stays; what
    lies beyond neighbours (motifs, homology) goes. The first and the last symbol stay in place.

    Parameters
    ----------
    sequences : array-like of str of shape (n_samples,)
        Sequences of any alphabet and of any lengths. Lower case counts as upper case; ambiguity codes and gaps are
        symbols like others.
    rng : numpy.random.Generator
        Source of randomness; it is advanced.

    Returns
    -------
    shuffled : list of str, pandas.Series or ndarray of str of shape (n_samples,)
        Upper case; a Series with the same index and name for a Series or one-column DataFrame, an ndarray for an
        ndarray, else a list. Every sequence with the same pair counts is equally likely. Short or repetitive sequences
        have few of them and may come back unchanged.

    Raises
    ------
    TypeError
        If `rng` is no Generator.
    SequenceError, SequenceTypeError
        If `sequences` is not text.

    See Also
    --------
    kmer_shuffle : The same for words of any length.

    Notes
    -----
    A sequence is a path through the graph whose nodes are symbols and whose edges are its pairs. A random tree of last
    exits towards the last symbol, drawn by loop-erased random walks [2]_, and a random order of all other exits make a
    random Eulerian path [1]_. Time grows with the length: about 0.1 ms for 300 residues.

    References
    ----------
    .. [1] S. F. Altschul and B. W. Erickson, Significance of nucleotide sequence alignments, Molecular Biology and
       Evolution 2 (1985), :doi:`10.1093/oxfordjournals.molbev.a040370`.
    .. [2] D. Kandel, Y. Matias, R. Unger and P. Winkler, Shuffling biological sequences, Discrete Applied Mathematics
       71 (1996), :doi:`10.1016/S0166-218X(97)81456-4`.

    Examples
    --------
    >>> import numpy as np
    >>> dinucleotide_shuffle(["ACGATTACCA", "AAAA"], np.random.default_rng(0))
    ['ATTACCACGA', 'AAAA']
    """
    return kmer_shuffle(sequences, 2, rng)


def kmer_shuffle(sequences, k, rng):
    """Shuffle each sequence, keeping the count of every k-mer.

    The counts of all shorter words are kept with them, and so are the first and the last k - 1 symbols.

    Parameters
    ----------
    sequences : array-like of str of shape (n_samples,)
        Sequences of any alphabet and of any lengths. Lower case counts as upper case; ambiguity codes and gaps are
        symbols like others.
    k : int
        Length of the words in symbols, at least 1: 1 keeps the composition, 2 is :func:`dinucleotide_shuffle`.
    rng : numpy.random.Generator
        Source of randomness; it is advanced.

    Returns
    -------
    shuffled : list of str, pandas.Series or ndarray of str of shape (n_samples,)
        Upper case, in the form of `sequences` as :func:`dinucleotide_shuffle` has it. Every sequence with these counts
        and ends is equally likely. The longer the words, the fewer there are: with k = 6 most sequences of 300
        residues have hardly any other order.

    Raises
    ------
    TypeError
        If `rng` is no Generator.
    ValueError
        If `k` is no whole number of at least 1.
    SequenceError, SequenceTypeError
        If `sequences` is not text.

    See Also
    --------
    seqaug_sklearn.model_selection.make_negatives : Negative examples, and what separates them from the positives.

    Notes
    -----
    As :func:`dinucleotide_shuffle`, with words of k - 1 symbols as the nodes of the graph [1]_.

    References
    ----------
    .. [1] D. Kandel, Y. Matias, R. Unger and P. Winkler, Shuffling biological sequences, Discrete Applied Mathematics
       71 (1996), :doi:`10.1016/S0166-218X(97)81456-4`.

    Examples
    --------
    >>> import numpy as np
    >>> kmer_shuffle(["ACGTTACCATTACGATTAACGA", "ACG"], 3, np.random.default_rng(0))
    ['ACCATTACGTTAACGATTACGA', 'ACG']
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {rng!r}; pass numpy.random.default_rng(seed)")
    if not is_whole(k) or k < 1:
        raise ValueError(f"k must be a whole number of at least 1, got {k!r}")
    sequences = plain_container(sequences, name="sequences")
    checked = check_sequences(sequences, name="sequences")
    shuffled = [_shuffle(text.upper(), k, rng) for text in np.asarray(checked.values, dtype=object).tolist()]
    if hasattr(sequences, "iloc"):
        made = replaced_text(sequences, shuffled)
        return made if made.ndim == 1 or made.shape[1] > 1 else made.iloc[:, 0]
    return np.array(shuffled) if isinstance(sequences, np.ndarray) else shuffled


def _shuffle(text, k, rng):
    if k == 1:
        return "".join([text[place] for place in rng.permutation(len(text)).tolist()])
    words = [text[start : start + k - 1] for start in range(len(text) - k + 2)]
    nodes = sorted(set(words))
    number = {word: i for i, word in enumerate(nodes)}
    path = _eulerian_path(np.array([number[word] for word in words], np.intp), len(nodes), rng)
    # a node adds its last symbol to what came before
    return words[0][:-1] + "".join([nodes[node][-1] for node in path]) if words else text


def _eulerian_path(codes, n_nodes, rng):
    """Another order of the nodes with the same edges, every one equally likely."""
    # with both ends fixed, three nodes have one arrangement, and so has a single node
    if len(codes) < 4 or n_nodes == 1:
        return codes.tolist()
    # exits of each node side by side, in random order
    exits = codes[1:][np.lexsort((rng.random(len(codes) - 1), codes[:-1]))].tolist()
    # exits of node s are exits[starts[s]:starts[s + 1]]
    starts = np.searchsorted(np.sort(codes[:-1]), np.arange(n_nodes + 1)).tolist()
    for node, place in _last_exits(exits, starts, int(codes[-1]), rng).items():
        # the walk takes the exits in turn, so the exit of the tree goes to the end. With last exits that lead to the
        # last node, the walk cannot get stuck before all exits are used (the BEST theorem), and trees are drawn evenly
        last = starts[node + 1] - 1
        exits[place], exits[last] = exits[last], exits[place]
    return _walk(exits, starts, int(codes[0]), len(codes))


def _last_exits(exits, starts, root, rng):
    """Place of the last exit of every symbol but the root: a uniform random tree towards the root (Wilson)."""
    chosen, finished = {}, {root}
    draws = _uniform(rng)
    for symbol, (start, stop) in enumerate(pairwise(starts)):
        at = symbol
        while start < stop and at not in finished:
            low, high = starts[at], starts[at + 1]
            # a walk along random exits until it meets the tree; later choices overwrite earlier ones, which erases the
            # loops
            chosen[at] = low + int(next(draws) * (high - low))
            at = exits[chosen[at]]
        at = symbol
        while start < stop and at not in finished:
            # second pass over the walk without its loops: it joins the tree
            finished.add(at)
            at = exits[chosen[at]]
    return chosen


def _uniform(rng):
    """Yield numbers in [0, 1), drawn many at a time."""
    while True:
        # NumPy takes about as long for one number as for 32
        yield from rng.random(32).tolist()


def _walk(exits, starts, symbol, length):
    nexts = list(starts)
    path = [symbol]
    for _ in range(length - 1):
        place = nexts[symbol]
        nexts[symbol] = place + 1
        symbol = exits[place]
        path.append(symbol)
    return path
