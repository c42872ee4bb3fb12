"""The window paper's analysis of unlabelled sequences: shared k-mers, clusters both ways, a verdict and a report."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.reporting import BAND, BLUE, SLATE, VERMILLION, Result, Section, detached
from seqaug_sklearn.similarity import SequenceClusters, cluster_sequences
from seqaug_sklearn.utils import counted

__all__ = ["KmerAnalysis", "analyse_kmers", "nearest_named", "sections"]

_MOST_PAIRS = 500_000
_OF_PAIRS = "closer than chance"
"""Words of the sentence on related pairs: they are what can be believed, while clusters are found in anything."""


def sections(clusters: SequenceClusters, paper: SequenceClusters) -> list[Section]:
    """All sections of the report; figures are made anew."""
    parts = [_pairs(clusters), _by_distance(clusters), _unnamed(clusters), _published(paper), _matrices(clusters)]
    return [part for part in parts if part is not None]


def _by_distance(clusters):
    from seqaug_sklearn.plotting import ClusterDisplay, ClusterMatrixDisplay

    figures = {
        "Map of the sequences": detached(ClusterDisplay.from_clusters(clusters)),
        "Similarity of all pairs": detached(ClusterMatrixDisplay.from_clusters(clusters)),
        "Silhouette by number of clusters": _silhouette_figure(clusters),
    }
    sizes = np.bincount(clusters.labels)
    return Section(
        "Clusters",
        text="Average linkage on a symmetric distance. Look at the test first: clusters are found in anything.",
        figures=figures,
        tables={"Clusters": _members(clusters)},
        data={
            "Sequences": clusters.to_frame(),
            "Silhouette by number of clusters": clusters.silhouettes.rename_axis("clusters").reset_index(),
        },
        alt={
            "Map of the sequences": f"Principal coordinates of {len(clusters)} sequences in {clusters.n_clusters} "
            f"clusters of {', '.join(map(str, sizes[:12]))} members.",
            "Similarity of all pairs": "Heat map of the similarity of all pairs, ordered by cluster.",
        },
        notes=[
            "Silhouette: 1 for tight clusters far apart, 0 for none, below 0 where sequences are nearer to another "
            "cluster. Of k-mer distances it is small even for true families (0.15 at 90 % identity), so compare it "
            "with the shuffled sequences, not with a textbook's scale.",
            "within, between: mean distance to the other members, and to all other sequences. The medoid is the member "
            "nearest to the others; members are listed from it outwards.",
            f"p: share of {len(clusters.null_silhouettes)} sets of shuffled sequences (same counts of neighbouring "
            "residues) whose clusters, found in the same way, have at least this silhouette."
            if len(clusters.null_silhouettes)
            else "The clusters were not tested against shuffled sequences.",
        ],
    )


def _members(clusters):
    table = clusters.members()
    return table.assign(members=[", ".join(map(str, names)) for names in table["members"]])


def _silhouette_figure(clusters):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    ax = figure.subplots()
    if len(clusters.null_silhouettes):
        low, high = clusters.null_silhouettes.min(), clusters.null_silhouettes.max()
        ax.axhspan(low, high, color=BAND, label="shuffled sequences")
    ax.plot(clusters.silhouettes.index, clusters.silhouettes, ".-", color=BLUE)
    label = f"{clusters.n_clusters} clusters, as shown"
    ax.plot(clusters.n_clusters, clusters.silhouette, "D", color=VERMILLION, markersize=8, label=label)
    ax.axhline(0, color=SLATE, linewidth=0.8)
    ax.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]  # the automatic locator takes it
    ax.set(xlabel="number of clusters", ylabel="mean silhouette")
    ax.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", frameon=False, fontsize=9)
    return figure


def _pairs(clusters):
    pairs = clusters.pairs()
    notes = ["shared: k-mers in common, each as often as in the sequence that has it less often."]
    if "p_shuffle" in pairs:
        notes.append(
            "p shuffle: how often a set of shuffled sequences holds any pair at least as close; it allows for the "
            "number of pairs."
        )
    if len(pairs) > _MOST_PAIRS:
        notes.append(f"Of {len(pairs):,} pairs the closest {_MOST_PAIRS:,} are kept.")
    text = (
        "All pairs, the closest first. Neighbouring genes can share their upstream region, and inverted repeats hold "
        "genes twice: the closest pairs are often the same place of the genome."
    )
    return Section("Closest pairs", text=text, tables={"Pairs": pairs.head(_MOST_PAIRS)}, notes=notes)


def nearest_named(clusters: SequenceClusters) -> pd.DataFrame | None:
    """Return the nearest named genes, or None where no gene is unnamed or none is named."""
    if isinstance(clusters.names, pd.RangeIndex):
        return None
    try:
        table = clusters.nearest_named()
    except ValueError:
        return None
    return table if len(table) else None


def _unnamed(clusters):
    table = nearest_named(clusters)
    if table is None:
        return None
    return Section(
        "Uncharacterised genes",
        text="The nearest named genes of ycf and ORF genes. Nearness is a hint at a relative, not at a function.",
        tables={"Nearest named genes": table},
    )


def _published(paper):
    from seqaug_sklearn.plotting import ClusterDisplay

    caption = "Map of the paper's program"
    first, rows = paper.coordinates[:, 0], np.arange(len(paper))
    along = abs(np.corrcoef(first, rows)[0, 1]) if first.std() > 0 else 0.0
    return Section(
        "The paper's way, as coded",
        text=(
            "The published program clusters the rows of the matrix of shared counts by k-means: counts where a "
            "distance is meant, and only the upper triangle. The first sequence's row is full and the last one's "
            "empty, so that a sequence's place in the file decides what its row holds.\n\n"
            f"Here the first principal component follows the place in the file with a correlation of {along:.2f}."
        ),
        figures={caption: detached(ClusterDisplay.from_clusters(paper))},
        tables={"Clusters of the paper's program": _members(paper)},
        data={caption: paper.to_frame()},
        alt={caption: f"Principal components of the rows, {paper.n_clusters} clusters."},
        notes="Silhouettes, within and between are in the symmetric distance, for comparison.",
    )


def _matrices(clusters):
    matrices = {"Shared k-mers": clusters.shared, "Distances": clusters.distance}
    return Section(
        "Matrices",
        text="All sequences by all sequences. The diagonal of the shared k-mers holds each sequence's own number.",
        data={
            name: pd.DataFrame(matrix, index=clusters.names, columns=clusters.names)
            for name, matrix in matrices.items()
        },
    )


_PAPER_CLUSTERS, _PAPER_LONGEST = 7, 15
_PAPER_SHUFFLES = 19
"""As many as a p-value of 0.05 needs: the paper's clusters are shown for comparison."""


