"""Differences between models and their references, on what the data could not show."""

import numpy as np

from seqaug_sklearn.plotting._checks import check_frame
from seqaug_sklearn.plotting._rows import draw_dot, finish_rows, rows_for
from seqaug_sklearn.reporting import BAND, BLUE, SLATE

__all__ = ["ScoreDifferencesDisplay"]

_LEAST_REACH = 0.02


class ScoreDifferencesDisplay:
    """A row for each model with a reference: the difference with its interval, on what the data could not show.

    Make it with :meth:`from_comparison`.

    Parameters
    ----------
    differences : pandas.DataFrame
        One row per model; columns ``reference``, ``difference``, ``low``, ``high`` and ``detectable`` (the smallest
        difference that the data could show; NaN where it is not known), as ``Comparison.tests`` gives them.
    score_name : str, default="score"
        Name of the score, for the axis.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    dots_ : dict of str to matplotlib Line2D
        Difference of each model.

    See Also
    --------
    ScoreDotsDisplay : The scores themselves.

    Examples
    --------
    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> from seqaug_sklearn.plotting import ScoreDifferencesDisplay
    >>> row = {"reference": "network", "difference": 0.05, "low": 0.01, "high": 0.09, "detectable": 0.03}
    >>> display = ScoreDifferencesDisplay(pd.DataFrame([row], index=["network, edits"])).plot()
    >>> list(display.dots_)
    ['network, edits']
    >>> plt.close(display.figure_)
    """

    def __init__(self, differences, *, score_name="score"):
        self.differences = differences
        self.score_name = score_name

    @classmethod
    def from_comparison(cls, comparison, *, metric=None, score_name=None, ax=None):
        """Take the differences of a comparison and plot them.

        Parameters
        ----------
        comparison : Comparison
            What :func:`~seqaug_sklearn.evaluation.compare` gives, with ``reference``.
        metric : str, default=None
            Name of the score; accuracy, or the first one there is.
        score_name : str, default=None
            What to call it on the axis.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ScoreDifferencesDisplay

        Raises
        ------
        DataFormatError
            If no model has a reference.
        """
        metric = comparison.headline_metric(metric)
        tests = comparison.tests(metric=metric)
        return cls(tests[tests["reference"].notna()], score_name=score_name or metric).plot(ax)

    def plot(self, ax=None):
        """Draw the rows.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : ScoreDifferencesDisplay
        """
        columns = ["reference", "difference", "low", "high", "detectable"]
        pairs = check_frame(self.differences, columns, name="differences")
        self.ax_, self.figure_ = rows_for(ax, 1.4 * len(pairs))
        self.ax_.axvline(0, color=SLATE, linewidth=1)
        self.dots_ = {model: self._plot_row(i, row) for i, (model, row) in enumerate(pairs.iterrows())}
        # the results decide the axis: where the grey bar fills the row, the data could show next to nothing
        reach = 1.15 * np.nanmax([*pairs[columns[1:4]].abs().to_numpy().ravel(), _LEAST_REACH])
        self.ax_.set_xlim(-reach, reach)
        labels = [f"{model}\n− {row['reference']}" for model, row in pairs.iterrows()]
        finish_rows(self.ax_, labels, f"difference in {self.score_name} (grey: too small for this data to show)")
        return self

    def _plot_row(self, i, row):
        if np.isfinite(row["detectable"]):
            self.ax_.barh(i, 2 * row["detectable"], left=-row["detectable"], height=0.6, color=BAND, zorder=0)
        return draw_dot(self.ax_, row["difference"], row[["low", "high"]], i, BLUE)
