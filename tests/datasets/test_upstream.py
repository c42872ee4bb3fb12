"""upstream_regions against what Biopython cuts out, on simulated and real plastomes and on tiny genomes by hand."""

import pandas as pd
import pytest
from Bio.Seq import Seq
from Bio.SeqFeature import AfterPosition, BeforePosition, CompoundLocation, SeqFeature, SimpleLocation
from Bio.SeqRecord import SeqRecord

from seqaug_sklearn.datasets import make_plastome, read_genbank, upstream_regions
from seqaug_sklearn.exceptions import DataFormatError, SequenceTypeError

PLASTOMES = ["NC_000932.1", "NC_005353.1", "NC_001865.1"]
#        0         10        20        30
GENOME = "AAAACCCCGGGGTTTTACGTTGCATCGATCAGGTAC"


def _gene(name, *parts):
    """Gene with parts (start, end, strand) in reading order."""
    locations = [SimpleLocation(*part) for part in parts]
    location = locations[0] if len(parts) == 1 else CompoundLocation(locations)
    return SeqFeature(location, "gene", qualifiers={"gene": [name], "locus_tag": [f"tag_{name}_{parts[0][0]}"]})


def _record(*genes, text=GENOME, topology="circular"):
    annotations = {"molecule_type": "DNA", "topology": topology}
    return SeqRecord(Seq(text), id="tiny.1", features=list(genes), annotations=annotations)


@pytest.mark.parametrize(
    ("parts", "sequence", "start", "end", "strand"),
    [
        ([(12, 16, 1)], "CGGGG", 7, 12, 1),
        ([(12, 16, -1)], str(Seq("ACGTT").reverse_complement()), 16, 21, -1),
        ([(2, 9, 1)], "TAC" + "AA", 33, 2, 1),
        ([(0, 9, 1)], "GGTAC", 31, 36, 1),
        ([(20, 34, -1)], str(Seq("AC" + "AAA").reverse_complement()), 34, 3, -1),
        ([(20, 36, -1)], str(Seq("AAAAC").reverse_complement()), 0, 5, -1),
        # across the origin: reading order is the first part, then the part behind the origin
        ([(30, 36, 1), (0, 4, 1)], GENOME[25:30], 25, 30, 1),
        ([(0, 4, -1), (30, 36, -1)], str(Seq(GENOME[4:9]).reverse_complement()), 4, 9, -1),
        # trans-spliced: the first exon in reading order decides place and strand
        ([(20, 24, -1), (8, 12, 1)], str(Seq(GENOME[24:29]).reverse_complement()), 24, 29, -1),
        ([(20, 24, 1), (8, 12, -1)], GENOME[15:20], 15, 20, 1),
    ],
)
def test_cut_by_hand(parts, sequence, start, end, strand):
    table = upstream_regions(_record(_gene("g", *parts)), length=5)
    assert table.loc["g", ["sequence", "start", "end", "strand"]].tolist() == [sequence, start, end, strand]


def _independent(record, length):
    """Gene name -> upstream text, found by rotating the genome and letting Biopython extract."""
    size, cuts = len(record), []
    for gene in (f for f in record.features if f.type == "gene"):
        exon = gene.location.parts[0]
        # in three copies of the genome nothing is near an end
        start, end = exon.start + size, exon.end + size
        upstream = (start - length, start) if exon.strand == 1 else (end, end + length)
        cuts.append(SimpleLocation(*map(int, upstream), exon.strand).extract(record.seq * 3).upper())
    return [str(cut) for cut in cuts]


def _check_against_biopython(record, length=300):
    table = upstream_regions(record, length)
    expected = _independent(record, length)
    assert list(table["sequence"]) == list(dict.fromkeys(expected))
    assert (table["sequence"].str.len() == length).all()
    assert table.attrs["n_features"] == len(expected) == len(table) + table["aliases"].str.len().sum()
    assert table.attrs["n_identical"] == len(expected) - len(table)
    assert table.attrs["skipped"] == {}
    return table


def _check_region_touches_gene(record, table):
    """A region and the gene behind it stand side by side on one strand, whatever the coordinates say."""
    genes = [f for f in record.features if f.type == "gene"]
    circle = str(record.seq).upper() * 2
    both = circle + "|" + str(Seq(circle).reverse_complement())
    by_tag = {f.qualifiers["locus_tag"][0]: f for f in genes}
    for row in table.itertuples():
        first_exon = str(by_tag[row.locus_tag].extract(record.seq))[: len(by_tag[row.locus_tag].location.parts[0])]
        assert row.sequence + first_exon.upper() in both


