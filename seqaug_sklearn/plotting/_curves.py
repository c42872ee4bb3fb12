"""Precision-recall and ROC curves of many classes (Figures 5 and 10)."""

import numbers

import numpy as np

from seqaug_sklearn.plotting._checks import check_class_scores, check_same_length
from seqaug_sklearn.plotting._style import CHANCE, axes_for, line_style, place_legend, short_labels, shorten
from seqaug_sklearn.utils import check_generator, invalid_parameter

__all__ = ["MeanCurvesDisplay", "PrecisionRecallByClassDisplay"]

_GRID = np.linspace(0.0, 1.0, 201)


class PrecisionRecallByClassDisplay:
    """Precision-recall curves of a few classes, one against the rest, with their average precision.

    With a hundred classes a plot of all is unreadable, so a seeded random choice is drawn, as in Figure 5 of the window
    augmentation paper. Make it with :meth:`from_predictions`.

    Parameters
    ----------
    precision, recall : list of ndarray
        Points of each curve, as ``sklearn.metrics.precision_recall_curve`` gives them.
    average_precision : list of float
        Average precision of each class.
    class_names : list
        Labels of the classes.
    prevalence : float, default=None
        Mean share of the drawn classes among the rows: the precision by chance.
    n_candidates : int, default=None
        Number of classes the choice was made from.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    lines_ : list of matplotlib Line2D
        One per class.
    chance_line_ : matplotlib Line2D or None
        The prevalence.

    See Also
    --------
    MeanCurvesDisplay : Curves averaged over all classes.

    References
    ----------
    Scientific Reports (2025), doi:10.1038/s41598-025-12796-9, Figure 5.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.plotting import PrecisionRecallByClassDisplay
    >>> y_score = [[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.2, 0.8]]
    >>> display = PrecisionRecallByClassDisplay.from_predictions(["a", "a", "b", "b"], y_score, ["a", "b"])
    >>> [round(value, 3) for value in display.average_precision]
    [0.833, 0.833]
    >>> plt.close(display.figure_)
    """

    def __init__(self, precision, recall, average_precision, class_names, *, prevalence=None, n_candidates=None):
        self.precision = precision
        self.recall = recall
        self.average_precision = average_precision
        self.class_names = class_names
        self.prevalence = prevalence
        self.n_candidates = n_candidates

    @classmethod
    def from_predictions(cls, y_true, y_score, classes, *, n_classes=10, random_state=None, ax=None):
        """Choose classes, compute their curves, and plot them.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels.
        y_score : array-like of shape (n_samples, n_all_classes)
            Score per class, for example from ``predict_proba``.
        classes : array-like of shape (n_all_classes,)
            Label of each column.
        n_classes : int, default=10
            Number of classes to draw. They are chosen among those that ``y_true`` holds; all, where it holds fewer.
        random_state : None, int, RandomState or Generator, default=None
            Seed of the choice.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        PrecisionRecallByClassDisplay

        Raises
        ------
        ValueError
            If lengths do not fit, a label is unknown, or n_classes is not positive.
        """
        from sklearn.metrics import average_precision_score, precision_recall_curve

        codes, y_score, classes = check_class_scores(y_true, y_score, classes)
        if not isinstance(n_classes, numbers.Integral) or n_classes < 1:
            raise invalid_parameter("n_classes", f"must be a whole number of at least 1, got {n_classes!r}")
        there = np.unique(codes)
        rng = check_generator(random_state)
        chosen = np.sort(rng.choice(there, size=min(n_classes, len(there)), replace=False))
        precision, recall, average_precision = [], [], []
        for k in chosen:
            points = precision_recall_curve(codes == k, y_score[:, k])
            precision.append(points[0])
            recall.append(points[1])
            average_precision.append(float(average_precision_score(codes == k, y_score[:, k])))
        share = float(np.mean([np.mean(codes == k) for k in chosen]))
        names = classes[chosen].tolist()
        return cls(precision, recall, average_precision, names, prevalence=share, n_candidates=len(there)).plot(ax)

    def plot(self, ax=None):
        """Draw one curve per class.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : PrecisionRecallByClassDisplay
        """
        parts = {"precision": self.precision, "recall": self.recall}
        check_same_length(**parts, average_precision=self.average_precision, class_names=self.class_names)
        axes, self.figure_ = axes_for(ax, figsize=(7.6, 4.8))
        self.ax_ = axes[0]
        self.lines_ = []
        names = short_labels(self.class_names, 28)
        for i, (precision, recall) in enumerate(zip(self.precision, self.recall, strict=True)):
            label = f"{names[i]} ({self.average_precision[i]:.3f})"
            style = {"drawstyle": "steps-post", "linewidth": 1.6, **line_style(i)}
            self.lines_ += self.ax_.plot(recall, precision, label=label, **style)
        self.chance_line_ = None
        if self.prevalence is not None:
            label = f"chance ({self.prevalence:.3g})"
            self.chance_line_ = self.ax_.axhline(self.prevalence, label=label, **CHANCE)
        several = self.n_candidates is not None and self.n_candidates > len(self.lines_)
        told = f"{len(self.lines_)} of {self.n_candidates} classes" if several else f"{len(self.lines_)} classes"
        self.ax_.set_title(f"Precision-recall curves, {told}")
        _square(self.ax_, "recall", "precision")
        place_legend(self.ax_, title="class (average precision)")
        return self


