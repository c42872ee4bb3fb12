"""``seqaug audit``: exit codes that a pipeline can trust, what is printed, and the report."""

import pandas as pd
import pytest

_COMPLEMENT = str.maketrans("ACGT", "TGCA")


@pytest.fixture
def training(random_dna):
    return random_dna(12, 120)


@pytest.fixture
def fasta(tmp_path):
    """``fasta("test.fa", sequences)`` writes records named after the file."""

    def write(name, sequences):
        path = tmp_path / name
        path.write_text("".join(f">{path.stem}{i}\n{s}\n" for i, s in enumerate(sequences)))
        return path

    return write


def unrelated(n, length, symbols="ACGT"):
    import numpy as np

    return ["".join(row) for row in np.random.default_rng(99).choice(list(symbols), size=(n, length))]


def shifted(sequence):
    return sequence[7:] + unrelated(1, 7)[0]


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (lambda s: s, "copy"),
        (shifted, "shifted copy"),
        (lambda s: s.translate(_COMPLEMENT)[::-1], "reverse complement"),
        (lambda s: s[40:70] + unrelated(1, 90)[0], "overlap"),
    ],
    ids=["copy", "shift", "reverse complement", "overlap"],
)
def test_planted_leaks_end_with_code_1(run, fasta, training, plant, kind):
    test = [*unrelated(4, 120), plant(training[5])]
    result = run("audit", fasta("train.fa", training), fasta("test.fa", test))
    assert result.exit_code == 1, result.output
    assert f"1 of 5 test rows (20.0%) leak: 1 {kind}." in result.output
    worst = result.output.splitlines()[-1].split()
    assert worst[0] == "test4"
    assert "train5" in worst


def test_unrelated_sequences_end_with_code_0(run, fasta, training):
    result = run("audit", fasta("train.fa", training), fasta("test.fa", unrelated(10, 120)))
    assert result.exit_code == 0, result.output
    assert result.output.startswith("No leak found: none of 10 test rows")


def test_proteins_have_one_strand(run, fasta):
    proteins = unrelated(6, 80, "ACDEFGHIKLMNPQRSTVWY")
    train = fasta("train.fa", proteins[:4])
    leaking = run("audit", train, fasta("test.fa", [proteins[4], proteins[0][3:]]), "--alphabet", "protein")
    assert leaking.exit_code == 1, leaking.output
    backwards = run("audit", train, fasta("test.fa", [proteins[0][::-1]]), "--alphabet", "protein")
    assert backwards.exit_code == 0, backwards.output


def test_settings_decide(run, fasta, training):
    test = fasta("test.fa", [training[0][:30] + unrelated(1, 90)[0]])
    arguments = ("audit", fasta("train.fa", training), test, "--threshold", 1)
    assert run(*arguments, "--min-run", 30).exit_code == 1
    assert run(*arguments, "--min-run", 31).exit_code == 0
    assert "of its 9-mers" in run(*arguments[:3], "--k", 9).output


def test_tables_are_read_too(run, fasta, training, tmp_path):
    table = tmp_path / "test.csv"
    pd.DataFrame({"name": ["gene"], "sequence": training[:1]}).to_csv(table, index=False)
    result = run("audit", fasta("train.fa", training), table)
    assert result.exit_code == 1
    assert "test row 'gene' and training row 'train0'" in result.output


def test_low_complexity_counts_on_demand(run, fasta, tmp_path):
    train = fasta("train.fa", [text + "CA" * 20 for text in unrelated(8, 120)[:4]])
    test = fasta("test.fa", [text + "CA" * 20 for text in unrelated(8, 120)[4:]])
    out = tmp_path / "out"
    result = run("audit", train, test, "--out", out)
    assert result.exit_code == 0, result.output
    assert "Not counted: 4 rows (100.0%) that share only sequence of low complexity" in result.output
    assert set(pd.read_csv(out / "tables" / "every_test_row.csv")["kind"]) == {"low complexity"}
    assert "low complexity" in (out / "report.html").read_text()
    counted = run("audit", train, test, "--keep-low-complexity")
    assert counted.exit_code == 1
    assert "4 of 4 test rows (100.0%) leak" in counted.output


