"""Both figures: as split, and with relatives together, where relatives decide the winner and no groups were given."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.svm import SVC

from seqaug_sklearn.classification import CNNBiLSTMClassifier
from seqaug_sklearn.evaluation import _sanity_section, compare_augmentations
from seqaug_sklearn.evaluation._augmentation import _relatives_together
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.model_selection import audit_leakage, leakage_groups

OPTIONS = {"window": 20, "n_splits": 4, "n_repeats": 1, "models": ["svm", "kmers", "memoriser"]}
WHOLE = "SVM, whole"


@pytest.fixture(scope="module", autouse=True)
def _quick_checks():
    """Few sanity checks: nothing here is about them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sanity_section, "_N_PERMUTATIONS", 2)
        patch.setattr(_sanity_section, "_N_NOISE", 1)
        yield


@pytest.fixture(autouse=True)
def _audit_only(monkeypatch):
    """Only the comparison that all tests share is checked beyond the audit."""
    monkeypatch.setattr(_sanity_section, "shortest_audited", lambda alphabet: 1000)


@pytest.fixture(scope="module")
def decided(families):
    """A comparison whose winner relatives decide, and its data."""
    X, y, family = families(0.25)
    return compare_augmentations(X, y, **OPTIONS), X, y, family


def means(comparison):
    return comparison.folds.groupby("estimator")["accuracy"].mean()


def pairs_of(groups):
    return np.equal.outer(np.asarray(groups), np.asarray(groups))


def test_relatives_decide_the_winner_and_the_first_line_says_so(decided):
    result = decided[0]
    apart, together = means(result.comparison), means(result.together.comparison)
    models = apart.drop("nearest-sequence lookup").index
    best, now = apart[models].idxmax(), together[models].idxmax()
    assert now == WHOLE != best
    first = result.verdict()[0]
    share = result.sanity.leaked_share("held-out sequences")
    assert first.startswith(f"Warning: {share:.1%} of the test rows share sequence with a training row of their fold (")
    assert first.endswith(
        f"As split the best model is {best} with {apart[best]:.3f} (accuracy); in groups that keep relatives together "
        f"it scores {together[best]:.3f}, and the best is {now} with {together[now]:.3f}."
    )


def test_the_answer_is_that_of_the_honest_split(decided):
    result = decided[0]
    own = result.together.verdict()
    answer = result.verdict()[1]
    assert answer == f"{own[0]} These are the outcomes with relatives together."
    assert result.verdict()[2] == own[1]
    assert own[1].startswith("The best model is ")
    lost = result.verdict()[3]
    assert lost.startswith("Windows seemed to help SVM, windows only while relatives were on both sides")
    assert result.verdict()[4:] == own[2:]
    assert result.headline() == result.verdict()[:4]
    assert any("16 groups of the 48 sequences, the largest of 3" in line for line in result.verdict())


def test_groups_are_the_families_and_the_audit_finds_nothing_left(decided):
    result, X, _, family = decided
    groups = result.together.split.groups
    np.testing.assert_array_equal(pairs_of(groups), pairs_of(family))
    np.testing.assert_array_equal(pairs_of(groups), pairs_of(leakage_groups(X)))
    assert result.together.sanity.leaked_share("held-out relatives") == 0
    for test in result.together.comparison.test_rows:
        assert not audit_leakage(np.delete(X.to_numpy(), test), X.iloc[test]).leaked.any()


def test_the_second_comparison_is_that_of_given_groups(decided):
    result, X, y, _ = decided
    groups = result.together.split.groups
    given = compare_augmentations(X, y, groups=groups, **OPTIONS)
    assert given.together is None
    for name in given.comparison.estimators:
        pd.testing.assert_frame_equal(*(r.comparison.predictions(name) for r in (given, result.together)))
    assert given.answers().equals(result.together.answers())
    assert given.verdict()[0] == result.together.verdict()[0]


def test_all_figures_stand_side_by_side(decided):
    result = decided[0]
    table = result.scores_of_both()
    assert table.columns.tolist() == ["as split", "relatives together", "change"]
    assert table.index.tolist() == result.comparison.estimators
    assert table["as split"].to_dict() == means(result.comparison).to_dict()
    np.testing.assert_allclose(table["change"], table["relatives together"] - table["as split"])
    answers = result.answers()
    assert answers.columns.tolist() == ["Windows", "Windows, as split"]
    assert answers["Windows"].equals(result.together.answers()["Windows"])


