"""Cells of tables: which are missing, and which rows have everything."""

from typing import Any

from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["complete_rows", "missing_labels", "some_names"]


def complete_rows(parts, missing_values, *, task: str | None = None) -> Any:
    """Mark the rows in which nothing is missing.

    Parameters
    ----------
    parts : list of (str, Series or DataFrame of str, Path)
        What the values are, the values, and the file that they come from. Of several columns one entry is enough.
    missing_values : list of str or None
        Words that mean missing.
    task : str, default=None
        How labels are read; None: as classes, by a command that knows no others.

    Returns
    -------
    bool ndarray of shape (n_rows,)

    Raises
    ------
    DataFormatError
        If no row has everything.

    Warns
    -----
    SeqAugWarning
        If rows are left out, or labels or groups differ in writing only.
    """
    import numpy as np

    from seqaug_sklearn.utils import mark_missing, warn_of_left_out, warn_of_twins

    complete = np.ones(len(parts[0][1]), dtype=bool)
    for what, values, source in parts:
        about = {"what": what, "where": source.name}
        if what == "label" and task is not None:
            missing, are_classes = missing_labels(values, missing_values, task, source.name)
        else:
            missing, are_classes = mark_missing(values, missing_values, **about), what != "sequence"
        if missing.ndim == 2:
            missing, values = missing.all(axis=1), values.iloc[:, 0]
        warn_of_left_out(values, missing, **about)
        complete &= ~missing
        if are_classes:
            warn_of_twins(values[~missing], **about)
    if not complete.any():
        raise DataFormatError("no row has everything: " + ", ".join(f"a {what}" for what, *_ in parts))
    return complete


def missing_labels(values, missing_values, task: str, where: str) -> tuple[Any, bool]:
    """Mark what is missing among labels, and say whether they are classes.

    A word such as NA may be a class. Among numbers, and where there are several columns, it is none.

    Parameters
    ----------
    values : Series of str of shape (n_rows,) or DataFrame of str of shape (n_rows, n_targets)
        Cells.
    missing_values : list of str or None
        Words that mean missing.
    task : {"auto", "classes", "number", "labels"}
        How they are read.
    where : str
        Name of the file.

    Returns
    -------
    missing : bool ndarray of the shape of `values`
    are_classes : bool
    """
    import numpy as np

    from seqaug_sklearn.utils import holds_numbers, is_missing_word, mark_missing

    cells = values.to_numpy(dtype=object)
    usual = np.array([is_missing_word(cell) for cell in cells.ravel()], bool).reshape(cells.shape)
    are_classes = values.ndim == 1 and not (
        task == "number" or (task == "auto" and (~usual).any() and holds_numbers(cells[~usual]))
    )
    if not are_classes and missing_values is None:
        return usual, False
    if values.ndim == 1:
        return mark_missing(values, missing_values, what="label", where=where), are_classes
    columns = [mark_missing(values[name], missing_values, what="label", where=where) for name in values]
    return np.column_stack(columns), False


def some_names(names, most=5) -> str:
    """The first names for a message, and how many more there are."""
    from seqaug_sklearn.utils import listed

    return listed(names, most)
