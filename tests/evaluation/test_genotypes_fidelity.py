"""genotype_fidelity: planted faults are found and named, real individuals are not blamed."""

import dataclasses
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from seqaug_sklearn.augmentation import HaplotypeMosaic
from seqaug_sklearn.datasets import GenotypeSet, make_genotypes
from seqaug_sklearn.evaluation import GenotypeFidelity, genotype_fidelity
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.genotypes import dosages, from_haplotypes, to_haplotypes

# few individuals, so that they are quick: what HaplotypeMosaic says of them is tested in its own tests
pytestmark = pytest.mark.filterwarnings("ignore::seqaug_sklearn.exceptions.PrivacyWarning")

N_VARIANTS = 120
POPULATIONS = ("east", "north", "west")


def simulate(rng, n_individuals, founders):
    """Phased individuals: haplotypes in segments of founders, with rare errors."""
    haplotypes, labels = [], []
    for name, own in zip(POPULATIONS, founders, strict=True):
        for _ in range(2 * n_individuals):
            donor, row = rng.integers(len(own)), []
            for column in range(N_VARIANTS):
                donor = rng.integers(len(own)) if rng.random() < 0.04 else donor
                row.append(own[donor, column])
            haplotypes.append(np.array(row) ^ (rng.random(N_VARIANTS) < 0.01))
        labels += [name] * n_individuals
    return from_haplotypes(np.array(haplotypes, np.int8), "phased"), np.array(labels)


@pytest.fixture(scope="module")
def real():
    rng = np.random.default_rng(1)
    founders = [(rng.random((8, N_VARIANTS)) < rng.uniform(0.1, 0.9, N_VARIANTS)).astype(np.int8) for _ in POPULATIONS]
    return {name: simulate(rng, n, founders) for name, n in (("train", 60), ("test", 40), ("fresh", 60))}


def paired(X, y):
    """The same haplotypes, married to their own copies: no heterozygote is left."""
    haplotypes = to_haplotypes(X, "phased")
    return from_haplotypes(np.repeat(haplotypes[::2], 2, axis=0), "phased"), y


@pytest.fixture(scope="module")
def planted(real):
    X, y = real["train"]
    rng = np.random.default_rng(2)
    first = np.array([np.flatnonzero(y == label)[0] for label in y])
    uniform = from_haplotypes((rng.random((2 * len(y), N_VARIANTS)) < 0.5).astype(np.int8), "phased")
    return {
        "fresh individuals": real["fresh"],
        "one individual repeated": (X[first], y),
        "training individuals again": (X, y),
        "all heterozygous": (np.where(rng.random(X.shape) < 0.5, 1, 2).astype(np.int8), y),
        "no heterozygotes": paired(*real["fresh"]),
        "coin flips": (uniform, y),
        "wrong labels": (real["fresh"][0], np.roll(real["fresh"][1], 60)),
        "mosaic": HaplotypeMosaic(match_length=15, random_state=0).fit(X, y).sample(180),
    }


@pytest.fixture(scope="module")
def fidelity(real, planted):
    (train, y_train), (test, y_test) = real["train"], real["test"]
    return genotype_fidelity(train, test, planted, (y_train, y_test), random_state=0)


def test_table_has_ceiling_generators_controls_and_averages(fidelity, planted):
    assert isinstance(fidelity, GenotypeFidelity)
    generators = fidelity.table.index.unique("generator").tolist()
    assert generators == ["real", *planted, "independent SNPs", "bootstrap copies"]
    assert fidelity.table.index.unique("population").tolist() == [*POPULATIONS, "average"]
    rows = fidelity.table.drop(index="average", level="population").drop(columns="n")
    means = rows.groupby(level="generator").mean()
    means["membership_se"] = (
        rows["membership_se"].groupby(level="generator").agg(lambda se: np.sqrt(np.sum(se**2)) / len(se))
    )
    pd.testing.assert_frame_equal(fidelity.averages.drop(columns="n"), means.loc[generators], check_names=False)
    assert fidelity.averages.loc["real", "n"] == 180
    frame = fidelity.to_frame()
    assert frame.columns[:2].tolist() == ["generator", "population"]
    assert len(frame) == len(fidelity.table)
    assert fidelity.unit == "haplotype"


@pytest.mark.parametrize("name", ["real", "fresh individuals"])
def test_real_people_have_no_fault(fidelity, name):
    assert fidelity.faults[name] == {}


