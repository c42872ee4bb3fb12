"""The lookup baseline of numbers against a naive reference, and what must not change its answers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import is_regressor
from sklearn.model_selection import KFold, cross_val_score

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.persistence import load_model, save_model
from seqaug_sklearn.similarity import NearestSequenceClassifier, NearestSequenceRegressor

COMPLEMENT = str.maketrans("ACGT", "TGCA")


def other_strand(text):
    return text.translate(COMPLEMENT)[::-1]


def counts_of(text, k, both_strands):
    counts = {}
    for start in range(len(text) - k + 1):
        kmer = text[start : start + k]
        kmer = min(kmer, other_strand(kmer)) if both_strands else kmer
        counts[kmer] = counts.get(kmer, 0) + 1
    return counts


def naive(train, y, test, k, both_strands, n_neighbors):
    """The contract, word by word, with dictionaries and one place after the other."""
    measured = [(text, value) for text, value in zip(train, y, strict=True) if not np.isnan(value)]
    found = []
    for text in test:
        same = [value for other, value in measured if other == text]
        if same:
            found.append(np.mean(same))
            continue
        ranked = {}
        for other, value in measured:
            shared = sum(
                min(n, counts_of(text, k, strand).get(kmer, 0))
                for strand in ((False, True) if both_strands else (False,))
                for kmer, n in counts_of(other, k, strand).items()
            )
            if shared:
                ranked.setdefault((-shared, max(len(other) - k + 1, 0)), []).append(value)
        left, summed, weight = n_neighbors, 0.0, 0.0
        for (shared, _), values in sorted(ranked.items()):
            used = min(left, len(values))
            summed += -shared * used * np.mean(values)
            weight += -shared * used
            left -= used
        if weight:
            found.append(summed / weight)
            continue
        mirrored = [value for other, value in measured if both_strands and other == other_strand(text)]
        found.append(np.mean(mirrored) if mirrored else np.mean([value for _, value in measured]))
    return np.array(found)


texts = st.text(alphabet="ACGT", min_size=1, max_size=14)
values = st.one_of(st.just(np.nan), st.integers(-3, 3).map(float))


@settings(max_examples=25, deadline=None)
@given(
    train=st.lists(st.tuples(texts, values, values), min_size=1, max_size=8),
    test=st.lists(texts, min_size=1, max_size=5),
    k=st.integers(1, 4),
    both_strands=st.booleans(),
    n_neighbors=st.integers(1, 4),
    seed=st.integers(0, 100),
)
def test_equals_the_naive_reference_in_any_order_of_rows(train, test, k, both_strands, n_neighbors, seed):
    # k is never longer than all rows, and no target is constant or unmeasured
    X = [*(text for text, _, _ in train), "ACGTACGT", "TT"]
    y = np.array([*([first, second] for _, first, second in train), [0.1, 10.0], [0.7, -10.0]])
    model = NearestSequenceRegressor(k, n_neighbors=n_neighbors, both_strands=both_strands)
    found = model.fit(X, y).predict(test)
    for target in (0, 1):
        expected = naive(X, y[:, target], test, k, both_strands, n_neighbors)
        np.testing.assert_allclose(found[:, target], expected, rtol=0, atol=1e-12)
    order = np.random.default_rng(seed).permutation(len(X))
    shuffled = model.fit([X[i] for i in order], y[order])
    assert shuffled.predict(test).tolist() == found.tolist(), "to the last bit"
    assert shuffled.predict(test[::-1]).tolist() == found[::-1].tolist()


def test_the_nearest_alone_gives_the_probabilities_of_the_classifier(random_dna, rng):
    """Two classes as 0 and 1: the classifier averages ties too, and a relative goes by the same rules."""
    parents = random_dna(10, 60)
    X = [text[start : start + 40] for text in parents for start in (0, 0, 7, 15)]
    y = rng.integers(0, 2, len(X))
    new = [*(text[3:43] for text in parents), *random_dna(5, 40), other_strand(parents[0][2:44])]
    expected = NearestSequenceClassifier().fit(X, y).predict_proba(new)[:, 1]
    np.testing.assert_allclose(NearestSequenceRegressor(n_neighbors=1).fit(X, y).predict(new), expected, atol=1e-12)


def test_several_labels_with_gaps_are_predicted_as_each_alone(random_dna, rng):
    parents = random_dna(12, 60)
    X = pd.Series([text[start : start + 40] for text in parents for start in (0, 5, 10)])
    y = pd.DataFrame(rng.integers(0, 2, (len(X), 3)).astype(float), columns=["liver", "brain", "skin"])
    y = y.mask(rng.random(y.shape) < 0.3)
    model = NearestSequenceRegressor().fit(X, y)
    found = model.predict([text[2:42] for text in parents])
    assert model.target_names_ == ("liver", "brain", "skin")
    assert ((found >= 0) & (found <= 1)).all()
    for column, name in enumerate(y):
        known = y[name].notna()
        alone = NearestSequenceRegressor().fit(X[known], y.loc[known, name])
        assert alone.predict([text[2:42] for text in parents]).tolist() == found[:, column].tolist()
        assert alone.mean_[0] == pytest.approx(y[name].mean())


def test_several_neighbours_average_the_noise_of_measurements(random_dna, rng):
    """Relatives of one family share a value; what is measured is as noisy as the families differ."""
    families, value = random_dna(40, 80), rng.normal(size=40)
    X = [text[start : start + 70] for text in families for start in range(8)]
    y = np.repeat(value, 8) + rng.normal(size=len(X))
    cv = KFold(4, shuffle=True, random_state=0)
    several, single = (cross_val_score(NearestSequenceRegressor(n_neighbors=n), X, y, cv=cv).mean() for n in (5, 1))
    assert several > single + 0.2
    unrelated = cross_val_score(NearestSequenceRegressor(), random_dna(320, 70), y, cv=cv).mean()
    assert unrelated < 0.02, "the mean of the training rows explains nothing"


def test_forms_and_blocks_change_nothing(random_dna, rng, monkeypatch):
    X, y = random_dna(30, 40), rng.normal(size=30)
    whole = NearestSequenceRegressor(4).fit(X, y).predict(X[::-1])
    assert is_regressor(NearestSequenceRegressor())
    assert whole.dtype == float
    assert NearestSequenceRegressor(4).fit(X, y[:, None]).predict(X).shape == (30,), "one column is one target"
    monkeypatch.setattr("seqaug_sklearn.similarity._sequence_lookup._BLOCK_ENTRIES", 70)
    for form in (pd.Series(X), np.array(X), [text.lower() for text in X]):
        assert NearestSequenceRegressor(4).fit(form, list(map(str, y))).predict(form[::-1]).tolist() == whole.tolist()


def test_it_is_kept_and_comes_back(random_dna, rng, tmp_path):
    X, y = random_dna(20, 40), rng.normal(size=(20, 2))
    model = NearestSequenceRegressor(4, n_neighbors=2).fit(X, y)
    loaded = load_model(save_model(model, tmp_path / "model"))
    assert loaded.predict(X[::-1]).tolist() == model.predict(X[::-1]).tolist()
    with pytest.raises(InvalidParameterError, match="consists of training rows"):
        save_model(model, tmp_path / "private", private=True)


def test_wrong_input(random_dna):
    X = random_dna(3, 20)
    with pytest.raises(DataFormatError, match="one value only"):
        NearestSequenceRegressor().fit(X, [1.5, 1.5, 1.5])
    with pytest.raises(DataFormatError, match="'high' in row 2, which is no number"):
        NearestSequenceRegressor().fit(X, [1.5, 2.5, "high"])
    with pytest.raises(DataFormatError, match="X has 3 rows but y has 2 targets"):
        NearestSequenceRegressor().fit(X, [1.5, 2.5])
    with pytest.raises(ValueError, match="n_neighbors"):
        NearestSequenceRegressor(n_neighbors=0).fit(X, [1.5, 2.5, 3.5])
