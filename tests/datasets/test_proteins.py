"""protein_sequences: annotated translations, own translations, counts of the real files."""

import pytest
from Bio.Seq import Seq
from Bio.SeqFeature import AfterPosition, BeforePosition, CompoundLocation, SeqFeature, SimpleLocation
from Bio.SeqRecord import SeqRecord

from seqaug_sklearn.datasets import make_plastome, protein_sequences, read_genbank
from seqaug_sklearn.exceptions import DataFormatError, SequenceTypeError


def _coding(name, location, **qualifiers):
    return SeqFeature(location, "CDS", qualifiers={"gene": [name], **{k: [v] for k, v in qualifiers.items()}})


def _record(text, *features):
    return SeqRecord(Seq(text), id="tiny.1", features=list(features), annotations={"molecule_type": "DNA"})


def _strip(record):
    """A copy of the record without its translations."""
    features = []
    for f in record.features:
        qualifiers = {k: v for k, v in f.qualifiers.items() if k != "translation"}
        features.append(SeqFeature(f.location, f.type, qualifiers=qualifiers))
    return SeqRecord(record.seq, id=record.id, features=features, annotations=record.annotations)


def test_translation_of_the_annotation_comes_first():
    record = _record("ATGAAATAA", _coding("a", SimpleLocation(0, 9, 1), translation="MEDITED", product="a protein"))
    row = protein_sequences(record, 1).loc["a"]
    assert row["sequence"] == "MEDITED"
    assert row[["start", "end", "strand", "product"]].tolist() == [0, 9, 1, "a protein"]


@pytest.mark.parametrize(
    ("text", "location", "qualifiers", "protein"),
    [
        ("ATGAAATAA", SimpleLocation(0, 9, 1), {}, "MK"),
        ("TTATTTCAT", SimpleLocation(0, 9, -1), {}, "MK"),
        ("atgaaataa", SimpleLocation(0, 9, 1), {}, "MK"),
        # no stop codon, and a codon cut off
        ("ATGAAAGG", SimpleLocation(0, 8, 1), {}, "MK"),
        # an exon on each side of an intron, and across the origin
        ("ATGAAGGGGATAA", CompoundLocation([SimpleLocation(0, 5, 1), SimpleLocation(9, 13, 1)]), {}, "MK"),
        ("TAAGGATGAAA", CompoundLocation([SimpleLocation(5, 11, 1), SimpleLocation(0, 3, 1)]), {}, "MK"),
        # GTG is a start in table 11 and valine inside; not a start in table 1
        ("GTGGTGTAA", SimpleLocation(0, 9, 1), {}, "MV"),
        ("GTGGTGTAA", SimpleLocation(0, 9, 1), {"transl_table": "1"}, "VV"),
        # an incomplete 5' end is no start
        ("GTGGTGTAA", SimpleLocation(BeforePosition(0), 9, 1), {}, "VV"),
        ("CGTGGTGTAA", SimpleLocation(0, 10, 1), {"codon_start": "2"}, "VV"),
        # on the other strand that is the larger position; an incomplete 3' end takes no start away
        ("TTACACCAC", SimpleLocation(0, 9, -1), {}, "MV"),
        ("TTACACCAC", SimpleLocation(0, AfterPosition(9), -1), {}, "VV"),
        ("TTACACCAC", SimpleLocation(BeforePosition(0), 9, -1), {}, "MV"),
        ("GTGGTGTAA", SimpleLocation(0, AfterPosition(9), 1), {}, "MV"),
        # TGA is tryptophan in table 4
        ("ATGTGATAA", SimpleLocation(0, 9, 1), {"transl_table": "4"}, "MW"),
    ],
)
def test_translates_what_is_not_annotated(text, location, qualifiers, protein):
    assert protein_sequences(_record(text, _coding("a", location, **qualifiers)), 1).loc["a", "sequence"] == protein


@pytest.mark.parametrize(
    ("location", "span"),
    [
        (SimpleLocation(3, 12, 1), [3, 12, 1]),
        (SimpleLocation(3, 12, -1), [3, 12, -1]),
        # parts in reading order: from 2 to 14, and from 14 back to 2
        (CompoundLocation([SimpleLocation(2, 5, 1), SimpleLocation(8, 14, 1)]), [2, 14, 1]),
        (CompoundLocation([SimpleLocation(8, 14, -1), SimpleLocation(2, 5, -1)]), [2, 14, -1]),
        # across the origin
        (CompoundLocation([SimpleLocation(14, 20, 1), SimpleLocation(0, 3, 1)]), [14, 3, 1]),
        (CompoundLocation([SimpleLocation(0, 3, -1), SimpleLocation(14, 20, -1)]), [14, 3, -1]),
    ],
)
def test_spans_lie_on_the_forward_strand(location, span):
    record = _record("ACGTACGTACGTACGTACGT", _coding("a", location, translation="MKV"))
    assert protein_sequences(record, 1).loc["a", ["start", "end", "strand"]].tolist() == span


