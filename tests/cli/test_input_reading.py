"""Tables and FASTA files as they lie around: columns are found, names are made, and what is guessed is said."""

import gzip

import pandas as pd
import pytest

from seqaug_sklearn.cli._input import Reading, labels_of, read_labelled, read_rows, read_sequences, say_unused_labels
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

SEQUENCES = ["ACGTACGTAACC", "GGTTACGTAACA", "TTTTACGTAAGG", "CCGTACGTAATT"]
LABELS = ["A", "B", "A", "B"]


def written(tmp_path, text, name="t.csv"):
    (tmp_path / name).write_text(text)
    return tmp_path / name


def rows(heading, *columns, separator=","):
    lines = [separator.join(row) for row in zip(*columns, strict=True)]
    return "\n".join([*([heading] if heading else []), *lines]) + "\n"


NUMBERS = ["1", "2", "3", "4"]
IDS = ["s0", "s1", "s2", "s3"]
UCI = [f"\t\t{text.lower()}" for text in SEQUENCES]
FORMS = {
    "no names": (rows("sequence,label", SEQUENCES, LABELS), NUMBERS, "has no column of names: rows are named by"),
    "capitals": (rows("Sequence,Class", SEQUENCES, LABELS), NUMBERS, "Labels are taken from column 'Class' of t.csv"),
    "id and seq": (rows("id,seq,label", IDS, SEQUENCES, LABELS), IDS, ""),
    "upper case": (rows("ID;SEQ;LABEL", IDS, SEQUENCES, LABELS, separator=";"), IDS, ""),
    "label first": (rows("target,seq_id,dna", LABELS, IDS, SEQUENCES), IDS, "from column 'target'"),
    "a group first": (rows("species,id,seq,label", ["x", "x", "y", "y"], IDS, SEQUENCES, LABELS), IDS, ""),
    "UCI": (rows("", LABELS, IDS, UCI), IDS, "has no heading: column 1 is the label, column 2 is the name, "),
    "two columns": (rows("", SEQUENCES, LABELS), NUMBERS, "has no heading: column 1 is the sequence, column 2 is the"),
    "row numbers": (rows(",sequence,label", list("0123"), SEQUENCES, LABELS), list("0123"), ""),
    "R": (rows('"name" "Sequence" "label"', NUMBERS, IDS, SEQUENCES, LABELS, separator=" "), IDS, ""),
}


@pytest.mark.parametrize("form", FORMS)
def test_columns_are_found_and_what_is_guessed_is_said(tmp_path, capsys, form):
    text, names, said = FORMS[form]
    path = written(tmp_path, text)
    table = read_labelled(path, task="auto")
    assert table.sequences.str.upper().to_dict() == dict(zip(names, SEQUENCES, strict=True))
    assert table.labels.to_dict() == dict(zip(names, LABELS, strict=True))
    told = capsys.readouterr().err
    assert said in told
    assert bool(said) == bool(told)
    assert labels_of(table.sequences, path).to_dict() == table.labels.to_dict()
    # rows are copied as they stand, by the same names
    assert read_rows(path).index.tolist() == names


def test_what_cannot_be_guessed_is_typed(tmp_path):
    heading = "gene,promoter,Terminator,expression,other"
    path = written(tmp_path, rows(heading, IDS, SEQUENCES[::-1], SEQUENCES, LABELS, ["x"] * 4))
    with pytest.raises(DataFormatError, match=r"no column 'sequence'; .* --sequence-column names the one of sequences"):
        read_labelled(path)
    how = Reading(sequence_column="terminator", name_column="GENE")
    table = read_labelled(path, label_column="Expression", how=how)
    assert table.sequences.to_dict() == dict(zip(IDS, SEQUENCES, strict=True))
    assert table.labels.tolist() == LABELS
    with pytest.raises(
        InvalidParameterError, match=r"--sequence-column x: t\.csv has no column 'x'; it has 'gene', 'pro"
    ):
        read_labelled(path, how=Reading(sequence_column="x"))
    bare = written(tmp_path, rows("", IDS, SEQUENCES[::-1], SEQUENCES, ["x"] * 4, LABELS), "bare.csv")
    how = Reading(sequence_column="3", name_column="1")
    table = read_labelled(bare, label_column="5", how=how)
    assert table.sequences.to_dict() == dict(zip(IDS, SEQUENCES, strict=True))
    assert table.labels.tolist() == LABELS


