"""``seqaug reproduce``: genomes from files, the cache or the simulator, and errors before any long work."""

import pandas as pd
import pytest
from Bio import SeqIO

from seqaug_sklearn import datasets, evaluation
from seqaug_sklearn.datasets import make_plastome
from seqaug_sklearn.evaluation._window_paper import _models as _window_paper_models
from seqaug_sklearn.evaluation._window_paper import _reproduction as _window_paper


@pytest.fixture
def asked(monkeypatch):
    """What the command hands to ``reproduce_window_paper``, which is not run."""
    asked = {}

    def fake(genomes, **how):
        asked.update(how, genomes=genomes)
        raise ValueError("that is all")

    monkeypatch.setattr(evaluation, "reproduce_window_paper", fake)
    return asked


@pytest.fixture
def genbank(tmp_path):
    paths = []
    for seed in (0, 1):
        record = make_plastome(12, random_state=seed)
        record.id = f"SIM_{seed}.1"
        paths.append(tmp_path / f"{seed}.gb")
        SeqIO.write(record, paths[-1], "genbank")
    return paths


def test_a_genome_becomes_a_report(run, genbank, tmp_path, monkeypatch):
    monkeypatch.setattr(_window_paper_models, "_QUICK", {"max_epochs": 1, "conv_channels": (4, 4), "hidden_size": 4})
    monkeypatch.setattr(_window_paper, "_QUICK_GENES", {"dna": 4, "protein": 4})
    result = run(
        "reproduce", genbank[0], "--quick", "--no-baselines", "--out", tmp_path / "report", "--device", "cpu",
        "--protocol", "published",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    page = (tmp_path / "report" / "report.html").read_text()
    assert "Published and held-out figures" in page
    assert "no evidence of learning" in result.output
    assert (tmp_path / "report" / "tables" / "classes_and_windows.csv").exists()
    assert not (tmp_path / "report.folds").exists()
    counts = pd.read_csv(tmp_path / "report" / "tables" / "classes_and_windows.csv", index_col=0)
    assert int(counts.loc["classes used"].iloc[0]) == 4


def test_without_a_genome_the_simulated_one_is_used(run, asked, tmp_path):
    result = run("reproduce", "--out", tmp_path / "report")
    assert list(asked["genomes"]) == ["simulated"]
    assert asked["protocols"] == ("published", "blocks", "across")
    assert (asked["molecule"], asked["n_trials"], asked["baselines"], asked["quick"]) == ("dna", 5, True, False)
    assert "a small simulated one is used" in result.output


def test_options_are_handed_on(run, asked, genbank, tmp_path):
    run(
        "reproduce", *genbank, "--proteins", "--trials", 2, "--no-baselines", "--jobs", 2, "--seed", 7, "--precision",
        "float32", "--protocol", "blocks", "--protocol", "across", "--out", tmp_path / "report",
    )  # fmt: skip
    expected = {"molecule": "protein", "n_trials": 2, "baselines": False, "n_jobs": 2, "random_state": 7}
    expected |= {"precision": "float32", "protocols": ("blocks", "across")}
    assert {name: asked[name] for name in expected} == expected


def test_genomes_of_one_species_are_told_apart_by_their_record(run, asked, genbank, tmp_path):
    run("reproduce", *genbank, "--out", tmp_path / "report")
    names = list(asked["genomes"])
    assert len(names) == 2
    assert all(f"SIM_{i}.1" in name for i, name in enumerate(names))


def test_accessions_and_the_papers_genomes_are_fetched(run, asked, tmp_path, monkeypatch):
    fetched = []

    def fetch(accession, email=None):
        fetched.append((accession, email))
        record = make_plastome(12, random_state=0)
        record.id = accession
        return record

    monkeypatch.setattr(datasets, "fetch_plastome", fetch)
    run("reproduce", "--accession", "NC_1.1", "--accession", "NC_2.1", "--email", "me@x.org", "--out", tmp_path / "r")
    assert fetched == [("NC_1.1", "me@x.org"), ("NC_2.1", "me@x.org")]
    fetched.clear()
    run("reproduce", "--paper", "--out", tmp_path / "r")
    assert {name for name, _ in fetched} == {
        "NC_005353.1", "NC_001865.1", "NC_000932.1", "MZ707522.1", "NC_002762.1", "NC_031333.1", "NC_001666.2",
        "NC_007942.1",
    }  # fmt: skip
    assert len(asked["genomes"]) == 8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.gb"], "absent.gb: No such file"),
        (["0.gb", "0.gb"], "genomes must differ, but SIM_0.1 is given more than once"),
        (["cut.gb"], "cut.gb is truncated"),
        (["bare.gb"], "has no sequence"),
        (["no_genes.gb"], "no gene features"),
        (["0.gb", "--protocol", "across"], "'across' needs at least two genomes, got 1"),
        (["0.gb", "--device", "cuda:99"], "is not there"),
        (["--accession", "nonsense"], "accession must look like"),
        (["0.gb", "--out", "0.gb"], "0.gb is or holds the input 0.gb; give the report a folder of its own"),
        (["0.gb", "--out", "1.gb"], "is a file; the report needs a folder"),
        (["0.gb", "--out", "."], "is the working folder"),
        (["0.gb", "--out", ""], "is the working folder (an empty name means it, too)"),
    ],
)
def test_bad_input_is_one_line(run, genbank, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    text = genbank[0].read_text()
    (tmp_path / "cut.gb").write_text(text[: len(text) // 2])
    (tmp_path / "bare.gb").write_text(text[: text.index("ORIGIN")] + "//\n")
    record = make_plastome(12, random_state=0)
    for feature in record.features:
        feature.type = "misc_feature"
    SeqIO.write(record, tmp_path / "no_genes.gb", "genbank")
    result = run("reproduce", *arguments, "--quick")
    assert result.exit_code == 2
    line = result.output.splitlines()[-1]
    assert line.startswith("Error: ")
    assert message in line
    assert not (tmp_path / "report").exists()


def test_an_interruption_says_so(run, genbank, tmp_path, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluation, "reproduce_window_paper", interrupted)
    result = run("reproduce", genbank[0], "--out", tmp_path / "report")
    assert result.exit_code == 130
    assert result.output.splitlines()[-1] == "Interrupted: nothing was written."


def test_help_names_the_papers_genomes(run):
    from seqaug_sklearn.datasets import PLASTOMES

    told = "".join(run("reproduce", "--help").output.split())
    for species, accession in PLASTOMES.items():
        assert f"{species.replace(' ', '')}({accession})" in told.replace("│", "")
