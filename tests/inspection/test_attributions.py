# ruff: noqa: PD011 (values of attributions, not of a data frame)

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.alphabets import DNA, PROTEIN, Alphabet
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.inspection import Attributions, MotifSet


def make(texts=("ACGT", "GN"), alphabet=DNA, method="integrated_gradients", **more):
    rng = np.random.default_rng(0)
    lengths = np.array([len(text) for text in texts])
    codes = np.array([[alphabet.table[ord(c)] for c in text.ljust(lengths.max(), "-")] for text in texts], np.uint8)
    values = rng.normal(size=(*codes.shape, len(alphabet))).astype(np.float32) * (codes < len(alphabet))[:, :, None]
    numbers = rng.normal(size=(3, len(texts)))
    return Attributions(values, codes, lengths, alphabet, np.array(["up"] * len(texts)), method, *numbers, **more)


def test_text_is_what_went_in():
    assert make().text().tolist() == ["ACGT", "GN"]
    assert make(["MKX", "W"], PROTEIN).text().tolist() == ["MKX", "W"]


def test_each_residue_gets_all_columns_of_its_position():
    attributions = make()
    np.testing.assert_allclose(attributions.per_position(), attributions.values.sum(2))
    actual = attributions.actual()
    np.testing.assert_allclose(actual.sum(2), attributions.per_position())
    assert (np.count_nonzero(actual, axis=2) == [[1, 1, 1, 1], [1, 0, 0, 0]]).all()
    assert actual[0, 2, DNA.symbols.index("G")] != 0


def test_of_mutants_a_residue_gets_the_mean_loss():
    attributions = make(method="mutagenesis")
    attributions.values[0, 0] = [0, -3, -2, -1]
    assert attributions.per_position()[0, 0] == pytest.approx(2)


@pytest.mark.parametrize("rows", [1, [1], [False, True], slice(1, None), np.array([-1])])
def test_take_selects_rows_of_every_array(rows):
    attributions = make(identifiers=np.array(["x", "y"], object), starts=np.array([4, 7]))
    one = attributions.take(rows)
    assert len(one) == 1
    assert one.text().tolist() == ["GN"]
    np.testing.assert_array_equal(one.values[0], attributions.values[1])
    assert (one.delta[0], one.identifiers.tolist(), one.starts.tolist()) == (attributions.delta[1], ["y"], [7])
    assert one.hypothetical is None


def test_table_has_a_row_per_residue():
    frame = make(identifiers=np.array(["x", "y"], object), coverage=np.arange(8).reshape(2, 4)).to_frame()
    assert list(frame) == ["row", "identifier", "position", "symbol", "attribution", *"ACGT", "coverage"]
    assert "".join(frame.symbol) == "ACGTGN"
    assert frame.identifier.tolist() == list("xxxxyy")
    assert frame.coverage.tolist() == [0, 1, 2, 3, 4, 5]
    np.testing.assert_allclose(frame.attribution, frame[list("ACGT")].sum(axis=1), rtol=1e-5)
    pd.testing.assert_index_equal(frame.index, pd.RangeIndex(6))


TWO_LETTERS = Alphabet("weak", "SW", {"N": "SW"}, {"S": "S", "W": "W", "N": "N"})


@pytest.mark.parametrize("alphabet", [DNA, TWO_LETTERS])
def test_saved_and_loaded(tmp_path, alphabet):
    identifiers = np.array(["gene", 7], object)
    before = make(["".join(alphabet.symbols[:2]), "N"], alphabet, identifiers=identifiers, sources=np.array([0, 2]))
    before.save(tmp_path / "a.npz")
    after = Attributions.load(tmp_path / "a.npz")
    assert after.alphabet == before.alphabet
    assert after.method == before.method
    assert after.identifiers.tolist() == ["gene", 7]
    assert after.hypothetical is None
    for name in ("values", "codes", "lengths", "target", "output", "baseline_output", "delta", "sources"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
        assert getattr(after, name).dtype == getattr(before, name).dtype


def test_another_file_is_an_error(tmp_path):
    np.savez(tmp_path / "b.npz", values=np.zeros(3))
    with pytest.raises(DataFormatError, match=r"b\.npz was not written by Attributions\.save"):
        Attributions.load(tmp_path / "b.npz")
    (tmp_path / "c.npz").write_text("text")
    for kind in (Attributions, MotifSet):
        with pytest.raises(
            DataFormatError, match=rf"c\.npz was not written by {kind.__name__}\.save: it is no \.npz file$"
        ):
            kind.load(tmp_path / "c.npz")