def test_the_page_begins_with_both_and_holds_both(decided, tmp_path, drawn):
    result = decided[0]
    page = result.to_html(tmp_path / "report").read_text()
    assert page.index("As split the best model is") < page.index(result.verdict()[1])
    titles = [section.title for section in result.sections()]
    assert titles[:2] == ["As split, and with relatives together", "Which augmentation helped which model"]
    assert len(titles) == len(set(titles))
    assert "Held-out sequences, naive Bayes" in page
    assert "Held-out relatives, naive Bayes" in page
    tables = tmp_path / "report" / "tables"
    both = pd.read_csv(tables / "accuracy_as_split_and_with_relatives_together.csv", index_col=0)
    np.testing.assert_allclose(both, result.scores_of_both())
    rows = pd.read_csv(tables / "predictions_of_svm_whole_as_split.csv")
    assert (rows["y_true"] == rows["y_pred"]).mean() == pytest.approx(means(result.comparison)[WHOLE])
    assert pd.read_csv(tables / "groups_of_relatives.csv", index_col="sequence")["group"].nunique() == 16


def test_a_gain_of_the_leaking_split_alone_is_named(families):
    """Nothing to learn: windows know families again, whole sequences do not."""
    X, y, _ = families(0)
    result = compare_augmentations(X, y, **OPTIONS)
    lost = result.headline()[-1]
    assert lost.startswith("Windows seemed to help SVM, windows only while relatives were on both sides of the split")
    assert result.verdict()[2] == lost
    assert result.answers().loc["SVM", "Windows"].startswith("inconclusive")
    assert result.answers().loc["SVM", "Windows, as split"].startswith("higher")


def test_the_order_of_rows_changes_neither_groups_nor_figures(decided):
    result, X, y, _ = decided
    order = np.random.default_rng(0).permutation(len(y))
    moved = compare_augmentations(X.iloc[order], y[order], **OPTIONS)
    np.testing.assert_array_equal(moved.together.split.groups, result.together.split.groups[order])
    pd.testing.assert_series_equal(means(moved.together.comparison), means(result.together.comparison))


def test_without_leaks_there_is_one_comparison(random_dna):
    X, y = random_dna(40, 60), np.repeat(["a", "b"], 20)
    result = compare_augmentations(X, y, **OPTIONS | {"models": ["majority"]})
    assert result.together is None
    assert not any("together" in line for line in result.verdict())
    with pytest.raises(DataFormatError, match=r"no comparison with relatives together: .*does not leak"):
        result.scores_of_both()
    wished = compare_augmentations(X, y, relatives="together", **OPTIONS | {"models": ["majority"]})
    assert wished.together is None
    why = "no test row shares sequence with a training row, so relatives need no groups"
    assert wished.not_together == why
    assert set(wished.verdict()) - set(result.verdict()) == {
        f"With relatives together no score can be computed: {why}."
    }


def test_given_groups_and_ignored_relatives_mean_one_comparison(families):
    X, y, family = families(0)
    options = OPTIONS | {"models": ["majority"]}
    by_half = np.char.add(family, np.arange(len(y)).astype(str))  # groups that part the families
    for more in ({"groups": by_half}, {"relatives": "ignore"}):
        result = compare_augmentations(X, y, **more, **options)
        assert result.together is None
        assert "Provide" in result.verdict()[0]
        assert "As split" not in result.verdict()[0]


def test_few_leaks_are_compared_on_demand_and_follow_the_answer(random_dna):
    texts = random_dna(219, 60)
    X, y = [*texts, texts[0][5:] + texts[1][:5]], np.arange(220) % 2
    y[-1] = y[0]
    options = {"window": 20, "n_splits": 3, "n_repeats": 1, "models": ["majority"]}
    assert compare_augmentations(X, y, **options).together is None
    result = compare_augmentations(X, y, relatives="together", **options)
    assert 0 < result.sanity.leaked_share("held-out sequences") < 0.01
    assert len(set(result.together.split.groups)) == 219
    assert not result.verdict()[0].startswith("Warning: ")
    assert "As split the best model is commonest class" in result.verdict()[1]
    assert result.headline() == [*result.verdict()[:2], result.reading]


@pytest.mark.parametrize(
    ("n_families", "message"),
    [
        (1, "the 6 sequences of class '1' are all relatives of each other, directly or through others"),
        (
            3,
            "the 18 sequences of class '1' are in 3 groups of relatives, too few for 4 folds; n_splits=3, .*--folds 3",
        ),
    ],
)
def test_too_few_groups_are_said(n_families, message, families):
    X, y, family = families(0, n_families=6, size=6)
    rows = [name.startswith("down") or int(name.split()[1]) < n_families for name in family]
    y = np.where(y == "up", 1, 0)  # a number is told as such, not as NumPy writes it
    result = compare_augmentations(X[rows], y[rows], **OPTIONS | {"models": ["majority"]})
    assert result.together is None
    assert re.match(message, result.not_together)
    assert f"With relatives together no score can be computed: {result.not_together}." in result.verdict()[0]
    with pytest.raises((DataFormatError, InvalidParameterError), match=message):
        result.scores_of_both()


