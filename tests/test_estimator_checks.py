"""The project's common checks, run on every public estimator.

scikit-learn's ``parametrize_with_checks`` yields no check for estimators whose input is not a plain matrix, without a
word. Here every check runs on every entry of ``ESTIMATORS`` (those about text on every entry that reads text), and
tests hold that no public estimator is missing and that no estimator has fewer checks than it should.
"""

import atexit
import copy
import dataclasses
import functools
import importlib
import inspect
import os
import pathlib
import pickle
import pkgutil
import random
import shutil
import tempfile
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

import seqaug_sklearn
from seqaug_sklearn.augmentation import (
    RandomDeletion,
    RandomInversion,
    RandomMutation,
    RandomShift,
    SubstitutionMatrixMutation,
    SynonymousMutation,
)
from seqaug_sklearn.evaluation import TunedClassifier
from seqaug_sklearn.exceptions import DataFormatError, DeviceError, SequenceError, SequenceTypeError
from seqaug_sklearn.features import KmerCounts
from seqaug_sklearn.persistence import load_model, save_model

OUTPUTS = ("transform", "predict_proba", "decision_function", "predict")
ROWS = [f"gene{i}" for i in range(12)]


MOTIFS = {"G-box": "CACGTG", "own": [[0.5, 0.2, 0.2, 0.1], [0, 1, 0, 0], [0.1, 0.1, 0.7, 0.1]]}


def some_text(seed=0):
    """Twelve sequences of 24 nt in two classes that differ in composition."""
    rng = np.random.default_rng(seed)
    weights = ([0.4, 0.1, 0.1, 0.4], [0.1, 0.4, 0.4, 0.1])
    X = ["".join(rng.choice(list("ACGT"), 24, p=weights[i % 2])) for i in range(len(ROWS))]
    return X, np.array(["poor", "rich"] * 6)


def some_activity(seed=0):
    """The same sequences with a number each."""
    X, y = some_text(seed)
    return X, np.random.default_rng(seed).normal(size=len(X)) + (y == "rich")


def some_covariates(seed=0):
    """The same beside two covariates, one of them with gaps."""
    X, y = some_text(seed)
    numbers = np.random.default_rng(seed).normal(size=(len(X), 2))
    return pd.DataFrame({"b": numbers[:, 0], "text": X, "a": np.where(numbers[:, 1] > 1, np.nan, numbers[:, 1])}), y


def some_bags(seed=0):
    """The same as flat one-hot bags of three windows of 8 nt."""
    X, y = some_text(seed)
    letters = np.array([list(text) for text in X])
    return (letters[..., None] == list("ACGT")).astype(np.float32).reshape(len(X), 3, 32), y


def some_measured_bags(seed=0):
    """The same with a number for each row."""
    X, y = some_bags(seed)
    return X, (y == "rich") + np.arange(len(y)) / 10


def some_measured_text(seed=0):
    """The sequences of some_text, with two numbers of each, some not measured."""
    X, y = some_text(seed)
    numbers = np.column_stack([(y == "rich") + np.arange(12) / 10, np.arange(12) % 5])
    numbers[::4, 1] = np.nan
    return X, numbers


def some_measured_matrix(seed=0):
    """The rows of some_matrix, with a number of each."""
    X, y = some_matrix(seed)
    return X, (y == "rich") + np.arange(len(y)) / 10


def some_matrix(seed=0):
    """Twelve rows of five numbers in the same two classes."""
    y = some_text()[1]
    return np.random.default_rng(seed).normal(size=(len(y), 5)) + (y == "rich")[:, None], y


def some_paired_vectors(seed=0):
    """The same, six numbers: two vectors side by side."""
    X, y = some_matrix(seed)
    return np.hstack([X, X[:, :1] ** 2]), y


def some_genotypes(seed=0):
    """Twelve individuals in the same two classes, phased, six variants."""
    y = some_text()[1]
    return np.random.default_rng(seed).integers(0, 4, (len(y), 6)).astype(np.int8), y


def some_scores(seed=0):
    """Probabilities of two classes for twelve rows, and the column of the right class of each."""
    scores = np.random.default_rng(seed).dirichlet([1, 1], 12)
    return scores, np.arange(12) % 2


def some_predictions(seed=0):
    """Predicted and true numbers of twelve rows."""
    predicted = np.random.default_rng(seed).normal(size=12)
    return predicted, predicted + np.random.default_rng(seed + 1).normal(size=12)


def some_labels(seed=0):
    """The same sequences, and two labels that are there or not."""
    X, y = some_text(seed)
    return X, np.column_stack([y == "rich", np.arange(len(y)) % 3 == 0]).astype(float)


