"""Classifiers to explain: two small trained networks, a linear one, a motif detector, a model of text."""

import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.classification import CNNBiLSTMClassifier, PromoterCNNClassifier
from seqaug_sklearn.utils import text_to_codes


class FixedNetwork(ClassifierMixin, BaseEstimator):
    """A network of given weights with the two methods that inspection asks for."""

    alphabet = "dna"
    n_symbols_ = 4

    def __init__(self, module=None, length=None, classes=("no", "yes")):
        self.module = module
        self.length = length
        self.classes = classes

    def fit(self, X, y):
        raise AssertionError("the weights are given")

    def __sklearn_is_fitted__(self):
        return True

    @property
    def classes_(self):
        return np.array(self.classes)

    @property
    def length_(self):
        return self.length

    def encode_windows(self, X):
        codes = text_to_codes(list(X), DNA, length=self.length)
        return codes, np.arange(len(codes)), np.array([len(text) for text in X])

    def logits_module(self, device=None):
        return self.module

    def predict(self, X):
        codes, *_ = self.encode_windows(X)
        logits = self.module(torch.eye(5, 4)[torch.from_numpy(codes).long()], None)
        return self.classes_[logits.detach().numpy().argmax(1)]


class LinearModule(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.weights = torch.nn.Parameter(torch.as_tensor(weights, dtype=torch.float32))

    def forward(self, x, lengths=None):
        return torch.einsum("nls,lsc->nc", x, self.weights)


class MotifModule(torch.nn.Module):
    """Logit of "yes": softplus of how well the best position fits a motif."""

    def __init__(self, motif):
        super().__init__()
        kernel = np.eye(5, 4)[DNA.table[list(motif.encode())]].T[None] - 0.25
        self.kernel = torch.nn.Parameter(torch.as_tensor(kernel, dtype=torch.float32))

    def forward(self, x, lengths=None):
        best = torch.nn.functional.conv1d(x.transpose(1, 2), self.kernel)[:, 0].amax(dim=1)
        yes = torch.nn.functional.softplus(2 * best - 4)
        return torch.stack([torch.zeros_like(yes), yes], dim=1)


@pytest.fixture(scope="session")
def fixed_network():
    return FixedNetwork


@pytest.fixture(scope="session")
def linear(fixed_network):
    """Linear network on 8 residues and its weights (length, symbols, classes)."""
    weights = np.random.default_rng(3).normal(size=(8, 4, 3)).astype(np.float32)
    return fixed_network(LinearModule(weights), 8, ("a", "b", "c")), weights


@pytest.fixture(scope="session")
def detector(fixed_network):
    """Network that looks for CACGTG in 40 residues."""
    return fixed_network(MotifModule("CACGTG"), 40)


@pytest.fixture(scope="session")
def training_data():
    """24 sequences of 24 residues (one shorter), half with a motif."""
    rng = np.random.default_rng(5)
    X = ["".join(row) for row in rng.choice(list("ACGT"), size=(24, 24))]
    X[::2] = [text[:9] + "CACGTG" + text[15:] for text in X[::2]]
    X[3] = X[3][:19]
    return X, np.array(["yes", "no"] * 12)


@pytest.fixture(scope="session")
def cnn(training_data):
    """Trained on both strands; pads to 26."""
    model = PromoterCNNClassifier(
        conv_channels=(16, 8), kernel_size=6, pool_size=3, dense_units=(16,), strand="both", pad_to=26, lr=5e-3,
        max_epochs=12, batch_size=8, validation_fraction=None, device="cpu", random_state=0,
    )  # fmt: skip
    return model.fit(*training_data)


@pytest.fixture(scope="session")
def lstm(training_data):
    model = CNNBiLSTMClassifier(
        conv_channels=(8,), hidden_size=6, num_layers=2, dense_units=(8,), dropout=0.0, lr=2e-2, lr_decay=None,
        max_epochs=25, batch_size=6, validation_fraction=None, device="cpu", random_state=0,
    )  # fmt: skip
    return model.fit(*training_data)


@pytest.fixture(scope="session")
def network(request):
    """The network that a test names through indirect parametrisation."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def kmers(training_data):
    """Logistic regression on counts of 3-mers, from text."""
    model = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(3, 3)), LogisticRegression(C=10))
    return model.fit(*training_data)
