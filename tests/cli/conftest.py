"""Small input files and a way to run commands in this process."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from seqaug_sklearn.cli import app


@pytest.fixture(autouse=True)
def _quick(quick_pictures):
    """What commands write is looked at; the pictures have tests of their own."""


@pytest.fixture(scope="module", autouse=True)
def _few(few_exchanges):
    """The sanity checks have tests of their own, with all exchanges."""


@pytest.fixture
def run():
    """``run("windows", path, "--out", path)`` gives the result: exit code and what was written."""

    def invoke(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return invoke


@pytest.fixture
def files(tmp_path, random_dna):
    """Folder with data.fa (20 records), labels.csv (name, label, family) and table.csv (name, sequence, label)."""
    names = [f"{'up' if i % 2 else 'down'}_{i}" for i in range(20)]
    sequences = random_dna(20, 60)
    labels = pd.DataFrame({"name": names, "label": [n.split("_")[0] for n in names], "family": np.arange(20) // 2 % 5})
    (tmp_path / "data.fa").write_text("".join(f">{n} text\n{s}\n" for n, s in zip(names, sequences, strict=True)))
    labels.to_csv(tmp_path / "labels.csv", index=False)
    labels.assign(sequence=sequences).to_csv(tmp_path / "table.csv", index=False)
    return tmp_path