def few_kmers(k):
    """Logistic regression on k-mers."""
    return make_pipeline(KmerCounts(k), LogisticRegression())


def some_named_text(seed=0):
    """The same sequences as some_text, by name."""
    X, y = some_text(seed)
    return pd.Series(X, index=ROWS), y


GENOTYPE_ERRORS = (
    (np.full((4, 6), 4), DataFormatError, "phased"),
    (np.full((4, 6), -1), DataFormatError, "missing"),
    (np.zeros(6, int), DataFormatError, "2-D"),
)
TEXT_ERRORS = (
    ("ACGT", SequenceTypeError, "single sequence"),
    ([], (SequenceError, SequenceTypeError), r"no sequences|shape \(0,\)"),
    ([None, "ACGTACGTACGT"], SequenceTypeError, "number 0 is missing"),
    (["ACGTACGTACGT", float("nan")], SequenceTypeError, "number 1 is missing"),
    (["ACGTACGTACGT", 5], SequenceTypeError, "number 1 is a number"),
    (["ACGTACGTACGT", ""], SequenceError, "number 1 is empty"),
    (
        pd.DataFrame({"a": ["ACGTACGTACGT"] * 2, "b": ["TTTT"] * 2, "c": [1, 2]}),
        (DataFormatError, SequenceError),
        # an embedder of pairs takes two columns, and says so
        "several text columns|got a DataFrame with 3",
    ),
)
COVARIATE_ERRORS = (
    (pd.DataFrame({"a": ["ACGTACGTACGT"] * 2, "b": [1.0, np.inf]}), DataFormatError, "infinity for covariate 'b'"),
    (pd.DataFrame({"a": [None, "ACGT"], "b": ["1", "2"]}), DataFormatError, "written as text"),
)


@dataclasses.dataclass(frozen=True)
class Case:
    """One estimator under test."""

    unit: str
    name: str
    params: dict = dataclasses.field(default_factory=dict)
    data: Callable = some_text  # seed -> X, y
    errors: tuple = TEXT_ERRORS  # (X, error, message)
    reads_text: bool = True
    tolerance: float = 0.0  # between batches of different rows

    @property
    def cls(self):
        return getattr(importlib.import_module(f"seqaug_sklearn.{self.unit}"), self.name)

    def make(self):
        return self.cls(**self.params)

    def fitted(self, seed=0):
        return self.make().fit(*self.data(seed))

    def __str__(self):
        options = ",".join(f"{key}={value}" for key, value in self.params.items() if isinstance(value, (str, bool)))
        return f"{self.name}({options})"


@dataclasses.dataclass(frozen=True)
class TinyModel(os.PathLike):
    """Folder of a small DNABERT (k = 3) of random weights, made when it is first asked for."""

    def __fspath__(self):
        return tiny_model()


