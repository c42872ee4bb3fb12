"""Block folds against a reference that compares windows pair by pair."""

import itertools
import pickle
import time
import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, StratifiedGroupKFold, cross_validate
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.exceptions import LeakageWarning, SequenceError
from seqaug_sklearn.model_selection import WindowBlockKFold

COMPLEMENT = str.maketrans("ACGT", "TGCA")


def cut(sequences, window, step=1):
    """All windows of all sequences: text and positions."""
    rows = [(s[i : i + window], p, i) for p, s in enumerate(sequences) for i in range(0, len(s) - window + 1, step)]
    return np.array([row[0] for row in rows]), np.array([row[1:] for row in rows])


def starts_of(*lengths, window=40):
    return np.array([(p, i) for p, length in enumerate(lengths) for i in range(length - window + 1)])


def one_hot(windows, symbols="ACGT"):
    return np.array([[[float(c == s) for s in symbols] for c in window] for window in windows])


def share_text(a, b, length, strands=2):
    words = {b[i : i + length] for i in range(len(b) - length + 1)}
    if strands == 2:
        words |= {word.translate(COMPLEMENT)[::-1] for word in words}
    return any(a[i : i + length] in words for i in range(len(a) - length + 1))


def reference(windows, positions, k, n_splits, window, shared, strands=2):
    """Training and test rows of fold k, pair by pair, and the training rows before the purge between parents."""
    block = {}
    for parent in {p for p, _ in positions.tolist()}:
        starts = sorted({s for p, s in positions.tolist() if p == parent})
        for b, part in enumerate(np.array_split(starts, n_splits)):
            block |= {(parent, s): b for s in part.tolist()}
    rows = [tuple(position) for position in positions.tolist()]
    test = [i for i, row in enumerate(rows) if block[row] == k]
    apart = [
        i
        for i, (p, s) in enumerate(rows)
        if block[p, s] != k and all(rows[j][0] != p or abs(rows[j][1] - s) >= window for j in test)
    ]
    clean = [
        i for i in apart if not (shared and any(share_text(windows[i], windows[j], shared, strands) for j in test))
    ]
    return clean, test, apart


@pytest.fixture
def related(random_dna):
    """Three DNA sequences of 60, 75 and 90 residues; the others repeat parts of the first, once reversed."""
    a, b, c, _ = (random_dna(1, length)[0] for length in (60, 55, 65, 1))
    return [a, b[:30] + a[20:40] + b[30:], c[:10] + a[30:55].translate(COMPLEMENT)[::-1] + c[10:]]


@pytest.mark.parametrize("shared", [None, 7, 9, 12])
@pytest.mark.parametrize("n_splits", [2, 3, 5])
@pytest.mark.parametrize("form", ["text", "list", "one-hot", "flat"])
def test_equals_the_pairwise_reference(related, rng, shared, n_splits, form):
    windows, positions = cut(related, 12)
    order = rng.permutation(len(windows))
    windows, positions = windows[order], positions[order] + [100, 0]
    X = {"text": windows, "list": windows.tolist(), "one-hot": one_hot(windows)}.get(form)
    X = one_hot(windows).reshape(len(windows), -1) if X is None else X
    cv = WindowBlockKFold(n_splits, window=12, shared=shared, on_empty="skip")
    folds = list(cv.split(X, groups=positions))
    report = cv.report(X, groups=positions)
    assert len(folds) == len(report) == n_splits
    for k, (train, test) in enumerate(folds):
        expected, expected_test, apart = reference(windows, positions, k, n_splits, 12, shared)
        trained = set(positions[expected, 0])
        kept_test = [i for i in expected_test if positions[i, 0] in trained]
        skipped = sorted({int(positions[i, 0]) for i in expected_test} - trained)
        assert train.tolist() == expected
        assert test.tolist() == kept_test
        assert cv.skipped_[k].tolist() == skipped
        assert report.loc[k].to_dict() == {
            "n_train": len(expected),
            "n_test": len(kept_test),
            "n_purged_overlap": len(windows) - len(expected_test) - len(apart),
            "n_purged_shared": len(apart) - len(expected),
            "n_skipped_parents": len(skipped),
            "n_skipped_windows": len(expected_test) - len(kept_test),
        }


