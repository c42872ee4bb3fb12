"""make_genotypes: the structure that it promises, for both engines."""

import sys

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.datasets import make_genotypes
from seqaug_sklearn.exceptions import MissingDependencyError


@pytest.fixture(scope="module", params=["numpy", "msprime"])
def people(request):
    pytest.importorskip(request.param)
    return make_genotypes(60, 300, 3, engine=request.param, random_state=4)


def _fst(first, second):
    """Hudson's estimator as a ratio of averages (Bhatia et al. 2013, equation 10)."""
    sizes = [2 * len(first), 2 * len(second)]
    p, q = first.mean(axis=0) / 2, second.mean(axis=0) / 2
    numerator = (p - q) ** 2 - p * (1 - p) / (sizes[0] - 1) - q * (1 - q) / (sizes[1] - 1)
    return numerator.sum() / (p * (1 - q) + q * (1 - p)).sum()


def _squared_correlations(haplotypes, positions):
    """r² and distance of all pairs of common variants."""
    frequency = haplotypes.mean(axis=0)
    common = (frequency > 0.05) & (frequency < 0.95)
    r2 = np.corrcoef(haplotypes[:, common].T.astype(float)) ** 2
    distance = np.abs(np.subtract.outer(positions[common], positions[common]))
    pairs = np.triu_indices(len(r2), 1)
    return r2[pairs], distance[pairs]


def test_shape_and_frequencies(people):
    assert people.genotypes.shape == (180, 300)
    assert people.variants["maf"].min() >= 0.01
    assert people.variants["pos"].is_monotonic_increasing
    assert people.variants["pos"].is_unique
    assert people.variants["pos"].between(1, 140_000).all()
    assert people.variants["pos"].max() - people.variants["pos"].min() > 100_000
    assert (people.variants["ref"] != people.variants["alt"]).all()
    counts = people.recode("dosage").genotypes
    share = counts.mean(axis=0) / 2
    np.testing.assert_allclose(people.variants["maf"], np.minimum(share, 1 - share))
    assert np.unique(people.samples).size == 180


def test_populations_differ_and_the_first_most(people):
    counts = people.recode("dosage").genotypes
    parts = [counts[people.populations == f"POP{number}"] for number in (1, 2, 3)]
    assert _fst(parts[0][::2], parts[0][1::2]) < 0.01
    apart, near = min(_fst(parts[0], parts[1]), _fst(parts[0], parts[2])), _fst(parts[1], parts[2])
    assert 0.01 < near < apart < 0.4


def test_linkage_fades_with_distance(people):
    haplotypes = people.take(people.populations == "POP1").recode("haplotype").genotypes
    r2, distance = _squared_correlations(haplotypes, people.variants["pos"].to_numpy())
    near = r2[distance < 2_000].mean()
    middle = r2[(distance > 10_000) & (distance < 20_000)].mean()
    far = r2[distance > 70_000].mean()
    assert near > 0.15
    assert near > 2 * middle > 2 * far
    assert far < 0.1


def test_people_marry_at_random(people, rng):
    """As many heterozygotes as among individuals paired anew from the same haplotypes; single F are noisy."""
    for name in np.unique(people.populations):
        haplotypes = people.take(people.populations == name).recode("haplotype").genotypes
        paired_anew = [_heterozygosity(rng.permutation(haplotypes)) for _ in range(200)]
        deviation = _heterozygosity(haplotypes) - np.mean(paired_anew)
        assert abs(deviation) < 3.5 * np.std(paired_anew)


def test_partners_do_not_follow_the_order_of_drawing(monkeypatch):
    """Were the first half of the haplotypes drawn all 0 and the second all 1, neighbours would have no mixed child."""

    def ordered(base, n_copies, *_):
        half = np.arange(n_copies) >= n_copies // 2
        return np.repeat(half[:, None], base.shape[1], axis=1).astype(np.int8)

    monkeypatch.setattr("seqaug_sklearn.datasets._simulated._make_genotypes._copies", ordered)
    haplotypes = make_genotypes(400, 10, 1, encoding="haplotype", random_state=0).genotypes
    assert _heterozygosity(haplotypes) == pytest.approx(0.5, abs=0.1)


def _heterozygosity(haplotypes):
    return (haplotypes[0::2] != haplotypes[1::2]).mean()


