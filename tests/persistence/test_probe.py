"""Made-up rows fit what a model takes, and tell when it predicts otherwise."""

import numpy as np
import pytest
from sklearn.decomposition import NMF
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from seqaug_sklearn import OneHotEncoder, WindowAugmenter
from seqaug_sklearn.classification import WindowVotingClassifier
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.persistence._probe import check_probe, make_probe
from seqaug_sklearn.similarity import NearestSequenceClassifier

PROTEINS = ["".join(np.random.default_rng(i).choice(list("ACDEFGHIKLMNPQRSTVWY"), 30)) for i in range(8)]
DNA = ["".join(np.random.default_rng(i).choice(list("ACGT"), 30)) for i in range(8)]
LABELS = ["a", "b"] * 4
ROWS = np.random.default_rng(0).normal(size=(8, 3))
WINDOWS = WindowAugmenter(window=10, overlap=(1, 3), min_shared=4, max_windows=3)


@pytest.mark.parametrize(
    ("model", "X", "kind", "method"),
    [
        (NearestSequenceClassifier(k=3, alphabet="protein"), PROTEINS, "text", "predict_proba"),
        (OneHotEncoder(), DNA, "text", "transform"),
        (WINDOWS, DNA, "text", "transform"),
        (StandardScaler(), ROWS, "numbers", "transform"),
        (NMF(2, random_state=0), np.abs(ROWS), "counts", "transform"),
        (
            WindowVotingClassifier(LogisticRegression()),
            OneHotEncoder(flatten=True).fit_transform(WINDOWS.fit_transform(DNA)),
            "bags",
            "predict_proba",
        ),
    ],
)
def test_rows_are_of_the_kind_that_the_model_takes(model, X, kind, method):
    probe = make_probe(model.fit(X, LABELS))
    assert (probe["input"]["kind"], probe["method"]) == (kind, method)
    check_probe(model, probe)


def test_another_model_is_found_out():
    model = LogisticRegression().fit(ROWS, LABELS)
    probe = make_probe(model)
    model.coef_ = model.coef_ + 1e-9
    check_probe(model, probe)
    model.coef_ = model.coef_ + 1e-4
    with pytest.raises(DataFormatError, match="predicts otherwise than the saved one: predict_proba of 6 made-up rows"):
        check_probe(model, probe)


def test_a_model_that_says_less_than_before_is_found_out():
    model = LogisticRegression().fit(ROWS, LABELS)
    probe = make_probe(model)
    assert (probe["method"], probe["others"]) == ("predict_proba", ["decision_function", "predict"])

    class Wordless(LogisticRegression):
        def predict(self, X):
            raise AttributeError("another version")

    model.__class__ = Wordless
    with pytest.raises(AttributeError, match="another version"):
        check_probe(model, probe)


def test_without_a_probe_there_is_nothing_to_check():
    check_probe(StandardScaler(), None)


@pytest.mark.parametrize(
    "change",
    [
        {"method": "fit"},
        {"others": ["fit"]},
        {"others": "predict"},
        {"output": "x"},
        {"input": None},
        {"input": {"kind": "files", "seed": 0, "rows": 6, "width": 3}},
        {"input": {"kind": "numbers", "seed": 0, "rows": 10**9, "width": 3}},
        {"input": {"kind": "numbers", "seed": 0, "rows": 6, "width": 10**9}},
        {"input": {"kind": "numbers", "seed": -1, "rows": 6, "width": 3}},
        {"input": {"kind": "text", "seed": 0, "rows": 6, "length": 9, "letters": ""}},
    ],
)
def test_strange_probes_are_refused(change):
    model = LogisticRegression().fit(ROWS, LABELS)
    with pytest.raises(DataFormatError, match="the probe is none that this version makes"):
        check_probe(model, make_probe(model) | change)
