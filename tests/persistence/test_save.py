"""What is saved comes back: the same predictions, bit for bit, here and in another process."""

import json
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from scipy import sparse
from sklearn.base import is_regressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import (
    BayesianRidge,
    HuberRegressor,
    LogisticRegression,
    LogisticRegressionCV,
    PoissonRegressor,
    Ridge,
    RidgeCV,
    SGDClassifier,
)
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, KBinsDiscretizer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR

from seqaug_sklearn import OneHotEncoder as SequenceOneHotEncoder
from seqaug_sklearn import WindowAugmenter
from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.augmentation import OrthologAugmenter, RandomAugmentation, RandomMutation
from seqaug_sklearn.classification import WindowVotingClassifier
from seqaug_sklearn.evaluation import AveragedRegressor, PerTargetClassifier, PerTargetRegressor
from seqaug_sklearn.exceptions import InvalidParameterError, OutputExistsError, SeqAugWarning
from seqaug_sklearn.features import KmerCounts, PositionalKmers, SequenceComposition
from seqaug_sklearn.persistence import load_model, save_model
from seqaug_sklearn.similarity import (
    ApplicabilityDomain,
    KmerSimilarity,
    NearestSequenceClassifier,
    NearestSequenceRegressor,
)

METHODS = ("predict_proba", "decision_function", "predict", "transform")
TEXTS = ["".join(np.random.default_rng(i).choice(list("ACGT"), 30)) for i in range(30)]
LABELS = np.array(["a", "b", "c"] * 10)
ROWS = np.random.default_rng(0).normal(size=(30, 3)) + (LABELS == "b")[:, None]


def outputs(model, X):
    return {name: np.asarray(plain(getattr(model, name)(X))) for name in METHODS if hasattr(model, name)}


def plain(values):
    return values.toarray() if sparse.issparse(values) else values


def assert_same(model, loaded, X):
    expected, found = outputs(model, X), outputs(loaded, X)
    assert expected
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values, err_msg=name)


OF_NUMBERS = [
    LogisticRegression(),
    LogisticRegressionCV(cv=2),
    Ridge(),
    SGDClassifier(random_state=0),
    SVC(probability=False),
    SVC(kernel="linear", decision_function_shape="ovo"),
    SVR(),
    LinearSVR(),
    RidgeCV(),
    BayesianRidge(),
    PoissonRegressor(),
    HuberRegressor(),
    DummyRegressor(strategy="median"),
    KNeighborsRegressor(),
    TransformedTargetRegressor(SVR(), transformer=StandardScaler()),
    RandomForestRegressor(3, random_state=0),
    VotingRegressor([("ridge", Ridge()), ("trees", HistGradientBoostingRegressor(max_iter=2))]),
    LinearSVC(),
    RandomForestClassifier(3, random_state=0),
    ExtraTreesRegressor(3, random_state=0),
    HistGradientBoostingClassifier(max_iter=2),
    HistGradientBoostingRegressor(max_iter=2),
    KNeighborsClassifier(),
    KNeighborsClassifier(algorithm="brute"),
    MLPClassifier(max_iter=2, random_state=np.random.RandomState(0)),
    GaussianNB(),
    DummyClassifier(),
    CalibratedClassifierCV(LogisticRegression(), cv=2),
    CalibratedClassifierCV(SVC(), cv=2, method="isotonic"),
    VotingClassifier([("linear", LogisticRegression()), ("bayes", GaussianNB())], voting="soft"),
    StackingClassifier([("linear", LogisticRegression())], cv=2),
    StandardScaler().set_output(transform="pandas"),
    PCA(2),
    KBinsDiscretizer(2, quantile_method="averaged_inverted_cdf"),
    OneHotEncoder(),
    ColumnTransformer([("scaled", StandardScaler(), [0])], remainder="passthrough"),
    FeatureUnion([("scaled", StandardScaler()), ("pca", PCA(1))]),
    make_pipeline(SelectKBest(k=2), LogisticRegression()),
    make_sampling_pipeline(RandomOverSampler(random_state=0), LogisticRegression()),
]


@pytest.mark.parametrize("model", OF_NUMBERS, ids=lambda model: str(model).replace("\n", "")[:60])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore:left out")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_parts_of_scikit_learn_come_back(model, tmp_path):
    y = np.arange(30.0) if is_regressor(model) else LABELS
    model.fit(ROWS, y)
    assert_same(model, load_model(save_model(model, tmp_path / "model")), ROWS)


