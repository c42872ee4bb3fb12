"""From how many rows does which model learn, and what does augmentation move? A table and a figure.

Random sequences of 300 nt in two classes, and 300 more for testing. Five kinds of evidence:

- ``exact``: the same 12-mer at a random place of every positive row
- ``degenerate``: the same, with two of its letters changed at random in each row
- ``paired``: two 8-mers, 6 to 14 nt apart; every negative row holds one of them, twice
- ``position``: five letters at fixed places that are favoured, each in three rows of four
- ``composition``: 53 % against 47 % G and C

Every cell (evidence, model, rows, seed) is a line of ``--store``, written when it is done; a second run continues from
there.

    python examples/benchmarks/bench_learning_curves.py [--quick] [--rows 50 100 ... 2000] [--seeds 3]
        [--evidence exact ...] [--models "motif" ...] [--store learning_curves.csv] [--figure learning_curves.png]
"""

import argparse
import csv
import time
import zlib
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from scipy import stats
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation, RandomTranslocation, WindowAugmenter
from seqaug_sklearn.classification import (
    BAG_DNA,
    CNNBiLSTMClassifier,
    MotifCNNClassifier,
    PromoterCNNClassifier,
    WindowVotingClassifier,
)
from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.similarity import NearestSequenceClassifier

mpl.use("agg")

LETTERS, LENGTH, N_TEST = np.array(list("ACGT")), 300, 300
ROWS = (50, 100, 200, 400, 1000, 2000)
POOLINGS = ("mean", "max", "log_sum_exp", "noisy_or", "attention")
PLAIN, EDITED = "motif network", "motif network, edits"
FEWEST_SEEDS = 5
"""Seeds that an interval of the gain of edits takes."""
COLUMNS = ("evidence", "model", "rows", "seed", "auroc", "accuracy", "cpu_seconds")


def place(letters, row, motif, start):
    letters[row, start : start + len(motif)] = motif


def exact(letters, y, rng, motifs, substitutions=0):
    motif = motifs[0]
    for row in np.flatnonzero(y):
        site = motif.copy()
        for position in rng.choice(len(site), substitutions, replace=False):
            site[position] = (site[position] + rng.integers(1, 4)) % 4
        place(letters, row, site, rng.integers(0, LENGTH - len(site) + 1))


def degenerate(letters, y, rng, motifs):
    exact(letters, y, rng, motifs, substitutions=2)


def paired(letters, y, rng, motifs):
    first, second = motifs[0][:8], motifs[1][:8]
    for row in range(len(y)):
        start, gap = rng.integers(0, LENGTH - 40), rng.integers(6, 15)
        one, other = (first, second) if y[row] else [(first, first), (second, second)][rng.integers(2)]
        place(letters, row, one, start)
        place(letters, row, other, start + 8 + gap)


def position(letters, y, rng, motifs):
    places, favoured = 100 + 7 * np.arange(5), motifs[0][:5]
    for row in np.flatnonzero(y):
        chosen = rng.uniform(size=5) < 0.75
        letters[row, places[chosen]] = favoured[chosen]


def composition(letters, y, rng, motifs):
    # codes 1 and 2 are C and G
    for label, share in enumerate((0.47, 0.53)):
        rows = y == label
        weights = [(1 - share) / 2, share / 2, share / 2, (1 - share) / 2]
        letters[rows] = rng.choice(4, size=(rows.sum(), LENGTH), p=weights)


EVIDENCE = {function.__name__: function for function in (exact, degenerate, paired, position, composition)}


def make_data(evidence, n_rows, seed):
    """Training and test rows; the same seed has the same motifs whatever the number of rows."""
    motifs = np.random.default_rng([seed, 1]).integers(0, 4, (2, 12))
    sets = []
    for n, number in ((n_rows, 2), (N_TEST, 3)):
        rng = np.random.default_rng([seed, number, zlib.crc32(evidence.encode())])
        letters, y = rng.integers(0, 4, (n, LENGTH)), np.arange(n) % 2
        EVIDENCE[evidence](letters, y, rng, motifs)
        sets.append((["".join(row) for row in LETTERS[letters]], y))
    return sets


