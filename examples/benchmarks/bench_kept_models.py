"""Models to keep: the nested score beside single models, calibration, domain, and predictions of a million sequences.

    python examples/benchmarks/bench_kept_models.py [--parts promoters calibration domain stream] [--jobs 2]
        [--rows 1000000] [--store kept.folds] [--data ../shared/data]

``promoters`` needs the *Arabidopsis lyrata* promoters (600 nt, five folds by orthogroup): the score of `SequenceModel`,
whose search chooses anew in each training set, beside that of single models on the same folds. Finished fits are kept
in ``--store``; a second run goes on from there.
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from seqaug_sklearn.evaluation import (
    ModelSearch,
    ProbabilityCalibrator,
    SequenceModel,
    calibration_error,
    compare,
    make_model,
)
from seqaug_sklearn.persistence import save_model
from seqaug_sklearn.similarity import ApplicabilityDomain

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SINGLE = {"k-mers": ("kmers", None), "motif CNN": ("motif-cnn", None), "motif CNN, edits": ("motif-cnn", "edits")}


def read_promoters(data):
    """Sequences by name, labels and orthogroups of the *A. lyrata* rows."""
    table = pd.read_csv(data / "promoters" / "promoters.csv.gz")
    table = table[table["species"] == "aly"].set_index("gene_id")
    return table["sequence"], table["label"].to_numpy(), table["orthogroup"].to_numpy()


def promoters(arguments):
    """Print the nested score, and those of single models on the same folds."""
    X, y, groups = read_promoters(arguments.data)
    search = ModelSearch(max_seconds=arguments.seconds)
    seconds, left_out = search.expected(X, y)
    print(f"{len(X)} promoters; one search is estimated at {seconds:.0f} s; left out: {left_out or 'none'}", flush=True)
    started, busy = time.perf_counter(), cpu_seconds()
    model = SequenceModel(search, n_jobs=arguments.jobs, store=arguments.store, progress=True)
    model.fit(X, y, groups=groups)
    took = f"{time.perf_counter() - started:.0f} s, {cpu_seconds() - busy:.0f} s of the processor"
    print(pd.DataFrame(model.search_.cv_results_).round(3).to_string(max_colwidth=60))
    for name, scores in model.scores_.items():
        auroc = scores["auroc"]
        print(f"{name}: AUROC {auroc['mean']:.3f} ({auroc['low']:.3f} to {auroc['high']:.3f})")
    print(f"chosen on all rows: {model.chosen_}; {took}; calibration {model.calibration_}", flush=True)
    single = {
        name: make_model(key, augmentation=augmentation, X=X, y=y) for name, (key, augmentation) in SINGLE.items()
    }
    seed = model.comparison_.seed
    others = compare(
        single, X, y, cv=5, groups=groups, n_jobs=arguments.jobs, store=arguments.store, progress=True,
        return_train_score=False, scoring="auroc", shortcuts=False, random_state=seed,
    )  # fmt: skip
    print(others.scores("auroc").round(3).to_string())


def cpu_seconds():
    """Seconds of the processor of this process and its finished children."""
    return sum(resource.getrusage(who)[0] for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def calibration(_):
    """Print the calibration error before and after, where the true probabilities are known."""
    for n_rows in (100, 300, 1000, 3000):
        before, after = [], []
        for seed in range(20):
            rng = np.random.default_rng(seed)
            logits = rng.normal(scale=1.2, size=(n_rows + 4000, 2))
            truth = _softmax(logits)
            labels = (rng.random(len(truth)) < truth[:, 1]).astype(int)
            said = _softmax(3 * logits)
            fitted = ProbabilityCalibrator().fit(said[:n_rows], labels[:n_rows])
            before.append(calibration_error(said[n_rows:], labels[n_rows:]))
            after.append(calibration_error(fitted.transform(said[n_rows:]), labels[n_rows:]))
        ratio = np.mean(after) / np.mean(before)
        told = f"error {np.mean(before):.3f} before, {np.mean(after):.3f} after ({ratio:.2f})"
        print(f"{n_rows} rows, {fitted.method_}: {told}")


def _softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def domain(_):
    """Print how well held-out relatives and unrelated sequences are separated, by identity."""
    for alphabet, symbols, identities in (
        ("dna", "ACGT", (0.9, 0.8, 0.75, 0.7, 0.65)),
        ("protein", "ACDEFGHIKLMNPQRSTVWY", (0.8, 0.6, 0.5, 0.4)),
    ):
        for length in (150, 300, 600):
            told = []
            for identity in identities:
                scores, flags = _relatives(alphabet, list(symbols), length, identity)
                told.append(f"{identity:.0%} {scores:.3f} ({flags[0]:.0%}, {flags[1]:.0%})")
            print(f"{alphabet}, {length} residues: AUROC by identity (relatives in, unrelated in): {'; '.join(told)}")


def _relatives(alphabet, symbols, length, identity):
    rng = np.random.default_rng(0)
    # two mutated copies of one ancestor have this identity
    changed = 1 - np.sqrt(identity)

    def copy(text):
        letters = np.array(text)
        places = rng.random(length) < changed * len(symbols) / (len(symbols) - 1)
        letters[places] = rng.choice(symbols, places.sum())
        return "".join(letters)

    ancestors = [rng.choice(symbols, length) for _ in range(200)]
    training = [copy(text) for text in ancestors for _ in range(4)]
    new = [copy(text) for text in ancestors]
    unrelated = ["".join(rng.choice(symbols, length)) for _ in range(200)]
    fitted = ApplicabilityDomain(alphabet).fit(training)
    score = roc_auc_score(np.repeat([1, 0], 200), fitted.score_samples(new + unrelated))
    flags = fitted.predict(new + unrelated) == 1
    return score, (flags[:200].mean(), flags[200:].mean())


def stream(arguments):
    """Print time and memory of ``seqaug predict`` on very many sequences of 200 nt."""
    from seqaug_sklearn.cli import main

    rng = np.random.default_rng(0)
    letters = np.frombuffer(b"ACGT", np.uint8)

    def texts(n):
        return [row.tobytes().decode() for row in letters[rng.integers(0, 4, (n, 200), dtype=np.uint8)]]

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        X = pd.Series(texts(1500)).rename(lambda i: f"train{i}")
        model = SequenceModel(make_model("kmers"), cv=2).fit(X, np.arange(1500) % 2)
        save_model(model, path / "model", about=model.about())
        with (path / "new.fa").open("w") as file:
            for start in range(0, arguments.rows, 10_000):
                lines = texts(min(10_000, arguments.rows - start))
                file.write("".join(f">s{start + i}\n{text}\n" for i, text in enumerate(lines)))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        started = time.perf_counter()
        sys.argv = ["seqaug", "predict", str(path / "model"), str(path / "new.fa"), "--out", str(path / "p.csv.gz")]
        try:
            main()
        except SystemExit as end:
            print(f"exit code {end.code}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        took = time.perf_counter() - started
        print(f"{arguments.rows:,} sequences of 200 nt: {took:.0f} s, at most {peak:.2f} GiB ({before:.2f} before)")


PARTS = {"calibration": calibration, "domain": domain, "stream": stream, "promoters": promoters}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, help="most seconds of one search, estimated by size")
    parser.add_argument("--store", type=Path, default=Path("kept.folds"))
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    for name in arguments.parts:
        print(f"\n{name}", flush=True)
        PARTS[name](arguments)