OF_TEXT = [
    make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 3)), TfidfTransformer(), LogisticRegression()),
    make_pipeline(CountVectorizer(analyzer="char"), SVC()),
    make_pipeline(CountVectorizer(analyzer="char"), KNeighborsClassifier()),
    make_pipeline(SequenceOneHotEncoder(flatten=True), LogisticRegression()),
    make_pipeline(KmerCounts((2, 3), weighting="tfidf"), LogisticRegression()),
    make_pipeline(PositionalKmers((1, 2), anchor="both"), LogisticRegression()),
    make_pipeline(SequenceComposition(groups="usual"), LogisticRegression()),
    make_pipeline(SequenceOneHotEncoder(DNA, flatten=True, dtype=np.float64), LogisticRegression()),
    make_pipeline(
        WindowAugmenter(window=10, overlap=(1, 3), min_shared=4, max_windows=5),
        SequenceOneHotEncoder(flatten=True),
        WindowVotingClassifier(LogisticRegression()),
    ),
    make_pipeline(KmerCounts(k=(2, 3), weighting="frequency"), LogisticRegression()),
    make_pipeline(PositionalKmers(k=2), LogisticRegression()),
    NearestSequenceClassifier(k=4),
    NearestSequenceClassifier(k=(40, 41)),
    KmerSimilarity(k=(3, 5), n_neighbors=3),
    make_sampling_pipeline(
        RandomAugmentation([RandomMutation(0.1)], random_state=0), SequenceOneHotEncoder(flatten=True), GaussianNB()
    ),
]


@pytest.mark.parametrize("model", OF_TEXT, ids=lambda model: str(model).replace("\n", "")[:60])
def test_models_of_text_come_back(model, tmp_path):
    texts = [text + text for text in TEXTS] if getattr(model, "k", None) == (40, 41) else TEXTS
    model.fit(texts, LABELS)
    loaded = load_model(save_model(model, tmp_path / "model"))
    assert_same(model, loaded, [text[::-1] for text in texts] + texts[:3])
    assert str(loaded) == str(model)


OF_SEVERAL_NUMBERS = [
    Ridge(),
    KNeighborsRegressor(),
    MultiOutputRegressor(HistGradientBoostingRegressor(max_iter=2)),
    MultiOutputClassifier(LogisticRegression()),
    make_pipeline(CountVectorizer(analyzer="char"), TransformedTargetRegressor(Ridge(), transformer=StandardScaler())),
    NearestSequenceRegressor(k=4),
    PerTargetRegressor(make_pipeline(KmerCounts(2), Ridge()), settings=[{"alpha": 0.1}, {"alpha": 10.0}]),
    PerTargetRegressor(make_pipeline(KmerCounts(2), SVR())),
    PerTargetClassifier(make_pipeline(KmerCounts(2), LogisticRegression())),
    AveragedRegressor([("ridge", make_pipeline(KmerCounts(2), Ridge()))]),
]


@pytest.mark.parametrize("model", OF_SEVERAL_NUMBERS, ids=lambda model: str(model).replace("\n", "")[:60])
def test_models_of_several_targets_come_back(model, tmp_path):
    y = ROWS[:, :2] if is_regressor(model) else (ROWS[:, :2] > 0.2).astype(int)
    takes_numbers = type(model).__module__.startswith("sklearn.") and not hasattr(model, "steps")
    X = ROWS if takes_numbers else TEXTS
    model.fit(X, y)
    assert_same(model, load_model(save_model(model, tmp_path / "model")), X)


def test_tables_keep_their_columns(tmp_path):
    table = pd.DataFrame(ROWS, columns=["x", "y", "z"])
    model = ColumnTransformer([("scaled", StandardScaler(), ["x", "z"])]).fit(table)
    loaded = load_model(save_model(model, tmp_path / "model"))
    np.testing.assert_array_equal(loaded.transform(table), model.transform(table))
    assert loaded.feature_names_in_.tolist() == ["x", "y", "z"]


def test_another_process_predicts_the_same(saved_forest, saved_network, tmp_path):
    code = (
        "import sys, numpy as np; from seqaug_sklearn.persistence import load_model\n"
        "X = sys.argv[-1].split(',')\n"
        "for folder in sys.argv[1:3]: print(load_model(folder).predict_proba(X).tobytes().hex())"
    )
    command = [sys.executable, "-c", code, str(saved_forest), str(saved_network), ",".join(TEXTS[:5])]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    here = [load_model(folder).predict_proba(TEXTS[:5]).tobytes().hex() for folder in (saved_forest, saved_network)]
    assert printed == here


def test_the_same_model_is_the_same_bytes(tmp_path):
    model = make_pipeline(CountVectorizer(analyzer="char"), RandomForestClassifier(2, random_state=0)).fit(
        TEXTS, LABELS
    )
    one, other = (save_model(model, tmp_path / name, about={"b": 1, "a": 2}) for name in ("one", "other"))
    for file in ("model.json", "arrays.safetensors", "MODEL_CARD.md"):
        assert (one / file).read_bytes() == (other / file).read_bytes()


