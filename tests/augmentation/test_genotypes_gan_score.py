"""The held-out score against naive figures, and what it must tell apart."""

import numpy as np
import pytest

from seqaug_sklearn.augmentation._genotypes._gan_score import HeldOutScore, mean_r2_by_lag


def linked(rng, n_individuals, codes, n_variants=60, flip=0.05):
    """Haplotypes that follow one of three founders of their population."""
    founders = np.random.default_rng(7).integers(0, 2, (2, 3, n_variants))
    chosen = founders[np.repeat(codes, 2), rng.integers(0, 3, 2 * n_individuals)]
    return (chosen ^ (rng.random(chosen.shape) < flip)).astype(np.int8)


@pytest.fixture
def groups(rng):
    codes = {"train": np.arange(200) % 2, "held_out": np.arange(60) % 2, "new": np.arange(300) % 2}
    return {name: (linked(rng, len(values), values), values) for name, values in codes.items()}


@pytest.fixture
def score(groups):
    return HeldOutScore(*groups["train"], *groups["held_out"])


def naive_r2_by_lag(rows, lags, common):
    n, means = len(rows), []
    for lag in lags:
        values = []
        for i in range(rows.shape[1] - lag):
            if common[i] and common[i + lag]:
                varies = rows[:, i].std() > 0 and rows[:, i + lag].std() > 0
                values.append(np.corrcoef(rows[:, i], rows[:, i + lag])[0, 1] ** 2 if varies else 0.0)
        means.append(np.mean(values) if values else 0.0)
    return (np.array(means) - 1 / n) / (1 - 1 / n)


def test_r2_by_lag_is_the_naive_one(rng):
    rows = linked(rng, 20, np.zeros(20, int), 15)
    rows[:, 3] = 0
    common = np.ones(15, bool)
    common[[5, 14]] = False
    lags = np.array([1, 2, 5, 14])
    got = mean_r2_by_lag(rows.astype(np.float32), lags, common)
    np.testing.assert_allclose(got, naive_r2_by_lag(rows, lags, common), rtol=1e-4, atol=1e-6)


def test_r2_of_unlinked_variants_is_corrected_for_few_haplotypes(rng):
    means = [
        mean_r2_by_lag(rng.integers(0, 2, (12, 40)).astype(np.float32), np.array([1]), np.ones(40, bool))[0]
        for _ in range(200)
    ]
    assert abs(np.mean(means)) < 0.015  # 1 / 12 uncorrected


def test_errors_by_hand(groups, score):
    haplotypes, codes = groups["new"]
    held_out, held_out_codes = groups["held_out"]
    errors = score(haplotypes, codes)
    difference = [
        np.abs(
            haplotypes[np.repeat(codes == p, 2)].mean(axis=0) - held_out[np.repeat(held_out_codes == p, 2)].mean(axis=0)
        )
        for p in (0, 1)
    ]
    assert errors["frequency_error"] == pytest.approx(np.mean(difference), rel=1e-5)
    assert errors.keys() == {"frequency_error", "ld_error", "pca_error", "score"}


def test_training_people_score_one(groups, score):
    assert score(*groups["train"])["score"] == pytest.approx(1.0)


def test_new_people_of_the_same_kind_score_about_one(groups, score):
    assert 0.7 < score(*groups["new"])["score"] < 1.3


def test_what_is_wrong_shows_in_its_error(groups, score, rng):
    haplotypes, codes = groups["new"]
    good = score(haplotypes, codes)
    shuffled = haplotypes.copy()
    for p in (0, 1):
        rows = np.flatnonzero(np.repeat(codes == p, 2))
        shuffled[rows] = rng.permuted(shuffled[rows], axis=0)
    independent = score(shuffled, codes)
    assert independent["ld_error"] > 5 * good["ld_error"]
    assert independent["pca_error"] > 2 * good["pca_error"]
    assert independent["frequency_error"] == pytest.approx(good["frequency_error"])
    exchanged = score(haplotypes, 1 - codes)
    assert exchanged["frequency_error"] > 5 * good["frequency_error"]
    rows = np.repeat(np.array([2 * np.flatnonzero(codes == p)[0] for p in codes]), 2)
    collapsed = score(haplotypes[rows], codes)
    for bad in (independent, exchanged, collapsed):
        assert bad["score"] > 2 * good["score"]


def test_populations_without_held_out_people_do_not_count(groups, rng):
    train, codes = groups["train"]
    held_out, held_out_codes = groups["held_out"]
    only = np.repeat(held_out_codes == 1, 2)
    score = HeldOutScore(train, codes, held_out[only], held_out_codes[held_out_codes == 1])
    haplotypes, new_codes = groups["new"]
    spoiled = haplotypes.copy()
    spoiled[np.repeat(new_codes == 0, 2)] = 0
    assert score(spoiled, new_codes) == score(haplotypes, new_codes)


@pytest.mark.parametrize("n_variants", [1, 2, 3])
def test_few_variants(rng, n_variants):
    codes = np.zeros(20, int)
    haplotypes = rng.integers(0, 2, (40, n_variants)).astype(np.int8)
    score = HeldOutScore(haplotypes, codes, haplotypes[:8], codes[:4])
    assert np.isfinite(list(score(haplotypes, codes).values())).all()
    assert score(haplotypes, codes)["score"] == pytest.approx(1.0)


def test_variants_that_do_not_vary(rng):
    codes, haplotypes = np.zeros(20, int), np.zeros((40, 8), np.int8)
    score = HeldOutScore(haplotypes, codes, haplotypes[:8], codes[:4])
    assert score(haplotypes, codes)["score"] == pytest.approx(1.0)
    assert np.isfinite(score(rng.integers(0, 2, (40, 8)).astype(np.int8), codes)["score"])
