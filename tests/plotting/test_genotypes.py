"""Displays of real and synthetic genotypes: what they show is what naive counting gives."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from sklearn.metrics import roc_auc_score

from seqaug_sklearn.datasets import make_genotypes
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting import (
    AlleleFrequencyDisplay,
    GenotypePictureDisplay,
    GenotypePrivacyDisplay,
    LinkageDecayDisplay,
    LinkageMatrixDisplay,
    PopulationPCADisplay,
)

FROM_TWO_GROUPS = [
    PopulationPCADisplay.from_genotypes,
    AlleleFrequencyDisplay.from_genotypes,
    LinkageMatrixDisplay.from_genotypes,
    GenotypePictureDisplay.from_genotypes,
]


@pytest.fixture(scope="module")
def people():
    return make_genotypes(20, n_variants=40, n_populations=3, random_state=0)


@pytest.fixture(scope="module")
def others():
    """Other individuals of the same populations and variants, as (X, y)."""
    made = make_genotypes(20, n_variants=40, n_populations=3, random_state=1)
    return made.genotypes, made.populations


def legend_texts(display):
    legends = [ax.get_legend() for ax in display.axes_ if ax.get_legend() is not None]
    return [text.get_text() for legend in legends for text in legend.get_texts()]


@pytest.mark.parametrize("make", FROM_TWO_GROUPS)
@pytest.mark.parametrize("n_generators", [1, 4])
def test_every_generator_is_named_and_nothing_is_cut_off(people, others, make, n_generators, assert_on_page):
    names = [f"generator {i}" for i in range(n_generators)]
    display = make(people, dict.fromkeys(names, others))
    assert_on_page(display.figure_)
    written = " ".join(
        text.get_text() for ax in display.axes_ for text in [ax.title, ax._left_title, ax._right_title, *ax.texts]
    )
    assert [name for name in names if name not in written] == []


@pytest.mark.parametrize("make", FROM_TWO_GROUPS)
def test_plot_again_gives_the_same_picture(people, others, make, pixels):
    display = make(people, others)
    first = pixels(display.figure_)
    assert pixels(display.plot().figure_) == first


@pytest.mark.parametrize("make", FROM_TWO_GROUPS)
@pytest.mark.parametrize("encoding", ["haplotype", "dosage"])
def test_encodings_hold_the_same_people(people, make, encoding):
    """Arrays, a labelled set, labels per individual or per row of haplotypes."""
    recoded = people.recode(encoding)
    labels = np.repeat(people.populations, 2) if encoding == "haplotype" else people.populations
    display = make(recoded, (recoded.genotypes, labels), encoding=encoding)
    expected = make(people, people)
    if encoding == "dosage" and make == GenotypePictureDisplay.from_genotypes:
        assert display.states["real"].max() == 2
        return
    for name in ("coordinates", "synthetic", "states"):
        for group, values in getattr(display, name, {}).items():
            if encoding == "haplotype" or not isinstance(display, LinkageMatrixDisplay):
                np.testing.assert_allclose(values, getattr(expected, name)[group], atol=1e-4)


def test_components_are_those_of_the_real_peoples_allele_counts(people, others):
    display = PopulationPCADisplay.from_genotypes(people, {"new": others})
    counts = people.recode("dosage").genotypes.astype(float)
    center = counts.mean(axis=0)
    _, singular, directions = np.linalg.svd(counts - center, full_matrices=False)
    expected = (np.array([0, 1, 1, 2])[others[0]] - center) @ directions[:2].T
    found = display.coordinates["new"]
    signs = np.sign((found * expected).sum(axis=0))
    np.testing.assert_allclose(found, expected * signs, atol=1e-3)
    np.testing.assert_allclose(display.explained, (singular**2 / (singular**2).sum())[:2], atol=1e-5)
    assert [panel.get_xlim() for panel in display.axes_] == [display.ax_.get_xlim()] * 2
    assert legend_texts(display) == ["POP1", "POP2", "POP3"]


def test_real_people_stand_behind_synthetic_ones(people, others):
    display = PopulationPCADisplay.from_genotypes(people, others)
    behind = display.axes_[1].collections[0].get_offsets()
    np.testing.assert_allclose(behind, display.coordinates["real"], atol=1e-6)
    display.plot(backdrop=False)
    assert len(display.axes_[1].collections) == 1


def test_many_populations_differ_in_colour_or_marker():
    rng = np.random.default_rng(0)
    y = np.repeat([f"population {i:02}" for i in range(26)], 3)
    display = PopulationPCADisplay.from_genotypes((rng.integers(0, 4, (78, 12)), y), (rng.integers(0, 4, (78, 12)), y))
    handles = display.axes_[1].get_legend().legend_handles
    assert len({(handle.get_color(), handle.get_marker()) for handle in handles}) == 26


def test_frequencies_are_counted(people, others):
    display = AlleleFrequencyDisplay.from_genotypes(people, {"new": others})
    for i, population in enumerate(["POP1", "POP2", "POP3"]):
        for states, found in ((people.genotypes, display.real), (others[0], display.synthetic["new"])):
            rows = states[people.populations == population]
            np.testing.assert_allclose(found[i], ((rows >> 1) + (rows & 1)).mean(axis=0) / 2)
    errors = [np.abs(a - b).mean() for a, b in zip(display.real, display.synthetic["new"], strict=True)]
    squares = [np.corrcoef(a, b)[0, 1] ** 2 for a, b in zip(display.real, display.synthetic["new"], strict=True)]
    assert display.mean_error_["new"] == pytest.approx(np.mean(errors))
    assert display.r2_["new"] == pytest.approx(np.mean(squares))
    assert f"r² {np.mean(squares):.3f}, mean error {np.mean(errors):.3f}" in display.ax_.get_title()


def test_a_population_without_synthetic_people_is_left_out_of_the_means(people):
    some = people.take(people.populations != "POP2")
    display = AlleleFrequencyDisplay.from_genotypes(people, some)
    assert display.r2_["synthetic"] == pytest.approx(1)
    assert display.mean_error_["synthetic"] == 0


def test_linkage_is_the_squared_correlation_within_the_population(people, others):
    display = LinkageMatrixDisplay.from_genotypes(people, {"new": others}, population="POP2")
    rows = people.take(people.populations == "POP2").recode("haplotype").genotypes.astype(float)
    common = np.flatnonzero(np.minimum(rows.mean(axis=0), 1 - rows.mean(axis=0)) >= 0.05)
    np.testing.assert_allclose(display.real, np.corrcoef(rows[:, common].T) ** 2, atol=1e-8)
    np.testing.assert_array_equal(display.positions, people.variants["pos"].to_numpy()[common])
    shown = display.ax_.images[0].get_array()
    above, below = np.triu_indices(len(common), 1), np.tril_indices(len(common), -1)
    np.testing.assert_allclose(shown[above], display.real[above])
    np.testing.assert_allclose(shown[below], display.synthetic["new"][below])
    assert "POP2" in display.title
    assert f"{len(common)} variants" in display.title


def test_linkage_of_a_constant_synthetic_variant_is_zero(people):
    same = np.zeros_like(people.genotypes)
    display = LinkageMatrixDisplay.from_genotypes(people, (same, people.populations))
    assert not display.synthetic["synthetic"].any()


def test_few_of_many_variants_are_shown_evenly(people, others):
    display = LinkageMatrixDisplay.from_genotypes(people, others, max_variants=5)
    assert display.real.shape == (5, 5)
    assert " 5 of " in display.title
    picture = GenotypePictureDisplay.from_genotypes(people, others, max_variants=7, n_individuals=3)
    np.testing.assert_array_equal(picture.states["real"].shape, (9, 7))
    assert picture.axes_[-1].get_xlabel() == "7 of 40 variants, in the order of the genome"


@pytest.fixture
def decay():
    rows = [
        (generator, population, distance, scale * (100 / distance))
        for generator, scale in (("held-out", 0.8), ("mosaic", 0.6), ("real", 0.7), ("independent SNPs", 0))
        for population in "ab"
        for distance in (2000, 100, 500)
    ]
    return pd.DataFrame(rows, columns=["generator", "population", "distance", "r2"])


def test_decay_curves_run_by_distance(decay, assert_on_page):
    decay.loc[decay["population"] == "b", "r2"] /= 2
    display = LinkageDecayDisplay.from_frame(decay)
    assert [ax.get_title() for ax in display.axes_] == ["mean of the populations", "a", "b"]
    np.testing.assert_allclose(display.lines_["mosaic"].get_xdata(), [0.1, 0.5, 2])  # kb
    np.testing.assert_allclose(display.lines_["mosaic"].get_ydata(), [0.45, 0.09, 0.0225])
    names = ["real held-out individuals", "real training individuals", "independent SNPs", "mosaic"]
    assert legend_texts(display) == names
    assert display.lines_["held-out"].get_color() == "black"
    assert_on_page(display.figure_)


def test_decay_of_genotypes_is_the_mean_of_squared_correlations(people, others):
    """Against a loop over pairs; the sum over bins of real individuals, and the order of the curves."""
    display = LinkageDecayDisplay.from_genotypes(people, {"new": others})
    assert legend_texts(display) == ["real individuals", "new"]
    assert display.axes_[0].get_xlabel().startswith("distance (")
    assert [ax.get_title() for ax in display.axes_[1:]] == ["POP1", "POP2", "POP3"]
    rows = people.take(people.populations == "POP2").recode("haplotype").genotypes.astype(float)
    common = np.flatnonzero(np.minimum(rows.mean(axis=0), 1 - rows.mean(axis=0)) >= 0.05)
    position = people.variants["pos"].to_numpy()
    pairs = [(i, j) for i in common for j in common if i < j]
    far = max(position[j] - position[i] for i, j in pairs)
    shown = display.frame.query("generator == 'real individuals' and population == 'POP2'").sort_values("distance")
    longest = shown.iloc[-1]
    steps = np.diff(position)
    edges = np.geomspace(max(steps.sum() / 500, steps[steps > 0].min()), steps.sum(), 21)
    bin_of_far = np.clip(np.searchsorted(edges, far, side="right") - 1, 0, 19)
    within = [
        np.corrcoef(rows[:, i], rows[:, j])[0, 1] ** 2
        for i, j in pairs
        if np.clip(np.searchsorted(edges, position[j] - position[i], side="right") - 1, 0, 19) == bin_of_far
    ]
    assert longest["r2"] == pytest.approx(np.mean(within))


def test_decay_without_positions_counts_variants(people, others):
    pair = (people.genotypes, people.populations)
    display = LinkageDecayDisplay.from_genotypes(pair, others, populations=["POP1"])
    assert display.ax_.get_xlabel() == "distance (variants)"
    assert len(display.axes_) == 2
    with pytest.raises(ValueError, match="positions must be 40 numbers"):
        LinkageDecayDisplay.from_genotypes(pair, others, positions=[1, 2])


def test_decay_takes_what_genotype_fidelity_gives(decay):
    display = LinkageDecayDisplay.from_frame(SimpleNamespace(ld_decay=decay))
    assert display.frame is decay


def test_curves_that_coincide_can_be_told(decay):
    """Every generator has dashes, and no two the same look."""
    many = pd.concat([decay.replace({"generator": {"mosaic": f"generator {i}"}}) for i in range(4)])
    lines = LinkageDecayDisplay.from_frame(many.drop_duplicates()).lines_
    looks = {(line.get_color(), str(line._dash_pattern)) for line in lines.values()}
    assert len(looks) == len(lines)
    assert all(lines[f"generator {i}"].is_dashed() for i in range(4))


def test_principal_components_of_real_people_alone(people):
    display = PopulationPCADisplay.from_genotypes(people)
    assert list(display.coordinates) == ["real"]
    assert len(display.axes_) == 1


def test_colours_of_five_populations_are_far_apart():
    """In CIELAB; orange and vermillion, 33 apart, could not be told as small points."""
    from seqaug_sklearn.plotting._genotypes._panels import _COLORS

    assert min(np.linalg.norm(a - b) for i, a in enumerate(map(lab, _COLORS[:5])) for b in map(lab, _COLORS[:i])) > 45


def lab(color):
    """CIELAB of a colour under D65."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(matrix @ linear / [0.95047, 1, 1.08883])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_decay_panels_are_chosen(decay):
    assert len(LinkageDecayDisplay.from_frame(decay, populations=["b"]).axes_) == 2
    alone = LinkageDecayDisplay.from_frame(decay[decay["population"] == "a"], unit="variants")
    assert [ax.get_title() for ax in alone.axes_] == ["all individuals"]
    assert alone.ax_.get_xlabel() == "distance (variants)"
    many = pd.concat([decay.assign(population=f"p{i}") for i in range(12)])
    assert len(LinkageDecayDisplay.from_frame(many).axes_) == 1


