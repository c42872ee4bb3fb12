"""make_promoters: what is planted, how hard it is, what leaks, the seed."""

import time

import numpy as np
import pandas as pd
import pytest
from Bio.Seq import reverse_complement
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.datasets import make_promoters

MOTIFS = {"box": "TTGACATWW", "core": "CCRCGTGG"}


def _matches(text, consensus):
    return len(text) == len(consensus) and all(
        a in DNA.ambiguity.get(c, c) for a, c in zip(text, consensus, strict=True)
    )


def _site(sequence, motif):
    text = sequence[motif.start : motif.start + len(MOTIFS[motif.motif])]
    return text if motif.strand == 1 else reverse_complement(text)


def test_shapes_and_names():
    promoters = make_promoters(60, 120, n_families=7, n_orthologs=2, random_state=0)
    assert promoters.sequences.str.len().unique().tolist() == [120]
    assert set("".join(promoters.sequences)) == set("ACGT")
    assert promoters.sequences.index.is_unique
    for part in (promoters.y, promoters.groups):
        assert part.index.equals(promoters.sequences.index)
    assert promoters.groups.value_counts().between(8, 9).all()
    assert sorted(promoters.y.unique()) == [0, 1]
    assert list(promoters.motifs.columns) == ["identifier", "motif", "start", "strand"]
    assert list(promoters.orthologs.columns) == ["identifier", "ortholog", "species", "sequence"]
    assert promoters.orthologs["ortholog"].is_unique
    assert promoters.orthologs.groupby("identifier").size().eq(2).all()
    assert set(promoters.orthologs["identifier"]) == set(promoters.sequences.index)
    assert promoters.orthologs["sequence"].str.len().eq(120).all()
    assert list(promoters.to_frame().columns) == ["sequence", "label", "family"]


def test_every_motif_stands_where_it_is_listed():
    promoters = make_promoters(80, motifs=MOTIFS, random_state=1)
    assert set(promoters.motifs["motif"]) == set(MOTIFS)
    assert set(promoters.motifs["strand"]) == {1, -1}
    for motif in promoters.motifs.itertuples():
        assert _matches(_site(promoters.sequences[motif.identifier], motif), MOTIFS[motif.motif])


def test_labels_follow_the_motifs_and_the_noise():
    promoters = make_promoters(600, label_noise=0, random_state=2)
    carries = promoters.sequences.index.isin(promoters.motifs["identifier"])
    assert (promoters.y == carries).all()
    noisy = make_promoters(600, label_noise=0.2, random_state=2)
    carries = noisy.sequences.index.isin(noisy.motifs["identifier"])
    assert 0.14 < (noisy.y != carries).mean() < 0.26


def test_families_share_background_and_orthologs_share_more_with_their_gene():
    promoters = make_promoters(60, n_families=6, mutation_rate=0.1, random_state=3)
    letters = np.array(promoters.sequences.map(list).tolist())
    identity = (letters[:, None] == letters[None]).mean(axis=2)
    same = promoters.groups.to_numpy()[:, None] == promoters.groups.to_numpy()
    others = ~np.eye(len(letters), dtype=bool)
    assert 0.75 < identity[same & others].mean() < 0.87
    assert identity[~same].mean() < 0.35
    orthologs = np.array(promoters.orthologs["sequence"].map(list).tolist())
    parents = promoters.sequences.index.get_indexer(promoters.orthologs["identifier"])
    assert (orthologs == letters[parents]).mean() == pytest.approx(0.9, abs=0.02)


def test_orthologs_may_be_further_apart_than_families():
    about = {"n_samples": 60, "n_families": 6, "mutation_rate": 0.1, "random_state": 3}
    near, far = make_promoters(**about), make_promoters(**about, ortholog_mutation_rate=0.6)
    pd.testing.assert_frame_equal(near.to_frame(), far.to_frame())
    letters = np.array(far.sequences.map(list).tolist())
    orthologs = np.array(far.orthologs["sequence"].map(list).tolist())
    parents = far.sequences.index.get_indexer(far.orthologs["identifier"])
    # sites are kept, so a little more than 0.4 is alike
    assert (orthologs == letters[parents]).mean() == pytest.approx(0.43, abs=0.03)