def both_strands(X):
    """Each sequence followed by its reverse complement; the gap keeps k-mers from running across."""
    return [f"{a} {b}" for a, b in zip(X, reverse_complement(X), strict=True)]


def kmers():
    counts = TfidfVectorizer(analyzer="char_wb", ngram_range=(5, 6), lowercase=False, sublinear_tf=True)
    return make_pipeline(FunctionTransformer(both_strands), counts, LogisticRegression(C=10, max_iter=1000))


def windows():
    return WindowAugmenter(40, min_shared=None, overlap=(20, 20))


def edits():
    return RandomAugmentation([RandomMutation(0.05), RandomTranslocation(0, 20)], max_per_sequence=1)


def bags(network):
    return make_pipeline(windows(), network)


def window_kmers(**options):
    counts = TfidfVectorizer(analyzer="char", ngram_range=(5, 6), lowercase=False, sublinear_tf=True)
    return bags(WindowVotingClassifier(make_pipeline(counts, LogisticRegression(C=10, max_iter=1000)), **options))


def models(seed):
    """Name -> estimator of a seed; cheap ones first."""
    own = {"random_state": seed}
    votes = BAG_DNA | {"bag_pooling": None}
    return {
        "lookup": NearestSequenceClassifier(),
        "k-mers": kmers(),
        "k-mers, windows": window_kmers(),
        "k-mers, windows, most convinced": window_kmers(voting="max", n_relabelings=5),
        "motif network": MotifCNNClassifier(**own),
        "motif network, enriched": MotifCNNClassifier(initial_filters="enriched", **own),
        "motif network, spacing": MotifCNNClassifier(spacing_filters=32, **own),
        "motif network, edits": MotifCNNClassifier(augment=edits(), **own),
        "motif network, windows": bags(MotifCNNClassifier(**own)),
        **{f"motif network, windows, {p}": bags(MotifCNNClassifier(bag_pooling=p, **own)) for p in POOLINGS},
        "BAG_DNA, windows vote": bags(CNNBiLSTMClassifier(**votes, **own)),
        **{f"BAG_DNA, {p}": bags(CNNBiLSTMClassifier(**BAG_DNA | {"bag_pooling": p}, **own)) for p in POOLINGS},
        "promoter network": PromoterCNNClassifier(**own),
        "promoter network, edits": PromoterCNNClassifier(augment=edits(), **own),
        "CNN-BiLSTM": CNNBiLSTMClassifier(**own),
        "CNN-BiLSTM, windows vote": bags(CNNBiLSTMClassifier(**own)),
    }


def measure(evidence, name, n_rows, seed):
    """The line of a cell."""
    (X, y), (test, labels) = make_data(evidence, n_rows, seed)
    start = time.process_time()
    model = models(seed)[name].fit(X, y)
    positive = model.predict_proba(test)[:, 1]
    seconds = time.process_time() - start
    accuracy = ((positive > 0.5) == labels).mean()
    values = (
        evidence,
        name,
        n_rows,
        seed,
        f"{roc_auc_score(labels, positive):.4f}",
        f"{accuracy:.4f}",
        f"{seconds:.1f}",
    )
    return dict(zip(COLUMNS, values, strict=True))


def read_store(path):
    """Cells that are done, as a table; a line that a kill cut off is not among them."""
    if not path.exists():
        return pd.DataFrame(columns=COLUMNS)
    return pd.read_csv(path, on_bad_lines="skip").dropna()


def run(arguments):
    """Measure the cells that are not in the store, few rows first."""
    done = read_store(arguments.store)
    known = set(done[["evidence", "model", "rows", "seed"]].itertuples(index=False, name=None))
    if not arguments.store.exists():
        arguments.store.write_text(",".join(COLUMNS) + "\n")
    names = arguments.models or list(models(0))
    cells = [
        (evidence, name, n_rows, seed)
        for n_rows in arguments.rows
        for seed in range(arguments.seeds)
        for evidence in arguments.evidence
        for name in names
    ]
    waiting = [cell for cell in cells if cell not in known]
    print(f"{len(cells)} cells, {len(waiting)} to be done", flush=True)
    for cell in waiting:
        line = measure(*cell)
        with arguments.store.open("a", newline="") as file:
            csv.DictWriter(file, COLUMNS).writerow(line)
        print(", ".join(map(str, line.values())), flush=True)
    table = read_store(arguments.store)
    return table[table["evidence"].isin(arguments.evidence) & table["model"].isin(names)]