def test_measurements_name_nothing(tmp_path):
    path = written(tmp_path, rows("score,sequence", ["0.5", "1.25", "2", "3"], SEQUENCES))
    table = read_labelled(path, label_column="score", task="auto")
    assert table.sequences.index.tolist() == NUMBERS
    assert table.labels.tolist() == ["0.5", "1.25", "2", "3"]


def test_labels_are_joined_by_the_column_that_holds_the_names(tmp_path, capsys):
    fasta = written(tmp_path, "".join(f">{n} x\n{s}\n" for n, s in zip(IDS, SEQUENCES, strict=True)), "d.fa")
    table = rows("accession,name,symbol,label", ["a", "b", "c", "d"], list("wxyz"), IDS, LABELS)
    assert read_labelled(fasta, labels=written(tmp_path, table)).labels.to_dict() == dict(zip(IDS, LABELS, strict=True))
    # neither has a heading
    table = read_labelled(fasta, labels=written(tmp_path, rows("", IDS, LABELS)))
    assert table.labels.to_dict() == dict(zip(IDS, LABELS, strict=True))
    assert "t.csv has no heading: column 1 is the name, column 2 is the label" in capsys.readouterr().err


def test_labels_that_no_sequence_has(tmp_path, capsys):
    fasta = written(tmp_path, f">s0\n{SEQUENCES[0]}\n>s2\n{SEQUENCES[2]}\n", "d.fa")
    labels = written(tmp_path, rows("name,label", IDS, LABELS))
    sequences = read_labelled(fasta, labels=labels).sequences
    assert sequences.index.tolist() == ["s0", "s2"]
    assert "2 of 4 labels in t.csv are of other names and were not used" in capsys.readouterr().err
    strict = Reading(extra_labels="error")
    for call in (
        lambda: read_labelled(fasta, labels=labels, how=strict),
        lambda: say_unused_labels(labels, sequences, how=strict),
    ):
        with pytest.raises(
            DataFormatError, match=r"t\.csv has labels for 's1', 's3', .*--extra-labels drop leaves them"
        ):
            call()


HEADERS = [f"Escherichia coli strain {number} class={label}" for number, label in zip(NUMBERS, LABELS, strict=True)]
REPEATS = "".join(f">{header}\n{text}\n" for header, text in zip(HEADERS, SEQUENCES, strict=True))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("header", HEADERS),
        ("number", NUMBERS),
        ("unique", ["Escherichia", "Escherichia_2", "Escherichia_3", "Escherichia_4"]),
    ],
)
def test_headers_name_records_and_hold_labels(tmp_path, names, expected):
    fasta, how = written(tmp_path, REPEATS, "d.fa"), Reading(names=names)
    table = read_labelled(fasta, pattern="class=(.)", how=how)
    assert table.labels.to_dict() == dict(zip(expected, LABELS, strict=True))
    assert labels_of(table.sequences, fasta, pattern="class=(.)", how=how).tolist() == LABELS
    with pytest.raises(InvalidParameterError, match="finds no label neither in the name nor in the header of"):
        read_labelled(fasta, pattern="kind=(.)", how=how)


def test_names_of_tables_follow_the_same_rules(tmp_path):
    path = written(tmp_path, rows("name,sequence,label", ["a x", "a y", "b", "b"], SEQUENCES, LABELS))
    with pytest.raises(
        DataFormatError, match=r"'b' repeat; --names unique numbers repeats, --names number numbers all"
    ):
        read_labelled(path)
    assert read_sequences(path, how=Reading(names="unique")).index.tolist() == ["a x", "a y", "b", "b_2"]
    assert read_sequences(path, how=Reading(names="number")).index.tolist() == NUMBERS
    assert read_rows(path, Reading(names="unique")).index.tolist() == ["a x", "a y", "b", "b_2"]
    with pytest.raises(DataFormatError, match="'a', 'b' repeat"):
        read_sequences(path, how=Reading(names="first-word"))


