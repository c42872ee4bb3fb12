"""What predictions of classes mean: probabilities, calibrated on the held-out rows."""

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._kept_models._averaged import AveragedClassifier
from seqaug_sklearn.evaluation._kept_models._calibrator import ProbabilityCalibrator
from seqaug_sklearn.evaluation._kept_models._held_out import crossed, scores_of, trained
from seqaug_sklearn.evaluation._kept_models._prediction_scores import brier_score
from seqaug_sklearn.evaluation._kept_models._refit import class_scores
from seqaug_sklearn.evaluation._statistics import calibration_error

__all__ = ["ClassConfidence"]


class ClassConfidence:
    """How sure a model of classes is."""

    metrics = ("accuracy", "balanced_accuracy", "auroc", "auprc")
    baseline = "accuracy"
    limits = "Probabilities assume that classes are as common among new sequences as among the training sequences."

    @staticmethod
    def learn(folds, model):
        """Learn the calibration from all held-out predictions; judge it with each fold calibrated by the others.

        Rows of a class that their training set lacks say nothing of probabilities. Where calibration makes held-out
        probabilities worse, as with few rows it may, "auto" leaves them as they are.

        Parameters
        ----------
        folds : list of FoldRows
            Held-out rows.
        model : SequenceModel
            Its settings say how.

        Returns
        -------
        dict of str to object
            Fitted attributes.
        """
        known = [trained(rows) for rows in folds]
        scores = [scores_of(rows)[kept] for rows, kept in zip(folds, known, strict=True)]
        codes = [rows.true[kept] for rows, kept in zip(folds, known, strict=True)]
        truth, every = np.concatenate(codes), np.concatenate(scores)
        calibrator = ProbabilityCalibrator(model.calibration).fit(every, truth)
        before, after = (crossed(method, scores, codes) for method in ("none", calibrator.method_))
        if model.calibration == "auto" and brier_score(after, truth) > brier_score(before, truth):
            calibrator, after = ProbabilityCalibrator("none").fit(every, truth), before
        facts = {"method": calibrator.method_}
        for name, probabilities in (("", after), ("_before", before)):
            facts[f"brier{name}"] = brier_score(probabilities, truth)
            facts[f"calibration_error{name}"] = calibration_error(probabilities, truth)
        return {"calibrator_": calibrator, "calibration_": facts}

    @staticmethod
    def probabilities(model, X):
        """Calibrated, (n_samples, n_classes)."""
        return model.calibrator_.transform(class_scores(model.estimator_, X))

    @staticmethod
    def predict(model, X):
        """The most probable class of each sequence."""
        return model.classes_[model.predict_proba(X).argmax(axis=1)]

    @classmethod
    def table(cls, model, X, index):
        """Columns of the report: the class, probabilities, and how far the members of an average differ."""
        probabilities = model.predict_proba(X)
        answers = probabilities.argmax(axis=1)
        table = pd.DataFrame({"predicted": model.classes_[answers]}, index=index)
        for i, label in enumerate(model.classes_):
            table[f"p_{label}"] = probabilities[:, i]
        table["spread"] = cls._spread(model.estimator_, X, answers)
        return table

    @staticmethod
    def sentences(model):
        """What the verdict says of it."""
        facts = model.calibration_
        return [
            f"Probabilities of held-out sequences are off by {facts['calibration_error']:.3f} on average "
            f"({facts['calibration_error_before']:.3f} before calibration)."
        ]

    @staticmethod
    def about(model):
        """What the model card says of it."""
        facts = {k: v if isinstance(v, str) else round(v, 4) for k, v in model.calibration_.items()}
        return {"calibration": facts}

    @staticmethod
    def counts(target):
        """Training sequences of each class."""
        labels, counts = np.unique(target.values, return_counts=True)
        return {str(label): int(count) for label, count in zip(labels, counts, strict=True)}

    @staticmethod
    def _spread(estimator, X, answers):
        if not isinstance(estimator, AveragedClassifier) or len(estimator.estimators_) < 2:
            return np.full(len(answers), np.nan)
        of_members = estimator.member_probabilities(X)
        return of_members[:, np.arange(len(answers)), answers].std(axis=0)