def test_report_names_every_leaked_row(run, fasta, training, tmp_path):
    test = [*unrelated(4, 120), training[5], shifted(training[2])]
    out = tmp_path / "out"
    result = run("audit", fasta("train.fa", training), fasta("test.fa", test), "--out", out)
    assert result.exit_code == 1, result.output
    assert f"Report: {out / 'report.html'}" in result.output
    leaked = pd.read_csv(out / "tables" / "leaked_rows_worst_first.csv")
    assert leaked["test row"].tolist() == ["test4", "test5"]
    assert leaked["nearest training row"].tolist() == ["train5", "train2"]
    assert leaked["longest run"].tolist()[0] == 120
    every = pd.read_csv(out / "tables" / "every_test_row.csv", index_col=0)
    assert every["leaked"].tolist() == [False] * 4 + [True] * 2
    assert len(list((out / "figures").glob("*.png"))) == 1
    page = (out / "report.html").read_text()
    assert "2 of 6 test rows (33.3%) leak" in page
    assert "train.fa" in page


def test_clean_report_has_no_table_of_leaks(run, fasta, training, tmp_path):
    out = tmp_path / "out"
    result = run("audit", fasta("train.fa", training), fasta("test.fa", unrelated(5, 120)), "--out", out)
    assert result.exit_code == 0, result.output
    assert [path.name for path in (out / "tables").iterdir()] == ["every_test_row.csv"]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (None, [], "No such file"),
        (">a\nACGT!\n", [], "'!'"),
        (">a\nMKLE\n", [], "'test: a', position 2: symbol 'L'"),
        ("", [], "test.fa is empty"),
        (">a\nACGTACGTACGTACGT\n", ["--k", 500], "500"),
    ],
    ids=["missing", "symbol", "protein as DNA", "empty", "k too long"],
)
def test_bad_input_is_one_line_and_code_2(run, fasta, training, tmp_path, content, options, message):
    test = tmp_path / "test.fa"
    if content is not None:
        test.write_text(content)
    result = run("audit", fasta("train.fa", training), test, *options)
    assert result.exit_code == 2
    assert result.output.startswith("Error: ")
    assert len(result.output.strip().splitlines()) == 1
    assert message in result.output


def test_rows_too_short_to_tell_are_counted(run, fasta, training):
    result = run("audit", fasta("train.fa", training), fasta("test.fa", [training[0][:11], *unrelated(2, 120)]))
    assert result.exit_code == 0
    assert "Warning: 1 of 3 test rows are shorter than k = 12" in result.output


def test_other_peoples_folder_is_left_alone(run, fasta, training, tmp_path):
    train = fasta("train.fa", training)
    result = run("audit", train, train, "--out", tmp_path)
    assert result.exit_code == 2
    assert "is or holds the input" in result.output
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("mine")
    result = run("audit", train, train, "--out", tmp_path / "mine")
    assert result.exit_code == 2
    assert "holds no earlier report" in result.output
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.tex"]


@pytest.fixture
def leaking(fasta, training, tmp_path):
    """Training file, and a test file of six clean rows, a copy, and a shifted row, of two lines each."""
    rows = [*unrelated(6, 120), training[3], shifted(training[7])]
    path = tmp_path / "test.fa"
    path.write_text("".join(f">{'ab'[i % 2]}_{i} number {i}\n{s[:70]}\n{s[70:]}\n" for i, s in enumerate(rows)))
    return fasta("train.fa", training), path


def records_of(path):
    return [f">{record}" for record in path.read_text().split(">")[1:]]


def test_the_cleaned_test_set_is_what_did_not_leak_as_it_stood(run, leaking, tmp_path):
    train, test = leaking
    clean = tmp_path / "clean.fa"
    result = run("audit", train, test, "--clean", clean, "--label-pattern", "^.")
    assert result.exit_code == 1, result.output
    assert records_of(clean) == records_of(test)[:6]
    assert f"Clean test set: {clean}\n6 of 8 test rows are left: 3 of 4 a, 3 of 4 b.\n" in result.output
    assert "No relative was found in these rows. This search can miss" in " ".join(result.output.split())
    before = clean.read_bytes()
    run("audit", train, test, "--clean", clean)
    assert clean.read_bytes() == before
    assert run("audit", train, clean).exit_code == 0


def test_labels_of_a_table_that_holds_the_training_rows_too(run, leaking, tmp_path):
    train, test = leaking
    names = [*(f"train{i}" for i in range(12)), *(f"{'ab'[i % 2]}_{i}" for i in range(8))]
    table = pd.DataFrame({"id": names, "kind": ["x"] * 18 + ["y"] * 2})
    table.to_csv(tmp_path / "labels.csv", index=False)
    options = ["--labels", tmp_path / "labels.csv", "--label-column", "kind"]
    result = run("audit", train, test, "--clean", tmp_path / "clean.fa", *options)
    assert "6 of 8 test rows are left: 6 of 6 x, 0 of 2 y. Nothing is left of 'y'" in result.output
    table[:-1].to_csv(tmp_path / "labels.csv", index=False)
    result = run("audit", train, test, "--clean", tmp_path / "clean.fa", *options)
    assert result.exit_code == 2
    assert "labels.csv has no label for 'b_7' of test.fa" in result.output


