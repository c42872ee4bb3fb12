"""What MosaicTrials measures, against individuals whose figures are known."""

import numpy as np
import pytest

from seqaug_sklearn.augmentation._genotypes import _mosaic_trials
from seqaug_sklearn.augmentation._genotypes._mosaic_trials import MosaicTrials

NAMES = np.array(["east", "west"])


def unlinked(rng, n_individuals=80, n_variants=50):
    haplotypes = (rng.random((2 * n_individuals, n_variants)) < 0.5).astype(np.int8)
    return haplotypes, np.repeat([0, 1], [n_individuals // 2, n_individuals - n_individuals // 2])


def trials_of(haplotypes, codes, *, switch_rate=1.0, mutation_rate=0, seed=0):
    return MosaicTrials(haplotypes, codes, NAMES, switch_rate=switch_rate, mutation_rate=mutation_rate, seed=seed)


def test_everybody_is_held_out_once_and_copied_from_otherwise(rng):
    haplotypes, codes = unlinked(rng)
    trials = trials_of(haplotypes, codes)
    assert len(trials.rounds) == 5
    held_out = np.concatenate([one.others for one in trials.rounds])
    np.testing.assert_array_equal(np.sort(held_out, axis=0), np.sort(haplotypes, axis=0))
    for one in trials.rounds:
        donors = {row.tobytes() for row in np.ascontiguousarray(one.donors)}
        assert not donors & {row.tobytes() for row in one.others}, "haplotypes are distinct here"
        assert len(one.donors) + len(one.others) == len(haplotypes)
        assert np.bincount(one.codes).tolist() == [8, 8]


def test_copies_are_found_out(rng):
    row = trials_of(*unlinked(rng), switch_rate=0)(0, None)
    assert row["exact_copies"] == 1
    assert row["exact_copies_real"] == 0
    assert row["membership_auc"] == pytest.approx(0.816, abs=0.02)  # who is drawn at all: 1 - 1/e, the others guess
    assert row["membership_low"] < row["membership_auc"] < row["membership_high"]
    assert "100.0% of the new haplotypes equal a training individual's" in row["fault"]


def test_people_made_of_frequencies_alone_give_nobody_away(rng):
    row = trials_of(*unlinked(rng, 600, 20))(0, None)
    assert row["fault"] == ""
    assert row["membership_auc"] == pytest.approx(0.5, abs=0.03)
    assert row["membership_high"] - row["membership_low"] < 0.05
    assert row["pca_distance"] == pytest.approx(1, abs=0.3)


def test_mutation_is_measured_too(rng):
    haplotypes, codes = unlinked(rng)
    rows = [trials_of(haplotypes, codes, switch_rate=0, mutation_rate=rate)(0, None) for rate in (0, 0.5)]
    assert [row["exact_copies"] for row in rows] == [1, 0]


def test_linkage_is_that_of_held_out_people(rng):
    """Pairs of equal variants, else unlinked: matches keep the pairs, no match does not."""
    haplotypes = np.repeat((rng.random((400, 15)) < 0.5).astype(np.int8), 2, axis=1)
    trials = trials_of(haplotypes, np.repeat([0, 1], 100))
    assert trials(0, None)["ld_correlation"] == pytest.approx(0, abs=0.05)
    assert trials(1, None)["ld_correlation"] > 0.95
    assert trials(1, None)["ld_correlation_real"] > 0.95


def test_a_setting_is_measured_once_and_listed(rng):
    trials = trials_of(*unlinked(rng))
    assert trials(1, None) is trials(1, None)
    trials(0, 5)
    frame = trials.to_frame()
    assert frame["match_length"].tolist() == [1, 0]
    assert frame["n_neighbors"].isna().tolist() == [True, False]
    assert frame["n_neighbors"][1] == 5
    assert frame.columns.tolist() == [
        "match_length", "n_neighbors", "ld_correlation", "ld_correlation_real", "pca_distance", "exact_copies",
        "exact_copies_real", "membership_auc", "membership_low", "membership_high", "fault",
    ]  # fmt: skip


def test_the_seed_decides(rng):
    haplotypes, codes = unlinked(rng)
    rows = [trials_of(haplotypes, codes, seed=seed)(2, None) for seed in (0, 0, 1)]
    assert rows[0] == rows[1] != rows[2]


@pytest.mark.parametrize("sizes", [(2, 2), (2, 30), (3, 5), (6, 4)])
def test_very_small_populations(rng, sizes):
    codes = np.repeat([0, 1], sizes)
    haplotypes = (rng.random((2 * len(codes), 30)) < 0.5).astype(np.int8)
    trials = trials_of(haplotypes, codes)
    row = trials(3, None)
    assert row["fault"]
    assert 0.5 < row["membership_auc"] <= 1
    assert np.isfinite([row["membership_low"], row["membership_high"], row["exact_copies"]]).all()
    assert np.isfinite(trials(3, 4)["membership_auc"])


def test_many_people_are_drawn_from_and_fewer_rounds_taken(rng, monkeypatch):
    monkeypatch.setattr(_mosaic_trials, "MOST_PEOPLE", 60)
    monkeypatch.setattr(_mosaic_trials, "MANY_PEOPLE", 50)
    haplotypes, codes = unlinked(rng, 300)
    trials = trials_of(haplotypes, codes)
    assert trials.sizes.tolist() == [30, 30]
    assert len(trials.rounds) == 2
    assert trials.rounds[0].n_sets == 1
    assert trials(0, None)["membership_auc"] > 0.5


def test_linkage_of_long_regions_is_taken_from_a_part():
    columns = _mosaic_trials._columns(5000)
    assert len(columns) <= 1000
    assert columns[:250].tolist() == list(range(250))
    assert columns[-250:].tolist() == list(range(4750, 5000))
    assert np.diff(columns).max() < 12
    assert _mosaic_trials._columns(1000).tolist() == list(range(1000))