def _check_coordinates(record, table):
    for row in table.itertuples():
        parts = [(row.start, row.end)] if row.start < row.end else [(row.start, len(record)), (0, row.end)]
        locations = [SimpleLocation(*part, row.strand) for part in parts][:: row.strand]
        whole = locations[0] if len(parts) == 1 else CompoundLocation(locations)
        assert str(whole.extract(record.seq)).upper() == row.sequence
        assert 0 <= row.start < len(record)
        assert 0 < row.end <= len(record)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("length", [1, 300, 2000])
def test_simulated_plastome_equals_biopython(seed, length):
    record = make_plastome(14, random_state=seed)
    table = _check_against_biopython(record, length)
    _check_coordinates(record, table)
    _check_region_touches_gene(record, table)


@pytest.mark.realdata
@pytest.mark.parametrize("name", PLASTOMES)
def test_real_plastome_equals_biopython(real_data, name):
    record = read_genbank(real_data / "plastomes" / f"{name}.gb")
    table = _check_against_biopython(record)
    _check_coordinates(record, table)
    _check_region_touches_gene(record, table)
    assert {1, -1} == set(table["strand"])


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "counts"), [("NC_005353.1", (100, 101)), ("NC_001865.1", (210,)), ("NC_000932.1", (112, 113))]
)
def test_real_counts_are_the_measured_ones(real_data, name, counts):
    table = upstream_regions(read_genbank(real_data / "plastomes" / f"{name}.gb"))
    assert len(table) in counts
    assert table.index.is_unique


@pytest.mark.realdata
def test_real_joined_genes(real_data):
    """The gene across the origin of C. vulgaris, the trans-spliced psaA and rps12, from the annotation read by eye."""
    vulgaris = read_genbank(real_data / "plastomes" / "NC_001865.1.gb")
    assert upstream_regions(vulgaris).loc["cemA", ["start", "end", "strand"]].tolist() == [271, 571, -1]
    reinhardtii = read_genbank(real_data / "plastomes" / "NC_005353.1.gb")
    assert upstream_regions(reinhardtii).loc["psaA", ["start", "end", "strand"]].tolist() == [32436, 32736, 1]
    # both copies of rps12 share the first exon complement(69611..69724), and so the region
    thaliana = upstream_regions(read_genbank(real_data / "plastomes" / "NC_000932.1.gb"))
    assert thaliana.loc["rps12", ["start", "end", "strand"]].tolist() == [69724, 70024, -1]
    assert thaliana.loc["rps12", "aliases"] == ("rps12.2",)


def test_rotating_a_circular_genome_changes_no_sequence():
    record = make_plastome(12, random_state=1)
    genes = [f for f in record.features if f.type == "gene" and len(f.location.parts) == 1]
    shift = 5000
    rotated = SeqRecord(record.seq[shift:] + record.seq[:shift], id="r", annotations=dict(record.annotations))
    for gene in genes:
        start, end = (int(gene.location.start) - shift) % len(record), (int(gene.location.end) - shift) % len(record)
        if start < end:
            rotated.features.append(
                SeqFeature(SimpleLocation(start, end, gene.location.strand), "gene", qualifiers=gene.qualifiers)
            )
    before, after = upstream_regions(record), upstream_regions(rotated)
    tags = after["locus_tag"]
    assert len(tags) > 8
    before = before.set_index("locus_tag")["sequence"]
    assert all(before.get(tag, text) == text for tag, text in zip(tags, after["sequence"], strict=True))


def test_lower_case_becomes_upper_case_and_ambiguity_is_complemented():
    record = _record(_gene("g", (0, 3, -1)), text="acgrnnaa")
    assert upstream_regions(record, length=3).loc["g", "sequence"] == "NNY"


def test_names_repeats_and_aliases():
    record = _record(
        _gene("trnL", (12, 16, 1)), _gene("trnL", (20, 24, 1)), _gene("trnL", (12, 14, 1)),
        _gene("trnL.2", (30, 33, 1)), _gene("other", (20, 22, 1)),
    )  # fmt: skip
    table = upstream_regions(record, length=5)
    assert table["aliases"].to_dict() == {"trnL": ("trnL.4",), "trnL.3": ("other",), "trnL.2": ()}
    assert table["gene"].to_dict() == {"trnL": "trnL", "trnL.3": "trnL", "trnL.2": "trnL.2"}
    assert table.attrs["n_features"] == 5
    assert table.attrs["n_identical"] == 2


def test_unnamed_genes_take_the_locus_tag_then_the_place():
    named, unnamed = _gene("x", (12, 16, 1)), _gene("y", (20, 24, 1))
    del named.qualifiers["gene"], unnamed.qualifiers["gene"], unnamed.qualifiers["locus_tag"]
    assert list(upstream_regions(_record(named, unnamed), length=5).index) == ["tag_x_12", "gene20"]


