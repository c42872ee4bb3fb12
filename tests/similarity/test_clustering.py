import warnings

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from seqaug_sklearn.exceptions import SeqAugWarning, SequenceError
from seqaug_sklearn.similarity import KmerSimilarity, cluster_sequences


def mutate(text, share, rng):
    letters = np.array(list(text))
    changed = rng.random(len(letters)) < share
    letters[changed] = rng.choice(list("ACGT"), changed.sum())
    return "".join(letters)


@pytest.fixture
def families(random_dna, rng):
    """Three families of unequal size at 90 % identity; names tell the family."""
    ancestors = random_dna(3, 200)
    rows = [(f"fam{f}_{i}", mutate(ancestors[f], 0.1, rng)) for f, n in enumerate((9, 4, 3)) for i in range(n)]
    names, texts = zip(*(rows[i] for i in rng.permutation(len(rows))), strict=True)
    return pd.Series(texts, index=names)


def family_of(series):
    return series.index.str[3].to_numpy()


def weighted_jaccard(one, other, same):
    both, either = (one & other).total(), (one | other).total()
    return 1 - both / either if either else float(not same)


def test_short_representation(random_dna):
    clusters = cluster_sequences(random_dna(6, 40), k=3, n_shuffles=0)
    assert repr(clusters).startswith(f"<SequenceClusters: {clusters.verdict()[0][:60]}")


def test_distance_by_definition(random_dna, naive):
    texts = random_dna(5, 30) + random_dna(2, 18) + ["ACGTNNACGTAGGCTANNTTGCA", "AAAAAAAAAAAAAA", "NNNNNNNNNNNN"]
    with pytest.warns(SeqAugWarning, match="12 to 30 residues"):
        clusters = cluster_sequences(texts, k=(2, 4), n_shuffles=0)
    counts = [naive.count_kmers(text, range(2, 5)) for text in texts]
    expected = [[weighted_jaccard(a, b, a is b) for b in counts] for a in counts]
    np.testing.assert_allclose(clusters.distance, expected, atol=1e-12)
    np.testing.assert_array_equal(clusters.shared, naive.matrix(texts, texts, range(2, 5), "shared"))


@pytest.mark.parametrize("metric", ["shared", "jaccard", "containment", "cosine", "mash"])
def test_other_distances_are_those_of_kmer_similarity(families, metric):
    k = 6 if metric == "mash" else (4, 6)
    clusters = cluster_sequences(families, k=k, metric=metric, n_clusters=3, n_shuffles=0)
    expected = KmerSimilarity(k, metric=metric, output="distance").fit_transform(families)
    np.testing.assert_array_equal(clusters.distance, expected)
    assert adjusted_rand_score(family_of(families), clusters.labels) == 1


def test_families_are_found_and_tested(families):
    clusters = cluster_sequences(families, n_shuffles=19)
    assert clusters.suggested == clusters.n_clusters == 3
    assert adjusted_rand_score(family_of(families), clusters.labels) == 1
    assert np.bincount(clusters.labels).tolist() == [9, 4, 3]
    assert clusters.p_value == pytest.approx(1 / 20)
    assert clusters.silhouette > 5 * clusters.null_silhouettes.max()
    assert clusters.order_agreement == 1
    assert "3 clusters that are clearer than those of shuffled sequences" in clusters.verdict()[0]


def test_unrelated_sequences_have_no_clusters(random_dna):
    clusters = cluster_sequences(random_dna(30, 120), n_shuffles=19)
    assert clusters.p_value > 0.05
    assert clusters.verdict()[0].startswith("No clusters are shown")
    assert not any("closer than chance makes them, " in sentence for sentence in clusters.verdict())


def test_p_values_of_unrelated_sequences_are_spread(random_dna):
    """The choice of the number of clusters must not make the test too eager."""
    p_values = [
        cluster_sequences(random_dna(12, 60), k=(4, 6), max_clusters=4, n_shuffles=19).p_value for _ in range(16)
    ]
    assert np.mean(np.array(p_values) <= 0.1) < 0.35
    assert max(p_values) > 0.5


def test_composition_is_not_mistaken_for_relation(rng):
    """Half of the sequences are rich in A and T: that alone is in the shuffles too."""
    rich = ["".join(rng.choice(list("ACGT"), 150, p=[0.45, 0.05, 0.05, 0.45])) for _ in range(10)]
    even = ["".join(rng.choice(list("ACGT"), 150)) for _ in range(10)]
    clusters = cluster_sequences(rich + even, n_shuffles=19)
    assert clusters.p_value > 0.05


