"""``compare`` of numbers and of several labels: what is read, scored, tested, kept, and what null data give."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GroupKFold, LeaveOneGroupOut, LeaveOneOut, StratifiedKFold
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from seqaug_sklearn import plotting
from seqaug_sklearn.evaluation import FoldError, compare
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, LeakageWarning, SeqAugWarning
from seqaug_sklearn.model_selection import ColdPairKFold, SimilarityGroupKFold
from seqaug_sklearn.similarity import NearestSequenceRegressor

MODELS = {"ridge": Ridge(), "mean": DummyRegressor()}


def _doses(X):
    return X[["dose"]]


class Echo(RegressorMixin, BaseEstimator):
    """Answers the columns of X that are not row numbers."""

    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.asarray(X)[:, 1:].squeeze(axis=1) if np.shape(X)[1] == 2 else np.asarray(X)[:, 1:]


def make_data(rng=0, n_groups=24, size=5, noise=1.0, n_targets=1):
    rng = np.random.default_rng(rng)
    groups = np.repeat(np.arange(n_groups), size)
    X = rng.normal(size=(len(groups), 4))
    y = X[:, :n_targets] + noise * rng.normal(size=(len(groups), n_targets))
    return X, y[:, 0] if n_targets == 1 else y, groups


def make_planted(rng, correlation, n_groups=40, size=3, shared=0.3):
    """Pairs of this correlation, both with a part that rows of a group share."""
    groups = np.repeat(np.arange(n_groups), size)
    own, common = rng.normal(size=(2, len(groups))), rng.normal(size=(2, n_groups))[:, groups]
    x, e = np.sqrt(shared) * common + np.sqrt(1 - shared) * own
    return x, correlation * x + np.sqrt(1 - correlation**2) * e, groups


def echoed(x, y, groups, **options):
    X = np.column_stack([np.arange(len(x)), x])
    options = {"cv": GroupKFold(5), "random_state": 0, "return_train_score": False} | options
    return compare({"echo": Echo()}, X, y, groups=groups, **options)


def test_numbers_are_read_scored_and_told_as_numbers():
    X, y, groups = make_data()
    result = compare(MODELS, X, y, cv=4, groups=groups, random_state=0)
    assert (result.task, result.target_names, len(result.classes)) == ("number", ("y",), 0)
    assert result.headline_metric() == "spearman"
    assert "120 rows, numbers, 4 folds, groups as units" in repr(result)
    told = result.predictions("ridge")
    assert list(told) == ["repeat", "fold", "row", "group", "y_true", "y_pred"]
    np.testing.assert_array_equal(told["y_true"], y[told["row"]])
    for fold, rows in told.groupby("fold"):
        score = result.folds[result.folds["estimator"] == "ridge"].set_index("fold").loc[fold]
        assert score["spearman"] == pytest.approx(stats.spearmanr(rows["y_true"], rows["y_pred"]).statistic)
        within = [stats.spearmanr(g["y_true"], g["y_pred"]).statistic for _, g in rows.groupby("group")]
        assert score["spearman_within"] == pytest.approx(np.mean(within))
    pooled = result.pooled().loc["ridge"]
    assert pooled["pooled"] == pytest.approx(stats.spearmanr(told["y_true"], told["y_pred"]).statistic)
    assert pooled["mean"] == pytest.approx(result.scores("spearman").loc["ridge", "mean"])
    verdict = result.verdict()
    assert verdict[0].startswith("The best model is ridge with 0.")
    assert "(Spearman correlation; chance 0.000), above chance (95 % interval" in verdict[0]
    assert verdict[-1].startswith("y is read as numbers: 120 different values from -")
    assert result.settings["how y was read"] == verdict[-1]
    assert not {word for word in ("class", "accuracy", "label") if word in result.summary()}


def test_chance_is_the_mean_of_the_training_rows():
    X, y, groups = make_data()
    result = compare(MODELS, X, y, cv=4, groups=groups, random_state=0)
    scores = result.scores()["mean"].loc["mean"]
    assert [scores[m] for m in ("spearman", "pearson", "spearman_within")] == [0, 0, 0]
    assert scores["r2"] < 0.01
    assert result.chance_of("neg_rmse") == pytest.approx(scores["neg_rmse"])
    shown = result.sections()[0].tables["Means over folds"]
    for name in ("rmse", "mae"):
        of_folds = result.folds.groupby("estimator")[f"neg_{name}"].mean()
        assert (shown[name.upper()] > 0).all()
        assert (shown[name.upper()] == -of_folds.loc[shown.index]).all()
    assert not [column for column in shown if column.startswith("neg")]
    median = compare({"median": DummyRegressor(strategy="median")}, X, y, cv=4, groups=groups, random_state=0)
    assert median.chance_of("neg_mae") == pytest.approx(median.scores("neg_mae").loc["median", "mean"])
    assert [result.chance_of(m) for m in ("spearman", "r2")] == [0, 0]
    assert result.tests().loc["mean", "p_chance"] > 0.9
    assert result.best() == "ridge"


def test_hardest_rows_are_the_largest_residuals_and_lookups_have_no_vote():
    x = np.arange(40.0)
    y = x.copy()
    y[[7, 21]] += [30, -20]
    result = echoed(x, y, None, cv=4, task="number")
    hardest = result.hardest(2)
    assert hardest["row"].tolist() == [7, 21]
    assert hardest["error"].tolist() == [30, 20]
    assert hardest[["y_true", "predicted"]].to_numpy().tolist() == [[37, 7], [1, 21]]


def test_what_is_of_classes_is_refused_with_the_way_out():
    X, y, _ = make_data()
    result = compare(MODELS, X, y, cv=3, random_state=0)
    for ask in (result.confusion_matrix, lambda name: result.calibration(), lambda name: result.chance()):
        with pytest.raises(DataFormatError, match="is of classes, and numbers were predicted here; see "):
            ask("ridge")
    classes = compare({"bayes": GaussianNB()}, X, y > 0, cv=3, random_state=0)
    with pytest.raises(DataFormatError, match="per_target needs scores of numbers or labels"):
        classes.per_target()


def test_scores_of_numbers_are_none_of_classes_and_labels():
    X, y, _ = make_data(n_targets=2)
    for target in (y[:, 0] > 0, (y > 0).astype(int)):
        with pytest.raises(InvalidParameterError, match=r"scoring='spearman' is no score of (classes|several labels)"):
            compare({"commonest": DummyClassifier()}, X, target, cv=3, scoring=["accuracy", "spearman"])


def test_pooled_scores_of_classes_put_the_folds_together():
    X, y, _ = make_data()
    result = compare(
        {"bayes": GaussianNB()}, X, y > 0, cv=[(np.arange(60, 120), np.arange(10)), (np.arange(60), np.arange(60, 120))]
    )
    told = result.predictions("bayes")
    assert result.pooled("accuracy").loc["bayes", "pooled"] == pytest.approx((told["y_true"] == told["y_pred"]).mean())


@pytest.mark.parametrize("display", ["BinaryCurvesDisplay", "ReliabilityDisplay"])
def test_figures_of_classes_are_refused(display):
    X, y, _ = make_data()
    result = compare(MODELS, X, y, cv=3, random_state=0)
    with pytest.raises(DataFormatError, match=r"of two classes were asked for|numbers were predicted"):
        getattr(plotting, display).from_comparison(result)


def test_pairs_are_judged_by_the_members_of_both_sides():
    rng = np.random.default_rng(0)
    members = np.column_stack([rng.integers(12, size=150), rng.integers(12, size=150)]).astype(str).astype(object)
    x, y, _ = make_planted(rng, 0.6, n_groups=150, size=1)
    X = np.column_stack([np.arange(150), x])
    result = compare({"echo": Echo()}, X, y, cv=ColdPairKFold(3, unseen="one"), groups=members, random_state=0)
    assert "spearman_within" not in result.metrics
    assert result.tests().loc["echo", "p_chance"] < 0.05


def test_twenty_fractions_are_no_classes():
    rng = np.random.default_rng(0)
    X = ["".join(rng.choice([*"ACGT"], 200)) for _ in range(20)]
    model = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), Ridge())
    result = compare({"ridge": model}, X, rng.normal(size=20).round(3), cv=5, random_state=0)
    assert result.task == "number"
    assert result.folds["n_test"].tolist() == [4] * 5
    with pytest.raises(DataFormatError, match=r"estimator 'bayes' is a classifier, but y is read as numbers: 20 "):
        compare({"bayes": GaussianNB()}, np.eye(20), rng.normal(size=20), cv=5)


def test_whole_numbers_that_repeat_are_classes_unless_it_is_said():
    X, y, _ = make_data()
    counts = np.clip(np.round(y), -2, 2).astype(int) + 2
    with pytest.raises(DataFormatError, match="'ridge' is a regressor, as 1 more are, but y is read as classes: "):
        compare(MODELS, X, counts, cv=3)
    assert compare(MODELS, X, counts, cv=3, task="number", random_state=0).task == "number"
    read = compare({"bayes": GaussianNB()}, X, counts, cv=3, random_state=0).settings["how y was read"]
    assert read.endswith("task='number' reads them as measurements.")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"y": np.ones(12), "task": "number"}, DataFormatError, "y holds one value only"),
        ({"y": [0.5, np.inf, *np.arange(10) / 7]}, DataFormatError, "y holds infinity in row 1"),
        ({"y": ["0.5", "abc", *map(str, np.arange(10) / 7)], "task": "number"}, DataFormatError, "'abc' in row 1"),
        ({"y": np.arange(11) / 7}, DataFormatError, "X has 12 rows but y has 11 targets"),
        ({"task": "regression"}, InvalidParameterError, "task must be one of 'auto', 'classes', 'number', 'labels'"),
        ({"scoring": "spearman_within"}, InvalidParameterError, "scoring='spearman_within' is a mean over groups"),
        ({"scoring": "accuracy"}, InvalidParameterError, "scoring='accuracy' is no score of numbers; choose among 'sp"),
        ({"scoring": "jaccard"}, FoldError, "continuous"),
        (
            {"y": np.column_stack([np.arange(12) / 7, [np.nan, *np.arange(11)]])},
            FoldError,
            r"takes no gaps in y, where 1 of y1 are not known: give PerTargetRegressor\(estimator\)",
        ),
    ],
)
def test_bad_input(changes, error, message):
    arguments = {"estimators": MODELS, "X": np.eye(12), "y": np.arange(12) / 7, "cv": 3} | changes
    with pytest.raises(error, match=message):
        compare(**arguments)


def test_rows_without_a_number_are_neither_trained_nor_tested():
    X, y, groups = make_data()
    gaps = np.arange(0, 120, 7)
    y[gaps] = np.nan
    result = compare(MODELS, X, y, cv=4, groups=groups, random_state=0)
    assert not np.isin(np.concatenate(result.test_rows), gaps).any()
    assert result.settings["rows left out, of which nothing is known"] == len(gaps)
    known = np.setdiff1d(np.arange(120), gaps)
    fold = result.test_rows[0]
    model = Ridge().fit(X[np.setdiff1d(known, fold)], y[np.setdiff1d(known, fold)])
    np.testing.assert_allclose(result.rows["ridge"][0].predicted[:, 0], model.predict(X[fold]))
    hidden = compare(MODELS, np.where(np.isnan(y)[:, None], 1e6, X), y, cv=4, groups=groups, random_state=0)
    pd.testing.assert_frame_equal(hidden.scores(), result.scores())
    all_known = Ridge().fit(X[known], y[known])
    np.testing.assert_allclose(result.refit("ridge", X, y, groups=groups).coef_, all_known.coef_)
    assert isinstance(result.fit_best(X, y, groups=groups), Ridge)


def test_folds_have_their_share_of_low_and_high_numbers_and_keep_groups_apart():
    X, y, groups = make_data(n_groups=60, size=2)
    low = y < np.quantile(y, 0.2)
    for options in ({"cv": 5}, {"cv": StratifiedKFold(5, shuffle=True)}):
        result = compare({"mean": DummyRegressor()}, X, y, random_state=0, **options)
        assert all(low[rows].sum() in (4, 5) for rows in result.test_rows)
    # whole numbers that are numbers because it was said so, in the project's own splitters too
    sequences = ["".join(np.random.default_rng(i).choice([*"ACGT"], 30)) for i in range(120)]
    by_text = make_pipeline(CountVectorizer(analyzer="char"), Ridge())
    counts = np.arange(120) % 19
    alike = SimilarityGroupKFold(5, threshold=0.9)
    result = compare({"ridge": by_text}, sequences, counts, cv=alike, task="number", random_state=0)
    assert all(3 <= (counts[rows] < 4).sum() <= 7 for rows in result.test_rows)
    kept = compare({"mean": DummyRegressor()}, X, y, cv=5, groups=groups, random_state=0)
    assert (kept.folds["n_shared_groups"] == 0).all()
    assert all(2 <= low[rows].sum() <= 8 for rows in kept.test_rows)


def test_folds_of_one_row_have_no_correlation_but_all_rows_together_do():
    X, y, _ = make_data(n_groups=12, size=1)
    result = compare(MODELS, X, y, cv=LeaveOneOut(), random_state=0)
    assert result.verdict()[0] == (
        "No model has a score: Spearman correlation needs several values among the test rows of a fold; use fewer "
        "folds, or see pooled()."
    )
    assert result.folds["neg_mae"].notna().all()
    # the mean of all others is low where the one that is left out is high
    assert result.pooled("pearson").loc["mean", "pooled"] == pytest.approx(-1)
    assert [section.title for section in result.sections()] == ["Scores", "Differences", "Errors"]


def test_several_numbers_are_scored_one_by_one_and_on_average():
    X, y, groups = make_data(n_targets=2)
    frame = pd.DataFrame(y, columns=["leaf", "root"])
    result = compare(MODELS, X, frame, cv=4, groups=groups, random_state=0)
    assert result.target_names == ("leaf", "root")
    table = result.per_target("pearson")
    assert table.index.tolist() == [("ridge", "leaf"), ("ridge", "root"), ("mean", "leaf"), ("mean", "root")]
    assert table.loc["ridge", "mean"].mean() == pytest.approx(result.scores("pearson").loc["ridge", "mean"])
    # each as a comparison of its own
    folds = [(np.setdiff1d(np.arange(120), rows), rows) for rows in result.test_rows]
    for target in frame:
        alone = compare(MODELS, X, frame[target], cv=folds, groups=groups, random_state=result.seed, scoring="pearson")
        own = alone.scores("pearson")
        pd.testing.assert_frame_equal(table.xs(target, level="target")[own.columns.tolist()], own)
    assert result.predictions("ridge")["target"].value_counts().to_dict() == {"leaf": 120, "root": 120}
    assert set(result.hardest()["worst_target"]) <= {"leaf", "root"}
    assert result.refit("ridge", X, frame, groups=groups).predict(X).shape == (120, 2)


def test_gaps_in_one_of_several_numbers_change_that_one_only():
    rng = np.random.default_rng(0)
    y = rng.normal(size=(60, 2))
    X = np.column_stack([np.arange(60), y + rng.normal(size=y.shape)])
    holed = y.copy()
    holed[::4, 1] = np.nan
    whole, found = (compare({"echo": Echo()}, X, t, cv=GroupKFold(4), groups=np.arange(60) % 20) for t in (y, holed))
    pd.testing.assert_series_equal(found.per_target().loc[("echo", "y0")], whole.per_target().loc[("echo", "y0")])
    assert found.per_target().loc[("echo", "y1"), "n"] == 45
    assert found.per_target().loc[("echo", "y1"), "mean"] != whole.per_target().loc[("echo", "y1"), "mean"]


def test_several_labels():
    X, y, groups = make_data(n_targets=3)
    labels = pd.DataFrame((y > 0).astype(int), columns=["a", "b", "c"])
    models = {
        "forest": RandomForestClassifier(10, random_state=0),
        "linear": MultiOutputClassifier(LogisticRegression()),
        "mean": DummyRegressor(),
        "commonest": DummyClassifier(),
    }
    result = compare(models, X, labels, cv=4, groups=groups, random_state=0)
    assert (result.task, result.headline_metric()) == ("labels", "auroc")
    # by itself too, where nobody names the metric
    pd.testing.assert_frame_equal(result.scores().xs("auprc", level="metric"), result.scores("auprc"))
    areas = result.scores("auroc")["mean"]
    assert (areas[["forest", "linear"]] > 0.6).all()
    assert areas["mean"] == areas["commonest"] == 0.5
    assert result.scores("neg_brier_score").loc["mean", "mean"] == pytest.approx(-0.25, abs=0.02)
    assert list(result.per_target("auprc").index.unique("target")) == ["a", "b", "c"]
    assert list(result.predictions("linear")) == [
        *("repeat", "fold", "row", "group", "target", "y_true", "y_pred", "score")
    ]
    assert result.verdict()[-1].startswith("y is read as 3 labels that are there or not; task='number' reads")
    assert result.hardest()["misclassified"].is_monotonic_decreasing
    tests = result.tests(metric="accuracy")
    assert tests.loc["linear", "p_chance"] < 0.01
    assert tests.loc["commonest", "p_chance"] > 0.05


def test_labels_without_scores_are_judged_by_their_answers():
    class Sign(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            return self

        def predict(self, X):
            return (np.asarray(X)[:, :2] > 0).astype(int)

    X, y, _ = make_data(n_targets=2)
    result = compare({"sign": Sign(), "same": Sign()}, X, y > 0, cv=3, task="labels", random_state=0)
    assert result.verdict()[0] == "No model gives the output that AUROC needs; choose another metric."
    assert "nan" not in result.summary()
    assert result.verdict(metric="accuracy")[0].startswith("The best model is sign with 0.")


def test_a_label_that_is_rare_is_left_out_where_it_cannot_be_scored():
    X, y, _ = make_data(n_targets=2)
    labels = np.column_stack([y[:, 0] > 0, np.arange(120) < 2]).astype(int)
    result = compare({"linear": DummyRegressor()}, X, labels, cv=4, random_state=0, n_repeats=2)
    assert result.folds["n_unscored_targets"].sum() >= 4
    assert result.folds["auroc"].notna().all()
    assert "labels with one value in the test rows of a fold, left out there" in result.settings


def test_groups_that_cannot_be_ranked_are_counted():
    X, y, groups = make_data()
    groups = np.where(groups == 0, np.arange(120) // 2, groups + 10)  # small groups in front
    result = compare(MODELS, X, y, cv=4, groups=groups, random_state=0)
    assert result.folds.query("estimator == 'ridge'")["n_unranked_groups"].sum() == 3
    assert "groups left out of the rank within groups (fewer than 3 rows, or one value)" in result.settings
    genes = compare(MODELS, X, y, cv=LeaveOneGroupOut(), groups=groups, random_state=0)
    # with a group per fold the rank within groups is that of the folds, and a mean over groups
    of_genes = genes.folds.query("estimator == 'ridge'")
    pd.testing.assert_series_equal(
        of_genes["spearman_within"].dropna(), of_genes.query("n_test > 2")["spearman"], check_names=False
    )
    assert genes.pooled("spearman_within").loc["ridge", "pooled"] == pytest.approx(of_genes["spearman_within"].mean())


def test_order_of_rows_and_a_monotone_scale_change_no_rank():
    x, y, groups = make_planted(np.random.default_rng(0), 0.6)
    plain = echoed(x, y, groups).tests(metric="spearman").loc["echo"]
    bent = echoed(x, np.exp(y), groups).tests(metric="spearman").loc["echo"]
    mixed = np.random.default_rng(1).permutation(len(x))
    order = echoed(x[mixed], y[mixed], groups[mixed], scoring=["spearman", "pearson"])
    np.testing.assert_allclose(bent[["mean", "p_chance"]].astype(float), plain[["mean", "p_chance"]].astype(float))
    assert order.pooled("spearman").loc["echo", "pooled"] == pytest.approx(stats.spearmanr(x, y).statistic)


def test_intervals_cover_a_planted_correlation():
    rng, n = np.random.default_rng(0), 60
    covered = {"spearman": 0, "pearson": 0}
    expected = {"pearson": 0.6, "spearman": 6 / np.pi * np.arcsin(0.3)}
    for _ in range(n):
        result = echoed(*make_planted(rng, 0.6), cv=GroupKFold(2), scoring=[*covered])
        for metric in covered:
            low, high = result.scores(metric).loc["echo", ["low", "high"]]
            covered[metric] += low <= expected[metric] <= high
    # the predictions here were not learned, so intervals that allow for training are wide; of 200 runs with learners
    # 94 to 98 % cover
    assert all(found >= 0.9 * n for found in covered.values())


def test_nothing_to_learn_is_seldom_above_chance():
    found, options = [], {"cv": 5, "scoring": ["spearman", "r2"], "return_train_score": False}
    for seed in range(40):
        X, _, groups = make_data(seed, n_groups=20, size=2)
        y = np.random.default_rng(seed + 1000).normal(size=20)[groups] + 0.1 * X[:, 3]
        X[:, 0] += np.random.default_rng(seed + 2000).normal(size=20)[groups]
        result = compare({"linear": LinearRegression()}, X[:, :3], y, groups=groups, random_state=seed, **options)
        found.append([result.verdict(metric=m)[0].startswith("The best model is") for m in ("spearman", "r2")])
    # 2.5 % are the nominal share: of 40 more than 4 have a probability of 1 %
    assert np.sum(found, axis=0).max() <= 4


def test_the_lookup_is_known_and_named():
    rng = np.random.default_rng(0)
    parents = ["".join(rng.choice([*"ACGT"], 60)) for _ in range(15)]
    X = [parent for parent in parents for _ in range(4)]
    y = np.repeat(rng.normal(size=15), 4) + 0.1 * rng.normal(size=60)
    counts = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), Ridge())
    with pytest.warns(LeakageWarning):
        result = compare({"ridge": counts, "lookup": NearestSequenceRegressor()}, X, y, cv=4, random_state=0)
    assert result.memorisers == ("lookup",)
    assert any(line.startswith("Warning: lookup, which only looks up") for line in result.verdict())
    assert result.best() == "ridge"


def test_a_label_that_no_training_row_has_ends_no_comparison_with_the_lookup():
    rng = np.random.default_rng(0)
    X = ["".join(rng.choice([*"ACGT"], 60)) for _ in range(40)]
    labels = np.column_stack([np.arange(40) % 2, np.arange(40) == 0]).astype(int)
    folds = [(np.arange(20, 40), np.arange(20)), (np.arange(20), np.arange(20, 40))]
    result = compare({"lookup": NearestSequenceRegressor()}, X, labels, cv=folds, random_state=0)
    assert result.folds["auroc"].notna().all()


def test_copies_say_how_good_any_model_can_be():
    rng = np.random.default_rng(0)
    X = ["".join(rng.choice([*"ACGT"], 40)) for _ in range(30)] * 2
    value = rng.normal(size=30)
    y = np.concatenate([value, value + 0.2 * rng.normal(size=30)])
    counts = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), Ridge())
    options = {"cv": 3, "groups": np.tile(np.arange(30), 2), "random_state": 0}
    told = [line for line in compare({"ridge": counts}, X, y, **options).verdict() if "Replicates" in line]
    assert len(told) == 1
    assert "expected to reach an R² of 0.97 and a Pearson correlation of 0.99 at most" in told[0]
    frame = pd.DataFrame({"sequence": X, "dose": np.repeat([1.0, 2.0], 30)})
    by_dose = make_pipeline(FunctionTransformer(_doses), Ridge())
    assert "Replicates" not in compare({"dose": by_dose}, frame, y, **options).summary()
    y[3] += 4
    verdict = compare({"ridge": counts}, X, y, **options).verdict()
    assert verdict[0].startswith("Warning: 2 of 60 rows (3.3%) are identical to rows whose value differs by more than")


def test_finished_folds_are_read_and_damaged_ones_computed_again(tmp_path):
    X, y, groups = make_data(n_targets=2)
    options = {"cv": 3, "groups": groups, "random_state": 0, "store": tmp_path}
    first = compare(MODELS, X, y, **options)
    files = sorted(tmp_path.glob("*.npz"))
    assert len(files) == 6
    times = [file.stat().st_mtime_ns for file in files]
    again = compare(MODELS, X, y, **options)
    assert [file.stat().st_mtime_ns for file in files] == times
    pd.testing.assert_frame_equal(again.folds, first.folds)
    with np.load(files[0]) as held:
        damaged = dict(held)
    damaged["predicted"] = damaged["predicted"][:, :1]
    np.savez(files[0], **damaged)
    with pytest.warns(SeqAugWarning, match="it is computed again"):
        mended = compare(MODELS, X, y, **options)
    pd.testing.assert_frame_equal(mended.scores(), first.scores())
    # the same y as another target is another comparison
    whole = np.round(y[:, 0]).astype(int)
    compare(MODELS, X, whole, task="number", scoring="r2", **options)
    assert len(list(tmp_path.glob("*.npz"))) == 12


@pytest.mark.parametrize("kind", ["number", "numbers", "labels"])
def test_pages_and_files_are_right_for_each_kind(kind, tmp_path):
    X, y, groups = make_data(n_targets=1 if kind == "number" else 2)
    target = (y > 0).astype(int) if kind == "labels" else y
    result = compare(MODELS, X, target, cv=3, groups=groups, random_state=0)
    titles = [section.title for section in result.sections()]
    each = {"number": [], "numbers": ["Each target"], "labels": ["Each label"]}[kind]
    assert titles == ["Scores", "Differences", *each, "Errors"]
    page = result.to_html(tmp_path / "page.html").read_text()
    words = ("confusion", "classes", "training class") if kind != "labels" else ("confusion", "training class")
    assert not [word for word in words if word in page.lower()]
    written = [path.name for path in result.to_csv(tmp_path / "tables")]
    assert not [name for name in written if "confusion" in name]
    assert any("targets" in name for name in written) == (kind != "number")
    plt.close(result.plot().figure_)


def test_one_answer_for_all_rows_has_no_error_and_few_groups_no_interval_of_r2():
    """The rank of equal numbers is exactly chance; from eight groups R² cannot be told within anything useful."""
    X, y, groups = make_data(n_groups=8)
    for target, model, metric, chance in (
        (y, DummyRegressor(), "spearman", 0.0),
        (
            np.tile((y > 0).astype(int), (2, 1)).T,
            MultiOutputClassifier(DummyClassifier(strategy="prior")),
            "auroc",
            0.5,
        ),
    ):
        result = compare({"constant": model, "other": model}, X, target, cv=GroupKFold(2), groups=groups)
        scores = result.scores(metric).loc["constant"]
        assert scores[["mean", "low", "high"]].tolist() == [chance] * 3
    result = compare(MODELS, X, y, cv=GroupKFold(2), groups=groups)
    assert result.scores("r2")[["low", "high"]].isna().all(axis=None)
    told = compare(MODELS, X, y, cv=GroupKFold(2), groups=groups, scoring="r2").verdict()[0]
    assert "no interval, which takes 10 groups" in told
    assert result.scores("neg_rmse")[["low", "high"]].notna().all(axis=None)
    assert np.isfinite(result.scores("r2")["mean"]).all()
