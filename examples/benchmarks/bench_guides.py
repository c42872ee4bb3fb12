"""How well sequence models rank CRISPR guides in genes that they have not seen, with and without random edits.

4,379 target sites of 30 nt in 17 genes; each gene is left out once, and scores are Spearman's correlation within it,
the unweighted mean over genes. A gene of 60 guides has a standard error of .13 of its own, so differences are judged
paired by gene: the mean difference with a t interval over the 17 genes.

    python examples/benchmarks/bench_guides.py [--parts baselines keys networks edits]
        [--models ridge SVR] [--covariates percent_peptide] [--quick] [--jobs 1]
        [--store guides.folds] [--data ../shared/data]

``--covariates`` adds columns of the table beside the sequence, and the part ``keys`` then prints what they reach alone.
``--quick`` leaves out four of the genes, one by one, instead of all. Finished fits are kept in ``--store``; a second
run goes on from there.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import MaxAbsScaler, SplineTransformer
from sklearn.svm import SVR

from seqaug_sklearn.augmentation import (
    RandomAugmentation,
    RandomDeletion,
    RandomInsertion,
    RandomMutation,
    RandomTranslocation,
)
from seqaug_sklearn.evaluation import compare, make_model
from seqaug_sklearn.features import KmerCounts, PositionalKmers, SequenceAndCovariates
from seqaug_sklearn.regression import (
    CNNBiLSTMRegressor,
    MotifCNNRegressor,
    PromoterCNNRegressor,
    ResidualMLPRegressor,
)

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REFERENCE = "ridge"
# a guide is read on one strand, and every position means something of its own: short edits that move few of them
EDITS = RandomAugmentation(
    [RandomMutation(0.03), RandomInsertion(0, 1), RandomDeletion(0, 1), RandomTranslocation(0, 1)],
    max_per_sequence=1,
    exactly=False,
)


def features(*, dense=False):
    """Which letters and pairs stand where, and how often short k-mers occur anywhere; beside them the covariates."""
    counts = make_pipeline(KmerCounts((1, 3), sparse_output=not dense), MaxAbsScaler())
    return SequenceAndCovariates(make_union(PositionalKmers((1, 2), sparse_output=not dense), counts))


def baselines():
    return {
        "ridge": make_pipeline(features(), Ridge(100.0)),
        "boosting": make_pipeline(
            features(dense=True), HistGradientBoostingRegressor(max_iter=300, learning_rate=0.05, random_state=0)
        ),
        "SVR": make_pipeline(features(), SVR(C=0.5, gamma=0.01)),
    }


def networks(augment=None):
    """Networks that read the given strand; with edits, as EvoAug does, a second stage on the guides as they are."""
    stages = {"augment": augment, "finetune_epochs": 0 if augment is None else 5, "random_state": 0}
    name = "" if augment is None else ", edits"
    found = {
        f"motif CNN{name}": MotifCNNRegressor(strand="single", **stages),
        f"CNN-BiLSTM{name}": CNNBiLSTMRegressor(**stages),
        f"promoter CNN{name}": PromoterCNNRegressor(strand="single", **stages),
    }
    if augment is None:  # it reads features, which have no edits of their own
        found["residual MLP"] = make_pipeline(features(dense=True), ResidualMLPRegressor(random_state=0))
    return found


def by_key(X, y):
    """Models of `make_model` without a network, as they come: no setting was chosen on these genes."""
    has_covariates = X.ndim == 2
    keys = ["ridge", "svm", "boosting", "average", *(["covariates"] if has_covariates else [])]
    return {f"{key} by key": make_model(key, X=X, y=y, window=10, strand="single", random_state=0) for key in keys}


PARTS = {
    "baselines": lambda X, y: baselines(),
    "keys": by_key,
    "networks": lambda X, y: networks(),
    "edits": lambda X, y: networks(EDITS),
}


def paired(scores, name, reference):
    """Mean difference between two models over genes, and half the width of its 95 % interval."""
    difference = scores[name] - scores[reference]
    return difference.mean(), t.ppf(0.975, len(difference) - 1) * difference.sem()


def print_scores(scores):
    """Print the unweighted mean over genes, and the differences that matter, paired by gene."""
    print(f"\nSpearman within the gene left out, mean over {len(scores)} genes (standard error), and minus {REFERENCE}")
    for name in scores:
        minus = ""
        if name != REFERENCE and REFERENCE in scores:
            mean, half = paired(scores, name, REFERENCE)
            minus = f"{mean:+.3f} ± {half:.3f}"
        plain = name.removesuffix(", edits")
        if plain != name and plain in scores:
            mean, half = paired(scores, name, plain)
            minus += f", edits {mean:+.3f} ± {half:.3f}"
        print(f"  {name:24} {scores[name].mean():.3f} ({scores[name].sem():.3f})   {minus}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--models", nargs="+", help="only these of the chosen parts")
    parser.add_argument("--covariates", nargs="+", default=[], metavar="COLUMN")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--store", type=Path, default=Path("guides.folds"))
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    table = pd.read_csv(arguments.data / "crispr" / "guides.csv.gz", index_col="name")
    X = table[["sequence", *arguments.covariates]] if arguments.covariates else table["sequence"]
    genes = table["gene"].to_numpy()
    folds = list(LeaveOneGroupOut().split(X, groups=genes))
    if arguments.quick:
        folds = sorted(folds, key=lambda rows: len(rows[1]))[:4]
    models = {name: model for part in arguments.parts for name, model in PARTS[part](X, table["score"]).items()}
    if arguments.covariates:
        curve = make_column_transformer((SplineTransformer(), arguments.covariates))
        models = {"covariates alone": make_pipeline(curve, Ridge(1.0))} | models
    if arguments.models:
        models = {name: model for name, model in models.items() if name in [*arguments.models, "covariates alone"]}
    print(f"{len(table):,} guides, {len(folds)} of {len(set(genes))} genes left out, {len(models)} models", flush=True)
    scores = {}
    for name, model in models.items():
        started = time.process_time()
        result = compare(
            {name: model}, X, table["score"], cv=folds, groups=genes, scoring="spearman", n_jobs=arguments.jobs,
            store=arguments.store, shortcuts=False, return_train_score=False, random_state=0,
        )  # fmt: skip
        rows = result.folds[result.folds["estimator"] == name].sort_values("fold")
        scores[name] = pd.Series(rows["spearman"].to_numpy(), [genes[test[0]] for _, test in folds])
        told = ", ".join(f"{gene} {value:.2f}" for gene, value in scores[name].items())
        print(f"{name}: {np.mean(scores[name]):.4f} ({time.process_time() - started:.0f} s); {told}", flush=True)
    print_scores(pd.DataFrame(scores))


if __name__ == "__main__":
    main()
