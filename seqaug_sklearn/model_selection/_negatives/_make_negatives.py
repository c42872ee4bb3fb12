"""``make_negatives``: negative examples without a shortcut."""

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.model_selection._leakage import audit_leakage
from seqaug_sklearn.model_selection._negatives._background_draws import BackgroundDraws
from seqaug_sklearn.model_selection._negatives._negative_set import NegativeSet
from seqaug_sklearn.model_selection._negatives._shuffled_draws import ShuffledDraws
from seqaug_sklearn.model_selection._shortcuts import audit_shortcuts
from seqaug_sklearn.similarity import USUAL_SHARE
from seqaug_sklearn.utils import (
    check_generator,
    check_sequences,
    draw_seed,
    invalid_parameter,
    is_whole,
    text_to_codes,
)

__all__ = ["make_negatives"]

_ROUNDS = 10
"""Draws of a negative before it is given up."""
_FEWEST_ROWS = 20
"""Rows that an audit of shortcuts needs."""


def make_negatives(
    positives,
    *,
    k: int = 2,
    background=None,
    n_per_sequence: int = 1,
    exclude=None,
    alphabet="dna",
    threshold: float = USUAL_SHARE,
    n_candidates: int = 100,
    audit: bool = True,
    random_state=None,
) -> NegativeSet:
    """Make negative examples with the lengths and the composition of the positives.

    Negatives that differ from the positives in length, GC content or the words that they are made of are distinguished
    by that alone, and a score on them says nothing about what the positives have in common. Shuffles keep the counts of
    all words of `k` symbols exactly; draws from a background are matched to each positive as far as it allows. What
    separates them all the same is looked at and said first. A motif at a fixed place (a TATA box) is found there too,
    and is no artefact.

    Parameters
    ----------
    positives : array-like of str of shape (n_samples,)
        Sequences.
    k : int, default=2
        Length of the words: counts of all words of up to `k` symbols are those of the positive (shuffles), or nearly
        (background: words of one length, at most 6 symbols of DNA or RNA and 2 of proteins).
    background : array-like of str, default=None
        Sequences without the property, such as the chromosomes of a genome, from which negatives are drawn, both
        strands of DNA; no residue is drawn twice. None: shuffles of the positives.
    n_per_sequence : int, default=1
        Negatives of each positive.
    exclude : array-like of str, default=None
        More sequences that no negative may resemble: the test rows.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet. Of its ambiguity codes and gaps, shuffles leave each where it is.
    threshold : float, default=0.04
        Share of k-mers from which two sequences resemble each other, as in :func:`audit_leakage`.
    n_candidates : int, default=100
        Stretches of the background among which the most similar one is taken.
    audit : bool, default=True
        Whether to look at which trivial feature separates positives from negatives (:func:`audit_shortcuts`; from 20
        rows on).
    random_state : None, int, RandomState or Generator, default=None
        Seed.

    Returns
    -------
    NegativeSet

    Raises
    ------
    SequenceError, SequenceTypeError
        For bad sequences.
    InvalidParameterError
        If a number is out of range.
    DataFormatError
        If no negative could be made.

    See Also
    --------
    seqaug_sklearn.encoding.kmer_shuffle : The shuffles alone.
    audit_shortcuts : The audit of a set of your own.

    Notes
    -----
    A shuffle keeps the first and last ``k - 1`` symbols of each stretch of known symbols, and the case of each place.
    With longer words there are fewer orders, and more of the positive is left in them: 1 to 3 is usual. What resembles
    a positive, an excluded sequence (by the rules of :func:`audit_leakage`, without alignments) or is equal to another
    negative is drawn anew, up to ten times, and then left out and counted.

    Among the stretches of a background, the tenth with the nearest GC content (proteins: composition) is looked at, and
    of those the one with the nearest k-mers is taken.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from seqaug_sklearn.model_selection import make_negatives
    >>> rng = np.random.default_rng(0)
    >>> positives = pd.Series(["".join(rng.choice(list("AACGT"), 80)) for _ in range(30)]).add_prefix("gene")
    >>> negatives = make_negatives(positives, k=2, random_state=0)
    >>> len(negatives), negatives.sequences.index[0]
    (30, 'shuffled_gene0')
    >>> negatives.shortcuts.found
    False
    """
    k, n_per_sequence, n_candidates = _check_numbers(k=k, n_per_sequence=n_per_sequence, n_candidates=n_candidates)
    alphabet = get_alphabet(alphabet)
    positives, texts = _read(positives, "positives", alphabet)
    rng = check_generator(random_state)
    draws = _draws(texts, background, k, alphabet, n_candidates, rng)
    avoided = texts + ([] if exclude is None else _read(exclude, "exclude", alphabet)[1])
    rows = np.repeat(np.arange(len(texts)), n_per_sequence)
    kept, counts = _filled(draws, rows, texts, _Guard(avoided, alphabet, threshold))
    if not kept:
        raise DataFormatError(_why_none(counts, k, background is not None))
    places = sorted(kept)
    sources = rows[places]
    names = _names([positives.index[row] for row in sources], [kept[place] for place in places])
    sequences = pd.Series(
        [kept[place].text for place in places], index=pd.Index(names, name="identifier"), name="sequence"
    )
    found = _shortcuts(texts, sequences.tolist(), alphabet, rng) if audit else None
    return NegativeSet(sequences, positives, sources, counts, found)


