"""How often each estimator goes through all folds: a number for all, or one for each."""

from collections.abc import Iterable, Mapping

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.reporting import joined
from seqaug_sklearn.utils import counted, invalid_parameter

__all__ = ["check_store", "repeats_of", "tell_repeats"]


def check_store(store, random_state) -> None:
    """Check that a store can be found again."""
    if store is not None and random_state is None:
        raise DataFormatError("store= needs random_state=: without it a second run draws other folds and finds none")


def repeats_of(n_repeats: int | Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    """Return the number of repeats of each estimator.

    Parameters
    ----------
    n_repeats : int or dict of str to int
        For all, or for each.
    names : iterable of str
        Names of all estimators.

    Raises
    ------
    DataFormatError
        If a number is none, or a name is missing or unknown.
    """
    names = list(names)
    if not isinstance(n_repeats, Mapping):
        return dict.fromkeys(names, _checked(n_repeats))
    unlike = [*(name for name in n_repeats if name not in names), *(name for name in names if name not in n_repeats)]
    if unlike:
        raise DataFormatError(
            f"n_repeats as a dict needs a number for each estimator and no others; {unlike[0]!r} is only in one of the "
            f"two: the estimators are {names}"
        )
    return {name: _checked(n_repeats[name]) for name in names}


def _checked(number):
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
        raise invalid_parameter("n_repeats", f"must be an int of at least 1, got {number!r}")
    return int(number)


def tell_repeats(repeats: Mapping[str, int]) -> str:
    """Say how many repeats there are: ``"10"``, or ``"10 of 3 models; 1 of CNN, whole"``."""
    by_number: dict[int, list[str]] = {}
    for name, number in repeats.items():
        by_number.setdefault(number, []).append(name)
    if len(by_number) == 1:
        return str(next(iter(by_number)))
    told = []
    for number, names in sorted(by_number.items(), reverse=True):
        told.append(f"{number} of {joined(names) if len(names) < 3 else counted(len(names), 'model')}")
    return "; ".join(told)
