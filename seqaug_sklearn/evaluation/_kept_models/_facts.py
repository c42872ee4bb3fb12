"""What is known of a kept model, as sentences, and as text and numbers for its card."""

from typing import Any

import numpy as np

from seqaug_sklearn.evaluation._inference import FEWEST_GROUPS_OF_R2
from seqaug_sklearn.evaluation._verdict import WARNING
from seqaug_sklearn.evaluation._verdict_of_pairs import METRIC_NAMES

__all__ = ["facts_of", "tell_domain", "tell_leaks"]

_LEAKS_MATTER = 0.01
_RELATIVES = "A score on copies of training sequences, or on their relatives, says nothing about new families."


def facts_of(model, confidence, chosen: str) -> dict[str, Any]:
    """What is known of a fitted ``SequenceModel``.

    Parameters
    ----------
    model : SequenceModel
        Fitted.
    confidence : type
        What its predictions mean.
    chosen : str
        Name of the model among those that were scored.
    """
    metric, kind = confidence.baseline, model.target_kind_
    return {
        "sequences": dict(model.class_counts_),
        "target": model.reading_,
        "lengths": dict(zip(("shortest", "median", "longest"), model.lengths_.tolist(), strict=True)),
        "chosen": model.chosen_,
        **({"edits": model.edits_} if model.edits_ else {}),
        "score": {name: _told_score(name, found, kind) for name, found in model.scores_[chosen].items()},
        "baselines": {
            name: f"{METRIC_NAMES.get(metric, metric)} {found[metric]['mean']:.3f}"
            for name, found in model.scores_.items()
            if name != chosen
        },
        "split": {name: value for name, value in model.split_.items() if name != "leaked_share"},
        "leaks": f"{model.split_['leaked_share']:.1%} of held-out sequences share sequence with a training sequence",
        "limits": [tell_domain(model.domain_), confidence.limits, _RELATIVES],
        "verdict": model.verdict(),
        "shortcuts": list(model.shortcuts_) or "not looked for",
        **confidence.about(model),
    }


_WHY_NOT = {
    "classes": "the held-out rows of a fold are of one class",
    "number": "the held-out rows of a fold hold one value only",
    "labels": "no label is both there and not there among the held-out rows of a fold",
}
"""Why there is no score."""


def _told_score(metric, found, kind):
    """A score with its interval; where there is none, why."""
    if np.isnan(found["mean"]):
        why = "no group has three held-out rows with different values" if "within" in metric else _WHY_NOT[kind]
        return f"cannot be computed, because {why}"
    if np.isnan([found["low"], found["high"]]).any():
        why = "no interval, because not every fold has a score"
        why += f", or there are fewer than {FEWEST_GROUPS_OF_R2} groups" if metric == "r2" else ""
        return f"{found['mean']:.3f} ({why})"
    return f"{found['mean']:.3f} (95 % interval {found['low']:.3f} to {found['high']:.3f})"


def tell_domain(domain) -> str:
    """Which sequences a model is for."""
    shortest, longest = domain.lengths_.tolist()
    lengths = f"about {shortest}" if shortest == longest else f"about {shortest} to {longest}"
    if domain.offset_ == 0:
        return (
            f"The model is for sequences of {lengths} residues with the composition of the training sequences. "
            "Whether they are related cannot be judged: too few k-mers are kept, or training sequences share none."
        )
    return (
        f"The model is for sequences of {lengths} residues that share at least {domain.offset_:.1%} of their "
        f"{domain.k_}-mers with a training sequence; its report marks all others."
    )


def tell_leaks(split: dict[str, Any]) -> list[str]:
    """The warning, where held-out rows share sequence with training rows."""
    if split["leaked_share"] < _LEAKS_MATTER:
        return []
    return [
        f"{WARNING}{split['leaked_share']:.1%} of the held-out sequences share sequence with a training "
        "sequence of their fold, because the groups that were given separate relatives. The score may be "
        "memorisation; leave the groups out, and relatives are kept together."
    ]