def test_purge_between_parents_happens_in_the_fixture(related):
    windows, positions = cut(related, 12)
    within = WindowBlockKFold(3, window=12, shared=None).report(windows, groups=positions)
    between = WindowBlockKFold(3, window=12, shared=12).report(windows, groups=positions)
    assert (within["n_purged_shared"] == 0).all()
    assert (between["n_purged_shared"] > 0).any()


def test_each_strand_is_purged(random_dna):
    a, b = random_dna(2, 200)
    for copied in (a[:40], a[:40].translate(COMPLEMENT)[::-1]):
        windows, positions = cut([a, b + copied], 30)
        cv = WindowBlockKFold(4, window=30, shared=20)
        train, test = next(cv.split(windows, groups=positions))
        assert not any(share_text(windows[i], windows[j], 20) for i in train for j in test)
        late = (positions[:, 0] == 1) & (positions[:, 1] > 195)
        assert late.sum() == 15
        assert not np.isin(np.flatnonzero(late), train).any()


def test_proteins_have_one_strand(rng):
    parts = ["".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), n)) for n in (80, 80)]
    sequences = [parts[0], parts[1] + parts[0][:12]]
    windows, positions = cut(sequences, 10)
    cv = WindowBlockKFold(4, window=10, shared=6, alphabet="protein")
    for k, (train, test) in enumerate(cv.split(windows, groups=positions)):
        expected, expected_test, _ = reference(windows, positions, k, 4, 10, 6, strands=1)
        assert train.tolist() == expected
        assert test.tolist() == expected_test
    assert cv.report(windows, groups=positions)["n_purged_shared"].sum() > 0
    with pytest.raises(SequenceError, match="alphabet='protein'"):
        WindowBlockKFold(window=10, shared=6).split(windows, groups=positions)


def test_unknown_symbols_are_not_shared(random_dna):
    a, b = random_dna(2, 120)
    windows, positions = cut([a[:60] + "N" * 25 + a[60:], b[:20] + "N" * 25 + b[20:]], 20)
    report = WindowBlockKFold(2, window=20, shared=15).report(windows, groups=positions)
    assert (report["n_purged_shared"] == 0).all()


@pytest.mark.parametrize("window", [1, 2, 7, 40])
@pytest.mark.parametrize("step", [1, 3, 40])
def test_invariants(random_dna, rng, window, step):
    far = max(window, step)
    sequences = [random_dna(1, int(length))[0] for length in rng.integers(4 * far + 10, 8 * far + 60, size=6)]
    windows, positions = cut(sequences, window, step)
    cv = WindowBlockKFold(3, window=window, shared=None, on_empty="skip")
    tested = np.zeros(len(windows), int)
    for (train, test), skipped in zip(cv.split(windows, groups=positions), cv.skipped_, strict=True):
        tested[test] += 1
        same = positions[train, None, 0] == positions[None, test, 0]
        near = np.abs(positions[train, None, 1] - positions[None, test, 1]) < window
        assert not (same & near).any()
        assert set(positions[test, 0]) <= set(positions[train, 0])
        assert not np.isin(skipped, positions[test, 0]).any()
    assert tested.max() == 1
    if not any(map(len, cv.skipped_)):
        assert tested.min() == 1


