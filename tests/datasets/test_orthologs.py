"""read_orthologs: DeepDifE's files, tidy tables, dicts; what is left out is counted."""

import gzip

import pandas as pd
import pytest

from seqaug_sklearn.augmentation import OrthologAugmenter
from seqaug_sklearn.datasets import make_promoters, read_orthologs
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SeqAugWarning, SequenceTypeError

ALY = ">AL1G10_1\nACGT\nACGA\n>AL1G20_0\nGGGGCCCC\n"
CRU = ">Carub.0001s10_1 some words\nACGTACGC\n"
PAIRS = {"ath_aly.txt": "AT1G1\tAL1G10\nAT1G2\tAL1G20\n", "ath_cru.txt": "AT1G1\tCarub.0001s10\n"}


@pytest.fixture
def write(tmp_path):
    def write_file(name, text):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return write_file


def rows(orthologs):
    return orthologs.to_numpy().tolist()


def test_deepdife_files(write):
    """One FASTA file per species with the label in the name, one headless table per species."""
    fasta = [write("aly.tss.fasta", ALY), write("cru.tss.fasta", CRU)]
    tables = [write(name, text) for name, text in PAIRS.items()]
    orthologs = read_orthologs(fasta, tables, label_separator="_")
    assert orthologs.columns.tolist() == ["identifier", "ortholog", "species", "sequence", "label"]
    assert rows(orthologs) == [
        ["AT1G1", "AL1G10", "aly", "ACGTACGA", 1],
        ["AT1G2", "AL1G20", "aly", "GGGGCCCC", 0],
        ["AT1G1", "Carub.0001s10", "cru", "ACGTACGC", 1],
    ]
    assert orthologs.attrs == {"pairs_without_sequence": 0, "sequences_without_pair": 0}
    X = pd.Series(["ACGTACGT", "GGGGCCCA"], index=["AT1G1", "AT1G2"])
    augmenter = OrthologAugmenter(orthologs)
    assert augmenter.fit_resample(X, [1, 0])[1] == [1, 0, 1, 1, 0]
    with pytest.warns(SeqAugWarning, match=r"1 orthologs have several labels.*'AL1G20'"):
        augmenter.fit(X, [1, 1])


def test_files_may_be_packed_named_by_species_or_single(write):
    fasta, table = write("anything.fa.gz", ALY), write("pairs.txt.gz", PAIRS["ath_aly.txt"])
    for source, tables, species in (
        ({"A. lyrata": fasta}, {"ath-aly": table}, "A. lyrata"),
        (fasta, table, "anything"),
        (str(fasta), [str(table)], "anything"),
    ):
        orthologs = read_orthologs(source, tables, label_separator="_")
        assert orthologs["species"].unique().tolist() == [species]
        assert orthologs["identifier"].tolist() == ["AT1G1", "AT1G2"]


@pytest.mark.parametrize(
    "lines",
    [
        "AT1\to1\nAT1\to2\nAT2\to2\n",
        "AT1\to1,o2\nAT2\to2\n",
        "AT1\to1; o2\r\nAT2\to2\r\n",
        "AT1,o1,o2\nAT2,o2\n",
        "AT1;o1;o2\n\nAT2;o2",
        'AT1,"o1, o2"\nAT2,o2\n',
        "# gene\torthologs\nAT1\to1\nAT1\to1,o2\nAT2\to2\nAT3\t\n",
    ],
)
def test_tables_of_pairs(write, lines):
    orthologs = read_orthologs(write("s.fa", ">o1\nACGT\n>o2\nGGGG\n"), write("pairs", lines))
    assert rows(orthologs[["identifier", "ortholog"]]) == [["AT1", "o1"], ["AT1", "o2"], ["AT2", "o2"]]
    assert "label" not in orthologs


def test_names_end_before_the_place_in_the_genome(write):
    fasta = write("ath.fasta", ">AT1G34550::Chr1:12650862-12651474(-)\nACGT\n")
    assert read_orthologs(fasta, write("pairs", "gene\tAT1G34550\n"))["ortholog"].tolist() == ["AT1G34550"]


