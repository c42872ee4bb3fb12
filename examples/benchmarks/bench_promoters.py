"""Which augmentation helps on real promoters? One table per split, with intervals, corrected tests and verdicts.

*Arabidopsis lyrata* promoters (600 nt; label: the *A. thaliana* ortholog responds to abscisic acid), orthologs from two
other crucifers for training rows only, DeepDifE's network and published settings. Five folds by orthogroup, and again
by sequence similarity. Finished folds are kept in ``--store``; a second run continues from there.

    python examples/benchmarks/bench_promoters.py [--split orthogroup similarity] [--seeds 2] [--jobs 2]
        [--arms "edits" "orthologs"] [--inner] [--choices] [--store promoters.folds] [--data ../shared/data]

``--inner`` compares the published early stopping with a fixed number of epochs on three inner folds of the first
training set instead; the arm of 60 epochs was chosen so. ``--choices`` compares settings of the default network on
three inner folds of each training set (members, averages of weights, label smoothing, epochs, widths, edits,
orthologs), two seeds each; no test fold is looked at. Its finished fits are kept in ``--choices-store``.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from imblearn.pipeline import make_pipeline as make_resampling_pipeline
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from seqaug_sklearn.augmentation import (
    OrthologAugmenter,
    RandomAugmentation,
    RandomDeletion,
    RandomInsertion,
    RandomMutation,
    RandomNoise,
    RandomReverseComplement,
    RandomTranslocation,
    WindowAugmenter,
)
from seqaug_sklearn.classification import MotifCNNClassifier, PromoterCNNClassifier
from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.evaluation import AveragedClassifier, compare, make_model
from seqaug_sklearn.model_selection import SimilarityGroupKFold, audit_leakage

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CHOICES = {
    "defaults": {},
    "3 members": {"n_members": 3},
    "moving average of the weights": {"average_weights": "ema"},
    "average of the last epochs": {"average_weights": "swa"},
    "no label smoothing": {"label_smoothing": 0.0},
    "label smoothing .15": {"label_smoothing": 0.15},
    "20 epochs": {"max_epochs": 20},
    "60 epochs": {"max_epochs": 60},
    "40 epochs, batch 64": {"max_epochs": 40, "batch_size": 64},
    "128 filters of 15, 40 epochs, batch 64": {"n_filters": 128, "kernel_size": 15, "max_epochs": 40, "batch_size": 64},
    "one strand": {"strand": "single"},
    "maximum only": {"pool": ("max",)},
    "log-sum-exp and mean": {"pool": ("log_sum_exp", "mean")},
    "enriched 8-mers": {"initial_filters": "enriched"},
    "known motifs": {"initial_filters": DATA / "motifs" / "plant_tf.meme"},
    "spacing layer": {"spacing_filters": 32},
}
"""Settings of the default network that inner folds compare."""
MOTIFS = str(DATA / "motifs" / "plant_tf.meme")
BY_KEY = {
    "gapped k-mers": "gapped-kmers",
    "motif occupancies": "motif-occupancies",
    "average of the best": "average",
}
"""Names and keys of models of features."""
NONE = "network, none"
FIXED = "network, none, 60 epochs"
DEFAULT = "default network, none"
# chosen on inner folds: 116 validation rows stop too early, and by chance
SIXTY_EPOCHS = {"validation_fraction": None, "plateau_patience": None, "max_epochs": 60}
BAGS = {40: 24, 100: 12, 200: 7}
"""Window length in nt -> windows per promoter, spread evenly over its 600 nt."""


def read(folder):
    """Promoters of *A. lyrata* by gene, their labels and orthogroups, and a table of orthologs."""
    table = pd.read_csv(folder / "promoters" / "promoters.csv.gz").set_index("gene_id")
    own = table[table["species"] == "aly"]
    # the A. thaliana rows of the table are inferred, not published: left out
    other = table[table["species"].isin(["cru", "chi"])].reset_index(names="ortholog")
    genes = own.reset_index(names="identifier")[["identifier", "orthogroup"]]
    orthologs = genes.merge(other, on="orthogroup")[["identifier", "ortholog", "species", "sequence"]]
    return own["sequence"].rename_axis("identifier"), own["label"].to_numpy(), own["orthogroup"].to_numpy(), orthologs


def published_edits():
    """DeepDifE's edits: two per sequence, padded to a fixed length."""
    edits = [
        RandomReverseComplement(0.5),
        RandomInsertion(0, 20),
        RandomDeletion(0, 30),
        RandomTranslocation(0, 20),
        RandomMutation(0.05),
        RandomNoise(),
    ]
    return RandomAugmentation(edits, max_per_sequence=2, pad_to=620)