def test_measured_sizes():
    report = WindowBlockKFold(window=40, shared=None).report(None, groups=starts_of(300))
    assert (report["n_train"].min(), report["n_train"].max()) == (131, 170)
    sizes = []
    for k in range(5):
        train, _, _ = reference(None, starts_of(112), k, 5, 40, None)
        sizes.append(len(train))
    assert sizes == [19, 4, 0, 6, 20]
    cv = WindowBlockKFold(window=40, shared=None, on_empty="skip")
    with pytest.raises(ValueError, match=r"fold 2 has no test windows left: parent 0 .* at least 136 residues"):
        cv.split(None, groups=starts_of(112))
    both = starts_of(300, 112)
    folds = list(cv.split(None, groups=both))
    assert [int((both[train, 0] == 1).sum()) for train, _ in folds] == [19, 4, 0, 6, 20]
    assert [skipped.tolist() for skipped in cv.skipped_] == [[], [], [1], [], []]
    assert cv.report(None, groups=both)["n_skipped_windows"].tolist() == [0, 0, 15, 0, 0]


@pytest.mark.parametrize(("window", "n_splits"), [(40, 5), (7, 3), (1, 2), (5, 2), (3, 10), (15, 4)])
def test_smallest_workable_length(window, n_splits):
    with pytest.raises(ValueError, match="residues") as caught:
        WindowBlockKFold(n_splits, window=window, shared=None).split(None, groups=starts_of(window, window=window))
    smallest = int(str(caught.value).split("at least ")[1].split()[0])
    cv = WindowBlockKFold(n_splits, window=window, shared=None)
    if smallest - window + 1 >= n_splits:
        assert len(list(cv.split(None, groups=starts_of(smallest, window=window)))) == n_splits
    for shorter in range(window, smallest):
        with pytest.raises(ValueError, match=r"parent 0 has no training windows left in fold|has no test windows"):
            cv.split(None, groups=starts_of(shorter, window=window))


def test_short_parent_is_an_error_naming_it():
    positions = starts_of(300, 100) + np.array([5, 0])
    match = r"parent 6 has no training windows left in fold 1: .*at least 136 residues.*its 61 windows span 100"
    with pytest.raises(ValueError, match=match):
        WindowBlockKFold(window=40, shared=None).split(None, groups=positions)


def test_parent_emptied_by_others_is_an_error_naming_them(random_dna):
    a, b = random_dna(2, 300)
    repeat = "ACGTTGCAGT" * 9  # every window of the third parent holds the same 20-mers
    windows, positions = cut([a, b[:100] + repeat[:20] + b[100:], repeat], 20)
    match = (
        r"parent 2 has no training windows left in fold 0: the \d+ .*share 20 consecutive symbols.*of parents 1, 2\. "
    )
    with pytest.raises(ValueError, match=match):
        WindowBlockKFold(2, window=20).split(windows, groups=positions)

    inverted = a[:100].translate(COMPLEMENT)[::-1]
    windows, positions = cut([a, b, inverted], 20)
    with pytest.raises(ValueError, match=r"parent 2 .*test windows of parent 0\b.*on_empty='skip'"):
        WindowBlockKFold(2, window=20).split(windows, groups=positions)
    cv = WindowBlockKFold(2, window=20, on_empty="skip")
    folds = list(cv.split(windows, groups=positions))
    assert [skipped.tolist() for skipped in cv.skipped_] == [[2], []]
    for train, test in folds:
        assert not any(share_text(windows[i], windows[j], 20) for i in train for j in test)


def test_fewer_windows_than_folds():
    positions = np.array([(0, s) for s in range(0, 200, 20)] + [(1, 0), (1, 50), (1, 50)])
    cv = WindowBlockKFold(5, window=20, shared=None)
    tests = [positions[test].tolist() for _, test in cv.split(None, groups=positions)]
    assert [[start for parent, start in test if parent == 1] for test in tests] == [[0], [50, 50], [], [], []]
    with pytest.raises(ValueError, match=r"n_splits must be at most 2 here, got 5: fold 2 has no test windows"):
        cv.split(None, groups=positions[-3:])


