"""The lookup at two resolutions: where they disagree, both are said."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.evaluation import compare_augmentations, memoriser
from seqaug_sklearn.evaluation._augmentation._lookups import look_up, tell_lookups


def turned(text, by):
    """A relative with every eighth residue another one: no 12-mer is left, and two of three 6-mers are gone."""
    return "".join("ACGT"[("ACGT".index(s) + by) % 4] if i % 8 == 0 else s for i, s in enumerate(text))


@pytest.fixture
def distant(random_dna):
    """Twelve families of four, of which 6-mers tell who belongs together, and 12-mers do not."""
    X = [turned(parent, by) for parent in random_dna(12, 120) for by in range(4)]
    return X, np.repeat(["a", "b", "c"] * 4, 4), np.repeat(np.arange(12), 4)


def folds_of(n, n_folds=4):
    number = np.arange(n) % n_folds
    return [(np.flatnonzero(number != fold), np.flatnonzero(number == fold)) for fold in range(n_folds)]


def test_families_are_found_by_short_kmers_and_said(distant):
    X, y, _ = distant
    table = look_up(X, y, folds_of(len(X)), None, "dna", "both")
    assert table["k"].tolist() == [12, 6]
    long, short = table["accuracy"]
    assert short > 0.9 > 0.6 > long
    [told] = tell_lookups(table, "SVM", 0.4)
    assert told.startswith(
        "Warning: a lookup of the nearest training sequence by 6-mers, which finds families too, has"
    )
    assert (
        f"an accuracy of {short:.3f}, one by 12-mers, which finds copies, {long:.3f}, and the best model, SVM, 0.400"
        in told
    )
    assert "or short motifs (which are what is to be learned) reveal the label" in told
    # where the audit found nothing it is as likely what is to be learned
    assert tell_lookups(table, "SVM", 0.4, clean=True) == tell_lookups(table, "SVM", 1.01)
    [told] = tell_lookups(table, "SVM", 1.01)
    assert told.startswith("A lookup of the nearest training sequence by 6-mers")
    assert "reveal the label" in told


def test_where_they_agree_nothing_is_said(random_dna, rng):
    X, y = random_dna(60, 100), rng.permutation(["a", "b"] * 30)
    table = look_up(X, y, folds_of(60), None, "dna", "both")
    assert table["k"].tolist() == [12, 6]
    assert tell_lookups(table, "SVM", 0.4) == []
    assert tell_lookups(None, "SVM", 0.4) == tell_lookups(pd.DataFrame(), "SVM", 0.4) == []


def test_the_error_is_that_of_whole_groups(distant):
    X, y, family = distant
    X, folds = np.array(X), folds_of(len(X))
    gain = np.zeros(len(X))
    for train, test in folds:
        right = [memoriser(k, "dna").fit(X[train], y[train]).predict(X[test]) == y[test] for k in (12, 6)]
        gain[test] = right[1].astype(int) - right[0]
    table = look_up(X, y, folds, family, "dna", "both")
    assert table["difference"].iloc[1] == pytest.approx(gain.mean())
    sums = [(gain[family == name] - gain.mean()).sum() for name in np.unique(family)]
    assert table["error"].iloc[1] == pytest.approx(np.sqrt(np.square(sums).sum()) / len(X))
    apart = look_up(X, y, folds, None, "dna", "both")
    assert apart["error"].iloc[1] == pytest.approx(gain.std() / np.sqrt(len(X)))


def test_the_order_of_the_rows_changes_nothing(distant, rng):
    X, y, _ = distant
    order = rng.permutation(len(X))
    place = np.argsort(order)
    folds = folds_of(len(X))
    moved = [tuple(np.sort(place[rows]) for rows in fold) for fold in folds]
    one = look_up(X, y, folds, None, "dna", "both")
    other = look_up([X[i] for i in order], y[order], moved, None, "dna", "both")
    pd.testing.assert_frame_equal(one, other)


def test_page_and_verdict_say_both(distant, tmp_path):
    X, y, _ = distant
    options = {"window": 20, "n_splits": 3, "relatives": "ignore"}
    result = compare_augmentations(X, y, models=["majority", "memoriser"], **options)
    assert any("by 6-mers, which finds families too" in line for line in result.headline())
    result.to_html(tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "tables" / "lookup_by_long_and_by_short_k_mers.csv")
    assert table["k"].tolist() == [12, 6]


def test_too_short_or_too_many_rows_are_left_out(monkeypatch):
    y = np.array([0, 1] * 4)
    assert look_up(["ACG", "TTG"] * 4, y, folds_of(8), None, "dna", "both").empty