def test_labels_may_be_words_or_missing(write):
    fasta, table = write("s.fa", ">o1_up\nACGT\n>o2\nGGGG\n"), write("pairs", "a\to1\nb\to2\n")
    labels = read_orthologs(fasta, table, label_separator="_")["label"]
    assert labels[0] == "up"
    assert pd.isna(labels[1])
    fasta = write("s.fa", ">o1_1\nACGT\n>o2\nGGGG\n")
    labels = read_orthologs(fasta, table, label_separator="_")["label"]
    assert labels[0] == 1
    assert pd.isna(labels[1])


def test_what_does_not_fit_together_is_counted_and_named(write):
    fasta = write("s.fa", ">o1\nACGT\n>o2\nGGGG\n>lost\nCCCC\n")
    table = write("pairs", "a\to1,o8\nb\to2\nb\to9\nc\to9\n")
    with pytest.warns(
        SeqAugWarning,
        match=r"left out: 3 pairs whose ortholog has no sequence \(for example 'o8'\) and 1 sequences that belong to "
        r"no gene \(for example 'lost'\)",
    ) as caught:
        orthologs = read_orthologs(fasta, table)
    assert caught[0].filename == __file__
    assert orthologs["ortholog"].tolist() == ["o1", "o2"]
    assert orthologs.attrs == {"pairs_without_sequence": 3, "sequences_without_pair": 1}


TIDY = "gene,ortholog,species,sequence,label\na,o1,cru,ACGT,1\nb,o1,cru,ACGT,1\nb,NA,aly,GGGG,0\n"


@pytest.mark.parametrize("name", ["tidy.csv", "tidy.csv.gz", "tidy.tsv", "semicolons.csv"])
def test_tidy_tables(write, name):
    text = TIDY.replace(",", "\t" if name.endswith("tsv") else ";" if name.startswith("semi") else ",")
    orthologs = read_orthologs(write(name, text), columns={"identifier": "gene"})
    assert rows(orthologs) == [
        ["a", "o1", "cru", "ACGT", 1],
        ["b", "o1", "cru", "ACGT", 1],
        ["b", "NA", "aly", "GGGG", 0],
    ]


def test_tidy_tables_need_two_columns_only(write):
    orthologs = read_orthologs(write("t.csv", "identifier,sequence,notes\n7,ACGT,x\n7,GGGG,y\n8,ACGT,z\n"))
    assert rows(orthologs) == [["7", "7:1", "", "ACGT"], ["7", "7:2", "", "GGGG"], ["8", "7:1", "", "ACGT"]]


def test_incomplete_rows_of_a_tidy_table_are_counted(write):
    text = "identifier,ortholog,sequence,label\na,o1,ACGT,\nb,o2,,1\n,o3,GGGG,0\n,o4,,0\nc,,TTTT,1\n"
    with pytest.warns(SeqAugWarning, match=r"2 pairs .* 'o2'\) and 1 sequences .* 'o3'\)") as caught:
        orthologs = read_orthologs(write("t.csv", text))
    assert caught[0].filename == __file__
    assert orthologs["ortholog"].tolist() == ["o1", "c:1"]
    assert pd.isna(orthologs["label"][0])
    assert orthologs["label"][1] == 1
    assert orthologs.attrs == {"pairs_without_sequence": 2, "sequences_without_pair": 1}


HEADING = "identifier,ortholog,sequence,label\n"


@pytest.mark.parametrize(
    ("rows_of_file", "message"),
    [
        ("g1,o1,ACGT,A\ng2,o2,ACGA,B,\n", r"t\.csv, line 3 \('g2'\): 5 fields, but the heading has 4 \(identifier, "),
        ("g1,o1,ACGT,A,x\ng2,o2,ACGA,B,x\n", r"t\.csv, line 2 \('g1'\): 5 fields, .* and so has every row"),
        ("g1,o1,ACGT,A\ng2,ACGA,B\n", r"t\.csv, line 3 \('g2'\): 3 fields, but the heading has 4"),
    ],
)
def test_rows_with_other_numbers_of_fields_are_refused(write, rows_of_file, message):
    with pytest.raises(DataFormatError, match=message):
        read_orthologs(write("t.csv", HEADING + rows_of_file))


