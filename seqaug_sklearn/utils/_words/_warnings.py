"""Warnings that name the user's own line, however deep inside the package they are given."""

import sys
import warnings

__all__ = ["warn"]

_PASSED_OVER = ("seqaug_sklearn", "sklearn", "imblearn", "joblib", "skorch", "contextlib")
"""Packages between the user's line and a warning: fits are wrapped, cloned and sent to workers by these."""


def warn(message: str, category: type[Warning]) -> None:
    """Warn in the name of the innermost line outside this package and the libraries that call it.

    Parameters
    ----------
    message : str
        What is wrong and what to do about it.
    category : type
        Class of the warning.
    """
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and _is_passed_over(frame.f_globals.get("__name__", "")):
        frame, level = frame.f_back, level + 1
    # level 1 would be this file, level 2 is its caller
    warnings.warn(message, category, stacklevel=level)


def _is_passed_over(module):
    return module.partition(".")[0] in _PASSED_OVER