@functools.cache
def tiny_model():
    from transformers import BertConfig, BertModel

    from seqaug_sklearn.embedding import kmer_vocabulary
    from seqaug_sklearn.utils import torch_seed_scope

    folder = tempfile.mkdtemp(prefix="tiny-bert-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    sizes = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    with torch_seed_scope(0):
        BertModel(BertConfig(vocab_size=69, **sizes)).save_pretrained(folder)
    pathlib.Path(folder, "vocab.txt").write_text("\n".join(kmer_vocabulary(3)))
    return folder


SMALL_NETWORK = {
    "conv_channels": (4,),
    "hidden_size": 4,
    "num_layers": 1,
    "dense_units": (4,),
    "max_epochs": 2,
    "validation_fraction": None,
    "device": "cpu",
    "random_state": 0,
}
SMALL_PROMOTER_NETWORK = {
    "conv_channels": (4, 4),
    "kernel_size": 4,
    "pool_size": 3,
    "dense_units": (4,),
    "max_epochs": 2,
    "validation_fraction": None,
    "device": "cpu",
    "random_state": 0,
}
SMALL_MOTIF_NETWORK = {
    "n_filters": 4,
    "kernel_size": 5,
    "initial_filters": "enriched",
    "max_epochs": 2,
    "device": "cpu",
    "random_state": 0,
}
SMALL_RESIDUAL_NETWORK = {
    "hidden_sizes": (4,),
    "max_epochs": 2,
    "validation_fraction": None,
    "device": "cpu",
    "random_state": 0,
}
SMALL_GAN = {"max_epochs": 2, "validation_fraction": None, "device": "cpu", "random_state": 0}
WINDOWS = {"window": 8, "overlap": (1, 3), "min_shared": 4}
EDITS = (RandomMutation(0.2), RandomDeletion(1, 3), RandomInversion())
EDITS_BY_MEANING = (SynonymousMutation(0.5, usage="data"), SubstitutionMatrixMutation("HOXD70"), RandomShift(0, 3))

ESTIMATORS = [
    Case("encoding", "OneHotEncoder"),
    Case("encoding", "OneHotEncoder", {"flatten": True}),
    Case("augmentation", "WindowAugmenter", WINDOWS),
    Case("augmentation", "WindowAugmenter", {**WINDOWS, "max_windows": "balanced", "random_state": 0}),
    Case("augmentation", "RandomAugmentation", {"transforms": EDITS, "random_state": 0}),
    Case("augmentation", "RandomAugmentation", {"transforms": EDITS, "sampling_strategy": "all", "random_state": 0}),
    Case(
        "augmentation",
        "RandomAugmentation",
        {"transforms": EDITS_BY_MEANING, "protect": "TATA", "record_edits": True, "random_state": 0},
    ),
    Case(
        "augmentation", "RandomAugmentation", {"transforms": EDITS, "exactly": False, "pad_to": 30, "random_state": 0}
    ),
    Case(
        "augmentation",
        "OrthologAugmenter",
        {"orthologs": {"gene3": ["ACGTACGTACGT"], "gene9": ["AC", "GT", "TT"]}, "n_copies": 1, "random_state": 0},
        data=some_named_text,
        errors=(
            (some_text()[0], SequenceTypeError, "without identifiers"),
            (pd.Series(["ACGT", None], index=ROWS[:2]), SequenceTypeError, "'gene1' is missing"),
            (pd.Series(["ACGT", "ACGT"], index=["gene3", "gene3"]), SequenceError, "several rows"),
        ),
        reads_text=False,
    ),
    Case(
        "augmentation",
        "HaplotypeMosaic",
        {"match_length": 2, "random_state": 0},
        data=some_genotypes,
        errors=GENOTYPE_ERRORS,
        reads_text=False,
    ),
    *[
        Case(
            "augmentation",
            "GenotypeGAN",
            {**SMALL_GAN, "architecture": architecture},
            data=some_genotypes,
            errors=GENOTYPE_ERRORS,
            reads_text=False,
        )
        for architecture in ("mlp", "pg_cgan")
    ],
    Case("features", "KmerCounts", {"k": (2, 3)}),
    Case("features", "KmerCounts", {"k": 2, "weighting": "tfidf", "sublinear": True, "max_features": 9}),
    Case("features", "KmerCounts", {"k": 3, "weighting": "frequency", "canonical": False, "sparse_output": False}),
    Case("features", "GappedKmerCounts", {"l": 4, "k": 3}),
    Case("features", "GappedKmerCounts", {"l": 4, "k": 2, "n_features": 9, "weighting": "frequency"}),
    Case("features", "GappedKmerCounts", {"l": 3, "k": 2, "max_features": 9, "sparse_output": False}),
    Case("features", "MotifOccupancy", {"motifs": MOTIFS}, tolerance=1e-5),
    Case("features", "MotifOccupancy", {"motifs": MOTIFS, "score": "count", "background": "train", "p_value": 0.01}),
    Case("features", "MotifOccupancy", {"motifs": MOTIFS, "score": "max", "strand": "better"}, tolerance=1e-5),
    Case("features", "PositionalKmers", {"k": (1, 3)}),
    Case("features", "PositionalKmers", {"k": 2, "anchor": "both", "tolerance": 1, "sparse_output": False}),
    Case("features", "SequenceComposition", {"groups": "usual", "length": True}),
    Case("features", "SequenceParts", {"transformer": KmerCounts(2, sparse_output=False), "n_parts": 2}),
    *[
        Case(unit, name, params, data=some_covariates, errors=COVARIATE_ERRORS, reads_text=False)
        for unit, name, params in (
            ("encoding", "CovariateEncoder", {}),
            ("features", "SequenceAndCovariates", {"transformer": KmerCounts(2), "weight": 0.5}),
            ("features", "SequenceAndCovariates", {"transformer": KmerCounts(2, sparse_output=False)}),
        )
    ],
    Case("features", "TextColumn", {}),
    Case("evaluation", "AveragedClassifier", {"estimators": [("two", few_kmers(2)), ("three", few_kmers(3))]}),
    Case(
        "evaluation",
        "AveragedRegressor",
        {"estimators": [(f"{k}-mers", make_pipeline(KmerCounts(k), Ridge())) for k in (2, 3)]},
        data=some_activity,
    ),
    Case(
        "evaluation",
        "SequenceModel",
        {"estimator": make_pipeline(KmerCounts(2), Ridge()), "task": "number", "cv": 2},
        data=some_activity,
    ),
    Case(
        "evaluation",
        "IntervalCalibrator",
        data=some_predictions,
        errors=((np.full(4, np.nan), ValueError, "finite"), (np.zeros((4, 2, 1)), ValueError, "dimensions")),
        reads_text=False,
    ),
    Case("evaluation", "ModelSearch", {"candidates": {"two": few_kmers(2), "three": few_kmers(3)}, "cv": 2}),
    Case(
        "evaluation",
        "AugmentationSearch",
        {"estimator": few_kmers(2), "policies": {"mutation": "mutation(rate=0.2)"}, "cv": 2, "n_repeats": 1},
    ),
    Case("evaluation", "SequenceModel", {"estimator": few_kmers(2), "cv": 2}),
    Case("evaluation", "PerTargetClassifier", {"estimator": few_kmers(2)}, data=some_labels),
    Case("evaluation", "TunedClassifier", {"estimator": few_kmers(2), "settings": [{"C": 0.1}, {"C": 9.0}]}),
    Case(
        "evaluation",
        "BestAverageClassifier",
        {"estimators": [(str(k), TunedClassifier(few_kmers(k), [{"C": 1.0}])) for k in (2, 3)], "max_members": 2},
    ),
    Case(
        "evaluation",
        "PerTargetRegressor",
        {"estimator": make_pipeline(KmerCounts(2), Ridge()), "settings": [{"alpha": 1.0}, {"alpha": 9.0}]},
        data=some_activity,
    ),
    Case(
        "evaluation",
        "ProbabilityCalibrator",
        data=some_scores,
        errors=((np.full((4, 2), np.nan), ValueError, "NaN"), (np.zeros((4, 2, 1)), ValueError, "dim 3")),
        reads_text=False,
    ),
    Case("similarity", "KmerSimilarity"),
    Case("similarity", "ApplicabilityDomain", {"k": 4}),
    Case("similarity", "NearestSequenceClassifier"),
    Case("similarity", "NearestSequenceRegressor", data=some_activity),
    Case("embedding", "LanguageModelEmbedder", {"model": TinyModel(), "kmer": 3, "device": "cpu"}, tolerance=1e-5),
    *[
        Case(
            "embedding",
            "PairFeatures",
            {"symmetric": symmetric},
            data=some_paired_vectors,
            errors=((np.full((4, 6), np.nan), ValueError, "NaN"),),
            reads_text=False,
        )
        for symmetric in (False, True)
    ],
    Case(
        "embedding",
        "GlobalMinMaxScaler",
        data=some_paired_vectors,
        errors=((np.full((4, 6), np.nan), ValueError, "NaN"),),
        reads_text=False,
    ),
    Case("classification", "CNNBiLSTMClassifier", SMALL_NETWORK, tolerance=1e-5),
    Case("classification", "MotifCNNClassifier", SMALL_MOTIF_NETWORK, tolerance=1e-5),
    Case("classification", "PromoterCNNClassifier", SMALL_PROMOTER_NETWORK, tolerance=1e-5),
    Case("classification", "PromoterCNNClassifier", {**SMALL_PROMOTER_NETWORK, "strand": "both"}, tolerance=1e-5),
    Case(
        "classification",
        "ResidualMLPClassifier",
        SMALL_RESIDUAL_NETWORK,
        data=some_matrix,
        errors=((np.full((4, 5), np.nan), ValueError, "NaN"), (np.zeros((4, 5, 1)), ValueError, "dim 3")),
        reads_text=False,
        tolerance=1e-5,
    ),
    Case(
        "classification",
        "WindowVotingClassifier",
        {"estimator": LogisticRegression()},
        data=some_bags,
        errors=(
            (np.zeros((2, 96)), SequenceError, "bag"),
            (np.zeros((2, 3, 32)), SequenceError, "window"),
        ),
        reads_text=False,
        tolerance=1e-12,
    ),
    Case("regression", "CNNBiLSTMRegressor", SMALL_NETWORK, data=some_measured_text, tolerance=1e-5),
    Case("regression", "MotifCNNRegressor", SMALL_MOTIF_NETWORK, data=some_measured_text, tolerance=1e-5),
    Case(
        "regression",
        "PromoterCNNRegressor",
        {**SMALL_PROMOTER_NETWORK, "strand": "both"},
        data=some_measured_text,
        tolerance=1e-5,
    ),
    Case(
        "regression",
        "ResidualMLPRegressor",
        SMALL_RESIDUAL_NETWORK,
        data=some_measured_matrix,
        errors=((np.full((4, 5), np.nan), ValueError, "NaN"), (np.zeros((4, 5, 1)), ValueError, "dim 3")),
        reads_text=False,
        tolerance=1e-5,
    ),
    Case(
        "regression",
        "WindowVotingRegressor",
        {"estimator": Ridge()},
        data=some_measured_bags,
        errors=(
            (np.zeros((2, 96)), SequenceError, "bag"),
            (np.zeros((2, 3, 32)), SequenceError, "window"),
        ),
        reads_text=False,
        tolerance=1e-12,
    ),
    Case(
        "model_selection",
        "OptunaSearch",
        {"estimator": LogisticRegression(), "space": {"C": [0.1, 1.0]}, "cv": 2, "n_trials": 2, "random_state": 0},
        data=some_matrix,
        errors=((np.full((4, 5), np.nan), ValueError, "NaN"),),
        reads_text=False,
        tolerance=1e-12,
    ),
]
"""A new public estimator gets a line here."""


def outputs(estimator, X):
    """What the estimator says about X, by method."""
    found = {name: getattr(estimator, name)(X) for name in OUTPUTS if hasattr(estimator, name)}
    if hasattr(estimator, "sample"):
        found["sample"] = estimator.sample(len(ROWS))[0]
    elif hasattr(estimator, "fit_resample"):
        resampled = clone(estimator).fit_resample(X, some_text()[1][: len(X)])[0]
        found["fit_resample"] = np.asarray(resampled, dtype=str).ravel()  # the same kind of thing as X
    assert found, "an estimator without any output"
    return found


def assert_same(first, second, tolerance=0.0):
    assert first.keys() == second.keys()
    for name, one in first.items():
        one, other = (v.toarray() if sparse.issparse(v) else np.asarray(v) for v in (one, second[name]))
        assert one.dtype == other.dtype
        if one.dtype.kind in "fc":
            np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance, err_msg=name)
        else:
            np.testing.assert_array_equal(one, other, err_msg=name)


