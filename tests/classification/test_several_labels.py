"""Several labels at once: learned like single ones, gaps without effect, in scikit-learn's forms, all four networks."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import recall_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, cross_val_predict, cross_validate

from seqaug_sklearn.augmentation import OrthologAugmenter, RandomAugmentation, RandomMutation, WindowAugmenter
from seqaug_sklearn.classification import (
    CNNBiLSTMClassifier,
    MotifCNNClassifier,
    PromoterCNNClassifier,
    ResidualMLPClassifier,
)
from seqaug_sklearn.encoding import OneHotEncoder, reverse_complement
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.persistence import load_model, save_model

NAN = np.nan
MOTIFS = "TTGACCAT", "CACGTGGC"
SMALL = {"max_epochs": 2, "batch_size": 16, "device": "cpu", "precision": "float32", "random_state": 0}
NETWORKS = {
    "motif": (MotifCNNClassifier, {"n_filters": 8, "kernel_size": 6}),
    "promoter": (PromoterCNNClassifier, {"conv_channels": (4,), "kernel_size": 4, "dense_units": (8,)}),
    "bilstm": (CNNBiLSTMClassifier, {"conv_channels": (4,), "hidden_size": 4, "num_layers": 1, "dense_units": (8,)}),
    "residual": (ResidualMLPClassifier, {"hidden_sizes": (8, 4)}),
}


def small(name, **options):
    cls, network = NETWORKS[name]
    return cls(**SMALL, **network).set_params(**options)


@pytest.fixture
def planted(rng):
    """180 sequences of 50 nt, two labels for two motifs on either strand, and the labels with a fifth not known."""
    X, Y = rng.choice(list("ACGT"), (180, 50)), rng.random((180, 2)) < 0.5
    for row, column in np.argwhere(Y):
        start = rng.integers(0, 17) + 25 * column
        motif = MOTIFS[column] if rng.random() < 0.5 else str(reverse_complement([MOTIFS[column]])[0])
        X[row, start : start + 8] = list(motif)
    gaps = np.where(rng.random(Y.shape) < 0.2, NAN, Y)
    return np.array(["".join(row) for row in X]), Y.astype(float), gaps


@pytest.fixture
def few(planted):
    """40 of these, and what the residual network reads in their place."""
    X, _, gaps = planted
    return X[:40], gaps[:40]


def as_read(name, X):
    return OneHotEncoder(flatten=True).fit_transform(X) if name == "residual" else X


def test_scores_are_those_of_single_labels(planted):
    X, Y, gaps = planted
    train, test = slice(100), slice(100, None)
    clf = MotifCNNClassifier(n_filters=32, max_epochs=30, device="cpu", random_state=0)
    together = roc_auc_score(Y[test], clone(clf).fit(X[train], gaps[train]).predict_proba(X[test]), average=None)
    for label, score in enumerate(together):
        known = ~np.isnan(gaps[train, label])
        single = clone(clf).fit(X[train][known], gaps[train, label][known].astype(int)).predict_proba(X[test])[:, 1]
        assert score > 0.9
        # standard error of an AUROC of .95 over 80 rows: .024
        assert abs(score - roc_auc_score(Y[test, label], single)) < 0.05


@pytest.mark.parametrize("name", NETWORKS)
def test_forms_of_scikit_learn(few, name, tmp_path):
    X, Y = as_read(name, few[0]), few[1]
    clf = small(name, validation_fraction=0.2, patience=2).fit(X, pd.DataFrame(Y, columns=["leaf", "root"]))
    p = clf.predict_proba(X)
    assert p.shape == (40, 2)
    assert ((p > 0) & (p < 1)).all()
    assert not np.allclose(p.sum(axis=1), 1)
    assert (np.ptp(p, axis=0) > 0).all()
    assert clf.target_names_ == ("leaf", "root")
    assert clf.classes_.tolist() == [[0, 1], [0, 1]]
    np.testing.assert_array_equal(clf.predict(X), p > 0.5)
    right = [np.mean((p[:, t] > 0.5)[~np.isnan(y)] == y[~np.isnan(y)]) for t, y in enumerate(Y.T)]
    assert clf.score(X, Y) == pytest.approx(np.mean(right))
    assert clf.__sklearn_tags__().classifier_tags.multi_label
    # the same seed, bytes, folder; and a fit of classes knows nothing of it
    for again in (clone(clf).fit(X, Y), pickle.loads(pickle.dumps(clf)), load_model(save_model(clf, tmp_path / "m"))):
        np.testing.assert_array_equal(again.predict_proba(X), p)
    classes = np.arange(40) % 2
    refitted = copy.deepcopy(clf).fit(X, classes)
    assert vars(refitted).keys() == vars(clone(clf).fit(X, classes)).keys()
    np.testing.assert_allclose(refitted.predict_proba(X).sum(axis=1), 1)


def test_rows_of_which_nothing_is_known_change_nothing(few):
    X, Y = few
    clf = small("motif").fit(X, Y)
    known = ~np.isnan(Y).all(axis=1)
    more = np.concatenate([X, ["A" * 50] * 5]), np.concatenate([Y, np.full((5, 2), NAN)])
    for other in ((X[known], Y[known]), more):
        np.testing.assert_array_equal(clone(clf).fit(*other).predict_proba(X), clf.predict_proba(X))
    assert len(clone(clf).fit(*more).validation_split_.train_rows) == known.sum()
    # nor do they in scores
    assert clf.score(*more) == clf.score(X, Y)
    weights = np.arange(40.0)
    assert clf.score(X, Y, weights) == clf.score(X[1:], Y[1:], weights[1:])


def test_history_scores_are_scikit_learns(planted):
    X, Y, _ = planted
    clf = small("motif", max_epochs=6, validation_fraction=0.3, patience=None).fit(X, Y)
    rows, last = clf.validation_split_.valid_rows, clf.history_.iloc[-1]
    assert last["valid_accuracy"] == pytest.approx(clf.score(X[rows], Y[rows]))
    assert last["valid_recall"] == pytest.approx(recall_score(Y[rows], clf.predict(X[rows]), average="macro"))


def test_in_scikit_learns_tools(planted):
    X, Y, gaps = (part[:60] for part in planted)
    clf = small("motif", max_epochs=1)
    folds = KFold(3)
    p = cross_val_predict(clf, X, Y, cv=folds, method="predict_proba")
    expected = [clone(clf).fit(X[train], Y[train]).predict_proba(X[test]) for train, test in folds.split(X)]
    np.testing.assert_array_equal(p, np.concatenate(expected))
    scoring = ["roc_auc", "average_precision", "f1_macro"]
    scores = cross_validate(clf, X, Y, cv=folds, scoring=scoring, error_score="raise")
    assert scores["test_roc_auc"].tolist() == [roc_auc_score(Y[test], p[test]) for _, test in folds.split(X)]
    assert np.isfinite(cross_validate(clf, X, gaps, cv=folds, error_score="raise")["test_score"]).all()
    search = GridSearchCV(clf, {"lr": [1e-3, 1e-2]}, cv=GroupKFold(2)).fit(X, gaps, groups=np.arange(60) // 2)
    assert search.predict(X).shape == (60, 2)


def test_weights_of_labels_act(planted):
    X, Y, _ = (part[:40] for part in planted)
    plain = small("motif", max_epochs=20, label_smoothing=0.0)
    p = clone(plain).fit(X, Y).predict_proba(X).mean(axis=0)
    heavy = clone(plain).set_params(class_weight=[{0: 1, 1: 30}, {0: 30, 1: 1}]).fit(X, Y).predict_proba(X)
    assert heavy[:, 0].mean() > p[0]
    assert heavy[:, 1].mean() < p[1]
    # what has no weight to speak of is as good as not known
    single = clone(plain).set_params(class_weight={"y1": 1.0, "y0": 1e-30}).fit(X, Y)
    hidden = Y.copy()
    hidden[2:, 0] = NAN
    hidden[:2, 0] = [0, 1]
    alone = clone(plain).set_params(class_weight={"y0": 1e-30}).fit(X, hidden)
    np.testing.assert_allclose(single.predict_proba(X)[:, 1], alone.predict_proba(X)[:, 1], atol=1e-4)


@pytest.mark.parametrize("pooling", [None, "mean", "attention", "noisy_or"])
def test_bags(few, pooling):
    X, Y = few
    bags = WindowAugmenter(20, overlap=(10, 10), min_shared=None).fit_transform(X)
    clf = small("bilstm", bag_pooling=pooling, validation_fraction=None, patience=None).fit(bags, Y)
    p = clf.predict_proba(bags)
    order = np.random.default_rng(0).permutation(len(bags))
    np.testing.assert_allclose(clf.predict_proba(bags[order]), p[order], atol=1e-6)
    weights = clf.bag_weights(bags, "y1")
    np.testing.assert_allclose(np.nansum(weights, axis=1), 1, rtol=1e-6)
    with pytest.raises(ValueError, match=r"target must be one of target_names_, \['y0', 'y1'\], got None"):
        clf.bag_weights(bags)
    if pooling is None:
        windows = [[w for w in bag if w] for bag in bags.tolist()]
        np.testing.assert_allclose(p, [clf.predict_proba(bag).mean(axis=0) for bag in windows], atol=1e-6)


def test_strands_members_edits_and_fine_tuning(few):
    X, Y = few
    turned = reverse_complement(list(X))
    both = small("promoter", strand="both", validation_fraction=None).fit(X, Y)
    np.testing.assert_allclose(both.predict_proba(turned), both.predict_proba(X), atol=1e-6)
    edits = {"augment": RandomAugmentation([RandomMutation(0.1)]), "finetune_epochs": 1}
    clf = small("motif", n_members=2, initial_filters="enriched", loss="focal", **edits).fit(X, Y)
    np.testing.assert_allclose(clf.member_probabilities(X).mean(axis=0), clf.predict_proba(X))
    assert clf.history_["stage"].tolist() == [0, 0, 1] * 2
    names = pd.Series(X, index=[f"gene{i}" for i in range(40)])
    orthologs = OrthologAugmenter({name: [(f"{name}-o", text[::-1])] for name, text in names.items()})
    assert small("motif", augment=orthologs).fit(names, Y).augment_reports_[0]["orthologs"] == 40


def test_the_internal_split_keeps_groups_together_and_labels_on_both_sides(planted):
    X, _, gaps = planted
    groups = np.arange(180) // 3
    gaps = gaps.copy()
    # label 1 is there in one group only
    gaps[:, 1] = np.where(np.isnan(gaps[:, 1]), NAN, 0)
    gaps[30:33, 1] = 1
    clf = small("motif", max_epochs=1, validation_fraction=0.3, patience=3)
    split = clf.fit(X, gaps, groups=groups).validation_split_
    assert split.kind == "parents"
    assert not set(groups[split.train_rows]) & set(groups[split.valid_rows])
    assert {30, 31, 32} <= set(split.train_rows)
    shares = [np.nanmean(gaps[rows, 0]) for rows in (split.train_rows, split.valid_rows)]
    assert abs(shares[0] - shares[1]) < 0.15
    assert len(split.valid_rows) == pytest.approx(54, abs=6)


@pytest.mark.parametrize(
    ("y", "match"),
    [
        ([[0, NAN], [1, NAN], [0, NAN]], "no value for 'y1'"),
        ([[0, 1], [1, 2], [0, 0]], "holds 2 for 'y1' in row 1, but a label is 1"),
        ([[0, 1], [1, 0.5], [0, 0]], r"holds 0\.5 for 'y1' in row 1, but a label is 1"),
        ([[0, 1], [1, np.inf], [0, 0]], "infinity for 'y1' in row 1"),
        ([[0, 1], [1, 0]], "X has 3 rows but y has 2"),
        ([["a", "b"], ["b", "a"], ["a", "a"]], "'a' for 'y0' in row 0"),
        ([[0, 1], [1], [0, 0]], "equally many for each row"),
    ],
    ids=["unknown", "two", "share", "infinity", "rows", "text", "ragged"],
)
def test_bad_labels(y, match):
    with pytest.raises(DataFormatError, match=match):
        small("motif").fit(["ACGTACGTACGT", "TTGCATGCAAGT", "GGCATGCATTAG"], y)


@pytest.mark.parametrize(
    ("name", "options", "match"),
    [
        ("motif", {"class_weight": {"leaf": 2.0}}, r"names labels that y does not hold: \['leaf'\].*'y0'"),
        ("motif", {"class_weight": {"y0": {0: 1, 1: 2}}}, "must give one number for each label by name"),
        ("motif", {"class_weight": [{0: 1, 1: 2}]}, "one {0: weight, 1: weight} for each of the 2 labels"),
        ("motif", {"class_weight": [{0: 1, 2: 2}] * 2}, "one {0: weight, 1: weight} for each of the 2 labels"),
        ("motif", {"class_weight": {"y0": -1.0}}, "weights >= 0"),
        ("residual", {"threshold": "f1"}, "needs two classes, and y has 2 labels"),
        ("residual", {"sampling": "balanced"}, "labels that occur together; use class_weight"),
    ],
)
def test_options_that_do_not_fit_labels(few, name, options, match):
    X, Y = few
    with pytest.raises(ValueError, match=match):
        small(name, **options).fit(as_read(name, X), Y)


def test_other_labels_in_scores(few):
    X, Y = few
    clf = small("motif").fit(X, Y)
    with pytest.raises(DataFormatError, match="should hold 2 labels, as in fit, got 3"):
        clf.score(X, Y[:, [0, 1, 1]])
    with pytest.raises(DataFormatError, match="no known label"):
        clf.score(X, np.full((40, 2), NAN))
    with pytest.raises(DataFormatError, match="40 finite weights"):
        clf.score(X, Y, sample_weight=np.ones(39))
    # a fold without a positive may be scored
    assert 0 <= clf.score(X[:2], [[0, 0], [0, NAN]]) <= 1
    with pytest.raises(ValueError, match="is a list, which is for several labels"):
        small("motif", class_weight=[{0: 1, 1: 2}] * 2).fit(X, np.arange(40) % 2)