def test_picture_shows_states_population_by_population(people, others):
    display = GenotypePictureDisplay.from_genotypes(people, {"new": others}, n_individuals=4)
    assert display.labels["real"] == ["POP1"] * 4 + ["POP2"] * 4 + ["POP3"] * 4
    known = {tuple(row) for row in people.genotypes[people.populations == "POP2"].tolist()}
    assert all(tuple(row) in known for row in display.states["real"][4:8].tolist())
    np.testing.assert_array_equal(display.ax_.images[0].get_array(), display.states["real"])
    assert [tick.get_text() for tick in display.ax_.get_yticklabels()] == ["POP1", "POP2", "POP3"]
    assert legend_texts(display) == ["0|0", "0|1", "1|0", "1|1"]


def test_picture_has_a_colour_for_missing_calls(people):
    holes = people.genotypes.copy()
    holes[:, 3] = -1
    display = GenotypePictureDisplay.from_genotypes((holes, people.populations), people)
    assert legend_texts(display)[-1] == "missing"
    assert (display.ax_.images[0].get_array()[:, 3] == 4).all()
    assert (display.axes_[1].images[0].get_array() < 4).all()


def test_picture_has_three_colours_without_phase(people):
    counts = people.recode("dosage")
    display = GenotypePictureDisplay.from_genotypes(counts, counts, encoding="dosage")
    assert legend_texts(display) == ["0", "1", "2"]