def test_commas_at_the_end_of_every_row_shift_nothing(write):
    path = write("t.csv", HEADING + "g1, o1,ACGT,A,\ng2,o2 ,ACGA,B,\n")
    with pytest.warns(SeqAugWarning, match=r"t\.csv: every row ends in 1 empty field more than the 4") as caught:
        orthologs = read_orthologs(path)
    assert rows(orthologs) == [["g1", "o1", "", "ACGT", "A"], ["g2", "o2", "", "ACGA", "B"]]
    assert caught[0].filename == __file__


def test_row_names_of_r(write):
    path = write("t.tsv", HEADING.replace(",", "\t") + "1\tg1\to1\tACGT\tA\n2\tg1\to2\tACGA\tA\n")
    assert rows(read_orthologs(path)) == [["g1", "o1", "", "ACGT", "A"], ["g1", "o2", "", "ACGA", "A"]]


@pytest.mark.parametrize("word", ["NA", "NaN", "nan", "N/A", "NULL", "?", "-"])
def test_words_that_may_mean_missing(write, word):
    """As a label each would be a class, as a sequence NA and NAN are DNA."""
    labels = write("labels.csv", HEADING + f"g1,o1,ACGT,A\ng2,o2,ACGA,{word}\n")
    with pytest.raises(
        DataFormatError, match=r"labels\.csv: the label of 'o2' is '.*', .* missing_values=\['.*'\] says"
    ):
        read_orthologs(labels)
    read = read_orthologs(labels, missing_values=[word])
    assert read["label"][0] == "A"
    assert pd.isna(read["label"][1])
    assert read_orthologs(labels, missing_values=[])["label"].tolist() == ["A", word]
    sequences = write("sequences.csv", HEADING + f"g1,o1,ACGT,A\ng2,o2,{word},B\n")
    with pytest.raises(DataFormatError, match=r"sequences\.csv: the sequence of 'o2' is"):
        read_orthologs(sequences)
    with pytest.warns(SeqAugWarning, match=r"left out: 1 pairs whose ortholog has no sequence \(for example 'o2'\)"):
        assert rows(read_orthologs(sequences, missing_values=[word])) == [["g1", "o1", "", "ACGT", "A"]]


def test_words_behind_the_names_of_fasta_records(write):
    fasta, table = write("a.fa", ">o1_A\nACGT\n>o2_NA\nACGA\n>o3\nACGG\n"), write("p.txt", "g1\to1\ng2\to2\ng3\to3\n")
    with pytest.raises(DataFormatError, match=r"a\.fa: the label of 'o2_NA' is 'NA'"):
        read_orthologs(fasta, table, label_separator="_")
    labels = read_orthologs(fasta, table, label_separator="_", missing_values=["NA"])["label"]
    assert labels.isna().tolist() == [False, True, True]


def test_labels_that_differ_in_writing_only(write):
    with pytest.warns(SeqAugWarning, match=r"t\.csv: '1' and '1\.0' differ in writing only, .* label") as caught:
        read_orthologs(write("t.csv", HEADING + "g1,o1,ACGT,1\ng2,o2,ACGA,1.0\n"))
    assert caught[0].filename == __file__


def test_a_written_table_is_read_back(write, tmp_path):
    promoters = make_promoters(20, n_families=4, random_state=0)
    promoters.orthologs.to_csv(tmp_path / "orthologs.csv", index=False)
    pd.testing.assert_frame_equal(
        read_orthologs(tmp_path / "orthologs.csv"), promoters.orthologs, check_dtype=False, check_index_type=False
    )


def test_dicts():
    orthologs = read_orthologs({"a": ["ACGT", "GGGG"], "b": [("b1", "TTTT")], 3: []})
    assert rows(orthologs) == [["a", "a:1", "", "ACGT"], ["a", "a:2", "", "GGGG"], ["b", "b1", "", "TTTT"]]
    assert orthologs.attrs == {"pairs_without_sequence": 0, "sequences_without_pair": 0}
    with pytest.raises(DataFormatError, match="holds no ortholog"):
        read_orthologs({})
    with pytest.raises(SequenceTypeError, match="must be a list of sequences"):
        read_orthologs({"a": "ACGT"})


