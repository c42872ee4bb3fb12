"""Features of the sequences, and the covariates beside them."""

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.encoding import CovariateEncoder
from seqaug_sklearn.utils import check_same_covariates, split_covariates
from seqaug_sklearn.utils._sklearn import HasMethods, Interval, Real, fit_context

__all__ = ["SequenceAndCovariates"]


class SequenceAndCovariates(TextInputMixin, TransformerMixin, BaseEstimator):
    """Put features of the text column and the standardised covariates of a frame side by side.

    Transformers of text refuse such a frame, since the numbers would be lost; this one hands them on. Rows without
    covariates, in ``fit``, give the features of the sequences alone.

    Parameters
    ----------
    transformer : transformer
        Takes text (n_samples,) and gives a matrix, such as :class:`KmerCounts` or a pipeline that ends with a scaler.
    weight : float, default=1.0
        What the standardised covariates are multiplied by: kernels, distances and penalties weigh a column by its
        variance. Tune it within the training rows.

    Attributes
    ----------
    transformer_ : transformer
        Fitted on the text column.
    covariates_ : CovariateEncoder or None
        Fitted on the covariates; None where there are none.

    See Also
    --------
    seqaug_sklearn.encoding.CovariateEncoder : The covariates alone.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.features import KmerCounts, SequenceAndCovariates
    >>> X = pd.DataFrame({"guide": ["ACGT", "GGTT", "GGTA"], "percent": [10.0, 20.0, 30.0]})
    >>> features = SequenceAndCovariates(KmerCounts(1, canonical=False))
    >>> features.fit(X).get_feature_names_out().tolist()
    ['A', 'C', 'G', 'T', 'percent']
    >>> make_pipeline(features, Ridge()).fit(X, [0.1, 0.2, 0.3]).predict(X).round(1).tolist()
    [0.1, 0.2, 0.3]
    """

    _parameter_constraints = {
        "transformer": [HasMethods(["fit", "transform"])],
        "weight": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(self, transformer, *, weight=1.0):
        self.transformer = transformer
        self.weight = weight

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None):
        """Fit the transformer on the text, and the scales of the covariates.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, 1 + n_covariates), or array-like of str of shape (n_samples,)
            One text column and numbers; or text alone.
        y : array-like of shape (n_samples,), default=None
            Targets, for transformers that choose columns by them.

        Returns
        -------
        self : SequenceAndCovariates

        Raises
        ------
        DataFormatError
            As in :class:`~seqaug_sklearn.encoding.CovariateEncoder`.
        """
        self.fit_transform(X, y)
        return self

    @fit_context(prefer_skip_nested_validation=False)
    def fit_transform(self, X, y=None):
        """Fit, and return the features of the same rows.

        Parameters
        ----------
        X, y : DataFrame or array-like of str, array-like
            As in ``fit``.

        Returns
        -------
        features : CSR array or ndarray of shape (n_samples, n_features + n_covariates)
            Sparse where those of the transformer are.
        """
        text, numbers, _ = split_covariates(X)
        self.transformer_ = clone(self.transformer)
        features = self.transformer_.fit_transform(text, y)
        self.covariates_ = None if numbers is None else CovariateEncoder().fit(X)
        return self._beside(features, X)

    def transform(self, X):
        """Return the features of rows.

        Parameters
        ----------
        X : DataFrame or array-like of str
            As in ``fit``: with the same covariates, in any order, or with none.

        Returns
        -------
        features : CSR array or ndarray of shape (n_samples, n_features + n_covariates)

        Raises
        ------
        DataFormatError
            If the covariates are not those of ``fit``.
        """
        check_is_fitted(self)
        return self._beside(self.transformer_.transform(split_covariates(X).text), X)

    def get_feature_names_out(self, input_features=None):
        """Name the columns: those of the transformer, then the covariates.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of str (object) of shape (n_features + n_covariates,)
        """
        check_is_fitted(self)
        own = [] if self.covariates_ is None else self.covariates_.get_feature_names_out()
        return np.concatenate([self.transformer_.get_feature_names_out(), own]).astype(object)

    def _beside(self, features, X):
        if self.covariates_ is None:
            check_same_covariates(split_covariates(X).names, ())
            return features
        covariates = self.weight * self.covariates_.transform(X)
        if not sparse.issparse(features):
            return np.hstack([np.asarray(features), covariates])
        return sparse.csr_array(sparse.hstack([features, covariates], format="csr"))
