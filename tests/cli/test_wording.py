"""What goes wrong is told in the words that were typed: every option, given wrongly, is named in the error line."""

import inspect
import warnings
from enum import Enum
from pathlib import Path
from typing import Annotated, get_args

import pandas as pd
import pytest
import typer
from Bio import SeqIO
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from typer.testing import CliRunner

from seqaug_sklearn.cli._app import app
from seqaug_sklearn.cli._run import one_line_errors
from seqaug_sklearn.cli._wording import Options
from seqaug_sklearn.datasets import make_genotypes, make_plastome, write_vcf
from seqaug_sklearn.features import KmerCounts
from seqaug_sklearn.persistence import save_model
from seqaug_sklearn.utils import Message, Parameter, Ways, warn

COMMANDS = {command.callback.__name__: command.callback for command in app.registered_commands}

LABELLED = ["data.fa", "--labels", "labels.csv"]
USUAL = {
    "compare": [*LABELLED, "--out", "out"],
    "reproduce": ["--out", "out"],
    "augment": [*LABELLED, "--edits", "gentle", "--out", "augmented.csv"],
    "regions": ["genome.gb", "--out", "regions.fa"],
    "windows": [*LABELLED, "--out", "windows.csv"],
    "kmers": ["data.fa", "--out", "out", "--shuffles", "0"],
    "demo": ["--out", "out"],
    "explain": ["model", "data.fa", "--out", "out"],
    "fit": [*LABELLED, "--model", "composition", "--out", "out"],
    "predict": ["model", *LABELLED, "--out", "predictions.csv"],
    "negatives": ["data.fa", "--out", "negatives.fa"],
    "variants": ["model", "--reference", "data.fa", "--out", "out"],
    "groups": [*LABELLED, "--out", "groups.csv"],
    "split": [*LABELLED, "--out", "out"],
    "audit": ["data.fa", "data.fa", "--labels", "labels.csv"],
    "genotypes": ["people.vcf", "--labels", "people.tsv", "--label-column", "population", "--out", "out"],
}
"""Arguments with which each command would run."""

NO_TABLE = ["data.fa"]
WRONG = {
    "edits": "strong",
    "accession": "a/b",
    "budget": "soon",
    "covariates": "nowhere",
    "device": "tpu",
    "email": "nobody",
    "features": "exon",
    "groups": "nowhere",
    "k": "long",
    "label_column": "nowhere",
    "metric": "beauty",
    "missing_values": "up,down",
    "model": "oracle",
    "name_column": "nowhere",
    "models": "oracle",
    "motifs": "nowhere.meme",
    "overlap": ["30", "40"],
    "region": "6:1Mb-2Mb",
    "repeats": "often",
    "sample_column": "nowhere",
    "sequence_column": "nowhere",
    "split_column": "nowhere",
    "target": "nowhere",
    "test": "2",
    "topology": "round",
}
"""Values that cannot be, of options whose type does not tell one."""

