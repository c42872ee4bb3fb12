"""Orthologs of one set of training rows, swapped into one-hot batches."""

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError
from seqaug_sklearn.utils import invalid_parameter, text_to_codes

__all__ = ["TrainingOrthologs", "as_index"]


class TrainingOrthologs:
    """Batch augmenter for one set of training rows; made by ``OrthologAugmenter.for_training``.

    Parameters
    ----------
    selection : Selection
        Usable pairs.
    names, sequences : ndarray of shape (n_orthologs,)
        All orthologs of the table.
    rate : float
        Probability of a swap.
    alphabet : Alphabet
        Alphabet of the sequences.
    truncate : {"left", "right"} or None
        Where longer orthologs are cut.
    own : ndarray of shape (n_orthologs, n_targets), default=None
        Targets of all orthologs of the table, which they bring into the batch; None: they inherit their gene's.

    Attributes
    ----------
    report : pandas.Series of int
        Counts, as ``OrthologAugmenter.report_``.
    """

    def __init__(self, selection, names, sequences, *, rate, alphabet, truncate, own=None):
        self.report = selection.report
        self.rate, self.alphabet, self.truncate = rate, alphabet, truncate
        # rows of `_codes`, one for each ortholog that is used
        used, self._rows = np.unique(selection.ortholog, return_inverse=True)
        self._names, self._sequences = names[used], sequences[used]
        self._identifiers = selection.identifiers
        # pairs are sorted by parent: those of parent p begin at starts[p]
        self._counts = np.bincount(selection.parent, minlength=len(selection.identifiers))
        self._starts = np.cumsum(self._counts) - self._counts
        self._codes = {}
        self._own = None if own is None else own[used]

    @property
    def brings_targets(self):
        """Whether swapped rows get another target, so that ``augment_batch`` takes y."""
        return self._own is not None

    def encode_targets(self, encode):
        """Turn the orthologs' targets into what a training loop learns.

        Parameters
        ----------
        encode : callable
            From targets as they were given, (n, n_targets), to an ndarray (n, ...).
        """
        self._own = encode(self._own)

    def augment_batch(self, X, rng, *, identifiers=None, y=None):
        """Swap orthologs in.

        Parameters
        ----------
        X : Tensor of shape (n, length, n_symbols)
            One-hot batch on any device; left as it is.
        rng : numpy.random.Generator
            Two numbers below 1 are drawn per row, ``rng.random((2, n))``: whether it is swapped (below the rate), and
            which of its orthologs takes its place.
        identifiers : array-like of shape (n,)
            Identifier of each row; rows that are not among the training rows stay as they are.
        y : Tensor or ndarray of shape (n, ...), default=None
            Targets of the rows; needed where orthologs bring their own, and left as it is.

        Returns
        -------
        X : Tensor of shape (n, length, n_symbols)
            Shorter orthologs are padded right with zeros.
        y : Tensor or ndarray of shape (n, ...)
            Only where y was given.

        Raises
        ------
        SequenceTypeError
            If there are no identifiers.
        InvalidParameterError
            If orthologs bring their own targets and y is not given.
        SequenceError
            If X does not fit them or the alphabet, or an ortholog is longer than the batch and ``truncate=None``.
        """
        if y is None and self.brings_targets:
            raise invalid_parameter("y", "is needed where orthologs bring their own targets: pass y to augment_batch")
        parents = self._identifiers.get_indexer(_check_batch(X, identifiers, self.alphabet))
        # both numbers for every row, so that a row's draw does not depend on the others
        swap, choice = rng.random((2, len(parents)))
        # index -1, a row outside the training rows, would read the last parent's count
        counts = np.where(parents >= 0, self._counts[parents], 0)
        rows = np.flatnonzero((swap < self.rate) & (counts > 0))
        if len(rows) == 0:
            return X if y is None else (X, y)
        place = self._starts[parents[rows]] + (choice[rows] * counts[rows]).astype(np.intp)
        swapped = _replaced(X, rows, self._codes_on(X.device, X.shape[1]), self._rows[place])
        if y is None:
            return swapped
        return swapped, y if self._own is None else _with_targets(y, rows, self._own[self._rows[place]])

    def _codes_on(self, device, length):
        """uint8 Tensor (n_orthologs, length) on the device, made once."""
        import torch

        if (device, length) not in self._codes:
            texts = [self._fit(name, text, length) for name, text in zip(self._names, self._sequences, strict=True)]
            codes = text_to_codes(texts, self.alphabet, length=length, identifiers=self._names)
            self._codes[device, length] = torch.from_numpy(codes).to(device)
        return self._codes[device, length]

    def _fit(self, name, text, length):
        if len(text) <= length:
            return text
        if self.truncate is None:
            raise SequenceError(
                f"ortholog {name!r} has {len(text)} residues, the sequences in training {length}; pass "
                "truncate='left' (the right end stays, as promoters need) or truncate='right'; orthologs take the "
                "place of whole sequences, not of windows"
            )
        return text[-length:] if self.truncate == "left" else text[:length]


def as_index(identifiers):
    """Identifiers as an Index of objects, so that text and numbers stay what they are.

    Raises
    ------
    SequenceTypeError
        If there are none.
    """
    if identifiers is None:
        raise SequenceTypeError(
            "orthologs are found by identifier: pass identifiers= to fit, or X as a Series whose index names the rows"
        )
    return pd.Index(np.asarray(identifiers, dtype=object).ravel(), dtype=object)


def _check_batch(X, identifiers, alphabet):
    names = as_index(identifiers)
    if len(names) != len(X):
        raise SequenceError(f"identifiers must be of shape ({len(X)},) to fit the batch, got {len(names)} of them")
    if X.ndim != 3 or X.shape[2] != len(alphabet):
        raise SequenceError(
            f"the batch must be one-hot of shape (n, length, {len(alphabet)}) for alphabet {alphabet.name!r}, got "
            f"{tuple(X.shape)}"
        )
    return names


def _with_targets(y, rows, own):
    own = own.reshape(len(own), *y.shape[1:])
    if isinstance(y, np.ndarray):
        y = y.copy() if np.can_cast(own.dtype, y.dtype, "same_kind") or own.dtype == object else y.astype(own.dtype)
        y[rows] = own
        return y
    import torch

    rows, own = (torch.from_numpy(values).to(y.device) for values in (rows, np.ascontiguousarray(own)))
    return y.index_copy(0, rows, own.to(y.dtype))


def _replaced(X, rows, codes, chosen):
    import torch

    n_symbols = X.shape[2]
    # (n_symbols + 1, n_symbols): padding and unknown residues are rows of zeros
    table = torch.zeros(n_symbols + 1, n_symbols, dtype=X.dtype, device=X.device)
    table.fill_diagonal_(1)
    rows, chosen = (torch.from_numpy(places).to(X.device) for places in (rows, chosen))
    return X.index_copy(0, rows, table[codes[chosen].long()])