def test_min_length_is_inclusive_and_counts_are_kept():
    features = [
        _coding(n, SimpleLocation(0, 3, 1), translation=t) for n, t in [("a", "MKK"), ("b", "MKKK"), ("c", "MKKKK")]
    ]
    table = protein_sequences(_record("ATGAAA", *features), 4)
    assert list(table.index) == ["b", "c"]
    assert table.attrs == {
        "record": "tiny.1", "min_length": 4, "n_features": 3, "n_short": 1, "n_identical": 0, "skipped": {},
    }  # fmt: skip


def test_identical_proteins_are_kept_once():
    features = [_coding(name, SimpleLocation(0, 3, 1), translation="MKK") for name in ("a", "a", "b")]
    table = protein_sequences(_record("ATGAAA", *features), 1)
    assert table["aliases"].to_dict() == {"a": ("a.2", "b")}
    assert table.attrs["n_identical"] == 2


def test_pseudogenes_and_inner_stops_are_skipped_with_the_reason():
    features = [
        _coding("good", SimpleLocation(0, 6, 1)),
        _coding("stopped", SimpleLocation(0, 12, 1)),
        _coding("old", SimpleLocation(0, 6, 1), pseudo=""),
    ]
    table = protein_sequences(_record("ATGAAATAAAAA", *features), 1)
    assert list(table.index) == ["good"]
    assert table.attrs["skipped"] == {"stopped": "stop codon inside", "old": "pseudogene"}


@pytest.mark.parametrize(
    ("location", "qualifiers", "reason"),
    [
        (SimpleLocation(0, 9, 1), {"codon_start": "?"}, "/codon_start='?' is not 1, 2 or 3"),
        (SimpleLocation(0, 9, 1), {"transl_table": "Standard"}, "/transl_table='Standard' is no genetic code of NCBI"),
        (SimpleLocation(0, 9, 1), {"transl_table": "99"}, "/transl_table='99' is no genetic code of NCBI"),
        (SimpleLocation(0, 9, 1, ref="other.1"), {}, "its location is in another record"),
    ],
)
def test_what_cannot_be_translated_is_skipped_and_named(location, qualifiers, reason):
    fine = _coding("fine", SimpleLocation(0, 9, 1))
    table = protein_sequences(_record("ATGAAATAA", fine, _coding("odd", location, **qualifiers)), 1)
    assert table.index.to_list() == ["fine"]
    assert table.attrs["skipped"] == {"odd": reason}
    # a translation that is written needs no code
    given = protein_sequences(_record("ATGAAATAA", _coding("odd", location, translation="MK", **qualifiers)), 1)
    assert given["sequence"].to_list() == ["MK"]


def test_an_empty_translation_says_nothing():
    table = protein_sequences(_record("ATGAAATAA", _coding("a", SimpleLocation(0, 9, 1), translation="")), 1)
    assert table["sequence"].to_list() == ["MK"]
    assert table.attrs["n_short"] == 0


def test_simulated_translations_agree_with_own_translation():
    record = make_plastome(random_state=2)
    annotated, own = protein_sequences(record, 1), protein_sequences(_strip(record), 1)
    assert annotated["sequence"].equals(own["sequence"])
    assert annotated["sequence"].str.startswith("M").all()


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "at_least", "longer"), [("NC_005353.1", 48, 47), ("NC_001865.1", 71, 70), ("NC_000932.1", 54, 53)]
)
def test_real_counts_are_the_measured_ones(real_data, name, at_least, longer):
    record = read_genbank(real_data / "plastomes" / f"{name}.gb")
    table = protein_sequences(record)
    assert (len(table), len(protein_sequences(record, 101))) == (at_least, longer)
    translations = [f.qualifiers["translation"][0] for f in record.features if f.type == "CDS"]
    assert list(table["sequence"]) == list(dict.fromkeys(t for t in translations if len(t) >= 100))
    assert table.attrs["n_features"] == len(translations)


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["NC_005353.1", "NC_001865.1", "NC_000932.1"])
def test_real_translations_agree_with_own_translation(real_data, name):
    """All but the few coding sequences whose messenger is edited or whose annotation notes an exception."""
    record = read_genbank(real_data / "plastomes" / f"{name}.gb")
    annotated, own = protein_sequences(record, 1), protein_sequences(_strip(record), 1)
    both = annotated.index.intersection(own.index)
    assert len(both) >= 0.95 * len(annotated)
    assert (annotated.loc[both, "sequence"] == own.loc[both, "sequence"]).mean() >= 0.95


def test_bad_input():
    record = _record("ATGAAATAA", _coding("a", SimpleLocation(0, 9, 1)))
    with pytest.raises(DataFormatError, match=r"record tiny\.1: no protein has at least 100 residues"):
        protein_sequences(record)
    with pytest.raises(DataFormatError, match=r"record tiny\.1 has no CDS features \(it has: none\)"):
        protein_sequences(_record("ATG"))
    for min_length in (0, -1, 2.5, True, None):
        with pytest.raises(ValueError, match=r"min_length must be a positive whole number"):
            protein_sequences(record, min_length)
    with pytest.raises(SequenceTypeError, match=r"record must be a Bio SeqRecord or a list .*, got Seq"):
        protein_sequences(record.seq)
