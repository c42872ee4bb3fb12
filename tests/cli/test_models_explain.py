"""``seqaug explain``: from a saved model and sequences to a report, hits and contributions."""

import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.datasets import make_promoters, write_fasta
from seqaug_sklearn.features import KmerCounts
from seqaug_sklearn.inspection import Attributions
from seqaug_sklearn.persistence import save_model

DATA = make_promoters(
    80,
    80,
    n_families=80,
    motifs={"ABRE": "GMCACGTGKCCM"},
    n_orthologs=0,
    site_turnover=0,
    label_noise=0,
    random_state=0,
)
JASPAR = ">M1 G-box\nA [0 9 0 0 0 0]\nC [9 0 9 0 0 0]\nG [0 0 0 9 0 9]\nT [0 0 0 0 9 0]\n"


@pytest.fixture
def place(tmp_path):
    """Folder with a model, sequences that it was not trained on, and a known motif."""
    model = make_pipeline(KmerCounts(6), LogisticRegression(C=100)).fit(DATA.sequences[:65], DATA.y[:65])
    save_model(model, tmp_path / "model")
    write_fasta(DATA.sequences[65:], tmp_path / "test.fa")
    (tmp_path / "known.jaspar").write_text(JASPAR)
    return tmp_path


def test_a_report_with_all_its_files(run, place):
    out = place / "report"
    result = run("explain", place / "model", place / "test.fa", "--out", out, "--motifs", place / "known.jaspar")
    assert result.exit_code == 0, result.output
    assert "explained for '1' by k-mer weights" in result.output
    assert "there is one model" in result.output
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Contributions in sim" in page
    assert "as letters" in page
    assert "M1 G-box" in page
    hits = pd.read_csv(out / "hits.csv")
    bed = [line.split("\t") for line in (out / "hits.bed").read_text().splitlines()]
    assert [(name, int(start), int(end)) for name, start, end, *_ in bed] == list(
        hits[["name", "start", "end"]].itertuples(index=False, name=None)
    )
    stored = Attributions.load(out / "attributions.npz")
    assert stored.identifiers.tolist() == DATA.sequences.index[65:].tolist()
    np.testing.assert_allclose(stored.delta, 0, atol=1e-5)
    again = run("explain", place / "model", place / "test.fa", "--out", out, "--motifs", place / "known.jaspar")
    assert again.exit_code == 0, again.output


def test_a_class_a_method_and_fewer_pictures(run, place):
    write_fasta(DATA.sequences[65:67], place / "two.fa")
    arguments = ["--target", "0", "--method", "mutagenesis", "--top", "1", "--motifs", place / "known.jaspar"]
    result = run("explain", place / "model", place / "two.fa", "--out", place / "r", *arguments)
    assert result.exit_code == 0, result.output
    assert "explained for '0' by mutagenesis" in result.output
    assert "predictions, those for shuffled sequences included" in result.output
    assert (place / "r" / "report.html").read_text(encoding="utf-8").count("Contributions in sim") >= 1
    assert len(list((place / "r" / "figures").glob("contributions*"))) == 1


def test_without_extras(run, place, monkeypatch):
    for package in ("pyjaspar", "memelite", "modiscolite", "modiscolite.tfmodisco", "logomaker"):
        monkeypatch.setitem(sys.modules, package, None)
    result = run("explain", place / "model", place / "test.fa", "--out", place / "report")
    assert result.exit_code == 0, result.output
    assert "Hits have no names" in result.output
    page = (place / "report" / "report.html").read_text(encoding="utf-8")
    assert "There are no logos" in page
    assert "pip install" in page


def test_what_cannot_be_explained(run, place):
    def error(*arguments):
        result = run("explain", *arguments, "--out", place / "report")
        assert result.exit_code == 2, result.output
        assert not (place / "report").exists()
        return result.output

    assert "--motifs nowhere.meme is neither a file nor a collection" in error(
        place / "model", place / "test.fa", "--motifs", "nowhere.meme"
    )
    assert "--target" in error(place / "model", place / "test.fa", "--target", "other")
    save_model(Ridge().fit([[0.0], [1.0]], [0.0, 1.0]), place / "ridge")
    assert "reads no text: Ridge does not take it" in error(place / "ridge", place / "test.fa")
    assert "--method" in error(place / "model", place / "test.fa", "--method", "deep_lift")
