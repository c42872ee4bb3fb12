"""Bins of equal numbers of rows."""

import numpy as np
import pytest

from seqaug_sklearn.utils import equal_count_bins


@pytest.mark.parametrize(("n", "n_bins"), [(1, 10), (7, 10), (30, 10), (97, 10), (5, 1)])
def test_distinct_values_are_cut_like_a_sorted_list(n, n_bins, rng):
    values = rng.permutation(n) / n
    bins = equal_count_bins(values, n_bins)
    for number, rows in enumerate(np.array_split(np.argsort(values), min(n, n_bins))):
        assert (bins[rows] == number).all()


def test_equal_values_are_together_whatever_their_order(rng):
    values = rng.integers(0, 4, 60) / 4
    bins, order = equal_count_bins(values, 10), rng.permutation(60)
    assert (equal_count_bins(values[order], 10) == bins[order]).all()
    assert all(len(np.unique(bins[values == value])) == 1 for value in np.unique(values))
    assert np.unique(bins).tolist() == [*range(bins.max() + 1)]
