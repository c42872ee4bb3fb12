"""What a split keeps even, against counting by hand."""

import numpy as np

from seqaug_sklearn.utils import read_target, strata_of


def test_classes_are_their_own_strata():
    strata = strata_of(read_target(["b", "a", "b", "c"]))
    assert (strata.names, strata.codes.tolist()) == (("a", "b", "c"), [1, 0, 1, 2])
    assert strata.needed.all()
    assert strata.lost([0, 1], [2, 3]) == ["c"]


def test_bins_of_numbers_hold_equally_many_and_gaps_are_one(rng):
    y = rng.normal(size=53) ** 3
    y[:3] = np.nan
    strata = strata_of(read_target(y))
    assert np.bincount(strata.codes).tolist() == [10, 10, 10, 10, 10, 3]
    assert not strata.needed.any()
    largest = [y[strata.codes == code].max() for code in range(5)]
    assert all(below < y[strata.codes == code].min() for code, below in zip(range(1, 5), largest[:-1], strict=True))


def test_several_numbers_count_alike_whatever_their_units(rng):
    y = rng.normal(size=(40, 2))
    codes = strata_of(read_target(y, task="number")).codes
    assert strata_of(read_target(y * [1000, 1] + [0, 7], task="number")).codes.tolist() == codes.tolist()
    assert codes.tolist() != strata_of(read_target(y[:, 0])).codes.tolist()


def test_labels_count_what_is_known():
    y = np.array([[1, 0], [0, np.nan], [1, 1], [np.nan, np.nan]])
    strata = strata_of(read_target(y))
    assert dict(zip(strata.names, strata.members.sum(axis=0).tolist(), strict=True)) == {
        "rows": 4,
        "y0 = 1": 2,
        "y1 = 1": 1,
        "y0 = 0": 1,
        "y1 = 0": 1,
    }
    assert strata.lost([0, 3], [1, 2]) == ["y1 = 1", "y0 = 0"]
