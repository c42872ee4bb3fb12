"""Tables on the command line: no column is shifted and no missing value taken for a class, in any command."""

import re
import warnings

import pandas as pd
import pytest

from seqaug_sklearn import evaluation
from seqaug_sklearn.cli._input import labels_of, read_labelled
from seqaug_sklearn.utils import read_table, read_target

WORDS = ["NA", "NaN", "nan", "N/A", "NULL", "None", "?", "-", "missing"]
SMALL = ["--models", "majority", "--folds", "2", "--window", "20", "--repeats", "1"]


@pytest.fixture(autouse=True)
def shown():
    """Warnings are shown, as in a terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield


@pytest.fixture
def compared(monkeypatch):
    """What ``seqaug compare`` hands over; nothing is trained."""
    kept = []

    class Result:
        reading = ""

        def __init__(self, X, y, **options):
            # what the labels were read as, or the labels
            kept.append({"X": X, "y": getattr(y, "values", y)} | options)

        def to_html(self, folder, **options):
            return folder / "report.html"

        def headline(self):
            return ["compared"]

    monkeypatch.setattr(evaluation, "compare_augmentations", Result)
    return kept


@pytest.fixture
def rows(files):
    """``rows("table.csv", {3: "line"})`` gives the file's lines, some of them (heading: 0) changed."""

    def change(name, changes):
        lines = (files / name).read_text().splitlines()
        for number, change in changes.items():
            lines[number] = change(lines[number]) if callable(change) else change
        return "\n".join(lines) + "\n"

    return change


@pytest.fixture
def read(run, files, monkeypatch, compared):
    """Run a command on table.csv or on labels.csv; ``read("windows")`` gives the result."""
    monkeypatch.chdir(files)
    of = {
        "windows": ["windows", "table.csv", "--window", "20", "--out", "out.csv"],
        "windows, labels": ["windows", "data.fa", "--labels", "labels.csv", "--window", "20", "--out", "out.csv"],
        "compare": ["compare", "table.csv", "--out", "report", *SMALL],
        "compare, labels": ["compare", "data.fa", "--labels", "labels.csv", "--out", "report", *SMALL],
        "audit, test": ["audit", "data.fa", "table.csv"],
        "audit, training": ["audit", "table.csv", "data.fa"],
    }
    return lambda command, *options: run(*of[command], *options)


OF_SEQUENCES = ["windows", "compare", "audit, test", "audit, training"]
OF_LABELS = ["windows, labels", "compare, labels"]
EVERY = [*OF_SEQUENCES, *OF_LABELS]


def table_of(command):
    return "labels.csv" if "labels" in command else "table.csv"


@pytest.mark.parametrize("command", EVERY)
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda line: line + ",", 1),
        (lambda line: line + ",note", 1),
        (lambda line: line.replace("_", "_,"), 1),
        (lambda line: line.rpartition(",")[0], -1),
    ],
    ids=["trailing comma", "note", "comma in the name", "field missing"],
)
def test_a_row_with_other_fields_than_the_heading_is_refused(read, rows, files, command, change, found):
    name = table_of(command)
    n = (files / name).read_text().split("\n")[0].count(",") + 1
    (files / name).write_text(rows(name, {3: change}))
    result = read(command)
    assert result.exit_code == 2
    (line,) = result.output.splitlines()
    assert re.match(rf"Error: {name}, line 4 \('down_.*'\): {n + found} fields, but the heading has {n} \(name, ", line)
    (files / name).write_text(rows(name, dict.fromkeys(range(1, 21), lambda line: line + ",note")))
    assert "Error: " in read(command).output


@pytest.mark.parametrize("command", EVERY)
def test_commas_at_the_end_of_every_row_are_ignored_and_said(read, rows, files, command):
    before = read(command)
    written = (files / "out.csv").read_text() if (files / "out.csv").exists() else None
    name = table_of(command)
    (files / name).write_text(rows(name, dict.fromkeys(range(1, 21), lambda line: line + ",")))
    result = read(command)
    assert result.exit_code == before.exit_code
    assert f"Warning: {name}: every row ends in 1 empty field more than the" in result.output
    if written is not None:
        assert (files / "out.csv").read_text() == written


