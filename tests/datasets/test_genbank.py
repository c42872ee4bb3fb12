"""read_genbank: round trips, and one clear sentence for each broken file."""

import gzip
import io

import pytest
from Bio import SeqIO

from seqaug_sklearn.datasets import make_plastome, protein_sequences, read_genbank, upstream_regions
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SeqAugWarning


@pytest.fixture(scope="module")
def text():
    handle = io.StringIO()
    SeqIO.write(make_plastome(12, gene_length=(90, 300), random_state=3), handle, "genbank")
    return handle.getvalue()


def _write(folder, content, name="plastome.gb"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())], ids=["plain", "gzip"])
def test_reads_what_biopython_reads(tmp_path, text, pack):
    record = read_genbank(_write(tmp_path, pack(text)))
    expected = SeqIO.read(io.StringIO(text), "genbank")
    assert record.seq == expected.seq
    assert [str(f) for f in record.features] == [str(f) for f in expected.features]


def test_several_records_give_a_list(tmp_path, text):
    records = read_genbank(_write(tmp_path, text + text.replace("SIM_000001", "SIM_000002")))
    assert [record.id for record in records] == ["SIM_000001.1", "SIM_000002.1"]


def _without(text, first, last):
    """Drop the lines from the one that starts with ``first`` up to the one that starts with ``last``."""
    start, stop = text.index(f"\n{first}"), text.index(f"\n{last}")
    return text[:start] + text[stop:]


BROKEN = {
    "empty": (lambda t: "", r"plastome\.gb holds no GenBank record"),
    "fasta": (lambda t: ">a\nACGT\n", r"plastome\.gb holds no GenBank record"),
    "cut in the sequence": (lambda t: t[:-2000], r"plastome\.gb is truncated.*ends with a line '//'"),
    "cut in the features": (lambda t: t[: t.index("ORIGIN") - 300], r"plastome\.gb is truncated"),
    "cut in the header": (lambda t: t[:200], r"plastome\.gb is truncated"),
    "sequence shorter than announced": (
        lambda t: t[:-2000].rsplit("\n", 1)[0] + "\n//\n",
        r"plastome\.gb is truncated: record SIM_000001\.1 announces \d+ residues and holds \d+",
    ),
    "no sequence": (lambda t: _without(t, "ORIGIN", "//"), r"plastome\.gb has no sequence"),
    "empty sequence": (lambda t: t[: t.index("ORIGIN") + 6] + "\n//\n", r"plastome\.gb has no sequence"),
    "contig instead of sequence": (
        lambda t: _without(t, "ORIGIN", "//").replace("\n//", "\nCONTIG      join(AB000001.1:1..9)\n//"),
        r"plastome\.gb has no sequence in record",
    ),
    "no features": (lambda t: _without(t, "     gene ", "ORIGIN"), r"plastome\.gb has no features"),
}


