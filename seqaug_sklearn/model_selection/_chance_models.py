"""Models that look at nothing: what they score is chance."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.dummy import DummyClassifier

from seqaug_sklearn.utils import read_target

__all__ = ["ConstantRegressor", "chance_models"]


class ConstantRegressor(RegressorMixin, BaseEstimator):
    """Predicts the mean or the median of the training rows, of each target where it was measured.

    Parameters
    ----------
    statistic : {"mean", "median"}, default="mean"
        What is predicted.
    """

    def __init__(self, statistic="mean"):
        self.statistic = statistic

    def fit(self, X, y):
        """Read the targets, NaN where not measured."""
        target = read_target(y, task="number", may_be_constant=True)
        middle = np.nanmean if self.statistic == "mean" else np.nanmedian
        self.constant_ = middle(target.columns, axis=0)
        self._is_one_column = target.values.ndim == 1
        return self

    def predict(self, X):
        """Predict the same for every row."""
        values = np.repeat(self.constant_[None], len(X), axis=0)
        return values[:, 0] if self._is_one_column else values


def chance_models(kind: str) -> list[tuple[str, BaseEstimator]]:
    """Name of the check and model, for each kind of target."""
    if kind != "classes":
        return [("guessing", ConstantRegressor()), ("guessing the median", ConstantRegressor("median"))]
    # the mean of 20, as one draw of classes is too noisy to be the level of chance
    uniform = [("random guessing", DummyClassifier(strategy="uniform", random_state=i)) for i in range(20)]
    return [("guessing", DummyClassifier()), *uniform]
