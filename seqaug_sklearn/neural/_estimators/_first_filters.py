"""What motif filters start from: k-mers enriched in the training rows, or known motifs."""

import itertools
import os
from collections.abc import Mapping

import numpy as np
import torch

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.motifs import MotifSet, enriched_kmers, read_motif_file
from seqaug_sklearn.utils import Message, Parameter, invalid_parameter

__all__ = ["first_filters", "read_initial_filters"]

_PSEUDO = 0.01
"""Added to shares before the logarithm, as for motif occupancies."""
_ROWS, _FILTERS = 64, 128
"""Rows and motifs scored at a time."""
_LARGEST_TABLE = 1 << 17
"""Most k-mers that are counted: 8-mers of DNA, 3-mers of proteins."""


def read_initial_filters(initial, alphabet):
    """Read the parameter ``initial_filters``.

    Parameters
    ----------
    initial : None, "enriched", path, MotifSet, mapping of str to matrix, or sequence of matrices
        As the user gave it.
    alphabet : str or Alphabet
        Alphabet of a MEME file.

    Returns
    -------
    None, "enriched" or list of float64 ndarray of shape (width, n_symbols)
        Shares of the symbols.

    Raises
    ------
    InvalidParameterError, TypeError
        If it is none of these, or a matrix does not hold shares.
    """
    if initial is None or (isinstance(initial, str) and initial == "enriched"):
        return initial
    if isinstance(initial, (str, os.PathLike)):
        if not os.path.exists(initial):
            raise invalid_parameter(
                "initial_filters",
                f"must be None, 'enriched', motifs, or a file in MEME's format; there is no file {str(initial)!r}",
            )
        initial = read_motif_file(initial, alphabet=get_alphabet(alphabet))
    if isinstance(initial, MotifSet):
        initial = {motif.name: motif.ppm[slice(*motif.informative)] for motif in initial.motifs}
    if isinstance(initial, Mapping):
        initial = list(initial.values())
    if not isinstance(initial, (list, tuple)):
        raise TypeError(
            f"initial_filters must be None, 'enriched', a file in MEME's format, a MotifSet, or matrices of shares by "
            f"name (read_meme), got {type(initial).__name__}"
        )
    return [_checked(matrix, number) for number, matrix in enumerate(initial)]


def _checked(matrix, number):
    matrix = np.asarray(matrix, dtype=np.float64)
    if matrix.ndim != 2 or not len(matrix) or not (np.isfinite(matrix).all() and (matrix >= 0).all()):
        raise _wrong(number, f" must be a matrix (width, n_symbols) of shares >= 0, got one of shape {matrix.shape}")
    if (np.abs(matrix.sum(axis=1) - 1) > 0.05).any():
        raise _wrong(number, ": the shares of a position must sum to 1; divide counts by their sum")
    return matrix


def _wrong(number, rule):
    return InvalidParameterError(Message(Parameter("initial_filters"), f"[{number}]{rule}"))


def first_filters(initial, train, n_symbols, complement, most):
    """Weights that the first filters start from.

    Parameters
    ----------
    initial : None, "enriched" or list of ndarray
        What :func:`read_initial_filters` gave.
    train : TrainingWindows
        Rows that train; no others may be looked at.
    n_symbols : int
        One-hot columns.
    complement : sequence of int or None
        Column of each symbol's complement where both strands are read.
    most : int
        Filters that may start so.

    Returns
    -------
    list of float64 ndarray of shape (width, n_symbols)
        At most ``most``, the most informative first.

    Raises
    ------
    InvalidParameterError
        If motifs have other columns than X.
    """
    if initial is None or most == 0:
        return []
    if isinstance(initial, str):
        return [np.eye(n_symbols)[kmer] for kmer in _enriched(train, n_symbols, complement, most)]
    wrong = [matrix.shape[1] for matrix in initial if matrix.shape[1] != n_symbols]
    if wrong:
        raise invalid_parameter(
            "initial_filters", f"has {wrong[0]} symbols, but X has {n_symbols}; use motifs of its alphabet"
        )
    weights = [np.log(matrix + _PSEUDO) for matrix in initial]
    if len(weights) <= most:
        return weights
    order = np.argsort(-_differences(weights, train, n_symbols, complement), kind="stable")
    return [weights[number] for number in order[:most]]


