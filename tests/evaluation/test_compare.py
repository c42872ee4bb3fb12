"""Folds, seeds, metadata, the store and errors of ``compare``."""

import errno
import os

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer, zero_one_loss
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    ShuffleSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
    cross_val_score,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

import seqaug_sklearn
from seqaug_sklearn.evaluation import FoldError, FoldStore, compare
from seqaug_sklearn.exceptions import (
    DataFormatError,
    InvalidParameterError,
    LeakageWarning,
    OutputError,
    SeqAugWarning,
    SequenceError,
    SequenceTypeError,
)
from seqaug_sklearn.model_selection import LeakageGuard


class Recorder(ClassifierMixin, BaseEstimator):
    """Answers the first class and keeps what ``fit`` was given in a list shared by its clones."""

    log: list = []

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None, groups=None, identifiers=None):
        metadata = {"sample_weight": sample_weight, "groups": groups, "identifiers": identifiers}
        self.log.append({"X": X, "y": y, "seed": self.random_state} | metadata)
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.repeat(self.classes_[0], len(X))


class Failing(Recorder):
    """Fails in ``fit``."""

    def fit(self, X, y):
        raise ValueError("no such luck")


class Interrupted(Recorder):
    """Is interrupted in its third fit."""

    def fit(self, X, y):
        if len(self.log) == 2:
            raise KeyboardInterrupt
        return super().fit(X, y)


@pytest.fixture
def data():
    X, y = make_classification(90, 6, n_informative=4, n_classes=3, random_state=0)
    return X, np.array(["a", "b", "c"])[y], np.repeat(np.arange(30), 3)


@pytest.fixture
def log():
    Recorder.log.clear()
    return Recorder.log


def test_scores_equal_cross_val_score(data):
    X, y, groups = data
    models = {"bayes": GaussianNB(), "linear": LogisticRegression(), "svm": make_pipeline(StandardScaler(), SVC())}
    cv = GroupKFold(5)
    result = compare(models, X, y, groups=groups, cv=cv, random_state=0)
    for name, model in models.items():
        own = result.folds[result.folds["estimator"] == name]
        for metric, scorer in [("accuracy", "accuracy"), ("f1_macro", "f1_macro"), ("auroc", "roc_auc_ovr")]:
            if name != "svm" or metric != "auroc":
                expected = cross_val_score(model, X, y, groups=groups, cv=cv, scoring=scorer)
                assert own[metric].to_numpy() == pytest.approx(expected)
    assert np.isfinite(result.folds["auroc"]).all()
    assert result.folds["train_accuracy"].between(0, 1).all()


def test_all_estimators_see_the_same_folds(data, log):
    X, y, _ = data
    compare({"one": Recorder(), "two": Recorder()}, X, y, cv=StratifiedKFold(3, shuffle=True), n_repeats=2)
    assert len(log) == 12
    for first, second in zip(log[::2], log[1::2], strict=True):
        np.testing.assert_array_equal(first["X"], second["X"])
        assert first["seed"] == second["seed"]
    assert len({entry["seed"] for entry in log}) == 6
    assert len({entry["X"].tobytes() for entry in log}) == 6


def test_deterministic_splitters_repeat_folds_with_other_seeds(data, log):
    X, y, _ = data
    compare({"one": Recorder()}, X, y, cv=StratifiedKFold(3), n_repeats=2, random_state=0)
    assert len({entry["seed"] for entry in log}) == 6
    assert len({entry["X"].tobytes() for entry in log}) == 3


def test_the_seed_decides_the_seeds_of_fits_on_the_same_folds(data, log):
    X, y, _ = data
    for seed in (0, 0, 1):
        compare({"one": Recorder()}, X, y, cv=FOLDS, n_repeats=2, random_state=seed)
    first, again, other = np.reshape([entry["seed"] for entry in log], (3, 6)).tolist()
    assert first == again
    assert not set(first) & set(other)


