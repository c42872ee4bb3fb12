"""Tables of genes and orthologs as OrthoFinder, BioMart and PLAZA write them."""

import pytest

from seqaug_sklearn.datasets import read_orthologs
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

FASTA = ">o1\nACGT\n>o2\nACGA\n>p1\nACGG\n"


@pytest.fixture
def read(tmp_path):
    (tmp_path / "aly.fa").write_text(FASTA)

    def read(table, **options):
        (tmp_path / "pairs.txt").write_text(table)
        found = read_orthologs(tmp_path / "aly.fa", tmp_path / "pairs.txt", **options)
        return sorted(found[["identifier", "ortholog"]].itertuples(index=False, name=None))

    return read


ALL = [("g1", "o1"), ("g1", "o2"), ("g2", "o1"), ("g2", "o2"), ("g3", "p1")]
WIDE = "Orthogroup\tAthaliana\tAlyrata\tCrubella\nOG1\tg1, g2\to1, o2\t\nOG2\tg3\t\tp1\nOG3\t\to1\t\n"


@pytest.mark.parametrize(
    ("table", "options"),
    [
        ("g1, g2\to1, o2\ng3\tp1\n", {}),
        ("g1\to1;o2\ng2\to1 , o2\n'g3'\t\"p1\"\n", {}),
        ("g1, o1, o2\ng2;o1;o2\ng3,p1\n", {}),
        (WIDE, {"pair_columns": ("Athaliana", ["Alyrata", "crubella"])}),
        (
            "gene;species;ortholog\ng1;x;o1\ng1;x;o2\ng2;x;o1\ng2;x;o2\ng3;y;p1\n",
            {"pair_columns": ("gene", "ortholog")},
        ),
        ("OG1 x,g1,o1\nOG1 x,g1,o2\nOG1,g2,o1\nOG1,g2,o2\nOG2,g3,p1\n", {"pair_columns": (1, 2)}),
        ('sep=;\nGene;Ortholog\n"g1, g2";"o1, o2"\ng3;p1\n', {"pair_columns": ("gene", "ortholog")}),
    ],
    ids=["OrthoFinder", "lists", "no tabs", "Orthogroups.tsv", "BioMart", "no heading", "Excel"],
)
def test_the_same_pairs(read, table, options):
    assert read(table, **options) == ALL


@pytest.mark.filterwarnings("ignore:left out")
def test_columns_that_are_no_orthologs_are_no_orthologs(read):
    with pytest.raises(DataFormatError, match=r"every line has 4 fields, .* 'Alyrata'\), so .* pair_columns=\(0, 1\)"):
        read("g1,o1,Alyrata,0.9\ng2,o2,Alyrata,0.7\n")
    assert read("g1,o1,Alyrata,0.9\ng2,o2,Alyrata,0.7\n", pair_columns=(0, 1)) == [("g1", "o1"), ("g2", "o2")]


@pytest.mark.filterwarnings("ignore:left out")
def test_orthologs_without_a_sequence_are_counted_as_before(read):
    assert read("g1,o1,x1\ng2,x2,o2\n") == [("g1", "o1"), ("g2", "o2")]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, DataFormatError, r"line 1: 4 columns; .* say which they are with pair_columns=\('gene', 'ortholog'\)"),
        ({"pair_columns": ("gene", "Alyrata")}, DataFormatError, r"no column 'gene' of pair_columns; it has \['Orthog"),
        ({"pair_columns": (0, 9)}, DataFormatError, "no column 9 of pair_columns; it has 4 columns"),
        ({"pair_columns": "ab"}, InvalidParameterError, "pair_columns must be a column of genes and one of orthologs"),
        ({"pair_columns": ("a", 1)}, InvalidParameterError, "pair_columns must be all names, or all places from 0"),
    ],
)  # fmt: skip
def test_what_is_refused(read, options, error, message):
    with pytest.raises(error, match=message):
        read(WIDE, **options)


def test_a_tidy_table_has_columns_of_its_own(tmp_path):
    (tmp_path / "t.csv").write_text("Identifier, Ortholog, Seq\nAT1, AL0, ACGT\nAT2, AL1, ACGA\n")
    read = read_orthologs(tmp_path / "t.csv")
    assert read["identifier"].tolist() == ["AT1", "AT2"]
    assert read.set_index("ortholog")["sequence"].to_dict() == {"AL0": "ACGT", "AL1": "ACGA"}
    with pytest.raises(ValueError, match="pair_columns belong to FASTA files with tables"):
        read_orthologs(tmp_path / "t.csv", pair_columns=("a", "b"))
    (tmp_path / "t.csv").write_text("identifier,ortholog,sequence,label\nAT1,AL0,ACGT,A\nAT2,AL1,ACGA,A,\n")
    with pytest.raises(DataFormatError, match=r"line 3 \('AT2'\): 5 fields, but the heading has 4"):
        read_orthologs(tmp_path / "t.csv")
