"""The report: what it holds, and that it is there whole or not at all."""

import base64
import errno
import json
import os
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from seqaug_sklearn.evaluation import OutputFolderError, Section, check_output_folder, write_report
from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.reporting import _page as report


class Tags(HTMLParser):
    """Tags with their attributes, and whether they are closed in order."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def attributes(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def make_figure():
    figure = Figure(figsize=(2, 1))
    figure.subplots().plot([1, 2])
    return figure


def make_sections():
    table = pd.DataFrame({"score": [0.12345, np.nan], "p_value": [1e-9, 0.5], "n": [3, 40000]}, index=["<a>", "b"])
    long = pd.DataFrame({"x": np.arange(120)})
    return [
        Section("First & foremost", "One.\n\nTwo.", {"Scores": table}, {"Curve": make_figure()}, data={"Curve": long}),
        Section("Second", tables={"Scores": long}, alt={}, notes="Small print"),
        Section(
            "Third", figures={"Curve": make_figure()}, alt={"Curve": "a rising line"}, data={"Rest": table}, notes=["x"]
        ),
    ]


def write(folder, **changes):
    arguments = {"title": "My <report>", "verdict": ["Yes.", "Because."], "sections": make_sections()} | changes
    return write_report(folder, settings={"seed": 3, "split": "a & b"}, **arguments)


def test_page_and_files(tmp_path):
    path = write(tmp_path / "out")
    assert path == tmp_path / "out" / "report.html"
    files = {str(p.relative_to(path.parent)) for p in path.parent.rglob("*.*")}
    assert files == {"report.html", ".seqaug-report", "tables/scores.csv", "tables/scores_2.csv", "tables/curve.csv",
                     "tables/rest.csv", "figures/curve.png", "figures/curve_2.png"}  # fmt: skip
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    back = pd.read_csv(path.parent / "tables/scores.csv", index_col=0)
    assert back.loc["<a>", "score"] == 0.12345


def test_page_is_self_contained_and_well_formed(tmp_path):
    tags = Tags(write(tmp_path / "out").read_text())
    assert tags.open == []
    assert not tags.attributes("script") + tags.attributes("link")
    assert all(image["src"].startswith("data:image/png;base64,") for image in tags.attributes("img"))
    assert [image["alt"] for image in tags.attributes("img")] == ["Curve", "a rising line"]
    anchors = {a["id"] for a in tags.attributes("section") if "id" in a}
    for link in tags.attributes("a"):
        assert link["href"].startswith("data:text/csv") or link["href"][1:] in anchors


def test_folded_sections_open_on_a_click_and_settings_are_folded_too(tmp_path):
    sections = [Section("Answer"), Section("Details", "More.", folded=True)]
    text = write(tmp_path / "out", sections=sections).read_text()
    assert Tags(text).open == []
    assert re.search(r"<details>\s*<summary><h2>Details</h2></summary>\s*<p>More.</p>\s*</details>", text)
    assert "<summary><h2>Answer" not in text
    assert text.count("<details>") == text.count("</details>") == 2
    assert "prefers-color-scheme: dark" in text


def test_notes_may_hold_code(tmp_path):
    text = write(tmp_path / "out", sections=[Section("One", notes=["Run `seqaug demo`."])]).read_text()
    assert "<li>Run <code>seqaug demo</code>.</li>" in text


def test_text_is_escaped_and_numbers_are_rounded(tmp_path):
    text = write(tmp_path / "out").read_text()
    assert "<h1>My &lt;report&gt;</h1>" in text
    assert "&lt;a&gt;" in text
    assert "a &amp; b" in text
    for cell in ("0.123", "&lt; 0.001", "–", "40000"):
        assert re.search(f"<td[^>]*>{cell}</td>", text), cell
    assert "First 50 of 120 rows" in text
    assert text.count("<p>One.</p>") == text.count("<p>Two.</p>") == 1
    assert '<p class="answer">Yes.</p>' in text
    assert "scikit-learn" in text


def test_downloads_hold_the_whole_table(tmp_path):
    tags = Tags(write(tmp_path / "out").read_text())
    link = next(a["href"] for a in tags.attributes("a") if a.get("download") == "scores_2.csv")
    content = base64.b64decode(link.split(",")[1]).decode()
    assert content == (tmp_path / "out/tables/scores_2.csv").read_text()
    assert len(content.splitlines()) == 121


def test_large_tables_are_linked(tmp_path):
    table = pd.DataFrame({"text": ["A" * 1000] * 600})
    tags = Tags(write(tmp_path / "out", sections=[Section("Big", data={"Big": table})]).read_text())
    (link,) = tags.attributes("a")
    assert link["href"] == "tables/big.csv"
    assert (tmp_path / "out" / link["href"]).stat().st_size > 600_000


def test_an_earlier_report_is_replaced(tmp_path):
    write(tmp_path / "out", title="Old")
    text = write(tmp_path / "out", title="New", sections=[]).read_text()
    assert "New" in text
    assert not (tmp_path / "out/tables").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "out").mkdir()
    assert write(tmp_path / "out").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
@pytest.mark.parametrize("moment", ["_render", "_fill", "png_of"])
def test_interruption_leaves_the_earlier_report(tmp_path, monkeypatch, error, moment):
    def fail(*_):
        raise error

    write(tmp_path / "out", title="Old")
    monkeypatch.setattr(report, moment, fail)
    with pytest.raises(error):
        write(tmp_path / "out", title="New")
    assert "Old" in (tmp_path / "out/report.html").read_text()
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_second_report_touches_no_other_file(tmp_path):
    """Neither beside the page nor among the tables, whatever the names."""
    write(tmp_path / "out", title="Old")
    mine = {"notes.txt": "my notes", "tables/mine.csv": "my table", "data/reads.fa": ">a"}
    for name, text in mine.items():
        (tmp_path / "out" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "out" / name).write_text(text)
    page = write(tmp_path / "out", title="New", sections=make_sections()[:1]).read_text()
    assert "New" in page
    assert {name: (tmp_path / "out" / name).read_text() for name in mine} == mine
    named = json.loads((tmp_path / "out" / ".seqaug-report").read_text())["files"]
    there = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert there == {*named, *mine, ".seqaug-report"}
    assert set(named) == {"report.html", "tables/scores.csv", "tables/curve.csv", "figures/curve.png"}


def test_a_table_with_remarks_is_kept(tmp_path):
    write(tmp_path / "out")
    (tmp_path / "out/tables/scores.csv").write_text("with my remarks")
    with pytest.warns(SeqAugWarning, match=r"tables/scores\.csv as tables/scores\.kept\.csv"):
        write(tmp_path / "out")
    assert (tmp_path / "out/tables/scores.kept.csv").read_text() == "with my remarks"
    assert pd.read_csv(tmp_path / "out/tables/scores.csv").shape == (2, 4)


def test_a_report_of_an_earlier_version_is_left_alone(tmp_path):
    """Nothing says which of its files are the user's."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out/.seqaug-report").write_text("This folder is a report and is replaced by the next one.\n")
    (tmp_path / "out/report.html").write_text("old")
    with pytest.raises(OutputFolderError, match="does not say which files belong to it"):
        write(tmp_path / "out")
    assert (tmp_path / "out/report.html").read_text() == "old"