@pytest.mark.parametrize("number", [2, 3, 5, 9])
def test_labels_equal_agglomerative_clustering(families, number):
    clusters = cluster_sequences(families, n_clusters=number, n_shuffles=0)
    expected = AgglomerativeClustering(number, metric="precomputed", linkage="average").fit_predict(clusters.distance)
    assert adjusted_rand_score(expected, clusters.labels) == 1
    assert clusters.n_clusters == number
    samples = silhouette_samples(clusters.distance, expected, metric="precomputed")
    np.testing.assert_allclose(clusters.sample_silhouettes, samples)
    assert clusters.silhouette == pytest.approx(samples.mean())
    assert clusters.silhouettes[number] == pytest.approx(samples.mean())


def test_number_is_suggested_by_the_silhouette(families):
    clusters = cluster_sequences(families, n_clusters=5, max_clusters=8, n_shuffles=0)
    assert clusters.silhouettes.index.tolist() == list(range(2, 9))
    assert clusters.n_clusters == 5
    assert clusters.suggested == 3
    assert "3 clusters would have the largest silhouette" in clusters.verdict()[1]


def test_pairs_of_relatives_are_found(random_dna, rng):
    """Most sequences have no relative, so that the right number of clusters is large."""
    texts = random_dna(26, 150)
    texts += [mutate(text, 0.15, rng) for text in texts[:5]]
    clusters = cluster_sequences(texts, n_shuffles=19)
    assert (clusters.labels[:5] == clusters.labels[26:]).all()
    assert clusters.n_clusters > 20
    assert clusters.p_value == 0.05


def test_numbers_that_are_tried(random_dna):
    tried = cluster_sequences(random_dna(60, 30), k=4, n_shuffles=0).silhouettes.index
    assert tried[:29].tolist() == list(range(2, 31))
    assert tried[-1] == 59
    assert tried.is_monotonic_increasing
    assert tried.is_unique


def test_paper_as_coded(random_dna, naive):
    texts = random_dna(20, 100)
    clusters = cluster_sequences(texts, method="paper", n_shuffles=0)
    upper = np.zeros((20, 20))
    for i in range(20):
        for j in range(i + 1, 20):
            counts = [naive.count_kmers(texts[row], range(5, 16)) for row in (i, j)]
            upper[i, j] = (counts[0] & counts[1]).total()
    expected = KMeans(n_clusters=7, random_state=21).fit_predict(upper)
    assert clusters.k == (5, 15)
    assert adjusted_rand_score(expected, clusters.labels) == 1
    assert clusters.n_clusters == 7
    centred = upper - upper.mean(axis=0)
    gram = np.linalg.norm(centred, axis=1)
    np.testing.assert_allclose(np.linalg.norm(clusters.coordinates, axis=1) <= gram + 1e-9, True)
    assert clusters.explained.sum() <= 1 + 1e-9


def test_paper_depends_on_the_order(random_dna):
    texts = random_dna(40, 100)
    paper = cluster_sequences(texts, method="paper", n_shuffles=0)
    assert paper.order_agreement < 0.3
    assert any("depend on the order" in sentence for sentence in paper.verdict())
    # the first rows of an upper triangle are full, the last ones empty
    assert abs(np.corrcoef(paper.coordinates[:, 0], np.arange(40))[0, 1]) > 0.7
    assert cluster_sequences(texts, n_shuffles=0).order_agreement > 0.9


def test_paper_with_sequences_that_share_nothing():
    """All rows but that of the fifth are zero, so that there are fewer clusters than asked for."""
    texts = ["AAAAAAAA", "CCCCCCCC", "GGGGGGGG", "TTTTTTTT", "ACACACAC", "ACACACAA"]
    clusters = cluster_sequences(texts, k=3, method="paper", n_clusters=4, n_shuffles=2)
    assert clusters.labels.tolist() == [0, 0, 0, 0, 1, 0]
    clusters = cluster_sequences(texts[:4], k=3, method="paper", n_clusters=3, n_shuffles=0)
    assert clusters.n_clusters == 1
    assert not clusters.coordinates.any()


def test_coordinates_rebuild_the_distances(random_dna):
    clusters = cluster_sequences(random_dna(9, 60), k=(2, 4), n_shuffles=0)
    squared = ((clusters.coordinates[:, None] - clusters.coordinates) ** 2).sum(-1)
    np.testing.assert_allclose(squared, clusters.distance, atol=1e-9)
    assert clusters.explained.sum() == pytest.approx(1)
    assert (np.diff(clusters.explained) <= 1e-12).all()


