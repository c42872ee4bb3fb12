"""Batches of whole bags: nothing is lost or torn, and memory is bounded."""

import numpy as np
import pytest
import torch

from seqaug_sklearn.neural._bag_batches import BagBatches, BagData, make_batches
from seqaug_sklearn.neural._net import WindowBatches, WindowData


def bags_of(counts):
    """Bags whose windows hold the number of their bag."""
    numbers = np.repeat(np.arange(len(counts)), counts).astype(np.uint8)
    data = torch.from_numpy(np.stack([numbers, np.arange(len(numbers), dtype=np.uint8)], axis=1))
    n = len(counts)
    return BagData(data, np.asarray(counts), torch.arange(n), torch.linspace(1, 2, n))


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("batch_size", [1, 16, 30, 10_000])
def test_every_bag_once_and_whole(rng, shuffle, batch_size):
    counts = rng.integers(1, 10, 40)
    assert counts.sum() < 256
    data = bags_of(counts)
    batches = BagBatches(data, batch_size, shuffle)
    torch.manual_seed(0)
    seen = []
    passes = list(batches)
    for batch, (labels, weights) in passes:
        bags = batch["bags"].numpy()
        assert len(batch) == len(labels) == bags[-1] + 1
        own = labels.numpy()[bags]
        np.testing.assert_array_equal(batch["x"][:, 0].numpy(), own)
        np.testing.assert_array_equal(batch["x"][:, 1].numpy(), batch["rows"].numpy())
        np.testing.assert_array_equal(np.bincount(bags), counts[labels.numpy()])
        torch.testing.assert_close(weights, data.weights[labels])
        seen += labels.tolist()
    assert sorted(seen) == list(range(40))
    assert (seen == list(range(40))) is not shuffle
    assert len(passes) == len(batches)


def test_windows_per_batch_are_bounded(rng):
    counts = rng.integers(1, 30, 200)
    for batch_size in (150, 400):
        batches = BagBatches(bags_of(counts), batch_size, True)
        largest = max(len(batch["bags"]) for batch, _ in batches)
        quota = max(batch_size, counts.sum() / (200 // 8))
        assert largest <= quota + counts.max()


def test_a_step_sees_several_bags():
    # 40 bags of 100 windows in steps of 128 windows: eight bags, not one
    assert [len(batch) for batch, _ in BagBatches(bags_of([5] * 40), 6, True)] == [8] * 5
    assert len(BagBatches(bags_of([5] * 3), 6)) == 1


def test_the_kind_of_data_decides():
    windows = WindowData(torch.zeros(4, 3, dtype=torch.uint8))
    assert isinstance(make_batches(windows, 2, smallest=2), WindowBatches)
    assert isinstance(make_batches(bags_of([1, 2]), 2, shuffle=True), BagBatches)
    assert bags_of([1, 2]).n_windows == 3
