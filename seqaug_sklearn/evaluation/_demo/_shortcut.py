"""Second act: a shortcut that was planted, found by name, and nothing beyond it."""

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._compare import compare
from seqaug_sklearn.evaluation._demo._act import Act, DemoSetup, span
from seqaug_sklearn.model_selection import audit_shortcuts, score_beyond_shortcut
from seqaug_sklearn.reporting import detached

__all__ = ["shortcut_act"]

_SHARE = 0.14
"""Share of A and T of one class that become C and G."""


def shortcut_act(setup: DemoSetup) -> Act:
    """Label families at random, raise the GC content of one class, and audit what the network scores."""
    from sklearn.model_selection import StratifiedGroupKFold

    seed = setup.run["random_state"]
    X, y, groups = setup.by_lot(1)
    X = _with_more_gc(X, y == 1, seed)
    folds = StratifiedGroupKFold(3, shuffle=True, random_state=seed)
    about = {"scoring": "auroc", "return_train_score": False, "shortcuts": False, **setup.run}
    comparison = compare({"network": setup.make_network()}, X, y, groups=groups, cv=folds, **about)
    report = audit_shortcuts(X, y, groups=groups, random_state=seed)
    scores = {"network": comparison.scores("auroc").loc["network", ["mean", "low", "high"]].to_numpy()}
    told = f"The network scores {span(_row(scores['network']))} on held-out families"
    if report.best is None:
        told += ", and the audit of shortcuts found nothing that explains it."
    else:
        scores |= _beside(comparison, report, groups, seed)
        told += _tell(scores, report)
    table = pd.DataFrame(scores, index=["score", "low", "high"]).T.astype(float).rename_axis("what")
    return Act(
        title="Act 2. The shortcut",
        planted=(
            f"labels drawn at random again, and in the promoters of one class {_SHARE:.0%} of all A and T became C or "
            "G, as a batch, a primer or another species might cause. There is nothing else to learn."
        ),
        told=told,
        scores=table,
        metric="AUROC",
        figure=_figure(table),
        lesson=(
            "With your own data: `seqaug audit data.csv` names which trivial feature explains the labels, and `seqaug "
            f"compare` begins with it. Here it says: {report.verdict()[0]}"
        ),
        comparison=comparison,
    )


def _with_more_gc(sequences, rows, seed):
    """Turn a share of the A and T of some rows into G and C."""
    letters = np.array([list(text) for text in sequences])
    hit = np.isin(letters, ["A", "T"]) & rows[:, None]
    rng = np.random.default_rng([seed, 1])
    hit &= rng.random(letters.shape) < _SHARE
    letters[hit] = rng.choice(["G", "C"], hit.sum())
    return pd.Series(["".join(row) for row in letters], index=sequences.index)


def _beside(comparison, report, groups, seed):
    """Scores of the shortcut alone, and of the network among rows similar in it."""
    rows = comparison.predictions("network").sort_values("row")
    values, score = report.values(report.best), rows[f"score_{comparison.classes[1]}"].to_numpy()
    beyond = score_beyond_shortcut(rows["y_true"].to_numpy(), score, values, groups=groups, random_state=seed)
    alone = report.table.loc[report.best, ["score", "low", "high"]].to_numpy()
    return {
        f"{report.best} alone": alone,
        f"network, among promoters\nsimilar in {report.best}": [beyond.beyond, beyond.low, beyond.high],
    }


def _tell(scores, report):
    _, alone, beyond = scores.values()
    return (
        f", but {report.best} alone scores {_row(alone)['score']:.2f}; among promoters similar in it the network "
        f"scores {span(_row(beyond))}, where 0.5 is chance."
    )


def _row(values):
    return dict(zip(("score", "low", "high"), values, strict=True))


def _figure(table):
    from seqaug_sklearn.plotting import ScoreDotsDisplay

    summary = table.rename(columns={"score": "mean"})
    return detached(ScoreDotsDisplay(summary, score_name="AUROC", chance={"chance": (0.5, "--")}).plot())