def both_strands(X):
    """Each sequence followed by its reverse complement; the gap keeps k-mers from running across."""
    return [f"{a} {b}" for a, b in zip(X, reverse_complement(X), strict=True)]


def logistic(*, orthologs=None):
    """Logistic regression on 5-mers and 6-mers of both strands, its penalty chosen on inner folds."""
    steps = [
        FunctionTransformer(both_strands),
        CountVectorizer(analyzer="char_wb", ngram_range=(5, 6), lowercase=False),
        TfidfTransformer(sublinear_tf=True),
        LogisticRegression(max_iter=1000),
    ]
    pipeline = make_pipeline(*steps) if orthologs is None else make_resampling_pipeline(orthologs, *steps)
    grid = {"logisticregression__C": [0.1, 1.0, 10.0, 100.0]}
    return GridSearchCV(pipeline, grid, scoring="roc_auc", cv=StratifiedGroupKFold(5, shuffle=True, random_state=0))


def estimators(X, y, table):
    """Every arm by name."""
    orthologs = OrthologAugmenter(table, exclude=X)

    def network(**changes):
        settings = {"strand": "both", "batch_size": 100, "patience": 20, "monitor": "valid_loss"}
        return PromoterCNNClassifier(**(settings | changes))

    bags = {
        f"network, windows of {window}": make_pipeline(
            WindowAugmenter(window, overlap=(5, 20), min_shared=None, max_windows=most),
            network(strand="single", patience=10),
        )
        for window, most in BAGS.items()
    }
    edits = published_edits()
    # strengths that inner folds chose for the default network (--choices)
    mild, half = RandomAugmentation([RandomMutation(0.02)]), clone(orthologs).set_params(rate=0.5)
    return {
        NONE: network(strand="single"),
        "network, reverse complement": network(),
        **bags,
        "network, edits": network(augment=edits),
        "network, orthologs": network(augment=orthologs, batch_size=200, patience=40),
        "network, edits + orthologs": network(augment=[orthologs, edits], patience=40),
        "network, edits + orthologs + fine-tuning": network(
            augment=[orthologs, edits], patience=40, finetune_epochs=10, finetune_lr=1e-4
        ),
        FIXED: network(strand="single", **SIXTY_EPOCHS),
        "network, edits, 60 epochs": network(augment=edits, **SIXTY_EPOCHS),
        "network, edits + orthologs, 60 epochs": network(augment=[orthologs, edits], **SIXTY_EPOCHS),
        "default network, none": MotifCNNClassifier(),
        "default network, edits": MotifCNNClassifier(augment=mild),
        "default network, orthologs": MotifCNNClassifier(augment=half),
        "default network, edits + orthologs": MotifCNNClassifier(augment=[half, mild]),
        "default network, 3 members, none": MotifCNNClassifier(n_members=3),
        "default network, 3 members, orthologs": MotifCNNClassifier(n_members=3, augment=half),
        "logistic regression": logistic(),
        "logistic regression, orthologs": logistic(orthologs=orthologs),
    } | by_key(X, y, orthologs)


def by_key(X, y, orthologs):
    """Models of ``make_model`` that choose their settings on inner folds, which keep orthogroups together."""
    found = {}
    for name in BY_KEY:
        for augmentation in (None, "orthologs"):
            title = name if augmentation is None else f"{name}, orthologs"
            found[title] = make_model(
                BY_KEY[name], augmentation=augmentation, X=X, y=y, orthologs=orthologs, motifs=MOTIFS, random_state=0
            )
    half = clone(orthologs).set_params(rate=0.5)
    plain, more = found["average of the best"], found["average of the best, orthologs"]
    found["average and network"] = AveragedClassifier([("average", plain), ("network", MotifCNNClassifier())])
    found["average and network, orthologs"] = AveragedClassifier(
        [("plain", plain), ("orthologs", more), ("network", MotifCNNClassifier(augment=half))]
    )
    return found


