"""Which candidate is taken: one standard error for the simpler one, and more than chance against none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqaug_sklearn.evaluation import _inference as inference
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._statistics import GroupTTest

__all__ = ["Contest", "contest", "likeness", "luck_margin", "paired", "simplest_of_equals"]

_MARGIN = 1
"""Number of the stream of random numbers."""
_PERMUTATIONS = 100
"""Of the labels, for the chance level of scores that have no known one."""


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
    above_chance : bool
        Whether the challenger itself is better than a guess; otherwise there is nothing that it could help with.
    """

    challenger: str
    reference: str
    score: float
    reference_score: float
    gain: float
    standard_error: float
    margin: float
    above_chance: bool = True

    @property
    def is_won(self) -> bool:
        """Whether the gain exceeds the margin and the score chance; without a standard error it does not."""
        if not self.above_chance or not np.isfinite(self.standard_error):
            return False
        return bool(self.gain > self.margin * self.standard_error)


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


def likeness(chosen_on: Comparison, fresh: Comparison, names: tuple[str, str], metric: str) -> float:
    """How alike the difference of two candidates is on other folds of the same rows: 0 not at all, 1 the same again.

    The correlation, over groups, of what each adds on the folds of the choice and on fresh ones.

    Parameters
    ----------
    chosen_on, fresh : Comparison
        Of both, on the folds that they were chosen on and on those that had no part in it.
    names : tuple of str
        The two candidates.
    metric : str
        What to judge by.
    """
    added = []
    for comparison in (chosen_on, fresh):
        own, other = (inference.influence_of(comparison, name, metric) for name in names)
        if own is None or other is None:
            return 1.0
        added.append((own, other))
    n_numbers = 1 + max(int(one.numbers.max()) for pair in added for one in pair)
    first, second = (own.averaged(n_numbers) - other.averaged(n_numbers) for own, other in added)
    lengths = np.linalg.norm(first) * np.linalg.norm(second)
    return float(np.clip(first @ second / lengths, 0, 1)) if lengths > 0 else 1.0


def luck_margin(
    comparison: Comparison,
    names: Sequence[str],
    reference: str,
    metric: str,
    alpha: float | None,
    seed: int,
    *,
    alike: float = 1.0,
) -> float:
    """Standard errors by which the best of these is ahead on fresh folds in so many searches without any gain.

    Candidates of one data set err together, and what the best of them owes to luck comes again on fresh folds as far as
    these are alike. Differences are simulated with the correlations that the groups show, the largest is taken as a
    search would, and what it has on fresh folds is drawn. All candidates count, also those that were dropped early.

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
    alike : float, default=1.0
        As :func:`likeness` gives it; 1 where the gain is judged on the folds of the choice.
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
    rng = np.random.default_rng([seed, _MARGIN])
    drawn = inference.draw_together(differences, rng)
    # the choice goes by the difference itself, so candidates that vary more are taken more often
    taken = (drawn * np.linalg.norm(differences, axis=0)).argmax(axis=1)
    luck = drawn[np.arange(len(drawn)), taken]
    again = alike * luck + np.sqrt(1 - alike**2) * rng.standard_normal(len(luck))
    return max(1.0, float(np.quantile(again, 1 - alpha)))


def contest(
    comparison: Comparison, challenger: str, reference: str, metric: str, margin: float, alpha: float | None
) -> Contest:
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
    alpha : float or None
        Share of searches in which a guess may count as better than one. None: it is not looked at.
    """
    from scipy import stats

    found = paired(comparison, challenger, reference, metric)
    if margin > 1 and found.df > 0:
        margin = float(stats.t.isf(stats.norm.sf(margin), found.df))
    means = comparison.folds.groupby("estimator")[metric].mean()
    scores = float(means[challenger]), float(means[reference])
    above = alpha is None or _is_above_chance(comparison, challenger, metric, alpha)
    return Contest(challenger, reference, *scores, found.estimate, found.standard_error, margin, above)


def _is_above_chance(comparison, name, metric, alpha):
    """Whether a score is above chance, training sets counted; true where there is no such test."""
    chance = inference.chance_level(comparison, name, metric, _PERMUTATIONS)
    influence = inference.influence_of(comparison, name, metric)
    if influence is None or not np.isfinite(chance):
        return True
    found = inference.judge_score(comparison, name, metric, influence, 0.95, chance)
    if not np.isfinite(found.pvalue):
        return found.estimate > chance
    return bool(found.estimate > chance and found.pvalue < 2 * alpha)
