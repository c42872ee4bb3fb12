"""Generators compared on split individuals: the split, what is written, what the report says and does not claim."""

import gzip
import html
import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from seqaug_sklearn.augmentation import HaplotypeMosaic
from seqaug_sklearn.datasets import GenotypeSet, make_genotypes, read_genotypes
from seqaug_sklearn.evaluation import OutputFolderError, compare_genotype_generators, genotype_fidelity
from seqaug_sklearn.evaluation._genotypes._share_judged import share_judged
from seqaug_sklearn.exceptions import DataFormatError

# few individuals, so that they are quick: what HaplotypeMosaic says of them is tested in its own tests
pytestmark = pytest.mark.filterwarnings("ignore::seqaug_sklearn.exceptions.PrivacyWarning")


class Copier(BaseEstimator):
    """Gives training individuals away as new ones."""

    def fit(self, people):
        self.people_ = people
        return self

    def sample(self, n_samples, random_state=0):
        rows = np.random.default_rng(random_state).integers(0, len(self.people_), n_samples)
        return self.people_.genotypes[rows], self.people_.populations[rows]


@pytest.fixture(scope="module")
def people():
    return make_genotypes(60, n_variants=100, n_populations=3, random_state=0)


@pytest.fixture(scope="module")
def comparison(people):
    generators = {"HaplotypeMosaic": HaplotypeMosaic(random_state=0), "Copier": Copier()}
    return compare_genotype_generators(people, generators, n_samples=50, random_state=0)


@pytest.fixture(scope="module")
def report(comparison, tmp_path_factory):
    path = comparison.to_html(
        tmp_path_factory.mktemp("people") / "out", title="My <individuals>", settings={"file": "a.vcf"}
    )
    assert plt.get_fignums() == []
    return path


@pytest.fixture
def no_figures(monkeypatch):
    """Write pages without sections: they are drawn in other tests."""
    monkeypatch.setattr("seqaug_sklearn.evaluation._genotypes._generators.sections", lambda comparison: [])


def page_of(path):
    """Text of a page on one line, without the pictures."""
    return re.sub(r"\s+", " ", re.sub(r'src="data:[^"]*"|href="data:[^"]*"', "", path.read_text()))


def test_people_are_split_within_populations(people, comparison):
    names = set(comparison.train.samples) | set(comparison.test.samples)
    assert names == set(people.samples)
    assert len(comparison.train) + len(comparison.test) == len(people)
    for part, size in ((comparison.train, 42), (comparison.test, 18)):
        assert pd.Series(part.populations).value_counts().to_dict() == dict.fromkeys(["POP1", "POP2", "POP3"], size)
        rows = [people.samples.tolist().index(name) for name in part.samples]
        np.testing.assert_array_equal(part.genotypes, people.genotypes[rows])


@pytest.mark.parametrize(("sizes", "test_size", "held_out"), [((6, 7), 0.01, (2, 2)), ((6, 40), 0.9, (2, 36))])
def test_four_people_are_left_to_train_on_and_two_to_test(sizes, test_size, held_out):
    few = make_genotypes(sizes, n_variants=30, n_populations=2, random_state=0)
    comparison = compare_genotype_generators(few, test_size=test_size, random_state=0)
    assert pd.Series(comparison.test.populations).value_counts().sort_index().tolist() == list(held_out)


def test_generators_see_the_training_people_only(people, comparison):
    copier = comparison.generators["Copier"]
    assert set(copier.people_.samples) == set(comparison.train.samples)
    unfitted = Copier()
    compare_genotype_generators(people, {"Copier": unfitted}, random_state=0)
    assert not hasattr(unfitted, "people_")


def test_people_asked_for_are_the_first_that_are_measured(comparison):
    for name, measured in comparison.measured.items():
        assert len(measured) == len(comparison.train)
        asked = comparison.synthetic[name]
        assert len(asked) == 50
        np.testing.assert_array_equal(asked.genotypes, measured.genotypes[:50])
    made = comparison.generators["HaplotypeMosaic"].sample(50)
    np.testing.assert_array_equal(comparison.synthetic["HaplotypeMosaic"].genotypes, made[0])
    np.testing.assert_array_equal(comparison.synthetic["HaplotypeMosaic"].populations, made[1])


def test_more_people_than_trained_on_are_all_measured(people):
    comparison = compare_genotype_generators(people, n_samples=200, random_state=0)
    assert len(comparison.measured["HaplotypeMosaic"]) == 200
    assert comparison.fidelity.averages.loc["HaplotypeMosaic", "n"] == 200


