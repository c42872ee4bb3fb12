"""Motifs and sets of them: matrices, tables, files."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.inspection import MotifSet, read_meme


def test_a_set_is_indexed_by_number_and_name(motif_set):
    assert len(motif_set) == 2
    assert motif_set["neg_pattern_0"] is motif_set[1] is list(motif_set)[1]
    assert [motif.sign for motif in motif_set] == [1, -1]
    assert repr(motif_set) == "<MotifSet: 2 motifs, 4 seqlets in 2 sequences.>"
    with pytest.raises(KeyError, match=r"no motif is called 'x'; there are .*neg_pattern_0"):
        motif_set["x"]


def test_shares_are_counts_over_their_sum_and_equal_where_nothing_is_known(motif_set):
    np.testing.assert_array_equal(motif_set[0].ppm[2:6], np.eye(4))
    np.testing.assert_array_equal(motif_set[1].ppm[4], np.full(4, 0.25))


def test_log_odds_follow_their_definition(motif_set):
    motif, background = motif_set[0], motif_set.background
    for position in range(len(motif.pfm)):
        for symbol in range(4):
            share = (motif.pfm[position, symbol] + background[symbol]) / (motif.pfm[position].sum() + 1)
            assert motif.pwm(background)[position, symbol] == pytest.approx(np.log2(share / background[symbol]))
    assert motif.pwm()[0].tolist() == [0, 0, 0, 0]


def test_consensus_is_of_the_core(motif_set):
    assert [motif.consensus for motif in motif_set] == ["ACGT", "TTT"]


def test_informative_neighbours_belong_to_what_is_compared(motif_set):
    assert [motif.informative for motif in motif_set] == [(2, 6), (0, 4)]
    pfm = 3 * np.eye(4)[[0, 1, 2, 3, 0, 1, 2, 3]]
    pfm[1] = [0.75, 0.75, 0.75, 0.75]
    pfm[6] = [1, 1, 1, 0]
    assert replace(motif_set[0], pfm=pfm).informative == (2, 8), "a gap ends it"


@pytest.mark.parametrize(
    ("shares", "letter"), [([0.6, 0.2, 0.1, 0.1], "A"), ([0.2, 0.4, 0.2, 0.2], "c"), ([0.3, 0.3, 0.2, 0.2], "n")]
)
def test_consensus_tells_how_sure_it_is(motif_set, shares, letter):
    motif = replace(motif_set[0], pfm=100 * np.tile(shares, (8, 1)))
    assert motif.consensus == letter * 4


def test_table_of_motifs_agrees_with_the_seqlets(motif_set):
    table = motif_set.to_frame()
    assert table.index.tolist() == ["pos_pattern_0", "neg_pattern_0"]
    assert table["n_seqlets"].tolist() == [3, 1]
    assert table["n_sequences"].tolist() == [2, 1]
    assert table["width"].tolist() == [4, 3]
    assert table["information"].tolist() == pytest.approx([8, 6])
    assert table["contribution"].tolist() == [12, -6]
    assert table["mean_contribution"].tolist() == [4, -6]
    assert table["share"].tolist() == [0.5, 0.25]


def test_table_of_seqlets_names_their_motif(motif_set):
    seqlets = motif_set.seqlets()
    assert seqlets["motif"].tolist() == ["pos_pattern_0"] * 3 + ["neg_pattern_0"]
    pd.testing.assert_frame_equal(seqlets.iloc[:3, 1:], motif_set[0].seqlets)


def test_an_empty_set_has_empty_tables(motif_set):
    empty = replace(motif_set, motifs=())
    assert empty.to_frame().columns.tolist() == motif_set.to_frame().columns.tolist()
    assert empty.to_frame().empty
    assert empty.seqlets().empty


@pytest.mark.parametrize("named", [True, False])
def test_saved_and_loaded_sets_are_equal(motif_set, tmp_path, named):
    if not named:
        motifs = [replace(motif, seqlets=motif.seqlets.drop(columns="identifier")) for motif in motif_set]
        motif_set = replace(motif_set, motifs=tuple(motifs))
    motif_set.save(tmp_path / "motifs.npz")
    loaded = MotifSet.load(tmp_path / "motifs.npz")
    pd.testing.assert_frame_equal(loaded.to_frame(), motif_set.to_frame())
    for motif, expected in zip(loaded, motif_set, strict=True):
        assert (motif.name, motif.core) == (expected.name, expected.core)
        for matrix in ("pfm", "cwm", "hypothetical"):
            np.testing.assert_array_equal(getattr(motif, matrix), getattr(expected, matrix))
        pd.testing.assert_frame_equal(motif.seqlets, expected.seqlets, check_dtype=False)
    assert loaded.settings == motif_set.settings
    assert loaded.alphabet is motif_set.alphabet
    np.testing.assert_array_equal(loaded.background, motif_set.background)


def test_another_file_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    with pytest.raises(DataFormatError, match=r"other\.npz was not written by MotifSet\.save"):
        MotifSet.load(tmp_path / "other.npz")


@pytest.mark.parametrize("trim", [True, False])
def test_meme_files_are_read_back(motif_set, tmp_path, trim):
    motif_set.write_meme(tmp_path / "motifs.meme", trim=trim)
    read = read_meme(tmp_path / "motifs.meme")
    assert list(read) == ["pos_pattern_0", "neg_pattern_0"]
    for motif in motif_set:
        expected = motif.ppm[slice(*motif.informative)] if trim else motif.ppm
        np.testing.assert_allclose(read[motif.name], expected, atol=1e-6)
