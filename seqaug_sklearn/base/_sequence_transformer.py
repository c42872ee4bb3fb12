"""What estimators of text share: tags, and of transformers the validation hook and no ``set_output``."""

from sklearn.base import BaseEstimator, TransformerMixin

from seqaug_sklearn.utils import check_text

__all__ = ["SequenceTransformer", "TextInputMixin"]


class TextInputMixin:
    """Tags of estimators whose X is text of shape (n_samples,); stands before scikit-learn's own bases."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()  # type: ignore[misc]  # of the base that stands behind
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags


class SequenceTransformer(TextInputMixin, TransformerMixin, BaseEstimator):
    """Base of transformers that take text and give bags or arrays of more than two axes.

    Such output fits no data frame, so subclasses opt out of ``set_output``: a pipeline configured for pandas output
    leaves them alone. Subclasses validate their input through :meth:`_check_text`.
    """

    def __init_subclass__(cls, **kwargs):
        # scikit-learn configures the wrapping anew in every subclass
        super().__init_subclass__(**({"auto_wrap_output_keys": None} | kwargs))

    def _check_text(self, X):
        """Validate X; return ``(values, identifiers)``. Override to accept fewer or more forms."""
        return check_text(X)
