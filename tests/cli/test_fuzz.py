"""Every command, with damaged files and odd options at random: an answer or one line, and never a half-written file."""

import enum
import inspect
import itertools
import os
import random
import shutil
import traceback
import types
import typing
from pathlib import Path

import pandas as pd
import pytest
from Bio import SeqIO
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from typer.models import OptionInfo

from seqaug_sklearn import datasets, evaluation
from seqaug_sklearn.cli import app
from seqaug_sklearn.datasets import make_genotypes, make_plastome, write_fasta, write_vcf
from seqaug_sklearn.evaluation import GenotypeComparison
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.features import KmerCounts
from seqaug_sklearn.persistence import save_model

N_RUNS = int(os.environ.get("SEQAUG_FUZZED", 20))
"""``SEQAUG_FUZZED=560 pytest -s tests/cli/test_fuzz.py`` tries more, and says how they ended."""
FIRST = int(os.environ.get("SEQAUG_FUZZED_FROM", 0))
"""Each run has the seed of its number, so one is done again with FROM=number and FUZZED=1."""

LINES = {
    "audit": "{table} {fasta} --homologs no",
    "audit, labels": "{table} --labels {labels} --alphabet dna",
    "augment": "{table} --out out.csv --edits gentle",
    "augment, windows": "{fasta} --labels {labels} --out out.fa --window 9",
    "augment, orthologs": "{table} --out out.csv --orthologs {orthologs}",
    "compare": "{table} --out out --models majority --folds 2 --repeats 1",
    "compare, windows": "{fasta} --labels {labels} --out out --models majority --folds 2 --repeats 1 --window 9",
    "demo": "--out out",
    "explain": "{model} {fasta} --out out --top 1",
    "explain, motifs": "{model} {fasta} --out out --motifs {motifs}",
    "fit": "{table} --out out --model majority",
    "genotypes": "{vcf} --labels {samples} --label-column population --out out --n-samples 4",
    "groups": "{fasta} --labels {labels} --out out.csv --homologs no",
    "kmers": "{fasta} --out out --shuffles 0 --k 3",
    "kmers, genomes": "{genbank} --out out --shuffles 0 --k 3 --clusters 2",
    "negatives": "{fasta} --out out.fa --exclude {table}",
    "negatives, background": "{fasta} --out out.fa --background {genome}",
    "predict": "{model} {fasta} --out out.csv",
    "predict, scored": "{model} {table} --out out.csv --labels {labels} --on-unreadable skip",
    "regions": "{genbank} --out out.fa",
    "regions, gff": "{genome} --annotation {gff} --out out.csv --upstream 30",
    "regions, bed": "{genome} --annotation {bed} --out out.fa --upstream 30",
    "reproduce": "{genbank} --out out",
    "split": "{fasta} --labels {labels} --out out --homologs no",
    "split, folds": "{table} --out out.csv --groups family --by groups --folds 2",
    "variants": "{model} --reference {genome} --variants {calls} --out out.csv",
    "variants, all": "{model} --reference {fasta} --out out",
    "windows": "{fasta} --labels {labels} --window 9 --out out.csv",
}
"""Cheap arguments of each command; names in braces are kinds of files."""
UNTRIED = {"--accession", "--paper", "--language-model", "--demo", "--gan", "--jobs", "--resume", "--force"}
"""They need a network, or make another and longer run of it; what --resume and --force leave is theirs."""
WRITTEN = {"--out", "--clean", "--table", "--lineage"}
ODD = [
    "",
    " ",
    "-1",
    "0",
    "nan",
    "1e999",
    "1.5",
    "é✂\u202e",
    "x" * 5000,
    "a\nb",
    "[",
    "(?P<",
    "*",
    ",",
    "no such",
    "../x/y",
]
NUMBERS = ["-1", "0", "1", "2", "3", "0.5", "1e-9", "nan", "inf", "1000001"]
FEW = ["-1", "0", "1", "2", "3"]
"""Of what a large number makes a long run, as it was wanted."""
LONG = {"--shuffles", "--trials", "--epochs", "--families", "--copies", "--repeats", "--per-sequence", "--n-samples"}
WORDS = [
    "name",
    "sequence",
    "label",
    "family",
    "level",
    "population",
    "sample",
    "up",
    "1",
    "majority",
    "composition",
    "c:1-9",
]
OUTS = [
    "out",
    "out.csv",
    "out.tsv.gz",
    "out.fa",
    "out.vcf",
    "out.html",
    "out.xlsx",
    "deep/er/out",
    "table",
    "folder",
    ".",
]


