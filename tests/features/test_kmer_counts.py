"""KmerCounts against dictionaries, scikit-learn's own counts and tf-idf."""

import pickle
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.exceptions import InsufficientMemoryError, InvalidParameterError, SequenceError
from seqaug_sklearn.features import KmerCounts
from seqaug_sklearn.utils import _memory, _packed_kmers

SYMBOLS = {"dna": "ACGT", "rna": "ACGU", "protein": "ACDEFGHIKLMNPQRSTVWY"}


def naive_counts(text, ks, alphabet, canonical):
    counts = Counter()
    text = text.upper()
    for k in ks:
        for kmer in (text[i : i + k] for i in range(len(text) - k + 1)):
            if set(kmer) <= set(SYMBOLS[alphabet]):
                counts[min(kmer, *reverse_complement([kmer], alphabet)) if canonical else kmer] += 1
    return counts


def naive_table(X, names, ks, alphabet, canonical):
    rows = [naive_counts(text, ks, alphabet, canonical) for text in X]
    return np.array([[row[name] for name in names] for row in rows]).reshape(len(X), len(names))


@pytest.fixture
def hard_texts(rng):
    """Factory: rows of equal and other lengths, lower case, repeats, unknown symbols, gaps, a single symbol."""

    def make(alphabet):
        symbols = list(SYMBOLS[alphabet])
        texts = ["".join(rng.choice(symbols, n)) for n in [*rng.integers(1, 50, 12), 30, 30]]
        unknown = "X" if alphabet == "protein" else "N"
        texts += [texts[-1].lower(), unknown * 9, symbols[0], symbols[1] * 40, unknown + texts[0] + "-" + texts[1]]
        for row in rng.integers(0, len(texts), 6):
            cut = int(rng.integers(0, len(texts[row])))
            texts.append(texts[row][:cut] + unknown + texts[row][cut + 1 :])
        return texts

    return make


@pytest.mark.parametrize(
    ("alphabet", "k", "canonical"),
    [
        ("dna", 1, False),
        ("dna", 2, True),
        ("dna", (1, 4), False),
        ("dna", (3, 9), True),  # 7-mers and longer need wider keys
        ("dna", 8, False),
        ("dna", (11, 12), True),  # searched for, no longer looked up in a table
        ("dna", 31, True),
        ("rna", (2, 6), True),
        ("protein", (1, 3), False),
        ("protein", 14, False),
    ],
)
@pytest.mark.parametrize("block", [1, 64, 2**18])
def test_equals_dictionaries(alphabet, k, canonical, block, hard_texts, monkeypatch):
    monkeypatch.setattr(_packed_kmers, "_BLOCK_KEYS", block)
    X = hard_texts(alphabet)
    ks = range(k, k + 1) if isinstance(k, int) else range(k[0], k[1] + 1)
    model = KmerCounts(k, alphabet=alphabet, canonical=canonical).fit(X[::2])
    seen = {kmer for text in X[::2] for kmer in naive_counts(text, ks, alphabet, canonical)}
    names = model.get_feature_names_out().tolist()
    assert names == sorted(seen, key=lambda kmer: (len(kmer), kmer))
    matrix = model.transform(X)
    assert matrix.has_canonical_format
    np.testing.assert_array_equal(matrix.toarray(), naive_table(X, names, ks, alphabet, canonical))
    once = KmerCounts(k, alphabet=alphabet, canonical=canonical).fit_transform(X[::2])
    np.testing.assert_array_equal(once.toarray(), matrix[::2].toarray())


@pytest.mark.parametrize("sublinear", [False, True])
def test_counts_and_weights_are_those_of_scikit_learn(sublinear, random_dna):
    X = random_dna(20, 60)
    counts = CountVectorizer(analyzer="char", ngram_range=(2, 3), lowercase=False)
    theirs = make_pipeline(counts, TfidfTransformer(sublinear_tf=sublinear)).fit(X[:15])
    ours = KmerCounts((2, 3), canonical=False, weighting="tfidf", sublinear=sublinear, dtype=np.float64).fit(X[:15])
    names = ours.get_feature_names_out().tolist()
    assert sorted(names) == counts.get_feature_names_out().tolist()
    order = [counts.vocabulary_[name] for name in names]
    np.testing.assert_allclose(ours.transform(X).toarray(), theirs.transform(X).toarray()[:, order], atol=1e-12)
    np.testing.assert_allclose(ours.idf_, theirs[-1].idf_[order])


