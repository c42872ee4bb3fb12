"""Intervals and tests of a comparison, each computed once."""

from dataclasses import dataclass, field

import pandas as pd

from seqaug_sklearn.evaluation import _inference as inference
from seqaug_sklearn.evaluation._comparison_data import ComparisonData
from seqaug_sklearn.evaluation._metrics import RANK_METRICS
from seqaug_sklearn.evaluation._statistics import holm

__all__ = ["JudgedComparison"]


@dataclass(repr=False)
class JudgedComparison(ComparisonData):
    """A comparison whose scores can be told apart from luck; the words and pages are those of ``Comparison``."""

    _found: dict = field(default_factory=dict, repr=False)

    def summary(self, metric: str | None = None, *, level: float = 0.95, n_resamples: int = 1000) -> pd.DataFrame:
        """Mean over folds, standard error over folds, and a bootstrap interval by group.

        The standard error treats folds as independent, which they are not (they share training rows). The interval
        draws whole groups (of pairs: members of both sides) with replacement and keeps the fitted models, so it says
        how far other test groups would move the score, not how far other training data would.

        Parameters
        ----------
        metric : str, default=None
            One metric, or all of them. Intervals of ``auroc`` and ``auprc`` take long with many classes and are
            computed only where the metric is named; those of scikit-learn scorers are NaN.
        level : float, default=0.95
            Coverage of the interval.
        n_resamples : int, default=1000
            Bootstrap resamples.

        Returns
        -------
        DataFrame
            Index: estimator, or estimator and metric. Columns ``mean``, ``standard_error``, ``low``, ``high``.
        """
        names = self.metrics if metric is None else (self._check_metric(metric),)
        weights = inference.group_weights(self, n_resamples)
        records = {
            (name, m): inference.summarise(self, name, m, weights if metric or m not in RANK_METRICS else None, level)
            for name in self.estimators
            for m in names
        }
        frame = pd.DataFrame.from_dict(records, orient="index", columns=["mean", "standard_error", "low", "high"])
        frame.index = pd.MultiIndex.from_tuples(frame.index, names=["estimator", "metric"])
        return frame if metric is None else frame.droplevel("metric")

    def tests(
        self,
        reference: str | dict[str, str] | None = None,
        metric: str = "accuracy",
        *,
        level: float = 0.95,
        n_resamples: int = 1000,
        n_permutations: int = 1000,
    ) -> pd.DataFrame:
        """Compare each estimator with its reference, and with chance.

        Parameters
        ----------
        reference : str or dict of str to str, default=None
            One reference for all, or the partner of each; by default what ``compare`` was given.
        metric : str, default="accuracy"
            Metric to test.
        level : float, default=0.95
            Coverage of the interval of the difference.
        n_resamples, n_permutations : int, default=1000
            Bootstrap resamples, random permutations.

        Returns
        -------
        DataFrame
            Index: estimator. Columns

            - ``reference``, ``mean``, ``reference_mean`` (over each one's own repeats), ``difference``, ``low``,
              ``high`` (bootstrap by group; over the repeats that both have, as are the tests);
            - ``p_corrected_t``: corrected resampled t-test over folds, the one to read; ``p_student``: the paper's
              t-test on the same scores, too optimistic because folds share rows;
            - ``p_permutation``: predictions of the two swapped group by group (of pairs: member by member of one
              side, the larger p-value of the two sides); it ignores the luck of training;
            - ``p_corrected_t_holm``, ``p_permutation_holm``: adjusted for the number of estimators;
            - ``detectable``: smallest true difference that the corrected t-test would find with power 0.8;
            - ``p_chance``: labels permuted between groups (blocks of one group and label) against the predictions.
        """
        self._check_metric(metric)
        partners = self._partners(reference)
        weights = inference.group_weights(self, n_resamples)
        records = {}
        for name in self.estimators:
            pair, chance = (
                (name, partners.get(name), metric, level, n_resamples, n_permutations),
                (name, metric, n_permutations),
            )
            if pair not in self._found:  # verdict and report ask for the same tests again
                self._found[pair] = inference.compare_pair(self, *pair[:4], weights, n_permutations)
            if chance not in self._found:
                self._found[chance] = inference.chance_p(self, *chance)
            records[name] = self._found[pair] | {"p_chance": self._found[chance]}
        frame = pd.DataFrame.from_dict(records, orient="index").rename_axis("estimator")
        for column in ("p_corrected_t", "p_permutation"):
            # each p-value is judged beside those of the other estimators
            frame.insert(frame.columns.get_loc(column) + 1, f"{column}_holm", holm(frame[column]))
        return frame

    def _partners(self, reference):
        if reference is None:
            return self.partners
        if isinstance(reference, str):
            reference = {name: reference for name in self.estimators if name != reference}
        for name in (*reference, *reference.values()):
            self._check_estimator(name)
        return dict(reference)
