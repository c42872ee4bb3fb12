"""Which k-mers are columns: found in the training rows, looked up in new ones."""

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.utils import (
    check_sequences,
    invalid_parameter,
    is_whole,
    longest_packed,
    refuse_covariates,
    warn_of_parted_rows,
)
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = [
    "FLOATS",
    "Columns",
    "SequenceFeatures",
    "check_lengths",
    "distinct_keys",
    "joined_columns",
    "most_frequent",
    "reads_both_strands",
]

FLOATS = (np.float32, np.float64)
"""Types of the output."""

# a table of all keys is indexed directly up to here (4**11 k-mers), others are searched
_LARGEST_TABLE = 2**22


class SequenceFeatures(TextInputMixin, TransformerMixin, BaseEstimator):
    """What transformers of text into a matrix share: text is checked, and ``fit_transform`` reads it once.

    Subclasses give ``_learn(sequences)``, which sets what is learned and returns the matrix of the training rows,
    ``_features(sequences)``, the matrix of any, and ``_names()`` of its columns.
    """

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn the columns from training rows.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : None
            Ignored.

        Returns
        -------
        self : object

        Raises
        ------
        DataFormatError
            If X holds covariates, which would be lost.
        SequenceError, SequenceTypeError
            If X is not text of the alphabet.
        """
        refuse_covariates(X, type(self).__name__)
        warn_of_parted_rows(X)
        self._learn(check_sequences(X))
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None):
        """Learn the columns and return the features of the same rows, in one pass over the text.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : None
            Ignored.

        Returns
        -------
        features : CSR array or ndarray of shape (n_samples, n_features)
        """
        refuse_covariates(X, type(self).__name__)
        warn_of_parted_rows(X)
        return self._given(self._learn(check_sequences(X)))

    def transform(self, X):
        """Return the features of sequences.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences, shorter or longer than the fitted ones.

        Returns
        -------
        features : CSR array or ndarray of shape (n_samples, n_features)

        Raises
        ------
        DataFormatError
            If X holds covariates, which would be lost.
        SequenceError, SequenceTypeError
            If X is not text of the alphabet.
        """
        check_is_fitted(self)
        refuse_covariates(X, type(self).__name__)
        return self._given(self._features(check_sequences(X)))

    def get_feature_names_out(self, input_features=None):
        """Name the columns.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of str (object) of shape (n_features,)
        """
        check_is_fitted(self)
        return np.asarray(self._names(), dtype=object)

    def _given(self, matrix):
        dense = sparse.issparse(matrix) and not getattr(self, "sparse_output", True)
        return matrix.toarray() if dense else matrix


class Columns:
    """Sorted keys that are columns, each with its number.

    Parameters
    ----------
    keys : ndarray of shape (n_columns,)
        Sorted, without repeats.
    n_keys : int
        One more than the largest key there can be.
    """

    def __init__(self, keys: np.ndarray, n_keys: int):
        self.keys, self.n_keys = keys, n_keys

    def __len__(self):
        return len(self.keys)

    def matrix(self, indptr: np.ndarray, keys: np.ndarray, values: np.ndarray) -> sparse.csr_array:
        """Return entries of rows, in the order of their keys, as a matrix; keys that are no column are left out."""
        columns = self._numbers(keys)
        known = columns >= 0
        if not known.all():
            columns, values = columns[known], values[known]
            indptr = np.concatenate([[0], np.cumsum(known)])[indptr]
        kind = np.int32 if len(columns) < 2**31 else np.int64
        shape = (len(indptr) - 1, len(self))
        return sparse.csr_array((values, columns.astype(kind, copy=False), indptr.astype(kind)), shape=shape)

    def _numbers(self, keys):
        if self.n_keys > _LARGEST_TABLE:
            places = np.minimum(np.searchsorted(self.keys, keys), max(len(self.keys) - 1, 0))
            return np.where(self.keys[places] == keys, places, -1)
        table = np.full(self.n_keys, -1, np.int32)
        table[self.keys] = np.arange(len(self.keys))
        return np.take(table, keys)


def distinct_keys(keys: np.ndarray, n_keys: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the keys there are, sorted, of numbers below ``n_keys``, and how often each stands there."""
    if n_keys > _LARGEST_TABLE:
        return np.unique(keys, return_counts=True)
    often = np.bincount(keys, minlength=n_keys)
    found = np.flatnonzero(often)
    return found.astype(keys.dtype), often[found]


def joined_columns(matrices: list[sparse.csr_array]) -> sparse.csr_array:
    """Put matrices of the same rows side by side."""
    return matrices[0] if len(matrices) == 1 else sparse.csr_array(sparse.hstack(matrices, format="csr"))


def check_lengths(k, alphabet: Alphabet) -> range:
    """Return the lengths of k-mers that an int or an inclusive range stands for."""
    values = (k, k) if is_whole(k) else tuple(k)
    whole = all(is_whole(value) and not isinstance(value, bool) for value in values)
    if len(values) != 2 or not whole or not 1 <= values[0] <= values[1]:
        raise invalid_parameter("k", f"must be an int or a range (low, high) with 1 <= low <= high, got {k!r}")
    longest = longest_packed(alphabet)
    if values[1] > longest:
        raise invalid_parameter(
            "k", f"must be at most {longest} for the {alphabet.name} alphabet, got {k!r}; longer k-mers repeat nowhere"
        )
    return range(int(values[0]), int(values[1]) + 1)


def most_frequent(often: np.ndarray, max_features: int | None) -> np.ndarray:
    """Whether each column is kept: those that most rows hold, of equal ones the first; all where there is no limit."""
    kept = np.ones(len(often), bool)
    if max_features is not None:
        kept[np.argsort(-often, kind="stable")[max_features:]] = False
    return kept


def reads_both_strands(canonical: bool | None, alphabet: Alphabet) -> bool:
    """Whether a k-mer and its reverse complement are one column: as it was set, by default of DNA."""
    canonical = alphabet.name == "dna" if canonical is None else canonical
    if canonical:
        alphabet.check_has_complement()
    return canonical
