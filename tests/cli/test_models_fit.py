"""``seqaug fit`` and ``seqaug predict``: from labelled sequences to predictions of new ones."""

import gzip
import json
import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from typer.testing import CliRunner

from seqaug_sklearn.cli import app
from seqaug_sklearn.datasets import make_promoters, write_fasta
from seqaug_sklearn.persistence import load_model

# what all tests share is made once, by one worker
pytestmark = pytest.mark.xdist_group("models_fit")


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def data():
    return make_promoters(60, length=80, n_families=20, n_orthologs=0, random_state=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, data):
    """A fitted model, and the files that it was made from."""
    path = tmp_path_factory.mktemp("fit")
    write_fasta(data.sequences, path / "data.fa")
    labels = np.where(data.y == 1, "active", "silent")
    table = pd.DataFrame({"name": data.sequences.index, "label": labels, "family": data.groups})
    table.to_csv(path / "labels.csv", index=False)
    done = run(
        "fit", path / "data.fa", "--labels", path / "labels.csv", "--groups", "family", "--model", "kmers,composition",
        "--out", path / "model",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    (path / "fit.txt").write_text(done.output)
    return path


def test_the_verdict_is_printed_and_kept(folder):
    told = (folder / "fit.txt").read_text()
    assert "Expected time: about" in told
    assert "Chosen on all rows: " in told
    about = json.loads((folder / "model" / "model.json").read_text())["about"]
    assert about["command"].startswith("seqaug")
    assert about["sequences"] == {"active": 32, "silent": 28}
    assert all(line in told for line in about["verdict"])
    card = (folder / "model" / "MODEL_CARD.md").read_text()
    assert "auroc" in card.lower()
    assert not list(folder.glob("*.folds"))


@pytest.mark.parametrize("name", ["predictions.csv", "predictions.tsv", "predictions.csv.gz"])
def test_predictions_are_those_of_the_model(folder, data, name, monkeypatch):
    monkeypatch.setattr("seqaug_sklearn.cli._models._prediction_rows._BLOCK", 7)
    done = run("predict", folder / "model", folder / "data.fa", "--out", folder / name)
    assert done.exit_code == 0, done.output
    assert "60 sequences: " in done.output
    assert "All are copies of training sequences, which are no test of the model." in done.output
    assert "All are within the model's domain." in done.output
    table = pd.read_csv(folder / name, sep="\t" if ".tsv" in name else ",", index_col="name")
    model = load_model(folder / "model")
    assert table.index.tolist() == data.sequences.index.tolist()
    assert (table["predicted"] == model.predict(data.sequences)).all()
    np.testing.assert_allclose(table["p_silent"], model.predict_proba(data.sequences)[:, 1], atol=1e-5)
    assert (table["copy_of"] == table.index).all()


def test_labels_give_scores_of_all_and_of_new_rows(folder, data):
    others = make_promoters(20, length=80, n_families=5, n_orthologs=0, random_state=1)
    new = pd.concat([data.sequences[:10], others.sequences.set_axis([f"new{i}" for i in range(20)])])
    write_fasta(new, folder / "new.fa")
    truth = np.where(np.concatenate([data.y[:10], others.y]) == 1, "active", "silent")
    pd.DataFrame({"name": new.index, "label": truth}).to_csv(folder / "new.csv", index=False)
    done = run(
        "predict", folder / "model", folder / "new.fa", "--labels", folder / "new.csv", "--out", folder / "p.csv"
    )
    assert done.exit_code == 0, done.output
    assert "Scores of all labelled sequences (30): accuracy" in done.output
    assert "Scores of those that are not identical to a training sequence (20): accuracy" in done.output
    known = run(
        "predict", folder / "model", folder / "data.fa", "--labels", folder / "labels.csv", "--out", folder / "p.csv"
    )
    assert "There are none of those that are not identical to a training sequence" in known.output
    labels = pd.read_csv(folder / "labels.csv").assign(label="other")
    labels.to_csv(folder / "others.csv", index=False)
    strange = run(
        "predict", folder / "model", folder / "data.fa", "--labels", folder / "others.csv", "--out", folder / "q.csv"
    )
    assert strange.exit_code == 2
    assert "label 'other' of 'sim01' is none of the classes of the model (active, silent)" in strange.output
    assert not (folder / "q.csv").exists()
    assert "Promised and true share of right answers" in done.output


def test_packed_files_are_the_same_every_time(folder):
    contents = []
    for name in ("one.csv.gz", "two.csv.gz"):
        assert run("predict", folder / "model", folder / "data.fa", "--out", folder / name).exit_code == 0
        contents.append((folder / name).read_bytes())
    assert contents[0] == contents[1]
    assert gzip.decompress(contents[0]).startswith(b"name,predicted,p_active,p_silent,spread,in_domain,nearest,")


def test_a_private_model_holds_no_name_and_no_sequence(folder, data):
    done = run(
        "fit", folder / "data.fa", "--labels", folder / "labels.csv", "--model", "kmers", "--private", "--out",
        folder / "private",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    content = b"".join(file.read_bytes() for file in (folder / "private").iterdir() if file.is_file())
    for name, sequence in data.sequences.items():
        assert f'"{name}"'.encode() not in content
        assert sequence[:30].encode() not in content


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", ""], "--model is empty"),
        (["--model", "nonsense"], "nonsense"),
        (["--budget", "soon"], "--budget"),
        (["--private", "--model", "svm"], "--private"),
        (["--model", "kmers", "--edits", "gentle"], "--edits must go with a model that has '+ edits' behind it"),
        (["--model", "kmers", "--coding"], "--edits must go with a model"),
        (["--model", "kmers + edits", "--edits", "polish"], "--edits must be made of a preset"),
        (["--alphabet", "protein", "--model", "kmers"], ""),
    ],
)
def test_bad_options_are_one_line(folder, tmp_path, arguments, message):
    done = run("fit", folder / "data.fa", "--labels", folder / "labels.csv", "--out", tmp_path / "m", *arguments)
    if message:
        assert done.exit_code == 2
        assert message in done.output
        assert "Traceback" not in done.output
        assert not (tmp_path / "m").exists()


