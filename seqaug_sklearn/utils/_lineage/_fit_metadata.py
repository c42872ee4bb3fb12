"""Whether what is known about the rows, above all their groups, reaches an estimator that sets rows aside."""

import contextlib
import inspect
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from sklearn import config_context, get_config
from sklearn.utils.validation import has_fit_parameter

from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.utils._words import warn

__all__ = [
    "early_stoppers",
    "fit_target",
    "nested_estimators",
    "routed_to_splitters",
    "told_of_groups",
    "warn_of_unreached_groups",
]

_AUTO_STOPS_ABOVE = 10_000
"""Rows above which ``early_stopping="auto"`` of scikit-learn's boosting means yes."""


def fit_target(estimator, name: str) -> tuple[str, Any] | None:
    """Keyword under which ``fit`` takes the metadata, and the object that receives it; None where none does.

    Parameters
    ----------
    estimator : estimator
        Also a pipeline, whose last step is asked; behind a step that adds rows nothing fits any more.
    name : str
        "groups", "sample_weight" or "identifiers".
    """
    if get_config()["enable_metadata_routing"]:
        from sklearn.utils.metadata_routing import get_routing_for_object

        return (name, estimator) if get_routing_for_object(estimator).consumes("fit", [name]) else None
    if has_fit_parameter(estimator, name) or (name == "groups" and _searches_by_group(estimator)):
        return name, estimator
    steps = getattr(estimator, "steps", None)
    # rows that a sampler adds have no groups, weights or identifiers
    if not steps or any(hasattr(step, "fit_resample") for _, step in steps):
        return None
    last, step = steps[-1]
    target = None if step in (None, "passthrough") else fit_target(step, name)
    return target and (f"{last}__{target[0]}", target[1])


def _searches_by_group(estimator):
    """Whether ``fit(X, y, **params)`` hands ``groups`` to a group splitter, as scikit-learn's searches do."""
    from seqaug_sklearn.utils._sklearn import GroupsConsumerMixin

    takes_any = any(p.kind is p.VAR_KEYWORD for p in inspect.signature(estimator.fit).parameters.values())
    return takes_any and isinstance(getattr(estimator, "cv", None), GroupsConsumerMixin)


def routed_to_splitters(estimator) -> contextlib.AbstractContextManager[None]:
    """Metadata routing for the fit of an estimator whose group splitter gets groups in no other way.

    scikit-learn's searches hand groups to their splitter in any case; ``TunedThresholdClassifierCV`` and others with
    ``cv`` refuse them, unless routing is on. Ask :func:`fit_target` inside, too.
    """
    from sklearn.model_selection import GridSearchCV

    search = GridSearchCV.__mro__[1]  # the base of all searches
    parts = [part for part in nested_estimators(estimator) if hasattr(part, "fit")]
    refusing = any(_searches_by_group(part) and not isinstance(part, search) for part in parts)
    return config_context(enable_metadata_routing=True) if refusing else contextlib.nullcontext()


def nested_estimators(estimator) -> list[Any]:
    """The estimator and all that are among its parameters."""
    every = [estimator, *estimator.get_params(deep=True).values()] if hasattr(estimator, "get_params") else [estimator]
    return [part for part in every if hasattr(part, "get_params") and not isinstance(part, type)]


def early_stoppers(estimator, n_rows: int) -> list[Any]:
    """Estimators in there that hold rows out of their own training rows to know when to stop.

    Parameters
    ----------
    estimator : estimator
        With all that is nested in it.
    n_rows : int
        Rows that it is trained on.
    """
    return [part for part in nested_estimators(estimator) if _holds_rows_out(part.get_params(deep=False), n_rows)]


def _holds_rows_out(params, n_rows):
    share = params.get("validation_fraction")
    # networks whose settings follow the bags: pooled ones train on all rows
    if share is None or (share == "auto" and params.get("bag_pooling") is not None):
        return False
    if "early_stopping" in params:
        stops = params["early_stopping"]
        return n_rows > _AUTO_STOPS_ABOVE if stops == "auto" else bool(stops)
    return params.get("n_iter_no_change", "ours") is not None


def warn_of_unreached_groups(estimators: Mapping[str, Any], n_rows: int) -> None:
    """Warn of estimators that stop early on rows that they hold out without the groups, which cannot reach them.

    Parameters
    ----------
    estimators : dict of str to estimator
        By name, before they are fitted.
    n_rows : int
        Rows that they are trained on, about.
    """
    found = {name: _unreached(estimator, n_rows) for name, estimator in estimators.items()}
    told = [f"{part} in {name!r}" for name, parts in found.items() for part in parts]
    if told:
        more = f" and {len(told) - 3} more" if len(told) > 3 else ""
        warn(
            f"groups do not reach {', '.join(told[:3])}{more}: early stopping there holds out rows whose relatives are "
            "trained. Turn it off (validation_fraction=None or early_stopping=False); around a search, "
            "sklearn.set_config(enable_metadata_routing=True) lets them through",
            LeakageWarning,
        )


def _unreached(estimator, n_rows):
    """Class names of early stoppers without groups."""
    stoppers = early_stoppers(estimator, n_rows)
    if get_config()["enable_metadata_routing"]:
        stoppers = [part for part in stoppers if fit_target(part, "groups") is None]
    else:
        target = fit_target(estimator, "groups")
        if target is not None and not hasattr(target[1], "cv"):
            return []
    return list(dict.fromkeys(type(part).__name__ for part in stoppers))


@contextlib.contextmanager
def told_of_groups() -> Iterator[None]:
    """Silence the classifiers' own warning of each fit, where the caller has warned once for all fits."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "fit was given no groups, and ", LeakageWarning)
        warnings.filterwarnings("ignore", "X holds some of the rows that ", LeakageWarning)
        yield