def test_parts_of_an_estimator_get_seeds_of_their_own(data):
    class Kept(Recorder):
        def fit(self, X, y):
            seeds.append(self.random_state)
            return super().fit(X, y)

    X, y, _ = data
    seeds = []
    compare({"one": VotingClassifier([("a", Kept()), ("b", Kept())])}, X, y, cv=FOLDS, random_state=0)
    assert len(set(seeds)) == 6


@pytest.mark.parametrize("cv", [3, StratifiedKFold(3, shuffle=True), ShuffleSplit(3)], ids=["int", "folds", "draws"])
def test_the_seed_decides_the_splits(data, cv):
    X, y, _ = data
    first, again, other = (compare({"one": GaussianNB()}, X, y, cv=cv, random_state=seed) for seed in (0, 0, 1))
    for a, b, c in zip(first.test_rows, again.test_rows, other.test_rows, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)


def test_splitters_inside_others_are_reseeded_too(random_dna):
    X, y = random_dna(24, 40), ["a", "b"] * 12
    cv = LeakageGuard(LeakageGuard(StratifiedKFold(3, shuffle=True)))
    first, again, other = (
        compare({"dummy": DummyClassifier()}, X, y, cv=cv, n_repeats=2, random_state=seed).test_rows
        for seed in (0, 0, 1)
    )
    assert [rows.tolist() for rows in first] == [rows.tolist() for rows in again]
    assert not any(np.array_equal(a, b) for a, b in zip(first, other, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(first[:3], first[3:], strict=True))
    assert cv.cv.cv.random_state is None


def test_first_repeat_keeps_the_seed_of_the_splitter(data):
    X, y, _ = data
    cv = ShuffleSplit(2, random_state=5)
    result = compare({"one": GaussianNB()}, X, y, cv=cv, n_repeats=2, random_state=0)
    for found, (_, expected) in zip(result.test_rows, cv.split(X), strict=False):
        np.testing.assert_array_equal(found, expected)
    assert not np.array_equal(result.test_rows[0], result.test_rows[2])
    assert cv.random_state == 5


@pytest.mark.parametrize("n_jobs", [None, pytest.param(2, marks=pytest.mark.slow)])
def test_same_seed_same_scores(data, n_jobs):
    X, y, groups = data
    models = {"forest": make_pipeline(StandardScaler(), RandomForestClassifier(5))}
    first = compare(models, X, y, groups=groups, cv=3, random_state=4)
    again = compare(models, X, y, groups=groups, cv=3, random_state=4, n_jobs=n_jobs)
    other = compare(models, X, y, groups=groups, cv=3, random_state=5)
    pd.testing.assert_frame_equal(first.predictions("forest"), again.predictions("forest"))
    assert not first.predictions("forest").equals(other.predictions("forest"))


def test_the_global_generator_is_untouched(data):
    X, y, _ = data
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    compare({"forest": RandomForestClassifier(2)}, X, y, cv=2)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_int_cv_keeps_groups_apart(data):
    X, y, groups = data
    result = compare({"bayes": GaussianNB()}, X, y, groups=groups, cv=5)
    assert (result.folds["n_shared_groups"] == 0).all()
    assert sorted(np.concatenate(result.test_rows)) == list(range(90))


def test_shared_groups_are_warned_of(data):
    X, y, groups = data
    with pytest.warns(LeakageWarning, match="in 3 of 3 folds the same groups"):
        result = compare({"bayes": GaussianNB()}, X, y, groups=groups, cv=KFold(3, shuffle=True, random_state=0))
    assert (result.folds["n_shared_groups"] > 0).all()


def test_positions_are_blocks_on_purpose(data):
    X, y, groups = data
    positions = np.column_stack([groups, np.tile(np.arange(3), 30)])
    result = compare({"bayes": GaussianNB()}, X, y, groups=positions, cv=KFold(3, shuffle=True, random_state=0))
    assert (result.folds["n_shared_groups"] > 0).all()
    assert result.n_groups == 30


def test_scikit_learns_group_splitters_see_the_parents_of_positions(data):
    X, y, groups = data
    positions = np.column_stack([groups, np.arange(90)])
    result = compare({"bayes": GaussianNB()}, X, y, groups=positions, cv=LeaveOneGroupOut())
    assert len(result.folds) == 30


@pytest.mark.parametrize("wrap", [lambda e: e, lambda e: make_pipeline(StandardScaler(), e)], ids=["plain", "pipeline"])
@pytest.mark.parametrize("pass_groups", [True, False])
def test_metadata_reaches_fit(data, log, wrap, pass_groups):
    X, y, groups = data
    frame = pd.DataFrame(X, index=[f"s{i}" for i in range(90)])
    weight = np.arange(90.0)
    compare(
        {"one": wrap(Recorder())},
        frame,
        y,
        groups=groups,
        sample_weight=weight,
        cv=GroupKFold(3),
        pass_groups=pass_groups,
    )
    for entry in log:
        rows = entry["sample_weight"].astype(int)
        np.testing.assert_array_equal(entry["y"], y[rows])
        assert list(entry["identifiers"]) == [f"s{i}" for i in rows]
        if pass_groups:
            np.testing.assert_array_equal(entry["groups"], groups[rows])
        else:
            assert entry["groups"] is None


def test_positions_reach_fit_whole(data, log):
    X, y, groups = data
    positions = np.column_stack([groups, np.arange(90)])
    compare({"one": Recorder()}, X, y, groups=positions, cv=GroupKFold(3))
    assert log[0]["groups"].shape == (60, 2)


def test_nothing_is_passed_behind_a_step_that_adds_rows(data, log):
    from imblearn.over_sampling import RandomOverSampler
    from imblearn.pipeline import make_pipeline as make_resampling_pipeline

    X, y, groups = data
    compare({"one": make_resampling_pipeline(RandomOverSampler(), Recorder())}, X, y, groups=groups, cv=GroupKFold(3))
    assert all(entry["groups"] is None for entry in log)


def test_inner_search_gets_groups(data):
    X, y, groups = data
    search = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()),
                          {"logisticregression__C": [0.1, 1]}, cv=GroupKFold(2))  # fmt: skip
    result = compare({"search": search}, X, y, groups=groups, cv=GroupKFold(3))
    assert np.isfinite(result.folds["accuracy"]).all()


