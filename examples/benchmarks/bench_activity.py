"""Simulated activity, whose best possible score is known: who reaches it, and what edits and orthologs add to few rows.

    python examples/benchmarks/bench_activity.py [--parts enough small tenth labels] [--rows 10000] [--seeds 8]
        [--models "motif CNN"] [--quick] [--store activity.jsonl]

``enough`` fits each regressor on many rows and prints Spearman's correlation on families it has not seen, as a share of
that of the rule itself (goal 95 %). ``small`` does so with 300 and 1,000 rows, beside published settings. ``tenth``
fits a network on a tenth of the rows, alone, with random edits, and with orthologs that have the value of their gene or
their own, and prints the differences paired by seed, with t intervals: published, on fly enhancers, were + .12 to + .14
in Pearson's correlation. ``labels`` compares one network of several labels, a fifth of them missing, with a network for
each. ``--quick`` takes a fifth of the rows and three seeds. Finished fits are kept in ``--store``; a second run goes on
from there.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import pearsonr, spearmanr, t
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from seqaug_sklearn.augmentation import (
    OrthologAugmenter,
    RandomAugmentation,
    RandomDeletion,
    RandomInsertion,
    RandomMutation,
    RandomReverseComplement,
    RandomTranslocation,
    WindowAugmenter,
)
from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.datasets import make_activity
from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.features import KmerCounts, MotifOccupancy, SequenceParts
from seqaug_sklearn.regression import (
    CNNBiLSTMRegressor,
    MotifCNNRegressor,
    PromoterCNNRegressor,
    ResidualMLPRegressor,
    WindowVotingRegressor,
)

TEST_ROWS = 2000
SMALL_ROWS = (300, 1000)
VERSION = 2
"""Part of the keys of the store: raise it when the defaults or the inputs of a regressor change."""
N_LABELS = 4
# EvoAug's edits, two of them per sequence
EDITS = RandomAugmentation(
    [
        RandomInsertion(0, 20),
        RandomDeletion(0, 20),
        RandomTranslocation(0, 20),
        RandomMutation(0.05),
        RandomReverseComplement(0.5),
    ]
)


class Store:
    """Results by key, in a file of one JSON object per line."""

    def __init__(self, path):
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.known = {line["key"]: line["result"] for line in map(json.loads, lines)}

    def once(self, key, function):
        """Return what is known under the key, or compute it and keep it."""
        if key not in self.known:
            started = time.process_time()
            result = function() | {"seconds": round(time.process_time() - started, 1)}
            with self.path.open("a") as file:
                file.write(json.dumps({"key": key, "result": result}) + "\n")
            self.known[key] = result
            print(f"    {key}: {result}", flush=True)
        return self.known[key]


def regressors():
    """Each regressor with what it reads."""
    kmers = make_pipeline(KmerCounts(5, sparse_output=False), StandardScaler())
    motifs = make_pipeline(known_motifs(), StandardScaler())
    # windows that do not overlap: what stands in two windows would count twice in their mean
    windows = WindowAugmenter(100, overlap=(0, 0), min_shared=None)
    return {
        "motif CNN": MotifCNNRegressor(random_state=0),
        "motif CNN, spacing": MotifCNNRegressor(spacing_filters=32, random_state=0),
        "promoter CNN": PromoterCNNRegressor(strand="both", random_state=0),
        "CNN-BiLSTM": CNNBiLSTMRegressor(random_state=0),
        "residual MLP on k-mers": make_pipeline(kmers, ResidualMLPRegressor(random_state=0)),
        "residual MLP on motifs": make_pipeline(motifs, ResidualMLPRegressor(random_state=0)),
        "windows of motif CNN": make_pipeline(windows, WindowVotingRegressor(MotifCNNRegressor(random_state=0))),
    }


def known_motifs():
    """Features of the motifs of the simulation: sites and near sites of each strand, in each quarter of a sequence."""
    consensus = make_activity(10, n_families=2, random_state=0).rule.motifs["consensus"]
    either = {**consensus, **{f"{name}, backwards": reverse_complement([text])[0] for name, text in consensus.items()}}
    sites = (MotifOccupancy(either, strand="single", score="count", p_value=p_value) for p_value in (1e-4, 1e-3))
    return SequenceParts(make_union(*sites, MotifOccupancy(either, strand="single")), n_parts=4)


def small_regressors():
    """Networks of few rows: as they are, and with the settings of their papers."""
    published = {
        "conv_channels": (64, 64, 32),
        "pool_size": 6,
        "dense_units": (256, 128),
        "batch_size": 100,
        "max_epochs": 100,
        "plateau_patience": 5,
        "patience": 20,
        "validation_fraction": 0.1,
    }
    return {
        "motif CNN": MotifCNNRegressor(random_state=0),
        "promoter CNN": PromoterCNNRegressor(strand="both", random_state=0),
        "promoter CNN, one strand": PromoterCNNRegressor(random_state=0),
        "promoter CNN, published": PromoterCNNRegressor(strand="both", random_state=0, **published),
        "CNN-BiLSTM": CNNBiLSTMRegressor(random_state=0),
    }


def simulate(n_train, seed, **options):
    """Data, and its training and test rows: families on one side each."""
    n = n_train + TEST_ROWS
    data = make_activity(n, n_families=n // 5, random_state=seed, **options)
    split = GroupShuffleSplit(1, test_size=TEST_ROWS / n, random_state=seed)
    return data, *next(split.split(data.sequences, groups=data.groups))


def correlations(model, data, train, test):
    """Fit, and score on the test rows; families stay together where a network holds rows out to stop early."""
    fit = of_groups(model, data.groups.iloc[train])
    predicted = model.fit(data.sequences.iloc[train], data.y.iloc[train], **fit).predict(data.sequences.iloc[test])
    truth = data.y.iloc[test]
    return {name: float(f(predicted, truth).statistic) for name, f in (("spearman", spearmanr), ("pearson", pearsonr))}


def of_groups(model, groups):
    """Arguments of ``fit`` that bring groups to the network, which may be the last step of a pipeline."""
    step, last = model.steps[-1] if isinstance(model, Pipeline) else (None, model)
    if isinstance(last, WindowVotingRegressor):
        return {}  # its network holds nothing out
    return {"groups" if step is None else f"{step}__groups": groups}


def enough(arguments, store):
    """Print each regressor's share of the best possible score."""
    data, train, test = simulate(arguments.rows, 0)
    best = data.best_scores(data.sequences.index[test]).loc["activity", "spearman"]
    print(f"{len(train):,} training rows of 200 nt; the rule itself: Spearman {best:.3f} on {len(test):,} test rows")
    for name, model in chosen(regressors(), arguments):
        key = f"enough {VERSION}, {arguments.rows} rows, {name}"
        found = store.once(key, lambda model=model: correlations(model, data, train, test))
        share = found["spearman"] / best
        print(f"  {name:24} {found['spearman']:.3f}, {share:.1%} of the best ({found['seconds']:.0f} s)", flush=True)


