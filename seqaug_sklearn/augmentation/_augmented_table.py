"""Augmented data as a table, for programs that cannot augment while they train."""

import numpy as np
import pandas as pd

from seqaug_sklearn.augmentation._edits import RandomAugmentation
from seqaug_sklearn.augmentation._orthologs import OrthologAugmenter
from seqaug_sklearn.augmentation._window_augmenter import WindowAugmenter
from seqaug_sklearn.exceptions import DataFormatError, SequenceTypeError
from seqaug_sklearn.utils import check_sequences, invalid_parameter

__all__ = ["augmented_table"]

ORIGINAL = "original"
"""What ``made_by`` says of a row as it was."""


def augmented_table(sequences, y=None, *, orthologs=None, edits=None, windows=None, originals=True) -> pd.DataFrame:
    """Write out what augmenters make of sequences, each row with its parent.

    For other programs only. A model of this package augments while it trains, from training rows alone; rows that are
    written out resemble their parent, so they must stay on its side of every split: the column ``parent`` is the group
    to split by, and the commands of this package take it for one.

    Parameters
    ----------
    sequences : array-like of str of shape (n_samples,)
        Sequences. A Series names them by its index, each name once; others are numbered from 1.
    y : Series or DataFrame of n_samples rows, default=None
        Labels or numbers, carried with their gaps; columns keep their names, and a Series is called "label".
    orthologs : OrthologAugmenter, default=None
        Orthologs are added first, with what the augmenter gives them as target.
    edits : RandomAugmentation, default=None
        Edited copies of all rows so far, their reading frames and protected positions as the edits have them.
    windows : WindowAugmenter, default=None
        At last, all rows are cut into windows.
    originals : bool, default=True
        Whether the rows themselves are in the table, too; of windows those that were cut from them.

    Returns
    -------
    table : pandas.DataFrame of shape (n_samples_new, 3 + n_targets)
        Indexed by a unique ``name``; ``sequence``, the targets, ``parent`` (a name in `sequences`) and ``made_by``
        ("original", "ortholog o1", "edits", "window 40 to 80", and combinations of them). Names are those of the
        parents with ``.o1``, ``.e1`` and ``:40`` behind them.

    Raises
    ------
    DataFormatError
        If y has another number of rows.
    SequenceTypeError
        If names repeat, or the sequences are no text.
    InvalidParameterError
        If there is nothing to do, or a column of y is called as one of the table.

    See Also
    --------
    replay_edits : Make edited rows again from the record of their edits.
    seqaug_sklearn.datasets.write_fasta : Write sequences to a file.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqaug_sklearn.augmentation import augmented_table, make_edits
    >>> rows = pd.Series(["ACGTTGCAACGT", "GGATCCAATTGG"], index=["a", "b"])
    >>> table = augmented_table(rows, pd.Series([1, 0]), edits=make_edits("mutation(rate=0.2)", random_state=0))
    >>> table[["label", "parent", "made_by"]].to_numpy().tolist()
    [[1, 'a', 'original'], [0, 'b', 'original'], [1, 'a', 'edits'], [0, 'b', 'edits']]
    >>> table.index.to_list()
    ['a', 'b', 'a.e1', 'b.e1']
    """
    if not isinstance(sequences, pd.Series):
        texts = list(map(str, check_sequences(sequences, name="sequences").values))
        sequences = pd.Series(texts, index=[str(number) for number in range(1, len(texts) + 1)], dtype=object)
    if not sequences.index.is_unique:
        twice = sequences.index[sequences.index.duplicated()][0]
        raise SequenceTypeError(f"sequences must have a name of its own for each row, but {twice!r} repeats")
    if orthologs is None and edits is None and windows is None:
        raise invalid_parameter("edits", "must be given, or orthologs or windows: there is nothing to do")
    rows = _Rows(sequences, _targets(y, len(sequences)))
    if orthologs is not None:
        rows = _with_orthologs(rows, orthologs)
    if edits is not None:
        rows = _with_edits(rows, edits)
    if not originals:
        rows = rows.take(np.flatnonzero(rows.made_by != ORIGINAL))
    return rows.table() if windows is None else _cut(rows, windows)


