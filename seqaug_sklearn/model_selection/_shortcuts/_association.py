"""How far each trait goes with each column of the target, and with columns dealt anew."""

import numpy as np
from scipy.stats import rankdata

__all__ = ["associations", "best_and_p"]

_CELLS = 2**25
"""Numbers in one block."""

_ROUNDING = 1e-6


def associations(traits, columns) -> np.ndarray:
    """Return the absolute correlation of each trait with each column.

    Numbers go by rank. Of symbols it is the correlation ratio: the share of a column's variance that lies between the
    rows of different symbols, under the root.

    Parameters
    ----------
    traits : Traits
        Traits.
    columns : ndarray of float of shape (n_rows, n_columns)
        Columns of mean 0 and variance 1.

    Returns
    -------
    ndarray of float32 of shape (n_traits, n_columns)
        First the numbers, then the symbols.
    """
    columns = np.ascontiguousarray(columns, np.float32)
    parts = [np.zeros((0, columns.shape[1]), np.float32)]
    if traits.numbers:
        ranks = rankdata(np.stack([*traits.numbers.values()]), axis=1)
        ranks = (ranks - ranks.mean(axis=1, keepdims=True)) / ranks.std(axis=1, keepdims=True)
        parts.append(np.abs(ranks.astype(np.float32) @ columns) / len(columns))
    codes = [*traits.codes.values()]
    step = max(1, _CELLS // (25 * len(columns)))
    parts += [_ratios(np.stack(codes[start : start + step]), columns) for start in range(0, len(codes), step)]
    return np.concatenate(parts)


def _ratios(codes, columns):
    """Correlation ratios of a block of traits (n_traits, n_rows)."""
    between = np.zeros((len(codes), columns.shape[1]), np.float32)
    for code in range(codes.max() + 1):
        has = codes == code
        n = has.sum(axis=1)
        used = np.flatnonzero(n)
        sums = has[used].astype(np.float32) @ columns
        between[used] += sums**2 / n[used, None]
    return np.sqrt(between / np.maximum((codes >= 0).sum(axis=1), 1)[:, None])


def best_and_p(found) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compare the associations of the true target with those of the exchanges, adjusted for all that was tried.

    Every trait is measured in standard deviations of its own exchanges, so that those that vary much do not hide the
    others, and compared with the largest of all traits in each exchange.

    Parameters
    ----------
    found : ndarray of float of shape (n_traits, 1 + n_exchanges, n_columns)
        Associations, of the true target first.

    Returns
    -------
    column : int ndarray of shape (n_traits,)
        The column that each trait tells best.
    distance : ndarray of float of shape (n_traits,)
        Standard deviations that it is above its exchanges there.
    p : ndarray of float of shape (n_traits,)
        Adjusted p-value.
    """
    # the true target counts as one of the exchanges: under the null hypothesis it is one
    mean, spread = found.mean(axis=1, keepdims=True), found.std(axis=1, keepdims=True)
    # a trait of one group is as far from every exchange: what varies there is rounding, which differs by machine
    distance = (found - mean) / np.where(spread > _ROUNDING, spread, np.inf)
    largest = distance[:, 1:].max(axis=(0, 2))
    column = distance[:, 0].argmax(axis=1)
    own = distance[np.arange(len(found)), 0, column]
    p = (1 + (largest >= own[:, None] - 1e-6).sum(axis=1)) / (1 + len(largest))
    return column, own, p