@pytest.mark.parametrize("command", EVERY)
def test_row_names_of_r_are_read(read, files, compared, command):
    name = table_of(command)
    before = read(command)
    lines = (files / name).read_text().replace(",", "\t").splitlines()
    heading, *body = ("\t".join(f'"{field}"' for field in line.split("\t")) for line in lines)
    (files / name).write_text("\n".join([heading, *(f'"{i}"\t{line}' for i, line in enumerate(body, start=1))]))
    result = read(command)
    assert result.exit_code == before.exit_code
    assert result.output == before.output
    if compared:
        first, second = compared
        pd.testing.assert_series_equal(first["X"], second["X"])
        assert first["y"].tolist() == second["y"].tolist()


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("command", ["windows", "compare", *OF_LABELS])
def test_words_that_may_mean_missing_are_no_class(read, files, command, word):
    name = table_of(command)
    table = pd.read_csv(files / name)
    table.loc[[4, 6], "label"] = word
    table.to_csv(files / name, index=False)
    result = read(command)
    assert result.exit_code == 2
    assert f"Error: {name}: the label of 'down_4', 'down_6' is '{word}', which may mean missing" in result.output
    option = re.search(r'; (--missing-values) "(.*?)" says that it is missing, --missing-values "" that', result.output)
    result = read(command, option[1], option[2])
    assert result.exit_code == 0, result.output
    assert f"Warning: {name}: 2 of 20 rows have no label ('{word}' 2) and are left out: 'down_4'" in result.output
    assert "differ in writing" not in result.output


@pytest.mark.parametrize("command", ["windows", "windows, labels"])
def test_words_that_are_a_class(read, files, command):
    """NA may be North America, - the minus strand, and ? a class of its own."""
    name = table_of(command)
    table = pd.read_csv(files / name)
    table["label"] = ["NA", "-", "?", "+"] * 5
    table.to_csv(files / name, index=False)
    result = read(command, "--missing-values", "")
    assert result.exit_code == 0, result.output
    assert "Warning" not in result.output
    assert set(pd.read_csv(files / "out.csv", keep_default_na=False)["label"]) == {"NA", "-", "?", "+"}
    result = read(command, "--missing-values", "?")
    assert "'NA' or '-' counts as a label; --missing-values" in result.output
    assert set(pd.read_csv(files / "out.csv", keep_default_na=False)["label"]) == {"NA", "-", "+"}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("command", OF_SEQUENCES)
def test_words_are_no_sequence(read, files, command, word):
    """NA and NAN are valid DNA; as the whole of a cell they are missing values, until the user says otherwise."""
    table = pd.read_csv(files / "table.csv")
    table.loc[4, "sequence"] = word
    table.to_csv(files / "table.csv", index=False)
    result = read(command)
    assert result.exit_code == 2
    assert f"Error: table.csv: the sequence of 'down_4' is '{word}', which may mean missing or be a" in result.output
    result = read(command, "--missing-values", word)
    assert result.exit_code == ("audit" in command), result.output
    assert f"table.csv: 1 of 20 rows have no sequence ('{word}' 1) and are left out: 'down_4'" in result.output


def test_fasta_files_have_no_missing_values(run, files):
    result = run("audit", files / "data.fa", files / "data.fa", "--missing-values", "NA")
    assert result.exit_code == 2
    assert result.output == "Error: --missing-values is about tables, and neither file is one; leave it out\n"


