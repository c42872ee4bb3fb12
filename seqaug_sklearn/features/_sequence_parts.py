"""Features of whole sequences beside those of their parts."""

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.utils import check_sequences, refuse_covariates
from seqaug_sklearn.utils._sklearn import HasMethods, Integral, Interval, fit_context

__all__ = ["SequenceParts"]


class SequenceParts(TextInputMixin, TransformerMixin, BaseEstimator):
    """Put the features of whole sequences and of their equal parts side by side.

    Counts of k-mers and occupancies of motifs do not know where something stands, while positions residue by residue
    ask for sequences that are aligned. Thirds are between the two: a motif near the start of a gene is not the same as
    one far upstream.

    Parameters
    ----------
    transformer : transformer
        Takes text (n_samples,) and gives a matrix, such as :class:`MotifOccupancy`, or a pipeline. It is cloned for the
        whole and for each part.
    n_parts : int, default=3
        Equal parts, from the start to the end.
    overlap : int, default=20
        Residues that a part reaches into its neighbours, so that no site is cut. Each part has a residue at least.

    Attributes
    ----------
    transformers_ : list of transformer
        Fitted on the whole sequences, then on each part.

    See Also
    --------
    PositionalKmers : Which k-mer stands at which position.

    Examples
    --------
    >>> from seqaug_sklearn.features import MotifOccupancy, SequenceParts
    >>> parts = SequenceParts(MotifOccupancy({"TATA": "TATAWA"}), n_parts=2, overlap=0)
    >>> parts.fit_transform(["TATAAAGGGGCC", "GGGGCCTATAAA"]).round(1)
    array([[  7.5,   7.5, -18.9],
           [  7.5, -18.9,   7.5]], dtype=float32)
    >>> parts.get_feature_names_out().tolist()
    ['TATA', 'TATA, part 1 of 2', 'TATA, part 2 of 2']
    """

    _parameter_constraints = {
        "transformer": [HasMethods(["fit", "transform"])],
        "n_parts": [Interval(Integral, 2, None, closed="left")],
        "overlap": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(self, transformer, *, n_parts=3, overlap=20):
        self.transformer = transformer
        self.n_parts = n_parts
        self.overlap = overlap

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None):
        """Fit a transformer on the whole sequences and one on each part.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : array-like of shape (n_samples,), default=None
            Targets, for transformers that choose columns by them.

        Returns
        -------
        self : object
        """
        self.fit_transform(X, y)
        return self

    @fit_context(prefer_skip_nested_validation=False)
    def fit_transform(self, X, y=None):
        """Fit, and return the features of the same rows.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : array-like of shape (n_samples,), default=None
            As in ``fit``.

        Returns
        -------
        features : CSR array or ndarray of shape (n_samples, n_features)
            Sparse where those of the transformer are.
        """
        stretches = self._stretches(X)
        self.transformers_ = [clone(self.transformer) for _ in stretches]
        return _beside([one.fit_transform(texts, y) for one, texts in zip(self.transformers_, stretches, strict=True)])

    def transform(self, X):
        """Return the features of sequences.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences, shorter or longer than the fitted ones.

        Returns
        -------
        features : CSR array or ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        stretches = self._stretches(X)
        return _beside([one.transform(texts) for one, texts in zip(self.transformers_, stretches, strict=True)])

    def get_feature_names_out(self, input_features=None):
        """Name the columns: those of the whole, then those of each part.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of str (object) of shape (n_features,)
        """
        check_is_fitted(self)
        places = ["", *(f", part {part} of {self.n_parts}" for part in range(1, self.n_parts + 1))]
        named = zip(self.transformers_, places, strict=True)
        return np.array([f"{name}{place}" for one, place in named for name in one.get_feature_names_out()], object)

    def _stretches(self, X):
        """The rows as they are, so that messages name them, and the texts of each part."""
        refuse_covariates(X, type(self).__name__)
        texts = [str(text) for text in check_sequences(X).values]
        return [
            X,
            *([_part(text, number, self.n_parts, self.overlap) for text in texts] for number in range(self.n_parts)),
        ]


def _part(text, number, n_parts, overlap):
    first, end = len(text) * number // n_parts, len(text) * (number + 1) // n_parts
    # of a text shorter than its parts, neighbours share residues
    end = max(end, first + 1)
    return text[max(0, first - overlap) : end + overlap]


def _beside(parts):
    if any(sparse.issparse(part) for part in parts):
        return sparse.csr_array(sparse.hstack(parts, format="csr"))
    return np.hstack([np.asarray(part) for part in parts])
