"""The matrix behind a clustering, ordered by cluster."""

import numpy as np

from seqaug_sklearn.plotting._axes import axes_for
from seqaug_sklearn.plotting._checks import check_same_length
from seqaug_sklearn.plotting._style import PALETTE, points, short_labels

__all__ = ["ClusterMatrixDisplay"]


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
        # most pairs share little: equal steps of the root tell them apart
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