def test_figures_are_those_of_genotype_fidelity(comparison):
    groups = {name: (people.genotypes, people.populations) for name, people in comparison.measured.items()}
    labels = (comparison.train.populations, comparison.test.populations)
    expected = genotype_fidelity(comparison.train, comparison.test, groups, labels, random_state=1)
    # privacy halves are drawn at random
    metrics = [
        "af_mae",
        "ld_correlation",
        "ld_decay_error",
        "pca_distance",
        "membership_auc",
        "near_copies",
        "diversity",
    ]
    for name in groups:
        np.testing.assert_allclose(
            comparison.fidelity.averages.loc[name, metrics].astype(float),
            expected.averages.loc[name, metrics].astype(float),
        )


def test_same_seed_same_people(people):
    first, again, other = (compare_genotype_generators(people, random_state=seed) for seed in (0, 0, 1))
    name = "HaplotypeMosaic"
    np.testing.assert_array_equal(first.synthetic[name].genotypes, again.synthetic[name].genotypes)
    pd.testing.assert_frame_equal(first.fidelity.table, again.fidelity.table)
    assert first.test.samples.tolist() != other.test.samples.tolist()


@pytest.mark.parametrize(
    ("counts", "kept", "expected"),
    [
        ({}, (7, 5), ""),
        (
            {"variants_read": 500, "with_missing": 493, "people_read": 500},
            (7, 500),
            "Warning: only 7 of 500 variants of the file (1.4%, left out: 493 missing calls) and 500 of 500 "
            "individuals were judged; the answer is about these alone.",
        ),
        # what was not asked for is no warning
        (
            {"variants_read": 4296, "below_min_maf": 3552, "not_snp": 3, "people_read": 2504},
            (741, 2504),
            "Judged: 741 of 4,296 variants of the file (17.2%, left out: 3 no SNP; 3,552 too rare) and 2,504 of 2,504 "
            "individuals.",
        ),
        (
            {"variants_read": 10, "imputed_calls": 4, "people_read": 9},
            (10, 8),
            "Judged: 10 of 10 variants of the file (100.0%) and 8 of 9 individuals. 4 missing calls (5.0%) were drawn "
            "from the frequencies, which weakens linkage.",
        ),
    ],
)
def test_the_share_of_the_file_that_was_judged(counts, kept, expected):
    assert share_judged(counts, *kept) == expected


@pytest.mark.usefixtures("no_figures")
@pytest.mark.parametrize("encoding", ["phased", "haplotype"])
def test_synthetic_people_read_again(people, encoding, tmp_path):
    comparison = compare_genotype_generators(people.recode(encoding), n_samples=30, random_state=0)
    folder = comparison.to_html(tmp_path / "out").parent / "people"
    assert sorted(path.name for path in folder.iterdir()) == ["haplotype_mosaic.tsv", "haplotype_mosaic.vcf.gz"]
    read = read_genotypes(folder / "haplotype_mosaic.vcf.gz", labels=folder / "haplotype_mosaic.tsv", encoding=encoding)
    made = comparison.synthetic["HaplotypeMosaic"]
    np.testing.assert_array_equal(read.genotypes, made.genotypes)
    np.testing.assert_array_equal(read.populations, made.populations)
    assert read.samples.tolist() == made.samples.tolist()
    assert not set(read.samples) & set(people.samples)
    np.testing.assert_allclose(read.variants["maf"], made.variants["maf"])


def test_the_page_says_who_copies_and_who_does_not(report):
    page = page_of(report)
    answer = re.search(r'<p class="answer">(.*?)</p>', page).group(1)
    assert re.match(
        r"The individuals of Copier must not be shared as synthetic: in .POP\d. 100\.0% of the new haplotypes "
        r"equal a "
        r"training individual.s, where \d\.\d% of other real individuals. do; the membership attack has an AUC of "
        r"0\.[78]",
        html.unescape(answer),
    )
    assert "No individuals of Copier were written; force=True (on the command line, --force)" in page
    assert "Copier: they are too near to the training individuals" in page
    assert "hold synthetic individuals only" not in page
    assert [path.name for path in (report.parent / "people").iterdir() if "copier" in path.name] == []
    assert "Copier: Copies of training individuals: " in page
    assert "Both controls were detected" in page
    assert "My &lt;individuals&gt;" in page
    assert "a.vcf" in page
    assert page.count("<img") == 6


