"""One range for all columns, as the DNA-BERT pair system scales."""

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.utils import check_vectors, invalid_parameter
from seqaug_sklearn.utils._sklearn import Real, fit_context

__all__ = ["GlobalMinMaxScaler"]


class GlobalMinMaxScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Scale a matrix by one minimum and one maximum over all its numbers.

    The DNA-BERT pair system scales embeddings so. Distances between columns stay what they were, and a pair that is
    swapped is scaled the same, so it may stand before ``PairFeatures(symmetric=True)``. One outlying number decides the
    range of all columns, though: ``sklearn.preprocessing.MinMaxScaler`` gives each column a range of its own.

    Parameters
    ----------
    feature_range : tuple of (float, float), default=(-1, 1)
        What the smallest and the largest number of ``fit`` become.

    Attributes
    ----------
    data_min_, data_max_ : float
        Smallest and largest number seen in ``fit``.
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of str
        Column names of X, where it has such.

    Raises
    ------
    ValueError
        If feature_range does not rise, or X is no matrix of finite numbers.

    See Also
    --------
    PairFeatures : Features of pairs of vectors.

    References
    ----------
    https://github.com/mounikaboggavarapu/DNA_BERT_Embeddings, script of the embeddings.

    Examples
    --------
    >>> from seqaug_sklearn.embedding import GlobalMinMaxScaler
    >>> GlobalMinMaxScaler().fit_transform([[0.0, 1.0], [3.0, 4.0]])
    array([[-1. , -0.5],
           [ 0.5,  1. ]])
    """

    _parameter_constraints = {"feature_range": [tuple, list]}

    def __init__(self, feature_range=(-1, 1)):
        self.feature_range = feature_range

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Find the smallest and the largest number.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Numbers.
        y : None
            Ignored.

        Returns
        -------
        self : GlobalMinMaxScaler
        """
        _check_range(self.feature_range)
        X = check_vectors(self, X, dtype=[np.float64, np.float32])
        self.data_min_, self.data_max_ = float(X.min()), float(X.max())
        return self

    def transform(self, X):
        """Scale; numbers outside the range of ``fit`` leave ``feature_range``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Numbers.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = check_vectors(self, X, dtype=[np.float64, np.float32], reset=False)
        low, high = self.feature_range
        # a constant matrix becomes the lower end, as MinMaxScaler has it
        span = (self.data_max_ - self.data_min_) or 1.0
        return ((X - X.dtype.type(self.data_min_)) / X.dtype.type(span)) * X.dtype.type(high - low) + X.dtype.type(low)

    def inverse_transform(self, X):
        """Undo the scaling.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Scaled numbers.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = check_vectors(self, X, dtype=[np.float64, np.float32], reset=False)
        low, high = self.feature_range
        return (X - low) / (high - low) * ((self.data_max_ - self.data_min_) or 1.0) + self.data_min_


def _check_range(feature_range):
    numbers = [value for value in feature_range if isinstance(value, Real) and np.isfinite(value)]
    if len(feature_range) != 2 or len(numbers) != 2 or numbers[0] >= numbers[1]:
        raise invalid_parameter("feature_range", f"must be two rising numbers, got {feature_range!r}")
    return numbers
