"""Embeddings of distinct sequences of mixed lengths: against a loop of one sequence at a time with transformers.

Run ``python examples/benchmarks/bench_embedding.py [--quick]``. Models of random weights, DNABERT's k-mers. Ratios hold
within one run, and the processor time beside the clock time is steadier on a busy machine. Memory and the cache are
measured in processes of their own. Goals: at least 4 times the loop on mixed lengths; memory flat in the number of
sequences; time in proportion to it; the second transform reads the cache.

What a batch saves is the cost of a call. Where the arithmetic of one sequence fills the processor already (long
sequences, wide models, few cores) no batch can be 4 times as fast, and the table shows it. Where the processor has
bfloat16, a second table shows what ``precision="bfloat16"`` saves and how far it moves the vectors.
"""

import argparse
import functools
import itertools
import math
import multiprocessing
import os
import platform
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

K = 3
LENGTHS = {"17 to 50": (17, 50), "20 to 500": (20, 500)}
MODELS = {"64 x 2": (64, 2), "128 x 4": (128, 4), "768 x 12": (768, 12)}
"""Hidden size and layers: the model of pretrain_dna_bert.py, a larger one, DNABERT."""


def mixed_sequences(n_samples, lengths, seed=0):
    """Distinct sequences, lengths spread evenly on a logarithmic scale, in random order; one at a time."""
    rng = np.random.default_rng(seed)
    low, high = np.log(lengths)
    for _ in range(n_samples):
        yield "".join(rng.choice(list("ACGT"), round(float(np.exp(rng.uniform(low, high))))))


def save_model(folder, hidden_size, n_layers):
    import torch
    from transformers import BertConfig, BertModel
    from transformers.utils.logging import disable_progress_bar

    from seqaug_sklearn.embedding import kmer_vocabulary

    disable_progress_bar()
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=5 + 4**K,
        hidden_size=hidden_size,
        num_hidden_layers=n_layers,
        num_attention_heads=max(1, hidden_size // 64),
        intermediate_size=4 * hidden_size,
    )
    BertModel(config).save_pretrained(folder)
    Path(folder, "vocab.txt").write_text("\n".join(kmer_vocabulary(K)))


def one_by_one(folder, X):
    """What a user writes without batches; the model is loaded before the clock starts."""
    import torch
    from transformers import BertModel, BertTokenizer

    tokenizer = BertTokenizer(str(Path(folder, "vocab.txt")), do_lower_case=False)
    network = BertModel.from_pretrained(folder).eval()

    def run():
        rows = []
        with torch.no_grad():
            for text in X:
                words = " ".join(text[i : i + K] for i in range(len(text) - K + 1))
                hidden = network(**tokenizer(words, return_tensors="pt")).last_hidden_state
                rows.append(hidden[0].mean(0).numpy())
        return np.array(rows)

    network(**tokenizer("ACG", return_tensors="pt"))
    return run


def measured(call):
    begin, used = time.perf_counter(), time.process_time()
    result = call()
    return time.perf_counter() - begin, time.process_time() - used, result


def compare_speed(model, lengths, n_samples):
    """Clock and processor seconds of the loop, of batches, and of batches in bfloat16 where the processor has it.

    Each with the largest difference to the loop's vectors.
    """
    import torch

    from seqaug_sklearn.embedding import LanguageModelEmbedder
    from seqaug_sklearn.utils import resolve_precision

    X = list(mixed_sequences(n_samples, LENGTHS[lengths]))
    in_hardware = resolve_precision("auto", torch.device("cpu")) == torch.bfloat16
    with tempfile.TemporaryDirectory() as folder:
        save_model(folder, *MODELS[model])
        *loop, expected = measured(one_by_one(folder, X))
        found = [(*loop, 0.0)]
        for precision in ("float32", "bfloat16")[: 1 + in_hardware]:
            embedder = LanguageModelEmbedder(folder, kmer=K, device="cpu", precision=precision).fit(X)
            embedder.transform(X[:1])
            *seconds, vectors = measured(functools.partial(embedder.transform, X))
            found.append((*seconds, float(np.abs(vectors - expected).max())))
    return found


