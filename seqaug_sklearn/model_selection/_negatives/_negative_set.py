"""Negatives, what they were made of, and what separates them from the positives."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from seqaug_sklearn.reporting import Result
from seqaug_sklearn.utils import counted

__all__ = ["NegativeSet"]

_LABELS = ("positive", "negative")

_LOST = {
    "same": "{} left out, because no other order has the same k-mers (a single symbol, or too short)",
    "resembling": "{} left out, because each draw resembled a sequence that no negative may resemble",
    "not_found": "{} left out, because the background holds no stretch of that length that is free",
}


@dataclass(frozen=True, eq=False, repr=False)
class NegativeSet(Result):
    """Result of :func:`~seqaug_sklearn.model_selection.make_negatives`.

    Attributes
    ----------
    sequences : pandas.Series of str of shape (n_negatives,)
        Negatives, named by what they were made of: ``shuffled_`` and the name of the positive, or ``background_`` and
        the record with start, end (0-based, half-open) and strand. More than one of a positive are numbered.
    positives : pandas.Series of str of shape (n_positives,)
        What they were made for.
    sources : int ndarray of shape (n_negatives,)
        Row of the positive that each negative was made for.
    counts : dict of str to int
        ``wanted`` and ``made`` negatives; ``refused``: draws that resembled a positive or an excluded sequence, or
        stood there already, and were drawn anew; left out were ``same`` (no other order has the same k-mers),
        ``resembling`` (each draw did) and ``not_found`` (the background holds nothing of that length).
    shortcuts : ShortcutReport or None
        Which trivial feature separates positives from negatives; None where it was not asked for, or rows are too few.
    """

    _title = "What separates the negatives from the positives?"

    sequences: pd.Series
    positives: pd.Series
    sources: Any
    counts: dict[str, int]
    shortcuts: Any = None

    def __len__(self):
        return len(self.sequences)

    def verdict(self) -> list[str]:
        """Return what separates them from the positives, in sentences, and then how many were made.

        Returns
        -------
        list of str
        """
        if self.shortcuts is None:
            told = [
                "Whether a trivial feature separates positives from negatives was not looked at (it takes 20 "
                "sequences)."
            ]
        else:
            told = list(self.shortcuts.verdict())
        return [*told, *self._counted()]

    def _counted(self):
        told = [f"{self.counts['made']:,} of {counted(self.counts['wanted'], 'negative')} were made."]
        told += [f"{words.format(f'{self.counts[name]:,}')}." for name, words in _LOST.items() if self.counts[name]]
        if self.counts["refused"]:
            told.append(
                f"{counted(self.counts['refused'], 'draw')} resembled a positive or an excluded sequence, or stood "
                "there already, and did not count."
            )
        return told

    def to_frame(self) -> pd.DataFrame:
        """Return positives and negatives in one table, as a model takes them.

        Returns
        -------
        pandas.DataFrame
            Columns ``sequence``, ``label`` ("positive" or "negative") and ``source``, the name of the positive: the
            same for a positive and what was made for it, so that it serves as groups. Indexed by name.
        """
        names = self.positives.index
        parts = [(self.positives, names), (self.sequences, names[self.sources])]
        tables = [
            pd.DataFrame({"sequence": rows, "label": label, "source": source}, index=rows.index)
            for (rows, source), label in zip(parts, _LABELS, strict=True)
        ]
        return pd.concat(tables)
