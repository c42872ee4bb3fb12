"""What a model scores among rows that are similar in a shortcut."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from seqaug_sklearn.model_selection._shortcuts._alike_pairs import AlikePairs, exchange_alike, residuals_of
from seqaug_sklearn.model_selection._shortcuts._scores import area_and_influence
from seqaug_sklearn.model_selection._shortcuts._target import Target
from seqaug_sklearn.reporting import Result, p_equals
from seqaug_sklearn.utils import check_generator, invalid_data, invalid_parameter, is_whole

__all__ = ["BeyondShortcut", "score_beyond_shortcut"]

_N_DRAWS = 400
"""Samples of groups for an interval."""
_FEWEST_PAIRS = 50


@dataclass(frozen=True, repr=False)
class BeyondShortcut(Result):
    """Result of :func:`~seqaug_sklearn.model_selection.score_beyond_shortcut`.

    Attributes
    ----------
    score : float
        Score of the model among all rows.
    beyond : float
        Score among rows that are similar in the shortcut; NaN where the classes share too little of its range.
    low, high : float
        95 % interval of `beyond`, by group.
    p_value : float
        Share of exchanges of labels among rows similar in the shortcut that score as much, the true labels among them.
    n_pairs : int
        Pairs of rows of two classes that are alike (numbers: rows).
    metric : str
        "AUROC" or "Spearman correlation".
    """

    _title = "What is left beyond the shortcut?"

    score: float
    beyond: float
    low: float
    high: float
    p_value: float
    n_pairs: int
    metric: str

    def verdict(self) -> list[str]:
        """Say what is left, in one sentence."""
        return [self._tell()]

    def to_frame(self) -> pd.DataFrame:
        """Return the numbers, one row."""
        return pd.DataFrame([asdict(self)])

    def _tell(self):
        of = f"Of the model's {self.metric} of {self.score:.3f}"
        if np.isnan(self.beyond):
            return (
                f"{of}, nothing can be said beyond the shortcut: the classes share so little of its range that only "
                f"{self.n_pairs} pairs are alike."
            )
        told = f"{of}, {self.beyond:.3f} ({self.low:.3f} to {self.high:.3f}) is left among rows similar in the shortcut"
        nothing = 0.5 if self.metric == "AUROC" else 0.0
        nothing_left = "" if self.p_value <= 0.05 else f", where {nothing:g} is chance"
        return f"{told}, {p_equals(self.p_value)}{nothing_left}."


def score_beyond_shortcut(
    y, scores, shortcut, *, task: str = "auto", groups=None, n_permutations: int = 199, random_state=0
) -> BeyondShortcut:
    """Score a model among rows that are similar in a shortcut: what is left of its score beyond it.

    Give predictions of rows that the model was not fitted on, such as those of
    :func:`~sklearn.model_selection.cross_val_predict`: predictions of its own training rows say nothing.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Classes, or numbers, NaN where not measured.
    scores : array-like of shape (n_samples,) or (n_samples, n_classes)
        Predicted numbers, or what the model gives to the second class in sorted order, or to each (``predict_proba``,
        ``decision_function``).
    shortcut : array-like of shape (n_samples,)
        The trait, such as ``ShortcutReport.values(trait)`` or a length. Of text only equal values are alike.
    task : {"auto", "classes", "number"}, default="auto"
        What y holds; "auto": as it is read.
    groups : array-like of shape (n_samples,), default=None
        What belongs together.
    n_permutations : int, default=199
        Exchanges of labels.
    random_state : None, int, RandomState or Generator, default=0
        Seed.

    Returns
    -------
    BeyondShortcut

    Raises
    ------
    DataFormatError
        If what was given does not fit.
    InvalidParameterError
        If `n_permutations` is below 19.

    See Also
    --------
    audit_shortcuts : Finds the shortcut.

    Notes
    -----
    Classes: of all pairs of a row of the class and one of another, those count that differ in the shortcut by at most a
    fifth of its standard deviation within classes (a usual caliper of matching). How often the first scores higher is
    fitted by a straight line in the difference, so that what differs inside the caliper does not count; its value at no
    difference is the score. It is an AUROC: .5 is chance. More than two classes: the mean of one against the
    rest. Numbers: Spearman's partial correlation, a spline of the shortcut being taken from both ranks.

    The interval draws groups with replacement. The p-value deals labels anew among ten groups in a row in the order of
    the shortcut (conditional permutation). Of more than 1,200 rows so many are drawn, whole groups together.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.model_selection import score_beyond_shortcut
    >>> rng = np.random.default_rng(2)
    >>> y = np.repeat([0, 1], 100)
    >>> gc = rng.normal(0.5 + 0.05 * y, 0.05)
    >>> print(score_beyond_shortcut(y, gc + rng.normal(0, 0.01, 200), gc).summary())
    Of the model's AUROC of 0.771, 0.559 (0.465 to 0.648) is left among rows similar in the shortcut, p = 0.105, ...
    """
    values, is_text = _shortcut(shortcut)
    target = Target.read(y, len(values), task)
    if target.kind in ("labels", "numbers"):
        raise invalid_data("y", "has several columns; pass one label, or one number, at a time")
    if not (is_whole(n_permutations) and n_permutations >= 19):
        raise invalid_parameter("n_permutations", f"must be a whole number of at least 19, got {n_permutations!r}")
    scores = _scores(scores, target, len(values))
    groups = np.arange(len(values)) if groups is None else pd.factorize(np.asarray(groups), use_na_sentinel=False)[0]
    if len(groups) != len(values):
        raise invalid_data("groups", f"must have one entry per row, {len(values)}, got {len(groups)}")
    rng = check_generator(random_state)
    if target.is_number:
        y = target.columns[:, 0]
        known = ~np.isnan(y)
        groups = np.unique(groups[known], return_inverse=True)[1]
        return _of_numbers(y[known], scores[known, 0], values[known], groups, n_permutations, rng)
    return _of_classes(target, scores, values, groups, is_text, n_permutations, rng)


def _shortcut(shortcut):
    values = np.asarray(shortcut)
    if values.ndim != 1:
        raise invalid_data("shortcut", f"must have one entry per row, got shape {values.shape}")
    if values.dtype.kind in "biuf":
        if not np.isfinite(values.astype(float)).all():
            raise invalid_data("shortcut", "holds values that are missing or infinite")
        return values.astype(float), False
    return pd.factorize(values)[0].astype(float), True


def _scores(scores, target, n_rows):
    """One column for each of the target's."""
    scores = np.asarray(scores, float)
    if scores.ndim == 2 and scores.shape[1] == 2 and target.columns.shape[1] == 1:
        scores = scores[:, 1]
    scores = scores[:, None] if scores.ndim == 1 else scores
    if scores.shape != (n_rows, target.columns.shape[1]):
        raise invalid_data(
            "scores", f"must be of shape ({n_rows},), or have a column for each class, got {scores.shape}"
        )
    if not np.isfinite(scores).all():
        raise invalid_data("scores", "hold values that are missing or infinite")
    return scores


