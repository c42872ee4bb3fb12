"""Files of motifs with a line per position, against Biopython's readers where these are right."""

import gzip
import io
import re

import numpy as np
import pytest
from Bio import motifs as bio

from seqaug_sklearn.alphabets import PROTEIN
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.motifs import read_motif_file

COUNTS = [[3, 0, 1, 0], [0, 4, 0, 0], [1, 1, 1, 1], [0, 0, 0, 4], [2, 2, 0, 0]]
SHARES = np.array(COUNTS) / 4


def lines(rows, start=None, tail=""):
    numbers = [""] * len(rows) if start is None else [f"{i:02d}\t" for i in range(start, start + len(rows))]
    return "".join(f"{n}{chr(9).join(map(str, row))}{tail}\n" for n, row in zip(numbers, rows, strict=True))


def spaced(text):
    return text.replace("\t", "  ")


TRANSFAC = (
    "VV  matrix release 1.0\nXX\n//\n"
    f"AC  M00001\nXX\nID  V$MYOD_01\nXX\nNA  MyoD\nXX\nP0  A  C  G  T\n{spaced(lines(COUNTS, 1, '  N'))}XX\n//\n"
    f"AC  M00002\nXX\nID  V$TWO\nXX\nP0  A  C  G  T\n{spaced(lines(COUNTS[:4], 1))}XX\n//\n"
)
BY_ID = TRANSFAC.replace("AC  M00001\nXX\n", "").replace("NA  MyoD\nXX\n", "")
CIS_BP = (
    "TF\tT1\nTF Name\tTFAP2B\nGene\tENSG1\nMotif\tM0001_1.02\nFamily\tAP-2\nSpecies\tHomo_sapiens\n"
    f"Pos\tA\tC\tG\tT\n{lines(SHARES.tolist(), 1)}\n"
)
CLUSTER_BUSTER = f">one\n# CLUSTER: x\n{lines(COUNTS)}>two\n{lines(COUNTS[:4])}"
HOMER = f">ACNT\tMyoD(bHLH)\t6.5\t-10.2\t0\n{lines(SHARES.tolist())}"
HOCOMOCO = f">MYOD1.H12CORE.0.P.B\n{lines(COUNTS)}"
JASPAR = ">MA1\tone\nA  [3 0 1 0]\nC  [0 4 1 0]\nG  [1 0 1 0]\nT  [0 0 1 4]\n"
FORMS = {
    "TRANSFAC": (TRANSFAC, {"M00001 MyoD": SHARES, "M00002": SHARES[:4]}),
    "TRANSFAC, ID": (BY_ID, {"V$MYOD_01": SHARES, "M00002": SHARES[:4]}),
    "CIS-BP": (CIS_BP, {"M0001_1.02 TFAP2B": SHARES}),
    "CIS-BP, one matrix": (CIS_BP.partition("Species\tHomo_sapiens\n")[2], {"motifs": SHARES}),
    "CIS-BP, other order": ("Pos\tT\tG\tC\tA\n" + lines([row[::-1] for row in COUNTS], 1), {"motifs": SHARES}),
    "Cluster-Buster": (CLUSTER_BUSTER, {"one": SHARES, "two": SHARES[:4]}),
    "HOMER": (HOMER, {"MyoD(bHLH)": SHARES}),
    "HOCOMOCO": (HOCOMOCO, {"MYOD1.H12CORE.0.P.B": SHARES}),
    "JASPAR": (JASPAR, {"MA1 one": SHARES[:4]}),
    "four positions by sums": (f">x\n{lines(COUNTS[:4])}", {"x": SHARES[:4]}),
    "four letters by sums": (f">x\n{lines(np.array(COUNTS[:4]).T.tolist())}", {"x": SHARES[:4]}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_format_reads_alike_however_it_is_written(tmp_path, form):
    text, expected = FORMS[form]
    for encode in (str.encode, lambda t: t.encode("utf-16"), lambda t: gzip.compress(t.replace("\n", "\r\n").encode())):
        (tmp_path / "motifs.txt").write_bytes(encode(text))
        read = read_motif_file(tmp_path / "motifs.txt")
        assert list(read) == list(expected)
        for name, matrix in expected.items():
            np.testing.assert_allclose(read[name], matrix, atol=1e-12)


@pytest.mark.parametrize(
    ("form", "theirs"),
    [("TRANSFAC", "TRANSFAC"), ("CIS-BP, one matrix", "pfm-four-columns"), ("HOCOMOCO", "pfm-four-columns"),
     ("Cluster-Buster", "ClusterBuster"), ("JASPAR", "jaspar")],
)  # fmt: skip
def test_biopython_reads_the_same(tmp_path, form, theirs):
    text = FORMS[form][0].replace("# CLUSTER: x\n", "")
    (tmp_path / "motifs").write_text(text)
    expected = bio.parse(io.StringIO(text), theirs)
    read = list(read_motif_file(tmp_path / "motifs").values())
    assert len(read) == len(expected)
    for ours, other in zip(read, expected, strict=True):
        counts = np.array([other.counts[letter] for letter in "ACGT"]).T
        np.testing.assert_allclose(ours, counts / counts.sum(axis=1, keepdims=True), atol=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TRANSFAC.replace(" 4 ", " four ", 1), r"line 12: '02 .* four .*' must hold a position and four"),
        (re.sub("01  .*N", "01  3  0", TRANSFAC, count=1), "line 11: '01  3  0' must hold a position and four numbers"),
        (TRANSFAC.replace("P0  A  C", "P0  A  A", 1), r"line 10: 'P0  A  A  G  T' must name the letters A, C, G and T"),
        (TRANSFAC.replace("M00002", "M00001 MyoD"), "a second motif called 'M00001 MyoD'"),
        ("AC  M1\nXX\n//\n", "looks like TRANSFAC's format but holds no matrix"),
        ("P0\tA\tC\tG\tT\n01\t1\t1\t1\t1\n", "line 1: a motif without a name"),
        ("Pos\tA\tC\tG\tT\n", "line 1: no position follows the heading; is the file cut off"),
        ("Pos\tA\tC\tG\tT\n1\t-1.5\t0.2\t0.1\t0\n", "above zero in sum at each position; log-odds are not read"),
        (">x\n1 2 3\n1 2 3\n", "four lines of counts must follow 'x'"),
    ],
)
def test_broken_files_name_the_line(tmp_path, text, message):
    (tmp_path / "motifs.txt").write_text(text)
    with pytest.raises(DataFormatError, match=message):
        read_motif_file(tmp_path / "motifs.txt")


def test_motifs_of_proteins_are_in_memes_format_only(tmp_path):
    (tmp_path / "motifs.txt").write_text(TRANSFAC)
    with pytest.raises(
        DataFormatError, match="whose matrices are of DNA; those of protein are read from a file in MEME"
    ):
        read_motif_file(tmp_path / "motifs.txt", alphabet=PROTEIN)