def test_bad_input_of_predict(folder, tmp_path):
    (tmp_path / "protein.fa").write_text(">p\nMKLVEEQQ\n")
    done = run("predict", folder / "model", tmp_path / "protein.fa", "--out", tmp_path / "p.csv")
    assert done.exit_code == 2
    assert "sequence 'p'" in done.output
    assert not (tmp_path / "p.csv").exists()
    done = run("predict", tmp_path, folder / "data.fa", "--out", tmp_path / "p.csv")
    assert done.exit_code == 2
    assert "Error" in done.output


def test_an_interrupted_fit_is_resumed(folder, tmp_path, monkeypatch):
    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    arguments = ["fit", folder / "data.fa", "--labels", folder / "labels.csv", "--groups", "family"]
    arguments += ["--model", "kmers,composition", "--out", tmp_path / "model"]
    with monkeypatch.context() as patch:
        patch.setattr("seqaug_sklearn.evaluation._kept_models._sequence_model.fit_on_all", killed)
        done = run(*arguments)
    assert done.exit_code == 130
    assert "--resume continues from them" in done.output
    done = run(*arguments, "--resume")
    assert done.exit_code == 0, done.output
    resumed, whole = load_model(tmp_path / "model"), load_model(folder / "model")
    texts = ["ACGTTGCA" * 10, "TTGACATA" * 10]
    assert (resumed.predict_proba(texts) == whole.predict_proba(texts)).all()
    assert resumed.scores_ == whole.scores_


@pytest.fixture(scope="module")
def targets(tmp_path_factory, data):
    """Tables of a number, of two numbers with gaps, and of two labels for the same sequences."""
    path = tmp_path_factory.mktemp("targets")
    write_fasta(data.sequences, path / "data.fa")
    share = np.array([text.count("G") + text.count("C") for text in data.sequences]) / 80
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"name": data.sequences.index, "family": data.groups})
    table["activity"] = np.round(10 * share + 0.1 * rng.normal(size=60), 4)
    table["expression"] = np.where(rng.random(60) < 0.2, np.nan, np.round(5 - table["activity"], 3))
    table["root"], table["leaf"] = (share > np.median(share)).astype(int), (share > np.median(share) + 0.02).astype(int)
    table.to_csv(path / "targets.csv", index=False, na_rep="NA")
    return path


@pytest.fixture
def _few_folds(monkeypatch):
    for name in ("_OUTER", "_INNER"):
        monkeypatch.setattr(f"seqaug_sklearn.cli._models._fit.{name}", 2)


def fit(path, columns, *more):
    return run(
        "fit", path / "data.fa", "--labels", path / "targets.csv", "--label-column", columns, "--groups", "family",
        "--model", "composition,majority", "--out", path / columns, *more,
    )  # fmt: skip


