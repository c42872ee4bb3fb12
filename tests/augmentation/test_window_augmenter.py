"""WindowAugmenter as a transformer: forms of input and output, memory, caps, seeds, errors."""

import pickle
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from Bio.Seq import Seq
from Bio.SeqRecord import SeqRecord
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from seqaug_sklearn.augmentation import WindowAugmenter, _window_augmenter, _window_selection
from seqaug_sklearn.classification import WindowVotingClassifier
from seqaug_sklearn.encoding import OneHotEncoder, one_hot, sliding_windows
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning, SequenceError, SequenceTypeError


@pytest.mark.parametrize(
    "form",
    [
        tuple,
        np.array,
        lambda X: np.array(X)[:, None],
        lambda X: np.array(X, dtype=object),
        lambda X: np.array(X, dtype=object)[:, None],
        lambda X: [[text] for text in X],
        pd.Series,
        lambda X: pd.DataFrame({"sequence": X}),
        lambda X: [Seq(text) for text in X],
        lambda X: [SeqRecord(Seq(text), id=str(i)) for i, text in enumerate(X)],
        lambda X: [text.lower() for text in X],
    ],
)
def test_every_form_gives_the_same_bags(random_dna, form):
    X = random_dna(3, 50)
    expected = [[text[i : i + 40] for i in range(11)] for text in X]
    assert WindowAugmenter().fit_transform(form(X)).tolist() == expected
    assert WindowAugmenter().explode(form(X)).windows.tolist() == [window for row in expected for window in row]


def test_the_bag_is_a_read_only_view(random_dna):
    X = random_dna(5, 60)
    bag = WindowAugmenter().fit_transform(X)
    assert bag.strides == (4 * 60, 4)
    assert not bag.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        bag[0, 0] = "A"
    with pytest.raises(ValueError, match="cannot set WRITEABLE"):
        bag.flags.writeable = True


def test_the_view_takes_four_bytes_per_residue(random_dna):
    X = random_dna(4_000, 300)
    augmenter = WindowAugmenter().fit(X)
    augmenter.transform(X[:10])
    tracemalloc.start()
    bag = augmenter.transform(X)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert bag.shape == (4_000, 261)
    assert kept <= 4 * 4_000 * 300 + 10_000
    assert peak <= kept + 2_000_000  # working memory does not grow with X


def test_proteins_of_mixed_length_explode_without_padding(random_dna):
    X = [*random_dna(300, 100, "ACDEFGHIKLMNPQRSTVWY"), *random_dna(1, 3000, "ACDEFGHIKLMNPQRSTVWY")]
    tracemalloc.start()
    windows = WindowAugmenter().explode(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(windows) == 300 * 61 + 2961
    padded_bag = 301 * 2961 * 160
    assert peak < 2 * len(windows) * 160 < padded_bag / 10


@pytest.mark.parametrize("X", [["ACGTACGTTG", "ACGTACGT"], ["ACGTACGTTG", "AAAAAAAAAA"]], ids=["lengths", "repeats"])
def test_other_bags_are_padded_copies(X):
    bag = WindowAugmenter(6, overlap=(1, 2), min_shared=3).fit_transform(X)
    assert bag.flags.writeable
    assert bag.shape == (2, 5)
    assert bag[1, -1] == ""
    assert (bag[0] != "").all()


def test_one_window_per_sequence_is_a_view(random_dna):
    X = random_dna(3, 40)
    bag = WindowAugmenter(min_shared=None).fit_transform(X)
    assert bag.tolist() == [[text] for text in X]
    assert not bag.flags.writeable


def test_the_input_is_not_modified(random_dna):
    X = np.array([text.lower() for text in random_dna(3, 50)])
    before = X.copy()
    WindowAugmenter().fit_transform(X)
    WindowAugmenter().explode(X)
    np.testing.assert_array_equal(X, before)


def test_a_bag_survives_pickling(random_dna):
    bag = WindowAugmenter().fit_transform(random_dna(3, 50))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(bag)), bag)


def test_a_cap_keeps_both_ends(random_dna):
    X = random_dna(2, 100)
    bag = WindowAugmenter(max_windows=4).fit_transform(X)
    assert bag.tolist() == [[text[s : s + 40] for s in (0, 20, 40, 60)] for text in X]


