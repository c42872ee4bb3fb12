"""What two embeddings say about each other, column by column."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.utils import PAIR_FEATURES, check_pair_features, check_vectors, invalid_data, require_memory, warn
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = ["PairFeatures"]

_SYMMETRIC_NAMES = {"first": "smaller", "second": "larger", "difference": "absolute_difference"}


class PairFeatures(TransformerMixin, BaseEstimator):
    """Features of pairs of vectors that stand side by side: the vectors, their difference and their product.

    Scale before, not after: behind ``MinMaxScaler((-1, 1))`` the product of two embeddings is theirs, and the scaler in
    the same pipeline sees training rows only. With ``symmetric=True`` scale after, never before: a scaler learns a
    range for each column, so one for the first and another for the second vector of a pair, and a swapped pair would
    come out of it as another one.

    Parameters
    ----------
    features : tuple of str, default=("first", "second", "difference", "product")
        Which, in this order: "first", "second", "difference" (first minus second), "absolute_difference", "product".
    symmetric : bool, default=False
        Make the features independent of the order of a pair: in every dimension the smaller value takes the place of
        the first and the larger that of the second, and the difference is absolute (and given once). The scaler then
        stands behind: ``make_pipeline(embedder, PairFeatures(symmetric=True), MinMaxScaler((-1, 1)), network)``.

    Attributes
    ----------
    n_features_in_ : int
        Columns of the input, twice those of a vector.
    feature_names_in_ : ndarray of str
        Column names of the input, where it has such.
    features_ : tuple of str
        The features that are given.

    Raises
    ------
    ValueError
        If a feature is not known or given twice, or X is text, has an odd number of columns, or holds NaN (the row is
        named).

    Warns
    -----
    SeqAugWarning
        With ``symmetric=True``, if X looks as if a scaler had scaled the two vectors each on its own.

    See Also
    --------
    LanguageModelEmbedder : Gives such pairs of vectors.

    Examples
    --------
    >>> from seqaug_sklearn.embedding import PairFeatures
    >>> PairFeatures().fit_transform([[1.0, 2.0, 3.0, -1.0]])
    array([[ 1.,  2.,  3., -1., -2.,  3.,  3., -2.]])
    >>> symmetric = PairFeatures(symmetric=True)
    >>> symmetric.fit_transform([[1.0, 2.0, 3.0, -1.0], [3.0, -1.0, 1.0, 2.0]])
    array([[ 1., -1.,  3.,  2.,  2.,  3.,  3., -2.],
           [ 1., -1.,  3.,  2.,  2.,  3.,  3., -2.]])
    >>> symmetric.get_feature_names_out().tolist()
    ['smaller_0', 'smaller_1', 'larger_0', 'larger_1', 'absolute_difference_0', 'absolute_difference_1', 'product_0',
     'product_1']
    """

    _parameter_constraints = {"features": [tuple, list], "symmetric": ["boolean"]}

    def __init__(self, features=("first", "second", "difference", "product"), *, symmetric=False):
        self.features = features
        self.symmetric = symmetric

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check the features and the number of columns.

        Parameters
        ----------
        X : array-like of shape (n_samples, 2 * n_dimensions)
            The first vectors, then the second ones.
        y : None
            Ignored.

        Returns
        -------
        self : PairFeatures

        Raises
        ------
        ValueError
            As said in the class.
        """
        chosen = list(self.features)
        check_pair_features(self.features, "features")
        X = check_vectors(self, X, dtype=[np.float64, np.float32])
        if X.shape[1] % 2:
            raise invalid_data(
                "X",
                f"has {X.shape[1]} columns, an odd number, so it does not hold two vectors of equal length side by "
                "side; embed pairs, shape (n_samples, 2)",
            )
        if self.symmetric:
            _warn_if_scaled(X)
            chosen = [_SYMMETRIC_NAMES.get(name, name) for name in chosen]
        self.features_ = tuple(dict.fromkeys(chosen))
        return self

    def transform(self, X):
        """Compute the features.

        Parameters
        ----------
        X : array-like of shape (n_samples, 2 * n_dimensions)
            As in ``fit``.

        Returns
        -------
        ndarray of shape (n_samples, n_chosen * n_dimensions)
            float32 for float32, else float64; feature by feature.

        Raises
        ------
        ValueError
            If X holds NaN or another number of columns than in ``fit``.
        InsufficientMemoryError
            If the result is larger than the memory that is free.
        """
        check_is_fitted(self)
        X = check_vectors(self, X, dtype=[np.float64, np.float32], reset=False)
        first, second = np.split(X, 2, axis=1)
        if self.symmetric:
            first, second = np.minimum(first, second), np.maximum(first, second)
        require_memory(
            float(first.nbytes) * len(self.features_),
            f"{len(self.features_)} features of {len(first)} pairs of {first.shape[1]} columns",
            "choose fewer features, or transform fewer pairs at a time",
        )
        functions = PAIR_FEATURES | {"smaller": PAIR_FEATURES["first"], "larger": PAIR_FEATURES["second"]}
        return np.concatenate([functions[name](first, second) for name in self.features_], axis=1)

    def get_feature_names_out(self, input_features=None):
        """Name the columns by feature and dimension, as in "product_12".

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of str (object)
        """
        check_is_fitted(self)
        names = [f"{name}_{i}" for name in self.features_ for i in range(self.n_features_in_ // 2)]
        return np.array(names, dtype=object)


def _warn_if_scaled(X):
    """Warn where all columns have one range, or mean 0 and variance 1: the marks of a scaler fitted on these rows."""
    columns = X[:, X.min(axis=0) < X.max(axis=0)]
    if len(X) < 3 or columns.shape[1] < 2:
        return
    ranges = np.stack([columns.min(axis=0), columns.max(axis=0)])
    moments = np.stack([columns.mean(axis=0), columns.std(axis=0) - 1])
    if np.allclose(ranges, ranges[:, :1], rtol=0, atol=1e-5) or np.allclose(moments, 0, atol=1e-4):
        warn(
            "symmetric=True, but X looks scaled column by column, so that the first and the second vector of a pair "
            "have scales of their own and a swapped pair gives other features; put the scaler behind "
            "PairFeatures(symmetric=True)",
            SeqAugWarning,
        )
