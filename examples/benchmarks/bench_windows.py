"""Windows of 10,000 sequences of 300 nt: speed and memory against a generator loop.

Run ``python examples/benchmarks/bench_windows.py``. Ratios hold within one run; times are the best of several.
"""

import argparse
import platform
import time
import tracemalloc

import numpy as np

from seqaug_sklearn import WindowAugmenter

LENGTH, WINDOW = 300, 40


def generate(X):
    """Windows of each sequence without repeats, one slice at a time."""
    for text in X:
        seen = set()
        for start in range(len(text) - WINDOW + 1):
            window = text[start : start + WINDOW]
            if window not in seen:
                seen.add(window)
                yield window


def random_sequences(n_samples):
    rng = np.random.default_rng(0)
    return ["".join(row) for row in rng.choice(list("ACGT"), (n_samples, LENGTH))]


def best_time(call, repeats):
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - begin)
        del result
    return min(times)


def allocated(call):
    """Bytes that the result keeps, and the most held on the way."""
    tracemalloc.start()
    result = call()
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return kept, peak


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    X = random_sequences(options.samples)
    augmenter = WindowAugmenter(WINDOW).fit(X)
    repeated = WindowAugmenter(WINDOW, unique=False).fit(X)
    n_windows = options.samples * (LENGTH - WINDOW + 1)
    assert np.count_nonzero(augmenter.transform(X)) == n_windows == sum(1 for _ in generate(X))
    ways = {
        "generator loop, list": (lambda: list(generate(X)), 1),
        "WindowAugmenter.explode": (lambda: augmenter.explode(X), options.repeats),
        "WindowAugmenter.transform": (lambda: augmenter.transform(X), options.repeats),
        "the same, unique=False": (lambda: repeated.transform(X), options.repeats),
    }
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    print(f"{options.samples:,} sequences of {LENGTH} nt, {n_windows:,} windows of {WINDOW} nt, repeats checked\n")
    print(f"{'':28}{'seconds':>9}{'windows/s':>14}{'ratio':>8}{'kept MB':>10}{'peak MB':>10}{'bytes/residue':>15}")
    slowest = None
    for name, (call, repeats) in ways.items():
        seconds = best_time(call, repeats)
        slowest = slowest or seconds
        kept, peak = allocated(call)
        print(
            f"{name:28}{seconds:9.3f}{n_windows / seconds:14,.0f}{slowest / seconds:7.0f}x{kept / 1e6:10.1f}"
            f"{peak / 1e6:10.1f}{kept / options.samples / LENGTH:15.2f}"
        )


if __name__ == "__main__":
    main()
