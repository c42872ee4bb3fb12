import matplotlib.pyplot as plt
import numpy as np
import pytest

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.inspection import Attributions, Interactions
from seqaug_sklearn.plotting import (
    AttributionTrackDisplay,
    MutagenesisDisplay,
    ShapInteractionDisplay,
    ShapSummaryDisplay,
)


@pytest.fixture
def attributions(rng):
    def make(method="integrated_gradients", length=60, n=3, coverage=False, **more):
        codes = rng.integers(0, 4, size=(n, length)).astype(np.uint8)
        lengths = np.full(n, length)
        lengths[1] = length - 5
        codes[1, -5:] = 4
        values = rng.normal(size=(n, length, 4)).astype(np.float32) * (codes < 4)[:, :, None]
        depth = np.tile(np.minimum(np.arange(length) + 1, 20), (n, 1)) if coverage else None
        names = np.array([f"AT1G0{i}010::Chr1:{i}00-{i}60(+)" for i in range(n)], object)
        numbers = np.zeros(n)
        return Attributions(
            values, codes, lengths, DNA, np.array(["up"] * n), method, numbers, numbers, numbers,
            identifiers=names, coverage=depth, **more,
        )  # fmt: skip

    return make


def heights(display):
    return sum(patch.get_data().values for patch in display.bars_)


def test_a_bar_for_each_residue(attributions, assert_on_page):
    given = attributions()
    display = AttributionTrackDisplay.from_attributions(given, 1, sites=[(10, 22, "ABRE"), (40, 50), (70, 80, "off")])
    np.testing.assert_allclose(heights(display), given.per_position()[1, :55], rtol=1e-6)
    raising, lowering = display.bars_
    assert raising.get_data().values.min() == lowering.get_data().values.max() == 0
    assert [text.get_text() for text in display.ax_.texts] == ["ABRE"]
    assert display.ax_.get_title() == "AT1G01010::Chr1:100-160(+): class up (integrated gradients)"
    letters = [tick.get_text() for tick in display.ax_.get_xticklabels(minor=True)]
    assert "".join(letters) == given.text()[1]
    assert_on_page(display.figure_)


def test_a_region_keeps_its_positions(attributions, assert_on_page):
    given = attributions(length=300, coverage=True)
    display = AttributionTrackDisplay.from_attributions(given, given.identifiers[2], region=(100, 160))
    assert display.ax_.get_xlim() == (99.5, 159.5)
    np.testing.assert_allclose(heights(display), given.per_position()[2, 100:160], rtol=1e-6)
    assert len(display.axes_) == 2
    assert_on_page(display.figure_)
    whole = AttributionTrackDisplay.from_attributions(given, -1)
    assert not whole.axes_[1].get_xticklabels(minor=True)
    assert_on_page(whole.figure_)


def test_the_heat_map_holds_every_exchange(attributions, assert_on_page):
    given = attributions("mutagenesis", length=130)
    display = MutagenesisDisplay.from_attributions(given, 1, per_row=50)
    drawn = np.concatenate([image.get_array() for image in display.im_], axis=1)
    np.testing.assert_allclose(drawn.T, given.values[1, :125], rtol=1e-6)
    assert len(display.axes_) == 3
    dots = np.concatenate([axes.lines[0].get_xydata() for axes in display.axes_])
    np.testing.assert_array_equal(dots, np.column_stack([np.arange(125), given.codes[1, :125]]))
    low, high = display.im_[0].get_clim()
    assert -low == high == pytest.approx(np.abs(given.values[1]).max())
    assert_on_page(display.figure_)


def test_features_are_named_and_ordered(attributions, assert_on_page):
    given = attributions(length=40, n=30)
    given.values[:, 12, 2] += 50 * given.one_hot[:, 12, 2]
    given.values[:, 7, 0] -= 9
    display = ShapSummaryDisplay.from_attributions({"psbA": given, "a gene of long name " * 3: given.take(range(4))})
    assert display.features_["psbA"][:2] == ["12_G", "7_A"]
    assert len(display.features_["psbA"]) == 20
    absent, present = display.ax_.collections[:2]
    np.testing.assert_allclose(
        np.sort(present.get_offsets()[:, 0]), np.sort(given.values[given.one_hot[:, 12, 2] > 0, 12, 2]), rtol=1e-6
    )
    assert len(absent.get_offsets()) + len(present.get_offsets()) == 30
    inside = np.abs(present.get_offsets()[:, 1]).max()
    assert inside < 0.5
    assert_on_page(display.figure_)


