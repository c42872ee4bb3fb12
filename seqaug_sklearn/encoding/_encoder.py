"""The one-hot encoder for pipelines."""

from typing import ClassVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.base import SequenceTransformer
from seqaug_sklearn.encoding._one_hot import check_longest, check_size, decode, expand_codes, longest_text
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils import (
    WindowBag,
    invalid_parameter,
    name_row,
    refuse_covariates,
    text_to_codes,
    warn_of_parted_rows,
)
from seqaug_sklearn.utils._sklearn import StrOptions, fit_context

__all__ = ["OneHotEncoder"]


class OneHotEncoder(SequenceTransformer):
    """Encode text or bags of windows as one-hot arrays.

    The length is learned in ``fit``: shorter sequences are padded right with zeros, longer ones are an error unless
    ``truncate=True``, so a test sequence is never cut without anyone noticing. Classifiers of this package pack exact
    one-hot arrays to one byte per residue; for scikit-learn's own classifiers pass ``flatten=True``.

    One-hot arrays of windows are large: 16 bytes per residue of every window. The neural classifiers of this package
    take bags of text as :class:`~seqaug_sklearn.augmentation.WindowAugmenter` gives them, so that this encoder can be
    left out before them; elsewhere pass `max_windows` there. What cannot fit into memory is refused before it is
    allocated.

    Parameters
    ----------
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the text. Lower case counts as upper case.
    flatten : bool, default=False
        Join the last two axes: column ``position * n_symbols + symbol``, the order that scikit-learn's
        ``OneHotEncoder`` gives on a character matrix.
    unknown : {"ignore", "error"}, default="ignore"
        What to do with the alphabet's ambiguity codes and gaps: encode them as all-zero rows, or raise. Any other
        symbol (E, F, I, L, P, Q in DNA) always raises.
    dtype : numeric dtype, default=np.float32
        Type of the output.
    truncate : bool, default=False
        Cut sequences that are longer than the longest in ``fit``.

    Attributes
    ----------
    length_ : int
        Positions of the output: residues of the longest sequence (or window) in ``fit``.
    alphabet_ : Alphabet
        The alphabet.
    is_bag_ : bool
        Whether ``fit`` saw bags of two windows or more. Then a bag of one window keeps the axis of windows; else it is
        flattened to two dimensions, as text is.

    See Also
    --------
    one_hot : The same as a function.
    WindowAugmenter : Gives the bags of windows.

    Notes
    -----
    With ``flatten`` and one text per row, ``set_output`` gives a data frame with the index of X; bags and arrays of
    more than two axes stay arrays, which a pipeline that is set to pandas passes on as they are. An all-zero row stands
    for an ambiguity code, a gap and padding alike: ``inverse_transform`` writes N (X for proteins) for it between
    symbols and drops it at the right end.

    Examples
    --------
    >>> from seqaug_sklearn.encoding import OneHotEncoder
    >>> encoder = OneHotEncoder().fit(["ACGT", "GAN"])
    >>> encoder.transform(["GAN"]).shape
    (1, 4, 4)
    >>> encoder.inverse_transform(encoder.transform(["GNA", "TTTT"])).tolist()
    ['GNA', 'TTTT']
    >>> encoder.get_feature_names_out()[:5].tolist()
    ['0_A', '0_C', '0_G', '0_T', '1_A']
    """

    _parameter_constraints: ClassVar[dict] = {
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "flatten": ["boolean"],
        "unknown": [StrOptions({"ignore", "error"})],
        "dtype": "no_validation",  # np.dtype judges it
        "truncate": ["boolean"],
    }

    def __init__(self, alphabet="dna", *, flatten=False, unknown="ignore", dtype=np.float32, truncate=False):
        self.alphabet = alphabet
        self.flatten = flatten
        self.unknown = unknown
        self.dtype = dtype
        self.truncate = truncate

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn the length and check every symbol.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,) or (n_samples, n_windows)
            Text or bags; the empty string is a missing window.
        y : None
            Ignored.

        Returns
        -------
        self : OneHotEncoder

        Raises
        ------
        DataFormatError
            If X holds covariates, which would be lost.
        SequenceError, SequenceTypeError
            If X is not text, a symbol is outside the alphabet, or all residues of a sequence are unknown.
        """
        warn_of_parted_rows(X)
        self._learn(X)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None):
        """Fit and encode in one pass over the text.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,) or (n_samples, n_windows)
            Text or bags.
        y : None
            Ignored.

        Returns
        -------
        ndarray
            As :meth:`transform`.
        """
        warn_of_parted_rows(X)
        return self._expand(self._learn(X, expand=True))

    def transform(self, X):
        """Encode text.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,) or (n_samples, n_windows)
            Text or bags.

        Returns
        -------
        ndarray of shape (n_samples, length, n_symbols) or (n_samples, n_windows, length, n_symbols)
            With ``flatten``: (n_samples, length * n_symbols) or (n_samples, n_windows, length * n_symbols); of bags
            that held one window in ``fit`` and now the first of them.

        Raises
        ------
        DataFormatError, SequenceError, SequenceTypeError
            As ``fit``, and if a sequence is longer than ``length_`` and ``truncate`` is False.
        InsufficientMemoryError
            If the array is larger than the memory that is free; nothing is allocated then.
        """
        check_is_fitted(self)
        values, identifiers = self._check_text(X)
        if not self.truncate:
            check_longest(values, self.length_, identifiers)
        check_size(values, self.length_, self.alphabet_, self.dtype)
        return self._expand(self._codes(values, identifiers))

    def inverse_transform(self, X):
        """Decode one-hot arrays to text.

        Parameters
        ----------
        X : array-like of the shape that ``transform`` gives
            Exact one-hot rows; positions and columns as in ``fit``.

        Returns
        -------
        ndarray of str of shape (n_samples,) or (n_samples, n_windows)
            Missing windows are empty strings. Upper case.

        Raises
        ------
        SequenceError
            If the shape does not match or a row is not one-hot.
        """
        check_is_fitted(self)
        X, n_symbols = np.asarray(X), self.alphabet_.n_symbols
        tail = (self.length_ * n_symbols,) if self.flatten else (self.length_, n_symbols)
        if X.ndim not in (len(tail) + 1, len(tail) + 2) or X.shape[-len(tail) :] != tail:
            expected = ", ".join(map(str, tail))
            raise SequenceError(
                f"X must have shape (n_samples, {expected}) or (n_samples, n_windows, {expected}), got {X.shape}"
            )
        return decode(X.reshape(*X.shape[: -len(tail)], self.length_, n_symbols), self.alphabet_)

    def get_feature_names_out(self, input_features=None):
        """Name the flattened columns: 0-based position and symbol, as in "12_G".

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of str (object) of shape (length * n_symbols,)
        """
        check_is_fitted(self)
        names = [f"{position}_{symbol}" for position in range(self.length_) for symbol in self.alphabet_.symbols]
        return np.array(names, dtype=object)

    def _check_text(self, X):
        refuse_covariates(X, type(self).__name__)
        return super()._check_text(X)

    def _learn(self, X, *, expand=False):
        values, identifiers = self._check_text(X)
        if np.dtype(self.dtype).kind not in "fiub":
            raise invalid_parameter("dtype", f"must be numeric, got {self.dtype!r}; use np.float32")
        self.alphabet_ = get_alphabet(self.alphabet)
        self.length_ = longest_text(values)
        self.is_bag_ = getattr(values, "ndim", 1) == 2 and values.shape[1] > 1
        if expand:
            check_size(values, self.length_, self.alphabet_, self.dtype)
        return self._codes(values, identifiers)

    def _codes(self, values, identifiers):
        codes = text_to_codes(
            values, self.alphabet_, length=self.length_, identifiers=identifiers, unknown=self.unknown
        )
        empty = codes.reshape(len(codes), -1).min(axis=1) >= self.alphabet_.unknown
        if empty.any():
            where = name_row(np.argmax(empty), identifiers)
            raise SequenceError(
                f"{where} has no known symbol in its first {self.length_} residues: all are ambiguity codes or gaps of "
                f"the {self.alphabet_.name} alphabet; remove it ({empty.sum()} of {len(empty)} sequences are like this)"
            )
        return codes

    def _expand(self, codes):
        encoded = expand_codes(codes, self.alphabet_.n_symbols, dtype=self.dtype, flatten=self.flatten)
        if not self.flatten or encoded.ndim == 2 or encoded.shape[1] > 1 or getattr(self, "is_bag_", False):
            return encoded
        # what votes over windows still has to know them, and text is no bag
        return encoded[:, 0].view(WindowBag)
