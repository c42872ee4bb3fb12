"""Models that see one trivial feature each: what they score, a model that reads sequences must exceed."""

from typing import Any

from seqaug_sklearn.evaluation._model_parts._front_steps import trivial_features

__all__ = ["trivial_model"]


def trivial_model(key: str, alphabet: Any = "dna", *, covariates: bool = False) -> Any:
    """Logistic regression on shares of symbols and of pairs, on the symbols near both ends, or on the covariates.

    Parameters
    ----------
    key : {"composition", "positions", "covariates"}
        What it sees.
    alphabet : str or Alphabet, default="dna"
        Alphabet of the sequences.
    covariates : bool, default=False
        Whether rows have covariates.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Takes text.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(*trivial_features(key, alphabet, covariates=covariates), LogisticRegression(max_iter=1000))