@pytest.mark.parametrize("encoding", ["phased", "dosage"])
def test_privacy_is_the_difference_to_the_nearest_training_row(people, others, encoding):
    rng = np.random.default_rng(0)
    train = rng.random(len(people)) < 0.6
    real_train, real_test = (people.take(rows).recode(encoding) for rows in (train, ~train))
    new = people.take(np.arange(len(people)))  # any set knows how to recode
    object.__setattr__(new, "genotypes", others[0])
    new = new.recode(encoding)
    display = GenotypePrivacyDisplay.from_genotypes(real_train, real_test, {"new": new}, encoding=encoding)

    def rows(group):
        if encoding == "phased":
            return group.recode("haplotype").genotypes, np.repeat(group.populations, 2)
        return group.genotypes, group.populations

    def nearest(a, b):
        alleles = a.shape[1] * (1 if encoding == "phased" else 2)
        return np.abs(a[:, None] - b[None]).sum(axis=2).min(axis=1) / alleles

    (train_rows, train_labels), (test_rows, test_labels) = rows(real_train), rows(real_test)
    np.testing.assert_allclose(display.to_training["held-out individuals"], nearest(test_rows, train_rows), atol=1e-6)
    np.testing.assert_allclose(display.to_training["new"], nearest(rows(new)[0], train_rows), atol=1e-6)
    areas = []
    for population in np.unique(people.populations):
        groups = [
            nearest(group[labels == population], rows(new)[0])
            for group, labels in ((train_rows, train_labels), (test_rows, test_labels))
        ]
        truth = np.repeat([1, 0], [len(groups[0]), len(groups[1])])
        areas.append(roc_auc_score(truth, -np.concatenate(groups)))
    assert display.auc_["new"] == pytest.approx(np.mean(areas), abs=0.01)
    assert display.unit == ("haplotype" if encoding == "phased" else "person")