def compare_stopping(arms, X, y, orthogroups):
    """AUROC of edits + orthologs with and without early stopping, on inner folds of the first training set."""
    outer = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    train, _ = next(outer.split(X, y, orthogroups))
    inner = StratifiedGroupKFold(5, shuffle=True, random_state=1)
    for name in ("network, edits + orthologs", "network, edits + orthologs, 60 epochs"):
        scores = []
        for seed, (fitted, held) in enumerate(list(inner.split(X.iloc[train], y[train], orthogroups[train]))[:3]):
            rows, test = train[fitted], train[held]
            model = clone(arms[name]).set_params(random_state=seed)
            model.fit(X.iloc[rows], y[rows], groups=orthogroups[rows])
            scores.append(roc_auc_score(y[test], model.predict_proba(X.iloc[test])[:, 1]))
        print(f"{name:40} inner AUROC {np.mean(scores):.3f} ({', '.join(f'{score:.3f}' for score in scores)})")


def choices(orthologs):
    """Candidates of the default network by name: settings, and strengths of augmentation."""
    found = {name: MotifCNNClassifier(**settings) for name, settings in CHOICES.items()}
    for rate in (0.02, 0.05, 0.1):
        found[f"mutations {rate:.0%}"] = MotifCNNClassifier(augment=RandomAugmentation([RandomMutation(rate)]))
    found["published edits"] = MotifCNNClassifier(augment=published_edits())
    for rate in (0.3, 0.5, 0.7):
        found[f"orthologs {rate:.0%}"] = MotifCNNClassifier(augment=clone(orthologs).set_params(rate=rate))
    half, mild = clone(orthologs).set_params(rate=0.5), RandomAugmentation([RandomMutation(0.02)])
    found["orthologs 50%, 40 epochs"] = MotifCNNClassifier(augment=half, max_epochs=40)
    found["orthologs 50%, mutations 2%"] = MotifCNNClassifier(augment=[half, mild])
    return found


def compare_choices(X, y, orthogroups, orthologs, store, n_outer=5, n_inner=3, seeds=2):
    """AUROC of every candidate on inner folds of outer training sets; finished fits are read from the store."""
    columns = ["choice", "outer", "inner", "seed", "auroc"]
    done = pd.read_csv(store) if store.exists() else pd.DataFrame(columns=columns)
    known = set(done[columns[:4]].itertuples(index=False, name=None))
    outer = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    for outer_number, (train, _) in enumerate(list(outer.split(X, y, orthogroups))[:n_outer]):
        inner = StratifiedGroupKFold(5, shuffle=True, random_state=1)
        parts = list(inner.split(X.iloc[train], y[train], orthogroups[train]))[:n_inner]
        for number, (fitted, held) in enumerate(parts):
            rows, test = train[fitted], train[held]
            for seed in range(seeds):
                for name, model in choices(orthologs).items():
                    if (name, outer_number, number, seed) in known:
                        continue
                    model.set_params(random_state=seed).fit(X.iloc[rows], y[rows], groups=orthogroups[rows])
                    score = roc_auc_score(y[test], model.predict_proba(X.iloc[test])[:, 1])
                    line = pd.DataFrame([[name, outer_number, number, seed, round(score, 4)]], columns=columns)
                    line.to_csv(store, mode="a", header=not store.exists(), index=False)
        report_choices(pd.read_csv(store), outer_number)


def report_choices(table, last):
    """Mean of each candidate, and its difference from the defaults over the same fits with a standard error."""
    wide = table.pivot_table(index=["outer", "inner", "seed"], columns="choice", values="auroc")
    differences = wide.sub(wide["defaults"], axis=0)
    # fits of one outer fold share rows: their mean counts once
    by_fold = differences.groupby("outer").mean()
    shown = pd.DataFrame({"AUROC": wide.mean(), "difference": by_fold.mean(), "se over folds": by_fold.sem()})
    print(f"\nInner folds of {last + 1} training sets")
    print(shown.sort_values("AUROC", ascending=False).round(4).to_string(), flush=True)


def verdict(row):
    """Helps, harms or inconclusive, by the adjusted test."""
    if not row["p_value_holm"] < 0.05:
        return "inconclusive"
    return "helps" if row["difference"] > 0 else "harms"