def public_attributes(estimator):
    return {name for name in vars(estimator) if not name.startswith("_")}


def learned(estimator):
    return public_attributes(estimator) - estimator.get_params(deep=False).keys()


def check_constructor_only_stores(case):
    estimator = case.make()
    parameters = list(inspect.signature(case.cls.__init__).parameters.values())[1:]
    assert public_attributes(estimator) == {parameter.name for parameter in parameters}
    assert vars(estimator).keys() == public_attributes(estimator)
    for name, value in case.params.items():
        assert getattr(estimator, name) is value, f"{name} was changed on the way in"
    for parameter in parameters:
        assert not isinstance(parameter.default, (list, dict, set, np.ndarray)), f"mutable default of {parameter.name}"
        assert parameter.kind is not parameter.VAR_KEYWORD


def check_parameters_have_constraints(case):
    assert case.cls._parameter_constraints.keys() == case.make().get_params(deep=False).keys()


def check_get_and_set_params(case):
    estimator = case.make()
    params = estimator.get_params(deep=False)
    assert estimator.set_params(**params) is estimator
    other = case.cls(**{**case.params})
    for name, value in params.items():
        marker = object()
        assert other.set_params(**{name: marker}).get_params(deep=False)[name] is marker
        other.set_params(**{name: value})
    with pytest.raises(ValueError, match="Invalid parameter 'no_such_thing'"):
        estimator.set_params(no_such_thing=1)


