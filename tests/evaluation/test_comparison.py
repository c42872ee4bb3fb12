"""Summaries, tests, predictions, hardest rows and the verdict of a comparison."""

from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold, PredefinedSplit, ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.evaluation import compare, corrected_t_test, group_t_test, memoriser, student_t_test
from seqaug_sklearn.exceptions import DataFormatError, LeakageWarning


class Table(ClassifierMixin, BaseEstimator):
    """Answers what a table says; X holds row numbers."""

    def __init__(self, answers, classes=("a", "b")):
        self.answers = answers
        self.classes = classes

    def fit(self, X, y):
        self.classes_ = np.array(self.classes)
        return self

    def predict(self, X):
        return np.asarray(self.answers)[np.asarray(X)[:, 0].astype(int)]


class Confident(Table):
    """Gives its answer the probability 0.9."""

    def predict_proba(self, X):
        return np.where(self.predict(X)[:, None] == self.classes_, 0.9, 0.1)


def compare_answers(y, answers, *, cv=None, groups=None, kind=Table, **arguments):
    """Compare tables of answers; all rows in one fold by default."""
    y = np.asarray(y)
    cv = [(np.arange(len(y)), np.arange(len(y)))] if cv is None else cv
    models = {name: kind(list(a), tuple(np.unique(y))) for name, a in answers.items()}
    return compare(models, np.arange(len(y))[:, None], y, cv=cv, groups=groups, random_state=0, **arguments)


def flipped(y, rows):
    """Labels a and b with some rows wrong."""
    y = np.asarray(y).copy()
    y[rows] = np.where(y[rows] == "a", "b", "a")
    return y


Y = np.array(["a", "b"] * 60)


def test_summary_by_hand():
    result = compare_answers(Y, {"good": flipped(Y, np.arange(0, 30))}, cv=KFold(4))
    row = result.scores("accuracy").loc["good"]
    # 90 of 120 rows are right; each counts as a test row and, by 2 / pi, as a training row
    assert row["mean"] == 0.75
    assert row["standard_error"] == pytest.approx(np.sqrt(0.75 * 0.25 / 119 * (1 + 2 / np.pi)))
    assert row["low"] < 0.75 < row["high"]
    assert result.chance() == {"majority": 0.5, "uniform": 0.5}


def test_interval_covers_the_truth_about_as_often_as_it_says(rng):
    inside = []
    for seed in range(60):
        wrong = np.flatnonzero(np.random.default_rng(seed).random(120) < 0.3)
        row = compare_answers(Y, {"model": flipped(Y, wrong)}).scores("accuracy").loc["model"]
        inside.append(row["low"] <= 0.7 <= row["high"])
    # nothing was trained here, so that the part of the training rows is too much
    assert 0.95 <= np.mean(inside) <= 1


def test_windows_of_one_parent_are_one_piece_of_evidence():
    groups = np.repeat(np.arange(12), 10)
    answers = {"model": flipped(Y, np.flatnonzero(np.isin(groups, [1, 4, 8])))}
    grouped = (
        compare_answers(Y, answers, groups=np.column_stack([groups, np.arange(120)])).scores("accuracy").loc["model"]
    )
    rows = compare_answers(Y, answers).scores("accuracy").loc["model"]
    assert grouped["mean"] == rows["mean"] == 0.75
    assert grouped["high"] - grouped["low"] > 2 * (rows["high"] - rows["low"])


def test_only_tested_groups_count():
    groups = np.repeat(np.arange(12), 10)
    tested = np.flatnonzero(np.isin(groups, [1, 4, 8, 9]))
    cv = [(np.setdiff1d(np.arange(120), tested), tested)]
    answers = flipped(Y, tested[:19])
    row = compare_answers(Y, {"model": answers}, cv=cv, groups=groups).scores("accuracy").loc["model"]
    expected = group_t_test((answers == Y)[tested], groups[tested], classes=Y[tested])
    assert row[["standard_error", "low"]].tolist() == pytest.approx([expected.standard_error, max(expected.low, 0)])


