"""Linear classifiers on features, their penalty chosen on inner folds, and the average of the best of them."""

from typing import Any

from seqaug_sklearn.evaluation._model_parts._best_average import BestAverageClassifier
from seqaug_sklearn.evaluation._model_parts._costs import INNER_FOLDS, averaged_keys, strengths_of
from seqaug_sklearn.evaluation._model_parts._front_steps import behind, features_of
from seqaug_sklearn.evaluation._model_parts._tuned import TunedClassifier

__all__ = ["average_of_classifiers", "tuned_classifier"]


def tuned_classifier(key: str, plan: Any, augmenters=(), *, with_parts: bool = False) -> TunedClassifier:
    """Return logistic regression on features of text, with the penalty that is best on inner folds.

    Parameters
    ----------
    key : str
        Key of ``STRENGTHS``.
    plan : Plan
        Kind of the data.
    augmenters : list of augmenter, default=()
        What adds rows in front of it.
    with_parts : bool, default=False
        Whether k-mers of long sequences are counted in their thirds, too.
    """
    from sklearn.linear_model import LogisticRegression

    features = features_of(key, plan, with_parts=with_parts)
    model = behind(augmenters, features, LogisticRegression(max_iter=1000))
    return TunedClassifier(model, [{"C": strength} for strength in strengths_of(key, plan)], n_splits=INNER_FOLDS)


def average_of_classifiers(plan: Any, augmenters=()) -> BestAverageClassifier:
    """Return the average of the best few of them, all behind the same augmenters."""
    keys = averaged_keys(plan)
    return BestAverageClassifier([(key, tuned_classifier(key, plan, augmenters, with_parts=True)) for key in keys])
