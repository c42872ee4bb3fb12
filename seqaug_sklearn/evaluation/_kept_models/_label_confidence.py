"""What predictions of several labels mean: a probability per label, and from which one on it is said to be there."""

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._kept_models._averaged import AveragedClassifier
from seqaug_sklearn.evaluation._kept_models._calibrator import ProbabilityCalibrator, label_columns
from seqaug_sklearn.evaluation._kept_models._held_out import crossed
from seqaug_sklearn.evaluation._kept_models._prediction_scores import brier_score
from seqaug_sklearn.evaluation._kept_models._refit import label_scores
from seqaug_sklearn.evaluation._statistics import calibration_error

__all__ = ["LabelConfidence", "best_threshold"]

_FEWEST_OF_LABEL = 10
"""Rows with a label, and without, from which on its probabilities are calibrated and a threshold is sought."""
_HALF = 0.5


class LabelConfidence:
    """How sure a model of several labels is."""

    metrics = ("auroc", "auprc", "accuracy", "balanced_accuracy")
    baseline = "auroc"
    limits = "Probabilities assume that labels are as common among new sequences as among the training sequences."

    @staticmethod
    def learn(folds, model):
        """Learn a calibration and a threshold of each label from the held-out rows of which it is known.

        Both are judged with each fold treated by the others, and kept where they make the held-out rows better. A
        threshold is that of the largest balanced accuracy.

        Parameters
        ----------
        folds : list of LabelRows
            Held-out rows.
        model : SequenceModel
            Its settings say how.

        Returns
        -------
        dict of str to object
            Fitted attributes.
        """
        calibrators, thresholds, facts = [], [], {}
        for i, name in enumerate(model.target_names_):
            pairs, codes = _of_label(folds, i)
            calibrator, threshold, facts[name] = _learn_label(pairs, codes, model.calibration)
            calibrators.append(calibrator)
            thresholds.append(threshold)
        return {"calibrators_": calibrators, "thresholds_": np.array(thresholds), "calibration_": facts}

    @staticmethod
    def probabilities(model, X):
        """Calibrated, (n_samples, n_labels)."""
        columns = label_columns(*label_scores(model.estimator_, X, len(model.target_names_)))
        parts = [calibrator.transform(columns[:, i])[:, 1] for i, calibrator in enumerate(model.calibrators_)]
        return np.column_stack(parts)

    @staticmethod
    def predict(model, X):
        """1 for each label whose probability reaches its threshold."""
        return (model.predict_proba(X) >= model.thresholds_).astype(int)

    @classmethod
    def table(cls, model, X, index):
        """Columns of the report: of each label the answer, its probability, and how far the members differ."""
        probabilities = model.predict_proba(X)
        spread = cls._spread(model.estimator_, X, probabilities.shape)
        table = pd.DataFrame(index=index)
        for i, name in enumerate(model.target_names_):
            table[f"predicted_{name}"] = (probabilities[:, i] >= model.thresholds_[i]).astype(int)
            table[f"p_{name}"], table[f"spread_{name}"] = probabilities[:, i], spread[:, i]
        return table

    @staticmethod
    def sentences(model):
        """What the verdict says of it."""
        facts = model.calibration_.values()
        after, before = (np.nanmean([found[f"calibration_error{when}"] for found in facts]) for when in ("", "_before"))
        limits = ", ".join(f"{n} {t:.2f}" for n, t in zip(model.target_names_, model.thresholds_, strict=True))
        yield (
            f"Probabilities of held-out sequences are off by {after:.3f} on average over the labels ({before:.3f} "
            "before calibration)."
        )
        yield f"A label is said to be there from this probability on: {limits}."

    @staticmethod
    def about(model):
        """What the model card says of it."""
        rounded = {
            name: {k: v if isinstance(v, str) else round(v, 4) for k, v in found.items()}
            for name, found in model.calibration_.items()
        }
        limits = dict(zip(model.target_names_, model.thresholds_.round(4).tolist(), strict=True))
        return {"calibration": rounded, "thresholds": limits}

    @staticmethod
    def counts(target):
        """Training sequences that have each label, and of how many that is known."""
        known, there = target.measured.sum(axis=0), np.nansum(target.columns, axis=0)
        return {
            name: f"{int(n)} of {int(all_)} of which it is known"
            for name, n, all_ in zip(target.names, there, known, strict=True)
        }

    @staticmethod
    def _spread(estimator, X, shape):
        if not isinstance(estimator, AveragedClassifier) or len(estimator.estimators_) < 2:
            return np.full(shape, np.nan)
        return estimator.member_probabilities(X).std(axis=0)


