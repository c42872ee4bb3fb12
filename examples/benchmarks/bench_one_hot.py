"""One-hot of 20,000 sequences of 300 nt to float32: against a dictionary loop and SeqPro.

Run ``python examples/benchmarks/bench_one_hot.py``. Ratios hold within one run; times are the best of several. Goals:
at least 40 times the dictionary loop, and not slower than SeqPro.
"""

import argparse
import importlib.metadata
import platform
import time

import numpy as np

from seqaug_sklearn.encoding import OneHotEncoder, one_hot

ROWS = {"A": (1, 0, 0, 0), "C": (0, 1, 0, 0), "G": (0, 0, 1, 0), "T": (0, 0, 0, 1)}


def dictionary_loop(X):
    return np.array([[ROWS[symbol] for symbol in text] for text in X], dtype=np.float32)


def seqpro_way():
    """SeqPro's encoder from list of str to float32, or None where it is not installed."""
    try:
        import seqpro
    except ImportError:
        return None
    return lambda X: seqpro.ohe(seqpro.cast_seqs(X), seqpro.DNA).astype(np.float32)


def best_time(call, X, repeats):
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        result = call(X)
        times.append(time.perf_counter() - begin)
        del result
    return min(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    X = ["".join(row) for row in rng.choice(list("ACGT"), (options.samples, 300))]
    encoder = OneHotEncoder().fit(X)
    ways = {"dictionary loop": (dictionary_loop, 2)}
    seqpro = seqpro_way()
    if seqpro is not None:
        ways[f"SeqPro {importlib.metadata.version('seqpro')}"] = (seqpro, options.repeats)
    ways["one_hot"] = (one_hot, options.repeats)
    ways["OneHotEncoder.transform"] = (encoder.transform, options.repeats)
    expected = dictionary_loop(X[:100])
    assert all(np.array_equal(call(X[:100]), expected) for call, _ in ways.values())
    seconds = {name: best_time(call, X, repeats) for name, (call, repeats) in ways.items()}
    other = next((time_ for name, time_ in seconds.items() if name.startswith("SeqPro")), None)
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    print(f"{options.samples:,} sequences of 300 nt, list of str to float32\n")
    print(f"{'':28}{'seconds':>9}{'sequences/s':>14}{'to loop':>10}{'to SeqPro':>11}")
    for name, time_ in seconds.items():
        ratio = f"{other / time_:10.2f}x" if other else f"{'-':>11}"
        print(f"{name:28}{time_:9.4f}{options.samples / time_:14,.0f}{seconds['dictionary loop'] / time_:9.1f}x{ratio}")
    if other is None:
        print("\nSeqPro is not installed: pip install seqpro")


if __name__ == "__main__":
    main()
