"""What a clustering of sequences found, in tables and in words."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.reporting import Result
from seqaug_sklearn.utils import Parameter, invalid_parameter

__all__ = ["UNNAMED", "SequenceClusters"]

UNNAMED = r"(?i)^(ycf|orf)"
"""Pattern of gene names that say nothing of a function: hypothetical chloroplast frames, open reading frames."""

_ALPHA = 0.05
_MANY_SIZES = 12
_NEARLY_ALL = 0.9


@dataclass(frozen=True, eq=False, repr=False)
class SequenceClusters(Result):
    """Result of :func:`~seqaug_sklearn.similarity.cluster_sequences`.

    Clusters are numbered from 0, the largest first.

    Attributes
    ----------
    method : {"distance", "paper"}
        How the clusters were made.
    metric : str
        Distance that silhouettes, neighbours and, for method "distance", the clusters rest on.
    k : tuple of (int, int)
        Shortest and longest k-mer, inclusive.
    names : pandas.Index of length n_samples
        Identifiers, or row numbers where X had none.
    lengths : int ndarray of shape (n_samples,)
        Residues.
    shared : int64 ndarray of shape (n_samples, n_samples)
        Shared k-mers of all pairs; the diagonal holds the k-mers of each sequence.
    distance : float64 ndarray of shape (n_samples, n_samples)
        Symmetric, zero on the diagonal.
    labels : int ndarray of shape (n_samples,)
        Cluster of each sequence.
    silhouettes : pandas.Series
        Mean silhouette in `distance` by number of clusters.
    sample_silhouettes : float64 ndarray of shape (n_samples,)
        Silhouette of each sequence: near 1 well inside its cluster, below 0 nearer to another, 0 for a cluster of one.
    coordinates : float64 ndarray of shape (n_samples, n_components)
        For method "distance" the principal coordinates of the square root of the distance, for "paper" the principal
        components of the clustered rows.
    explained : float64 ndarray of shape (n_components,)
        Share of the variance along each coordinate.
    null_silhouettes : float64 ndarray of shape (n_shuffles,)
        Mean silhouette that the same procedure reaches on shuffled sequences.
    null_nearest : float64 ndarray of shape (n_shuffles,)
        Smallest distance between two sequences of each shuffled set.
    order_agreement : float
        Adjusted Rand index between the clusters and those of the same sequences in another order (mean of five orders):
        1 where the order does not matter, about 0 where it decides.
    """

    method: str
    metric: str
    k: tuple[int, int]
    names: Any
    lengths: np.ndarray
    shared: np.ndarray
    distance: np.ndarray
    labels: np.ndarray
    silhouettes: pd.Series
    sample_silhouettes: np.ndarray
    coordinates: np.ndarray
    explained: np.ndarray
    null_silhouettes: np.ndarray
    null_nearest: np.ndarray
    order_agreement: float

    def __len__(self):
        return len(self.labels)

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.labels.max()) + 1

    @property
    def suggested(self) -> int:
        """Number of clusters with the largest silhouette of those tried."""
        return int(self.silhouettes.idxmax())

    @property
    def silhouette(self) -> float:
        """Mean silhouette of the clusters."""
        return float(self.sample_silhouettes.mean())

    @property
    def p_value(self) -> float:
        """Share of shuffles (and the data itself) with at least this silhouette; NaN without shuffles."""
        if len(self.null_silhouettes) == 0:
            return float("nan")
        # sums of the same numbers in another order must still count as equal
        reached = self.null_silhouettes >= self.silhouette - 1e-12
        return float((1 + reached.sum()) / (1 + len(reached)))

    def to_frame(self) -> pd.DataFrame:
        """Return a table of the sequences.

        Returns
        -------
        pandas.DataFrame of n_samples rows
            Indexed by name: ``cluster, silhouette, length`` and the first two coordinates, ``axis_1, axis_2``.
        """
        columns = {
            "cluster": self.labels,
            "silhouette": self.sample_silhouettes,
            "length": self.lengths,
            "axis_1": self.coordinates[:, 0],
            "axis_2": self.coordinates[:, 1],
        }
        return pd.DataFrame(columns, index=self.names)

    def members(self) -> pd.DataFrame:
        """Return a table of the clusters.

        Returns
        -------
        pandas.DataFrame of n_clusters rows
            Indexed by cluster: ``size, silhouette``, ``within`` and ``between`` (mean distance to the other members and
            to all other sequences; missing where there are none), ``medoid`` (the member with the smallest mean
            distance to the others) and ``members``, a tuple of names, medoid first, then by distance from it.
        """
        rows = [self._cluster(np.flatnonzero(self.labels == label)) for label in range(self.n_clusters)]
        return pd.DataFrame(rows, index=pd.RangeIndex(self.n_clusters, name="cluster"))

    def pairs(self) -> pd.DataFrame:
        """Return a table of all pairs, the closest first.

        Returns
        -------
        pandas.DataFrame of n_samples * (n_samples - 1) / 2 rows
            ``first, second, shared, distance, same_cluster`` and, where there are shuffles, ``p_shuffle``: how often a
            set of shuffled sequences holds a pair at least as close. It allows for the number of pairs.
        """
        first, second = np.triu_indices(len(self), 1)
        table = self._pair_table(first, second)
        return table.sort_values("distance", kind="stable", ignore_index=True)

    def nearest_named(self, n_neighbors: int = 3, *, unnamed: str = UNNAMED) -> pd.DataFrame:
        """Find the nearest named genes of uncharacterised genes.

        Parameters
        ----------
        n_neighbors : int, default=3
            Named genes per unnamed one, at most as many as there are.
        unnamed : str, default="(?i)^(ycf|orf)"
            Regular expression that finds the unnamed genes.

        Returns
        -------
        pandas.DataFrame
            One row per unnamed gene and neighbour, nearest first: ``unnamed, rank, nearest, shared, distance,
            same_cluster`` and, where there are shuffles, ``p_shuffle`` as in :meth:`pairs`. Without unnamed genes it is
            empty.

        Raises
        ------
        ValueError
            If `n_neighbors` is below 1, or no gene is named.
        """
        if n_neighbors < 1:
            raise invalid_parameter("n_neighbors", f"must be at least 1, got {n_neighbors!r}")
        matches = np.array([bool(re.search(unnamed, str(name))) for name in self.names])
        if matches.all():
            raise invalid_parameter(
                Parameter("unnamed", unnamed), f"finds all {len(self)} names: no named gene is left"
            )
        queries, named = np.flatnonzero(matches), np.flatnonzero(~matches)
        order = np.argsort(self.distance[np.ix_(queries, named)], axis=1, kind="stable")[:, :n_neighbors]
        table = self._pair_table(np.repeat(queries, order.shape[1]), named[order].ravel())
        table.insert(1, "rank", np.tile(np.arange(1, order.shape[1] + 1), len(queries)))
        return table.rename(columns={"first": "unnamed", "second": "nearest"})

    def verdict(self) -> list[str]:
        """Say in sentences what was found; the first one is the answer."""
        return [self._answer(), self._sizes(), *self._close_pairs(), *self._doubts()]

    def _cluster(self, rows):
        inside = self.distance[np.ix_(rows, rows)]
        others = np.setdiff1d(np.arange(len(self)), rows)
        medoid = int(inside.mean(axis=1).argmin())
        # the medoid in front of members at distance 0
        order = np.argsort(np.where(np.arange(len(rows)) == medoid, -1, inside[medoid]), kind="stable")
        n_pairs = len(rows) * (len(rows) - 1)
        return {
            "size": len(rows),
            "silhouette": self.sample_silhouettes[rows].mean(),
            "within": inside.sum() / n_pairs if n_pairs else np.nan,
            "between": self.distance[np.ix_(rows, others)].mean() if len(others) else np.nan,
            "medoid": self.names[rows[medoid]],
            "members": tuple(self.names[rows[order]]),
        }

    def _pair_table(self, first, second):
        distance = self.distance[first, second]
        columns = {
            "first": self.names[first],
            "second": self.names[second],
            "shared": self.shared[first, second],
            "distance": distance,
            "same_cluster": self.labels[first] == self.labels[second],
        }
        if len(self.null_nearest):
            # the smallest distance of each shuffled set is that of its closest pair of all, so the p-value allows for
            # the number of pairs
            as_close = np.searchsorted(np.sort(self.null_nearest), distance, side="right")
            columns["p_shuffle"] = (1 + as_close) / (1 + len(self.null_nearest))
        return pd.DataFrame(columns)

    def _answer(self):
        single = int((np.bincount(self.labels) == 1).sum())
        clusters = f"{len(self)} sequences in {self.n_clusters} clusters" + (
            f" ({single} of a single sequence)" if single else ""
        )
        if not self._is_tested():
            few = f": {len(self.null_silhouettes)} shuffles are too few, 19 would do" if len(self.null_nearest) else ""
            return f"{clusters}: silhouette {self.silhouette:.3f}, not tested against shuffled sequences{few}."
        best = self.null_silhouettes.max()
        if self.p_value > _ALPHA:
            return (
                f"No clusters are shown: {clusters} have a silhouette of {self.silhouette:.3f}, and shuffled sequences "
                f"with the same pairs of neighbouring residues reach up to {best:.3f} (p = {self.p_value:.3f})."
            )
        evidence = f"silhouette {self.silhouette:.3f}, shuffled at most {best:.3f} (p = {self.p_value:.3f})"
        largest = np.bincount(self.labels)[0]
        if largest > _NEARLY_ALL * len(self):
            return f"No groups but outliers: one cluster holds {largest} of {len(self)} sequences; {evidence}."
        return f"{clusters} that are clearer than those of shuffled sequences: {evidence}."

    def _sizes(self):
        sizes = np.bincount(self.labels)
        shown = ", ".join(map(str, sizes[:_MANY_SIZES])) + (", ..." if len(sizes) > _MANY_SIZES else "")
        other = f"; {self.suggested} clusters would have the largest silhouette"
        return f"Cluster sizes: {shown}{other if self.suggested != self.n_clusters else ''}."

    def _close_pairs(self):
        if not self._is_tested():
            return
        pairs = self.pairs()
        close = pairs[pairs["p_shuffle"] <= _ALPHA]
        if not len(close):
            yield "No pair of sequences is closer than chance makes them."
            return
        told = "; ".join(f"{row.first} and {row.second} ({row.distance:.3f})" for row in close.head(3).itertuples())
        n = f"{len(close):,} of {len(pairs):,} pairs {'is' if len(close) == 1 else 'are'}"
        yield (
            f"{n} closer than chance makes them, {close['same_cluster'].sum():,} within a cluster; by distance: "
            f"{told}{'; and others' if len(close) > 3 else ''}."
        )

    def _is_tested(self):
        """Whether there are enough shuffles for a p-value of 0.05."""
        return (1 + len(self.null_nearest)) * _ALPHA >= 1

    def _doubts(self):
        if self.order_agreement < 0.9:
            yield (
                "Warning: the clusters depend on the order of the sequences. In another order they agree by "
                f"{self.order_agreement:.2f} with these (adjusted Rand index: 1 the same, 0 by chance)."
            )
        ratio = self.lengths.max() / max(self.lengths.min(), 1)
        if ratio > MAX_LENGTH_RATIO:
            yield (
                f"Warning: lengths differ {ratio:.1f}-fold ({self.lengths.min()} to {self.lengths.max()} residues), so "
                "the clusters may be groups of similar length."
            )


MAX_LENGTH_RATIO = 1.5
"""Longest by shortest sequence from which on lengths differ much: two thirds of the longer at most can be shared."""
