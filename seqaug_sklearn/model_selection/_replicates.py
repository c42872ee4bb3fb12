"""How far measurements of identical sequences differ, and which differences that noise does not explain."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from seqaug_sklearn.utils import counted

__all__ = ["ReplicateNoise"]

_FEWEST_SETS = 5
"""Sets of replicates of which a spread is estimated."""
_THREE_SD = 0.0027
"""How often noise alone is three standard deviations out."""
_FALSE_ALARMS = 0.05
_EFFICIENCY = 0.37
"""Of the median absolute deviation: as good as the standard deviation of this share of the rows."""
_LEAST = 0.1
"""Share of the standard deviation of all values below which no difference matters."""
_UNKNOWN = 2.5
"""Standard deviations of all values that a difference needs where replicates are too few."""


@dataclass(frozen=True, eq=False)
class ReplicateNoise:
    """Spread of the values of identical sequences, for each target.

    Attributes
    ----------
    names : tuple of str
        Targets.
    n_sets, n_rows : int ndarray of shape (n_targets,)
        Sets of identical sequences of which several were measured, and their rows.
    spread : float ndarray of shape (n_targets,)
        Standard deviation of one measurement, from the median deviation from the mean of the set, which the odd ones
        hardly move; NaN where there are fewer than 5 sets.
    pooled : float ndarray of shape (n_targets,)
        The same by squares, the odd ones included.
    scale : float ndarray of shape (n_targets,)
        Standard deviation of all measured values.
    """

    names: tuple[str, ...]
    n_sets: np.ndarray
    n_rows: np.ndarray
    spread: np.ndarray
    pooled: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, sets, columns, names) -> "ReplicateNoise":
        """Compare the rows of each set.

        Parameters
        ----------
        sets : int ndarray of shape (n_rows,)
            Equal numbers for identical sequences, from 0 on.
        columns : float ndarray of shape (n_rows, n_targets)
            Values; NaN where not measured.
        names : sequence of str
            Targets.
        """
        found = [_spread_of(sets, column) for column in columns.T]
        n_sets, n_rows, spread, pooled, scale = (np.array(part) for part in zip(*found, strict=True))
        return cls(tuple(names), n_sets, n_rows, spread, pooled, scale)

    @property
    def r2_ceiling(self) -> np.ndarray:
        """R² that a model of the sequences can be expected to reach at most, float (n_targets,); NaN where unknown."""
        ratio = np.divide(self.pooled, self.scale, out=np.zeros(len(self.scale)), where=self.scale > 0)
        return np.where(self.n_sets >= _FEWEST_SETS, np.maximum(1 - ratio**2, 0), np.nan)

    def limits(self, n: int) -> np.ndarray:
        """Least difference of two of `n` identical rows that noise does not explain, float (n_targets,)."""
        n_pairs = max(n * (n - 1) // 2, 1)
        # so that noise alone gives a finding among all sets once in twenty data sets
        alpha = min(_THREE_SD, _FALSE_ALARMS / max(self.n_sets.sum(), 1))
        free = np.maximum(_EFFICIENCY * (self.n_rows - self.n_sets), 1)
        out = np.sqrt(2) * student.isf(alpha / (2 * n_pairs), free)
        known = self.n_sets >= _FEWEST_SETS
        return np.where(known, np.maximum(out * np.nan_to_num(self.spread), _LEAST * self.scale), _UNKNOWN * self.scale)

    def to_frame(self) -> pd.DataFrame:
        """One row for each target: ``n_sets, n_rows, spread, pooled, r2_ceiling, pearson_ceiling``."""
        columns = {
            "n_sets": self.n_sets,
            "n_rows": self.n_rows,
            "spread": self.spread,
            "pooled": self.pooled,
            "r2_ceiling": self.r2_ceiling,
            "pearson_ceiling": np.sqrt(self.r2_ceiling),
        }
        return pd.DataFrame(columns, index=pd.Index(self.names, name="target"))

    def tell(self) -> str:
        """Say which scores noise allows, in one sentence; empty where replicates are too few."""
        known = np.flatnonzero(self.n_sets >= _FEWEST_SETS)
        if not len(known):
            return ""
        first = known[np.argmin(self.r2_ceiling[known])]
        of = f" of {self.names[first]!r}" if len(self.names) > 1 else ""
        others = (
            f"; of the {counted(len(known), 'target')} with replicates it is the noisiest" if len(known) > 1 else ""
        )
        r2 = self.r2_ceiling[first]
        return (
            f"Replicates{of} vary with a standard deviation of {self.pooled[first]:.3g} "
            f"({counted(int(self.n_sets[first]), 'set')} of identical sequences, {self.n_rows[first]:,} rows), so even "
            f"a perfect model of the sequences is expected to reach an R² of {r2:.2f} and a Pearson correlation of "
            f"{np.sqrt(r2):.2f} at most{others}."
        )


def _spread_of(sets, column):
    known = ~np.isnan(column)
    values, numbers = column[known], np.unique(sets[known], return_inverse=True)[1]
    sizes = np.bincount(numbers)
    several = sizes[numbers] > 1
    scale = float(values.std()) if len(values) else 0.0
    n_sets, n_rows = int((sizes > 1).sum()), int(several.sum())
    if not n_sets:
        return 0, 0, np.nan, np.nan, scale
    away = values - (np.bincount(numbers, values) / sizes)[numbers]
    # a mean of n takes 1 / n of the variance along
    unbiased = np.abs(away) * np.sqrt(sizes[numbers] / np.maximum(sizes[numbers] - 1, 1))
    # 0.6745: median of the absolute value of a standard normal number
    spread = float(np.median(unbiased[several]) / 0.6745) if n_sets >= _FEWEST_SETS else np.nan
    return n_sets, n_rows, spread, float(np.sqrt((away**2).sum() / (n_rows - n_sets))), scale
