"""DeepDifE's search space for its promoter network, searched with Optuna on folds that keep families together.

Learning rate 1e-5 to 1e-1 (log), kernel 8 to 24, batch 50 to 200, two or three convolutions. The best score of the
search is too good, because it was chosen; what a new family would see is the score of the whole search on outer folds,
which it never sees. Both are printed. Without a table it runs on simulated promoters, with few trials and epochs.

With ``--storage search.db`` an interrupted run goes on where it stopped, when it is started again, and ends with the
same numbers.

    python examples/tune_promoter_network.py [--table promoters.csv] [--trials 100 --epochs 100] [--storage search.db]

The table has the columns name, sequence, label and family.
"""

import argparse

import pandas as pd
import sklearn
from optuna.distributions import FloatDistribution
from sklearn.model_selection import StratifiedGroupKFold, cross_validate

from seqaug_sklearn.classification import PromoterCNNClassifier
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.model_selection import OptunaSearch
from seqaug_sklearn.published import DEEPDIFE

PUBLISHED = DEEPDIFE["search_space"]
SPACE = {
    "lr": FloatDistribution(*PUBLISHED["lr"], log=True),
    "kernel_size": list(PUBLISHED["kernel_size"]),
    "batch_size": list(PUBLISHED["batch_size"]),
    "conv_channels": [(64, 64, 32)[:n] for n in PUBLISHED["n_convolutions"]],
}


def read(path):
    """Table with the columns sequence, label and family, indexed by name."""
    if path is None:
        return make_promoters(240, 200, n_families=40, random_state=0).to_frame()
    return pd.read_csv(path).set_index("name")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", help="promoters; simulated ones by default")
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--folds", type=int, default=2, help="inner and outer folds")
    parser.add_argument("--storage", help="SQLite file for the finished trials")
    arguments = parser.parse_args()
    table = read(arguments.table)
    # families reach the splitters of both levels and the early stopping of the network
    sklearn.set_config(enable_metadata_routing=True)
    search = OptunaSearch(
        PromoterCNNClassifier(strand="both", max_epochs=arguments.epochs, random_state=0),
        SPACE,
        cv=StratifiedGroupKFold(arguments.folds, shuffle=True, random_state=0),
        n_trials=arguments.trials,
        scoring="roc_auc",
        storage=arguments.storage,
        random_state=0,
        verbose=1,
    )
    families = {"groups": table["family"]}
    search.fit(table["sequence"], table["label"], **families)
    trials = pd.DataFrame(search.cv_results_["params"]).assign(auroc=search.cv_results_["mean_test_score"])
    print(trials.sort_values("auroc", ascending=False).to_string(float_format="%.4g"))
    outer = StratifiedGroupKFold(arguments.folds, shuffle=True, random_state=1)
    nested = cross_validate(search, table["sequence"], table["label"], cv=outer, scoring="roc_auc", params=families)
    print(f"AUROC of the best trial {search.best_score_:.3f}: optimistic")
    print(f"AUROC of the search on families it never saw {nested['test_score'].mean():.3f}")


if __name__ == "__main__":
    main()
