"""Saliency logos: letters, strands, rows, coordinates; logos of motifs."""

import sys
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.alphabets import DNA, PROTEIN
from seqaug_sklearn.exceptions import MissingDependencyError, SeqAugWarning
from seqaug_sklearn.inspection import Attributions, Motif, MotifSet
from seqaug_sklearn.motifs import draw_logo
from seqaug_sklearn.plotting import MotifLogoDisplay, SaliencyLogoDisplay


@pytest.fixture(autouse=True)
def _needs_logomaker(request):
    if "without" not in request.node.name:
        pytest.importorskip("logomaker")


@pytest.fixture
def attributions(rng):
    """Five sequences in 25 residues: four with padding or a place in the genome, and one all unknown."""

    def make(n_symbols=4, alphabet=DNA, names=("plain", "a::Chr2:100-125(+)", "b::Chr3:100-118(-)", "c", "d")):
        codes = rng.integers(0, n_symbols, (5, 25)).astype(np.uint8)
        codes[2, 18:] = n_symbols  # padded right
        codes[3, :4] = n_symbols  # unknown left
        codes[4] = n_symbols
        lengths = np.array([25, 25, 18, 25, 25])
        values = np.eye(n_symbols + 1, n_symbols)[codes] * rng.normal(size=(5, 25, 1))
        gap = np.zeros(5)
        return Attributions(
            values=values.astype(np.float32), codes=codes, lengths=lengths, alphabet=alphabet, target=np.ones(5),
            method="integrated_gradients", output=gap, baseline_output=gap, delta=gap,
            identifiers=None if names is None else np.array(names, dtype=object),
        )  # fmt: skip

    return make


def heights_of(panels):
    return pd.concat([panel.heights for panel in panels])


def test_letters_are_as_high_as_they_contribute(attributions):
    data = attributions()
    display = SaliencyLogoDisplay.from_attributions(data, rows=0)
    (letters,) = display.letters_
    assert len(letters) == 25
    for patch, value, position in zip(letters, data.per_position()[0], range(25), strict=True):
        box = patch.get_path().get_extents()
        assert box.height == pytest.approx(abs(value), rel=1e-5)
        assert box.y0 == pytest.approx(min(value, 0), abs=1e-6), "negative letters hang from zero"
        assert (box.x0 + box.x1) / 2 == pytest.approx(position, abs=0.05)


def test_stacks_grow_from_zero_on_either_side():
    _, ax = plt.subplots()
    letters = draw_logo(ax, [[1.0, 2.0, -0.5, -1.5]], "ACGT")
    boxes = sorted((round(box.y0, 6), round(box.y1, 6)) for box in (p.get_path().get_extents() for p in letters))
    assert boxes == [(-2.0, -0.5), (-0.5, 0.0), (0.0, 1.0), (1.0, 3.0)]


def test_symbols_have_colours_of_their_own(attributions):
    display = SaliencyLogoDisplay.from_attributions(attributions(), rows=0)
    symbols = attributions().alphabet.symbols
    text = "".join(symbols[row.argmax()] for row in np.abs(display.panels[0].heights.to_numpy()))
    colors = {}
    for letter, patch in zip(text, display.letters_[0], strict=True):
        colors.setdefault(letter, set()).add(patch.get_facecolor())
    assert all(len(found) == 1 for found in colors.values())
    assert len(set.union(*colors.values())) == len(colors) == 4


def test_the_reverse_strand_is_the_reverse_complement(attributions):
    data = attributions()
    display = SaliencyLogoDisplay.from_attributions(data, rows=0, strand="both", residues_per_row=10)
    strands = [panel.strand for panel in display.panels]
    assert strands == ["forward", "reverse"] * 3
    for forward, reverse in zip(display.panels[::2], display.panels[1::2], strict=True):
        np.testing.assert_array_equal(reverse.heights, forward.heights.to_numpy()[::-1, ::-1])
        assert reverse.heights.index.tolist() == forward.heights.index.tolist()[::-1]
        assert "".join(reverse.heights.columns) == "ACGT"
    np.testing.assert_array_equal(heights_of(display.panels[::2]), data.actual()[0])


