"""Scores of each target or label."""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting._checks import check_frame
from seqaug_sklearn.plotting._rows import finish_rows, place_row_legend
from seqaug_sklearn.plotting._style import axes_for, fill_style, short_labels
from seqaug_sklearn.reporting import BLACK, SLATE

__all__ = ["TargetScoresDisplay"]

_CHANCE = {"auroc": 0.5, "balanced_accuracy": 0.5}
"""Score by chance, where it is not 0."""
_MANY = 8
"""More models leave no room for their bars."""


class TargetScoresDisplay:
    """A group of bars for each target or label: the score of each model, with its interval, from chance on.

    Parameters
    ----------
    scores : pandas.DataFrame
        One row per model and target, its index; columns ``mean``, ``low`` and ``high`` (NaN: no interval), as
        ``Comparison.per_target`` gives them.
    score_name : str, default="score"
        Name of the score, for the axis.
    chance : float, default=0.0
        Where bars begin.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    bars_ : dict of str to matplotlib BarContainer
        Bars of each model, a bar for each target.

    See Also
    --------
    ScoreDotsDisplay : The mean over all targets.

    Examples
    --------
    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> from seqaug_sklearn.plotting import TargetScoresDisplay
    >>> index = pd.MultiIndex.from_product([["network", "k-mers"], ["liver", "root"]], names=["estimator", "target"])
    >>> values = {"mean": [0.9, 0.7, 0.8, 0.6], "low": [0.8, 0.6, 0.7, 0.5], "high": [0.95, 0.8, 0.9, 0.7]}
    >>> display = TargetScoresDisplay(pd.DataFrame(values, index), score_name="auroc", chance=0.5).plot()
    >>> [round(float(bar.get_width()), 1) for bar in display.bars_["network"]]
    [0.4, 0.2]
    >>> plt.close(display.figure_)
    """

    def __init__(self, scores, *, score_name="score", chance=0.0):
        self.scores = scores
        self.score_name = score_name
        self.chance = chance

    @classmethod
    def from_comparison(cls, comparison, *, metric=None, names=None, score_name=None, ax=None):
        """Score each target of a comparison and plot the scores.

        Parameters
        ----------
        comparison : Comparison
            What :func:`~seqaug_sklearn.evaluation.compare` gives, of numbers or labels.
        metric : str, default=None
            Name of the score; the usual one by default.
        names : list of str, default=None
            Models; all by default.
        score_name : str, default=None
            What to call the score on the axis.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        TargetScoresDisplay

        Raises
        ------
        DataFormatError
            If classes were predicted, or the comparison has no such model.
        """
        metric = comparison.headline_metric(metric)
        scores = comparison.per_target(metric)
        if names is not None:
            unknown = [name for name in names if name not in comparison.estimators]
            if unknown:
                raise DataFormatError(
                    f"no estimator {unknown[0]!r} in this comparison; it has {', '.join(comparison.estimators)}"
                )
            scores = scores.loc[list(names)]
        return cls(scores, score_name=score_name or metric, chance=_CHANCE.get(metric, 0.0)).plot(ax)

    def plot(self, ax=None):
        """Draw the bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : TargetScoresDisplay

        Raises
        ------
        DataFormatError
            If the index is not one of models and targets, or there are more models than bars are distinguished.
        """
        check_frame(self.scores, ["mean", "low", "high"], name="scores")
        if self.scores.index.nlevels != 2:
            raise DataFormatError("scores must have an index of model and target, as Comparison.per_target gives it")
        models, targets = (self.scores.index.unique(level) for level in (0, 1))
        if len(models) > _MANY:
            raise DataFormatError(f"{len(models)} models are too many for bars side by side; choose up to {_MANY}")
        height = 1.3 + len(targets) * (0.16 * len(models) + 0.18)
        (self.ax_,), self.figure_ = axes_for(ax, figsize=(6.4, height))
        self.ax_.axvline(self.chance, color=SLATE, linewidth=1, zorder=3)
        self.bars_ = {model: self._plot_model(i, model, len(models), targets) for i, model in enumerate(models)}
        from_chance = f" (bars begin at chance, {self.chance:g})" if self.chance else ""
        finish_rows(self.ax_, short_labels(targets, 28), f"{self.score_name}{from_chance}")
        if len(models) > 1:
            place_row_legend(self.ax_, self.figure_, own=ax is None, n_columns=min(len(models), 3))
        return self

    def _plot_model(self, i, model, n_models, targets):
        table = self.scores.loc[model].reindex(targets)
        width = 0.8 / n_models
        places = np.arange(len(targets)) + (i - (n_models - 1) / 2) * width
        values = table["mean"].to_numpy(float)
        bars = self.ax_.barh(places, values - self.chance, width, left=self.chance, label=str(model), **fill_style(i))
        self.ax_.hlines(places, table["low"], table["high"], color=BLACK, linewidth=1.4, zorder=4)
        return bars