def scored(path, columns, *more):
    """Predictions of a model of these columns, and what was said."""
    out = path / f"{columns}.csv"
    done = run("predict", path / columns, path / "data.fa", "--labels", path / "targets.csv", "--out", out, *more)
    assert done.exit_code == 0, done.output
    return pd.read_csv(out, index_col="name"), done.output


@pytest.mark.usefixtures("_few_folds")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--edits"], "2 per sequence of: insertion of 0 to 20 residues"),
        (["--edits", "gentle", "--strand", "single"], "shift by 0 to 5 residues"),
        (["--coding"], "1 per sequence of: synonymous exchange of 20 % of the codons"),
    ],
    ids=["alone", "preset", "coding"],
)
def test_what_the_edits_do_is_said_once_and_kept(tmp_path, options, told):
    few = make_promoters(24, length=66, n_families=8, n_orthologs=0, random_state=0)
    table = pd.DataFrame({"name": few.sequences.index, "sequence": few.sequences, "label": few.y})
    table.to_csv(tmp_path / "few.csv", index=False)
    done = run("fit", tmp_path / "few.csv", "--model", "kmers + edits", "--out", tmp_path / "model", *options)
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert said.count("Random edits: ") == said.count(told) == 1
    card = " ".join((tmp_path / "model" / "MODEL_CARD.md").read_text().split())
    assert told in card.partition("Edits that were tried")[2]


@pytest.mark.usefixtures("_few_folds")
def test_an_augmentation_is_chosen_for_one_model(tmp_path):
    few = make_promoters(24, length=64, n_families=8, n_orthologs=0, random_state=0)
    pd.DataFrame({"name": few.sequences.index, "sequence": few.sequences, "label": few.y}).to_csv(
        tmp_path / "few.csv", index=False
    )
    # time for the comparison of one augmentation with none
    done = run("fit", tmp_path / "few.csv", "--model", "kmers", "--choose-augmentation", "--budget", "1s", "--out",
               tmp_path / "model")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "Chosen on all rows: none" in done.output or "Chosen on all rows: reverse complement" in done.output
    assert load_model(tmp_path / "model").predict(few.sequences[:2]).shape == (2,)
    arguments = ["fit", tmp_path / "few.csv", "--model", "kmers", "--out", tmp_path / "own"]
    done = run(*arguments, "--choose-augmentation", "--edits", "gentle", "--budget", "1s")
    assert done.exit_code == 0, done.output
    assert "Chosen from none and 1 to 2 per sequence of: mutation of 2 %" in done.output
    assert re.search("Chosen on all rows: (none|gentle)", done.output)
    for models in ("auto", "kmers,svm", "kmers + edits"):
        refused = run("fit", tmp_path / "few.csv", "--model", models, "--choose-augmentation")
        assert refused.exit_code == 2
        assert "needs one model without an augmentation" in " ".join(refused.output.split())


@pytest.mark.usefixtures("_few_folds")
def test_a_number_is_fitted_and_predicted_with_its_interval(targets):
    done = fit(targets, "activity")
    assert done.exit_code == 0, done.output
    first = done.output.splitlines()[0]
    assert first.startswith("activity is read as numbers: ")
    assert first.endswith("; --task classes reads them as names of classes.") or "classes" not in first
    assert "The 90 % interval is the prediction ± " in done.output
    about = json.loads((targets / "activity" / "model.json").read_text())["about"]
    assert {"spearman", "rmse"} < set(about["score"])
    table, told = scored(targets, "activity")
    assert table.columns[:4].tolist() == ["prediction", "low", "high", "spread"]
    truth = pd.read_csv(targets / "targets.csv", index_col="name")["activity"]
    assert np.corrcoef(table["prediction"], truth)[0, 1] > 0.9
    assert "60 sequences: predictions from " in told
    assert "Scores of all labelled sequences (60): Spearman correlation 0.9" in told
    # how the column is read is said once, by its name, in what is printed and on the card
    card = (targets / "activity" / "MODEL_CARD.md").read_text()
    assert done.output.count("is read as numbers") == 1
    assert "**What is predicted**: activity is read as numbers" in card
    assert "nan" not in card.lower().replace("nanmean", "")
    assert "coverage" in told