def test_real_sequences_that_hold_such_letters_stay(read, files, run):
    table = pd.read_csv(files / "table.csv")
    table.loc[4, "sequence"] = "NAN" + table.loc[4, "sequence"][:-4] + "-"
    table.to_csv(files / "table.csv", index=False)
    assert run("audit", "data.fa", "table.csv").output.startswith("20 of 20 test rows")
    result = read("windows")
    assert result.exit_code == 0, result.output
    assert "Warning" not in result.output
    (files / "short.fa").write_text(">x\nNAN\n>b\nACGTACGTACGT\n")
    assert run("windows", "short.fa", "--window", 3, "--out", "o.csv").exit_code == 0


@pytest.mark.parametrize("column", ["label", "sequence", "family"])
def test_empty_cells(read, files, compared, column):
    table = pd.read_csv(files / "table.csv").astype(object)
    table.loc[[3, 7], column] = None
    table.to_csv(files / "table.csv", index=False)
    what = {"family": "group"}.get(column, column)
    result = read("compare", "--groups", "family")
    assert result.exit_code == 2
    assert f"Error: table.csv: the {what} of 'up_3', 'up_7' is empty; fill it in, or leave out" in result.output
    result = read("compare", "--groups", "family", "--missing-values", "")
    assert result.exit_code == 0, result.output
    assert (
        f"Warning: table.csv: 2 of 20 rows have no {what} (empty 2) and are left out: 'up_3', 'up_7'" in result.output
    )
    kept = [name for name in table["name"] if name not in ("up_3", "up_7")]
    (found,) = compared
    assert found["X"].index.tolist() == kept
    assert found["y"].tolist() == [name.split("_")[0] for name in kept]
    assert found["groups"].tolist() == [str(i // 2 % 5) for i in range(20) if i not in (3, 7)]


def test_missing_groups_are_no_group(read, files):
    table = pd.read_csv(files / "labels.csv").astype({"family": object})
    table.loc[:9, "family"] = "NA"
    table.to_csv(files / "labels.csv", index=False)
    result = read("compare, labels", "--groups", "family")
    assert "labels.csv: the group of 'down_0', 'up_1', 'down_2', 'up_3', 'down_4' and 5 more is 'NA'" in result.output
    result = read("compare, labels", "--groups", "family", "--missing-values", "NA")
    assert "10 of 20 rows have no group ('NA' 10)" in result.output


def test_labels_found_by_a_pattern_are_asked_for_too(run, files, monkeypatch):
    monkeypatch.chdir(files)
    (files / "na.fa").write_text((files / "data.fa").read_text().replace(">up_1 ", ">NA_1 "))
    result = run("windows", "na.fa", "--window", 20, "--out", "out.csv")
    assert "Error: na.fa: the label of 'NA_1' is 'NA', which may mean missing" in result.output
    result = run("windows", "na.fa", "--window", 20, "--out", "out.csv", "--missing-values", "NA")
    assert "na.fa: 1 of 20 rows have no label ('NA' 1)" in result.output


def test_no_row_left(read, files):
    table = pd.read_csv(files / "labels.csv")
    table.assign(label="NA").to_csv(files / "labels.csv", index=False)
    result = read("compare, labels", "--missing-values", "NA")
    assert result.exit_code == 2
    assert "labels.csv: 20 of 20 rows have no label ('NA' 20), so none is left" in result.output


@pytest.mark.parametrize("twins", [("1", "1.0"), ("Yes", "yes")])
@pytest.mark.parametrize("command", ["compare", *OF_LABELS])
def test_classes_that_differ_in_writing_only_are_told(read, files, command, twins):
    name = table_of(command)
    table = pd.read_csv(files / name)
    table.assign(label=[*twins, "0", "0"] * 5).to_csv(files / name, index=False)
    result = read(command)
    assert result.exit_code == 0, result.output
    assert (
        f"Warning: {name}: '{twins[0]}' and '{twins[1]}' differ in writing only, and each counts as a label of its"
        in (result.output)
    )


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_of_other_systems(read, files, ending):
    read("windows, labels")
    expected = (files / "out.csv").read_text()
    content = (files / "labels.csv").read_text()
    (files / "labels.csv").write_bytes(b"\xef\xbb\xbf" + content.replace("\n", ending).encode())
    result = read("windows, labels")
    assert result.exit_code == 0, result.output
    assert (files / "out.csv").read_text() == expected


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("name,sequence,label,label\na,ACGT,A,B\n", "table.csv has 2 columns 'label'; rename the others"),
        (
            "name,label\na,A\n",
            "table.csv has no column 'sequence'; a table of sequences has the columns name, sequence",
        ),
        ("name,sequence,label\na,ACGT,A\n,ACGT,B\n", "table.csv, line 3: the row has no name"),
        ("name,sequence,label\n", "table.csv has a heading and no rows"),
        (
            'name,sequence,label\na,ACGT,"A\nb,ACGA,B"\n',
            "table.csv, 'a': the field of column 'label' holds a line break",
        ),
        ('name,sequence,label\na,ACGT,"A\nb,ACGA,B\n', "table.csv, line 2: a field's double quotes are not closed"),
    ],
)
def test_bad_tables_are_one_line(read, files, table, message):
    (files / "table.csv").write_text(table)
    result = read("windows")
    assert result.exit_code == 2
    (line,) = result.output.splitlines()
    assert line.startswith(f"Error: {message}")


