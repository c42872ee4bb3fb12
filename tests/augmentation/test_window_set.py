"""Exploded windows carry their lineage."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GroupKFold

from seqaug_sklearn.augmentation import WindowAugmenter

AUGMENTER = WindowAugmenter(10, overlap=(2, 4), min_shared=5)


@pytest.fixture
def ragged(random_dna):
    return [*random_dna(1, 12), *random_dna(2, 15), *random_dna(1, 10)]


def test_lineage_points_back_to_the_text(ragged):
    windows = AUGMENTER.explode(ragged)
    assert len(windows) == 3 + 6 + 6 + 1
    for window, source, start in zip(windows.windows, windows.sources, windows.starts, strict=True):
        assert window == ragged[source][start : start + 10]
    assert windows.positions.shape == (16, 2)
    assert windows.positions.dtype.kind == "i"
    np.testing.assert_array_equal(windows.positions, np.column_stack([windows.sources, windows.starts]))


def test_everything_per_sequence_is_inherited(ragged):
    y, groups, weight = np.array(["a", "b", "a", "c"]), ["f", "f", "g", "h"], [1.0, 2.0, 0.5, 3.0]
    windows = AUGMENTER.explode(ragged, y, groups=groups, sample_weight=weight)
    np.testing.assert_array_equal(windows.y, y[windows.sources])
    np.testing.assert_array_equal(windows.groups, np.array(groups)[windows.sources])
    np.testing.assert_array_equal(windows.sample_weight, np.array(weight)[windows.sources])


def test_without_groups_a_sequence_is_a_group(ragged):
    windows = AUGMENTER.explode(ragged)
    np.testing.assert_array_equal(windows.groups, windows.sources)
    assert windows.groups is not windows.sources
    assert windows.y is windows.sample_weight is windows.identifiers is None


@pytest.mark.parametrize("frame", [False, True])
def test_identifiers_are_those_of_the_parent(ragged, frame):
    X = pd.Series(ragged, index=["rbcL", "psbA", "psbA-2", "ndhF"], name="sequence")
    windows = AUGMENTER.explode(X.to_frame() if frame else X, y=pd.Series([0, 1, 2, 3], index=list("wxyz")))
    np.testing.assert_array_equal(windows.identifiers, X.index.to_numpy()[windows.sources])
    np.testing.assert_array_equal(windows.y, windows.sources)


def test_the_frame_has_one_row_per_window(ragged):
    X = pd.Series(ragged, index=list("abcd"))
    table = AUGMENTER.explode(X, y=[0, 1, 0, 1], sample_weight=[1, 1, 1, 2]).to_frame()
    assert table.columns.tolist() == ["window", "y", "group", "sample_weight", "identifier", "source", "start"]
    assert table["window"].iloc[4] == X[table["identifier"].iloc[4]][1:11]
    assert AUGMENTER.explode(ragged).to_frame().columns.tolist() == ["window", "group", "source", "start"]


def test_group_splitters_keep_a_parent_on_one_side(ragged):
    windows = AUGMENTER.explode(ragged, y=[0, 1, 0, 1])
    for train, test in GroupKFold(2).split(windows.windows, windows.y, windows.groups):
        assert not set(windows.sources[train]) & set(windows.sources[test])


@pytest.mark.parametrize("name", ["y", "groups", "sample_weight"])
@pytest.mark.parametrize(("value", "found"), [([1, 2, 3], "has 3 entries"), (5, "is a single value")])
def test_lengths_must_match(ragged, name, value, found):
    with pytest.raises(ValueError, match=f"{name} {found}, X has 4 sequences"):
        AUGMENTER.explode(ragged, **{name: value})


def test_explode_leaves_the_augmenter_as_it_was(ragged):
    augmenter = WindowAugmenter(10, overlap=(2, 4), max_windows="balanced", min_shared=5)
    before = vars(augmenter).copy()
    augmenter.explode(ragged, y=[0, 0, 1, 1])
    assert vars(augmenter) == before
