"""KmerSimilarity against dictionaries of k-mers, and as a scikit-learn transformer."""

import pickle
import tracemalloc

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from seqaug_sklearn import KmerSimilarity
from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError
from seqaug_sklearn.similarity._products import IncidenceProduct


def peak_memory(work):
    """Result of work() and the most bytes that were allocated meanwhile."""
    tracemalloc.start()
    try:
        result = work()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


METRICS = ["shared", "jaccard", "containment", "cosine", "mash"]
POOLED = ["shared", "jaccard", "containment", "cosine"]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("output", ["similarity", "distance"])
@pytest.mark.parametrize(
    ("alphabet", "k", "canonical"),
    [
        ("dna", 5, False),
        ("dna", 4, True),
        ("dna", 33, True),
        ("rna", 6, True),
        ("protein", 3, False),
        ("protein", 16, False),
    ],
)
def test_equals_naive_counts(metric, output, alphabet, k, canonical, hard_sequences, naive):
    X = hard_sequences(alphabet)
    model = KmerSimilarity(k=k, alphabet=alphabet, metric=metric, output=output, canonical=canonical)
    scores = model.fit_transform(X)
    expected = naive.matrix(X, X, [k], metric, output, alphabet, canonical)
    if metric != "shared" and output == "similarity":
        # a sequence without k-mers is still identical to itself
        expected[np.diag_indices(len(X))] = 1
    np.testing.assert_allclose(scores, expected, atol=1e-12)
    if metric == "shared":
        assert np.array_equal(scores, expected)


@pytest.mark.parametrize("metric", POOLED)
@pytest.mark.parametrize(("k", "canonical"), [((1, 4), False), ((5, 12), True), ((30, 34), True)])
def test_range_of_k_is_pooled(metric, k, canonical, hard_sequences, naive):
    X = hard_sequences()
    fitted, new = X[::2], X[1::2]
    scores = KmerSimilarity(k=k, metric=metric, canonical=canonical).fit(fitted).transform(new)
    expected = naive.matrix(new, fitted, range(k[0], k[1] + 1), metric, canonical=canonical)
    np.testing.assert_allclose(scores, expected, atol=1e-12)


@pytest.mark.parametrize("k", [62, 63, 70, 130])
def test_k_of_any_size_is_exact(k, random_dna, naive):
    parent = random_dna(1, 400)[0]
    changed = parent[:200] + ("A" if parent[200] != "A" else "C") + parent[201:]
    X = [parent, changed, naive.reverse_complement(parent), parent[50:300], *random_dna(2, 300)]
    scores = KmerSimilarity(k=k, canonical=True).fit(X[:2]).transform(X)
    assert np.array_equal(scores, naive.matrix(X, X[:2], [k], "shared", canonical=True))
    assert scores[2, 0] == 400 - k + 1
    assert scores[1, 0] == 400 - k + 1 - k


def test_known_values():
    scores = KmerSimilarity(k=2).fit_transform(["ACACAC", "ACAC", "TTTT"])
    assert scores.tolist() == [[5, 3, 0], [3, 3, 0], [0, 0, 3]]
    distances = KmerSimilarity(k=2, output="distance", no_shared=2.5).fit_transform(["ACACAC", "ACAC", "TTTT"])
    assert distances.tolist() == [[0, 1 / 3, 2.5], [1 / 3, 0, 2.5], [2.5, 2.5, 0]]
    # Mash, equation 4, with j = 1/3: one of three distinct 2-mers
    mash = KmerSimilarity(k=2, metric="mash", output="distance").fit(["AAC"]).transform(["ACC"])
    assert mash[0, 0] == pytest.approx(np.log(2) / 2)


@pytest.mark.parametrize("metric", POOLED)
def test_symmetric_and_zero_to_itself(metric, hard_sequences):
    X = hard_sequences()
    distances = KmerSimilarity(k=(3, 6), metric=metric, output="distance").fit_transform(X)
    assert np.array_equal(distances, distances.T)
    assert np.array_equal(np.diag(distances), np.zeros(len(X)))
    copies = [i for i, text in enumerate(X) if text.upper() == X[8].upper()]
    assert len(copies) == 2
    assert (distances[np.ix_(copies, copies)] == 0).all()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("output", ["similarity", "distance"])
@pytest.mark.parametrize("sparse", [{}, {"n_neighbors": 3}, {"threshold": 0.4}])
def test_fit_transform_equals_fit_then_transform(metric, output, sparse, hard_sequences):
    X = hard_sequences()
    model = KmerSimilarity(k=4, metric=metric, output=output, **sparse)
    together, apart = model.fit_transform(X), model.fit(X).transform(X)
    if sparse:
        assert together.nnz > 0
        together, apart = together.toarray(), apart.toarray()
    assert np.array_equal(together, apart)