def test_product_comes_from_the_feature_with_the_same_locus_tag():
    gene = _gene("psbA", (12, 18, 1))
    coding = SeqFeature(gene.location, "CDS", qualifiers={**gene.qualifiers, "product": ["D1 protein"]})
    assert upstream_regions(_record(gene, coding), length=5).loc["psbA", "product"] == "D1 protein"


def test_linear_record_skips_cut_regions_and_says_so():
    genes = [
        _gene("left", (3, 9, 1)),
        _gene("inside", (12, 16, 1)),
        _gene("right", (20, 33, -1)),
        _gene("edge", (5, 9, 1)),
        _gene("other edge", (20, len(GENOME) - 5, -1)),
    ]
    table = upstream_regions(_record(*genes, topology="linear"), length=5)
    assert list(table.index) == ["inside", "edge", "other edge"]
    assert table.attrs["skipped"] == dict.fromkeys(["left", "right"], "cut off by the end of the linear record")
    assert table.loc["edge", ["start", "end"]].tolist() == [0, 5]
    assert table.loc["other edge", ["start", "end"]].tolist() == [len(GENOME) - 5, len(GENOME)]


def test_fuzzy_ends_and_missing_strand_are_read_as_written():
    gene = SeqFeature(SimpleLocation(BeforePosition(12), 16), "gene", qualifiers={"gene": ["g"]})
    assert upstream_regions(_record(gene), length=5).loc["g", ["sequence", "strand"]].tolist() == ["CGGGG", 1]


def test_regions_that_touch_do_not_overlap():
    # regions 5..10 and 10..15, then 5..10 and 9..14
    touching, overlapping = ([_gene("a", (10, 12, 1)), _gene("b", (end, 18, 1))] for end in (15, 14))
    assert upstream_regions(_record(*touching), length=5).attrs["n_overlapping"] == 0
    assert upstream_regions(_record(*overlapping), length=5).attrs["n_overlapping"] == 2


def test_overlapping_regions_are_counted_across_the_origin():
    # regions 33..2, 0..5 and 20..25
    genes = [_gene("a", (2, 9, 1)), _gene("b", (5, 9, 1)), _gene("c", (25, 30, 1))]
    assert upstream_regions(_record(*genes), length=5).attrs["n_overlapping"] == 2


@pytest.mark.parametrize("form", [dict, pd.Series, lambda sites: pd.DataFrame({"site": sites})])
def test_transcription_start_sites(form):
    record = _record(_gene("f", (12, 16, 1)), _gene("r", (20, 24, -1)), _gene("none", (30, 33, 1)))
    table = upstream_regions(record, length=4, tss=form({"f": 8, "tag_r_20": 26}))
    # the site is the first transcribed residue, so it is not part of the region
    assert table["sequence"].to_dict() == {"f": GENOME[4:8], "r": str(Seq(GENOME[27:31]).reverse_complement())}
    assert table.attrs["skipped"] == {"none": "no site in tss"}


def test_site_at_the_gene_start_changes_nothing():
    record = make_plastome(12, random_state=0)
    table = upstream_regions(record)
    sites = {
        row.Index: row.end % len(record) if row.strand == 1 else (row.start - 1) % len(record)
        for row in table.itertuples()
    }
    again = upstream_regions(record, tss=sites)
    pd.testing.assert_series_equal(table["sequence"], again["sequence"])


@pytest.mark.parametrize(
    ("tss", "message"),
    [
        ({"nobody": 3}, r"unknown gene 'nobody'"),
        ({"f": 3, "tag_f_12": 4}, r"more than one site for gene 'f'"),
        (pd.Series([3, 4], index=["f", "f"]), r"more than one site for gene 'f'"),
        ({"f": 36}, r"tss of 'f' must be a 0-based position below 36, got 36"),
        ({"f": -1}, r"0-based position"),
        ({"f": float("nan")}, r"0-based position below 36, got nan"),
        ({"f": "12"}, r"0-based position below 36, got '12'"),
        ([3], r"tss must be a mapping or Series"),
        (pd.DataFrame({"a": [3], "b": [4]}, index=["f"]), r"one column of positions, got \['a', 'b'\]"),
    ],
)
def test_bad_sites(tss, message):
    with pytest.raises(DataFormatError, match=message):
        upstream_regions(_record(_gene("f", (12, 16, 1))), length=4, tss=tss)