def test_mosaics_look_real_but_carry_rare_alleles_of_training_people(fidelity):
    """Every haplotype here has its own errors, and a mosaic copies them."""
    assert set(fidelity.faults["mosaic"]) == {"copies"}
    assert fidelity.averages.exact_copies["mosaic"] < 0.05


@pytest.mark.parametrize(
    ("name", "faults", "absent"),
    [
        ("one individual repeated", {"collapse", "copies", "frequencies"}, set()),
        (
            "training individuals again",
            {"copies"},
            {"collapse", "linkage", "structure", "hardy-weinberg", "frequencies"},
        ),
        ("all heterozygous", {"hardy-weinberg"}, {"copies"}),
        ("no heterozygotes", {"hardy-weinberg"}, {"linkage", "frequencies"}),
        ("coin flips", {"linkage", "frequencies", "told apart", "scatter"}, {"copies", "hardy-weinberg"}),
        ("wrong labels", {"structure", "frequencies"}, {"copies", "hardy-weinberg"}),
        ("independent SNPs", {"linkage"}, {"copies", "frequencies", "hardy-weinberg"}),
        ("bootstrap copies", {"copies"}, {"linkage", "collapse", "hardy-weinberg"}),
    ],
)
def test_planted_faults_are_named(fidelity, name, faults, absent):
    found = set(fidelity.faults[name])
    assert faults <= found
    assert not absent & found


def test_values_with_known_truth(fidelity, real):
    average = fidelity.averages
    assert average.pca_distance["real"] == 1
    assert average.exact_copies[["training individuals again", "bootstrap copies"]].tolist() == [1, 1]
    assert average.exact_copies["real"] < 0.1
    assert average.exact_copies["independent SNPs"] == 0
    assert average.membership_auc["training individuals again"] > 0.95
    assert average.membership_auc[["real", "fresh individuals"]].tolist() == pytest.approx([0.5, 0.5], abs=0.06)
    assert average.privacy_loss[["real", "fresh individuals"]].tolist() == pytest.approx([0, 0], abs=0.06)
    assert average.privacy_loss["training individuals again"] > 0.2
    assert average.diversity["one individual repeated"] < 0.6
    assert average.inbreeding["all heterozygous"] < -0.8
    assert average.inbreeding["no heterozygotes"] == 1
    assert average.ld_correlation["independent SNPs"] == pytest.approx(0, abs=0.1)
    assert average.train_on_synthetic["wrong labels"] < 0.2
    (X, y), (test, y_test) = real["train"], real["test"]
    own, other = (dosages(g[labels == "east"], "phased").mean(axis=0) / 2 for g, labels in ((X, y), (test, y_test)))
    row = fidelity.table.loc["real", "east"]
    assert row.af_mae == pytest.approx(np.abs(own - other).mean())
    assert row.af_r2 == pytest.approx(np.corrcoef(own, other)[0, 1] ** 2)


def test_summary_says_it_in_words(fidelity):
    text = fidelity.summary()
    assert "real (training individuals against held-out individuals: the ceiling): nothing wrong found" in text
    assert "collapse: individuals too alike in east, north, west" in text
    assert "Hardy-Weinberg proportions are broken: too many heterozygotes" in text
    assert "copies of training individuals: privacy loss" in text
    assert "control, independent SNPs: detected, as it must be (linkage disequilibrium is lost" in text
    assert "control, bootstrap copies: detected, as it must be (copies of training individuals" in text
    assert "filled in" not in text


def test_a_control_that_shows_nothing_is_said(rng):
    """Unlinked variants have no linkage to lose."""
    X = from_haplotypes((rng.random((400, 60)) < 0.3).astype(np.int8), "phased")
    y = np.tile(["a", "b"], 100)
    result = genotype_fidelity(X[:120], X[120:], (X[:120], y[:120]), (y[:120], y[120:]), random_state=0)
    assert result.table.index.unique("generator").tolist()[1] == "synthetic"
    assert "control, independent SNPs: NOT detected, so on these data the absence of 'linkage'" in result.summary()


def test_ld_decay_is_kept_for_drawing(fidelity):
    frame = fidelity.ld_decay
    assert frame.columns.tolist() == ["generator", "population", "distance", "r2"]
    assert set(frame.generator) == {"held-out", *fidelity.averages.index}
    mean = frame[frame.distance < 5].groupby("generator").r2.mean()
    assert mean["held-out"] > 5 * mean["independent SNPs"]
    assert frame.distance.between(0, N_VARIANTS).all()


