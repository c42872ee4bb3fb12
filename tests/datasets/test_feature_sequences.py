"""feature_sequences against a plain cut, around the origin and on both strands."""

import pytest
from Bio.Seq import Seq
from Bio.SeqFeature import CompoundLocation, SeqFeature, SimpleLocation
from Bio.SeqRecord import SeqRecord

from seqaug_sklearn.datasets import feature_sequences
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

GENOME = "AAAACCCCGGGGTTTTACGTTGCATCGATCAGGTAC"


def _record(*places, topology="linear", kind="gene"):
    features = [SeqFeature(place, kind, qualifiers={"gene": [f"g{i}"]}) for i, place in enumerate(places)]
    annotations = {"molecule_type": "DNA", "topology": topology}
    return SeqRecord(Seq(GENOME), id="tiny.1", features=features, annotations=annotations)


def _reversed(text):
    return str(Seq(text).reverse_complement())


def test_as_annotated_exons_are_joined():
    spliced = CompoundLocation([SimpleLocation(20, 24, -1), SimpleLocation(8, 12, -1)])
    table = feature_sequences(_record(SimpleLocation(3, 9, 1), spliced))
    assert table["sequence"].to_list() == [GENOME[3:9], _reversed(GENOME[8:12] + GENOME[20:24])]
    assert table[["start", "end", "strand"]].to_numpy().tolist() == [[3, 9, 1], [8, 24, -1]]


@pytest.mark.parametrize("width", [4, 5, 9])
@pytest.mark.parametrize("length", [6, 7])
def test_windows_lie_around_the_middle_and_mirror_on_the_other_strand(width, length):
    forward = _record(SimpleLocation(14, 14 + length, 1))
    window = feature_sequences(forward, width=width)["sequence"].iloc[0]
    middle = 14 + length // 2
    assert GENOME.index(window) in (middle - width // 2, middle - width // 2 - 1)
    mirrored = SeqRecord(
        Seq(_reversed(GENOME)), id="tiny.1", annotations=forward.annotations,
        features=[SeqFeature(SimpleLocation(36 - 14 - length, 36 - 14, -1), "gene", qualifiers={"gene": ["g0"]})],
    )  # fmt: skip
    assert feature_sequences(mirrored, width=width)["sequence"].iloc[0] == window


def test_windows_go_around_a_circle_and_are_skipped_at_the_ends_of_a_line():
    places = SimpleLocation(0, 2, 1), SimpleLocation(16, 20, 1)
    circle = feature_sequences(_record(*places, topology="circular"), width=10)
    assert circle["sequence"].iloc[0] == GENOME[-4:] + GENOME[:6]
    line = feature_sequences(_record(*places), width=10)
    assert line.attrs["skipped"] == {"g0": "its window goes past the end of the record"}


def test_bad_input():
    with pytest.raises(InvalidParameterError, match=r"width must be a whole number of at least 1, or None; got 0"):
        feature_sequences(_record(SimpleLocation(3, 9, 1)), width=0)
    with pytest.raises(DataFormatError, match=r"no gene has a window of 300 residues"):
        feature_sequences(_record(SimpleLocation(3, 9, 1)), width=300)
    with pytest.raises(
        InvalidParameterError,
        match=r"kind='CDS' must be a type .*: record tiny\.1 has no CDS features \(it has: gene\)",
    ):
        feature_sequences(_record(SimpleLocation(3, 9, 1)), "CDS")