def test_same_rows_every_time_and_in_any_order(related, rng):
    windows, positions = cut(related, 12)
    cv = WindowBlockKFold(3, window=12, shared=8, on_empty="skip")
    first, second = (list(cv.split(windows, groups=positions)) for _ in range(2))
    order = rng.permutation(len(windows))
    shuffled = cv.split(windows[order], groups=positions[order])
    for (train, test), (train2, test2), (train3, test3) in zip(first, second, shuffled, strict=True):
        assert train.tolist() == train2.tolist() == sorted(order[train3].tolist())
        assert test.tolist() == test2.tolist() == sorted(order[test3].tolist())


@pytest.mark.parametrize("form", [list, lambda p: p.tolist(), pd.DataFrame, lambda p: p.astype(np.uint16)])
def test_forms_of_positions(form):
    positions = starts_of(60, 70, window=10)
    cv = WindowBlockKFold(3, window=10, shared=None)
    before = positions.copy()
    expected, got = cv.split(None, groups=positions), cv.split(None, groups=form(positions))
    for fold, other in zip(expected, got, strict=True):
        assert [rows.tolist() for rows in fold] == [rows.tolist() for rows in other]
    np.testing.assert_array_equal(positions, before)


@pytest.mark.parametrize(
    ("groups", "match"),
    [
        (None, r"groups is missing.*groups=window_set\.positions"),
        (np.arange(30), r"shape \(n_windows, 2\), got \(30,\); pass groups=window_set\.positions"),
        (np.zeros((30, 3), int), r"got \(30, 3\)"),
        (np.zeros((0, 2), int), r"got \(0, 2\)"),
        (np.zeros((30, 2)), "must be integers, got dtype float64"),
        (np.zeros((30, 2), bool), "must be integers, got dtype bool"),
        (pd.DataFrame({"parent": ["a"] * 30, "start": range(30)}), "must be integers, got dtype object"),
        (np.column_stack([np.zeros(30, int), np.arange(-1, 29)]), r"not be negative, got \[0, -1\] in row 0"),
        (np.zeros((29, 2), int), "X has 30 rows, groups 29"),
    ],
)
def test_bad_positions(groups, match):
    with pytest.raises(ValueError, match=match):
        WindowBlockKFold(window=10, shared=None).split(np.zeros((30, 1)), groups=groups)


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"n_splits": 1}, "n_splits must be an int of at least 2, got 1"),
        ({"n_splits": 2.5}, "n_splits must be an int of at least 2, got 2.5"),
        ({"window": 0}, "window must be an int of at least 1, got 0"),
        ({"window": "40"}, "window must be an int of at least 1, got '40'"),
        ({"shared": 0}, "shared must be an int of at least 1, got 0"),
        ({"shared": True}, "shared must be an int of at least 1, got True"),
        ({"shared": 11}, "shared must be at most window=10, got 11"),
        ({"on_empty": "drop"}, "on_empty must be 'error' or 'skip', got 'drop'"),
        ({"alphabet": "klingon"}, "alphabet must be one of"),
    ],
)
def test_bad_parameters(parameters, match):
    cv = WindowBlockKFold(**{"window": 10, "shared": 5} | parameters)
    with pytest.raises(ValueError, match=match):
        cv.split(["ACGTACGTAC"] * 30, groups=starts_of(39, window=10))


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda w: [*w[:-1], w[-1][:9]], "window is 10, but row 30 of X has 9 symbols"),
        (lambda w: np.column_stack([w, w]), r"one window per row .*got bags of shape \(31, 2\)"),
        (lambda w: one_hot(w)[:, :9], r"one-hot of 9 positions and 4 symbols, but window=10"),
        (lambda w: one_hot(w, "ACGTX"), r"10 positions and 5 symbols, .*alphabet='dna' \(4 symbols\)"),
    ],
)
def test_windows_that_do_not_fit(random_dna, make, match):
    windows, positions = cut(random_dna(1, 40), 10)
    with pytest.raises(SequenceError, match=match):
        WindowBlockKFold(2, window=10, shared=5).split(make(windows), groups=positions)


