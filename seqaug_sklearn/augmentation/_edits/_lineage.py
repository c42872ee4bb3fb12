"""Lineage of edited rows: what was done to each, as a table, and the rows made again from it."""

import numpy as np

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import check_sequences

__all__ = ["Journal", "lineage_table", "replay_edits"]

_COLUMNS = {
    "row": "int64",
    "parent": "int64",
    "step": "int64",
    "operation": "str",
    "start": "int64",
    "length": "int64",
    "strand": "str",
    "stretch_start": "int64",
    "stretch_end": "int64",
    "symbols": "str",
}
_PADDING = "padding"


class Journal:
    """What edits do to rows of text, written down as they do it.

    Parameters
    ----------
    first_row : int
        Number of the first row among all output rows.
    parents : int ndarray of shape (n,)
        Parent of each row.

    Attributes
    ----------
    step : int
        Number of the edit that is being applied.
    lines : list of tuple
        One per operation, in the order of the columns of the table.
    """

    def __init__(self, first_row, parents):
        self.first_row = first_row
        self.parents = parents
        self.step = 0
        self.lines = []

    def record(self, edit, rows, which, low, high, draws):
        """Apply an edit and write down what it did."""
        before, lengths = rows.letters(), rows.lengths.copy()
        edit._apply(rows, which, low, high, draws)
        after = rows.letters()
        found = edit._operations(rows, which, low, high, draws) or (*edit._changes(before != after), "+")
        changed, start, length, written, strand = found
        # a stretch that ended with its row grew with it
        low, high = (np.broadcast_to(bound, len(which)) for bound in (low, high))
        high = np.where(high == lengths[which], rows.lengths[which], high)
        stretches = dict(zip(which.tolist(), zip(low.tolist(), high.tolist(), strict=True), strict=True))
        self._write(edit._name, after, changed, start, length, written, strand, stretches)

    def record_padding(self, rows, lengths):
        """Write down that rows of these lengths were lengthened."""
        which = np.arange(len(rows))
        stretches = {row: (0, int(end)) for row, end in enumerate(rows.lengths)}
        self._write(_PADDING, rows.letters(), which, lengths, rows.lengths - lengths, lengths, "+", stretches)

    def _write(self, name, letters, which, start, length, written, strand, stretches):
        bounds = [np.broadcast_to(values, len(which)).tolist() for values in (start, length)]
        places = [None] * len(which) if written is None else np.broadcast_to(written, len(which)).tolist()
        for row, first, size, place in zip(which.tolist(), *bounds, places, strict=True):
            if not size:
                continue
            symbols = "" if place is None else letters[row, place : place + size].tobytes().decode()
            origin = (self.first_row + row, int(self.parents[row]), self.step, name)
            self.lines.append((*origin, first, size, strand, *stretches[row], symbols))


def lineage_table(lines, seed):
    """Lines of journals as a table, sorted by row and step.

    Parameters
    ----------
    lines : list of tuple
        Those of all journals.
    seed : int or None
        What the random draws began with.
    """
    import pandas as pd

    table = pd.DataFrame(lines, columns=list(_COLUMNS)).astype({c: t for c, t in _COLUMNS.items() if t != "str"})
    # edits come in the order of their steps, and operations of a step change each letter once
    table = table.sort_values(["row", "step", "start"], kind="stable", ignore_index=True)
    return table.assign(seed=pd.array([seed] * len(table), dtype="Int64"))


def replay_edits(X, edits, sample_indices, *, alphabet="dna"):
    """Make edited rows again from their parents and their lineage.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        The sequences that were edited.
    edits : DataFrame
        ``edits_`` of :class:`RandomAugmentation`, or what a file keeps of it; a part of it applies a part of the edits.
    sample_indices : int array-like of shape (n_samples_new,)
        ``sample_indices_`` of :class:`RandomAugmentation`: the parent of each row, the first n_samples of which are the
        sequences themselves.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences: it turns stretches round.

    Returns
    -------
    rows : list of str
        What ``fit_resample`` returned, letter by letter.

    Raises
    ------
    DataFormatError
        If a column is missing, an operation is not known, or a row or parent is not that of ``sample_indices``.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import RandomAugmentation, RandomDeletion, RandomInversion, replay_edits
    >>> X = ["AAAACCCCGGGGTTTT"]
    >>> edits = [RandomDeletion(3, 3), RandomInversion(5, 5)]
    >>> augmentation = RandomAugmentation(edits, record_edits=True, random_state=0)
    >>> rows, _ = augmentation.fit_resample(X, [1])
    >>> augmentation.edits_[["row", "operation", "start", "length", "strand", "symbols"]].to_numpy().tolist()
    [[1, 'deletion', 3, 3, '+', 'CAA'], [1, 'inversion', 10, 5, '-', '']]
    >>> replay_edits(X, augmentation.edits_, augmentation.sample_indices_) == rows
    True
    """
    alphabet = get_alphabet(alphabet)
    missing = [column for column in _COLUMNS if column not in edits]
    if missing:
        raise DataFormatError(f"edits has no column {', '.join(missing)}; pass edits_ of RandomAugmentation")
    texts = [str(text) for text in check_sequences(X).values]  # noqa: PD011
    parents = [int(parent) for parent in sample_indices]
    rows = [texts[p] if row < len(texts) else texts[p].upper() for row, p in enumerate(parents)]
    # symbols of operations that write nothing are read from files as gaps
    table = edits.assign(symbols=edits["symbols"].fillna("")).sort_values(["row", "step", "start"], kind="stable")
    for line in table.itertuples(index=False):
        if not len(texts) <= line.row < len(rows) or parents[line.row] != line.parent:
            raise DataFormatError(
                f"edits names row {line.row} with parent {line.parent}, which is no copy among sample_indices; pass "
                "edits_ and sample_indices_ of one RandomAugmentation"
            )
        rows[line.row] = _replayed(rows[line.row], line, alphabet)
    return rows


def _replayed(text, line, alphabet):
    start, end = line.start, line.start + line.length
    low, high = line.stretch_start, line.stretch_end
    before, stretch, after = text[:low], text[low:high], text[high:]
    at, size = start - low, line.length
    if line.operation in ("mutation", "substitution", "synonymous"):
        return text[:start] + line.symbols + text[end:]
    if line.operation in ("inversion", "reverse_complement"):
        turned = text[start:end][::-1]
        turned = turned if alphabet.complement is None else turned.translate(alphabet.complement_table)
        return text[:start] + turned + text[end:]
    if line.operation == "insertion":
        return before + (stretch[:at] + line.symbols + stretch[at:])[: high - low] + after
    if line.operation == "deletion":
        return before + stretch[:at] + stretch[at + size :] + line.symbols + after
    if line.operation == "translocation":
        # what begins the stretch goes to its end, and the other way round
        moved = stretch[size:] + stretch[:size] if at == 0 else stretch[at:] + stretch[:at]
        return before + moved + after
    if line.operation == "shift":
        kept = stretch[: len(stretch) - size] if at == 0 else stretch[size:]
        return before + (line.symbols + kept if at == 0 else kept + line.symbols) + after
    if line.operation == _PADDING:
        return text + line.symbols
    raise DataFormatError(f"edits has an operation {line.operation!r}, which is not known")