def test_orthologs_keep_most_sites():
    promoters = make_promoters(200, motifs=MOTIFS, site_turnover=0.2, random_state=4)
    pairs = promoters.motifs.merge(promoters.orthologs, on="identifier")
    kept = [_matches(_site(pair.sequence, pair), MOTIFS[pair.motif]) for pair in pairs.itertuples()]
    # a tenth is lost, but a lost site of a similar gene often still reads like one
    assert 0.88 < np.mean(kept) < 0.99


def test_without_turnover_and_mutation_families_are_uniform():
    promoters = make_promoters(
        40, n_families=4, mutation_rate=0, site_turnover=0, label_noise=0, n_orthologs=0, random_state=5
    )
    assert promoters.y.groupby(promoters.groups).nunique().eq(1).all()
    assert promoters.y.mean() == 0.5
    assert len(promoters.orthologs) == 0
    bare = promoters.sequences[promoters.y == 0]
    assert bare.groupby(promoters.groups).nunique().eq(1).all()


def _both_strands(text):
    return f"{text} {reverse_complement(text)}"


def _score(promoters, cv, **groups):
    counts = CountVectorizer(analyzer="char_wb", ngram_range=(6, 6), lowercase=False, preprocessor=_both_strands)
    model = make_pipeline(counts, LogisticRegression(C=0.03, max_iter=1000))
    return cross_val_score(model, promoters.sequences, promoters.y, cv=cv, scoring="roc_auc", **groups).mean()


def test_difficulty_and_leak():
    """A 6-mer model is good, not perfect, on unseen families, and better on random rows: relatives give it away."""
    sets = [make_promoters(random_state=seed) for seed in range(4)]
    honest = [_score(promoters, GroupKFold(5), groups=promoters.groups) for promoters in sets]
    random = [_score(promoters, StratifiedKFold(5, shuffle=True, random_state=0)) for promoters in sets]
    assert 0.75 < np.mean(honest) < 0.9
    assert np.mean(random) > np.mean(honest) + 0.01


def test_seed():
    first, second = (make_promoters(50, n_families=10, random_state=6) for _ in range(2))
    for name in ("sequences", "y", "groups"):
        pd.testing.assert_series_equal(getattr(first, name), getattr(second, name))
    pd.testing.assert_frame_equal(first.motifs, second.motifs)
    pd.testing.assert_frame_equal(first.orthologs, second.orthologs)
    assert not first.sequences.equals(make_promoters(50, n_families=10, random_state=7).sequences)


def test_global_generator_is_untouched():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make_promoters(20, n_families=4)
    assert (before == np.random.get_state()[1]).all()  # noqa: NPY002


def test_defaults_are_quick():
    start = time.process_time()
    make_promoters(random_state=0)
    assert time.process_time() - start < 0.3


def test_smallest():
    promoters = make_promoters(2, 4 * 5, n_families=2, motifs={"a": "A"}, n_orthologs=1, random_state=0)
    assert promoters.sequences.str.len().tolist() == [20, 20]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_samples": 1}, r"n_samples must be a whole number of at least 2, got 1"),
        ({"n_samples": 2.0}, r"n_samples must be a whole number"),
        ({"length": 0}, r"length must be a whole number of at least 1"),
        ({"length": 63}, r"length must be at least 64 for these motifs, got 63"),
        ({"n_families": 1}, r"n_families must be a whole number of at least 2"),
        ({"n_families": 201}, r"n_families must be at most n_samples=200, got 201"),
        ({"n_orthologs": -1}, r"n_orthologs must be a whole number of at least 0"),
        ({"mutation_rate": 1.5}, r"mutation_rate must be a share from 0 to 1, got 1\.5"),
        ({"site_turnover": -0.1}, r"site_turnover must be a share"),
        ({"ortholog_mutation_rate": 2}, r"ortholog_mutation_rate must be a share from 0 to 1, got 2"),
        ({"label_noise": "much"}, r"label_noise must be a share from 0 to 1, got 'much'"),
        ({"motifs": {}}, r"motifs must name at least one consensus"),
        (
            {"motifs": {"a": "ACGE"}},
            r"motifs\['a'\] must be a consensus in upper-case IUPAC letters of DNA, got 'ACGE'",
        ),
        ({"motifs": {"a": ""}}, r"motifs\['a'\] must be a consensus"),
        ({"random_state": "seed"}, r"random_state must be None, an int"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        make_promoters(**parameters)
