import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.inspection import sequence_attributions
from seqaug_sklearn.inspection._explained import fitting_methods
from seqaug_sklearn.inspection._members import unwrapped


class Average(ClassifierMixin, BaseEstimator):
    """What an average of classifiers has."""

    def __init__(self, temperatures=None):
        self.temperatures = temperatures

    def fit(self, members):
        self.estimators_, self.classes_ = list(members), members[0].classes_
        return self


class Calibrated(ClassifierMixin, BaseEstimator):
    """What a model with calibrated probabilities has."""

    def fit(self, model):
        self.estimator_, self.classes_, self.calibrator_ = model, model.classes_, "any"
        return self


@pytest.fixture(scope="module")
def bayes(training_data):
    return make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), MultinomialNB()).fit(*training_data)


def test_an_average_is_explained_by_the_mean_of_its_members(cnn, kmers, training_data):
    X = training_data[0][:4]
    mean = sequence_attributions(Average([2.0, 1.0]).fit([cnn, kmers]), X, target="yes")
    one, other = (sequence_attributions(model, X, target="yes") for model in (cnn, kmers))
    assert (one.method, other.method) == ("integrated_gradients", "kmer_weights")
    assert mean.method == "integrated_gradients and kmer_weights"
    expected = one.per_position() / 4 + other.per_position() / 2
    np.testing.assert_allclose(mean.per_position(), expected, atol=1e-6)
    np.testing.assert_allclose(mean.output, one.output / 4 + other.output / 2)
    total = mean.values.sum(axis=(1, 2)) - (mean.output - mean.baseline_output)
    np.testing.assert_allclose(mean.delta, total, atol=1e-5)


def test_members_without_a_background_leave_none(kmers, bayes, training_data):
    X = training_data[0][2:4]
    mean = sequence_attributions(Average().fit([kmers, bayes]), X)
    assert mean.method == "kmer_weights and mutagenesis"
    assert np.isnan(mean.delta).all()
    mutants = sequence_attributions(bayes, X)
    exact = sequence_attributions(kmers, X)
    np.testing.assert_allclose(mean.per_position(), (mutants.per_position() + exact.per_position()) / 2, atol=1e-6)


def test_of_one_kind_nothing_is_lost(kmers, training_data):
    X = training_data[0][:3]
    alone = sequence_attributions(kmers, X, hypothetical=True)
    mean = sequence_attributions(Average().fit([kmers, kmers]), X, hypothetical=True)
    np.testing.assert_allclose(mean.hypothetical, alone.hypothetical)
    np.testing.assert_allclose(mean.values, alone.values)
    assert mean.target.tolist() == ["yes"] * 3


def test_members_of_a_vote_know_numbers_and_the_vote_knows_labels(kmers, bayes, training_data):
    X, y = training_data
    vote = VotingClassifier([("a", clone(kmers)), ("b", clone(bayes))], voting="soft", weights=[3, 1]).fit(X, y)
    mean = sequence_attributions(vote, X[:2], target="no")
    parts = [sequence_attributions(model, X[:2], target="no").per_position() for model in (kmers, bayes)]
    np.testing.assert_allclose(mean.per_position(), 0.75 * parts[0] + 0.25 * parts[1], atol=1e-5)
    assert mean.target.tolist() == ["no", "no"]
    whole = sequence_attributions(vote, X[:2], target="no", method="mutagenesis")
    p = vote.predict_proba(X[:2])[:, 0]
    np.testing.assert_allclose(whole.output, np.log(p / (1 - p)))


def test_of_many_classes_each_row_explains_what_the_average_predicts(training_data):
    X, _ = training_data
    y = np.array(["a", "b", "c", "d"] * 6)
    members = [make_pipeline(CountVectorizer(analyzer="char", ngram_range=(k, k)), MultinomialNB()) for k in (1, 2)]
    vote = VotingClassifier([("a", members[0]), ("b", members[1])], voting="soft").fit(X, y)
    assert sequence_attributions(vote, X[:4]).target.tolist() == vote.predict(X[:4]).tolist()


def test_a_calibrated_model_is_looked_into(kmers, training_data):
    X = training_data[0][:2]
    inside = sequence_attributions(Calibrated().fit(kmers), X)
    assert inside.method == "kmer_weights"
    np.testing.assert_array_equal(inside.values, sequence_attributions(kmers, X).values)


def test_a_forest_is_no_average_of_models_of_text(training_data):
    forest = make_pipeline(OneHotEncoder(flatten=True), RandomForestClassifier(3, random_state=0)).fit(*training_data)
    assert sequence_attributions(forest, training_data[0][:1]).method == "mutagenesis"


@pytest.mark.parametrize(
    ("about", "kind"), [("intervals_", "number"), ("calibrators_", "labels"), ("calibrator_", "classes")]
)
def test_a_model_to_keep_is_explained_by_the_model_that_it_holds(about, kind, kmers):
    class Kept:
        target_kind_ = kind

    kept = Kept()
    kept.estimator_ = kmers
    setattr(kept, about, object())
    assert unwrapped(kept) is kmers
    assert fitting_methods(kept, "dna") == ("kmer_weights", "mutagenesis", "shap_kernel")
