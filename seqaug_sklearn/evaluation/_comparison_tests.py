"""Intervals and tests of a comparison, each computed once."""

from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation import _inference as inference
from seqaug_sklearn.evaluation._comparison_data import ComparisonData
from seqaug_sklearn.evaluation._metrics import RANK_METRICS, metrics_of, score_rows
from seqaug_sklearn.evaluation._statistics import detectable_shift, holm, t_interval
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import warn

__all__ = ["JudgedComparison"]


@dataclass(repr=False)
class JudgedComparison(ComparisonData):
    """A comparison whose scores can be distinguished from chance; the words and pages are those of ``Comparison``."""

    _found: dict = field(default_factory=dict, repr=False)

    def scores(self, metric: str | None = None, *, level: float = 0.95, n_resamples: int | None = None) -> pd.DataFrame:
        """Mean over folds, its standard error, and an interval of the expected score.

        The interval is that of models which are trained on *other data sets of this size* and tested on other groups:
        it includes the chance variation of the test groups and of the training groups. Repeats make the mean steadier,
        but they are no further data, and the interval knows (see :func:`~seqaug_sklearn.evaluation.group_t_test`). Of
        scikit-learn scorers, which score whole folds, it is that of the corrected t-test with the folds of one repeat.

        Parameters
        ----------
        metric : str, default=None
            One metric, or all of them. Intervals of ``auroc`` and ``auprc`` of classes take long where there are many
            and are computed only where the metric is named.
        level : float, default=0.95
            Coverage of the interval.
        n_resamples : int, default=None
            Without effect since intervals are no longer drawn at random; a number gives a warning.

        Returns
        -------
        DataFrame
            Index: estimator, or estimator and metric. Columns ``mean``, ``standard_error``, ``low``, ``high``.
        """
        _warn_of_resamples(n_resamples)
        names = self.metrics if metric is None else (self._check_metric(metric),)
        records = {
            (name, m): (
                self._mean(name, m),
                *self._interval(name, m, level, wanted=bool(metric) or self.task != "classes" or m not in RANK_METRICS),
            )
            for name in self.estimators
            for m in names
        }
        frame = pd.DataFrame.from_dict(records, orient="index", columns=["mean", "standard_error", "low", "high"])
        frame.index = pd.MultiIndex.from_tuples(frame.index, names=["estimator", "metric"])
        return frame if metric is None else frame.droplevel("metric")

    def tests(
        self,
        reference: str | dict[str, str] | None = None,
        metric: str | None = None,
        *,
        level: float = 0.95,
        n_resamples: int | None = None,
        n_permutations: int = 100,
    ) -> pd.DataFrame:
        """Compare each estimator with its reference, and with chance.

        Parameters
        ----------
        reference : str or dict of str to str, default=None
            One reference for all, or the partner of each; by default what ``compare`` was given.
        metric : str, default=None
            Metric to test; accuracy, of numbers Spearman, of labels AUROC, or the first one there is.
        level : float, default=0.95
            Coverage of the interval of the difference; ``1 - level`` is the level of the tests.
        n_resamples : int, default=None
            Without effect since intervals are no longer drawn at random; a number gives a warning.
        n_permutations : int, default=100
            Permutations of the labels that ``chance`` is a mean over, for metrics of which it is not known.

        Returns
        -------
        DataFrame
            Index: estimator. Columns

            - ``reference``, ``mean``, ``reference_mean`` (over each one's own repeats), ``difference``, ``low``,
              ``high`` (over the repeats that both have, as are the tests): the interval of the difference between
              models trained on other data sets of this size;
            - ``p_value``: the test of that difference, the one to read (see
              :func:`~seqaug_sklearn.evaluation.group_t_test`); ``p_value_holm``: adjusted for the number of estimators;
            - ``low_holm``, ``high_holm``: the interval at the level of the adjusted test, which excludes 0 where
              ``p_value_holm`` is below ``1 - level`` and only there;
            - ``detectable``: smallest true difference that the adjusted test would find with power 0.8;
            - ``p_corrected_t``, ``p_corrected_t_holm``: corrected resampled t-test over folds, as in the literature;
              ``p_student``: the window paper's t-test on the same scores, too optimistic because folds share rows;
            - ``chance``, ``p_chance``: the score of these predictions if labels had nothing to do with them, and the
              test of the score against it; it is below ``1 - level`` where the interval of ``summary`` excludes chance.
              ``p_chance_best`` allows for the estimator having been picked among all of them;
            - ``standard_error``, ``df``: of ``difference``.
        """
        _warn_of_resamples(n_resamples)
        metric = self.headline_metric(metric)
        partners = self._partners(reference)
        pairs = {name: self._pair(name, partners.get(name), metric, level) for name in self.estimators}
        frame = pd.DataFrame.from_dict(pairs, orient="index").rename_axis("estimator")
        for column in ("p_value", "p_corrected_t"):
            # each p-value is judged beside those of the other estimators
            frame.insert(frame.columns.get_loc(column) + 1, f"{column}_holm", holm(frame[column]))
        return _adjusted(frame, 1 - level).join(self._against_chance(metric, level, n_permutations))

    def per_target(self, metric: str | None = None, *, level: float = 0.95) -> pd.DataFrame:
        """Score each target or label by itself, with intervals.

        Parameters
        ----------
        metric : str, default=None
            A score that is computed from predictions; the usual one by default.
        level : float, default=0.95
            Coverage of the intervals.

        Returns
        -------
        DataFrame
            Index: estimator and target. Columns ``mean``, ``standard_error``, ``low``, ``high`` as in :meth:`scores`,
            and ``n``, the rows of which the target is known.

        Raises
        ------
        DataFormatError
            If classes were predicted, or the score is a scorer of whole folds.
        """
        metric = self.headline_metric(metric)
        if self.task == "classes" or metric not in metrics_of(self.task):
            what = "classes were predicted" if self.task == "classes" else f"{metric!r} scores whole folds"
            raise DataFormatError(f"per_target needs scores of numbers or labels that predictions give; {what}")
        parts = {
            target: self._of_target(place, metric).scores(metric, level=level).assign(n=self._n_known(place))
            for place, target in enumerate(self.target_names)
        }
        table = pd.concat(parts, names=["target"]).swaplevel()
        order = pd.MultiIndex.from_product([self.estimators, self.target_names], names=["estimator", "target"])
        return table.loc[order]

    def _n_known(self, place):
        return int((~np.isnan(self.labels[:, place])).sum())

    def _of_target(self, place, metric):
        """The comparison by one target alone."""
        rows = {name: [fold.of_target(place) for fold in folds] for name, folds in self.rows.items()}
        folds = self.folds.copy()
        folds[metric] = [score_rows(fold, (metric,))[metric] for name in rows for fold in rows[name]]
        kept = {f.name: getattr(self, f.name) for f in fields(ComparisonData)}
        target = {"rows": rows, "folds": folds, "labels": self.labels[:, [place]], "metrics": (metric,)}
        return JudgedComparison(**kept | target | {"target_names": (self.target_names[place],)})

    def _mean(self, name, metric):
        return float(self.folds.loc[self.folds["estimator"] == name, metric].mean())

    def _interval(self, name, metric, level, *, wanted=True):
        if not wanted:
            return np.nan, np.nan, np.nan
        test = inference.judge_score(self.shared(name), name, metric, self._influence(name, metric), level)
        return test.standard_error, test.low, test.high

    def _influence(self, name, metric, *others):
        """What each group adds to a score, on the folds that all of these estimators have."""
        shared = self.shared(name, *others)
        return self._once(
            ("influence", name, metric, len(shared.test_rows)), lambda: inference.influence_of(shared, name, metric)
        )

    def _pair(self, name, partner, metric, level):
        def judged():
            influences = (
                ()
                if partner is None
                else tuple(self._influence(*order) for order in ((name, metric, partner), (partner, metric, name)))
            )
            return inference.compare_pair(self, name, partner, metric, influences, level)

        return self._once(("pair", name, partner, metric, level), judged)

    def _against_chance(self, metric, level, n_permutations):
        def judged():
            influences = {name: self._influence(name, metric) for name in self.estimators}
            chance = {name: inference.chance_level(self, name, metric, n_permutations) for name in self.estimators}
            tests = {
                name: inference.judge_score(self.shared(name), name, metric, influences[name], level, chance[name])
                for name in self.estimators
            }
            best = inference.luck_of_the_best(tests, influences, self.seed)
            found = {name: (chance[name], tests[name].pvalue, best[name]) for name in self.estimators}
            return pd.DataFrame.from_dict(found, orient="index", columns=["chance", "p_chance", "p_chance_best"])

        return self._once(("chance", metric, level, n_permutations), judged)

    def _once(self, key, compute):
        if key not in self._found:  # verdict and report ask for the same tests again
            self._found[key] = compute()
        return self._found[key]

    def _partners(self, reference):
        if reference is None:
            return self.partners
        if isinstance(reference, str):
            reference = {name: reference for name in self.estimators if name != reference}
        for name in (*reference, *reference.values()):
            self._check_estimator(name)
        return dict(reference)


def _adjusted(frame, alpha):
    """Add intervals at the level of the adjusted test, and what it can detect."""
    n_tests = int(np.isfinite(frame["p_value"]).sum())
    for name, row in frame.iterrows():
        error, df = row["standard_error"], row["df"]
        # the level at which this p-value would have to be to pass: Holm multiplies by the tests not yet passed
        own = alpha * row["p_value"] / row["p_value_holm"] if row["p_value"] > 0 else alpha / max(n_tests, 1)
        frame.loc[name, ["low_holm", "high_holm"]] = t_interval(row["difference"], error, df, 1 - own)
        frame.loc[name, "detectable"] = detectable_shift(error, df, alpha / max(n_tests, 1), 0.8)
    order = [*frame.columns]
    for column in ("low_holm", "high_holm", "detectable"):
        order.remove(column)
        order.insert(order.index("p_corrected_t"), column)
    return frame[order]


def _warn_of_resamples(n_resamples):
    if n_resamples is not None:
        warn("n_resamples has no effect: intervals are computed from the groups, not drawn at random", FutureWarning)