def _enriched(train, n_symbols, complement, most):
    """Codes of enriched k-mers: the best of each contrast in turn, each k-mer once."""
    # the largest table of k-mers that is no larger than that of 8-mers of DNA
    k = int(np.log(_LARGEST_TABLE) / np.log(n_symbols))
    turned = None if complement is None else np.asarray(complement, np.uint8)
    codes, weights = _codes(train.data, n_symbols), np.asarray(train.weights, np.float64)
    found = []
    for contrast in train.contrasts.T:
        rows = contrast >= 0
        if weights[rows].any():
            own = codes[rows], contrast[rows], weights[rows]
            kmers = enriched_kmers(*own, n_symbols=n_symbols, k=k, most=most, complement=turned)
            found.append([tuple(kmer) for kmer in kmers])
    in_turn = (kmer for ranked in itertools.zip_longest(*found) for kmer in ranked if kmer is not None)
    return [np.array(kmer) for kmer in dict.fromkeys(in_turn)][:most]


def _codes(data, n_symbols):
    """Codes (n, length); soft one-hot by its largest symbol."""
    if data.dtype == np.uint8:
        return data
    return np.where(data.any(axis=-1), data.argmax(axis=-1), n_symbols).astype(np.uint8)


def _differences(weights, train, n_symbols, complement):
    """How well each motif's best site separates the classes of the training rows: largest standardised difference."""
    filters = _same_width(weights)
    if complement is not None:
        # plain integers: torch takes bytes for a mask
        turned = filters.flip(2)[:, [int(column) for column in complement]]
        filters = torch.cat([filters, turned])
    # the last row of the table, of unknown residues and padding, is zero
    table = torch.cat([torch.eye(n_symbols), torch.zeros(1, n_symbols)])
    codes = torch.from_numpy(_codes(train.data, n_symbols).astype(np.int64))
    sites = torch.cat([_best_sites(table[part].transpose(1, 2), filters) for part in codes.split(_ROWS)])
    # (n_rows, n_strands, n_motifs): the better strand
    best = sites.reshape(len(codes), -1, len(weights)).amax(dim=1).numpy()
    return np.array([_difference(scores, train) for scores in best.T])


def _same_width(weights):
    """Float32 tensor (n, n_symbols, width): weights around 0, so that an unknown residue is an average one."""
    widest = max(map(len, weights))
    filters = torch.zeros(len(weights), weights[0].shape[1], widest)
    for number, matrix in enumerate(weights):
        first = (widest - len(matrix)) // 2
        centred = matrix - matrix.mean(axis=1, keepdims=True)
        filters[number, :, first : first + len(matrix)] = torch.from_numpy(centred.T)
    return filters


def _best_sites(one_hot, filters):
    """Largest score (n, n_filters) over the places of each row."""
    half = filters.shape[2] // 2
    return torch.cat(
        [torch.nn.functional.conv1d(one_hot, part, padding=half).amax(dim=2) for part in filters.split(_FILTERS)], dim=1
    )


def _difference(scores, train):
    """Largest difference between the mean of a class and of the others, in standard deviations."""
    found = 0.0
    for contrast in train.contrasts.T:
        weights = np.where(contrast >= 0, np.asarray(train.weights, np.float64), 0)
        spread = np.sqrt(np.cov(scores, aweights=weights)) if np.count_nonzero(weights) > 1 else 0.0
        if not spread > 0:
            continue
        for code in np.unique(contrast[contrast >= 0]):
            inside = contrast == code
            if weights[inside].any() and weights[~inside].any():
                means = [np.average(scores[rows], weights=weights[rows]) for rows in (inside, ~inside)]
                found = max(found, abs(means[0] - means[1]) / spread)
    return found
