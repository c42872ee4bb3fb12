"""Rows that were made of others say so, whatever splits them: made_parents, made_positions, warn_of_parted_rows."""

import json
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GroupKFold, KFold, LeaveOneOut, StratifiedKFold, train_test_split

from seqaug_sklearn.augmentation import (
    HaplotypeMosaic,
    OrthologAugmenter,
    RandomAugmentation,
    RandomMutation,
    RandomReverseComplement,
    WindowAugmenter,
)
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import WindowBlockKFold
from seqaug_sklearn.utils import made_of_all, made_parents, made_positions, warn_of_parted_rows

RNG = np.random.default_rng(0)
TEXTS = ["".join(row) for row in RNG.choice(list("ACGT"), (20, 60))]
NAMED = pd.Series(TEXTS, index=[f"g{i}" for i in range(20)], name="text")
Y = np.array([0, 1] * 10)
AT_RANDOM = KFold(4, shuffle=True, random_state=0)


def copies(X, n_copies=2):
    return RandomAugmentation([RandomMutation()], n_copies=n_copies, random_state=0).fit_resample(X, Y)[0]


def orthologs(X):
    table = {name: [text[:-1] + "A"] * (i % 3) for i, (name, text) in enumerate(X.items())}
    return OrthologAugmenter({name: texts for name, texts in table.items() if texts}).fit_resample(X, Y)[0]


def windows(X):
    return WindowAugmenter(20, overlap=(5, 10)).explode(X).to_frame()["window"]


def is_parted(X):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LeakageWarning)
        return warn_of_parted_rows(X)


FORMS = {
    "names": NAMED,
    "row numbers": NAMED.reset_index(drop=True),
    "frame": NAMED.to_frame(),
    "two keys": NAMED.set_axis(pd.MultiIndex.from_product([list("abcde"), range(4)])),
}


@pytest.mark.parametrize("X", FORMS.values(), ids=FORMS)
def test_copies_that_a_split_parts(X):
    made = copies(X)
    assert not is_parted(made)
    for train, _ in AT_RANDOM.split(made):
        assert is_parted(made.iloc[train])
    assert is_parted(made.iloc[next(LeaveOneOut().split(made))[0]])
    for train, test in GroupKFold(4).split(made, groups=np.tile(np.arange(20), 3)):
        assert not is_parted(made.iloc[train])
        assert not is_parted(made.iloc[test])
    np.testing.assert_array_equal(made_parents(made), np.tile(np.arange(20), 3))


def test_orthologs_and_windows_that_a_split_parts():
    for make in (orthologs, windows):
        made = make(NAMED)
        assert not is_parted(made)
        assert is_parted(train_test_split(made, random_state=0)[0])
        assert is_parted(made.iloc[next(StratifiedKFold(2, shuffle=True).split(made, np.zeros(len(made))))[0]])


def test_windows_kept_together_or_purged():
    made = WindowAugmenter(20, overlap=(5, 10)).explode(NAMED.str.cat([NAMED.iloc[::-1].to_numpy()] * 2))
    frame = made.to_frame()
    np.testing.assert_array_equal(made_positions(frame["window"].iloc[5:9]), made.positions[5:9])
    for train, _ in GroupKFold(4).split(frame, groups=made.groups):
        assert not is_parted(frame["window"].iloc[train])
    for train, _ in WindowBlockKFold(3, window=20, shared=None).split(frame["window"], groups=made.positions):
        assert not is_parted(frame["window"].iloc[train])
    # a block without the purge: windows at both of its borders overlap
    held = (made.starts >= 60) & (made.starts < 90)
    assert is_parted(frame["window"][~held])
    # the ends of half of the parents, beside parents that are missing as a whole
    held = (made.starts < 10) | (made.sources % 2 == 1)
    assert is_parted(frame["window"][~held])


def test_what_says_nothing():
    for X in (TEXTS, np.array(TEXTS), NAMED, copies(TEXTS), copies(np.array(TEXTS)), None):
        assert not is_parted(X)
        assert made_parents(X) is None
        assert made_positions(X) is None
    made = copies(NAMED)
    # another index: nothing is known any more, and nothing is claimed
    assert not is_parted(made.reset_index(drop=True).iloc[:30])
    assert made_parents(made.reset_index(drop=True)) is None
    assert not is_parted(windows(NAMED).set_axis([f"w{i}" for i in range(820)]).iloc[:30])


def test_copies_that_no_edit_changed_may_be_dropped():
    made = RandomAugmentation([RandomReverseComplement(0.5)], random_state=0).fit_resample(NAMED, Y)[0]
    kept = made.drop_duplicates()
    assert len(kept) < len(made)
    assert not is_parted(kept)
    assert is_parted(made.drop(made.index[0]).iloc[:-4])


def test_the_note_goes_with_the_rows():
    made = copies(NAMED)
    half = pickle.loads(pickle.dumps(made.str.lower().sample(frac=0.5, random_state=0)))
    with pytest.warns(LeakageWarning, match=r"that RandomAugmentation\.fit_resample made and not .*groups=X\.index"):
        assert warn_of_parted_rows(half)
    with pytest.warns(LeakageWarning, match=r"that WindowAugmenter\.explode made and not .*window_set\.groups"):
        assert warn_of_parted_rows(windows(NAMED).sample(frac=0.5, random_state=0))
    # pandas writes attrs into files of several formats as JSON
    assert json.loads(json.dumps(made.attrs)) == made.attrs
    assert not NAMED.attrs


def test_a_second_augmenter_speaks_for_both():
    first = orthologs(NAMED)
    made = RandomAugmentation([RandomMutation()], random_state=0).fit_resample(first, np.zeros(len(first)))[0]
    assert not is_parted(made)
    assert is_parted(made.iloc[: len(made) // 2])
    with pytest.warns(LeakageWarning, match="that OrthologAugmenter.fit_resample made"):
        RandomAugmentation([RandomMutation()]).fit_resample(first.iloc[:22], np.zeros(22))


def test_windows_of_copies_are_one_group():
    found = WindowAugmenter(20, overlap=(5, 10)).explode(copies(NAMED))
    assert len(np.unique(found.sources)) == 60
    np.testing.assert_array_equal(found.groups, found.sources % 20)
    of_text = WindowAugmenter(20, overlap=(5, 10)).explode(TEXTS)
    np.testing.assert_array_equal(of_text.groups, of_text.sources)


@pytest.mark.filterwarnings("ignore::seqaug_sklearn.exceptions.PrivacyWarning")
def test_people_made_of_all_people():
    X = pd.DataFrame(RNG.integers(0, 4, (12, 30)).astype(np.int8))
    mosaic = HaplotypeMosaic(switch_rate=0.1, match_length=5, encoding="phased", random_state=0)
    made, labels = mosaic.fit_resample(X, ["a"] * 8 + ["b"] * 4)
    assert made_of_all(made) == "HaplotypeMosaic.fit_resample"
    assert not is_parted(made)
    with pytest.warns(LeakageWarning, match=r"HaplotypeMosaic\.fit_resample made .*or the training rows alone"):
        mosaic.fit(made.iloc[:12], labels[:12])
    assert made_of_all(X) == made_of_all(TEXTS) == ""
