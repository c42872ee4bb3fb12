"""Hashes that stores and caches know their content by."""

import hashlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.utils import (
    content_digest,
    data_digest,
    file_digest,
    object_digest,
    order_of_content,
    short_digest,
)


def test_they_are_the_standard_ones(tmp_path):
    content = bytes(range(256)) * 5000
    (tmp_path / "file").write_bytes(content)
    assert content_digest(content) == file_digest(tmp_path / "file") == hashlib.sha256(content).hexdigest()
    assert short_digest(b"ACGT") == hashlib.blake2b(b"ACGT", digest_size=16).digest()


@pytest.mark.parametrize(
    "changed",
    [
        lambda s: s.iloc[::-1],
        lambda s: s.rename("other"),
        lambda s: s.set_axis(["x", "y"]),
        lambda s: s.replace("A", "C"),
        lambda s: s.to_numpy(),
        lambda s: s.to_frame("column"),
    ],
)
def test_values_order_index_names_and_container_count(changed):
    series = pd.Series(["A", "G"], index=["a", "b"], name="sequence")
    assert data_digest(series) == data_digest(series.copy())
    assert data_digest(series) != data_digest(changed(series))


def test_storage_of_strings_does_not_count():
    assert data_digest(pd.Series(["A", "G"], dtype=object)) == data_digest(pd.Series(["A", "G"], dtype="string"))


def test_other_processes_agree():
    code = (
        "import numpy as np, pandas as pd; from seqaug_sklearn.utils import data_digest, object_digest\n"
        "print(data_digest(pd.Series(['A', 'G'])), object_digest({'b': np.arange(3), 'a': {'x', 'y', 'z'}}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    own = [data_digest(pd.Series(["A", "G"])), object_digest({"b": np.arange(3), "a": {"x", "y", "z"}})]
    assert done.stdout.split() == own


def test_order_of_content_is_that_of_the_rows_whatever_theirs():
    texts = np.array(["gene_1", "gene_2", "gene_3", "α", "", "gene_1 "])
    expected = texts[order_of_content(texts)].tolist()
    assert sorted(expected) == sorted(texts.tolist())
    assert expected != sorted(expected), "sorted names would follow what they begin with"
    for seed in range(5):
        shuffled = np.random.default_rng(seed).permutation(texts)
        assert shuffled[order_of_content(shuffled)].tolist() == expected
    assert order_of_content(["a", "a", "a"], ties=np.array([2, 0, 1])).tolist() == [1, 2, 0]
    assert order_of_content([]).tolist() == []
