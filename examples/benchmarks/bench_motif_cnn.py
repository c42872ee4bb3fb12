"""What `MotifCNNClassifier` learns from few sequences, in one table per part.

The planted task: random sequences of 300 nt, half of them with the same 12-mer at a random place; 300 such rows for
testing; five seeds of data and network.

    python examples/benchmarks/bench_motif_cnn.py [--parts rows substitutions attributions published bags voting]
        [--seeds 5] [--poolings none mean max log_sum_exp noisy_or attention] [--networks motif bilstm deep]

- ``rows``: exact sites, from 50 to 400 rows; from 50 also with half of the filters started from enriched 8-mers
- ``substitutions``: one and two random substitutions in every site, 400 rows
- ``attributions``: how often the largest attribution of a positive row lies in its site
- ``published``: the published networks, whole, on 400 rows and more (slow): from how many rows they learn
- ``bags``: windows of 40 nt that overlap by 20, 400 rows: inherited labels and each pooling side by side, and how often
  the window of the largest weight holds most of the site of a positive test row; ``bilstm`` has the defaults of
  ``CNNBiLSTMClassifier``, ``deep`` the window paper's depth in every pooling (slow)
- ``voting``: k-mers with logistic regression on the same windows, by how windows vote and are labelled
"""

import argparse
import time

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.classification import (
    CNNBiLSTMClassifier,
    MotifCNNClassifier,
    PromoterCNNClassifier,
    WindowVotingClassifier,
)
from seqaug_sklearn.inspection import sequence_attributions

LETTERS = np.array(list("ACGT"))
LENGTH, WIDTH = 300, 12
PARTS = ("rows", "substitutions", "attributions", "published", "bags", "voting")
POOLINGS = ("none", "mean", "max", "log_sum_exp", "noisy_or", "attention")
NETWORKS = {
    "motif": (MotifCNNClassifier, {}),
    "bilstm": (CNNBiLSTMClassifier, {}),
    "deep": (
        CNNBiLSTMClassifier,
        {"conv_channels": (64, 128), "kernel_size": 3, "pool": "once", "hidden_size": 128, "num_layers": 2}
        | {"patience": 8, "validation_fraction": 0.1},
    ),
}


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
    for n_rows in (400, 1000, 2000):
        measure("PromoterCNNClassifier()", PromoterCNNClassifier, seeds, n_rows)
    for n_rows in (400, 2000):
        measure("CNNBiLSTMClassifier()", CNNBiLSTMClassifier, seeds, n_rows)


def windows():
    """Windows of 40 nt, each sharing 20 with the next."""
    return WindowAugmenter(40, min_shared=None, overlap=(20, 20))


def bags(seeds, poolings, networks):
    for name in networks:
        for pooling in poolings:
            report_bags(name, pooling, seeds)


def report_bags(name, pooling, seeds):
    """One line: accuracy, whether the heaviest window holds most of the site, epochs, CPU seconds."""
    scores, hits, seconds = [], [], []
    for seed in range(seeds):
        (X, y, _), (test, labels, sites) = task(seed, 400)
        kind, settings = NETWORKS[name]
        network = kind(**settings | {"bag_pooling": None if pooling == "none" else pooling, "random_state": seed})
        start = time.process_time()
        model = make_pipeline(windows(), network).fit(X, y)
        seconds.append(time.process_time() - start)
        scores.append(model.score(test, labels))
        hits.append(holds_site(model, test, labels, sites))
    each = " ".join(f"{score:.3f}" for score in scores)
    print(
        f"{name:9} {pooling:12} accuracy {np.mean(scores):.3f} ({each}), heaviest window holds the site "
        f"{np.mean(hits):.3f}, {len(network.history_)} epochs, {max(seconds):.0f} CPU s",
        flush=True,
    )


def holds_site(model, test, labels, sites):
    """Share of positive rows whose heaviest window holds more than half of the site."""
    positive = np.flatnonzero(labels)
    text = [test[row] for row in positive]
    heaviest = np.nanargmax(model[-1].bag_weights(model[0].transform(text), target=1), axis=1)
    exploded = model[0].explode(text)
    starts = exploded.starts.reshape(len(text), -1)[np.arange(len(text)), heaviest]
    site = sites[positive]
    shared = np.minimum(starts + 40, site + WIDTH) - np.maximum(starts, site)
    return (shared > WIDTH // 2).mean()


def voting(seeds):
    settings = {
        "soft": {},
        "max": {"voting": "max"},
        "top_k": {"voting": "top_k"},
        "max, labelled anew": {"voting": "max", "n_relabelings": 10},
    }
    for name, options in settings.items():
        scores = []
        for seed in range(seeds):
            (X, y, _), (test, labels, _) = task(seed, 400)
            kmers = make_pipeline(
                CountVectorizer(analyzer="char", ngram_range=(6, 6)), LogisticRegression(max_iter=1000)
            )
            model = make_pipeline(windows(), WindowVotingClassifier(kmers, **options)).fit(X, y)
            scores.append(model.score(test, labels))
        print(f"6-mers of windows, {name:20} accuracy {np.mean(scores):.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS[:3])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--poolings", nargs="+", choices=POOLINGS, default=POOLINGS)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=["motif"])
    arguments = parser.parse_args()
    for part in arguments.parts:
        chosen = (arguments.poolings, arguments.networks) if part == "bags" else ()
        globals()[part](arguments.seeds, *chosen)


if __name__ == "__main__":
    main()