def small(arguments, store):
    """Print Spearman's correlation of networks that are trained on few rows, for each seed."""
    for rows in SMALL_ROWS:
        seeds = range(300, 300 + arguments.seeds)
        drawn = [simulate(rows, seed) for seed in seeds]
        best = [data.best_scores(data.sequences.index[test]).loc["activity", "spearman"] for data, _, test in drawn]
        print(f"{rows:,} training rows, seeds {seeds[0]} to {seeds[-1]}; the rule itself: Spearman {np.mean(best):.3f}")
        for name, model in chosen(small_regressors(), arguments):
            found = [
                store.once(
                    f"small {VERSION}, {rows} rows, {name}, seed {seed}",
                    lambda model=model, parts=parts: correlations(model, *parts),
                )["spearman"]
                for seed, parts in zip(seeds, drawn, strict=True)
            ]
            print(f"  {name:24} {np.mean(found):.2f} ({', '.join(f'{value:.2f}' for value in found)})", flush=True)


def chosen(models, arguments):
    """Pairs of name and model that are asked for."""
    return [(name, model) for name, model in models.items() if not arguments.models or name in arguments.models]


def arms(orthologs):
    """What a network is trained on, beside the rows."""
    gene, own = (OrthologAugmenter(orthologs, rate=0.7, targets=targets) for targets in ("gene", "own"))
    return {
        "alone": None,
        "edits": EDITS,
        "orthologs, the gene's value": gene,
        "orthologs, their own value": own,
        "orthologs, their own value, and edits": [own, EDITS],
    }


