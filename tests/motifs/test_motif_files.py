"""Known motifs: MEME files and JASPAR."""

import sys

import numpy as np
import pytest

from seqaug_sklearn.alphabets import PROTEIN, RNA
from seqaug_sklearn.exceptions import DataFormatError, MissingDependencyError
from seqaug_sklearn.inspection import read_jaspar, read_meme

HEAD = "MEME version 4\n\nALPHABET= ACGT\n\nstrands: + -\n\n"
ROWS = "0.5 0.5 0 0\n0 0 0.25 0.75\n"
MATRIX = f"letter-probability matrix: alength= 4 w= 2 nsites= 20 E= 0\n{ROWS}"


@pytest.fixture
def write(tmp_path):
    def make(text):
        path = tmp_path / "motifs.meme"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make


def test_names_are_the_rest_of_the_line(write):
    text = f"{HEAD}MOTIF MA1.1\tABF\n{MATRIX}\nURL http://x\n\nMOTIF two\n\n{MATRIX}"
    motifs = read_meme(write(text))
    assert list(motifs) == ["MA1.1 ABF", "two"]
    np.testing.assert_array_equal(motifs["two"], [[0.5, 0.5, 0, 0], [0, 0, 0.25, 0.75]])


def test_a_width_that_is_not_said_is_counted(write):
    text = f"{HEAD}MOTIF x\nletter-probability matrix:\n{ROWS}\nMOTIF y\n{MATRIX}"
    assert read_meme(write(text))["x"].shape == (2, 4)


def test_rounded_shares_sum_to_one(write):
    read = read_meme(write(f"{HEAD}MOTIF x\n{MATRIX.replace('0.75', '0.74')}"))
    np.testing.assert_allclose(read["x"].sum(axis=1), 1, atol=1e-15)


def test_log_odds_before_the_shares_are_passed_over(write):
    odds = "log-odds matrix: alength= 4 w= 2 E= 0\n-100 10 2 3\n1 2 3 4\n"
    assert len(read_meme(write(f"{HEAD}MOTIF x\n{odds}\n{MATRIX}"))) == 1


