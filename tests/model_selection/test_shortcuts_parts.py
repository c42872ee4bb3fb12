"""The parts of the audit against naive references: exchanges, associations, scores, intervals."""

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score, roc_auc_score

from seqaug_sklearn.model_selection._exchanges import exchanges
from seqaug_sklearn.model_selection._shortcuts._association import associations, best_and_p
from seqaug_sklearn.model_selection._shortcuts._scores import (
    area_and_influence,
    bits_of_codes,
    encoded,
    interval,
    score_of,
    score_of_codes,
)
from seqaug_sklearn.model_selection._shortcuts._target import Target, standardise
from seqaug_sklearn.model_selection._shortcuts._traits import Traits


def test_values_are_dealt_to_whole_groups_where_each_has_one():
    groups = np.array([0, 0, 1, 1, 1, 2])
    columns = np.array([1.0, 1, 2, 2, 2, 3])[:, None]
    dealt = list(exchanges(columns, groups, 200, np.random.default_rng(0)))
    seen = {tuple(deal[:, 0]) for deal in dealt}
    assert len(seen) == 6
    assert all(a == b and c == d == e for a, b, c, d, e, _ in seen)


def test_mixed_groups_stay_neighbours_and_no_row_is_lost():
    groups = np.array([0, 1, 0, 1, 2, 2])
    columns = np.arange(6.0)[:, None]
    seen = {tuple(deal[:, 0]) for deal in exchanges(columns, groups, 200, np.random.default_rng(0))}
    # groups of one size: whole blocks change places, in the order of their rows
    assert len(seen) == 6
    assert (1.0, 0.0, 3.0, 2.0, 4.0, 5.0) in seen
    assert all(sorted(one) == [0, 1, 2, 3, 4, 5] for one in seen)


def test_associations_are_correlations_and_correlation_ratios():
    rng = np.random.default_rng(1)
    traits = Traits()
    values, codes, y = rng.permutation(np.arange(40.0)), rng.integers(0, 4, 40), rng.normal(size=40)
    traits.add("length", "length", values)
    traits.add_codes("position", "position 1", codes, [*"ACGT"])
    found = associations(traits, standardise(y[:, None]))[:, 0]
    means = encoded(codes, y)
    assert found == pytest.approx([abs(np.corrcoef(values, y)[0, 1]), np.std(means) / np.std(y)], abs=1e-5)


def test_a_trait_that_is_alike_in_all_rows_tells_nothing_and_is_left_out():
    traits = Traits()
    traits.add("length", "length", [3, 3, 3])
    traits.add_codes("position", "position 1", np.array([2, 2, -1]), [*"ACGT"])
    assert not traits.families


def test_p_is_that_of_the_largest_of_all_traits():
    found = np.array([[[9.0], [1], [2], [1]], [[1.0], [2], [1], [2]]])
    column, distance, p = best_and_p(found)
    assert column.tolist() == [0, 0]
    assert distance[0] > 0 > distance[1]
    assert p.tolist() == [1 / 4, 1.0]


def test_the_area_and_its_variance_are_those_of_delong():
    rng = np.random.default_rng(2)
    values, positive = rng.integers(0, 9, 40).astype(float), rng.random(40) < 0.4
    area, influence = area_and_influence(values, positive)
    assert area == pytest.approx(roc_auc_score(positive, values))
    wins = np.sign(values[positive][:, None] - values[~positive]) / 2 + 0.5
    variance = wins.mean(axis=1).var() / positive.sum() + wins.mean(axis=0).var() / (~positive).sum()
    assert (influence**2).sum() == pytest.approx(variance)


def test_counts_give_the_score_of_encoded_symbols():
    rng = np.random.default_rng(3)
    codes, y = rng.integers(-1, 4, 60), rng.integers(0, 3, 60)
    for labels in (y, rng.normal(size=60)):
        target = Target.read(labels, 60)
        exact = score_of(codes, target, 0, np.arange(60), is_codes=True)[0]
        assert score_of_codes(codes, target, 0) == pytest.approx(exact)


def test_bits_are_mutual_information_less_what_chance_gives():
    rng = np.random.default_rng(4)
    codes, y = rng.integers(0, 4, 200), rng.integers(0, 3, 200)
    y[:100] = codes[:100] % 3
    found = bits_of_codes(codes, Target.read(y, 200))
    assert found == pytest.approx((mutual_info_score(codes, y) - 6 / 400) / np.log(2))
    assert bits_of_codes(codes, Target.read(np.tile([0, 1], 100), 200)) < 0.05
    codes = np.arange(200) % 4
    assert bits_of_codes(codes, Target.read(codes + rng.normal(0, 0.01, 200), 200)) == pytest.approx(1, abs=0.05)


def test_intervals_hold_what_they_promise():
    rng = np.random.default_rng(5)
    y = np.repeat([0, 1], 30)
    target, groups = Target.read(y, 60), np.arange(60)
    truth = 0.7601  # P(N(1, 1) > N(0, 1))
    covered = 0
    for _ in range(200):
        _, low, high = score_of(rng.normal(y, 1.0), target, 0, groups)
        covered += low <= truth <= high
    assert 183 <= covered <= 199


def test_a_perfect_score_has_an_interval_and_groups_widen_it():
    low, high = interval(1.0, 0.0, 40)
    assert (low, high) == (pytest.approx(0.025 ** (1 / 40)), 1.0)
    rng = np.random.default_rng(6)
    y, groups = np.tile([0, 1], 40), np.repeat(np.arange(8), 10)
    values = rng.normal(size=8)[groups] + rng.normal(0, 0.1, 80) + 0.2 * y
    target = Target.read(y, 80)
    one, other = (score_of(values, target, 0, of) for of in (np.arange(80), np.arange(80) // 2))
    assert one[0] == other[0]
    assert one[1:] != other[1:]


def test_missing_values_are_left_out():
    y = np.array([[0.0, 1], [1, np.nan], [0, 1], [1, 0]])
    target = Target.read(y, 4)
    assert target.kind == "labels"
    columns = target.standardised()
    assert columns[1, 1] == 0
    assert columns.sum(axis=0) == pytest.approx([0, 0])
    assert encoded(np.array([0, 0, 1, 1]), y[:, 1]).tolist() == [1, 1, 0.5, 0.5]
    assert score_of(np.array([3.0, 9, 3, 1]), target, 1, np.arange(4))[0] == 1.0