def test_an_earlier_model_is_replaced_and_nothing_else(tmp_path):
    model = GaussianNB().fit(ROWS, LABELS)
    save_model(RandomForestClassifier(1).fit(ROWS, LABELS), tmp_path / "model")
    save_model(model, tmp_path / "model")
    assert_same(model, load_model(tmp_path / "model"), ROWS)
    (tmp_path / "model" / "MODEL_CARD.md").write_text("My own words.")
    with pytest.warns(SeqAugWarning, match=r"kept: MODEL_CARD\.md as MODEL_CARD\.kept\.md"):
        save_model(model, tmp_path / "model")
    assert_same(model, load_model(tmp_path / "model"), ROWS)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputExistsError, match="holds no earlier model"):
        save_model(model, tmp_path / "other")
    assert [file.name for file in (tmp_path / "other").iterdir()] == ["thesis.txt"]


def test_nothing_is_written_where_it_fails(tmp_path):
    model = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression()).fit(np.abs(ROWS), LABELS)
    with pytest.raises(
        InvalidParameterError, match=r"functiontransformer\.func is a function .* keep the model with jo"
    ):
        save_model(model, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_private_models_keep_sketches(tmp_path):
    domain = ApplicabilityDomain(k=6, sketch=2).fit(TEXTS)
    loaded = load_model(save_model(domain, tmp_path / "model", private=True))
    pd.testing.assert_frame_equal(loaded.report(TEXTS[3:]), domain.report(TEXTS[3:]))
    with pytest.raises(InvalidParameterError, match=r"\(ApplicabilityDomain\) consists of training rows"):
        save_model(ApplicabilityDomain(k=6).fit(TEXTS), tmp_path / "model", private=True)


class OwnClassifier(LogisticRegression):
    """A class of the user's."""


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (OwnClassifier(), r"is a .*OwnClassifier, which is not on the list"),
        (GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2), "is a search; save its best_estimator_"),
        (HistGradientBoostingClassifier(max_iter=1, categorical_features=[0]), "splits by categories"),
    ],
)
def test_what_cannot_be_kept_is_said(model, message, tmp_path):
    X = np.column_stack([np.arange(30) % 3, ROWS])
    with pytest.raises(InvalidParameterError, match=message):
        save_model(model.fit(X, LABELS), tmp_path / "model")


def test_only_fitted_estimators(tmp_path):
    with pytest.raises(NotFittedError, match="not fitted"):
        save_model(LogisticRegression(), tmp_path / "model")
    with pytest.raises(InvalidParameterError, match="estimator must be a fitted estimator, got str"):
        save_model("model", tmp_path / "model")


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ("fit", "about must be a dict"),
        ({"score": float("nan")}, "finite numbers"),
        ({"model": object()}, "text, finite"),
    ],
)
def test_about_is_plain(about, message, tmp_path):
    with pytest.raises(InvalidParameterError, match=message):
        save_model(GaussianNB().fit(ROWS, LABELS), tmp_path / "model", about=about)


def test_about_takes_numbers_of_numpy(tmp_path):
    folder = save_model(GaussianNB().fit(ROWS, LABELS), tmp_path / "model", about={"sequences": np.int64(30)})
    assert json.loads((folder / "model.json").read_text())["about"] == {"sequences": 30}


def test_what_only_fit_needs_is_left_out_with_a_word(tmp_path):
    model = MLPClassifier(max_iter=300, tol=1.0, random_state=np.random.RandomState(0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(ROWS, LABELS)
    with pytest.warns(SeqAugWarning, match=r"left out of the model in .*estimator.random_state"):
        folder = save_model(model, tmp_path / "model")
    assert "estimator.random_state" in json.loads((folder / "model.json").read_text())["left_out"][0]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (NearestSequenceClassifier(k=4), "consists of training rows"),
        (make_pipeline(CountVectorizer(analyzer="char"), SVC()), r"svc \(SVC\) consists of training rows"),
        (make_pipeline(CountVectorizer(lowercase=False), LogisticRegression()), "looks like a sequence"),
    ],
)
def test_private_models_hold_no_rows(model, message, tmp_path):
    with pytest.raises(InvalidParameterError, match=message):
        save_model(model.fit(TEXTS, LABELS), tmp_path / "model", private=True)


def test_private_models_hold_no_augmenter_with_data(tmp_path):
    named = pd.Series(TEXTS, index=[f"gene{i}" for i in range(30)])
    orthologs = {f"gene{i}": [TEXTS[i][::-1]] for i in range(10)}
    model = make_sampling_pipeline(
        OrthologAugmenter(orthologs, n_copies=1, random_state=0),
        SequenceOneHotEncoder(flatten=True),
        LogisticRegression(),
    ).fit(named, LABELS)
    with pytest.warns(SeqAugWarning, match="OrthologAugmenter: only fit needs it"):
        folder = save_model(model, tmp_path / "model", private=True)
    everything = b"".join(file.read_bytes() for file in folder.iterdir()).decode("latin-1")
    assert not any(text in everything or text[::-1] in everything for text in TEXTS)
    assert_same(model, load_model(folder), TEXTS)
    with pytest.raises(InvalidParameterError, match="looks like a sequence"):
        save_model(GaussianNB().fit(ROWS, LABELS), tmp_path / "other", about={"first": TEXTS[0]}, private=True)
