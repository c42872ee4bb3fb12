"""Rows that say the same and are labelled differently: no model can be right about all of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils import check_class_labels, check_sequences, counted

__all__ = ["ContradictionReport", "find_contradictions"]

_NAMED = 3


@dataclass(frozen=True, eq=False)
class ContradictionReport:
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
    """

    n_rows: int
    table: pd.DataFrame
    accuracy_bound: float
    within_groups: bool

    def __len__(self):
        return len(self.table)

    def __repr__(self):
        return f"<{type(self).__name__}: {self.summary()}>"

    @property
    def share(self) -> float:
        """Share of rows in sets with several labels."""
        return len(self.table) / self.n_rows

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def summary(self) -> str:
        """Say in words what was found, naming some sets, and the bound."""
        sets = [part for _, part in self.table.groupby("set", sort=False)]
        named = "; ".join(map(self._tell, sets[:_NAMED]))
        what = "in one group with" if self.within_groups else "identical to"
        told = f"{len(self.table):,} of {self.n_rows:,} rows ({self.share:.1%}) are {what} rows with another label"
        told += f", in {counted(len(sets), 'set')}: {named}." if sets else "."
        if self.accuracy_bound < 1:
            told += (
                f" Identical rows have several labels, so no model of the sequences alone can exceed an accuracy of "
                f"{self.accuracy_bound:.1%} on these rows."
            )
        return told

    def _tell(self, part):
        # one row of each label first
        first = part.assign(n=part.groupby("label").cumcount()).sort_values("n", kind="stable")
        rows = [f"{name!r} ({label})" for name, label in first["label"].head(_NAMED).items()]
        if len(part) > len(rows):
            rows.append(f"{len(part) - len(rows):,} more")
        return ", ".join(rows)


def find_contradictions(X, y, groups=None, *, alphabet="dna") -> ContradictionReport:
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

    Returns
    -------
    ContradictionReport

    Raises
    ------
    SequenceError
        If `groups` do not fit the rows.
    DataFormatError
        If `y` does not fit the rows, or holds measured numbers.

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
    bound = float(pd.crosstab(same, pd.factorize(labels)[0]).max(axis=1).sum() / len(same))
    return ContradictionReport(len(same), _table(sets, labels, names), bound, groups is not None)


def _group_numbers(groups, n_rows):
    groups = np.asarray(groups)
    if groups.shape != (n_rows,):
        raise SequenceError(f"groups must have one entry per row: shape ({n_rows},), got {groups.shape}")
    return pd.factorize(groups)[0]


def _table(sets, labels, names):
    table = pd.DataFrame({"set": sets, "label": labels}, index=names)
    by_set = table.groupby("set")["label"]
    several = (by_set.transform("nunique") > 1).to_numpy()
    n_rows = by_set.transform("size").to_numpy()
    with_label = table.groupby(["set", "label"])["label"].transform("size").to_numpy()
    table = table.assign(n_rows=n_rows, label_share=with_label / n_rows)
    return table[several].sort_values("set", kind="stable")
