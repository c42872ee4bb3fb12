"""What several labels mean to training: weights by hand, strata, scores of an epoch, motifs of each label."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score, recall_score
from sklearn.utils.class_weight import compute_class_weight

from seqaug_sklearn.neural._estimators._first_filters import first_filters
from seqaug_sklearn.neural._estimators._label_head import LabelHead
from seqaug_sklearn.neural._estimators._sequence_estimator import TrainingWindows
from seqaug_sklearn.neural._label_metrics import LabelMetrics

NAN = np.nan
Y = np.array([[0, 1], [0, NAN], [1, 0], [0, NAN], [NAN, 1]])


def test_weights_of_entries_by_hand():
    weights, rows = np.array([1.0, 2, 3, 4, 5]), np.arange(5)
    head = LabelHead(("a", "b"), "cross_entropy", class_weight="balanced")
    balanced = [compute_class_weight("balanced", classes=np.arange(2), y=y[~np.isnan(y)]) for y in Y.T]
    np.testing.assert_allclose(head.label_weights(Y), balanced)
    found = head.loss_weights(Y, weights, rows)
    for row, column in np.argwhere(~np.isnan(Y)):
        assert found[row, column] == pytest.approx(weights[row] * balanced[column][int(Y[row, column])])
    named = LabelHead(("a", "b"), "focal", class_weight={"b": 3}).loss_weights(Y, weights, rows)
    np.testing.assert_allclose(named, weights[:, None] * [1, 3])
    listed = LabelHead(("a", "b"), "focal", class_weight=[{1: 4}, {0: 0.5, 1: 2}])
    assert listed.label_weights(Y).tolist() == [[1, 4], [0.5, 2]]
    # balanced by the training rows, one of whose labels is nowhere there
    assert np.isfinite(head.loss_weights(Y, weights, rows[:2])).all()


def test_strata_and_known_rows():
    head = LabelHead(("a", "b"), "cross_entropy")
    strata = head.strata(np.vstack([Y, [NAN, NAN]]))
    assert strata.lost([0, 1], [2, 3, 4]) == ["y0 = 1", "y1 = 0"]
    assert head.known(np.vstack([Y, [NAN, NAN]])).tolist() == [True] * 5 + [False]
    assert head.contrasts(Y).tolist() == [[0, 1], [0, -1], [1, 0], [0, -1], [-1, 1]]


def test_scores_of_an_epoch(rng):
    recorded = {}
    history = SimpleNamespace(record=recorded.__setitem__)
    net = SimpleNamespace(history=history, optimizer_=SimpleNamespace(param_groups=[{"lr": 0.1}]))
    labels, outputs = rng.integers(0, 2, (20, 4)).astype(float), rng.normal(size=(20, 4))
    labels[rng.random(labels.shape) < 0.3] = NAN
    labels[:, 2] = np.where(np.isnan(labels[:, 2]), NAN, 0)  # never there: no recall
    labels[:, 3] = NAN  # never known: no score at all
    metrics = LabelMetrics()
    metrics.on_epoch_begin(net)
    for part in (slice(0, 12), slice(12, 20)):
        batch = None, (torch.tensor(labels[part]), None)
        metrics.on_batch_end(net, batch=batch, training=False, y_pred=torch.tensor(outputs[part]))
    metrics.on_epoch_end(net)
    pairs = [(labels[known, t], outputs[known, t] > 0) for t, known in enumerate(~np.isnan(labels).T) if known.any()]
    assert recorded["valid_accuracy"] == pytest.approx(np.mean([np.mean(y == said) for y, said in pairs]))
    assert recorded["valid_f1"] == pytest.approx(np.mean([f1_score(y, said) for y, said in pairs]))
    assert recorded["valid_recall"] == pytest.approx(np.mean([recall_score(y, said) for y, said in pairs[:2]]))
    assert recorded["lr"] == 0.1


def test_first_filters_are_motifs_of_each_label(rng):
    kmers = np.array([[1, 0, 1, 2, 3, 2, 0, 0], [3, 3, 2, 0, 1, 1, 2, 1]])
    codes, labels = rng.integers(0, 4, (90, 40)).astype(np.uint8), rng.integers(0, 2, (90, 2))
    for row, label in np.argwhere(labels):
        codes[row, 5 + 20 * label : 13 + 20 * label] = kmers[label]
    labels[::5, 0] = labels[1::5, 1] = -1
    train = TrainingWindows(codes, labels, np.ones(90))
    found = first_filters("enriched", train, 4, None, 2)
    np.testing.assert_array_equal(found, np.eye(4)[kmers])
    known = [np.full((6, 4), 0.25), *(np.eye(4)[kmer] for kmer in kmers)]
    # both motifs before the one that stands nowhere
    assert sorted(map(len, first_filters(known, train, 4, None, 2))) == [8, 8]
