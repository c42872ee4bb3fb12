"""Scores under a split that is not to be believed, and under one that is."""

from typing import Any

import numpy as np

from seqaug_sklearn.plotting._checks import check_frame
from seqaug_sklearn.plotting._rows import finish_rows, place_row_legend, rows_for
from seqaug_sklearn.reporting import BLUE, SLATE, VERMILLION

__all__ = ["TwoSplitsDisplay"]


class TwoSplitsDisplay:
    """A row for each model: its score under a leaking split (hollow), and where relatives are kept together.

    Parameters
    ----------
    scores : pandas.DataFrame
        One row per model, from top to bottom; a column for each of the two ``labels``.
    labels : pair of str, default=("as split", "relatives together")
        Names of the two; the first one is not to be believed.
    score_name : str, default="score"
        Name of the score, for the axis.
    chance : float, default=None
        Score by chance; a line is drawn there.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    marks_ : dict of str to matplotlib Line2D
        Scores under each split.

    See Also
    --------
    ProtocolGapDisplay : One score under several ways of splitting, as in the window paper.

    Examples
    --------
    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> from seqaug_sklearn.plotting import TwoSplitsDisplay
    >>> scores = pd.DataFrame({"as split": [0.96], "relatives together": [0.75]}, index=["lookup"])
    >>> display = TwoSplitsDisplay(scores, score_name="accuracy", chance=0.5).plot()
    >>> list(display.marks_)
    ['as split', 'relatives together']
    >>> plt.close(display.figure_)
    """

    def __init__(self, scores, *, labels=("as split", "relatives together"), score_name="score", chance=None):
        self.scores = scores
        self.labels = labels
        self.score_name = score_name
        self.chance = chance

    def plot(self, ax=None):
        """Draw the rows.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : TwoSplitsDisplay
        """
        check_frame(self.scores, list(self.labels), name="scores")
        self.ax_, self.figure_ = rows_for(ax, len(self.scores))
        rows = np.arange(len(self.scores))
        if self.chance is not None:
            self.ax_.axvline(self.chance, color=SLATE, linestyle="--", linewidth=1, label="chance")
        self.ax_.hlines(rows, *self.scores[list(self.labels)].to_numpy().T, color=SLATE, linewidth=1.2)
        # hollow: not to be believed
        hollow: dict[str, Any] = {"color": VERMILLION, "markerfacecolor": "white", "markeredgewidth": 1.6}
        filled: dict[str, Any] = {"color": BLUE}
        styles = zip(self.labels, (hollow, filled), strict=True)
        self.marks_ = {
            label: self.ax_.plot(self.scores[label], rows, "o", markersize=7, label=label, **style)[0]
            for label, style in styles
        }
        finish_rows(self.ax_, list(self.scores.index), self.score_name)
        place_row_legend(self.ax_, self.figure_, own=ax is None, n_columns=2 if self.chance is None else 3)
        return self