def test_summary_of_all_metrics_leaves_out_slow_intervals():
    frame = compare_answers(Y, {"model": flipped(Y, [1, 5])}, kind=Confident).scores()
    assert frame.index.names == ["estimator", "metric"]
    assert frame.loc[("model", ["auroc", "auprc"]), "low"].isna().all()
    others = frame.drop(index=["auroc", "auprc"], level="metric")
    assert (others["low"] <= others["mean"] + 1e-12).all()
    assert (others["mean"] <= others["high"] + 1e-12).all()
    named = compare_answers(Y, {"model": flipped(Y, [1, 5])}, kind=Confident).scores("auroc").loc["model"]
    assert named["low"] < named["mean"] < named["high"]


def test_tests_agree_with_their_functions(rng):
    wrong = {
        name: np.flatnonzero(rng.random(120) < rate) for name, rate in [("base", 0.4), ("new", 0.1), ("same", 0.4)]
    }
    result = compare_answers(Y, {name: flipped(Y, rows) for name, rows in wrong.items()}, cv=KFold(6), reference="base")
    tests = result.tests()
    scores = result.folds.pivot_table(index="fold", columns="estimator", values="accuracy")
    for name in ("new", "same"):
        row = tests.loc[name]
        expected = corrected_t_test(scores[name] - scores["base"], 20 / 100)
        assert row["p_corrected_t"] == pytest.approx(expected.pvalue)
        right = [(flipped(Y, wrong[model]) == Y).astype(float) for model in (name, "base")]
        expected = group_t_test(right[0] - right[1], classes=Y)
        columns = ["difference", "standard_error", "df", "low", "high", "p_value"]  # in the order of the result
        assert row[columns].tolist() == pytest.approx(list(expected))
        assert row["p_student"] == pytest.approx(student_t_test(scores[name], scores["base"]).pvalue)
        assert row["difference"] == pytest.approx((scores[name] - scores["base"]).mean())
        assert row["low_holm"] <= row["low"] < row["difference"] < row["high"] <= row["high_holm"]
        assert row["p_corrected_t_holm"] >= row["p_corrected_t"]
        assert row["p_value_holm"] >= row["p_value"]
        assert (row["p_value_holm"] < 0.05) == (not row["low_holm"] <= 0 <= row["high_holm"])
    assert tests.loc["new", "p_value_holm"] < 0.01 < 0.05 < tests.loc["same", "p_value"]
    assert pd.isna(tests.loc["base", "reference"])
    assert np.isnan(tests.loc["base", "p_value"])


@pytest.mark.parametrize("metric", ["f1_macro", "auroc", "neg_log_loss", "neg_brier_score"])
def test_other_metrics_are_tested_too(metric):
    answers = {"poor": flipped(Y, np.arange(0, 50)), "good": flipped(Y, np.arange(0, 4))}
    row = compare_answers(Y, answers, kind=Confident).tests(metric=metric, n_permutations=20).loc["good"]
    assert row["p_value"] < 0.001
    assert row["p_chance"] < 0.001
    assert row["chance"] < row["reference_mean"]
    assert 0 < row["low"] < row["difference"] < row["high"]


def test_chance_is_no_result(rng):
    coins = [np.random.default_rng(seed).permutation(Y) for seed in range(40)]
    p = [compare_answers(Y, {"coin": coin}).tests().loc["coin", "p_chance"] for coin in coins]
    assert np.mean(np.array(p) <= 0.2) < 0.4
    assert np.mean(np.array(p) > 0.5) > 0.2


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy", "auroc", "mcc"])
def test_known_chance_is_what_permuted_labels_score(metric, rng):
    y = np.array(["a"] * 80 + ["b"] * 40)
    result = compare_answers(y, {"model": flipped(y, np.arange(0, 120, 3))}, kind=Confident, cv=KFold(4, shuffle=True))
    shuffled = [
        compare_answers(rng.permutation(y), {"model": flipped(y, np.arange(0, 120, 3))}, kind=Confident, cv=KFold(4))
        for _ in range(60)
    ]
    scores = [other.folds[metric].mean() for other in shuffled]
    assert result.tests(metric=metric).loc["model", "chance"] == pytest.approx(np.mean(scores), abs=0.02)


