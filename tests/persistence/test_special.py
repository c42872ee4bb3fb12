"""What compiled code would follow without looking is checked: trees, support vectors, vocabularies, categories."""

import json

import numpy as np
import pytest
from sklearn.base import is_regressor
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC, SVR

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.persistence import load_model, save_model
from seqaug_sklearn.persistence._folder import seal
from seqaug_sklearn.persistence._safetensors import pack_arrays, unpack_arrays
from seqaug_sklearn.similarity import ApplicabilityDomain
from seqaug_sklearn.utils import content_digest

ROWS = np.random.default_rng(0).integers(0, 5, (24, 3)).astype(float)
LABELS = np.array(["a", "b", "c"] * 8)
FILE = "arrays.safetensors"


def tamper(folder, name, change):
    """Change the arrays of this name in the folder, with the right hashes."""
    arrays = unpack_arrays((folder / FILE).read_bytes(), FILE)
    keys = [key for key in arrays if key.partition(".")[2] == name]
    assert keys, sorted(arrays)
    for key in keys:
        arrays[key] = change(arrays[key])
    (folder / FILE).write_bytes(pack_arrays(arrays))
    reseal(folder, lambda content: None)


def reseal(folder, change):
    content = json.loads((folder / "model.json").read_text())
    data = (folder / FILE).read_bytes()
    content["files"][FILE] = {"size": len(data), "sha256": content_digest(data)}
    change(content)
    content.pop("sha256")
    (folder / "model.json").write_text(json.dumps(seal(content)))


def structured(content, field):
    """Names of the arrays that hold a field of the nodes."""

    def walk(node):
        if isinstance(node, dict) and node.get("kind") == "structured":
            yield dict(node["fields"])[field]["name"]
        for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from walk(part)

    return list(walk(content["model"]))


@pytest.mark.parametrize(
    ("model", "field", "value", "message"),
    [
        (RandomForestClassifier(2, random_state=0), "left_child", 10**6, "leads outside of it, or back"),
        (RandomForestClassifier(2, random_state=0), "left_child", 0, "leads outside of it, or back"),
        (RandomForestClassifier(2, random_state=0), "right_child", -5, "leads outside of it, or back"),
        (RandomForestClassifier(2, random_state=0), "feature", 3, "reads a feature which is not there"),
        (RandomForestClassifier(2, random_state=0), "feature", -1, "reads a feature which is not there"),
        (HistGradientBoostingClassifier(max_iter=1, min_samples_leaf=2), "left", 2**31, "leads outside of it, or back"),
        (
            HistGradientBoostingClassifier(max_iter=1, min_samples_leaf=2),
            "feature_idx",
            3,
            "features that are not there",
        ),
        (HistGradientBoostingClassifier(max_iter=1, min_samples_leaf=2), "is_categorical", 1, "splits by categories"),
    ],
)
def test_trees_lead_nowhere_else(model, field, value, message, tmp_path):
    folder = save_model(model.fit(ROWS, LABELS), tmp_path / "model")
    names = structured(json.loads((folder / "model.json").read_text()), field)
    arrays = unpack_arrays((folder / FILE).read_bytes(), FILE)
    for name in names:
        # the first node is no leaf
        arrays[name][0] = value
    (folder / FILE).write_bytes(pack_arrays(arrays))
    reseal(folder, lambda content: None)
    with pytest.raises(DataFormatError, match=message):
        load_model(folder)


@pytest.mark.parametrize(
    ("model", "name", "change", "message"),
    [
        (RandomForestClassifier(1), "values", lambda a: a[:1], "values that do not fit its nodes"),
        (RandomForestClassifier(1), "n_classes", lambda a: a * 10**6, "values that do not fit its nodes"),
        (SVC(), "n_support", lambda a: a * 100, "its coefficients do not fit"),
        (SVC(), "dual_coef", lambda a: a[:, :2], "its coefficients do not fit"),
        (SVC(), "support", lambda a: a[:2], "its support vectors do not fit"),
        (SVC(), "support_vectors", lambda a: a[:, :1], "its support vectors do not fit"),
        (SVC(), "intercept", lambda a: a[:1], "its coefficients do not fit"),
        (SVR(), "n_support", lambda a: a[:1], "its coefficients do not fit"),
        (KNeighborsClassifier(), "fit_X", lambda a: a[:, :2], "its rows do not fit"),
        (KNeighborsClassifier(), "y", lambda a: a[:3], "its labels do not fit its rows"),
        (OneHotEncoder(), "categories__0", lambda a: a[:1], "its categories_ do not fit its columns"),
    ],
)
def test_parts_that_do_not_fit_are_refused(model, name, change, message, tmp_path):
    folder = save_model(model.fit(ROWS, np.arange(24) if is_regressor(model) else LABELS), tmp_path / "model")
    tamper(folder, name, change)
    with pytest.raises(DataFormatError, match=message):
        load_model(folder)


@pytest.mark.parametrize(
    ("model", "name", "value", "message"),
    [
        (SVC(), "_effective_probability", True, "its probabilities do not fit its classes"),
        (SVC(), "_effective_probability", 3, "its probabilities do not fit its classes"),
        (SVC(), "kernel", "precomputed", "a kernel that is precomputed or a function is not kept"),
        (SVR(), "kernel", None, "a kernel that is precomputed or a function is not kept"),
    ],
)
def test_support_vectors_are_read_as_they_are_written(model, name, value, message, tmp_path):
    folder = save_model(model.fit(ROWS, np.arange(24) if is_regressor(model) else LABELS), tmp_path / "model")
    where = "params" if name in model.get_params() else "fitted"
    reseal(folder, lambda content: content["model"][where].update({name: value}))
    with pytest.raises(DataFormatError, match=message):
        load_model(folder)


def test_vocabularies_number_their_words(tmp_path):
    texts = ["ACGT", "CCGT", "AAAA"] * 8
    model = make_pipeline(CountVectorizer(analyzer="char"), MultinomialNB()).fit(texts, LABELS)
    folder = save_model(model, tmp_path / "model")

    def outside(content):
        words = content["model"]["params"]["steps"][0]["items"][1]["fitted"]["vocabulary_"]["items"]
        words[0][1] = 10**6

    reseal(folder, outside)
    with pytest.raises(DataFormatError, match="its vocabulary_ does not number its words"):
        load_model(folder)


def test_sparse_arrays_lead_nowhere_else(tmp_path):
    texts = ["ACGT", "CCGT", "AAAA"] * 8
    model = make_pipeline(CountVectorizer(analyzer="char"), KNeighborsClassifier()).fit(texts, LABELS)
    folder = save_model(model, tmp_path / "model")
    tamper(folder, "indices", lambda a: a + 10**6)
    with pytest.raises(DataFormatError, match=r"cannot be used .*indices"):
        load_model(folder)


def test_training_rows_of_a_domain_are_there(tmp_path):
    domain = ApplicabilityDomain(k=3).fit(["ACGTACGGA", "CCGTTAGGA", "AAAATTTCA"])
    folder = save_model(domain, tmp_path / "model")
    tamper(folder, "rows", lambda a: a + 10**6)
    with pytest.raises(DataFormatError, match="cannot be used"):
        load_model(folder)


def test_binned_features_of_another_number(tmp_path):
    folder = save_model(HistGradientBoostingClassifier(max_iter=1).fit(ROWS, LABELS), tmp_path / "model")
    tamper(folder, "is_categorical_"[:-1], np.ones_like)
    with pytest.raises(DataFormatError, match="it has categories, which is refused"):
        load_model(folder)