def test_inbreeding_is_zero_on_average():
    observed, expected = [], []
    for seed in range(12):
        haplotypes = make_genotypes(50, 100, 1, encoding="haplotype", random_state=seed).genotypes
        share = haplotypes.mean(axis=0)
        observed.append(_heterozygosity(haplotypes))
        expected.append((2 * share * (1 - share)).mean() * 100 / 99)
    assert 1 - np.mean(observed) / np.mean(expected) == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("engine", ["numpy", "msprime"])
def test_same_seed_same_people(engine):
    pytest.importorskip(engine)
    options = {"n_per_population": 6, "n_variants": 40, "engine": engine}
    first, second = (make_genotypes(random_state=3, **options) for _ in range(2))
    np.testing.assert_array_equal(first.genotypes, second.genotypes)
    pd.testing.assert_frame_equal(first.variants, second.variants)
    other = make_genotypes(random_state=4, **options)
    assert not np.array_equal(first.genotypes, other.genotypes)


def test_a_generator_is_advanced_and_the_global_one_is_not():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    rng = np.random.default_rng(0)
    first, second = make_genotypes(3, 20, random_state=rng), make_genotypes(3, 20, random_state=rng)
    assert not np.array_equal(first.genotypes, second.genotypes)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_encodings_are_of_the_same_people():
    phased = make_genotypes(4, 30, random_state=0)
    for encoding in ("haplotype", "dosage"):
        other = make_genotypes(4, 30, encoding=encoding, random_state=0)
        np.testing.assert_array_equal(other.genotypes, phased.recode(encoding).genotypes)


def test_sizes_of_populations_and_a_single_one():
    people = make_genotypes([5, 1, 9], 20, 3, random_state=0)
    assert pd.Series(people.populations).value_counts().to_dict() == {"POP1": 5, "POP2": 1, "POP3": 9}
    assert set(make_genotypes(5, 20, 1, random_state=0).populations) == {"POP1"}


def test_a_short_region_gives_as_many_variants_as_fit():
    people = make_genotypes(5, 20, 2, length=60, random_state=0)
    assert people.variants["pos"].is_unique
    assert people.variants["pos"].max() <= 60


def test_urn_gives_the_chosen_differentiation():
    """At single sites: variance of a population's frequency = F_ST p (1 - p), for many populations from one pool."""
    from seqaug_sklearn.datasets._simulated._make_genotypes import _copies

    rng = np.random.default_rng(0)
    base = np.zeros((50, 200), np.int8)
    base[:15] = 1
    positions = np.arange(200) * 10_000_000  # unlinked
    frequencies = np.stack([_copies(base, 400, 0.1, positions, rng).mean(axis=0) for _ in range(20)])
    assert frequencies.mean() == pytest.approx(0.3, abs=0.01)
    assert frequencies.var() / (0.3 * 0.7) == pytest.approx(0.1, abs=0.015)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_per_population": 0}, "n_per_population must be a whole number of at least 1, got 0"),
        ({"n_per_population": [3, 4]}, "n_per_population has 2 entries, but n_populations=5"),
        ({"n_per_population": 1, "n_populations": 1}, "at least two individuals"),
        ({"n_variants": 0}, "n_variants must be a whole number"),
        ({"n_populations": 2.0}, r"n_populations must be a whole number of at least 1, got 2\.0"),
        ({"length": 300}, "length must be at least twice n_variants=200, got 300"),
        ({"engine": "auto"}, "engine must be one of 'numpy', 'msprime', got 'auto'"),
        ({"encoding": "counts"}, "encoding must be one of"),
        ({"n_per_population": 2, "n_populations": 1, "length": 400}, "length=400 is too short for n_variants=200"),
    ],
)
def test_wrong_parameters(options, message):
    with pytest.raises(ValueError, match=message):
        make_genotypes(**({"random_state": 0} | options))


def test_without_msprime(monkeypatch):
    monkeypatch.setitem(sys.modules, "msprime", None)
    with pytest.raises(MissingDependencyError, match=r"engine='msprime' needs .*seqaug-sklearn\[genotypes\]"):
        make_genotypes(3, 20, engine="msprime")
    assert make_genotypes(3, 20).genotypes.shape == (15, 20)
