"""Probabilities of text: on both strands, and of the members of an ensemble."""

from functools import partial

import numpy as np
from sklearn.pipeline import Pipeline

from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.inspection._members import unwrapped
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["Answers", "log_odds"]

_SMALLEST = 1e-12
"""Probabilities are at least this, so that 0 and 1 have finite log-odds. A model that is sure of two sites has odds of
1e9 and more, and a larger limit would hide what the loss of either does."""


def log_odds(probabilities):
    """Log-odds of each class against all others, of an array whose last axis is the classes."""
    # the sum of the others is exact where 1 - p is rounded
    others = probabilities @ (1 - np.eye(probabilities.shape[-1]))
    return np.log(np.maximum(probabilities, _SMALLEST)) - np.log(np.maximum(others, _SMALLEST))


class Answers:
    """Probabilities that a fitted classifier gives for text.

    Parameters
    ----------
    estimator : fitted classifier
        With ``predict_proba`` and ``classes_``.
    alphabet : Alphabet
        Alphabet of the text.
    both_strands : bool or None
        Whether probabilities are means over a text and its reverse complement. None: of DNA, unless the classifier says
        that it reads both strands itself.

    Attributes
    ----------
    both_strands : bool
        What was decided.
    n_members : int
        Members of the ensemble; 1 where it is none.
    knows_domain : bool
        Whether the classifier knows which sequences resemble those that it was trained on.
    """

    def __init__(self, estimator, alphabet, both_strands):
        if not hasattr(estimator, "predict_proba") or not hasattr(estimator, "classes_"):
            raise invalid_parameter(
                "estimator",
                f"must be a fitted classifier with predict_proba, got {type(estimator).__name__}; wrap others in "
                "CalibratedClassifierCV",
            )
        self._estimator, self._alphabet = estimator, alphabet
        self._members = _members_of(estimator)
        self.n_members = 1
        self.knows_domain = hasattr(estimator, "domain_")
        if both_strands is None:
            both_strands = alphabet.name == "dna" and not _reads_both_strands(estimator)
        elif both_strands:
            alphabet.check_has_complement()
        self.both_strands = bool(both_strands)

    def __call__(self, texts):
        """Probabilities (n, n_classes), and those of members (n_members, n, n_classes), or None of a single model."""
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        distinct = list(places)
        rows = np.array([places[text] for text in texts])
        strands = distinct + (reverse_complement(distinct, self._alphabet) if self.both_strands else [])
        whole = self._mean_strand(self._estimator.predict_proba(strands))[rows]
        if self._members is None:
            return whole, None
        members = self._mean_strand(self._members(strands))[:, rows]
        self.n_members = len(members)
        return whole, members if self.n_members > 1 else None

    def in_domain(self, texts):
        """Whether texts resemble those that the classifier was trained on: bool (n,); all do where it does not know."""
        if not self.knows_domain:
            return np.ones(len(texts), dtype=bool)
        distinct = list(dict.fromkeys(texts))
        known = dict(zip(distinct, self._estimator.domain_.predict(distinct) == 1, strict=True))
        return np.array([known[text] for text in texts], dtype=bool)

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


def _members_of(estimator):
    """Function of text that gives the probabilities of every member, or None."""
    transformers: list = []
    for part in _inside(estimator):
        if hasattr(part, "member_probabilities"):
            return partial(_behind, transformers, part.member_probabilities)
        if getattr(part, "voting", None) == "soft" and isinstance(getattr(part, "estimators_", None), list):
            return partial(_behind, transformers, partial(_of_voters, part.estimators_))
        if isinstance(part, Pipeline):
            # samplers act in fit only
            transformers += [step for _, step in part.steps[:-1] if hasattr(step, "transform")]
    return None


def _behind(transformers, members, X):
    for transformer in transformers:
        X = transformer.transform(X)
    return members(X)


def _of_voters(voters, X):
    """Probabilities of the members of scikit-learn's VotingClassifier, which has no method for them."""
    return np.stack([voter.predict_proba(X) for voter in voters])