def test_rows_share_a_scale_and_a_width(attributions):
    display = SaliencyLogoDisplay.from_attributions(attributions(), rows=[0, 1], residues_per_row=10)
    assert [len(panel.heights) for panel in display.panels] == [10, 10, 5] * 2
    assert len({ax.get_xlim() for ax in display.ax_}) == 1
    assert len({ax.get_ylim() for ax in display.ax_[:3]}) == 1
    assert display.ax_[0].get_ylim() != display.ax_[3].get_ylim(), "each sequence has its own scale"
    assert [ax.get_title(loc="left") for ax in display.ax_] == ["plain", "", "", "a", "", ""]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (0, range(25)),
        (1, range(100, 125)),
        (2, range(117, 99, -1)),  # minus strand, padding left out
        (3, range(4, 25)),
    ],
)
def test_coordinates_are_those_of_the_genome_where_the_identifier_has_them(attributions, row, expected):
    display = SaliencyLogoDisplay.from_attributions(attributions(), rows=row)
    assert display.panels[0].heights.index.tolist() == list(expected)


def test_axes_say_what_the_coordinates_are(attributions):
    display = SaliencyLogoDisplay.from_attributions(attributions(), rows=[0, 1, 2])
    labels = [ax.get_xlabel() for ax in display.ax_]
    assert labels[0] == "position (residues, 0-based)"
    assert labels[1] == "Chr2 (residues, 0-based), gene on strand +"
    assert labels[2] == "Chr3 (residues, 0-based), gene on strand −"
    ticks = display.ax_[2].get_xticks(), [label.get_text() for label in display.ax_[2].get_xticklabels()]
    assert [(x, text) for x, text in zip(*ticks, strict=True)] == [(2, "115"), (7, "110"), (12, "105"), (17, "100")]


@pytest.mark.parametrize("place", ["g::Chr1:100-125", "g::Chr1:100-125(.)"])
def test_a_strand_that_is_not_said_is_not_made_up(attributions, place):
    display = SaliencyLogoDisplay.from_attributions(attributions(names=(place, "b", "c", "d", "e")))
    assert display.ax_[0].get_xlabel() == "Chr1 (residues, 0-based)"
    assert display.panels[0].heights.index.tolist() == list(range(100, 125))


def test_residues_in_no_window_are_hatched(attributions, assert_on_page):
    given = attributions()
    coverage = np.ones((5, 25), int)
    coverage[0, 8:13] = 0
    display = SaliencyLogoDisplay.from_attributions(replace(given, coverage=coverage), rows=[0, 1], strand="both")
    hatched = [[patch for patch in ax.patches if patch.get_hatch()] for ax in display.ax_]
    assert [len(patches) for patches in hatched] == [1, 1, 0, 0]
    for ax, ((patch, *_), ends) in zip(
        display.ax_, zip(hatched[:2], ([7.5, 12.5], [11.5, 16.5]), strict=True), strict=False
    ):
        assert patch.get_extents().transformed(ax.transData.inverted()).intervalx.tolist() == pytest.approx(ends)
    assert display.ax_[1].get_xlabel().endswith("hatched: in no window")
    assert_on_page(display.figure_)


def test_a_place_of_another_length_is_warned_of(attributions):
    data = attributions(names=("g::Chr1:5-900(+)", "b", "c", "d", "e"))
    with pytest.warns(SeqAugWarning, match="names a place of 895 residues, but the sequence has 25"):
        display = SaliencyLogoDisplay.from_attributions(data)
    assert display.panels[0].heights.index.tolist() == list(range(25))
    assert display.panels[0].title == "g::Chr1:5-900(+)"


def test_a_span_is_cut_out(attributions):
    data = attributions()
    whole = SaliencyLogoDisplay.from_attributions(data, rows=1).panels[0].heights
    part = SaliencyLogoDisplay.from_attributions(data, rows=1, span=(5, 12)).panels[0].heights
    pd.testing.assert_frame_equal(part, whole.iloc[5:12])


def test_rows_are_named_by_identifier(attributions):
    display = SaliencyLogoDisplay.from_attributions(attributions(), rows=["c", -5])
    assert [panel.title for panel in display.panels] == ["c", "plain"]
    assert SaliencyLogoDisplay.from_attributions(attributions(names=None)).panels[0].title == "row 0"


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"strand": "minus"}, "strand must be 'forward', 'reverse' or 'both', got 'minus'"),
        ({"rows": 5}, "rows asks for row 5, but there are 5 sequences"),
        ({"rows": "zz"}, "rows names 'zz', which is not among the 5 identifiers"),
        ({"rows": []}, "rows is empty"),
        ({"rows": 4}, "row 4 holds no known residue"),
        ({"span": (30, 40)}, r"span=\(30, 40\) must lie within the residues 0 to 25"),
        ({"residues_per_row": 0}, "residues_per_row must be a whole number of at least 1, got 0"),
        ({"rows": [0] * 10, "residues_per_row": 1}, "250 rows of letters are too many"),
    ],
)
def test_bad_arguments(attributions, arguments, match):
    with pytest.raises(ValueError, match=match):
        SaliencyLogoDisplay.from_attributions(attributions(), **arguments)


