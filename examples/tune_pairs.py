"""Tune the DNA-BERT pair system with Optuna: learning rate, dropout and hidden sizes, on pairs with unseen members.

Text pairs go in; embeddings by a DNA BERT, min-max scaling, pair features and a residual network are one pipeline. The
members of the pairs reach the folds of the search and the early stopping of the network. The best score of the search
is too good, because it was chosen; what new members would see is the score of the whole search on outer folds. Both are
printed. Without a table it runs on simulated orthologs, with few trials and epochs; ``--grid`` does the same with
scikit-learn's own search.

    python examples/pretrain_dna_bert.py --out dna-bert
    python examples/tune_pairs.py --model dna-bert [--table pairs.csv --columns first second label]
        [--trials 50 --epochs 100] [--storage search.db] [--cache pairs.embeddings]

The k of a DNABERT is read from its vocabulary. With ``--storage`` an interrupted search of Optuna goes on where it
stopped. Embeddings are kept in the folder ``--cache``, for the next run.
"""

import argparse
from pathlib import Path

import pandas as pd
import sklearn
from optuna.distributions import FloatDistribution
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from seqaug_sklearn.classification import ResidualMLPClassifier
from seqaug_sklearn.datasets import make_pairs, read_pairs
from seqaug_sklearn.embedding import LanguageModelEmbedder, PairFeatures
from seqaug_sklearn.exceptions import SeqAugError
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


def read(path, columns):
    """Pairs, labels and members; the members of a table are its sequences."""
    if path is None:
        data = make_pairs(300, 120, random_state=0)
        return data.pairs, data.y, data.members
    if not Path(path).is_file():
        raise SystemExit(f"--table {path}: there is no such file")
    try:
        pairs, y = read_pairs(path, columns=columns)
    except SeqAugError as error:
        raise SystemExit(
            f"--table {path}: {error}; name both sequences and the label: --columns first second label"
        ) from None
    return pairs, y, pairs


def kmer_of(model):
    """The k of a DNABERT folder, from its vocabulary; None for other models."""
    path = Path(model, "vocab.txt")
    tokens = path.read_text().split() if path.is_file() else []
    lengths = {len(token) for token in tokens if not token.startswith("[")}
    return lengths.pop() if len(lengths) == 1 and all(set(t.upper()) <= set("ACGT") for t in tokens[5:]) else None


def at_least(least):
    """Type of a command-line number that has a smallest value."""

    def number(text):
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}, got {value}")
        return value

    return number


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
    parser.add_argument("--kmer", type=int, help="read from the vocabulary by default; 0: the model's own tokenizer")
    parser.add_argument("--table", help="pairs: CSV, or the system's text or .npz; simulated by default")
    parser.add_argument("--columns", nargs=3, metavar=("FIRST", "SECOND", "LABEL"), help="of a table with a heading")
    parser.add_argument("--unseen", choices=["one", "first", "second", "both"], default="one")
    parser.add_argument("--grid", action="store_true", help="search a grid with scikit-learn instead")
    parser.add_argument("--trials", type=at_least(1), default=4)
    parser.add_argument("--epochs", type=at_least(1), default=10)
    parser.add_argument("--folds", type=at_least(2), default=2, help="inner and outer folds")
    parser.add_argument("--storage", help="SQLite file for the finished trials of Optuna")
    parser.add_argument("--cache", default="pairs.embeddings", help="folder of embeddings, each computed once")
    options = parser.parse_args()
    if not Path(options.model).is_dir() and options.model.count("/") != 1:
        parser.error(f"--model {options.model}: there is no such folder; examples/pretrain_dna_bert.py makes one")
    kmer = kmer_of(options.model) if options.kmer is None else options.kmer or None
    pairs, y, members = read(options.table, options.columns)
    if y.nunique() != 2:
        parser.error(f"the labels must be of two classes, got {y.nunique()}")
    print(f"embeddings are kept in the folder {Path(options.cache).absolute()}")
    # members reach the splitters of both levels and the early stopping of the network
    sklearn.set_config(enable_metadata_routing=True)
    model = make_pipeline(
        LanguageModelEmbedder(options.model, kmer=kmer, cache_dir=options.cache),
        MinMaxScaler((-1, 1)),
        PairFeatures(),
        ResidualMLPClassifier(max_epochs=options.epochs, random_state=0),
    )
    try:
        run(options, model, pairs, y, members)
    except (SeqAugError, ValueError, OSError) as error:
        raise SystemExit(f"tune_pairs.py: {error}") from None


def run(options, model, pairs, y, members):
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