def test_canonical_ignores_the_strand(random_dna, naive):
    X = random_dna(6, 80)
    turned = [naive.reverse_complement(text) if i % 2 else text for i, text in enumerate(X)]
    model = KmerSimilarity(k=(5, 12), canonical=True)
    assert np.array_equal(model.fit_transform(X), model.fit_transform(turned))
    assert not np.array_equal(KmerSimilarity().fit_transform(X), KmerSimilarity().fit_transform(turned))
    distances = model.set_params(output="distance").fit(X).transform(turned)
    assert np.array_equal(np.diag(distances), np.zeros(6))


def test_new_kmers_count_in_the_size_of_new_sequences():
    model = KmerSimilarity(k=2, metric="jaccard").fit(["AAC"])
    # AA is shared; AG, GG are new: 1 / |{AA, AC, AG, GG}|
    assert model.transform(["AAGG"])[0, 0] == 1 / 4


@pytest.mark.parametrize("metric", POOLED)
def test_common_and_rare_kmers_together_are_exact(metric, rng, naive):
    # two-letter sequences hold every short k-mer (dense product), long ones are rare (sparse product)
    X = ["".join(row) for row in rng.choice(list("AC"), size=(40, 120))]
    scores = KmerSimilarity(k=(2, 14), metric=metric).fit_transform(X)
    np.testing.assert_allclose(scores, naive.matrix(X, X, range(2, 15), metric), atol=1e-12)


def test_counts_beyond_single_precision_are_exact():
    X = ["A" * 6000, "A" * 5999 + "C"]
    cosine = KmerSimilarity(k=1, metric="cosine").fit_transform(X)
    assert cosine[0, 1] == pytest.approx(5999 * 6000 / 6000 / np.sqrt(5999**2 + 1), abs=1e-15)
    assert cosine[0, 0] == 1


@pytest.mark.realdata
@pytest.mark.parametrize("metric", POOLED)
def test_real_promoters_equal_naive_counts(metric, real_data, naive):
    table = pd.read_csv(real_data / "promoters" / "promoters.csv.gz", index_col="gene_id")
    with_n = table.sequence[table.sequence.str.contains("N")]
    related = table.sort_values("orthogroup").sequence
    X = pd.concat([with_n[:4], related[:16], table.sequence[-5:]])
    scores = KmerSimilarity(k=(5, 12), metric=metric, canonical=True).fit_transform(X)
    expected = naive.matrix([*X], [*X], range(5, 13), metric, canonical=True)
    np.testing.assert_allclose(scores, expected, atol=1e-12)


@pytest.mark.realdata
def test_real_plastome_regions_equal_naive_counts(real_data, naive):
    from Bio import SeqIO

    record = SeqIO.read(real_data / "plastomes" / "NC_000932.1.gb", "genbank")
    starts = [int(f.location.start) for f in record.features if f.type == "gene"]
    X = [str(record.seq[start - 300 : start]) for start in starts if start > 300][:24]
    assert np.array_equal(KmerSimilarity().fit_transform(X), naive.matrix(X, X, range(5, 13), "shared"))


def dense_neighbours(distances, n, shares):
    """First n columns by (distance, nothing shared, column) of each row."""
    columns = np.broadcast_to(np.arange(distances.shape[1]), distances.shape)
    return np.lexsort((columns, ~shares, distances))[:, :n]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("no_shared", [1.0, 0.0, 3.0])
@pytest.mark.parametrize("k", [2, 8])
def test_neighbour_graph_equals_dense(metric, no_shared, k, hard_sequences):
    X = hard_sequences()
    fitted, new = X[3:], X[:-2]
    model = KmerSimilarity(k=k, metric=metric, output="distance", no_shared=no_shared).fit(fitted)
    dense = model.transform(new)
    similar = clone(model).set_params(output="similarity").fit(fitted).transform(new)
    graph = model.set_params(n_neighbors=5).transform(new)
    assert graph.format == "csr"
    assert np.array_equal(np.diff(graph.indptr), np.full(len(new), 5))
    expected = dense_neighbours(dense, 5, (similar > 0) | (dense == 0) & (no_shared > 0))
    rows = np.arange(len(new))[:, None]
    assert np.array_equal(graph.data.reshape(-1, 5), np.sort(dense[rows, expected], axis=1))
    if no_shared >= 1:
        assert np.array_equal(np.sort(graph.indices.reshape(-1, 5), axis=1), np.sort(expected, axis=1))
    assert np.array_equal(graph.toarray()[rows, expected], dense[rows, expected])


