"""Negatives that are other orders of the positives."""

from typing import NamedTuple

import numpy as np

from seqaug_sklearn.encoding import kmer_shuffle

__all__ = ["Draw", "ShuffledDraws", "with_case"]


class Draw(NamedTuple):
    """One candidate of a negative: its text, and where it comes from ("" for another order of the positive)."""

    text: str
    place: str = ""


class ShuffledDraws:
    """Other orders of the positives.

    Unknown symbols stay where they are, and so does the case: a run of N, or a masked repeat, says nothing then.

    Parameters
    ----------
    texts : list of str
        Positives.
    k : int
        Length of the words whose counts are kept.
    alphabet : Alphabet
        What is no symbol of it is unknown.
    rng : numpy.random.Generator
        Source of randomness.
    """

    def __init__(self, texts, k, alphabet, rng):
        self.k, self.rng = k, rng
        known = [np.isin(list(text.upper()), list(alphabet.symbols)) for text in texts]
        self.texts = texts
        self.runs = [_runs_of(mask) for mask in known]

    def draw(self, rows) -> list[Draw | None]:
        """One candidate for each row."""
        pieces = [self.texts[row][start:stop] for row in rows for start, stop in self.runs[row]]
        shuffled = iter(kmer_shuffle(pieces, self.k, self.rng) if pieces else [])
        return [Draw(with_case(self._joined(row, shuffled), self.texts[row])) for row in rows]

    def _joined(self, row, shuffled):
        letters = list(self.texts[row].upper())
        for start, stop in self.runs[row]:
            letters[start:stop] = next(shuffled)
        return "".join(letters)


def _runs_of(mask):
    """Start and stop of the stretches of True."""
    borders = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return list(zip(borders[::2].tolist(), borders[1::2].tolist(), strict=True))


def with_case(text, model):
    """Text with lower case where the model has it."""
    if model == model.upper():
        return text
    return "".join([a.lower() if b.islower() else a for a, b in zip(text, model, strict=True)])