def test_metadata_routing(data, log):
    import sklearn

    class Routed(Recorder):
        __metadata_request__fit = {"groups": True}

    X, y, groups = data
    with sklearn.config_context(enable_metadata_routing=True):
        compare({"one": make_pipeline(StandardScaler().set_fit_request(sample_weight=False), Routed())},
                X, y, groups=groups, cv=GroupKFold(3))  # fmt: skip
    assert len(log[0]["groups"]) == 60


@pytest.mark.parametrize("form", [list, np.array, pd.Series, lambda s: pd.DataFrame({"sequence": s})])
def test_forms_of_text(form, random_dna):
    from sklearn.preprocessing import FunctionTransformer

    sequences = random_dna(24, 30)
    model = make_pipeline(
        FunctionTransformer(_as_list), CountVectorizer(analyzer="char", ngram_range=(2, 2)), GaussianDense()
    )
    result = compare({"bayes": model}, form(sequences), np.arange(24) % 2, cv=3, random_state=0)
    assert len(result.predictions("bayes")) == 24
    assert ("identifier" in result.predictions("bayes")) == hasattr(form(sequences), "iloc")
    assert (result.folds["n_identical_rows"] == 0).all()


def _as_list(X):
    return (X.iloc[:, 0] if getattr(X, "ndim", 1) == 2 else pd.Series(X)).tolist()


class GaussianDense(GaussianNB):
    """Takes sparse input."""

    def fit(self, X, y):
        return super().fit(X.toarray(), y)

    def _joint_log_likelihood(self, X):
        return super()._joint_log_likelihood(X)

    def predict(self, X):
        return super().predict(X.toarray())

    def predict_proba(self, X):
        return super().predict_proba(X.toarray() if hasattr(X, "toarray") else X)


