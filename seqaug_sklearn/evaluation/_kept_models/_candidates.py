"""The candidates of a search: models by key, with and without augmentation, each with a few settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seqaug_sklearn.evaluation._augmentation import MODELS, NETWORKS, make_model, model_seconds
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["Candidate", "default_candidates"]

_DEFAULT = ("kmers", "positional-kmers", "svm", "motif-cnn", "motif-cnn + edits")
_OVERHEAD, _STEPS, _SECONDS_OF_STEP = 0.2, 800, 0.005
"""What a fit takes besides, and a network's fewest steps: all that counts where rows are few and short."""
_SETTINGS: dict[str, dict[str, list[Any]]] = {
    "kmers": {"logisticregression__C": [1.0, 10.0, 100.0]},
    "positional-kmers": {"logisticregression__C": [0.01, 0.1, 1.0]},
    "svm": {"svc__C": [1.0, 10.0]},
}
"""Strengths of the penalty that are tried: tf-idf has small numbers and wants a weak one, indicators a strong one."""


@dataclass(frozen=True)
class Candidate:
    """One candidate.

    Attributes
    ----------
    name : str
        What tables call it.
    estimator : estimator
        Not fitted.
    seconds : float
        What a fit takes about; of estimators that the user gave their place, the simplest first.
    kind : str
        Key of the model: an average holds one of each kind.
    """

    name: str
    estimator: Any
    seconds: float
    kind: str


def default_candidates(
    names: Sequence[str] | None, X, y, *, alphabet: str, strand: str, device: str
) -> list[Candidate]:
    """Candidates by key, each with its settings, in the order of what they cost.

    Parameters
    ----------
    names : list of str or None
        Keys of models, with ``+ augmentation`` behind or without; None: the default ones.
    X, y : array-like
        Data, whose sizes decide costs and epochs.
    alphabet, strand, device : str
        As in :func:`make_model`.

    Raises
    ------
    InvalidParameterError
        If a name is unknown.
    """
    found: list[Candidate] = []
    for name in _DEFAULT if names is None else names:
        key, augmentation = _parts(name)
        how = {"alphabet": alphabet, "augmentation": augmentation, "strand": strand, "device": device, "X": X, "y": y}
        model, seconds = make_model(key, **how), _OVERHEAD + model_seconds(key, **how)
        if key in NETWORKS:
            seconds += _STEPS * _SECONDS_OF_STEP
        title = MODELS[key] + ("" if augmentation is None else f", {augmentation}")
        for setting, values in _SETTINGS.get(key, {"": [None]}).items():
            for value in values:
                found.append(_with(model, setting, value, title, seconds, key))
    return sorted(found, key=lambda candidate: candidate.seconds)


def _parts(name):
    key, _, augmentation = (part.strip() for part in str(name).partition("+"))
    if key.lower() not in MODELS:
        known = ", ".join(MODELS)
        raise invalid_parameter(
            "candidates", f"must be models ({known}), alone or as in 'motif-cnn + edits'; got {name!r}"
        )
    return key.lower(), augmentation or None


def _with(model, setting, value, title, seconds, key):
    from sklearn.base import clone

    if not setting:
        return Candidate(title, model, seconds, key)
    short = setting.rsplit("__", 1)[-1]
    return Candidate(f"{title}, {short}={value:g}", clone(model).set_params(**{setting: value}), seconds, key)
