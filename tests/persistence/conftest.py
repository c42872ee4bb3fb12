"""Folders of models: one that is whole, and tools that make it hostile."""

import json
import os
import pickle
import shutil

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.persistence import save_model
from seqaug_sklearn.persistence._folder import seal
from seqaug_sklearn.utils import content_digest

SMALL = {"n_filters": 3, "kernel_size": 5, "max_epochs": 1, "device": "cpu", "validation_fraction": None}


def texts(n=24, length=30, seed=0):
    """Sequences in two classes, one of which is rich in G and C."""
    rng = np.random.default_rng(seed)
    weights = ([0.4, 0.1, 0.1, 0.4], [0.1, 0.4, 0.4, 0.1])
    return ["".join(rng.choice(list("ACGT"), length, p=weights[i % 2])) for i in range(n)]


LABELS = np.array(["poor", "rich"] * 12)


class Bomb:
    """Unpickling it writes the canary."""

    def __init__(self, canary):
        self.canary = canary

    def __reduce__(self):
        return open, (str(self.canary), "w")


class Folder:
    """A copy of a model folder, and what an attacker does to it."""

    def __init__(self, path, canary):
        self.path, self.canary = path, canary

    @property
    def content(self):
        return json.loads((self.path / "model.json").read_text())

    def edit(self, change):
        """Change model.json as ``change(content)`` does, with the right hash."""
        content = self.content
        change(content)
        content.pop("sha256", None)
        self.write("model.json", json.dumps(seal(content)).encode())

    def write(self, name, data):
        (self.path / name).write_bytes(data)

    def replace(self, name, data):
        """Put other bytes into a file, with the right size and hash."""
        self.write(name, data)
        entry = {"size": len(data), "sha256": content_digest(data)}
        self.edit(lambda content: content["files"].update({name: entry}))

    def pickle(self):
        return pickle.dumps(Bomb(self.canary))

    def node(self, change):
        """Change the tree of the estimator."""
        self.edit(lambda content: change(content["model"]))


@pytest.fixture(scope="session")
def saved_network(tmp_path_factory):
    model = MotifCNNClassifier(**SMALL, random_state=0).fit(texts(), LABELS)
    return save_model(model, tmp_path_factory.mktemp("network") / "model")


@pytest.fixture(scope="session")
def saved_forest(tmp_path_factory):
    words = CountVectorizer(analyzer="char", ngram_range=(2, 2))
    model = make_pipeline(words, RandomForestClassifier(3, random_state=0)).fit(texts(), LABELS)
    return save_model(model, tmp_path_factory.mktemp("forest") / "model")


def copied(saved, tmp_path):
    shutil.copytree(saved, tmp_path / "model")
    return Folder(tmp_path / "model", tmp_path / "canary")


@pytest.fixture
def network(saved_network, tmp_path):
    return copied(saved_network, tmp_path)


@pytest.fixture
def forest(saved_forest, tmp_path):
    return copied(saved_forest, tmp_path)


@pytest.fixture
def cannot_link():
    if not hasattr(os, "symlink"):
        pytest.skip("this system has no links")
