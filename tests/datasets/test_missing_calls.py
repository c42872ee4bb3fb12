"""Missing calls of VCF files: limits, draws from the population's frequencies, and what is counted."""

import numpy as np
import pytest

from seqaug_sklearn.datasets import GenotypeSet, make_genotypes, read_genotypes, write_vcf
from seqaug_sklearn.exceptions import DataFormatError

pytest.importorskip("cyvcf2")


@pytest.fixture(scope="module")
def sparse(tmp_path_factory):
    """500 variants of 500 individuals, 1 % of the calls missing: case 23. Returns file and set."""
    people = make_genotypes([250, 250], n_variants=500, n_populations=2, random_state=0)
    states = people.genotypes.copy()
    states[np.random.default_rng(0).random(states.shape) < 0.01] = -1
    people = GenotypeSet(states, "phased", people.samples, people.variants, people.populations)
    return write_vcf(tmp_path_factory.mktemp("missing") / "sparse.vcf", people), people


def test_one_percent_missing_does_not_take_the_file(sparse):
    """Dropping leaves a few of 500 variants; a limit and draws keep all of them."""
    path, people = sparse
    dropped = read_genotypes(path, missing="drop")
    assert dropped.n_variants < 20
    assert dropped.counts["with_missing"] == 500 - dropped.n_variants
    kept = read_genotypes(path, labels=people.people(), missing="impute", max_missing_per_variant=0.05, random_state=0)
    assert kept.genotypes.shape == (500, 500)
    n_missing = int((people.genotypes < 0).sum())
    assert kept.counts["imputed_calls"] == kept.counts["missing_calls"] == n_missing
    called = people.genotypes >= 0
    np.testing.assert_array_equal(kept.genotypes[called], people.genotypes[called])
    assert not kept.has_missing


@pytest.mark.parametrize("encoding", ["phased", "haplotype", "dosage"])
def test_draws_follow_the_population_and_the_seed(tmp_path, encoding):
    """Populations fixed for different alleles: each missing allele can only be its own population's."""
    states = np.repeat([[0] * 40, [3] * 40], 10, axis=0)
    states[np.random.default_rng(1).random(states.shape) < 0.3] = -1
    variants = make_genotypes(1, n_variants=40, n_populations=2, random_state=0).variants
    labels = np.repeat(["A", "B"], 10)
    people = GenotypeSet(states, "phased", [f"s{i}" for i in range(20)], variants, labels)
    path = write_vcf(tmp_path / "fixed.vcf", people)
    read = {"missing": "impute", "encoding": encoding, "random_state": 3}
    own = read_genotypes(path, labels=people.people(), **read).recode("dosage").genotypes
    np.testing.assert_array_equal(own, np.repeat([[0] * 40, [2] * 40], 10, axis=0))
    # without labels the frequency is about a half: both alleles are drawn, the same ones with the same seed
    mixed, again = (read_genotypes(path, **read).recode("dosage").genotypes for _ in range(2))
    np.testing.assert_array_equal(mixed, again)
    drawn = mixed[states < 0]
    assert 0.35 < drawn.mean() / 2 < 0.65
    assert (mixed != read_genotypes(path, **read | {"random_state": 4}).recode("dosage").genotypes).any()


def test_half_a_call_keeps_its_allele(tmp_path):
    variants = make_genotypes(1, n_variants=1, random_state=0).variants
    haplotypes = np.array([[1], [-1], *[[0]] * 30])
    path = write_vcf(tmp_path / "half.vcf", haplotypes, variants=variants, encoding="haplotype")
    read = read_genotypes(path, encoding="haplotype", missing="impute", random_state=0)
    assert read.genotypes[0, 0] == 1
    assert read.genotypes.min() == 0
    assert read.counts["imputed_calls"] == 1


def test_a_population_without_calls_takes_the_frequency_of_all_and_a_variant_without_any_goes(tmp_path):
    states = np.array([[-1, -1, 0], [-1, -1, 3], [3, -1, 0], [3, -1, 0]])
    variants = make_genotypes(1, n_variants=3, random_state=0).variants
    people = GenotypeSet(states, "phased", list("abcd"), variants, ["A", "A", "B", "B"])
    path = write_vcf(tmp_path / "few.vcf", people)
    read = read_genotypes(path, labels=people.people(), missing="impute", random_state=0)
    assert read.genotypes.tolist() == [[3, 0], [3, 3], [3, 0], [3, 0]]
    assert read.counts["with_missing"] == 1
    assert read.counts["imputed_calls"] == 2
    assert read.variants["maf"].tolist() == [0.0, 0.25]


def test_limits_per_variant_then_per_individual(tmp_path):
    """Variant 0 is bad (3 of 4), then individual d (2 of 3); both limits count shares of what is there by then."""
    states = np.array([[-1, 0, 1, 2], [-1, 1, 0, 0], [-1, 2, 3, 0], [3, -1, -1, 3]])
    variants = make_genotypes(1, n_variants=4, random_state=0).variants
    path = write_vcf(tmp_path / "a.vcf", states, variants=variants, samples=list("abcd"), encoding="phased")
    limits = {"max_missing_per_variant": 0.5, "max_missing_per_individual": 0.4}
    for missing in ("keep", "drop", "error", "impute"):
        read = read_genotypes(path, missing=missing, **limits)
        assert read.samples.tolist() == ["a", "b", "c"]
        assert read.genotypes.tolist() == states[:3, 1:].tolist()
        assert (read.counts["above_max_missing"], read.counts["people_above_max_missing"]) == (1, 1)
        assert (read.counts["people_read"], read.counts["variants_read"]) == (4, 4)
        assert (read.counts["with_missing"], read.counts["missing_calls"]) == (0, 0)
        np.testing.assert_allclose(read.variants["maf"], [2 / 6, 3 / 6, 1 / 6])
    # a limit is the share that is still kept
    assert read_genotypes(path, max_missing_per_variant=0.75).n_variants == 4
    # the last variant is frequent (3 of 8) with the individual who goes, and rare (1 of 6) without
    frequent = read_genotypes(path, min_maf=0.35, **limits)
    assert frequent.variants["maf"].tolist() == [0.5]
    assert frequent.counts["below_min_maf"] == 2
    with pytest.raises(DataFormatError, match=r"of every individual's calls at least 25\.0% are missing, more"):
        read_genotypes(path, max_missing_per_individual=0.1)
    assert read_genotypes(path, missing="drop").genotypes.ravel().tolist() == states[:, 3].tolist()
    path = write_vcf(tmp_path / "b.vcf", states[:, :3], variants=variants[:3], encoding="phased")
    with pytest.raises(DataFormatError, match=r"none of 3 .* left \(with_missing 3\); fill .*missing='impute'"):
        read_genotypes(path, missing="drop")


def test_a_missing_call_is_named_after_the_limits(tmp_path):
    variants = make_genotypes(1, n_variants=2, random_state=0).variants
    path = write_vcf(tmp_path / "a.vcf", [[0, -1], [1, 2]], variants=variants, encoding="phased")
    place = "{}:{}".format(*variants.loc[1, ["chrom", "pos"]])
    with pytest.raises(DataFormatError, match=rf"sample 'sample1' has a missing call at {place}; keep them as -1"):
        read_genotypes(path, missing="error", max_missing_per_individual=0.9)
