"""The field's words: what users read says individuals, lookup and chance; the words of a list do not come back."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

WORDS = {
    r"\b(people|persons?|women|men)\b": "individuals or samples; females, males",
    r"\bnever lived\b": "synthetic genotypes",
    r"\bmemorisers?\b": "nearest-neighbour lookup; `memoriser` is a key",
    r"\bparents? (scored|score)\b|\bbetween parents\b": "sequences",
    r"\btold\b": "reported, named, given, distinguished",
    r"\btelling\b": "informative, characterised, separating",
    r"\btells? ([\w-]+ ){1,6}apart\b": "separates, distinguishes",
    r"\btells? (the|its|a) (label|class)": "reveals the label",
    r"\btells? of\b": "predicts, says of",
    r"\bstirred\b": "mixed",
    r"\bfound out\b": "detected, determined",
    r"\bby heart\b": "memorised",
    r"\bhangs? (on|together)\b": "depends on, belongs together",
    r"\bF1 without more\b": "plain",
    r"\bstays? with theirs\b": "stay with their sequence",
    r"\b(nobody|everybody|somebody)\b": "no one, everyone; or say what is not given",
    r"\bstrangers?\b": "unrelated individuals",
    r"\bthe house\b": "may be shared",
    r"\b(to|can) be had\b": "available, can be computed",
    r"\bwitness(es)?\b": "evidence",
    r"\b(by|more than|no more than|is|all) luck\b": "chance",
    r"\bby lot\b": "at random",
    r"\btrivial things?\b": "trivial feature",
    r"\b(is|than|beats?|way of|score of) guessing\b": "chance",
    r"\bmarr(y|ies|ied)\b": "mate",
    r"\bas ever\b": "as before",
    r"\bdear(er|est)?\b": "expensive",
    r"\blikeness\b": "similarity",
    r"\bg[ai]ven? (\w+ )?away\b|\bgives (\w+ )?away\b": "share, reveal",
}
"""What is not said -> what is said instead."""

ALLOWED = {
    ("seqaug_sklearn/cli/_compare.py", "memoriser"): "a key that --models takes",
    ("seqaug_sklearn/evaluation/_augmentation/_fit_plan.py", "told"): "a column of the plan's table",
    ("seqaug_sklearn/evaluation/_genotypes/_faults.py", "told"): "the key of a fault",
    ("seqaug_sklearn/evaluation/_genotypes/_generators.py", "people"): "a parameter, which messages name",
    ("seqaug_sklearn/evaluation/_genotypes/_report.py", "told"): "the key of a fault",
    ("seqaug_sklearn/evaluation/_window_paper/_protocols.py", "parents scored"): "a column of a table",
    ("seqaug_sklearn/evaluation/_window_paper/_verdict.py", "parents scored"): "a column of a table",
    ("seqaug_sklearn/model_selection/_sanity_checks.py", "memoriser"): "a row of a table",
    ("seqaug_sklearn/model_selection/_sanity_report.py", "memoriser"): "a row of a table",
    ("docs/api/evaluation.rst", "memoriser"): "a function",
    ("docs/api/similarity.rst", "memoriser"): "a function",
}
"""File and word -> why it may stand there."""

HONEST = 4
"""How often the README, the documentation and the package may say honest."""

PAGES = sorted(
    path
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.rst"), *(ROOT / "examples").rglob("*.rst")]
    if path.name != "changelog.rst"  # what was said then
)
SOURCES = sorted([*(ROOT / "seqaug_sklearn").rglob("*.py"), *(ROOT / "examples").rglob("*.py")])

_NOT_PROSE = re.compile(
    r"^ *(?:>>>|\.\.\. ).*$"  # code of an example
    r"|``[^`]+``|:[\w:]+:`[^`]+`|`[^`\n]+`"  # names
    r"|^ *\w+(?:, \w+)* : .*$"  # a parameter and its type
    r"|\{[^{}]*\}"
    r"|(?<![\w.])\w+\.\w[\w.]*|\"[^\"\n]{1,30}\"",  # attributes, files, quoted values
    re.M,
)


def prose(text: str) -> str:
    """Return a text without names and code, on one line."""
    return " ".join(_NOT_PROSE.sub(" _ ", text).split())


def texts_of(source: str):
    """Yield line and text of what a program says: docstrings and messages, in f-strings with ``_`` for values."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(part.value if isinstance(part, ast.Constant) else " _ " for part in node.values)
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or id(node) in parts:
            continue
        if " " in node.value.strip():  # one word is a key, not prose
            yield node.lineno, node.value


