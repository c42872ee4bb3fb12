"""Models that see one trivial feature each: what they score, a model that reads sequences must exceed."""

from typing import Any

import numpy as np

__all__ = ["trivial_model"]

_ENDS = 50
"""Positions that are read from either end."""


def trivial_model(key: str, alphabet: Any = "dna") -> Any:
    """Logistic regression on shares of symbols and of pairs of neighbours, or on the symbols near both ends.

    Parameters
    ----------
    key : {"composition", "positions"}
        What it sees.
    alphabet : str or Alphabet, default="dna"
        Alphabet of the sequences.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Takes text.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from seqaug_sklearn.features import PositionalKmers, SequenceComposition

    if key == "composition":
        # shares: the length is another thing
        shares = SequenceComposition(alphabet, dtype=np.float64)
        return make_pipeline(shares, StandardScaler(), LogisticRegression(max_iter=1000))
    ends = PositionalKmers(1, anchor="both", n_positions=_ENDS, alphabet=alphabet, dtype=np.float64)
    return make_pipeline(ends, LogisticRegression(max_iter=1000))
