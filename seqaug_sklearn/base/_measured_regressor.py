"""Regressors of numbers that were not measured for every row."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_consistent_length, column_or_1d

from seqaug_sklearn.utils import counted, invalid_data, read_target

__all__ = ["MeasuredRegressorMixin"]


class MeasuredRegressorMixin(RegressorMixin):
    """Regressor of one or several numbers per row, some not measured; its score leaves those out."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.single_output = True
        tags.target_tags.multi_output = True
        return tags

    def score(self, X, y, sample_weight=None):
        """R² of the predictions, over the rows that were measured; of several targets, the mean.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As in ``fit``.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Numbers, NaN where not measured.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        score : float
            At most 1; 0 for a model that always predicts the mean. Targets that were measured in fewer than two rows
            have no score, and count only where all have none: NaN, with scikit-learn's warning.

        Raises
        ------
        DataFormatError
            If y does not fit X or the targets of ``fit``, or holds no value.
        """
        predictions = np.asarray(self.predict(X))
        target = read_target(y, len(predictions), task="number", may_be_constant=True)
        predictions = predictions.reshape(len(predictions), -1)
        values, measured = target.columns, target.measured
        if predictions.shape != values.shape:
            raise invalid_data(
                "y", f"should hold {counted(predictions.shape[1], 'target')}, as in fit, got {values.shape[1]}"
            )
        if not measured.any():
            raise invalid_data("y", "holds no value; there is nothing to compare with")
        weights = None if sample_weight is None else column_or_1d(sample_weight, dtype=np.float64)
        check_consistent_length(values, weights)
        n_measured = measured.sum(axis=0)
        scored = np.flatnonzero(n_measured >= min(2, n_measured.max()))
        return float(np.mean([_score(values[:, t], predictions[:, t], measured[:, t], weights) for t in scored]))


def _score(values, predictions, measured, weights):
    # metrics take longer to load than the transformers that share this folder
    from sklearn.metrics import r2_score

    weights = None if weights is None else weights[measured]
    return r2_score(values[measured], predictions[measured], sample_weight=weights)
