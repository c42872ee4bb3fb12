"""``set_output``: flat features come as a frame, bags and arrays of more axes pass unchanged."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.classification import WindowVotingClassifier
from seqaug_sklearn.encoding import OneHotEncoder, one_hot
from seqaug_sklearn.features import KmerCounts

NAMES = [f"gene{number}" for number in range(12)]


@pytest.fixture
def frame(random_dna):
    return pd.DataFrame({"sequence": random_dna(12, 24), "expression": np.arange(12.0)}, index=NAMES)


@pytest.fixture
def y():
    return np.array(["low", "high"] * 6)


@pytest.mark.parametrize("column", ["sequence", ["sequence"]], ids=["series", "frame"])
def test_flat_features_keep_the_index_and_name_their_columns(frame, column):
    encoder = OneHotEncoder(flatten=True).set_output(transform="pandas")
    for encoded in (encoder.fit_transform(frame[column]), encoder.transform(frame[column])):
        assert isinstance(encoded, pd.DataFrame)
        assert encoded.index.tolist() == NAMES
        assert encoded.columns.tolist() == encoder.get_feature_names_out().tolist()
        np.testing.assert_array_equal(encoded, one_hot(frame["sequence"], flatten=True))
    assert isinstance(clone(encoder).fit_transform(frame[column]), pd.DataFrame)
    assert isinstance(encoder.set_output(transform="default").transform(frame[column]), np.ndarray)


def test_everything_else_passes_unchanged(frame):
    bags = WindowAugmenter(20)
    with config_context(transform_output="pandas"):
        made = bags.fit_transform(frame["sequence"])
        for transformer, X in ((OneHotEncoder(), frame["sequence"]), (OneHotEncoder(flatten=True), made)):
            assert isinstance(transformer.fit_transform(X), np.ndarray)
    np.testing.assert_array_equal(made, bags.transform(frame["sequence"]))
    with pytest.raises(ValueError, match="output config must be in"):
        OneHotEncoder(flatten=True).set_output(transform="polar").fit_transform(frame["sequence"])


def test_beside_numbers_in_a_column_transformer(frame, y):
    transformer = make_column_transformer(
        (OneHotEncoder(flatten=True), "sequence"),
        (make_union(OneHotEncoder(flatten=True), KmerCounts(2, sparse_output=False)), "sequence"),
        (StandardScaler(), ["expression"]),
    ).set_output(transform="pandas")
    made = transformer.fit_transform(frame)
    assert made.shape == (12, 96 + 96 + 10 + 1)
    assert made.index.tolist() == NAMES
    assert "onehotencoder__23_T" in made.columns
    plain = clone(transformer).set_output(transform="default").fit_transform(frame)
    np.testing.assert_array_equal(made, plain)
    assert make_pipeline(transformer, LogisticRegression()).fit(frame, y).predict(frame[::-1]).shape == (12,)


def test_windows_pass_through_a_pipeline_that_gives_frames(frame, y):
    steps = WindowAugmenter(20), OneHotEncoder(flatten=True), WindowVotingClassifier(LogisticRegression())
    expected = make_pipeline(*map(clone, steps)).fit(frame["sequence"], y).predict_proba(frame["sequence"])
    model = make_pipeline(*steps).set_output(transform="pandas").fit(frame["sequence"], y)
    np.testing.assert_array_equal(model.predict_proba(frame["sequence"]), expected)
    in_columns = ColumnTransformer([("windows", WindowAugmenter(20), "sequence")]).set_output(transform="pandas")
    np.testing.assert_array_equal(in_columns.fit_transform(frame), steps[0].fit_transform(frame["sequence"]))


@pytest.mark.parametrize("window", [20, 24])
def test_a_bag_of_one_window_is_voted_on_and_one_column_of_text_is_not(frame, y, window):
    text = frame["sequence"]
    model = make_pipeline(
        WindowAugmenter(window), OneHotEncoder(flatten=True), WindowVotingClassifier(LogisticRegression())
    )
    answers = model.fit(text, y).predict_proba(text)
    np.testing.assert_allclose(model.predict_proba(text[:1]), answers[:1])
    if window == 24:
        plain = make_pipeline(OneHotEncoder(flatten=True), LogisticRegression()).fit(text, y)
        np.testing.assert_allclose(answers, plain.predict_proba(text))
    with pytest.raises(ValueError, match="one text per row"):
        model[-1].fit(text.to_numpy()[:, None], y)


def test_what_scikit_learn_makes_of_a_frame_is_text(frame, y):
    # bagging turns a frame into an array of shape (n, 1)
    model = BaggingClassifier(make_pipeline(OneHotEncoder(flatten=True), LogisticRegression()), 3, random_state=0)
    assert model.fit(frame[["sequence"]], y).score(frame[["sequence"]], y) > 0.5
