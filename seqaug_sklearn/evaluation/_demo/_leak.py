"""First act: windows split at random score by memory."""

import warnings

import pandas as pd

from seqaug_sklearn.evaluation._compare import compare
from seqaug_sklearn.evaluation._demo._act import Act, DemoSetup, span
from seqaug_sklearn.evaluation._verdict import WARNING
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.reporting import detached
from seqaug_sklearn.similarity import memoriser

__all__ = ["leak_act"]

_NAMES = {"network": "network", "lookup": "lookup of the\nnearest window"}
_WINDOWS = 10
_SPLITS = ("windows split at random", "families held out")


def leak_act(setup: DemoSetup) -> Act:
    """Label families at random, cut windows, and score a network and a lookup under two splits."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    from seqaug_sklearn.augmentation import WindowAugmenter

    seed = setup.run["random_state"]
    X, y, families = setup.by_lot(0.2)
    windows = WindowAugmenter(40, max_windows=_WINDOWS, random_state=seed).explode(X, y, groups=families)
    models = {_NAMES["network"]: setup.make_network(), _NAMES["lookup"]: memoriser()}
    about = {"scoring": "accuracy", "return_train_score": False, "shortcuts": False, **setup.run}
    folds = {"n_splits": 3, "shuffle": True, "random_state": seed}
    with warnings.catch_warnings():
        # the leak is the point of this act; what the comparison says of it stands on the page
        warnings.simplefilter("ignore", LeakageWarning)
        leaking = compare(models, windows.windows, windows.y, cv=StratifiedKFold(**folds), **about)
    held_out = compare(
        models, windows.windows, windows.y, groups=windows.groups, cv=StratifiedGroupKFold(**folds), **about
    )
    scores = pd.concat({split: _scores(of) for split, of in zip(_SPLITS, (leaking, held_out), strict=True)})
    return Act(
        title="Act 1. The leak",
        planted=(
            f"nothing. The labels of {len(set(families))} families were drawn at random, so no model can exceed 0.5 on "
            f"new ones. Each of {len(X)} promoters was cut into {_WINDOWS} overlapping windows of 40 nt, as "
            "augmentation does."
        ),
        told=_tell(scores),
        scores=scores.rename_axis(["split", "model"]).reset_index(level="split"),
        metric="accuracy",
        figure=_figure(scores),
        lesson=(
            "With your own data: `seqaug audit train.fa test.fa` finds what two sets share, and "
            "`seqaug compare data.fa --labels labels.csv` looks for it before it compares anything. Of the random "
            f"split it said: {WARNING}{leaking.lineage.found}."
        ),
        comparison=held_out,
    )


def _scores(comparison):
    return comparison.scores("accuracy")[["mean", "low", "high"]].rename(columns={"mean": "score"})


def _tell(scores):
    random, held_out = (scores.loc[split] for split in _SPLITS)
    return (
        "The labels were drawn at random. Yet with windows split at random the network classifies "
        f"{random.loc[_NAMES['network'], 'score']:.0%} of them correctly, and a mere lookup "
        f"{random.loc[_NAMES['lookup'], 'score']:.0%}: both memorise overlapping windows. With families held out, the "
        f"network scores {span(held_out.loc[_NAMES['network']])}, where 0.5 is chance."
    )


def _figure(scores):
    from seqaug_sklearn.plotting import TwoSplitsDisplay

    wide = pd.DataFrame({split: scores.loc[split, "score"] for split in _SPLITS})
    return detached(TwoSplitsDisplay(wide, labels=_SPLITS, score_name="accuracy", chance=0.5).plot())