def test_right_answers_alone_prove_no_perfect_score():
    row = compare_answers(Y, {"model": Y}).scores("accuracy").loc["model"]
    assert (row["low"], row["high"]) == (pytest.approx(1 - 1.98 * np.sqrt(1 + 2 / np.pi) / 120, abs=1e-4), 1)


def test_groups_count_not_rows():
    # four parents, one label each, 30 windows each
    groups, y = np.repeat(np.arange(4), 30), np.repeat(["a", "b", "a", "b"], 30)
    right = flipped(y, [0])
    grouped = compare_answers(y, {"right": right}, groups=np.column_stack([groups, np.arange(120)]))
    alone = compare_answers(y, {"right": right})
    assert grouped.tests().loc["right", "p_chance"] > 0.1
    assert alone.tests().loc["right", "p_chance"] < 1e-6


def test_genomes_with_the_same_genes_count_as_genomes():
    y, groups = np.tile(list("abcdef"), 8), np.repeat(np.arange(8), 6)
    result = compare_answers(y, {"right": y}, groups=groups, cv=GroupKFold(4))
    assert result.tests().loc["right", "p_chance"] < 0.01


def test_the_best_of_many_is_lucky_more_often():
    """Coins that err independently: the smallest of ten p-values is adjusted as for ten, copies of one as for one."""
    coins = {str(seed): np.random.default_rng(seed).permutation(Y) for seed in range(10)}
    tests = compare_answers(Y, coins).tests()
    best = tests["p_chance"].idxmin()
    expected = 1 - (1 - tests.loc[best, "p_chance"]) ** 10
    assert tests.loc[best, "p_chance_best"] == pytest.approx(expected, abs=0.05)
    copies = compare_answers(Y, {str(i): coins[best] for i in range(10)}).tests()
    assert copies["p_chance_best"].to_numpy() == pytest.approx(copies["p_chance"].to_numpy(), abs=0.02)


def test_repeats_of_the_same_folds_are_no_further_folds():
    answers = {"base": flipped(Y, np.arange(0, 50, 2)), "new": flipped(Y, np.arange(7, 30))}
    once = compare_answers(Y, answers, cv=KFold(4)).tests().loc["new"]
    often = compare_answers(Y, answers, cv=KFold(4), n_repeats=5).tests().loc["new"]
    for column in ("p_corrected_t", "p_value", "low", "detectable"):
        assert often[column] == pytest.approx(once[column])
    assert often["p_student"] < once["p_student"]


def test_a_number_of_resamples_is_no_longer_of_use():
    result = compare_answers(Y, {"model": flipped(Y, [1, 5])})
    for ask in (result.scores, result.tests):
        with pytest.warns(FutureWarning, match="n_resamples has no effect"):
            ask(metric="accuracy", n_resamples=100)


def test_partners():
    answers = {name: flipped(Y, np.arange(n)) for name, n in [("cnn", 20), ("cnn+", 10), ("svm", 30), ("svm+", 40)]}
    result = compare_answers(Y, answers, reference={"cnn+": "cnn", "svm+": "svm"}, cv=ShuffleSplit(3, random_state=0))
    tests = result.tests()
    assert tests["reference"].dropna().to_dict() == {"cnn+": "cnn", "svm+": "svm"}
    assert result.tests("svm")["reference"].dropna().tolist() == ["svm"] * 3
    with pytest.raises(DataFormatError, match="no estimator 'rnn'"):
        result.tests("rnn")


