"""README and user guide: every Python line in them runs."""

import doctest
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn import config_context

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted((ROOT / "docs" / "user_guide").glob("*.rst"))
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.fixture
def users_folder(tmp_path, monkeypatch, random_dna):
    """A working folder with the files that the README's reader brings along."""
    sequences = random_dna(6, 120)
    records = "".join(f">gene{i} simulated\n{text}\n" for i, text in enumerate(sequences))
    (tmp_path / "promoters.fasta").write_text(records)
    rows = "".join(f"gene{i},{i % 2},f{i // 2}\n" for i in reversed(range(6)))
    (tmp_path / "labels.csv").write_text("name,label,family\n" + rows)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("users_folder")
def test_readme_python_lines_print_what_it_shows(capsys):
    """Words are equal; figures may differ a little between processors and releases of torch."""
    readme = (ROOT / "README.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```)?", readme, re.M | re.S)
    assert sum(bool(shown) for _, shown in blocks) >= 2
    namespace = {}
    with config_context():  # the README turns metadata routing on
        for number, (block, shown) in enumerate(blocks):
            exec(compile(block, f"README.md, block {number}", "exec"), namespace)
            printed = capsys.readouterr().out
            if shown:
                figure = r"\d+\.\d+"
                assert re.sub(figure, "#", printed) == re.sub(figure, "#", shown)
                figures = [[float(text) for text in re.findall(figure, lines)] for lines in (printed, shown)]
                np.testing.assert_allclose(*figures, atol=0.06)
    assert np.isin(namespace["model"].predict(namespace["sequences"]), [0, 1]).all()


def test_readme_names_the_two_commands():
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert "$ make demo\n$ make test\n" in readme
    assert set(re.findall(r"`make ([a-z]+)`", readme)) <= targets


def test_readme_links_lead_somewhere():
    links = re.findall(r'(?:\]\(|(?:href|src)=")(?!https?:)([^)#"]+)', (ROOT / "README.md").read_text())
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_user_guide_examples_run(chapter):
    result = doctest.testfile(str(chapter), module_relative=False, optionflags=FLAGS)
    assert result.failed == 0


def test_user_guide_has_examples():
    count = sum(len(doctest.DocTestParser().get_examples(chapter.read_text())) for chapter in CHAPTERS)
    assert count > 30


def test_examples_of_the_gallery_lie_in_its_sections():
    """Sphinx-Gallery shows the folders that have a header; ``conf.py`` gives their order."""
    listed = re.search(r"^GALLERY_SECTIONS = \[([^]]+)\]$", (ROOT / "docs" / "conf.py").read_text(), re.M).group(1)
    sections = re.findall(r'"(\w+)"', listed)
    examples = ROOT / "examples"
    assert {path.parent.name for path in examples.rglob("plot_*.py")} == set(sections)
    assert {path.parent.name for path in examples.glob("*/GALLERY_HEADER.rst")} == set(sections)


def test_links_to_the_gallery_lead_somewhere():
    pages = [*CHAPTERS, *(ROOT / "docs").glob("*.rst")]
    named = {name for page in pages for name in re.findall(r"sphx_glr_auto_examples_([\w.]+)", page.read_text())}
    known = {"_".join(path.relative_to(ROOT / "examples").parts) for path in (ROOT / "examples").rglob("plot_*.py")}
    assert named
    assert named - known == set()


def test_the_workflow_publishes_what_make_docs_builds():
    workflow = (ROOT / ".github" / "workflows" / "docs.yml").read_text()
    makefile = (ROOT / "Makefile").read_text()
    assert "- run: make docs" in workflow
    (published,) = re.findall(r"path: (\S+)", workflow)
    assert f"-b html docs {published} " in makefile
    assert re.search(r"if: github.ref == 'refs/heads/main'", workflow), "pull requests are built, not published"
