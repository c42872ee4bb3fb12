"""K-mer counts of 20,000 sequences of 300 nt: KmerCounts against scikit-learn's CountVectorizer, time and memory.

Run ``python examples/benchmarks/bench_features.py``. Ratios hold within one run; times are the best of several, memory
is the peak that Python and NumPy ask for. Goal: at least 20 times CountVectorizer at k = 6. A second table fits
logistic regression on positional k-mers of 600 sequences of 600 nt, a third computes the gapped k-mer kernel of 500
sequences of 300 nt beside a loop over pairs of words and, where it is installed, kmer-learn. With ``--motifs`` and
``--promoters`` (a table with columns species and sequence) the last scores known motifs; goal: 2,016 in 1,453 promoters
of 600 nt within 15 seconds on two cores.
"""

import argparse
import importlib.util
import math
import platform
import time
import tracemalloc

import numpy as np
import pandas as pd
import sklearn
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.features import (
    GappedKmerCounts,
    KmerCounts,
    MotifOccupancy,
    PositionalKmers,
    SequenceComposition,
    gapped_kmer_kernel,
)


def random_sequences(n, length):
    rng = np.random.default_rng(0)
    return ["".join(row) for row in rng.choice(list("ACGT"), (n, length))]


def best_time(call, repeats):
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - begin)
        del result
    return min(times)


def peak_megabytes(call):
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def assert_equal_counts(X):
    theirs = CountVectorizer(analyzer="char", ngram_range=(6, 6), lowercase=False)
    ours = KmerCounts(6, canonical=False)
    expected, found = theirs.fit_transform(X), ours.fit_transform(X)
    assert theirs.get_feature_names_out().tolist() == ours.get_feature_names_out().tolist()
    assert abs(expected - found).max() == 0


def counting(X, repeats, peaks):
    print(f"{'fit_transform':42}{'seconds':>9}{'ratio':>8}{'peak MiB':>10}")
    for k in ((6, 6), (5, 6), (8, 8)):
        theirs = CountVectorizer(analyzer="char", ngram_range=k, lowercase=False, dtype=np.float32)
        ways = {f"CountVectorizer, k = {k[0]} to {k[1]}": (theirs, 2)}
        for canonical in (False, True):
            ours = KmerCounts(k, canonical=canonical)
            ways[f"KmerCounts, {'both strands' if canonical else 'one strand'}"] = (ours, repeats)
        slowest = None
        for name, (model, times) in ways.items():
            seconds = best_time(lambda model=model: model.fit_transform(X), times)
            slowest = slowest or seconds
            peak = f"{peak_megabytes(lambda model=model: model.fit_transform(X)):10.0f}" if peaks else ""
            print(f"{name:42}{seconds:9.3f}{slowest / seconds:7.1f}x{peak}")


def positions(repeats):
    X = random_sequences(600, 600)
    y = np.arange(600) % 2
    print(f"\n{'600 sequences of 600 nt':42}{'seconds':>9}{'columns':>10}")
    for model in (PositionalKmers((1, 5)), PositionalKmers((1, 5), tolerance=2), SequenceComposition()):
        seconds = best_time(lambda model=model: model.fit_transform(X), repeats)
        print(f"{f'{model!r}.fit_transform':42}{seconds:9.3f}{model.fit(X).n_features_out_:10,}")
    pipeline = make_pipeline(PositionalKmers((1, 5)), LogisticRegression(max_iter=1000))
    print(f"{'positional k-mers, logistic regression':42}{best_time(lambda: pipeline.fit(X, y), 2):9.3f}")


def naive_kernel(X):
    """Two words of 10 with m matches share C(m, 6) masks; all pairs of words, row by row."""
    shared = np.array([math.comb(matches, 6) for matches in range(11)])
    words = [np.lib.stride_tricks.sliding_window_view(np.frombuffer(text.encode(), np.uint8), 10) for text in X]
    pairs = [[shared[(a[:, None] == b).sum(axis=2)].sum() for b in words] for a in words]
    return np.array(pairs, float)


def kernels():
    X = random_sequences(500, 300)
    few = X[:10]
    assert (gapped_kmer_kernel(few, canonical=False, normalize=False) == naive_kernel(few)).all()
    print(f"\n{'gapped k-mers (l = 10, k = 6), 500 x 300 nt':42}{'seconds':>9}")
    naive = best_time(lambda: naive_kernel(few), 1) * (len(X) / len(few)) ** 2
    print(f"{'naive kernel, one strand, from 10 rows':42}{naive:9.1f}")
    for canonical in (False, True):
        seconds = best_time(lambda canonical=canonical: gapped_kmer_kernel(X, canonical=canonical), 3)
        print(f"{'gapped_kmer_kernel, ' + ('both strands' if canonical else 'one strand'):42}{seconds:9.1f}")
    print(f"{'GappedKmerCounts of 100 rows':42}{best_time(lambda: GappedKmerCounts().fit_transform(X[:100]), 2):9.1f}")
    if importlib.util.find_spec("kmer") is None:
        print("kmer-learn is not installed and left out.")
        return
    from kmer.kernels import GKMKernel

    theirs = GKMKernel(L=10, k=6, d=4).set_references(X)
    print(f"{'kmer-learn, one strand, 4 mismatches':42}{best_time(theirs.kernel, 1):9.1f}")


def known_motifs(motifs, promoters):
    table = pd.read_csv(promoters)
    X = table.loc[table["species"] == "aly", "sequence"]
    model = MotifOccupancy(motifs).fit(X[:1])
    seconds = best_time(lambda: model.transform(X), 2)
    print(f"\n{model.n_features_out_:,} motifs in {len(X):,} promoters, both strands: {seconds:.1f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--no-memory", action="store_true", help="leave out the peaks, which take most of the time")
    parser.add_argument("--motifs", help="a file of motifs, in the format of MEME or JASPAR")
    parser.add_argument("--promoters", help="a table of promoters")
    options = parser.parse_args()
    X = random_sequences(options.samples, 300)
    assert_equal_counts(X[:100])
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, scikit-learn {sklearn.__version__}")
    print(f"{options.samples:,} sequences of 300 nt, {platform.machine()}\n")
    counting(X, options.repeats, not options.no_memory)
    positions(options.repeats)
    kernels()
    if options.motifs and options.promoters:
        known_motifs(options.motifs, options.promoters)


if __name__ == "__main__":
    main()
