"""Probabilities and numbers predicted for text: on both strands, and by the members of an ensemble."""

from functools import partial

import numpy as np
from sklearn.ensemble import VotingRegressor
from sklearn.pipeline import Pipeline

from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.inspection._members import unwrapped
from seqaug_sklearn.inspection._outputs import outputs_of
from seqaug_sklearn.utils import invalid_parameter, replaced_text

__all__ = ["Answers"]

_SMALLEST = 1e-12
"""Probabilities are at least this, so that 0 and 1 have finite log-odds. A model that is sure of two sites has odds of
1e9 and more, and a larger limit would hide what the loss of either does."""


def log_odds(probabilities):
    """Log-odds of each class against all others, of an array whose last axis is the classes."""
    # the sum of the others is exact where 1 - p is rounded
    others = probabilities @ (1 - np.eye(probabilities.shape[-1]))
    return np.log(np.maximum(probabilities, _SMALLEST)) - np.log(np.maximum(others, _SMALLEST))


def _own_log_odds(probabilities):
    """Log-odds of each of several labels against its own absence."""
    return np.log(np.maximum(probabilities, _SMALLEST)) - np.log(np.maximum(1 - probabilities, _SMALLEST))


class Answers:
    """What a fitted model predicts for text: probabilities of classes or labels, or numbers.

    Parameters
    ----------
    estimator : fitted classifier or regressor
        A classifier has ``predict_proba``.
    alphabet : Alphabet
        Alphabet of the text.
    both_strands : bool or None
        Whether answers are means over a text and its reverse complement. None: of DNA, unless the model says that it
        reads both strands itself.
    frame : DataFrame of shape (n_rows, 1 + n_covariates), default=None
        Rows with covariates, which each text has of the row that it is made of; None where there are none.

    Attributes
    ----------
    outputs : Outputs
        Classes, labels or targets, one column each.
    both_strands : bool
        What was decided.
    n_members : int
        Members of the ensemble; 1 where it is none.
    knows_domain : bool
        Whether the model knows which sequences resemble those that it was trained on.
    """

    def __init__(self, estimator, alphabet, both_strands, frame=None):
        self.outputs = outputs_of(estimator)
        if self.outputs.kind != "number" and not hasattr(estimator, "predict_proba"):
            raise invalid_parameter(
                "estimator",
                f"must be a regressor or a classifier with predict_proba, got {type(estimator).__name__}; wrap other "
                "classifiers in CalibratedClassifierCV",
            )
        self._estimator, self._alphabet, self._frame = estimator, alphabet, frame
        self._members = self._members_of(estimator)
        self.n_members = 1
        self.knows_domain = hasattr(estimator, "domain_")
        if both_strands is None:
            both_strands = alphabet.name == "dna" and not _reads_both_strands(estimator)
        elif both_strands:
            alphabet.check_has_complement()
        self.both_strands = bool(both_strands)

    def __call__(self, texts, origins):
        """Answers (n, n_outputs), and those of members (n_members, n, n_outputs), or None of a single model.

        ``origins`` are the rows that the texts are made of.
        """
        # texts of rows with covariates are one only where they are of one row
        asked = list(zip(texts, [0] * len(texts) if self._frame is None else map(int, origins), strict=True))
        places = {text: place for place, text in enumerate(dict.fromkeys(asked))}
        distinct, own = (list(part) for part in zip(*places, strict=True))
        rows = np.array([places[text] for text in asked])
        strands = distinct + (reverse_complement(distinct, self._alphabet) if self.both_strands else [])
        if self._frame is not None:
            strands = replaced_text(self._frame, strands, np.resize(own, len(strands)))
        whole = self._mean_strand(self._ask(self._estimator, strands))[rows]
        if self._members is None:
            return whole, None
        # a single number has no column of its own
        members = np.asarray(self._members(strands), np.float64)
        members = self._mean_strand(members.reshape(*members.shape[:2], -1))[:, rows]
        self.n_members = len(members)
        return whole, members if self.n_members > 1 else None

    def change(self, before, after):
        """Effect of exchanges of the texts: of log-odds, or of the number."""
        if self.outputs.kind == "number":
            return after - before
        odds = log_odds if self.outputs.kind == "classes" else _own_log_odds
        return odds(after) - odds(before)

    def _ask(self, model, X):
        """What one model predicts, (n, n_outputs)."""
        if self.outputs.kind == "number":
            return np.asarray(model.predict(X), np.float64).reshape(-1, len(self.outputs.names))
        answers = model.predict_proba(X)
        return np.column_stack([p[:, -1] for p in answers]) if isinstance(answers, list) else answers

    def in_domain(self, texts):
        """Whether texts resemble those that the model was trained on: bool (n,); all do where it does not know."""
        if not self.knows_domain:
            return np.ones(len(texts), dtype=bool)
        distinct = list(dict.fromkeys(texts))
        known = dict(zip(distinct, self._estimator.domain_.predict(distinct) == 1, strict=True))
        return np.array([known[text] for text in texts], dtype=bool)

    def _members_of(self, estimator):
        """Function of text that gives the answers of every member, or None."""
        transformers: list = []
        method = "member_predictions" if self.outputs.kind == "number" else "member_probabilities"
        for part in _inside(estimator):
            if hasattr(part, method):
                return partial(_behind, transformers, getattr(part, method))
            votes = isinstance(part, VotingRegressor) or getattr(part, "voting", None) == "soft"
            if votes and isinstance(getattr(part, "estimators_", None), list):
                return partial(_behind, transformers, partial(self._of_voters, part.estimators_))
            if isinstance(part, Pipeline):
                # samplers act in fit only
                transformers += [step for _, step in part.steps[:-1] if hasattr(step, "transform")]
        return None

    def _of_voters(self, voters, X):
        """Answers of the members of scikit-learn's voting models, which have no method for them."""
        return np.stack([self._ask(voter, X) for voter in voters])

    def _mean_strand(self, probabilities):
        """Mean over strands, which stand one behind the other on the last but one axis."""
        probabilities = np.asarray(probabilities, dtype=np.float64)
        if not self.both_strands:
            return probabilities
        given, turned = np.split(probabilities, 2, axis=-2)
        return (given + turned) / 2


def _inside(estimator):
    """What answers: behind searches and calibration, then behind the steps of a pipeline."""
    estimator = unwrapped(estimator)
    yield estimator
    if isinstance(estimator, Pipeline):
        yield from _inside(estimator.steps[-1][1])


def _reads_both_strands(estimator):
    for part in _inside(estimator):
        strand = getattr(part, "strand", None)
        # "auto" of a network is "both" for DNA
        if strand == "both" or (strand == "auto" and getattr(part, "alphabet", "dna") == "dna"):
            return True
    return False


def _behind(transformers, members, X):
    for transformer in transformers:
        X = transformer.transform(X)
    return members(X)
