"""Predicted class codes against true ones, as the window paper's notebook draws them."""

import numpy as np

from seqaug_sklearn.plotting._checks import check_same_length
from seqaug_sklearn.plotting._style import CHANCE, axes_for
from seqaug_sklearn.reporting import BLUE
from seqaug_sklearn.utils import check_class_labels

__all__ = ["PredictedCodesDisplay"]


class PredictedCodesDisplay:
    """Mean predicted class code of each class's windows against its true code, with one standard deviation.

    Codes are the places of the class names in alphabetical order, so distances between them mean nothing: a point off
    the diagonal says that some windows of the class were taken for others, not how far off they were. The notebook of
    the window augmentation paper draws it. Make it with :meth:`from_predictions`.

    Parameters
    ----------
    codes : ndarray of shape (n_classes,)
        True code of each class.
    means, deviations : ndarray of shape (n_classes,)
        Mean and standard deviation of the codes predicted for its windows.
    n_classes : int
        Number of all classes.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    points_ : matplotlib PathCollection
        One point per class.

    See Also
    --------
    LargeConfusionMatrixDisplay : Which classes are taken for which.

    References
    ----------
    Scientific Reports (2025), doi:10.1038/s41598-025-12796-9, notebook.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.plotting import PredictedCodesDisplay
    >>> display = PredictedCodesDisplay.from_predictions(list("aabbcc"), list("abbbcc"))
    >>> display.codes.tolist(), display.means.tolist()
    ([0, 1, 2], [0.5, 1.0, 2.0])
    >>> plt.close(display.figure_)
    """

    def __init__(self, codes, means, deviations, n_classes):
        self.codes = codes
        self.means = means
        self.deviations = deviations
        self.n_classes = n_classes

    @classmethod
    def from_predictions(cls, y_true, y_pred, *, color=BLUE, ax=None):
        """Average the predicted codes of each true class, and plot them.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_windows,)
            True and predicted labels.
        color : matplotlib colour, default=BLUE
            Colour of the points.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        PredictedCodesDisplay

        Raises
        ------
        ValueError
            If lengths differ, or nothing is given.
        """
        y_true = check_class_labels(y_true, name="y_true", subset=True)
        y_pred = check_class_labels(y_pred, name="y_pred", subset=True)
        check_same_length(y_true=y_true, y_pred=y_pred)
        classes, codes = np.unique(np.concatenate([y_true, y_pred]), return_inverse=True)
        true, predicted = codes[: len(y_true)], codes[len(y_true) :]
        there = np.unique(true)
        means = np.array([predicted[true == code].mean() for code in there])
        deviations = np.array([predicted[true == code].std() for code in there])
        return cls(there, means, deviations, len(classes)).plot(ax, color=color)

    def plot(self, ax=None, *, color=BLUE):
        """Draw one point per class.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        color : matplotlib colour, default=BLUE
            Colour of the points.

        Returns
        -------
        self : PredictedCodesDisplay
        """
        axes, self.figure_ = axes_for(ax, figsize=(5.6, 5.2))
        self.ax_ = axes[0]
        end = max(self.n_classes - 1, 1)
        self.ax_.plot([0, end], [0, end], label="all windows right", **CHANCE)
        style = {"fmt": "none", "ecolor": color, "elinewidth": 0.8, "alpha": 0.5}
        self.ax_.errorbar(self.codes, self.means, self.deviations, **style)
        label = f"{len(self.codes)} classes (mean ± 1 sd of windows)"
        self.points_ = self.ax_.scatter(self.codes, self.means, s=18, color=color, zorder=3, label=label)
        self.ax_.set(xlabel="true code (place in the alphabet)", ylabel="mean predicted code of its windows")
        self.ax_.set_title("Predicted class codes")
        self.ax_.spines[["top", "right"]].set_visible(False)
        self.ax_.legend(fontsize=9, loc="upper left", framealpha=0.85)
        return self
