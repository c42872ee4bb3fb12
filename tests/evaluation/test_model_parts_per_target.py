"""One model per target: gaps are left out target by target, settings are chosen on folds that keep relatives apart."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation
from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.evaluation import PerTargetClassifier, PerTargetRegressor
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.features import KmerCounts, PositionalKmers

SETTINGS = [{"alpha": 1e-3}, {"alpha": 1e6}]
WEAK, STRONG = SETTINGS


def ridge(alpha=1.0):
    return make_pipeline(PositionalKmers(1), Ridge(alpha))


@pytest.fixture
def rows(rng, random_dna):
    """Sixty 12-mers and two targets: A's in the first half and in the second, a third of the entries unknown."""
    X = random_dna(60, 12)
    y = np.array([[text[:6].count("A"), text[6:].count("A")] for text in X], float)
    y[rng.random(y.shape) < 0.33] = np.nan
    return X, y


def test_each_target_is_learned_from_the_rows_where_it_was_measured(rows):
    X, y = rows
    predicted = PerTargetRegressor(ridge()).fit(X, y).predict(X)
    for target in range(2):
        known = np.flatnonzero(~np.isnan(y[:, target]))
        alone = ridge().fit([X[row] for row in known], y[known, target]).predict(X)
        np.testing.assert_allclose(predicted[:, target], alone)
    one = PerTargetRegressor(ridge()).fit(X, y[:, 0])
    assert one.predict(X).shape == (60,)
    np.testing.assert_allclose(one.predict(X), predicted[:, 0])


def test_a_setting_is_chosen_for_each_target_whatever_the_order_of_the_rows(rows, rng):
    X, y = rows
    y[:, 1] = rng.normal(size=60)  # nothing to learn
    order = rng.permutation(60)
    for rows_, values in ((X, y), ([X[row] for row in order], y[order])):
        model = PerTargetRegressor(ridge(), settings=SETTINGS).fit(rows_, values)
        assert model.settings_ == [WEAK, STRONG]
        assert model.estimators_[1][-1].alpha == 1e6
    assert model.estimator[-1].alpha == 1.0  # never changed itself


def test_relatives_do_not_choose_for_each_other(rng, random_dna):
    """Families with a value of their own: memory looks good where relatives are on both sides, and only there."""
    parents, values = random_dna(40, 40), rng.normal(size=40)
    X = [text[:at] + "ACGT"[at % 4] + text[at + 1 :] for text in parents for at in range(5)]
    y, family = np.repeat(values, 5), np.repeat(np.arange(40), 5)
    chosen = [PerTargetRegressor(ridge(), settings=SETTINGS).fit(X, y, groups=g).settings_ for g in (None, family)]
    assert chosen == [[WEAK], [STRONG]]


def test_copies_do_not_either_nor_do_rows_that_an_augmenter_adds(rng, random_dna):
    parents, values = random_dna(12, 40), rng.normal(size=12)
    copies = PerTargetRegressor(ridge(), settings=SETTINGS).fit(parents * 5, np.tile(values, 5))
    assert copies.settings_ == [STRONG]
    from imblearn.pipeline import make_pipeline as with_added_rows

    edits = RandomAugmentation([RandomMutation(0.02)], n_copies=4, random_state=0)
    added = PerTargetRegressor(with_added_rows(edits, PositionalKmers(1), Ridge()), settings=SETTINGS)
    assert added.fit(parents, values).settings_ == [STRONG]
    assert added.estimators_[0][-1].n_features_in_ > 100


def test_with_one_group_nothing_can_be_chosen(rows):
    X, y = rows
    model = PerTargetRegressor(ridge(), settings=[*SETTINGS, {"alpha": 1e9}]).fit(X, y, groups=["a"] * 60)
    assert model.settings_ == [STRONG, STRONG]
    with pytest.raises(InvalidParameterError, match="settings must be a list of dicts"):
        PerTargetRegressor(ridge(), settings=[1.0]).fit(X, y)


def test_labels_each_have_a_classifier_of_the_known_rows(rows):
    X, y = rows
    labels = np.where(np.isnan(y), np.nan, y > 1)
    logistic = make_pipeline(KmerCounts(1, canonical=False), LogisticRegression())
    model = PerTargetClassifier(logistic).fit(pd.Series(X), pd.DataFrame(labels, columns=["front", "back"]))
    assert model.target_names_ == ("front", "back")
    probabilities = model.predict_proba(X)
    for label in range(2):
        known = np.flatnonzero(~np.isnan(labels[:, label]))
        alone = logistic.fit([X[row] for row in known], labels[known, label])
        np.testing.assert_allclose(probabilities[:, label], alone.predict_proba(X)[:, 1])
    np.testing.assert_array_equal(model.predict(X), probabilities > 0.5)
    assert [own.tolist() for own in model.classes_] == [[0, 1], [0, 1]]
    decides = PerTargetClassifier(make_pipeline(PositionalKmers(1), SVC())).fit(X, labels)
    assert not hasattr(decides, "predict_proba")
    np.testing.assert_array_equal(decides.decision_function(X) > 0, decides.predict(X) == 1)
    labels[:, 1] = np.where(np.isnan(labels[:, 1]), np.nan, 0.0)  # as in folds of a rare label
    rare = PerTargetClassifier(logistic).fit(X, labels)
    assert (rare.predict_proba(X)[:, 1] == 0).all()
    assert rare.predict_proba(X)[:, 0].std() > 0
    with pytest.raises(DataFormatError, match="a label is 1"):
        PerTargetClassifier(logistic).fit(X, y)


def test_groups_reach_a_network_that_holds_rows_out(random_dna, monkeypatch):
    seen = []
    monkeypatch.setattr(MotifCNNClassifier, "fit", lambda self, X, y, groups=None: seen.append(groups) or self)
    labels = np.eye(2)[[0, 1] * 4]
    labels[0, 1] = np.nan
    PerTargetClassifier(MotifCNNClassifier()).fit(random_dna(8, 12), labels, groups=np.arange(8))
    assert [groups.tolist() for groups in seen] == [[*range(8)], [*range(1, 8)]]
