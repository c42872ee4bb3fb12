"""What the sequences add to the numbers that stand beside them."""

from collections.abc import Collection

from seqaug_sklearn.evaluation._augmentation._line_up import MODELS
from seqaug_sklearn.evaluation._comparison_tests import JudgedComparison
from seqaug_sklearn.evaluation._verdict import WARNING, as_high

__all__ = ["tell_covariates"]


def tell_covariates(comparison: JudgedComparison, metric: str, trivial: Collection[str]) -> list[str]:
    """Say whether the best model of sequences exceeds the covariates alone; nothing where these were not compared.

    Parameters
    ----------
    comparison : Comparison
        Scores.
    metric : str
        What to judge by.
    trivial : collection of str
        Models that are no model of the sequences.
    """
    name = MODELS["covariates"]
    if name not in comparison.estimators:
        return []
    others = [other for other in comparison.estimators if other not in {*trivial, *comparison.memorisers, name}]
    means = comparison.tests(metric=metric).loc[others, "mean"].dropna()
    if means.empty:
        return []
    best = str(means.idxmax())
    against = comparison.tests({best: name}, metric).loc[best]
    alone, both = against["reference_mean"], against["mean"]
    reads = f"the best model that reads the sequences too ({best}, {both:.3f})"
    if against["difference"] <= 0:
        return [f"{WARNING}the covariates alone score {alone:.3f}, {as_high(alone, both)} {reads}."]
    if not against["low"] > 0:
        return [f"{WARNING}the covariates alone score {alone:.3f} and cannot be distinguished from {reads}."]
    return [
        f"The covariates alone score {alone:.3f}: {reads} is {against['difference']:.3f} above them "
        f"({against['low']:.3f} to {against['high']:.3f})."
    ]
