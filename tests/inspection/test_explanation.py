import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.inspection import Attributions, Explanation
from seqaug_sklearn.inspection._explanation import HIT_COLUMNS
from seqaug_sklearn.utils import text_to_codes

TEXTS = ["ACGTCACGTGTT", "TTTTTTTTTTTT", "GGCCAAGGCCAA"]


def attributions(n=3):
    codes = text_to_codes(TEXTS[:n], DNA)
    output = np.array([1.0, 3.0, 2.0])[:n]
    names = np.array(["gene one", "gene2", "gene3"], dtype=object)[:n]
    numbers = output, np.zeros(n), np.zeros(n)
    values = np.ones((*codes.shape, 4))
    return Attributions(
        values, codes, np.full(n, 12), DNA, np.array(["up"] * n), "kmer_weights", *numbers, identifiers=names
    )


def explanation(**options):
    hits = pd.DataFrame(
        [
            ["gene one", 4, 10, "-", 0.75, "M1 G-box", 1e-4, "CACGTG", 0],
            ["gene3", 0, 4, ".", 0.3, None, np.nan, "GGCC", 2],
        ],
        columns=HIT_COLUMNS,
    )
    return Explanation(attributions(), hits, **options)


def test_bed_holds_positions_exactly_and_reads_back(tmp_path):
    found = explanation()
    found.to_bed(tmp_path / "hits.bed")
    lines = [line.split("\t") for line in (tmp_path / "hits.bed").read_text().splitlines()]
    assert lines == [
        ["gene_one", "4", "10", "M1_G-box", "1000", "-", "0.75"],
        ["gene3", "0", "4", "hit", "400", ".", "0.3"],
    ]
    for (name, start, end, _, _, strand, score), hit in zip(lines, found.hits.itertuples(), strict=True):
        assert (name.replace("_", " "), int(start), int(end)) == (hit.name, hit.start, hit.end)
        assert (strand, float(score)) == (hit.strand, hit.score)


def test_csv_reads_back(tmp_path):
    found = explanation()
    found.to_csv(tmp_path / "hits.csv")
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "hits.csv").astype({"motif": object}), found.hits, check_dtype=False
    )


def test_without_hits_the_files_are_empty(tmp_path):
    found = Explanation(attributions(), pd.DataFrame(columns=HIT_COLUMNS))
    found.to_bed(tmp_path / "hits.bed")
    found.to_csv(tmp_path / "hits.csv")
    assert (tmp_path / "hits.bed").read_text() == ""
    assert pd.read_csv(tmp_path / "hits.csv").empty
    assert found.verdict()[0] == (
        "No hit in 3 sequences, explained for 'up' by k-mer weights: no stretch contributes more than shuffled ones do."
    )
    assert found.strongest().tolist() == [1, 2, 0]


def test_the_verdict_tells_the_hits_their_names_and_the_caveat():
    told = explanation(notes=["A note."]).verdict()
    assert told[0] == (
        "2 hits in 2 of 3 sequences, explained for 'up' by k-mer weights; the strongest is CACGTG in gene one, from 4 "
        "to 10."
    )
    assert told[1] == "1 of 2 hits resemble a known motif, most often M1 G-box (1 hit)."
    assert "A note." in told
    assert "experiment" in told[-1]


@pytest.mark.parametrize(
    ("stability", "n_members", "words"),
    [
        (np.nan, 1, "there is one model"),
        (np.nan, 2, "those of a member are all alike"),
        (0.91, 3, "Between the 3 members the contributions correlate by 0.91, mean over pairs: they agree"),
        (0.2, 2, "read single hits with care"),
    ],
)
def test_stability_is_told(stability, n_members, words):
    assert words in explanation(stability=stability, n_members=n_members).summary()


def test_motifs_of_tf_modisco_are_told_and_tabled(motif_set):
    name = motif_set.motifs[0].name
    matches = pd.DataFrame({"motif": [name], "match": ["M1 G-box"]})
    found = explanation(motifs=motif_set, matches=matches)
    assert "TF-MoDISco found" in found.summary()
    tables = [caption for section in found.sections() for caption in section.tables]
    assert tables == [
        "Hits, the strongest first",
        "Known motifs that hits resemble",
        "Motifs found by TF-MoDISco",
        "Known motifs that these resemble",
    ]


def test_the_strongest_sequences_and_their_sites():
    found = explanation(n_shown=2)
    assert found.strongest().tolist() == [0, 2]
    assert found.sites(0) == [(4, 10, "M1 G-box")]
    assert found.sites(2) == [(0, 4, "")]
    assert found.sites(1) == []