@pytest.mark.usefixtures("_few_folds")
def test_several_numbers_with_gaps_are_fitted(targets):
    done = fit(targets, "activity,expression")
    assert done.exit_code == 0, done.output
    assert "activity, expression is read as 2 numbers per row" in done.output.splitlines()[0]
    table, told = scored(targets, "activity,expression")
    assert {"prediction_activity", "low_expression", "high_expression"} < set(table.columns)
    # one line of means, and a row for each target
    assert re.search(r"\(60, means over 2 targets\): Spearman correlation \S+ \(\S+ to \S+\), Pearson[^\n]*\.\n", told)
    assert not re.search(r"means over[^\n]*(RMSE|expression)", told)
    assert re.search(r"\n *target +Spearman correlation +Pearson correlation +R² +RMSE +MAE\n", told)
    assert re.search(r"\nexpression +0\.9", told)
    wrong = run(
        "predict", targets / "activity,expression", targets / "data.fa", "--labels", targets / "targets.csv",
        "--label-column", "activity", "--out", targets / "w.csv",
    )  # fmt: skip
    assert wrong.exit_code == 2
    assert "names 1 of the 2 targets of the model (activity, expression)" in wrong.output


@pytest.mark.usefixtures("_few_folds")
def test_several_labels_are_fitted(targets):
    done = fit(targets, "root,leaf")
    assert done.exit_code == 0, done.output
    assert "root, leaf is read as 2 labels that are there or not" in done.output.splitlines()[0]
    table, told = scored(targets, "root,leaf")
    assert table.columns[:3].tolist() == ["predicted_root", "p_root", "spread_root"]
    assert re.search(r"\n *label +AUROC +AUPRC +accuracy +balanced accuracy\n *root +(0\.9|1\.)", told)
    assert f"{table['predicted_root'].sum()} root" in told


@pytest.mark.usefixtures("_few_folds")
def test_twenty_fractions_never_become_twenty_classes(targets, data):
    few = pd.read_csv(targets / "targets.csv").head(20)
    few.to_csv(targets / "few.csv", index=False, na_rep="NA")
    write_fasta(data.sequences[:20], targets / "few.fa")
    options = ["--labels", targets / "few.csv", "--label-column", "activity", "--model", "composition"]
    done = run("fit", targets / "few.fa", *options, "--out", targets / "few")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("activity is read as numbers")
    refused = run("fit", targets / "few.fa", *options, "--task", "classes", "--out", targets / "refused")
    assert refused.exit_code == 2
    assert "looks like a measurement" in refused.output


@pytest.mark.parametrize(
    ("column", "options", "message"),
    [
        (["inf"] + ["1.5", "2.25"] * 30, ["--task", "number"], "'inf' in row '"),
        (["high"] + ["1.5", "2.25"] * 30, ["--task", "number"], "'high' in row '"),
        (["2.5"] * 61, ["--task", "number"], "one value only"),
        (["0", "1"] * 31, ["--task", "labels"], "one column of 0 and 1 is two classes"),
    ],
)
def test_bad_targets_are_one_line(targets, tmp_path, data, column, options, message):
    table = pd.DataFrame({"name": data.sequences.index, "value": column[:60]})
    table.to_csv(tmp_path / "bad.csv", index=False)
    labels = ["--labels", tmp_path / "bad.csv", "--label-column", "value", "--model", "composition"]
    done = run("fit", targets / "data.fa", *labels, *options, "--out", tmp_path / "m")
    assert done.exit_code == 2, done.output
    assert message in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "m").exists()


