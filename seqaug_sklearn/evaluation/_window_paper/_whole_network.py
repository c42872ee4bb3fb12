"""The paper's control as it ran it: its network trained on whole sequences, without augmentation."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import ShuffleSplit

from seqaug_sklearn.evaluation._metrics import FoldRows, score_rows
from seqaug_sklearn.evaluation._running import FoldResult, FoldStore, digest, look_up_fold, save_fold
from seqaug_sklearn.evaluation._window_paper._genomes import Genome
from seqaug_sklearn.evaluation._window_paper._models import Setup
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.published import WINDOW_PAPER

__all__ = ["WholeRun", "train_whole", "whole_scores", "whole_sequences", "whole_trials"]

SCORES = (
    "accuracy",
    "auprc",
    "precision_macro",
    "recall_macro",
    "f1_macro",
    "precision_weighted",
    "recall_weighted",
    "f1_weighted",
)


@dataclass(frozen=True)
class WholeRun:
    """One trial of the network on whole sequences.

    Attributes
    ----------
    history : DataFrame
        Learning curve.
    classes : ndarray of shape (n_classes,)
        All class names, trained or not.
    y_true, y_pred : ndarray of shape (n_test,)
        Labels of the test rows.
    probabilities : ndarray of shape (n_test, n_classes)
        One column per class.
    """

    history: pd.DataFrame
    classes: np.ndarray
    y_true: np.ndarray
    y_pred: np.ndarray
    probabilities: np.ndarray

    def scores(self) -> dict[str, float]:
        """Scores of the test rows.

        AUPRC is the mean over all classes, as the paper's must be to be a few per cent: a class without a test row
        counts as 0. Over the classes of the test rows a ranking by chance has far more, since each has one row.
        """
        true, predicted = (np.searchsorted(self.classes, labels) for labels in (self.y_true, self.y_pred))
        groups = np.arange(len(true))
        rows = FoldRows(true, predicted, self.probabilities, True, groups, len(self.classes))
        scores = score_rows(rows, SCORES)
        return scores | {"auprc": scores["auprc"] * len(np.unique(true)) / len(self.classes)}


def whole_trials(genome: Genome, setup: Setup):
    """Split whole sequences as the paper does: yield (training, validation, test rows) of each trial."""
    n = len(genome.table)
    for trial in range(setup.trials):
        # a seed for each trial, counted up from that of the first as in the paper (42 + i)
        seed = setup.random_state + trial
        train, test = next(ShuffleSplit(1, test_size=WINDOW_PAPER["dna_test_share"], random_state=seed).split(range(n)))
        if len(train) > 2:
            share = setup.network().validation_fraction
            kept, held = next(ShuffleSplit(1, test_size=share, random_state=seed).split(train))
            yield train[kept], train[held], test
        else:
            yield train, train[:0], test


def train_whole(genome: Genome, setup: Setup) -> list[WholeRun]:
    """Train the paper's network on whole sequences, trial by trial."""
    names = genome.table["gene"].astype(str).to_numpy()
    sequences = genome.table["sequence"].to_numpy(dtype=str)
    return [
        _trial(sequences, names, rows, setup, setup.random_state + trial)
        for trial, rows in enumerate(whole_trials(genome, setup))
    ]


def _trial(sequences, names, rows, setup, seed):
    train, valid, test = rows
    classes = np.unique(names)
    path = _store_path(setup, sequences, names, train, valid, test, seed)
    result = None if path is None else look_up_fold(path, len(test), len(classes))
    if result is None:
        result = _fit_trial(sequences, names, train, valid, test, setup, seed)
        if path is not None:
            save_fold(path, result)
    return WholeRun(result.kept, classes, names[test], classes[result.predicted], np.asarray(result.scores))


def _store_path(setup, *parts):
    """File of the finished trial, named by everything that decides it."""
    if setup.store is None:
        return None
    store = setup.store if isinstance(setup.store, FoldStore) else FoldStore(setup.store)
    return store.ask([f"{digest('whole sequences', setup.network().get_params(), *parts)[:40]}.npz"])[0]


def _fit_trial(sequences, names, train, valid, test, setup, seed):
    from seqaug_sklearn.classification import FixedSplitCNNBiLSTM

    # with one sequence per class all class weights are equal
    options = setup.network(class_weight=None, random_state=seed).get_params()
    if not len(valid):
        options |= {"patience": None}
    model = FixedSplitCNNBiLSTM(**options)
    with warnings.catch_warnings():
        # neighbours share sequence, which the published protocol does not ask about; nothing is concluded from it
        warnings.simplefilter("ignore", LeakageWarning)
        model.fit_on(sequences, names, train, valid)
    probabilities = model.predict_proba(sequences[test])
    return FoldResult(probabilities.argmax(axis=1), probabilities, True, {}, model.history_)


def whole_scores(genome: Genome, runs: list[WholeRun]) -> pd.DataFrame:
    """Scores of the trials, one row each."""
    table = pd.DataFrame([run.scores() for run in runs])
    table.insert(0, "trial", range(len(runs)))
    table.insert(0, "genome", genome.name)
    return table


def whole_sequences(genome: Genome, setup: Setup) -> pd.DataFrame:
    """How many test rows of each trial have a class that is trained.

    No model can name a class that it never saw, so their share is the highest accuracy there is; nothing is fitted.
    """
    names = genome.table["gene"].astype(str).to_numpy()
    rows = []
    for trial, (train, valid, test) in enumerate(whole_trials(genome, setup)):
        known = np.isin(names[test], names[np.concatenate([train, valid])])
        rows.append({"trial": trial, "test sequences": len(test), "of a trained class": int(known.sum())})
    table = pd.DataFrame(rows)
    table["highest possible accuracy"] = table["of a trained class"] / table["test sequences"]
    table.insert(0, "genome", genome.name)
    return table
