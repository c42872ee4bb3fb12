"""Candidates of a search for an augmentation: a policy in an estimator, with so many copies or epochs; and none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from seqaug_sklearn.evaluation._model_parts import usual_epochs
from seqaug_sklearn.utils import counted, invalid_parameter, tidy_orthologs

__all__ = ["NONE", "Recipe", "network_within", "recipes_of"]

NONE = "none"
"""Name of the policy that augments nothing."""
_EPOCHS = (1, 2)
"""Times as many epochs as the network's own."""
_OF_WINDOWS = 4.0
"""Times as long as on whole sequences that a fit on windows takes about."""


@dataclass(frozen=True)
class Recipe:
    """One candidate: a policy, with so many copies or epochs.

    Attributes
    ----------
    name : str
        What tables call it.
    policy : str
        Name of the policy alone.
    estimator : estimator
        With the augmentation, not fitted.
    copies : int or None
        Copies of each row that are added; None where batches are edited, or nothing is added.
    epochs : int or None
        Epochs of the network, if it is one.
    cost : float
        Time of a fit in units of the first candidate's.
    """

    name: str
    policy: str
    estimator: Any
    copies: int | None
    epochs: int | None
    cost: float

    @property
    def is_none(self) -> bool:
        """Whether nothing is edited, whatever the number of epochs or of plain copies."""
        return self.policy == NONE


def network_within(estimator: Any) -> str | None:
    """Prefix of the parameters of the network within an estimator that edits its batches; None where there is none.

    Raises
    ------
    InvalidParameterError
        If it already has an augmentation.
    """
    params = estimator.get_params()
    prefixes = [
        name.removesuffix("augment")
        for name in params
        if name.rsplit("__", 1)[-1] == "augment" and f"{name.removesuffix('augment')}max_epochs" in params
    ]
    if not prefixes:
        return None
    # of several the one that is not within another
    prefix = min(prefixes, key=len)
    if params[f"{prefix}augment"] is not None:
        raise invalid_parameter(
            "estimator", f"must have {prefix}augment=None, because the search chooses it; got an augmentation"
        )
    return prefix


def recipes_of(
    estimator: Any,
    policies: Mapping[str, Any],
    n_rows: int,
    *,
    copies: Sequence[int] | None,
    epochs: Sequence[int] | None,
    alphabet: str,
) -> list[Recipe]:
    """All candidates in the order of preference: none first, then policy by policy, few copies and epochs first.

    An augmented network trains as many epochs as one that is not, so as many steps. Edited copies in front of another
    model make its training set larger, which by itself weakens a penalty, so plain copies are candidates of "none".

    Parameters
    ----------
    estimator : estimator
        Without augmentation.
    policies : dict of str to list of augmenters
        By name.
    n_rows : int
        Rows there are.
    copies : sequence of int or None
        Numbers of edited copies. None: as each policy says.
    epochs : sequence of int or None
        Numbers of epochs of a network. None: its own, and twice as many.
    alphabet : str
        Of the sequences.
    """
    prefix = network_within(estimator)
    if prefix is None:
        if epochs is not None:
            raise invalid_parameter(
                "epochs", "must be None for an estimator without augment= and max_epochs=, which trains no epochs"
            )
        return _of_rows(estimator, policies, n_rows, copies, alphabet)
    if copies is not None:
        raise invalid_parameter("copies", "must be None for a network, which edits each batch anew and adds no rows")
    return _of_batches(estimator, policies, n_rows, prefix, epochs)


def _of_batches(estimator, policies, n_rows, prefix, epochs):
    own = estimator.get_params()[f"{prefix}max_epochs"]
    # some networks take more epochs with an augmentation than without, if they may choose
    own = usual_epochs(n_rows) if own is None else own
    numbers = [own * times for times in _EPOCHS] if epochs is None else list(epochs)
    found = []
    for policy, augmenters in {NONE: [], **policies}.items():
        front, within = _parted(augmenters)
        _require(policy, within, "augment_batch", "a network edits its batches")
        for number in numbers:
            made = clone(estimator).set_params(**{f"{prefix}max_epochs": number})
            if within:
                made.set_params(**{f"{prefix}augment": [clone(one) for one in within]})
            name = policy if len(numbers) == 1 else f"{policy}, {counted(number, 'epoch')}"
            cost = number / own * (_OF_WINDOWS if front else 1)
            found.append(Recipe(name, policy, _behind(front, made), None, number, cost))
    return found


