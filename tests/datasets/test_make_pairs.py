"""make_pairs: what a pair is, what gives it away and what does not."""

import numpy as np
import pytest

from seqaug_sklearn.datasets import make_pairs


def identity(first, second):
    return np.mean(np.array(list(first)) == np.array(list(second)))


@pytest.fixture(scope="module")
def data():
    return make_pairs(240, 120, random_state=0)


def test_shapes_and_names(data):
    assert list(data.pairs.columns) == list(data.members.columns) == list(data.families.columns) == ["first", "second"]
    for part in (data.pairs, data.members, data.families):
        assert part.shape == (240, 2)
        assert part.index.equals(data.y.index)
    assert data.y.index.is_unique
    assert set("".join(data.pairs.to_numpy().ravel())) == set("ACGT")
    assert data.pairs.map(len).eq(120).all(axis=None)
    assert not set(data.members["first"]) & set(data.members["second"])


def test_orthologs_are_named_after_their_gene_and_others_are_not(data):
    same = data.members["first"] + "-1" == data.members["second"]
    assert (same == (data.y == 1)).all()
    assert data.y.sum() == 120


def test_a_member_has_one_sequence_and_one_family(data):
    for side in ("first", "second"):
        for of in (data.pairs[side], data.families[side]):
            assert of.groupby(data.members[side]).nunique().eq(1).all()


def test_the_first_member_tells_nothing(data):
    assert data.y.groupby(data.members["first"]).agg(["size", "sum"]).drop_duplicates().to_numpy().tolist() == [[2, 1]]


def test_pairs_are_shuffled(data):
    assert 0.3 < data.y.iloc[:120].mean() < 0.7


@pytest.mark.parametrize(("paralogs", "low", "high"), [(0, 0, 0), (0.5, 0.35, 0.65), (1, 1, 1)])
def test_share_of_paralogs(paralogs, low, high):
    data = make_pairs(240, 80, paralogs=paralogs, random_state=1)
    other = data.families[data.y == 0]
    assert low <= (other["first"] == other["second"]).mean() <= high


def test_genes_without_family_have_no_paralogs():
    data = make_pairs(60, 80, family_size=1, paralogs=1, random_state=1)
    assert (data.families["first"] != data.families["second"])[data.y == 0].all()


def test_orthologs_are_alike_then_paralogs_then_strangers():
    data = make_pairs(200, 300, mutation_rate=0.2, random_state=2)
    found = np.array([identity(*row) for row in data.pairs.to_numpy()])
    relatives = data.families["first"] == data.families["second"]
    ortholog, paralog, stranger = (
        found[rows].mean() for rows in (data.y == 1, (data.y == 0) & relatives, (data.y == 0) & ~relatives)
    )
    # (a site with rate r keeps its residue; three substitutions between a gene and another gene's ortholog)
    assert ortholog == pytest.approx(0.8, abs=0.03)
    assert paralog == pytest.approx(0.8**3 + (1 - 0.8**3) * 0.2, abs=0.06)
    assert stranger < 0.35


def test_the_same_seed_gives_the_same_pairs():
    once, again, other = (make_pairs(20, 80, random_state=seed) for seed in (3, 3, 4))
    for part in ("pairs", "y", "members", "families"):
        assert getattr(once, part).equals(getattr(again, part))
    assert not once.pairs.equals(other.pairs)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_pairs": 7}, "n_pairs must be an even number of at least 8, got 7"),
        ({"n_pairs": 9}, "even"),
        ({"n_pairs": 20.0}, "n_pairs"),
        ({"family_size": 0}, "family_size must be a whole number of at least 1, got 0"),
        ({"paralogs": 1.5}, "paralogs must be a share from 0 to 1, got 1.5"),
        ({"mutation_rate": -1}, "mutation_rate"),
        ({"length": 64 - 1}, "length must be a whole number of at least 64, room for four motifs, got"),
    ],
)
def test_bad_parameters(options, message):
    with pytest.raises(ValueError, match=message):
        make_pairs(**options)


def test_the_shortest_length_works_and_the_set_is_told_in_a_line():
    data = make_pairs(20, 64, random_state=0)
    assert data.pairs.map(len).eq(64).all(axis=None)
    families = len(set(data.families.to_numpy().ravel()))
    assert repr(data).startswith(
        f"<PairSet: 20 simulated pairs, 10 of them orthologs, of 20 members of {families} families"
    )
