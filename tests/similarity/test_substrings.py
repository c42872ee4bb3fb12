"""Shared substrings against sets of substrings."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.similarity import (
    SubstringIndex,
    longest_shared_substring,
    mark_low_complexity,
    windows_sharing,
)
from seqaug_sklearn.similarity._substrings import _number


@pytest.mark.parametrize("length", [1, 3, 8, 20, 33])
@pytest.mark.parametrize(
    ("alphabet", "both_strands"), [("dna", None), ("dna", False), ("rna", True), ("protein", None)]
)
def test_sharing_equals_naive(length, alphabet, both_strands, hard_sequences, naive):
    X = hard_sequences(alphabet)
    train, test = X[::2], X[1::2]
    mask = windows_sharing(train, test, length, alphabet=alphabet, both_strands=both_strands)
    strands = alphabet != "protein" if both_strands is None else both_strands
    expected = [any(naive.shares_substring(a, b, length, alphabet, strands) for b in test) for a in train]
    assert mask.dtype == bool
    assert mask.tolist() == expected


@pytest.mark.parametrize("length", [4, 40, 70])
def test_index_serves_any_split(length, random_dna, rng, naive):
    parents = random_dna(3, 90)
    X = [p[i : i + 75] for p in parents for i in (0, 10, 15)] + [naive.reverse_complement(parents[0]), "ACG"]
    index = SubstringIndex(X, length)
    assert len(index) == len(X)
    for _ in range(5):
        test = rng.random(len(X)) < 0.3
        expected = windows_sharing([*np.array(X)[~test]], [*np.array(X)[test]], length) if test.any() else None
        if expected is not None:
            assert np.array_equal(index.sharing(~test, test), expected)
            candidates = rng.permutation(np.flatnonzero(~test))
            assert np.array_equal(
                index.sharing(candidates, np.flatnonzero(test)),
                expected[np.searchsorted(np.flatnonzero(~test), candidates)],
            )


def test_one_symbol_less_does_not_count(random_dna, naive):
    planted = random_dna(1, 20)[0]
    left, right = "A" * 20 + planted + "A" * 20, "C" * 30 + planted + "C" * 30
    turned = naive.reverse_complement(right)
    for test in (right, turned):
        assert windows_sharing([left], [test], 20).tolist() == [True]
        assert windows_sharing([left], [test], 21).tolist() == [False]
    assert windows_sharing([left], [turned], 20, both_strands=False).tolist() == [False]
    # an unknown symbol cuts the run into 10 and 9
    broken = left[:30] + "N" + left[31:]
    assert windows_sharing([broken], [right], 11).tolist() == [False]
    assert windows_sharing([broken], [right], 10).tolist() == [True]


def test_unknown_symbols_and_short_rows_share_nothing():
    assert windows_sharing(["NNNNNNNN", "ACG", "ACGT"], ["NNNNACGT", "ACG"], 4).tolist() == [False, False, True]


def test_case_and_pandas_do_not_matter():
    train = pd.Series(["acgtt", "GGGGG"], index=["a", "b"])
    assert windows_sharing(train, np.array(["TTACGTT"]), 5).tolist() == [True, False]


def test_nothing_to_compare_with_shares_nothing():
    index = SubstringIndex(["ACGT", "ACGT"], 3)
    assert index.sharing([0, 1], []).tolist() == [False, False]
    assert index.sharing([], [0]).tolist() == []
    assert SubstringIndex(["AC", "AC"], 3).sharing([0], [1]).tolist() == [False]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"length": 0}, ValueError, "length must be at least 1, got 0"),
        ({"length": 3, "alphabet": "protein", "both_strands": True}, ValueError, "no complement"),
        ({"length": 3, "alphabet": "rna"}, SequenceError, "symbol 'T'"),
    ],
)
def test_bad_index_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        SubstringIndex(["ACGT"], **arguments)


@pytest.mark.parametrize(
    ("alphabet", "both_strands"), [("dna", None), ("dna", False), ("rna", None), ("protein", None)]
)
def test_longest_run_equals_naive_and_lies_where_it_says(alphabet, both_strands, hard_sequences, naive, rng):
    X = hard_sequences(alphabet)
    a, b = rng.integers(len(X), size=(2, 80))
    runs = longest_shared_substring([X[i] for i in a], [X[j] for j in b], alphabet, both_strands=both_strands)
    strands = alphabet != "protein" if both_strands is None else both_strands
    for i, j, length, start_a, start_b, strand in zip(a, b, *runs, strict=True):
        assert length == naive.longest_shared(X[i], X[j], alphabet, strands)
        if length == 0:
            assert (start_a, start_b, strand) == (-1, -1, 0)
            continue
        left = X[i][start_a : start_a + length].upper()
        right = X[j][start_b : start_b + length].upper()
        assert len(left) == len(right) == length
        assert left == (right if strand == 1 else naive.reverse_complement(right, alphabet))


def test_longest_run_of_many_pairs_goes_in_chunks(random_dna, monkeypatch):
    a, b = random_dna(40, 50), random_dna(40, 60)
    whole = longest_shared_substring(a, b)
    monkeypatch.setattr("seqaug_sklearn.similarity._shared_runs._TABLE_ENTRIES", 7 * 60)
    for left, right in zip(longest_shared_substring(a, b), whole, strict=True):
        assert np.array_equal(left, right)


def test_longest_run_prefers_the_forward_strand_and_the_first_place():
    runs = longest_shared_substring(["ACGTTACG"], ["GGACGGACG"])
    assert [int(value[0]) for value in runs] == [3, 0, 2, 1]


def test_longest_run_needs_as_many_rows():
    with pytest.raises(SequenceError, match="as many sequences, got 2 and 1"):
        longest_shared_substring(["ACG", "ACG"], ["ACG"])


@pytest.mark.parametrize(("below", "n"), [(1, 0), (5, 1), (10, 1000), (2**20, 100_000), (2**20, 100), (2**40, 1000)])
def test_keys_are_numbered_as_by_unique(below, n, rng):
    keys = rng.integers(0, below, n)
    distinct, ranks = np.unique(keys, return_inverse=True)
    n_distinct, numbers = _number(keys)
    assert n_distinct == len(distinct)
    assert numbers.tolist() == ranks.tolist()


def test_blocks_of_rows_do_not_change_the_index(random_dna_rows, monkeypatch):
    from seqaug_sklearn.similarity import _substrings

    whole = SubstringIndex(random_dna_rows, 9, low_share=0.5)
    monkeypatch.setattr(_substrings, "_RESIDUES", 50)
    parts = SubstringIndex(random_dna_rows, 9, low_share=0.5)
    assert parts.n_ids == whole.n_ids
    for name in ("ids", "indptr", "low_complexity"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


def test_marked_residues_are_those_given(random_dna_rows):
    low = mark_low_complexity(random_dna_rows)
    assert len(low) == sum(map(len, random_dna_rows))
    found = SubstringIndex(random_dna_rows, 12, low_share=0.5)
    given = SubstringIndex(random_dna_rows, 12, low_share=0.5, low=low)
    np.testing.assert_array_equal(given.low_complexity, found.low_complexity)
    everything = SubstringIndex(random_dna_rows, 12, low_share=0.5, low=np.ones(len(low), bool))
    assert everything.low_complexity.all()


@pytest.fixture
def random_dna_rows(rng):
    rows = ["".join(row) for row in rng.choice(list("ACGT"), (12, 40))]
    return [*rows, "A" * 60, "ACG", "N" * 20, rows[0][:20] + "CA" * 15, "N"]
