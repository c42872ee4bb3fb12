"""The sequences of rows with covariates, for models that are to see nothing else."""

from typing import ClassVar

import pandas as pd
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import SequenceTransformer
from seqaug_sklearn.utils import check_sequences, split_covariates
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = ["TextColumn"]


class TextColumn(SequenceTransformer):
    """Hand the text column of a frame on, without its covariates; other rows pass as they are.

    Transformers of text refuse covariates, lest they are lost unseen. Where they are left out on purpose, this step in
    front of them says so.

    Attributes
    ----------
    left_out_ : tuple of str
        Columns that are not handed on; empty where the rows are text alone.

    See Also
    --------
    SequenceAndCovariates : Features of the sequences with the covariates beside them.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqaug_sklearn.features import TextColumn
    >>> step = TextColumn()
    >>> step.fit_transform(pd.DataFrame({"dose": [1.0], "sequence": ["ACGT"]})).to_list(), step.left_out_
    (['ACGT'], ('dose',))
    """

    _parameter_constraints: ClassVar[dict] = {}

    def __init__(self):
        pass

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn which columns are left out.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,), or DataFrame
            Sequences, with covariates beside them or without.
        y : ignored
            For pipelines.

        Returns
        -------
        self : TextColumn

        Raises
        ------
        SequenceError, SequenceTypeError
            If there is no text.
        DataFormatError
            If columns beside the text are no covariates.
        """
        check_sequences(X)
        self.left_out_ = tuple(map(str, split_covariates(X).names))
        return self

    def transform(self, X):
        """Return the text column.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,), or DataFrame
            As in ``fit``.

        Returns
        -------
        sequences : pandas.Series of str of shape (n_samples,)
            With the index of X where it has one.

        Raises
        ------
        SequenceError, SequenceTypeError, DataFormatError
            As ``fit``.
        """
        check_is_fitted(self)
        checked = check_sequences(X)
        return pd.Series(list(map(str, checked.values)), index=checked.identifiers, dtype=object, name="sequence")