def test_identical_rows_and_untrained_classes_are_counted():
    X, y = np.array([[0.0], [0], [1], [2], [3], [3]]), np.array(["a", "a", "a", "b", "b", "c"])
    result = compare({"dummy": DummyClassifier()}, X, y, cv=[([0, 2, 3, 4], [1, 5])])
    assert result.folds.loc[0, ["n_identical_rows", "n_untrained_class", "majority_accuracy"]].tolist() == [2, 1, 0.5]


def test_the_commonest_class_is_that_of_the_training_rows():
    y = np.array(["a", "a", "a", "b", "b", "b", "a"])
    result = compare({"dummy": DummyClassifier()}, np.eye(7), y, cv=[([0, 1, 2, 3], [4, 5, 6])])
    assert result.folds["majority_accuracy"].tolist() == pytest.approx([1 / 3])
    assert result.folds["accuracy"].tolist() == pytest.approx([1 / 3])


@pytest.mark.parametrize("form", [list, np.array, pd.Series, lambda s: pd.DataFrame({"sequence": s})])
def test_rows_of_text_are_identical_whatever_their_case(form):
    X = form(["ACGTAC", "TTTTTT", "acgtac", "TTtTTT", "CCCCCC", "GGGGGG"])
    with pytest.warns(LeakageWarning, match="share sequence with training rows"):
        result = compare({"dummy": DummyClassifier()}, X, ["a", "b"] * 3, cv=[([0, 1, 4], [2, 3, 5])])
    assert result.folds["n_identical_rows"].tolist() == [2]


@pytest.mark.parametrize("lacking", ["a", "b", "c"])
@pytest.mark.parametrize("model", [GaussianNB(), LinearSVC()], ids=["probabilities", "decision values"])
def test_scores_stand_in_the_columns_of_their_classes_where_training_lacks_one(lacking, model):
    centres = {"a": (0, 0), "b": (9, 0), "c": (0, 9)}
    y = np.repeat(["a", "b", "c"], 6)
    X = np.array([centres[label] for label in y]) + np.tile([[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [0, 2]], (3, 1))
    test = np.arange(0, 18, 2)
    train = np.setdiff1d(np.flatnonzero(y != lacking), test)
    result = compare({"one": model}, X, y, cv=[(train, test)], random_state=0).predictions("one")
    seeded = (
        clone(model).set_params(**{} if isinstance(model, GaussianNB) else {"random_state": 0}).fit(X[train], y[train])
    )
    trained = [label for label in "abc" if label != lacking]
    if isinstance(model, GaussianNB):
        expected, lowest = seeded.predict_proba(X[test]), 0.0
    else:  # liblinear's seed moves the last digits
        expected = np.column_stack([-seeded.decision_function(X[test]), seeded.decision_function(X[test])])
        lowest = expected.min()
    found = result[[f"score_{label}" for label in trained]].to_numpy()
    np.testing.assert_allclose(found, expected, atol=1e-2)
    assert result[f"score_{lacking}"].to_numpy() == pytest.approx(lowest, abs=1e-2)
    known = y[test] != lacking
    assert [trained[i] for i in found[known].argmax(axis=1)] == y[test][known].tolist()


def test_rows_of_a_class_without_training_rows_are_wrong():
    X, y = np.arange(6.0)[:, None], np.array(["a", "a", "b", "b", "c", "c"])
    result = compare({"bayes": GaussianNB()}, X, y, cv=[([0, 1, 2, 3], [4, 5])])
    assert result.folds["accuracy"].tolist() == [0]


@pytest.mark.parametrize("n_classes", [2, 3])
def test_decision_values_are_kept_where_there_are_no_probabilities(data, n_classes):
    X, y, _ = data
    X, y = (X, y) if n_classes == 3 else (X[y != "c"], y[y != "c"])
    cv = StratifiedKFold(3)
    result = compare({"svm": LinearSVC()}, X, y, cv=cv, random_state=0)
    assert np.isfinite(result.folds["auroc"]).all()
    assert result.folds[["neg_log_loss", "neg_brier_score"]].isna().all(axis=None)
    if n_classes == 2:
        expected = cross_val_score(LinearSVC(), X, y, cv=cv, scoring="roc_auc")
        assert result.folds["auroc"].to_numpy() == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("scoring", "columns"),
    [
        ("f1_macro", ["f1_macro"]),
        (["accuracy", "jaccard_macro"], ["accuracy", "jaccard_macro"]),
        ({"loss": make_scorer(zero_one_loss)}, ["loss"]),
    ],
)
def test_scoring(data, scoring, columns):
    X, y, _ = data
    result = compare({"bayes": GaussianNB()}, X, y, cv=3, scoring=scoring, random_state=0)
    assert list(result.metrics) == columns
    assert np.isfinite(result.folds[columns]).all(axis=None)
    assert result.scores()["mean"].notna().all()


