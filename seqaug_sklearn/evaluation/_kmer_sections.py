"""Tables and figures of a k-mer analysis, as sections of a report."""

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._report import Section
from seqaug_sklearn.similarity import SequenceClusters

__all__ = ["nearest_named", "sections"]

_MOST_PAIRS = 500_000
_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#6e7781"


def sections(clusters: SequenceClusters, paper: SequenceClusters) -> list[Section]:
    """All sections of the report; figures are made anew."""
    parts = [_by_distance(clusters), _pairs(clusters), _unnamed(clusters), _published(paper), _matrices(clusters)]
    return [part for part in parts if part is not None]


def _by_distance(clusters):
    from seqaug_sklearn.plotting import ClusterDisplay, ClusterMatrixDisplay

    figures = {
        "Map of the sequences": ClusterDisplay.from_clusters(clusters).figure_,
        "Similarity of all pairs": ClusterMatrixDisplay.from_clusters(clusters).figure_,
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
        ax.axhspan(low, high, color="#e6e9ed", label="shuffled sequences")
    ax.plot(clusters.silhouettes.index, clusters.silhouettes, ".-", color=_BLUE)
    label = f"{clusters.n_clusters} clusters, as shown"
    ax.plot(clusters.n_clusters, clusters.silhouette, "D", color=_ORANGE, markersize=8, label=label)
    ax.axhline(0, color=_GREY, linewidth=0.8)
    ax.xaxis.get_major_locator().set_params(integer=True)
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
        "Genes without a telling name",
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
        figures={caption: ClusterDisplay.from_clusters(paper).figure_},
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