@pytest.mark.usefixtures("_few_folds")
def test_covariates_are_fitted_and_asked_for(targets, data):
    table = pd.read_csv(targets / "targets.csv", index_col="name")
    dose = np.random.default_rng(3).normal(size=60)
    rows = pd.DataFrame({"sequence": data.sequences, "dose": dose, "family": data.groups, "label": dose + 1})
    rows.rename_axis("name").to_csv(targets / "rows.csv")
    out = targets / "with_dose"
    about = ["--groups", "family", "--model", "ridge", "--task", "number", "--out", out]
    done = run("fit", targets / "rows.csv", "--covariates", "dose", *about)
    assert done.exit_code == 0, done.output
    assert "the covariates alone score" in done.output
    baselines = json.loads((out / "model.json").read_text())["about"]["baselines"]
    assert "covariates alone" in baselines
    done = run("predict", out, targets / "rows.csv", "--covariates", "dose", "--out", targets / "dosed.csv")
    assert done.exit_code == 0, done.output
    # what reads the sequence beside covariates is explained too
    rows.head(3).rename_axis("name").to_csv(targets / "three.csv")
    about = [targets / "three.csv", "--covariates", "dose", "--out", targets / "explained"]
    assert run("explain", out, *about).exit_code == 0
    done = run("variants", out, "--reference", *about[:-1], targets / "effects.csv")
    assert done.exit_code == 0, done.output
    predicted = pd.read_csv(targets / "dosed.csv", index_col="name")["prediction"].loc[table.index]
    assert np.corrcoef(predicted, dose)[0, 1] > 0.8
    # the columns are found by their names, and where they are not, that is said before anything is computed
    done = run("predict", out, targets / "rows.csv", "--out", targets / "found.csv")
    assert "The model reads 'dose' beside each sequence: read from rows.csv." in done.output
    assert (targets / "found.csv").read_text() == (targets / "dosed.csv").read_text()
    rows.drop(columns="dose").rename_axis("name").to_csv(targets / "without.csv")
    for command in (["predict"], ["explain"], ["variants", "--reference"]):
        where = [command[0], out, *command[1:], targets / "without.csv", "--out", targets / f"no{command[0]}"]
        done = run(*where)
        assert done.exit_code == 2, done.output
        line = "the model reads 'dose' beside each sequence, and without.csv has no column 'dose'; there is "
        assert done.output.splitlines()[-1].startswith(f"Error: {line}'name', 'sequence', 'family', 'label'")
        assert "beside each sequence, not 'family': name" in run(*where, "--covariates", "family").output
    done = run("predict", out, targets / "data.fa", "--out", targets / "no.csv")
    assert "data.fa holds sequences alone: pass a table with these columns" in done.output
    card = (out / "MODEL_CARD.md").read_text()
    assert "**Takes**: a sequence and dose: " in card
    assert "seqaug predict model/ new.csv --covariates dose --out" in card
    code = card.split("```python\n")[1].split("```")[0]
    exec(code.replace('"model")', f"{str(out)!r})").replace("ACGT...", "ACGTGT" * 20), found := {})
    assert np.isfinite(found["model"].predict(found["rows"])).all()


@pytest.mark.usefixtures("_few_folds")
def test_covariates_that_are_none_are_refused_or_said(targets, data):
    """A target beside itself, columns that name rows; gaps and columns that tell nothing are said once."""
    dose = np.random.default_rng(3).normal(size=60)
    rows = pd.DataFrame({"sequence": data.sequences, "dose": dose, "family": data.groups, "same": 7, "label": dose + 1})
    rows.loc[rows.index[:5], "dose"] = np.nan
    rows.rename_axis("name").to_csv(targets / "own.csv")
    about = ["--groups", "family", "--model", "composition", "--task", "number", "--out", targets / "own"]
    for column, what in (("label", "target"), ("family", "group"), ("name", "name"), ("sequence", "sequence")):
        done = run("fit", targets / "own.csv", "--covariates", column, *about)
        assert done.exit_code == 2
        assert f"--covariates {column}: the column is the {what} already" in done.output
    done = run("fit", targets / "own.csv", "--covariates", "dose,same", *about)
    assert done.exit_code == 0, done.output
    assert done.output.count("Covariate 'dose': 5 of 60 values are missing; models fill them with the median") == 1
    assert done.output.count("covariate 'same' holds one value only (7)") == 1
    alone = fit(targets, "activity")
    assert alone.exit_code == 0, alone.output
    done = run("predict", targets / "activity", targets / "own.csv", "--covariates", "dose", "--out", targets / "n.csv")
    assert done.exit_code == 2
    assert "--covariates dose: the model reads sequences alone; leave the option out" in done.output


@pytest.mark.usefixtures("_few_folds")
def test_labels_of_another_kind_are_one_line(targets, folder, tmp_path):
    """What is known must be of the kind that the model predicts."""
    for columns in ("activity", "root,leaf"):
        done = fit(targets, columns)
        assert done.exit_code == 0, done.output
    table = pd.read_csv(targets / "targets.csv")
    table["word"] = np.where(table["root"] == 1, "high", "low")
    table.to_csv(tmp_path / "known.csv", index=False, na_rep="NA")
    for model, column, message in (
        (targets / "activity", "word", "column 'word' of known.csv holds names ('"),
        (targets / "root,leaf", "activity,expression", "holds numbers, but the model predicts labels that are there"),
        (folder / "model", "activity", "the labels are numbers ('"),
    ):
        known = ["--labels", tmp_path / "known.csv", "--label-column", column, "--out", tmp_path / "p.csv"]
        done = run("predict", model, targets / "data.fa", *known)
        assert done.exit_code == 2, done.output
        assert message in done.output.splitlines()[-1]
        assert not (tmp_path / "p.csv").exists()


