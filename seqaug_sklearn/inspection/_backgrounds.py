"""Backgrounds: what a residue is compared with."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from seqaug_sklearn.encoding import dinucleotide_shuffle
from seqaug_sklearn.utils import (
    check_sequences,
    codes_to_text,
    invalid_data,
    invalid_parameter,
    is_text,
    one_hot_to_codes,
    text_to_codes,
)

__all__ = ["BACKGROUNDS", "Background", "make_background"]

BACKGROUNDS = ("uniform", "zeros", "dinucleotide_shuffled")


@dataclass(frozen=True, eq=False)
class Background:
    """Sequences to compare with, the same for all rows or each row's own.

    Unknown residues and padding of a row are the same in its background, so that they contribute nothing.

    Attributes
    ----------
    letters : ndarray of shape (k, length) or (n, k, length), or None
        Letters of the model, shared by all rows or not.
    soft : float32 ndarray of shape (k, length, n_symbols) or None
        Instead of letters: one-hot that is not exactly one-hot.
    """

    letters: Any = None
    soft: Any = None

    @property
    def size(self):
        """Background sequences of a row."""
        return len(self.soft) if self.letters is None else self.letters.shape[-2]

    def letters_of(self, rows, numbers, n_symbols):
        """Letters (r, k, length) for ``rows``, whose numbers among all rows are ``numbers``."""
        letters = self.letters[numbers] if self.letters.ndim == 3 else self.letters[None]
        # padding and unknown residues of the row, in its background too
        unknown = (rows.codes == n_symbols)[:, None]
        letters = np.where(unknown, rows.letters[:, None], letters)
        return match_case(letters, rows.letters[:, None])

    def one_hot_of(self, rows, numbers, model):
        """Float32 tensor (r, k, length, n_symbols)."""
        n_symbols = len(model.alphabet)
        if self.soft is None:
            return model.one_hot(self.letters_of(rows, numbers, n_symbols))
        return model.tensor(self.soft[None] * (rows.codes < n_symbols)[:, None, :, None])


def match_case(letters, like):
    """Code points of ``letters`` in lower case where ``like`` is; codes are left as they are."""
    if letters.dtype != np.uint32:
        return letters
    lower = (like >= ord("a")) & (letters >= ord("A")) & (letters <= ord("Z"))
    # ASCII letters: lower case is 32 above
    return np.where(lower, letters + np.uint32(32), letters)


def make_background(background, rows, model, n_background, rng):
    """Background of rows for a model.

    Parameters
    ----------
    background : str, text or one-hot
        One of ``BACKGROUNDS``, or sequences as long as the longest row.
    rows : Rows
        What is explained.
    model : NetworkModel or TextModel
        What explains.
    n_background : int
        Sequences drawn, where they are drawn.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Background
    """
    if not isinstance(background, str):
        return _given(background, rows, model)
    if background not in BACKGROUNDS:
        raise invalid_parameter("background", f"must be one of {BACKGROUNDS}, text or one-hot, got {background!r}")
    length, n_symbols = rows.codes.shape[1], len(model.alphabet)
    if background == "zeros":
        return Background(np.full((1, length), model.letter_of_code[n_symbols]))
    if background == "dinucleotide_shuffled":
        return Background(_shuffled(rows, model, n_background, rng))
    if model.uniform_letter is not None:
        return Background(np.full((1, length), model.uniform_letter))
    return Background(model.letter_of_code[rng.integers(n_symbols, size=(n_background, length))])


def _shuffled(rows, model, n_background, rng):
    texts = codes_to_text(rows.codes, model.alphabet, strip=False).tolist()
    # padding must not be shuffled into the sequence
    texts = [text[:length] for text, length in zip(texts, rows.lengths, strict=True) for _ in range(n_background)]
    codes = text_to_codes(dinucleotide_shuffle(texts, rng), model.alphabet, length=rows.codes.shape[1])
    return model.letter_of_code[codes].reshape(len(rows), n_background, -1)


def _given(background, rows, model):
    length, n_symbols = rows.codes.shape[1], len(model.alphabet)
    if hasattr(background, "__len__") and len(background) == 0:
        raise invalid_data("background", f"holds no sequences; pass at least one, or one of {BACKGROUNDS}")
    if is_text(background):
        sequences = check_sequences(background, name="background")
        lengths = sequences.lengths()
        if (lengths != length).any():
            _raise_length(int(lengths[lengths != length][0]), length)
        codes = text_to_codes(sequences.values, model.alphabet, identifiers=sequences.identifiers)
        return Background(model.letter_of_code[codes])
    background = np.asarray(background, dtype=np.float32)
    if background.ndim != 3 or background.shape[2] != n_symbols or not len(background):
        raise invalid_parameter(
            "background",
            f"must be one of {BACKGROUNDS}, text, or one-hot of shape (n, {length}, {n_symbols}), got an "
            f"array of shape {background.shape}",
        )
    if background.shape[1] != length:
        _raise_length(background.shape[1], length)
    codes = one_hot_to_codes(background)
    return Background(soft=background) if codes is None else Background(model.letter_of_code[codes])


def _raise_length(found, length):
    raise invalid_data(
        "background",
        f"holds a sequence of {found} residues, but the rows of X (windows, where they are cut) have "
        f"{length}; pass sequences of {length} residues, or one of {BACKGROUNDS}",
    )
