# ruff: noqa: PD011 (values of attributions, not of a data frame)

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler, StandardScaler
from sklearn.svm import SVC, LinearSVC

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.classification import WindowVotingClassifier
from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.features import KmerCounts, PositionalKmers
from seqaug_sklearn.inspection import discover_motifs, sequence_attributions

RNG = np.random.default_rng(0)
TEXTS = ["".join(RNG.choice(list("ACGT"), size=size)) for size in RNG.integers(20, 40, 36)]
LABELS = np.array(["up", "down", "flat"] * 12)
NEW = ["ACGTTGACCATTGACCAACGTGTC", "TTACACGTGCA", "ACGNTTGACCRTTG", "GGGGGGGGGGGG", "acgttgcaaTTGCAACGT"]


def both_strands(texts):
    return [f"{text.upper()} {reverse_complement([text])[0].upper()}" for text in texts]


def exact(k=(2, 3), **options):
    return KmerCounts(k, dtype=np.float64, **options)


PIPELINES = {
    "counts": make_pipeline(exact(canonical=False), LogisticRegression()),
    "both strands": make_pipeline(exact(), LinearSVC(C=0.01, dual=False)),
    "frequencies": make_pipeline(exact(weighting="frequency"), RidgeClassifier()),
    "tfidf": make_pipeline(exact(weighting="tfidf", sublinear=True), LogisticRegression()),
    "presence": make_pipeline(exact(weighting="binary", sparse_output=False), LinearDiscriminantAnalysis()),
    "standardised": make_pipeline(exact(sparse_output=False), StandardScaler(), LogisticRegression()),
    "selected": make_pipeline(exact(), MaxAbsScaler(), SelectKBest(k=20), LogisticRegression()),
    "vectorizer": make_pipeline(CountVectorizer(analyzer="char", ngram_range=(1, 4)), LogisticRegression()),
    "its tfidf": make_pipeline(TfidfVectorizer(analyzer="char", ngram_range=(3, 3)), LinearSVC()),
    "words": make_pipeline(
        FunctionTransformer(both_strands),
        CountVectorizer(analyzer="char_wb", ngram_range=(1, 3), lowercase=False),
        make_pipeline(TfidfTransformer(sublinear_tf=True), LogisticRegression()),
    ),
    "linear kernel": make_pipeline(exact(), SVC(kernel="linear")),
}


@pytest.fixture(scope="module", params=PIPELINES)
def model(request):
    classes = 2 if request.param == "linear kernel" else 3
    rows = np.isin(LABELS, ["up", "down", "flat"][:classes])
    return clone(PIPELINES[request.param]).fit(np.array(TEXTS)[rows], LABELS[rows])


def test_values_and_the_baseline_are_the_decision_value(model):
    result = sequence_attributions(model, NEW, method="kmer_weights", target="up")
    decision = model.decision_function(NEW)
    decision = decision if decision.ndim == 1 else decision[:, 2]
    np.testing.assert_allclose(result.output, decision, rtol=0, atol=1e-9)
    total = result.values.sum(axis=(1, 2)) + result.baseline_output
    np.testing.assert_allclose(total, decision, rtol=0, atol=1e-9)
    np.testing.assert_allclose(result.delta, 0, atol=1e-9)
    there = result.one_hot > 0
    assert not result.values[~there].any()


def test_two_classes_have_opposite_values():
    pairs = make_pipeline(exact(), LogisticRegression()).fit(TEXTS, LABELS == "up")
    yes, no = (sequence_attributions(pairs, NEW, target=target) for target in (True, False))
    assert yes.method == "kmer_weights"
    np.testing.assert_allclose(yes.values, -no.values)
    np.testing.assert_allclose(yes.baseline_output, -no.baseline_output)
    np.testing.assert_allclose(yes.output, pairs.decision_function(NEW), atol=1e-9)


@pytest.mark.parametrize("canonical", [False, True])
def test_one_kmer_is_shared_evenly_over_its_residues(canonical):
    model = make_pipeline(exact(4, canonical=canonical), LogisticRegression()).fit(TEXTS, LABELS == "up")
    names, weights = model[0].get_feature_names_out().tolist(), model[1].coef_[0]
    text, expected = "TTGACCA", np.zeros(7)
    for start in range(4):
        word = text[start : start + 4]
        word = min(word, reverse_complement([word])[0]) if canonical else word
        expected[start : start + 4] += weights[names.index(word)] / 4 if word in names else 0
    result = sequence_attributions(model, [text])
    np.testing.assert_allclose(result.per_position()[0], expected, atol=1e-12)


