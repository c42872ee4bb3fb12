"""Text of ``fit_resample``: what it may be, its letters, and edited text in its form."""

import numpy as np

from seqaug_sklearn.exceptions import SeqAugWarning, SequenceError
from seqaug_sklearn.utils import replaced_text, warn

__all__ = ["check_is_text", "letter_array", "like", "n_rows", "warn_about_case"]


def check_is_text(X):
    if getattr(X, "ndim", 1) > 1 and not hasattr(X, "iloc"):
        raise SequenceError(
            f"RandomAugmentation edits 1-D text (n_samples,), got an array of shape {X.shape}; put it in front of "
            "OneHotEncoder and WindowAugmenter, or give it to a neural classifier as augment="
        )


def warn_about_case(sequences):
    if any(text != text.upper() for text in map(str, sequences.values)):
        warn(
            "X holds lower-case letters (soft-masked repeats?), the edited copies are in upper case: a model that "
            "separates them, such as CountVectorizer(lowercase=False), sees two alphabets; pass X.str.upper()",
            SeqAugWarning,
        )


def letter_array(values, width):
    """uint8 ndarray (n, width) of upper-case bytes, 0 right of shorter sequences."""
    # NumPy pads bytes of a fixed width with zeros, which is what padding is here
    letters = np.array([text.upper() for text in values], dtype=f"S{width}")
    return letters.view(np.uint8).reshape(len(letters), width)


def n_rows(values):
    return values.shape[0] if hasattr(values, "shape") and values.shape else len(values)


def like(X, values, rows):
    """Values in the form of X: list, ndarray, Series or DataFrame."""
    if not hasattr(X, "dtype") and not hasattr(X, "iloc"):
        return values
    if not hasattr(X, "iloc"):
        return np.array(values, dtype=np.str_ if X.dtype.kind == "U" else object)
    return replaced_text(X, values, rows)