def test_scores_of_the_second_class_need_two(data):
    X, y, _ = data
    with pytest.raises(InvalidParameterError, match="scoring='f1' is that of the second of two classes, but y holds 3"):
        compare({"bayes": GaussianNB()}, X, y, cv=2, scoring=["accuracy", "f1"])
    assert "f1" not in compare({"bayes": GaussianNB()}, X, y, cv=2).metrics


def test_errors_name_the_estimator_and_the_fold(data):
    X, y, _ = data
    with pytest.raises(
        FoldError, match=r"'bad' failed in repeat 0, fold 0 \(60 training rows\): ValueError: no such luck"
    ):
        compare({"good": GaussianNB(), "bad": Failing()}, X, y, cv=3)


def test_store_resumes_where_it_was_interrupted(data, log, tmp_path):
    X, y, _ = data
    arguments = {"cv": 4, "random_state": 0, "store": tmp_path / "folds"}
    with pytest.raises(KeyboardInterrupt):
        compare({"one": Interrupted()}, X, y, **arguments)
    assert len(list((tmp_path / "folds").iterdir())) == 2
    log.append({})  # one more than the interrupted fit waits for
    resumed = compare({"one": Interrupted()}, X, y, **arguments)
    assert len(log) == 5
    whole = compare({"one": Interrupted()}, X, y, cv=4, random_state=0)
    pd.testing.assert_frame_equal(resumed.predictions("one"), whole.predictions("one"))
    assert resumed.folds["accuracy"].tolist() == whole.folds["accuracy"].tolist()


def test_store_gives_back_scores(data, tmp_path):
    X, y, _ = data
    arguments = {"cv": 3, "random_state": 0, "store": tmp_path}
    first = compare({"bayes": GaussianNB()}, X, y, **arguments)
    pd.testing.assert_frame_equal(first.folds, compare({"bayes": GaussianNB()}, X, y, **arguments).folds)


def class_means(model):
    """Table of a fitted classifier, to keep."""
    return pd.DataFrame(model.theta_, columns=[f"x{i}" for i in range(model.theta_.shape[1])])


@pytest.mark.parametrize("stored", [False, True])
def test_keep_takes_a_table_from_each_fitted_estimator(data, tmp_path, stored):
    X, y, _ = data
    arguments = {"cv": 3, "n_repeats": 2, "random_state": 0, "keep": class_means, "store": tmp_path if stored else None}
    kept = compare({"bayes": GaussianNB()}, X, y, **arguments).kept
    assert list(kept) == [("bayes", repeat, fold) for repeat in range(2) for fold in range(3)]
    again = compare({"bayes": GaussianNB()}, X, y, **arguments).kept
    for key, table in kept.items():
        pd.testing.assert_frame_equal(table, again[key])
    first = GaussianNB().fit(X, y).theta_.shape
    assert {table.shape for table in kept.values()} == {first}


def test_nothing_is_kept_unless_asked_or_where_there_is_nothing(data):
    X, y, _ = data
    assert compare({"bayes": GaussianNB()}, X, y, cv=3).kept == {}
    assert compare({"bayes": GaussianNB()}, X, y, cv=3, keep=lambda model: None).kept == {}


class OtherBayes(GaussianNB):
    """Has the parameters of another class."""


def class_priors(model):
    """Another table of a fitted classifier."""
    return pd.DataFrame(model.class_prior_)