def _of_label(folds, i):
    """Scores of both answers and the right one, of the rows of each fold of which the label is known."""
    pairs, codes = [], []
    for rows in folds:
        known = ~np.isnan(rows.true[:, i])
        if known.any():
            scores = rows.predicted if rows.scores is None else rows.scores
            pairs.append(label_columns(scores[known, i], rows.probability or rows.scores is None))
            codes.append(rows.true[known, i].astype(int))
    return pairs, codes


def _learn_label(pairs, codes, method):
    """Calibrator and threshold of a label, and what is known of both."""
    every, truth = np.concatenate(pairs), np.concatenate(codes)
    can_learn = len(pairs) > 1 and np.bincount(truth, minlength=2).min() >= _FEWEST_OF_LABEL
    calibrator = ProbabilityCalibrator(method if can_learn else "none").fit(every, truth)
    if not can_learn:
        found = calibrator.transform(every)
        return calibrator, _HALF, {"method": "none"} | _facts(found, found, truth)
    before, after = (crossed(kind, pairs, codes) for kind in ("none", calibrator.method_))
    if method == "auto" and brier_score(after, truth) > brier_score(before, truth):
        calibrator, after = ProbabilityCalibrator("none").fit(every, truth), before
    places = np.repeat(np.arange(len(codes)), [len(part) for part in codes])
    threshold, scores = _tuned(after[:, 1], truth, places)
    return calibrator, threshold, {"method": calibrator.method_} | _facts(after, before, truth) | scores


def _facts(after, before, truth):
    found = {}
    for name, probabilities in (("", after), ("_before", before)):
        found[f"brier{name}"] = brier_score(probabilities, truth)
        found[f"calibration_error{name}"] = calibration_error(probabilities, truth)
    return found


def _tuned(probabilities, truth, places):
    """Threshold of the largest balanced accuracy; a half, where those of the other folds are no better than that."""
    tuned = np.empty(len(truth))
    for fold in np.unique(places):
        own = places == fold
        tuned[own] = best_threshold(probabilities[~own], truth[~own])
    before, after = (_balanced(probabilities >= limits, truth) for limits in (_HALF, tuned))
    threshold = best_threshold(probabilities, truth) if after > before else _HALF
    return threshold, {"balanced_accuracy": max(before, after), "balanced_accuracy_before": before}


def best_threshold(probabilities, truth) -> float:
    """Threshold with the largest balanced accuracy, halfway between two probabilities; a half where one class is left.

    Parameters
    ----------
    probabilities : float ndarray of shape (n_rows,)
        That the label is there.
    truth : int ndarray of shape (n_rows,)
        Whether it is.
    """
    if len(np.unique(truth)) < 2:
        return _HALF
    order = np.argsort(probabilities, kind="stable")
    values, there = probabilities[order], truth[order]
    # the first rows are answered with 0, those behind with 1
    right = np.cumsum(1 - there) / (1 - there).sum() + 1 - np.cumsum(there) / there.sum()
    steps = np.flatnonzero(np.diff(values) > 0)
    if not len(steps):
        return _HALF
    best = steps[right[steps].argmax()]
    return float((values[best] + values[best + 1]) / 2)


def _balanced(answers, truth):
    return float(np.mean([np.mean(answers[truth == code] == code) for code in np.unique(truth)]))
