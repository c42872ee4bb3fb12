"""Covariates beside the sequences: which frames have them, which are refused, and what readers of text make of them."""

import datetime

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from seqaug_sklearn.augmentation import OrthologAugmenter, RandomAugmentation, RandomMutation, WindowAugmenter
from seqaug_sklearn.encoding import OneHotEncoder, reverse_complement
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.features import KmerCounts, SequenceAndCovariates, SequenceParts
from seqaug_sklearn.utils import check_bags, check_sequences, check_text, is_text, split_covariates

TEXTS = ["ACGTAC", "GGTTCC", "TTTACG"]
NAMES = ["a", "b", "c"]


def frame(**columns):
    return pd.DataFrame({"zinc": [1.5, 2.0, -3.0], "guide": TEXTS, "age": [4, 5, 6]} | columns, index=NAMES)


def read_values(X):
    return list(check_sequences(X).values)


def test_numbers_of_every_type_stand_in_the_order_of_their_names():
    X = frame(
        flag=[True, False, True],
        whole=pd.array([1, None, 3], dtype="Int64"),
        maybe=pd.array([True, None, False], dtype="boolean"),
        loose=np.array([1, None, 2.5], dtype=object),
    )
    text, numbers, names = split_covariates(X)
    assert names == ("age", "flag", "loose", "maybe", "whole", "zinc")
    assert numbers.dtype == np.float64
    nan = np.nan
    expected = [[4, 1, 1, 1, 1, 1.5], [5, 0, nan, nan, nan, 2], [6, 1, 2.5, 0, 3, -3]]
    np.testing.assert_array_equal(numbers, expected)
    assert text.to_list() == TEXTS
    assert text.index.to_list() == NAMES


def test_the_order_of_columns_means_nothing():
    X = frame()
    turned = split_covariates(X[["age", "guide", "zinc"]])
    assert turned.names == split_covariates(X).names
    np.testing.assert_array_equal(turned.numbers, split_covariates(X).numbers)


@pytest.mark.parametrize(
    "X",
    [
        TEXTS,
        np.array(TEXTS),
        pd.Series(TEXTS),
        pd.DataFrame({"guide": TEXTS}),
        pd.DataFrame({"w0": TEXTS, "w1": ["", *TEXTS[1:]]}),
        pd.DataFrame({"x0": [1.0, 2.0], "x1": [1, 2]}),
        np.zeros((3, 2)),
    ],
    ids=["list", "array", "series", "column", "bag", "features", "matrix"],
)
def test_other_forms_pass_unchanged(X):
    text, numbers, names = split_covariates(X)
    assert text is X
    assert numbers is None
    assert names == ()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"other": TEXTS}, r"X holds several text columns \('guide' and 'other'\) beside numbers"),
        ({"zinc": ["1,5", "2", "3"]}, r"X holds numbers written as text in column 'zinc' \(for example '1,5'\)"),
        ({"age": [1.0, np.inf, 2.0]}, "X holds infinity for covariate 'age' in row 'b'"),
        ({"age": pd.to_datetime(["2020-01-01"] * 3)}, "column 'age' that is neither text nor numbers"),
        ({"age": [datetime.date(2020, 1, 1)] * 3}, "column 'age' that is neither text nor numbers"),
        ({"age": np.array([1, "old", 2.5], dtype=object)}, "covariate 'age' holds 'old' in row 'b', which is no"),
    ],
    ids=["two texts", "as text", "infinite", "dates", "date objects", "text among numbers"],
)
def test_faults_are_named(columns, message):
    X = frame(**columns)
    for read in (split_covariates, check_sequences, check_text):
        with pytest.raises(DataFormatError, match=message):
            read(X)
    assert is_text(X)


def test_two_columns_of_one_name_are_refused():
    X = frame()
    X.columns = ["age", "guide", "age"]
    with pytest.raises(DataFormatError, match="X holds two columns named 'age'"):
        split_covariates(X)


def test_proteins_that_read_like_numbers_are_text():
    X = pd.DataFrame({"protein": ["NAN", "INF"], "mass": [1.0, 2.0]})
    assert split_covariates(X).text.to_list() == ["NAN", "INF"]


def test_readers_of_text_read_the_text_column_only():
    X = frame()
    assert is_text(X)
    for sequences in (read_values(X), check_text(X)[0]):
        assert list(sequences) == TEXTS
    assert check_sequences(X).identifiers.to_list() == NAMES
    with pytest.raises(TypeError, match="is a number"):
        check_bags(X)


@pytest.mark.parametrize(
    "transformer",
    [OneHotEncoder(), KmerCounts(2), SequenceParts(KmerCounts(2), overlap=1)],
    ids=lambda transformer: type(transformer).__name__,
)
def test_a_transformer_that_would_lose_the_numbers_refuses_them(transformer):
    X = frame()
    way_out = (
        rf"holds covariates \('age', 'zinc'\), which {type(transformer).__name__} would leave out; pass X\['guide'\]"
        r".*SequenceAndCovariates\(.*neural estimator without.*CovariateNetwork"
    )
    fitted = clone(transformer).fit(X["guide"])
    for method in (clone(transformer).fit, clone(transformer).fit_transform, fitted.transform):
        with pytest.raises(DataFormatError, match=way_out):
            method(X)
    # behind the way out it reads its column
    if isinstance(transformer, KmerCounts):
        assert SequenceAndCovariates(transformer).fit_transform(X).shape[1] == fitted.n_features_out_ + 2


def test_the_other_strand_keeps_the_covariates():
    X = frame(flag=[True, False, True])
    turned = reverse_complement(X)
    pd.testing.assert_frame_equal(turned.drop(columns="guide"), X.drop(columns="guide"))
    assert turned["guide"].to_list() == reverse_complement(TEXTS)


def _edited(X, y):
    return RandomAugmentation([RandomMutation(0.5)], n_copies=2, random_state=0).fit_resample(X, y)


def _with_orthologs(X, y):
    return OrthologAugmenter({"a": ["ACGTAA"], "c": ["TTTACC", "TTTAGG"]}).fit_resample(X, y)


@pytest.mark.parametrize("add", [_edited, _with_orthologs], ids=["edits", "orthologs"])
def test_added_rows_have_other_text_and_the_numbers_of_their_parent(add):
    X = frame(flag=[True, False, True], whole=pd.array([1, None, 3], dtype="Int64"))
    y = np.array([0, 1, 1])
    before = X.copy()
    made, labels = add(X, y)
    pd.testing.assert_frame_equal(X, before)
    # the text is that of the column alone, whatever stands beside it
    alone, labels_alone = add(X["guide"], y)
    pd.testing.assert_series_equal(made["guide"], alone)
    assert labels.tolist() == labels_alone.tolist()
    assert made.columns.to_list() == X.columns.to_list()
    assert len(made) > 3
    pd.testing.assert_frame_equal(made.drop(columns="guide"), X.drop(columns="guide").loc[made.index])


def test_a_bag_has_no_place_for_covariates_and_the_way_out_works():
    X, augmenter = frame(), WindowAugmenter(4, overlap=(1, 2), min_shared=None)
    for read in (augmenter.fit, augmenter.explode):
        with pytest.raises(DataFormatError, match=r"covariates \('age', 'zinc'\), for which a bag .*pass X\['guide'\]"):
            read(X)
    windows = augmenter.explode(X["guide"])
    rows = X.iloc[windows.sources].assign(guide=windows.windows)
    assert read_values(rows) == windows.windows.tolist()
    assert split_covariates(rows).numbers[:, 0].tolist() == [4] * 3 + [5] * 3 + [6] * 3
