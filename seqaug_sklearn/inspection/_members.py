"""What stands behind a fitted model: the one that a search kept, the members of an average."""

from dataclasses import replace

import numpy as np
from sklearn.ensemble import VotingRegressor
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor

from seqaug_sklearn.base import WindowVoting

__all__ = ["averaged", "members_of", "members_of_column", "unwrapped", "votes_over_windows"]

_ABOUT_ANSWERS = ("calibrator_", "calibrators_", "intervals_", "setting_")
"""What a model has learned of the answers of the one that it holds: of classes, labels, numbers; its best setting."""


def unwrapped(estimator):
    """Return the model that a search or the choice of a setting kept, or one with calibrated probabilities holds."""
    while True:
        if hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        elif hasattr(estimator, "estimator_") and any(hasattr(estimator, name) for name in _ABOUT_ANSWERS):
            estimator = estimator.estimator_
        else:
            return estimator


def votes_over_windows(estimator):
    """Whether a model averages what its fitted estimator says of each window."""
    return isinstance(estimator, WindowVoting) and hasattr(estimator, "estimator_")


def members_of(estimator):
    """Return the members of an average of models with their weights, which add up to one; else the model alone.

    An average of classifiers divides the log-odds of each member by its temperature, so these are part of the weight.
    """
    estimator = unwrapped(estimator)
    members = getattr(estimator, "estimators_", None)
    parameters = estimator.get_params(deep=False) if hasattr(estimator, "get_params") else {}
    averages = "temperatures" in parameters or parameters.get("voting") == "soft"
    averages |= isinstance(estimator, VotingRegressor) or hasattr(estimator, "member_predictions")
    averages |= hasattr(estimator, "member_probabilities")
    if not averages or not isinstance(members, list) or not members:
        return [(estimator, 1.0)]
    weights = np.full(len(members), 1 / len(members))
    given = parameters.get("weights")
    if given is not None and len(given) == len(members):
        weights = np.asarray(given, float) / np.sum(given)
    temperatures = parameters.get("temperatures")
    weights = weights if temperatures is None else weights / np.asarray(temperatures, float)
    return [(unwrapped(member), float(weight)) for member, weight in zip(members, weights, strict=True)]


def members_of_column(estimator, place, as_one=False):
    """Return the members that give one of several numbers or labels, as (model, its column, weight).

    Averages within averages are taken apart too, and of a model for each target the one at ``place`` is taken. Its only
    answer has no column, which is None.
    """
    inner = unwrapped(estimator)
    several = isinstance(inner, (MultiOutputClassifier, MultiOutputRegressor))
    if several or getattr(inner, "_has_a_model_for_each_target", False):
        return _members_within(inner.estimators_[place], None, as_one, 1.0)
    return _members_within(estimator, place, as_one, 1.0)


def _members_within(estimator, place, as_one, weight):
    members = [(estimator, 1.0)] if as_one else members_of(estimator)
    if len(members) == 1:
        return [(estimator, place, weight)]
    # a member of the model of one target has one answer, too
    within = [(share, members_of_column(member, 0 if place is None else place)) for member, share in members]
    return [(one, column, weight * share * own) for share, found in within for one, column, own in found]


def averaged(parts, weights):
    """Return the weighted sum of the attributions of members for the same rows.

    Members explained by different methods have the contribution of each residue in common, at the symbol that is there.
    """
    if len(parts) == 1:
        return parts[0]
    methods = list(dict.fromkeys(part.method for part in parts))
    longest = max(parts, key=lambda part: part.codes.shape[1])
    length = longest.codes.shape[1]

    def added(arrays):
        return None if any(array is None for array in arrays) else sum(map(np.multiply, weights, arrays))

    def of_residues(arrays):
        return added([array if array is None else _widened(array, length) for array in arrays])

    return replace(
        longest,
        # exchanges mean something else than contributions, and cannot be added to them
        values=of_residues([part.values if len(methods) == 1 else part.actual() for part in parts]),
        hypothetical=of_residues([part.hypothetical for part in parts]),
        method=" and ".join(methods),
        output=added([part.output for part in parts]),
        baseline_output=added([part.baseline_output for part in parts]),
        delta=added([part.delta for part in parts]),
    )


def _widened(values, length):
    """Values (n, length, n_symbols), zero behind those that are there."""
    return np.pad(values, ((0, 0), (0, length - values.shape[1]), (0, 0)))