def test_rows_that_share_nothing_are_filled_with_the_first_fitted():
    model = KmerSimilarity(k=3, output="distance", no_shared=7, n_neighbors=3)
    graph = model.fit(["AAAA", "CCCC", "GGGG", "TTTT"]).transform(["CCCG", "ATAT", "TTTT"])
    assert graph.indices.reshape(3, 3).tolist() == [[1, 0, 2], [0, 1, 2], [3, 0, 1]]
    assert graph.data.reshape(3, 3).tolist() == [[1, 7, 7], [7, 7, 7], [0, 7, 7]]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("output", ["similarity", "distance"])
@pytest.mark.parametrize("threshold", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("k", [2, 8])
def test_threshold_keeps_what_the_dense_output_has(metric, output, threshold, k, hard_sequences):
    X = hard_sequences()
    model = KmerSimilarity(k=k, metric=metric, output=output).fit(X)
    dense = model.transform(X)
    kept = dense >= threshold if output == "similarity" else dense <= threshold
    graph = model.set_params(threshold=threshold).transform(X)
    assert graph.nnz == kept.sum()
    rows, columns = np.repeat(np.arange(len(X)), np.diff(graph.indptr)), graph.indices
    assert kept[rows, columns].all()
    assert np.array_equal(graph.data, dense[rows, columns])


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("output", ["similarity", "distance"])
def test_pairs_exactly_at_the_threshold_are_kept_by_sparse_products_too(metric, output, random_dna, monkeypatch):
    pieces = zip(random_dna(40, 60), random_dna(40, 20), strict=True)
    X = [text for parent, own in pieces for text in (parent, parent[10:], parent[:30] + own, parent[5:40])]
    model = KmerSimilarity(k=8, metric=metric, output=output).fit(X)
    dense = model.transform(X)
    occurring = np.unique(dense)[1:-1]
    monkeypatch.setattr(IncidenceProduct, "dense_block", None)
    for threshold in occurring[:: max(len(occurring) // 5, 1)]:
        kept = dense >= threshold if output == "similarity" else dense <= threshold
        graph = model.set_params(threshold=threshold).transform(X)
        assert graph.nnz == kept.sum()
        assert kept[np.repeat(np.arange(len(X)), np.diff(graph.indptr)), graph.indices].all()


def test_sparse_graph_serves_scikit_learn(random_dna, rng):
    parents = random_dna(10, 120)
    windows = [parent[i : i + 40] for parent in parents for i in range(0, 81, 4)]
    y = np.repeat(np.arange(10), 21)
    train = rng.permutation(len(windows))[:120]
    test = np.setdiff1d(np.arange(len(windows)), train)
    memoriser = make_pipeline(
        KmerSimilarity(k=12, output="distance", n_neighbors=2),
        KNeighborsClassifier(n_neighbors=1, metric="precomputed"),
    )
    memoriser.fit([windows[i] for i in train], y[train])
    assert memoriser.score([windows[i] for i in train], y[train]) == 1
    assert memoriser.score([windows[i] for i in test], y[test]) > 0.95


@pytest.mark.parametrize("rows", [1, 7, 64])
@pytest.mark.parametrize("sparse", [{}, {"n_neighbors": 4}, {"threshold": 20}])
def test_blocks_do_not_change_the_result(rows, sparse, random_dna, monkeypatch):
    X = random_dna(100, 40)
    model = KmerSimilarity(k=(3, 8), **sparse)
    whole = model.fit_transform(X)
    monkeypatch.setattr("seqaug_sklearn.similarity._kmer_similarity._BLOCK_ROWS", rows)
    for blockwise in (model.fit_transform(X), model.transform(X)):
        assert (blockwise != whole).sum() == 0


def test_memory_limit_makes_blocks_smaller(random_dna):
    X = random_dna(600, 30)
    whole, unlimited = peak_memory(lambda: KmerSimilarity(k=(3, 6)).fit_transform(X))
    blockwise, limited = peak_memory(lambda: KmerSimilarity(k=(3, 6), max_memory="7MB").fit_transform(X))
    assert np.array_equal(blockwise, whole)
    assert limited < 7e6 < unlimited


@pytest.mark.parametrize("sparse", [{}, {"n_neighbors": 3}, {"threshold": 2}])
def test_parallel_equals_serial(sparse, random_dna):
    X = random_dna(90, 50)
    model = KmerSimilarity(k=(4, 6), **sparse)
    serial = model.fit_transform(X)
    parallel = model.set_params(n_jobs=2).fit_transform(X)
    if sparse:
        serial, parallel = serial.toarray(), parallel.toarray()
    assert np.array_equal(serial, parallel)


def test_threads_of_a_joblib_context_equal_serial(random_dna):
    X = random_dna(90, 50)
    serial = KmerSimilarity(k=(4, 6)).fit_transform(X)
    with joblib.parallel_config(backend="threading", n_jobs=3):
        assert np.array_equal(KmerSimilarity(k=(4, 6)).fit_transform(X), serial)


@pytest.mark.slow
def test_dask_workers_give_the_same_matrix(random_dna):
    distributed = pytest.importorskip("distributed", reason="the extra 'scale' is not installed")
    X = random_dna(60, 50)
    serial = KmerSimilarity(k=(4, 6)).fit_transform(X)
    nearest = KmerSimilarity(k=(4, 6), n_neighbors=3).fit_transform(X)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        assert np.array_equal(KmerSimilarity(k=(4, 6)).fit_transform(X), serial)
        assert (KmerSimilarity(k=(4, 6), n_neighbors=3).fit_transform(X) != nearest).nnz == 0


def test_pairs_holds_every_pair_once(random_dna):
    X = pd.Series(random_dna(100, 40), index=[f"gene{i}" for i in range(100)])
    model = KmerSimilarity(k=3, n_neighbors=2).fit(X)
    pairs = model.pairs()
    dense = model.set_params(n_neighbors=None).transform(X)
    assert len(pairs) == 4950
    first, second = X.index.get_indexer(pairs["first"]), X.index.get_indexer(pairs["second"])
    assert (first < second).all()
    assert len({*zip(first, second, strict=True)}) == 4950
    assert pairs["similarity"].dtype == np.int64
    assert np.array_equal(pairs["similarity"], dense[first, second])
    np.testing.assert_array_equal(pairs["distance"], 1 / dense[first, second])


def test_pairs_without_identifiers_are_numbered():
    pairs = KmerSimilarity(k=2).fit(["ACGT", "ACGG", "TTTT"]).pairs()
    assert pairs[["first", "second"]].to_numpy().tolist() == [[0, 1], [0, 2], [1, 2]]
    assert pairs["distance"].tolist() == [1 / 2, 1, 1]


class RecordingSVC(SVC):
    """An SVC that remembers the shapes it saw."""

    shapes = []

    def fit(self, X, y):
        self.shapes.append(("fit", X.shape))
        return super().fit(X, y)

    def predict(self, X):
        self.shapes.append(("predict", X.shape))
        return super().predict(X)


def test_pipeline_fits_on_training_rows_only(random_dna):
    X, y = np.array(random_dna(30, 60)), np.arange(30) % 2
    RecordingSVC.shapes.clear()
    folds = StratifiedKFold(3)
    result = cross_validate(
        make_pipeline(KmerSimilarity(), RecordingSVC(kernel="precomputed")), X, y, cv=folds, return_estimator=True
    )
    assert RecordingSVC.shapes == [("fit", (20, 20)), ("predict", (10, 20))] * 3
    for estimator, (train, test) in zip(result["estimator"], folds.split(X, y), strict=True):
        seen = {X[i][j : j + 12] for i in train for j in range(49)}
        only_in_test = {X[i][j : j + 12] for i in test for j in range(49)} - seen
        vocabulary = estimator[0].vocabulary_.kmers[12]
        assert only_in_test
        assert len(vocabulary) == len(seen)
        fresh = KmerSimilarity().fit(X[train])
        assert np.array_equal(estimator[0].transform(X[test]), fresh.transform(X[test]))
        assert np.array_equal(vocabulary, fresh.vocabulary_.kmers[12])


def test_grid_search_over_k(random_dna, rng):
    X = [text[:30] + "ACGTTGCA" * (i % 2) + text[30:] for i, text in enumerate(random_dna(24, 60))]
    y = np.arange(24) % 2
    pipeline = make_pipeline(KmerSimilarity(), SVC(kernel="precomputed"))
    search = GridSearchCV(pipeline, {"kmersimilarity__k": [3, 6, (5, 8)]}, cv=3).fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_score_ > 0.8


def test_clone_and_pickle(random_dna):
    X = random_dna(12, 50)
    model = KmerSimilarity(k=(3, 40), canonical=True, output="distance").fit(X)
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.transform(X[:4]), model.transform(X[:4]))
    assert clone(model).get_params() == model.get_params()
    assert not hasattr(clone(model), "n_fitted_")


def test_refit_forgets(random_dna):
    first, second = random_dna(5, 40), random_dna(7, 40)
    model = KmerSimilarity(k=(3, 39)).fit(pd.Series(first))
    model.fit(second)
    assert model.identifiers_ is None
    assert np.array_equal(model.transform(first), KmerSimilarity(k=(3, 39)).fit(second).transform(first))


def test_feature_names_and_pandas_output(random_dna):
    model = KmerSimilarity(k=3).set_output(transform="pandas")
    frame = model.fit_transform(pd.Series(random_dna(3, 20), index=["a", "b", "c"]))
    assert frame.columns.tolist() == ["kmersimilarity0", "kmersimilarity1", "kmersimilarity2"]
    assert frame.index.tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("form", [list, np.array, pd.Series, lambda X: pd.DataFrame({"sequence": X})])
def test_accepted_forms(form, random_dna):
    X = random_dna(5, 30)
    assert np.array_equal(KmerSimilarity(k=4).fit_transform(form(X)), KmerSimilarity(k=4).fit_transform(X))


def test_one_sequence_can_be_a_reference_but_has_no_pairs():
    model = KmerSimilarity(k=3)
    assert model.fit_transform(["ACGTA"]).tolist() == [[3]]
    with pytest.raises(SequenceError, match="at least two fitted sequences"):
        model.pairs()


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"k": 21}, SequenceError, "21 residues, but the longest sequence has 20"),
        ({"k": (5, 30)}, SequenceError, "30 residues, but the longest sequence has 20"),
        ({"k": (8, 5)}, ValueError, "low <= high"),
        ({"k": (0, 5)}, ValueError, "1 <= low"),
        ({"k": (3, 4, 5)}, ValueError, "k must be an int or a range"),
        ({"k": (3.0, 4.0)}, ValueError, "k must be an int or a range"),
        ({"k": 0}, ValueError, "'k' parameter"),
        ({"metric": "mash"}, ValueError, "needs one k"),
        ({"metric": "euclidean"}, ValueError, "'metric' parameter"),
        ({"alphabet": "protein", "canonical": True}, ValueError, "no complement"),
        ({"threshold": 1.0, "n_neighbors": 2}, ValueError, "exclude each other"),
        ({"n_neighbors": 4}, ValueError, "more than the 3 fitted"),
        ({"max_memory": "plenty"}, ValueError, "max_memory must be"),
        ({"max_memory": 1000}, MemoryError, "max_memory allows 1.0 kB"),
        ({"no_shared": -1}, ValueError, "'no_shared' parameter"),
    ],
)
def test_bad_parameters(parameters, error, message, random_dna):
    with pytest.raises(error, match=message):
        KmerSimilarity(**parameters).fit(random_dna(3, 20))


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("ACGTACGTACGT", SequenceTypeError, "single sequence"),
        (["ACGTACGTACGT", None], SequenceTypeError, "missing"),
        (["ACGTACGTACGT", ""], SequenceError, "empty"),
        (["ACGTACGTACGT", "MKLVQEFILPQE"], SequenceError, "sequence number 1, position 2: symbol 'L'"),
        (["ACGUACGUACGU"], SequenceError, "alphabet='rna'"),
    ],
)
def test_bad_sequences(X, error, message):
    with pytest.raises(error, match=message):
        KmerSimilarity().fit(X)


