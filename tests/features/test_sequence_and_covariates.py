"""Covariates as features: standardised on training rows, gaps filled, stacked beside those of the sequences."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVR

from seqaug_sklearn.encoding import CovariateEncoder
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.features import KmerCounts, SequenceAndCovariates, SequenceComposition


def planted(n=160, seed=0):
    """y is half a motif count and half a covariate; a second covariate is noise, with gaps."""
    rng = np.random.default_rng(seed)
    texts = np.array(["".join(row) for row in rng.choice(list("ACGT"), (n, 30))])
    dose = rng.normal(50, 20, n)
    noise = np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n))
    motif = np.array([text.count("GG") for text in texts])
    y = (motif - motif.mean()) / motif.std() + (dose - 50) / 20 + rng.normal(0, 0.3, n)
    return pd.DataFrame({"noise": noise, "guide": texts, "dose": dose}), y


def correlation(model, X, y, n_train=110):
    predicted = model.fit(X[:n_train], y[:n_train]).predict(X[n_train:])
    return np.corrcoef(predicted, y[n_train:])[0, 1]


@pytest.mark.parametrize(
    "model",
    [Ridge(), SVR(C=3), HistGradientBoostingRegressor(max_iter=40, min_samples_leaf=5)],
    ids=["ridge", "svr", "trees"],
)
def test_both_exceed_either_alone(model):
    X, y = planted()
    features = SequenceAndCovariates(KmerCounts(2, canonical=False, sparse_output=False))
    both = correlation(make_pipeline(features, model), X, y)
    text = correlation(make_pipeline(features, model), X["guide"], y)
    numbers = correlation(make_pipeline(CovariateEncoder(), model), X, y)
    assert both > max(text, numbers) + 0.08
    assert min(text, numbers) > 0.3


def test_columns_are_those_of_scikit_learn():
    X, _ = planted()
    train, test = X[:100], X[100:]
    encoder = CovariateEncoder().fit(train)
    assert encoder.get_feature_names_out().tolist() == ["dose", "noise", "noise missing"]
    got = encoder.transform(test)
    filled = {
        name: (train[name].fillna(train[name].median()), test[name].fillna(train[name].median()))
        for name in ("dose", "noise")
    }
    filled["missing"] = train["noise"].isna().astype(float), test["noise"].isna().astype(float)
    for column, (learned, given) in enumerate(filled.values()):
        np.testing.assert_allclose(got[:, column], (given - learned.mean()) / learned.std(ddof=0), rtol=1e-12)


def test_features_stand_side_by_side_and_sparse_stays_sparse():
    X, _ = planted(40)
    kmers = KmerCounts(2)
    beside = SequenceAndCovariates(kmers, weight=0.25)
    got = beside.fit_transform(X)
    assert sparse.issparse(got)
    expected = np.hstack([kmers.fit_transform(X["guide"]).toarray(), 0.25 * CovariateEncoder().fit_transform(X)])
    np.testing.assert_allclose(got.toarray(), expected, rtol=1e-6)
    assert (beside.transform(X) != got).nnz == 0
    names = beside.get_feature_names_out().tolist()
    assert names == [*kmers.get_feature_names_out(), "dose", "noise", "noise missing"]


def test_frames_keep_the_index():
    X, _ = planted(12)
    X.index = [f"g{i}" for i in range(12)]
    out = SequenceAndCovariates(SequenceComposition()).set_output(transform="pandas").fit_transform(X)
    assert out.index.to_list() == X.index.to_list()
    assert "dose" in out.columns


def test_the_order_of_columns_and_rows_means_nothing():
    X, y = planted(60)
    model = make_pipeline(SequenceAndCovariates(KmerCounts(2)), Ridge()).fit(X, y)
    expected = model.predict(X)
    turned = X[["dose", "guide", "noise"]]
    assert model.predict(turned).tolist() == expected.tolist()
    assert model.fit(turned, y).predict(X).tolist() == expected.tolist()
    order = np.random.default_rng(1).permutation(60)
    again = make_pipeline(SequenceAndCovariates(KmerCounts(2)), Ridge()).fit(X.iloc[order], y[order])
    np.testing.assert_allclose(again.predict(X), expected, rtol=1e-6)


def test_a_constant_covariate_changes_nothing():
    X, y = planted(60)
    model = make_pipeline(SequenceAndCovariates(KmerCounts(2)), Ridge())
    expected = model.fit(X, y).predict(X)
    for value in (0.1, 0.0, -1e12):
        got = model.fit(X.assign(batch=value), y).predict(X.assign(batch=value + 1))
        np.testing.assert_allclose(got, expected, rtol=1e-9)


def test_covariates_are_those_of_fit():
    X, _ = planted(30)
    for fitted in (CovariateEncoder().fit(X), SequenceAndCovariates(KmerCounts(2)).fit(X)):
        with pytest.raises(DataFormatError, match="X lacks covariate 'dose', which the model was fitted with"):
            fitted.transform(X.drop(columns="dose"))
        with pytest.raises(DataFormatError, match="X holds covariate 'age', which the model was not fitted with"):
            fitted.transform(X.assign(age=1))
    with pytest.raises(DataFormatError, match="X lacks covariate 'dose'"):
        fitted.transform(X["guide"])
    with pytest.raises(DataFormatError, match="X holds covariate 'dose', which the model was not"):
        SequenceAndCovariates(KmerCounts(2)).fit(X["guide"]).transform(X)
    with pytest.raises(DataFormatError, match="X holds no covariates; pass a DataFrame"):
        CovariateEncoder().fit(X["guide"])
    with pytest.raises(DataFormatError, match="X holds no value for covariate 'dose'"):
        CovariateEncoder().fit(X.assign(dose=np.nan))
