"""Covariates as features: gaps filled, every column on one scale."""

from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import (
    check_same_covariates,
    check_sequences,
    invalid_data,
    split_covariates,
)
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = ["CovariateEncoder", "covariates_of"]

_DEEPEST = 8
"""Levels of estimators within estimators that are looked through."""


class CovariateEncoder(TextInputMixin, TransformerMixin, BaseEstimator):
    """Give the numeric columns beside the sequences as standardised features; the text is left out.

    A model of these alone says what the covariates reach without a sequence: the baseline that a model of both must
    exceed.

    Means, standard deviations and medians are those of the training rows. A missing value becomes the median of its
    column. A column that is constant in training becomes zero in all rows.

    Parameters
    ----------
    mark_gaps : bool, default=True
        Whether a column with missing values in training brings a second one that says where they are, since a gap may
        itself say something.

    Attributes
    ----------
    names_ : tuple of str of shape (n_covariates,)
        Names of the covariates, sorted: columns are found by name, so their order means nothing.
    medians_, means_, scales_ : float64 ndarray of shape (n_covariates,)
        What fills the gaps, and what the columns are centred by and divided by.
    gaps_ : bool ndarray of shape (n_covariates,)
        Which columns have a second one that marks gaps.

    See Also
    --------
    seqaug_sklearn.features.SequenceAndCovariates : These beside features of the sequences.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqaug_sklearn.encoding import CovariateEncoder
    >>> X = pd.DataFrame({"guide": ["ACGT", "GGTT", "GGTA"], "percent": [10.0, None, 30.0]})
    >>> encoder = CovariateEncoder().set_output(transform="pandas")
    >>> encoder.fit_transform(X).round(2)
       percent  percent missing
    0    -1.22            -0.71
    1     0.00             1.41
    2     1.22            -0.71
    """

    _parameter_constraints: ClassVar[dict] = {"mark_gaps": ["boolean"]}

    def __init__(self, *, mark_gaps=True):
        self.mark_gaps = mark_gaps

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn names, medians and scales from training rows.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, 1 + n_covariates)
            One text column, and numbers; NaN is a missing one.
        y : None
            Ignored.

        Returns
        -------
        self : CovariateEncoder

        Raises
        ------
        DataFormatError
            If X has no covariates, one of them holds no value, or as in :func:`~seqaug_sklearn.utils.split_covariates`.
        """
        _, numbers, names = split_covariates(X)
        if numbers is None:
            check_sequences(X)
            raise DataFormatError(
                "X holds no covariates; pass a DataFrame with one column of sequences and numeric columns beside it"
            )
        missing = np.isnan(numbers)
        empty = missing.all(axis=0)
        if empty.any():
            raise invalid_data(
                "X", f"holds no value for covariate {names[int(empty.argmax())]!r}; leave the column out"
            )
        self.names_, self.gaps_ = names, missing.any(axis=0) & self.mark_gaps
        self.medians_ = np.nanmedian(numbers, axis=0)
        columns = self._columns(numbers)
        self.means_ = columns.mean(axis=0)
        scales = columns.std(axis=0)
        # rounding leaves a constant column with a deviation just above zero
        constant = scales <= 1e-12 * np.maximum(abs(self.means_), np.finfo(float).tiny)
        self.scales_ = np.where(constant, np.inf, scales)
        return self

    def transform(self, X):
        """Return the standardised covariates.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, 1 + n_covariates)
            With the columns of ``fit``, in any order.

        Returns
        -------
        features : float64 ndarray of shape (n_samples, n_features_out)

        Raises
        ------
        DataFormatError
            If a covariate is absent, or one was not there in ``fit``.
        """
        check_is_fitted(self)
        _, numbers, names = split_covariates(X)
        check_same_covariates(names, self.names_)
        return (self._columns(numbers) - self.means_) / self.scales_

    def get_feature_names_out(self, input_features=None):
        """Name the columns.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of str (object) of shape (n_features_out,)
        """
        check_is_fitted(self)
        gaps = [f"{name} missing" for name, has_gaps in zip(self.names_, self.gaps_, strict=True) if has_gaps]
        return np.array([*self.names_, *gaps], dtype=object)

    def _columns(self, numbers):
        """Float64 (n_samples, n_features_out), gaps filled, not yet standardised."""
        missing = np.isnan(numbers)
        return np.hstack([np.where(missing, self.medians_, numbers), missing[:, self.gaps_]])


def covariates_of(estimator) -> tuple[str, ...]:
    """Return the names of the covariates that a fitted estimator reads beside sequences.

    Parameters
    ----------
    estimator : estimator
        Fitted; what is inside it, such as steps and members, is looked through.

    Returns
    -------
    tuple of str
        Empty where it reads none.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqaug_sklearn.encoding import CovariateEncoder, covariates_of
    >>> frame = pd.DataFrame({"text": ["ACGT", "GGCA"], "dose": [1.0, 2.0]})
    >>> covariates_of(CovariateEncoder().fit(frame))
    ('dose',)
    """
    return _names_in(estimator, _DEEPEST)


def _names_in(part, depth):
    if isinstance(part, CovariateEncoder):
        return tuple(getattr(part, "names_", ()))
    if depth == 0:
        return ()
    inner: list[Any] = []
    if isinstance(part, dict):
        inner = [*part.values()]
    elif isinstance(part, (list, tuple)):
        inner = [*part]
    elif hasattr(part, "get_params") and not isinstance(part, type):
        inner = [*vars(part).values()]
    return next(filter(None, (_names_in(one, depth - 1) for one in inner)), ())
