"""``compare`` of pairs: members of both sides count, in whichever column they stand."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedKFold

from seqaug_sklearn.evaluation import compare
from seqaug_sklearn.exceptions import DataFormatError, LeakageWarning
from seqaug_sklearn.model_selection import ColdPairKFold

RANDOM = StratifiedKFold(4, shuffle=True, random_state=0)


@pytest.fixture
def few_seconds(rng):
    """Each first member in one pair; six second members, of which each has an effect of its own."""
    second, slope = rng.integers(0, 6, 240), np.array([4, 4, 4, 4, -3, -3])
    X = rng.normal(size=(240, 1))
    y = (X[:, 0] * slope[second] + rng.normal(size=240) > 0).astype(int)
    return X, y, np.column_stack([[f"a{i}" for i in range(240)], [f"s{i}" for i in second]])


def run(X, y, groups, cv=RANDOM, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LeakageWarning)
        return compare({"model": LogisticRegression()}, X, y, cv=cv, groups=groups, random_state=0, **options)


def width(comparison):
    low, high = comparison.scores("accuracy").loc["model", ["low", "high"]]
    return high - low


def test_intervals_do_not_depend_on_which_member_stands_first(few_seconds):
    X, y, members = few_seconds
    as_given, swapped = run(X, y, members), run(X, y, members[:, ::-1])
    assert width(as_given) == pytest.approx(width(swapped), rel=0.12)
    assert width(as_given) > 1.3 * width(run(X, y, members[:, 0]))
    assert as_given.n_groups == swapped.n_groups == 6
    assert any("Only 6 members of one side were tested" in line for line in as_given.verdict())
    for order in (as_given, swapped):
        assert order.tests(n_permutations=20).loc["model", "p_chance"] == pytest.approx(
            run(X, y, members[:, 1]).tests(n_permutations=20).loc["model", "p_chance"], abs=0.05
        )


def test_members_that_stand_once_leave_the_bootstrap_of_the_other_side(few_seconds):
    X, y, members = few_seconds
    assert width(run(X, y, members)) == pytest.approx(width(run(X, y, members[:, 1])), rel=0.12)
    alone = np.column_stack([members[:, 0], [f"b{i}" for i in range(240)]])
    assert width(run(X, y, alone)) == pytest.approx(width(run(X, y, None)), rel=0.12)


def test_both_sides_make_a_wider_interval_than_either(rng):
    """Twelve by twelve, answers that are right by an effect of the row and one of the column."""
    first, second = (side.ravel() for side in np.meshgrid(np.arange(12), np.arange(12)))
    right = rng.normal(size=12)[first] + rng.normal(size=12)[second] + 0.3 * rng.normal(size=144) > -0.5
    y = np.arange(144) % 2
    X = np.where(right, y, 1 - y)[:, None] * 2.0 - 1
    members = np.column_stack([[f"a{i}" for i in first], [f"b{i}" for i in second]])
    both = width(run(X, y, members))
    assert both > max(width(run(X, y, members[:, side])) for side in (0, 1))


@pytest.mark.parametrize("column", [0, 1])
def test_differences_rest_on_the_side_with_less_evidence(few_seconds, column):
    X, y, members = few_seconds
    members = members[:, [column, 1 - column]]
    models = {"one": LogisticRegression(), "other": LogisticRegression(class_weight={0: 5, 1: 1})}
    with pytest.warns(LeakageWarning):
        found = compare(models, X, y, cv=RANDOM, groups=members, random_state=0).tests()
    assert found.loc["other", "df"] < 6


def test_what_two_columns_are(rng):
    X, y = rng.normal(size=(60, 2)), np.arange(60) % 2
    numbers = np.column_stack([np.arange(60) // 2, np.arange(60) % 7])
    names = np.column_stack([[f"chr{i // 20}" for i in range(60)], np.arange(60).astype(str)])
    assert run(X, y, numbers).groups.shape == (60,)
    assert run(X, y, names).groups.shape == (60,)  # parent and start, as text
    assert run(X, y, pd.DataFrame({"parent": names[:, 0], "start": np.arange(60)})).groups.shape == (60,)
    for members in (
        run(X, y, numbers, pairs=True),
        run(X, y, numbers, cv=ColdPairKFold(3)),
        run(X, y, numbers.astype(str)),
        run(X, y, names[:, ::-1]),
    ):
        assert members.groups.shape == (60, 2)
    assert run(X, y, names[:, ::-1], pairs=False).groups.shape == (60,)
    with pytest.raises(DataFormatError, match=r"pairs=True needs groups of shape \(60, 2\)"):
        run(X, y, numbers[:, 0], pairs=True)


def test_predictions_name_both_members(few_seconds):
    X, y, members = few_seconds
    table = run(X, y, members).predictions("model")
    assert table[["first_member", "second_member"]].to_numpy().tolist() == members[table["row"]].tolist()
    assert {"first_member", "second_member"} <= set(run(X, y, members).hardest())


def test_splits_that_cannot_know_both_members_are_refused(few_seconds):
    X, y, members = few_seconds
    with pytest.raises(DataFormatError, match=r"cv=4 does not say which.*ColdPairKFold\(4, unseen='one'\)"):
        run(X, y, members, cv=4)
    with pytest.raises(DataFormatError, match="GroupKFold sees one of the two; pass ColdPairKFold"):
        run(X, y, members, cv=GroupKFold(4))
    members = members.astype(object)
    members[3, 1] = None
    with pytest.raises(DataFormatError, match="group of row 3 is missing"):
        run(X, y, members)


def test_pairs_of_known_members_are_warned_of(rng):
    X, y = rng.normal(size=(120, 2)), np.arange(120) % 2
    members = np.column_stack(
        [[f"a{i}" for i in rng.integers(0, 15, 120)], [f"b{i}" for i in rng.integers(0, 15, 120)]]
    )
    with pytest.warns(LeakageWarning, match=r"first member of \d+ of 120 test pairs, the second of \d+, and both"):
        found = compare({"model": LogisticRegression()}, X, y, cv=RANDOM, groups=members, random_state=0)
    for fold, test in enumerate(found.test_rows):
        known = [set(np.delete(members, test, axis=0)[:, side]) for side in (0, 1)]
        new = [[m[side] not in known[side] for side in (0, 1)] for m in members[test]]
        assert found.folds.loc[fold, "n_known_pairs"] == sum(not any(row) for row in new)
    assert any(line.startswith("Warning: training knows the first member of") for line in found.verdict())


@pytest.mark.parametrize("unseen", ["one", "first", "second", "both"])
def test_cold_splits_are_no_leak_and_say_what_they_cost(rng, unseen):
    X, y = rng.normal(size=(200, 2)), np.arange(200) % 2
    members = np.column_stack(
        [[f"a{i}" for i in rng.integers(0, 40, 200)], [f"b{i}" for i in rng.integers(0, 40, 200)]]
    )
    cv = ColdPairKFold(3, unseen=unseen)
    found = compare({"model": LogisticRegression()}, X, y, cv=cv, groups=members, random_state=0)
    assert (found.folds["n_known_pairs"] == 0).all()
    for side in ("first", "second"):
        assert ((found.folds[f"n_known_{side}"] == 0) == (unseen in (side, "both"))).all()
    assert ((found.folds["n_shared_groups"] == 0) == (unseen == "both")).all()
    list(cv.split(X, y, members))
    assert found.settings.get("rows that no fold tests", 0) == cv.n_untested_
    dropped = found.settings.get("rows neither trained nor tested in a fold", "0 to 0")
    assert dropped == f"{min(cv.n_dropped_)} to {max(cv.n_dropped_)}"


def test_a_comparison_is_told_in_a_line(few_seconds):
    X, y, members = few_seconds
    assert repr(run(X, y, members)).startswith("<Comparison of model: 240 rows, 2 classes, 4 folds, pairs as units")
