"""Lists, code, cards, and tables and pictures that only the page shows."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from seqaug_sklearn.reporting import Card, Code, Link, PageTable, Picture, Section, write_report


@pytest.fixture
def picture():
    return Picture.of(Figure(figsize=(1, 1)), "a <logo>")


def write(folder, section, **more):
    return write_report(folder, title="T", verdict="V", sections=[section], settings={}, **more)


def test_text_holds_lists_and_code(tmp_path):
    text = 'First <one>.\n\n- raise `fdr`\n- lower `width`\n\nThen run `f(x, "a")`.'
    page = write(tmp_path / "out", Section("S", text)).read_text()
    assert "<p>First &lt;one&gt;.</p>" in page
    assert "<li>raise <code>fdr</code></li>\n<li>lower <code>width</code></li>" in page
    assert "<p>Then run <code>f(x, &#34;a&#34;)</code>.</p>" in page


def test_page_tables_and_pictures_leave_no_files(tmp_path, picture):
    frame = pd.DataFrame(
        {"name\nof it": [Link("one", "card-1")] * 60, "s": [Code("ACGT")] * 60, "logo": [picture] * 60}
    )
    section = Section("S", page_tables={"Overview": PageTable(frame)}, pictures={"A picture": picture})
    path = write(tmp_path / "out", section)
    page = path.read_text()
    assert sorted(p.name for p in path.parent.iterdir()) == [".seqaug-report", "report.html"]
    assert page.count('<a href="#card-1">one</a>') == page.count("<code>ACGT</code>") == 60
    assert page.count('alt="a &lt;logo&gt;"') == 61
    assert "name\nof it</th>" in page
    assert "First 50" not in page
    assert '<a class="download"' not in page


def test_a_card_shows_pictures_tables_and_notes(tmp_path, picture):
    card = Card(
        "first <x>", "card-1", code="ACGT", tag="against", is_warm=True, text="3 sites", pictures={"as found": picture},
        tables={"Matches": PageTable(pd.DataFrame({"q": ["2e-7"]}), numbers=["q"])}, notes=["Nothing <else>."],
    )  # fmt: skip
    page = write(tmp_path / "out", Section("S", cards=[card, Card("second", "card-2")])).read_text()
    assert '<section class="card" id="card-1">' in page
    assert '<h3><code>ACGT</code> first &lt;x&gt; <span class="tag warm">against</span></h3>' in page
    assert "<figcaption>as found</figcaption>" in page
    assert '<td class="number">2e-7</td>' in page
    assert "<p>Nothing &lt;else&gt;.</p>" in page
    assert "<h3>second</h3>" in page


def test_files_of_more_are_linked_and_packages_named(tmp_path):
    def more(new):
        (new / "tables").mkdir()
        (new / "tables" / "sites.tsv").write_text("a\n")

    path = write(tmp_path / "out", Section("S"), more=more, files=["tables/sites.tsv"], packages=["jinja2", "absent-x"])
    page = path.read_text()
    assert 'href="tables/sites.tsv" download="sites.tsv">sites.tsv</a>' in page
    assert '<th scope="row">jinja2</th>' in page
    assert "absent-x" not in page
    assert (path.parent / "tables" / "sites.tsv").exists()
