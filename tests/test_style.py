"""What linters leave to taste and reviewers asked for: no riddles in one line."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "seqaug_sklearn"
FILES = sorted(ROOT.rglob("*.py"))

WRITTEN_ONCE = {
    r"warnings\.warn\(|\bstacklevel\b": "utils/_words/_warnings.py",
    r"\bhashlib\b|\bjoblib\.hash\b": "utils/_fingerprints.py",
    r"\bos\.(replace|rename)\(|\bmkstemp\b|\bNamedTemporaryFile\b": "utils/_files",
    r"\b_safe_indexing\b": "utils/_sklearn.py",
    r"#[0-9A-F]{2}(72B2|5E00|9E73|9F00|79A7|B4E9)\b": "reporting/_palette.py",
    r"\bPackageLoader\b|<html": "reporting",
    r"(?m)^ +(plt|pyplot)\.close\(": "reporting",
    r"def read_(people|individuals)\b": "genotypes/_reading.py",
}
"""What is plumbing -> the one place that holds it; all others call that."""


@pytest.mark.parametrize(("pattern", "place"), WRITTEN_ONCE.items(), ids=WRITTEN_ONCE.values())
def test_plumbing_is_written_once(pattern, place):
    found = {file.relative_to(ROOT).as_posix() for file in FILES if re.search(pattern, file.read_text())}
    elsewhere = {name for name in found if name != place and not name.startswith(f"{place}/")}
    assert found, "the pattern finds nothing any more, so it holds nothing"
    assert not elsewhere


def chained_conditionals(tree):
    """Lines of conditional expressions that hold another one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp) and sum(isinstance(part, ast.IfExp) for part in ast.walk(node)) > 1:
            yield node.lineno


def multiplied_texts(tree):
    """Lines where a text is multiplied by a condition."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)):
            continue
        sides = (node.left, node.right)
        text = any(isinstance(s, ast.JoinedStr) or isinstance(getattr(s, "value", None), str) for s in sides)
        condition = any(
            isinstance(s, (ast.Compare, ast.BoolOp)) or isinstance(getattr(s, "op", None), ast.Not) for s in sides
        )
        if text and condition:
            yield node.lineno


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_chained_conditionals_and_no_multiplied_texts(file):
    tree = ast.parse(file.read_text())
    assert list(chained_conditionals(tree)) == [], "write if and return, a dict, or a small function"
    assert list(multiplied_texts(tree)) == [], "seqaug_sklearn.utils.counted tells a number of things"


@pytest.mark.parametrize(
    ("source", "n_chained", "n_multiplied"),
    [
        ("a if b else c if d else e", 1, 0),
        ("a if b else f(c if d else e)", 1, 0),
        ("(a if b else c) + (d if e else f)", 0, 0),
        ("f\"{n} row{'s' * (n > 1)}\"", 0, 1),
        ("(a and b) * 's'", 0, 1),
        ("'s' * (not a)", 0, 1),
        ("'-' * width", 0, 0),
        ("values * (n > 1)", 0, 0),
    ],
)
def test_both_rules_see_what_they_are_for(source, n_chained, n_multiplied):
    tree = ast.parse(source)
    assert (len(list(chained_conditionals(tree))), len(list(multiplied_texts(tree)))) == (n_chained, n_multiplied)


READS_AN_ERROR = re.compile(
    r"re\.\w+\([^\n]*\bstr\(\w*(error|warning)\)"
    r"|\bstr\(\w*(error|warning)\)\.(replace|r?partition|startswith|endswith|remove\w+|r?split)\((?!\))"
    r"|\bin str\(\w*(error|warning)\)"
)
OF_OTHERS = {
    "embedding/_tokenizers.py": "white space of a message of tokenizers",
    "model_selection/_optuna/_search.py": "scikit-learn's splitters, which have no class for groups that are missing",
    "model_selection/_optuna/_storage.py": "SQLite and SQLAlchemy",
    "model_selection/_optuna/_trials.py": "scikit-learn's cross_validate",
}
"""Files that look into messages, which are those of other packages."""


def test_no_code_reads_what_its_own_errors_say():
    found = {f.relative_to(ROOT).as_posix() for f in FILES if READS_AN_ERROR.search(f.read_text())}
    assert found <= set(OF_OTHERS), "let the error carry what it is about: utils.Message and Parameter"


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("told = re.sub(said, option, str(error))", True),
        ("re.sub(r'x', told, str(error), flags=re.DOTALL)", True),
        ("str(error).replace('a', 'b')", True),
        ("str(error).partition(';')[0]", True),
        ("if 'groups' in str(error):", True),
        ("str(error)", False),
        ("' '.join(str(error).split())", False),
        ("told(error, options.say)", False),
    ],
)
def test_that_rule_sees_what_it_is_for(source, reads):
    assert bool(READS_AN_ERROR.search(source)) is reads


def bare_parameters(tree):
    """Lines of errors whose plain text begins with a parameter of the file, which no reader could then look up."""
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    known = {arg.arg for node in functions for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else None
        if getattr(getattr(call, "func", None), "id", "") not in ("ValueError", "DataFormatError") or not call.args:
            continue
        named = BEGINS_WITH_NAME.match(ast.unparse(call.args[0]))
        if named and named["name"] in {*known, "{name}"}:
            yield node.lineno


BEGINS_WITH_NAME = re.compile(r"""f?["']{1,3}(?P<name>\{name\}|[a-zA-Z]\w*)(?=[ =:\[])""")
NAMED_IN = ("classification", "embedding", "inspection", "model_selection", "networks", "neural")


@pytest.mark.parametrize("unit", NAMED_IN)
def test_errors_carry_their_parameter(unit):
    files = sorted((ROOT / unit).rglob("*.py"))
    found = {file.relative_to(ROOT).as_posix(): list(bare_parameters(ast.parse(file.read_text()))) for file in files}
    assert not any(found.values()), "raise invalid_parameter(name, rule), or invalid_data(name, rule)"


@pytest.mark.parametrize(
    "raised",
    [
        'ValueError(f"window must be at least 1, got {window}")',
        'ValueError(f"{name} must be at least 1")',
        'DataFormatError(f"window={window!r} is too long")',
        'ValueError("window: too long")',
    ],
)
def test_a_bare_parameter_is_found(raised):
    assert list(bare_parameters(ast.parse(f"def f(window, name):\n    raise {raised}"))) == [2]


@pytest.mark.parametrize("raised", ['ValueError("windows must not overlap")', 'invalid_parameter("window", "is 0")'])
def test_other_errors_are_free(raised):
    assert list(bare_parameters(ast.parse(f"def f(window):\n    raise {raised}"))) == []
