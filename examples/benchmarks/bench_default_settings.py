"""Do the default settings reach the accuracy of the paper's settings? Means over three random window splits.

The published protocol (80/20 of all windows at random) on the first genes of the real *A. thaliana* plastome, or of a
simulated one where the file is absent. This split leaks, as the user guide shows; here it only compares two settings
of the same network on the same rows.

    python examples/benchmarks/bench_default_settings.py [--genes 30] [--trials 3] [--data ../shared/data]
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.model_selection import ShuffleSplit

from seqaug_sklearn import CNNBiLSTMClassifier, WindowAugmenter
from seqaug_sklearn.classification import PAPER_DNA
from seqaug_sklearn.datasets import make_plastome, read_genbank, upstream_regions

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--genes", type=int, default=30, help="number of genes; 0 takes all")
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    genome = arguments.data / "plastomes" / "NC_000932.1.gb"
    record = read_genbank(genome) if genome.exists() else make_plastome(n_genes=40, random_state=0)
    regions = upstream_regions(record).iloc[: arguments.genes or None]
    windows = WindowAugmenter().explode(regions["sequence"], regions.index.to_numpy())
    settings = {"paper": PAPER_DNA, "default": {}}
    scores = {name: [] for name in settings}
    for trial in range(arguments.trials):
        train, test = next(ShuffleSplit(1, test_size=0.2, random_state=42 + trial).split(windows.windows))
        for name, options in settings.items():
            classifier = CNNBiLSTMClassifier(**(options | {"random_state": 42 + trial}))
            classifier.fit(windows.windows[train], windows.y[train])
            scores[name].append(classifier.score(windows.windows[test], windows.y[test]))
            epochs, seconds = len(classifier.history_), classifier.history_["seconds"].sum()
            print(
                f"trial {trial}, {name:8s} accuracy {scores[name][-1]:.4f}, {epochs} epochs, {seconds:.0f} s",
                flush=True,
            )
    print(f"{record.id}, {len(regions)} genes, {len(windows):,} windows, {arguments.trials} trials")
    for name, values in scores.items():
        error = np.std(values, ddof=1) / len(values) ** 0.5
        print(f"  {name:8s} mean accuracy {np.mean(values):.4f}, standard error {error:.4f}")
    print(f"  default minus paper: {100 * (np.mean(scores['default']) - np.mean(scores['paper'])):+.2f} points")


if __name__ == "__main__":
    main()
