"""Clusters of sequences as a map with every name on it."""

from typing import NamedTuple

import numpy as np

from seqaug_sklearn.plotting._checks import check_same_length
from seqaug_sklearn.plotting._label_placement import place_labels
from seqaug_sklearn.plotting._style import GREY, PALETTE, axes_for, place_legend, points, root_figure, short_labels

__all__ = ["ClusterDisplay", "ClusterMatrixDisplay"]


class ClusterMatrixDisplay:
    """Similarity of all pairs as a heat map, ordered by cluster.

    Clusters that exist are dark squares along the diagonal; where there are none, the squares look like the rest. Make
    it with :meth:`from_clusters`.

    Parameters
    ----------
    similarity : float ndarray of shape (n_samples, n_samples)
        1 for equal, 0 for nothing shared.
    labels : int ndarray of shape (n_samples,)
        Cluster of each sequence.
    names : list of str
        Name of each sequence.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    im_ : matplotlib AxesImage
        The matrix.
    order_ : int ndarray of shape (n_samples,)
        Sequence in each row: by cluster, and within a cluster neighbours of a tree of average linkage.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from seqaug_sklearn.plotting import ClusterMatrixDisplay
    >>> similarity = np.array([[1.0, 0.1, 0.8], [0.1, 1.0, 0.2], [0.8, 0.2, 1.0]])
    >>> display = ClusterMatrixDisplay(similarity, np.array([0, 1, 0]), ["a", "b", "c"]).plot()
    >>> display.order_.tolist()
    [0, 2, 1]
    >>> plt.close(display.figure_)
    """

    def __init__(self, similarity, labels, names):
        self.similarity = similarity
        self.labels = labels
        self.names = names

    @classmethod
    def from_clusters(cls, clusters, *, ax=None):
        """Plot 1 minus the distances of a clustering.

        Parameters
        ----------
        clusters : SequenceClusters
            What :func:`~seqaug_sklearn.similarity.cluster_sequences` gives.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ClusterMatrixDisplay
        """
        return cls(1 - clusters.distance, clusters.labels, list(clusters.names)).plot(ax)

    def plot(self, ax=None):
        """Draw the matrix.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : ClusterMatrixDisplay
        """
        from matplotlib.colors import PowerNorm

        similarity, labels = np.asarray(self.similarity, float), np.asarray(self.labels)
        check_same_length(similarity=similarity, labels=labels, names=self.names)
        axes, self.figure_ = axes_for(ax, figsize=(8.5, 7.5))
        self.ax_ = axes[0]
        self.order_ = _by_cluster(similarity, labels)
        ordered = similarity[np.ix_(self.order_, self.order_)]
        # most pairs share little: equal steps of the root separate them
        self.im_ = self.ax_.imshow(ordered, cmap="Blues", norm=PowerNorm(0.5, 0, 1), interpolation="nearest")
        bar = self.figure_.colorbar(self.im_, ax=self.ax_, shrink=0.6, ticks=[0, 0.05, 0.2, 0.5, 1])
        bar.set_label("similarity (1 − distance)")
        self._outline(np.bincount(labels))
        self._label_rows()
        self.ax_.set_title(f"{len(labels)} sequences ordered by cluster")
        return self

    def _outline(self, sizes):
        from matplotlib.patches import Rectangle

        starts = np.cumsum(sizes) - sizes
        several = sizes > 1
        for start, size in zip(starts[several], sizes[several], strict=True):
            self.ax_.add_patch(
                Rectangle((start - 0.5, start - 0.5), size, size, fill=False, edgecolor=PALETTE[1], linewidth=1.2)
            )
        tall = sizes * points(self.ax_)[1] / sizes.sum() > 9
        right = self.ax_.secondary_yaxis("right")
        right.set_yticks((starts + (sizes - 1) / 2)[tall], np.flatnonzero(tall).astype(str))
        right.tick_params(length=0, labelsize=8, labelcolor=PALETTE[1])
        right.spines[:].set_visible(False)
        right.set_ylabel("cluster")

    def _label_rows(self):
        """Name as many rows as have room."""
        every = int(np.ceil(len(self.order_) * 8 / points(self.ax_)[1]))
        rows = np.arange(0, len(self.order_), every)
        shown = short_labels([self.names[self.order_[row]] for row in rows], 20)
        self.ax_.set_yticks(rows, shown, fontsize=7)
        self.ax_.set_xticks(rows, shown, fontsize=7, rotation=90)
        if every > 1:
            self.ax_.set_ylabel(f"one name in {every}")


