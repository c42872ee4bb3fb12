"""Millions of pairs from a file: memory that the fit holds, and the time of an epoch beside reading the file once.

Pairs of 2 x 128 numbers are simulated into a ``.npy`` file, block by block; the file is mapped, and features of the
pairs are made batch by batch. Printed are the largest anonymous memory of the process (mapped pages aside, which the
system takes back when it needs them) before and in the fit, and seconds of an epoch, of one reading, of predicting.

    python examples/benchmarks/bench_pairs_on_disk.py [--pairs 2000000] [--folder .] [--epochs 1] [--threads 2]
"""

import argparse
import os
import threading
import time
from pathlib import Path

import numpy as np
import torch

from seqaug_sklearn.classification import ResidualMLPClassifier

DIMENSIONS, BLOCK = 128, 50_000
FEATURES = ("first", "second", "difference", "product")


def simulate(path, n_pairs):
    """Write pairs of vectors; label 1 where the two have much in common."""
    rng = np.random.default_rng(0)
    values = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(n_pairs, 2 * DIMENSIONS))
    labels = np.empty(n_pairs, np.int8)
    for start in range(0, n_pairs, BLOCK):
        n = min(BLOCK, n_pairs - start)
        first, second = rng.normal(size=(2, n, DIMENSIONS)).astype(np.float32)
        labels[start : start + n] = rng.random(n) < 0.5
        second += 0.3 * first * labels[start : start + n, None]
        values[start : start + n] = np.hstack([first, second])
    values.flush()
    return labels


def anonymous_memory():
    """GiB of this process that no file backs."""
    text = Path("/proc/self/status").read_text()
    return int(text.split("RssAnon:")[1].split()[0]) / 2**20


class Peak:
    """Largest anonymous memory while the block runs, looked at ten times a second."""

    def __enter__(self):
        self.gib, self._done = anonymous_memory(), threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self):
        while not self._done.wait(0.1):
            self.gib = max(self.gib, anonymous_memory())

    def __exit__(self, *error):
        self._done.set()
        self._thread.join()


def read_once(path):
    """Seconds to read the file from beginning to end."""
    start = time.perf_counter()
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 24):
            pass
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=2_000_000)
    parser.add_argument("--folder", type=Path, default=Path("."))
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="torch threads")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    path = options.folder / "pairs.bench.npy"
    try:
        labels = simulate(path, options.pairs)
        size = os.path.getsize(path) / 2**30
        print(f"{options.pairs:,} pairs of 2 x {DIMENSIONS} numbers, {size:.2f} GiB, {options.threads} torch threads")
        reading = read_once(path)
        mapped = np.load(path, mmap_mode="r")
        network = ResidualMLPClassifier(
            hidden_sizes=(128, 64), pair_features=FEATURES, scaling="global", max_epochs=options.epochs,
            batch_size=1024, validation_fraction=0.05, device="cpu", random_state=0,
        )  # fmt: skip
        before, start = anonymous_memory(), time.perf_counter()
        with Peak() as peak:
            network.fit(mapped, labels, groups=np.arange(options.pairs))
        fit = time.perf_counter() - start
        epoch = network.history_["seconds"].mean()
        print(f"anonymous memory: {before:.2f} GiB before the fit, at most {peak.gib:.2f} GiB in it")
        print(f"fit {fit:.0f} s, an epoch {epoch:.0f} s: {epoch / reading:.0f} times one reading ({reading:.1f} s)")
        start = time.perf_counter()
        with Peak() as peak:
            accuracy = np.mean(network.predict(mapped[-200_000:]) == labels[-200_000:])
        print(f"predict 200,000 pairs: {time.perf_counter() - start:.0f} s, at most {peak.gib:.2f} GiB")
        valid = network.history_["valid_accuracy"].iloc[-1]
        print(f"accuracy there {accuracy:.3f} (most of them were trained on), of validation rows {valid:.3f}")
    finally:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