def check_clone_is_unfitted_and_equal(case):
    fitted = case.fitted()
    copied = clone(fitted)
    assert not learned(copied)
    assert repr(copied) == repr(case.make())
    X, y = case.data()
    assert_same(outputs(copied.fit(X, y), X), outputs(fitted, X))


def check_pickle(case):
    fitted = case.fitted()
    X, _ = case.data()
    assert repr(pickle.loads(pickle.dumps(case.make()))) == repr(case.make())
    assert_same(outputs(pickle.loads(pickle.dumps(fitted)), X), outputs(fitted, X))


def check_model_folder(case):
    """Kept in a folder, it is and says the same, bit for bit."""
    fitted = case.fitted()
    X, _ = case.data()
    with tempfile.TemporaryDirectory() as folder:
        loaded = load_model(save_model(fitted, pathlib.Path(folder, "model")))
    assert type(loaded) is type(fitted)
    assert_same(outputs(loaded, X), outputs(fitted, X))
    # reports of augmenters hold data, and how a model was found is told by its card
    assert learned(loaded) == learned(fitted) - {"augment_reports_", "comparison_", "search_"}


def check_fit_returns_self_and_names_end_in_underscore(case):
    estimator = case.make()
    before = estimator.get_params(deep=False)
    assert estimator.fit(*case.data()) is estimator
    after = estimator.get_params(deep=False)
    assert all(after[name] is value for name, value in before.items()), "fit changed a parameter"
    assert learned(estimator), "nothing learned"
    assert all(name.endswith("_") and not name.endswith("__") for name in learned(estimator))
    check_is_fitted(estimator)


