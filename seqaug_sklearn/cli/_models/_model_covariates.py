"""Covariates that a model reads beside its sequences, and those that are given."""

from pathlib import Path
from typing import Any

from seqaug_sklearn.exceptions import InvalidParameterError

__all__ = ["check_covariates"]


def check_covariates(estimator: Any, given: list[str] | None, data: Path) -> list[str] | None:
    """Return the columns of the file that the model reads beside each sequence: those that it was fitted with.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    given : list of str or None
        What was typed; None: what the model reads, by its name, which is said.
    data : Path
        File of the sequences.

    Returns
    -------
    list of str or None
        None where the model reads sequences alone.

    Raises
    ------
    InvalidParameterError
        If others are typed than the model reads, or the file lacks one; the message names the columns.
    """
    from seqaug_sklearn.cli._run import say
    from seqaug_sklearn.encoding import covariates_of
    from seqaug_sklearn.utils import listed

    needed = covariates_of(estimator)
    if given and not needed:
        raise InvalidParameterError(
            f"--covariates {','.join(given)}: the model reads sequences alone; leave the option out, or fit a model "
            "that reads them (seqaug fit --covariates)"
        )
    reads = f"the model reads {listed(needed, len(needed))} beside each sequence"
    if given and sorted(given) != sorted(needed):
        raise InvalidParameterError(
            f"{reads}, not {', '.join(map(repr, given))}: name these columns of {data.name} with --covariates "
            f"{','.join(needed)}"
        )
    if not needed:
        return None
    if not given:
        _check_there(needed, reads, data)
        say(f"{reads[0].upper()}{reads[1:]}: read from {data.name}.")
    return [*needed]


def _check_there(needed, reads, data):
    from seqaug_sklearn.cli._input import is_table
    from seqaug_sklearn.utils import listed, read_table

    if not is_table(data):
        raise InvalidParameterError(f"{reads}, and {data.name} holds sequences alone: pass a table with these columns")
    columns = list(map(str, read_table(data, heading=None).columns))
    absent = [name for name in needed if name not in columns]
    if absent:
        raise InvalidParameterError(
            f"{reads}, and {data.name} has no column {listed(absent, len(absent))}; there is {listed(columns)}"
        )
