"""Rows of a file that is mapped: the same batches as from memory, in any order."""

import numpy as np
import pytest
import torch

from seqaug_sklearn.neural import hashed_rows, mapped_data, value_range
from seqaug_sklearn.neural._packing import equal_rows
from seqaug_sklearn.utils import is_mapped


@pytest.fixture
def mapped(tmp_path, rng):
    X = rng.normal(size=(50, 6)).astype(np.float32)
    np.save(tmp_path / "x.npy", X)
    return X, np.load(tmp_path / "x.npy", mmap_mode="r")


def test_batches_equal_those_of_memory(mapped, rng):
    X, file = mapped
    rows = rng.permutation(50)[:30]
    labels, weights = rng.integers(0, 2, 50), np.ones(50, np.float32)
    data = mapped_data(file, labels, weights, rows, torch.device("cpu"))
    assert len(data) == 30
    index = torch.from_numpy(rng.permutation(30)[:7])
    batch, (own, _) = data[index]
    np.testing.assert_array_equal(batch.numpy(), X[rows[index.numpy()]])
    np.testing.assert_array_equal(own.numpy(), labels[rows[index.numpy()]])
    assert mapped_data(file, labels, weights, rows[:0], torch.device("cpu")) is None


def test_range_of_some_rows(mapped):
    X, file = mapped
    rows = np.array([3, 4, 40])
    assert value_range(file, rows) == (X[rows].min(), X[rows].max())


def test_hashed_rows_are_equal_where_rows_are(rng):
    X = rng.integers(0, 3, (200, 3)).astype(np.float32)
    one, other = equal_rows(X), equal_rows(hashed_rows(X, block=7))
    assert ((one[:, None] == one) == (other[:, None] == other)).all()


def test_views_of_a_file_are_known(mapped):
    X, file = mapped
    assert all(map(is_mapped, (file, file[3:], np.asarray(file), file.T)))
    assert not any(map(is_mapped, (X, X[2:], np.array(file), [1.0])))
