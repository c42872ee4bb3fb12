"""make_plastome: the traits it promises, the round trip, the seed."""

import io

import numpy as np
import pytest
from Bio import SeqIO

from seqaug_sklearn.datasets import make_plastome, protein_sequences, read_genbank, upstream_regions

SEEDS = range(5)


def _features(record, kind):
    return [f for f in record.features if f.type == kind]


@pytest.mark.parametrize("seed", SEEDS)
def test_traits(seed):
    record = make_plastome(random_state=seed)
    genes = _features(record, "gene")
    assert record.annotations["topology"] == "circular"
    assert len(genes) == 33  # thirty, three of them twice
    assert {g.location.parts[0].strand for g in genes} == {1, -1}
    assert 0.25 < sum(map(record.seq.count, "GC")) / len(record) < 0.42
    assert len(_features(record, "tRNA")) == 11
    assert len(protein_sequences(record)) >= 5
    regions = upstream_regions(record)
    assert (regions["start"] > regions["end"]).any()
    assert regions.attrs["n_overlapping"] > 4
    assert regions["gene"].duplicated().any()


@pytest.mark.parametrize("seed", SEEDS)
def test_joined_genes(seed):
    record = make_plastome(12, random_state=seed)
    genes = {g.qualifiers["gene"][0]: g.location for g in _features(record, "gene") if len(g.location.parts) > 1}
    (crossing,) = [location for name, location in genes.items() if name != "rps12"]
    assert (int(crossing.parts[0].start), int(crossing.parts[-1].end)) == (0, len(record))
    assert [part.strand for part in genes["rps12"].parts] == [-1, 1]
    spliced = [
        f for f in _features(record, "CDS") if len(f.location.parts) == 2 and f.qualifiers["gene"][0] not in genes
    ]
    assert len(spliced) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_coding_sequences_are_whole(seed):
    record = make_plastome(20, gene_length=(90, 400), random_state=seed)
    for coding in _features(record, "CDS"):
        protein = str(coding.extract(record.seq).translate(table=11, cds=True))
        assert coding.qualifiers["translation"] == [protein]
        assert 90 // 3 - 1 <= len(protein) <= 400 // 3 - 1


def test_inverted_repeat():
    record = make_plastome(random_state=0)
    copies = [f for f in _features(record, "rRNA") if f.qualifiers["gene"] == ["rrn16"]]
    assert [f.location.strand for f in copies] == [1, -1]
    assert copies[0].extract(record.seq) == copies[1].extract(record.seq)
    # the repeat reaches from the first residue before its first gene to behind its last
    assert str(record.seq[copies[0].location.start : copies[0].location.end + 100]) in str(
        record.seq.reverse_complement() * 2
    )


def test_round_trip(tmp_path):
    record = make_plastome(random_state=4)
    SeqIO.write(record, tmp_path / "plastome.gb", "genbank")
    again = read_genbank(tmp_path / "plastome.gb")
    assert (again.id, again.seq, again.annotations["topology"]) == (record.id, record.seq, "circular")
    assert [(f.type, str(f.location)) for f in again.features] == [(f.type, str(f.location)) for f in record.features]
    assert upstream_regions(again).equals(upstream_regions(record))
    assert protein_sequences(again).equals(protein_sequences(record))


def _genbank(record):
    handle = io.StringIO()
    SeqIO.write(record, handle, "genbank")
    return handle.getvalue()


def test_seed():
    assert _genbank(make_plastome(random_state=7)) == _genbank(make_plastome(random_state=np.random.default_rng(7)))
    assert make_plastome(random_state=7).seq != make_plastome(random_state=8).seq


@pytest.mark.parametrize("n_genes", [12, 13, 100])
def test_n_genes(n_genes):
    genes = _features(make_plastome(n_genes, gene_length=(90, 90), random_state=0), "gene")
    assert len(genes) == n_genes + 3
    # more genes than real names: the made-up ones differ
    names = [g.qualifiers["gene"][0] for g in genes if g.qualifiers["gene"][0].startswith("ycf")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_genes": 11}, r"n_genes must be a whole number of at least 12, got 11"),
        ({"n_genes": 12.5}, r"n_genes must be a whole number"),
        ({"gene_length": (80, 100)}, r"gene_length must be \(shortest, longest\) with 90 <= shortest"),
        ({"gene_length": (200, 100)}, r"gene_length must be"),
        ({"gene_length": 200}, r"gene_length must be"),
        ({"gene_length": (1, 2, 3)}, r"gene_length must be"),
        ({"gc": 0.95}, r"gc must be a share from 0\.1 to 0\.9, got 0\.95"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        make_plastome(**parameters)