def report(comparison):
    """One table: both scores with intervals, the difference to the arm without augmentation, and the verdict."""
    auroc, auprc = (comparison.scores(metric) for metric in ("auroc", "auprc"))
    tests = comparison.tests(metric="auroc")
    rows = {}
    for name in comparison.estimators:
        test = tests.loc[name]
        compared = isinstance(test["reference"], str)
        rows[name] = {
            "AUROC": f"{auroc.loc[name, 'mean']:.3f} ({auroc.loc[name, 'low']:.3f} to {auroc.loc[name, 'high']:.3f})",
            "AUPRC": f"{auprc.loc[name, 'mean']:.3f} ({auprc.loc[name, 'low']:.3f} to {auprc.loc[name, 'high']:.3f})",
            "against": test["reference"] if compared else "",
            "difference": f"{test['difference']:+.3f} ({test['low']:+.3f} to {test['high']:+.3f})" if compared else "",
            "p (Holm)": f"{test['p_value_holm']:.3f}" if compared else "",
            "verdict": verdict(test) if compared else "",
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def partners(names):
    """Who is compared with whom: networks with the plain one that stops alike, the regression with its own."""
    networks = [name for name in names if name.startswith("network") and name not in (NONE, FIXED)]
    pairs = {name: FIXED if name.endswith("60 epochs") else NONE for name in networks}
    own = [name for name in names if name.startswith("default network") and name != DEFAULT]
    pairs |= dict.fromkeys(own, DEFAULT) | {DEFAULT: NONE}
    pairs["logistic regression, orthologs"] = "logistic regression"
    pairs |= {f"{name}, orthologs": name for name in (*BY_KEY, "average and network")}
    # the best augmented one with the best that is not
    return pairs | {"average and network": "average of the best"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", nargs="+", default=["orthogroup", "similarity"])
    parser.add_argument("--arms", nargs="+", help="parts of the names of the arms to run, =...= for a whole name")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--threshold", type=float, default=0.04, help="similarity that keeps promoters together")
    parser.add_argument("--inner", action="store_true", help="only compare early stopping with 60 epochs")
    parser.add_argument("--choices", action="store_true", help="only compare settings of the default network")
    parser.add_argument("--outer", type=int, default=5, help="training sets whose inner folds --choices looks at")
    parser.add_argument("--choices-store", type=Path, default=Path("promoter_choices.csv"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--store", type=Path, default=Path("promoters.folds"))
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning, module="seqaug_sklearn.augmentation")
    X, y, orthogroups, table = read(arguments.data)
    arms = estimators(X, y, table)
    if arguments.arms:
        # an equals sign in front asks for the whole name
        arms = {name: arm for name, arm in arms.items() if any(part in f"={name}=" for part in arguments.arms)}
    print(f"{len(X)} promoters, {y.mean():.1%} responsive, {table['identifier'].nunique()} with orthologs")
    if arguments.inner:
        compare_stopping(arms, X, y, orthogroups)
    if arguments.choices:
        compare_choices(
            X, y, orthogroups, OrthologAugmenter(table, exclude=X), arguments.choices_store, arguments.outer
        )
    for split in [] if arguments.inner or arguments.choices else arguments.split:
        cv = 5 if split == "orthogroup" else SimilarityGroupKFold(5, threshold=arguments.threshold, shuffle=True)
        comparison = compare(
            arms,
            X,
            y,
            cv=cv,
            groups=orthogroups,
            scoring=["auroc", "auprc"],
            n_repeats=arguments.seeds,
            reference={k: v for k, v in partners(arms).items() if k in arms and v in arms} or next(iter(arms)),
            return_train_score=False,
            n_jobs=arguments.jobs,
            store=arguments.store,
            progress=True,
            random_state=0,
        )
        rows = comparison.predictions(next(iter(arms)), scores=False)
        test = rows[(rows["repeat"] == 0) & (rows["fold"] == 0)]["row"].to_numpy()
        train = X.index.difference(X.index[test], sort=False)
        leaked = audit_leakage(X.loc[train], X.iloc[test]).leaked.mean()
        print(f"\nFive folds by {split}, {arguments.seeds} seeds; the audit flags {leaked:.1%} of the first test fold")
        with pd.option_context("display.width", 250, "display.max_columns", None, "display.max_colwidth", None):
            print(report(comparison))


if __name__ == "__main__":
    main()
