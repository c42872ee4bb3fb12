"""The program as a whole: light to start, and its help is enough to use it."""

import os
import subprocess
import sys

import pytest
import typer

from seqaug_sklearn import __version__
from seqaug_sklearn.cli import app
from seqaug_sklearn.cli._run import one_line_errors, say

COMMANDS = [
    "compare",
    "reproduce",
    "windows",
    "kmers",
    "groups",
    "split",
    "audit",
    "negatives",
    "genotypes",
    "demo",
    "variants",
]


def test_help_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from seqaug_sklearn.cli import app\n"
        "from typer.testing import CliRunner\n"
        "result = CliRunner().invoke(app, ['compare', '--help'])\n"
        "heavy = ('numpy', 'pandas', 'sklearn', 'torch', 'matplotlib', 'Bio')\n"
        "print(result.exit_code, *[name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0"]


def test_commands_are_listed(run):
    result = run("--help")
    assert result.exit_code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_has_a_help_text(command):
    parameters = typer.main.get_command(app).commands[command].params
    # demo has few choices on purpose
    assert len(parameters) > (4 if command == "demo" else 5)
    assert [p.name for p in parameters if not getattr(p, "help", None)] in ([], ["help"])


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_names_its_options(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "--out" in result.output
    assert "Usage" in result.output


def test_one_share_tells_relatives():
    from seqaug_sklearn.cli._options import USUAL_SHARE
    from seqaug_sklearn.similarity import USUAL_SHARE as OF_THE_AUDIT

    assert USUAL_SHARE == OF_THE_AUDIT


def test_the_version_is_the_packages(run):
    assert run("--version").output.strip() == __version__


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["windows"], ["compare", "--nonsense"], ["compare", "--folds", "1"]]
)
def test_wrong_usage_exits_with_2(run, arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error" in result.output


class _Left:
    """A pipe whose reader has gone."""

    encoding, errors = "utf-8", "strict"

    def write(self, text):
        raise BrokenPipeError

    def flush(self):
        raise BrokenPipeError

    def isatty(self):
        return False


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_that_has_gone_stops_nothing(monkeypatch, stream):
    done = []

    @one_line_errors
    def command():
        say("working")
        typer.echo("answer")
        done.append("all")
        raise typer.Exit(1)

    monkeypatch.setattr(sys, stream, _Left())
    with pytest.raises(typer.Exit) as ended:
        command()
    assert ended.value.exit_code == 1
    assert done == ["all"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["audit", "data.fa", "data.fa", "--clean", "out"], 2),
        (["split", "data.fa", "--labels", "labels.csv", "--folds", "2", "--out", "out"], 0),
    ],
    ids=["audit", "split"],
)
def test_a_closed_pipe_loses_no_file_and_no_exit_code(run, files, arguments, code):
    paths = [files / word if (files / word).exists() or word == "out" else word for word in arguments]
    assert run(*paths).exit_code == code
    before = {path: path.is_file() and path.read_bytes() for path in files.rglob("*")}
    reader, writer = os.pipe()
    os.close(reader)  # nobody reads: the first write fails
    program = [sys.executable, "-c", "from seqaug_sklearn.cli import main; main()", *map(str, paths)]
    done = subprocess.run(program, stdout=writer, stderr=subprocess.PIPE, check=False)
    both = subprocess.run(program, stdout=writer, stderr=writer, check=False)
    os.close(writer)
    assert (done.returncode, both.returncode) == (code, code)
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
    assert {path: path.is_file() and path.read_bytes() for path in files.rglob("*")} == before


def test_python_runs_it_without_a_script(monkeypatch, capsys):
    import runpy

    monkeypatch.setattr(sys, "argv", ["seqaug", "--version"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("seqaug_sklearn", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == __version__
