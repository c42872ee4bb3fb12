"""The program as a whole: light to start, and its help is enough to use it."""

import subprocess
import sys

import pytest
import typer

from seqaug_sklearn import __version__
from seqaug_sklearn.cli import app

COMMANDS = ["compare", "reproduce", "windows", "kmers", "genotypes"]


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
    assert len(parameters) > 5
    assert [p.name for p in parameters if not getattr(p, "help", None)] in ([], ["help"])


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_names_its_options(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "--out" in result.output
    assert "Usage" in result.output


def test_the_version_is_the_packages(run):
    assert run("--version").output.strip() == __version__


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["windows"], ["compare", "--nonsense"], ["compare", "--folds", "1"]]
)
def test_wrong_usage_exits_with_2(run, arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error" in result.output
