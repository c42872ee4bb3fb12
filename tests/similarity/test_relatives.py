"""find_relatives: families, edited copies and shifted windows are found, what all rows share is not."""

import inspect

import numpy as np
import pytest

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.augmentation import RandomAugmentation, RandomDeletion, RandomMutation, WindowAugmenter
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.similarity import USUAL_SHARE, _relatives, find_relatives
from seqaug_sklearn.utils import text_to_codes

RNG = np.random.default_rng(0)
DNA20 = "ACDEFGHIKLMNPQRSTVWY"


def random_rows(n, length, letters="ACGT"):
    return ["".join(row) for row in RNG.choice(list(letters), (n, length))]


def mutated(text, share, letters="ACGT"):
    return "".join(RNG.choice(list(letters)) if RNG.random() < share else letter for letter in text)


def find(texts, asked, others, alphabet="dna"):
    codes = text_to_codes(texts, alphabet)
    return find_relatives(codes, np.arange(len(codes)), np.asarray(asked), np.asarray(others), alphabet=alphabet)


def test_families_are_found_and_strangers_are_not():
    promoters = make_promoters(60, length=100, n_families=20, random_state=0)
    families = promoters.groups.to_numpy()
    asked = np.arange(0, 60, 5)
    others = np.setdiff1d(np.arange(60), asked)
    rows, related = find(promoters.sequences.tolist(), asked, others)
    np.testing.assert_array_equal(rows, asked)
    # siblings are 85 % identical, and of 100 residues some pairs share too little to tell
    assert related.sum() > 0.6 * np.isin(families[asked], families[others]).sum()
    strangers = np.flatnonzero(~np.isin(families, families[asked]))
    assert not find(promoters.sequences.tolist(), asked, strangers)[1].any()


def test_edited_copies_reverse_complements_and_shifts():
    texts = random_rows(20, 200)
    edits = RandomAugmentation([RandomDeletion(0, 20), RandomMutation(0.05)], random_state=0)
    edited, _ = edits.fit_resample(texts, [0] * 20)
    table = str.maketrans("ACGT", "TGCA")
    others = [text[30:] + "ACGT" for text in texts[:10]] + [text.translate(table)[::-1] for text in texts[10:]]
    for copies in (edited[20:], others):
        assert find([*texts, *copies], range(20), range(20, 40))[1].all()
    assert not find([*texts, *random_rows(20, 200)], range(20), range(20, 40))[1].any()


def test_order_and_side_of_the_rows_do_not_matter():
    texts = random_rows(6, 80)
    texts += [mutated(text, 0.1) for text in texts[:3]]
    for asked in ([4, 0, 2], [0, 2, 4]):
        rows, related = find(texts, asked, [8, 6, 7, 5])
        assert rows.tolist() == [0, 2, 4]
        assert related.tolist() == [True, True, False]


def test_windows_of_a_bag_count_as_their_row():
    texts = random_rows(12, 120)
    texts[9:] = [mutated(text, 0.1) for text in texts[:3]]
    one = find(texts, range(3), range(3, 12))[1]
    assert one.all()
    for augmenter in (WindowAugmenter(), WindowAugmenter(max_windows=7), WindowAugmenter(min_shared=None)):
        bags = augmenter.fit_transform(texts)
        codes = text_to_codes(bags[bags != ""], "dna")
        sources = np.nonzero(bags != "")[0]
        assert find_relatives(codes, sources, np.arange(3), np.arange(3, 12))[1].all()
        assert not find_relatives(codes, sources, np.arange(3, 9), np.arange(9, 12))[1].any()


def test_shifted_windows_as_rows():
    windows = WindowAugmenter().explode(random_rows(4, 100))
    at_random = RNG.permutation(len(windows))
    assert find(windows.windows, at_random[:30], at_random[30:])[1].all()
    of_last = np.flatnonzero(windows.sources == 3)
    assert not find(windows.windows, of_last, np.flatnonzero(windows.sources < 3))[1].any()


def test_what_most_rows_hold_is_no_sign():
    adapter = "GATTACAGCCTAGGCATCGATCGGATCCAT"
    texts = [adapter + text for text in random_rows(30, 60)]
    assert not find(texts, range(10), range(10, 30))[1].any()
    # but in a tenth of the rows it is
    texts[:27] = random_rows(27, 90)
    assert find(texts, [0, 28], [*range(1, 28), 29])[1].tolist() == [False, True]


@pytest.mark.parametrize("repeat", ["A", "AC", "CAG"])
def test_repeats_are_no_sign(repeat):
    texts = random_rows(40, 60)
    texts[::4] = [text[:30] + (repeat * 30)[:30] for text in texts[::4]]
    assert not find(texts, range(20), range(20, 40))[1].any()


def test_proteins_and_alphabets_of_ones_own():
    texts = random_rows(10, 100, DNA20)
    texts += [mutated(text, 0.3, DNA20) for text in texts[:5]]
    assert find(texts, range(10), range(10, 15), "protein")[1].tolist() == [True] * 5 + [False] * 5
    many = Alphabet("many", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    texts = random_rows(4, 60, many.symbols)
    assert find([*texts, texts[0]], range(4), [4], many)[1].tolist() == [True, False, False, False]


@pytest.mark.parametrize("length", [1, 5, 12, 19])
def test_short_and_unknown_rows_are_no_relatives(length):
    texts = random_rows(30, length)
    assert not find(texts, range(10), range(10, 30))[1].any()
    assert not find(["N" * 50] * 6, range(3), range(3, 6))[1].any()


def test_nothing_to_ask_and_nobody_to_compare_with():
    texts = random_rows(4, 50)
    assert [part.tolist() for part in find(texts, [], [0, 1])] == [[], []]
    assert [part.tolist() for part in find(texts, [0, 1], [])] == [[0, 1], [False, False]]


def test_large_data_are_sampled_and_cut_into_blocks(monkeypatch):
    texts = random_rows(60, 100)
    texts += [mutated(text, 0.04) for text in texts]
    every = find(texts, range(60), range(60, 120))
    monkeypatch.setattr(_relatives, "_BLOCK", 1000)
    assert find(texts, range(60), range(60, 120))[1].all()
    assert every[1].all()
    monkeypatch.setattr(_relatives, "_MOST_ASKED", 7)
    rows, related = find(texts, range(60), range(60, 120))
    assert rows.tolist() == [0, 10, 20, 30, 39, 49, 59]
    assert related.all()
    monkeypatch.setattr(_relatives, "_MOST_RESIDUES", 3000)
    assert 0 < find(texts, range(60), range(60, 120))[1].sum() < 7


def test_relatives_are_told_by_one_share_everywhere():
    """Audits, guards, the filter of orthologs and the command line must not disagree on who is a relative."""
    from seqaug_sklearn.augmentation import OrthologAugmenter
    from seqaug_sklearn.cli import _audit
    from seqaug_sklearn.model_selection import LeakageGuard, audit_leakage

    for function, name in [
        (audit_leakage, "threshold"),
        (LeakageGuard, "threshold"),
        (OrthologAugmenter, "exclude_threshold"),
        (_audit.audit, "threshold"),
    ]:
        assert inspect.signature(function).parameters[name].default == USUAL_SHARE