def test_same_seed_same_table_and_no_generator_depends_on_another(real, planted, fidelity):
    (train, y_train), (test, y_test) = real["train"], real["test"]
    alone = genotype_fidelity(train, test, {"mosaic": planted["mosaic"]}, (y_train, y_test), random_state=0)
    for name in alone.averages.index:
        pd.testing.assert_frame_equal(alone.table.loc[name], fidelity.table.loc[name])


@pytest.mark.parametrize("encoding", ["haplotype", "dosage"])
def test_other_encodings(real, fidelity, encoding):
    def recoded(X, y):
        if encoding == "haplotype":
            return to_haplotypes(X, "phased"), np.repeat(y, 2)
        return dosages(X, "phased"), y

    (train, y_train), (test, y_test) = recoded(*real["train"]), recoded(*real["test"])
    groups = {"fresh individuals": recoded(*real["fresh"]), "training individuals again": (train, y_train)}
    result = genotype_fidelity(train, test, groups, (y_train, y_test), encoding=encoding, random_state=0)
    names = ["real", *groups]
    same = (
        fidelity.averages.loc[names] if encoding == "haplotype" else fidelity.averages.loc[names, ["af_r2", "af_mae"]]
    )
    pd.testing.assert_frame_equal(result.averages.loc[names, same.columns], same)
    assert result.unit == ("haplotype" if encoding == "haplotype" else "person")
    assert result.faults["fresh individuals"] == {}
    assert set(result.faults["training individuals again"]) == {"copies"}


def genotype_set(X, y, **more):
    return SimpleNamespace(genotypes=X, encoding="phased", populations=y, **more)


def test_genotype_sets_bring_labels_and_positions(real, fidelity):
    positions = np.arange(N_VARIANTS) * 1000
    variants = pd.DataFrame({"chrom": ["1"] * N_VARIANTS, "pos": positions})
    train, test, fresh = (genotype_set(*real[name], variants=variants) for name in ("train", "test", "fresh"))
    result = genotype_fidelity(train, test, {"fresh individuals": fresh}, random_state=0)
    columns = fidelity.averages.columns
    pd.testing.assert_frame_equal(
        result.averages.loc[["real", "fresh individuals"], columns],
        fidelity.averages.loc[["real", "fresh individuals"]],
    )
    assert result.ld_decay.distance.max() > 50_000
    labels = (real["train"][1], real["test"][1])
    given = genotype_fidelity(
        real["train"][0], real["test"][0], real["fresh"], labels, positions=positions, random_state=0
    )
    np.testing.assert_allclose(given.ld_decay.distance.max(), result.ld_decay.distance.max())


