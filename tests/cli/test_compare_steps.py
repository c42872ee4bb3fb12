"""``seqaug compare`` writes its page in steps, and whatever stops it leaves the last page whole."""

import errno
import os
import re
import signal
import sys
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from seqaug_sklearn.cli import _run
from seqaug_sklearn.evaluation import AugmentationComparison, _sanity_section
from seqaug_sklearn.evaluation._augmentation import _stages

SMALL = ["--models", "logistic,kmers,majority", "--folds", "2", "--window", "20", "--repeats", "1"]
PAGES = ["a first repeat of 1 model", "logistic regression (2 models)", "k-mer logistic regression (1 model)"]


def compare(run, files, *more):
    return run("compare", files / "data.fa", "--labels", files / "labels.csv", "--out", files / "report", *SMALL, *more)


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def pages(monkeypatch, files):
    """Three pages, quickly written; what each left in the folder is noted."""
    monkeypatch.setattr(_stages, "_WORTH_A_PAGE", 0.0)
    monkeypatch.setattr(_stages, "_FIRST_SECONDS", 0.0)
    monkeypatch.setattr(_sanity_section, "shortest_audited", lambda alphabet: 1000)  # the audit alone
    sections, to_html, pages = AugmentationComparison.sections, AugmentationComparison.to_html, []

    def without_figures(self):
        found = sections(self)[:1]
        for section in found:
            section.figures = {}
        return found

    def note(self, folder, **how):
        path = to_html(self, folder, **how)
        pages.append(contents(files / "report"))
        return path

    monkeypatch.setattr(AugmentationComparison, "sections", without_figures)
    monkeypatch.setattr(AugmentationComparison, "to_html", note)
    return pages


def in_a_fit(monkeypatch, number, act):
    """Act in the first fit after the page of this number: fits are two of each model, one model to a page or two."""
    fits, fit = [], LogisticRegression.fit

    def count(self, X, y, sample_weight=None):
        fits.append(len(y))
        if len(fits) == {1: 1, 2: 5}[number]:
            act()
        return fit(self, X, y, sample_weight)

    monkeypatch.setattr(LogisticRegression, "fit", count)


def in_a_page(monkeypatch, number, act):
    """Act when the next page is half written."""
    written, write_text = [], Path.write_text

    def count(path, *text, **how):
        if path.name == "report.html":
            written.append(path)
            if len(written) == number + 1:
                act()
        return write_text(path, *text, **how)

    monkeypatch.setattr(Path, "write_text", count)


def interrupt():
    raise KeyboardInterrupt


def fill_the_disk():
    raise OSError(errno.ENOSPC, "No space left on device")


def terminate():
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize(
    ("where", "number", "act", "code"),
    [
        (in_a_fit, 1, terminate, 143),
        (in_a_fit, 2, interrupt, 130),
        (in_a_page, 1, interrupt, 130),
        (in_a_page, 1, fill_the_disk, 2),
        (in_a_page, 2, fill_the_disk, 2),
    ],
    ids=[
        "SIGTERM in a fit",
        "Ctrl-C in a fit",
        "Ctrl-C in a page",
        "full disk in a page",
        "full disk in the last page",
    ],
)
def test_the_last_page_stands_whatever_stops_the_run(run, files, pages, monkeypatch, number, where, act, code):
    handler = signal.getsignal(signal.SIGTERM)
    before = {*files.iterdir()}
    with monkeypatch.context() as patch:
        where(patch, number, act)
        result = compare(run, files)
    assert result.exit_code == code, result.output
    assert len(pages) == number
    assert contents(files / "report") == pages[-1]
    assert {path.name for path in {*files.iterdir()} - before} == {"report", "report.folds"}
    page = (files / "report" / "report.html").read_text()
    assert f"Done: {'; '.join(PAGES[:number])}. To come: {'; '.join(PAGES[number:])}." in page
    assert "finished fits are kept" in result.output
    if code != 2:
        said = f"Interrupted: {files / 'report' / 'report.html'} holds what was finished before."
        assert result.output.splitlines()[-1] == said
    assert signal.getsignal(signal.SIGTERM) is handler
    if number == 1:
        return
    resumed = compare(run, files, "--resume")
    assert resumed.exit_code == 0, resumed.output
    page = (files / "report" / "report.html").read_text()
    assert 'class="status"' not in page
    assert not (files / "report.folds").exists()