def test_copies_are_recognised(people, assert_on_page):
    train, test = people.take(range(0, 60, 2)), people.take(range(1, 60, 2))
    display = GenotypePrivacyDisplay.from_genotypes(train, test, {"bootstrap copies": train, "held out": test})
    assert not display.to_training["bootstrap copies"].any()
    # equal haplotypes are in both halves, so even copies do not give all of them away
    assert display.auc_["bootstrap copies"] > 0.7
    assert display.auc_["held out"] < 0.3
    assert display.attack["held out"][1][0] == 0
    assert any(label.startswith("bootstrap copies (0.") for label in legend_texts(display))
    assert_on_page(display.figure_)


def test_given_axes_are_filled(people, others):
    figure, axes = plt.subplots(1, 2)
    display = PopulationPCADisplay.from_genotypes(people, others, ax=axes)
    assert display.figure_ is figure
    assert list(display.axes_) == list(axes)
    figure, ax = plt.subplots()
    assert len(GenotypePictureDisplay.from_genotypes(people, others, ax=ax).axes_) == 2


@pytest.mark.parametrize("make", FROM_TWO_GROUPS)
@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda X, y: X, "must be \\(X, y\\) or a GenotypeSet, got ndarray"),
        (lambda X, y: (X[:, :5], y), "has 5 variants, real has 40"),
        (lambda X, y: (X, y[:-1]), "must have shape \\(60,\\), one per row, got \\(59,\\)"),
        (lambda X, y: (X, np.full(60, "Atlantis")), "population 'Atlantis', which is not among the real ones"),
    ],
)
def test_bad_groups(people, others, make, change, match):
    with pytest.raises(ValueError, match=match):
        make(people, {"new": change(*others)})


