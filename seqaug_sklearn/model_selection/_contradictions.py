"""Rows that say the same and are labelled differently: no model can be right about all of them."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.model_selection._leakage import EvidenceFinder, kind_of, linked_rows, report_on
from seqaug_sklearn.model_selection._replicates import ReplicateNoise
from seqaug_sklearn.reporting import Result
from seqaug_sklearn.similarity import USUAL_SHARE
from seqaug_sklearn.utils import PortableState, check_sequences, counted, invalid_data, invalid_parameter, read_target

__all__ = ["ContradictionReport", "find_contradictions"]

_NAMED = 3


@dataclass(frozen=True, eq=False, repr=False)
class ContradictionReport(PortableState, Result):
    """Result of :func:`~seqaug_sklearn.model_selection.find_contradictions`.

    Attributes
    ----------
    n_rows : int
        Rows that were looked at.
    table : pandas.DataFrame
        One row for each row of a set with several labels, by set: ``set`` (number), ``label``, ``n_rows`` (of its set)
        and ``label_share`` (share of the set with its label), indexed by the rows' names. Of several labels and of
        numbers ``label`` is the value of the target that differs most, which ``target`` names; of numbers
        ``difference`` (between the largest and the smallest of the set) replaces ``label_share``.
    accuracy_bound : float
        Accuracy that no model of the sequences alone exceeds on these rows: identical rows get one answer, which is
        right for the rows of one label at most. 1.0 where identical rows agree. Of several labels over the entries that
        are known; NaN for numbers.
    within_groups : bool
        Whether the sets are groups of relatives, which bound nothing, instead of identical rows.
    relatives : pandas.DataFrame or None
        With ``relatives=True``, one row for each row with a close relative (a copy, or half of it is found again) of
        another label, the most alike first: ``label, nearest`` (name of that relative), ``nearest_label, kind,
        identity, coverage`` (kinds as of :class:`LeakageReport`), indexed by the rows' names.
    alike_bound : float
        Accuracy that no model exceeds that gives such close relatives one answer; 1.0 without ``relatives=True``.
    kind : {"classes", "number", "labels"}
        What was compared.
    replicates : pandas.DataFrame or None
        Of numbers, one row for each target: ``n_sets`` and ``n_rows`` of identical sequences that were measured several
        times, their ``spread`` (robust) and ``pooled`` standard deviation, and the ``r2_ceiling`` and
        ``pearson_ceiling`` that this noise sets (NaN with fewer than 5 sets).
    noise : str
        The same in a sentence; empty where not known.
    """

    _title = "Do equal sequences have equal labels?"

    n_rows: int
    table: pd.DataFrame
    accuracy_bound: float
    within_groups: bool
    relatives: pd.DataFrame | None = None
    alike_bound: float = 1.0
    kind: str = "classes"
    replicates: pd.DataFrame | None = None
    noise: str = ""

    def __len__(self):
        return len(self.table)

    @property
    def share(self) -> float:
        """Share of rows in sets with several labels."""
        return len(self.table) / self.n_rows

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def verdict(self) -> list[str]:
        """Say what was found, naming some sets, and the bound; one sentence each."""
        sets = [part for _, part in self.table.groupby("set", sort=False)]
        named = "; ".join(map(self._tell, sets[:_NAMED]))
        what = "in one group with" if self.within_groups else "identical to"
        other = {
            "number": "whose value differs by more than noise explains",
            "labels": "of which a label is known to be another",
        }.get(self.kind, "with another label")
        told = f"{len(self.table):,} of {self.n_rows:,} rows ({self.share:.1%}) are {what} rows {other}"
        lines = [f"{told}, in {counted(len(sets), 'set')}: {named}." if sets else f"{told}."]
        if self.accuracy_bound < 1:
            over = "the known labels of these rows" if self.kind == "labels" else "these rows"
            lines.append(
                f"Identical rows have several labels, so no model of the sequences alone can exceed an accuracy of "
                f"{self.accuracy_bound:.1%} on {over}."
            )
        return [*lines, self.noise] if self.noise else lines

    def tell_relatives(self, over: str = "all rows") -> str:
        """Say in words which copies and close relatives have another label, and both bounds; empty where none has.

        Parameters
        ----------
        over : str, default="all rows"
            What to call the rows over which the bounds are.
        """
        if self.relatives is None or not len(self.relatives):
            return ""
        n = len(self.relatives)
        # a pair stands twice where each is the other's nearest
        pairs = {frozenset((name, row["nearest"])): (name, row) for name, row in self.relatives[::-1].iterrows()}
        named = "; ".join(
            f"{name!r} ({row['label']}) and {row['nearest']!r} ({row['nearest_label']}), {kind_of(row)}"
            for name, row in list(pairs.values())[: -_NAMED - 1 : -1]
        )
        more = " (and others)" if len(pairs) > _NAMED else ""
        told = (
            f"{n:,} of {self.n_rows:,} sequences ({n / self.n_rows:.1%}) have a copy or close relative with another "
            f"label: {named}{more}."
        )
        if self.accuracy_bound < 1:
            told += (
                f" {len(self.table):,} are identical to one with another label, so no model can exceed an accuracy of "
                f"{self.accuracy_bound:.1%} on {over}."
            )
        if self.alike_bound < self.accuracy_bound:
            told += (
                f" A model that gives close relatives the same answer cannot exceed {self.alike_bound:.1%} on {over}."
            )
        return told

    @property
    def _names_targets(self):
        return self.replicates is None or len(self.replicates) > 1

    def _tell(self, part):
        # one row of each label first
        first = part.assign(n=part.groupby("label").cumcount()).sort_values("n", kind="stable")
        labels = first["label"]
        if self.kind != "classes":
            told = labels.map("{:.3g}".format)
            labels = first["target"] + " = " + told if self._names_targets else told
        rows = [f"{name!r} ({label})" for name, label in labels.head(_NAMED).items()]
        if len(part) > len(rows):
            rows.append(f"{len(part) - len(rows):,} more")
        return ", ".join(rows)


def find_contradictions(
    X, y, groups=None, *, task: str = "auto", alphabet="dna", relatives: bool = False
) -> ContradictionReport:
    """Find rows that are the same sequence, or of one group, and have different labels.

    Numbers that were measured twice are never equal. They contradict where they differ by more than replicates do, and
    the report says how good a model can be at most with that noise.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Classes, numbers or several labels; NaN of the latter two: not known.
    groups : array-like of shape (n_samples,), default=None
        Groups of relatives, such as those of :func:`~seqaug_sklearn.similarity.similarity_groups`. None: rows are
        compared that are equal, or each other's reverse complement where the alphabet has one. Not for numbers, in
        which relatives may differ.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What y holds; "auto": as it is read.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet.
    relatives : bool, default=False
        Whether to look for close relatives with another label too, wherever they stand, by the rules of
        :func:`audit_leakage` at its own settings. Takes about as long as the audit of a cross-validation. Classes only.

    Returns
    -------
    ContradictionReport

    Raises
    ------
    DataFormatError
        If `y` or `groups` do not fit the rows.
    InvalidParameterError
        If relatives are to be compared by numbers, or by several labels with ``relatives=True``.

    See Also
    --------
    audit_leakage : The same between training and test rows (``y_train=, y_test=``), close relatives included.

    Notes
    -----
    The bound is ``sum(max over labels of the rows with it) / n``, over sets of identical rows: whatever a model answers
    for a set, it is right at most for the rows of its commonest label. Averages over classes (balanced accuracy) have
    other bounds.

    The spread of replicates is estimated from the median deviation of identical rows from their mean, which is right as
    long as most of them agree. A difference contradicts where it is beyond three standard deviations of a difference,
    or further out where there are many sets: replicates without a contradiction give a finding in one data set of
    twenty. It is at least a tenth of the standard deviation of all values, and two and a half of them where fewer than
    five sets say nothing of the spread. The ceiling of R² is ``1 - pooled² / variance of all values``; that of the
    correlation is its root.

    Examples
    --------
    >>> from seqaug_sklearn.model_selection import find_contradictions
    >>> X = ["ACGTTGCA", "ACGTTGCA", "TGCAACGT", "GGGTACCA"]
    >>> report = find_contradictions(X, ["promoter", "promoter", "other", "other"])
    >>> report.accuracy_bound, report.to_frame()["label_share"].round(2).tolist()
    (0.75, [0.67, 0.67, 0.33])
    """
    sequences = check_sequences(X)
    target = read_target(y, len(sequences), task=task, may_be_constant=True)
    _check_comparable(target, groups, relatives)
    alphabet = get_alphabet(alphabet)
    texts = [text.upper() for text in sequences.values]  # noqa: PD011
    if alphabet.complement is not None:
        texts = [min(text, text.translate(alphabet.complement_table)[::-1]) for text in texts]
    same = pd.factorize(np.array(texts, dtype=object))[0]
    sets = same if groups is None else _group_numbers(groups, len(same))
    names = pd.RangeIndex(len(same)) if sequences.identifiers is None else pd.Index(sequences.identifiers)
    if target.kind == "number":
        return _of_numbers(same, target, names)
    if target.kind == "labels":
        table, bound = _table_of_labels(sets, target, names), _bound_of_labels(same, target.columns)
        return ContradictionReport(len(same), table, bound, groups is not None, kind="labels")
    labels = target.values  # noqa: PD011
    codes = pd.factorize(labels)[0]
    report = ContradictionReport(len(same), _table(sets, labels, names), _bound(same, codes), groups is not None)
    if not relatives:
        return report
    found, pairs = _relatives(_finder(sequences, alphabet), codes, labels, names)
    edges = sparse.coo_array((np.ones(len(pairs[0])), pairs), shape=(len(same), len(same)))
    near = connected_components(edges, directed=False)[1]
    # copies are alike too, whoever is nearest
    return replace(report, relatives=found, alike_bound=_bound(_joined_numbers(near, same), codes))


def _check_comparable(target, groups, relatives):
    if target.kind == "number" and groups is not None:
        raise invalid_parameter(
            "groups",
            "hold relatives, whose numbers may differ: leave it out, to compare identical sequences",
        )
    if target.kind != "classes" and relatives:
        raise invalid_parameter(
            "relatives", "compares classes; numbers and several labels are compared of identical sequences only"
        )


def _of_numbers(same, target, names):
    noise = ReplicateNoise.of(same, target.columns, target.names)
    frame = pd.DataFrame(target.columns).groupby(same)
    widest = (frame.transform("max") - frame.transform("min")).to_numpy()
    sizes = frame.transform("count").to_numpy()
    limits = np.ones_like(widest)
    for n in np.unique(sizes[sizes > 1]):
        limits[sizes == n] = np.broadcast_to(noise.limits(int(n)), widest.shape)[sizes == n]
    # the target that is furthest beyond its limit speaks for a set
    beyond = np.nan_to_num(np.where(sizes > 1, widest, 0) / np.where(limits > 0, limits, np.inf))
    most, rows = beyond.argmax(axis=1), np.arange(len(same))
    columns = {
        "set": same,
        "target": np.array(target.names)[most],
        "label": target.columns[rows, most],
        "n_rows": sizes[rows, most],
        "difference": widest[rows, most],
    }
    odd = (beyond[rows, most] > 1) & target.measured[rows, most]
    table = pd.DataFrame(columns, index=names)[odd].sort_values("set", kind="stable")
    about = {"kind": "number", "replicates": noise.to_frame(), "noise": noise.tell()}
    return ContradictionReport(len(same), table, float("nan"), within_groups=False, **about)


def _table_of_labels(sets, target, names):
    """Rows of sets in which a label is known to be there and not there; the most divided label of a set speaks."""
    by_set = pd.DataFrame(target.columns).groupby(sets)
    there, known = (found.to_numpy() for found in (by_set.transform("sum"), by_set.transform("count")))
    most = np.minimum(there, known - there).argmax(axis=1)
    rows = np.arange(len(sets))
    label = target.columns[rows, most]
    there, known = there[rows, most], known[rows, most]
    columns = {
        "set": sets,
        "target": np.array(target.names)[most],
        "label": label,
        "n_rows": known,
        "label_share": np.where(label == 1, there, known - there) / np.maximum(known, 1),
    }
    odd = (there > 0) & (there < known) & ~np.isnan(label)
    return pd.DataFrame(columns, index=names)[odd].sort_values("set", kind="stable")


def _bound_of_labels(same, columns):
    by_set = pd.DataFrame(columns).groupby(same)
    there, known = by_set.sum().to_numpy(), by_set.count().to_numpy()
    return float(np.maximum(there, known - there).sum() / known.sum())


def _bound(sets, codes):
    """Share of rows that one answer for each set gets right at most."""
    return float(pd.crosstab(sets, codes).max(axis=1).sum() / len(sets))


def _joined_numbers(first, second):
    """Numbers of sets in which rows are together that are so in either numbering."""
    n = len(first)
    edges = (np.ones(n), (first, n + second))
    return connected_components(sparse.coo_array(edges, shape=(2 * n, 2 * n)), directed=False)[1][first]


def _finder(sequences, alphabet):
    return EvidenceFinder(
        sequences.values,
        k=None,
        threshold=USUAL_SHARE,
        min_run=None,
        alphabet=alphabet,
        homologs="auto",
        identifiers=sequences.identifiers,
    )


def _relatives(finder, codes, labels, names):
    """Close relatives with another label: the table, and the pairs of rows."""
    linked = linked_rows(finder)[0]
    several = pd.Series(codes).groupby(linked).transform("nunique").to_numpy() > 1
    parts: list = [np.zeros((2, 0), np.int64)]
    tables = []
    for code in np.unique(codes[several]):
        test = np.flatnonzero(several & (codes == code))
        # what is not linked with a row of this label has no relative among them
        train = np.flatnonzero(several & (codes != code) & np.isin(linked, linked[test]))
        report = report_on(finder, finder.find(train, test), test, names[train], names[test])
        close = report.leaked & (report.grade == "high")
        parts.append(np.array([test[close], train[report.nearest[close]]]))
        frame = report.to_frame().drop(columns=["leaked", "strand", "evalue", "grade"])[close]
        tables.append(frame.assign(label=labels[test[close]], nearest_label=labels[parts[-1][1]]))
    rows, nearest = np.hstack(parts)
    columns = ["label", "nearest", "nearest_label", "kind", "identity", "coverage"]
    if not tables:
        return pd.DataFrame(columns=columns), (rows, nearest)
    found = pd.concat(tables)
    # copies first, then what is most alike, then in the order of the rows
    alike = np.maximum((found["identity"] * found["coverage"]).fillna(0).to_numpy(), found["kmer_share"].to_numpy())
    order = np.lexsort((rows, -alike, (found["kind"] != "copy").to_numpy()))
    return found.iloc[order][columns], (rows, nearest)


def _group_numbers(groups, n_rows):
    groups = np.asarray(groups)
    if groups.shape != (n_rows,):
        raise invalid_data("groups", f"must have one entry per row: shape ({n_rows},), got {groups.shape}")
    return pd.factorize(groups)[0]


def _table(sets, labels, names):
    table = pd.DataFrame({"set": sets, "label": labels}, index=names)
    by_set = table.groupby("set")["label"]
    several = (by_set.transform("nunique") > 1).to_numpy()
    n_rows = by_set.transform("size").to_numpy()
    with_label = table.groupby(["set", "label"])["label"].transform("size").to_numpy()
    table = table.assign(n_rows=n_rows, label_share=with_label / n_rows)
    return table[several].sort_values("set", kind="stable")