def python_blocks_removed(page: str) -> str:
    """A page without its blocks of code; what they print stays."""
    page = re.sub(r"^```python\n.*?^```$", "", page, flags=re.M | re.S)
    return re.sub(r"^( *)\.\. code-block:: python\n(?:\n|\1 +.*\n)+", "", page, flags=re.M)


def found_in(text: str) -> list[str]:
    """Words that are not said, and what is said instead."""
    told = prose(text)
    return [
        f"{match.group()} ({instead})"
        for word, instead in WORDS.items()
        for match in re.finditer(word, told, re.IGNORECASE)
    ]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def allowed(path: Path, found: str) -> bool:
    return (name_of(path), found.split(" (")[0].lower()) in ALLOWED


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_messages_help_and_docstrings_use_the_words_of_the_field(path):
    found = [
        f"line {line}: {word}"
        for line, text in texts_of(path.read_text())
        for word in found_in(text)
        if not allowed(path, word)
    ]
    assert not found, f"{name_of(path)}: {found}"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_pages_use_the_words_of_the_field(path):
    found = [word for word in found_in(python_blocks_removed(path.read_text())) if not allowed(path, word)]
    assert not found, f"{name_of(path)}: {found}"


def test_honest_is_said_a_few_times_at_most():
    told = [text for path in SOURCES for _, text in texts_of(path.read_text())]
    told += [python_blocks_removed(path.read_text()) for path in PAGES]
    assert sum(len(re.findall(r"\bhonest", prose(text), re.IGNORECASE)) for text in told) <= HONEST


@pytest.mark.parametrize(
    "fault",
    [
        "raise ValueError('give the people of each population')",
        "raise ValueError(f'{n} people are copies')",
        '"""Genotypes of people who never\n    lived."""',
        "help = 'the memoriser copies the label'",
        "told = 'labels exchanged between parents score 0.5'",
        "help = 'groups of two labels are told'",
        "help = 'genes without a telling name'",
        "help = 'it alone tells the classes apart'",
        "help = 'a copy tells the label of its parent'",
        "help = 'what one feature tells of the classes'",
        "help = 'a mixed population was stirred'",
        "help = 'both controls were found out'",
        "help = 'a model may know them by ' 'heart'",
        "help = 'where the label hangs on one site'",
        "help = 'recall and F1 without more'",
        "help = 'windows stay with theirs'",
        "help = 'where nobody looked'",
        "help = 'they must be strangers'",
        "help = 'it may leave the house'",
        "help = 'no score is to be had'",
        "help = 'relatives are no witnesses'",
        "help = 'no more than luck'",
        "help = 'drawn by lot'",
        "help = 'a trivial thing'",
        "help = '0.5 is guessing'",
        "help = 'they marry at random'",
        "help = 'as ever, rows'",
        "help = 'fewer of dear ones'",
        "help = 'more distant likeness'",
        "help = 'it must not be given away'",
    ],
)
def test_each_word_is_seen(fault):
    assert [word for _, text in texts_of(fault) for word in found_in(text)]


@pytest.mark.parametrize(
    "source",
    [
        "models = {'memoriser': 1, 'guessing': 2}",
        '"""The key ``memoriser`` and the table `people`."""',
        '""">>> people = make_genotypes(3)\n"""',
        "'people.vcf.gz holds them'",
        '"""Read genotypes.\n\n    people : GenotypeSet\n"""',
        "message = f'{people} has no labels'",
        "'females alone are read'",
    ],
)
def test_keys_and_code_are_no_prose(source):
    assert not [word for _, text in texts_of(source) for word in found_in(text)]