@pytest.mark.parametrize(
    ("fasta", "table", "message"),
    [
        (ALY, "a\tAL1G10\n", r"none of 1 pairs has a sequence: .*'AL1G10'.*'AL1G10_1'.*label_separator='_'"),
        (">o1\nAC\n", "o1\ta\n", "the gene comes first, then its orthologs"),
        (">o1\nAC\n", "", "pairs.txt: no pair of a gene and an ortholog"),
        (">o1\nAC\n", "# only a heading\n", "no pair of a gene"),
        (">o1\nAC\n", "a\to1\tBeHi\n", "pairs.txt, line 1: 3 columns; a table of pairs has two"),
        (">o1\nAC\n", "a\to1\nb o1\n", "line 2: 'b o1' is no gene and ortholog separated by"),
        (">o1\nAC\n", "\to1\n", "line 1: .* is no gene"),
        (">o1::x\nAC\n>o1::y\nGT\n", "a\to1\n", r"1 sequences have the name of another one, for example 'o1'"),
        ("", "a\to1\n", "the first line must start with '>'"),
    ],
)
def test_bad_fasta_and_tables(write, fasta, table, message):
    with pytest.raises(DataFormatError, match=message):
        read_orthologs(write("s.fa", fasta), write("pairs.txt", table))


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("", None, "t.csv is empty"),
        (">o1\nACGT\n", None, "t.csv is a FASTA file; pass the table of genes and orthologs as tables="),
        ("gene,sequence\na,ACGT\n", None, r"no column 'identifier', its columns are \['gene', 'sequence'\]"),
        ("identifier,sequence\na,ACGT\n", {"species": "organism"}, "no column 'organism'"),
        ("identifier,sequence\n", None, "t.csv has a heading and no rows"),
        ("identifier,sequence\na,\n", None, "none of 1 rows has both"),
        ("identifier,ortholog,sequence\na,o,ACGT\nb,o,AAAA\n", None, "1 names stand for more than one sequence"),
    ],
)
def test_bad_tidy_tables(write, text, columns, message):
    with pytest.raises(DataFormatError, match=message):
        read_orthologs(write("t.csv", text), columns=columns)


def test_options_that_belong_elsewhere(write):
    path = write("t.csv", TIDY)
    with pytest.raises(ValueError, match=r"columns may name .* got 'gene'"):
        read_orthologs(path, columns={"gene": "identifier"})
    with pytest.raises(ValueError, match="label_separator belongs to FASTA files"):
        read_orthologs(path, label_separator="_")
    with pytest.raises(ValueError, match="columns and targets belong to a tidy table"):
        read_orthologs(path, path, columns={"identifier": "gene"})
    with pytest.raises(InvalidParameterError, match="names no FASTA file"):
        read_orthologs([], path)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "got NoneType"),
        (pd.DataFrame({"identifier": ["a"]}), "got DataFrame; a table in memory goes into OrthologAugmenter as it is"),
        (["aly.fasta"], "got list; FASTA files need their tables of pairs as tables="),
    ],
)
def test_what_is_no_source(source, message):
    with pytest.raises(SequenceTypeError, match=message):
        read_orthologs(source)


def test_a_nameless_entry_of_a_dict_is_told_by_its_gene():
    with pytest.raises(SequenceTypeError, match="'of gene a' is a number"):
        read_orthologs({"a": [1]})


@pytest.mark.realdata
def test_real_promoters_as_deepdife_keeps_them(write, real_data):
    """The published files are rebuilt from the table that was made from them."""
    table = pd.read_csv(real_data / "promoters" / "promoters.csv.gz")
    table = table[table["species"].isin(["cru", "chi"])]
    fasta, tables = [], []
    for species, part in table.groupby("species"):
        records = part["gene_id"] + "_" + part["label"].astype(str) + "\n" + part["sequence"]
        fasta.append(write(f"{species}.tss.fasta", "".join(f">{record}\n" for record in records)))
        pairs = "\n".join(part["orthogroup"] + "\t" + part["gene_id"])
        tables.append(write(f"ath_{species}.txt", f"{pairs}\nAT0G00000\t{species} missing\n"))
    with pytest.warns(SeqAugWarning, match="2 pairs whose ortholog has no sequence"):
        orthologs = read_orthologs(fasta, tables, label_separator="_")
    expected = table.rename(columns={"orthogroup": "identifier", "gene_id": "ortholog"})
    together = orthologs.merge(expected, on=list(orthologs.columns), how="inner")
    assert len(together) == len(orthologs) == len(table) == 1341
