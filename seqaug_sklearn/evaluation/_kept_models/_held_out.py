"""What the held-out rows of a kept model say: how they were split, whether they leak, and their scores."""

import numpy as np

from seqaug_sklearn.evaluation._kept_models._calibrator import ProbabilityCalibrator
from seqaug_sklearn.evaluation._metrics import ERROR_METRICS
from seqaug_sklearn.model_selection import audit_leakage, leakage_groups
from seqaug_sklearn.utils import check_sequences

__all__ = ["crossed", "groups_of_split", "leaked_share", "scores_of", "scores_with_intervals", "trained"]


def groups_of_split(X, groups, alphabet):
    """Groups of the split, None where each row is its own, and where they come from."""
    if groups is not None:
        groups = np.asarray(groups)
        return groups.astype(str) if groups.dtype == object else groups, "given"
    families = leakage_groups(X, alphabet=alphabet)
    if len(np.unique(families)) == len(families):
        return None, "none: no two rows are related"
    return families, "relatives"


def leaked_share(X, folds, alphabet):
    """Share of the held-out rows that share sequence with a training row of their fold."""
    texts = np.asarray(check_sequences(X).values, dtype=object)
    leaked = [np.zeros(0)]
    for rows in folds:
        train = np.delete(texts, rows)
        leaked.append(audit_leakage(train.tolist(), texts[rows].tolist(), alphabet=alphabet).leaked)
    return float(np.concatenate(leaked).mean()) if folds else 0.0


def crossed(method, scores, codes):
    """Probabilities of all folds, each calibrated by the others."""
    parts = []
    for i, own in enumerate(scores):
        others = [j for j in range(len(scores)) if j != i]
        rest = np.concatenate([scores[j] for j in others]), np.concatenate([codes[j] for j in others])
        parts.append(ProbabilityCalibrator(method).fit(*rest).transform(own))
    return np.concatenate(parts)


def trained(rows):
    """Rows of a fold whose class had training rows: others got a probability of exactly 0."""
    if rows.scores is None or not rows.probability:
        return np.ones(len(rows.true), bool)
    return rows.scores[np.arange(len(rows.true)), rows.true] > 0


def scores_of(rows):
    """Scores of a fold; 1 for the class that is answered where the classifier has none."""
    return np.eye(rows.n_classes)[rows.predicted] if rows.scores is None else rows.scores


def scores_with_intervals(comparison, metrics):
    """Scores of all models; errors, which are negative in comparisons, as they are."""
    found: dict[str, dict] = {}
    for metric in (m for m in metrics if m in comparison.metrics):
        for name, row in comparison.scores(metric).iterrows():
            numbers = {k: float(row[k]) for k in ("mean", "low", "high")}
            if metric in ERROR_METRICS:
                numbers = {"mean": -numbers["mean"], "low": -numbers["high"], "high": -numbers["low"]}
            found.setdefault(str(name), {})[metric.removeprefix("neg_")] = numbers
    return found