def tenth(arguments, store):
    """Print what edits and orthologs add to a network that is trained on a tenth of the rows."""
    rows, networks = arguments.rows // 10, regressors()
    for name in arguments.models or ["motif CNN"]:
        scores = {}
        for seed in range(arguments.seeds):
            data, train, test = simulate(rows, 100 + seed, n_orthologs=4, site_turnover=0.05)
            best = data.best_scores(data.sequences.index[test]).loc["activity"]
            scores.setdefault("the rule itself", []).append(best[["pearson", "spearman"]].to_dict())
            for arm, augment in arms(data.orthologs).items():
                stages = {"augment": augment, "finetune_epochs": 0 if augment is None else 5, "random_state": seed}
                model = type(networks[name])(**networks[name].get_params() | stages)
                key = f"tenth, {rows} rows, {name}, {arm}, seed {seed}"
                found = store.once(key, lambda m=model, d=data, i=train, j=test: correlations(m, d, i, j))
                scores.setdefault(arm, []).append(found)
        _print_arms(name, rows, scores)


def _print_arms(name, rows, scores):
    print(
        f"\n{name}, {rows} training rows, {len(scores['alone'])} seeds: Pearson, Spearman; minus alone, paired by seed"
    )
    alone = pd.DataFrame(scores["alone"])
    for arm, found in scores.items():
        table = pd.DataFrame(found)
        said = []
        for metric in ("pearson", "spearman"):
            minus = ""
            if arm not in ("alone", "the rule itself"):
                mean, half = interval(table[metric] - alone[metric])
                minus = f" {mean:+.3f} ± {half:.3f}"
            said.append(f"{table[metric].mean():.3f}{minus}")
        print(f"  {arm:38} {'   '.join(said)}", flush=True)


def interval(differences):
    """Mean, and half the width of its 95 % interval."""
    half = t.ppf(0.975, len(differences) - 1) * differences.sem() if len(differences) > 1 else np.nan
    return differences.mean(), half


def labels(arguments, store):
    """Print the AUROC of one network of all labels beside that of a network for each."""
    rows, differences = arguments.rows // 5, []
    for seed in range(arguments.seeds):
        data, train, test = simulate(rows, 200 + seed, n_targets=N_LABELS, kind="labels", missing=0.2)
        together = store.once(f"labels, {rows} rows, together, seed {seed}", lambda: _of_all(data, train, test, seed))  # noqa: B023
        for name in data.y:
            alone = store.once(
                f"labels, {rows} rows, {name} alone, seed {seed}",
                lambda: _of_one(data, train, test, name, seed),  # noqa: B023
            )
            best = data.best_scores(data.y.index[test]).loc[name, "roc_auc"]
            differences.append({"seed": seed, "together": together[name], "alone": alone["auroc"], "best": best})
    table = pd.DataFrame(differences).groupby("seed").mean()
    mean, half = interval(table["together"] - table["alone"])
    print(f"{rows} training rows, {N_LABELS} labels, a fifth missing, {len(table)} seeds: mean AUROC")
    print(f"  together {table['together'].mean():.3f}, one by one {table['alone'].mean():.3f}, ", end="")
    print(f"difference {mean:+.3f} ± {half:.3f}; the rule itself {table['best'].mean():.3f}", flush=True)


def _of_all(data, train, test, seed):
    model = MotifCNNClassifier(random_state=seed).fit(data.sequences.iloc[train], data.y.iloc[train])
    said = model.predict_proba(data.sequences.iloc[test])
    return {name: _auroc(data.y[name].iloc[test], said[:, place]) for place, name in enumerate(data.y)}


def _of_one(data, train, test, name, seed):
    y = data.y[name].iloc[train].dropna().astype(int)
    model = MotifCNNClassifier(random_state=seed).fit(data.sequences[y.index], y)
    return {"auroc": _auroc(data.y[name].iloc[test], model.predict_proba(data.sequences.iloc[test])[:, 1])}


def _auroc(y, said):
    known = y.notna().to_numpy()
    return float(roc_auc_score(y[known], said[known]))


PARTS = {"enough": enough, "small": small, "tenth": tenth, "labels": labels}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--rows", type=int, default=10_000, help="training rows that are enough")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--models", nargs="+", choices=list(regressors() | small_regressors()))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--store", type=Path, default=Path("activity.jsonl"))
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rows, arguments.seeds = arguments.rows // 5, min(arguments.seeds, 3)
    store = Store(arguments.store)
    for name in arguments.parts:
        print(f"\n{name}", flush=True)
        PARTS[name](arguments, store)


if __name__ == "__main__":
    main()
