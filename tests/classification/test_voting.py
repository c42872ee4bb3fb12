"""Voting over windows against a plain loop, over all forms of bags and labels."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone, is_classifier
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from seqaug_sklearn.classification import WindowVotingClassifier
from seqaug_sklearn.exceptions import LeakageWarning, SequenceError, SequenceTypeError


@pytest.fixture
def one_hot_bags(rng):
    """Bags (12, 5, 8, 4) of three classes, each rich in another symbol, and integer labels."""
    y = np.repeat([0, 1, 2], 4)
    share = np.full((3, 4), 0.15) + 0.4 * np.eye(3, 4)
    symbols = np.stack([rng.choice(4, size=(5, 8), p=share[label] / share[label].sum()) for label in y])
    return np.eye(4, dtype=np.float32)[symbols], y


@pytest.fixture
def flat_bags(one_hot_bags):
    X, y = one_hot_bags
    return X.reshape(12, 5, 32), y


@pytest.fixture
def ragged_bags(flat_bags):
    """Flat bags in which sequence i lacks its i % 4 last windows, and the middle one too where i = 7."""
    X, y = flat_bags
    X = X.copy()
    for i in range(len(X)):
        X[i, 5 - i % 4 :] = 0
    X[7, 1] = 0
    return X, y


@pytest.fixture
def text_bags(one_hot_bags):
    X, y = one_hot_bags
    letters = np.array(list("ACGT"))[X.argmax(-1)]
    return np.array([["".join(window) for window in bag] for bag in letters]), y


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def kmer_model(**kwargs):
    return make_pipeline(CountVectorizer(analyzer="char", ngram_range=(1, 2)), LogisticRegression(**kwargs))


def plain_rows(X, y, weights=None):
    """All windows that are not empty, one by one, with label and weight of their sequence."""
    rows, labels, of_rows = [], [], []
    for i, bag in enumerate(X):
        for window in bag:
            if np.any(window != 0):
                rows.append(window)
                labels.append(y[i])
                of_rows.append(1.0 if weights is None else weights[i])
    return np.array(rows), np.array(labels), np.array(of_rows)


def plain_soft(model, X):
    return np.array([np.mean([model.predict_proba([w])[0] for w in bag if w.any()], axis=0) for bag in X])


def plain_hard(model, X):
    shares = []
    for bag in X:
        votes = [model.predict([w])[0] for w in bag if w.any()]
        shares.append([votes.count(label) / len(votes) for label in model.classes_])
    return np.array(shares)


@pytest.mark.parametrize("voting", ["soft", "hard"])
@pytest.mark.parametrize("bags", ["flat_bags", "ragged_bags"])
@pytest.mark.parametrize("weighted", [False, True])
def test_equals_a_loop_over_windows(request, rng, voting, bags, weighted):
    X, y = request.getfixturevalue(bags)
    weights = rng.uniform(0.1, 3, len(y)) if weighted else None
    rows, labels, row_weights = plain_rows(X, y, weights)
    plain = LogisticRegression(C=0.3).fit(rows, labels, sample_weight=row_weights)
    expected = (plain_soft if voting == "soft" else plain_hard)(plain, X)

    model = WindowVotingClassifier(LogisticRegression(C=0.3), voting=voting).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=1e-6)
    assert model.predict(X).tolist() == plain.classes_[expected.argmax(axis=1)].tolist()
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1)


def test_weights_change_the_model(flat_bags):
    X, y = flat_bags
    flipped = np.where(np.arange(len(y)) % 4 == 3, (y + 1) % 3, y)
    weights = np.where(flipped == y, 1.0, 0.0)
    weighted = WindowVotingClassifier(LogisticRegression(tol=1e-8)).fit(X, flipped, sample_weight=weights)
    kept = WindowVotingClassifier(LogisticRegression(tol=1e-8)).fit(X[weights > 0], y[weights > 0])
    np.testing.assert_allclose(weighted.predict_proba(X), kept.predict_proba(X), atol=1e-4)
    unweighted = WindowVotingClassifier(LogisticRegression(tol=1e-8)).fit(X, flipped)
    assert np.abs(weighted.predict_proba(X) - unweighted.predict_proba(X)).max() > 0.1


def test_one_hot_bags_are_flattened_by_position(one_hot_bags, flat_bags):
    from_one_hot = WindowVotingClassifier(LogisticRegression()).fit(*one_hot_bags)
    from_flat = WindowVotingClassifier(LogisticRegression()).fit(*flat_bags)
    np.testing.assert_array_equal(from_one_hot.estimator_.coef_, from_flat.estimator_.coef_)
    np.testing.assert_array_equal(from_one_hot.predict_proba(one_hot_bags[0]), from_flat.predict_proba(flat_bags[0]))


@pytest.mark.parametrize("form", [np.asarray, list, lambda X: X.tolist(), pd.DataFrame])
def test_text_bags_of_any_form(text_bags, form):
    X, y = text_bags
    X = X.copy()
    X[::3, 2:] = ""
    model = WindowVotingClassifier(kmer_model()).fit(form(X), y)
    windows = [w for bag in X.tolist() for w in bag if w]
    labels = [label for bag, label in zip(X.tolist(), y, strict=True) for w in bag if w]
    plain = kmer_model().fit(windows, labels)
    expected = [plain.predict_proba([w for w in bag if w]).mean(axis=0) for bag in X.tolist()]
    np.testing.assert_allclose(model.predict_proba(form(X)), expected, atol=1e-6)


@pytest.mark.parametrize(
    "labels",
    [
        ["b", "a", "c"],
        np.array(["b", "a", "c"], dtype=object),
        [-1, 7, 3],
        [2.0, -1.0, 0.0],
        pd.Series(["b", "a", "c"], dtype="string"),
        pd.Series(["b", "a", "c"], dtype="category"),
    ],
    ids=["str", "object", "negative", "whole floats", "pandas string", "category"],
)
@pytest.mark.parametrize("voting", ["soft", "hard"])
def test_labels_of_any_type(flat_bags, labels, voting):
    X, y = flat_bags
    typed = labels.iloc[y] if isinstance(labels, pd.Series) else np.asarray(labels)[y]
    model = WindowVotingClassifier(DecisionTreeClassifier(random_state=0), voting=voting).fit(X, typed)
    assert model.classes_.tolist() == sorted(labels)
    assert model.predict(X).tolist() == list(typed)  # a full tree remembers its training windows
    assert model.score(X, typed) == 1


@pytest.mark.parametrize("voting", ["soft", "hard"])
def test_boolean_labels(flat_bags, voting):
    X, y = flat_bags
    model = WindowVotingClassifier(DecisionTreeClassifier(random_state=0), voting=voting).fit(X, y == 1)
    assert model.classes_.tolist() == [False, True]
    assert model.predict(X).tolist() == (y == 1).tolist()


def test_hard_ties_go_to_the_first_class():
    windows = {"z": [0.0, 1.0], "m": [1.0, 0.0], "a": [1.0, 1.0]}
    X = np.array([[windows[label]] * 2 for label in "zma"])
    model = WindowVotingClassifier(KNeighborsClassifier(1), voting="hard").fit(X, ["z", "m", "a"])
    tied = np.array([[windows["z"], windows["m"]], [windows["m"], windows["a"]]])
    assert model.predict(tied).tolist() == ["m", "a"]
    assert model.predict_proba(tied).tolist() == [[0, 0.5, 0.5], [0.5, 0.5, 0]]


def test_hard_voting_needs_predict_only(flat_bags):
    X, y = flat_bags
    model = WindowVotingClassifier(SVC(), voting="hard").fit(X, y)
    assert model.score(X, y) == 1
    with pytest.raises(ValueError, match=r"SVC does not have.*pass voting='hard'"):
        WindowVotingClassifier(SVC()).fit(X, y)


def test_hard_voting_refuses_predictions_that_are_no_labels(flat_bags):
    X, y = flat_bags
    model = WindowVotingClassifier(LinearRegression(), voting="hard").fit(X, y)
    with pytest.raises(ValueError, match=r"must be a classifier: LinearRegression predicted something else"):
        model.predict(X)


@pytest.mark.parametrize("empty", ["numeric", "text"])
def test_a_sequence_without_windows_is_named(flat_bags, text_bags, empty):
    X, y = flat_bags if empty == "numeric" else text_bags
    model = WindowVotingClassifier(LogisticRegression() if empty == "numeric" else kmer_model()).fit(X, y)
    X = X.copy()
    X[4] = 0 if empty == "numeric" else ""
    for call in (lambda: clone(model).fit(X, y), lambda: model.predict(X)):
        with pytest.raises(SequenceError, match="sequence number 4 has no window"):
            call()


@pytest.mark.parametrize(
    ("X", "match"),
    [
        (np.ones((12, 32)), r"a plain matrix of shape \(12, 32\); put WindowAugmenter\(\) and OneHotEncoder"),
        (pd.DataFrame(np.ones((12, 32))), "a plain matrix"),
        (np.ones(12), "got 1-D of shape"),
        (np.eye(4)[np.arange(12 * 8).reshape(12, 8) % 4], r"got one-hot sequences of shape \(12, 8, 4\)"),
        (np.ones((12, 0, 4)), "at least one sequence, window and feature"),
        (["ACGT"] * 12, r"one text per row.*put WindowAugmenter\(\) before"),
        (np.array(["ACGT"] * 12), "one text per row"),
        (pd.Series(["ACGT"] * 12), "one text per row"),
        (pd.DataFrame({"sequence": ["ACGT"] * 12}), "one text per row"),
    ],
)
def test_what_is_not_bags_is_refused(X, match):
    with pytest.raises(SequenceError, match=match):
        WindowVotingClassifier(LogisticRegression()).fit(X, np.arange(12) % 2)


def test_missing_text_is_refused():
    bags = np.array([["ACGT", None], ["ACGT", "AACC"]], dtype=object)
    with pytest.raises(SequenceTypeError, match="sequence number 0 is missing"):
        WindowVotingClassifier(kmer_model()).fit(bags, [0, 1])


@pytest.mark.parametrize(
    ("y", "match"),
    [
        (["a"] * 12, r"y has one class only \(.*a.*\); at least two"),
        (np.linspace(0, 1, 12), "Unknown label type"),
        (np.arange(11) % 2, "inconsistent numbers of samples"),
        (np.eye(12, 2, dtype=int), "1d array"),
        (None, "requires y to be passed, but the target y is None"),
    ],
)
def test_bad_labels(flat_bags, y, match):
    with pytest.raises(ValueError, match=match):
        WindowVotingClassifier(LogisticRegression()).fit(flat_bags[0], y)


def test_bad_parameters(flat_bags):
    with pytest.raises(ValueError, match="'voting' parameter of WindowVotingClassifier must be a str among"):
        WindowVotingClassifier(LogisticRegression(), voting="loud").fit(*flat_bags)
    with pytest.raises(
        ValueError, match="'estimator' parameter of WindowVotingClassifier must be an object implementing"
    ):
        WindowVotingClassifier(StandardScaler()).fit(*flat_bags)


def test_weights_that_the_estimator_does_not_take(flat_bags):
    X, y = flat_bags
    with pytest.raises(ValueError, match=r"KNeighborsClassifier\.fit does not take it"):
        WindowVotingClassifier(KNeighborsClassifier()).fit(X, y, sample_weight=np.ones(12))
    with pytest.raises(ValueError, match=r"Pipeline\.fit does not take it.*set_fit_request"):
        WindowVotingClassifier(make_pipeline(StandardScaler(), LogisticRegression())).fit(
            X, y, sample_weight=np.ones(12)
        )
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        WindowVotingClassifier(LogisticRegression()).fit(X, y, sample_weight=np.ones(5))


def test_no_copy_where_no_window_is_missing(flat_bags):
    X, y = flat_bags
    seen = []
    spy = FunctionTransformer(lambda windows: seen.append(windows) or windows)
    WindowVotingClassifier(make_pipeline(spy, LogisticRegression())).fit(X, y)
    assert np.shares_memory(seen[0], X)
    assert seen[0].shape == (60, 32)


def test_input_is_not_changed_and_estimator_not_fitted(ragged_bags):
    X, y = ragged_bags
    before, inner = X.copy(), LogisticRegression()
    WindowVotingClassifier(inner).fit(X, y).predict(X)
    np.testing.assert_array_equal(X, before)
    assert not hasattr(inner, "coef_")


def test_rows_keep_their_order(ragged_bags):
    X, y = ragged_bags
    model = WindowVotingClassifier(GaussianNB()).fit(X, y)
    order = np.argsort(np.sin(np.arange(12)))
    np.testing.assert_array_equal(model.predict_proba(X[order]), model.predict_proba(X)[order])
    np.testing.assert_allclose(model.predict_proba(X[3:4]), model.predict_proba(X)[3:4])


def test_fewer_windows_at_prediction(flat_bags):
    X, y = flat_bags
    model = WindowVotingClassifier(LogisticRegression()).fit(X, y)
    padded = X.copy()
    padded[:, 2:] = 0
    np.testing.assert_array_equal(model.predict_proba(X[:, :2]), model.predict_proba(padded))


def test_refit_forgets(flat_bags):
    X, y = flat_bags
    model = WindowVotingClassifier(LogisticRegression()).fit(X, y)
    model.fit(X[:8], np.array(["u", "v"])[y[:8]])
    assert model.classes_.tolist() == ["u", "v"]
    assert model.predict_proba(X).shape == (12, 2)


def test_clone_and_pickle(flat_bags):
    X, y = flat_bags
    model = WindowVotingClassifier(LogisticRegression(C=3), voting="hard")
    assert clone(model).get_params()["estimator__C"] == 3
    model.fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert not hasattr(clone(model), "estimator_")
    assert repr(model) == "WindowVotingClassifier(estimator=LogisticRegression(C=3), voting='hard')"


def test_unfitted(flat_bags):
    with pytest.raises(sklearn.exceptions.NotFittedError, match="not fitted yet"):
        WindowVotingClassifier(LogisticRegression()).predict(flat_bags[0])


def test_tags():
    model = WindowVotingClassifier(LogisticRegression())
    assert is_classifier(model)
    tags = sklearn.utils.get_tags(model)
    assert (tags.input_tags.two_d_array, tags.input_tags.three_d_array, tags.input_tags.string) == (False, True, True)


def test_in_scikit_learns_tools(one_hot_bags):
    X, y = one_hot_bags
    pipe = make_pipeline(FunctionTransformer(), WindowVotingClassifier(LogisticRegression()))
    grid = {"windowvotingclassifier__estimator__C": [1e-9, 1.0]}
    search = GridSearchCV(pipe, grid, cv=2, scoring="neg_log_loss").fit(X, y)
    assert search.best_params_ == {"windowvotingclassifier__estimator__C": 1.0}
    assert search.best_estimator_.score(X, y) == 1
    scores = cross_validate(pipe, X, y, cv=2, scoring=["accuracy", "roc_auc_ovr"], n_jobs=2)
    assert scores["test_roc_auc_ovr"].min() > 0.7
    assert cross_val_predict(pipe, X, y, cv=2, method="predict_proba").shape == (12, 3)


def test_groups_of_the_splitter_do_not_reach_the_estimator(flat_bags, routing):
    X, y = flat_bags
    groups = np.arange(12) % 4
    model = WindowVotingClassifier(LogisticRegression())
    scores = cross_validate(model, X, y, cv=GroupKFold(2), params={"groups": groups}, return_estimator=True)
    assert len(scores["estimator"]) == 2


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        (SGDClassifier(early_stopping=True, max_iter=5, tol=None), "SGDClassifier stops early on windows"),
        (
            make_pipeline(StandardScaler(), SGDClassifier(early_stopping=True, max_iter=5, tol=None)),
            "SGDClassifier stops early on windows",
        ),
        (GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2), "GridSearchCV searches on windows"),
    ],
)
def test_inner_splits_of_windows_are_warned_of(flat_bags, inner, told):
    with pytest.warns(LeakageWarning, match=rf"{told} that it splits at random.*search around WindowVoting"):
        WindowVotingClassifier(inner, voting="hard").fit(*flat_bags)


@pytest.mark.parametrize(
    "inner", [SGDClassifier(max_iter=5, tol=None), HistGradientBoostingClassifier(max_iter=2), LogisticRegression()]
)
def test_classifiers_without_an_inner_split_raise_no_alarm(flat_bags, inner):
    WindowVotingClassifier(inner, voting="hard").fit(*flat_bags)


def test_a_pipeline_scores_under_routing(flat_bags, routing):
    X, y = flat_bags
    pipe = make_pipeline(FunctionTransformer(), WindowVotingClassifier(LogisticRegression()))
    scores = cross_validate(pipe, X, y, cv=GroupKFold(2), params={"groups": np.arange(12) % 4}, error_score="raise")
    assert np.isfinite(scores["test_score"]).all()
    model = WindowVotingClassifier(LogisticRegression()).set_score_request(sample_weight=True)
    pipe = make_pipeline(FunctionTransformer(), model).fit(X, y)
    right = pipe.predict(X) == y
    assert pipe.score(X, y, sample_weight=np.where(right, 1.0, 0.0)) == 1.0


def test_routed_weights_reach_a_pipeline_inside(ragged_bags, rng, routing):
    X, y = ragged_bags
    weights = rng.uniform(0.1, 3, 12)
    inner = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), LogisticRegression())
    inner[-1].set_fit_request(sample_weight=True)
    model = WindowVotingClassifier(inner).fit(X, y, sample_weight=weights)
    rows, labels, row_weights = plain_rows(X, y, weights)
    plain = make_pipeline(StandardScaler(), LogisticRegression())
    with sklearn.config_context(enable_metadata_routing=False):
        plain.fit(rows, labels, logisticregression__sample_weight=row_weights)
    np.testing.assert_allclose(model.estimator_[-1].coef_, plain[-1].coef_, atol=1e-6)


def test_unrequested_weights_are_not_dropped_in_silence(flat_bags, routing):
    X, y = flat_bags
    with pytest.raises(sklearn.exceptions.UnsetMetadataPassedError, match="sample_weight"):
        WindowVotingClassifier(LogisticRegression()).fit(X, y, sample_weight=np.ones(12))


def test_one_window_per_sequence_is_the_estimator_itself(flat_bags):
    X, y = flat_bags
    model = WindowVotingClassifier(DummyClassifier(strategy="prior")).fit(X[:, :1], y)
    np.testing.assert_allclose(model.predict_proba(X[:, :1]), 1 / 3)


def test_behind_the_projects_own_steps(rng):
    from seqaug_sklearn.augmentation import WindowAugmenter
    from seqaug_sklearn.encoding import OneHotEncoder

    y = np.repeat(["poor", "rich"], 8)
    text = ["".join(rng.choice(list("ACGT"), n, p=[0.4, 0.1, 0.1, 0.4])) for n in rng.integers(60, 70, 8)]
    text += ["".join(rng.choice(list("ACGT"), n, p=[0.1, 0.4, 0.4, 0.1])) for n in rng.integers(60, 70, 8)]
    X = pd.Series(text, index=[f"g{i}" for i in range(16)])
    model = make_pipeline(
        WindowAugmenter(window=25), OneHotEncoder(flatten=True), WindowVotingClassifier(SVC(), voting="hard")
    )
    scores = cross_validate(model, X, y, cv=4, n_jobs=2)["test_score"]
    assert scores.mean() > 0.9
    grid = {"windowaugmenter__window": [25, 30], "windowvotingclassifier__estimator__C": [0.1, 1]}
    assert GridSearchCV(model, grid, cv=2).fit(X, y).best_score_ > 0.9
    text_model = make_pipeline(WindowAugmenter(window=25), WindowVotingClassifier(kmer_model()))
    assert cross_validate(text_model, X, y, cv=4)["test_score"].mean() > 0.9
