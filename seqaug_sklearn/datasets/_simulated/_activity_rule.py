"""The rule by which simulated sequences are active: sites, where they stand, on which strand and at what distance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.datasets._simulated._planting import letters_of
from seqaug_sklearn.utils import check_sequences, text_to_codes

__all__ = ["ActivityRule"]

_WEAK = 0.4
"""Strength of a site with one letter that does not fit."""
_BLOCK = 2_000
"""Rows that are scanned at a time."""


@dataclass(frozen=True)
class ActivityRule:
    """What the activity of a sequence is, before any noise; part of what :func:`make_activity` gives.

    A site is a stretch that fits a motif (strength 1) or all but one of its letters (strength 0.4), on the better
    strand. It acts with its motif's effect, times the motif's share where it reads backwards, times a factor that rises
    from one end of the sequence to the other. Two sites of a pair at their distance act beyond that.

    Attributes
    ----------
    motifs : pandas.DataFrame
        One row per motif: ``consensus`` in IUPAC letters, ``backwards`` (the share of its effect on the other strand),
        and the effect on each target.
    pairs : pandas.DataFrame
        One row per pair: ``first, second`` (motifs), ``distance`` (residues between their sites, in either order), and
        the effect on each target beyond those of both sites.
    position_effect : float
        Effects are ``1 - position_effect`` times as large at the first residue and ``1 + position_effect`` at the last.
    targets : tuple of str
        Names of the targets: the columns of effects.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_activity
    >>> rule = make_activity(50, n_families=10, random_state=0).rule
    >>> rule.activity(["A" * 200]).shape
    (1, 1)
    """

    motifs: pd.DataFrame
    pairs: pd.DataFrame
    position_effect: float
    targets: tuple[str, ...]

    def activity(self, sequences) -> np.ndarray:
        """Activity of any sequences.

        Parameters
        ----------
        sequences : array-like of str of shape (n_samples,)
            DNA of any length.

        Returns
        -------
        ndarray of float64 of shape (n_samples, n_targets)
        """
        blocks = [self._of_block(codes, lengths) for codes, lengths in _blocks(sequences)]
        return np.concatenate(blocks) if blocks else np.empty((0, len(self.targets)))

    def sites(self, sequences) -> pd.DataFrame:
        """Sites of full strength, planted or by chance.

        Parameters
        ----------
        sequences : array-like of str of shape (n_samples,)
            DNA; the index of a Series names the rows.

        Returns
        -------
        pandas.DataFrame
            ``identifier, motif, start, strand``: 0-based, residues; strand 1 or -1 (1 where both fit).
        """
        names = getattr(sequences, "index", range(len(sequences)))
        rows, done = [], 0
        for codes, _ in _blocks(sequences):
            for motif, consensus in self.motifs["consensus"].items():
                forward, backward = _strengths(codes, consensus)
                row, start = np.nonzero(np.maximum(forward, backward) == 1)
                strand = np.where(forward[row, start] == 1, 1, -1)
                rows.append(pd.DataFrame({"row": row + done, "motif": motif, "start": start, "strand": strand}))
            done += len(codes)
        found = pd.concat(rows, ignore_index=True).sort_values(["row", "start", "motif"], ignore_index=True)
        return found.assign(row=np.asarray(names)[found["row"]]).rename(columns={"row": "identifier"})

    def _of_block(self, codes, lengths):
        best, total = {}, np.zeros((len(codes), len(self.targets)))
        for motif, row in self.motifs.iterrows():
            forward, backward = _strengths(codes, row["consensus"])
            best[motif] = np.maximum(forward, backward)
            acting = np.maximum(forward, row["backwards"] * backward)
            centre = np.arange(acting.shape[1]) + len(row["consensus"]) / 2
            factor = 1 + self.position_effect * (2 * centre / lengths[:, None] - 1)
            total += np.outer((acting * factor).sum(axis=1), self._effects(row))
        for _, row in self.pairs.iterrows():
            total += np.outer(self._together(best, row), self._effects(row))
        return total

    def _effects(self, row):
        return row[list(self.targets)].to_numpy(float)

    def _together(self, best, row):
        """Product of the strengths of both sites at their distance, summed over places and both orders."""
        pair = row["first"], row["second"]
        return sum(
            (left * right).sum(axis=1)
            for one, other in (pair, pair[::-1])
            for left, right in [self._facing(best[one], best[other], one, row["distance"])]
        )

    def _facing(self, left, right, motif, distance):
        step = len(self.motifs.loc[motif, "consensus"]) + int(distance)
        width = max(0, min(left.shape[1], right.shape[1] - step))
        return left[:, :width], right[:, step : step + width]


def _blocks(sequences):
    texts = list(check_sequences(sequences, name="sequences").values) if len(sequences) else []
    for start in range(0, len(texts), _BLOCK):
        block = texts[start : start + _BLOCK]
        yield text_to_codes(block, DNA), np.array([len(text) for text in block])


def _strengths(codes, consensus):
    """Strength of the motif at each start, on the given and on the other strand, float (n, n_starts)."""
    fits = np.zeros((len(consensus), DNA.n_symbols + 1), bool)
    for place, letter in enumerate(consensus):
        fits[place, letters_of(letter)] = True
    complement = fits[::-1][:, DNA.complement_codes]
    return _scan(codes, fits), _scan(codes, complement)


def _scan(codes, fits):
    width = len(fits)
    n_starts = max(0, codes.shape[1] - width + 1)
    missed = np.zeros((len(codes), n_starts), np.uint8)
    for place in range(width):
        missed += ~fits[place][codes[:, place : place + n_starts]]
    return np.select([missed == 0, missed == 1], [1.0, _WEAK], 0.0)
