"""How numbers go with a trait, in words: in which direction, and from what mean to what."""

import numpy as np

__all__ = ["detail_of_number"]

_QUARTER = 0.25


def detail_of_number(values, numbers, name: str, words=None) -> str:
    """Say whether numbers rise or fall with a trait, or with which symbol they are high or low.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        The trait: a number, or the code of a symbol (-1: none).
    numbers : ndarray of float of shape (n_rows,)
        What is predicted; NaN where not measured.
    name : str
        Its name.
    words : list of str, default=None
        What the codes stand for; None of traits that are numbers.

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy as np
    >>> gc, activity = np.linspace(0.3, 0.7, 40), np.linspace(1.0, 5.0, 40)
    >>> detail_of_number(gc, activity, "activity")
    'activity rises with it, from a mean of 1.46 in its lowest quarter to 4.54 in its highest'
    >>> detail_of_number(np.array([0, 1, 1, 0]), np.array([2.0, 8.0, 6.0, 4.0]), "activity", ["A", "T"])
    'mean activity 3 with A, 7 without'
    """
    known = ~np.isnan(numbers)
    values, numbers = values[known], numbers[known]
    # the name that stands for none
    name = "value" if name == "y" else name
    if words is not None:
        return _of_symbols(values, numbers, name, words)
    if set(np.unique(values)) <= {0.0, 1.0}:
        return _with_and_without(values > 0, numbers, name, "it")
    low, high = np.quantile(values, [_QUARTER, 1 - _QUARTER])
    means = [numbers[values <= low].mean(), numbers[values >= high].mean()]
    if low == high:
        # most rows are alike in it
        return _with_and_without(values > low, numbers, name, f"more than {low:.3g}")
    goes = "rises" if means[1] > means[0] else "falls"
    the = "the value" if name == "value" else name
    return f"{the} {goes} with it, from a mean of {means[0]:.3g} in its lowest quarter to {means[1]:.3g} in its highest"


def _of_symbols(codes, numbers, name, words):
    """The symbol whose rows are furthest from all others, rare ones weighing less."""
    has = codes[:, None] == np.arange(len(words))
    n_with = has.sum(axis=0)
    n_without = len(codes) - n_with
    differences = np.zeros(len(words))
    both = (n_with > 0) & (n_without > 0)
    sums = numbers @ has
    means = sums[both] / n_with[both] - (numbers.sum() - sums[both]) / n_without[both]
    differences[both] = np.abs(means) * np.sqrt(n_with[both] * n_without[both])
    best = int(differences.argmax())
    return _with_and_without(has[:, best], numbers, name, words[best] or "none")


def _with_and_without(has, numbers, name, what):
    if not 0 < has.sum() < len(has):
        return ""
    return f"mean {name} {numbers[has].mean():.3g} with {what}, {numbers[~has].mean():.3g} without"