def test_a_seeded_cap_draws_from_equal_stretches(random_dna):
    X = random_dna(200, 99)
    windows = WindowAugmenter(max_windows=6, random_state=0).explode(X)
    starts = windows.starts.reshape(200, 6)
    np.testing.assert_array_equal(starts // 10, np.tile(np.arange(6), (200, 1)))
    assert len(np.unique(starts % 10)) == 10
    assert len(np.unique(starts, axis=0)) > 190  # sequences draw on their own
    assert np.abs(starts.mean(axis=0) - (10 * np.arange(6) + 4.5)).max() < 1


def test_the_draw_depends_on_seed_and_sequence_only(random_dna):
    X = random_dna(20, 99)
    augmenter = WindowAugmenter(max_windows=5, random_state=3).fit(X)
    bag = augmenter.transform(X)
    np.testing.assert_array_equal(augmenter.transform(X[::-1])[::-1], bag)
    np.testing.assert_array_equal(augmenter.transform(X[7:8]), bag[7:8])
    np.testing.assert_array_equal(augmenter.explode(X).windows.reshape(bag.shape), bag)
    assert (WindowAugmenter(max_windows=5, random_state=4).fit_transform(X) != bag).any()


@pytest.mark.parametrize("make", [np.random.RandomState, np.random.default_rng])
def test_generators_are_accepted_as_random_state(random_dna, make):
    X = random_dna(5, 99)
    first, second = (WindowAugmenter(max_windows=5, random_state=make(1)).fit(X) for _ in range(2))
    np.testing.assert_array_equal(first.transform(X), second.transform(X))
    np.testing.assert_array_equal(first.transform(X), first.transform(X))


def test_balanced_learns_one_cap_per_sequence(random_dna):
    # windows per sequence: class a 21 and 61 (mean 41), class b 15 and 16 (mean 15.5)
    X = [*random_dna(1, 60), *random_dna(1, 100), *random_dna(1, 54), *random_dna(1, 55)]
    y = ["a", "a", "b", "b"]
    augmenter = WindowAugmenter(max_windows="balanced")
    assert augmenter.fit(X, y).max_windows_ == 15
    assert (augmenter.transform(X) != "").sum(axis=1).tolist() == [15, 15, 15, 15]
    assert augmenter.fit(X).max_windows_ == 15
    assert WindowAugmenter(max_windows="balanced").fit(X[:2]).max_windows_ == 21
    assert WindowAugmenter().fit(X, y).max_windows_ is None


def test_balanced_explodes_to_equal_classes(random_dna):
    X = [*random_dna(3, 200), *random_dna(1, 70), *random_dna(2, 50)]
    y = ["long", "long", "long", "one", "short", "short"]
    windows = WindowAugmenter(max_windows="balanced").explode(X, y)
    labels, counts = np.unique(windows.y, return_counts=True)
    assert labels.tolist() == ["long", "one", "short"]
    assert counts.tolist() == [22, 22, 22]
    assert np.bincount(windows.sources).tolist() == [8, 7, 7, 22, 11, 11]


def test_works_in_a_pipeline_and_a_grid_search(random_dna):
    X = pd.Series([text + "ACGTACGT" for text in random_dna(12, 30)])
    y = np.tile([0, 1], 6)
    mean = FunctionTransformer(lambda bags: bags.mean(axis=1))
    pipeline = make_pipeline(WindowAugmenter(), OneHotEncoder(flatten=True), mean, LogisticRegression())
    search = GridSearchCV(pipeline, {"windowaugmenter__window": [22, 25]}, cv=3, error_score="raise").fit(X, y)
    assert search.predict(X).shape == (12,)


def test_transform_needs_fit(random_dna):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        WindowAugmenter().transform(random_dna(2, 50))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 0}, "'window' parameter"),
        ({"window": 10.5}, "'window' parameter"),
        ({"overlap": 5}, "'overlap' parameter"),
        ({"overlap": (5, 40)}, r"overlap must be \(lo, hi\) .* window=40 .*got \(5, 40\)"),
        ({"overlap": (6, 5)}, "overlap must be"),
        ({"overlap": (-1, 5)}, "overlap must be"),
        ({"overlap": (1, 2, 3)}, "overlap must be"),
        ({"overlap": (1.0, 2.0)}, "overlap must be"),
        ({"min_shared": 41}, "min_shared=41 is more than window=40"),
        ({"min_shared": 0}, "'min_shared' parameter"),
        ({"max_windows": 0}, "'max_windows' parameter"),
        ({"max_windows": "even"}, "'max_windows' parameter"),
        ({"unique": "yes"}, "'unique' parameter"),
        ({"random_state": "seed"}, "'random_state' parameter"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "explode"])
