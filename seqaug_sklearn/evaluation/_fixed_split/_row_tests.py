"""Intervals and paired tests over the test rows of fitted models, whole groups of rows at a time."""

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from seqaug_sklearn.evaluation._metrics import ERROR_METRICS, RANK_METRICS, cut_rows, joined_rows, mean_over_folds
from seqaug_sklearn.evaluation._splits import middle_of
from seqaug_sklearn.evaluation._statistics import draw_group_weights, holm, percentile_interval

__all__ = ["TestRows", "chance_of", "chance_of_targets", "scores_of", "tests_of"]

_N_RESAMPLES = 2000


class TestRows:
    """Predictions of several models for some of the test rows.

    Parameters
    ----------
    rows : dict of str to list of Rows
        Predictions by model, one entry for each seed; test rows in one order.
    kept : bool ndarray of shape (n_test,)
        Test rows that count.
    groups : int ndarray of shape (n_test,)
        Rows of one group are drawn and exchanged together.
    metric : str
        One that the rows have.
    seed : int
        Seed of resamples.
    """

    __test__ = False  # pytest takes the name for that of a test

    def __init__(self, rows, kept, groups, metric: str, seed: int):
        units = np.unique(groups[kept], return_inverse=True)[1]
        self.rows = {name: [replace(cut_rows(f, kept), groups=units) for f in folds] for name, folds in rows.items()}
        self.units, self.metric, self.seed = units, metric, seed
        self.n_units = int(units.max()) + 1 if len(units) else 0

    def __len__(self):
        return len(self.units)

    @cached_property
    def first(self):
        """The rows as one of the models has them: what was to be predicted is the same for all."""
        return next(iter(self.rows.values()))[0]

    def of_target(self, place: int) -> "TestRows":
        """The same rows, of numbers or labels, by one of the targets alone."""
        rows = {name: [fold.of_target(place) for fold in folds] for name, folds in self.rows.items()}
        return TestRows(rows, np.ones(len(self), bool), self.units, self.metric, self.seed)

    def score(self, name: str, weights=None) -> np.ndarray:
        """Mean over seeds, for each weighting of the groups, or with every row once."""
        weights = np.ones((1, self.n_units)) if weights is None else weights
        return mean_over_folds(self.metric, self.rows[name], weights)

    def weights(self) -> np.ndarray:
        """Resamples of the groups, the same for all models."""
        return draw_group_weights(self.n_units, _N_RESAMPLES, np.random.default_rng([self.seed, 0]))


def chance_of(test: TestRows, prior: np.ndarray) -> float:
    """Best score by chance: of accuracies the commonest training class or one in K, of an AUROC one half; or NaN."""
    if test.metric == "accuracy":
        return max(float(np.mean(test.first.true == prior.argmax())), 1 / len(prior))
    return {"balanced_accuracy": 1 / len(prior), "auroc": 0.5, "mcc": 0.0}.get(test.metric, np.nan)


def chance_of_targets(test: TestRows, trained: np.ndarray, task: str) -> float:
    """Score without learning of numbers or labels, as ``Comparison.chance_of`` has it of folds.

    Parameters
    ----------
    test : TestRows
        The rows that decide.
    trained : float ndarray of shape (n_train, n_targets)
        Targets of the training rows; NaN where not known.
    task : {"number", "labels"}
        What they are.
    """
    if task == "labels":
        if test.metric != "accuracy":
            return {"auroc": 0.5, "balanced_accuracy": 0.5}.get(test.metric, np.nan)
        return max(_score_of_answer(test, (middle_of(np.mean, trained) >= 0.5).astype(float)), 0.5)
    if test.metric not in ERROR_METRICS:
        return 0.0
    return _score_of_answer(test, middle_of(np.median if test.metric == "neg_mae" else np.mean, trained))


def _score_of_answer(test, answer):
    """Score of one answer for all rows."""
    rows = replace(test.first, predicted=np.broadcast_to(answer, test.first.true.shape))
    return rows.plain((test.metric,))[test.metric]


def scores_of(test: TestRows) -> pd.DataFrame:
    """Score of each model with its 95 % interval: columns ``score, low, high``."""
    weights = test.weights() if test.n_units > 1 else None
    rows = {}
    for name in test.rows:
        low, high = (np.nan, np.nan) if weights is None else percentile_interval(test.score(name, weights))
        rows[name] = {"score": float(test.score(name)[0]), "low": low, "high": high}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def tests_of(test: TestRows, partners: dict[str, str]) -> pd.DataFrame:
    """Difference of each model from its partner, tested on the same rows.

    Returns
    -------
    DataFrame
        Index: model. Columns ``reference, difference, low, high`` (95 % interval by drawing groups), ``p_value`` (the
        predictions of both exchanged in whole groups), ``p_holm`` and ``outcome`` ("better", "worse", "unclear").
    """
    weights = test.weights() if test.n_units > 1 else None
    rows = {}
    for name, partner in partners.items():
        low = high = p = np.nan
        if weights is not None:
            low, high = percentile_interval(test.score(name, weights) - test.score(partner, weights))
            p = _exchange_p(test, name, partner)
        difference = float(test.score(name)[0] - test.score(partner)[0])
        rows[name] = {"reference": partner, "difference": difference, "low": low, "high": high, "p_value": p}
    columns = ["reference", "difference", "low", "high", "p_value"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("model")
    table["p_holm"] = holm(table["p_value"].to_numpy(float)) if len(table) else []
    clear = table["p_holm"] < 0.05
    better, worse = clear & (table["low"] > 0), clear & (table["high"] < 0)
    table["outcome"] = np.select([better, worse], ["better", "worse"], "unclear")
    return table


def _exchange_p(test, name, partner):
    """Two-sided p-value of a difference under exchanges of the two models' predictions in whole groups."""
    pairs = zip(test.rows[name], test.rows[partner], strict=True)
    folds = [_stacked(first, second, test.n_units, test.metric) for first, second in pairs]
    flips = np.random.default_rng([test.seed, 1]).integers(0, 2, (_N_RESAMPLES, test.n_units))
    flips[0] = 0  # the first one is what was found
    # rows of the second model have groups of their own: a weight of 0 takes a group's rows from the other model
    own, other = (
        mean_over_folds(test.metric, folds, np.hstack(sides)) for sides in ((1 - flips, flips), (flips, 1 - flips))
    )
    found = np.abs(own - other)
    if not np.isfinite(found[0]):
        return np.nan
    return float(np.mean(found[np.isfinite(found)] >= found[0] - 1e-12))


def _stacked(first, second, n_units, metric):
    """Rows of two models below each other, those of the second in groups of their own."""
    own, other = (_on_one_scale(rows, metric) for rows in (first, second))
    if own.scores is None or other.scores is None:
        own, other = _without_scores(own), _without_scores(other)
    stacked: Any = joined_rows([own, replace(other, groups=second.groups + n_units)])
    return replace(stacked, probability=first.probability and second.probability) if own.scores is not None else stacked


def _on_one_scale(rows, metric):
    """Rows with ranks where a metric asks for no more: probabilities and decision values get one scale."""
    if metric == "spearman":
        return replace(rows, predicted=rankdata(rows.predicted, axis=0))
    if metric in RANK_METRICS and rows.scores is not None:
        return replace(rows, scores=rankdata(rows.scores, axis=0))
    return rows


def _without_scores(rows):
    # numbers have none
    return rows if rows.scores is None else replace(rows, scores=None, probability=False)