def check_refit_forgets(case):
    twice = case.fitted(seed=1)
    X, y = case.data()
    wrong_length = case.data(1)[0]
    twice.fit(X[::-1], y[::-1]).fit(X, y)
    once = case.fitted()
    assert vars(twice).keys() == vars(once).keys()
    assert_same(outputs(twice, wrong_length), outputs(once, wrong_length))


def check_not_fitted_is_said(case):
    X, _ = case.data()
    for name in OUTPUTS:
        if hasattr(case.cls, name) and callable(getattr(case.make(), name, None)):
            with pytest.raises(NotFittedError, match="not fitted"):
                getattr(case.make(), name)(X)


def check_input_is_not_modified(case):
    X, y = case.data()
    before = copy.deepcopy((X, y))
    estimator = case.make().fit(X, y)
    outputs(estimator, X)
    for now, then in zip((X, y), before, strict=True):
        if hasattr(now, "equals"):
            assert now.equals(then)  # gaps equal gaps
        else:
            np.testing.assert_array_equal(np.asarray(now), np.asarray(then))


def check_same_seed_same_result(case):
    numpy_state, python_state = np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002
    X, _ = case.data()
    assert_same(outputs(case.fitted(), X), outputs(case.fitted(), X))
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002
    assert random.getstate() == python_state


def check_outputs_can_be_asked_twice(case):
    fitted = case.fitted()
    X, _ = case.data()
    before = set(vars(fitted))
    assert_same(outputs(fitted, X), outputs(fitted, X))
    assert set(vars(fitted)) == before


def check_row_order(case):
    fitted = case.fitted()
    X, _ = case.data()
    order = np.random.default_rng(3).permutation(len(X))
    rows = getattr(X, "iloc", X)
    shuffled = outputs(fitted, [X[i] for i in order] if case.reads_text else rows[order])
    assert_same({k: v[order] for k, v in outputs(fitted, X).items()}, shuffled, case.tolerance)


def check_rows_do_not_depend_on_each_other(case):
    fitted = case.fitted()
    X, _ = case.data()
    assert_same({k: v[3:5] for k, v in outputs(fitted, X).items()}, outputs(fitted, X[3:5]), case.tolerance)


def check_bad_input(case):
    fitted = case.fitted()
    y = case.data()[1]
    for X, error, message in case.errors:
        with pytest.raises(error, match=message):
            case.make().fit(X, y[: len(X)])
        for name in OUTPUTS:
            if hasattr(fitted, name):
                with pytest.raises(error, match=message):
                    getattr(fitted, name)(X)


def check_wrong_parameters_are_refused(case):
    X, y = case.data()
    for name, constraint in case.cls._parameter_constraints.items():
        if constraint == "no_validation":
            continue
        with pytest.raises((ValueError, TypeError), match=name):
            case.make().set_params(**{name: object()}).fit(X, y)


def check_classes(case):
    estimator = case.fitted()
    X, y = case.data()
    if not is_classifier(estimator):
        assert not hasattr(estimator, "classes_")
        return
    if case.data is some_labels:
        assert [own.tolist() for own in estimator.classes_] == [[0, 1], [0, 1]]
        assert np.isin(estimator.predict(X), (0, 1)).all()
        return
    assert estimator.classes_.tolist() == ["poor", "rich"]
    assert set(estimator.predict(X)) <= {"poor", "rich"}
    assert 0 <= estimator.score(X, y) <= 1
    with pytest.raises(ValueError, match="one class"):
        case.make().fit(X, ["poor"] * len(X))
    with pytest.raises(ValueError, match=r"inconsistent|entries|labels|length"):
        case.make().fit(X, y[:-1])


