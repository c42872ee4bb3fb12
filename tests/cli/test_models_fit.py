"""``seqaug fit`` and ``seqaug predict``: from labelled sequences to predictions of new ones."""

import gzip
import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from seqaug_sklearn.cli import app
from seqaug_sklearn.datasets import make_promoters, write_fasta
from seqaug_sklearn.persistence import load_model


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
