"""Classification metrics on weighted rows, for many weightings at once.

A score without one group, a bootstrap resample and the plain score differ only in how much each row counts, so every
metric takes ``weights`` of shape (n_weightings, n_rows). Greater is better for all of them.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

__all__ = [
    "BINARY_METRICS",
    "LABEL_METRICS",
    "METRICS",
    "PROBABILITY_METRICS",
    "RANK_METRICS",
    "FoldRows",
    "leave_one_out",
    "mean_over_folds",
    "metrics_for",
    "pair_units",
    "score_rows",
    "squared_errors",
]

BINARY_METRICS = ("precision", "recall", "f1")
"""Those of the second of two classes."""
LABEL_METRICS = (
    "accuracy",
    "balanced_accuracy",
    *BINARY_METRICS,
    "precision_macro",
    "recall_macro",
    "f1_macro",
    "precision_weighted",
    "recall_weighted",
    "f1_weighted",
    "mcc",
)
RANK_METRICS = ("auroc", "auprc")
PROBABILITY_METRICS = ("neg_log_loss", "neg_brier_score")
"""Those that need probabilities; of decision values they are NaN."""
METRICS = (*LABEL_METRICS, *RANK_METRICS, *PROBABILITY_METRICS)
"""Names that ``scoring=`` computes from the kept predictions."""

FEW_CLASSES = 8
"""Up to this many classes dense products are faster than sparse ones."""

# weights of a part: 32 MB as float64
_CHUNK = 4_000_000


@dataclass(frozen=True)
class FoldRows:
    """Test rows of one fold.

    Attributes
    ----------
    true, predicted : int ndarray of shape (n_rows,)
        Class indices.
    scores : float ndarray of shape (n_rows, n_classes) or None
        Probabilities or decision values; None where the classifier has neither.
    probability : bool
        Whether scores are probabilities.
    groups : int ndarray of shape (n_rows,) or (n_rows, 2)
        Group index of each row: the column of its weight. Of pairs two such columns, whose weights are multiplied.
    n_classes : int
        Classes of the whole data.
    """

    true: np.ndarray
    predicted: np.ndarray
    scores: np.ndarray | None
    probability: bool
    groups: np.ndarray
    n_classes: int


def metrics_for(n_classes: int) -> tuple[str, ...]:
    """Metrics that exist for this number of classes."""
    return tuple(m for m in METRICS if n_classes == 2 or m not in BINARY_METRICS)


def pair_units(members: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Columns of weights of pairs for a bootstrap that draws the members of both sides.

    A member of several pairs is a unit. A pair without such a member is one itself, and a member of one pair only is
    none: drawing it too would draw the same pair twice.

    Parameters
    ----------
    members : int ndarray of shape (n_pairs, 2)
        Numbers of the members.
    rows : int ndarray
        The pairs that count, those that are tested.

    Returns
    -------
    int ndarray of shape (n_pairs, 2)
        Units; -1, the last column of the weights, is one whose weight is always 1.
    """
    # members of several tested pairs carry the dependence between pairs
    repeated = np.bincount(members[rows].ravel(), minlength=members.max() + 1) > 1
    units = np.where(repeated, np.cumsum(repeated) - 1, -1)[members]
    lone = np.zeros(len(members), bool)
    lone[rows] = True
    lone &= (units < 0).all(axis=1)
    # a pair that shares no member is independent of all others, and is drawn by itself
    units[lone, 0] = repeated.sum() + np.arange(lone.sum())
    return units


