"""Predicted against measured numbers."""

import numpy as np

from seqaug_sklearn.plotting._regression._panels import (
    axis_name,
    cloud,
    panel_title,
    panels_for,
    read_values,
    values_of_comparison,
)
from seqaug_sklearn.plotting._style import CHANCE, shorten

__all__ = ["PredictedTrueDisplay"]


class PredictedTrueDisplay:
    """Predicted against measured numbers, a panel for each target, with Spearman's correlation and R².

    A good model's points lie along the diagonal. A flat cloud ranks rows but does not reach their spread: models that
    know little predict close to the mean. Where points are many, their density is drawn.

    Parameters
    ----------
    values : dict of str to (array-like of shape (n_rows,), array-like of shape (n_rows,))
        By target: measured and predicted values.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_targets,)
        Panels.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        Figure of the axes.
    scores_ : dict of str to dict of str to float
        ``spearman``, ``r2`` and ``n`` (rows) of each target.

    See Also
    --------
    ResidualsBySimilarityDisplay : Whether errors are smaller where training rows are similar.
    sklearn.metrics.PredictionErrorDisplay : Residuals against predicted values.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.plotting import PredictedTrueDisplay
    >>> display = PredictedTrueDisplay.from_predictions([0.1, 0.5, 0.9, float("nan")], [0.2, 0.4, 0.7, 0.6])
    >>> display.ax_.get_title(loc="left")
    'Spearman 1.00, R² 0.81 (3 rows)'
    >>> plt.close(display.figure_)
    """

    def __init__(self, values):
        self.values = values

    @classmethod
    def from_predictions(cls, y_true, y_pred, *, names=None, ax=None):
        """Plot predictions of held-out rows.

        Parameters
        ----------
        y_true : array-like of shape (n_rows,) or (n_rows, n_targets)
            Measured values; rows without one are left out, target by target.
        y_pred : array-like of the same shape
            Predictions.
        names : sequence of str, default=None
            Names of the targets; those of the columns by default.
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        PredictedTrueDisplay

        Raises
        ------
        ValueError
            If shapes differ, a prediction is not finite, or fewer than two rows of a target are known.
        """
        return cls(read_values(y_true, y_pred, names)).plot(ax)

    @classmethod
    def from_comparison(cls, comparison, estimator, *, targets=None, ax=None):
        """Plot the test rows of the first repeat of a comparison, all folds together.

        Parameters
        ----------
        comparison : Comparison
            What :func:`~seqaug_sklearn.evaluation.compare` gives, of numbers.
        estimator : str
            Name of the model.
        targets : list of str, default=None
            Targets to draw; all by default.
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        PredictedTrueDisplay

        Raises
        ------
        DataFormatError
            If no numbers were predicted, or there is no such target.
        """
        tables = values_of_comparison(comparison, estimator, targets)
        return cls(_known(tables)).plot(ax)

    def plot(self, ax=None):
        """Draw the panels.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : PredictedTrueDisplay
        """
        self.axes_, self.figure_ = panels_for(ax, len(self.values), size=(4.2, 4.6))
        self.ax_ = self.axes_[0]
        self.scores_ = {
            name: _draw(panel, name, np.asarray(true, float), np.asarray(predicted, float))
            for panel, (name, (true, predicted)) in zip(self.axes_, self.values.items(), strict=True)
        }
        return self


def _known(tables):
    columns = {name: (table["y_true"].to_numpy(), table["y_pred"].to_numpy()) for name, table in tables.items()}
    return {name: (true[~np.isnan(true)], predicted[~np.isnan(true)]) for name, (true, predicted) in columns.items()}


def _draw(ax, name, true, predicted):
    from scipy.stats import spearmanr
    from sklearn.metrics import r2_score

    low, high = min(true.min(), predicted.min()), max(true.max(), predicted.max())
    margin = 0.04 * (high - low) or 1.0
    ends = low - margin, high + margin
    cloud(ax, true, predicted, extent=(*ends, *ends))
    ax.plot(ends, ends, **CHANCE)
    # constant predictions rank nothing
    varies = np.ptp(predicted) > 0 and np.ptp(true) > 0
    spearman = float(spearmanr(true, predicted).statistic) if varies else float("nan")
    scores = {"spearman": spearman, "r2": float(r2_score(true, predicted)), "n": len(true)}
    of = f"{shorten(name, 36)}\n" if name not in ("", "y") else ""
    says = f"Spearman {spearman:.2f}" if varies else "all predictions equal"
    panel_title(ax, f"{of}{says}, R² {scores['r2']:.2f} ({len(true):,} rows)")
    ax.set(xlabel=axis_name("measured", name), ylabel=axis_name("predicted", name), xlim=ends, ylim=ends)
    ax.set_box_aspect(1)
    ax.spines[["top", "right"]].set_visible(False)
    return scores
