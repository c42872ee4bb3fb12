"""The window paper's Pearson coefficient, and how much of it is the order of the class names."""

from dataclasses import dataclass

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import check_class_labels, check_generator

__all__ = ["PearsonOfCodes", "pearson_of_codes"]


@dataclass(frozen=True)
class PearsonOfCodes:
    """Pearson coefficient of class codes, with its spread under random relabelling.

    Attributes
    ----------
    value : float
        Coefficient with the codes in alphabetical order, as the paper computes it.
    minimum, low, median, high, maximum : float
        Smallest, 2.5 %, 50 %, 97.5 % and largest coefficient over random orders of the same class names.
    n_relabellings : int
        Number of random orders.
    """

    value: float
    minimum: float
    low: float
    median: float
    high: float
    maximum: float
    n_relabellings: int

    @property
    def sentence(self) -> str:
        """What the number means, in plain words."""
        return (
            f"Pearson coefficient of the class codes in alphabetical order: {self.value:.3f}. The number depends on "
            f"the order of the class names: over {self.n_relabellings:,} random orders it lies between "
            f"{self.minimum:.3f} and {self.maximum:.3f} (95 % between {self.low:.3f} and {self.high:.3f}), so it "
            "is no measure of a classifier."
        )


def pearson_of_codes(y_true, y_pred, n_relabellings: int = 1000, random_state=None) -> PearsonOfCodes:
    """Correlate integer class codes, as the window paper does, and show how far the order of the names decides.

    Do not use it to judge a classifier: class names have no order. It is for comparison with the published
    figure.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Labels.
    n_relabellings : int, default=1000
        Number of random orders of the names.
    random_state : None, int, RandomState or Generator, default=None
        Seed.

    Returns
    -------
    PearsonOfCodes
        NaN where one side has a single class.

    Raises
    ------
    DataFormatError
        If the two differ in length, are empty, or hold no class labels.

    References
    ----------
    Sci. Rep. 2025, doi 10.1038/s41598-025-12796-9, table of Pearson coefficients.

    Examples
    --------
    >>> result = pearson_of_codes(list("aabbccdd"), list("abbacddc"), random_state=0)
    >>> round(result.value, 3), round(result.minimum, 3)
    (0.8, 0.0)
    """
    y_true = check_class_labels(y_true, name="y_true", subset=True)
    y_pred = check_class_labels(y_pred, name="y_pred", subset=True)
    if len(y_true) != len(y_pred) or len(y_true) == 0:
        raise DataFormatError(f"y_true and y_pred need the same length above 0, got {len(y_true)} and {len(y_pred)}")
    classes, codes = np.unique(np.concatenate([y_true, y_pred]), return_inverse=True)
    true, pred = codes[: len(y_true)], codes[len(y_true) :]
    counts = np.zeros((len(classes), len(classes)))
    np.add.at(counts, (true, pred), 1)
    rng = check_generator(random_state)
    orders = [rng.permutation(len(classes)) for _ in range(n_relabellings)]
    spread = np.array([_pearson(counts, order) for order in orders] or [np.nan])
    minimum, low, median, high, maximum = np.quantile(spread, [0, 0.025, 0.5, 0.975, 1]).tolist()
    value = _pearson(counts, np.arange(len(classes)))
    return PearsonOfCodes(value, minimum, low, median, high, maximum, n_relabellings)


def _pearson(counts, codes):
    """Correlation of ``codes[true]`` and ``codes[pred]``, from the confusion counts."""
    share = counts / counts.sum()
    true, pred = share.sum(axis=1), share.sum(axis=0)
    a, b = codes - true @ codes, codes - pred @ codes
    variance = (true @ a**2) * (pred @ b**2)
    return float(a @ share @ b / np.sqrt(variance)) if variance > 0 else np.nan
