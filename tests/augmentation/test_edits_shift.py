"""Shifts: what moves, what is lost and what fills the free places, against a reference of one row at a time."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from seqaug_sklearn.augmentation import RandomAugmentation, RandomShift
from seqaug_sklearn.exceptions import SequenceError

LEFT, RIGHT = "GATTACAGGCTTAAC", "CCGTAATGCA"


def is_shifted(before, after, low, high, sizes, fillings):
    """Whether the stretch moved by one of these sizes, and the free places hold one of the fillings."""
    if (before[:low], before[high:]) != (after[:low], after[high:]):
        return False
    old, new = before[low:high], after[low:high]
    return any(
        (new[size:] == old[: len(old) - size] and fillings(new[:size], "left", size))
        or (new[: len(old) - size] == old[size:] and fillings(new[len(old) - size :], "right", size))
        for size in sizes
    )


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_shift_keeps_the_order_and_fills_one_end(data):
    lengths = data.draw(st.lists(st.integers(1, 30), min_size=1, max_size=5))
    low = data.draw(st.integers(0, min(lengths)))
    high = data.draw(st.integers(low, 40))
    fill = data.draw(st.sampled_from(["background", "pad", "context"]))
    seed = data.draw(st.integers(0, 2**20))
    rng = np.random.default_rng(seed)
    X = pd.Series({f"r{i}": "".join(rng.choice(list("ACGTN"), n)) for i, n in enumerate(lengths)})
    context = dict.fromkeys(X.index, (LEFT, RIGHT)) if fill == "context" else None
    shift = RandomShift(low, high, fill=fill, context=context)
    copies = RandomAugmentation([shift], random_state=seed).fit_resample(X, [0] * len(X))[0].iloc[len(X) :]
    for before, after in zip(X, copies, strict=True):
        fillings = {
            "background": lambda text, side, size, row=before: set(text) <= set(row),
            "pad": lambda text, side, size: text == "N" * size,
            # as if the row had been cut out of left + row + right a few residues earlier or later
            "context": lambda text, side, size: text == (LEFT[-size:] if side == "left" else RIGHT[:size]) or not size,
        }[fill]
        most = min(high, len(before))
        sizes = range(0 if fill == "context" else min(low, most), most + 1)
        assert is_shifted(before, after, 0, len(before), sizes, fillings)


def test_sizes_and_sides_are_uniform():
    text = "ACCGGGTTTTAACCGGTT"
    copies = RandomAugmentation([RandomShift(2, 5, fill="pad")], n_copies=40, random_state=0)
    copies = copies.fit_resample([text] * 100, [0] * 100)[0][100:]
    counts = pd.Series(copies).value_counts()
    assert set(counts.index) == {"N" * s + text[:-s] for s in range(2, 6)} | {text[s:] + "N" * s for s in range(2, 6)}
    assert stats.chisquare(counts).pvalue > 1e-3


def test_the_background_has_the_composition_of_the_row():
    text = "A" * 60 + "C" * 30 + "G" * 10
    copies = RandomAugmentation([RandomShift(100, 100)], n_copies=3, random_state=0)
    copies = copies.fit_resample([text] * 100, [0] * 100)[0][100:]
    counts = [sum(copy.count(letter) for copy in copies) for letter in "ACG"]
    assert sum(counts) == 30_000
    assert stats.chisquare(counts, [18_000, 9_000, 3_000]).pvalue > 1e-3


def test_context_ends_where_the_text_ends():
    X = pd.Series({"known": "TTTTTTTTTT", "unknown": "TTTTTTTTTT"})
    context = {"known": ("ag", "")}
    sampler = RandomAugmentation([RandomShift(0, 8, fill="context", context=context)], n_copies=300, random_state=0)
    copies = sampler.fit_resample(X, [0, 0])[0].iloc[2:]
    assert set(copies["unknown"]) == {"T" * 10}
    counts = copies["known"].value_counts()
    assert set(counts.index) == {"T" * 10, "G" + "T" * 9, "AG" + "T" * 8}
    # to the left there is no text: half of all, and a third of the rest
    assert stats.chisquare(counts[["T" * 10, "G" + "T" * 9, "AG" + "T" * 8]], [200, 50, 50]).pvalue > 1e-3


def test_protected_stretches_have_context_at_the_ends_only():
    X = pd.Series({"r": "TTTTTACGTTTTT"})
    shift = RandomShift(1, 2, fill="context", context={"r": ("GG", "CC")})
    sampler = RandomAugmentation([shift], protect=[(5, 8)], n_copies=200, random_state=0)
    copies = set(sampler.fit_resample(X, [0])[0])
    ends = {("TTTTT", "TTTTT"), ("GTTTT", "TTTTT"), ("GGTTT", "TTTTT"), ("TTTTT", "TTTTC"), ("TTTTT", "TTTCC")}
    assert copies == {left + "ACG" + right for left, right in ends}


@pytest.mark.parametrize("fill", ["background", "pad", "context"])
def test_batches_and_text_agree(fill, rng):
    names = ["a", "b", "c", "d"]
    texts = ["".join(rng.choice(list("ACGT"), n)) for n in (30, 12, 5, 1)]
    context = dict.fromkeys(names, (LEFT, RIGHT)) if fill == "context" else None
    augmentation = RandomAugmentation([RandomShift(1, 9 if fill != "pad" else 1, fill=fill, context=context)])
    X = torch.zeros(4, 30, 4)
    for row, text in enumerate(texts):
        X[row, range(len(text)), ["ACGT".index(c) for c in text]] = 1.0
    # rows of one residue need a smallest size of 1
    from_batch = augmentation.augment_batch(X, np.random.default_rng(3), identifiers=names)
    copies = augmentation.set_params(random_state=3).fit_resample(pd.Series(texts, names), [0] * 4)[0].iloc[4:]
    for row, text in enumerate(copies):
        letters = ["ACGT"[v.argmax()] if v.any() else "N" for v in from_batch[row]]
        assert "".join(letters[: len(text)]) == text


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"fill": "zeros"}, ValueError, "fill"),
        ({"fill": "context"}, ValueError, "context.*must be given with fill='context' and only there"),
        ({"context": {}}, ValueError, "only there; fill is 'background'"),
        ({"min_length": 9, "max_length": 3}, ValueError, "RandomShift: min_length"),
        ({"fill": "context", "context": {"a": "ACGT"}}, ValueError, "must have .left, right. texts.*'ACGT' of 'a'"),
        ({"fill": "context", "context": {"a": ("AC", "EF")}}, SequenceError, "a .right context"),
        ({"min_length": 9}, SequenceError, "RandomShift: sequence 'a' has 4 residues, fewer than min_length=9"),
    ],
    ids=str,
)
def test_bad_parameters(parameters, error, message):
    with pytest.raises(error, match=message):
        RandomAugmentation([RandomShift(**parameters)]).fit_resample(pd.Series({"a": "ACGT"}), [0])


def test_context_needs_names(rng):
    sampler = RandomAugmentation([RandomShift(fill="context", context={"a": ("A", "C")})])
    with pytest.raises(ValueError, match="by identifier, but the rows have none: pass X as a Series"):
        sampler.fit_resample(["ACGT"], [0])
    with pytest.raises(SequenceError, match="cannot read the letters of context into 5 columns"):
        sampler.transforms[0].augment_batch(torch.ones(1, 4, 5), rng, identifiers=["a"])
