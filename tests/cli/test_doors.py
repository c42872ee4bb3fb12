"""Hundreds of ways to write one table and one FASTA file, which all read alike; and ways to break them."""

import csv
import gzip
import io
import itertools
import os
import random
import shutil
import warnings

import pytest

from seqaug_sklearn.cli._input import Reading, read_labelled
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import replaced_bgzip

NAMES = [f"gène_{i}" for i in range(12)]
SEQUENCES = ["".join(random.Random(i).choices("ACGT", k=50)) for i in range(12)]
LABELS = ["up", "dÜwn"] * 6
NOTES = ["first, second", 'he said "no"', "5' end; µ", "plain"] * 3

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "cp1252", "latin-1"]
ENDS = ["\n", "\r\n", "\r"]
PACKINGS = ["plain", "gzip", "bgzip"]
HEADINGS = ["usual", "capitals", "other names", "comment above", "as a comment", "separator named", "none"]
OTHER_NAMES = {"name": "ID", "sequence": "Seq", "label": "Class", "note, of this": "Note"}


def table_of(separator, heading, quoting, end):
    columns = {"name": NAMES, "note, of this": NOTES, "sequence": SEQUENCES, "label": LABELS}
    if heading == "none":
        del columns["note, of this"]  # what is left of three columns is the label
    out = io.StringIO()
    write = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=end).writerow
    names = {"capitals": str.upper, "other names": OTHER_NAMES.get}.get(heading, str)
    if heading != "none":
        write(map(names, columns))
    for row in zip(*columns.values(), strict=True):
        write(row)
    before = {
        "comment above": f"# made by hand; on Monday, 3 µl{end}{end}",
        "as a comment": "#",
        "separator named": f"sep={separator}{end}",
    }
    return before.get(heading, "") + out.getvalue()


def fasta_of(width, comments, small, end):
    lines = [";by hand", "# and so on", ""] if comments else []
    for name, text, label in zip(NAMES, SEQUENCES, LABELS, strict=True):
        text = text.lower() if small else text
        lines += [f">{name} class={label} 5\u00b5l", *(text[i : i + width] for i in range(0, len(text), width))]
        lines += [";between", ""] if comments else []
    return end.join([*lines, ""])


def write(path, text, encoding, packing):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    content = (mark + text).encode(encoding)
    if packing == "bgzip":
        with replaced_bgzip(path, packed=True) as file:
            file.write(content)
    else:
        path.write_bytes(gzip.compress(content, mtime=0) if packing == "gzip" else content)


