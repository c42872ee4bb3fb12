"""The window paper's analysis of unlabelled sequences: shared k-mers, clusters both ways, a verdict and a report."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from seqaug_sklearn.evaluation._kmer_sections import nearest_named, sections
from seqaug_sklearn.evaluation._report import Section, write_report
from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.similarity import SequenceClusters, cluster_sequences

__all__ = ["KmerAnalysis", "analyse_kmers"]

_PAPER_CLUSTERS, _PAPER_LONGEST = 7, 15
_PAPER_SHUFFLES = 19
"""As many as a p-value of 0.05 needs: the paper's clusters are shown for comparison."""


@dataclass(frozen=True, eq=False)
class KmerAnalysis:
    """Result of :func:`analyse_kmers`.

    Attributes
    ----------
    clusters : SequenceClusters
        Clusters by distance, with their test.
    paper : SequenceClusters
        Clusters of the paper's program, as coded.
    settings : dict
        What was run, for the report.
    """

    clusters: SequenceClusters
    paper: SequenceClusters
    settings: Mapping[str, Any] = field(default_factory=dict)

    def verdict(self) -> list[str]:
        """Say in sentences what was found; the first one is the answer."""
        return [*self.clusters.summary(), *_on_unnamed(self.clusters), *_on_paper(self.clusters, self.paper)]

    def sections(self) -> list[Section]:
        """Return the parts of the report; its figures are made anew and belong to the caller."""
        return sections(self.clusters, self.paper)

    def to_html(
        self, folder: str | Path, *, title: str = "Shared k-mers", settings: Mapping[str, Any] | None = None
    ) -> Path:
        """Write the report.

        Parameters
        ----------
        folder : path
            As in :func:`write_report`.
        title : str, default="Shared k-mers"
            Heading.
        settings : dict, default=None
            Further entries for the table of settings, for example the input file.

        Returns
        -------
        pathlib.Path
            ``report.html``. Beside it, in ``tables``: ``pairs.csv`` (all pairs, the closest first; of more than 500,000
            the closest 500,000), ``shared_k_mers.csv`` and ``distances.csv`` (matrices), ``sequences.csv`` (cluster,
            silhouette, coordinates), ``clusters.csv``, the same for the paper's program, and, where there are genes
            without a telling name, ``nearest_named_genes.csv``.

        Raises
        ------
        OutputFolderError
            If the folder cannot be written.
        """
        parts = self.sections()
        facts = {**(settings or {}), **self.settings}
        try:
            return write_report(folder, title=title, verdict=self.verdict(), sections=parts, settings=facts)
        finally:
            _close(parts)


def analyse_kmers(
    X,
    *,
    k: int | tuple[int, int] | None = None,
    alphabet="dna",
    metric: str = "weighted_jaccard",
    canonical: bool = False,
    n_clusters: int | None = None,
    max_clusters: int | None = None,
    n_shuffles: int = 99,
    random_state=21,
    n_jobs: int | None = None,
    progress: bool = False,
) -> KmerAnalysis:
    """Compare unlabelled sequences by shared k-mers, and cluster them by distance and as the paper's program does.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        At least three sequences; names come from the index of a Series.
    k, alphabet, metric, canonical, max_clusters, n_shuffles, random_state, n_jobs, progress
        As in :func:`~seqaug_sklearn.similarity.cluster_sequences`; the paper's program gets at most 19 shuffles.
    n_clusters : int, default=None
        Number of clusters by distance; None: the one with the largest silhouette. The paper's program makes 7, or as
        many as the sequences allow.

    Returns
    -------
    analysis : KmerAnalysis

    Raises
    ------
    SequenceError, ValueError
        As in :func:`~seqaug_sklearn.similarity.cluster_sequences`.

    See Also
    --------
    seqaug_sklearn.plotting.ClusterDisplay, seqaug_sklearn.plotting.ClusterMatrixDisplay : The figures.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> sequences = make_promoters(8, length=80, n_families=2, random_state=0).sequences
    >>> analysis = analyse_kmers(sequences, n_shuffles=0)
    >>> len(analysis.clusters.pairs()), analysis.paper.n_clusters
    (28, 7)
    """
    options = {
        "alphabet": alphabet, "metric": metric, "canonical": canonical, "max_clusters": max_clusters,
        "n_shuffles": n_shuffles, "random_state": random_state, "n_jobs": n_jobs, "progress": progress,
    }  # fmt: skip
    clusters = cluster_sequences(X, k=k, n_clusters=n_clusters, **options)
    paper = _as_published(X, k, clusters, options)
    settings = {
        "sequences": len(clusters),
        "residues": f"{clusters.lengths.min()} to {clusters.lengths.max()}",
        "k": _range(clusters.k),
        "k of the paper's program": _range(paper.k),
        "alphabet": getattr(alphabet, "name", alphabet),
        "distance": metric,
        "strands": "both" if canonical else "as given",
        "shuffles": n_shuffles,
        "seed": str(random_state),
    }
    return KmerAnalysis(clusters, paper, settings)


def _as_published(X, k, clusters, options):
    """The paper's program on the same sequences, with fewer clusters where there are too few for seven."""
    if k is None and clusters.lengths.max() < _PAPER_LONGEST:
        k = clusters.k
    n_different = len(np.unique(clusters.distance <= 0, axis=0))
    number = min(_PAPER_CLUSTERS, n_different, len(clusters) - 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SeqAugWarning)  # of lengths: said for the first clustering
        n_shuffles = min(options["n_shuffles"], _PAPER_SHUFFLES)
        return cluster_sequences(X, k=k, method="paper", n_clusters=number, **options | {"n_shuffles": n_shuffles})


def _range(k):
    return str(k[0]) if k[0] == k[1] else f"{k[0]} to {k[1]}"


def _on_unnamed(clusters):
    table = nearest_named(clusters)
    if table is None:
        return
    nearest = table[table["rank"] == 1]
    genes = f"{len(nearest)} gene{'s' * (len(nearest) > 1)} without a telling name (ycf, ORF)"
    if "p_shuffle" not in table:
        yield f"{genes}: their nearest named genes are listed below."
        return
    close = nearest[nearest["p_shuffle"] <= 0.05]
    told = ", ".join(f"{row.unnamed} ({row.nearest}, {row.distance:.3f})" for row in close.itertuples())
    if told:
        yield f"{genes}; closer to a named gene than chance makes them: {told}."
    else:
        yield f"{genes}; none is closer to a named gene than chance makes it."


def _on_paper(clusters, paper):
    p = f", p = {paper.p_value:.3f}" if len(paper.null_silhouettes) else ""
    yield (
        f"The paper's program, as coded, makes {paper.n_clusters} clusters with a silhouette of {paper.silhouette:.3f}"
        f"{p}. The same sequences in another order agree with them by {paper.order_agreement:.2f} (1: the same "
        f"clusters, 0: chance), those of the distance by {clusters.order_agreement:.2f}."
    )
    if "p_shuffle" in (pairs := clusters.pairs()):
        close = pairs[pairs["p_shuffle"] <= 0.05]
        rows = [paper.names.get_indexer(close[side]) for side in ("first", "second")]
        together = int((paper.labels[rows[0]] == paper.labels[rows[1]]).sum())
        if len(close):
            yield f"It puts {together} of the {len(close)} pairs that are closer than chance into one cluster."


def _close(parts):
    import matplotlib.pyplot as plt

    for part in parts:
        for figure in part.figures.values():
            plt.close(figure)