def test_orthologs_have_the_same_rules(read, files):
    table = pd.read_csv(files / "table.csv").rename(columns={"name": "identifier"})
    table["sequence"] = table["sequence"].str[1:] + "A"
    table.loc[3, "sequence"] = "NA"
    table[["identifier", "sequence"]].to_csv(files / "orthologs.csv", index=False)
    result = read("compare", "--orthologs", "orthologs.csv")
    assert result.exit_code == 2
    assert "Error: orthologs.csv: the sequence of 'up_3' is 'NA'" in result.output
    result = read("compare", "--orthologs", "orthologs.csv", "--missing-values", "NA")
    assert result.exit_code == 0, result.output
    assert "left out: 1 pairs whose ortholog has no sequence" in result.output


def test_people_have_the_same_rules(run, tmp_path):
    from seqaug_sklearn.datasets import make_genotypes, write_vcf

    people = make_genotypes(20, n_variants=40, n_populations=2, random_state=0)
    write_vcf(tmp_path / "people.vcf", people)
    table = people.people()[["sample", "population"]]
    table.loc[3, "population"] = "NA"
    table.to_csv(tmp_path / "labels.csv", index=False)
    arguments = ["genotypes", tmp_path / "people.vcf", "--labels", tmp_path / "labels.csv", "--out", tmp_path / "out"]
    result = run(*arguments)
    assert result.exit_code == 2
    assert "is 'NA', which may mean missing or be a label; --missing-values \"NA\" says that" in result.output
    result = run(*arguments, "--missing-values", "NA")
    assert "1 of 40 samples have no label: 'sim04'; complete the table" in result.output
    (tmp_path / "labels.csv").write_text((tmp_path / "labels.csv").read_text().replace("POP1\n", "POP1,\n", 1))
    assert "labels.csv, line 2 ('sim01'): 3 fields, but the heading has 2" in run(*arguments).output


# windows, as seqaug windows writes them


def test_windows_are_read_back(run, files, monkeypatch):
    monkeypatch.chdir(files)
    run("windows", "data.fa", "--window", 20, "--max-windows", 3, "--out", "windows.csv")
    result = run("audit", "data.fa", "windows.csv")
    assert result.exit_code == 1, result.output
    assert "60 of 60 test rows (100.0%) leak: 60 shifted copies" in result.output
    assert "test row 'down_0:0' and training row 'down_0'" in result.output
    run("windows", "windows.csv", "--window", 20, "--out", "again.csv")
    assert (files / "again.csv").read_text().count("\n") == 61
    result = run("compare", "windows.csv", "--out", "report", *SMALL[:4], "--window", 10, "--repeats", 1)
    assert result.exit_code == 0, result.output
    assert "windows.csv holds windows: those of one parent stay on one side of every split" in result.output
    assert "No group is on both sides of a split" in (files / "report" / "report.html").read_text()