def _of_rows(estimator, policies, n_rows, copies, alphabet):
    found = []
    for policy, augmenters in policies.items():
        front, adding = _parted(augmenters)
        _require(policy, adding, "fit_resample", "this estimator trains on rows of text")
        own = _numbers_of_copies(adding)
        for number in own if copies is None or len(own) == 0 else _with_chance(policy, adding, copies):
            steps = [*(_with_copies(one, number) for one in adding), *front]
            name = policy if number is None else f"{policy}, {_copies(number)}"
            rows = 1 + sum(_rows_added(one, n_rows) for one in steps)
            found.append(Recipe(name, policy, _behind(steps, estimator), number, None, rows))
    plain = [Recipe(NONE, NONE, clone(estimator), None, None, 1.0)]
    for number in sorted({recipe.copies for recipe in found if recipe.copies}):
        name, step = f"{NONE}, {_copies(number)} as they are", _unedited(number, alphabet)
        plain.append(Recipe(name, NONE, _behind([step], estimator), number, None, 1.0 + number))
    return [*plain, *found]


def _copies(number):
    return "1 copy" if number == 1 else f"{number} copies"


def _unedited(number, alphabet):
    """Copies of all rows as they are."""
    from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation

    return RandomAugmentation([RandomMutation(0.0)], n_copies=number, alphabet=alphabet)


def _parted(augmenters):
    """Steps that give bags of windows, which stand in front, and augmenters of rows or batches."""
    front = [one for one in augmenters if hasattr(one, "explode")]
    return front, [one for one in augmenters if not hasattr(one, "explode")]


def _require(policy, augmenters, method, why):
    for one in augmenters:
        if not hasattr(one, method):
            raise invalid_parameter(
                "policies",
                f"must hold augmenters with {method}, because {why}; {policy!r} holds {type(one).__name__}: wrap "
                "single edits in RandomAugmentation([...])",
            )


def _numbers_of_copies(augmenters):
    """Numbers that a policy brings itself; a number where edited copies are added, None elsewhere."""
    own = [one.n_copies for one in augmenters if hasattr(one, "transforms") and one.sampling_strategy is None]
    return [own[-1]] if own else [None]


def _with_chance(policy, augmenters, copies):
    """Numbers of copies that differ: further copies of an edit without chance would be the same again."""
    transforms = [edit for one in augmenters for edit in getattr(one, "transforms", [])]
    if not transforms:
        return [None]
    is_sure = all(getattr(edit, "probability", None) == 1.0 for edit in transforms)
    return [min(copies)] if is_sure else list(copies)


def _with_copies(augmenter, number):
    made = clone(augmenter)
    edits = hasattr(made, "transforms") and made.sampling_strategy is None
    return made.set_params(n_copies=number) if edits and number is not None else made


def _rows_added(augmenter, n_rows):
    """Rows that an augmenter adds for each row."""
    if hasattr(augmenter, "explode"):
        return _OF_WINDOWS
    if hasattr(augmenter, "orthologs"):
        return len(tidy_orthologs(augmenter.orthologs)) / n_rows
    number = getattr(augmenter, "n_copies", 1)
    return number if number is not None else 1


def _behind(steps, estimator):
    """The estimator behind augmenters, its own steps kept by name."""
    if not steps:
        return estimator
    own = estimator.steps if isinstance(estimator, Pipeline) else [("model", estimator)]
    names = ["augmentation"] if len(steps) == 1 else [f"augmentation-{i + 1}" for i in range(len(steps))]
    taken = [name for name, _ in own if name in names]
    if taken:
        raise invalid_parameter("estimator", f"must have no step called {taken[0]!r}, which the search adds; rename it")
    kind: Any = Pipeline
    if any(hasattr(one, "fit_resample") for one in steps):
        from imblearn.pipeline import Pipeline as PipelineOfRows

        kind = PipelineOfRows
    memory = {"memory": estimator.memory} if isinstance(estimator, Pipeline) else {}
    made = [*zip(names, steps, strict=True), *own]
    return kind([(name, step if isinstance(step, str) else clone(step)) for name, step in made], **memory)