def _of_classes(target, scores, values, groups, is_text, n_permutations, rng):
    columns = target.columns
    whole = np.mean([area_and_influence(*pair)[0] for pair in zip(scores.T, columns.T > 0, strict=True)])
    pairs = AlikePairs(values, columns, groups, is_text, rng)
    kept = pairs.rows
    true, scores, groups = columns[kept], scores[kept], groups[kept]
    beyond, n_pairs = pairs.scores(scores, true[None], np.ones((1, len(kept))))
    if n_pairs < _FEWEST_PAIRS or np.isnan(beyond[0]):
        return BeyondShortcut(float(whole), np.nan, np.nan, np.nan, np.nan, n_pairs, "AUROC")
    n_groups = groups.max() + 1
    draws = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), _N_DRAWS)[:, groups].astype(float)
    drawn = pairs.scores(scores, true[None], draws)[0]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    dealt = np.stack(list(exchange_alike(true, values[kept], groups, n_permutations, rng)))
    by_chance = pairs.scores(scores, dealt, np.ones((1, len(kept))))[0]
    p = (1 + np.sum(by_chance >= beyond[0] - 1e-9)) / (1 + n_permutations)
    return BeyondShortcut(float(whole), float(beyond[0]), float(low), float(high), float(p), n_pairs, "AUROC")


def _of_numbers(y, scores, values, groups, n_permutations, rng):
    ranks, told = rankdata(y), rankdata(scores)
    whole = float(np.corrcoef(ranks, told)[0, 1])
    left = residuals_of(values, np.column_stack([ranks, told]))
    first, second = (left / np.maximum(left.std(axis=0), 1e-12)).T
    beyond = float((first * second).mean())
    influence = (first * second - beyond * (first**2 + second**2) / 2) / len(y)
    error = np.sqrt((np.bincount(groups, influence) ** 2).sum())
    # on Fisher's scale, which has no ends
    centre, half = np.arctanh(np.clip(beyond, -0.999, 0.999)), 1.96 * error / max(1 - beyond**2, 1e-3)
    low, high = np.tanh([centre - half, centre + half])
    dealt = np.column_stack(
        [deal[:, 0] for deal in exchange_alike(ranks[:, None], values, groups, n_permutations, rng)]
    )
    dealt = residuals_of(values, dealt)
    by_chance = second @ dealt / len(y) / np.maximum(dealt.std(axis=0), 1e-12)
    p = (1 + np.sum(by_chance >= beyond - 1e-9)) / (1 + n_permutations)
    return BeyondShortcut(whole, beyond, float(low), float(high), float(p), len(y), "Spearman correlation")