def test_predictions_and_confusion_matrix():
    X = pd.DataFrame({"row": np.arange(120)}, index=[f"s{i}" for i in range(120)])
    answers = flipped(Y, [3])
    result = compare({"model": Confident(list(answers))}, X, Y, groups=np.repeat(list("uvwx"), 30), cv=GroupKFold(4))
    frame = result.predictions("model")
    assert len(frame) == 120
    frame = frame.set_index("row").sort_index()
    assert frame["identifier"].tolist() == X.index.tolist()
    assert frame["group"].tolist() == np.repeat(list("uvwx"), 30).tolist()
    assert frame["y_true"].tolist() == Y.tolist()
    assert frame["y_pred"].tolist() == answers.tolist()
    assert frame.loc[0, ["score_a", "score_b"]].tolist() == [0.9, 0.1]
    assert result.confusion_matrix("model").to_numpy().tolist() == [[60, 0], [1, 59]]
    with pytest.raises(DataFormatError, match="no estimator 'nobody'"):
        result.predictions("nobody")
    with pytest.raises(DataFormatError, match="metric 'speed' was not scored"):
        result.scores("speed")


def test_hardest_rows():
    answers = {"one": flipped(Y, [4, 9]), "two": flipped(Y, [9, 11]), "three": flipped(Y, [9, 4])}
    table = compare_answers(Y, answers, kind=Confident).hardest(3)
    assert table["row"].tolist() == [9, 4, 11]
    assert table["misclassified"].tolist() == pytest.approx([1, 2 / 3, 1 / 3])
    assert table["true_probability"].tolist() == pytest.approx([0.1, (0.1 + 0.1 + 0.9) / 3, (0.1 + 0.9 + 0.9) / 3])
    assert table["label"].tolist() == ["b", "a", "b"]
    assert table["most_predicted"].tolist() == ["a", "b", "b"]


def test_lookups_do_not_say_which_rows_are_hard(random_dna):
    X, y = random_dna(20, 40), ["a", "b"] * 10
    models = {"first": DummyClassifier(strategy="constant", constant="a"), "lookup": memoriser(k=6)}
    both = compare(models, X, y, cv=KFold(2), random_state=0)
    assert both.memorisers == ("lookup",)
    expected = compare({"first": models["first"]}, X, y, cv=KFold(2), random_state=0).hardest(20)
    pd.testing.assert_frame_equal(both.hardest(20), expected)
    alone = compare({"lookup": models["lookup"]}, X, y, cv=KFold(2), random_state=0)
    assert len(alone.hardest(20)) == 20


def verdict(answers, y=Y, **arguments):
    kinds = {key: arguments.pop(key) for key in ("treatment", "metric") if key in arguments}
    return compare_answers(y, answers, **arguments).verdict(**kinds)


def test_verdict_of_a_gain():
    lines = verdict(
        {"cnn": flipped(Y, np.arange(0, 120, 3)), "cnn with windows": flipped(Y, np.arange(0, 120, 20))},
        cv=KFold(5), treatment="Windows",
    )  # fmt: skip
    assert lines[0] == "Windows helped in 1 of 1 comparisons (cnn with windows +0.283)."
    assert lines[1].startswith("The best model is cnn with windows with 0.950 (accuracy; chance 0.")
    assert "cnn with windows is better than cnn: accuracy 0.950 against 0.667 (difference +0.283, 95 %" in lines[2]


def test_verdict_of_no_gain():
    rng = np.random.default_rng(1)
    answers = {name: flipped(Y, rng.choice(120, 30, replace=False)) for name in ("cnn", "cnn with windows")}
    lines = verdict(answers, cv=KFold(5, shuffle=True), treatment="Windows")
    row = compare_answers(Y, answers, cv=KFold(5, shuffle=True)).tests().loc["cnn with windows"]
    between = f"{row['low']:+.3f} and {row['high']:+.3f}".replace("-", "−")
    limit = f"these data cannot show a difference below {row['detectable']:.2f}."
    assert lines[0] == f"Windows: inconclusive, the true difference lies between {between}; {limit}"
    assert lines[2].startswith(
        f"cnn with windows against cnn is inconclusive: the true difference lies between {between} (accuracy 0.750 "
    )
    assert lines[2].endswith(limit)