@pytest.mark.parametrize("X", [None, "floats", "ranks"])
def test_unreadable_windows_are_purged_within_the_parent_only(related, rng, X):
    windows, positions = cut(related, 12)
    if X == "floats":
        X = rng.normal(size=(len(windows), 12, 4))
    elif X == "ranks":
        X = np.arange(len(windows))[:, None]
    cv = WindowBlockKFold(3, window=12, shared=8)
    with pytest.warns(
        LeakageWarning, match=r"only windows that overlap within their parent.*WindowSet\.windows"
    ) as seen:
        folds = list(cv.split(X, groups=positions))
    assert len(seen) == 1
    assert seen[0].filename == __file__
    within = WindowBlockKFold(3, window=12, shared=None).split(X, groups=positions)
    for fold, other in zip(folds, within, strict=True):
        assert [rows.tolist() for rows in fold] == [rows.tolist() for rows in other]


def test_no_warning_where_nothing_is_missed(related):
    windows, positions = cut(related, 12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        WindowBlockKFold(3, window=12, shared=None).split(np.zeros((len(windows), 1)), groups=positions)
        for X in (windows, windows.tolist(), pd.Series(windows), pd.DataFrame({"w": windows}), windows[:, None]):
            WindowBlockKFold(3, window=12, shared=12).split(X, groups=positions)


def kmer_model():
    return make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 3)), MultinomialNB())


def test_in_scikit_learns_tools(related):
    windows, positions = cut(related, 12)
    y = positions[:, 0]
    cv = WindowBlockKFold(3, window=12, shared=8, on_empty="skip")
    assert cv.get_n_splits() == 3
    for groups in (positions, pd.DataFrame(positions)):
        scores = cross_validate(kmer_model(), windows, y, groups=groups, cv=cv, return_indices=True)
        assert len(scores["test_score"]) == 3
        for train, (expected, _) in zip(scores["indices"]["train"], cv.split(windows, groups=positions), strict=True):
            assert train.tolist() == expected.tolist()
    search = GridSearchCV(kmer_model(), {"multinomialnb__alpha": [0.1, 1]}, cv=cv).fit(windows, y, groups=positions)
    assert search.n_splits_ == 3
    with pytest.raises(ValueError, match="groups is missing"):
        cross_validate(kmer_model(), windows, y, cv=cv)


def test_metadata_routing(random_dna):
    windows, positions = cut(random_dna(3, 150), 12)
    y = positions[:, 0]
    cv = WindowBlockKFold(3, window=12, shared=8, on_empty="skip")
    with sklearn.config_context(enable_metadata_routing=True):
        routed = cross_validate(kmer_model(), windows, y, params={"groups": positions}, cv=cv, return_indices=True)
        search = GridSearchCV(kmer_model(), {"multinomialnb__alpha": [0.1, 1]}, cv=cv)
        nested = cross_validate(search, windows, y, params={"groups": positions}, cv=cv)
    for test, (_, expected) in zip(routed["indices"]["test"], cv.split(windows, groups=positions), strict=True):
        assert test.tolist() == expected.tolist()
    assert np.isfinite(nested["test_score"]).all()


def test_repr_and_pickle():
    cv = WindowBlockKFold(3, window=12, on_empty="skip")
    text = " ".join(repr(cv).split())
    assert text == "WindowBlockKFold(alphabet='dna', n_splits=3, on_empty='skip', shared=20, window=12)"
    assert repr(pickle.loads(pickle.dumps(cv))) == repr(cv)


def test_noise_scores_chance_where_a_random_split_remembers(random_dna, rng):
    windows, positions = cut(random_dna(12, 160), 30)
    y = positions[:, 0]
    model = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(6, 6)), LogisticRegression(max_iter=300))
    honest = cross_validate(model, windows, y, groups=positions, cv=WindowBlockKFold(3, window=30))["test_score"]
    order = rng.permutation(len(windows))
    train, test = order[::2], order[1::2]
    assert model.fit(windows[train], y[train]).score(windows[test], y[test]) > 0.95
    assert honest.mean() < 0.25  # chance: 1 / 12


