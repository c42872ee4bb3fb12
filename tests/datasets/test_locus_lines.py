"""LOCUS lines as programs write them: the words decide, wherever they stand."""

import pytest

from seqaug_sklearn.datasets._genomes._locus_lines import locus_of, with_standard_lines

LINES = {
    # as NCBI, Biopython, SnapGene, ApE, Benchling, Geneious, Prokka, EMBOSS and JBEI-ICE lay them out
    "NCBI": (
        "LOCUS       NC_000932             154478 bp    DNA     circular PLN 01-JAN-2020",
        154478,
        ("NC_000932", "circular", "DNA", "PLN"),
    ),
    "capitals": ("LOCUS       pX 120 bp ds-DNA CIRCULAR SYN 01-JAN-1980", 120, ("pX", "circular", "ds-DNA", "SYN")),
    "a blank too many": (
        "LOCUS        pX                120 bp     DNA      circular     01-JAN-1980",
        120,
        ("pX", "circular", "DNA", "UNK"),
    ),
    "blanks in the name": (
        "LOCUS       my best plasmid v2 120 bp DNA linear SYN 1-JAN-2021",
        120,
        ("my_best_plasmid_v2", "linear", "DNA", "SYN"),
    ),
    "a length in the name": (
        "LOCUS  insert 500 bp long 120 bp DNA circular",
        120,
        ("insert_500_bp_long", "circular", "DNA", "UNK"),
    ),
    "glued": (
        "LOCUS       NODE_1_cov_12.3120 bp    DNA     linear  ",
        120,
        ("NODE_1_cov_12.3", "linear", "DNA", "UNK"),
    ),
    "no topology": ("LOCUS       pX 120 bp DNA PLN 01-JAN-1990", 120, ("pX", None, "DNA", "PLN")),
    "tabs": ("LOCUS\tpX\t120 bp\tDNA\tcircular", 120, ("pX", "circular", "DNA", "UNK")),
    "no blank before bp": ("LOCUS pX 120bp DNA circular", 120, ("pX", "circular", "DNA", "UNK")),
    "RNA": ("LOCUS pX 120 bp mRNA linear VRL 01-JAN-1980", 120, ("pX", "linear", "mRNA", "VRL")),
}


@pytest.mark.parametrize(("line", "size", "expected"), LINES.values(), ids=LINES.keys())
def test_words_are_found(line, size, expected):
    locus = locus_of(line, size)
    assert (locus.name, locus.topology, locus.molecule, locus.division) == expected
    assert locus.length == size


def test_a_truncated_record_keeps_what_it_announces():
    assert locus_of("LOCUS       pX 1200 bp DNA linear", 200).length == 1200


def test_a_line_without_a_length():
    assert locus_of("LOCUS       pX DNA linear", 10) is None


def test_standard_lines_are_left_alone_unless_told_otherwise():
    text = "LOCUS       AB                        12 bp    DNA     linear   PLN 01-JAN-2020\n"
    text += "ORIGIN\n        1 acgtacgtac gt\n//\n"
    assert with_standard_lines(text)[0] == text
    changed, (locus,) = with_standard_lines(text, "circular")
    assert locus.topology == "circular"
    assert "circular" in changed.splitlines()[0]
