"""What every result has in common: sentences, a table, a page, a short form, a form for notebooks."""

import dataclasses
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.reporting import Result, Section


@dataclasses.dataclass(frozen=True, repr=False)
class Made(Result):
    _title = "Made <up>"

    table: pd.DataFrame
    said: tuple = ("Nothing <b>helps</b>.", "Two & two.")

    def verdict(self):
        return list(self.said)

    def to_frame(self):
        return self.table


def texts(html):
    """Text of the elements of a fragment, by tag; the parser must meet every end."""
    found, open_tags = [], []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            open_tags.append(tag)

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

        def handle_data(self, data):
            if data.strip():
                found.append((open_tags[-1], data.strip()))

    Reader().feed(html)
    assert not open_tags
    return found


def test_all_follows_from_verdict_and_table():
    made = Made(pd.DataFrame({"score": [0.5, np.nan]}, index=["a", "b"]))
    assert made.summary() == "Nothing <b>helps</b>. Two & two."
    assert repr(made) == "<Made: Nothing <b>helps</b>.>"
    (section,) = made.sections()
    assert isinstance(section, Section)
    assert section.tables["Made <up>"].equals(made.table)
    shown = texts(made._repr_html_())
    assert ("strong", "Nothing <b>helps</b>.") in shown
    assert ("li", "Two & two.") in shown
    assert ("td", "0.500") in shown
    assert ("td", "NaN") not in shown


@pytest.mark.parametrize("n_rows", [0, 10, 11])
def test_a_notebook_shows_ten_rows_and_says_how_many_there_are(n_rows):
    shown = texts(Made(pd.DataFrame({"n": range(n_rows)}), said=("One.",))._repr_html_())
    assert sum(tag == "td" for tag, _ in shown) == min(n_rows, 10)
    assert any("of 11 rows" in text for _, text in shown) == (n_rows == 11)
    assert not any(tag == "li" for tag, _ in shown)


def test_a_long_first_sentence_is_cut():
    assert len(repr(Made(pd.DataFrame(), said=("word " * 200,)))) <= 160
    assert repr(Made(pd.DataFrame(), said=("word " * 200,))).endswith(" ...>")
    assert repr(Made(pd.DataFrame(), said=())) == "<Made: >"


def test_a_name_with_html_is_one_file_and_any_other_a_folder(tmp_path):
    made = Made(pd.DataFrame({"score": [0.5]}, index=pd.Index(["a"], name="model")))
    page = made.to_html(tmp_path / "page.html")
    assert page == tmp_path / "page.html"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    written = made.to_html(tmp_path / "report", title="Another")
    assert written == tmp_path / "report" / "report.html"
    assert (tmp_path / "report" / "tables").is_dir()
    assert "Made &lt;up&gt;" in page.read_text(encoding="utf-8")
    assert "<title>Another</title>" in written.read_text(encoding="utf-8")


def test_notebooks_show_small_numbers_and_the_beginning_of_long_texts():
    table = pd.DataFrame({"evalue": [2e-28, 0.0], "score": [0.5, 1.0], "sequence": ["ACGT" * 30, "A"]})
    shown = Made(table, said=("One.",))._repr_html_()
    assert "2.0e-28" in shown
    assert "<td>0.000</td>" in shown
    assert "ACGT" * 9 + "ACG…" in shown
    assert "ACGT" * 11 not in shown