def test_proteins_have_one_strand(attributions):
    data = attributions(20, PROTEIN, names=None)
    assert len(SaliencyLogoDisplay.from_attributions(data).letters_[0]) == 25
    with pytest.raises(ValueError, match="'protein' has no complement"):
        SaliencyLogoDisplay.from_attributions(data, strand="both")


@pytest.mark.parametrize(("suffix", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_figures_are_written_as_png_and_svg(attributions, tmp_path, suffix, begins, assert_on_page):
    display = SaliencyLogoDisplay.from_attributions(attributions(), rows=[0, 1], strand="both")
    assert_on_page(display.figure_)
    path = tmp_path / f"logo.{suffix}"
    display.figure_.savefig(path)
    assert path.read_bytes().startswith(begins)


def test_given_axes_are_used(attributions):
    _, axes = plt.subplots(2)
    display = SaliencyLogoDisplay.from_attributions(attributions(), rows=[0, 1], ax=axes)
    assert list(display.ax_) == list(axes)


def test_without_logomaker_the_message_tells_how_to_install_it(attributions, monkeypatch):
    monkeypatch.setitem(sys.modules, "logomaker", None)
    with pytest.raises(MissingDependencyError, match=r"needs the package 'logomaker'.*seqaug-sklearn\[explain\]"):
        SaliencyLogoDisplay.from_attributions(attributions())


@pytest.fixture
def motifs():
    """A strong motif AACG and a weak one."""
    seqlets = pd.DataFrame({"row": [0, 1], "start": [0, 3], "end": [6, 9], "strand": [1, -1]})
    seqlets = seqlets.assign(site_start=[1, 4], site_end=[5, 8], contribution=[4.0, 4.0])
    letters = np.eye(4)[[0, 0, 1, 2]]
    cwm = np.vstack([np.zeros((1, 4)), letters, np.zeros((1, 4))])
    pfm = np.vstack([np.full((1, 4), 0.5), 2 * letters, np.full((1, 4), 0.5)])
    weak = seqlets.assign(contribution=1.0)
    both = [Motif(f"pos_pattern_{i}", pfm, cwm, cwm, (1, 5), table, DNA) for i, table in enumerate((weak, seqlets))]
    return MotifSet(tuple(both), 2, 20, np.full(4, 0.25), 20.0, DNA)


def test_motifs_are_shown_both_ways_strongest_first(motifs, assert_on_page):
    display = MotifLogoDisplay.from_motifs(motifs)
    assert [motif.name for motif in display.motifs] == ["pos_pattern_1", "pos_pattern_0"]
    assert len(display.ax_) == 4
    assert display.ax_[0].get_title(loc="left") == "pos_pattern_1, 2 sites"
    assert_on_page(display.figure_)


@pytest.mark.slow
def test_the_known_motif_stands_beside(motifs, rng, assert_on_page):
    pytest.importorskip("memelite")
    known = {f"decoy{i}": rng.dirichlet(np.full(4, 5), 8) for i in range(30)} | {"mine": np.eye(4)[[3, 0, 0, 1, 2, 3]]}
    display = MotifLogoDisplay.from_motifs(motifs, database=known, q_value=1, n_motifs=1)
    heading, shares, begin = display.known["pos_pattern_1"]
    assert heading.startswith("mine, q = ")
    assert begin == -1, "its second position lies on the first of the core"
    np.testing.assert_array_equal(shares, known["mine"])
    assert len(display.ax_) == 3
    assert_on_page(display.figure_)


def test_what_is_no_set_of_motifs(motifs, attributions):
    with pytest.raises(TypeError, match="motifs must be what discover_motifs returned, got dict"):
        MotifLogoDisplay.from_motifs({"x": np.eye(4)})
    with pytest.raises(ValueError, match="n_motifs must be a whole number of at least 1, got 0"):
        MotifLogoDisplay.from_motifs(motifs, n_motifs=0)
    with pytest.raises(TypeError, match="attributions must be what sequence_attributions or stitch_windows returned"):
        SaliencyLogoDisplay.from_attributions(attributions().values)


def test_no_motifs_cannot_be_drawn(motifs):
    with pytest.raises(ValueError, match="motifs is empty"):
        MotifLogoDisplay.from_motifs(replace(motifs, motifs=()))