def test_what_it_cannot_see_is_said_in_one_way(run, fasta, training, tmp_path):
    train, test = fasta("train.fa", training), fasta("test.fa", unrelated(4, 120))
    for options in (["--homologs", "no"], ["--homologs", "auto"], ["--min-run", 30]):
        audit = run("audit", train, test, *options).output
        said = audit[audit.index("(longest run") :].partition("). ")[2].strip()
        groups = run("groups", train, test, "--out", tmp_path / "g.csv", *options).output
        assert f"\n{said}\n\nGroups: " in groups
        assert "This search can miss" in said


def test_copies_with_another_label_are_named(run, leaking, tmp_path):
    train, test = leaking
    labels = pd.DataFrame({"name": [*(f"train{i}" for i in range(12)), *(f"{'ab'[i % 2]}_{i}" for i in range(8))]})
    labels["label"] = ["x"] * 19 + ["y"]
    labels.to_csv(tmp_path / "labels.csv", index=False)
    out = tmp_path / "out"
    result = run("audit", train, test, "--labels", tmp_path / "labels.csv", "--out", out)
    assert "Contradictions: 1 of 2 copies and close relatives" in result.output
    assert "'b_7' (y) and training row 'train7' (x)" in result.output
    table = pd.read_csv(out / "tables" / "copies_and_close_relatives_with_another_label.csv")
    assert (table.pop("identity") > 0.95).all()
    assert (table.pop("coverage") > 0.9).all()
    assert table.to_dict("records") == [
        {"test row": "b_7", "training row": "train7", "kind": "shifted copy", "label": "y", "its label": "x"}
    ]
    # labels of the test rows alone
    labels[12:].to_csv(tmp_path / "labels.csv", index=False)
    result = run("audit", train, test, "--labels", tmp_path / "labels.csv")
    assert (
        "(no name of train.fa is in labels.csv: the sequences are called 'train0', 'train1' and 10 more"
        in result.output
    )
    assert "so contradictions were not looked for" in result.output


def test_labels_of_tables_are_looked_at_without_being_asked(run, training, tmp_path):
    rows = pd.DataFrame({"name": list("abc"), "sequence": training[:3], "label": list("xyx")})
    rows.to_csv(tmp_path / "train.csv", index=False)
    rows.assign(label=list("xyy")).to_csv(tmp_path / "test.csv", index=False)
    result = run("audit", tmp_path / "train.csv", tmp_path / "test.csv")
    assert "Contradictions: 1 of 3 copies and close relatives" in result.output
    rows.drop(columns="label").to_csv(tmp_path / "test.csv", index=False)
    assert "ontradictions" not in run("audit", tmp_path / "train.csv", tmp_path / "test.csv").output


def mutated(text, every, symbols):
    """A homolog whose k-mers of five are all gone."""
    return "".join(symbols[symbols.index(s) - 1] if i % every == 0 else s for i, s in enumerate(text))


def test_homologs_on_demand(run, fasta, tmp_path):
    pytest.importorskip("parasail")
    symbols = "ACDEFGHIKLMNPQRSTVWY"
    proteins = unrelated(6, 200, symbols)
    train = fasta("train.fa", proteins[:3])
    test = fasta("test.fa", [mutated(proteins[0], 4, symbols), *proteins[3:]])
    command = ["audit", train, test, "--alphabet", "protein"]
    found = run(*command)
    assert found.exit_code == 1, found.output
    assert "1 homolog" in found.output
    header, row = found.output.strip().splitlines()[-2:]
    assert "E-value" in header
    # digits for reading
    assert "0.75" in row.split()
    assert run(*command, "--homologs", "no").exit_code == 0
    assert run(*command, "--max-evalue", 1e-200).exit_code == 0
    assert run(*command, "--min-run", 9).exit_code == 0
    assert run(*command, "--min-run", 9, "--homologs", "yes").exit_code == 1


def test_tags_count_on_demand(run, fasta):
    symbols = "ACDEFGHIKLMNPQRSTVWY"
    rows = [f"MGSSHHHHHHSSGLVPRGSH{text}" for text in unrelated(4, 100, symbols)]
    command = ["audit", fasta("train.fa", rows[:2]), fasta("test.fa", rows[2:]), "--alphabet", "protein"]
    assert run(*command).exit_code == 0
    assert run(*command, "--keep-tags").exit_code == 1


