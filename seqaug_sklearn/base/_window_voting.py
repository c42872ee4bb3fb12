"""What models of windows share, whatever they predict: bags in, each window with the weight of its sequence."""

from typing import ClassVar

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.utils.metadata_routing import UNUSED, MetadataRouter, MethodMapping, process_routing
from sklearn.utils.validation import check_consistent_length, column_or_1d, has_fit_parameter

from seqaug_sklearn.exceptions import LeakageWarning, SequenceError
from seqaug_sklearn.utils import (
    WindowBag,
    check_bags,
    early_stoppers,
    invalid_parameter,
    is_text,
    name_row,
    nested_estimators,
    one_hot_to_codes,
    plain_container,
    require_memory,
    warn,
)

__all__ = ["WindowVoting", "chosen_windows"]


class WindowVoting(MetaEstimatorMixin, BaseEstimator):
    """Base of the models that train ``estimator`` on windows and let the windows of each sequence vote.

    Subclasses define ``__init__``, ``fit`` and ``predict``.
    """

    # weights of fit are the inner model's to ask for; those of score are its own
    __metadata_request__fit: ClassVar[dict] = {"sample_weight": UNUSED}

    def get_metadata_routing(self):
        """Route the metadata of ``fit`` to the inner classifier.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
        """
        mapping = MethodMapping().add(caller="fit", callee="fit")
        router = MetadataRouter(owner=self).add_self_request(self)
        return router.add(estimator=self.estimator, method_mapping=mapping)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.string = True
        return tags

    def _fit_params(self, sample_weight, counts):
        """Parameters for the inner ``fit``, weights repeated for each window."""
        if sample_weight is None:
            return {}
        weights = column_or_1d(sample_weight, dtype=np.float64)
        check_consistent_length(counts, weights)
        weights = np.repeat(weights, counts)
        if get_config()["enable_metadata_routing"]:
            return process_routing(self, "fit", sample_weight=weights).estimator.fit
        if not has_fit_parameter(self.estimator, "sample_weight"):
            raise invalid_parameter(
                "sample_weight",
                f"was given, but {type(self.estimator).__name__}.fit does not take it; leave the weights "
                f"out, or for a pipeline turn on sklearn.set_config(enable_metadata_routing=True) and call "
                f"set_fit_request(sample_weight=True) on its last step",
            )
        return {"sample_weight": weights}

    def _windows(self, X):
        """Windows of X that are there, one per row, and how many each sequence has: int (n_samples,)."""
        return _flatten(X, type(self).__name__)

    def _warn_of_inner_splits(self, n_windows):
        """Warn of early stopping and searches that would put windows of one sequence on both sides."""
        found = [f"{type(part).__name__} stops early" for part in early_stoppers(self.estimator, n_windows)]
        found += [
            f"{type(part).__name__} searches"
            for part in nested_estimators(self.estimator)
            if hasattr(part, "cv") and hasattr(part, "refit")
        ]
        if found:
            own = type(self).__name__
            warn(
                f"{' and '.join(dict.fromkeys(found))} on windows that it splits at random, so windows of one sequence "
                "are trained and validated: turn early stopping off (early_stopping=False or "
                f"validation_fraction=None), and search around {own}, over {own.lower()}__estimator__*",
                LeakageWarning,
            )


def chosen_windows(windows, chosen):
    """Copy of the chosen windows, one per row; an error where memory does not hold it.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, ...) or (n_samples, n_windows, ...)
        Windows.
    chosen : bool ndarray
        Which of them, of the shape of ``windows`` without the axes of one window.
    """
    n_windows = int(chosen.sum())
    require_memory(
        float(n_windows) * windows[(0,) * chosen.ndim].nbytes,
        f"a copy of {n_windows} windows",
        "take fewer windows per sequence, WindowAugmenter(max_windows=...)",
    )
    return windows[chosen]


def _flatten(X, owner):
    X = plain_container(X)
    if not is_text(X):
        X = np.asanyarray(X)
    if not isinstance(X, np.ndarray) or X.dtype.kind in "OUS":
        windows = check_bags(_refuse_sequences(X, owner))
        present = windows != ""
    else:
        windows = _check_numeric_bags(X, owner)
        present = windows.any(axis=-1)
        _check_present(present)
    counts = present.sum(axis=1)
    if not (present.all() and windows.flags.c_contiguous):
        return chosen_windows(windows, present), counts
    # a view where nothing is missing
    return windows.reshape(-1, *windows.shape[2:]), counts


def _refuse_sequences(X, owner):
    """Refuse text that is one sequence per row: it has no windows."""
    nested = isinstance(X, (list, tuple)) and isinstance(X[0], (list, tuple, np.ndarray))
    column = getattr(X, "ndim", 1) == 1 and not nested
    if column or (hasattr(X, "iloc") and X.shape[1] == 1):
        raise SequenceError(
            "X holds one text per row, not bags of windows (n_samples, n_windows); put WindowAugmenter() before "
            f"{owner} in the pipeline"
        )
    return X


def _check_numeric_bags(X, owner):
    """Return bags of flat windows (n_samples, n_windows, n_features)."""
    if X.ndim == 4:
        X = X.reshape(*X.shape[:2], -1)
    elif X.ndim == 2 and isinstance(X, WindowBag):
        X = np.asarray(X)[:, None]
    elif X.ndim != 3 or _looks_one_hot(X):
        what = {2: "a plain matrix", 3: "one-hot sequences"}.get(X.ndim, f"{X.ndim}-D")
        raise SequenceError(
            f"X must be bags of windows, of shape (n_samples, n_windows, n_features), got {what} of shape {X.shape}; "
            f"put WindowAugmenter() and OneHotEncoder(flatten=True) before {owner} in the pipeline"
        )
    if 0 in X.shape:
        raise SequenceError(f"X must hold at least one sequence, window and feature, got shape {X.shape}")
    return X


def _looks_one_hot(X):
    """Whether bags would be windows of one residue: sequences that were encoded without being cut."""
    if 0 in X.shape or X.shape[-1] not in (4, 20):
        return False
    return one_hot_to_codes(X[:1]) is not None and one_hot_to_codes(X) is not None


def _check_present(present):
    empty = np.flatnonzero(~present.any(axis=1))
    if len(empty):
        raise SequenceError(
            f"X: {name_row(empty[0])} has no window: all its values are zero, as in unknown sequence (N) or padding; "
            f"remove it ({len(empty)} of {len(present)} sequences are concerned)"
        )
