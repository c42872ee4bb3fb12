"""Planted leaks, what two rows share, read from the definitions; searches over small trees."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.model_selection import StratifiedKFold
from sklearn.tree import DecisionTreeClassifier

from seqaug_sklearn.model_selection import OptunaSearch

COMPLEMENT = str.maketrans("ACGT", "TGCA")


@pytest.fixture
def reverse_complement():
    return lambda text: text.translate(COMPLEMENT)[::-1]


@pytest.fixture
def mutate(rng):
    """Factory: replace exactly this share of a DNA sequence's residues."""

    def make(text, share):
        letters = list(text)
        for i in rng.choice(len(text), round(share * len(text)), replace=False):
            letters[i] = rng.choice([c for c in "ACGT" if c != letters[i]])
        return "".join(letters)

    return make


@pytest.fixture
def leaks(rng, random_dna, mutate, reverse_complement):
    """Kind of leak -> function that makes a leaking row of a DNA sequence."""

    def shift(text):
        by = int(rng.integers(1, 21))
        new = random_dna(1, by)[0]
        return text[by:] + new if rng.random() < 0.5 else new + text[:-by]

    return {
        "copy": lambda text: text,
        "lower case": str.lower,
        "shift": shift,
        "reverse complement": reverse_complement,
        "shift on the other strand": lambda text: reverse_complement(shift(text)),
        "overlap": lambda text: random_dna(1, len(text) - 60)[0] + text[:60],
        "homolog": lambda text: mutate(text, 0.1),
        "homolog on the other strand": lambda text: reverse_complement(mutate(text, 0.1)),
    }


@pytest.fixture
def holding(random_dna):
    """Factory: a random sequence of this length that holds (start, size) stretches of a parent and no residue more."""

    def make(parent, stretches, length):
        text = ""
        for start, size in stretches:
            before, after = (next(c for c in "ACGT" if c != parent[i]) for i in (start - 1, start + size))
            text += random_dna(1, 9)[0] + before + parent[start : start + size] + after
        return text + random_dna(1, length - len(text))[0]

    return make


@pytest.fixture
def windows_of():
    """Factory: all windows of all sequences, text (n,) and positions (n, 2)."""

    def cut(sequences, window=40, step=1):
        rows = [(s[i : i + window], p, i) for p, s in enumerate(sequences) for i in range(0, len(s) - window + 1, step)]
        return np.array([row[0] for row in rows]), np.array([row[1:] for row in rows])

    return cut


@pytest.fixture(scope="module")
def data():
    """Ninety rows of six numbers in two classes."""
    return make_classification(90, 6, flip_y=0.2, random_state=0)


@pytest.fixture
def make_search():
    """Factory: a search over decision trees, by default."""
    import optuna

    tree = DecisionTreeClassifier(random_state=0)
    ranges = {
        "max_depth": optuna.distributions.IntDistribution(1, 6),
        "min_impurity_decrease": optuna.distributions.FloatDistribution(1e-4, 0.1, log=True),
    }
    folds = StratifiedKFold(3, shuffle=True, random_state=0)

    def make(n_trials=4, estimator=tree, space=ranges, **params):
        return OptunaSearch(estimator, space, **{"cv": folds, "n_trials": n_trials, "random_state": 0, **params})

    return make


@pytest.fixture
def outcome():
    """What two searches that must be equal have in common: all results but the times."""

    def of(search):
        results = {name: values for name, values in search.cv_results_.items() if not name.endswith("_time")}
        return {name: np.ma.filled(values, -1).tolist() for name, values in results.items()}

    return of


@pytest.fixture
def valued():
    """A class of estimators with one parameter, which counts its fits."""

    class Valued(ClassifierMixin, BaseEstimator):
        n_fits = 0

        def __init__(self, value=0):
            self.value = value

        def fit(self, X, y):
            Valued.n_fits += 1
            self.classes_ = np.unique(y)
            return self

        def score(self, X, y):
            return self.value if isinstance(self.value, (int, float)) else 0.0

    return Valued


@pytest.fixture
def relatives():
    """Factory: eight families of three near-copies as a Series, always the same, and their labels."""

    def make():
        rng = np.random.default_rng(0)
        ancestors = rng.choice(list("ACGT"), (8, 60))
        texts = ["".join(np.where(rng.random(60) < 0.03, "A", row)) for row in np.repeat(ancestors, 3, axis=0)]
        return pd.Series(texts, index=[f"gene{i}" for i in range(24)]), np.repeat([0, 1] * 4, 3)

    return make


@pytest.fixture
def journal(tmp_path):
    """A storage for searches that is quicker to set up than a database."""
    from optuna.storages import JournalStorage, journal

    return JournalStorage(journal.JournalFileBackend(str(tmp_path / "search.log")))
