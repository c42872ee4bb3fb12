"""Numbers as a network learns them: around 0, of size 1, whatever their unit."""

from dataclasses import dataclass

import numpy as np

__all__ = ["TargetScaler"]

# spread below which a target differs from its mean by rounding only
_ROUNDING = 10 * np.finfo(float).eps


@dataclass(frozen=True, eq=False)
class TargetScaler:
    """Standardises targets one by one, gaps left out, and gives them back in their own unit.

    Attributes
    ----------
    centers : float64 ndarray of shape (n_targets,)
        What becomes 0.
    scales : float64 ndarray of shape (n_targets,)
        What becomes 1, beyond the centre; 0 of a target that is held constant, of which nothing is learned.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.neural import TargetScaler
    >>> scaler = TargetScaler.of_numbers(np.array([[1.0, 5.0], [3.0, np.nan]]))
    >>> scaler.transform(np.array([[3.0, 5.0]])).tolist()
    [[1.0, 0.0]]
    >>> scaler.inverse_transform(np.array([[1.0, 0.5]])).tolist()
    [[3.0, 5.5]]
    """

    centers: np.ndarray
    scales: np.ndarray

    @classmethod
    def of_numbers(cls, values, weights=None):
        """Learn mean and standard deviation of each target.

        Parameters
        ----------
        values : float ndarray of shape (n_rows, n_targets)
            NaN where not known.
        weights : float ndarray of shape (n_rows,), default=None
            Weights >= 0 of the rows; None: all the same.

        Returns
        -------
        TargetScaler
            A target that does not vary has the scale 1, one that is nowhere known the centre 0 as well.
        """
        known, shares, sizes = _parts(values, weights)
        # in units of the largest value, whose square may be infinite otherwise
        known = known / sizes
        means = (known * shares).sum(axis=0)
        deviations = np.sqrt(((known - means) ** 2 * shares).sum(axis=0))
        varies = deviations > _ROUNDING * np.abs(means)
        return cls(means * sizes, np.where(varies, deviations * sizes, 1.0))

    @classmethod
    def of_rates(cls, values, weights=None):
        """Learn the mean of each target of values >= 0, which becomes 1; zero stays zero.

        A network that gives logarithms of rates then starts near the mean of each target.

        Parameters
        ----------
        values : float ndarray of shape (n_rows, n_targets)
            NaN where not known.
        weights : float ndarray of shape (n_rows,), default=None
            Weights >= 0 of the rows; None: all the same.

        Returns
        -------
        TargetScaler
            A target that is zero everywhere, or nowhere known, has the scale 1.
        """
        known, shares, sizes = _parts(values, weights)
        means = (known / sizes * shares).sum(axis=0) * sizes
        return cls(np.zeros(len(means)), np.where(means > 0, means, 1.0))

    def held_constant(self, constants):
        """Return the same with some targets held constant: they are not learned, and come back as that constant.

        Parameters
        ----------
        constants : float64 ndarray of shape (n_targets,)
            The constants; NaN where a target is learned.

        Returns
        -------
        TargetScaler
        """
        learned = np.isnan(constants)
        return TargetScaler(np.where(learned, self.centers, constants), np.where(learned, self.scales, 0.0))

    def transform(self, values):
        """Values (n_rows, n_targets) as they are learned: float64, gaps stay NaN, and so is what is held constant."""
        return (values - self.centers) / np.where(self.scales > 0, self.scales, np.nan)

    def inverse_transform(self, values):
        """Values (n_rows, n_targets) in their own unit: float64."""
        return values * self.scales + self.centers


def _parts(values, weights):
    """Values with 0 for gaps, share of each entry in its target's mean, and largest size of each target (not 0)."""
    known = ~np.isnan(values)
    weights = np.where(known, 1.0 if weights is None else np.asarray(weights, float)[:, None], 0.0)
    totals = weights.sum(axis=0)
    filled = np.where(known, values, 0.0)
    sizes = np.abs(filled).max(axis=0, initial=0.0)
    return filled, weights / np.where(totals > 0, totals, 1.0), np.where(sizes > 0, sizes, 1.0)