def test_the_page_says_what_private_does_not_mean(report):
    page = page_of(report)
    assert "It does not mean anonymous." in page
    assert "Nothing here is a guarantee like that of differential privacy" in page
    assert "Keep this page as confidential as the input" in page
    assert "Only 54 individuals were held out. The limits allow 0.10 for chance" in page


def test_clean_people_are_not_called_anonymous(people):
    comparison = compare_genotype_generators(
        people, {"HaplotypeMosaic": HaplotypeMosaic(random_state=0)}, random_state=0
    )
    faults = {name: {} for name in comparison.fidelity.faults} | {
        "independent SNPs": {"linkage": "gone"},
        "bootstrap copies": {"copies": "all"},
    }
    object.__setattr__(comparison.fidelity, "faults", faults)
    verdict = comparison.verdict()
    assert verdict[0].startswith("No fault was found in the synthetic individuals of HaplotypeMosaic.")
    assert "does not prove that they are anonymous" in verdict[0]
    assert any(sentence.startswith("HaplotypeMosaic: allele frequencies r² 0.") for sentence in verdict)


def test_a_control_that_passes_and_a_ceiling_that_fails_are_warned_of(comparison):
    faults = comparison.fidelity.faults | {"bootstrap copies": {}, "real": {"linkage": "gone"}}
    changed = type(comparison.fidelity)(
        comparison.fidelity.table, comparison.fidelity.ld_decay, "haplotype", {}, faults
    )
    object.__setattr__(clone := _copy_of(comparison), "fidelity", changed)
    warnings = [sentence for sentence in clone.verdict() if sentence.startswith("Warning")]
    assert "the real training individuals fail the same checks (linkage is lost)" in warnings[0]
    assert "'bootstrap copies' was not detected" in warnings[1]


def _copy_of(comparison):
    return type(comparison)(**{name: getattr(comparison, name) for name in comparison.__dataclass_fields__})


def test_tables_hold_the_figures(report, comparison):
    means = pd.read_csv(report.parent / "tables" / "means_over_populations.csv", index_col=0)
    averages = comparison.fidelity.averages
    assert means.columns.tolist() == [
        "best", "real training individuals", "HaplotypeMosaic", "Copier", "independent SNPs", "bootstrap copies",
    ]  # fmt: skip
    assert means.loc["membership attack, AUC", "Copier"] == pytest.approx(averages.loc["Copier", "membership_auc"])
    full = pd.read_csv(report.parent / "tables" / "all_figures_controls_too.csv", index_col=[0, 1])
    np.testing.assert_allclose(full["af_mae"], comparison.fidelity.table["af_mae"])
    frequencies = pd.read_csv(report.parent / "tables" / "allele_frequencies.csv")
    assert len(frequencies) == 3 * 100
    places = pd.read_csv(report.parent / "tables" / "principal_components.csv")
    assert places["group"].value_counts().to_dict() == {"real": 126, "HaplotypeMosaic": 126, "Copier": 126}
    text = "".join(path.read_text() for path in (report.parent / "tables").iterdir())
    assert [name for name in comparison.train.samples if name in text] == []


def test_training_curves_of_a_network(people):
    class Trained(Copier):
        def fit(self, people):
            losses = {"critic_loss": [1.0, 0.5], "generator_loss": [0.1, 0.2], "score": [np.nan, 1.4]}
            self.history_ = pd.DataFrame({"epoch": [1, 2], "seconds": [1.0, 1.5], **losses})
            self.best_epoch_ = 2
            return super().fit(people)

    comparison = compare_genotype_generators(people, {"GenotypeGAN": Trained()}, random_state=0)
    section = next(part for part in comparison.sections() if part.title == "Training of GenotypeGAN")
    assert section.text == "2 epochs in 2 seconds; the weights of epoch 2 are kept."
    (figure,) = section.figures.values()
    lines = {line.get_label(): list(line.get_ydata()) for ax in figure.axes for line in ax.get_lines()}
    assert lines["kept: epoch 2"] == [1.4]
    assert lines["critic loss"] == [1.0, 0.5]
    assert lines["generator loss"] == [0.1, 0.2]