def upstream_regions(path, length=300):
    """Upper-case text upstream of every simple gene of a GenBank file, each once, away from the origin."""
    from Bio import SeqIO

    record = SeqIO.read(path, "genbank")
    regions = {}
    for feature in record.features:
        where = feature.location
        if feature.type != "gene" or len(where.parts) > 1:
            continue
        start, end = (where.start - length, where.start) if where.strand == 1 else (where.end, where.end + length)
        if start >= 0 and end <= len(record):
            text = record.seq[start:end].upper()
            regions[str(text if where.strand == 1 else text.reverse_complement())] = None
    return list(regions)


def shares_words(windows, positions, train, test, length):
    """Whether a training window of another parent has a word of this length in common with a test window."""
    words = {}
    for j in test:
        for i in range(len(windows[j]) - length + 1):
            word = windows[j][i : i + length]
            for either in (word, word.translate(COMPLEMENT)[::-1]):
                words.setdefault(either, set()).add(positions[j, 0])
    return any(
        words.get(windows[i][s : s + length], set()) - {positions[i, 0]}
        for i in train
        for s in range(len(windows[i]) - length + 1)
    )


@pytest.mark.realdata
def test_real_plastome(real_data):
    regions = upstream_regions(real_data / "plastomes" / "NC_000932.1.gb")
    windows, positions = cut(regions, 40)
    assert len(regions) > 100
    within = next(WindowBlockKFold(window=40, shared=None).split(windows, groups=positions))
    assert shares_words(windows, positions, *within, 20)

    cv = WindowBlockKFold(window=40, shared=20, on_empty="skip")
    began = time.perf_counter()
    folds = list(cv.split(windows, groups=positions))
    assert time.perf_counter() - began < 20  # 29,000 windows; a loop over pairs would take hours
    assert not shares_words(windows, positions, *folds[0], 20)
    report = cv.report(windows, groups=positions)
    assert (report["n_purged_shared"] > 0).all()
    assert (report.drop(columns="n_skipped_parents").sum(axis=1) == len(windows)).all()
    tested = np.bincount(np.concatenate([test for _, test in folds]), minlength=len(windows))
    assert tested.max() == 1
    assert len(windows) - tested.sum() == report["n_skipped_windows"].sum()


@pytest.mark.parametrize("splitter", [GroupKFold(3), StratifiedGroupKFold(3)])
def test_parents_stay_whole_with_scikit_learns_group_splitters(random_dna, splitter):
    from seqaug_sklearn.augmentation import WindowAugmenter

    y = np.repeat(["a", "b"], 6)
    flat = WindowAugmenter(window=25).fit(sequences := random_dna(12, 50)).explode(sequences, y)
    assert len(flat.windows) == 12 * 26
    for train, test in splitter.split(flat.windows, flat.y, flat.groups):
        assert set(flat.groups[train]).isdisjoint(flat.groups[test])
        assert set(flat.sources[train]).isdisjoint(flat.sources[test])
        assert set(flat.y[test]) == {"a", "b"}


def test_exploded_windows_split_by_their_positions(random_dna):
    from seqaug_sklearn.augmentation import WindowAugmenter

    flat = WindowAugmenter(window=25).fit(sequences := random_dna(4, 150)).explode(sequences, list("abcd"))
    cv = WindowBlockKFold(3, window=25, shared=15)
    for train, test in cv.split(flat.windows, groups=flat.positions):
        for i, j in itertools.product(train[::5], test[::5]):
            assert not share_text(flat.windows[i], flat.windows[j], 15)
        assert set(flat.y[test]) == set("abcd") == set(flat.y[train])