def test_rna_is_read_as_rna_or_dna(write):
    text = f"{HEAD.replace('ACGT', 'ACGU')}MOTIF x\n{MATRIX}"
    np.testing.assert_array_equal(read_meme(write(text))["x"], read_meme(write(text), alphabet=RNA)["x"])


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda text: text.replace("ACGT", " acgt"), "x"),
        (lambda text: text.replace("w= 2\n", "w= 2\n\n"), "x"),
        (lambda text: text.replace("0.5 0.5 0 0", "10 10 0 0").replace("0 0 0.25 0.75", "0 0 5 15"), "x"),
        (lambda text: text.replace("MOTIF x", "MOTIF  1\twidth =   2  sites =  10  llr = 9  E-value = 1"), "MEME-1"),
        (lambda text: text.replace("MOTIF x", "MOTIF GGTM MEME-1\twidth =   2  sites =  10"), "GGTM MEME-1"),
        (lambda text: "\ufeff" + text, "x"),
        (lambda text: text.replace("\n", "\r"), "x"),
    ],
    ids=["small letters", "blank line", "counts", "MEME's own output", "MEME 5", "byte-order mark", "old Mac"],
)
def test_variants_of_the_format(write, change, name):
    text = f"{HEAD}MOTIF x\nletter-probability matrix: alength= 4 w= 2\n0.5 0.5 0 0\n0 0 0.25 0.75\n"
    assert change(text) != text
    read = read_meme(write(change(text)))
    assert list(read) == [name]
    np.testing.assert_allclose(read[name], [[0.5, 0.5, 0, 0], [0, 0, 0.25, 0.75]])


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (">gene1\nACGT\n", r"not in MEME's text format: no line 'MEME version'.*begins with '>gene1'"),
        ("", "no line 'MEME version'"),
        (b"\x89PNG\r\n\xff\xfe", "is a picture, not text"),
        (b"MEME\x00\xfe", "is a binary file, not text"),
        (HEAD, "holds no motif"),
        (f"{HEAD}MOTIF x\nlog-odds matrix: alength= 4 w= 1\n1 2 3 4\n", "holds no motif.*log-odds are not read"),
        (f"{HEAD}MOTIF x\n{MATRIX}".replace("w= 2", "w= 3"), "line 8: w= 3 positions are promised, 2 rows follow"),
        (f"{HEAD}MOTIF x\n{MATRIX}".replace("0.75", "abc"), "line 10: 'abc' is not a number"),
        (f"{HEAD}MOTIF x\n{MATRIX}".replace("0.75", "0.1"), "line 8: each row must hold 4 shares that sum to 1"),
        (f"{HEAD}MOTIF x\n{MATRIX}".replace("0.5 0.5", "1.5 -0.5"), "each row must hold 4 shares that sum to 1"),
        (f"{HEAD}MOTIF x\n{MATRIX}".replace("0.25 0.75", "nan 0.75"), "each row must hold 4 shares"),
        (f"{HEAD}MOTIF x\n{MATRIX}".replace("alength= 4", "alength= 20"), "a motif of 20 symbols, but 4 are needed"),
        (f"{HEAD}{MATRIX}", "line 7: a matrix without a line 'MOTIF'"),
        (f"{HEAD}MOTIF x\n{MATRIX}MOTIF x\n{MATRIX}", "line 12: a second motif called 'x'"),
        (f"{HEAD}MOTIF\n{MATRIX}", "line 7: a motif without a name"),
        (HEAD.replace("ACGT", PROTEIN.symbols), "motifs of the alphabet 'ACDEFGHIKLMNPQRSTVWY'; 'ACGT' is needed"),
    ],
)
def test_files_that_are_no_meme_files_are_refused(write, text, match):
    with pytest.raises(DataFormatError, match=match):
        read_meme(write(text))


@pytest.mark.realdata
def test_a_real_collection_agrees_with_another_reader(real_data):
    memelite = pytest.importorskip("memelite.io")
    path = real_data / "motifs" / "plant_tf.meme"
    ours, theirs = read_meme(path), memelite.read_meme(path)
    assert len(ours) == 2016
    assert list(ours) == list(theirs)
    for name, matrix in ours.items():
        np.testing.assert_allclose(matrix, theirs[name].T, atol=0.01)
        np.testing.assert_allclose(matrix.sum(axis=1), 1)


def test_jaspar_is_read_without_a_connection():
    pytest.importorskip("pyjaspar")
    plants = read_jaspar()
    assert len(plants) > 500
    matrix = plants["MA0590.1 LFY"]
    assert "".join(np.array(list("ACGT"))[matrix.argmax(axis=1)]) == "TATTGACCGCCGGTCAATA"
    assert all(np.allclose(matrix.sum(axis=1), 1) for matrix in plants.values())
    matrix[:] = 0
    assert read_jaspar()["MA0590.1 LFY"].any(), "what is kept cannot be written to"


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"group": "plant"}, r"group must be one of \['plants'.*got 'plant'"),
        ({"release": "JASPAR1999"}, "release must be one of those of the installed pyjaspar.*got 'JASPAR1999'"),
        ({"collection": "NONE"}, "no motifs of plants in the collection 'NONE'"),
    ],
)
def test_unknown_parts_of_jaspar_are_refused(arguments, match):
    pytest.importorskip("pyjaspar")
    with pytest.raises(ValueError, match=match):
        read_jaspar(**arguments)


def test_without_pyjaspar_the_message_tells_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyjaspar", None)
    with pytest.raises(MissingDependencyError, match=r"JASPAR needs the package 'pyjaspar'.*seqaug-sklearn\[motifs\]"):
        read_jaspar()