def test_positions_of_two_chromosomes_are_not_mixed(real):
    variants = pd.DataFrame({"chrom": ["1", "2"] * (N_VARIANTS // 2), "pos": np.arange(N_VARIANTS) * 1000})
    train, test = (genotype_set(*real[name], variants=variants) for name in ("train", "test"))
    result = genotype_fidelity(train, test, real["fresh"], random_state=0)
    assert result.ld_decay.distance.max() < N_VARIANTS


def test_missing_values_are_refused_or_filled_and_counted(real, rng):
    (train, y_train), (test, y_test) = real["train"], real["test"]
    holes = train.copy()
    holes[rng.random(holes.shape) < 0.02] = -1
    with pytest.raises(DataFormatError, match=r"real_train has .* missing genotypes"):
        genotype_fidelity(holes, test, real["fresh"], (y_train, y_test))
    result = genotype_fidelity(holes, test, real["fresh"], (y_train, y_test), missing="impute", random_state=0)
    n_missing = 2 * int((holes < 0).sum())  # alleles
    assert result.n_imputed == {"real_train": n_missing, "real_test": 0, "synthetic": 0}
    assert f"{n_missing} missing values filled in real_train" in result.summary()
    assert result.faults["real"] == {}


def test_filling_takes_the_most_common_value_of_the_population():
    from seqaug_sklearn.evaluation._genotypes._real_and_synthetic import fill_missing

    X = np.array([[2, 0], [-1, -1], [2, -1], [1, 1], [1, -1], [-1, -1]], np.int8)
    people, n_imputed = fill_missing(GenotypeSet(X, "dosage", populations=["a"] * 3 + ["b"] * 3))
    assert people.dosages.tolist() == [[2, 0], [2, 0], [2, 0], [1, 1], [1, 1], [1, 1]]
    assert n_imputed == 6
    assert X.min() == -1, "the input is left as it was"


def test_two_people_suffice_and_constant_variants_do_not_break_it():
    """The smallest groups; nothing varies in them."""
    X, y = np.zeros((8, 3), np.int8), np.repeat(["a", "b"], 4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        result = genotype_fidelity(X, X[::2], (X[::2], y[::2]), (y, y[::2]), random_state=0)
    assert result.averages.af_mae.tolist() == [0] * 4
    assert result.averages.ld_correlation.isna().all()
    assert isinstance(result.summary(), str)


def test_populations_may_be_numbers(real, fidelity):
    numbers = {name: (X, np.searchsorted(POPULATIONS, y)) for name, (X, y) in real.items()}
    (train, y_train), (test, y_test) = numbers["train"], numbers["test"]
    result = genotype_fidelity(train, test, {"fresh individuals": numbers["fresh"]}, (y_train, y_test), random_state=0)
    assert result.table.index.unique("population").tolist() == [0, 1, 2, "average"]
    names = ["real", "fresh individuals"]
    np.testing.assert_array_equal(result.averages.loc[names], fidelity.averages.loc[names])
    assert result.faults["fresh individuals"] == {}


@pytest.mark.slow
@pytest.mark.realdata
def test_mosaics_of_1000_genomes_look_real_and_the_controls_do_not(real_data):
    """The figures of facts measured on the same region, with room for the split."""
    pytest.importorskip("cyvcf2")
    from seqaug_sklearn.datasets import read_genotypes

    folder = real_data / "genotypes"
    people = read_genotypes(
        folder / "1kg_chr1_11.70-11.84Mb_phased.vcf.gz",
        kind="biallelic",
        min_maf=0.01,
        labels=folder / "1kg_samples.tsv",
        label_column="super_population",
    )
    assert len(people.variants) == 742
    train, test = train_test_split(np.arange(len(people)), test_size=0.3, stratify=people.populations, random_state=0)
    train, test = people.take(train), people.take(test)
    mosaic = HaplotypeMosaic(random_state=0).fit(train).sample(len(train))
    result = genotype_fidelity(train, test, {"mosaic": mosaic}, random_state=0)
    averages = result.averages
    row = averages.loc["mosaic"]
    assert row.af_r2 >= 0.985
    assert row.af_mae <= 0.022
    assert row.ld_correlation >= 0.95
    assert row.ld_decay_error <= 0.02
    assert row.pca_distance <= 1.3
    assert row.privacy_loss <= 0.03
    assert row.membership_auc <= 0.53
    assert 0.95 <= row.diversity <= 1.05
    assert row.train_on_synthetic >= averages.train_on_synthetic["real"] - 0.02
    assert result.faults["real"] == result.faults["mosaic"] == {}
    assert "linkage" in result.faults["independent SNPs"]
    assert averages.ld_correlation["independent SNPs"] < 0.05
    assert averages.pca_distance["independent SNPs"] > 3
    assert averages.privacy_loss["bootstrap copies"] > 0.1
    assert averages.membership_auc["bootstrap copies"] > 0.75


def test_one_population_has_no_classifier(real):
    (train, y_train), (test, y_test) = ((X[y == "east"], y[y == "east"]) for X, y in (real["train"], real["test"]))
    result = genotype_fidelity(train, test, (train, y_train), (y_train, y_test), random_state=0)
    assert result.averages.train_on_synthetic.isna().all()
    assert set(result.faults["synthetic"]) == {"copies"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"populations": None}, "real_train has no population labels"),
        ({"populations": ["east"] * 3}, "populations must be a pair"),
        ({"populations": (["east"] * 3, ["east"] * 3)}, r"labels of real_train must have shape \(180,\)"),
        ({"synthetic": {"gan": np.zeros((3, 3))}}, r"synthetic\['gan'\] must be \(X, y\)"),
        ({"synthetic": {"real": (np.zeros((3, 3)), ["a"] * 3)}}, "'real' in synthetic is taken"),
        ({"synthetic": (np.zeros((4, 3), int), ["east"] * 4)}, "has 3 variants, real_train has 120"),
        ({"synthetic": (np.zeros((4, 120), int), ["east"] * 4)}, r"differ in the populations \['north', 'west'\]"),
        ({"synthetic": (np.zeros((4, 120), int), ["east", None] * 2)}, r"y of .* is missing for row 1 \(2 of 4 rows\)"),
        (
            {"synthetic": (np.zeros((5, 120), int), ["east", "east", "north", "north", "west"])},
            "has 1 individuals of population 'west', at least 2",
        ),
        ({"synthetic": (np.full((4, 120), 7), ["east"] * 4)}, "is 7, but encoding='phased'"),
        ({"positions": [1, 2]}, "positions must be 120 finite numbers"),
        ({"missing": "drop"}, "missing must be 'error' or 'impute', got 'drop'"),
        ({"encoding": "binary"}, "encoding must be one of"),
    ],
)
def test_bad_input_is_named(real, change, message):
    (train, y_train), (test, y_test) = real["train"], real["test"]
    arguments = {"synthetic": real["fresh"], "populations": (y_train, y_test)} | change
    with pytest.raises(ValueError, match=message):
        genotype_fidelity(train, test, **arguments)


def test_a_population_called_average_is_refused(real):
    (train, y_train), (test, y_test) = real["train"], real["test"]
    y_train, y_test = (np.where(y == "east", "average", y) for y in (y_train, y_test))
    with pytest.raises(ValueError, match="population called 'average'"):
        genotype_fidelity(train, test, (train, y_train), (y_train, y_test))


def test_people_in_both_groups_are_named():
    people = make_genotypes(20, n_variants=40, n_populations=2, random_state=0)
    train, test = people.take(np.arange(len(people)) % 2 == 0), people.take(np.arange(len(people)) % 2 == 1)
    both = people.take([*range(1, 40, 2), 36, 38])
    with pytest.raises(ValueError, match=f"2 individuals are in both real_train and real_test: .*{train.samples[-1]}"):
        genotype_fidelity(train, both, train)
    with pytest.raises(ValueError, match=r"20 individuals are in both real_train and real_test: .*, \.\.\.; held-out"):
        genotype_fidelity(train, train, train)
    assert genotype_fidelity(train, test, train, random_state=0).faults


def test_the_same_rows_in_both_groups_are_counted(real):
    (train, y_train), (test, y_test) = real["train"], real["test"]
    mixed = np.concatenate([test, train[:5]]), np.concatenate([y_test, y_train[:5]])
    with pytest.raises(
        ValueError, match="5 of 125 individuals of real_test have the same genotypes as one of real_train"
    ):
        genotype_fidelity(train, mixed[0], real["fresh"], (y_train, mixed[1]))


def test_people_alike_in_a_short_region_are_no_overlap(rng):
    """Three variants: every held-out individual has a double, but so have the training individuals."""
    X, y = from_haplotypes(rng.integers(0, 2, (400, 3), dtype=np.int8), "phased"), np.tile(["a", "b"], 100)
    assert genotype_fidelity(X[:120], X[120:], (X[:120], y[:120]), (y[:120], y[120:]), random_state=0).faults


@pytest.mark.parametrize("group", ["real_test", r"synthetic\['synthetic'\]"])
def test_other_variants_are_named(group):
    people = make_genotypes(20, n_variants=40, n_populations=2, random_state=0)
    train, test = people.take(np.arange(40) % 2 == 0), people.take(np.arange(40) % 2 == 1)
    variants = people.variants.copy()
    variants.loc[7, ["ref", "alt"]] = variants.loc[7, ["alt", "ref"]].to_numpy()
    other = dataclasses.replace(test, variants=variants)
    groups = (other, test) if group == "real_test" else (test, other)
    place = "{}:{} {}>{}".format(*variants.loc[7, ["chrom", "pos", "ref", "alt"]])
    with pytest.raises(ValueError, match=f"{group} has other variants than real_train: 1 of 40 .* number 8, {place}"):
        genotype_fidelity(train, *groups)


def test_allele_counts_taken_for_phased_states_are_warned_of(real):
    (train, y_train), (test, y_test) = ((dosages(X, "phased"), y) for X, y in (real["train"], real["test"]))
    message = r"real_train is read as phased .* never 3 .* pass encoding='dosage'"
    with pytest.warns(SeqAugWarning, match=message) as caught:
        genotype_fidelity(train, test, (train, y_train), (y_train, y_test))
    assert caught[0].filename == __file__