def test_numbers_join_labels_by_place(tmp_path):
    fasta = written(tmp_path, REPEATS, "d.fa")
    labels = written(tmp_path, rows("strain,label", ["x"] * 4, LABELS))
    how = Reading(names="number")
    assert read_labelled(fasta, labels=labels, how=how).labels.tolist() == LABELS
    short = written(tmp_path, rows("strain,label", ["x"] * 3, LABELS[:3]), "short.csv")
    with pytest.raises(
        DataFormatError, match=r"short\.csv has 3 rows and d\.fa 4 sequences; --names number joins them by"
    ):
        read_labelled(fasta, labels=short, how=how)
    with pytest.raises(InvalidParameterError, match="--names number takes the names away by which --labels is joined"):
        labels_of(read_sequences(fasta, how=how), fasta, labels=labels, how=how)


def test_a_pattern_is_looked_for_in_names_first(tmp_path):
    fasta = written(tmp_path, f">s0 up_x\n{SEQUENCES[0]}\n>s1 down_y\n{SEQUENCES[1]}\n", "d.fa")
    assert read_labelled(fasta, pattern="^[^_]+").labels.tolist() == ["s0", "s1"]
    assert read_labelled(fasta, pattern="(up|down)_").labels.tolist() == ["up", "down"]


# options of every command


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--sequence-column", "x"], "--sequence-column is about tables, and no file is one; leave it out"),
        (["--name-column", "x"], "--name-column is about tables, and no file is one; leave it out"),
        (["--extra-labels", "error"], "--extra-labels is about a table of labels, and --labels is not given; leave it"),
    ],
)
def test_no_option_is_accepted_and_ignored(run, files, options, message):
    result = run("windows", files / "data.fa", "--out", files / "o.csv", *options)
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {message}")
    assert not (files / "o.csv").exists()


def test_repeated_names_have_a_way_out_in_every_command(run, files, monkeypatch):
    monkeypatch.chdir(files)
    (files / "r.fa").write_text((files / "data.fa").read_text().replace("_", " "))
    result = run("windows", "r.fa", "--window", 20, "--out", "o.csv")
    assert result.output.startswith("Error: r.fa: record names must be unique; more than once: 'down', 'up'; ")
    ways = "--names header takes whole headers, --names unique numbers repeats, or --names number numbers all records\n"
    assert result.output.endswith(ways)
    split = ["split", "r.fa", "--label-pattern", "^[a-z]+", "--out", "split", "--by", "similarity"]
    for names in ("header", "unique", "number"):
        assert run("windows", "r.fa", "--window", 20, "--out", "o.csv", "--names", names).exit_code == 0
        assert run("audit", "r.fa", "r.fa", "--names", names).exit_code == 1
        assert run("groups", "r.fa", "--names", names, "--out", "g.csv").exit_code == 0
        assert len(pd.read_csv("g.csv")["name"].unique()) == 20
        result = run(*split, "--names", names)
        assert result.exit_code == 0, result.output
        back = pd.read_csv("split/train.csv")
        assert set(back["label"]) == {"up", "down"}
        result = run("audit", "r.fa", "r.fa", "--names", names, "--clean", "c.csv")
        assert result.exit_code == 2


def test_the_content_decides_whatever_a_file_is_called(run, files, monkeypatch):
    """A FASTA file called .txt and packed, a table called .fa, and a GenBank file called .fasta."""
    monkeypatch.chdir(files)
    run("windows", "data.fa", "--window", 20, "--out", "a.csv")
    (files / "data.txt").write_bytes(gzip.compress((files / "data.fa").read_bytes()))
    assert run("windows", "data.txt", "--window", 20, "--out", "b.csv").exit_code == 0
    (files / "table.fa").write_text((files / "table.csv").read_text())
    assert run("windows", "table.fa", "--window", 20, "--out", "c.csv").exit_code == 0
    one, two, three = ((files / f"{name}.csv").read_text() for name in "abc")
    assert one == two == three
    (files / "g.fasta").write_text("LOCUS       X 10 bp DNA\n")
    result = run("audit", "g.fasta", "data.fa")
    assert result.exit_code == 2
    assert result.output.startswith(
        "Error: g.fasta is a GenBank file, neither FASTA nor a table of sequences; cut sequ"
    )
