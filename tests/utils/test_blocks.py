"""Blocks of windows and their purge against naive readings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqaug_sklearn.utils import block_of_starts, infer_starts, overlaps_any

starts_of_windows = st.lists(st.integers(0, 60), min_size=1, max_size=40).map(np.array)


@settings(deadline=None)
@given(starts_of_windows, st.integers(1, 8))
def test_blocks_are_contiguous_even_and_keep_equal_starts_together(starts, n_blocks):
    blocks = block_of_starts(starts, n_blocks)
    assert blocks.shape == starts.shape
    of_start = {}
    for start, block in zip(starts.tolist(), blocks.tolist(), strict=True):
        assert of_start.setdefault(start, block) == block
    in_order = [of_start[start] for start in sorted(of_start)]
    assert in_order == sorted(in_order)
    sizes = [in_order.count(block) for block in range(n_blocks)]
    assert sum(sizes) == len(of_start)
    assert max(sizes) - min(sizes) <= 1
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("starts", "n_blocks", "expected"),
    [
        ([5], 3, [0]),
        ([0, 0, 0], 2, [0, 0, 0]),
        ([9, 0, 5, 2], 2, [1, 0, 1, 0]),
        ([0, 1], 5, [0, 1]),
        (range(6), 1, [0] * 6),
        ([], 2, []),
    ],
)
def test_blocks_by_hand(starts, n_blocks, expected):
    assert block_of_starts(np.array(starts, int), n_blocks).tolist() == expected


@settings(deadline=None)
@given(starts_of_windows, starts_of_windows, st.integers(1, 50))
def test_overlap_equals_shared_residues(starts, held_out, window):
    residues = {position for start in held_out for position in range(start, start + window)}
    expected = [not residues.isdisjoint(range(start, start + window)) for start in starts]
    assert overlaps_any(starts, held_out, window).tolist() == expected


def test_overlap_with_nothing():
    nothing = np.array([], int)
    assert overlaps_any(np.array([1, 2]), nothing, 4).tolist() == [False, False]
    assert overlaps_any(nothing, np.array([1]), 4).tolist() == []
    assert overlaps_any(np.array([4, 5]), np.array([0]), 5).tolist() == [True, False]


def _cut(sequence, starts, window):
    return np.array([sequence[start : start + window] for start in starts], np.uint8)


@settings(deadline=None)
@given(
    st.integers(0, 2**31),
    st.integers(12, 20),
    st.lists(st.integers(0, 25), min_size=1, max_size=15),
    st.sampled_from([1, 2, 4]),
)
def test_inferred_distances_are_never_too_large(seed, window, steps, n_letters):
    """A purge based on them may take too much, never too little; repeats (one letter only) are the worst case."""
    starts = np.cumsum([0, *steps])
    sequence = np.random.default_rng(seed).integers(0, n_letters, starts[-1] + window)
    inferred = infer_starts(_cut(sequence, starts, window))
    assert inferred[0] == 0
    assert (np.diff(inferred) >= 0).all()
    assert (np.diff(inferred) <= np.minimum(np.diff(starts), window)).all()


def test_inferred_starts_are_exact_without_repeats(rng):
    sequence = rng.integers(0, 4, 400)
    starts = np.cumsum([0, 1, 1, 5, 13, 3, 0, 29])
    windows = _cut(sequence, starts, 40)
    assert infer_starts(windows).tolist() == starts.tolist()


def test_inferred_starts_by_hand():
    unrelated = np.array([[0, 0, 0], [1, 1, 1], [2, 2, 2]], np.uint8)
    assert infer_starts(unrelated).tolist() == [0, 3, 6]
    assert infer_starts(np.array([[0], [0], [1]], np.uint8)).tolist() == [0, 0, 1]
    assert infer_starts(unrelated[:1]).tolist() == [0]
    assert infer_starts(unrelated[:0]).tolist() == []