class _Rows:
    """Rows so far: texts, names, targets, parents by place and what made them."""

    def __init__(self, sequences, targets, parents=None, names=None, made_by=None):
        n = len(sequences)
        self.sequences, self.targets = sequences, targets
        self.parents = sequences.index.to_numpy() if parents is None else parents
        self.names = sequences.index.astype(str).to_numpy(object) if names is None else names
        self.made_by = np.full(n, ORIGINAL, dtype=object) if made_by is None else made_by

    def take(self, rows):
        parts = (self.parents[rows], self.names[rows], self.made_by[rows])
        return _Rows(self.sequences.iloc[rows], self.targets.iloc[rows], *parts)

    def grown(self, texts, targets, sources, names, made_by):
        """These rows and new ones behind them, each with the row that it was made of."""
        sequences = pd.concat([self.sequences, pd.Series(texts, index=self.sequences.index[sources], dtype=object)])
        own = self.made_by[sources]
        made = [how if before == ORIGINAL else f"{before}, {how}" for before, how in zip(own, made_by, strict=True)]
        return _Rows(
            sequences,
            pd.concat([self.targets, targets]),
            np.concatenate([self.parents, self.parents[sources]]),
            np.concatenate([self.names, np.array(names, dtype=object)]),
            np.concatenate([self.made_by, np.array(made, dtype=object)]),
        )

    def table(self):
        frame = pd.DataFrame({"sequence": self.sequences.to_numpy(object)}, index=pd.Index(self.names, name="name"))
        for name in self.targets:
            frame[name] = self.targets[name].to_numpy()
        return frame.assign(parent=self.parents, made_by=self.made_by)


def _targets(y, n_rows):
    if y is None:
        return pd.DataFrame(index=range(n_rows))
    frame = pd.DataFrame(y)
    if frame.shape[1] == 1 and not isinstance(y, pd.DataFrame):
        frame.columns = ["label"]
    if len(frame) != n_rows:
        raise DataFormatError(f"y has {len(frame)} rows, and there are {n_rows} sequences; pass one for each")
    taken = sorted({"name", "sequence", "parent", "made_by"} & set(map(str, frame.columns)))
    if taken:
        raise invalid_parameter("y", f"has a column {taken[0]!r}, which is one of the table's own; rename it")
    return frame.reset_index(drop=True)


def _numbered(names, sources, letter):
    """Names of new rows: that of the row they were made of, and which of its rows they are."""
    counts: dict[int, int] = {}
    found = []
    for row in sources:
        counts[row] = counts.get(row, 0) + 1
        found.append(f"{names[row]}.{letter}{counts[row]}")
    return found


def _one_or_more(targets):
    """A single target as a Series."""
    return targets if targets.shape[1] > 1 else targets.iloc[:, 0]


def _with_orthologs(rows: _Rows, augmenter: OrthologAugmenter) -> _Rows:
    targets = rows.targets
    # an augmenter carries a target; rows without one carry their place
    y = _one_or_more(targets) if targets.shape[1] else pd.Series(0, targets.index)
    X_new, y_new = augmenter.fit_resample(rows.sequences, y.set_axis(rows.sequences.index))
    added = np.arange(len(rows.names), len(X_new))
    sources = augmenter.sample_indices_[added]
    new = (
        pd.DataFrame(y_new).iloc[added].set_axis(targets.columns, axis=1) if targets.shape[1] else targets.iloc[sources]
    )
    made_by = [f"ortholog {name}" for name in augmenter.ortholog_names_]
    return rows.grown(X_new.iloc[added].to_list(), new, sources, _numbered(rows.names, sources, "o"), made_by)


def _with_edits(rows: _Rows, augmentation: RandomAugmentation) -> _Rows:
    y = _one_or_more(rows.targets) if rows.targets.shape[1] else np.zeros(len(rows.names), dtype=int)
    # protected positions are given by identifier: orthologs have that of their gene
    X_new, _ = augmentation.fit_resample(rows.sequences, y)
    added = np.arange(len(rows.names), len(X_new))
    sources = np.asarray(augmentation.sample_indices_)[added]
    texts = [str(text) for text in np.asarray(X_new, dtype=object)[added]]
    names = _numbered(rows.names, sources, "e")
    return rows.grown(texts, rows.targets.iloc[sources], sources, names, ["edits"] * len(added))


def _cut(rows: _Rows, augmenter: WindowAugmenter) -> pd.DataFrame:
    cut = augmenter.explode(pd.Series(rows.sequences.to_numpy(object), index=rows.names))
    starts = np.asarray(cut.starts)
    sources = np.asarray(cut.sources)
    texts = list(cut.windows)
    taken = rows.take(sources)
    names = [f"{name}:{start}" for name, start in zip(taken.names, starts, strict=True)]
    how = [f"window {start} to {start + len(text)}" for start, text in zip(starts, texts, strict=True)]
    made = [
        part if before == ORIGINAL else f"{before}, {part}" for before, part in zip(taken.made_by, how, strict=True)
    ]
    taken.names, taken.made_by = np.array(names, dtype=object), np.array(made, dtype=object)
    return taken.table().assign(sequence=texts)
