"""Rows that say the same and are labelled differently: no model can be right about all of them."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.model_selection._leakage import EvidenceFinder, kind_of, linked_rows, report_on
from seqaug_sklearn.reporting import Result
from seqaug_sklearn.similarity import USUAL_SHARE
from seqaug_sklearn.utils import check_class_labels, check_sequences, counted, invalid_data

__all__ = ["ContradictionReport", "find_contradictions"]

_NAMED = 3


@dataclass(frozen=True, eq=False, repr=False)
class ContradictionReport(Result):
    """Result of :func:`~seqaug_sklearn.model_selection.find_contradictions`.

    Attributes
    ----------
    n_rows : int
        Rows that were looked at.
    table : pandas.DataFrame
        One row for each row of a set with several labels, by set: ``set`` (number), ``label``, ``n_rows`` (of its set)
        and ``label_share`` (share of the set with its label), indexed by the rows' names.
    accuracy_bound : float
        Accuracy that no model of the sequences alone exceeds on these rows: identical rows get one answer, which is
        right for the rows of one label at most. 1.0 where identical rows agree.
    within_groups : bool
        Whether the sets are groups of relatives, which bound nothing, instead of identical rows.
    relatives : pandas.DataFrame or None
        With ``relatives=True``, one row for each row with a close relative (a copy, or half of it is found again) of
        another label, the most alike first: ``label, nearest`` (name of that relative), ``nearest_label, kind,
        identity, coverage`` (kinds as of :class:`LeakageReport`), indexed by the rows' names.
    alike_bound : float
        Accuracy that no model exceeds that gives such close relatives one answer; 1.0 without ``relatives=True``.
    """

    _title = "Do equal sequences have equal labels?"

    n_rows: int
    table: pd.DataFrame
    accuracy_bound: float
    within_groups: bool
    relatives: pd.DataFrame | None = None
    alike_bound: float = 1.0

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
        told = f"{len(self.table):,} of {self.n_rows:,} rows ({self.share:.1%}) are {what} rows with another label"
        lines = [f"{told}, in {counted(len(sets), 'set')}: {named}." if sets else f"{told}."]
        if self.accuracy_bound < 1:
            lines.append(
                f"Identical rows have several labels, so no model of the sequences alone can exceed an accuracy of "
                f"{self.accuracy_bound:.1%} on these rows."
            )
        return lines

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

    def _tell(self, part):
        # one row of each label first
        first = part.assign(n=part.groupby("label").cumcount()).sort_values("n", kind="stable")
        rows = [f"{name!r} ({label})" for name, label in first["label"].head(_NAMED).items()]
        if len(part) > len(rows):
            rows.append(f"{len(part) - len(rows):,} more")
        return ", ".join(rows)


def find_contradictions(X, y, groups=None, *, alphabet="dna", relatives: bool = False) -> ContradictionReport:
    """Find rows that are the same sequence, or of one group, and have different labels.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.
    y : array-like of shape (n_samples,)
        Classes.
    groups : array-like of shape (n_samples,), default=None
        Groups of relatives, such as those of :func:`~seqaug_sklearn.similarity.similarity_groups`. None: rows are
        compared that are equal, or each other's reverse complement where the alphabet has one.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet.
    relatives : bool, default=False
        Whether to look for close relatives with another label too, wherever they stand, by the rules of
        :func:`audit_leakage` at its own settings. Takes about as long as the audit of a cross-validation.

    Returns
    -------
    ContradictionReport

    Raises
    ------
    DataFormatError
        If `y` or `groups` do not fit the rows, or `y` holds measured numbers.

    See Also
    --------
    audit_leakage : The same between training and test rows (``y_train=, y_test=``), close relatives included.

    Notes
    -----
    The bound is ``sum(max over labels of the rows with it) / n``, over sets of identical rows: whatever a model answers
    for a set, it is right at most for the rows of its commonest label. Averages over classes (balanced accuracy) have
    other bounds.

    Examples
    --------
    >>> from seqaug_sklearn.model_selection import find_contradictions
    >>> X = ["ACGTTGCA", "ACGTTGCA", "TGCAACGT", "GGGTACCA"]
    >>> report = find_contradictions(X, ["promoter", "promoter", "other", "other"])
    >>> report.accuracy_bound, report.to_frame()["label_share"].round(2).tolist()
    (0.75, [0.67, 0.67, 0.33])
    """
    sequences = check_sequences(X)
    labels = check_class_labels(y, len(sequences))
    alphabet = get_alphabet(alphabet)
    texts = [text.upper() for text in sequences.values]  # noqa: PD011
    if alphabet.complement is not None:
        texts = [min(text, text.translate(alphabet.complement_table)[::-1]) for text in texts]
    same = pd.factorize(np.array(texts, dtype=object))[0]
    sets = same if groups is None else _group_numbers(groups, len(same))
    names = pd.RangeIndex(len(same)) if sequences.identifiers is None else pd.Index(sequences.identifiers)
    codes = pd.factorize(labels)[0]
    report = ContradictionReport(len(same), _table(sets, labels, names), _bound(same, codes), groups is not None)
    if not relatives:
        return report
    found, pairs = _relatives(_finder(sequences, alphabet), codes, labels, names)
    edges = sparse.coo_array((np.ones(len(pairs[0])), pairs), shape=(len(same), len(same)))
    near = connected_components(edges, directed=False)[1]
    # copies are alike too, whoever is nearest
    return replace(report, relatives=found, alike_bound=_bound(_joined_numbers(near, same), codes))


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
