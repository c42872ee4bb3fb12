"""ROC and precision-recall curves of several models on two classes."""

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting._style import axes_for, line_style

__all__ = ["BinaryCurvesDisplay"]

_MANY = 4
"""More names than this would cover the curves; they stand below them."""


class BinaryCurvesDisplay:
    """ROC and precision-recall curves of two classes side by side, a line for each model.

    Parameters
    ----------
    predictions : dict of str to (array-like of shape (n_rows,), array-like of shape (n_rows,))
        By model: true labels (the positive class sorts last), and scores of the positive class.
    positive : object
        The positive class, for the labels of the axes.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (2,)
        ROC, and precision-recall.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        Figure of the axes.
    lines_ : dict of str to (matplotlib Line2D, matplotlib Line2D)
        Both curves of each model.

    See Also
    --------
    MeanCurvesDisplay : Curves averaged over classes or folds.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.plotting import BinaryCurvesDisplay
    >>> display = BinaryCurvesDisplay({"network": ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])}, "promoter").plot()
    >>> display.axes_[1].get_xlabel()
    'recall (promoter)'
    >>> plt.close(display.figure_)
    """

    def __init__(self, predictions, positive):
        self.predictions = predictions
        self.positive = positive

    @classmethod
    def from_comparison(cls, comparison, *, names=None, ax=None):
        """Put the test rows of all folds and repeats of a comparison together and plot them.

        Parameters
        ----------
        comparison : Comparison
            What :func:`~seqaug_sklearn.evaluation.compare` gives, of two classes.
        names : list of str, default=None
            Models; all that gave scores by default.
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        BinaryCurvesDisplay

        Raises
        ------
        DataFormatError
            If there are more than two classes, or no model gave scores.
        """
        if len(comparison.classes) != 2:
            raise DataFormatError(f"curves of two classes were asked for, but there are {len(comparison.classes)}")
        positive = comparison.classes[1]
        tables = {name: comparison.predictions(name) for name in (names or comparison.estimators)}
        column = f"score_{positive}"
        predictions = {
            name: (table["y_true"] == positive, table[column]) for name, table in tables.items() if column in table
        }
        if not predictions:
            raise DataFormatError("no model gave scores of classes, so there are no curves to draw")
        return cls(predictions, positive).plot(ax)

    def plot(self, ax=None):
        """Draw both panels.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : BinaryCurvesDisplay
        """
        below, height = {}, 4.2
        if len(self.predictions) > _MANY:
            below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16)}
            height += 0.17 * len(self.predictions)  # a line of the legend
        self.axes_, self.figure_ = axes_for(ax, n_columns=2, figsize=(8, height))
        self.ax_ = self.axes_[0]
        self.lines_ = {name: self._plot_model(i, name) for i, name in enumerate(self.predictions)}
        self.axes_[0].set(xlabel="false positive rate", ylabel=f"true positive rate ({self.positive})")
        self.axes_[1].set(xlabel=f"recall ({self.positive})", ylabel=f"precision ({self.positive})")
        for panel in self.axes_:
            panel.legend(fontsize=8, frameon=False, **below)
        return self

    def _plot_model(self, i, name):
        from sklearn.metrics import PrecisionRecallDisplay, RocCurveDisplay

        true, score = self.predictions[name]
        for display, panel in zip((RocCurveDisplay, PrecisionRecallDisplay), self.axes_, strict=True):
            display.from_predictions(true, score, name=name, ax=panel)
            # the argument that styles the line is not the same in every release of scikit-learn
            panel.lines[-1].set(**line_style(i))
        return tuple(panel.lines[-1] for panel in self.axes_)