def test_other_bad_input(people, others, decay):
    with pytest.raises(DataFormatError, match="has the encoding 'phased', but 'dosage' was asked for"):
        PopulationPCADisplay.from_genotypes(people, others, encoding="dosage")
    holes = people.genotypes.copy()
    holes[0, 0] = -1
    with pytest.raises(DataFormatError, match="1 missing genotypes"):
        PopulationPCADisplay.from_genotypes(people, (holes, people.populations))
    with pytest.raises(ValueError, match="two components need two individuals and two variants"):
        PopulationPCADisplay.from_genotypes(([[1], [2]], ["a", "a"]), ([[1]], ["a"]))
    with pytest.raises(ValueError, match="population='POP9' is not among the real ones"):
        LinkageMatrixDisplay.from_genotypes(people, others, population="POP9")
    with pytest.raises(ValueError, match="has no individual of population 'POP1'"):
        LinkageMatrixDisplay.from_genotypes(people, people.take(people.populations == "POP2"), population="POP1")
    with pytest.raises(ValueError, match="needs two variants with a minor-allele frequency of at least 5%"):
        LinkageMatrixDisplay.from_genotypes((np.zeros((4, 3)), list("aaaa")), (np.zeros((4, 3)), list("aaaa")))
    with pytest.raises(ValueError, match="n_individuals must be at least 1, got 0"):
        GenotypePictureDisplay.from_genotypes(people, others, n_individuals=0)
    with pytest.raises(ValueError, match="real_test has the population 'POP1', which is not among"):
        GenotypePrivacyDisplay.from_genotypes(people.take(people.populations == "POP2"), people, {})
    with pytest.raises(ValueError, match="the name 'held-out individuals' in synthetic is taken by the real ones"):
        GenotypePrivacyDisplay.from_genotypes(people, people, {"held-out individuals": others})
    with pytest.raises(DataFormatError, match="no rows of the generator 'held-out'"):
        LinkageDecayDisplay.from_frame(decay[decay["generator"] == "mosaic"])
    with pytest.raises(ValueError, match="populations has 'c', which is not in the frame"):
        LinkageDecayDisplay.from_frame(decay, populations=["c"])
    with pytest.raises(ValueError, match="unit must be 'bp' or 'variants', got 'cM'"):
        LinkageDecayDisplay.from_frame(decay, unit="cM")
