"""Metrics on genotypes against naive definitions."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from seqaug_sklearn.genotypes import genotype_metrics as metrics


def bits(rng, n, length=15):
    return rng.integers(0, 2, (n, length)).astype(np.int8)


def naive_differences(A, B):
    return np.array([[np.mean(a != b) for b in B] for a in A])


def test_differences_are_shares_of_columns(rng):
    A, B = bits(rng, 7), bits(rng, 5)
    np.testing.assert_allclose(metrics.differences(A, B), naive_differences(A, B), rtol=1e-6)


def test_unary_counts_alleles_that_differ(rng):
    A, B = rng.integers(0, 3, (6, 9)), rng.integers(0, 3, (4, 9))
    expected = np.abs(A[:, None] - B[None]).mean(axis=2) / 2
    np.testing.assert_allclose(metrics.differences(metrics.unary(A), metrics.unary(B)), expected, rtol=1e-6)


def test_nearest_differences_do_not_depend_on_blocks(rng, monkeypatch):
    A, B = bits(rng, 23), bits(rng, 11)
    expected = naive_differences(A, B)
    for block in (4, 23, 100):
        monkeypatch.setattr(metrics, "BLOCK", block)
        to_b, to_a = metrics.nearest_differences(A, B)
        np.testing.assert_allclose(to_b, expected.min(axis=1), rtol=1e-6)
        np.testing.assert_allclose(to_a, expected.min(axis=0), rtol=1e-6)


def test_correlation(rng):
    a, b = rng.normal(size=(2, 30))
    assert metrics.correlation(a, a + b) == pytest.approx(np.corrcoef(a, a + b)[0, 1])
    assert metrics.correlation(a, np.ones(30)) == 0


@pytest.mark.parametrize("n", [2, 9])
def test_mean_difference_is_over_pairs_of_different_rows(rng, n):
    units = bits(rng, n)
    pairs = naive_differences(units, units)[np.triu_indices(n, 1)]
    assert metrics.mean_difference(units) == pytest.approx(pairs.mean())


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([[0], [1], [1], [2]], 1 - 0.5 / (0.5 * 8 / 7)),
        ([[1]] * 4, 1 - 1 / (0.5 * 8 / 7)),  # all heterozygous
        ([[0], [2], [0], [2]], 1),  # none
    ],
)
def test_inbreeding(counts, expected):
    assert metrics.inbreeding(np.array(counts)) == pytest.approx(expected)


def test_inbreeding_is_zero_in_hardy_weinberg_proportions_and_unknown_without_variation(rng):
    assert metrics.inbreeding(rng.binomial(2, 0.3, (500, 400))) == pytest.approx(0, abs=0.01)
    assert np.isnan(metrics.inbreeding(np.zeros((5, 3))))


def naive_half(own, other):
    """Leave-one-out nearest neighbour, ties half: equation 1 of Yale et al."""
    score = 0
    for i, row in enumerate(own):
        to_own = min(np.mean(row != x) for j, x in enumerate(own) if j != i)
        to_other = min(np.mean(row != x) for x in other)
        score += (to_other > to_own) + 0.5 * (to_other == to_own)
    return score / len(own)


def test_adversarial_accuracy(rng):
    A, B = bits(rng, 12, 6), bits(rng, 12, 6)
    got = metrics.adversarial_accuracy(*(metrics.differences(*pair) for pair in ((A, A), (A, B), (B, B))))
    assert got == pytest.approx((naive_half(A, B), naive_half(B, A)))


def test_adversarial_accuracy_of_collapse_and_of_copies(rng):
    A = (rng.random((40, 200)) < 0.2).astype(np.int8)
    center = np.zeros_like(A)  # .2 away from everyone, who are .32 apart
    triples = [[metrics.differences(*pair) for pair in ((A, A), (A, B), (B, B))] for B in (center, A)]
    assert metrics.adversarial_accuracy(*triples[0]) == (0, 1)
    assert metrics.adversarial_accuracy(*triples[1]) == (0, 0)


def test_membership_is_an_auc(rng):
    members, others = rng.integers(0, 5, 30), rng.integers(0, 5, 20)
    pairs = [(m < o) + 0.5 * (m == o) for m in members for o in others]
    assert metrics.membership_auc(members, others) == pytest.approx(np.mean(pairs))
    assert roc_auc_score(np.repeat([0, 1], [30, 20]), np.r_[members, others]) == pytest.approx(np.mean(pairs))


def test_wasserstein_of_a_shift(rng):
    A = rng.normal(size=(50, 3))
    assert metrics.wasserstein(A, A + np.array([0, 1, 5])) == pytest.approx(2)


def naive_ld(A, B, positions, edges):
    a, b, bins = [], [], []
    for i in range(A.shape[1]):
        for j in range(i + 1, A.shape[1]):
            a.append(np.corrcoef(A[:, i], A[:, j])[0, 1] ** 2)
            b.append(np.corrcoef(B[:, i], B[:, j])[0, 1] ** 2)
            distance = abs(positions[i] - positions[j])
            bins.append(max(sum(distance >= edge for edge in edges[:-1]) - 1, 0))
    a, b, bins = np.array(a), np.array(b), np.array(bins)
    decays = [[x[bins == k].mean() if (bins == k).any() else np.nan for k in range(len(edges) - 1)] for x in (a, b)]
    return np.corrcoef(a, b)[0, 1], *decays


@pytest.mark.parametrize("block", [3, 8, 64])
@pytest.mark.parametrize("high", [2, 3])
def test_ld_scores(rng, monkeypatch, block, high):
    monkeypatch.setattr(metrics, "BLOCK", block)
    A, B = rng.integers(0, high, (2, 40, 17))
    B[:20] = A[:20]
    positions = np.cumsum(rng.integers(1, 50, 17)).astype(float)
    edges = metrics.distance_bins(positions, 6)
    correlation, decay_a, decay_b = metrics.ld_scores(A, B, positions, edges)
    expected = naive_ld(A, B, positions, edges)
    assert correlation == pytest.approx(expected[0], rel=1e-4)
    assert metrics.ld_correlation(A, B) == pytest.approx(expected[0], rel=1e-4)
    np.testing.assert_allclose(decay_a, expected[1], rtol=1e-4)
    np.testing.assert_allclose(decay_b, expected[2], rtol=1e-4)


def test_ld_where_nothing_varies(rng):
    A = bits(rng, 30)
    positions = np.arange(15.0)
    edges = metrics.distance_bins(positions)
    same = metrics.ld_scores(A, A, positions, edges)
    assert same[0] == pytest.approx(1)
    constant = metrics.ld_scores(A, np.zeros_like(A), positions, edges)
    assert constant[0] == 0
    assert np.nanmax(constant[2]) == 0
    assert metrics.ld_correlation(A, A) == pytest.approx(1)
    assert metrics.ld_correlation(A, np.zeros_like(A)) == 0
    assert np.isnan(metrics.ld_correlation(A[:, :1], A[:, :1]))
    lonely = metrics.ld_scores(A[:, :1], A[:, :1], positions[:1], edges)
    assert np.isnan(lonely[0])
    assert np.isnan(lonely[1]).all()


@pytest.mark.parametrize(
    ("positions", "first", "last"),
    [([5, 3, 4], 1, 2), ([0, 1, 1000], 2, 1000), ([0, 0, 40], 40, 40)],
)
def test_distance_bins_cover_the_region(positions, first, last):
    edges = metrics.distance_bins(np.array(positions, float), 4)
    assert len(edges) == 5
    assert edges[0] == pytest.approx(first)
    assert edges[-1] == pytest.approx(last)
    np.testing.assert_allclose(edges[1:] / edges[:-1], edges[1] / edges[0])


def test_distance_bins_of_one_position():
    assert metrics.distance_bins(np.zeros(4)).tolist() == [0, 1]


def test_membership_of_one_round_is_the_auc(rng):
    members, others = rng.integers(0, 5, 30), rng.integers(0, 5, 20)
    auc, _ = metrics.membership([(np.arange(30), members, np.arange(30, 50), others)], 50)
    assert auc == pytest.approx(metrics.membership_auc(members, others))


def test_its_error_is_that_of_repeated_draws(rng):
    """Two haplotypes an individual, alike within the individual: persons count, not haplotypes."""
    aucs, errors = [], []
    for _ in range(400):
        person = rng.normal(size=50)
        people = np.repeat(np.arange(50), 2)
        distances = person[people] + 0.1 * rng.normal(size=100)
        auc, error = metrics.membership([(people[:60], distances[:60], people[60:], distances[60:])], 50)
        aucs.append(auc)
        errors.append(error)
    assert np.mean(errors) == pytest.approx(np.std(aucs), rel=0.1)


def test_people_who_take_both_parts_cancel(rng):
    """Members and strangers differ between individuals, and not by what they take part in: the error is far smaller."""
    people = np.arange(100)
    person = rng.normal(size=100)

    def rounds():
        for first in (True, False):
            members = (people < 50) == first
            distances = person + 0.1 * rng.normal(size=100)
            yield people[members], distances[members], people[~members], distances[~members]

    drawn = [metrics.membership(list(rounds()), 100) for _ in range(200)]
    auc, error = np.mean(drawn, axis=0)
    one_round = metrics.membership(list(rounds())[:1], 100)[1]
    assert auc == pytest.approx(0.5, abs=0.02)
    assert error < one_round / 5
    assert error == pytest.approx(np.std([auc for auc, _ in drawn]), rel=0.3)


def test_interval_of_an_average():
    mean, low, high = metrics.average_with_interval(np.array([0.5, 0.6]), np.array([0.03, 0.04]), 1000)
    assert mean == pytest.approx(0.55)
    assert high - mean == pytest.approx(1.962 * 0.025, rel=1e-3)
    assert mean - low == pytest.approx(high - mean)
    assert metrics.average_with_interval(np.array([0.5]), np.array([0.1]), 0)[2] == pytest.approx(
        0.5 + 12.706 * 0.1, rel=1e-3
    )