def test_dense_output_beyond_the_limit_is_refused_before_the_work(random_dna):
    X = random_dna(1000, 10)
    model = KmerSimilarity(k=10, max_memory="4MB").fit(X)
    with pytest.raises(MemoryError, match=r"1000 with 1000 sequences needs about 8\..*set n_neighbors or threshold"):
        model.transform(X)
    assert model.set_params(n_neighbors=2).transform(X).shape == (1000, 1000)
    with pytest.raises(MemoryError, match="499500 pairs"):
        model.pairs()


def test_sparse_output_never_becomes_dense_in_between(random_dna):
    X = random_dna(4000, 40)
    model = KmerSimilarity(k=12, n_neighbors=1, output="distance")
    graph, peak = peak_memory(lambda: model.fit_transform(X))
    assert graph.nnz == 4000
    # the dense matrix would take 128 MB
    assert peak < 60e6


def test_without_a_limit_no_limit_is_blamed(random_dna, monkeypatch):
    model = KmerSimilarity().fit(random_dna(30, 60))
    monkeypatch.setattr("seqaug_sklearn.utils._memory.available_memory", lambda: 1e5)
    with pytest.raises(MemoryError, match="of the memory that is free; narrow k or pass fewer sequences") as caught:
        model.transform(random_dna(30, 60))
    assert "max_memory" not in str(caught.value)