@pytest.mark.usefixtures("_few_folds")
@pytest.mark.parametrize("columns", ["activity", "root,leaf"])
def test_scores_of_groups_stand_beside_pooled_ones(targets, columns):
    """Each group is scored by itself, and the pooled intervals draw groups."""
    done = fit(targets, columns)
    assert done.exit_code == 0, done.output
    table, told = scored(targets, columns, "--groups", "family")
    known = pd.read_csv(targets / "targets.csv", index_col="name")
    families = known["family"].value_counts()
    rows = dict(re.findall(r"\n *(\S+) +(\d+) +\S+", told.split("Scores of each group:")[1]))
    if columns == "activity":
        kept = families[families > 2]
        means = [
            spearmanr(known.loc[inside, "activity"], table.loc[inside, "prediction"])[0]
            for inside in (known.index[known["family"] == name] for name in kept.index)
        ]
        assert f"Spearman correlation {np.mean(means):.3f}" in re.search(r"Plain means over[^\n]*", told)[0]
    else:
        kept = families
        assert "AUROC" in re.search(r"Plain means over[^\n]*", told)[0]
    assert {name: int(n) for name, n in rows.items()} == kept.to_dict()
    # the same scores with other intervals
    lines = [re.search(r"Scores of all labelled[^\n]*", one)[0] for one in (told, scored(targets, columns)[1])]
    # labels are all right here, however they are drawn
    assert (lines[0] != lines[1]) == (columns == "activity")
    assert len({re.sub(r" \(\S+ to \S+\)", "", line) for line in lines}) == 1
    about = [targets / columns, targets / "data.fa", "--groups", "family", "--out", targets / "g.csv"]
    assert "--groups is about scores, which need --labels" in run("predict", *about).output
    wrong = [*about[:2], "--labels", targets / "targets.csv", "--groups", "gene", "--out", targets / "g.csv"]
    assert "--groups gene: there is no column 'gene' in targets.csv" in run("predict", *wrong).output


@pytest.mark.usefixtures("_few_folds")
@pytest.mark.parametrize("kind", ["number", "classes"])
def test_sequences_that_cannot_be_read_are_an_error_or_counted(targets, folder, data, tmp_path, kind, monkeypatch):
    """One bad row ends the run, by its name, or has a row that says why; the others are predicted as without it."""
    if kind == "number":
        assert fit(targets, "activity").exit_code == 0
    monkeypatch.setattr("seqaug_sklearn.cli._models._prediction_rows._BLOCK", 25)
    model = targets / "activity" if kind == "number" else folder / "model"
    texts = data.sequences.copy()
    bad = [texts.index[row] for row in (0, 30, 31)]
    texts[bad] = ["ACGT" * 10 + "EFIL" * 10, "QQ" * 40, "PPPP" * 20]
    write_fasta(texts, tmp_path / "bad.fa")
    done = run("predict", model, tmp_path / "bad.fa", "--out", tmp_path / "bad.csv")
    assert done.exit_code == 2
    assert repr(bad[0]) in done.output
    assert not (tmp_path / "bad.csv").exists()
    skip = ("--on-unreadable", "skip", "--out", tmp_path / "bad.csv")
    done = run("predict", model, tmp_path / "bad.fa", *skip)
    assert done.exit_code == 0, done.output
    assert "Warning: 3 of 60 sequences cannot be read, so there is no prediction of them" in done.output
    table = pd.read_csv(tmp_path / "bad.csv", index_col="name")
    assert table.index.tolist() == texts.index.tolist()
    answer = "prediction" if kind == "number" else "predicted"
    assert table.index[table[answer].isna()].tolist() == bad
    assert table.loc[bad, "reason"].str.startswith("not read: ").all()
    assert run("predict", model, targets / "data.fa", "--out", tmp_path / "good.csv").exit_code == 0
    good = pd.read_csv(tmp_path / "good.csv", index_col="name").drop(index=bad)
    assert table.drop(index=bad)[answer].tolist() == good[answer].tolist()
    write_fasta(texts[bad], tmp_path / "none.fa")
    done = run("predict", model, tmp_path / "none.fa", *skip[:2], "--out", tmp_path / "none.csv")
    assert done.exit_code == 2
    assert "no sequence can be read" in done.output
    if kind == "number":
        done = run("predict", model, tmp_path / "bad.fa", "--labels", targets / "targets.csv", *skip)
        assert done.exit_code == 0, done.output
        assert "Scores of all labelled sequences (57)" in done.output
