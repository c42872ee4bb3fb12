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


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """Train on one thread, whatever ran before: Numba's OpenMP layer sets the number for the whole process.

    Two workers with two threads each wait for each other's threads, and take a hundred times as long.
    """
    import torch

    if torch.get_num_threads() != 1:
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


@pytest.fixture(scope="session")
def motif_set():
    """Two motifs made by hand: ACGT for the class on both strands, TTT against it, in sequences of 30 residues."""
    import pandas as pd

    from seqaug_sklearn.alphabets import DNA
    from seqaug_sklearn.motifs import Motif, MotifSet

    seqlets = {"row": [0, 1, 1], "identifier": ["a", "b", "b"], "start": [4, 0, 12], "end": [12, 8, 20]}
    sites = {"strand": [1, -1, 1], "site_start": [6, 2, 14], "site_end": [10, 6, 18]}
    first = pd.DataFrame(seqlets | sites | {"contribution": [4.0, 3.0, 5.0]})
    cwm = np.zeros((8, 4))
    cwm[2:6] = np.eye(4)
    cwm[0, 3] = -0.2
    pfm = np.full((8, 4), 0.75)
    pfm[2:6] = 3 * np.eye(4)
    second = first.iloc[:1].assign(start=20, end=25, site_start=21, site_end=24, contribution=-6.0)
    thymines = -np.eye(4)[[0, 3, 3, 3, 0]] * np.array([0.1, 1, 2, 1, 0.1])[:, None]
    counts = np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0]], float)
    return MotifSet(
        motifs=(
            Motif("pos_pattern_0", pfm, cwm, cwm - 0.1, (2, 6), first, DNA),
            Motif("neg_pattern_0", counts, thymines, thymines, (1, 4), second, DNA),
        ),
        n_sequences=2,
        length=30,
        background=np.array([0.3, 0.2, 0.2, 0.3]),
        total_contribution=24.0,
        alphabet=DNA,
        settings={"n_leiden_runs": 2},
    )


@pytest.fixture(scope="session")
def families():
    """``families(strength)``: sequences sorted by class, labels and families; relatives decide which model is best.

    A family is copies of 60 residues shifted by 10 under other names. In one class even positions tend to be A or T, in
    the other odd ones, as far as `strength` says: the same k-mers in both. So counts of k-mers and lookups can only
    know a family again, while a model of positions learns.
    """
    import pandas as pd

    def make(strength, n_families=8, size=3, seed=0):
        rng = np.random.default_rng(seed)
        rows, labels, family = [], [], []
        for phase, label in enumerate(["down", "up"]):
            for number in range(n_families):
                total = 60 + 10 * (size - 1)
                regular, random = (np.arange(total) + phase) % 2 == 0, rng.random(total) < 0.5
                weak = np.where(rng.random(total) < strength, regular, random)
                text = "".join(np.where(weak, rng.choice(list("AT"), total), rng.choice(list("CG"), total)))
                rows += [text[10 * i : 10 * i + 60] for i in range(size)]
                labels += [label] * size
                family += [f"{label} {number}"] * size
        return pd.Series(rows, index=[f"s{i}" for i in range(len(rows))]), np.array(labels), np.array(family)

    return make


@pytest.fixture
def drawn():
    """Ask for it where :func:`quick_pictures` applies and the page's pictures must be true ones."""


@pytest.fixture
def quick_pictures(request, monkeypatch):
    """Pages get one small picture in place of their figures, whose drawing takes most of the time of a small run."""
    if "drawn" in request.fixturenames:
        return
    from matplotlib.figure import Figure

    from seqaug_sklearn.reporting import _page
    from seqaug_sklearn.reporting._figures import png_of

    picture = png_of(Figure(figsize=(0.5, 0.5)))
    monkeypatch.setattr(_page, "png_of", lambda figure: picture)


@pytest.fixture(scope="module")
def few_exchanges(request):
    """Reports check a comparison with a few refits instead of dozens, which are most of what a small run does.

    Nothing can be significant then; files whose tests need that say ``ALL_EXCHANGES = True``.
    """
    if getattr(request.module, "ALL_EXCHANGES", False):
        yield
        return
    from seqaug_sklearn.evaluation import _sanity_section

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sanity_section, "_N_PERMUTATIONS", 2)
        patch.setattr(_sanity_section, "_N_NOISE", 1)
        yield
