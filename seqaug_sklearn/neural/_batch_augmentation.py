"""The objects of ``augment=``, applied to training batches in turn."""

import torch

from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.utils import Message, Parameter

__all__ = ["BatchAugmentation"]


class BatchAugmentation:
    """Apply augmenters to a training batch, one after the other, and hold them to their promise.

    Parameters
    ----------
    steps : tuple
        Objects with ``augment_batch(X, rng, *, identifiers=None)``. One whose ``brings_targets`` is true takes
        ``y`` too and returns (X, y).
    """

    def __init__(self, steps):
        self.steps = steps

    @classmethod
    def from_parameter(cls, augment):
        """Read the parameter ``augment``: None, one object, or a list or tuple of them.

        Raises
        ------
        TypeError
            If an entry has no ``augment_batch``.
        """
        if augment is None:
            augment = ()
        steps = tuple(augment) if isinstance(augment, (list, tuple)) else (augment,)
        for number, step in enumerate(steps):
            if not hasattr(step, "augment_batch"):
                table = "; a table of orthologs goes into OrthologAugmenter(table)" if hasattr(step, "iloc") else ""
                place = f"augment[{number}]" if isinstance(augment, (list, tuple)) else "augment"
                raise TypeError(
                    f"{place} is of type {type(step).__name__}, which has no method augment_batch(X, rng, *, "
                    f"identifiers=None); pass objects like RandomAugmentation or OrthologAugmenter{table}"
                )
        return cls(steps)

    @property
    def pad_to(self):
        """Longest ``pad_to`` that a step asks for; 0 where none does."""
        return max((getattr(step, "pad_to", None) or 0 for step in self.steps), default=0)

    @property
    def reports(self):
        """The counts that each step kept as ``report``; None where it keeps none."""
        return [getattr(step, "report", None) for step in self.steps]

    def check_whole(self, are_windows):
        """Raise where X holds windows and a step takes whole sequences only."""
        for step in self.steps if are_windows else ():
            if getattr(step, "_needs_whole_sequences", False):
                raise InvalidParameterError(
                    Message(
                        Parameter("augment"),
                        f": {type(step).__name__} swaps whole sequences, but X holds windows, which would all "
                        "become the same end of an ortholog; put it in front of WindowAugmenter instead, in "
                        "imblearn.pipeline.make_pipeline",
                    )
                )

    @property
    def brings_targets(self):
        """Whether a step gives rows another target."""
        return any(getattr(step, "brings_targets", False) for step in self.steps)

    def for_training(self, identifiers, labels, encode=None):
        """Return the steps bound to the training rows.

        Parameters
        ----------
        identifiers : object ndarray of shape (n_training_rows,) or None
            Handed to each step that has ``for_training``.
        labels : ndarray of shape (n_training_rows,)
            Labels as given to ``fit``, handed on with them.
        encode : callable, default=None
            Turns targets as given, (n, n_targets), into those of training batches, for steps that bring some.

        Returns
        -------
        BatchAugmentation or None
            None where there is no step.
        """
        if not self.steps:
            return None
        bound = tuple(
            step.for_training(identifiers, labels) if hasattr(step, "for_training") else step for step in self.steps
        )
        for step in bound:
            if getattr(step, "brings_targets", False):
                step.encode_targets(encode)
        return BatchAugmentation(bound)

    def augment_batch(self, X, rng, *, identifiers=None, y=None):
        """Augment one-hot (n, length, n_symbols); with ``y`` return it too, as steps leave it.

        Raises
        ------
        InvalidParameterError
            If a step gives back another shape, or no tensor.
        """
        for step in self.steps:
            if y is not None and getattr(step, "brings_targets", False):
                augmented, y = step.augment_batch(X, rng, identifiers=identifiers, y=y)
            else:
                augmented = step.augment_batch(X, rng, identifiers=identifiers)
            if not isinstance(augmented, torch.Tensor) or augmented.shape != X.shape:
                got = tuple(getattr(augmented, "shape", ())) or type(augmented).__name__
                raise InvalidParameterError(
                    Message(
                        Parameter("augment"),
                        f": {type(step).__name__}.augment_batch was given a batch of shape {tuple(X.shape)} and "
                        f"returned {got}; it must return a tensor of the same shape (use pad_to for longer rows)",
                    )
                )
            X = augmented
        return X if y is None else (X, y)