def read(path, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_labelled(path, **options)


def chosen(variations, n):
    """The same ones each time, of which each value of each choice is among the first ones."""
    variations = list(variations)
    return random.Random(0).sample(variations, n)


def test_one_table_written_in_200_ways(tmp_path):
    quotings = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
    ways = [
        way
        for way in itertools.product(ENCODINGS, ENDS, ",;\t| ", HEADINGS, quotings, PACKINGS)
        # a quoted heading behind a # is no comment that csv writers know
        if way[3] != "as a comment" or way[4] == csv.QUOTE_MINIMAL
    ]
    wrong = []
    for number, (encoding, end, separator, heading, quoting, packing) in enumerate(chosen(ways, 200)):
        path = tmp_path / f"t{number}.{('csv', 'txt', 'fasta', 'gb')[number % 4]}"
        write(path, table_of(separator, heading, quoting, end), encoding, packing)
        try:
            table = read(path)
        except DataFormatError as error:
            wrong.append((encoding, end, separator, heading, quoting, packing, error))
            continue
        found = table.sequences.to_dict() == dict(zip(NAMES, SEQUENCES, strict=True))
        if not found or table.labels.tolist() != LABELS:
            wrong.append((encoding, end, separator, heading, quoting, packing))
    assert not wrong, "\n".join(map(str, wrong))


def test_one_fasta_file_written_in_100_ways(tmp_path):
    ways = itertools.product(ENCODINGS, ENDS, (50, 7), (True, False), (True, False), PACKINGS)
    wrong = []
    for number, (encoding, end, width, comments, small, packing) in enumerate(chosen(ways, 100)):
        path = tmp_path / f"d{number}.{('fa', 'csv', 'fsa_nt', 'txt')[number % 4]}"
        write(path, fasta_of(width, comments, small, end), encoding, packing)
        table = read(path, pattern=r"class=(\S+)")
        found = table.sequences.str.upper().to_dict() == dict(zip(NAMES, SEQUENCES, strict=True))
        if not found or table.labels.tolist() != LABELS:
            wrong.append((encoding, end, width, comments, small, packing))
        elif number % 10 == 0:
            assert read(path, pattern=r"class=(\S+)", how=Reading(names="header")).labels.tolist() == LABELS
    assert not wrong, "\n".join(map(str, wrong))


# what is broken


def broken_files(folder):
    usual = table_of(",", "usual", csv.QUOTE_MINIMAL, "\n")
    fasta = fasta_of(50, False, False, "\n")
    made = {
        "surplus.csv": usual.replace(f"{SEQUENCES[3]},", f"{SEQUENCES[3]},x,").encode(),
        "cut.csv": usual[: usual.index(SEQUENCES[5])].encode(),
        "quote.csv": usual.replace('"first, second"', '"first, second', 1).encode(),
        "half.fa.gz": gzip.compress(fasta.encode(), mtime=0)[:-20],
        "zeros.fa": fasta.encode().replace(b"A", b"\x00", 3),
        "twice.fa": (fasta + fasta).encode(),
        "nothing.fa": b"",
        "page.csv": b"<!DOCTYPE html><html><body>404</body></html>",
        "image.fa": b"\x89PNG\r\n\x1a\n",
        "words.fa": b"these are words\nand nothing else\n",
        "odd.fa": fasta.replace(SEQUENCES[2], "ACGT1ACGT" * 5).encode(),
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return sorted(made)


COMMANDS = {
    "audit": ["{}", "{}"],
    "compare": ["{}", "--label-pattern", "class=(.)", "--out", "out"],
    "fit": ["{}", "--label-pattern", "class=(.)", "--out", "out"],
    "groups": ["{}", "--out", "out"],
    "kmers": ["{}", "--out", "out"],
    "negatives": ["{}", "--out", "out"],
    "split": ["{}", "--out", "out"],
    "windows": ["{}", "--window", "20", "--label-pattern", "class=(.)", "--out", "out"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_broken_file_is_one_line_in_every_command(run, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    for name in broken_files(tmp_path):
        if command == "windows" and name == "odd.fa":
            continue  # windows take any letters
        result = run(command, *(argument.format(name) for argument in COMMANDS[command]))
        assert result.exit_code == 2, (name, result.output)
        errors = [line for line in result.output.splitlines() if line.startswith("Error: ")]
        assert result.output.rstrip().splitlines()[-1:] == errors, (name, result.output)
        assert name in errors[0] or "gène" in errors[0]
        assert not (tmp_path / "out").exists()
        assert not (tmp_path / "out.folds").exists()


# what is broken at random

FUZZED = {
    "audit": ["{0}", "{1}", "--homologs", "no"],
    "audit, one": ["{0}", "--label-pattern", "class=(.)"],
    "compare": ["{0}", "--out", "out", "--models", "majority", "--folds", "2", "--window", "9", "--repeats", "1"],
    "groups": ["{0}", "{1}", "--out", "out", "--homologs", "no", "--names", "number"],
    "kmers": ["{0}", "--out", "out", "--shuffles", "0", "--k", "3"],
    "negatives": ["{0}", "--out", "out", "--exclude", "{1}"],
    "split": ["{0}", "--labels", "{1}", "--out", "out", "--homologs", "no"],
    "windows": ["{0}", "--labels", "{1}", "--window", "9", "--out", "out", "--names", "unique"],
}
"""Cheap arguments, {0} and {1} being files."""


def damaged(content, rng):
    """Bytes with a few mistakes: cut, doubled, exchanged, inserted."""
    for _ in range(rng.randint(1, 3)):
        i, j = sorted(rng.choices(range(len(content) + 1), k=2))
        some = bytes(rng.choices(b'\x00\xff\t\r\n ,;>"#-ACGT1', k=rng.randint(1, 4)))
        content = rng.choice(
            [content[:i], content[:j] + content[i:], content[:i] + some + content[i:], content[:i] + some + content[j:]]
        )
    return content


@pytest.mark.filterwarnings("ignore")
def test_no_damage_ends_in_a_traceback(run, tmp_path, monkeypatch):
    """Twenty-four files; ``SEQAUG_FUZZED=300 pytest -k damage`` tries more."""
    monkeypatch.chdir(tmp_path)
    rng = random.Random(0)
    whole = [table_of(",", "usual", csv.QUOTE_MINIMAL, "\n"), fasta_of(20, True, False, "\n")]
    for number in range(int(os.environ.get("SEQAUG_FUZZED", 24))):
        command = rng.choice(sorted(FUZZED))
        for i in range(2):
            (tmp_path / f"f{i}").write_bytes(damaged(rng.choice(whole).encode(rng.choice(ENCODINGS)), rng))
        result = run(command.split(",")[0], *(argument.format("f0", "f1") for argument in FUZZED[command]))
        about = number, command, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), about
        assert result.exit_code in (0, 1, 2), about
        if result.exit_code == 2:
            errors = [line for line in result.output.splitlines() if line.startswith("Error: ")]
            assert result.output.rstrip().splitlines()[-1:] == errors, about
            assert not (tmp_path / "out").exists(), about
        shutil.rmtree("out", ignore_errors=True)
        (tmp_path / "out").unlink(missing_ok=True)
