"""Scores of models as dots, with their intervals and every fold."""

import numpy as np

from seqaug_sklearn.plotting._checks import check_frame
from seqaug_sklearn.plotting._rows import draw_dot, finish_rows, place_row_legend, rows_for
from seqaug_sklearn.reporting import BLUE, SLATE, VERMILLION

__all__ = ["ScoreDotsDisplay"]


class ScoreDotsDisplay:
    """A row for each model: its mean score with the interval, and the score of each fold.

    Make it with :meth:`from_comparison`.

    Parameters
    ----------
    scores : pandas.DataFrame
        One row per model, from top to bottom; columns ``mean``, ``low`` and ``high`` (NaN: no interval).
    folds : dict of str to array-like of shape (n_folds,), default=None
        Scores of each model, one for each fold; small dots.
    score_name : str, default="score"
        Name of the score, for the axis.
    chance : dict of str to (float, str), default=None
        Vertical lines by label: where, and in which line style.
    standouts : collection of str, default=()
        Models in another colour, such as the lookup baseline.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    dots_ : dict of str to matplotlib Line2D
        Mean of each model.

    See Also
    --------
    ScoreDifferencesDisplay : What models score more than their reference.

    Examples
    --------
    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> from seqaug_sklearn.plotting import ScoreDotsDisplay
    >>> scores = pd.DataFrame({"mean": [0.8, 0.6], "low": [0.7, 0.5], "high": [0.9, 0.7]}, index=["network", "k-mers"])
    >>> display = ScoreDotsDisplay(scores, score_name="accuracy").plot()
    >>> list(display.dots_)
    ['network', 'k-mers']
    >>> plt.close(display.figure_)
    """

    def __init__(self, scores, folds=None, *, score_name="score", chance=None, standouts=()):
        self.scores = scores
        self.folds = folds
        self.score_name = score_name
        self.chance = chance
        self.standouts = standouts

    @classmethod
    def from_comparison(cls, comparison, *, metric=None, score_name=None, chance=None, ax=None):
        """Take the scores of a comparison and plot them.

        Parameters
        ----------
        comparison : Comparison
            What :func:`~seqaug_sklearn.evaluation.compare` gives.
        metric : str, default=None
            Name of the score; accuracy, or the first one there is.
        score_name : str, default=None
            What to call it on the axis.
        chance : dict of str to (float, str), default=None
            Vertical lines by label: where, and in which line style.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ScoreDotsDisplay
        """
        metric = comparison.headline_metric(metric)
        folds = {model: rows[metric] for model, rows in comparison.folds.groupby("estimator")}
        about = {"score_name": score_name or metric, "chance": chance, "standouts": comparison.memorisers}
        return cls(comparison.scores(metric), folds, **about).plot(ax)

    def plot(self, ax=None):
        """Draw the rows.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : ScoreDotsDisplay
        """
        check_frame(self.scores, ["mean", "low", "high"], name="scores")
        self.ax_, self.figure_ = rows_for(ax, len(self.scores))
        for label, (value, line) in (self.chance or {}).items():
            self.ax_.axvline(value, color=SLATE, linestyle=line, linewidth=1, label=label)
        self.dots_ = {model: self._plot_row(i, model, row) for i, (model, row) in enumerate(self.scores.iterrows())}
        finish_rows(self.ax_, list(self.scores.index), self.score_name)
        if self.chance:
            place_row_legend(self.ax_, self.figure_, own=ax is None, n_columns=2)
        return self

    def _plot_row(self, i, model, row):
        color = VERMILLION if model in self.standouts else BLUE
        folds = (self.folds or {}).get(model, ())
        # beside the mean, so that the interval hides no fold
        self.ax_.plot(folds, np.full(len(folds), i + 0.18), ".", color=color, alpha=0.35, markersize=4)
        return draw_dot(self.ax_, row["mean"], row[["low", "high"]], i, color)