def test_groups_too_unequal_for_the_folds_are_said(monkeypatch, families):
    """A fold in which a class has no training row."""
    X, y, _ = families(0)
    draw = _relatives_together.draw_folds

    def lose_a_class(*arguments, **options):
        folds = draw(*arguments, **options)
        folds[0].facts["n_untrained_class"] = 3
        return folds

    monkeypatch.setattr(_relatives_together, "draw_folds", lose_a_class)
    result = compare_augmentations(X, y, **OPTIONS | {"models": ["majority"]})
    assert result.not_together.startswith("the groups of relatives are too unequal for 4 folds (the largest holds 3 of")


def test_networks_get_the_groups(monkeypatch, families):
    """Early stopping keeps relatives on one side, too."""
    given, fit = [], CNNBiLSTMClassifier.fit

    def note(self, X, y, sample_weight=None, groups=None, identifiers=None):
        given.append(groups)
        return fit(self, X, y, sample_weight, groups, identifiers)

    monkeypatch.setattr(CNNBiLSTMClassifier, "fit", note)
    X, y, _ = families(0)
    compare_augmentations(X, y, **OPTIONS | {"models": ["mlp"], "quick": True, "n_splits": 2, "device": "cpu"})
    assert [groups is None for groups in given] == [True] * 4 + [False] * 4


def test_a_killed_run_goes_on_in_either_comparison(monkeypatch, tmp_path, families):
    X, y, _ = families(0.25, n_families=4)
    options = {"window": 20, "n_splits": 2, "n_repeats": 1, "models": ["svm"], "store": tmp_path / "folds"}
    fits, fit = [], SVC.fit

    def count(self, X, y, **params):
        fits.append(len(X))
        if len(fits) == 7:
            raise KeyboardInterrupt
        return fit(self, X, y, **params)

    monkeypatch.setattr(SVC, "fit", count)
    with pytest.raises(KeyboardInterrupt):
        compare_augmentations(X, y, **options)
    assert len(list((tmp_path / "folds").glob("*.npz"))) == 6
    resumed = compare_augmentations(X, y, **options)
    assert len(fits) == 7 + 2
    fresh = compare_augmentations(X, y, **options | {"store": None})
    assert resumed.scores_of_both().equals(fresh.scores_of_both())
    assert resumed.verdict() == fresh.verdict()


def test_the_cost_is_said_before_the_fits(capsys, families):
    X, y, _ = families(0)
    compare_augmentations(X, y, progress=True, **OPTIONS | {"models": ["majority", "memoriser"], "n_repeats": 2})
    told = capsys.readouterr().err
    assert "the 16 fits as split are done again with relatives together" in told
    assert told.index("--relatives ignore") < told.index("fits:")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"relatives": "apart"}, "relatives must be one of 'auto', 'together', 'ignore'; got 'apart'"),
        ({"relatives": "together", "groups": np.arange(48)}, "relatives='together' makes groups itself: leave groups"),
        ({"relatives": "together", "y": [f"gene {row}" for row in range(48)]}, "needs classes with several sequences"),
    ],
)
def test_choices_that_do_not_fit_are_refused(changes, message, families):
    X, y, _ = families(0)
    with pytest.raises((DataFormatError, InvalidParameterError), match=message):
        compare_augmentations(X, **{"y": y} | changes | OPTIONS)


def test_groups_that_part_relatives_are_not_praised(random_dna):
    """Copies that were shifted, with groups of the user's own that hold no two of them, or with none."""
    parents = random_dna(12, 80)
    X, y = [text[shift:] + text[:shift] for text in parents for shift in (0, 3)], np.repeat([0, 1] * 6, 2)
    options = {"window": 20, "n_splits": 3, "models": ["majority"], "n_repeats": 1}
    wrong = compare_augmentations(X, y, groups=np.arange(24), **options).verdict()
    assert "of the test rows share sequence with a training row" in wrong[0]
    assert "--groups similarity" in wrong[0]
    assert "--relatives together" in wrong[0]
    assert "larger groups" not in wrong[0]
    ignored = compare_augmentations(X, y, relatives="ignore", **options).verdict()
    assert "share sequence with a training row" in ignored[0]
    assert not any("No sequence is on both sides" in line for line in ignored)
    assert "Each sequence is on one side of a split; windows stay with their sequence." in ignored