FOLDS = [(np.setdiff1d(np.arange(90), test), test) for test in np.arange(90).reshape(3, 30)]
"""Folds that stay where labels, seeds and metadata change; a splitter's folds would change too, and with them the key
of each fold."""

CHANGES = {
    "parameter": lambda a: {"estimators": {"one": GaussianNB(var_smoothing=1e-3)}},
    "class": lambda a: {"estimators": {"one": OtherBayes()}},
    "label": lambda a: {"y": a["y"][::-1]},
    "data": lambda a: {"X": a["X"] + 1},
    "names": lambda a: {"X": a["X"].rename(index=str.upper)},
    "groups": lambda a: {"groups": a["groups"] + 1},
    "weights": lambda a: {"sample_weight": a["sample_weight"] * 2},
    "no weights": lambda a: {"sample_weight": None},
    "seed": lambda a: {"random_state": 1},
    "training rows": lambda a: {"cv": [(train[1:], test) for train, test in FOLDS]},
    "test rows": lambda a: {"cv": [(train, test[1:]) for train, test in FOLDS]},
    "scoring": lambda a: {"scoring": "accuracy"},
    "pass_groups": lambda a: {"pass_groups": False},
    "return_train_score": lambda a: {"return_train_score": False},
    "keep": lambda a: {"keep": class_priors},
}


@pytest.fixture
def stored(data, tmp_path):
    """Arguments of a comparison whose folds lie in the store, as the only files there."""
    X, y, groups = data
    arguments = {"estimators": {"one": GaussianNB()}, "X": pd.DataFrame(X).rename(index="row{}".format), "y": y}
    arguments |= {"groups": groups, "sample_weight": np.linspace(1, 2, 90), "cv": FOLDS, "keep": class_means}
    arguments |= {"random_state": 0, "store": tmp_path / "folds"}
    compare(**arguments)
    assert len(list((tmp_path / "folds").iterdir())) == 3
    return arguments


@pytest.mark.parametrize("change", CHANGES)
def test_store_is_not_read_for_something_else(stored, change):
    compare(**stored | CHANGES[change](stored))
    assert len(list(stored["store"].iterdir())) == 6


def test_store_is_not_read_by_another_version(stored, monkeypatch):
    monkeypatch.setattr(seqaug_sklearn, "__version__", "0.0.1")
    compare(**stored)
    assert len(list(stored["store"].iterdir())) == 6


def test_store_is_read_under_another_name_and_beside_others(stored, log):
    compare(**stored | {"estimators": {"two": GaussianNB(), "other": OtherBayes()}})
    assert len(list(stored["store"].iterdir())) == 6


def test_store_keeps_repeats_on_the_same_folds_apart(data, tmp_path):
    X, y, _ = data
    arguments = {"cv": StratifiedKFold(3), "n_repeats": 2, "random_state": 0}
    forest = {"forest": RandomForestClassifier(1, max_depth=2)}
    compare(forest, X, y, **arguments, store=tmp_path)
    assert len(list(tmp_path.iterdir())) == 6
    again = compare(forest, X, y, **arguments, store=tmp_path).predictions("forest")
    pd.testing.assert_frame_equal(again, compare(forest, X, y, **arguments).predictions("forest"))
    first, second = (again.loc[again["repeat"] == repeat, "score_a"].tolist() for repeat in (0, 1))
    assert first != second