@pytest.mark.parametrize(("spoil", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_files(tmp_path, text, spoil, message):
    with pytest.raises(DataFormatError, match=message):
        read_genbank(_write(tmp_path, spoil(text)))


SEQUENCE = "ACGTTGCAAC" * 12
STANDARD = "LOCUS       AB                       120 bp    DNA     linear   UNK 01-JAN-1980"


def _genbank(*features, locus=STANDARD, sequence=SEQUENCE):
    """A record by hand: features are (type, location, qualifier lines...)."""
    lines = [locus, "FEATURES             Location/Qualifiers", f"     source          1..{len(sequence)}"]
    for kind, place, *qualifiers in features:
        lines.append(f"     {kind:16}{place}")
        lines += [f"                     {qualifier}" for qualifier in qualifiers]
    lines.append("ORIGIN")
    for start in range(0, len(sequence), 60):
        row = sequence[start : start + 60].lower()
        lines.append(f"{start + 1:9} " + " ".join(row[i : i + 10] for i in range(0, len(row), 10)))
    return "\n".join([*lines, "//", ""])


GENE = ("gene", "60..100", '/gene="abc"')
ODD = ["90..50", "0..50", "50..300", "bond(1,50)", "7.x.", "J00194.1:100..102"]


@pytest.mark.parametrize("place", ODD)
def test_features_without_a_usable_location_are_left_out_and_counted(tmp_path, place):
    path = _write(tmp_path, _genbank(("misc_feature", place), GENE))
    if place == "bond(1,50)":  # two residues: a place, if an odd one
        assert len(read_genbank(path).features) == 3
        return
    with pytest.warns(SeqAugWarning, match=r"plastome\.gb: features whose location .* left out \(1 misc_feature\)"):
        record = read_genbank(path)
    assert [feature.type for feature in record.features] == ["source", "gene"]
    assert len(upstream_regions(record, 20)) == 1


def test_a_gene_without_a_usable_location_is_skipped_with_its_reason(tmp_path):
    path = _write(tmp_path, _genbank(("gene", "90..50", '/gene="odd"'), GENE))
    with pytest.warns(SeqAugWarning, match=r"1 gene\); the first is gene odd: it appears that '90\.\.50'"):
        regions = upstream_regions(read_genbank(path), 20)
    assert regions.index.to_list() == ["abc"]
    assert "90..50" in regions.attrs["skipped"]["odd"]


def test_topology_is_read_in_capitals_and_can_be_given(tmp_path):
    gene = ("gene", "5..60", '/gene="abc"')
    circle = _write(tmp_path, _genbank(gene, locus="LOCUS       AB 120 bp ds-DNA CIRCULAR SYN 01-JAN-1980"))
    assert upstream_regions(read_genbank(circle), 20).loc["abc", "sequence"] == SEQUENCE[-16:] + SEQUENCE[:4]
    assert read_genbank(circle, topology="linear").annotations["topology"] == "linear"
    unknown = _write(tmp_path, _genbank(gene, GENE, locus="LOCUS       AB 120 bp DNA SYN 01-JAN-1980"))
    with pytest.warns(SeqAugWarning, match=r"does not say whether AB is circular, and it is taken for linear"):
        regions = upstream_regions(read_genbank(unknown), 20)
    assert len(regions) == 1
    assert list(regions.attrs["skipped"].values()) == ["cut off by the end of the linear record"]
    record = read_genbank(unknown, topology="circular")
    assert len(upstream_regions(record, 20)) == 2
    with pytest.raises(InvalidParameterError, match=r"topology must be 'circular', 'linear' or None, got 'round'"):
        read_genbank(unknown, topology="round")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_line_ends(tmp_path, end):
    path = _write(tmp_path, _genbank(GENE).replace("\n", end).encode())
    assert str(read_genbank(path).seq) == SEQUENCE


def test_records_of_editors_without_an_accession_are_called_by_their_locus(tmp_path):
    record = read_genbank(_write(tmp_path, _genbank(GENE, locus="LOCUS       my plasmid 120 bp DNA circular")))
    assert record.id == "my_plasmid"


def test_drafts_have_records_without_features(tmp_path):
    empty = _genbank(locus=STANDARD.replace("AB  ", "CD  "))
    records = read_genbank(_write(tmp_path, _genbank(GENE) + empty))
    assert [len(record.features) for record in records] == [2, 1]
    assert upstream_regions(records, 20).index.to_list() == ["abc"]
    with pytest.raises(DataFormatError, match=r"plastome\.gb has no features in any of its 2 records"):
        read_genbank(_write(tmp_path, empty + empty.replace("CD  ", "EF  ")))


def test_a_protein_record_is_refused_as_such(tmp_path):
    text = _genbank(("CDS", "1..20", '/gene="abc"'), locus="LOCUS       AB 120 aa            linear   UNK 01-JAN-1980")
    record = read_genbank(_write(tmp_path, text))
    for function in (upstream_regions, protein_sequences):
        with pytest.raises(DataFormatError, match=r"record AB is a protein; genes and their proteins are taken from"):
            function(record)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("     gene            ", "     gene            join(5..9,", r"Problem with 'gene' feature: join\(5\.\.9,"),
        ("                     /gene=", "                     ", "a line of record 1 is damaged; download it again"),
    ],
)
def test_damage_always_has_a_reason(tmp_path, text, old, new, reason):
    with pytest.raises(DataFormatError, match=rf"plastome\.gb is not a valid GenBank file: {reason}"):
        read_genbank(_write(tmp_path, text.replace(old, new, 1)))


def test_truncated_gzip(tmp_path, text):
    content = gzip.compress(text.encode())
    with pytest.raises(DataFormatError, match=r"plastome\.gb\.gz: the gzip file is damaged or cut off"):
        read_genbank(_write(tmp_path, content[: len(content) // 2], "plastome.gb.gz"))


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "length"), [("NC_000932.1", 154478), ("NC_005353.1", 203828), ("NC_001865.1", 150613)]
)
def test_real_plastomes(real_data, name, length):
    record = read_genbank(real_data / "plastomes" / f"{name}.gb")
    assert (record.id, len(record), record.annotations["topology"]) == (name, length, "circular")
