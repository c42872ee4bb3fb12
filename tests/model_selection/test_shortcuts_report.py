"""The report of the audit: table, words, values, sections."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from seqaug_sklearn.model_selection import audit_shortcuts


@pytest.fixture(scope="module")
def report():
    rng = np.random.default_rng(0)
    X = ["".join(row) for row in rng.choice(list("ACGT"), (60, 30))]
    X = [f"{'GT'[i % 3 > 0]}{text[1:]}" for i, text in enumerate(X)]
    return audit_shortcuts(X, np.array(["a", "b", "c"])[np.arange(60) % 3])


def test_values_of_a_position_tell_its_classes(report):
    values = report.values("position 1")
    assert report.best == "position 1"
    assert len(np.unique(values)) == 2
    assert values.shape == (60,)
    values = report.values("GC content")
    values[:] = 0
    assert report.values("GC content").any()


def test_the_table_is_a_copy_and_holds_every_trait(report):
    frame = report.to_frame()
    assert list(frame.columns) == ["family", "score", "low", "high", "p", "told_best", "detail", "seen"]
    assert len(frame) == len(report)
    frame["score"] = 0
    assert report.table["score"].max() > 0.8
    assert report.table.loc["position 1", "detail"] == "G in 100% of a, 0% of the others"


def test_words_name_what_is_told(report):
    assert repr(report).startswith("<ShortcutReport: The classes are partly explained by position 1")
    assert report.tell_alone().startswith("position 1 alone gives an AUROC of 0.8")
    assert "promoters are rich in GC" in report.summary()


def test_sections_hold_tables_and_the_figure(report):
    figure = plt.figure()
    (section,) = report.sections(figure)
    assert [*section.figures.values()] == [figure]
    assert len(section.tables["Most informative traits"]) == 20
    assert len(section.data["Every position"]) == len(report.positions)
    plt.close(figure)
    assert not report.sections()[0].figures