def test_treatments_without_a_finding_share_a_sentence():
    bad, good = flipped(Y, np.arange(0, 120, 2)), flipped(Y, np.arange(0, 120, 30))
    other = flipped(Y, np.arange(1, 120, 30))
    answers = {"base": good, "same": other, "again": other, "worse": bad}
    lines = verdict(answers, cv=KFold(5), treatment={"One": ["same"], "Two": ["again"], "Three": ["worse"]})
    assert lines[0].startswith(
        "Three did harm in 1 of 1 comparisons (worse −0.467) and was shown to help in none. One; Two: inconclusive in "
        "2 comparisons, the true differences lie between −0.0"
    )
    assert "cannot show" not in lines[0]


def test_curves_are_drawn_of_the_best_of_many(tmp_path):
    answers = {f"model {i}": flipped(Y, np.arange(i)) for i in range(9)}
    result = compare_answers(Y, answers, kind=Confident, cv=KFold(3))
    errors = next(section for section in result.sections() if section.title == "Errors")
    (curves,) = [figure for name, figure in errors.figures.items() if "6 best of 9 models by accuracy" in name]
    labels = [text.get_text() for text in curves.axes[0].get_legend().get_texts()]
    assert [label.split(" (")[0] for label in labels] == [f"model {i}" for i in range(6)]


def test_calibration_by_hand():
    """Of 120 rows that all get .9 for their answer, one in four is wrong."""
    result = compare_answers(Y, {"model": flipped(Y, np.arange(0, 120, 4))}, kind=Confident, cv=KFold(3), n_repeats=2)
    row = result.calibration().loc["model"]
    assert row["n"] == 120
    assert row["brier"] == pytest.approx(0.75 * 0.1**2 + 0.25 * 0.9**2)
    assert row["calibration_error"] == pytest.approx(0.9 - 0.75)
    assert -result.folds["neg_brier_score"].mean() == pytest.approx(row["brier"])


def test_without_probabilities_there_is_no_calibration():
    result = compare_answers(Y, {"model": Y})
    assert result.calibration()[["brier", "calibration_error"]].isna().all(axis=None)
    assert result.calibration()["n"].tolist() == [120]
    assert "Calibration" not in [section.title for section in result.sections()]


class Improbable(Confident):
    """Its predict_proba gives numbers that are no probabilities."""

    def predict_proba(self, X):
        return super().predict_proba(X) * 3


def test_numbers_that_are_no_probabilities_have_no_calibration():
    result = compare_answers(Y, {"model": Y}, kind=Improbable)
    assert result.calibration()["brier"].isna().all()
    assert "Calibration" not in [section.title for section in result.sections()]


def test_reliability_is_drawn_of_the_best_and_of_the_lookups():
    X = np.array(["ACGT" * 5, "TTGC" * 5] * 30)
    kmers = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), LogisticRegression())
    models = {"constant": DummyClassifier(strategy="prior"), "kmers": kmers, "lookup": memoriser()}
    result = compare(models, X, Y[:60], cv=KFold(3), groups=np.arange(60), random_state=0)
    section = next(section for section in result.sections() if section.title == "Calibration")
    assert section.folded
    assert [*section.figures] == ["Reliability of kmers, lookup"]
    assert section.tables["Calibration of probabilities"].index.tolist() == ["constant", "kmers", "lookup"]
    (data,) = section.data.values()
    assert data.index.get_level_values("estimator").unique().tolist() == ["kmers", "lookup"]


def test_the_axis_of_differences_is_that_of_the_results():
    answers = {"cnn": flipped(Y, np.arange(0, 120, 30)), "cnn+": flipped(Y, np.arange(10, 120, 30))}
    result = compare_answers(Y, answers, cv=KFold(5))
    section = next(section for section in result.sections() if section.title == "Differences")
    row = result.tests(metric="accuracy").loc["cnn+"]
    (figure,) = section.figures.values()
    assert figure.axes[0].get_xlim()[1] == pytest.approx(1.15 * max(abs(row["low"]), abs(row["high"]), 0.02))