def check_labels_that_are_no_classes(case):
    X, y = case.data()
    if not is_classifier(case.make()) or case.data is some_labels:
        return
    told = r"y holds 12 different numbers \(.*looks like a measurement|is a classifier.* but y is read as numbers"
    with pytest.raises(DataFormatError, match=told):
        case.make().fit(X, np.linspace(0.1, 2.9, len(X)))
    for missing in (None, np.nan, pd.NA):
        with pytest.raises(DataFormatError, match=r"y is missing for row 3 \(1 of 12 rows\)"):
            case.make().fit(X, [*y[:3], missing, *y[4:]])
    if case.name in ("AugmentationSearch", "AveragedClassifier", "ModelSearch", "OptunaSearch", "SequenceModel"):
        # several outputs are their estimators' matter
        return
    columns = np.eye(2)[[0, 1] * 6]
    if case.make().__sklearn_tags__().classifier_tags.multi_label:
        assert case.make().fit(X, columns).predict_proba(X).shape == (12, 2)
        with pytest.raises(DataFormatError, match="holds 2 for 'y1' in row 5, but a label is 1"):
            case.make().fit(X, columns + np.outer(np.arange(12) == 5, [0, 1]))
    else:
        with pytest.raises(DataFormatError, match=r"one label per row, got shape \(12, 2\).*argmax"):
            case.make().fit(X, columns)
    with pytest.warns(DataConversionWarning, match="A column-vector y was passed"):
        assert case.make().fit(X, y[:, None]).classes_.tolist() == ["poor", "rich"]


def check_text_tags(case):
    tags = case.make().__sklearn_tags__()
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array


STRINGS = np.dtypes.StringDType()
CONTAINERS = {
    "tuple": tuple,
    "bytes": lambda X: [text.encode() for text in X],
    "rows of one": lambda X: [[text] for text in X],
    "array": np.array,
    "array column": lambda X: np.array(X)[:, None],
    "objects": lambda X: np.array(X, dtype=object),
    "object column": lambda X: np.array(X, dtype=object)[:, None],
    "array of bytes": lambda X: np.array(X, dtype=np.bytes_),
    "column of bytes": lambda X: np.array(X, dtype=np.bytes_)[:, None],
    "StringDType": lambda X: np.array(X, dtype=STRINGS),
    "StringDType column": lambda X: np.array(X, dtype=STRINGS)[:, None],
    "series": lambda X: pd.Series(X, index=ROWS),
    "frame": lambda X: pd.DataFrame({"sequence": X}, index=ROWS),
    "string": lambda X: pd.Series(X, index=ROWS, dtype="string").to_frame(),
    "object": lambda X: pd.Series(X, index=ROWS, dtype=object),
    "categorical": lambda X: pd.Series(X, index=ROWS, dtype="category").to_frame(),
    "pandas array": lambda X: pd.array(X, dtype="string"),
    "pandas index": pd.Index,
}
"""Forms of one column of text: each gives what a list of it gives."""


def check_containers_give_the_same(case):
    X, y = case.data(seed=7)
    fitted, place = case.make().fit(X, y), ESTIMATORS.index(case)
    expected = outputs(fitted, X)
    # every form is read, and a frame and three more, others for each estimator, are learned from
    learned_from = {"frame", *(list(CONTAINERS)[(5 * place + step) % len(CONTAINERS)] for step in (0, 2, 7))}
    for name, make in CONTAINERS.items():
        form = make(X)
        got = outputs(case.make().fit(form, y) if name in learned_from else fitted, form)
        assert_same(got, expected)
        for result in got.values():
            if hasattr(result, "index") and isinstance(form, (pd.Series, pd.DataFrame)):
                assert result.index.tolist() == ROWS


def test_containers_of_optional_packages_give_the_same():
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    makers = (
        polars.Series,
        lambda X: polars.DataFrame({"sequence": X}),
        pyarrow.array,
        lambda X: pyarrow.table({"sequence": X}),
        # pandas holds text and names with Arrow, where that is there
        lambda X: pd.Series(X, index=ROWS),
    )
    for place, case in enumerate(case for case in ESTIMATORS if case.reads_text):
        X, y = case.data(seed=7)
        expected = outputs(case.make().fit(X, y), X)
        form = makers[place % len(makers)](X)
        fitted = case.make().fit(form, y)
        for make in makers:
            assert_same(outputs(fitted, make(X)), expected)
        kept = pickle.dumps(fitted)
        assert b"polars" not in kept
        assert b"pyarrow" not in kept


