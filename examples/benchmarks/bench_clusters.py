"""Clusters of unlabelled sequences: which method recovers planted families, and how large silhouettes are.

Run ``python examples/benchmarks/bench_clusters.py [--data FOLDER]``. Prints the figures behind decision 5 and the
chapter on clustering. The real genome is looked for in ``../shared/data`` beside the repository.
"""

import argparse
import platform
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from seqaug_sklearn.datasets import read_genbank, upstream_regions
from seqaug_sklearn.similarity import cluster_sequences

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SIZES = (20, 10, 5, 3, 2, 2)
LENGTH = 300


def families(sizes, identity, rng):
    """Random founders and their members, two of which are this much alike; sequences and the family of each."""
    # two members agree where neither changed, or both to the same letter
    rate = 0.75 * (1 - np.sqrt((4 * identity - 1) / 3))
    texts, labels = [], []
    for family, size in enumerate(sizes):
        founder = rng.integers(4, size=LENGTH)
        for _ in range(size):
            changed = rng.random(LENGTH) < rate
            member = np.where(changed, (founder + rng.integers(1, 4, LENGTH)) % 4, founder)
            texts.append("".join(np.array(list("ACGT"))[member]))
            labels.append(family)
    return texts, np.array(labels)


def spread(values):
    return f"{np.mean(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def bench_families(n_repeats):
    print(
        f"Families of {', '.join(map(str, SIZES))} sequences of {LENGTH} nt, {n_repeats} simulations, adjusted Rand "
        f"index by identity of two members:"
    )
    ways = ("average linkage", "with 6 clusters", "k-means, 6 clusters", "program of the paper")
    print(" " * 11 + "".join(f"{way:22}" for way in ways))
    for identity in (0.9, 0.8, 0.7):
        found: dict[str, list[float]] = {"suggested": [], "six": [], "k-means": [], "paper": []}
        for seed in range(n_repeats):
            texts, truth = families(SIZES, identity, np.random.default_rng(seed))
            order = np.random.default_rng(seed).permutation(len(texts))
            texts, truth = [texts[i] for i in order], truth[order]
            clusters = cluster_sequences(texts, n_shuffles=0)
            six = cluster_sequences(texts, n_clusters=len(SIZES), n_shuffles=0)
            means = KMeans(len(SIZES), n_init=10, random_state=seed).fit_predict(clusters.coordinates)
            paper = cluster_sequences(texts, method="paper", n_clusters=len(SIZES), n_shuffles=0)
            for name, labels in zip(found, (clusters.labels, six.labels, means, paper.labels), strict=True):
                found[name].append(adjusted_rand_score(truth, labels))
        print(f"{identity:>9.0%}  " + "".join(f"{spread(values):22}" for values in found.values()))


def bench_silhouettes(n_repeats):
    print(f"\nMean silhouette of ten true families of five sequences of {LENGTH} nt, by identity of two members:")
    for identity in (0.9, 0.8, 0.7):
        values = []
        for seed in range(n_repeats):
            texts, _ = families((5,) * 10, identity, np.random.default_rng(seed))
            values.append(cluster_sequences(texts, n_clusters=10, n_shuffles=0).silhouette)
        print(f"{identity:>9.0%}  {spread(values)}")


def bench_genome(folder):
    regions = upstream_regions(read_genbank(folder / "plastomes" / "NC_000932.1.gb"))["sequence"]
    print(f"\nA. thaliana, {len(regions)} upstream regions:")
    for most in (20, None):
        clusters = cluster_sequences(regions, max_clusters=most, n_shuffles=0)
        sizes = np.bincount(clusters.labels)
        told = ", ".join(map(str, sizes[:8])) + (", ..." if len(sizes) > 8 else "")
        print(f"  at most {most or 'any number of'} clusters: {clusters.n_clusters} of sizes {told}")
    paper = cluster_sequences(regions, method="paper", n_shuffles=0)
    agreement = cluster_sequences(regions, n_shuffles=0).order_agreement
    place = np.corrcoef(np.arange(len(regions)), paper.coordinates[:, 0])[0, 1]
    print(
        f"  agreement with the clusters of another order: average linkage {agreement:.2f}, the paper's program "
        f"{paper.order_agreement:.2f}; its first component follows the order with a correlation of {abs(place):.2f}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, scikit-learn {sklearn.__version__}, "
        f"{platform.machine()}\n"
    )
    bench_families(options.repeats)
    bench_silhouettes(options.repeats)
    if options.data.is_dir():
        bench_genome(options.data)
    else:
        print("\nThe real genome is not there and is left out (--data FOLDER)")


if __name__ == "__main__":
    main()