def test_compare_takes_a_table_that_holds_more_names(run, compared, tmp_path, random_dna):
    (tmp_path / "d.fa").write_text("".join(f">d{i}\n{text}\n" for i, text in enumerate(random_dna(8, 60))))
    table = pd.DataFrame({"name": [f"d{i}" for i in range(11)], "label": [*"ABABABAB", "C", "C", "C"]})
    table.to_csv(tmp_path / "l.csv", index=False)
    result = run("compare", tmp_path / "d.fa", "--labels", tmp_path / "l.csv", "--out", tmp_path / "out")
    assert "3 of 11 labels in l.csv are of other names and were not used." in result.output
    assert list(compared[0]["y"]) == list("ABABABAB")


def columns(tmp_path, *lines):
    (tmp_path / "m.csv").write_text("\n".join(["name,sequence,a,b", *lines]) + "\n")
    return tmp_path / "m.csv"


def test_a_gap_among_numbers_is_a_gap(tmp_path):
    file = columns(
        tmp_path, "one,ACGT,0.5,1", "two,ACGA,NA,0", "three,ACGG,1.25,", "four,ACCC,0.50,1", "five,ACC,2.5,0"
    )
    with pytest.warns(UserWarning, match=r"1 of 5 rows have no label \('NA' 1\) and are left out: 'two'") as told:
        table = read_labelled(file, label_column="a", task="auto")
    # 0.5 and 0.50 are one number
    assert len(told) == 1
    assert table.labels.to_dict() == {"one": "0.5", "three": "1.25", "four": "0.50", "five": "2.5"}
    with pytest.raises(ValueError, match="which may mean missing or be a label"):
        read_labelled(file, label_column="a")
    with pytest.raises(ValueError, match="which may mean missing or be a label"):
        read_labelled(file, label_column="a", task="classes")


def test_several_columns_keep_rows_that_have_one_label(tmp_path):
    file = columns(tmp_path, "one,ACGT,0.5,1", "two,ACGA,NA,0", "three,ACGG,-,", "four,ACCC,2,")
    with pytest.warns(UserWarning, match="1 of 4 rows have no label"):
        table = read_labelled(file, label_column="a, b", task="auto")
    assert table.sequences.index.tolist() == ["one", "two", "four"]
    assert table.labels.isna().to_numpy().tolist() == [[False, False], [True, False], [False, True]]
    target = read_target(table.labels)
    assert (target.kind, target.names) == ("number", ("a", "b"))
    again = labels_of(table.sequences, file, label_column="a,b", task="auto")
    assert again.equals(table.labels)
    with pytest.raises(ValueError, match="--label-column a,a must name different columns"):
        read_labelled(file, label_column="a,a", task="auto")
    with pytest.raises(ValueError, match="has no column 'c'"):
        read_labelled(file, label_column="a,c", task="auto")
    with pytest.raises(ValueError, match="has no column 'a,b'"):
        read_labelled(file, label_column="a,b")


@pytest.mark.realdata
def test_a_table_of_guides_is_read_as_it_is(real_data):
    """Sequences, measured numbers and groups of one packed table with further columns."""
    path = real_data / "crispr" / "guides.csv.gz"
    table = pd.read_csv(path, index_col="name")
    read = read_labelled(path, label_column="score", groups="gene")
    for found, column in ((read.sequences, "sequence"), (read.groups, "gene")):
        assert found.to_dict() == table[column].to_dict()
    target = read_target(read.labels)
    assert target.kind == "number"
    assert target.columns[:, 0].tolist() == table["score"].tolist()
    numbers = read_table(path).set_index("name")["percent_peptide"].astype(float)
    assert numbers.to_dict() == table["percent_peptide"].to_dict()
