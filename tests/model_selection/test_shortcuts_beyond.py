"""What a model scores among rows similar in a shortcut: known answers, and nothing where nothing is left."""

import numpy as np
import pytest

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.model_selection import score_beyond_shortcut
from seqaug_sklearn.model_selection._shortcuts._alike_pairs import AlikePairs, exchange_alike, residuals_of


def known(seed, n=150):
    """A shortcut, and a motif that 70 % of one class hold and 10 % of the other: .8 among rows alike."""
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], n)
    return rng, y, rng.normal(y, 1.0), rng.random(2 * n) < np.where(y, 0.7, 0.1)


def test_the_shortcut_alone_leaves_nothing():
    held, found = 0, []
    for seed in range(10):
        rng, y, shortcut, _ = known(seed)
        result = score_beyond_shortcut(y, shortcut + rng.normal(0, 0.3, 300), shortcut, random_state=seed)
        assert result.score > 0.65
        held += result.low <= 0.5 <= result.high
        found.append(result.p_value <= 0.05)
    assert held >= 8
    assert sum(found) <= 2


def test_a_motif_beside_the_shortcut_is_left():
    held = 0
    for seed in range(10):
        _, y, shortcut, motif = known(seed)
        result = score_beyond_shortcut(y, shortcut + 10 * motif, shortcut, random_state=seed)
        held += result.low <= 0.8 <= result.high
        assert result.p_value == 1 / 200
    assert held >= 8


def test_three_classes_and_probabilities():
    rng = np.random.default_rng(0)
    y = np.repeat(list("abc"), 80)
    shortcut = rng.normal(np.repeat([0, 1, 2], 80), 1.0)
    scores = np.column_stack([-shortcut, -np.abs(shortcut - 1), shortcut])
    nothing = score_beyond_shortcut(y, scores, shortcut)
    assert nothing.low <= 0.5 <= nothing.high
    right = score_beyond_shortcut(y, scores + 10 * (y[:, None] == list("abc")), shortcut)
    assert right.beyond == pytest.approx(1)
    two = score_beyond_shortcut(y[:160], np.column_stack([1 - shortcut, shortcut])[:160], shortcut[:160])
    one = score_beyond_shortcut(y[:160], shortcut[:160], shortcut[:160])
    assert two == one


def test_numbers_are_compared_with_the_shortcut_taken_out():
    rng = np.random.default_rng(1)
    y = rng.normal(size=200)
    shortcut = y + rng.normal(size=200)
    nothing = score_beyond_shortcut(y, shortcut**3 + rng.normal(0, 0.1, 200), shortcut)
    assert nothing.score > 0.6
    assert nothing.low <= 0 <= nothing.high
    assert nothing.p_value > 0.05
    something = score_beyond_shortcut(y, shortcut + y, shortcut)
    assert something.low > 0.5
    assert something.p_value == 1 / 200
    assert "Spearman correlation" in something.summary()


def test_text_is_alike_where_it_is_equal():
    rng = np.random.default_rng(2)
    y = rng.integers(0, 2, 200)
    letter = np.where(rng.random(200) < 0.8, np.array(["A", "C"])[y], "G")
    result = score_beyond_shortcut(y, (letter == "C") + rng.normal(0, 1e-6, 200), letter)
    assert result.low <= 0.5 <= result.high


def test_classes_that_share_no_value_leave_nothing_to_say():
    y = np.repeat([0, 1], 40)
    result = score_beyond_shortcut(y, y, y * 10 + np.tile([0.0, 1], 40))
    assert np.isnan(result.beyond)
    assert result.n_pairs == 0
    assert "nothing can be said beyond the shortcut" in result.summary()


def test_words_give_both_scores():
    _, y, shortcut, motif = known(3)
    result = score_beyond_shortcut(y, shortcut + 10 * motif, shortcut)
    expected = f"Of the model's AUROC of {result.score:.3f}, {result.beyond:.3f} ({result.low:.3f} to "
    assert result.summary().startswith(expected)
    assert expected in repr(result)


def test_groups_are_drawn_and_dealt_whole():
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(20), 10)
    y = groups % 2
    shortcut, scores = rng.normal(size=20)[groups], rng.normal(size=20)[groups] + rng.normal(0, 0.01, 200)
    alone, grouped = (score_beyond_shortcut(y, scores, shortcut, groups=of) for of in (None, groups))
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)
    dealt = list(exchange_alike(y[:, None], shortcut, groups, 20, rng))
    assert all(np.ptp(deal[groups == group]) == 0 for deal in dealt for group in range(20))


def test_labels_are_dealt_among_neighbours_only():
    rng = np.random.default_rng(5)
    values = np.arange(100.0)
    for deal in exchange_alike(values[:, None], values, np.arange(100), 20, rng):
        assert sorted(deal[:, 0]) == values.tolist()
        assert np.abs(deal[:, 0] - values).max() < 10


def test_of_many_rows_whole_groups_are_drawn():
    groups = np.repeat(np.arange(500), 4)
    pairs = AlikePairs(
        np.zeros(2000), np.tile([0.0, 1], 1000)[:, None], groups, only_equal=False, rng=np.random.default_rng(0)
    )
    assert len(pairs.rows) == 1200
    assert np.isin(groups, groups[pairs.rows]).sum() == 1200


def test_a_few_values_leave_what_differs_from_their_mean():
    values = np.array([0.0, 0, 1, 1])
    np.testing.assert_allclose(residuals_of(values, np.array([[1.0], [3], [10], [20]]))[:, 0], [-1, 1, -5, 5])


def test_the_same_seed_gives_the_same_bits():
    _, y, shortcut, motif = known(6)
    first, second = (score_beyond_shortcut(y, shortcut + motif, shortcut, random_state=3) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.tile(np.eye(2), (10, 1))}, "y has several columns"),
        ({"scores": np.zeros(19)}, r"scores must be of shape \(20,\)"),
        ({"scores": np.full(20, np.nan)}, "scores hold values that are missing"),
        ({"shortcut": np.zeros((20, 2))}, "shortcut must have one entry per row"),
        ({"shortcut": np.full(20, np.inf)}, "shortcut holds values that are missing or infinite"),
        ({"groups": [1]}, "groups must have one entry per row"),
        ({"n_permutations": 0}, "n_permutations must be a whole number"),
    ],
)
def test_what_does_not_fit_is_named(change, message):
    given = {"y": [0, 1] * 10, "scores": np.arange(20.0), "shortcut": np.arange(20.0)} | change
    with pytest.raises((DataFormatError, InvalidParameterError), match=message):
        score_beyond_shortcut(given.pop("y"), given.pop("scores"), given.pop("shortcut"), **given)
