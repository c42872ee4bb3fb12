"""The sequences of rows with covariates, for models that are to see nothing else."""

from sklearn.base import BaseEstimator, TransformerMixin

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.utils import split_covariates

__all__ = ["TextColumn"]


class TextColumn(TextInputMixin, TransformerMixin, BaseEstimator):
    """Hand the text column of a frame on, without its covariates; other rows pass as they are.

    Transformers of text refuse covariates, lest they are lost unseen. Where they are left out on purpose, this says so.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqaug_sklearn.evaluation._model_parts._text_column import TextColumn
    >>> TextColumn().fit_transform(pd.DataFrame({"dose": [1.0], "sequence": ["ACGT"]})).tolist()
    ['ACGT']
    """

    def fit(self, X, y=None):
        """Learn nothing."""
        return self

    def transform(self, X):
        """Return the text column."""
        return split_covariates(X).text

    def __sklearn_is_fitted__(self):
        return True