def _by_cluster(similarity, labels):
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    order = []
    for label in range(labels.max() + 1):
        rows = np.flatnonzero(labels == label)
        if len(rows) > 2:
            distance = squareform(1 - similarity[np.ix_(rows, rows)], checks=False)
            rows = rows[leaves_list(linkage(distance, "average"))]
        order.append(rows)
    return np.concatenate(order)


_COLORS = PALETTE[:7]
_MARKERS = "osD^vPX*<>ph"
"""Twelve markers and seven colours: the first 84 clusters differ."""
_THIN = "*PX."
_FONT_SIZES = (9.0, 8.0, 7.0, 6.0)
_MANY_NAMES, _MOST_NAMES = 40, 250
_MOST_ENTRIES = 24
_LEADER_FROM = 8.0
_LONG_LEADER = 30.0
_FAR_OUT = 4.0


class ClusterDisplay:
    """Map of clustered sequences: the first two coordinates, clusters by colour and marker, names that do not overlap.

    Sequences without another member in their cluster are grey. A map of two axes shows what two axes can: look at the
    share of the variance beside them, and at :class:`ClusterMatrixDisplay` for the rest. Make it with
    :meth:`from_clusters` or :meth:`from_coordinates`.

    Parameters
    ----------
    coordinates : float ndarray of shape (n_samples, 2)
        Places.
    labels : int ndarray of shape (n_samples,)
        Cluster of each sequence.
    names : list of str
        Name of each sequence.
    title : str, default=""
        Title.
    axis_names : tuple of str, default=("axis 1", "axis 2")
        Names of the axes.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    texts_ : list of matplotlib Annotation
        The names.
    left_out_ : list of str
        Names that found no room; a line below the plot counts them.

    See Also
    --------
    seqaug_sklearn.similarity.cluster_sequences : What makes the clusters.

    References
    ----------
    Scientific Reports (2025), doi:10.1038/s41598-025-12796-9, principal components of the shared k-mers.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.plotting import ClusterDisplay
    >>> display = ClusterDisplay.from_coordinates([[0, 0], [0, 1], [3, 1]], [0, 0, 1], ["psbA", "psbD", "rbcL"])
    >>> len(display.texts_), display.left_out_
    (3, [])
    >>> plt.close(display.figure_)
    """

    def __init__(self, coordinates, labels, names, *, title="", axis_names=("axis 1", "axis 2")):
        self.coordinates = coordinates
        self.labels = labels
        self.names = names
        self.title = title
        self.axis_names = axis_names

    @classmethod
    def from_clusters(cls, clusters, *, names=None, ax=None):
        """Plot the result of a clustering.

        Parameters
        ----------
        clusters : SequenceClusters
            What :func:`~seqaug_sklearn.similarity.cluster_sequences` gives.
        names : array-like, default=None
            Sequences whose names are written. None: all, or the medoid of each cluster where there are more than 250.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ClusterDisplay
        """
        kind = "principal component" if clusters.method == "paper" else "principal coordinate"
        axis_names = tuple(f"{kind} {i + 1} ({clusters.explained[i]:.1%} of the variance)" for i in range(2))
        tested = f", p = {clusters.p_value:.3f}" if len(clusters.null_silhouettes) else ""
        title = (
            f"{len(clusters)} sequences, {clusters.n_clusters} clusters "
            f"(silhouette {clusters.silhouette:.3f}{tested})".replace("-", "\N{MINUS SIGN}")
        )
        if names is None and len(clusters) > _MOST_NAMES:
            names = clusters.members()["medoid"]
        return cls.from_coordinates(
            clusters.coordinates, clusters.labels, clusters.names, title=title, axis_names=axis_names, show=names, ax=ax
        )

    @classmethod
    def from_coordinates(
        cls, coordinates, labels, names, *, title="", axis_names=("axis 1", "axis 2"), show=None, ax=None
    ):
        """Check places, clusters and names, and plot them.

        Parameters
        ----------
        coordinates : array-like of shape (n_samples, at least 2)
            Places; the first two columns are drawn.
        labels : array-like of int of shape (n_samples,)
            Clusters, numbered from 0.
        names : array-like of shape (n_samples,)
            Names.
        title : str, default=""
            Title.
        axis_names : tuple of str, default=("axis 1", "axis 2")
            Names of the axes.
        show : array-like, default=None
            Names that are written; None: all.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ClusterDisplay

        Raises
        ------
        ValueError
            If lengths differ, coordinates are not finite or not of two columns, labels are no whole numbers from 0 on,
            or `show` holds an unknown name.
        """
        coordinates, labels, names = np.asarray(coordinates, float), np.asarray(labels), list(names)
        check_same_length(coordinates=coordinates, labels=labels, names=names)
        if coordinates.ndim != 2 or coordinates.shape[1] < 2 or not np.isfinite(coordinates[:, :2]).all():
            raise ValueError(
                f"coordinates must be finite, of shape (n_samples, at least 2), got shape {coordinates.shape}"
            )
        if labels.dtype.kind not in "iu" or labels.min() < 0:
            raise ValueError(f"labels must be cluster numbers from 0 on, got {labels.dtype} {labels[:3].tolist()} ...")
        display = cls(coordinates[:, :2], labels, names, title=title, axis_names=axis_names)
        return display.plot(ax, names=show)

    def plot(self, ax=None, *, names=None):
        """Draw the map.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure. Places of names are found for its size at that time.
        names : array-like, default=None
            Names that are written; None: all.

        Returns
        -------
        self : ClusterDisplay
        """
        shown = self._shown(names)
        axes, self.figure_ = axes_for(ax, figsize=_figure_size(len(shown)))
        self.ax_ = axes[0]
        self._plot_points(self.ax_)
        for axis, values, name in zip("xy", self.coordinates.T, self.axis_names, strict=True):
            compressed = _compress_outliers(self.ax_, axis, values)
            self.ax_.set(**{f"{axis}label": f"{name}\n(outer part compressed)" if compressed else name})
        self.ax_.set_title(self.title)
        self.ax_.spines[["top", "right"]].set_visible(False)
        self.ax_.margins(0.08)
        # the legend and the layout decide how much room there is
        root_figure(self.ax_).draw_without_rendering()
        self._write_names(self.ax_, shown)
        return self

    def _shown(self, names):
        if names is None:
            return np.arange(len(self.names))
        row_of = {name: row for row, name in enumerate(self.names)}
        unknown = [name for name in names if name not in row_of]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is not among the {len(row_of)} names of the sequences")
        return np.array([row_of[name] for name in names], int)

    def _plot_points(self, ax):
        sizes = np.bincount(self.labels)
        groups = np.flatnonzero(sizes > 1)
        handles: list = []
        for label in groups:
            (line,) = self._scatter(ax, self.labels == label, **_style(label))
            line.set_label(f"cluster {label}: {sizes[label]}")
            handles += [line] if len(handles) < _MOST_ENTRIES else []
        if (sizes == 1).any():
            (line,) = self._scatter(ax, sizes[self.labels] == 1, color=GREY, marker=".")
            line.set_label(f"alone: {(sizes == 1).sum()}")
            handles.append(line)
        more = f"\n(the first {_MOST_ENTRIES} of {len(groups)})" if len(groups) > _MOST_ENTRIES else ""
        place_legend(ax, title=f"members{more}", handles=handles)

    def _scatter(self, ax, rows, *, color, marker):
        size = 7.5 if marker in _THIN else 5.5
        edge = {"markeredgecolor": "white", "markeredgewidth": 0.3}
        return ax.plot(*self.coordinates[rows].T, linestyle="", color=color, marker=marker, markersize=size, **edge)

    def _write_names(self, ax, shown):
        text = short_labels([self.names[row] for row in shown], 20)
        scale = 72 / root_figure(ax).dpi
        anchors = ax.transData.transform(self.coordinates) * scale
        names = _in_readable_size(ax, text, shown, anchors, scale)
        self.texts_ = [
            self._annotate(ax, text[i], row, names, i) for i, row in enumerate(shown) if np.isfinite(names.gaps[i])
        ]
        self.left_out_ = [str(self.names[row]) for row in shown[~np.isfinite(names.gaps)]]
        if self.left_out_:
            note = f"no room for\n{len(self.left_out_)} of {len(shown)} names"
            below_legend = ax.annotate(note, (1, 0), (9, 0), "axes fraction", "offset points", fontsize=8, color=GREY)
            below_legend.set_in_layout(False)

    def _annotate(self, ax, text, row, names, i):
        line = {"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "alpha": 0.7, "shrinkA": 0, "shrinkB": 2}
        alone = np.count_nonzero(self.labels == self.labels[row]) == 1
        color = GREY if alone else _darker(_style(self.labels[row])["color"])
        annotation = ax.annotate(
            text, self.coordinates[row], names.offsets[i], textcoords="offset points", fontsize=names.size,
            ha="center", va="center", color=color, arrowprops=line if names.gaps[i] >= _LEADER_FROM else None,
            annotation_clip=False,
        )  # fmt: skip
        annotation.set_in_layout(False)
        return annotation


class _Names(NamedTuple):
    """Placed names: font size, offset of each centre from its point, gap between point and name; NaN without a place.

    Lengths are in printer's points.
    """

    size: float
    offsets: np.ndarray
    gaps: np.ndarray

    def clutter(self):
        """How hard the names are to read: names left out, then the longest leader lines."""
        return np.isnan(self.gaps).sum(), np.nanquantile(self.gaps, 0.9) if np.isfinite(self.gaps).any() else 0


def _in_readable_size(ax, text, shown, anchors, scale):
    """Place the names in the largest size at which nearly all stand close to their points."""
    edges = ax.get_window_extent().extents * scale
    extents, tried = _extents(ax, text) * scale, []
    for size in _FONT_SIZES[len(shown) > _MANY_NAMES :]:
        offsets = place_labels(anchors[shown], size * extents, edges, obstacles=anchors) - anchors[shown]
        gaps = np.linalg.norm(np.maximum(np.abs(offsets) - size * extents / 2, 0), axis=1)
        tried.append(_Names(size, offsets, gaps))
        if tried[-1].clutter() < (1, _LONG_LEADER):
            return tried[-1]
    return min(tried, key=_Names.clutter)


def _style(label):
    return {"color": _COLORS[label % len(_COLORS)], "marker": _MARKERS[label % len(_MARKERS)]}


def _figure_size(n_names):
    """Inches that leave room for the names of the points."""
    if n_names <= _MANY_NAMES:
        return (8, 5.5)
    return (11, 8.5) if n_names <= 4 * _MANY_NAMES else (14, 11)


def _compress_outliers(ax, axis, values):
    """Scale an axis by the inverse hyperbolic sine where a few points would push all others together."""
    size = np.abs(values)
    middle = np.quantile(size, 0.75)
    compressed = bool(size.max() > _FAR_OUT * middle > 0)
    if compressed:
        from matplotlib.ticker import AsinhLocator, NullLocator

        getattr(ax, f"set_{axis}scale")("asinh", linear_width=middle)
        which = getattr(ax, f"{axis}axis")
        which.set_major_locator(AsinhLocator(middle, numticks=7, base=0))
        which.set_minor_locator(NullLocator())
        which.set_major_formatter("{x:.2g}")
    return compressed


def _extents(ax, texts):
    """Width and height of texts in pixels per point of font size, (n_texts, 2), with a margin for rounding."""
    drawn, extents = ax.text(0.5, 0.5, "", fontsize=10, transform=ax.transAxes), np.zeros((len(texts), 2))
    for i, text in enumerate(texts):
        drawn.set_text(text)
        extents[i] = drawn.get_window_extent().size
    drawn.remove()
    return 1.04 * extents / 10


def _darker(color):
    """Colour for text: as on the marker, but readable on white."""
    from matplotlib.colors import to_rgb

    return tuple(0.62 * channel for channel in to_rgb(color))
