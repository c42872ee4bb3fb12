import numpy as np
import pytest

from seqaug_sklearn.alphabets import PROTEIN, RNA
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.motifs import check_matrices, read_database

MEME = """MEME version 4
ALPHABET= {}
MOTIF one
letter-probability matrix: alength= {} w= 1
{}
"""


def test_files_of_every_alphabet(tmp_path):
    for alphabet, symbols in ((RNA, "ACGT"), (RNA, "ACGU"), (PROTEIN, PROTEIN.symbols)):
        shares = [1.0] + [0.0] * (len(symbols) - 1)
        path = tmp_path / "motifs.meme"
        path.write_text(MEME.format(symbols, len(symbols), " ".join(map(str, shares))))
        assert read_database(path, alphabet=alphabet)["one"].tolist() == [shares]
    jaspar = tmp_path / "motifs.jaspar"
    jaspar.write_text(">one\n1\n0\n0\n0\n")
    assert read_database(str(jaspar), alphabet=RNA)["one"].tolist() == [[1, 0, 0, 0]]
    with pytest.raises(DataFormatError, match=r"whose matrices are of DNA; those of protein are read from .* MEME"):
        read_database(jaspar, alphabet=PROTEIN)


def test_a_consensus_of_every_alphabet():
    assert check_matrices({"one": "RU"}, "motifs")["one"].tolist() == [[0.5, 0, 0.5, 0], [0, 0, 0, 1]]
    assert check_matrices({"one": "U"}, "motifs", alphabet=RNA)["one"].tolist() == [[0, 0, 0, 1]]
    (row,) = check_matrices({"one": "B"}, "motifs", alphabet=PROTEIN)["one"]
    assert {PROTEIN.symbols[i]: row[i] for i in np.flatnonzero(row)} == {"D": 0.5, "N": 0.5}


@pytest.mark.parametrize(
    ("database", "alphabet", "error", "message"),
    [
        ("jaspar_mosses", RNA, ValueError, "motifs='jaspar_mosses' is neither a collection nor a file"),
        ({}, RNA, ValueError, "motifs is empty; at least one known motif"),
        ([1], RNA, TypeError, "motifs must be a dict that maps names to matrices, got list"),
        ({"one": np.ones((2, 4))}, PROTEIN, ValueError, r"shape \(width, 20\), columns A, C, .*got \(2, 4\)"),
        ({"one": "ACT"}, RNA, ValueError, "holds 'T'; a consensus is written in IUPAC's letters for RNA"),
        ({"one": "M*"}, PROTEIN, ValueError, r"holds '\*'; a consensus .* letters for proteins"),
        ({"one": -np.ones((2, 4))}, RNA, ValueError, "each row above zero in sum; log-odds are not read"),
    ],
)
def test_what_is_no_motif(database, alphabet, error, message):
    with pytest.raises(error, match=message):
        read_database(database, alphabet=alphabet, name="motifs")