def test_parameters_are_checked(random_dna, options, message, method):
    with pytest.raises(ValueError, match=message):
        getattr(WindowAugmenter(**options), method)(random_dna(2, 50))


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (pd.Series(["A" * 50, "A" * 39], index=["rbcL", "psbA"]), SequenceError, r"sequence 'psbA' has 39.*window=40"),
        (["A" * 50, "A" * 39], SequenceError, "sequence number 1 has 39 residues, fewer than window=40"),
        (["A" * 50, ""], SequenceError, "sequence number 1 is empty"),
        ([], SequenceError, "holds no sequences"),
        (np.array([["A" * 50, "A" * 50]]), SequenceError, "must be 1-D text"),
        ("A" * 50, SequenceTypeError, "is a single sequence; pass a list"),
        (["A" * 50, None], SequenceTypeError, "sequence number 1 is missing"),
        (pd.Series(["A" * 50, np.nan], index=["x", "y"]), SequenceTypeError, "sequence 'y' is missing"),
        ([1, 2], SequenceTypeError, "is a number"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "transform", "explode"])
def test_bad_sequences_are_named(X, error, message, method):
    augmenter = WindowAugmenter().fit(["A" * 50])
    with pytest.raises(error, match=message):
        getattr(augmenter, method)(X)


def test_balanced_needs_as_many_labels_as_sequences(random_dna):
    with pytest.raises(ValueError, match="y has 3 entries, X has 2 sequences"):
        WindowAugmenter(max_windows="balanced").fit(random_dna(2, 50), [1, 2, 3])


def test_windows_are_the_strided_windows(random_dna):
    X = random_dna(3, 70)
    np.testing.assert_array_equal(WindowAugmenter(30).fit_transform(X), sliding_windows(X, 30))


@pytest.mark.parametrize("repeat", [None, 0, 3, 5], ids=["no repeats", "first", "between", "last"])
@pytest.mark.parametrize("chunk", [1, 64, 1 << 13])
def test_windows_are_admitted_once_and_the_same_in_any_chunks(repeat, chunk, random_dna, monkeypatch):
    """A view of all windows and a bag without the repeated ones take one pass, wherever the first repeat stands."""
    X = random_dna(6, 60)
    if repeat is not None:
        X[repeat] = "ACGT" * 15
    expected = naive_bag(X, 40)
    passes = []
    admit = _window_augmenter.admit
    monkeypatch.setattr(_window_augmenter, "admit", lambda *args, **kw: passes.append(0) or admit(*args, **kw))
    monkeypatch.setattr(_window_selection, "_CHUNK", chunk)
    bag = WindowAugmenter(40, min_shared=15).fit_transform(X)
    assert len(passes) == 1
    assert [[window for window in row if window] for row in bag.tolist()] == expected
    assert bag.flags.writeable == (repeat is not None), "a view is read-only, a bag with gaps is a copy"


def naive_bag(X, window):
    """All stride-1 windows of each sequence in their order, each text once."""
    return [list(dict.fromkeys(x[i : i + window] for i in range(len(x) - window + 1))) for x in X]


@pytest.mark.parametrize(
    "y",
    [[0.5, np.nan, 7.25], [[0.5, 1.5], [np.nan, 2.5], [3.5, np.nan]], [[0, 1], [1, np.nan], [1, 0]]],
    ids=["numbers", "several numbers", "labels"],
)
def test_windows_and_edits_carry_any_target_with_its_gaps(y):
    from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation

    X, y = ["ACGTACGTTGCA", "GGATCCAATTGA", "TTGACCATACGA"], np.array(y)
    windows = WindowAugmenter(8, overlap=(4, 4), min_shared=None).explode(X, y)
    np.testing.assert_array_equal(windows.y, y[windows.sources])
    edits = RandomAugmentation([RandomMutation(0.1)], n_copies=2)
    np.testing.assert_array_equal(edits.fit_resample(X, y)[1], y[edits.sample_indices_])
    with pytest.raises(DataFormatError, match="y is missing for row 1"):
        edits.fit_resample(X, ["a", None, "b"])


