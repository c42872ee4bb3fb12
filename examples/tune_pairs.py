"""Tune the DNA-BERT pair system with Optuna: learning rate, dropout and hidden sizes, on pairs with unseen members.

Text pairs go in; embeddings by a DNA BERT, min-max scaling, pair features and a residual network are one pipeline. The
members of the pairs reach the folds of the search and the early stopping of the network. The best score of the search
is too good, because it was chosen; what new members would see is the score of the whole search on outer folds. Both are
printed. Without a table it runs on simulated orthologs, with few trials and epochs; ``--grid`` does the same with
scikit-learn's own search.

    python examples/pretrain_dna_bert.py --out dna-bert
    python examples/tune_pairs.py --model dna-bert [--kmer 3] [--table pairs.csv] [--trials 50 --epochs 100]
        [--storage search.db] [--cache pairs.embeddings]

The table has the columns first, second and label. With ``--storage`` an interrupted search of Optuna goes on where it
stopped.
"""

import argparse

import pandas as pd
import sklearn
from optuna.distributions import FloatDistribution
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from seqaug_sklearn.classification import ResidualMLPClassifier
from seqaug_sklearn.datasets import make_pairs
from seqaug_sklearn.embedding import LanguageModelEmbedder, PairFeatures
from seqaug_sklearn.model_selection import ColdPairKFold, OptunaSearch

SPACE = {
    "residualmlpclassifier__lr": FloatDistribution(1e-4, 1e-2, log=True),
    "residualmlpclassifier__dropout": FloatDistribution(0.0, 0.6),
    "residualmlpclassifier__hidden_sizes": [(64,), (128, 64), (256, 128), (256, 128, 64)],
}
GRID = {
    "residualmlpclassifier__lr": [3e-4, 3e-3],
    "residualmlpclassifier__dropout": [0.1, 0.5],
    "residualmlpclassifier__hidden_sizes": [(64,), (256, 128)],
}


def read(path):
    """Pairs, labels and members; the members of a table are its sequences."""
    if path is None:
        data = make_pairs(300, 120, random_state=0)
        return data.pairs, data.y, data.members
    table = pd.read_csv(path)
    pairs = table[["first", "second"]]
    return pairs, table["label"], pairs


def make_search(options, model):
    cv = ColdPairKFold(options.folds, unseen=options.unseen, shuffle=True, random_state=0)
    if options.grid:
        return GridSearchCV(model, GRID, cv=cv, scoring="roc_auc", verbose=1)
    return OptunaSearch(
        model,
        SPACE,
        cv=cv,
        n_trials=options.trials,
        scoring="roc_auc",
        storage=options.storage,
        random_state=0,
        verbose=1,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="folder of a DNA BERT, for example of pretrain_dna_bert.py")
    parser.add_argument("--kmer", type=int, default=3, help="0 for a model with a tokenizer of its own")
    parser.add_argument("--table", help="pairs; simulated ones by default")
    parser.add_argument("--unseen", choices=["one", "first", "second", "both"], default="one")
    parser.add_argument("--grid", action="store_true", help="search a grid with scikit-learn instead")
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--folds", type=int, default=2, help="inner and outer folds")
    parser.add_argument("--storage", help="SQLite file for the finished trials of Optuna")
    parser.add_argument("--cache", default="pairs.embeddings", help="folder of embeddings, each computed once")
    options = parser.parse_args()
    pairs, y, members = read(options.table)
    # members reach the splitters of both levels and the early stopping of the network
    sklearn.set_config(enable_metadata_routing=True)
    model = make_pipeline(
        LanguageModelEmbedder(options.model, kmer=options.kmer or None, cache_dir=options.cache),
        MinMaxScaler((-1, 1)),
        PairFeatures(),
        ResidualMLPClassifier(max_epochs=options.epochs, random_state=0),
    )
    search = make_search(options, model).fit(pairs, y, groups=members)
    trials = pd.DataFrame(search.cv_results_["params"]).rename(columns=lambda name: name.split("__")[-1])
    trials = trials.assign(auroc=search.cv_results_["mean_test_score"])
    print(trials.sort_values("auroc", ascending=False).to_string(float_format="%.4g"))
    outer = ColdPairKFold(options.folds, unseen=options.unseen, shuffle=True, random_state=1)
    nested = cross_validate(search, pairs, y, cv=outer, scoring="roc_auc", params={"groups": members})
    print(f"AUROC of the best trial {search.best_score_:.3f}: optimistic")
    print(f"AUROC of the search on pairs with unseen members {nested['test_score'].mean():.3f}")


if __name__ == "__main__":
    main()
