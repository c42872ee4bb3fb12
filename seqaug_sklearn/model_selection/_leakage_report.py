"""What an audit found, row by row and in words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["LeakageReport", "describe_leaks"]

_PLURALS = {
    "copy": "copies",
    "shifted copy": "shifted copies",
    "reverse complement": "reverse complements",
    "overlap": "overlaps",
    "homolog": "homologs",
    "same parent": "rows of a training row's parent",
}


def describe_leaks(reports) -> str:
    """Count the kinds of leaks of one audit, or of those of all folds, in words: the most frequent first.

    Parameters
    ----------
    reports : list of LeakageReport
        Audits.

    Returns
    -------
    str
        Empty where nothing leaks.

    Examples
    --------
    >>> from seqaug_sklearn.model_selection import audit_leakage, describe_leaks
    >>> train = ["ACGTTGCAGGATCCATTACGGCATCAAT", "TTTGACCCAGATAGACCAGATTTGGCAA"]
    >>> audit = audit_leakage(train, [*train, "CGTTGCAGGATCCATTACGGCATCAATG"])
    >>> describe_leaks([audit])
    '2 copies, 1 shifted copy'
    """
    kinds = [kind for report in reports for kind in report.kind[report.leaked]]
    counts = pd.Series(kinds, dtype=object).value_counts()
    return ", ".join(f"{count:,} {_PLURALS[kind] if count > 1 else kind}" for kind, count in counts.items())


@dataclass(frozen=True, eq=False)
class LeakageReport:
    """Result of :func:`~seqaug_sklearn.model_selection.audit_leakage`: one entry per test row.

    Attributes
    ----------
    leaked : bool ndarray of shape (n_test,)
        Whether the row shares sequence, or a parent, with a training row.
    kind : ndarray of str of shape (n_test,)
        "copy"; "reverse complement" (of a whole row); "shifted copy" (the row continues or lies within a training row,
        on either strand, and at least half of the shorter is shared); "overlap" (a shorter shared run); "homolog" (many
        short runs); "same parent" (no shared sequence found). Of rows that do not leak: "low complexity" (what is
        shared is poly-A, a microsatellite or the like); "none".
    nearest : int ndarray of shape (n_test,)
        The training row that it has most in common with, 0-based; -1 where it has nothing that counts.
    longest_run : int ndarray of shape (n_test,)
        Longest run of consecutive symbols in common with the nearest row, in residues.
    kmer_share : float ndarray of shape (n_test,)
        Share of the row's distinct k-mers that the nearest row holds.
    strand : ndarray of str of shape (n_test,)
        Strand of the nearest row that the run lies on: "+", "-", or "" where nothing is shared.
    same_parent : bool ndarray of shape (n_test,) or None
        Whether the row's parent has a training row; None where no parents were given.
    test_names, train_names : pandas.Index of length n_test, n_train
        Identifiers where the sequences have them, else row numbers.
    k : int
        Length of the k-mers.
    threshold : float
        Share of k-mers that makes a leak.
    min_run : int
        Run that makes a leak, in residues.
    """

    leaked: np.ndarray
    kind: np.ndarray
    nearest: np.ndarray
    longest_run: np.ndarray
    kmer_share: np.ndarray
    strand: np.ndarray
    same_parent: np.ndarray | None
    test_names: Any
    train_names: Any
    k: int
    threshold: float
    min_run: int

    def __len__(self):
        return len(self.leaked)

    @property
    def leaked_share(self) -> float:
        """Share of test rows that leak."""
        return float(self.leaked.mean())

    @property
    def low_complexity_share(self) -> float:
        """Share of test rows of the kind "low complexity": they do not leak, but would if repeats counted."""
        return float((self.kind == "low complexity").mean())

    def __repr__(self):
        return f"<{type(self).__name__}: {self.summary()}>"

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row per test row.

        Returns
        -------
        pandas.DataFrame
            Indexed by the test rows' names: ``leaked, kind, nearest`` (name of the training row, missing where nothing
            is shared), ``longest_run, kmer_share, strand``, and ``same_parent`` where parents were given.
        """
        found = self.nearest >= 0
        nearest = pd.Series(self.train_names[np.maximum(self.nearest, 0)], dtype=object).where(found, None)
        columns = {
            "leaked": self.leaked,
            "kind": self.kind,
            "nearest": nearest.to_numpy(),
            "longest_run": self.longest_run,
            "kmer_share": self.kmer_share,
            "strand": self.strand,
        }
        if self.same_parent is not None:
            columns["same_parent"] = self.same_parent
        return pd.DataFrame(columns, index=self.test_names)

    def worst(self, n: int = 3) -> pd.DataFrame:
        """The `n` leaked rows of :meth:`to_frame` with the longest shared runs."""
        table = self.to_frame()
        return table[table["leaked"]].sort_values("longest_run", ascending=False, kind="stable").head(n)

    def summary(self) -> str:
        """Say in words what was found, naming the worst rows."""
        n = len(self)
        rule = f"{self.min_run} consecutive residues or {self.threshold:.0%} of its {self.k}-mers"
        if not self.leaked.any():
            longest = self.longest_run[self.kind != "low complexity"].max(initial=0)
            found = f"No leak found: none of {n:,} test rows shares {rule} with a training row (longest run {longest})."
            return found + self._tell_low_complexity()
        told = describe_leaks([self])
        worst = "; ".join(self._tell(name, row) for name, row in self.worst().iterrows())
        return (
            f"{self.leaked.sum():,} of {n:,} test rows ({self.leaked_share:.1%}) leak: {told}. A row leaks when it "
            f"shares {rule} with a training row{'' if self.same_parent is None else ', or has the same parent'}."
            f"{self._tell_low_complexity()} Worst: {worst}."
        )

    def _tell_low_complexity(self):
        count = int((self.kind == "low complexity").sum())
        if count == 0:
            return ""
        return (
            f" Not counted: {count:,} rows ({self.low_complexity_share:.1%}) that share only sequence of low "
            f"complexity (poly-A, microsatellites), as unrelated sequences do."
        )

    def _tell(self, name, row):
        strand = " on the other strand" if row["strand"] == "-" else ""
        return (
            f"test row {name!r} and training row {row['nearest']!r} ({row['kind']}, {row['longest_run']} consecutive "
            f"residues{strand}, {row['kmer_share']:.0%} of its {self.k}-mers)"
        )