@pytest.mark.parametrize("window", [1, 5, 6, 14, 15, 16, 20, 21, 40, 60])
def test_defaults_follow_the_window(window, random_dna):
    X = random_dna(3, 70)
    bags = WindowAugmenter(window).fit_transform(X)
    overlap = min(5, window - 1), min(20, window - 1)
    expected = WindowAugmenter(window, overlap=overlap, min_shared=min(15, window)).fit_transform(X)
    np.testing.assert_array_equal(bags, expected)
    if window > 15:
        assert bags.shape == (3, 70 - window + 1)


def test_a_search_over_the_window_needs_nothing_else(random_dna):
    model = make_pipeline(
        WindowAugmenter(max_windows=3), OneHotEncoder(flatten=True), WindowVotingClassifier(LogisticRegression())
    )
    search = GridSearchCV(model, {"windowaugmenter__window": [10, 20, 40, 50]}, cv=2, error_score="raise")
    search.fit(random_dna(8, 50), [0, 1] * 4)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


SHORT = pd.Series(["ACGTACGTAC", "GGT", "TTTTTACGTA", "ACGTA"], index=["a", "b", "c", "d"])


def test_short_sequences_are_padded():
    augmenter = WindowAugmenter(8, on_short="pad")
    with pytest.warns(SeqAugWarning, match=r"2 of 4 sequences shorter than window=8 \(.*'b'\): each is one"):
        bags = augmenter.fit(SHORT).transform(SHORT)
    assert augmenter.n_short_ == 2
    assert bags[:, 0].tolist() == ["ACGTACGT", "GGT", "TTTTTACG", "ACGTA"]
    assert (bags[[1, 3], 1:] == "").all()
    # the others are cut as they are without them, and the row of a short one is that of its own text
    np.testing.assert_array_equal(bags[[0, 2]], WindowAugmenter(8).fit_transform(SHORT.iloc[[0, 2]]))
    encoded = OneHotEncoder(flatten=True).fit_transform(bags)
    np.testing.assert_array_equal(encoded[1, 0], np.pad(one_hot(["GGT"], flatten=True)[0], (0, 20)))
    with pytest.warns(SeqAugWarning, match="2 of 4"):
        windows = augmenter.explode(SHORT)
    assert windows.windows[windows.sources == 1].tolist() == ["GGT"]
    assert len(windows.left_out) == 0


def test_short_sequences_are_left_out_of_rows_and_never_of_bags():
    augmenter = WindowAugmenter(8, on_short="skip", max_windows="balanced")
    y, weights = np.array(["x", "y", "y", "x"]), [1.0, 2.0, 3.0, 4.0]
    with pytest.warns(SeqAugWarning, match=r"2 of 4 sequences .* they are left out"):
        windows = augmenter.explode(SHORT, y, sample_weight=weights)
    alone = WindowAugmenter(8, max_windows="balanced").explode(SHORT.iloc[[0, 2]], y[[0, 2]])
    assert windows.windows.tolist() == alone.windows.tolist()
    assert windows.sources.tolist() == np.array([0, 2])[alone.sources].tolist()
    assert windows.y.tolist() == alone.y.tolist()
    assert set(windows.sample_weight) == {1.0, 3.0}
    assert set(windows.identifiers) == {"a", "c"}
    assert windows.left_out.tolist() == [1, 3]
    assert "Left out, since shorter than a window: 2 sequences." in windows._repr_html_()
    with pytest.raises(
        SequenceError, match=r"'b' has 3 residues, fewer than window=8; lower window, pass on_short='pad'"
    ):
        augmenter.fit(SHORT, y)
    with pytest.raises(SequenceError, match=r"and so have all others \(2 of 2"):
        augmenter.explode(SHORT.iloc[[1, 3]])
