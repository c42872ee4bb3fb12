"""The demonstration: labels that mean nothing, what was planted, and what each act says of it."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.evaluation import run_demo
from seqaug_sklearn.evaluation._demo._act import DemoSetup
from seqaug_sklearn.evaluation._demo._shortcut import shortcut_act

RUN = {"n_jobs": None, "progress": False, "random_state": 3}


@pytest.fixture(scope="module")
def told():
    """A tiny demonstration, and the acts in the order in which they were told."""
    acts = []
    demo = run_demo(n_families=20, max_epochs=1, on_act=acts.append, random_state=3)
    return demo, acts


def test_three_acts_are_told_in_their_order(told):
    demo, acts = told
    assert acts == demo.acts
    assert [act.title for act in acts] == ["Act 1. The leak", "Act 2. The shortcut", "Act 3. The gain"]
    assert demo.verdict() == [f"{act.title}: {act.told}" for act in acts]


def test_a_lookup_remembers_windows_and_nothing_else(told):
    scores = told[1][0].scores
    lookup = scores[scores.index.str.startswith("lookup")].set_index("split")["score"]
    assert lookup["windows split at random"] > 0.9
    assert lookup["families held out"] < 0.9


def test_families_are_never_divided_where_they_are_held_out(told):
    for act in told[1]:
        assert (act.comparison.folds["n_shared_groups"] == 0).all()


def test_sentences_hold_the_numbers_of_the_tests(told):
    test = told[1][2].comparison.tests(metric="accuracy").iloc[1]
    assert f"{test['difference']:+.2f} ({test['low']:+.2f} to {test['high']:+.2f})" in told[1][2].told
    # one epoch on ten promoters learns nothing, and no gain is claimed
    assert ("do not show a gain" in told[1][2].told) == (not test["low"] > 0 and not test["high"] < 0)


def test_the_page_has_an_act_per_section(told, tmp_path, drawn):
    demo, _ = told
    page = demo.to_html(tmp_path / "demo").read_text()
    assert page.count("<figure>") == 3
    for act in demo.acts:
        assert f"<h2>{act.title}</h2>" in page
    assert set(demo.to_frame()["act"]) == {act.title for act in demo.acts}


def test_labels_by_lot_are_of_families_and_balanced():
    setup = DemoSetup.simulated(20, 1, RUN)
    X, y, families = setup.by_lot(0.5)
    table = pd.DataFrame({"label": y, "family": families})
    assert len(table.drop_duplicates()) == 10
    assert table["family"].nunique() == 10
    assert table["label"].mean() == 0.5
    assert (setup.promoters.groups[X.index] == families).all()


def test_a_planted_gc_content_is_named_and_nothing_is_left_beyond_it():
    act = shortcut_act(DemoSetup.simulated(80, 1, RUN))
    name = next(what for what in act.scores.index if what.endswith(" alone"))
    # GC content, or a symbol of it
    assert name.split()[0] in {"GC", "A", "C", "G", "T", "AT", "share"}, name
    assert act.scores.loc[name, "score"] > 0.8
    beyond = act.scores.iloc[2]
    assert beyond["low"] < 0.5 < beyond["high"] or np.isnan(beyond["score"])


def test_the_same_seed_tells_the_same():
    first, second = (shortcut_act(DemoSetup.simulated(12, 1, RUN)) for _ in range(2))
    assert first.told == second.told
    pd.testing.assert_frame_equal(first.scores, second.scores)
