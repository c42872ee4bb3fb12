"""PairFeatures against the definitions, column by column."""

import itertools

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from seqaug_sklearn.classification import ResidualMLPClassifier
from seqaug_sklearn.embedding import PairFeatures
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning

ALL = ("first", "second", "difference", "absolute_difference", "product")


@pytest.fixture
def halves(rng):
    return rng.normal(size=(6, 4)), rng.normal(size=(6, 4))


def test_features_by_definition(halves):
    first, second = halves
    expected = {
        "first": first,
        "second": second,
        "difference": first - second,
        "absolute_difference": abs(first - second),
        "product": first * second,
    }
    X = np.hstack(halves)
    for features in [*itertools.combinations(ALL, 2), ALL, ALL[::-1], ["product"]]:
        model = PairFeatures(features)
        np.testing.assert_array_equal(model.fit_transform(X), np.hstack([expected[name] for name in features]))
        assert model.get_feature_names_out().tolist() == [f"{name}_{i}" for name in features for i in range(4)]


def test_default_is_what_the_design_says(halves):
    assert PairFeatures().fit(np.hstack(halves)).features_ == ("first", "second", "difference", "product")


@pytest.mark.parametrize("features", [*[(name,) for name in ALL], ALL])
def test_symmetric_features_do_not_know_the_order(halves, features):
    there, back = np.hstack(halves), np.hstack(halves[::-1])
    model = PairFeatures(features, symmetric=True)
    np.testing.assert_array_equal(model.fit_transform(there), model.fit_transform(back))
    n_features = 4 if features == ALL else 1  # the two differences are one
    assert model.transform(there).shape == (6, 4 * n_features)
    assert len(set(model.get_feature_names_out())) == 4 * n_features
    plain = PairFeatures(features)
    ordered = features[0] in ("first", "second", "difference")
    assert np.array_equal(plain.fit_transform(there), plain.fit_transform(back)) != ordered


def test_symmetric_keeps_both_values_of_every_dimension(halves):
    first, second = halves
    found = PairFeatures(("first", "second", "difference"), symmetric=True).fit_transform(np.hstack(halves))
    expected = [np.minimum(first, second), np.maximum(first, second), abs(first - second)]
    np.testing.assert_array_equal(found, np.hstack(expected))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_type_and_input_are_kept(halves, dtype):
    X = np.hstack(halves).astype(dtype)
    before = X.copy()
    assert PairFeatures(ALL).fit_transform(X).dtype == dtype
    np.testing.assert_array_equal(X, before)


def test_frames(halves):
    X = pd.DataFrame(np.hstack(halves), index=list("abcdef")).add_prefix("c")
    found = PairFeatures(("product",)).set_output(transform="pandas").fit_transform(X)
    assert found.columns.tolist() == [f"product_{i}" for i in range(4)]
    assert found.index.tolist() == list("abcdef")


@pytest.mark.parametrize("features", [(), ("first", "first"), ("quotient",), ["product", 3]])
def test_bad_features(halves, features):
    with pytest.raises(ValueError, match="features must name at least one of first, second, difference, absolute"):
        PairFeatures(features).fit(np.hstack(halves))


def test_bad_matrices(halves):
    X = np.hstack(halves)
    with pytest.raises(ValueError, match="X has 7 columns, an odd number"):
        PairFeatures().fit(X[:, :7])
    with pytest.raises(ValueError, match="X has 6 features, but PairFeatures is expecting 8"):
        PairFeatures().fit(X).transform(X[:, :6])
    model = PairFeatures().fit(X)
    X[2, 3] = np.nan
    for call in (PairFeatures().fit, model.transform):
        with pytest.raises(DataFormatError, match=r"row 2 of X holds NaN.*embed it again or drop the row"):
            call(X)
    X[1, 0], X[2, 3] = np.inf, 0
    with pytest.raises(DataFormatError, match="row 'b' of X holds infinity"):
        model.transform(pd.DataFrame(X, index=list("abcdef")))


@pytest.mark.parametrize("form", [list, np.array, pd.DataFrame])
def test_text_is_to_be_embedded_first(form):
    with pytest.raises(DataFormatError, match=r"X holds text.*embed first \(LanguageModelEmbedder\)"):
        PairFeatures().fit(form([["ACGT", "GGTA"], ["ACGA", "GGTT"]]))


def test_symmetric_holds_through_scaler_and_network(rng):
    """The way that the docstring prescribes; the halves differ in scale, as two kinds of sequences do."""
    there = np.hstack([rng.normal(size=(60, 4)), rng.normal(2, 3, size=(60, 4))])
    back = np.hstack(np.split(there, 2, axis=1)[::-1])
    network = ResidualMLPClassifier(hidden_sizes=(8,), max_epochs=3, device="cpu", random_state=0)
    model = make_pipeline(PairFeatures(symmetric=True), MinMaxScaler((-1, 1)), network)
    model.fit(there, np.arange(60) % 2)
    np.testing.assert_array_equal(model.predict_proba(there), model.predict_proba(back))


@pytest.mark.parametrize("scaler", [MinMaxScaler((-1, 1)), MinMaxScaler(), StandardScaler()], ids=repr)
def test_a_scaler_before_symmetric_features_is_told(rng, scaler):
    X = np.hstack([rng.normal(size=(30, 4)), rng.normal(2, 3, size=(30, 4))]).astype(np.float32)
    X[:, 2] = 1.0  # constant
    with pytest.warns(SeqAugWarning, match=r"put the scaler behind PairFeatures\(symmetric=True\)"):
        make_pipeline(scaler, PairFeatures(symmetric=True)).fit(X)
    make_pipeline(scaler, PairFeatures()).fit(X)  # no warning: warnings are errors
    PairFeatures(symmetric=True).fit(X)
