"""What searches share: they predict with the estimator that they chose and fitted on all rows."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.evaluation._kept_models._refit import fewest_of_class
from seqaug_sklearn.evaluation._kept_models._target_kinds import TargetKindMixin
from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.utils import Target, warn
from seqaug_sklearn.utils._sklearn import Integral

__all__ = ["ChoosingEstimator"]


class ChoosingEstimator(TextInputMixin, MetaEstimatorMixin, TargetKindMixin, ClassifierMixin, BaseEstimator):
    """Base of the searches.

    For classes with ``task``, ``cv``, ``n_jobs``, ``store`` and ``progress`` whose ``fit`` sets ``best_estimator_``,
    ``best_name_``, ``target_kind_`` and ``target_names_``.
    """

    cv: Any
    best_name_: str
    best_estimator_: Any
    target_kind_: str
    target_names_: tuple[str, ...]

    # groups reach `fit` where routing is on, without being asked for
    __metadata_request__fit = {"groups": True, "identifiers": True}

    def predict(self, X):
        """Predict each row with the choice; ndarray of shape (n_samples,) or (n_samples, n_targets)."""
        check_is_fitted(self)
        return self.best_estimator_.predict(X)

    def _set_classes(self, target):
        if target.kind == "classes":
            self.classes_: Any = np.unique(target.values)
        elif target.kind == "labels":
            self.classes_ = np.tile([0, 1], (len(target.names), 1))

    def _can_split(self, target: Target, groups: Any) -> bool:
        """Whether there are inner folds; where a class, or all rows, are one row or group there are none."""
        return not isinstance(self.cv, Integral) or fewest_of_class(target, groups)[0] != 1

    def _warn_of_no_folds(self, target: Target, groups: Any) -> None:
        _, what = fewest_of_class(target, groups)
        warn(
            f"{what} has one sequence or group in the training rows, so there are no inner folds to choose "
            f"on; the simplest candidate is taken: {self.best_name_}",
            SeqAugWarning,
        )
