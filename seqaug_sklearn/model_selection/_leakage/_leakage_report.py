"""What an audit found, as tables and in words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.reporting import Result

__all__ = [
    "LeakageReport",
    "describe_leaks",
    "grades_of",
    "kind_of",
    "tell_limits",
    "tell_skipped",
]

_OTHER_LABEL = "another label than the training row"

_PLURALS = {
    "copy": "copies",
    "shifted copy": "shifted copies",
    "reverse complement": "reverse complements",
    "near copy": "near copies",
    "overlap": "overlaps",
    "homolog": "homologs",
    "same parent": "rows of a training row's parent",
}
# share of a row that is found again, from which on its leak has this grade
_HIGH, _MEDIUM = 0.5, 0.2
_NAMED = 3
# where the search begins to miss some, by alignment and by shared k-mers alone. How many it finds depends on which
# residues change and on how long rows are, so no share is promised (bench_audit.py prints both kinds of change)
_LIMITS = {
    "protein": "proteins below some 40 % identity (30 % where changes are conservative)",
    "dna": "homologs below some 70 % identity",
}
_LIMITS_OF_KMERS = {
    "protein": "proteins below some 70 % identity",
    "dna": "homologs below some 85 % identity",
}
_LIMITS_OF_SHORT = {
    "protein": "closer ones where rows are shorter than 150 residues or less than half of a row is shared",
    "dna": "closer ones where rows are shorter than 100 nt or less than half of a row is shared",
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


@dataclass(frozen=True, eq=False, repr=False)
class LeakageReport(Result):
    """Result of :func:`~seqaug_sklearn.model_selection.audit_leakage`: one entry per test row.

    Attributes
    ----------
    leaked : bool ndarray of shape (n_test,)
        Whether the row shares sequence, or a parent, with a training row.
    kind : ndarray of str of shape (n_test,)
        "copy"; "reverse complement" (of a whole row); "shifted copy" (the row continues or lies within a training row,
        on either strand, and a run of at least half of the shorter is shared); "near copy" (90 % identity or more over
        80 % of the shorter row or more); "homolog" (less than that over at least half; without an alignment, many short
        runs); "overlap" (a smaller part is shared); "same parent" (no shared sequence found). Of rows
        that do not leak: "low complexity" (what is shared is poly-A, a microsatellite or the like); "tag" (an
        expression tag or a piece of a vector); "none".
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
    identity : float ndarray of shape (n_test,)
        Of a row that leaks, share of identical residues in the best local alignment with the nearest row; NaN where
        none was made (no parasail, ``homologs=False``, rows too long).
    coverage : float ndarray of shape (n_test,)
        Share of the test row in that alignment.
    evalue : float ndarray of shape (n_test,)
        How many alignments as good the row would find by chance among as many training rows.
    grade : ndarray of str of shape (n_test,)
        How much of a row that leaks is found again in the nearest row (identity times coverage, the longest run, or the
        share of k-mers, whichever is most): "high" (half of it or more, and rows of one parent), "medium" (a fifth or
        more), "low"; "none" of rows that do not leak.
    contradictions : pandas.DataFrame or None
        Copies and close relatives (grade "high") of a training row with another label: ``nearest, kind, label,
        nearest_label, identity, coverage``, indexed by the test rows' names. Of several labels another one is known; of
        numbers they are copies that differ by more than replicates do. None where no labels were given.
    max_evalue : float
        E-value below which an alignment is a leak.
    skipped : str
        Why no homologs were looked for by alignment; empty where they were.
    alphabet : str
        Name of the alphabet.
    """

    _title = "Does the test set leak?"

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
    identity: np.ndarray
    coverage: np.ndarray
    evalue: np.ndarray
    grade: np.ndarray
    contradictions: pd.DataFrame | None
    max_evalue: float
    skipped: str
    alphabet: str

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

    @property
    def limits(self) -> str:
        """What this audit cannot see, in words: it is true of a clean test set, and of what is left of another."""
        return tell_limits(self.alphabet, self.skipped)

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row per test row.

        Returns
        -------
        pandas.DataFrame
            Indexed by the test rows' names: ``leaked, kind, nearest`` (name of the training row, missing where nothing
            is shared), ``longest_run, kmer_share, strand, grade, identity, coverage, evalue``, and ``same_parent``
            where parents were given.
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
            "grade": self.grade,
            "identity": self.identity,
            "coverage": self.coverage,
            "evalue": self.evalue,
        }
        if self.same_parent is not None:
            columns["same_parent"] = self.same_parent
        return pd.DataFrame(columns, index=self.test_names)

    def worst(self, n: int = 3) -> pd.DataFrame:
        """The `n` leaked rows of :meth:`to_frame` of the highest grade, then with the longest shared runs."""
        table = self.to_frame()
        rank = table["grade"].map({"high": 0, "medium": 1, "low": 2, "none": 3})
        table = table.assign(_rank=rank)[table["leaked"]]
        ordered = table.sort_values(["_rank", "longest_run"], ascending=[True, False], kind="stable")
        return ordered.head(n).drop(columns="_rank")

    def verdict(self) -> list[str]:
        """Say what was found, how bad it is, and what could not be seen, naming the worst rows; one sentence each."""
        found = self._tell_leaks() if self.leaked.any() else [self._tell_none()]
        return [
            sentence for sentence in (*found, *self._tell_not_counted(), *self._tell_worst(), self.limits) if sentence
        ]

    def _tell_none(self):
        longest = self.longest_run[~np.isin(self.kind, ["low complexity", "tag"])].max(initial=0)
        return (
            f"No leak found: none of {len(self):,} test rows shares {self._rule()} with a training row (longest run "
            f"{longest})."
        )

    def _tell_leaks(self):
        parent = "" if self.same_parent is None else ", or has the same parent"
        count = f"{self.leaked.sum():,} of {len(self):,} test rows ({self.leaked_share:.1%})"
        return [
            f"{count} leak: {describe_leaks([self])}.",
            self._tell_grades(),
            f"A row leaks when it shares {self._rule()} with a training row{parent}.",
            self._tell_contradictions(),
        ]

    def _tell_worst(self):
        if self.leaked.any():
            yield f"Worst: {'; '.join(self._tell(name, row) for name, row in self.worst().iterrows())}."

    def _rule(self):
        least = max(self.min_run - self.k + 1, 1)
        rule = f"{self.min_run} consecutive residues or {self.threshold:.0%} of its {self.k}-mers (at least {least})"
        aligned = f"{rule} or an alignment (E-value below {self.max_evalue:g} over half of the row, or far better)"
        return rule if self.skipped else aligned

    def _tell_grades(self):
        counts = {grade: int((self.grade == grade).sum()) for grade in ("high", "medium", "low")}
        shares = {"high": "at least half of the row is found again", "medium": "at least a fifth", "low": "less"}
        told = [f"{count:,} {grade} ({shares[grade]})" for grade, count in counts.items() if count]
        return f"Grades: {', '.join(told)}."

    def _tell_not_counted(self):
        for kind, what in (
            ("low complexity", "sequence of low complexity (poly-A, microsatellites), as unrelated sequences do"),
            ("tag", "expression tags or pieces of vectors"),
        ):
            count = int((self.kind == kind).sum())
            if count:
                yield f"Not counted: {count:,} rows ({count / len(self):.1%}) that share only {what}."

    def _tell_contradictions(self):
        if self.contradictions is None or len(self.contradictions) == 0:
            return ""
        n_close = int((self.leaked & (self.grade == "high")).sum())
        is_number = self.contradictions["label"].dtype.kind == "f"
        shown = self.contradictions.head(_NAMED)
        if is_number:
            shown = shown.assign(**{name: shown[name].map("{:.3g}".format) for name in ("label", "nearest_label")})
        named = "; ".join(
            f"{name!r} ({row['label']}) and training row {row['nearest']!r} ({row['nearest_label']}), {kind_of(row)}"
            for name, row in shown.iterrows()
        )
        other = "another value than the training row, by more than noise explains" if is_number else _OTHER_LABEL
        more = " (and others)" if len(self.contradictions) > _NAMED else ""
        return (
            f"Contradictions: {len(self.contradictions):,} of {n_close:,} copies and close relatives (half of the row "
            f"or more is found again) have {other}: {named}{more}."
        )

    def _tell(self, name, row):
        strand = " on the other strand" if row["strand"] == "-" else ""
        aligned = ""
        if row["kind"] in ("near copy", "homolog", "overlap") and not np.isnan(row["identity"]):
            aligned = f", {row['identity']:.0%} identical over {row['coverage']:.0%} of it, E-value {row['evalue']:.1g}"
        return (
            f"test row {name!r} and training row {row['nearest']!r} ({row['kind']}, {row['longest_run']} consecutive "
            f"residues{strand}, {row['kmer_share']:.0%} of its {self.k}-mers{aligned})"
        )


def kind_of(row) -> str:
    """Say what a row is of its nearest one, and how close: "a near copy, 95 % identical over all of it" or the like.

    Parameters
    ----------
    row : mapping
        ``kind, identity, coverage``.
    """
    kind = {"overlap": "an overlap"}.get(row["kind"], f"a {row['kind']}")
    if np.isnan(row["identity"]) or row["kind"] == "copy":
        return kind
    return f"{kind}, {row['identity']:.0%} identical over {row['coverage']:.0%} of it"


def tell_skipped(skipped: str) -> str:
    """Say why no homologs were looked for by alignment; empty where they were, or they were not asked for.

    Parameters
    ----------
    skipped : str
        The reason, as in :class:`LeakageReport`.
    """
    if not skipped or skipped == "homologs=False":
        return ""
    return f"Distant homologs were not searched for by alignment: {skipped}."


def tell_limits(alphabet: str, skipped: str) -> str:
    """Say what the audit, and groups by its rules, cannot see.

    Parameters
    ----------
    alphabet : str
        Name of the alphabet.
    skipped : str
        Why no homologs were looked for by alignment; empty where they were.
    """
    kind = "protein" if alphabet == "protein" else "dna"
    limits = (_LIMITS_OF_KMERS if skipped else _LIMITS)[kind]
    return f"{tell_skipped(skipped)} This search can miss {limits}, and {_LIMITS_OF_SHORT[kind]}.".lstrip()


def grades_of(evidence, leaked, lengths) -> np.ndarray:
    """How much of each row that leaks is found again in its nearest row: "high", "medium", "low", or "none".

    Parameters
    ----------
    evidence : Evidence
        What was found.
    leaked : bool ndarray of shape (n_test,)
        Rows that leak; those that the evidence does not know leak by their parent.
    lengths : int ndarray of shape (n_test,)
        Lengths of the test rows.

    Returns
    -------
    grades : ndarray of str of shape (n_test,)
    """
    aligned = np.nan_to_num(evidence.identity * evidence.coverage)
    share = np.maximum(np.maximum(aligned, evidence.kmer_share), evidence.longest_run / np.maximum(lengths, 1))
    by_parent = leaked & ~evidence.leaked
    # without an alignment nothing else tells: an exchange every ten residues leaves few k-mers and short runs
    near = (evidence.kind == "near copy") & np.isnan(evidence.identity)
    return np.select(
        [~leaked, by_parent | near | (share >= _HIGH), share >= _MEDIUM], ["none", "high", "medium"], "low"
    )