@pytest.mark.parametrize("name", ["clean.csv", "clean.tsv", "clean.csv.gz", "clean.fa"])
def test_a_table_is_cleaned_with_all_of_its_columns(run, fasta, training, tmp_path, name):
    rows = pd.DataFrame({"score": range(4), "name": list("wxyz"), "sequence": [*unrelated(3, 120), training[2]]})
    rows["label"] = ["a", "b", "b", "a"]
    rows.to_csv(tmp_path / "test.csv", index=False)
    result = run("audit", fasta("train.fa", training), tmp_path / "test.csv", "--clean", tmp_path / name)
    assert result.exit_code == 1, result.output
    assert "3 of 4 test rows are left: 1 of 2 a, 2 of 2 b." in result.output
    if name == "clean.fa":
        assert records_of(tmp_path / name) == [f">{n}\n{s}\n" for n, s in zip("wxy", rows["sequence"], strict=False)]
    else:
        read = pd.read_csv(tmp_path / name, sep="\t" if name == "clean.tsv" else ",")
        pd.testing.assert_frame_equal(read, rows[:3])


@pytest.mark.parametrize(
    ("alphabet", "symbols"), [("dna", "ACGT"), ("rna", "ACGU"), ("protein", "ACDEFGHIKLMNPQRSTVWY")]
)
def test_every_alphabet_is_cleaned(run, fasta, tmp_path, alphabet, symbols):
    rows = unrelated(12, 100, symbols)
    train, test = fasta("train.fa", rows[:6]), fasta("test.fa", [*rows[6:], rows[0][9:] + rows[11][:9]])
    result = run("audit", train, test, "--alphabet", alphabet, "--clean", tmp_path / "clean.fa")
    assert result.exit_code == 1, result.output
    assert records_of(tmp_path / "clean.fa") == records_of(test)[:6]


def test_the_cleaned_set_may_lie_in_the_report(run, leaking, tmp_path):
    train, test = leaking
    out = tmp_path / "report"
    for _ in range(2):
        result = run("audit", train, test, "--out", out, "--clean", out / "clean.fa")
        assert result.exit_code == 1, result.output
        assert len(records_of(out / "clean.fa")) == 6
        assert (out / "report.html").exists()


def test_nothing_left_is_refused_and_a_clean_set_written_whole(run, fasta, training, tmp_path):
    train, clean = fasta("train.fa", training), tmp_path / "clean.fa"
    result = run("audit", train, fasta("test.fa", training[:3]), "--clean", clean, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert f"Error: all 3 test rows leak, so nothing is left for {clean}, which is not written" in result.output
    assert not clean.exists()
    assert (tmp_path / "out" / "report.html").exists()
    whole = fasta("whole.fa", unrelated(5, 120))
    assert run("audit", train, whole, "--clean", clean).exit_code == 0
    assert clean.read_bytes() == whole.read_bytes()


def test_the_cleaned_set_never_takes_an_inputs_place(run, leaking):
    train, test = leaking
    before = test.read_bytes()
    for path in (train, test):
        result = run("audit", train, test, "--clean", path)
        assert result.exit_code == 2
        assert "is the input" in result.output
    assert test.read_bytes() == before


def test_rows_that_are_not_shown_are_counted(run, fasta, training, tmp_path):
    train, twelve, ten = fasta("train.fa", training), fasta("test.fa", training[:12]), fasta("ten.fa", training[:10])
    assert "... and 2 more (--out FOLDER writes all)." in run("audit", train, twelve).output
    assert "... and 2 more, all in the report." in run("audit", train, twelve, "--out", tmp_path / "out").output
    assert len(pd.read_csv(tmp_path / "out" / "tables" / "leaked_rows_worst_first.csv")) == 12
    assert " more" not in run("audit", train, ten).output


def test_without_alignments_there_are_no_columns_of_them(run, fasta, training):
    train, test = fasta("train.fa", training), fasta("test.fa", [shifted(training[0])])
    output = run("audit", train, test, "--homologs", "no").output
    assert "share of 12-mers strand grade" in output
    assert not [word for word in ("identity  coverage", "E-value", "NaN") if word in output]


def test_a_clean_set_has_no_figure_of_leaks(run, fasta, training, tmp_path):
    train, test = fasta("train.fa", training), fasta("test.fa", unrelated(4, 120))
    run("audit", train, test, "--out", tmp_path / "clean")
    run("audit", train, train, "--out", tmp_path / "leaks")
    assert [len(list((tmp_path / name).glob("figures/*"))) > 0 for name in ("clean", "leaks")] == [False, True]
    assert "<img" not in (tmp_path / "clean" / "report.html").read_text()
