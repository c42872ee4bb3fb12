"""Reliability diagrams: what share of the rows is right that get one probability."""

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting._checks import check_class_scores, check_frame
from seqaug_sklearn.plotting._style import CHANCE, axes_for, line_style
from seqaug_sklearn.utils import equal_count_bins, invalid_parameter

__all__ = ["ReliabilityDisplay"]

_COLUMNS = ["probability", "share", "n"]


class ReliabilityDisplay:
    """Reliability diagram: mean probability of each bin of rows against the share that it came true for.

    On the diagonal probabilities mean what they say; below it a model is too sure of itself, above it not sure enough.
    Bins hold equal numbers of rows, shown in the lower panel, because bins of equal width hold next to nothing where
    rows are few. A point of 10 rows strays by .15 from the diagonal by chance alone.

    Parameters
    ----------
    curves : dict of str to DataFrame
        By model: a row per bin with its mean ``probability``, the ``share`` of rows that it came true for, and ``n``,
        the number of rows.
    event : str, default="answer"
        What the probabilities are of, for the labels of the axes.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (2,)
        Shares, and numbers of rows.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        Figure of the axes.
    lines_ : dict of str to matplotlib Line2D
        Curve of each model; the legend gives its calibration error.

    See Also
    --------
    seqaug_sklearn.evaluation.calibration_error : The mean distance from the diagonal.
    seqaug_sklearn.evaluation.ProbabilityCalibrator : Probabilities that lie on it.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.plotting import ReliabilityDisplay
    >>> probabilities = [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.1, 0.9]]
    >>> models, classes = {"kmers": probabilities}, ["a", "b"]
    >>> display = ReliabilityDisplay.from_predictions(["a", "b", "b", "b"], models, classes, n_bins=2)
    >>> display.curves["kmers"].round(2).to_dict("list")
    {'probability': [0.75, 0.9], 'share': [0.5, 1.0], 'n': [2, 2]}
    >>> plt.close(display.figure_)
    """

    def __init__(self, curves, *, event="answer"):
        self.curves = curves
        self.event = event

    @classmethod
    def from_predictions(cls, y_true, y_proba, classes, *, positive=None, n_bins=10, ax=None):
        """Bin the rows of each model, and plot the bins.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels.
        y_proba : array-like of shape (n_samples, n_classes), or dict of str to such arrays
            Probabilities of held-out rows; a dict gives those of several models.
        classes : array-like of shape (n_classes,)
            Class labels in the order of the columns, as ``classes_`` of the estimator.
        positive : object, default=None
            Class whose probability is compared with its share. None: the class that is answered, the most probable
            one, whose probability is compared with the share of right answers.
        n_bins : int, default=10
            Most bins: there are fewer where rows are, or where many probabilities are equal.
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ReliabilityDisplay

        Raises
        ------
        ValueError
            If labels, probabilities and classes do not fit, or ``n_bins`` is below 1.
        """
        if n_bins < 1:
            raise invalid_parameter("n_bins", f"must be at least 1, got {n_bins}; 10 is usual")
        models = y_proba if isinstance(y_proba, dict) else {"model": y_proba}
        curves = {name: _curve(y_true, values, classes, positive, n_bins) for name, values in models.items()}
        return cls(curves, event="answer" if positive is None else str(positive)).plot(ax)

    @classmethod
    def from_comparison(cls, comparison, *, names=None, positive=None, n_bins=10, ax=None):
        """Bin the test rows of the first repeat of a comparison, all folds together, and plot them.

        Parameters
        ----------
        comparison : Comparison
            What :func:`~seqaug_sklearn.evaluation.compare` gives.
        names : list of str, default=None
            Models; those without probabilities are left out. All by default.
        positive, n_bins, ax
            As in :meth:`from_predictions`.

        Returns
        -------
        ReliabilityDisplay

        Raises
        ------
        DataFormatError
            If no model gave probabilities.
        """
        known = comparison.calibration()["calibration_error"].notna()
        names = [name for name in (names or comparison.estimators) if known.get(name, True)]
        if not names:
            raise DataFormatError(
                "no model gave probabilities, so there is no reliability to draw; use models with predict_proba"
            )
        columns, probabilities = [f"score_{name}" for name in comparison.classes], {}
        for name in names:
            table = comparison.predictions(name)
            # repeats test the same rows again
            table = table[table["repeat"] == 0]
            probabilities[name] = table[columns].to_numpy()
        keywords = {"positive": positive, "n_bins": n_bins, "ax": ax}
        return cls.from_predictions(table["y_true"].to_numpy(), probabilities, comparison.classes, **keywords)

    def plot(self, ax=None):
        """Draw both panels.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : ReliabilityDisplay
        """
        for name, curve in self.curves.items():
            check_frame(curve, _COLUMNS, name=f"curve of {name!r}")
        self.axes_, self.figure_ = axes_for(ax, n_rows=2, figsize=(5, 5.6), height_ratios=(4, 1))
        self.ax_, counts = self.axes_
        self.ax_.plot([0, 1], [0, 1], **CHANCE)
        self.lines_ = {name: self._plot_model(i, name) for i, name in enumerate(self.curves)}
        of_answer = self.event == "answer"
        shares = "share of right answers" if of_answer else f"share of {self.event}"
        probabilities = "probability of the answer" if of_answer else f"probability of {self.event}"
        self.ax_.set(ylabel=shares, xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        counts.set(xlabel=probabilities, ylabel="rows", xlim=(-0.02, 1.02))
        counts.set_ylim(0, 1.15 * max(curve["n"].max() for curve in self.curves.values()))
        self.ax_.legend(title="calibration error", fontsize=8, title_fontsize=8, frameon=False)
        return self

    def to_frame(self):
        """Return the bins of all models: index ``estimator, bin``, columns ``probability, share, n``."""
        return pd.concat(self.curves, names=["estimator", "bin"])

    def _plot_model(self, i, name):
        curve, style = self.curves[name], {**line_style(i), "marker": "o", "markersize": 4}
        error = np.average(np.abs(curve["probability"] - curve["share"]), weights=curve["n"])
        (line,) = self.ax_.plot(curve["probability"], curve["share"], label=f"{name} ({error:.3f})", **style)
        self.axes_[1].plot(curve["probability"], curve["n"], **{**style, "linestyle": "none"})
        return line


def _curve(y_true, y_proba, classes, positive, n_bins):
    codes, y_proba, classes = check_class_scores(y_true, y_proba, classes)
    low, high = y_proba.min(), y_proba.max()
    if low < 0 or high > 1:
        raise invalid_parameter(
            "y_proba",
            f"must hold probabilities, from 0 to 1, got {low:.3g} to {high:.3g}; decision values become probabilities "
            "with ProbabilityCalibrator of seqaug_sklearn.evaluation",
        )
    if positive is None:
        said, came_true = y_proba.max(axis=1), y_proba.argmax(axis=1) == codes
    else:
        column = _column_of(positive, classes)
        said, came_true = y_proba[:, column], codes == column
    bins = equal_count_bins(said, n_bins)
    of_bins = pd.DataFrame({"probability": said, "share": came_true.astype(float)}).groupby(bins)
    return of_bins.mean().assign(n=of_bins.size())


def _column_of(positive, classes):
    places = np.flatnonzero(classes == positive)
    if len(places) == 0:
        shown = ", ".join(map(repr, classes[:6].tolist()))
        raise invalid_parameter("positive", f"must be one of the classes ({shown}), got {positive!r}")
    return int(places[0])
