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
    VariantEffectsDisplay,
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
        strands = "+-"
        places = [f"{1000 * i}-{1000 * i + size}({strands[i % 2]})" for i, size in enumerate(lengths)]
        names = np.array([f"AT1G0{i}010::Chr1:{place}" for i, place in enumerate(places)], object)
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
    display = AttributionTrackDisplay.from_attributions(given, 1, sites=[(10, 22, "ABRE"), (40, 50)])
    np.testing.assert_allclose(heights(display), given.per_position()[1, :55], rtol=1e-6)
    raising, lowering = display.bars_
    assert raising.get_data().values.min() == lowering.get_data().values.max() == 0
    assert [text.get_text() for text in display.ax_.texts] == ["ABRE"]
    assert display.ax_.get_title() == "AT1G01010::Chr1:1000-1055(-): class up (integrated gradients)"
    letters = [tick.get_text() for tick in display.ax_.get_xticklabels(minor=True)]
    assert "".join(letters) == given.text()[1]
    assert_on_page(display.figure_)


def test_a_region_keeps_its_positions(attributions, assert_on_page):
    given = attributions(length=300, coverage=True)
    display = AttributionTrackDisplay.from_attributions(given, given.identifiers[2], region=(100, 160))
    assert display.ax_.get_xlim() == (99.5, 159.5)
    assert not AttributionTrackDisplay.from_attributions(given, 2, region=(100, 160), sites=[(0, 9, "off")]).ax_.texts
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


@pytest.mark.parametrize("kind", [AttributionTrackDisplay, MutagenesisDisplay])
def test_ticks_name_places_in_the_genome(attributions, kind, assert_on_page):
    given = attributions("mutagenesis")
    for row, places in ((0, range(0, 60, 5)), (1, range(1050, 999, -5)), (2, range(2000, 2060, 5))):
        display = kind.from_attributions(given, row)
        ticks = dict(zip(display.ax_.get_xticks(), (t.get_text() for t in display.ax_.get_xticklabels()), strict=True))
        positions = [1054 - place if row == 1 else place - 1000 * row for place in places]
        assert ticks == {position: f"{place:,}" for position, place in zip(positions, places, strict=True)}
        strand = "−" if row == 1 else "+"
        assert display.axes_[-1].get_xlabel().startswith(f"Chr1 (residues, 0-based), gene on strand {strand}")
        assert_on_page(display.figure_)


def test_names_of_sites_are_not_printed_over_each_other(attributions, assert_on_page):
    sites = [(10, 22, "a long name of a site"), (14, 26, "another long name"), (20, 30, "third"), (50, 55, "far")]
    display = AttributionTrackDisplay.from_attributions(attributions(), 0, sites=sites)
    boxes = [text.get_window_extent() for text in display.ax_.texts]
    assert len(boxes) == 4
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])
    assert_on_page(display.figure_)


def test_residues_in_no_window_are_hatched(attributions, assert_on_page):
    given = attributions(coverage=True)
    given.coverage[0, 20:30] = 0
    display = AttributionTrackDisplay.from_attributions(given, 0)
    for axes in display.axes_:
        (span,) = [patch for patch in axes.patches if patch.get_hatch()]
        assert span.get_extents().transformed(axes.transData.inverted()).intervalx.tolist() == pytest.approx(
            [19.5, 29.5]
        )
    assert display.axes_[-1].get_xlabel().endswith("; hatched: in no window")
    assert_on_page(display.figure_)
    assert not any(patch.get_hatch() for patch in AttributionTrackDisplay.from_attributions(given, 1).ax_.patches)


def test_panels_of_classes_share_a_scale(attributions, assert_on_page):
    parts = {f"class {i}": attributions(length=10) for i in range(3)}
    parts["class 1"].values[:] *= 1000
    display = ShapSummaryDisplay.from_attributions(parts)
    assert len({axes.get_xlim() for axes in display.axes_}) == 1
    display.figure_.canvas.draw()
    for axes in display.axes_:
        boxes = [tick.get_window_extent() for tick in axes.get_xticklabels()]
        assert not any(one.overlaps(other) for one, other in zip(boxes[1:], boxes[:-1], strict=True))
    assert_on_page(display.figure_)


def test_what_is_not_made_by_the_toolkit(attributions, interactions):
    given = attributions()
    with pytest.raises(
        TypeError, match=r"attributions must be what sequence_attributions or stitch.*array of shape \(3,"
    ):
        AttributionTrackDisplay.from_attributions(given.values)
    with pytest.raises(TypeError, match=r"must be what sequence_attributions or stitch_windows returned, got list"):
        MutagenesisDisplay.from_attributions([given])
    for wrong in ([given], {"a": [given]}):
        with pytest.raises(
            TypeError, match=r"value of the dict\) must be what sequence_attributions returned, got list"
        ):
            ShapSummaryDisplay.from_attributions(wrong)
    with pytest.raises(TypeError, match="interactions must be what shap_interactions returned, got Attributions"):
        ShapInteractionDisplay.from_interactions(given)
    with pytest.raises(ValueError, match="row=2 is no row number below 2"):
        ShapInteractionDisplay.from_interactions(interactions, 2)


