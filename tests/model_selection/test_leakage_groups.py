"""Groups by the audit's rules: what would leak is together, nothing else is, in whatever order the rows come."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.model_selection import audit_leakage, leakage_groups
from seqaug_sklearn.model_selection._leakage import EvidenceFinder
from seqaug_sklearn.similarity import similarity_groups

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"


def partition(groups, names=None):
    """The groups as sets of rows or names."""
    names = range(len(groups)) if names is None else names
    found = pd.Series(list(names)).groupby(np.asarray(groups)).agg(frozenset)
    return set(found)


def components(linked):
    """Connected components of a symmetric matrix, by hand."""
    labels = list(range(len(linked)))
    for i, j in zip(*np.nonzero(linked), strict=True):
        old, new = labels[j], labels[i]
        labels = [new if label == old else label for label in labels]
    return labels


@pytest.fixture
def planted(random_dna, leaks):
    """A relative of each kind for one of eight rows, eight unrelated rows and four that share a microsatellite."""
    parents = random_dna(8, 200)
    relatives = [make(parent) for make, parent in zip(leaks.values(), parents, strict=True)]
    repeats = [text + "CA" * 20 for text in random_dna(4, 160)]
    return [*parents, *relatives, *random_dna(8, 200), *repeats]


def test_planted_relatives_are_together_and_nothing_else(planted):
    groups = leakage_groups(planted)
    assert groups[:8].tolist() == list(range(8))
    assert groups[8:16].tolist() == list(range(8))
    assert groups[16:].tolist() == list(range(8, 20))
    assert groups.dtype == np.int64


def test_low_complexity_joins_on_demand(planted):
    groups = leakage_groups(planted, mask_low_complexity=False)
    assert len(set(groups[-4:])) == 1
    assert len(set(groups)) == 17


@pytest.mark.parametrize("mask", [True, False])
def test_the_groups_are_the_components_of_all_audits_of_two_rows(planted, mask, random_dna):
    # a row that is nothing but a microsatellite: all runs of it count
    rows = [*planted[4:20], *planted[-3:], "CA" * 50, random_dna(1, 9)[0], "ACGTTGCAA", "TTGCAACGT"]
    options = {"k": None, "threshold": 0.04, "min_run": None, "alphabet": "dna", "mask_low_complexity": mask}
    finder = EvidenceFinder(rows, **options)
    places = [np.array([i]) for i in range(len(rows))]
    linked = np.array([[finder.find(i, j).leaked[0] for j in places] for i in places])
    assert partition(leakage_groups(rows, mask_low_complexity=mask)) == partition(components(linked | linked.T))


@pytest.mark.parametrize("seed", range(3))
def test_splits_of_whole_groups_are_clean_and_others_are_not(planted, seed):
    groups = leakage_groups(planted)
    held = np.isin(groups, np.random.default_rng(seed).permutation(groups.max() + 1)[:6])
    rows = np.array(planted, dtype=object)
    assert not audit_leakage(rows[~held], rows[held]).leaked.any()
    assert audit_leakage(rows[:8], rows[8:]).leaked[:8].all()


def test_what_one_similarity_cannot_promise(random_dna):
    """Thirty residues of 600 are a leak, and 3 % of the k-mers."""
    long, other = random_dna(2, 600)
    rows = [long, other[:570] + long[:30]]
    assert audit_leakage(rows[:1], rows[1:]).leaked.all()
    assert similarity_groups(rows, 0.04).tolist() == [0, 1]
    assert leakage_groups(rows).tolist() == [0, 0]


def test_the_order_of_rows_plays_no_part(planted, rng):
    names = [f"row{i}" for i in range(len(planted))]
    order = rng.permutation(len(planted))
    shuffled = pd.Series(planted, index=names).iloc[order]
    assert partition(leakage_groups(shuffled), shuffled.index) == partition(leakage_groups(planted), names)
    # numbered by first appearance
    groups = leakage_groups(shuffled)
    assert list(dict.fromkeys(groups.tolist())) == list(range(groups.max() + 1))


def test_proteins_have_one_strand_and_rna_two(random_dna, reverse_complement):
    protein = random_dna(3, 80, AMINO_ACIDS)
    rows = [*protein, protein[0][10:] + "MKTAYIAKQR", protein[1][::-1]]
    assert leakage_groups(rows, alphabet="protein").tolist() == [0, 1, 2, 0, 3]
    dna = random_dna(2, 100)
    rna = [text.replace("T", "U") for text in (*dna, reverse_complement(dna[1]))]
    assert leakage_groups(rna, alphabet="rna").tolist() == [0, 1, 1]


def test_settings_decide(random_dna):
    long, other = random_dna(2, 300)
    rows = [long, long[:40] + other[40:]]
    assert leakage_groups(rows).tolist() == [0, 0]
    assert leakage_groups(rows, min_run=50, threshold=0.5).tolist() == [0, 1]
    assert leakage_groups(rows, min_run=40, threshold=0.5).tolist() == [0, 0]


def test_blocks_change_nothing(planted, monkeypatch):
    whole = leakage_groups(planted)
    monkeypatch.setattr("seqaug_sklearn.model_selection._leakage._most_shared._BLOCK_ENTRIES", 50)
    assert leakage_groups(planted).tolist() == whole.tolist()


def test_windows_of_one_sequence_are_one_group(random_dna):
    from seqaug_sklearn.augmentation import WindowAugmenter

    windows = WindowAugmenter(40, min_shared=None).explode(random_dna(3, 120))
    assert partition(leakage_groups(windows)) == partition(windows.sources)


def test_one_row_and_bad_rows(random_dna):
    assert leakage_groups(random_dna(1, 50)).tolist() == [0]
    with pytest.raises(SequenceError, match="'gene', position 2: symbol 'L'"):
        leakage_groups(pd.Series(["MKLE"], index=["gene"]))
    with pytest.raises(ValueError, match="threshold must be a share of k-mers above 0"):
        leakage_groups(random_dna(2, 50), threshold=0)


def test_given_groups_stay_together_too(planted):
    families = np.arange(len(planted))
    families[[0, 16, 17]] = 99
    groups = leakage_groups(planted, groups=families)
    assert groups[0] == groups[8] == groups[16] == groups[17]
    assert len(set(groups)) == 18
    with pytest.raises(ValueError, match="groups must have one entry per row of X: 28, got shape"):
        leakage_groups(planted, groups=[0, 1])


@pytest.mark.parametrize(
    ("homologs", "words"), [(False, "below some 85 % identity"), (True, "below some 70 % identity")]
)
def test_what_groups_cannot_see_is_told_as_the_audit_tells_it(random_dna, homologs, words):
    if homologs:
        pytest.importorskip("parasail")
    X = random_dna(6, 100)
    groups, limits = leakage_groups(X, homologs=homologs, return_limits=True)
    assert groups.tolist() == leakage_groups(X, homologs=homologs).tolist()
    assert words in limits
    assert audit_leakage(X[:3], X[3:], homologs=homologs).summary().endswith(limits)
