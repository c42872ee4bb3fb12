"""Shared k-mers, k = 5 to 12, of random sequences of 300 nt: against a dictionary loop and scikit-learn's vectorizer.

Run ``python examples/benchmarks/bench_similarity.py [--quick]``. Every case runs in a process of its own, so that its
peak memory is its own; times are medians, ratios hold within one run, and the processor time beside the clock time is
steadier on a busy machine. All ways give the same quantity, the sum of the
smaller counts, and their matrices are compared. Goals: at least 120 times the dictionary loop at 210 sequences; 10,000
sequences in under 25 s and 3 GB; the nearest of 24,000 windows for 29,000 windows in a few seconds and under 2 GB.
"""

import argparse
import hashlib
import itertools
import math
import multiprocessing
import os
import platform
import resource
import statistics
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import scipy
import sklearn

from seqaug_sklearn import KmerSimilarity

KS = range(5, 13)
LENGTH = 300


def random_sequences(n_samples):
    rng = np.random.default_rng(0)
    return ["".join(row) for row in rng.choice(list("ACGT"), (n_samples, LENGTH))]


def count(text):
    return [Counter(text[i : i + k] for i in range(len(text) - k + 1)) for k in KS]


def shared(left, right):
    return sum(min(n, b[kmer]) for a, b in zip(left, right, strict=True) for kmer, n in a.items() if kmer in b)


def dictionary_loop(X):
    counts = [count(text) for text in X]
    scores = np.zeros((len(X), len(X)))
    for i, left in enumerate(counts):
        for j in range(i, len(X)):
            scores[i, j] = scores[j, i] = shared(left, counts[j])
    return scores


def count_vectorizer(X):
    """The sum of the smaller counts from a count matrix: one product of 0/1 matrices for each count reached."""
    from sklearn.feature_extraction.text import CountVectorizer

    counts = CountVectorizer(analyzer="char", ngram_range=(KS[0], KS[-1]), lowercase=False).fit_transform(X)
    scores = np.zeros((len(X), len(X)))
    for level in range(1, counts.max() + 1):
        reached = (counts >= level).astype(np.int32)
        scores += (reached @ reached.T).toarray()
    return scores


def kmer_similarity(X):
    return KmerSimilarity(k=(KS[0], KS[-1])).fit_transform(X)


WAYS = {"dictionary loop": dictionary_loop, "CountVectorizer": count_vectorizer, "KmerSimilarity": kmer_similarity}


def peak_memory():
    """Most bytes this process held so far."""
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def measure(way, n_samples, repeats):
    """Median seconds, median processor seconds, peak bytes, and what the matrix says, for comparison."""
    X, times = random_sequences(n_samples), []
    for _ in range(repeats):
        scores = None
        begin, used = time.perf_counter(), time.process_time()
        scores = WAYS[way](X)
        times.append((time.perf_counter() - begin, time.process_time() - used))
    peak = peak_memory()
    pairs = np.random.default_rng(1).integers(n_samples, size=(200, 2))
    exact = all(scores[i, j] == shared(count(X[i]), count(X[j])) for i, j in pairs)
    clock, processor = (statistics.median(column) for column in zip(*times, strict=True))
    return clock, processor, peak, exact, hashlib.sha256(scores.data).hexdigest()


def measure_memoriser():
    """Seconds and peak bytes of the nearest fitted window by shared 12-mers, dense output never formed."""
    windows = [text[i : i + 40] for text in random_sequences(113) for i in range(261)]
    fitted = [windows[i] for i in np.random.default_rng(0).permutation(len(windows))[:24_000]]
    begin = time.perf_counter()
    graph = KmerSimilarity(k=12, output="distance", n_neighbors=1).fit(fitted).transform(windows)
    return time.perf_counter() - begin, peak_memory(), graph.shape


def alone(function, *arguments):
    """Run in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out 10,000 sequences, repeat the slow ways once")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    slow = 1 if options.quick else options.repeats
    cases = [("dictionary loop", 210, slow), ("CountVectorizer", 210, slow), ("KmerSimilarity", 210, options.repeats)]
    cases += [("CountVectorizer", 2000, 1), ("KmerSimilarity", 2000, options.repeats)]
    cases += [] if options.quick else [("KmerSimilarity", 10_000, 1)]
    print(
        f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn "
        f"{sklearn.__version__}, {platform.machine()}, {os.cpu_count()} cores, "
        f"OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'unset')}\n"
    )
    print("sequences  way               seconds   faster  processor s   faster  peak GB  200 pairs exact  same matrix")
    seconds, first, digests = {}, {}, {}
    for way, n_samples, repeats in cases:
        elapsed, used, peak, exact, digest = alone(measure, way, n_samples, repeats)
        seconds[way, n_samples] = elapsed
        slowest = first.setdefault(n_samples, (elapsed, used))
        same = digests.setdefault(n_samples, digest) == digest
        print(
            f"{n_samples:>9}  {way:<15} {elapsed:>9.3f} {slowest[0] / elapsed:>7.1f}x {used:>12.3f} "
            f"{slowest[1] / used:>7.1f}x {peak / 1e9:>8.2f}  {exact!s:<15}  {same}"
        )
    sizes = [n for way, n, _ in cases if way == "KmerSimilarity"]
    for small, large in itertools.pairwise(sizes):
        growth = seconds["KmerSimilarity", large] / seconds["KmerSimilarity", small]
        print(f"growth exponent from {small} to {large}: {math.log(growth) / math.log(large / small):.2f}")
    elapsed, peak, shape = alone(measure_memoriser)
    print(f"nearest window, k = 12, {shape[0]} against {shape[1]}: {elapsed:.2f} s, peak {peak / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
