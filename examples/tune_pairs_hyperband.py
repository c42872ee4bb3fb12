"""Hyperband over the DNA-BERT pair system's own search space, on validation rows of unseen members.

As in the published tuner, a trial is one training, epochs are the resource, and Optuna's ``HyperbandPruner`` ends the
bad ones early. What is looked at after each epoch are the network's validation rows, whose members no training pair
has; the test pairs, one member of which neither knows, are looked at once, by the best trial's network. Without a table
it runs on simulated orthologs, with few trials and epochs.

    python examples/pretrain_dna_bert.py --out dna-bert
    python examples/tune_pairs_hyperband.py --model dna-bert [--table pairs.txt] [--trials 30 --epochs 50]
"""

import argparse

import numpy as np
import optuna
from sklearn.metrics import roc_auc_score
from skorch.callbacks import Callback

from seqaug_sklearn.classification import DNA_BERT_PAIRS, ResidualMLPClassifier
from seqaug_sklearn.datasets import make_pairs, read_pairs
from seqaug_sklearn.embedding import LanguageModelEmbedder
from seqaug_sklearn.model_selection import ColdPairKFold
from seqaug_sklearn.published import DNA_BERT_PAIRS as PUBLISHED

SPACE = PUBLISHED["search_space"]
FEATURES = {"pair_features": ("first", "second", "difference", "product"), "scaling": "global"}


class ReportEpochs(Callback):
    """Tell a trial the validation loss of each epoch, and end it where the pruner says so."""

    def __init__(self, trial):
        self.trial = trial

    def on_epoch_end(self, net, **kwargs):
        epoch = len(net.history)
        self.trial.report(net.history[-1, "valid_loss"], epoch)
        if self.trial.should_prune():
            raise optuna.TrialPruned(f"after epoch {epoch}")


def make_network(trial, epochs, seed):
    """The published network with a trial's settings."""
    widths = (
        trial.suggest_categorical("units_1", SPACE["units_1"]),
        trial.suggest_categorical("units_2", SPACE["units_2"]),
    )
    settings = {
        "hidden_sizes": widths,
        "dropout": trial.suggest_categorical("dropout", SPACE["dropout"]),
        "weight_decay": trial.suggest_categorical("l2", SPACE["l2"]),
        "lr": trial.suggest_categorical("lr", SPACE["lr"]),
        # l2 is a penalty in the gradient
        "optimizer": "adam",
        "keep": "best",
        "max_epochs": epochs,
        "random_state": seed,
    }
    return ResidualMLPClassifier(**DNA_BERT_PAIRS | FEATURES | settings)


def search(X, y, members, n_trials, epochs, seed=0):
    """Best trial's network, and the study."""
    fitted = {}

    def objective(trial):
        network = make_network(trial, epochs, seed).set_params(callbacks=[ReportEpochs(trial)])
        network.fit(X, y, groups=members)
        fitted[trial.number] = network
        return network.history_["valid_loss"].min()

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    pruner = optuna.pruners.HyperbandPruner(min_resource=1, max_resource=epochs, reduction_factor=3)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed), pruner=pruner)
    study.optimize(objective, n_trials=n_trials)
    return fitted[study.best_trial.number], study


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="folder of a DNA BERT, for example of pretrain_dna_bert.py")
    parser.add_argument("--kmer", type=int, default=3)
    parser.add_argument("--table", help="pairs: CSV, or the system's text or .npz; simulated by default")
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--cache", default="pairs.embeddings", help="folder of embeddings, each computed once")
    options = parser.parse_args()
    if options.table is None:
        data = make_pairs(300, 120, random_state=0)
        pairs, y, members = data.pairs, data.y, data.members.to_numpy(str)
    else:
        pairs, y = read_pairs(options.table)
        members = pairs.to_numpy(str)
    X = LanguageModelEmbedder(options.model, kmer=options.kmer, cache_dir=options.cache).fit_transform(pairs)
    y = np.asarray(y)
    # of the test pairs, at least one member is in no other pair
    train, test = next(ColdPairKFold(5, shuffle=True, random_state=0).split(X, y, groups=members))
    network, study = search(X[train].astype(np.float32), y[train], members[train], options.trials, options.epochs)
    states = [trial.state.name.lower() for trial in study.trials]
    print(f"{len(states)} trials, {states.count('pruned')} of them ended early; best: {study.best_params}")
    print(f"validation loss of the best {study.best_value:.3f}: chosen, so too good")
    print(f"AUROC on pairs with an unseen member {roc_auc_score(y[test], network.predict_proba(X[test])[:, 1]):.3f}")


if __name__ == "__main__":
    main()