def other_fold(path, **changes):
    with np.load(path) as file:
        np.savez(path, **{name: file[name] for name in file.files} | changes)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:100]),
        lambda path: path.write_bytes(path.read_bytes()[:-30]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"text"),
        lambda path: np.savez(path, values=np.zeros(3)),
        lambda path: path.write_bytes(path.read_bytes().replace(b"m\0\0\0e", b"n\0\0\0e")),
        lambda path: other_fold(path, predicted=np.zeros(3, int)),
        lambda path: other_fold(path, predicted=np.full(20, 7)),
        lambda path: other_fold(path, scores=np.zeros((20, 7))),
        lambda path: other_fold(path, meta=np.array("[]")),
        lambda path: other_fold(path, meta=np.array(b"\xff")),
    ],
    ids=["cut", "without its end", "empty", "text", "other", "bits", "rows", "classes", "scores", "meta", "bytes"],
)
def test_a_damaged_fold_is_named_and_computed_again(data, log, tmp_path, damage):
    X, y, _ = data
    arguments = {"cv": 3, "random_state": 0, "store": tmp_path}
    expected = compare({"one": GaussianNB()}, X, y, **arguments)
    path = sorted(tmp_path.iterdir())[1]
    whole = path.read_bytes()
    damage(path)
    assert path.read_bytes() != whole
    with pytest.warns(
        SeqAugWarning, match=rf"{path.name} is no finished fold of this comparison .*; it is computed ag"
    ):
        again = compare({"one": GaussianNB()}, X, y, **arguments)
    scores = [c for c in expected.folds if not c.endswith("seconds")]
    pd.testing.assert_frame_equal(again.folds[scores], expected.folds[scores])
    assert len(list(tmp_path.iterdir())) == 3
    compare({"one": GaussianNB()}, X, y, **arguments)


def test_other_files_in_the_store_are_left_alone(data, tmp_path):
    X, y, _ = data
    np.savez(tmp_path / "mine.npz", predicted=np.zeros(3), meta=np.zeros(3))
    (tmp_path / ".x.part").write_text("mine")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    store = FoldStore(tmp_path)
    compare({"one": GaussianNB()}, X, y, cv=3, random_state=0, store=store)
    assert len(store.used) == len(store.finished()) == 3
    store.clear()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_full_disk_names_the_fold(data, tmp_path, monkeypatch):
    X, y, _ = data

    def full(_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"[0-9a-f]{40}\.npz cannot be written: No space left on device; free some"):
        compare({"one": GaussianNB()}, X, y, cv=3, random_state=0, store=tmp_path / "folds")
    assert list((tmp_path / "folds").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file cannot be written: File exists; choose another place"):
        compare({"one": GaussianNB()}, X, y, cv=3, random_state=0, store=tmp_path / "file")


def test_what_cannot_be_pickled_cannot_be_stored(data, tmp_path):
    X, y, _ = data
    with pytest.raises(DataFormatError, match="can be pickled"):
        compare({"one": GaussianNB()}, X, y, cv=3, scoring=lambda e, X, y: 0.0, random_state=0, store=tmp_path)


def test_progress_shows_one_bar(data, capsys):
    X, y, _ = data
    compare({"a": GaussianNB(), "b": GaussianNB()}, X, y, cv=3, progress=True)
    assert "6/6" in capsys.readouterr().err
    compare({"a": GaussianNB()}, X, y, cv=3)
    assert capsys.readouterr().err == ""


def test_inputs_are_not_modified(data):
    X, y, groups = data
    model, copies = RandomForestClassifier(2, random_state=3), (X.copy(), y.copy(), groups.copy())
    compare({"forest": model}, X, y, groups=groups, cv=StratifiedGroupKFold(3))
    assert model.random_state == 3
    assert not hasattr(model, "classes_")
    for before, after in zip(copies, (X, y, groups), strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"estimators": {}}, "estimators is empty"),
        ({"estimators": {"class": GaussianNB}}, "'class' must be an object with fit and predict"),
        ({"reference": "nobody"}, r"reference names \['nobody'\]"),
        ({"reference": {"bayes": "nobody"}}, r"reference names \['nobody'\]"),
        ({"y": [1, 2, 3]}, "X has 4 rows but y has 3 labels"),
        ({"y": ["a", "b", None, "a"]}, r"y is missing for row 2 \(1 of 4 rows\)"),
        ({"y": ["a", float("nan"), "b", "a"]}, "y is missing for row 1"),
        ({"y": [0.5, 1.5, 2.25, 3.0]}, "'bayes' is a classifier, but y is read as numbers: .* Give regressors"),
        ({"y": ["a"] * 4}, "one class only"),
        ({"groups": [1, 2, 3]}, r"groups must have shape \(4,\)"),
        ({"groups": ["a", "b", None, "c"]}, "group of row 2 is missing"),
        ({"groups": np.zeros((4, 3))}, r"groups must have shape \(4,\) or \(4, 2\)"),
        ({"sample_weight": [1.0]}, r"sample_weight must have shape \(4,\)"),
        ({"n_repeats": 0}, "n_repeats must be an int of at least 1"),
        ({"store": "somewhere"}, "store= needs random_state="),
        ({"cv": [([0, 1], [])]}, "fold 0 has 2 training and 0 test rows"),
    ],
)
def test_bad_input(changes, message):
    arguments = {"estimators": {"bayes": GaussianNB()}, "X": np.eye(4), "y": ["a", "b", "a", "b"], "cv": 2} | changes
    with pytest.raises((DataFormatError, InvalidParameterError), match=message):
        compare(**arguments)


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("ACGT", SequenceTypeError, "single sequence"),
        (["ACGT", None, "ACGT", "ACGT"], SequenceTypeError, "number 1 is missing"),
        ([None, "ACGT", "ACGT", "ACGT"], SequenceTypeError, "number 0 is missing"),
        (pd.Series(["ACGT", "", "ACGT", "A"], index=list("wxyz")), SequenceError, "'x' is empty"),
        ([1, 2, 3, 4], SequenceTypeError, "number 0 is a number"),
    ],
)
def test_bad_sequences_are_named_before_any_fit(X, error, message, log):
    with pytest.raises(error, match=message):
        compare({"one": Recorder()}, X, ["a", "b", "a", "b"], cv=2)
    assert log == []