def test_training_without_a_score(people):
    trained = Copier()
    comparison = compare_genotype_generators(people, {"GenotypeGAN": trained}, random_state=0)
    losses = {"critic_loss": [1.0, 0.5], "generator_loss": [0.1, 0.2]}
    comparison.generators["GenotypeGAN"].history_ = pd.DataFrame({"epoch": [1, 2], "seconds": [1.0, 1.5], **losses})
    section = next(part for part in comparison.sections() if part.title == "Training of GenotypeGAN")
    assert section.text.endswith("the last epoch's weights are kept.")
    assert [len(figure.axes) for figure in section.figures.values()] == [1]


def test_variants_too_rare_for_a_heat_map_are_explained():
    rng = np.random.default_rng(0)
    rare = make_genotypes(60, n_variants=12, n_populations=2, random_state=0)
    states = (rng.random((120, 12)) < 0.03).astype(np.int8)
    states[:, 0] = rng.integers(0, 4, 120)
    rare = GenotypeSet(states, "phased", rare.samples, rare.variants, rare.populations)
    comparison = compare_genotype_generators(rare, {"Copier": Copier()}, random_state=0)
    section = next(part for part in comparison.sections() if part.title == "Linkage disequilibrium")
    assert section.figures == {}
    assert section.notes[0].startswith("No heat map: a heat map needs two variants")


def test_one_population_is_enough(tmp_path, drawn):
    alone = make_genotypes(40, n_variants=40, n_populations=1, random_state=0)
    page = page_of(compare_genotype_generators(alone, random_state=0).to_html(tmp_path))
    assert "people" in page
    assert "nan" not in page


def test_several_chromosomes_count_distance_in_variants(people):
    variants = people.variants.assign(chrom=np.repeat(["1", "2"], 50))
    several = GenotypeSet(people.genotypes, "phased", people.samples, variants, people.populations)
    comparison = compare_genotype_generators(several, random_state=0)
    assert comparison.fidelity.ld_decay["distance"].max() < 100
    assert comparison.settings["place"].count(":") == 2


