"""The package says the same about itself everywhere: metadata, extras, docstrings, API pages, version."""

import ast
import configparser
import importlib
import importlib.metadata
import importlib.util
import inspect
import re
import sys
import tomllib
from pathlib import Path

import pytest

import seqaug_sklearn

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "seqaug_sklearn"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
TOOLS = {"docs", "test", "lint", "bench", "all"}
"""Extras for working on the package; every other extra is a feature."""

IMPORT_NAMES = {
    "biopython": "Bio",
    "imbalanced-learn": "imblearn",
    "scikit-learn": "sklearn",
    "dask": "dask",
    "modisco-lite": "modiscolite",
}

UNITS = ["alphabets", "exceptions"] + sorted(
    path.parent.name for path in PACKAGE.glob("*/__init__.py") if path.parent.name not in ("utils", "cli")
)


def requirement_name(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement).group().lower()


def public_names():
    for unit in UNITS:
        module = importlib.import_module(f"seqaug_sklearn.{unit}")
        yield from ((unit, name) for name in module.__all__)


def imported_roots(file):
    """Third-party packages that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(file.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_optional":
            names = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        for name in names:
            root = name.split(".")[0]
            if root not in sys.stdlib_module_names and root != "seqaug_sklearn":
                yield root


def test_version_is_said_once_and_installed():
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev\d+|rc\d+)?", seqaug_sklearn.__version__)
    assert PROJECT["dynamic"] == ["version"]
    assert "version" not in PROJECT
    assert importlib.metadata.version("seqaug-sklearn") == seqaug_sklearn.__version__


def test_changelog_opens_with_this_version():
    headings = re.findall(r"^(?:Version )?(\d+\.\d+\.\d+).*\n[=-]{3,}$", (ROOT / "docs/changelog.rst").read_text(), re.M)
    assert headings[0] == seqaug_sklearn.__version__


@pytest.mark.parametrize("requirement", PROJECT["dependencies"] + [r for extra in EXTRAS.values() for r in extra])
def test_requirements_have_a_lower_bound_and_no_pin(requirement):
    if requirement.startswith("seqaug-sklearn["):
        return
    assert re.search(r">=\d", requirement)
    assert not re.search(r"[=~!]=|<", requirement.replace(">=", "")), "pins belong into .ci/constraints.txt"


def test_the_extra_all_names_every_feature():
    (requirement,) = EXTRAS["all"]
    assert set(re.search(r"\[(.+)\]", requirement).group(1).split(",")) == set(EXTRAS) - TOOLS


def test_every_import_is_a_declared_dependency():
    declared = PROJECT["dependencies"] + [r for name, extra in EXTRAS.items() if name not in TOOLS for r in extra]
    names = {requirement_name(requirement) for requirement in declared}
    known = {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in names}
    used = {root for file in PACKAGE.rglob("*.py") for root in imported_roots(file)}
    assert used <= known


def test_every_core_dependency_is_used():
    core = {requirement_name(r) for r in PROJECT["dependencies"]}
    used = {root for file in PACKAGE.rglob("*.py") for root in imported_roots(file)}
    assert {name for name in core if IMPORT_NAMES.get(name, name) not in used} == set()


def test_extras_in_messages_exist():
    """`import_optional(..., extra=)` is what a user is told to install."""
    named = {
        keyword.value.value
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_optional"
        for keyword in node.keywords
        if keyword.arg == "extra" and isinstance(keyword.value, ast.Constant)
    }
    assert named <= set(EXTRAS) - TOOLS


def test_pyproject_and_setup_cfg_do_not_repeat_each_other():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    assert not {"metadata", "options"} & set(config.sections()), "what the package is stands in pyproject.toml"
    assert set(PYPROJECT["tool"]) <= {"setuptools", "ruff"}, "how it is checked stands in setup.cfg"


def test_console_script_points_to_a_function():
    module, _, name = PROJECT["scripts"]["seqaug"].partition(":")
    assert callable(getattr(importlib.import_module(module), name))


def test_package_data_exists():
    for package, patterns in PYPROJECT["tool"]["setuptools"].get("package-data", {}).items():
        folder = ROOT.joinpath(*package.split("."))
        for pattern in patterns:
            assert list(folder.glob(pattern)), f"no {pattern} in {package}"


def test_top_level_holds_only_what_the_design_lists():
    known = {"seqaug_sklearn", "tests", "examples", "docs", "setup.cfg", "pyproject.toml", "README.md", "Makefile", "LICENSE"}
    tracked = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    built = {"build", "report", "demo-report", "dist", "htmlcov"}
    assert {name for name in tracked - known - built if not name.endswith(".egg-info")} == set()


@pytest.mark.parametrize(("unit", "name"), public_names())
def test_public_names_are_documented(unit, name):
    thing = getattr(importlib.import_module(f"seqaug_sklearn.{unit}"), name)
    if inspect.isclass(thing) or inspect.isroutine(thing):
        doc = inspect.getdoc(thing)
        assert doc, "write a docstring"
        summary = doc.splitlines()[0]
        assert summary.endswith((".", "!", "?")), f"first line is one sentence: {summary!r}"
    pages = {page.stem: page.read_text() for page in (ROOT / "docs" / "api").glob("*.rst")}
    assert unit in pages, f"docs/api/{unit}.rst is missing"
    assert re.search(rf"^\s+{name}$", pages[unit], re.M), f"list {name} in docs/api/{unit}.rst"


@pytest.mark.parametrize(("unit", "name"), public_names())
def test_docstrings_name_the_parameters(unit, name):
    """Every parameter stands in the Parameters section under its own name, and no other does."""
    thing = getattr(importlib.import_module(f"seqaug_sklearn.{unit}"), name)
    if not (inspect.isclass(thing) or inspect.isroutine(thing)) or (inspect.isclass(thing) and issubclass(thing, Exception)):
        return
    parameters = {
        p.name for p in inspect.signature(thing).parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", inspect.getdoc(thing), re.M | re.S)
    attributes = re.search(r"^Attributes\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", inspect.getdoc(thing), re.M | re.S)
    text = "".join(match.group(1) for match in (section, attributes) if match)
    named = {part.strip(" *") for line in re.findall(r"^(\S.*?)(?: :|$)", text, re.M) for part in line.split(",")}
    assert parameters <= named, f"undocumented: {sorted(parameters - named)}"