@dataclass(frozen=True, eq=False, repr=False)
class KmerAnalysis(Result):
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

    _title = "Shared k-mers"

    clusters: SequenceClusters
    paper: SequenceClusters
    settings: Mapping[str, Any] = field(default_factory=dict)

    def verdict(self) -> list[str]:
        """Say in sentences what was found: which pairs are related, where that was tested, then the clusters."""
        told = sorted(self.clusters.verdict(), key=lambda line: _OF_PAIRS not in line)
        return [*told, *_on_unnamed(self.clusters), *_on_paper(self.clusters, self.paper)]

    def to_frame(self) -> pd.DataFrame:
        """Return the table of the sequences, as :meth:`SequenceClusters.to_frame`."""
        return self.clusters.to_frame()

    def sections(self) -> list[Section]:
        """Return the parts of the report; its figures are made anew and belong to the caller."""
        return sections(self.clusters, self.paper)

    def to_html(
        self, folder: str | Path, *, title: str | None = None, settings: Mapping[str, Any] | None = None
    ) -> Path:
        """Write the report.

        Parameters
        ----------
        folder : path
            As in :func:`write_report`.
        title : str, default=None
            Heading.
        settings : dict, default=None
            Further entries for the table of settings, for example the input file.

        Returns
        -------
        pathlib.Path
            ``report.html``. Beside it, in ``tables``: ``pairs.csv`` (all pairs, the closest first; of more than 500,000
            the closest 500,000), ``shared_k_mers.csv`` and ``distances.csv`` (matrices), ``sequences.csv`` (cluster,
            silhouette, coordinates), ``clusters.csv``, the same for the paper's program, and, where there are genes
            uncharacterised, ``nearest_named_genes.csv``.

        Raises
        ------
        OutputFolderError
            If the folder cannot be written.
        """
        facts = {**(settings or {}), **self.settings}
        return self._write(folder, title or self._title, self.verdict(), self.sections(), settings=facts)


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
    # the program's k of 5 to 15 is an error for sequences shorter than that
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
    genes = f"{counted(len(nearest), 'uncharacterised gene')} (ycf, ORF)"
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