def test_settings_hold_no_data():
    result = compare_answers(Y, {"table": Y})
    assert result.settings["estimator table"] == "Table(answers=<list of 120>)"


def test_verdict_of_harm_and_of_both():
    bad, good = flipped(Y, np.arange(0, 120, 2)), flipped(Y, np.arange(0, 120, 30))
    lines = verdict({"cnn": good, "cnn+": bad}, cv=KFold(5), treatment="Windows")
    assert lines[0] == "Windows did harm in 1 of 1 comparisons (cnn+ −0.467) and was shown to help in none."
    pairs = {"cnn+": "cnn", "svm+": "svm"}
    lines = verdict(
        {"cnn": good, "cnn+": bad, "svm": bad, "svm+": good}, cv=KFold(5), treatment="Windows", reference=pairs
    )
    assert (
        lines[0]
        == "Windows helped in 1 of 2 comparisons (svm+ +0.467) and did harm in 1 of 2 comparisons (cnn+ −0.467)."
    )


def test_a_single_split_is_judged_by_its_rows():
    half = np.arange(0, 120, 2), np.arange(1, 120, 2)
    y = np.repeat(["a", "b"], 60)
    lines = verdict({"cnn": flipped(y, np.arange(0, 60)), "cnn+": y}, y, cv=[half], treatment="Windows")
    assert lines[0] == "Windows helped in 1 of 1 comparisons (cnn+ +0.500)."
    assert "adjusted p < 0.001" in lines[2]


def test_nothing_helps_where_the_split_leaks():
    lines = verdict({"cnn": flipped(Y, np.arange(0, 60)), "cnn+": Y, "cnn-": flipped(Y, Y == "a")}, treatment="Windows")
    assert lines[0] == "Warning: 120 of 120 test rows are identical to a training row of their fold."
    assert lines[1] == (
        "Windows scored higher in 1 of 2 comparisons (cnn+ +0.500). The split leaks, so this does not say what helps "
        "with new sequences."
    )
    assert not any("helped" in line for line in lines)


def test_data_that_can_show_nothing_says_so():
    y = np.array(["a", "b", "c"] * 3)
    answers = {"cnn": np.roll(y, 1), "cnn+": np.where(np.arange(9) < 4, y, np.roll(y, 1))}
    (line, *_) = verdict(answers, y, cv=KFold(3), treatment="Windows")
    assert line.endswith("These data cannot show any difference. Differences between models mean nothing here.")
    lines = verdict(answers | {"known": y}, y, cv=KFold(3), treatment={"Windows": ["cnn+"]})
    assert lines[0].endswith("; these data cannot show any difference.")


def test_verdict_by_a_metric_that_no_model_has():
    lines = verdict({"one": Y, "two": flipped(Y, [3])}, metric="auroc")
    assert lines[1] == "No model gives the output that AUROC needs; choose another metric."


def test_verdict_says_when_nothing_was_learned():
    coin = np.random.default_rng(0).permutation(Y)
    assert any("No model beats chance" in line for line in verdict({"coin": coin}))


def test_after_differences_mean_nothing_no_pair_is_spoken_of():
    rng = np.random.default_rng(0)
    coins = {"coin": rng.permutation(Y), "other coin": rng.permutation(Y)}
    lines = verdict(coins, treatment="Windows")
    place = next(i for i, line in enumerate(lines) if line.endswith("Differences between models mean nothing here."))
    assert all(line.startswith("Warning: ") for line in lines[:place])
    # nothing is said to help or harm, be better, worse, or inconclusive
    words = ("Windows", "inconclusive", "better than", "worse than")
    assert not [line for line in lines if any(word in line for word in words)]
    # where something is learned the pairs are there
    assert any("is better than" in line for line in verdict({"coin": coins["coin"], "known": Y}, treatment="Windows"))


