"""The package says the same about itself everywhere: metadata, extras, docstrings, API pages, version."""

import ast
import configparser
import dataclasses
import importlib
import importlib.metadata
import importlib.util
import inspect
import re
import subprocess
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

FOLDERS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - {"utils", "cli"}
UNITS = ["alphabets", "exceptions", *sorted(FOLDERS)]


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
    headings = re.findall(
        r"^(?:Version )?(\d+\.\d+\.\d+).*\n[=-]{3,}$", (ROOT / "docs/changelog.rst").read_text(), re.M
    )
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
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what is tracked cannot be told from what was built")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tracked = {line.split("/")[0] for line in listed.splitlines()}
    folders = {"seqaug_sklearn", "tests", "examples", "docs", ".ci"}
    files = {"setup.cfg", "pyproject.toml", "README.md", "Makefile", "LICENSE", ".gitignore", ".pre-commit-config.yaml"}
    assert tracked == folders | files


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


def callables():
    for unit, name in public_names():
        thing = getattr(importlib.import_module(f"seqaug_sklearn.{unit}"), name)
        if inspect.isroutine(thing) or (inspect.isclass(thing) and not issubclass(thing, Exception)):
            yield pytest.param(thing, id=f"{unit}.{name}")


def section_names(doc, title):
    """Names that a numpydoc section describes: `a, b : type` at its left margin."""
    match = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", doc, re.M | re.S)
    lines = re.findall(r"^(\S.*?)(?: :.*)?$", match.group(1), re.M) if match else []
    return {name.strip(" *") for line in lines for name in line.split(",")}


@pytest.mark.parametrize("thing", callables())
def test_docstrings_name_the_parameters(thing):
    parameters = {name for name in inspect.signature(thing).parameters if not name.startswith("_")}
    described = section_names(inspect.getdoc(thing), "Parameters")
    if dataclasses.is_dataclass(thing) or issubclass(thing if inspect.isclass(thing) else object, tuple):
        described |= section_names(inspect.getdoc(thing), "Attributes") & parameters  # results are received, not built
    assert described == parameters
