"""Simulated activity with what is known of it: the truth, the noise and the best score that any model can reach."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from seqaug_sklearn.datasets._simulated._activity_rule import ActivityRule
from seqaug_sklearn.reporting import Shown

__all__ = ["ActivitySet"]


@dataclass(frozen=True, repr=False)
class ActivitySet(Shown):
    """Simulated regulatory sequences with their activity; made by :func:`make_activity`.

    Attributes
    ----------
    sequences : pandas.Series of str of shape (n_samples,)
        Sequences of equal length, indexed by identifier.
    y : pandas.Series of shape (n_samples,) or pandas.DataFrame of shape (n_samples, n_targets)
        Measured activity, or labels (0 and 1), float; NaN where not measured. Same index.
    groups : pandas.Series of str of shape (n_samples,)
        Family; same index.
    truth : pandas.DataFrame of float of shape (n_samples, n_targets)
        Activity before noise, of labels too; same index.
    orthologs : pandas.DataFrame
        One row per ortholog: ``identifier`` (of the sequence it belongs to), ``ortholog`` (its own name), ``species,
        sequence``, and its own measured value or label in a column for each target.
    motifs : pandas.DataFrame
        Sites of full strength, planted or by chance: ``identifier, motif, start, strand``.
    rule : ActivityRule
        Gives the activity of any sequence before noise.
    noise_std : pandas.Series of float of shape (n_targets,)
        Standard deviation of the measurement noise, in the target's unit.
    kind : {"number", "labels"}
        What y holds.
    """

    sequences: pd.Series
    y: pd.Series | pd.DataFrame
    groups: pd.Series
    truth: pd.DataFrame
    orthologs: pd.DataFrame
    motifs: pd.DataFrame
    rule: ActivityRule
    noise_std: pd.Series
    kind: Literal["number", "labels"] = "number"

    def best_scores(self, identifiers=None) -> pd.DataFrame:
        """What a model that knows the rule scores: no model can be expected to score more.

        Parameters
        ----------
        identifiers : array-like of str, default=None
            Rows to score, such as those of a test fold; all by default.

        Returns
        -------
        pandas.DataFrame
            One row per target; columns ``spearman, pearson, r2`` of numbers, ``roc_auc, average_precision`` of labels.
            Missing entries are left out.
        """
        y = self.y.to_frame() if self.y.ndim == 1 else self.y
        rows = self.truth.index if identifiers is None else pd.Index(identifiers)
        score = _score_numbers if self.kind == "number" else _score_labels
        scores = {name: score(y.loc[rows, name], self.truth.loc[rows, name]) for name in y}
        return pd.DataFrame.from_dict(scores, orient="index").rename_axis("target")

    @property
    def best_spearman(self) -> float:
        """Spearman's correlation of the truth with what was measured, the mean over targets; NaN of labels."""
        return float(self.best_scores()["spearman"].mean()) if self.kind == "number" else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return ``sequence``, a column for each target, and ``family`` in one table, indexed by identifier."""
        return pd.concat([self.sequences, self.y, self.groups], axis=1)

    def _sentences(self):
        best, n_targets = self.best_scores().mean(), len(self.truth.columns)
        of = {"labels": f"{n_targets} labels", "number": "activity"}[self.kind]
        if self.kind == "number" and n_targets > 1:
            of = f"{n_targets} activities"
        score = {"labels": "AUROC", "number": "Spearman correlation"}[self.kind]
        return [
            f"{len(self.y)} simulated sequences of {self.groups.nunique()} families with {of} (best possible {score} "
            f"{best.iloc[0]:.2f}) and {len(self.orthologs)} orthologs."
        ]


def _score_numbers(measured, truth):
    known = measured.notna()
    y, best = measured[known].to_numpy(), truth[known].to_numpy()
    rest = ((y - best) ** 2).sum()
    return {
        "spearman": _correlation(measured[known].rank(), truth[known].rank()),
        "pearson": _correlation(y, best),
        "r2": 1 - rest / ((y - y.mean()) ** 2).sum(),
    }


def _correlation(a, b):
    return float(np.corrcoef(a, b)[0, 1])


def _score_labels(measured, truth):
    from sklearn.metrics import average_precision_score, roc_auc_score

    known = measured.notna()
    y, best = measured[known], truth[known]
    return {"roc_auc": roc_auc_score(y, best), "average_precision": average_precision_score(y, best)}