@pytest.mark.usefixtures("no_figures")
def test_nothing_is_left_behind_when_writing_fails(comparison, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("seqaug_sklearn.evaluation._genotypes._generators.write_vcf", fail)
    with pytest.raises(OutputFolderError, match=r"out cannot be written: No space left on device; free some space"):
        comparison.to_html(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_figures")
def test_an_earlier_report_is_replaced_and_other_files_are_not(comparison, tmp_path):
    path = comparison.to_html(tmp_path / "out")
    written = sorted(p.name for p in (path.parent / "people").iterdir())
    (path.parent / "people" / "mine.vcf").write_text("mine")
    comparison.to_html(tmp_path / "out")
    assert sorted(p.name for p in (path.parent / "people").iterdir()) == sorted([*written, "mine.vcf"])
    named = json.loads((path.parent / ".seqaug-report").read_text())["files"]
    assert {f"people/{name}" for name in written} <= set(named)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(OutputFolderError, match="holds no earlier report"):
        comparison.to_html(tmp_path / "mine")


def with_labels(people, labels):
    return GenotypeSet(people.genotypes, people.encoding, people.samples, people.variants, labels)


@pytest.mark.parametrize(
    ("change", "options", "match"),
    [
        (lambda p: p.genotypes, {}, "must be a GenotypeSet, as read_genotypes gives it, got ndarray"),
        (lambda p: with_labels(p, None), {}, "people have no populations; read them with labels="),
        (lambda p: GenotypeSet(p.genotypes, "phased", populations=p.populations), {}, "have no table of variants"),
        (lambda p: p.recode("dosage"), {}, "hold allele counts .*generators need phase"),
        (lambda p: p.take(range(63)), {}, r"fewer than 6 individuals .*: POP2 \(3\); merge them"),
        (lambda p: p, {"test_size": 1}, "test_size must be between 0 and 1, got 1"),
        (lambda p: p, {"n_samples": 0}, "n_samples must be at least 1, got 0"),
        (lambda p: p, {"generators": {}}, "generators must be at least one"),
        (lambda p: p, {"generators": {"A b": Copier(), "a-b": Copier()}}, "'a-b' too much like another"),
        (lambda p: p, {"generators": {"real": Copier()}}, "the name 'real' in synthetic is taken"),
    ],
)
def test_bad_input_is_explained(people, change, options, match):
    with pytest.raises(ValueError, match=match):
        compare_genotype_generators(change(people), **options)


def test_missing_calls_are_refused_before_anything_is_fitted(people):
    holes = people.genotypes.copy()
    holes[[0, 1], 5] = -1
    missing = GenotypeSet(holes, "phased", people.samples, people.variants, people.populations)
    with pytest.raises(DataFormatError, match="2 calls are missing; read the file with missing='drop'"):
        compare_genotype_generators(missing, {"Copier": None})


@pytest.mark.realdata
def test_real_people(real_data):
    """Mosaics of the 1000 Genomes region pass; without matching seams their linkage is missed."""
    folder = real_data / "genotypes"
    people = read_genotypes(
        folder / "1kg_chr1_11.70-11.84Mb_phased.vcf.gz",
        min_maf=0.01,
        labels=folder / "1kg_samples.tsv",
        label_column="super_population",
    )
    generators = {
        "matched": HaplotypeMosaic(random_state=0),
        "plain": HaplotypeMosaic(switch_rate=0.1, match_length=0, random_state=0),
    }
    comparison = compare_genotype_generators(people, generators, random_state=0)
    assert comparison.fidelity.faults["matched"] == {}
    assert "linkage" in comparison.fidelity.faults["plain"]
    assert not any(sentence.startswith("Warning") or "held out. The" in sentence for sentence in comparison.verdict())


def test_advice_on_copies_fits_the_cause(people, comparison):
    few = " ".join(comparison.verdict())
    assert "It happens where there are few training individuals (population POP1: 42)" in few
    assert "asked for" not in few
    long = compare_genotype_generators(
        people, {"HaplotypeMosaic": HaplotypeMosaic(match_length=80, random_state=0)}, random_state=0
    )
    told = " ".join(long.verdict())
    assert "match_length=80 was requested: leave it out (on the command line, --match-length" in told
    assert "few individuals" not in told


def test_copies_are_said_first_and_not_written(people, tmp_path):
    """Given values that copy: measured by the mosaic itself, with the interval."""
    generators = {"HaplotypeMosaic": HaplotypeMosaic(match_length=80, random_state=0), "Copier": Copier()}
    comparison = compare_genotype_generators(people, generators, n_samples=20, random_state=0)
    assert list(comparison.copying) == ["HaplotypeMosaic", "Copier"]
    first, second, *_ = comparison.verdict()
    assert first.startswith("The individuals of HaplotypeMosaic must not be shared as synthetic: in 'POP")
    assert second.startswith("The individuals of Copier must not be shared as synthetic: in 'POP")
    path = comparison.to_html(tmp_path / "out")
    assert not (path.parent / "people").exists()


@pytest.mark.usefixtures("no_figures")
def test_forced_copies_say_what_they_are(comparison, tmp_path):
    path = comparison.to_html(tmp_path / "out", force=True)
    page = page_of(path)
    assert "The individuals of Copier were written anyway, as requested. They are not synthetic" in page
    assert "hold synthetic individuals only" not in page
    headers = {}
    for name in ("copier", "haplotype_mosaic"):
        with gzip.open(path.parent / "people" / f"{name}.vcf.gz", "rt") as file:
            headers[name] = [line for line in file if line.startswith("##")]
    (note,) = [line for line in headers["copier"] if line.startswith("##note=")]
    assert note.startswith("##note=The individuals of Copier must not be shared as synthetic: ")
    assert not [line for line in headers["haplotype_mosaic"] if line.startswith("##note=")]
    assert len(read_genotypes(path.parent / "people" / "copier.vcf.gz")) == 50


@pytest.mark.parametrize(("size", "few"), [(600, False), (40, True)])
def test_people_of_a_network_are_judged_on_the_held_out_ones(size, few):
    """Without a measurement of its own a generator passes by the same rule, interval and all: here, of strangers."""
    people = make_genotypes(size, n_variants=60, n_populations=2, random_state=0)
    strangers = people.take(range(0, 2 * size, 2))

    class Strangers(BaseEstimator):
        def fit(self, people):
            return self

        def sample(self, n_samples, random_state=0):
            rows = np.random.default_rng(random_state).permutation(len(strangers))[:n_samples]
            return strangers.genotypes[rows], strangers.populations[rows]

    comparison = compare_genotype_generators(
        people.take(range(1, 2 * size, 2)), {"G": Strangers()}, n_samples=len(strangers), random_state=1
    )
    assert "copies" not in comparison.fidelity.faults["G"]
    assert set(comparison.copying) == ({"G"} if few else set())
    if few:
        assert "the individuals are too few to show that no one is exposed (the memb" in comparison.copying["G"]
