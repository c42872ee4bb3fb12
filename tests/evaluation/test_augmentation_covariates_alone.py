"""Rows with covariates: what they reach alone stands in the table, and what the sequences add is said."""

import warnings

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.evaluation import compare_augmentations, make_model
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SeqAugWarning


def planted(n=150, *, of_text=3.0, of_dose=1.5, seed=0):
    rng = np.random.default_rng(seed)
    texts = np.array(["".join(row) for row in rng.choice(list("ACGT"), (n, 40))])
    placed = np.array([(text[9] in "GC") + (text[20] in "GA") - 1.0 for text in texts])
    dose = rng.normal(size=n)
    y = of_text * placed + of_dose * dose + rng.normal(0, 0.3, n) > 0
    return pd.DataFrame({"dose": dose, "text": texts}, index=[f"s{i}" for i in range(n)]), y.astype(int)


def quick(X, y, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SeqAugWarning)
        settings = {"n_splits": 3, "n_repeats": 1, "relatives": "ignore", "metric": "auroc"}
        return compare_augmentations(X, y, **settings | options)


def told_of(result):
    return [line for line in result.verdict() if "covariates alone score" in line]


def test_sequences_and_covariates_together_exceed_the_covariates():
    X, y = planted()
    result = quick(X, y, models=["logistic", "composition"])
    names = result.comparison.estimators
    assert "covariates alone" in names
    assert not any("windows" in name for name in names)
    means = result.comparison.scores("auroc")["mean"]
    alone, best = means["covariates alone"], means[[n for n in names if n.endswith(("whole", "edits"))]].max()
    assert 0.65 < alone < best
    assert means["composition alone"] < best
    (line,) = told_of(result)
    assert f"The covariates alone score {alone:.3f}: the best model that reads the sequences too" in line
    assert any("Windows are not compared" in note for note in result.notes)


def test_sequences_that_add_nothing_are_said_first():
    X, y = planted(60, of_text=0)
    result = quick(X, y, models=["kmers"])
    (line,) = told_of(result)
    assert line.startswith("Warning: the covariates alone score")
    assert line in result.headline()


def test_what_the_covariates_reach_needs_some():
    X, y = planted(40)
    with pytest.raises(
        InvalidParameterError, match="models cannot be 'covariates' without covariates; X must be a Data"
    ):
        quick(X["text"], y, models=["covariates"])
    with pytest.raises(InvalidParameterError, match="models cannot be 'bag-cnn-bilstm' with covariates"):
        quick(X, y, models=["bag-cnn-bilstm"])
    with pytest.raises(DataFormatError, match="holds covariates, but each class has a single sequence"):
        quick(X.iloc[:3].assign(text=["ACGTT" * 40, "GGCAT" * 40, "TTACA" * 40]), [0, 1, 2], models=["kmers"])


@pytest.mark.parametrize(
    ("key", "augmentation"),
    [
        *[(key, which) for key in ("kmers", "logistic", "svm", "boosting", "mlp") for which in (None, "edits")],
        ("positional-kmers", None),
        ("motif-cnn", None),
    ],
)
def test_every_model_reads_them(key, augmentation):
    X, y = planted(20)
    model = make_model(key, X=X, y=y, augmentation=augmentation, quick=True, device="cpu", random_state=0).fit(X, y)
    assert model.predict(X[["text", "dose"]]).tolist() == model.predict(X).tolist()
    with pytest.raises(DataFormatError, match="X lacks covariate 'dose'"):
        model.predict(X["text"])
    # the same without data, where it is said that there are some
    assert repr(make_model(key, covariates=True)).count("Covariates") == repr(model).count("Covariates")


@pytest.mark.parametrize("key", ["memoriser", "composition", "positions", "majority"])
def test_models_of_the_text_read_the_text(key):
    X, y = planted(40)
    with_numbers = make_model(key, X=X, y=y).fit(X, y).predict(X)
    assert with_numbers.tolist() == make_model(key, X=X["text"], y=y).fit(X["text"], y).predict(X["text"]).tolist()


def test_numbers_too():
    X, _ = planted(150)
    y = 2 * X["dose"].to_numpy() + 2.0 * np.array([text[9] in "GC" for text in X["text"]])
    models = {key: make_model(key, X=X, y=y, random_state=0) for key in ("covariates", "ridge", "average")}
    train, test = X[:100], X[100:]
    errors = {key: np.square(model.fit(train, y[:100]).predict(test) - y[100:]).mean() for key, model in models.items()}
    assert errors["ridge"] < errors["covariates"] < np.var(y[100:])
    assert errors["average"] < np.var(y[100:])


def test_windows_have_none():
    X, y = planted(40)
    with pytest.raises(InvalidParameterError, match="augmentation cannot be 'windows' with covariates"):
        make_model("svm", augmentation="windows", X=X, y=y)


def test_a_comparison_of_numbers_tells_the_same():
    X, _ = planted(90)
    y = 2 * X["dose"].to_numpy() + 3.0 * np.array([text[9] in "GC" for text in X["text"]])
    result = quick(X, y, models=["ridge"], metric=None)
    assert result.comparison.estimators == ["ridge, whole", "covariates alone"]
    means = result.comparison.scores("spearman")["mean"]
    assert means["covariates alone"] > 0.5
    assert len(told_of(result)) == 1