SPECIAL = {
    ("augment", "label_pattern"): ["data.fa", "--edits", "--label-pattern", "[", "--out", "a.csv"],
    ("augment", "missing_values"): ["data.fa", "--edits", "--missing-values", "NA", "--out", "a.csv"],
    ("audit", "groups"): ["table.csv", "--groups", "nowhere"],
    ("audit", "k"): [*USUAL["audit"], "--k", "0"],
    ("audit", "label_pattern"): ["data.fa", "data.fa", "--label-pattern", "["],
    ("compare", "cut_orthologs"): [*USUAL["compare"], "--cut-orthologs", "left"],
    ("compare", "label_pattern"): ["data.fa", "--label-pattern", "["],
    ("compare", "test"): [*USUAL["compare"], "--test", "data.fa"],
    ("audit", "missing_values"): ["data.fa", "data.fa", "--missing-values", "NA"],
    ("fit", "label_pattern"): ["data.fa", "--label-pattern", "[", "--out", "out"],
    ("predict", "label_pattern"): ["model", "data.fa", "--label-pattern", "[", "--out", "predictions.csv"],
    ("predict", "missing_values"): ["model", "data.fa", "--missing-values", "NA", "--out", "predictions.csv"],
    ("genotypes", "missing_values"): ["--demo", "--missing-values", "NA"],
    ("groups", "missing_values"): ["data.fa", "--missing-values", "NA", "--out", "groups.csv"],
    ("negatives", "missing_values"): [*USUAL["negatives"], "--missing-values", "NA"],
    ("regions", "annotation"): ["data.fa", "--out", "regions.fa", "--annotation", "nowhere.gff"],
    ("regions", "width"): [*USUAL["regions"], "--width", "20"],
    ("split", "label_pattern"): ["data.fa", "--label-pattern", "[", "--out", "out"],
    ("windows", "label_pattern"): ["data.fa", "--label-pattern", "[", "--out", "windows.csv"],
}
"""Whole lines where one more option does not do."""

FURTHER = [
    ("compare", "window", "61"),
    ("compare", "orthologs", "data.fa"),
    ("windows", "window", "61"),
    ("windows", "min_shared", "41"),
    ("kmers", "k", "61"),
    ("kmers", "clusters", "21"),
    ("split", "folds", "21"),
    ("regions", "upstream", "999999"),
    ("regions", "min_length", "50"),
    ("genotypes", "region", "7"),
    ("variants", "length", "300"),
]
"""Values that only the library can refuse."""


def options(command):
    """Name -> what is in the annotation: its type and Typer's description."""
    found = {}
    for name, parameter in inspect.signature(COMMANDS[command]).parameters.items():
        kind, *parts = get_args(parameter.annotation) or [None]
        told = [part for part in parts if type(part).__name__ == "OptionInfo"]
        if told:
            found[name] = kind, told[0]
    return found


def dashed(command, name):
    decls = options(command)[name][1].param_decls
    return decls[0].partition("/")[0] if decls else f"--{name.replace('_', '-')}"


def wrong_line(command, name):
    """Arguments in which this option is wrong."""
    if (command, name) in SPECIAL:
        return SPECIAL[command, name]
    kind, told = options(command)[name]
    kinds = {kind, *get_args(kind), *(inner for part in get_args(kind) for inner in get_args(part))}
    option, usual = dashed(command, name), USUAL[command]
    if bool in kinds:
        return [*usual, f"{option}=perhaps"]
    if Path in kinds:
        return [*usual, option, "data.fa/nowhere" if name in ("out", "clean", "table", "lineage") else "nowhere.csv"]
    if any(isinstance(kind, type) and issubclass(kind, Enum) for kind in kinds):
        return [*usual, option, "nonsense"]
    if told.min is not None:
        return [*usual, option, str(told.min - 1)]
    value = WRONG[name]
    return [*usual, option, *([value] if isinstance(value, str) else value)]


