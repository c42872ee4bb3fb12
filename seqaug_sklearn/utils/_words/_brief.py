"""Values as messages show them: estimators without data, scalars without type names, counts of things."""

import copy

import numpy as np

__all__ = ["brief", "counted", "listed", "plain"]

_MOST = 20
_LONG = 100
"""Characters of a name that a message shows: a file of another kind may have a whole genome there."""


class _Told:
    """Stands for data in the representation of an estimator."""

    def __init__(self, value):
        self.text = f"<{type(value).__name__} of {len(value)}>"

    def __repr__(self):
        return self.text


def brief(value):
    """Copy of an estimator (or list, or pair) to be shown, in which tables and long lists are a few words.

    Parameters
    ----------
    value : object
        Anything; an estimator is copied without its data, parameters within parameters too.

    Returns
    -------
    object
        To be shown, not used.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> brief(DecisionTreeClassifier(class_weight={number: 1.0 for number in range(100)}))
    DecisionTreeClassifier(class_weight=<dict of 100>)
    """
    if hasattr(value, "get_params") and not isinstance(value, type):
        shown = copy.copy(value)
        for name, parameter in value.get_params(deep=False).items():
            setattr(shown, name, brief(parameter))
        return shown
    if hasattr(value, "iloc") or (isinstance(value, (list, tuple, dict, set)) and len(value) > _MOST):
        return _Told(value)
    if isinstance(value, np.ndarray) and value.ndim and len(value) > _MOST:
        return _Told(value)
    if type(value) is dict:
        return {key: brief(entry) for key, entry in value.items()}
    return type(value)(map(brief, value)) if type(value) in (list, tuple) else plain(value)


def counted(n, noun):
    """Number and noun, as a message tells them.

    Parameters
    ----------
    n : int
        How many.
    noun : str
        What, in the singular.

    Returns
    -------
    str

    Examples
    --------
    >>> counted(1, "empty field"), counted(2, "empty field")
    ('1 empty field', '2 empty fields')
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def listed(names, most=5):
    """Some names for a message, and how many more there are; of a very long one its beginning.

    Examples
    --------
    >>> listed(["psbA", "rbcL", "petA"], most=2)
    "'psbA', 'rbcL' and 1 more"
    """
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    shown = [name if len(name) <= _LONG else f"{name[:_LONG]}..." for name in map(str, names[:most])]
    return ", ".join(map(repr, shown)) + more


def plain(value):
    """Python's own form of a NumPy scalar, which a message shows as ``1``, not as ``np.int64(1)``."""
    return value.item() if isinstance(value, np.generic) else value