def test_shares_are_of_the_kmers_of_their_length():
    shares = KmerCounts((1, 2), weighting="frequency", canonical=False).fit(["ACAC", "CCNC"])
    assert shares.get_feature_names_out().tolist() == ["A", "C", "AC", "CA", "CC"]
    expected = [[1 / 2, 1 / 2, 2 / 3, 1 / 3, 0], [0, 1, 0, 0, 1], [0, 0, 0, 0, 0]]
    np.testing.assert_allclose(shares.transform(["ACAC", "CCNC", "GGG"]).toarray(), expected, rtol=1e-6)


def test_presence_counts_once():
    presence = KmerCounts(1, weighting="binary", canonical=False).fit_transform(["AACA", "GG"])
    assert presence.toarray().tolist() == [[1, 1, 0], [0, 0, 1]]


def test_the_kmers_of_most_rows_are_kept():
    X = ["AAC", "AAC", "AAG", "GGG"]
    model = KmerCounts((1, 2), canonical=False, max_features=3).fit(X)
    assert model.get_feature_names_out().tolist() == ["A", "C", "AA"]  # A: 3 rows, AA: 3, then C before G, AC
    assert model.document_frequency_.tolist() == [3, 2, 3]
    assert model.transform(["AAGC"]).toarray().tolist() == [[2, 1, 1]]


def test_both_strands_are_one(random_dna):
    X = random_dna(5, 40)
    model = KmerCounts((3, 4)).fit(X)
    assert model.canonical_
    np.testing.assert_array_equal(model.transform(X).toarray(), model.transform(reverse_complement(X)).toarray())
    assert not KmerCounts(alphabet="rna").fit(["ACGUACGU"]).canonical_
    with pytest.raises(ValueError, match="no complement"):
        KmerCounts(2, alphabet="protein", canonical=True).fit(["MKV"])


def test_data_frames_of_dense_output(random_dna):
    X = pd.Series(random_dna(4, 20), index=list("abcd"))
    model = KmerCounts(2, sparse_output=False).set_output(transform="pandas").fit(X)
    frame = model.transform(X)
    assert frame.index.tolist() == list("abcd")
    assert frame.columns.tolist() == model.get_feature_names_out().tolist()


def test_a_pickle_holds_the_columns_once(random_dna):
    model = KmerCounts(8, max_features=10).fit(random_dna(5, 50))
    model.transform(["ACGTACGT"])
    assert len(pickle.dumps(model)) < 5000  # not the table of all 65,536


def test_in_a_pipeline(random_dna):
    X = random_dna(40, 50)
    X = [text if row % 2 else text[:20] + "TATAAT" + text[26:] for row, text in enumerate(X)]
    model = make_pipeline(KmerCounts(6, weighting="binary"), LogisticRegression())
    assert cross_val_score(model, X, [row % 2 for row in range(40)], cv=4).mean() > 0.8


@pytest.mark.parametrize(
    ("params", "X", "error", "message"),
    [
        ({"k": (3, 2)}, ["ACGT"], InvalidParameterError, r"k must be an int or a range .*got \(3, 2\)"),
        ({"k": 32}, ["ACGT"], InvalidParameterError, "k must be at most 31 for the dna alphabet, got 32"),
        ({"k": 15, "alphabet": "protein"}, ["MKV"], InvalidParameterError, "k must be at most 14 for the protein"),
        ({"k": 5}, ["ACGT", "ACN"], SequenceError, "k=5 asks for k-mers that no training row holds.*4 residues"),
        ({"k": 2}, ["ACGT", "ACEF"], SequenceError, "number 1, position 2: symbol 'E'"),
        ({"sublinear": True, "weighting": "binary"}, ["ACGT"], InvalidParameterError, "sublinear changes counts"),
        ({"dtype": np.int8}, ["ACGT"], InvalidParameterError, "dtype"),
    ],
)
def test_what_cannot_be_is_said(params, X, error, message):
    with pytest.raises(ValueError, match=message) as raised:
        KmerCounts(**params).fit(X)
    assert isinstance(raised.value, error) or "dtype" in params


def test_too_much_is_refused_before_it_is_counted(monkeypatch):
    monkeypatch.setattr(_memory, "_NEVER_ASKED", 0)
    monkeypatch.setattr(_memory, "free_memory", lambda: 1000.0)
    with pytest.raises(InsufficientMemoryError, match=r"the k-mers of 200 residues.*narrow k"):
        KmerCounts().fit(["A" * 200])
