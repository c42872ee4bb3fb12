"""DNABERT's words: overlapping k-mers, upper-case, one per position."""

import itertools
import re

import numpy as np

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils import check_sequences, invalid_parameter, is_whole, name_row

__all__ = [
    "SPECIAL_TOKENS",
    "check_kmer_text",
    "kmer_codes",
    "kmer_tokens",
    "kmer_vocabulary",
    "to_dna",
]

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_WRONG = re.compile(f"[^{re.escape(DNA.symbols + ''.join(DNA.ambiguity) + DNA.gaps)}]")
_LONGEST = 12
"""4**12 words are 17 million; DNABERT has k from 3 to 6."""


def kmer_vocabulary(k):
    """List the tokens of DNABERT's vocabulary in its order: five special ones, then the k-mers over A, T, C, G.

    Parameters
    ----------
    k : int
        Residues per token, 1 to 12.

    Returns
    -------
    list of str of length 5 + 4**k
        One token per line of a ``vocab.txt``.

    Raises
    ------
    ValueError
        If k is not an int from 1 to 12.

    See Also
    --------
    kmer_tokens : Text as such tokens.

    References
    ----------
    .. [1] Y. Ji et al., DNABERT: pre-trained Bidirectional Encoder Representations from Transformers model for
       DNA-language in genome, Bioinformatics 37 (2021), :doi:`10.1093/bioinformatics/btab083`.

    Examples
    --------
    >>> kmer_vocabulary(1)
    ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'A', 'T', 'C', 'G']
    >>> len(kmer_vocabulary(6))
    4101
    """
    _check_k(k)
    return [*SPECIAL_TOKENS, *map("".join, itertools.product("ATCG", repeat=k))]


def kmer_tokens(X, k=6):
    """Write each sequence as its overlapping k-mers, separated by spaces: what DNABERT's tokenizer reads.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        DNA or RNA. Lower case becomes upper case and U becomes T. Ambiguity codes and gaps stay, and each k-mer that
        holds one is the unknown token to a tokenizer.
    k : int, default=6
        Residues per token, 1 to 12 (DNABERT: 3 to 6).

    Returns
    -------
    list of str
        ``length - k + 1`` tokens per sequence.

    Raises
    ------
    ValueError
        If k is not an int from 1 to 12.
    SequenceError, SequenceTypeError
        If X is not text, a sequence is shorter than k, or a symbol is not in the DNA or RNA alphabet.

    See Also
    --------
    kmer_vocabulary : All tokens.
    LanguageModelEmbedder : Does this step itself with ``kmer=k``.

    Notes
    -----
    DNABERT's tokenizer file says that text is to be lower-cased, while its vocabulary is upper-case: a tokenizer that
    obeys the file turns every k-mer into [UNK]. Pass ``do_lower_case=False`` where you use one yourself.

    Examples
    --------
    >>> kmer_tokens(["ACGTA", "gguN"], k=3)
    ['ACG CGT GTA', 'GGT GTN']
    """
    _check_k(k)
    sequences = check_sequences(X, min_length=k)
    texts = [to_dna(text) for text in np.asarray(sequences.values, dtype=object)]
    for row, text in enumerate(texts):
        _check_symbols(text, name_row(row, sequences.identifiers))
    return [" ".join(text[i : i + k] for i in range(len(text) - k + 1)) for text in texts]


def to_dna(text):
    """Upper case, U as T."""
    return text.upper().replace("U", "T")


def check_kmer_text(text, k, name):
    """Raise if text, as :func:`to_dna` gives it, has a wrong symbol or no k-mer without an ambiguous one.

    Parameters
    ----------
    text : str
        One sequence of at least k residues.
    k : int
        Residues per token.
    name : str
        What the message calls the sequence.

    Raises
    ------
    SequenceError
        As said.
    """
    _check_symbols(text, name)
    if not re.search(f"[{DNA.symbols}]{{{k}}}", text):
        raise SequenceError(
            f"{name} has no {k} residues in a row without an ambiguity code or gap, so every k-mer is unknown to the "
            "model; remove it"
        )


def kmer_codes(texts, k):
    """Number the k-mers of checked texts: base 4 over A, C, G, T, and 4**k where a symbol is ambiguous.

    Parameters
    ----------
    texts : list of str
        As :func:`to_dna` gives them, each of at least k residues.
    k : int
        Residues per token.

    Returns
    -------
    list of int32 ndarray of shape (length - k + 1,)
    """
    lengths = np.fromiter(map(len, texts), np.intp, len(texts))
    symbols = np.frombuffer("".join(texts).encode("ascii").translate(DNA.table.tobytes()), np.uint8).astype(np.int32)
    n_windows = len(symbols) - k + 1
    codes, known = np.zeros(n_windows, np.int32), np.ones(n_windows, bool)
    for offset in range(k):
        column = symbols[offset : offset + n_windows]
        # one symbol further for all positions at once
        codes = codes * 4 + column
        known &= column < DNA.unknown
    codes[~known] = 4**k
    # k-mers that run from one text into the next are cut off with the last k - 1 places of each
    ends = np.cumsum(lengths)
    return [codes[end - length : end - k + 1] for end, length in zip(ends, lengths, strict=True)]


def _check_symbols(text, name):
    wrong = _WRONG.search(text)
    if wrong:
        raise SequenceError(
            f"{name}, position {wrong.start()}: symbol {wrong.group()!r} is neither DNA nor RNA "
            f"({DNA.symbols}, U and the codes {''.join(DNA.ambiguity)}{DNA.gaps}); k-mer tokens are made of nucleotides"
        )


def _check_k(k):
    if not is_whole(k) or isinstance(k, bool) or not 1 <= k <= _LONGEST:
        raise invalid_parameter("k", f"must be an int from 1 to {_LONGEST}, got {k!r}")
