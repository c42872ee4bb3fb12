"""What looking up the nearest training sequence scores: on genomes, on noise, and on a public benchmark in any order.

Prints the accuracy of the lookup baseline (``NearestSequenceClassifier``)

- on windows of upstream regions, split at random as the window paper does and in held-out blocks;
- on the same of random letters, where there is nothing to learn;
- on a table of sequences with labels, in the order of the file, sorted by class either way, and shuffled: the same
  folds must give the same score, whichever row comes first.

    python examples/benchmarks/bench_lookup.py [NC_000932.1.gb ...] [--table uci_promoters.csv]
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import ShuffleSplit, StratifiedKFold, cross_val_score

from seqaug_sklearn import WindowAugmenter
from seqaug_sklearn.datasets import read_genbank, upstream_regions
from seqaug_sklearn.model_selection import WindowBlockKFold
from seqaug_sklearn.similarity import NearestSequenceClassifier


def of_windows(name, sequences, n_trials):
    """One row: random splits as published (seeds 42, 43, ...) and five block folds, on every window of 40."""
    windows = WindowAugmenter().explode(sequences, np.arange(len(sequences)))
    X, y, model = windows.windows, windows.y, NearestSequenceClassifier()
    at_random = [
        cross_val_score(model, X, y, cv=ShuffleSplit(1, test_size=0.2, random_state=42 + trial))[0]
        for trial in range(n_trials)
    ]
    blocks = WindowBlockKFold(5, window=40, on_empty="skip")
    held_out = cross_val_score(model, X, y, groups=windows.positions, cv=blocks)
    print(
        f"{name:32s} {len(sequences):4d} classes  random {np.mean(at_random):.3f}  blocks {held_out.mean():.3f}  "
        f"chance {1 / len(sequences):.3f}",
        flush=True,
    )


def of_table(path, n_splits=10):
    """The same folds whichever row comes first."""
    table = pd.read_csv(path)
    X, y = table["sequence"].str.upper().to_numpy(), table["label"].to_numpy()
    folds = list(StratifiedKFold(n_splits, shuffle=True, random_state=0).split(X, y))
    orders = {
        "as the file": np.arange(len(y)),
        "sorted by class": np.argsort(y, kind="stable"),
        "sorted the other way": np.argsort(y, kind="stable")[::-1],
        "shuffled": np.random.default_rng(0).permutation(len(y)),
    }
    print(f"\n{Path(path).name}, {len(y)} sequences, {n_splits} folds")
    for name, order in orders.items():
        place = np.argsort(order)
        moved = [(np.sort(place[train]), np.sort(place[test])) for train, test in folds]
        scores = cross_val_score(NearestSequenceClassifier(), X[order], y[order], cv=moved)
        print(f"  rows {name:22s} accuracy {scores.mean():.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("genomes", nargs="*", help="GenBank files")
    parser.add_argument("--table", help="CSV with columns sequence and label")
    parser.add_argument("--trials", type=int, default=3)
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    noise = ["".join(row) for row in rng.choice(list("ACGT"), (30, 300))]
    of_windows("random letters", noise, arguments.trials)
    for path in arguments.genomes:
        record = read_genbank(path)
        of_windows(record.annotations["organism"], upstream_regions(record)["sequence"].tolist(), arguments.trials)
    if arguments.table:
        of_table(arguments.table)


if __name__ == "__main__":
    main()
