"""First errors of a user of scikit-learn: the step that gives what the next one cannot take says what to do."""

import pickle

import imblearn.pipeline
import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from seqaug_sklearn.augmentation import (
    HaplotypeMosaic,
    OrthologAugmenter,
    RandomAugmentation,
    RandomMutation,
    WindowAugmenter,
)
from seqaug_sklearn.classification import WindowVotingClassifier
from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.exceptions import SequenceError

Y = np.array([0, 1] * 6)


@pytest.fixture
def X(random_dna):
    return random_dna(12, 24)


@pytest.mark.parametrize("pipeline", [make_pipeline, imblearn.pipeline.make_pipeline])
@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            [OneHotEncoder(), LogisticRegression()],
            r"LogisticRegression behind it takes one .*: pass OneHotEncoder\(fla",
        ),
        ([OneHotEncoder(), PCA(2), LogisticRegression()], r"PCA behind it .*: pass OneHotEncoder\(flatten=True\)"),
        (
            [WindowAugmenter(20), OneHotEncoder(flatten=True), LogisticRegression()],
            r"gives bags of windows, and .* give it as WindowVotingClassifier\(LogisticRegression\(\)\)",
        ),
        (
            [WindowAugmenter(20), Ridge()],
            r"gives bags of text.*put OneHotEncoder\(flatten=True\) between.*WindowVotingRegressor\(Ridge\(\)\)",
        ),
    ],
    ids=["one-hot", "one-hot before PCA", "bags", "bags of text"],
)
def test_what_the_next_step_cannot_take(pipeline, steps, message, X):
    with pytest.raises(SequenceError, match=message):
        pipeline(*steps).fit(X, Y)
    with pytest.raises(SequenceError, match=message):
        cross_val_score(pipeline(*steps), X, Y, cv=2, error_score="raise")


@pytest.mark.parametrize(
    "steps",
    [
        [OneHotEncoder(flatten=True), LogisticRegression()],
        [OneHotEncoder(), FunctionTransformer(np.mean, kw_args={"axis": 1}), LogisticRegression()],
        [OneHotEncoder(), DummyClassifier()],
        [WindowAugmenter(24), OneHotEncoder(flatten=True), LogisticRegression()],
        [WindowAugmenter(20), OneHotEncoder(flatten=True), WindowVotingClassifier(LogisticRegression())],
    ],
    ids=["flat", "function", "dummy", "one window", "voting"],
)
def test_what_the_next_step_can_take_passes(steps, X, tmp_path):
    make_pipeline(*steps, memory=str(tmp_path)).fit(X, Y)
    # alone, an encoder gives what it is asked for
    assert OneHotEncoder().fit_transform(X).ndim == 3


@pytest.mark.parametrize(
    "augmenter", [RandomAugmentation([RandomMutation()]), OrthologAugmenter({"a": ["ACGT"]}), HaplotypeMosaic()]
)
def test_added_rows_need_a_pipeline_of_imbalanced_learn(augmenter, X):
    name = type(augmenter).__name__
    with pytest.raises(TypeError, match=rf"{name} adds rows, .* imblearn.pipeline.make_pipeline"):
        make_pipeline(augmenter, OneHotEncoder(flatten=True), LogisticRegression()).fit(X, Y)
    assert not hasattr(augmenter, "transform")
    with pytest.raises(AttributeError, match=f"'{name}' object has no attribute 'length'"):
        _ = augmenter.length
    assert repr(pickle.loads(pickle.dumps(augmenter))) == repr(augmenter)
