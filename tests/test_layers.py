"""The architecture, held by tests: imports point down and never round, rooms stay small, heavy packages load late."""

import ast
import collections
import graphlib
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = "seqaug_sklearn"
ROOT = Path(__file__).resolve().parents[1] / PACKAGE

LAYERS = {
    "_lazy": 0,
    "exceptions": 0,
    "alphabets": 0,
    "published": 0,
    "utils": 1,
    "base": 2,
    "genotypes": 2.5,
    "networks": 2,
    "reporting": 2,
    "encoding": 3,
    "datasets": 3,
    "motifs": 4,
    "similarity": 4,
    "neural": 4.5,
    "augmentation": 5,
    "embedding": 5,
    "features": 5,
    "classification": 5,
    "regression": 5,
    "model_selection": 5,
    "inspection": 5,
    "plotting": 6,
    "persistence": 6.2,
    "evaluation": 6.5,
    "cli": 7,
}
"""Unit -> layer. A unit imports from smaller numbers only, so never from a sibling."""

NO_DATASETS = {unit for unit, layer in LAYERS.items() if 4 <= layer <= 5}
LOADS_TORCH = {"networks", "neural", "classification", "regression", "cli"}
"""Units that may load torch when they are imported."""

LARGEST_ROOM = 20
"""Files of a folder."""
SMALLEST_FAMILY = 4
"""Files of a family, besides its door, that make it a folder."""

FILES = sorted(ROOT.rglob("*.py"))
FOLDERS = sorted({file.parent for file in FILES})
FAMILIES = [folder for folder in FOLDERS if folder.name.startswith("_")]
UNITS = sorted({file.relative_to(ROOT).parts[0].removesuffix(".py") for file in FILES} - {"__init__", "__main__"})
TABLES = [file for file in FILES if file.name == "__init__.py" and file.parent != ROOT]


def module_name(file):
    parts = file.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def unit_of(module):
    """Unit of a dotted module name; "" for the top level itself."""
    return module.removeprefix(PACKAGE).lstrip(".").partition(".")[0]


def is_file(module, alias):
    """Whether ``from module import alias`` takes a file out of a folder of the package."""
    return (ROOT.parent / module.replace(".", "/") / f"{alias.name}.py").exists()


def imported_modules(source, file=ROOT / "__init__.py"):
    """Yield (line, dotted name) for every import anywhere in a file, relative ones and importlib calls included."""
    package = module_name(file).split(".")
    if file.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            # `from folder import file` names a module, `from file import name` does not
            files = [f"{module}.{alias.name}" for alias in node.names if module == PACKAGE or is_file(module, alias)]
            yield from ((node.lineno, name) for name in files)
            if len(files) < len(node.names):
                yield node.lineno, module
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "import_module",
            "import_optional",
            "__import__",
        ):
            literals = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            yield from ((node.lineno, name) for name in literals)


def internal_imports(file):
    return [(line, name) for line, name in imported_modules(file.read_text(), file) if name.split(".")[0] == PACKAGE]


