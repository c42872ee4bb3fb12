"""What the random edits share: the batch they read, and the stretches they draw."""

import functools
import inspect
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator

from seqaug_sklearn.alphabets import DNA, PROTEIN
from seqaug_sklearn.augmentation._edits._arrays import as_values
from seqaug_sklearn.augmentation._edits._rows import OneHotRows, true_lengths
from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError

__all__ = ["RandomEdit", "read_one_hot"]


_BY_COLUMNS = {len(alphabet): alphabet for alphabet in (DNA, PROTEIN)}
"""Symbols of one-hot batches that come without an alphabet."""


class RandomEdit(BaseEstimator):
    """Base of the random edits.

    Subclasses give ``_draw(rows, which, low, high, rng)`` for the stretches [low, high) of the rows ``which`` (arrays,
    or numbers for all), and ``_apply(rows, which, low, high, draws)``, which changes the :class:`EditableRows` in
    place.
    """

    _name = ""
    """What the edit is called in text and in tables."""
    _within_one_stretch = True
    _keeps_positions = False
    _keeps_protein = False

    def augment_batch(self, X, rng, *, identifiers=None):
        """Edit every row of a one-hot batch.

        Parameters
        ----------
        X : float32 Tensor of shape (n_samples, length, n_symbols)
            One-hot, exact or soft, on any device; left as it is. All-zero residues on the right are padding. Four
            columns are read as A, C, G, T (or U); with any other number there is no complement.
        rng : numpy.random.Generator
            Source of all randomness.
        identifiers : sequence of length n_samples, default=None
            Names of the rows, for messages.

        Returns
        -------
        edited : float32 Tensor of shape (n_samples, length, n_symbols)
            On the same device.

        Raises
        ------
        ValueError
            If a parameter is out of its range.
        SequenceError, SequenceTypeError
            If X is no such tensor, or a row is too short for the smallest edit.
        """
        self._check_parameters()
        values = read_one_hot(X, rng)
        # A, C, G, T pair with T, G, C, A
        complement = [3, 2, 1, 0] if values.shape[2] == 4 else None
        alphabet = _BY_COLUMNS.get(values.shape[2])
        rows = OneHotRows(values, true_lengths(values), complement, identifiers=identifiers, alphabet=alphabet)
        self._check_rows(rows)
        self._edit(rows, np.arange(len(rows)), rng)
        return rows.result()

    def _check_parameters(self):
        try:
            kind: Any = type(self)  # hashable, though type checkers do not see it
            valid = _are_valid(kind, *vars(self).values())
        except TypeError:  # not hashable, so no number either
            valid = False
        if not valid:
            self._validate_params()

    def _phrase(self):
        """Say what the edit does, in a few words."""
        raise NotImplementedError

    def _operations(self, rows, which, low, high, draws):
        """Say what has just been done to the letters of rows; None: see which letters differ.

        Returns
        -------
        operations : tuple of (rows, start, length, written, strand) or None
            Ascending row numbers, where each operation begins and how many residues it takes (arrays, or numbers for
            all), where as many letters were written (None: nowhere), and the strand, "+" or "-".
        """
        return

    def _changes(self, changed):
        """Operations (rows, start, length, written) from where letters changed, bool ndarray (n, width)."""
        row, place = np.nonzero(changed)
        return row, place, np.ones_like(place), place

    def _check_rows(self, rows):
        """Raise if this edit cannot be applied to such rows."""

    def _edit(self, rows, which, rng):
        """Draw and apply the edit to the rows numbered ``which``."""
        if not which.size:
            return
        low, high = rows.draw_stretches(which, rng) if self._within_one_stretch else rows.whole(which)
        draws = self._draw(rows, which, low, high, rng)
        if rows.journal is None:
            self._apply(rows, which, low, high, draws)
        else:
            rows.journal.record(self, rows, which, low, high, draws)


@functools.lru_cache(maxsize=256, typed=True)
def _are_valid(cls, *parameters):
    """Whether parameters pass; asked once for each set of values, because the answer takes a third of an edit."""
    try:
        cls(**dict(zip(inspect.signature(cls).parameters, parameters, strict=True)))._validate_params()
    except ValueError:
        return False
    return True


def read_one_hot(X, rng):
    """Check a batch and its generator; return the batch as :class:`OneHotRows` takes it."""
    if not isinstance(X, torch.Tensor):
        raise SequenceTypeError(
            f"augment_batch takes a float32 torch tensor (n_samples, length, n_symbols), got {type(X).__name__}; "
            "use fit_resample of RandomAugmentation for text, or torch.from_numpy(X) for arrays"
        )
    if X.ndim != 3 or X.shape[1] < 1 or X.shape[2] < 2:
        raise SequenceError(
            f"augment_batch takes one-hot of shape (n_samples, length, n_symbols) with at least one position and two "
            f"symbols, got {tuple(X.shape)}"
        )
    if X.dtype != torch.float32:
        raise SequenceTypeError(f"augment_batch takes float32, got {X.dtype}; pass X.float()")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a numpy.random.Generator, got {type(rng).__name__}; pass numpy.random.default_rng(seed)"
        )
    return as_values(X)
