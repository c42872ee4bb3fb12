"""Votes of the most convinced windows, and windows labelled anew."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.classification import WindowVotingClassifier
from seqaug_sklearn.classification._witnesses import deal_sequences, pool_votes, relabelled, top_votes

COUNTS = np.array([1, 4, 2, 6])


def some_votes(rng, n_classes):
    votes = rng.uniform(size=(COUNTS.sum(), n_classes)) ** 3
    return votes / votes.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("k", [1, 3, 99])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_top_votes_by_hand(rng, n_classes, k):
    votes = some_votes(rng, n_classes)
    expected = []
    for own in np.split(votes, COUNTS.cumsum()[:-1]):
        best = np.array([np.mean(sorted(column)[::-1][:k]) for column in own.T])
        best = np.array([1 - best[1], best[1]]) if n_classes == 2 else best / best.sum()
        expected.append(best)
    np.testing.assert_allclose(top_votes(votes, COUNTS, k), expected)
    if k == 99:
        np.testing.assert_allclose(top_votes(votes, COUNTS, k), pool_votes(votes, COUNTS))


def test_labels_made_anew():
    votes = np.array([[0.1, 0.9], [0.8, 0.2], [0.7, 0.3], [0.9, 0.1], [0.3, 0.7], [0.2, 0.8], [0.5, 0.5]])
    # of the second class the best window keeps its label, though it speaks against it; the first class keeps all
    assert relabelled(np.array([0, 1, 1]), votes, [1, 3, 3]).tolist() == [0, 0, 1, 0, 1, 1, 1]
    votes = np.array([[0.4, 0.5, 0.1], [0.3, 0.6, 0.1], [0.8, 0.1, 0.1], [0.2, 0.1, 0.7]])
    assert relabelled(np.array([0, 2]), votes, [2, 2]).tolist() == [0, -1, -1, 2]


def test_sequences_are_dealt_by_class():
    codes = np.array([0, 1, 0, 0, 1, 1, 0, 1, 0])
    parts = deal_sequences(codes)
    assert sorted(parts[codes == 0]) == [0, 0, 1, 1, 2]
    assert sorted(parts[codes == 1]) == [0, 0, 1, 2]
    assert set(deal_sequences(np.array([0, 0, 1, 1, 1]))) == {0, 1}
    assert deal_sequences(np.array([0, 0, 1])) is None


def test_windows_are_labelled_by_strangers():
    """Rows of one class begin with their own letters; a model that has not seen a row knows none of its windows."""
    Recorder.log.clear()
    bags = [["GA", "TA"], ["TT", "TC"], ["GC", "GG"], ["AA", "CA"], ["GT", "CT"], ["AC", "AT"]]
    WindowVotingClassifier(Recorder(), voting="max", n_relabelings=1).fit(bags, [1, 0] * 3)
    first, *parts, last = Recorder.log
    assert len(parts) == 3
    for windows, labels, _ in parts:
        assert len(windows) == 8
        assert sorted(labels) == [0] * 4 + [1] * 4
    held = [set(first[0]) - set(windows) for windows, _, _ in parts]
    assert set.union(*held) == set(first[0])
    assert last[1] == [1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0]


def kmers():
    return make_pipeline(CountVectorizer(analyzer="char", ngram_range=(6, 6)), LogisticRegression(C=10))


@pytest.fixture(scope="module")
def planted():
    """160 bags of eight windows of 20 nt; one window of each positive bag holds TGACGTCA."""
    rng = np.random.default_rng(5)
    bags = np.array(["".join(row) for row in rng.choice(list("ACGT"), (160 * 8, 20))]).reshape(160, 8)
    y, place = np.arange(160) % 2, rng.integers(0, 8, 160)
    for row in np.flatnonzero(y):
        start = rng.integers(0, 12)
        window = bags[row, place[row]]
        bags[row, place[row]] = window[:start] + "TGACGTCA" + window[start + 8 :]
    return bags[:80], y[:80], bags[80:], y[80:]


def test_evidence_somewhere_is_seen_by_the_most_convinced(planted):
    X, y, test, labels = planted
    scores = {
        voting: WindowVotingClassifier(kmers(), voting=voting, top_k=2).fit(X, y).score(test, labels)
        for voting in ("soft", "max", "top_k")
    }
    relabelling = WindowVotingClassifier(kmers(), voting="max", n_relabelings=8).fit(X, y)
    assert 1 <= relabelling.n_iter_ <= 8
    scores["relabelled"] = relabelling.score(test, labels)
    assert scores["relabelled"] >= 0.9
    assert scores["relabelled"] > scores["soft"]


class Recorder(ClassifierMixin, BaseEstimator):
    """Believes in the second class where a window begins with G; writes down what it was trained on."""

    log: list = []

    def fit(self, X, y, sample_weight=None):
        self.classes_ = np.unique(y)
        self.log.append((list(X), list(y), sample_weight))
        return self

    def predict(self, X):
        return self.classes_[[int(x[0] == "G") for x in X]]

    def predict_proba(self, X):
        p = np.array([0.9 if x[0] == "G" else 0.2 for x in X])
        return np.stack([1 - p, p], axis=1)


@pytest.mark.parametrize("voting", ["soft", "hard", "max", "top_k"])
def test_training_rounds_end_where_labels_stay(voting):
    Recorder.log.clear()
    bags = [["GA", "AA", "AC"], ["TT", "GT", ""], ["CC", "CG", "CT"]]
    model = WindowVotingClassifier(Recorder(), voting=voting, n_relabelings=5)
    model.fit(bags, ["up", "down", "up"], sample_weight=[1.0, 2.0, 3.0])
    assert model.n_iter_ == 1
    windows, labels, weights = Recorder.log[0]
    assert labels == ["up"] * 3 + ["down"] * 2 + ["up"] * 3
    # one row of "down": there are not independent, so the model itself labels
    (windows, second, weights), n_fits = Recorder.log[-1], len(Recorder.log)
    assert n_fits == 2
    assert windows == ["GA", "AA", "AC", "TT", "GT", "CC", "CG", "CT"]
    # no window of the last row is believed: all are equally good, and keep their label
    assert second == ["up", "down", "down", "down", "down", "up", "up", "up"]
    np.testing.assert_array_equal(weights, [1, 1, 1, 2, 2, 3, 3, 3])


def test_of_more_classes_windows_are_left_out():
    class Three(Recorder):
        log: list = []

        def predict_proba(self, X):
            return np.array([np.eye(3)["ACG".index(x[0])] * 0.7 + 0.1 for x in X])

    bags = [["AA", "CA"], ["CC", "GC"], ["GG", "AG"]]
    model = WindowVotingClassifier(Three(), voting="max", n_relabelings=5).fit(bags, [5, 6, 7], [1.0, 2.0, 3.0])
    windows, labels, weights = Three.log[-1]
    assert windows == ["AA", "CC", "GG"]
    assert labels == [5, 6, 7]
    assert weights.tolist() == [1, 2, 3]
    assert model.n_iter_ == 1


@pytest.mark.parametrize("voting", ["max", "top_k"])
def test_probabilities_are_needed(voting):
    from sklearn.svm import LinearSVC

    with pytest.raises(ValueError, match=f"voting='{voting}' needs predict_proba, which LinearSVC does not have"):
        WindowVotingClassifier(LinearSVC(), voting=voting).fit([["AA", "CC"]] * 4, [0, 1] * 2)
