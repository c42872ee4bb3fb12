"""Groups of relatives that several commands make, and what is said of them."""

from typing import Any

from seqaug_sklearn.cli._run import say
from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["check_distinct", "count_distinct", "describe_groups", "groups_by_wish", "relatives"]

_FEW = 0.01
"""Share of rows with a relative up to which --groups auto makes no groups."""


def relatives(sequences: Any, *, groups: Any = None, **settings) -> Any:
    """Groups of rows that must not be parted; parameters as of ``leakage_groups``.

    Returns
    -------
    groups : Series of int of shape (n_samples,)
        Indexed by name, 1 for the largest group, whatever the order of the rows.
    limits : str
        What cannot be seen, in the words of the audit.
    """
    from seqaug_sklearn.model_selection import leakage_groups

    found, limits = leakage_groups(sequences, groups=groups, return_limits=True, **settings)
    return _numbered_by_size(found, sequences.index), limits


def _numbered_by_size(groups, names):
    import pandas as pd

    found = pd.Series(groups, index=names)
    by_name = pd.Series(names, index=names).groupby(found)
    # the larger first, and of two of one size that with the smaller first name
    order = pd.DataFrame({"size": -by_name.size(), "name": by_name.min()}).sort_values(["size", "name"]).index
    return found.map(pd.Series(range(1, len(order) + 1), index=order))


def count_distinct(sequences: Any) -> int:
    """How many sequences there are if copies are counted once."""
    return sequences.str.upper().nunique()


def check_distinct(sequences: Any, labels: Any, parts: int, source: str) -> None:
    """Raise where there are fewer distinct sequences than parts of a split: no threshold can help there.

    Parameters
    ----------
    sequences, labels : Series of str of shape (n_samples,)
        Labels may be None.
    parts : int
        Parts of the split.
    source : str
        Name of the file.

    Raises
    ------
    DataFormatError
        The message names the cause, and labels that contradict each other.
    """
    from seqaug_sklearn.utils import Message, Parameter, counted

    distinct, n = count_distinct(sequences), len(sequences)
    if distinct >= parts:
        return
    if n < parts:
        fewer = Message("; lower ", Parameter("n_splits")) if parts > 2 else ""
        raise DataFormatError(
            Message(f"{source} holds {counted(n, 'sequence')}, too few to split into {parts} parts", fewer)
        )
    told = f"all {n} sequences of {source} are copies of one another (identical)"
    if distinct > 1:
        told = f"the {n} sequences of {source} are copies of {distinct} distinct ones"
    told += f", so they cannot be split into {parts} parts without copies on both sides"
    kinds = 0 if labels is None else labels.groupby(sequences.str.upper()).nunique().max()
    raise DataFormatError(f"{told}; labels of identical sequences contradict each other, too" if kinds > 1 else told)


def describe_groups(groups: Any) -> str:
    """Say how many groups there are, how many hold one sequence, and how large the largest is."""
    from seqaug_sklearn.utils import counted

    sizes = groups.value_counts()
    largest, n = sizes.max(), len(groups)
    if largest == 1:
        return f"{counted(n, 'sequence')}, each a group of its own."
    named = groups.index[groups == sizes.idxmax()].min()
    return (
        f"{counted(n, 'sequence')} in {counted(len(sizes), 'group')}: {(sizes == 1).sum()} alone in theirs, {largest} "
        f"in the largest ({largest / n:.1%}; {named!r} is one of them)."
    )


def groups_by_wish(table: Any, alphabet: str) -> Any:
    """Groups for ``--groups auto`` or ``similarity``: none where "auto" finds that hardly a row has a relative.

    Windows of one parent stay together in any case.

    Parameters
    ----------
    table : LabelledSequences
        What was read, with a wish.
    alphabet : str
        Alphabet of the sequences.

    Returns
    -------
    Series of shape (n_samples,) or None
        Indexed by name.
    """
    from seqaug_sklearn.utils import split_covariates

    own = None if table.groups is None else table.groups.to_numpy()
    text = split_covariates(table.sequences).text
    groups, _ = relatives(text, groups=own, alphabet=alphabet)
    sizes = groups.value_counts()
    share = 1 - int((sizes == 1).sum()) / len(groups)
    say(describe_groups(groups))
    if table.wish == "auto" and share <= _FEW:
        say(f"{share:.1%} of the sequences have a relative, so no groups are made (--groups similarity makes them).")
        return table.groups
    if len(sizes) == 1:
        check_distinct(text, table.labels, 2, "the file")
        raise DataFormatError(
            "all sequences are relatives of each other, directly or through others, so a split by similarity leaves "
            "nothing to test on; see seqaug groups, whose --threshold and --min-run make smaller groups"
        )
    say("Relatives stay on one side of every split.")
    # numbered as a table of seqaug groups is, so that both give the same folds
    return groups.map({number: place for place, number in enumerate(groups.unique())})