@pytest.mark.parametrize("length", [0, -3, 37, 2.5, "5", True])
def test_bad_length(length):
    with pytest.raises(ValueError, match=r"length must be a whole number from 1 to the 36 residues"):
        upstream_regions(_record(_gene("f", (12, 16, 1))), length=length)


def test_bad_records():
    with pytest.raises(DataFormatError, match=r"record tiny\.1 has no gene features \(it has: exon\)"):
        upstream_regions(_record(SeqFeature(SimpleLocation(3, 9, 1), "exon")), length=5)
    with pytest.raises(DataFormatError, match=r"record tiny\.1 is not DNA: its sequence holds E, L"):
        upstream_regions(_record(_gene("f", (2, 3, 1)), text="ACEL"), length=1)
    with pytest.raises(DataFormatError, match=r"no gene has 5 residues upstream"):
        upstream_regions(_record(_gene("f", (2, 3, 1)), topology="linear"), length=5)
    with pytest.raises(SequenceTypeError, match=r"got str; read a file with read_genbank"):
        upstream_regions("genome.gb")
    with pytest.raises(DataFormatError, match=r"record is an empty list"):
        upstream_regions([])
    with pytest.raises(
        DataFormatError, match=r"records of one genome must have different names, but 'tiny\.1' repeats"
    ):
        upstream_regions([_record(_gene("f", (12, 16, 1)))] * 2)


def test_several_records_are_one_genome_where_they_come_as_a_list():
    first = _record(_gene("f", (12, 16, 1)), _gene("g", (20, 24, -1)))
    second = _record(_gene("f", (12, 16, 1)), text=GENOME[::-1])
    second.id = "tiny.2"
    regions = upstream_regions([first, second], 5)
    assert regions["record"].to_dict() == {"f": "tiny.1", "g": "tiny.1", "f.2": "tiny.2"}
    alone = [upstream_regions(record, 5) for record in (first, second)]
    assert regions["sequence"].to_list() == [*alone[0]["sequence"], *alone[1]["sequence"]]
    # equal positions of two records are no overlap
    assert regions.attrs["n_overlapping"] == alone[0].attrs["n_overlapping"]
    short = _record(_gene("p", (2, 3, 1)), text="ACGT")
    short.id = "plasmid"
    assert upstream_regions([first, short], 5).attrs["skipped"] == {"p": "cut off by the end of the linear record"}


def test_coding_sequences_and_rnas_stand_for_genes_where_there_are_none():
    coding = SeqFeature(SimpleLocation(12, 16, 1), "CDS", qualifiers={"locus_tag": ["X_1"]})
    rna = SeqFeature(SimpleLocation(20, 24, -1), "tRNA", qualifiers={"product": ["tRNA-Ser"]})
    other = SeqFeature(SimpleLocation(2, 4, 1), "exon")
    regions = upstream_regions(_record(coding, rna, other), 5)
    assert regions.index.to_list() == ["X_1", "tRNA-Ser"]
    assert regions.attrs["instead_of_genes"] == "1 CDS, 1 tRNA"
    assert upstream_regions(_record(coding, _gene("f", (20, 24, 1))), 5).attrs["instead_of_genes"] == ""


@pytest.mark.parametrize(
    ("qualifiers", "name"),
    [
        ({"gene": ["a"], "label": ["b"]}, "a"),
        ({"gene": [""], "locus_tag": [" "], "label": ["lacZ"]}, "lacZ"),
        ({"label": ["lacZ"], "product": ["a protein"]}, "lacZ"),
        ({"product": ["hypothetical protein"], "protein_id": ["XP_1.1"]}, "XP_1.1"),
        ({"note": ["x"]}, "gene12"),
    ],
)
def test_the_surest_name_that_is_not_empty(qualifiers, name):
    feature = SeqFeature(SimpleLocation(12, 16, 1), "gene", qualifiers=qualifiers)
    assert upstream_regions(_record(feature), 5).index.to_list() == [name]


def test_partial_genes_are_marked():
    genes = [
        SeqFeature(SimpleLocation(BeforePosition(10), 16, 1), "gene", qualifiers={"gene": ["open"]}),
        SeqFeature(SimpleLocation(BeforePosition(12), 16, -1), "gene", qualifiers={"gene": ["open behind"]}),
        SeqFeature(SimpleLocation(12, AfterPosition(18), -1), "gene", qualifiers={"gene": ["open, reversed"]}),
    ]
    regions = upstream_regions(_record(*genes), 5)
    assert regions["partial"].to_list() == [True, False, True]
    assert regions.attrs["n_partial"] == 2
    # a start site that is given does not depend on the annotated one
    assert not upstream_regions(_record(*genes), 5, tss={"open": 9})["partial"].any()
