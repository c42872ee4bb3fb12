"""Classifiers that choose a setting, and their average, on inner folds that keep relatives apart."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.evaluation import BestAverageClassifier, TunedClassifier
from seqaug_sklearn.evaluation._model_parts._inner_choice import inner_folds
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.features import KmerCounts, PositionalKmers, SequenceComposition

WEAK, STRONG = SETTINGS = [{"C": 1e4}, {"C": 1e-4}]


def positions():
    return make_pipeline(PositionalKmers(1), LogisticRegression(max_iter=1000))


@pytest.fixture
def families(rng, random_dna):
    """Families with a class of their own, which nothing in the sequence tells: copies with one residue changed."""
    parents, kinds = random_dna(30, 40), rng.permutation(np.repeat(["no", "yes"], 15))
    X = [text[:at] + "ACGT"[at % 4] + text[at + 1 :] for text in parents for at in range(4)]
    return X, np.repeat(kinds, 4), np.repeat(np.arange(30), 4)


def test_relatives_do_not_choose_for_each_other(families):
    X, y, family = families
    chosen = [TunedClassifier(positions(), SETTINGS).fit(X, y, groups=groups).setting_ for groups in (None, family)]
    assert chosen == [WEAK, STRONG]


def test_what_is_said_of_rows_comes_from_models_that_lack_them(families, rng):
    X, y, family = families
    model = TunedClassifier(positions(), [WEAK])
    said = model.fit_and_hold_out(X, y, groups=family)
    folds = inner_folds(X, family, 3, y)
    for fold in range(3):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        assert not set(family[train]) & set(family[test])
        naive = positions().set_params(logisticregression__C=1e4).fit([X[row] for row in train], y[train])
        np.testing.assert_allclose(said[test], naive.predict_proba([X[row] for row in test]))
    order = rng.permutation(len(y))
    again = TunedClassifier(positions(), [WEAK]).fit_and_hold_out([X[row] for row in order], y[order], family[order])
    np.testing.assert_allclose(again, said[order], atol=1e-4)


def test_the_least_log_loss_decides_for_several_classes(rng, random_dna):
    y = np.repeat(["a", "b", "c"], 20)
    X = [
        text[:10] + "ACG"[place] * 6 + text[16:]
        for text, place in zip(random_dna(60, 20), np.arange(60) // 20, strict=True)
    ]
    settings = [{"C": c} for c in (1e-3, 1e-2, 1.0, 100.0)]
    model = TunedClassifier(positions(), settings).fit(X, y)
    losses = [log_loss(y, TunedClassifier(positions(), [one]).fit_and_hold_out(X, y)) for one in settings]
    assert model.setting_ == settings[int(np.argmin(losses))] != settings[0]
    assert model.classes_.tolist() == ["a", "b", "c"]
    assert model.decision_function(X).shape == (60, 3)
    assert (model.predict(X) == y).all()


def test_with_one_group_of_a_class_the_middle_is_taken_and_nothing_is_said(random_dna):
    X, y = random_dna(8, 20), [0, 1] * 4
    model = TunedClassifier(positions(), [*SETTINGS, {"C": 1.0}])
    assert model.fit_and_hold_out(X, y, groups=[0, 9] * 4) is None
    assert model.setting_ == STRONG
    average = BestAverageClassifier([(str(i), model) for i in range(3)], max_members=2).fit(X, y, groups=[0, 9] * 4)
    assert (average.members_, average.inner_losses_) == (["0", "1"], {})


def test_bad_settings_are_named():
    with pytest.raises(InvalidParameterError, match="settings must be a list of dicts"):
        TunedClassifier(positions(), []).fit(["AC", "GT"] * 3, [0, 1] * 3)
    with pytest.raises(DataFormatError, match="y is missing for row 1"):
        TunedClassifier(positions(), SETTINGS).fit(["AC", "GT"], [0.5, float("nan")])
    for estimators in ([], [("plain", positions())]):
        with pytest.raises(InvalidParameterError, match="estimators must be names and TunedClassifiers"):
            BestAverageClassifier(estimators).fit(["AC", "GT"], [0, 1])


@pytest.fixture
def two_signs(rng, random_dna):
    """Half of the classes are told by a residue at one place, half by composition; a fifth member sees nothing."""
    y = np.arange(160) % 2
    X = []
    for label, text in zip(y, random_dna(160, 60), strict=True):
        if rng.random() < 0.5:
            text = "TA"[label] * 3 + text[3:]
        else:
            text = "C" + text[1:40] + "GC"[label] * 20
        X.append(text)
    return pd.Series(X), y


def member(features):
    return TunedClassifier(make_pipeline(features, LogisticRegression(max_iter=1000)), [{"C": 0.1}, {"C": 10.0}])


def test_members_that_help_are_taken_and_noise_is_not(two_signs):
    X, y = two_signs
    candidates = [
        ("nothing", member(KmerCounts(6, canonical=False))),
        ("place", member(PositionalKmers(1, n_positions=3))),
        ("composition", member(SequenceComposition())),
    ]
    model = BestAverageClassifier(candidates).fit(X, y)
    assert sorted(model.members_) == ["composition", "place"]
    assert model.members_[0] == min(model.inner_losses_, key=model.inner_losses_.get)
    parts = model.member_probabilities(X)
    assert parts.shape == (2, 160, 2)
    np.testing.assert_allclose(model.predict_proba(X), parts.mean(axis=0))
    for name, fitted in zip(model.members_, model.estimators_, strict=True):
        alone = dict(candidates)[name].fit(X, y)
        np.testing.assert_allclose(fitted.predict_proba(X), alone.predict_proba(X))
    assert len(BestAverageClassifier(candidates, max_members=1).fit(X, y).members_) == 1
