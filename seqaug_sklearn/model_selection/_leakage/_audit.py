"""Does the test set hold sequence that was trained? The audit of one split."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import LeakageError, SequenceError
from seqaug_sklearn.model_selection._leakage._lineage import warn_of_shared_names
from seqaug_sklearn.model_selection._leakage._shared_sequence import EvidenceFinder
from seqaug_sklearn.similarity import USUAL_SHARE
from seqaug_sklearn.utils import check_sequences

__all__ = [
    "LeakageReport",
    "audit_leakage",
    "check_no_leakage",
    "describe_leaks",
    "report_on",
    "row_names",
    "windows_of",
]

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


def audit_leakage(
    train,
    test,
    *,
    k: int | None = None,
    threshold: float = USUAL_SHARE,
    min_run: int | None = None,
    alphabet="dna",
    mask_low_complexity: bool = True,
    train_parents=None,
    test_parents=None,
) -> LeakageReport:
    """Find the test rows that share sequence with a training row.

    A clean report says that nothing similar was found at these settings, not that the classes are comparable or the
    labels right: see :func:`sanity_checks` for those. Exact copies, shifts, reverse complements, partial overlaps and
    close homologs (90 % identity) are found; below about 80 % identity k-mers no longer tell homologs from chance.

    Parameters
    ----------
    train, test : array-like of str of shape (n_train,), (n_test,), or WindowSet
        Sequences. Of a :class:`~seqaug_sklearn.augmentation.WindowSet` the windows are compared.
    k : int, default=None
        Length of the k-mers. None: 12 for DNA and RNA, 5 for other alphabets.
    threshold : float, default=0.04
        A test row leaks when one training row holds this share of its distinct k-mers, and at least as many as a run
        of `min_run` has.
    min_run : int, default=None
        A test row leaks when it shares this many consecutive symbols with a training row. None: 20 residues (8 without
        a second strand), at most half the median sequence, and more where chance alone gives longer runs (see Notes).
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet. Both strands are compared where it has a complement; unknown symbols match nothing.
    mask_low_complexity : bool, default=True
        Whether shared poly-A, microsatellites and the like are no leak by themselves: unrelated sequences share them.
        Rows that share nothing else get the kind "low complexity", and the summary counts them. A run that is at least
        half of either row is a leak whatever it is made of. False: everything counts.
    train_parents, test_parents : array-like of shape (n_train,), (n_test,), default=None
        The original row that each row was made from, in one numbering for both sides: a test row leaks when its parent
        has a training row. Resampled, then split: ``sampler.sample_indices_[train]`` and ``[test]``. Split, then the
        training rows resampled: ``train[sampler.sample_indices_]`` and ``test``.

    Returns
    -------
    LeakageReport

    Raises
    ------
    SequenceError
        For bad sequences, symbols outside the alphabet, or a `k` longer than every sequence.
    ValueError
        For bad parameters, or parents that do not fit the rows.

    See Also
    --------
    check_no_leakage : The same as an error.
    LeakageGuard : The audit around a splitter.

    Notes
    -----
    At 90 % identity a 12-mer survives with probability 0.9^12 = 0.28: 81 of the 289 12-mers of 300 nt on average, and
    fewer than 12 (4 %) about once in 20,000 homologs. Of homologs of 85, 80 and 75 % identity 98, 73 and 30 % are found
    (``bench_audit.py`` prints these). Unrelated rows share a run of L symbols with probability falling as p^L, p being
    about 0.25 to 0.35 for the composition: `min_run` is set so that a whole audit of unrelated rows is expected to hold
    fewer than 0.05 such runs (22 for two times 2,000 × 300 nt of even composition).

    Composition is all that chance is reckoned from, and real sequence repeats itself more than that. So a run at least
    half of which lies in stretches of low complexity (symmetric DUST [1]_) does not count, and k-mers of which that is
    true count up to the number of others. The same audit with the test rows written backwards (``text[::-1]``, not
    complemented: nothing there is inherited) tells what is left: none of 567 promoters of plants, 6.9 % with
    ``mask_low_complexity=False``. ``bench_audit.py`` prints these, and what the mask costs. DUST was made for DNA: of
    proteins it marks hardly more than runs of one residue.

    Time and memory grow with the number of k-mers that rows have in common, not with ``n_train * n_test``; the longest
    run of each row costs the product of two lengths.

    References
    ----------
    .. [1] A. Morgulis et al., A fast and symmetric DUST implementation to mask low-complexity DNA sequences, Journal of
       Computational Biology 13 (2006), :doi:`10.1089/cmb.2006.13.1028`.

    Examples
    --------
    >>> train = ["ACGTTGCAGGATCCATTACGGCATCAAT", "TTTGACCCAGATAGACCAGATTTGGCAA"]
    >>> report = audit_leakage(train, ["CGTTGCAGGATCCATTACGGCATCAATG", "GGGCATATCTCTGAGCGACGCTTTAAAC"])
    >>> report.leaked.tolist(), report.kind.tolist(), report.nearest.tolist()
    ([True, False], ['shifted copy', 'none'], [0, -1])
    >>> print(report.summary())
    1 of 2 test rows (50.0%) leak: 1 shifted copy. ...
    """
    trained, tested = windows_of(train, "train"), windows_of(test, "test")
    parents = _check_parents(train_parents, test_parents, len(trained), len(tested))
    names = [row_names(trained), row_names(tested)]
    finder = EvidenceFinder(
        [*trained.values, *tested.values],  # noqa: PD011
        k=k,
        threshold=threshold,
        min_run=min_run,
        alphabet=alphabet,
        mask_low_complexity=mask_low_complexity,
        identifiers=[*(f"train: {name}" for name in names[0]), *(f"test: {name}" for name in names[1])],
    )
    evidence = finder.find(*np.split(np.arange(len(trained) + len(tested)), [len(trained)]))
    if parents is None:
        warn_of_shared_names(train, test, evidence.leaked)
    return report_on(finder, evidence, names[0], names[1], parents)


def check_no_leakage(
    train,
    test,
    *,
    k: int | None = None,
    threshold: float = USUAL_SHARE,
    min_run: int | None = None,
    alphabet="dna",
    mask_low_complexity: bool = True,
    train_parents=None,
    test_parents=None,
) -> None:
    """Raise if a test row shares sequence, or a parent, with a training row.

    Parameters
    ----------
    train, test, k, threshold, min_run, alphabet, mask_low_complexity, train_parents, test_parents
        As in :func:`audit_leakage`.

    Raises
    ------
    LeakageError
        If a row leaks; the message is the report's summary, with the worst rows.

    Examples
    --------
    >>> check_no_leakage(["ACGTTGCAGGATCCATTACGGCATCAAT"], ["GGGCATATCTCTGAGCGACGCTTTAAAC"])
    >>> check_no_leakage(["ACGTTGCAGGATCCATTACGGCATCAAT"], ["ATTGATGCCGTAATGGATCCTGCAACGT"])
    Traceback (most recent call last):
    ...
    seqaug_sklearn.exceptions.LeakageError: 1 of 1 test rows (100.0%) leak: 1 reverse complement. ...
    """
    report = audit_leakage(
        train,
        test,
        k=k,
        threshold=threshold,
        min_run=min_run,
        alphabet=alphabet,
        mask_low_complexity=mask_low_complexity,
        train_parents=train_parents,
        test_parents=test_parents,
    )
    if report.leaked.any():
        raise LeakageError(report.summary())


def windows_of(X, name):
    """Validate text or a WindowSet; return its Sequences, those of a set named by parent and start."""
    if not (hasattr(X, "windows") and hasattr(X, "positions")):
        return check_sequences(X, name=name)
    windows = check_sequences(X.windows, name=f"{name}.windows")
    parents = X.sources if X.identifiers is None else X.identifiers
    named = pd.Index([f"{parent}:{start}" for parent, start in zip(parents, X.starts, strict=True)], dtype=object)
    return type(windows)(windows.values, named)


def row_names(sequences):
    """Identifiers where there are some, else row numbers."""
    return pd.RangeIndex(len(sequences)) if sequences.identifiers is None else pd.Index(sequences.identifiers)


def report_on(finder, evidence, train_names, test_names, parents=None):
    """Put evidence, names and parents together.

    Parameters
    ----------
    finder : EvidenceFinder
        What found it.
    evidence : Evidence
        What was found.
    train_names, test_names : pandas.Index
        Names of the rows.
    parents : pair of ndarray or None
        Parents of the training and of the test rows.

    Returns
    -------
    LeakageReport
    """
    leaked, nearest, kind, same = evidence.leaked, evidence.nearest, evidence.kind, None
    if parents is not None:
        known, first = np.unique(parents[0], return_index=True)
        # clipped: a parent larger than all known ones fails the comparison
        places = np.minimum(np.searchsorted(known, parents[1]), len(known) - 1)
        same = known[places] == parents[1]
        nearest = np.where(same & (nearest < 0), first[places], nearest)
        kind = np.where(same & ~leaked, "same parent", kind)
        leaked = leaked | same
    return LeakageReport(
        leaked,
        kind,
        nearest,
        evidence.longest_run,
        evidence.kmer_share,
        evidence.strand,
        same,
        test_names,
        train_names,
        finder.k,
        finder.threshold,
        finder.min_run,
    )


def _check_parents(train_parents, test_parents, n_train, n_test):
    if train_parents is None and test_parents is None:
        return None
    if train_parents is None or test_parents is None:
        raise ValueError("train_parents and test_parents belong together: pass both, in one numbering, or neither")
    parents = []
    for name, values, n in (("train", train_parents, n_train), ("test", test_parents, n_test)):
        values = np.asarray(values)
        if values.shape != (n,):
            raise SequenceError(
                f"{name}_parents must have one entry per row of {name}: shape ({n},), got {values.shape}"
            )
        parents.append(values)
    if len({values.dtype.kind in "iu" for values in parents}) > 1:
        raise ValueError(
            f"train_parents and test_parents must be of one type, got {parents[0].dtype} and {parents[1].dtype}"
        )
    return parents
