"""What `MotifCNNClassifier` learns from few sequences, in one table per part.

The planted task: random sequences of 300 nt, half of them with the same 12-mer at a random place; 300 such rows for
testing; five seeds of data and network.

    python examples/benchmarks/bench_motif_cnn.py [--parts rows substitutions attributions published] [--seeds 5]

- ``rows``: exact sites, from 50 to 400 rows; from 50 also with half of the filters started from enriched 8-mers
- ``substitutions``: one and two random substitutions in every site, 400 rows
- ``attributions``: how often the largest attribution of a positive row lies in its site
- ``published``: the published networks, whole, on 400 rows and more (slow): from how many rows they learn
"""

import argparse
import time

import numpy as np

from seqaug_sklearn.classification import CNNBiLSTMClassifier, MotifCNNClassifier, PromoterCNNClassifier
from seqaug_sklearn.inspection import sequence_attributions

LETTERS = np.array(list("ACGT"))
LENGTH, WIDTH = 300, 12
PARTS = ("rows", "substitutions", "attributions", "published")


def planted(n_rows, rng, motif, substitutions=0):
    """Sequences, labels, and the place of the site in each positive row."""
    letters, y = rng.integers(0, 4, (n_rows, LENGTH)), np.arange(n_rows) % 2
    starts = rng.integers(0, LENGTH - WIDTH + 1, n_rows)
    for row in np.flatnonzero(y):
        site = motif.copy()
        for position in rng.choice(WIDTH, substitutions, replace=False):
            site[position] = (site[position] + rng.integers(1, 4)) % 4
        letters[row, starts[row] : starts[row] + WIDTH] = site
    return ["".join(row) for row in LETTERS[letters]], y, starts


def task(seed, n_rows, substitutions=0):
    """Training and test rows of a seed."""
    rng = np.random.default_rng(seed)
    motif = rng.integers(0, 4, WIDTH)
    return planted(n_rows, rng, motif, substitutions), planted(300, rng, motif, substitutions)


def measure(name, make, seeds, n_rows, substitutions=0):
    """Print the accuracy of each seed's network on its test rows, and CPU seconds of a fit."""
    scores, seconds = [], []
    for seed in range(seeds):
        (X, y, _), (test, labels, _) = task(seed, n_rows, substitutions)
        start = time.process_time()
        model = make(random_state=seed).fit(X, y)
        seconds.append(time.process_time() - start)
        scores.append(model.score(test, labels))
    each = " ".join(f"{score:.3f}" for score in scores)
    print(f"{name:44} {n_rows:5} rows  accuracy {np.mean(scores):.3f} ({each}), {max(seconds):.0f} CPU s", flush=True)


def rows(seeds):
    for n_rows in (400, 150, 100, 50):
        measure("exact sites", MotifCNNClassifier, seeds, n_rows)
    measure("exact sites, enriched 8-mers", enriched, seeds, 50)


def enriched(**options):
    """Half of the filters start from 8-mers enriched in the training rows."""
    return MotifCNNClassifier(initial_filters="enriched", initial_share=0.5, **options)


def substitutions(seeds):
    for number in (1, 2):
        measure(f"sites with {number} of {WIDTH} letters changed", MotifCNNClassifier, seeds, 400, number)


def attributions(seeds):
    """The largest attribution, of either sign, among the letters of a positive row."""
    hits = []
    for seed in range(seeds):
        (X, y, _), (test, labels, starts) = task(seed, 400)
        model = MotifCNNClassifier(random_state=seed).fit(X, y)
        positive = np.flatnonzero(labels)
        found = sequence_attributions(model, [test[row] for row in positive], target=1, random_state=0)
        peaks = np.abs(found.values).sum(axis=2).argmax(axis=1)
        hits.append(((peaks >= starts[positive]) & (peaks < starts[positive] + WIDTH)).mean())
    each = " ".join(f"{hit:.3f}" for hit in hits)
    print(f"{'peak of the attributions in the site':44} {np.mean(hits):.3f} of positive test rows ({each})", flush=True)


def published(seeds):
    for n_rows in (400, 2000):
        measure("PromoterCNNClassifier()", PromoterCNNClassifier, seeds, n_rows)
        measure("CNNBiLSTMClassifier()", CNNBiLSTMClassifier, seeds, n_rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS[:3])
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    for part in arguments.parts:
        globals()[part](arguments.seeds)


if __name__ == "__main__":
    main()
