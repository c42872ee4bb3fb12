"""What a fitted model answers with: classes, labels or numbers, and which of them is explained."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sklearn.base import is_regressor
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor

from seqaug_sklearn.utils import TARGET_WORDS, Parameter, invalid_parameter, listed

__all__ = ["Outputs", "answers_in_columns", "has_outputs", "outputs_of"]

_SMALLEST = 1e-6  # probabilities are clipped to it, so that 0 and 1 have finite log-odds


@dataclass(frozen=True, eq=False)
class Outputs:
    """Columns of what a model answers with.

    Attributes
    ----------
    kind : {"classes", "labels", "number"}
        Of classes the logit is explained, of two their difference; of labels each one's own log-odds; of numbers the
        prediction itself, in the unit of the target.
    names : ndarray of shape (n_outputs,)
        Classes, labels or targets.
    """

    kind: Literal["classes", "labels", "number"]
    names: Any

    @property
    def word(self):
        """What one of the names is called."""
        return TARGET_WORDS[self.kind]

    @property
    def words(self):
        """The plural."""
        return {"classes": "classes", "labels": "labels", "number": "targets"}[self.kind]

    def index(self, target):
        """Place of a name; an error that lists them where it is none."""
        # labels and targets are text, as columns of a table are
        asked = target if self.kind == "classes" else str(target)
        found = [place for place, name in enumerate(self.names.tolist()) if name == asked]
        if not found:
            raise invalid_parameter(
                Parameter("target", target),
                f"is not a {self.word} of the estimator; its {self.words} are {listed(self.names[:10].tolist())}",
            )
        return found[0]

    def default(self):
        """Place of the output that is explained unless another is asked for; None where it differs by row."""
        if self.kind == "classes":
            return 1 if len(self.names) == 2 else None
        if len(self.names) > 1:
            names = listed(self.names[:10].tolist())
            raise invalid_parameter("target", f"must say which {self.word} to explain: one of {names}")
        return 0

    def margin(self, values, target):
        """Explained output (n,) of torch tensors: outputs of a network (n, n_outputs), and places (n,)."""
        chosen = values.gather(1, target[:, None])[:, 0]
        # of two classes z_chosen - z_other, from the sum of both
        return 2 * chosen - values.sum(1) if self.kind == "classes" and values.shape[1] == 2 else chosen


def has_outputs(estimator):
    """Whether a fitted estimator is a classifier or a regressor."""
    return hasattr(estimator, "classes_") or is_regressor(estimator)


def outputs_of(estimator):
    """Return the outputs of a fitted classifier or regressor."""
    if not has_outputs(estimator):
        raise invalid_parameter(
            "estimator",
            f"must be a classifier or a regressor, got {type(estimator).__name__}, which has no classes_ and is no "
            "regressor",
        )
    names, kind = _target_names(estimator), getattr(estimator, "target_kind_", None)
    if kind == "number" or not hasattr(estimator, "classes_"):
        return Outputs("number", np.array(["y"] if names is None else names, dtype=str))
    classes = estimator.classes_
    # several labels have the classes of each: a list, or a row of an array
    if isinstance(classes, list) or np.ndim(classes) == 2:
        names = [f"y{place}" for place in range(len(classes))] if names is None else names
        return Outputs("labels", np.array(names, dtype=str))
    return Outputs("classes", np.asarray(classes))


def _target_names(estimator):
    """Names of the targets, also of the last step of a pipeline; None where they are not known."""
    while hasattr(estimator, "steps"):
        estimator = estimator.steps[-1][1]
    names = getattr(estimator, "target_names_", None)
    if names is not None:
        return list(names)
    for inner in ("regressor_", "estimator_"):
        if hasattr(estimator, inner) and (found := _target_names(getattr(estimator, inner))) is not None:
            return found
    coef = getattr(estimator, "coef_", 0.0)
    n_targets = np.shape(coef)[0] if np.ndim(coef) == 2 else 1
    if isinstance(estimator, (MultiOutputClassifier, MultiOutputRegressor)):
        n_targets = len(estimator.estimators_)
    return None if n_targets == 1 else [f"y{place}" for place in range(n_targets)]


def answers_in_columns(estimator, outputs, X):
    """Return the explained outputs of any fitted estimator, float64 (n, n_outputs).

    Numbers are predictions. Of classes and labels these are decision values where there are some, else log-odds of each
    against the others (probabilities clipped to 1e-6).
    """
    n = len(outputs.names)
    if outputs.kind == "number":
        values, what = np.asarray(estimator.predict(X), np.float64), "predict"
        values = values.reshape(len(values), -1)
    elif hasattr(estimator, "decision_function"):
        values, what = np.asarray(estimator.decision_function(X), np.float64), "decision_function"
        # of two classes, decision_function gives one column, for the second
        values = np.column_stack([-values, values]) if values.ndim == 1 and n == 2 else values.reshape(len(values), -1)
    else:
        values, what = estimator.predict_proba(X), "predict_proba"
        if isinstance(values, list):  # of each label both classes
            values = np.column_stack([p[:, -1] for p in values])
        values = np.clip(np.asarray(values, np.float64), _SMALLEST, 1 - _SMALLEST)
        values = np.log(values) - np.log1p(-values)
    if values.shape[1] != n:
        raise invalid_parameter(
            "estimator",
            f"must give one column of {what} for each {outputs.word}, got {values.shape[1]} for {n} {outputs.words}"
            + ("; SVC does with decision_function_shape='ovr'" if what == "decision_function" else ""),
        )
    return values