def make_files(folder):
    """One whole file or folder of each kind, whose name is its kind."""
    rng = random.Random(0)
    names = [f"s{i}" for i in range(16)]
    sequences = pd.Series(["".join(rng.choices("ACGT", k=40)) for _ in names], names)
    about = pd.DataFrame({"name": names, "label": ["up", "down"] * 8, "family": [i // 2 for i in range(16)]})
    write_fasta(sequences, folder / "fasta")
    about.assign(level=range(16)).to_csv(folder / "labels", index=False)
    about.assign(sequence=sequences.to_numpy(), level=range(16)).to_csv(folder / "table", index=False)
    orthologs = pd.DataFrame(
        {
            "identifier": names,
            "ortholog": [f"b{i}" for i in range(16)],
            "sequence": [s[:30] + "ACGTTGCAAC" for s in sequences],
        }
    )
    orthologs.to_csv(folder / "orthologs", index=False)
    model = make_pipeline(KmerCounts(2), LogisticRegression()).fit(sequences, about["label"])
    save_model(model, folder / "model")
    contig = "".join(rng.choices("ACGT", k=300))
    (folder / "genome").write_text(f">c\n{contig}\n")
    (folder / "calls").write_text(
        f"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\nc\t31\trs1\t{contig[30]}\t{contig[30]}GA,<DEL>\n"
    )
    (folder / "gff").write_text(
        "##gff-version 3\n"
        + "".join(
            f"c\t.\t{kind}\t{i}\t{i + 29}\t.\t{'+-'[i % 2]}\t.\tID={kind}{i};Name=g{i}\n"
            for i in (81, 160)
            for kind in ("gene", "CDS")
        )
    )
    (folder / "bed").write_text("track name=x\nc\t80\t110\ta b\t0\t+\nc\t160\t190\tc\t0\t-\n")
    (folder / "motifs").write_text(">M1 G-box\nA [0 9 0 0]\nC [9 0 9 0]\nG [0 0 0 9]\nT [0 0 0 0]\n")
    SeqIO.write(make_plastome(12, gene_length=(90, 120), random_state=2), folder / "genbank", "genbank")
    people = make_genotypes(20, n_variants=12, n_populations=2, random_state=0)
    write_vcf(folder / "made.vcf", people)
    (folder / "made.vcf").rename(folder / "vcf")
    people.people()[["sample", "population"]].to_csv(folder / "samples", index=False)
    (folder / "folder").mkdir()
    (folder / "empty").touch()


def damaged(content, rng):
    """Bytes with a few mistakes: cut, doubled, exchanged, inserted; or a line or a field gone."""
    for _ in range(rng.randint(1, 3)):
        i, j = sorted(rng.choices(range(len(content) + 1), k=2))
        some = bytes(rng.choices(b'\x00\xff\t\r\n ,;>"#-=.()|/ACGT1', k=rng.randint(1, 4)))
        lines = content.split(b"\n")
        some_line = rng.randrange(len(lines))
        separator = b"\t" if b"\t" in lines[some_line] else b","
        fields = lines[some_line].split(separator)
        field = rng.randrange(len(fields))
        fields[field] = rng.choice([b"", b".", b"-1", b"99999999999999999999", b"nan", b"\xc3\xa9", b"0", some])
        one_field = b"\n".join([*lines[:some_line], separator.join(fields), *lines[some_line + 1 :]])
        content = rng.choice([
            content[:i], content[:j] + content[i:], content[:i] + some + content[i:], content[:i] + some + content[j:],
            b"\n".join(lines[:some_line] + lines[some_line + 1 :]), one_field, one_field,
        ])  # fmt: skip
    return content


def damage(path, rng):
    """One file, or one of a folder."""
    if path.is_dir():
        inside = sorted(path.iterdir())
        if not inside:
            return
        path = rng.choice(inside)
        if rng.random() < 0.2:
            path.unlink()
            return
    path.write_bytes(damaged(path.read_bytes(), rng))


def kinds_of_values(command):
    """Each option, and what its values are: a type, or an enumeration."""
    function = inspect.unwrap(next(c for c in app.registered_commands if c.callback.__name__ == command).callback)
    said = typing.get_type_hints(function, include_extras=True)
    found = {}
    for name, hint in typing.get_type_hints(function).items():
        if isinstance(hint, types.UnionType):
            hint = next(part for part in typing.get_args(hint) if part is not type(None))
        option = f"--{name.replace('_', '-')}"
        is_option = any(isinstance(part, OptionInfo) for part in typing.get_args(said[name]))
        if is_option and option not in UNTRIED:
            found[option] = hint
    return found


def a_value(option, kind, kinds, rng):
    if rng.random() < (0.1 if kind in (int, float) or isinstance(kind, enum.EnumMeta) else 0.25):
        return rng.choice(ODD)
    if isinstance(kind, enum.EnumMeta):
        return rng.choice([member.value for member in kind])
    if option in WRITTEN:
        return rng.choice(OUTS)
    if kind in (int, float) or option == "--repeats":
        return rng.choice([*FEW, *FEW, "1000001"][: 5 if option in LONG else None] if kind is int else NUMBERS)
    if option in {"--overlap", "--protocol"}:
        return rng.choice(["4 2", "0 0", "2 4", "-1 3", "published", "blocks"])
    return rng.choice([*kinds, "no such file"]) if kind in (Path, list) else rng.choice([*WORDS, *kinds])


def a_command_line(command, kinds, rng):
    """Arguments of a run."""
    words = LINES[command].split()
    for i, word in enumerate(words):
        if word[0] == "{":
            words[i] = word[1:-1]
            if rng.random() < 0.05:
                words[i] = rng.choice([*kinds, "no such file"])
    options = kinds_of_values(command.split(",")[0])
    for option in rng.sample(sorted(options), rng.choice([0, 0, 0, 1, 1, 2, 3])):
        flag = options[option] is bool
        value = a_value(option, options[option], kinds, rng)
        words += [option] if flag else [option, *(value.split() if option == "--overlap" else [value])]
    return [command.split(",")[0], *words]


def contents(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


@pytest.fixture
def nothing_long(monkeypatch):
    """Reports, the networks of the paper and of the demonstration are not made, nothing is fetched."""

    def enough(*args, **kwargs):
        raise DataFormatError("that is all")

    monkeypatch.setattr(evaluation, "reproduce_window_paper", enough)
    monkeypatch.setattr(datasets, "make_promoters", enough)
    monkeypatch.setattr("socket.socket.connect", enough)
    monkeypatch.setattr(GenotypeComparison, "to_html", lambda self, folder, **_: folder / "report.html")


@pytest.mark.filterwarnings("ignore")
def test_no_run_ends_in_a_traceback(run, tmp_path, monkeypatch, nothing_long):
    (tmp_path / "whole").mkdir()
    make_files(tmp_path / "whole")
    kinds = sorted(path.name for path in (tmp_path / "whole").iterdir())
    assert {command.split(",")[0] for command in LINES} == {c.callback.__name__ for c in app.registered_commands}
    lines = random.Random(0).sample(sorted(LINES), len(LINES))
    ends, wrong, here = {}, [], tmp_path / "here"
    for number in range(FIRST, FIRST + N_RUNS):
        rng = random.Random(number)
        shutil.copytree(tmp_path / "whole", here)
        monkeypatch.chdir(here)
        words = a_command_line(lines[number % len(lines)], kinds, rng)
        read = [word for before, word in itertools.pairwise(words) if word in kinds and before not in WRITTEN]
        for kind in read:
            if rng.random() < 0.3:
                damage(here / kind, rng)
        before = contents(here)
        result = run(*words)
        why = what_is_wrong(result, before, contents(here), read)
        if why:
            trace = "".join(traceback.format_exception(result.exception)[-4:])
            wrong.append(f"{number}: {why}: {' '.join(words)[:300]}\n{result.output[-800:]}\n{trace}")
        ends[result.exit_code] = ends.get(result.exit_code, 0) + 1
        monkeypatch.chdir(tmp_path)
        shutil.rmtree(here)
    print(
        f"\n{N_RUNS} runs of {len(LINES)} command lines: "
        + ", ".join(f"{n} ended with {e}" for e, n in sorted(ends.items()))
    )
    assert not wrong, "\n\n".join(wrong)


def what_is_wrong(result, before, after, read):
    """The rule that an end breaks, if it breaks one."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return f"ends in {type(result.exception).__name__}"
    if result.exit_code not in (0, 1, 2):
        return f"exit code {result.exit_code}"
    if result.exit_code == 2:
        errors = [line for line in result.output.splitlines() if line.startswith("Error: ")]
        if len(errors) != 1 or result.output.rstrip().splitlines()[-1:] != errors:
            return "not one line at the end"
        if before != after:
            return f"leaves {[str(path) for path in after if before.get(path, 0) != after[path]]}"
    changed = [path.name for path in before if path not in after or before[path] != after[path]]
    if set(changed) & set(read):
        return f"changes what it reads: {changed}"
    return None