def test_a_run_that_is_stopped_before_its_first_page_leaves_nothing(run, files, pages, monkeypatch):
    in_a_page(monkeypatch, 0, interrupt)
    result = compare(run, files)
    assert result.exit_code == 130
    assert result.output.splitlines()[-1] == "Interrupted: nothing was written."
    assert not (files / "report").exists()


def test_each_page_is_written_before_it_is_spoken_of(run, files, pages, monkeypatch):
    said, say = [], _run.say

    def note(text):
        said.append((len(pages), text))
        say(text)

    monkeypatch.setattr(_run, "say", note)
    result = compare(run, files)
    assert result.exit_code == 0, result.output
    assert [number for number, _ in said] == [1, 2]
    report = re.escape(str(files / "report" / "report.html"))
    assert all(re.fullmatch(rf"After \d+ s: {report} holds what is done so far\.", text) for _, text in said)
    assert len(pages) == 3


class Broken:
    """A stream that takes nothing."""

    encoding, errors, closed = "utf-8", "strict", False

    def __init__(self, error):
        self.error = error

    def write(self, text):
        raise self.error

    def flush(self):
        raise self.error

    def isatty(self):
        return False


@pytest.mark.parametrize(
    ("stream", "broken", "code"),
    [
        ("stdout", Broken(BrokenPipeError(errno.EPIPE, "gone")), 0),
        ("stderr", Broken(BrokenPipeError(errno.EPIPE, "gone")), 0),
        ("stderr", Broken(OSError(errno.ENOSPC, "full")), 0),
        ("stdout", Broken(OSError(errno.ENOSPC, "full")), 2),  # an answer that is lost is told
        ("stdout", None, 0),
        ("stderr", None, 0),
    ],
    ids=["closed pipe", "closed pipe of errors", "full log", "full output", "no output", "no error stream"],
)
def test_streams_that_take_nothing_lose_no_page(files, pages, monkeypatch, stream, broken, code):
    from seqaug_sklearn.cli import app

    arguments = ["compare", files / "data.fa", "--labels", files / "labels.csv", "--out", files / "report", *SMALL]
    arguments += ["--models", "memoriser,majority"]
    monkeypatch.setattr(sys, stream, broken)
    assert (app([str(word) for word in arguments], standalone_mode=False) or 0) == code
    assert len(pages) == 2
    assert contents(files / "report") == pages[-1]
    assert 'class="status"' not in (files / "report" / "report.html").read_text()


def test_a_budget_is_printed_stored_and_used_again(run, files, pages):
    result = compare(run, files, "--budget", "10m")
    assert result.exit_code == 0, result.output
    assert "\nPlan of fits:\n- 1 repeat of" in result.output.replace("\r", "\n")
    assert "0it" not in result.output
    assert "The budget of 10 min pays for all models, with 1 repeat of each." in result.output
    plan = files / "plan.json"
    plan.write_bytes((files / "report" / "plan.json").read_bytes())
    folds = pd.read_csv(files / "report" / "tables" / "answers.csv")
    again = compare(run, files, "--budget", plan)
    assert again.exit_code == 0, again.output
    pd.testing.assert_frame_equal(pd.read_csv(files / "report" / "tables" / "answers.csv"), folds)
    assert not (files / "report.folds").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--repeats", "0"], "--repeats must be auto or a whole number of at least 1, got '0'"),
        (["--repeats", "many"], "--repeats must be auto or a whole number of at least 1, got 'many'"),
        (["--budget", "soon"], "budget must be a time such as '10m', '1h30m' or '90s'"),
    ],
)
def test_other_words_are_refused_before_any_fit(run, files, options, message):
    result = compare(run, files, *options)
    assert result.exit_code == 2
    (line,) = result.output.splitlines()
    assert message in line
    assert not (files / "report").exists()
