import numpy as np
import pytest

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.motifs import read_motif_file

JASPAR = """
>MA0001.1\tAGL3
A  [ 0  3 10 ]
C  [10  3  0 ]
G  [ 0  3  0 ]
T  [ 0  1  0 ]

>MA0002.1 Two
1 0
0 1
0 0
1 1
"""
MEME = """MEME version 4
ALPHABET= ACGT
MOTIF one
letter-probability matrix: alength= 4 w= 1
0.5 0.5 0 0
"""


def written(tmp_path, text):
    path = tmp_path / "motifs.txt"
    path.write_text(text)
    return path


def test_counts_become_shares_with_letters_or_without(tmp_path):
    motifs = read_motif_file(written(tmp_path, JASPAR))
    assert list(motifs) == ["MA0001.1 AGL3", "MA0002.1 Two"]
    np.testing.assert_allclose(motifs["MA0001.1 AGL3"], [[0, 1, 0, 0], [0.3, 0.3, 0.3, 0.1], [1, 0, 0, 0]])
    np.testing.assert_allclose(motifs["MA0002.1 Two"], [[0.5, 0, 0, 0.5], [0, 0.5, 0, 0.5]])


def test_other_files_are_read_as_meme(tmp_path):
    assert read_motif_file(written(tmp_path, MEME))["one"].tolist() == [[0.5, 0.5, 0, 0]]
    with pytest.raises(DataFormatError, match="not in MEME's text format"):
        read_motif_file(written(tmp_path, "nothing"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (">\n1\n1\n1\n1\n", "line 1: a motif without a name"),
        (">a\n1\n1\n1\n1\n>a\n1\n1\n1\n1\n", "line 6: a second motif called 'a'"),
        (">a\n1\n1\n1\n", "line 1: four lines of counts must follow 'a'"),
        (">a\nC [1]\nA [1]\nG [1]\nT [1]\n", "for A, C, G and T in this order"),
        (">a\n1 2\n1\n1\n1\n", "line 1: the four lines of 'a' must hold equally many"),
        (">a\n1\nACGT\n1\n1\n", "line 3: 'ACGT' is no line of counts"),
        (">a\n1 0\n1 0\n1 0\n1 0\n", "above zero in sum at each position"),
        (">a\n-1\n2\n2\n2\n", "above zero in sum at each position"),
        (">a\n\n", "four lines of counts must follow 'a'"),
    ],
)
def test_broken_files_name_the_line(tmp_path, text, message):
    with pytest.raises(DataFormatError, match=message):
        read_motif_file(written(tmp_path, text))