def measure_stream(n_samples):
    """Seconds and peak bytes of a stream into a file."""
    from seqaug_sklearn.embedding import LanguageModelEmbedder

    with tempfile.TemporaryDirectory() as folder:
        save_model(folder, *MODELS["64 x 2"])
        embedder = LanguageModelEmbedder(folder, kmer=K, device="cpu", batch_size=8).fit(["ACGT"])
        embedder.transform(["ACGT"])
        elapsed, used, _ = measured(
            lambda: embedder.transform_to(Path(folder, "x.npy"), mixed_sequences(n_samples, LENGTHS["17 to 50"]))
        )
    unit = 1 if platform.system() == "Darwin" else 1024
    return elapsed, used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def measure_cache(n_samples):
    """Seconds of the first and of the second transform with a cache on disk, and whether they agree."""
    from seqaug_sklearn.embedding import LanguageModelEmbedder

    X = list(mixed_sequences(n_samples, LENGTHS["17 to 50"]))
    with tempfile.TemporaryDirectory() as folder:
        save_model(folder, *MODELS["128 x 4"])
        embedder = LanguageModelEmbedder(folder, kmer=K, device="cpu", cache_dir=Path(folder, "cache")).fit(X)
        embedder.transform(X[:1])
        first = measured(lambda: embedder.transform(X))
        second = measured(lambda: embedder.transform(X))
    return first[0], second[0], bool((first[2] == second[2]).all())


def alone(function, *arguments):
    """Run in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out DNABERT's size, and use fewer sequences")
    options = parser.parse_args()
    import torch
    import transformers

    print(
        f"Python {platform.python_version()}, torch {torch.__version__}, transformers {transformers.__version__}, "
        f"{platform.machine()}, {os.cpu_count()} cores, {torch.get_num_threads()} torch threads\n"
    )
    print("model     lengths    sequences  one by one/s  batches/s  faster  (by processor time)  largest difference")
    half = []
    cases = (
        [("64 x 2", 200), ("128 x 4", 100)] if options.quick else [("64 x 2", 800), ("128 x 4", 400), ("768 x 12", 24)]
    )
    for (model, n_samples), lengths in itertools.product(cases, LENGTHS):
        loop, *batches = alone(compare_speed, model, lengths, n_samples)
        rows = [
            f"{model:<9} {lengths:<10} {n_samples:>9} {n_samples / loop[0]:>13.1f} "
            f"{n_samples / found[0]:>10.1f} {loop[0] / found[0]:>6.1f}x {loop[1] / found[1]:>20.1f}x "
            f"{found[2]:>19.1e}"
            for found in batches
        ]
        print(rows[0], flush=True)
        half += rows[1:]
    if half:
        print("\nin bfloat16", *half, sep="\n")
    sizes = (500, 5000) if options.quick else (1000, 10_000)
    streams = [alone(measure_stream, n) for n in sizes]
    print("\nstream into a file, 64 x 2, 17 to 50 residues")
    for n, (elapsed, used, peak) in zip(sizes, streams, strict=True):
        print(f"{n:>7} sequences: {elapsed:.2f} s, {used:.2f} processor s, peak {peak / 1e6:.0f} MB")
    growth = math.log(streams[1][1] / streams[0][1]) / math.log(sizes[1] / sizes[0])
    print(f"growth exponent of processor time from {sizes[0]} to {sizes[1]}: {growth:.2f}")
    print(f"growth of the peak: {(streams[1][2] - streams[0][2]) / 1e6:.1f} MB")
    first, second, same = alone(measure_cache, sizes[0])
    print(f"\ncache, {sizes[0]} sequences, 128 x 4: {first:.2f} s, then {second:.3f} s ({first / second:.0f}x)")
    print(f"the same numbers: {same}")


if __name__ == "__main__":
    main()
