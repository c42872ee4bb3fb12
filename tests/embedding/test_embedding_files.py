"""Embeddings in and out of files."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.embedding import read_embeddings, save_embeddings
from seqaug_sklearn.embedding._embedding_files import GrowingArray
from seqaug_sklearn.exceptions import DataFormatError


@pytest.mark.parametrize("y", [None, [0, 1, 1], ["a", "b", "b"], pd.Series(["a", "b", "b"]), [0.5, 1.5, np.nan]])
@pytest.mark.parametrize("identifiers", [None, pd.Index(["g1", "g2", "Gene 3"]), [1, 2, 3]])
def test_round_trip(tmp_path, rng, y, identifiers):
    values = rng.normal(size=(3, 5)).astype(np.float32)
    save_embeddings(tmp_path / "x.npz", values, identifiers=identifiers, y=y, source="model é")
    found = read_embeddings(tmp_path / "x.npz")
    read = vars(found)["values"]
    np.testing.assert_array_equal(read, values)
    assert read.dtype == np.float32
    assert found.source == "model é"
    for given, read in ((y, found.y), (identifiers, found.identifiers)):
        if given is None:
            assert read is None
        else:
            np.testing.assert_array_equal(read, np.asarray(given))
    with np.load(tmp_path / "x.npz", allow_pickle=False) as plain:
        optional = {name for name, column in (("y", y), ("identifiers", identifiers)) if column is not None}
        assert set(plain) == {"values", "source"} | optional


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    save_embeddings(tmp_path / "x.npz", [[1.0]])

    def full(file, **_):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space"):
        save_embeddings(tmp_path / "x.npz", [[2.0]])
    assert vars(read_embeddings(tmp_path / "x.npz"))["values"].tolist() == [[1.0]]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("values", "others", "message"),
    [
        ([1.0, 2.0], {}, "values must be floats of shape"),
        ([[1, 2]], {}, "values must be floats"),
        ([[1.0], [np.nan]], {}, "row 1 of values holds NaN: embed it again or drop the row; nothing was saved"),
        ([[1.0]], {"y": [1, 2]}, r"y must be 1 numbers or texts, one per row of values, got .* \(2,\)"),
        ([[1.0]], {"identifiers": [None]}, "identifiers must be 1 numbers or texts"),
        ([[1.0]], {"identifiers": [["a"]]}, "identifiers must be 1 numbers or texts"),
    ],
)
def test_bad_values(tmp_path, values, others, message):
    with pytest.raises(ValueError, match=message):
        save_embeddings(tmp_path / "x.npz", values, **others)
    assert not list(tmp_path.iterdir())


def test_files_are_as_readable_as_others(tmp_path):
    (tmp_path / "plain").write_text("")
    save_embeddings(tmp_path / "x.npz", [[1.0]])
    assert (tmp_path / "x.npz").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_no_folder_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist; make it first"):
        save_embeddings(tmp_path / "no" / "x.npz", [[1.0]])
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_embeddings(tmp_path / "x.npz")


def write_half(path):
    save_embeddings(path, np.ones((50, 50)))
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    "write",
    [
        write_half,
        lambda path: path.write_bytes(b"text"),
        lambda path: path.write_bytes(b""),
        lambda path: np.savez(path, other=[1]),
        lambda path: np.savez(path, values=[[1.0]], source="", y=[1, 2]),
        lambda path: np.savez(path, values=[1.0], source=""),
        lambda path: np.savez(path, values=np.array([["a"]], dtype=object), source=""),
        lambda path: path.with_suffix(".npy").rename(path) if np.save(path.with_suffix(""), [[1.0]]) else _npy(path),
    ],
)
def test_files_of_something_else(tmp_path, write):
    write(tmp_path / "x.npz")
    with pytest.raises(DataFormatError, match=r"x\.npz' is no file of embeddings"):
        read_embeddings(tmp_path / "x.npz")


def _npy(path):
    with path.open("wb") as file:
        np.save(file, [[1.0]])


@pytest.mark.parametrize("sizes", [(1,), (3, 4), (10**5, 1, 10**5)])
def test_growing_array(tmp_path, sizes):
    """More digits of rows than the header was begun with."""
    blocks = [np.full((size, 3), size, np.float32) for size in sizes]
    with GrowingArray(tmp_path / "x.npy", width=3) as array:
        for block in blocks:
            array.append(block)
        assert not (tmp_path / "x.npy").exists()
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), np.concatenate(blocks))


def test_the_pair_systems_arrays_go_in_and_out(tmp_path, rng):
    values, y = rng.normal(size=(5, 6)).astype(np.float32), np.array([0, 1, 1, 0, 1])
    save_embeddings(tmp_path / "pairs.npz", values, y=y, layout="pairs")
    with np.load(tmp_path / "pairs.npz") as file:
        assert sorted(file.files) == ["labels", "seq1", "seq2"]
        np.testing.assert_array_equal(file["seq2"], values[:, 3:])
    found = read_embeddings(tmp_path / "pairs.npz")
    np.testing.assert_array_equal(found.values, values)
    np.testing.assert_array_equal(found.y, y)


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((3, 5), {"y": [0, 1, 1], "layout": "pairs"}, "even number of columns, got 5"),
        ((3, 4), {"layout": "pairs"}, "needs y"),
        ((3, 4), {"layout": "rows"}, "layout must be"),
    ],
)
def test_layouts_that_do_not_fit(tmp_path, shape, options, message):
    with pytest.raises(ValueError, match=message):
        save_embeddings(tmp_path / "x.npz", np.ones(shape), **options)


def test_sequences_are_no_embeddings(tmp_path):
    np.savez(tmp_path / "x.npz", seq1=["ACGT"], seq2=["ACGT"], labels=[1])
    with pytest.raises(DataFormatError, match="read_pairs reads sequences"):
        read_embeddings(tmp_path / "x.npz")