def test_values_are_what_the_score_loses_with_the_only_kmer_there():
    """A finite difference: without the site the score falls by the contribution of the site's k-mer."""
    model = make_pipeline(exact(6), LogisticRegression(C=100))
    X = [f"{'N' * 8}{'GATTAC' if i % 2 else 'GGCCTT'}{'N' * 8}" for i in range(10)]
    model.fit(X, np.arange(10) % 2)
    result = sequence_attributions(model, X[1:2])
    lost = model.decision_function(X[1:2]) - model.decision_function(["N" * 22])
    np.testing.assert_allclose(result.per_position()[0, 8:14], lost[0] / 6, atol=1e-12)
    assert not result.per_position()[0, [*range(8), *range(14, 22)]].any()


@pytest.mark.parametrize("name", ["both strands", "words"])
def test_the_other_strand_is_explained_alike(name):
    model = clone(PIPELINES[name]).fit(TEXTS, LABELS)
    one = sequence_attributions(model, [NEW[0]], target="up")
    other = sequence_attributions(model, reverse_complement([NEW[0]]), target="up")
    assert one.method == "kmer_weights"
    np.testing.assert_allclose(one.values, other.values[:, ::-1, ::-1], atol=1e-9)


def test_a_float32_pipeline_is_as_exact_as_its_numbers():
    model = make_pipeline(KmerCounts((3, 4), weighting="tfidf"), LogisticRegression()).fit(TEXTS, LABELS == "up")
    result = sequence_attributions(model, NEW)
    np.testing.assert_allclose(result.delta, 0, atol=1e-5)


def test_hypothetical_values_are_those_of_the_exchanged_sequence():
    model = make_pipeline(exact(weighting="tfidf"), LogisticRegression()).fit(TEXTS, LABELS == "up")
    result = sequence_attributions(model, [NEW[0], "acgtta"], hypothetical=True, batch_size=7)
    for row, position, text in ((0, 4, f"{NEW[0][:4]}C{NEW[0][5:]}"), (1, 2, "accgtta"[:3] + "tta")):
        exchanged = sequence_attributions(model, [text])
        np.testing.assert_allclose(result.hypothetical[row, position, 1], exchanged.per_position()[0, position])
    np.testing.assert_allclose((result.hypothetical * result.one_hot).sum(2), result.per_position())
    assert not result.hypothetical[1, 6:].any()
    with pytest.raises(ValueError, match="too short"):
        discover_motifs(result)


def test_searches_votes_and_windows_are_looked_through():
    rows = LABELS != "flat"
    X, y = pd.Series(TEXTS)[rows], LABELS[rows]
    kmers = make_pipeline(exact(canonical=False), LogisticRegression())
    search = GridSearchCV(kmers, {"logisticregression__C": [1.0]}, cv=2).fit(X, y)
    inside = sequence_attributions(search, X[:3])
    np.testing.assert_array_equal(inside.values, sequence_attributions(search.best_estimator_, X[:3]).values)
    windows = WindowAugmenter(12, overlap=(6, 6), min_shared=None)
    voting = make_pipeline(windows, WindowVotingClassifier(kmers)).fit(X, y)
    result = sequence_attributions(voting, X[:3])
    assert result.method == "kmer_weights"
    assert result.identifiers.tolist() == X.index[:3].tolist()
    np.testing.assert_allclose(result.delta, 0, atol=1e-5)


@pytest.mark.parametrize(
    "other",
    [
        make_pipeline(exact(), SVC()),
        make_pipeline(exact(), SVC(kernel="linear")),
        make_pipeline(PositionalKmers(2), LogisticRegression()),
        make_pipeline(CountVectorizer(analyzer="char"), FunctionTransformer(), LogisticRegression()),
        make_pipeline(
            FunctionTransformer(lambda texts: [text[::-1] for text in texts]),
            CountVectorizer(analyzer="char"),
            LogisticRegression(),
        ),
    ],
    ids=["kernel", "pairs of classes", "positions", "another step", "text turned round"],
)
def test_what_is_no_sum_over_kmers_is_refused_and_auto_takes_mutagenesis(other):
    other = other.fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match=re.escape("method='kmer_weights' needs a pipeline that counts k-mers")):
        sequence_attributions(other, NEW[:1], method="kmer_weights")
    assert sequence_attributions(other, ["ACGTTGAC"]).method == "mutagenesis"


def test_text_that_only_some_rows_change():
    def cut(texts):
        return [text[:20] for text in texts]

    model = make_pipeline(FunctionTransformer(cut), CountVectorizer(analyzer="char"), LogisticRegression())
    model.fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match="must know where each counted letter stands"):
        sequence_attributions(model, ["ACGT" * 6], method="kmer_weights")
