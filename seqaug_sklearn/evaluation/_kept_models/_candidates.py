"""The candidates of a search: models by key, with and without augmentation, each with a few settings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from seqaug_sklearn.evaluation._augmentation import (
    NETWORKS,
    SOURCES,
    key_of,
    make_model,
    model_seconds,
    models_of,
    tell_edits_of,
)
from seqaug_sklearn.utils import invalid_parameter

__all__ = [
    "CHEAP_SECONDS",
    "Candidate",
    "default_candidates",
    "seconds_of",
    "seconds_of_fit",
    "too_dear",
    "unused_edits",
]

CHEAP_SECONDS = 2.0
"""Fits that take less are made on all inner folds, whatever the first fold says."""

_DEFAULT = ("kmers", "positional-kmers", "svm", "motif-cnn", "motif-cnn + edits")
_DEFAULT_OF_NUMBERS = ("kmers", "positional-kmers", "svm", "boosting", "motif-cnn", "motif-cnn + edits")
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
    edits : str
        What its random edits do; empty where it has none.
    """

    name: str
    estimator: Any
    seconds: float
    kind: str
    edits: str = ""


def default_candidates(
    names: Sequence[str] | None,
    X,
    y,
    *,
    task: str,
    alphabet: str,
    strand: str,
    device: str,
    edits: Any = True,
    motifs: Any = None,
    language_model: Any = None,
) -> list[Candidate]:
    """Candidates by key, each with its settings, in the order of what they cost.

    Parameters
    ----------
    names : list of str or None
        Keys of models, with ``+ augmentation`` behind or without; None: the default ones.
    X, y : array-like
        Data, whose sizes decide costs and epochs.
    task : {"classes", "number", "labels"}
        What y holds.
    alphabet, strand, device, edits, motifs, language_model
        As in :func:`make_model`; models of the last two are among the default ones where these are given.

    Raises
    ------
    InvalidParameterError
        If a name is unknown, or edits are given that no candidate has.
    """
    found: list[Candidate] = []
    sources = {"motifs": motifs, "language_model": language_model}
    usual = (
        *(_DEFAULT_OF_NUMBERS if task == "number" else _DEFAULT),
        *(key for key, name in SOURCES.items() if sources[name] is not None),
    )
    options: dict[str, Any] = {"alphabet": alphabet, "strand": strand, "device": device, "X": X, "y": y, "task": task}
    options |= sources | {"edits": edits}
    parts = [_parts(name, task) for name in (usual if names is None else names)]
    if edits is not True and not any("edits" in (augmentation or "") for _, augmentation in parts):
        raise unused_edits()
    for key, augmentation in parts:
        how = options | {"augmentation": augmentation}
        model, seconds = make_model(key, **how), seconds_of_fit(key, **how)
        title = models_of(task)[key] + ("" if augmentation is None else f", {augmentation}")
        told = tell_edits_of(edits, X, alphabet, strand) if "edits" in (augmentation or "") else ""
        # regressors choose their penalty themselves
        settings = {} if task == "number" else _SETTINGS.get(key, {})
        for setting, values in (settings or {"": [None]}).items():
            for value in values:
                found.append(_with(model, setting, value, Candidate(title, model, seconds, key, told)))
    return sorted(found, key=lambda candidate: candidate.seconds)


def seconds_of_fit(key: str, **how: Any) -> float:
    """Seconds that a fit of a model takes about on one core: its parameters are those of :func:`make_model`."""
    steps = _STEPS * _SECONDS_OF_STEP if key in NETWORKS else 0.0
    return _OVERHEAD + model_seconds(key, **how) + steps


def _parts(name, task):
    key, _, augmentation = (part.strip() for part in str(name).partition("+"))
    return key_of(key, task, parameter="candidates"), augmentation or None


def unused_edits() -> ValueError:
    """The error where edits are given that no candidate has."""
    return invalid_parameter("edits", "must go with a model that has '+ edits' behind it, as 'kmers + edits' has")


def _with(model, setting, value, candidate):
    from sklearn.base import clone

    if not setting:
        return candidate
    # of several labels each has a model of its own
    place = setting if setting in model.get_params() else f"estimator__{setting}"
    short = setting.rsplit("__", 1)[-1]
    estimator = clone(model).set_params(**{place: value})
    return replace(candidate, name=f"{candidate.name}, {short}={value:g}", estimator=estimator)


def too_dear(candidates, n_folds, max_seconds) -> list[str]:
    """Names of the most expensive candidates, without which all fits take no more than this; one always stays."""
    if max_seconds is None:
        return []
    ordered = sorted(candidates.values(), key=lambda candidate: candidate.seconds)
    n_kept = len(ordered)
    while n_kept > 1 and seconds_of(ordered[:n_kept], n_folds) > max_seconds:
        n_kept -= 1
    return [candidate.name for candidate in ordered[n_kept:]]


def seconds_of(candidates, n_folds) -> float:
    """Time of a search: cheap candidates on all folds, of each expensive kind one beyond the first, and the refit."""
    seconds = 0.0
    of_kind: dict[str, float] = {}
    for candidate in candidates:
        is_cheap = candidate.seconds <= CHEAP_SECONDS
        seconds += candidate.seconds * (n_folds if is_cheap else 1)
        if not is_cheap:
            of_kind[candidate.kind] = max(of_kind.get(candidate.kind, 0.0), candidate.seconds)
    seconds += (n_folds - 1) * sum(of_kind.values())
    # a fold leaves that share of the rows for training, and most models take time by rows
    return seconds * (n_folds - 1) / n_folds + max(candidate.seconds for candidate in candidates)