def first_rows(scores, threshold=0.9):
    """Fewest rows from which on the mean AUROC stays above the threshold."""
    above = scores > threshold
    return {name: next((n for n in above.columns if above.loc[name, n:].all()), "") for name in scores.index}


def report(table):
    for evidence, part in table.groupby("evidence", sort=False):
        scores = part.pivot_table(index="model", columns="rows", values="auroc", sort=False).sort_index(axis=1)
        print(f"\n{evidence}: AUROC, mean over seeds; from how many rows on it is above .9")
        with pd.option_context("display.width", 200):
            print(scores.assign(learns_from=pd.Series(first_rows(scores))).round(3).to_string())
    print_gains(table)


def print_gains(table):
    """What edits add to the motif network, by evidence and rows, where several seeds were run with and without them."""
    pairs = table[table["model"].isin([PLAIN, EDITED])]
    wide = pairs.pivot_table(index=["evidence", "rows", "seed"], columns="model", values="auroc")
    for (evidence, n_rows), part in wide.reindex(columns=[PLAIN, EDITED]).dropna().groupby(level=["evidence", "rows"]):
        gain = part[EDITED] - part[PLAIN]
        if len(gain) >= FEWEST_SEEDS:
            # seeds differ in motifs, training rows and test rows
            half = stats.t.ppf(0.975, len(gain) - 1) * gain.sem()
            print(
                f"edits, {evidence}, {n_rows} rows: {gain.mean():+.3f} ({gain.mean() - half:+.3f} to "
                f"{gain.mean() + half:+.3f}) AUROC, {len(gain)} seeds"
            )


def draw(table, path):
    """One panel for each kind of evidence, one line for each model."""
    import matplotlib.pyplot as plt

    kinds, names = list(dict.fromkeys(table["evidence"])), list(dict.fromkeys(table["model"]))
    colours = dict(zip(names, plt.get_cmap("turbo")(np.linspace(0.02, 0.95, len(names))), strict=True))
    figure, axes = plt.subplots(1, len(kinds), figsize=(3.4 * len(kinds), 4.2), sharey=True, squeeze=False)
    for ax, kind in zip(axes[0], kinds, strict=True):
        part = table[table["evidence"] == kind]
        for name, own in part.groupby("model", sort=False):
            means = own.groupby("rows")["auroc"].mean()
            ax.plot(means.index, means, marker="o", markersize=3, color=colours[name], label=name)
        ax.axhline(0.5, color="0.7", linewidth=0.8)
        ax.set(title=kind, xlabel="training rows", xscale="log")
        ticks = sorted(part["rows"].unique())
        ax.set_xticks(ticks, ticks, rotation=60)
        ax.minorticks_off()
    axes[0, 0].set_ylabel("AUROC on 300 test rows")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, -0.05), ncols=4, fontsize=8, frameon=False)
    figure.savefig(path, dpi=110, bbox_inches="tight")
    plt.close(figure)
    print(f"wrote {path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="50 and 100 rows, one seed, the models that take seconds")
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--evidence", nargs="+", choices=EVIDENCE, default=list(EVIDENCE))
    parser.add_argument("--models", nargs="+", choices=models(0), help="all by default")
    parser.add_argument("--store", type=Path, default=Path("learning_curves.csv"))
    parser.add_argument("--figure", type=Path, default=Path("learning_curves.png"))
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rows, arguments.seeds = (50, 100), 1
        arguments.models = arguments.models or ["lookup", "k-mers", "motif network"]
    table = run(arguments)
    report(table)
    draw(table, arguments.figure)


if __name__ == "__main__":
    main()