def test_rows_are_split_by_their_class(attributions):
    given = attributions(n=4)
    given.target[:] = ["a", "b", "a", "b"]
    display = ShapSummaryDisplay.from_attributions(given, max_features=3)
    assert list(display.features_) == ["a", "b"]
    assert len(display.axes_) == 2
    assert {len(names) for names in display.features_.values()} == {3}


def test_many_classes_fill_a_grid(attributions, assert_on_page):
    parts = {f"class {i}": attributions(length=10) for i in range(4)}
    display = ShapSummaryDisplay.from_attributions(parts, max_features=5)
    assert len(display.axes_) == 4
    assert_on_page(display.figure_)


@pytest.fixture
def interactions(rng):
    values = rng.normal(size=(2, 12, 12))
    values += values.transpose(0, 2, 1)
    symbols = np.array([list("ACGTACGTACGT")] * 2)
    target = np.array(["up", "up"])
    return Interactions(values, None, "Shapley interaction index", np.arange(3, 15), symbols, target)


def test_each_pair_is_drawn_once(interactions, assert_on_page):
    display = ShapInteractionDisplay.from_interactions(interactions)
    drawn = display.im_.get_array()
    below = np.tril_indices(12, -1)
    np.testing.assert_allclose(drawn[below], interactions.values.mean(axis=0)[below])
    assert drawn.mask[np.triu_indices(12)].all()
    assert display.ax_.get_title() == "Shapley interaction index, mean over 2 sequences"
    assert display.ax_.get_yticklabels()[0].get_text() == "3_A"
    assert_on_page(display.figure_)
    one = ShapInteractionDisplay.from_interactions(interactions, 1)
    np.testing.assert_allclose(one.im_.get_array()[below], interactions.values[1][below])
    interactions.symbols[1, 0] = "T"
    both = ShapInteractionDisplay.from_interactions(interactions)
    assert both.ax_.get_yticklabels()[0].get_text() == "3"


def test_given_axes_and_a_second_drawing(attributions, interactions, pixels, assert_on_page):
    figure, axes = plt.subplots(2, 2, figsize=(16, 9), layout="constrained")
    given = attributions("mutagenesis", length=30, coverage=True)
    displays = [
        AttributionTrackDisplay.from_attributions(given, ax=axes[0, 0]),
        MutagenesisDisplay.from_attributions(given, ax=axes[0, 1]),
        ShapSummaryDisplay.from_attributions(given, max_features=8, ax=axes[1, 0]),
        ShapInteractionDisplay.from_interactions(interactions, ax=axes[1, 1]),
    ]
    assert all(display.figure_ is figure for display in displays)
    assert_on_page(figure)
    for display in displays[:2]:
        assert pixels(display.plot().figure_) == pixels(display.plot().figure_)


def test_bad_rows_and_regions(attributions):
    given = attributions()
    with pytest.raises(ValueError, match="row=3 is neither a row number below 3 nor an identifier"):
        AttributionTrackDisplay.from_attributions(given, 3)
    with pytest.raises(ValueError, match="row='AT2G' is neither"):
        AttributionTrackDisplay.from_attributions(given, "AT2G")
    with pytest.raises(ValueError, match=r"region must be .* <= 55, got \(50, 60\)"):
        AttributionTrackDisplay.from_attributions(given, 1, region=(50, 60))
    with pytest.raises(ValueError, match=r"attributions are by 'integrated_gradients'.*method='mutagenesis'"):
        MutagenesisDisplay.from_attributions(given)


@pytest.mark.parametrize(
    ("display", "match"),
    [
        (AttributionTrackDisplay(np.zeros(3), "AC"), r"contributions has shape \(3,\), but text has 2"),
        (MutagenesisDisplay(np.zeros((3, 4)), np.zeros(2), "ACGT"), r"changes must have shape \(2, 4\)"),
        (ShapSummaryDisplay({}, {}, []), "must hold the same classes, at least one"),
        (ShapSummaryDisplay({"a": np.zeros((2, 3))}, {"a": np.zeros((2, 3))}, ["0_A"]), r"of 'a' must have shape"),
        (ShapInteractionDisplay(np.zeros((2, 3)), [1, 2], "x"), r"values must have shape \(2, 2\)"),
    ],
)
def test_bad_data(display, match):
    with pytest.raises(ValueError, match=match):
        display.plot()


def test_lengths_must_not_be_mixed(attributions):
    with pytest.raises(ValueError, match="must have one length and alphabet in all classes"):
        ShapSummaryDisplay.from_attributions({"a": attributions(), "b": attributions(length=30)})