def test_a_prediction_outside_the_labels_is_an_error():
    class Strange(Recorder):
        def predict(self, X):
            return np.repeat("zebra", len(X))

    with pytest.raises(FoldError, match="'zebra', which is no label of y"):
        compare({"one": Strange()}, np.eye(4), ["a", "b", "a", "b"], cv=2)


def test_import_is_light():
    import subprocess
    import sys

    code = "import sys, seqaug_sklearn.evaluation; print({'torch', 'matplotlib', 'jinja2'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def naive_bound(X, y):
    best = sum(max(sum(1 for u, v in zip(X, y, strict=True) if (u, v) == (x, c)) for c in set(y)) for x in set(X))
    return best / len(X)


def test_identical_rows_of_two_classes_bound_the_accuracy(rng):
    X, y = rng.choice(list("abcdefghij"), 60), rng.choice(list("xyz"), 60)
    X = np.char.add(X, X).astype(object)
    result = compare({"dummy": DummyClassifier()}, X, y, cv=KFold(3), scoring="accuracy", random_state=0)
    assert result.folds["accuracy_bound"].unique().tolist() == [naive_bound(X, y)]
    contradicting = [x for x in X if len({label for text, label in zip(X, y, strict=True) if text == x}) > 1]
    assert result.folds["n_contradicting_rows"].unique().tolist() == [len(contradicting)]
    said = next(line for line in result.verdict() if "row with another label" in line)
    assert said.startswith(f"Warning: {len(contradicting)} of 60 rows")
    assert said.endswith(f"no model can exceed an accuracy of {naive_bound(X, y):.1%} on all rows.")


def test_numbers_contradict_each_other_too_and_equal_labels_do_not():
    X = np.array([[0.0, 1], [0, 1], [2, 3], [4, 5]] * 3)
    for y, bound in ((np.arange(4).repeat(3) % 2, None), (np.tile([0, 1, 0, 1], 3), 0.75)):
        X_ordered = np.repeat(X[1:4], 4, axis=0) if bound is None else X
        y = np.repeat([0, 1, 0], 4) if bound is None else y
        result = compare({"dummy": DummyClassifier()}, X_ordered, y, cv=KFold(2, shuffle=True), random_state=0)
        assert ("accuracy_bound" in result.folds) == (bound is not None)
        if bound is not None:
            assert result.folds["accuracy_bound"].iloc[0] == bound