@pytest.mark.parametrize(
    ("sites", "match"),
    [
        ([(3,)], r"sites\[0\] must be \(start, end\) or \(start, end, name\), start < end, got \(3,\)"),
        ([(1, 4), "ab"], r"sites\[1\] must be .* got 'ab'"),
        ([(9, 4)], r"sites\[0\] must be"),
        ([(50, 70, "x")], r"sites\[0\]=\(50, 70, 'x'\) does not lie within the 60 residues"),
    ],
)
def test_bad_sites(attributions, sites, match):
    with pytest.raises(ValueError, match=match):
        AttributionTrackDisplay.from_attributions(attributions(), sites=sites)


def test_bad_rows_and_regions(attributions):
    given = attributions()
    with pytest.raises(ValueError, match="max_features must be a whole number of at least 1, got 0"):
        ShapSummaryDisplay.from_attributions(given, max_features=0)
    with pytest.raises(ValueError, match="per_row must be a whole number of at least 1, got 0"):
        MutagenesisDisplay.from_attributions(attributions("mutagenesis"), per_row=0)
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


@pytest.fixture
def effects():
    """All substitutions of two sequences, of a model that counts G."""
    import pandas as pd
    from sklearn.base import BaseEstimator, ClassifierMixin

    from seqaug_sklearn.inspection import variant_effects

    class CountsG(ClassifierMixin, BaseEstimator):
        classes_ = np.array(["no", "yes"])

        def fit(self, X, y):
            return self

        def __sklearn_is_fitted__(self):
            return True

        def predict_proba(self, X):
            yes = np.array([(1 + text.upper().count("G")) / (3 + len(text)) for text in X])
            return np.column_stack([1 - yes, yes])

    def make(sequences, variants=None):
        return variant_effects(CountsG(), pd.Series(sequences), variants, both_strands=False)

    return make


def test_substitutions_as_a_heat_map(effects, assert_on_page):
    found = effects({"a": "ACGTN" + "C" * 115, "b": "CC"})
    display = VariantEffectsDisplay.from_effects(found, "a")
    assert len(display.axes_) == 2
    values = display.im_[0].get_array()
    assert values.shape == (4, 100)
    # columns A, C, G, T: only G changes anything, and only at the other residues
    assert values.mask[[0, 1, 2, 3], [0, 1, 2, 3]].all()
    assert values.mask[:, 4].all()
    assert (values[2, [0, 1, 3]] > 0).all()
    assert (values[[0, 1, 3], 2] < 0).all()
    table = found.table.set_index(["name", "position", "alt"])["effect_yes"]
    assert values[2, 1] == table["a", 1, "G"]
    letters = [text.get_text() for text in display.ax_.texts]
    assert "".join(letters[:5]) == "ACGTC"
    assert display.ax_.get_title() == "a: class yes"
    assert_on_page(display.figure_)
    assert VariantEffectsDisplay.from_effects(found).title == "b: class yes"


def test_a_part_of_the_substitutions(effects, assert_on_page):
    found = effects({"a": "ACGT" * 60})
    display = VariantEffectsDisplay.from_effects(found, region=(4, 204), per_row=200)
    assert display.ax_.get_xlim() == (3.5, 203.5)
    assert not display.ax_.texts
    assert len(display.ax_.lines[0].get_xdata()) == 200
    assert_on_page(display.figure_)


def test_what_no_heat_map_can_show(effects):
    import pandas as pd

    def table(*rows):
        return pd.DataFrame(rows, columns=["name", "position", "ref", "alt"])

    with pytest.raises(ValueError, match="effects holds no single substitution"):
        VariantEffectsDisplay.from_effects(effects({"a": "ACGT"}, table(["a", 0, "A", "AG"])))
    found = effects({"a": "ACGT" * 3000}, table(["a", 0, "A", "G"], ["a", 11000, "A", "G"]))
    with pytest.raises(ValueError, match="there are 2 substitutions in 11001 positions"):
        VariantEffectsDisplay.from_effects(found)
    with pytest.raises(ValueError, match="there are 0 substitutions in 9 positions"):
        VariantEffectsDisplay.from_effects(found, region=(1, 10))
    with pytest.raises(ValueError, match="name='b' has no substitution; there are 'a'"):
        VariantEffectsDisplay.from_effects(found, "b")
    with pytest.raises(TypeError, match="effects must be what variant_effects returned"):
        VariantEffectsDisplay.from_effects(np.zeros(3))
