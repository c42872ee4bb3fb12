"""Log-odds of motifs at every position of many sequences, summed up per sequence, by matrix products."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from seqaug_sklearn.alphabets import Alphabet

__all__ = ["SCORES", "log_odds", "motif_scores", "score_threshold"]

SCORES = ("occupancy", "max", "count")
"""Ways to sum up the log-odds at all positions of a sequence."""

# residues of a block, and most motifs: few enough for little memory, many enough for threads to be worth their start
_BLOCK_RESIDUES = 12_000
_BLOCK_MOTIFS = 128
# rows are padded to a multiple of so many residues
_ROUNDED_TO = 20
_STEP = 0.01
"""Nats between two scores of a distribution."""


def log_odds(shares: np.ndarray, background: np.ndarray, pseudocount: float) -> np.ndarray:
    """Log-odds of a motif in nats, the pseudocount added to each share."""
    smoothed = shares + pseudocount
    return np.log(smoothed / smoothed.sum(axis=1, keepdims=True)) - np.log(background)


def score_threshold(matrix: np.ndarray, background: np.ndarray, p_value: float) -> float:
    """Lowest log-odds that a random site reaches with a probability of at most ``p_value``; the highest if none is.

    The distribution is exact but for steps of 0.01 nats a position, rounded up, so the probability is never above.
    """
    steps = np.ceil((matrix - matrix.min(axis=1, keepdims=True)) / _STEP - 1e-9).astype(int)
    chances = np.ones(1)
    for row in steps:
        longer = np.zeros(len(chances) + row.max())
        for step, share in zip(row, background, strict=True):
            longer[step : step + len(chances)] += share * chances
        chances = longer
    # chance of at least so many steps
    tail = np.cumsum(chances[::-1])[::-1]
    rare = np.flatnonzero(tail <= p_value)
    best = matrix.max(axis=1).sum()
    lowest = matrix.min(axis=1).sum()
    # products in float32 may fall short of the highest score by their rounding
    highest = best - 1e-4
    return min(lowest + rare[0] * _STEP, highest) if len(rare) else highest


@dataclass(frozen=True)
class _Group:
    """Motifs of one width: their columns, and weights (n_strands * n_motifs, width * n_symbols)."""

    columns: np.ndarray
    weights: Any
    limits: Any
    width: int


def motif_scores(
    codes: np.ndarray,
    lengths: np.ndarray,
    matrices: list[np.ndarray],
    alphabet: Alphabet,
    *,
    score: str = "occupancy",
    strand: str = "single",
    thresholds: np.ndarray | None = None,
) -> np.ndarray:
    """Sum up the log-odds of motifs over the positions of each sequence.

    Parameters
    ----------
    codes, lengths : ndarray
        As :func:`seqaug_sklearn.utils.flat_codes` gives them.
    matrices : list of ndarray of shape (width, n_symbols)
        Log-odds in nats.
    alphabet : Alphabet
        Alphabet of the codes.
    score : {"occupancy", "max", "count"}, default="occupancy"
        Log of the sum of the exponentials, the highest, or how many reach the threshold.
    strand : {"better", "both", "single"}, default="single"
        The larger score of both strands, the score of the positions of both, or the given strand.
    thresholds : ndarray of shape (n_motifs,), default=None
        Of "count".

    Returns
    -------
    float32 ndarray of shape (n_sequences, n_motifs)
        0 where a sequence has no position without an unknown residue.
    """
    import torch

    thresholds = np.zeros(len(matrices)) if thresholds is None else thresholds
    out = np.zeros((len(lengths), len(matrices)), np.float32)
    groups = _groups(matrices, thresholds, alphabet, strand, int(lengths.max()))
    starts = np.cumsum(lengths) - lengths
    with torch.inference_mode():
        for rows, width in _blocks(lengths):
            table = _padded(codes, starts[rows], lengths[rows], width, alphabet.unknown)
            for group in groups:
                out[np.ix_(rows, group.columns)] = _of_block(table, group, alphabet, score, strand)
    return out


def _groups(matrices, thresholds, alphabet, strand, longest):
    """Motifs by width, so many at a time as a block holds; the other strand's stand behind the given one's."""
    import torch

    at_a_time = max(1, _BLOCK_MOTIFS * _BLOCK_RESIDUES // max(_BLOCK_RESIDUES, longest))
    widths = np.array([len(matrix) for matrix in matrices])
    groups = []
    for width in np.unique(widths):
        of_width = np.flatnonzero(widths == width)
        for columns in np.array_split(of_width, -(-len(of_width) // at_a_time)):
            strands = [[matrices[column] for column in columns]]
            if strand != "single":
                complement = alphabet.complement_codes[: alphabet.n_symbols]
                strands.append([matrix[::-1, complement] for matrix in strands[0]])
            weights = np.array(strands, np.float32).reshape(len(strands) * len(columns), -1)
            limits = np.tile(thresholds[columns], len(strands)).astype(np.float32)
            groups.append(_Group(columns, torch.from_numpy(weights), torch.from_numpy(limits), int(width)))
    return groups


def _blocks(lengths):
    """Yield rows of like length together, and the length that all are padded to.

    That follows from the length of a row alone, so that no score depends on another row by its rounding.
    """
    padded = -(-lengths // _ROUNDED_TO) * _ROUNDED_TO
    for width in np.unique(padded)[::-1]:
        rows = np.flatnonzero(padded == width)
        at_a_time = max(1, _BLOCK_RESIDUES // max(int(width), 1))
        for first in range(0, len(rows), at_a_time):
            yield rows[first : first + at_a_time], int(width)


def _padded(codes, starts, lengths, width, unknown):
    places = np.arange(width)
    inside = places < lengths[:, None]
    table = np.full(inside.shape, unknown, np.uint8)
    table[inside] = codes[(starts[:, None] + places)[inside]]
    return table


def _of_block(table, group, alphabet, score, strand):
    """Scores of a block of rows for the motifs of a group: (n_rows, n_motifs)."""
    import torch

    n_rows, length = table.shape
    n_symbols, n_motifs = alphabet.n_symbols, len(group.columns)
    if length < group.width:
        return np.zeros((n_rows, n_motifs), np.float32)
    one_hot = torch.from_numpy(np.eye(n_symbols + 1, n_symbols, dtype=np.float32)[table].reshape(n_rows, -1))
    # (n_rows, n_positions, width * n_symbols)
    sites = one_hot.unfold(1, group.width * n_symbols, n_symbols).contiguous()
    scores = group.weights @ sites.transpose(1, 2)
    skipped = _skipped(table == alphabet.unknown, group.width)
    if skipped.any():
        scores.masked_fill_(torch.from_numpy(skipped)[:, None], -torch.inf)
    strands = _told(scores, group, score).reshape(n_rows, -1, n_motifs)
    told = _of_strands(strands, score, strand)
    told[torch.from_numpy(skipped.all(axis=1))] = 0
    return told.numpy()


def _skipped(unknown, width):
    """Positions at which a residue of the site is unknown: (n_rows, n_positions)."""
    before = np.zeros((len(unknown), unknown.shape[1] + 1), np.int32)
    np.cumsum(unknown, axis=1, out=before[:, 1:])
    return before[:, width:] > before[:, :-width]


def _told(scores, group, score):
    """Sum up positions: (n_rows, n_strands * n_motifs)."""
    import torch

    if score == "count":
        return (scores >= group.limits[:, None]).sum(dim=2).to(torch.float32)
    # rows without a position have no finite score; what is taken from them must be finite
    highest = scores.amax(dim=2, keepdim=True).clamp_(min=-1e30)
    if score == "max":
        return highest[..., 0]
    # in place, because memory is what takes the time
    return scores.sub_(highest).exp_().sum(dim=2).log_() + highest[..., 0]


def _of_strands(strands, score, strand):
    if strand == "both" and score == "occupancy":
        return strands.logsumexp(dim=1)
    if strand == "both" and score == "count":
        return strands.sum(dim=1)
    return strands.amax(dim=1)
