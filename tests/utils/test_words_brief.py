"""Counts and names as messages tell them."""

import pytest

from seqaug_sklearn.utils import counted, listed


@pytest.mark.parametrize(("n", "text"), [(0, "0 sites"), (1, "1 site"), (2, "2 sites")])
def test_a_count_and_its_noun_agree(n, text):
    assert counted(n, "site") == text


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), ("ab", "'a', 'b'"), ("abc", "'a', 'b', 'c'"), ("abcde", "'a', 'b', 'c' and 2 more"), ([7], "'7'")],
)
def test_names_beyond_the_most_are_counted(names, text):
    assert listed(iter(names), most=3) == text


def test_a_very_long_name_is_cut():
    assert listed(["a", "ACGT" * 1000]) == f"'a', '{'ACGT' * 25}...'"