def run_python(code):
    """Run code in a fresh interpreter and return what it printed."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import seqaug_sklearn.cli", ["seqaug_sklearn.cli"]),
        ("def f():\n    from ..cli import main", ["seqaug_sklearn.cli"]),
        ("from . import _window_augmenter", ["seqaug_sklearn.augmentation._window_augmenter"]),
        ("from seqaug_sklearn import plotting", ["seqaug_sklearn.plotting"]),
        ("importlib.import_module('seqaug_sklearn.cli')", ["seqaug_sklearn.cli"]),
        ("if TYPE_CHECKING:\n    import torch.nn as nn", ["torch.nn"]),
    ],
)
def test_the_import_reader_sees_every_form(source, expected):
    found = imported_modules(source, ROOT / "augmentation" / "_example.py")
    assert [name for _, name in found] == expected


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_imports_point_down(file):
    unit = unit_of(module_name(file))
    wrong = []
    for line, name in internal_imports(file):
        other = unit_of(name)
        if other in ("", "__version__") or other == unit or unit in ("", "__main__"):
            continue
        if LAYERS[other] >= LAYERS[unit] or (unit in NO_DATASETS and other == "datasets"):
            wrong.append(f"line {line}: {unit} (layer {LAYERS[unit]}) imports {name} (layer {LAYERS[other]})")
    assert not wrong, "\n".join(wrong)


def test_every_unit_has_a_layer():
    assert set(UNITS) <= set(LAYERS), "give the new unit its layer in LAYERS"


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_other_units_are_entered_by_their_front_door(file):
    """Private files belong to their unit; utils._sklearn is imported by name on purpose, and seqaug_sklearn._lazy."""
    unit = unit_of(module_name(file))
    allowed = {f"{PACKAGE}.utils._sklearn", f"{PACKAGE}._lazy", f"{PACKAGE}.__version__"}
    wrong = [
        f"line {line}: {name}"
        for line, name in internal_imports(file)
        if unit_of(name) != unit and name not in allowed and any(part[:1] == "_" for part in name.split(".")[1:])
    ]
    assert not wrong


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_families_are_entered_by_their_front_door(file):
    doors = {module_name(family / "__init__.py"): family for family in FAMILIES}
    wrong = [
        f"line {line}: {name}"
        for line, name in internal_imports(file)
        if (family := doors.get(name.rpartition(".")[0])) and family not in file.parents
    ]
    assert not wrong


def import_graph(files):
    """Module -> modules of the package that it imports anywhere: in functions and under TYPE_CHECKING, too."""
    modules = {module_name(file): file for file in files}
    return {
        module: {name for _, name in internal_imports(file) if name in modules and name != module}
        for module, file in modules.items()
    }


def test_no_file_imports_itself_on_the_way_round():
    # a door that is imported by its own rooms would stand for all of them; they import each other's files
    list(graphlib.TopologicalSorter(import_graph(FILES)).static_order())


def test_circles_in_functions_and_under_type_checking_are_seen(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path / PACKAGE)
    unit = tmp_path / PACKAGE / "similarity"
    unit.mkdir(parents=True)
    (unit / "_one.py").write_text(f"if TYPE_CHECKING:\n    from {PACKAGE}.similarity._two import two\n")
    (unit / "_two.py").write_text(f"def two():\n    from {PACKAGE}.similarity._one import one\n")
    graph = import_graph(sorted(unit.glob("*.py")))
    with pytest.raises(graphlib.CycleError):
        list(graphlib.TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_depth_and_private_files(file):
    parts = file.relative_to(ROOT).parts
    assert len(parts) <= 3, "package, unit, family, file: no deeper"
    if len(parts) > 1:
        private = all(part.startswith("_") for part in parts[1:])
        assert private, f"{file.name} must be private; the door of its unit names what is public"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.relative_to(ROOT).as_posix())
def test_families_are_worth_a_folder(family):
    assert len(list(family.glob("_[!_]*.py"))) >= SMALLEST_FAMILY


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_rooms_are_small(folder):
    assert len(list(folder.glob("*.py"))) <= LARGEST_ROOM


def test_names_of_files_tell_them_apart():
    names = collections.Counter(file.name for file in FILES if file.name != "__init__.py")
    assert [name for name, n in names.items() if n >= 4] == []


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_private_names_of_scikit_learn_stay_in_one_file(file):
    if module_name(file) == f"{PACKAGE}.utils._sklearn":
        return
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sklearn":
            names = [*node.module.split("."), *(alias.name for alias in node.names)]
            assert not [name for name in names if name.startswith("_")], f"line {node.lineno}"


def test_networks_know_no_scikit_learn():
    for file in (ROOT / "networks").glob("*.py"):
        roots = {name.split(".")[0] for _, name in imported_modules(file.read_text(), file)}
        assert roots.isdisjoint({"sklearn", "skorch", "imblearn"}), file.name


@pytest.mark.parametrize("file", TABLES, ids=module_name)
def test_init_is_a_table_of_contents(file):
    tree = ast.parse(file.read_text())
    assert ast.get_docstring(tree), "say what lives here"
    for node in tree.body[1:]:
        docstring_of_a_name = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        contents = isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign)) or docstring_of_a_name
        assert contents, f"line {node.lineno}: only imports and __all__"
    module = importlib.import_module(module_name(file))
    assert len(module.__all__) == len(set(module.__all__))
    for name in module.__all__:
        assert not name.startswith("_")
        assert getattr(module, name) is not None


def test_bare_import_is_light():
    heavy = ("sklearn", "torch", "numpy", "pandas", "matplotlib")
    loaded = run_python(f"import sys, {PACKAGE}; print(*[m for m in {heavy} if m in sys.modules])")
    assert loaded == ""


def test_window_augmenter_needs_no_torch():
    loaded = run_python(f"import sys; from {PACKAGE} import WindowAugmenter; print('torch' in sys.modules)")
    assert loaded == "False"


@pytest.fixture(scope="module")
def loaded_by():
    """What of torch and pyplot is there after each unit was imported.

    One interpreter forgets the package before each unit and keeps what others made, which takes most of the time. Units
    that may load torch come last, so that the first that must not and does is the one that is named.
    """
    code = f"""
import importlib, sys
for unit in {sorted(UNITS, key=lambda unit: (unit in LOADS_TORCH, unit))}:
    for name in [name for name in sys.modules if name.partition(".")[0] == "{PACKAGE}"]:
        del sys.modules[name]
    importlib.import_module("{PACKAGE}." + unit)
    print(unit, *(name for name in ("torch", "matplotlib.pyplot") if name in sys.modules))
"""
    return {unit: loaded for unit, *loaded in map(str.split, run_python(code).splitlines())}


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_imports_alone(unit, loaded_by):
    if unit not in LOADS_TORCH:
        assert "torch" not in loaded_by[unit], f"{unit} loads torch when it is imported"
    assert "matplotlib.pyplot" not in loaded_by[unit], "matplotlib is imported where something is drawn"


def test_top_level_lists_what_it_gives():
    import seqaug_sklearn

    assert sorted(seqaug_sklearn.__all__) == seqaug_sklearn.__all__
    assert set(seqaug_sklearn.__all__) <= set(dir(seqaug_sklearn))
    for name in seqaug_sklearn.__all__:
        assert getattr(seqaug_sklearn, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        getattr(seqaug_sklearn, "Nonsense")  # noqa: B009