ALL = [(command, name) for command in COMMANDS for name in options(command)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """data.fa, labels.csv and table.csv (two labels), a model of them, people.vcf and people.tsv."""
    path = tmp_path_factory.mktemp("wording")
    names = [f"{'up' if i % 2 else 'down'}_{i}" for i in range(20)]
    table = pd.DataFrame({"name": names, "label": [name.split("_")[0] for name in names]})
    table["sequence"] = [("ACGTTGCAAGTC" * 5)[i % 12 :][:40] + "ACGT"[i % 4] * 5 + "GATTACAGATTACAG" for i in range(20)]
    records = zip(table["name"], table["sequence"], strict=True)
    (path / "data.fa").write_text("".join(f">{name}\n{sequence}\n" for name, sequence in records))
    table.drop(columns="sequence").to_csv(path / "labels.csv", index=False)
    table.to_csv(path / "table.csv", index=False)
    SeqIO.write(make_plastome(12, gene_length=(90, 150), random_state=0), path / "genome.gb", "genbank")
    model = make_pipeline(KmerCounts(2), LogisticRegression()).fit(table["sequence"], table["label"])
    save_model(model, path / "model")
    people = make_genotypes(24, n_variants=12, n_populations=2, random_state=0)
    write_vcf(path / "people.vcf", people)
    people.people().assign(group="all").to_csv(path / "people.tsv", sep="\t", index=False)
    return path


def error_line(run, folder, monkeypatch, command, arguments):
    monkeypatch.chdir(folder)
    result = run(command, *arguments)
    assert result.exit_code == 2, result.output
    lines = [line for line in result.output.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1
    assert result.output.rstrip().endswith(lines[0])
    return lines[0]


@pytest.mark.parametrize(("command", "name"), ALL, ids=map(" ".join, ALL))
def test_a_wrong_option_is_named(run, folder, monkeypatch, command, name):
    line = error_line(run, folder, monkeypatch, command, wrong_line(command, name))
    assert dashed(command, name) in line
    assert f"{name}=" not in line


@pytest.mark.parametrize(("command", "name", "value"), FURTHER, ids=map(" ".join, FURTHER))
def test_what_the_library_refuses_is_named(run, folder, monkeypatch, command, name, value):
    option = dashed(command, name)
    line = error_line(run, folder, monkeypatch, command, [*USUAL[command], option, value])
    assert option in line
    assert f"{name}=" not in line


def test_all_commands_and_options_are_tried():
    assert set(COMMANDS) == set(USUAL)
    assert len(ALL) > 100


def spoken(command, given=None):
    return Options(COMMANDS[command], given or {}).say


@pytest.mark.parametrize(
    ("command", "parameter", "typed"),
    [
        ("genotypes", Parameter("n_neighbors", 3), "--neighbors 3"),
        ("genotypes", Parameter("missing", "drop"), "--missing drop"),
        ("genotypes", Parameter("missing", "keep"), None),
        ("genotypes", Parameter("samples", ...), None),
        ("genotypes", Parameter("gan", True), "--gan"),
        ("variants", Parameter("on_mismatch", "skip"), "--skip-mismatches"),
        ("variants", Parameter("sequences"), "--reference"),
        ("genotypes", Parameter("gan", False), None),
        ("genotypes", Parameter("X"), "the data"),
        ("windows", Parameter("missing_values", ["NA", "?"]), '--missing-values "NA,?"'),
        ("windows", Parameter("missing_values", []), '--missing-values ""'),
        ("kmers", Parameter("k", (5, 12)), '--k "5,12"'),
        ("split", Parameter("y", None), "--no-stratify"),
        ("groups", Parameter("mask_tags", False), "--keep-tags"),
        ("reproduce", Parameter("baselines"), "--baselines"),
    ],
)
def test_a_parameter_is_what_one_types(command, parameter, typed):
    assert spoken(command)(parameter) == typed


def test_a_path_belongs_to_the_option_that_it_was_given_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = {"data": Path("data.fa"), "labels": Path("labels.csv"), "out": Path("out")}
    of_path = Options(COMMANDS["windows"], given).of_path
    assert of_path("labels.csv") == of_path(tmp_path / "labels.csv") == "--labels"
    assert of_path("data.fa") is None
    assert of_path("other.csv") is None


def test_warnings_speak_of_options_too():
    @one_line_errors
    def command(window: Annotated[int, typer.Option()], other: Annotated[bool, typer.Option()] = False):
        warnings.simplefilter("always")
        see = Ways(Message("see ", Parameter("k")), "wait")
        warn(Message("mind ", Parameter("window", window), "; ", see), UserWarning)
        raise ValueError(Message(Parameter("window"), " is\nodd"))

    program = typer.Typer()
    program.command()(command)
    result = CliRunner().invoke(program, ["--window", "7"])
    assert result.output.splitlines() == ["Warning: mind --window 7; wait", "Error: --window is odd"]