class MeanCurvesDisplay:
    """ROC and precision-recall curves averaged over the classes, with a band of one standard deviation.

    Each class is taken against the rest and all weigh the same (macro average). The curves are read off on a common
    grid: the true positive rate by straight lines between points, the precision by steps, which is what average
    precision integrates. Without ``folds`` the band is over the classes; with them, the curve of each fold is the mean
    of its classes and the band is over the folds. Draws Figure 10 of the window augmentation paper. Make it with
    :meth:`from_predictions`.

    Parameters
    ----------
    grid : ndarray of shape (n_points,)
        False positive rates, and recalls.
    tpr, precision : ndarray of shape (n_units, n_points)
        Curve of each unit (class or fold).
    roc_auc, average_precision : ndarray of shape (n_units,)
        Areas of each unit, from the exact curves.
    unit : str, default="class"
        What a unit is: "class" or "fold".
    chance : float, default=None
        Mean prevalence of the classes: the precision by chance.

    Attributes
    ----------
    ax_ : ndarray of matplotlib Axes of shape (2,)
        ROC, then precision-recall.
    figure_ : matplotlib Figure
        Figure of the axes.
    lines_ : list of matplotlib Line2D
        The two mean curves.
    unit_lines_ : list of matplotlib LineCollection
        The curves of all classes or folds behind them, where they were asked for.
    bands_ : list of matplotlib PolyCollection
        Their bands; none for a single unit.

    See Also
    --------
    PrecisionRecallByClassDisplay : Curves of single classes.

    References
    ----------
    Scientific Reports (2025), doi:10.1038/s41598-025-12796-9, Figure 10.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.plotting import MeanCurvesDisplay
    >>> y_score = [[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.2, 0.8]]
    >>> display = MeanCurvesDisplay.from_predictions(["a", "a", "b", "b"], y_score, ["a", "b"])
    >>> display.roc_auc.tolist(), display.average_precision.round(3).tolist()
    ([0.75, 0.75], [0.833, 0.833])
    >>> plt.close(display.figure_)
    """

    def __init__(self, grid, tpr, precision, roc_auc, average_precision, *, unit="class", chance=None):
        self.grid = grid
        self.tpr = tpr
        self.precision = precision
        self.roc_auc = roc_auc
        self.average_precision = average_precision
        self.unit = unit
        self.chance = chance

    @classmethod
    def from_predictions(cls, y_true, y_score, classes, *, folds=None, name=None, color=None, each=False, ax=None):
        """Average the curves of all classes, and plot them.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels.
        y_score : array-like of shape (n_samples, n_classes)
            Score per class, for example from ``predict_proba``.
        classes : array-like of shape (n_classes,)
            Label of each column. Classes that the rows (of a fold) do not hold are left out.
        folds : array-like of shape (n_samples,), default=None
            Fold of each row; the band is then over folds.
        name : str, default=None
            Name of the estimator, for the legend.
        color : matplotlib colour, default=None
            Colour of the curves; None takes the next of the palette.
        each : bool, default=False
            Draw the curve of each class (or fold) thinly behind the mean, instead of the band.
        ax : matplotlib Axes or array of two Axes, default=None
            Where to draw; pass the ``ax_`` of another display to lay curves over its own. None makes a figure.

        Returns
        -------
        MeanCurvesDisplay

        Raises
        ------
        ValueError
            If lengths do not fit, a label is unknown, or no class has both positive and negative rows.
        """
        codes, y_score, classes = check_class_scores(y_true, y_score, classes)
        if folds is None:
            units, unit = _class_curves(codes, y_score), "class"
        else:
            folds = np.asarray(folds)
            check_same_length(y_true=codes, folds=folds)
            inside = [folds == fold for fold in dict.fromkeys(folds.tolist())]
            curves = [_class_curves(codes[rows], y_score[rows]) for rows in inside]
            units = [np.array([values.mean(axis=0) for values in part]) for part in zip(*curves, strict=True)]
            unit = "fold"
        there = np.unique(codes)
        chance = float(np.mean([np.mean(codes == k) for k in there]))
        return cls(_GRID, *units, unit=unit, chance=chance).plot(ax, name=name, color=color, each=each)

    def plot(self, ax=None, *, name=None, color=None, each=False):
        """Draw both mean curves.

        Parameters
        ----------
        ax : matplotlib Axes or array of two Axes, default=None
            Where to draw; a single Axes is divided; None makes a figure.
        name : str, default=None
            Name of the estimator, for the legend.
        color : matplotlib colour, default=None
            Colour of the curves; None takes the next of the palette.
        each : bool, default=False
            Draw the curve of each class (or fold) thinly behind the mean, instead of the band.

        Returns
        -------
        self : MeanCurvesDisplay
        """
        axes, self.figure_ = axes_for(ax, n_columns=2, figsize=(9.6, 4.8))
        self.ax_ = axes
        self.lines_, self.bands_, self.unit_lines_ = [], [], []
        head = f"{shorten(name)}: " if name else ""
        parts = (
            (axes[0], self.tpr, self.roc_auc, "AUC"),
            (axes[1], self.precision, self.average_precision, "average precision"),
        )
        for one, curves, areas, quantity in parts:
            self._plot_mean(one, np.asarray(curves), f"{head}{quantity} = {_told(areas)}", color, each)
        self._plot_frames()
        return self

    def _plot_mean(self, ax, curves, label, color, each):
        drawn = sum(line.get_gid() == "mean curve" for line in ax.get_lines())
        style = line_style(drawn) | ({} if color is None else {"color": color})
        mean = curves.mean(axis=0)
        self.lines_ += ax.plot(self.grid, mean, label=label, gid="mean curve", linewidth=2, **style)
        if each:
            self._plot_units(ax, curves, style["color"])
        elif len(curves) > 1:
            sd = curves.std(axis=0, ddof=1)
            low, high = np.clip(mean - sd, 0, 1), np.clip(mean + sd, 0, 1)
            self.bands_.append(ax.fill_between(self.grid, low, high, color=style["color"], alpha=0.2, linewidth=0))

    def _plot_units(self, ax, curves, color):
        from matplotlib.collections import LineCollection

        points = [np.column_stack([self.grid, curve]) for curve in curves]
        # many classes make a shade, a few stay lines
        alpha = float(np.clip(6 / len(curves), 0.12, 0.5))
        self.unit_lines_.append(LineCollection(points, colors=[color], linewidths=0.7, alpha=alpha, zorder=1))
        ax.add_collection(self.unit_lines_[-1])

    def _plot_frames(self):
        roc, pr = self.ax_
        n_units = len(self.roc_auc)
        plural = {"class": "classes", "fold": "folds"}.get(self.unit, self.unit)
        told = f"mean ± 1 sd of {n_units} {plural}" if n_units > 1 else f"one {self.unit}"
        if self.unit_lines_:
            told = f"mean, and {n_units} {plural} behind it"
        if not any(line.get_gid() == "chance" for line in roc.get_lines()):
            roc.plot([0, 1], [0, 1], gid="chance", label="chance", **CHANCE)
            if self.chance is not None:
                pr.axhline(self.chance, gid="chance", label=f"chance ({self.chance:.3g})", **CHANCE)
        roc.set_title(f"ROC ({told})", fontsize=11)
        pr.set_title(f"Precision-recall ({told})", fontsize=11)
        _square(roc, "false positive rate", "true positive rate")
        _square(pr, "recall", "precision")
        for ax in self.ax_:
            # the chance line was drawn with the first display, but belongs at the end
            handles = sorted(ax.get_lines(), key=lambda line: line.get_gid() == "chance")
            ax.legend(handles=handles, fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.14), frameon=False)