def squared_errors(probabilities: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Squared distance of each row's probabilities and its outcome, halved: between 0 and 1; their mean is Brier's.

    With two classes it is the squared error of the second class's probability.
    """
    truth = np.eye(probabilities.shape[1])[codes]
    return ((probabilities - truth) ** 2).sum(axis=1) / 2


def score_rows(rows: FoldRows, metrics: tuple[str, ...]) -> dict[str, float]:
    """Plain scores of one fold, every row counted once."""
    weights = np.ones((1, len(rows.true)))
    label = _label_scores(rows, weights)
    return {m: float(label[m][0] if m in label else _score(m, rows, weights)[0]) for m in metrics}


def mean_over_folds(metric: str, folds: list[FoldRows], group_weights: np.ndarray) -> np.ndarray:
    """Mean of a metric over folds, for many weightings of the groups.

    A fold counts by the share of its rows' weight, so with one group per fold a bootstrap of groups is a bootstrap
    of folds. Folds where the metric is undefined are left out.

    Parameters
    ----------
    metric : str
        One of :data:`METRICS`.
    folds : list of FoldRows
        All folds of one classifier.
    group_weights : float ndarray of shape (n_weightings, n_groups)
        How often each group counts.

    Returns
    -------
    ndarray of shape (n_weightings,)
        NaN where no fold defines the metric.
    """
    total, share = np.zeros(len(group_weights)), np.zeros(len(group_weights))
    for fold in folds:
        step = max(1, _CHUNK // max(len(fold.true), 1))
        for start in range(0, len(group_weights), step):
            part = slice(start, start + step)
            # (n_weightings, n_rows), of pairs (n_weightings, n_rows, 2)
            weights = group_weights[part][:, fold.groups].astype(float)
            if weights.ndim == 3:
                # a pair counts as often as both of its members are drawn together
                weights = weights.prod(axis=2)
            # a resample may leave a fold without a class or without rows; it then counts by nothing
            scored, counted = _weighted(metric, fold, weights).T
            total[part] += scored
            share[part] += counted
    return _ratio(total, share, empty=np.nan)


def leave_one_out(metric: str, folds: list[FoldRows], n_units: int) -> tuple[float, np.ndarray, np.ndarray]:
    """Mean of a metric over folds, the same without each unit's test rows, and each unit's share of the weight.

    It is :func:`mean_over_folds` with the weight of one unit after another set to 0; a fold is scored again only for
    the units that it tests.

    Parameters
    ----------
    metric : str
        One of :data:`METRICS`.
    folds : list of FoldRows
        All folds of one classifier; ``groups`` holds units, or two columns of them. -1 is no unit.
    n_units : int
        Number of units.

    Returns
    -------
    score : float
        NaN where no fold defines the metric.
    without : ndarray of shape (n_units,)
        The score without each unit.
    shares : ndarray of shape (n_units,)
        Share of the test rows of all folds that are the unit's; 0 for those that no fold tests.
    """
    # sums of fold share times fold score, and of fold shares, of all folds; and what each unit changes of them
    total, change, shares = np.zeros(2), np.zeros((n_units, 2)), np.zeros(n_units)
    for fold in folds:
        columns = fold.groups.reshape(len(fold.true), -1)
        units = np.unique(columns[columns >= 0])
        whole = _weighted(metric, fold, np.ones((1, len(fold.true))))[0]
        total += whole
        step = max(1, _CHUNK // max(len(fold.true), 1))
        for start in range(0, len(units), step):
            part = units[start : start + step]
            # (n_units, n_rows): whether a row stays
            stays = (columns[None] != part[:, None, None]).all(axis=2).astype(float)
            change[part] += _weighted(metric, fold, stays) - whole
            shares[part] += 1 - stays.mean(axis=1)
    without = total + change
    score = _ratio(total[:1], total[1:], empty=np.nan)[0]
    return float(score), _ratio(without[:, 0], without[:, 1], empty=np.nan), shares / len(folds)


def _weighted(metric, fold, weights):
    """Share of a fold's rows that count, times the score, and that share: (n_weightings, 2); 0 where undefined."""
    values = _score(metric, fold, weights)
    counted = np.where(np.isfinite(values), weights.mean(axis=1), 0.0)
    return np.column_stack([counted * np.where(np.isfinite(values), values, 0.0), counted])


def _score(metric, rows, weights):
    if metric == "accuracy":  # the one that is asked for most
        return _ratio(weights @ (rows.true == rows.predicted), weights.sum(axis=1), empty=np.nan)
    if metric in LABEL_METRICS:
        return _label_scores(rows, weights)[metric]
    if rows.scores is None or (metric in PROBABILITY_METRICS and not rows.probability):
        return np.full(len(weights), np.nan)
    if metric in PROBABILITY_METRICS:
        of_rows = _log_of_true(rows) if metric == "neg_log_loss" else -squared_errors(rows.scores, rows.true)
        return _ratio(weights @ of_rows, weights.sum(axis=1), empty=np.nan)
    return _rank_scores(rows, weights)[metric]


def _ratio(numerator, denominator, empty=0.0):
    filled = np.full(np.broadcast(numerator, denominator).shape, empty)
    return np.divide(numerator, denominator, out=filled, where=denominator > 0)


def _per_class(weights, labels, n_classes):
    """Weight of each class: (n_weightings, n_classes)."""
    n = len(labels)
    if n_classes <= FEW_CLASSES:
        return weights @ (labels[:, None] == np.arange(n_classes)).astype(float)
    # (n_classes, n_rows) of 0/1: a sparse product instead of a bincount for each weighting
    indicator = sparse.csr_array((np.ones(n), (labels, np.arange(n))), shape=(n_classes, n))
    return (indicator @ weights.T).T


def _label_scores(rows, weights):
    # row sums, column sums and the diagonal of the confusion matrix, each (n_weightings, n_classes): all label metrics
    # follow from these
    hit = rows.true == rows.predicted
    correct = _per_class(weights[:, hit], rows.true[hit], rows.n_classes)
    support = _per_class(weights, rows.true, rows.n_classes)
    guessed = _per_class(weights, rows.predicted, rows.n_classes)
    per_class = {
        "precision": _ratio(correct, guessed),
        "recall": _ratio(correct, support),
        "f1": _ratio(2 * correct, support + guessed),
    }
    # scikit-learn's macro averages run over classes that occur or are predicted
    n, seen = support.sum(axis=1), (support + guessed > 0).sum(axis=1)
    scores = {
        "accuracy": _ratio(correct.sum(axis=1), n, empty=np.nan),
        "balanced_accuracy": _ratio(per_class["recall"].sum(axis=1), (support > 0).sum(axis=1), empty=np.nan),
        "mcc": np.where(n > 0, _matthews(correct, support, guessed), np.nan),
    }
    for name, values in per_class.items():
        scores[name] = np.where(n > 0, values[:, 1], np.nan) if rows.n_classes == 2 else np.full(len(n), np.nan)
        scores[f"{name}_macro"] = _ratio(values.sum(axis=1), seen, empty=np.nan)
        scores[f"{name}_weighted"] = _ratio((values * support).sum(axis=1), n, empty=np.nan)
    return scores


def _matthews(correct, support, guessed):
    # Matthews' correlation of many classes (Gorodkin 2004, doi 10.1016/j.compbiolchem.2004.09.006): the covariance of
    # true and predicted classes over their standard deviations
    n = support.sum(axis=1)
    covariance = correct.sum(axis=1) * n - (support * guessed).sum(axis=1)
    spread = (n**2 - (support**2).sum(axis=1)) * (n**2 - (guessed**2).sum(axis=1))
    return _ratio(covariance, np.sqrt(np.maximum(spread, 0)))


def _rank_scores(rows, weights):
    """Binary: of the second class. Otherwise one against the rest, averaged over the classes with positive rows."""
    classes = [1] if rows.n_classes == 2 else np.unique(rows.true)
    curves = [_areas(rows.scores[:, c], rows.true == c, weights) for c in classes]
    means = {}
    for i, metric in enumerate(RANK_METRICS):
        values = np.array([areas[i] for areas in curves])
        defined = np.isfinite(values)
        means[metric] = _ratio(np.where(defined, values, 0).sum(axis=0), defined.sum(axis=0), empty=np.nan)
    return means


def _areas(score, positive, weights):
    """Area under the ROC curve (ties count half) and average precision: each (n_weightings,)."""
    # best score first; rows of one score are one step of the curve, whatever their order
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0])
    ordered, sign = weights[:, order], positive[order]
    hits = np.add.reduceat(ordered * sign, starts, axis=1)
    misses = np.add.reduceat(ordered * ~sign, starts, axis=1)
    # (n_weightings, n_steps)
    true_positives, n_positive, n_negative = hits.cumsum(axis=1), hits.sum(axis=1), misses.sum(axis=1)
    # for each negative row, the positive rows above it and half of those beside it: the statistic of Mann and Whitney
    roc = (misses * (true_positives - hits / 2)).sum(axis=1)
    # average precision: the precision at each step, weighted by the recall gained there, as scikit-learn has it
    precision = _ratio(true_positives, true_positives + misses.cumsum(axis=1))
    return (
        _ratio(roc, n_positive * n_negative, empty=np.nan),
        _ratio((hits * precision).sum(axis=1), n_positive, empty=np.nan),
    )


def _log_of_true(rows):
    """Logarithm of the probability of each row's class: (n_rows,)."""
    of_true = rows.scores[np.arange(len(rows.true)), rows.true]
    # as in scikit-learn, which clips by the same amount: a class without training rows gets probability 0
    return np.log(np.clip(of_true, np.finfo(float).eps, 1))
