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

FOLDERS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - {
    "base",
    "utils",
    "cli",
    "genotypes",
    "motifs",
    "neural",
    "reporting",
}
UNITS = ["alphabets", "exceptions", *sorted(FOLDERS)]


def requirement_name(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement).group().lower()


def public_objects(unit):
    """Public name -> object, for classes and functions; constants have no docstring of their own."""
    module = importlib.import_module(f"seqaug_sklearn.{unit}")
    things = {name: getattr(module, name) for name in module.__all__}
    return {name: thing for name, thing in things.items() if inspect.isclass(thing) or inspect.isroutine(thing)}


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
    try:
        installed = importlib.metadata.version("seqaug-sklearn")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the package runs from its folder and is not installed")
    assert installed == seqaug_sklearn.__version__


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


def test_the_oldest_releases_that_are_tested_are_those_allowed():
    """Of all that users and tests need; torch has no old builds to test with."""
    tested = PROJECT["dependencies"] + [r for name, extra in EXTRAS.items() if name not in TOOLS for r in extra]
    bounds = {re.sub(r"\[.*\]", "", requirement).replace(">=", "==") for requirement in tested + EXTRAS["test"]}
    lines = (ROOT / ".ci/oldest.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert sorted(pins) == sorted(bound for bound in bounds if requirement_name(bound) != "torch")


def test_torch_is_pinned_where_the_oldest_releases_are_tested():
    assert re.search(r"^torch==", (ROOT / ".ci/constraints.txt").read_text(), re.M)


def test_the_extra_all_names_every_feature():
    (requirement,) = EXTRAS["all"]
    assert set(re.search(r"\[(.+)\]", requirement).group(1).split(",")) == set(EXTRAS) - TOOLS


def test_every_import_is_a_declared_dependency():
    declared = PROJECT["dependencies"] + [r for name, extra in EXTRAS.items() if name not in TOOLS for r in extra]
    names = {requirement_name(requirement) for requirement in declared}
    known = {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in names}
    used = {root for file in PACKAGE.rglob("*.py") for root in imported_roots(file)}
    assert used <= known


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
    if importlib.util.find_spec(module) is None:
        pytest.skip("the command line is not there yet")
    assert callable(getattr(importlib.import_module(module), name))


def test_package_data_exists():
    for package, patterns in PYPROJECT["tool"]["setuptools"].get("package-data", {}).items():
        folder = ROOT.joinpath(*package.split("."))
        for pattern in patterns:
            assert list(folder.glob(pattern)), f"no {pattern} in {package}"


def test_top_level_holds_only_what_the_design_lists():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what is tracked cannot be distinguished from what was built")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tracked = {line.split("/")[0] for line in listed.splitlines()}
    folders = {"seqaug_sklearn", "tests", "examples", "docs", ".ci", ".github"}
    files = {"setup.cfg", "pyproject.toml", "README.md", "Makefile", "LICENSE", ".gitignore", ".pre-commit-config.yaml"}
    assert tracked == folders | files


@pytest.mark.parametrize("unit", UNITS)
def test_public_names_stand_in_the_api_pages(unit):
    page = (ROOT / "docs" / "api" / f"{unit}.rst").read_text()
    listed = set(re.findall(r"^(?: {3}|\.\. (?:data|class):: )(\w+)$", page, re.M))
    assert listed == set(importlib.import_module(f"seqaug_sklearn.{unit}").__all__)


@pytest.mark.parametrize("unit", UNITS)
def test_public_names_have_a_docstring_with_a_summary(unit):
    summaries = {name: (inspect.getdoc(thing) or "").partition("\n")[0] for name, thing in public_objects(unit).items()}
    assert {name: summary for name, summary in summaries.items() if not summary.endswith((".", "!", "?"))} == {}


def section_names(doc, title):
    """Names that a numpydoc section describes: `a, b : type` at its left margin."""
    match = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", doc, re.M | re.S)
    lines = re.findall(r"^(\S.*?)(?: :.*)?$", match.group(1), re.M) if match else []
    return {name.strip(" *") for line in lines for name in line.split(",")}


def described_callables(unit):
    """Public functions, classes and the public methods that this package wrote for them."""
    for name, thing in public_objects(unit).items():
        if inspect.isclass(thing) and issubclass(thing, Exception):
            continue
        yield name, thing
        if inspect.isclass(thing):
            for method_name, method in inspect.getmembers(thing, inspect.isroutine):
                written_here = (getattr(method, "__module__", None) or "").startswith("seqaug_sklearn")
                if written_here and not method_name.startswith("_"):
                    yield f"{name}.{method_name}", method


@pytest.mark.parametrize("unit", UNITS)
def test_docstrings_describe_the_parameters(unit):
    wrong = {}
    for name, thing in described_callables(unit):
        parameters = {parameter for parameter in inspect.signature(thing).parameters if parameter[0] != "_"} - {"self"}
        doc = inspect.getdoc(thing) or ""
        described = section_names(doc, "Parameters")
        if "." in name and "\n" not in doc:
            continue  # a small method that one line says all about
        if dataclasses.is_dataclass(thing) or (inspect.isclass(thing) and issubclass(thing, tuple)):
            # results are received, not built: their fields are attributes
            described |= section_names(doc, "Attributes") & parameters
        if described != parameters:
            wrong[name] = sorted(described ^ parameters)
    assert wrong == {}