def test_both_strands(random_dna, naive):
    texts = random_dna(4, 80)
    texts += [naive.reverse_complement(text) for text in texts]
    assert cluster_sequences(texts, canonical=True, n_shuffles=0, max_clusters=4).distance[0, 4] == 0
    assert cluster_sequences(texts, n_shuffles=0).distance[0, 4] > 0.5


def test_proteins(random_dna):
    texts = random_dna(6, 50, "ACDEFGHIKLMNPQRSTVWY")
    texts += [text[3:] + text[:3] for text in texts]
    clusters = cluster_sequences(texts, k=(3, 4), alphabet="protein", n_clusters=6, n_shuffles=0)
    assert (clusters.labels[:6] == clusters.labels[6:]).all()


def test_same_seed_same_result_whatever_the_jobs(families):
    first, again, other = (cluster_sequences(families, n_shuffles=4, random_state=seed) for seed in (1, 1, 2))
    with parallel_config("threading"):
        parallel = cluster_sequences(families, n_shuffles=4, random_state=1, n_jobs=2)
    for name in ("null_silhouettes", "null_nearest", "coordinates", "labels"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
        np.testing.assert_array_equal(getattr(first, name), getattr(parallel, name))
    assert (first.null_silhouettes != other.null_silhouettes).any()
    rng = np.random.default_rng(3)
    assert len(cluster_sequences(families, n_shuffles=2, random_state=rng).null_nearest) == 2


def test_members(families):
    clusters = cluster_sequences(families, n_shuffles=0)
    table = clusters.members()
    assert table["size"].tolist() == [9, 4, 3]
    for label, row in table.iterrows():
        mine = families.index[clusters.labels == label]
        assert set(row["members"]) == set(mine)
        rows = families.index.get_indexer(mine)
        inside = clusters.distance[np.ix_(rows, rows)]
        assert row["medoid"] == row["members"][0] == mine[inside.sum(axis=1).argmin()]
        assert row["within"] == pytest.approx(inside[np.triu_indices(len(rows), 1)].mean())
        assert row["within"] < row["between"]
    alone = cluster_sequences([*families[:3], "ACGT" * 50], n_clusters=3, n_shuffles=0).members()
    assert alone.loc[alone["size"] == 1, "within"].isna().all()


def test_pairs(families):
    clusters = cluster_sequences(families, n_shuffles=19)
    table = clusters.pairs()
    assert len(table) == 16 * 15 // 2
    assert table["distance"].is_monotonic_increasing
    for row in table.sample(10, random_state=0).itertuples():
        i, j = families.index.get_indexer([row.first, row.second])
        assert row.shared == clusters.shared[i, j]
        assert row.distance == clusters.distance[i, j]
        assert row.same_cluster == (clusters.labels[i] == clusters.labels[j])
        assert row.p_shuffle == pytest.approx((1 + (clusters.null_nearest <= row.distance).sum()) / 20)
    same_family = table["first"].str[3] == table["second"].str[3]
    assert ((table["p_shuffle"] <= 0.05) == same_family).all()
    assert "p_shuffle" not in cluster_sequences(families, n_shuffles=0).pairs()
    assert len(cluster_sequences(families.tolist() * 7, n_shuffles=0, max_clusters=3).pairs()) == 112 * 111 // 2


def test_frame(families):
    clusters = cluster_sequences(families, n_shuffles=0)
    table = clusters.to_frame()
    assert table.index.equals(families.index)
    assert table.columns.tolist() == ["cluster", "silhouette", "length", "axis_1", "axis_2"]
    assert (table["length"] == 200).all()
    assert cluster_sequences(families.tolist(), n_shuffles=0).names.tolist() == list(range(16))


def test_nearest_named(families):
    names = [{"fam0_3": "ycf3", "fam1_0": "ORF77", "fam2_1": "orf9.2"}.get(name, name) for name in families.index]
    clusters = cluster_sequences(families.set_axis(names), n_shuffles=19)
    table = clusters.nearest_named(2)
    assert sorted(set(table["unnamed"])) == ["ORF77", "orf9.2", "ycf3"]
    assert table["rank"].tolist() == [1, 2] * 3
    assert not table["nearest"].str.contains("ycf|orf", case=False).any()
    family = {"ycf3": "fam0", "ORF77": "fam1", "orf9.2": "fam2"}
    assert (table["nearest"].str[:4] == table["unnamed"].map(family)).all()
    for row in table.itertuples():
        named = [i for i, name in enumerate(names) if name.startswith("fam")]
        distances = np.sort(clusters.distance[names.index(row.unnamed), named])
        assert row.distance == distances[row.rank - 1]
    assert (table["p_shuffle"] == 0.05).all()
    assert table["same_cluster"].all()
    assert len(clusters.nearest_named(99)) == 3 * 13
    assert len(clusters.nearest_named(unnamed="^hypothetical")) == 0
    with pytest.raises(ValueError, match="finds all 16 names: no named gene is left"):
        clusters.nearest_named(unnamed=".")
    with pytest.raises(ValueError, match="n_neighbors must be at least 1, got 0"):
        clusters.nearest_named(0)


def test_outliers_are_not_called_groups(random_dna, rng):
    texts = [mutate("ACGGT" * 30, 0.2, rng) for _ in range(20)] + random_dna(1, 150)
    first = cluster_sequences(texts, n_clusters=2, n_shuffles=19).verdict()[0]
    assert first.startswith("No groups but outliers: one cluster holds 20 of 21 sequences")


def test_too_few_shuffles_are_no_test(families):
    for n_shuffles in (0, 9):
        clusters = cluster_sequences(families, n_shuffles=n_shuffles)
        assert "not tested" in clusters.verdict()[0]
        assert not any("chance" in sentence for sentence in clusters.verdict())
    assert np.isnan(cluster_sequences(families, n_shuffles=0).p_value)


def test_lengths_that_differ_are_warned_of(random_dna):
    texts = random_dna(4, 100) + random_dna(4, 160)
    with pytest.warns(SeqAugWarning, match=r"100 to 160 residues: .* use metric='containment'") as caught:
        clusters = cluster_sequences(texts, n_shuffles=0)
    assert caught[0].filename == __file__
    assert any("lengths differ 1.6-fold" in sentence for sentence in clusters.verdict())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cluster_sequences(random_dna(4, 100) + random_dna(4, 150), n_shuffles=0)


def test_identical_sequences(random_dna):
    one, other = random_dna(2, 60)
    clusters = cluster_sequences([one, one.lower(), other, other], n_shuffles=3)
    assert clusters.labels.tolist() == [0, 0, 1, 1]
    assert clusters.silhouette == 1
    assert clusters.silhouettes.index.tolist() == [2]


def test_shuffles_that_are_all_alike():
    clusters = cluster_sequences(["ACACAC", "ACACAC", "CACACA"], k=2, n_shuffles=3)
    assert clusters.p_value == 1


@pytest.mark.parametrize(
    ("X", "options", "message"),
    [
        (["ACGTACGT"] * 4, {"k": 3}, "at least three sequences, two of them different; got 4 with 1 different"),
        (["ACGTACGT", "ACGTTCGT"], {"k": 3}, "at least three sequences"),
        (["ACGT", "AGGT", "TTTT"], {}, "asks for k-mers of 12 residues, but the longest sequence has 4"),
        (["MKLV", "MKLL", "MEEL"], {"k": 2}, "pass alphabet='protein'"),
    ],
)
def test_bad_sequences_are_explained(X, options, message):
    with pytest.raises(SequenceError, match=message):
        cluster_sequences(X, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "ward"}, "'method' parameter"),
        ({"n_clusters": 1}, "'n_clusters' parameter"),
        ({"n_clusters": 4}, "n_clusters=4 is too many for 4 sequences, 4 of them different; pass at most 3"),
        ({"method": "paper", "k": 3}, r"n_clusters=7 \(the paper's number\) is too many for 4 sequences"),
        ({"k": (4, 2)}, r"k must be an int or a range \(low, high\)"),
        ({"metric": "mash"}, "metric='mash' needs one k"),
        ({"n_shuffles": -1}, "'n_shuffles' parameter"),
    ],
)
def test_bad_parameters_are_explained(options, message):
    with pytest.raises(ValueError, match=message):
        cluster_sequences(["ACGTACGT", "ACGTTCGT", "GGGTTCGT", "TTTTTCGA"], **({"k": (2, 3)} | options))


@pytest.mark.realdata
def test_real_plastome(real_data):
    from seqaug_sklearn.datasets import read_genbank, upstream_regions

    regions = upstream_regions(read_genbank(real_data / "plastomes" / "NC_000932.1.gb"))["sequence"]
    clusters = cluster_sequences(regions, n_shuffles=19)
    pairs = clusters.pairs()
    assert len(pairs) == len(regions) * (len(regions) - 1) // 2
    # overlapping upstream regions of neighbours
    assert {"trnY", "trnE"} == set(pairs.loc[0, ["first", "second"]])
    assert pairs.loc[0, "p_shuffle"] <= 0.05
    assert set(clusters.nearest_named()["unnamed"]) == {"ycf1", "ycf2", "ycf3", "ycf4"}