def _class_curves(codes, y_score):
    """ROC and precision-recall curves on the common grid and their exact areas, one row per class that can be scored.

    Returns
    -------
    tpr, precision : ndarray of shape (n_scored, n_points)
    roc_auc, average_precision : ndarray of shape (n_scored,)
    """
    from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_curve

    scored = [k for k in np.unique(codes) if (codes != k).any()]
    if not scored:
        raise ValueError("no class has both positive and negative rows (in one fold); curves need at least two classes")
    rates, precision, roc_auc, average_precision = [], [], [], []
    for k in scored:
        positive, score = codes == k, y_score[:, k]
        false_rate, true_rate, _ = roc_curve(positive, score)
        rates.append(np.interp(_GRID, false_rate, true_rate))
        roc_auc.append(auc(false_rate, true_rate))
        precision.append(step_precision(*precision_recall_curve(positive, score)[:2]))
        average_precision.append(average_precision_score(positive, score))
    # every ROC curve starts at the origin, but interpolation takes the upper end of a first vertical piece
    tpr = np.array(rates)
    tpr[:, 0] = 0.0
    return tpr, np.array(precision), np.array(roc_auc), np.array(average_precision)


def step_precision(precision, recall, grid=_GRID):
    """Precision at given recalls: that of the highest threshold which reaches the recall.

    Parameters
    ----------
    precision, recall : ndarray of shape (n_thresholds + 1,)
        As ``sklearn.metrics.precision_recall_curve`` gives them; its last point (1 at recall 0) belongs to no threshold
        and is not used.
    grid : ndarray of shape (n_points,)
        Recalls.

    Returns
    -------
    ndarray of shape (n_points,)
    """
    rising, at = recall[-2::-1], precision[-2::-1]
    # recall 0 stands for the first positive found; false positives ranked before it would have precision 0
    return at[np.searchsorted(rising, np.maximum(grid, np.finfo(float).tiny), side="left")]


def _told(areas):
    areas = np.asarray(areas, dtype=float)
    return f"{areas.mean():.3f}" + (f" ± {areas.std(ddof=1):.3f}" if len(areas) > 1 else "")


def _square(ax, x_label, y_label):
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.03), xlabel=x_label, ylabel=y_label)
    ax.spines[["top", "right"]].set_visible(False)
