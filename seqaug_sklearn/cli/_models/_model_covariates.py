"""Covariates that a model reads beside its sequences, and those that are given."""

from pathlib import Path
from typing import Any

from seqaug_sklearn.exceptions import InvalidParameterError

__all__ = ["check_covariates", "covariates_of"]

_DEEPEST = 8
"""Levels of estimators within estimators that are looked through."""


def covariates_of(estimator: Any) -> tuple[str, ...]:
    """Names of the covariates that a fitted estimator reads, one inside it included; none where it reads none."""
    from seqaug_sklearn.encoding import CovariateEncoder

    def names_in(part, depth):
        if isinstance(part, CovariateEncoder):
            return tuple(getattr(part, "names_", ()))
        if depth == 0:
            return ()
        inner: list[Any] = []
        if isinstance(part, dict):
            inner = [*part.values()]
        elif isinstance(part, (list, tuple)):
            inner = [*part]
        elif hasattr(part, "get_params") and not isinstance(part, type):
            inner = [*vars(part).values()]
        return next(filter(None, (names_in(one, depth - 1) for one in inner)), ())

    return names_in(estimator, _DEEPEST)


def check_covariates(estimator: Any, given: list[str] | None, data: Path) -> None:
    """Raise unless ``--covariates`` names what the model reads.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    given : list of str or None
        What was typed.
    data : Path
        File of the sequences.

    Raises
    ------
    InvalidParameterError
        The message names the columns and the option.
    """
    needed = covariates_of(estimator)
    told = ",".join(given or ())
    if given and not needed:
        raise InvalidParameterError(
            f"--covariates {told}: the model reads sequences alone; leave the option out, or fit a model that reads "
            "them (seqaug fit --covariates)"
        )
    if sorted(given or ()) != sorted(needed):
        raise InvalidParameterError(
            f"the model reads {', '.join(map(repr, needed))} beside each sequence"
            + (f", not {', '.join(map(repr, given))}" if given else "")
            + f": name these columns of {data.name} with --covariates {','.join(needed)}"
        )