def test_verdict_warns_of_the_split(random_dna):
    y = np.array(["a", "b"] * 10)
    with pytest.warns(LeakageWarning, match="same groups"):
        lines = verdict({"model": y}, y, groups=np.repeat(np.arange(5), 4), cv=KFold(4))
    assert any("in 4 of 4 folds the same groups are in the training and the test rows" in line for line in lines)
    assert any("Only 5 groups were tested" in line for line in lines)
    y = np.array(["a"] * 15 + ["b"] * 15)
    lines = verdict({"model": y}, y, cv=PredefinedSplit([0] * 15 + [1] * 15))
    assert any("30 of 30 test rows belong to a class without training rows" in line for line in lines)


@pytest.mark.parametrize(("near_copies", "expected"), [(True, "well above the best model"), (False, "is at chance")])
def test_verdict_on_the_memoriser(near_copies, expected, random_dna):
    sequences = np.repeat(random_dna(40, 60), 2) if near_copies else np.array(random_dna(80, 60))
    y = np.repeat(np.arange(40) % 2, 2)
    model = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), LogisticRegression(max_iter=500))
    models = {"model": model, "memoriser": memoriser(k=12)}
    expected_warning = pytest.warns(LeakageWarning, match="share sequence with training rows")
    with expected_warning if near_copies else nullcontext():
        result = compare(models, sequences, y, cv=KFold(5, shuffle=True), random_state=0)
    assert result.memorisers == ("memoriser",)
    lines = result.verdict()
    assert any(line.startswith(("Warning: memoriser", "memoriser")) and expected in line for line in lines)
    # a lookup as good as the best model, and copies, come before any answer
    warned = [line.startswith("Warning: ") for line in lines]
    assert warned == sorted(warned, reverse=True)
    assert warned[0] == near_copies


def test_a_lookup_beside_models_at_chance_is_no_warning(random_dna):
    """Copies make the lookup right; the model is a coin, so that it has no score that could be memorisation."""
    sequences, y = np.repeat(random_dna(40, 60), 2), np.repeat(np.arange(40) % 2, 2)
    models = {"coin": DummyClassifier(strategy="uniform"), "memoriser": memoriser()}
    with pytest.warns(LeakageWarning, match="share sequence with training rows"):
        result = compare(models, sequences, y, cv=KFold(5, shuffle=True), random_state=0)
    assert result.tests()["p_chance"]["coin"] > 0.05 > result.tests()["p_chance"]["memoriser"]
    assert not any("memoriser, which" in line for line in result.verdict())


def test_files(tmp_path, drawn):
    answers = {"one": flipped(Y, [4, 9]), "two/three": flipped(Y, [9, 11])}
    result = compare_answers(Y, answers, kind=Confident, cv=KFold(3))
    paths = result.to_csv(tmp_path / "new" / "tables")
    assert {p.name for p in paths} >= {"folds.csv", "summary.csv", "tests_accuracy.csv", "predictions_two_three.csv"}
    back = pd.read_csv(tmp_path / "new" / "tables" / "predictions_one.csv")
    assert back["y_pred"].tolist() == answers["one"].tolist()
    page = result.to_html(tmp_path / "page.html", title="One & two")
    text = page.read_text()
    assert "<h1>One &amp; two</h1>" in text
    assert text.count("<img ") == 5
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new", "page.html"]


def test_pages_of_one_model_many_classes_and_no_scores(tmp_path, drawn):
    y = np.array([f"class {i % 35:02d}" for i in range(140)])
    result = compare_answers(y, {"only": np.roll(y, 1)}, cv=KFold(2))
    text = result.to_html(tmp_path / "page.html").read_text()
    assert "No model beats chance" in text
    assert text.count("<img ") == 1
    assert "Most frequent confusions of only" in text


def test_a_comparison_pickles():
    import pickle

    result = compare({"bayes": GaussianNB()}, np.eye(6), list("ababab"), cv=2, random_state=0)
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(result)).tests(), result.tests())
