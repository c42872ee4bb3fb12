"""What estimators of text share: tags, and of transformers the validation hook and ``set_output``."""

import functools

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from seqaug_sklearn.base._next_step import check_next_step
from seqaug_sklearn.utils import check_text
from seqaug_sklearn.utils._sklearn import wrap_output

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
    """Base of transformers that take text and may give bags or arrays of more than two axes.

    A data frame has no place for these, so ``set_output`` concerns flat features alone: in a pipeline that is set to
    pandas, they come as a frame and everything else as it is. Subclasses validate their input through
    :meth:`_check_text`.
    """

    def __init_subclass__(cls, **kwargs):
        # scikit-learn would put every output into a frame
        super().__init_subclass__(**({"auto_wrap_output_keys": None} | kwargs))
        cls._sklearn_auto_wrap_output_keys = {"transform"}
        for name in {"transform", "fit_transform"} & cls.__dict__.keys():
            setattr(cls, name, _framed(cls.__dict__[name]))

    def fit_transform(self, X, y=None, **fit_params):
        """Fit, and transform the same rows.

        Parameters
        ----------
        X : array-like
            As in ``fit``.
        y : array-like of shape (n_samples,), default=None
            As in ``fit``.
        **fit_params : dict
            What else ``fit`` takes.

        Returns
        -------
        ndarray
            As ``transform``.
        """
        made = self.fit(X, y, **fit_params).transform(X)
        if isinstance(made, np.ndarray):
            check_next_step(self, made)
        return made

    def set_output(self, *, transform=None):
        """Choose the container of flat features.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"}, default=None
            Container of what ``transform`` and ``fit_transform`` give where it is a matrix of numbers; bags and arrays
            of more axes stay arrays. None leaves it as it is.

        Returns
        -------
        self : SequenceTransformer
        """
        if transform is not None:
            # read by scikit-learn, and kept by clone
            self._sklearn_output_config = {"transform": transform}
        return self

    def _check_text(self, X):
        """Validate X; return ``(values, identifiers)``. Override to accept fewer or more forms."""
        return check_text(X)


def _framed(method):
    """The method, whose flat features come in the container that was chosen."""

    @functools.wraps(method)
    def wrapped(self, X, *args, **kwargs):
        made = method(self, X, *args, **kwargs)
        if method.__name__ == "fit_transform" and isinstance(made, np.ndarray):
            check_next_step(self, made)
        is_flat = type(made) is np.ndarray and made.ndim == 2 and made.dtype.kind in "fiub"
        return wrap_output("transform", made, X, self) if is_flat else made

    return wrapped
