"""Which candidate is taken: one standard error for the simpler one, and more than chance against none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqaug_sklearn.evaluation import _inference as inference
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._statistics import GroupTTest

__all__ = ["Contest", "contest", "luck_margin", "paired", "simplest_of_equals"]

_MARGIN = 1
"""Number of the stream of random numbers."""


@dataclass(frozen=True)
class Contest:
    """The best augmentation against none, on folds that had no part in choosing either.

    Attributes
    ----------
    challenger, reference : str
        Candidate with an augmentation, and the best one without.
    score, reference_score : float
        Means over the folds.
    gain, standard_error : float
        Their difference, and its standard error over other test groups.
    margin : float
        Standard errors that the gain must exceed.
    """

    challenger: str
    reference: str
    score: float
    reference_score: float
    gain: float
    standard_error: float
    margin: float

    @property
    def is_won(self) -> bool:
        """Whether the gain exceeds the margin; without a standard error it does not."""
        return bool(self.gain > self.margin * self.standard_error) if np.isfinite(self.standard_error) else False


def paired(comparison: Comparison, name: str, reference: str, metric: str) -> GroupTTest:
    """Test of the difference of two candidates on the same folds, for models that are trained on these rows.

    The choice is one for these rows, so that other training sets do not count. Where there is nothing to learn the
    standard error is then a fifth too small, and where a model has learned what there is it is not.
    """
    influences = tuple(inference.influence_of(comparison, one, metric) for one in (name, reference))
    return inference.judge_difference(comparison, (name, reference), metric, influences, 0.95, training=False)


def simplest_of_equals(comparison: Comparison, names: Sequence[str], metric: str, margin: float = 1.0) -> str:
    """The first of these that is not worse than the best by more than one standard error of their difference.

    Parameters
    ----------
    comparison : Comparison
        Of all of them on the same folds.
    names : list of str
        The simplest first.
    metric : str
        What to judge by.
    margin : float, default=1.0
        Standard errors, where it is not one.
    """
    means = comparison.folds.groupby("estimator")[metric].mean().reindex(names).fillna(-np.inf)
    best = str(means.idxmax())
    for name in names:
        if name == best:
            break
        found = paired(comparison, best, name, metric)
        if found.estimate <= margin * np.nan_to_num(found.standard_error):
            return name
    return best


def luck_margin(
    comparison: Comparison, names: Sequence[str], reference: str, metric: str, alpha: float | None, seed: int
) -> float:
    """Standard errors by which the luckiest of these is ahead of the reference in so many searches without any gain.

    Candidates of one data set err together: the largest of their differences is simulated with the correlations that
    the groups show. It counts those, too, that were dropped early.

    Parameters
    ----------
    comparison : Comparison
        Of all of them, on the folds that all have.
    names : list of str
        Candidates with an augmentation.
    reference : str
        The one without.
    metric : str
        What to judge by.
    alpha : float or None
        Share of the searches. None: one standard error, as the usual rule has it.
    seed : int
        Of the simulation.
    """
    from scipy import stats

    if alpha is None:
        return 1.0
    found = [inference.influence_of(comparison, name, metric) for name in (reference, *names)]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        # nothing is known of the groups, so each candidate counts as one more chance
        return max(1.0, float(stats.norm.isf(1 - (1 - alpha) ** (1 / len(names)))))
    n_numbers = 1 + max(int(one.numbers.max()) for one in known)
    own, *others = known
    differences = np.column_stack([one.averaged(n_numbers) - own.averaged(n_numbers) for one in others])
    largest = inference.draw_together(differences, np.random.default_rng([seed, _MARGIN])).max(axis=1)
    return max(1.0, float(np.quantile(largest, 1 - alpha)))


def contest(comparison: Comparison, challenger: str, reference: str, metric: str, margin: float) -> Contest:
    """Compare two candidates on fresh folds; a margin of normal quantiles becomes one of Student's t.

    Parameters
    ----------
    comparison : Comparison
        Of both, on folds that had no part in choosing them.
    challenger, reference : str
        With and without augmentation.
    metric : str
        What to judge by.
    margin : float
        As :func:`luck_margin` gives it.
    """
    from scipy import stats

    found = paired(comparison, challenger, reference, metric)
    if margin > 1 and found.df > 0:
        margin = float(stats.t.isf(stats.norm.sf(margin), found.df))
    means = comparison.folds.groupby("estimator")[metric].mean()
    scores = float(means[challenger]), float(means[reference])
    return Contest(challenger, reference, *scores, found.estimate, found.standard_error, margin)
