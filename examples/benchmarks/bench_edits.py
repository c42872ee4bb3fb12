"""Random edits in sequences per second against evoaug2, and the share of an epoch that they take on a CPU.

Both sides edit the same sequences on one thread and keep their last result, as training does; runs of 50 ms alternate.
Processor seconds are counted, so that other programs disturb less. "ratio" is the median over the repeats, "best" the
ratio of the fastest runs: where they differ, something else was using the caches. Goals: at least 20 times for
deletion, insertion, mutation and inversion, 5 times for translocation, 1 for the others; at most 10 % of an epoch.

    python examples/benchmarks/bench_edits.py [--evoaug SITE_PACKAGES] [--repeats 15] [--threads 1]

``--evoaug`` names a folder that holds evoaug2, where it is installed in another environment.
"""

import argparse
import importlib.metadata
import os
import platform
import statistics
import sys
import time

import numpy as np
import torch

from seqaug_sklearn.augmentation import (
    RandomAugmentation,
    RandomDeletion,
    RandomInsertion,
    RandomInversion,
    RandomMutation,
    RandomNoise,
    RandomReverseComplement,
    RandomTranslocation,
)
from seqaug_sklearn.classification import CNNBiLSTMClassifier, PromoterCNNClassifier

LENGTH = 300
BLOCK = 0.05
"""Seconds of one run: shorter ones measure how the caches fill."""
# edit, name in evoaug2, goal
EDITS = (
    (RandomDeletion(), "RandomDeletion", 20),
    (RandomInsertion(), "RandomInsertion", 20),
    (RandomMutation(), "RandomMutation", 20),
    (RandomInversion(), "RandomInversion", 20),
    (RandomTranslocation(), "RandomTranslocation", 5),
    (RandomNoise(), "RandomNoise", 1),
    (RandomReverseComplement(), "RandomRC", 1),
)


def rival(folder):
    """The module of evoaug2's edits and its version, or None where it is not installed."""
    if folder:
        sys.path.append(folder)
    try:
        import evoaug.augment as edits

        return edits, importlib.metadata.version("evoaug2")
    except ImportError:
        return None


class Timer:
    """Processor seconds of one call; the last result stays alive."""

    def __init__(self, call, seconds):
        self.call, self.kept = call, call()
        begin = time.process_time()
        self.kept = call()
        self.inner = max(1, round(seconds / max(time.process_time() - begin, 1e-6)))

    def __call__(self):
        begin = time.process_time()
        for _ in range(self.inner):
            self.kept = self.call()
        return (time.process_time() - begin) / self.inner


def compare(edit, other, n, repeats):
    """Sequences per second of both sides, the median of their ratios, and the ratio of the fastest runs."""
    rng = np.random.default_rng(0)
    X = torch.eye(4)[torch.from_numpy(rng.integers(4, size=(n, LENGTH)))]
    ours = Timer(lambda: edit.augment_batch(X, rng), BLOCK)
    if other is None:
        return n / statistics.median(ours() for _ in range(repeats)), None, None, None
    columns_first = X.transpose(1, 2).contiguous()
    theirs = Timer(lambda: other(columns_first), BLOCK)
    pairs = np.array([(ours(), theirs()) for _ in range(repeats)])
    best = pairs.min(axis=0)
    return *(n / np.median(pairs, axis=0)), np.median(pairs[:, 1] / pairs[:, 0]), best[1] / best[0]


def print_speed(evoaug, repeats):
    print(f"{'edit':24}{'batch':>6}{'sequences/s':>13}{'evoaug2':>11}{'ratio':>9}{'best':>9}{'goal':>6}")
    for n in (128, 1024):
        for edit, name, goal in EDITS:
            ours, theirs, ratio, best = compare(edit, evoaug and getattr(evoaug, name)(), n, repeats)
            columns = f"{theirs:11,.0f}{ratio:8.1f}x{best:8.1f}x" if theirs else f"{'-':>11}{'-':>9}{'-':>9}"
            print(f"{type(edit).__name__:24}{n:6}{ours:13,.0f}{columns}{goal:5}x")


class Stopwatch:
    """Passes batches on to an augmentation and adds up the processor seconds."""

    def __init__(self, augmentation):
        self.augmentation, self.seconds = augmentation, 0.0

    def augment_batch(self, X, rng, *, identifiers=None):
        begin = time.process_time()
        edited = self.augmentation.augment_batch(X, rng, identifiers=identifiers)
        self.seconds += time.process_time() - begin
        return edited


def share_of_epoch(classifier, n_sequences, repeats):
    """Median share of the processor seconds of an epoch that is spent in augment_batch."""
    rng = np.random.default_rng(0)
    text = ["".join(row) for row in rng.choice(list("ACGT"), (n_sequences, LENGTH))]
    y = rng.integers(2, size=n_sequences)
    augmentation = RandomAugmentation([edit for edit, *_ in EDITS])
    shares = []
    for _ in range(repeats):
        watch = Stopwatch(augmentation)
        model = classifier(augment=watch, max_epochs=1, validation_fraction=None, device="cpu", random_state=0)
        begin = time.process_time()
        model.fit(text, y)
        shares.append(watch.seconds / (time.process_time() - begin))
    return statistics.median(shares)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--evoaug", metavar="SITE_PACKAGES", help="folder that holds evoaug2")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    found = rival(options.evoaug)
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, torch {torch.__version__}, "
        f"{f'evoaug2 {found[1]}' if found else 'no evoaug2'}, {platform.machine()}, {os.cpu_count()} cores, "
        f"{options.threads} torch thread(s)\n{LENGTH} nt, default parameters of both packages\n"
    )
    print_speed(found and found[0], options.repeats)
    if found is None:
        print("\nevoaug2 is not installed, so there is nothing to compare with: pip install --no-deps evoaug2")
    print("\nshare of a training epoch spent in RandomAugmentation (two of the seven edits per sequence; goal 10 %)")
    for classifier in (PromoterCNNClassifier, CNNBiLSTMClassifier):
        share = share_of_epoch(classifier, 1024, 3)
        print(f"  {classifier.__name__:24}{100 * share:5.1f} %")


if __name__ == "__main__":
    main()
