"""Whether rows and labels that both have names come in one order."""

__all__ = ["check_same_order"]


def check_same_order(X, y) -> None:
    """Raise where X and y name the same rows in different orders.

    Rows and labels are matched by position, as everywhere in scikit-learn; a shuffled Series would give each row the
    label of another one without a word.

    Parameters
    ----------
    X, y : object
        Rows and labels. Only two pandas objects are compared, and only where they hold the same names.

    Raises
    ------
    ValueError
        If the names are the same and their order is not.

    Examples
    --------
    >>> import pandas as pd
    >>> check_same_order(pd.Series(["ACGT", "GGTT"], index=["a", "b"]), pd.Series([1, 0], index=["a", "b"]))
    """
    if not (hasattr(X, "iloc") and hasattr(y, "iloc")) or len(X) != len(y) or X.index.equals(y.index):
        return
    names, labelled = list(X.index), list(y.index)
    try:
        same = len({*names}) == len(names) and {*names} == {*labelled}
    except TypeError:
        return
    if same:
        row = next(i for i, pair in enumerate(zip(names, labelled, strict=True)) if pair[0] != pair[1])
        raise ValueError(
            f"X and y have the same index in another order (row {row} is {names[row]!r} in X and {labelled[row]!r} in "
            "y), but labels are taken by position: pass y.loc[X.index], or y.to_numpy() where the order is right"
        )