def _check_numbers(**numbers):
    for name, value in numbers.items():
        if not is_whole(value) or value < 1:
            raise invalid_parameter(name, f"must be a whole number of at least 1, got {value!r}")
    return numbers.values()


def _read(sequences, name, alphabet):
    """Sequences as a Series, and their texts; an error where a symbol is none of the alphabet."""
    checked = check_sequences(sequences, name=name)
    texts = list(map(str, checked.values))
    text_to_codes(checked.values, get_alphabet(alphabet), identifiers=checked.identifiers)
    index = pd.RangeIndex(len(texts)) if checked.identifiers is None else checked.identifiers
    return pd.Series(texts, index=index, name="sequence"), texts


def _draws(texts, background, k, alphabet, n_candidates, rng):
    if background is None:
        return ShuffledDraws(texts, k, alphabet, rng)
    records, _ = _read(background, "background", alphabet)
    named = [(_word(name), text) for name, text in records.items()]
    return BackgroundDraws(texts, named, k, alphabet, n_candidates, rng)


class _Guard:
    """What no negative may resemble."""

    def __init__(self, avoided, alphabet, threshold):
        self.avoided, self.alphabet, self.threshold = avoided, alphabet, threshold
        self.taken = {text.upper() for text in avoided}

    def resembling(self, texts):
        """Bool ndarray: texts that resemble, or are equal to, something that is there."""
        equal = np.array([text.upper() in self.taken for text in texts])
        rules = {"alphabet": self.alphabet, "threshold": self.threshold, "homologs": False}
        return equal | audit_leakage(self.avoided, texts, **rules).leaked


def _filled(draws, rows, texts, guard):
    """The negative of each place in `rows`, as far as there is one, and counts."""
    kept, counts = {}, dict.fromkeys(("wanted", "made", "refused", "same", "resembling", "not_found"), 0)
    left, ever, moved = np.arange(len(rows)), np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    for _ in range(_ROUNDS):
        drawn = dict(zip(left.tolist(), draws.draw(rows[left]), strict=True))
        found = [place for place in left.tolist() if drawn[place] is not None]
        if not found:
            break
        ever[found] = True
        # a shuffle that is the positive again, unlike a stretch of the background, may have no other order
        moved[found] |= [
            bool(drawn[place].place) or drawn[place].text.upper() != texts[rows[place]].upper() for place in found
        ]
        resembling = guard.resembling([drawn[place].text for place in found])
        for place, bad in zip(found, resembling, strict=True):
            text = drawn[place].text.upper()
            if not bad and text not in guard.taken:
                kept[place] = drawn[place]
                guard.taken.add(text)
        again = [place for place in found if place not in kept]
        counts["refused"] += int(moved[again].sum())
        left = np.array([place for place in left.tolist() if place not in kept], int)
        if not len(left):
            break
    counts["not_found"] = int((~ever[left]).sum())
    counts["resembling"] = int(moved[left].sum())
    counts["same"] = len(left) - counts["not_found"] - counts["resembling"]
    return kept, counts | {"wanted": len(rows), "made": len(kept)}


def _why_none(counts, k, from_background):
    if from_background:
        return (
            f"no negative could be drawn: the background held no stretch of the right length for {counts['not_found']} "
            f"of {counts['wanted']}, and what was drawn for {counts['resembling']} resembled a positive; give another"
        )
    return (
        f"no negative could be made of {counts['wanted']}: {counts['same']} have no other order with the same counts "
        f"of words of {k} symbols, and of {counts['resembling']} each order resembles a positive; lower k"
    )


def _word(name):
    """A name as one word, as FASTA needs it."""
    return "_".join(str(name).split()) or "unnamed"


def _names(parents, draws):
    """Unique names that say what each negative was made of."""
    names = [
        f"background_{draw.place}" if draw.place else f"shuffled_{_word(name)}"
        for name, draw in zip(parents, draws, strict=True)
    ]
    twice = set(pd.Index(names)[pd.Index(names).duplicated()])
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        numbered.append(f"{name}_{seen[name]}" if name in twice else name)
    return numbered


def _shortcuts(positives, negatives, alphabet, rng):
    """The audit of both, in an order that says nothing; None where rows are too few."""
    texts, labels = [*positives, *negatives], np.repeat(["positive", "negative"], [len(positives), len(negatives)])
    if len(texts) < _FEWEST_ROWS:
        return None
    order = rng.permutation(len(texts))
    return audit_shortcuts([texts[row] for row in order], labels[order], alphabet=alphabet, random_state=draw_seed(rng))
