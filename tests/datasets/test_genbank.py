"""read_genbank: round trips, and one clear sentence for each broken file."""

import gzip
import io

import pytest
from Bio import SeqIO

from seqaug_sklearn.datasets import make_plastome, read_genbank
from seqaug_sklearn.exceptions import DataFormatError


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
    "unreadable location": (
        lambda t: t.replace("     tRNA            ", "     tRNA            7.x.", 1),
        r"plastome\.gb has a feature that cannot be read",
    ),
    "feature outside": (
        lambda t: t.replace("     tRNA            ", "     tRNA            5..99999999\n     misc            ", 1),
        r"plastome\.gb: feature tRNA .* lies outside the \d+ residues",
    ),
}


@pytest.mark.parametrize(("spoil", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_files(tmp_path, text, spoil, message):
    with pytest.raises(DataFormatError, match=message):
        read_genbank(_write(tmp_path, spoil(text)))


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