def test_the_working_folder_is_no_folder_for_a_report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in (".", "", tmp_path, tmp_path.parent):
        with pytest.raises(OutputFolderError, match=r"the working folder|the folder to write to is empty"):
            write(folder)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("name", ["write_text", "write_bytes"])
def test_a_full_disk_leaves_the_earlier_report(tmp_path, monkeypatch, number, name):
    def full(*_, **__):
        raise OSError(number, os.strerror(number))

    write(tmp_path / "out", title="Old")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    monkeypatch.setattr(report.Path, name, full)
    with pytest.raises(OutputFolderError, match=rf"out cannot be written: {os.strerror(number)}; [^\n]*$"):
        write(tmp_path / "out", title="New")
    monkeypatch.undo()
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_files_of_more_belong_to_the_report(tmp_path):
    write(tmp_path / "out", more=lambda new: (new / "extra.txt").write_text("extra"))
    assert (tmp_path / "out/extra.txt").read_text() == "extra"
    write(tmp_path / "out")
    assert not (tmp_path / "out/extra.txt").exists()


def test_a_page_alone_is_whole_or_absent(tmp_path, monkeypatch):
    about = {"title": "T", "verdict": "V", "sections": [], "settings": {}}
    report.write_page(tmp_path / "new" / "page.html", **about)
    before = (tmp_path / "new" / "page.html").read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
    with pytest.raises(OutputFolderError, match=r"page\.html cannot be written: No space left on device; free some"):
        report.write_page(tmp_path / "new" / "page.html", **about)
    assert (tmp_path / "new" / "page.html").read_bytes() == before
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["page.html"]
    for path, message in (("", "is empty"), (tmp_path, "Is a directory")):
        with pytest.raises(OutputFolderError, match=message):
            report.write_page(path, **about)


def test_foreign_folders_are_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(OutputFolderError, match="is not empty and holds no earlier report"):
        write(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_check_leaves_nothing_behind(tmp_path):
    assert check_output_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert list(tmp_path.iterdir()) == []


def test_the_page_is_readable_by_others(tmp_path):
    path = write(tmp_path / "out")
    other = tmp_path / "plain"
    other.mkdir()
    assert path.parent.stat().st_mode == other.stat().st_mode
