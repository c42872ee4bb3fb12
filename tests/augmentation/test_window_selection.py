"""The windows equal a naive reading of the window paper's two rules."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqaug_sklearn.augmentation import WindowAugmenter, _window_selection


def overlap_rule(length, window, low, high):
    starts = set()
    for overlap in range(low, high + 1):
        for first in (0, overlap, overlap // 2):
            start = first
            while start + window <= length:
                starts.add(start)
                start += window - overlap
    return starts


def share_run(first, second, n):
    runs = {first[i : i + n] for i in range(len(first) - n + 1)}
    return any(second[i : i + n] in runs for i in range(len(second) - n + 1))


def naive_starts(text, window, overlap, min_shared, unique):
    text = text.upper()
    accepted = overlap_rule(len(text), window, *overlap)
    if min_shared is not None:
        for start in range(len(text) - window + 1):
            candidate = text[start : start + window]
            if any(share_run(text[other : other + window], candidate, min_shared) for other in accepted):
                accepted.add(start)
    kept, seen = [], set()
    for start in sorted(accepted):
        if not unique or text[start : start + window] not in seen:
            kept.append(start)
        seen.add(text[start : start + window])
    return kept


@st.composite
def problems(draw):
    window = draw(st.integers(1, 9))
    high = draw(st.integers(0, window - 1))
    low = draw(st.integers(0, high))
    min_shared = draw(st.none() | st.integers(1, window) | st.just(window))
    letters = draw(st.sampled_from(["A", "AC", "ACGT", "acgtACGTN"]))
    text = st.text(letters, min_size=window, max_size=window + 40)
    # doubled text makes repeats at a distance
    sequences = draw(st.lists(text | text.map(lambda t: t + t), min_size=1, max_size=5))
    if draw(st.booleans()):
        sequences = [t[:window] for t in sequences] if draw(st.booleans()) else [sequences[0]] * len(sequences)
    return sequences, window, (low, high), min_shared, draw(st.booleans())


@settings(max_examples=300, deadline=None)
@given(problems())
def test_windows_equal_the_naive_reading(problem):
    sequences, window, overlap, min_shared, unique = problem
    augmenter = WindowAugmenter(window, overlap=overlap, min_shared=min_shared, unique=unique).fit(sequences)
    expected = [naive_starts(text, window, overlap, min_shared, unique) for text in sequences]
    windows = augmenter.explode(sequences)
    got = [windows.starts[windows.sources == row].tolist() for row in range(len(sequences))]
    assert got == expected
    texts = [[text.upper()[s : s + window] for s in starts] for text, starts in zip(sequences, expected, strict=True)]
    assert windows.windows.tolist() == [window for row in texts for window in row]
    bag = augmenter.transform(sequences)
    assert bag.shape == (len(sequences), max(map(len, texts)))
    assert [[w for w in row if w] for row in bag.tolist()] == texts


@pytest.mark.parametrize(("length", "count"), [(300, 261), (112, 73), (1995, 1956), (40, 1)])
def test_the_papers_counts(rng, length, count):
    text = "".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), length))
    assert WindowAugmenter().fit_transform([text]).shape == (1, count)
    assert len(WindowAugmenter().explode([text])) == count


def test_the_overlap_rule_alone_gives_fewer(random_dna):
    X = random_dna(1, 300)
    alone = WindowAugmenter(min_shared=None).explode(X).starts.tolist()
    assert alone == naive_starts(X[0], 40, (5, 20), None, True)
    assert 0 < len(alone) < 261


def test_repeats_stay_without_unique():
    X = ["A" * 50]
    assert len(WindowAugmenter(unique=False).explode(X)) == 11
    assert WindowAugmenter().explode(X).starts.tolist() == [0]


def test_unique_is_per_sequence(random_dna):
    X = random_dna(1, 60) * 3
    assert len(WindowAugmenter().explode(X)) == 3 * 21


@pytest.mark.parametrize("collide", [lambda keys: keys * 0, lambda keys: keys % np.uint64(3)])
def test_hash_collisions_change_nothing(monkeypatch, random_dna, collide):
    X = [*random_dna(6, 60, "AC"), "ACGTTGCA" * 8]
    options = {"window": 5, "overlap": (1, 2), "min_shared": 5}
    expected = WindowAugmenter(**options).explode(X)
    hashes = _window_selection._hashes
    monkeypatch.setattr(_window_selection, "_hashes", lambda *args: collide(hashes(*args)))
    got = WindowAugmenter(**options).explode(X)
    np.testing.assert_array_equal(got.positions, expected.positions)


def test_small_pieces_change_nothing(monkeypatch, random_dna):
    X = [*random_dna(20, 60, "AC"), *random_dna(5, 30)]
    expected = WindowAugmenter(4, overlap=(0, 3), min_shared=2).explode(X).positions
    monkeypatch.setattr(_window_selection, "_CHUNK", 10)
    np.testing.assert_array_equal(WindowAugmenter(4, overlap=(0, 3), min_shared=2).explode(X).positions, expected)


@given(st.integers(1, 200), st.integers(1, 30))
def test_a_cap_spreads_windows_evenly(count, cap):
    chosen = _window_selection.spread(np.array([3, count]), np.array([3, cap])).tolist()
    assert chosen[:3] == [0, 1, 2]
    got = [c - 3 for c in chosen[3:]]
    if cap == 1:
        expected = [(count - 1) // 2]
    elif cap >= count:
        expected = list(range(count))
    else:
        expected = [int(Fraction(j * (count - 1), cap - 1) + Fraction(1, 2)) for j in range(cap)]
    assert got == expected


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 3)), min_size=1, max_size=20))
def test_balanced_caps_meet_the_smallest_class(pairs):
    counts = np.array([count for count, _ in pairs])
    classes = np.unique([label for _, label in pairs], return_inverse=True)[1]
    caps = _window_selection.balance(counts, classes)
    totals = np.bincount(classes, weights=caps)
    assert set(totals) == {np.bincount(classes, weights=counts).min()}
    assert ((caps >= 0) & (caps <= counts)).all()
    for label in set(classes):
        mine, all_mine = caps[classes == label], counts[classes == label]
        cut = mine < all_mine  # evenly: who was cut has at least as many as anyone else, but for the rest of one
        if cut.any():
            assert mine.max() - mine[cut].min() <= 1
