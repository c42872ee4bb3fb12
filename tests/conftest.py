"""Fixtures shared by all tests: one torch thread, the real data folder, the GPU."""

import os
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")

REAL_DATA = Path(os.environ.get("SEQAUG_REAL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def pytest_collection_modifyitems(items):
    """Skip what this machine cannot run, and say why."""
    no_data = None if REAL_DATA.is_dir() else pytest.mark.skip(reason="the folder ../shared/data is absent")
    no_gpu = None
    if any("gpu" in item.keywords for item in items):
        import torch

        no_gpu = None if torch.cuda.is_available() else pytest.mark.skip(reason="torch sees no CUDA device")
    for item in items:
        for marker, skip in (("realdata", no_data), ("gpu", no_gpu)):
            if skip is not None and marker in item.keywords:
                item.add_marker(skip)


@pytest.fixture(scope="session", autouse=True)
def _one_torch_thread():
    import torch

    torch.set_num_threads(1)


@pytest.fixture
def real_data():
    """Folder of the real files (tests that use it are marked ``realdata``)."""
    return REAL_DATA


@pytest.fixture
def rng():
    """Seeded generator for test data."""
    return np.random.default_rng(20250725)


@pytest.fixture
def random_dna(rng):
    """Factory: ``random_dna(n, length)`` gives a list of random DNA strings."""

    def make(n, length, symbols="ACGT"):
        return ["".join(row) for row in rng.choice(list(symbols), size=(n, length))]

    return make
