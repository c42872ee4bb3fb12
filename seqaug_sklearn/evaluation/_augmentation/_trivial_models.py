"""Models that see one trivial feature each: what they score, a model that reads sequences must exceed."""

from typing import Any

import numpy as np

from seqaug_sklearn.utils import check_sequences

__all__ = ["trivial_model"]

_ENDS = 50
"""Positions that are read from either end."""


def trivial_model(key: str) -> Any:
    """Logistic regression on shares of symbols and of pairs of neighbours, or on the symbols near both ends.

    Parameters
    ----------
    key : {"composition", "positions"}
        What it sees.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Takes text.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, Normalizer, OneHotEncoder, StandardScaler

    if key == "composition":
        return make_pipeline(
            FunctionTransformer(_upper),
            CountVectorizer(analyzer="char", ngram_range=(1, 2), lowercase=False),
            # shares: the length is another thing
            Normalizer("l1"),
            StandardScaler(with_mean=False),
            LogisticRegression(max_iter=1000),
        )
    return make_pipeline(
        FunctionTransformer(_both_ends), OneHotEncoder(handle_unknown="ignore"), LogisticRegression(max_iter=1000)
    )


def _upper(X):
    return [text.upper() for text in check_sequences(X).values]


def _both_ends(X):
    """Symbols of the first and of the last positions, blanks where a sequence is shorter: (n_rows, 2 * 50)."""
    texts = [f"{text[:_ENDS]:<{_ENDS}}{text[-_ENDS:]:>{_ENDS}}" for text in _upper(X)]
    return np.array(texts, dtype=f"<U{2 * _ENDS}").view("<U1").reshape(len(texts), -1)