def check_pandas_index_names_the_sequence(case):
    X, y = case.data()
    fitted = case.fitted()
    for bad, error in ((None, SequenceTypeError), ("", SequenceError)):
        broken = pd.Series([*X[:7], bad, *X[8:]], index=ROWS, dtype=object)
        for form in (broken, broken.to_frame("sequence")):
            with pytest.raises(error, match="sequence 'gene7'"):
                case.make().fit(form, y)
            for name in OUTPUTS:
                if hasattr(fitted, name):
                    with pytest.raises(error, match="sequence 'gene7'"):
                        getattr(fitted, name)(form)


def check_a_device_is_an_object_or_its_name(case):
    if "device" not in case.params:
        return
    X, y = case.data()
    named, given = case.fitted(), case.make().set_params(device=torch.device("cpu")).fit(X, y)
    assert_same(outputs(given, X), outputs(named, X))
    with tempfile.TemporaryDirectory() as folder:
        assert load_model(save_model(given, pathlib.Path(folder, "model"))).device == "cpu"
    with pytest.raises(DeviceError, match=r"device must be 'auto', .* or a torch.device, got 'gpu'"):
        case.make().set_params(device="gpu").fit(X, y)


ALL = {
    name: check for name, check in list(globals().items()) if name.startswith("check_") and check is not check_is_fitted
}
TEXT_ONLY = {"check_text_tags", "check_containers_give_the_same", "check_pandas_index_names_the_sequence"}
NO_SEARCH = {"check_model_folder"}
ROW_BY_ROW = {"check_row_order", "check_rows_do_not_depend_on_each_other"}
N_CHECKS = 22


def left_out(case):
    """Checks that say nothing about this estimator.

    Its input is no text, its rows are made and not transformed, or not it is kept but the best estimator that it found.
    """
    of_input = set() if case.reads_text else TEXT_ONLY
    of_search = NO_SEARCH if case.name.endswith("Search") else set()
    return of_input | of_search | (ROW_BY_ROW if hasattr(case.cls, "fit_resample") else set())


def checks_for(case):
    return [name for name in ALL if name not in left_out(case)]


PAIRS = [(case, name) for case in ESTIMATORS for name in checks_for(case)]


# twelve individuals are enough for these checks, and too few for HaplotypeMosaic
@pytest.mark.filterwarnings("ignore::seqaug_sklearn.exceptions.PrivacyWarning")
@pytest.mark.parametrize(("case", "name"), PAIRS, ids=str)
def test_estimator(case, name):
    ALL[name](case)


@pytest.mark.parametrize("case", ESTIMATORS, ids=str)
def test_every_estimator_is_checked(case):
    names = [name for other, name in PAIRS if other is case]
    assert len(names) == len(set(names)) == N_CHECKS - len(left_out(case))


def test_no_public_estimator_is_missing():
    public = set()
    for module in pkgutil.iter_modules(seqaug_sklearn.__path__):
        # the nets of skorch are parts of estimators
        is_public = module.ispkg and module.name != "neural"
        unit = importlib.import_module(f"seqaug_sklearn.{module.name}") if is_public else None
        for name in getattr(unit, "__all__", ()):
            value = getattr(unit, name)
            # the single random edits are parameters of RandomAugmentation and have no fit
            if inspect.isclass(value) and issubclass(value, BaseEstimator) and hasattr(value, "fit"):
                public.add(value)
    missing = public - {case.cls for case in ESTIMATORS}
    assert len(public) >= 2
    assert not missing, f"no entry in ESTIMATORS for {missing}"


class Careless(BaseEstimator):
    """Breaks the contract in ways that the checks must see."""

    _parameter_constraints = {"a": [int]}

    def __init__(self, a=(), b=None):
        self.a = list(a)
        self.b = b

    def fit(self, X, y=None):
        self.history = [*getattr(self, "history", []), *X]
        self.a = None
        return self

    def transform(self, X):
        return np.array([len(self.history) + len(X)] * len(X), dtype=float)


@dataclasses.dataclass(frozen=True)
class CarelessCase(Case):
    @property
    def cls(self):
        return Careless


@pytest.mark.parametrize(
    "name",
    [
        "check_constructor_only_stores",
        "check_parameters_have_constraints",
        "check_fit_returns_self_and_names_end_in_underscore",
        "check_refit_forgets",
        "check_rows_do_not_depend_on_each_other",
        "check_bad_input",
        "check_wrong_parameters_are_refused",
        "check_text_tags",
        "check_pandas_index_names_the_sequence",
    ],
)
def test_the_checks_can_fail(name):
    with pytest.raises((AssertionError, pytest.fail.Exception, AttributeError)):
        ALL[name](CarelessCase("encoding", "Careless", {"a": (1,)}))
