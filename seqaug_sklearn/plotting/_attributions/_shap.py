"""SHAP values of position × base features (Figure 7 of the window paper), and interactions of positions."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from seqaug_sklearn.plotting._attributions._sequence_axis import check_count, check_made_by
from seqaug_sklearn.plotting._style import GREY, PALETTE, axes_for, place_legend, points, shorten
from seqaug_sklearn.utils import Parameter, invalid_parameter

__all__ = ["ShapInteractionDisplay", "ShapSummaryDisplay"]

_PRESENT: dict[str, Any] = {"color": PALETTE[0], "label": "residue is there"}
_ABSENT: dict[str, Any] = {"color": PALETTE[4], "label": "residue is not there"}


class ShapSummaryDisplay:
    """Values of the features that matter most, one point per sequence, one panel per class.

    What Figure 7 of the window paper shows, with features named by position and base ("12_G"). Make it with
    :meth:`from_attributions`.

    Parameters
    ----------
    values : dict of str to float ndarray of shape (n_samples, n_features)
        Values for each class, in units of the explained output.
    present : dict of str to bool ndarray of shape (n_samples, n_features)
        Whether the sequence has that base at that position.
    names : sequence of str of length n_features
        Names of the features.
    max_features : int, default=20
        Features drawn, by mean absolute value in each class.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_classes,)
        One per class.
    ax_ : matplotlib Axes
        The first.
    figure_ : matplotlib Figure
        Figure of the axes.
    features_ : dict of str to list of str
        Features drawn for each class, the one of largest mean absolute value first.

    References
    ----------
    Scientific Reports (2025), doi:10.1038/s41598-025-12796-9, Figure 7.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from seqaug_sklearn.plotting import ShapSummaryDisplay
    >>> values = np.array([[0.1, -0.6], [0.2, 0.5]])
    >>> display = ShapSummaryDisplay({"psbA": values}, {"psbA": values > 0}, ["0_A", "0_C"]).plot()
    >>> display.features_
    {'psbA': ['0_C', '0_A']}
    >>> plt.close(display.figure_)
    """

    def __init__(self, values, present, names, *, max_features=20):
        self.values = values
        self.present = present
        self.names = names
        self.max_features = max_features

    @classmethod
    def from_attributions(cls, attributions, *, max_features=20, ax=None):
        """Take attributions of one class, or one Attributions per class, and plot them.

        Parameters
        ----------
        attributions : Attributions or dict of label to Attributions
            A dict has one panel per entry. Rows of one Attributions are split by their target.
        max_features : int, default=20
            Features drawn in each panel.
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ShapSummaryDisplay

        Raises
        ------
        ValueError
            If sequences of several lengths or alphabets are mixed between classes.
        """
        parts = attributions.values() if isinstance(attributions, Mapping) else [attributions]
        for part in parts:
            check_made_by(
                part,
                ("target", "one_hot"),
                name="attributions (or each value of the dict)",
                maker="sequence_attributions",
            )
        if not isinstance(attributions, Mapping):
            labels = list(dict.fromkeys(attributions.target.tolist()))
            attributions = {label: attributions.take(attributions.target == label) for label in labels}
        shapes = {(part.values.shape[1], part.alphabet.symbols) for part in attributions.values()}
        if len(shapes) != 1:
            raise ValueError(f"attributions must have one length and alphabet in all classes, got {sorted(shapes)}")
        length, symbols = shapes.pop()
        values = {str(label): part.values.reshape(len(part), -1) for label, part in attributions.items()}
        present = {str(label): part.one_hot.reshape(len(part), -1) > 0 for label, part in attributions.items()}
        names = [f"{position}_{symbol}" for position in range(length) for symbol in symbols]
        return cls(values, present, names, max_features=max_features).plot(ax)

    def plot(self, ax=None):
        """Draw the points.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw, one axes for each class or one for all; None makes a figure.

        Returns
        -------
        self : ShapSummaryDisplay
        """
        self._check()
        span = max((np.abs(values).max(initial=0) for values in self.values.values()), default=0) or 1.0
        n_classes, n_features = len(self.values), min(self.max_features, len(self.names))
        columns = min(n_classes, 3)
        rows = -(-n_classes // columns)
        size = (1.5 + 4.2 * columns, rows * (1.2 + 0.24 * n_features))
        self.axes_, self.figure_ = axes_for(ax, n_rows=rows, n_columns=columns, figsize=size)
        for spare in self.axes_[n_classes:]:
            spare.set_axis_off()
        self.axes_ = self.axes_[:n_classes]
        self.ax_, self.features_ = self.axes_[0], {}
        for axes, label in zip(self.axes_, self.values, strict=True):
            self._plot_class(axes, label, n_features, span)
        place_legend(self.axes_[min(columns, n_classes) - 1], handles=_legend_handles())
        return self

    def _check(self):
        check_count(self.max_features, "max_features")
        if not self.values or set(self.values) != set(self.present):
            raise ValueError(
                f"values and present must hold the same classes, at least one; got {list(self.values)} and "
                f"{list(self.present)}"
            )
        for label, values in self.values.items():
            shape = np.shape(values)
            if len(shape) != 2 or shape[1] != len(self.names) or shape != np.shape(self.present[label]):
                raise ValueError(
                    f"values and present of {label!r} must have shape (n_samples, {len(self.names)}), got {shape} and "
                    f"{np.shape(self.present[label])}"
                )

    def _plot_class(self, axes, label, n_features, span):
        values, present = np.asarray(self.values[label], float), np.asarray(self.present[label], bool)
        order = np.argsort(-np.abs(values).mean(axis=0), kind="stable")[:n_features]
        self.features_[label] = [self.names[feature] for feature in order]
        for place, feature in enumerate(order):
            offsets = _spread(values[:, feature], span)
            for there, style in ((False, _ABSENT), (True, _PRESENT)):
                rows = present[:, feature] == there
                color = style["color"]
                axes.scatter(values[rows, feature], place + offsets[rows], s=9, color=color, alpha=0.75, linewidths=0)
        axes.axvline(0, color=GREY, linewidth=0.8, zorder=0)
        axes.set_yticks(range(n_features), self.features_[label], fontsize=9)
        axes.set_ylim(n_features - 0.4, -0.6)
        axes.set_xlim(-1.08 * span, 1.08 * span)
        axes.xaxis.get_major_locator().set_params(nbins=5)
        axes.set_xlabel("contribution to the output")
        axes.set_title(shorten(label, 36), fontsize=11)
        axes.spines[["top", "right"]].set_visible(False)


def _spread(values, span, *, bins=60, height=0.38):
    """Offsets that keep points of equal value apart, as in a swarm: float (n,) within ± height."""
    bin_of = np.floor((values / span + 1) / 2 * bins).astype(int)
    order = np.argsort(bin_of, kind="stable")
    counts = np.bincount(bin_of - bin_of.min())
    first = np.cumsum(counts) - counts
    rank = np.empty(len(values), int)
    rank[order] = np.arange(len(values)) - np.repeat(first, counts)
    side = np.where(rank % 2, 1, -1) * ((rank + 1) // 2)
    return side * min(0.06, 2 * height / max(counts.max(), 1))


def _legend_handles():
    from matplotlib.lines import Line2D

    return [Line2D([], [], marker="o", linestyle="", markersize=5, **style) for style in (_PRESENT, _ABSENT)]


class ShapInteractionDisplay:
    """Interactions of pairs of positions as a heat map.

    Make it with :meth:`from_interactions`.

    Parameters
    ----------
    values : float ndarray of shape (n_positions, n_positions)
        Interaction of each pair; symmetric.
    positions : int ndarray of shape (n_positions,)
        Positions.
    quantity : str
        What the values are.
    residues : sequence of str, default=None
        Residue at each position, where all rows have the same.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    im_ : matplotlib AxesImage
        The pairs below the diagonal.

    See Also
    --------
    seqaug_sklearn.inspection.shap_interactions : Computes them.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from seqaug_sklearn.plotting import ShapInteractionDisplay
    >>> values = np.array([[0, 0.5, 0], [0.5, 0, -0.1], [0, -0.1, 0]])
    >>> display = ShapInteractionDisplay(values, np.array([3, 4, 9]), "Shapley interaction index").plot()
    >>> [tick.get_text() for tick in display.ax_.get_xticklabels()]
    ['3', '4', '9']
    >>> plt.close(display.figure_)
    """

    def __init__(self, values, positions, quantity, *, residues=None):
        self.values = values
        self.positions = positions
        self.quantity = quantity
        self.residues = residues

    @classmethod
    def from_interactions(cls, interactions, row=None, *, ax=None):
        """Plot the interactions of one sequence, or their mean over all.

        Parameters
        ----------
        interactions : Interactions
            What ``shap_interactions`` gave.
        row : int, default=None
            Row to draw; None draws the mean over the rows.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ShapInteractionDisplay
        """
        check_made_by(interactions, ("quantity", "positions"), name="interactions", maker="shap_interactions")
        if row is not None and not -len(interactions) <= row < len(interactions):
            raise invalid_parameter(Parameter("row", row), f"is no row number below {len(interactions)}")
        symbols = interactions.symbols if row is None else interactions.symbols[[row]]
        values = interactions.values.mean(axis=0) if row is None else interactions.values[row]
        quantity = interactions.quantity
        if row is None and len(interactions) > 1:
            quantity += f", mean over {len(interactions)} sequences"
        residues = symbols[0] if (symbols == symbols[0]).all() else None
        return cls(values, interactions.positions, quantity, residues=residues).plot(ax)

    def plot(self, ax=None):
        """Draw the heat map.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : ShapInteractionDisplay
        """
        values, n = np.asarray(self.values, float), len(self.positions)
        if values.shape != (n, n):
            raise ValueError(f"values must have shape ({n}, {n}) for {n} positions, got {values.shape}")
        axes, self.figure_ = axes_for(ax, figsize=(6.6, 5.4))
        self.ax_ = axes[0]
        limit = np.abs(values).max() or 1.0
        below = np.ma.masked_where(np.triu(np.ones((n, n), bool)), values)
        self.im_ = self.ax_.imshow(below, cmap="PuOr", vmin=-limit, vmax=limit, interpolation="nearest")
        bar = self.figure_.colorbar(self.im_, ax=self.ax_, shrink=0.8)
        bar.set_label("interaction (units of the output)")
        self._label(n)
        self.ax_.set_title(self.quantity, fontsize=11)
        self.ax_.spines[["top", "right"]].set_visible(False)
        return self

    def _label(self, n):
        residues = [""] * n if self.residues is None else [f"_{residue}" for residue in self.residues]
        names = [f"{position}{residue}" for position, residue in zip(self.positions, residues, strict=True)]
        every = int(np.ceil(n * 11 / points(self.ax_)[1]))
        shown = range(0, n, every)
        self.ax_.set_xticks(shown, [names[i] for i in shown], fontsize=8, rotation=90)
        self.ax_.set_yticks(shown, [names[i] for i in shown], fontsize=8)
        self.ax_.set_xlabel("position")
        self.ax_.set_ylabel("position")
