"""LanguageModelEmbedder: the numbers, the forms of input, chunks, streams."""

import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

from seqaug_sklearn.embedding import LanguageModelEmbedder, PairFeatures, kmer_tokens
from seqaug_sklearn.embedding._model import resolve_dtype
from seqaug_sklearn.exceptions import InsufficientMemoryError, SeqAugWarning, SequenceError, SequenceTypeError
from seqaug_sklearn.utils import _memory

CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def embedder(folder, **changes):
    return LanguageModelEmbedder(folder, **({"kmer": 3, "device": "cpu"} | changes))


@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
@pytest.mark.parametrize("layer", [-1, 0, 1, -2])
def test_equals_transformers_one_sequence_at_a_time(bert, mixed_dna, reference, bert_tokens, pooling, layer):
    expected = reference(bert, [bert_tokens(text) for text in mixed_dna], layer=layer, pooling=pooling)
    assert np.ptp(expected, axis=0).max() > 0.1 or (pooling, layer) == ("cls", 0)
    found = embedder(bert, pooling=pooling, layer=layer, batch_size=7).fit_transform(mixed_dna)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, **CLOSE)


def test_protein_model_with_its_own_tokenizer(esm, rng, reference):
    proteins = ["".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), n)) for n in (1, 5, 17, 30, 9)]
    expected = reference(esm, [["<cls>", *text, "<eos>"] for text in proteins])
    model = embedder(esm, kmer=None, batch_size=3).fit(proteins)
    assert model.max_length_ == 32, "ESM numbers positions from the padding index on"
    np.testing.assert_allclose(model.transform(proteins), expected, **CLOSE)
    np.testing.assert_allclose(model.transform([text.lower() for text in proteins]), expected, **CLOSE)


def test_nucleotide_transformer_with_tokens_side_by_side(nucleotide_transformer, reference):
    X = ["ACGTA", "ACNGT", "GG", "acgta"]
    tokens = [["AC", "GT", "A"], ["AC", "N", "GT"], ["GG"], ["AC", "GT", "A"]]
    model = embedder(nucleotide_transformer, kmer=None, batch_size=2).fit(X)
    assert model.tokenize(X) == tokens
    expected = reference(nucleotide_transformer, [["<cls>", *words] for words in tokens])
    np.testing.assert_allclose(model.transform(X), expected, **CLOSE)


@pytest.mark.parametrize("batch_size", [1, 2, 11, 64])
def test_batch_size_order_and_neighbours_do_not_matter(bert, mixed_dna, rng, batch_size):
    long = [*mixed_dna, "ACGTTGCA" * 20]
    expected = np.concatenate([embedder(bert).fit_transform([text]) for text in long])
    order = rng.permutation(len(long))
    found = embedder(bert, batch_size=batch_size).fit_transform([long[i] for i in order])
    np.testing.assert_allclose(found, expected[order], **CLOSE)


def test_batches_hold_sequences_of_similar_length(bert, mixed_dna, forward_passes):
    embedder(bert, batch_size=8).fit_transform(mixed_dna)
    tokens = sum(len(text) for text in set(mixed_dna))  # k - 1 tokens fewer, two special ones more
    assert sum(rows for rows, _ in forward_passes) == len(set(mixed_dna))
    assert sum(rows * width for rows, width in forward_passes) < 1.2 * tokens


def test_a_pass_on_a_cpu_is_limited_by_its_tokens(bert, make_bert, random_dna, tmp_path, forward_passes):
    wide = make_bert(tmp_path / "wide", (bert / "vocab.txt").read_text().split(), hidden_size=2048, num_hidden_layers=1)
    X = random_dna(120, 18)  # 16 tokens
    for folder, n_tokens in ((bert, 1024), (wide, 256)):
        forward_passes.clear()
        embedder(folder, batch_size=200).fit_transform(X)
        assert max(rows for rows, _ in forward_passes) == n_tokens // 16
        assert sum(rows for rows, _ in forward_passes) == 120


def naive_chunks(tokens, capacity):
    """First chunk at the start, last at the end, the fewest that overlap by a quarter, spread evenly."""
    if len(tokens) <= capacity:
        return [tokens]
    stride, rest = capacity - capacity // 4, len(tokens) - capacity
    n_chunks = 1
    while (n_chunks - 1) * stride < rest:
        n_chunks += 1
    return [tokens[i * rest // (n_chunks - 1) :][:capacity] for i in range(n_chunks)]


@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
@pytest.mark.parametrize("length", [32, 33, 54, 55, 56, 200])
def test_long_sequences_are_cut_into_overlapping_chunks(bert, reference, bert_tokens, random_dna, pooling, length):
    (text,) = random_dna(1, length)
    chunks = naive_chunks(bert_tokens(text)[1:-1], 30)
    assert len(chunks) == {32: 1, 33: 2, 54: 2, 55: 2, 56: 3, 200: 9}[length]
    vectors = reference(bert, [["[CLS]", *chunk, "[SEP]"] for chunk in chunks], pooling=pooling)
    expected = vectors.max(0) if pooling == "max" else vectors.mean(0)
    found = embedder(bert, pooling=pooling, batch_size=4).fit_transform([text, "ACGT"])
    np.testing.assert_allclose(found[0], expected, **CLOSE)


def test_max_length_shortens_the_chunks(bert, forward_passes, random_dna):
    model = embedder(bert, max_length=12).fit_transform(random_dna(3, 40))
    assert model.shape == (3, 16)
    assert {width for _, width in forward_passes} == {12}
    embedder(bert, max_length=3).fit_transform(["ACGTA"])
    assert forward_passes[-1] == (3, 3), "one k-mer at a time"


@pytest.mark.parametrize("max_length", [2, 33])
def test_max_length_that_does_not_suit_the_model(bert, max_length):
    with pytest.raises(ValueError, match=rf"max_length={max_length} does not suit .* from 3 to 32"):
        embedder(bert, max_length=max_length).fit(["ACGT"])


@pytest.mark.parametrize("layer", [3, -4])
def test_layer_that_does_not_exist(bert, layer):
    with pytest.raises(ValueError, match=rf"layer={layer} does not exist: the model has 2 layers"):
        embedder(bert, layer=layer).fit(["ACGT"])


def test_lower_case_and_rna_are_the_same_sequence(bert, forward_passes):
    found = embedder(bert).fit_transform(["ACGTTA", "acgtta", "ACGUUA", "acguua"])
    assert (found == found[0]).all()
    assert forward_passes == [(1, 6)]


def test_a_kmer_with_an_ambiguous_symbol_is_the_unknown_token(bert, reference):
    tokens = ["[CLS]", "ACG", "[UNK]", "[UNK]", "[UNK]", "TTA", "[SEP]"]
    with pytest.warns(SeqAugWarning, match=r"does not know 60% of the tokens.*number 0, 'ACGNTTA' \(60%\)"):
        found = embedder(bert).fit_transform(["ACGNTTA"])
    np.testing.assert_allclose(found, reference(bert, [tokens]), **CLOSE)
    assert embedder(bert).fit(["ACGNTTA"]).tokenize(["ACGNTTA"]) == [tokens[1:-1]]


def test_repeated_sequences_are_computed_once(bert, forward_passes, mixed_dna):
    model = embedder(bert, batch_size=16).fit(mixed_dna)
    once = model.transform(mixed_dna)
    n_rows = sum(rows for rows, _ in forward_passes)
    many = model.transform(mixed_dna * 5)
    assert sum(rows for rows, _ in forward_passes) == 2 * n_rows
    np.testing.assert_array_equal(many, np.tile(once, (5, 1)))


@pytest.mark.parametrize(
    "form",
    [
        lambda first, second: list(zip(first, second, strict=True)),
        lambda first, second: [[a, b] for a, b in zip(first, second, strict=True)],
        lambda first, second: np.column_stack([first, second]),
        lambda first, second: np.column_stack([first, second]).astype(object),
        lambda first, second: pd.Series(list(zip(first, second, strict=True))),
        lambda first, second: pd.DataFrame({"a": first, "b": second}),
    ],
)
def test_pairs_are_two_embeddings_side_by_side(bert, random_dna, form):
    first, second = random_dna(7, 9), random_dna(7, 20)
    model = embedder(bert)
    expected = np.hstack([model.fit_transform(first), model.fit_transform(second)])
    pairs = form(first, second)
    np.testing.assert_allclose(model.fit_transform(pairs), expected, **CLOSE)
    assert model.n_texts_ == 2
    names = model.get_feature_names_out().tolist()
    assert names == [f"{side}_{i}" for side in ("first", "second") for i in range(16)]


def test_names_and_frames(bert):
    X = pd.Series(["ACGT", "GGGT"], index=["geneA", "geneB"])
    model = embedder(bert).set_output(transform="pandas")
    frame = model.fit_transform(X)
    assert frame.index.tolist() == ["geneA", "geneB"]
    assert frame.columns.tolist() == [f"embedding_{i}" for i in range(16)]


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (["ACGT", "AC"], SequenceError, "sequence number 1 has 2 residues, fewer than the 3 needed"),
        (pd.Series(["ACGT", "AC"], index=["a", "b"]), SequenceError, "sequence 'b' has 2 residues"),
        ([("ACGT", "AC")], SequenceError, "X, second of the pair: sequence number 0 has 2 residues"),
        ([("ACGT", "ACGE")], SequenceError, "sequence number 0, second of the pair, position 3: symbol 'E'"),
        (["ACGT", "ACGE"], SequenceError, "sequence number 1, position 3: symbol 'E' is neither DNA nor RNA"),
        (["ACÄT"], SequenceError, "position 2: symbol 'Ä'"),
        (["ACGT", "ANGTN"], SequenceError, "sequence number 1 has no 3 residues in a row"),
        ([("ACGT", "ACGT"), ("ACGT",)], SequenceError, "row 1 holds 1 sequences and row 0 holds 2"),
        (np.array([("ACGT", "ACGT"), ("ACGT",)], object), SequenceError, "row 1 holds 1 sequences and row 0 holds 2"),
        (pd.Series([("ACGT", "ACGT"), ("ACGT",)]), SequenceError, "row 1 holds 1 sequences and row 0 holds 2"),
        ([("ACGT", "ACGT"), "ACGT"], SequenceTypeError, "sequence number 1 is of type str, while other rows are pairs"),
        ((["ACGT"] * 4, ["ACGT"] * 4), SequenceTypeError, r"tuple of two columns; pass pairs: list\(zip"),
        (zip(["ACGT"], ["ACGT"], strict=True), SequenceTypeError, r"zip object.*pass list\(X\)"),
        ({"ACGT", "TTTT"}, SequenceTypeError, "X is a set, which has no order"),
        ([["ACGT"] * 3] * 2, SequenceError, r"shape \(n_samples,\) or \(n_samples, 2\), got rows of 3"),
        (np.full((2, 3), "ACGT"), SequenceError, r"got an array of shape \(2, 3\)"),
        (pd.DataFrame([["ACGT"] * 3]), SequenceError, "got a DataFrame with 3 columns"),
        (pd.DataFrame({"a": ["ACGT"], "b": [None]}, index=["g"]), SequenceTypeError, "second of the pair: .*'g'"),
        (np.array([["ACGT", ""]]), SequenceError, "sequence number 0 is empty"),
        (np.zeros((2, 2)), SequenceTypeError, "is a number"),
    ],
)  # fmt: skip
def test_bad_input(bert, X, error, message):
    with pytest.raises(error, match=message):
        embedder(bert).fit(X)
    wide = getattr(X, "ndim", 1) == 2 or isinstance(next(iter(X)), (tuple, list))
    fitted = embedder(bert).fit([("ACGT", "ACGT")] if wide else ["ACGT"])
    with pytest.raises(error, match=message):
        fitted.transform(X)


def test_fit_decides_between_sequences_and_pairs(bert):
    single, pair = ["ACGT"], [("ACGT", "ACGT")]
    with pytest.raises(SequenceError, match="X holds pairs, but single sequences are needed"):
        embedder(bert).fit(single).transform(pair)
    with pytest.raises(SequenceError, match="X holds single sequences, but pairs are needed"):
        embedder(bert).fit(pair).transform(single)


def test_a_model_that_knows_nothing_of_a_sequence(bert, esm):
    with pytest.raises(SequenceError, match=r"sequence number 1 holds no token that model=.* knows: pass kmer="):
        embedder(esm, kmer=None).fit(["MK"]).transform(["MK", "123"])


def test_pickle_and_clone_hold_no_weights(bert, mixed_dna):
    fitted = embedder(bert).fit(mixed_dna)
    expected = fitted.transform(mixed_dna)
    data = pickle.dumps(fitted)
    assert len(data) < 3000
    np.testing.assert_array_equal(pickle.loads(data).transform(mixed_dna), expected)
    np.testing.assert_array_equal(clone(fitted).fit(mixed_dna).transform(mixed_dna), expected)


def test_threads_give_the_same(bert, mixed_dna):
    fitted = embedder(bert).fit(mixed_dna)
    expected = fitted.transform(mixed_dna)
    for found in joblib.Parallel(2, prefer="threads")(joblib.delayed(fitted.transform)(mixed_dna) for _ in range(4)):
        np.testing.assert_allclose(found, expected, **CLOSE)


def test_loading_a_model_leaves_the_global_generator_alone(make_bert, tmp_path):
    folder = make_bert(tmp_path / "m", ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"ACGT"])
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    embedder(folder, kmer=1).fit_transform(["ACGT"])
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("block_size", [1, 7, 1000])
def test_streams_equal_transform(bert, mixed_dna, tmp_path, block_size):
    model = embedder(bert).fit(mixed_dna)
    expected = model.transform(mixed_dna)
    blocks = list(model.iter_transform(iter(mixed_dna), block_size=block_size))
    assert [len(block) for block in blocks] == [len(mixed_dna[i : i + block_size]) for i in range(0, 40, block_size)]
    np.testing.assert_allclose(np.concatenate(blocks), expected, **CLOSE)
    written = model.transform_to(tmp_path / "x.npy", (text for text in mixed_dna), block_size=block_size)
    assert isinstance(written, np.memmap)
    assert not written.flags.writeable
    np.testing.assert_allclose(np.load(tmp_path / "x.npy"), expected, **CLOSE)


def test_a_stream_is_read_no_further_than_the_block(bert, random_dna):
    model, read = embedder(bert).fit(["ACGT"]), []
    blocks = model.iter_transform((read.append(text) or text for text in random_dna(50, 9)), block_size=8)
    assert not read
    for n_blocks in (1, 2, 3):
        next(blocks)
        assert len(read) == 8 * n_blocks


@pytest.mark.parametrize("form", [np.array, pd.DataFrame, iter])
def test_streams_of_pairs(bert, random_dna, form):
    pairs = list(zip(random_dna(5, 8), random_dna(5, 12), strict=True))
    model = embedder(bert).fit(pairs)
    found = np.concatenate(list(model.iter_transform(form(pairs), block_size=2)))
    np.testing.assert_allclose(found, model.transform(pairs), **CLOSE)


def test_streams_name_the_row_and_leave_no_file(bert, tmp_path):
    model = embedder(bert).fit(["ACGT"])
    with pytest.raises(SequenceError, match="sequence 5 has 1 residues"):
        model.transform_to(tmp_path / "x.npy", ["ACGT"] * 5 + ["A"], block_size=2)
    with pytest.raises(SequenceError, match="sequence number 5, position 0: symbol 'E'"):
        list(model.iter_transform(["ACGT"] * 5 + ["EEE"], block_size=2))
    with pytest.raises(SequenceError, match="no sequences"):
        model.transform_to(tmp_path / "x.npy", iter(()))
    with pytest.raises(SequenceTypeError, match="single sequence"):
        model.iter_transform("ACGT")
    with pytest.raises(ValueError, match="block_size must be a positive int, got 0"):
        model.iter_transform(["ACGT"], block_size=0)
    with pytest.raises(FileNotFoundError, match="does not exist; make it first"):
        model.transform_to(tmp_path / "no" / "x.npy", ["ACGT"])
    assert not list(tmp_path.iterdir())


def test_progress_counts_every_sequence_once(bert, mixed_dna, tmp_path, capsys):
    model = embedder(bert, verbose=1, cache_dir=tmp_path).fit(mixed_dna)
    for _ in range(2):
        model.transform(list(zip(mixed_dna, mixed_dna, strict=True)) if model.n_texts_ == 2 else mixed_dna * 2)
        assert "80/80" in capsys.readouterr().err
    embedder(bert).fit_transform(mixed_dna)
    assert capsys.readouterr().err == ""


def test_the_pair_system_is_one_pipeline(bert, random_dna, tmp_path):
    """Text pairs, embeddings, scaling on training rows, pair features, classifier; validated and searched."""
    first = random_dna(24, 12)
    second = [text if i % 2 else text[::-1] for i, text in enumerate(first)]
    X, y = np.column_stack([first, second]), np.arange(24) % 2
    pipeline = Pipeline(
        [
            ("embed", embedder(bert, cache_dir=tmp_path)),
            ("scale", MinMaxScaler((-1, 1))),
            ("pair", PairFeatures()),
            ("model", LogisticRegression(max_iter=500)),
        ]
    )
    scores = cross_validate(pipeline, X, y, cv=3, return_estimator=True, error_score="raise")
    assert len(scores["test_score"]) == 3
    scale = scores["estimator"][0]["scale"]
    assert not np.allclose(scale.data_max_, MinMaxScaler().fit(pipeline["embed"].fit_transform(X)).data_max_)
    assert scores["estimator"][0][:-1].get_feature_names_out().tolist()[:2] == ["first_0", "first_1"]
    space = {"pair__features": [("product",), ("first", "second")], "model__C": [0.1, 1]}
    search = GridSearchCV(pipeline, space, cv=2, error_score="raise")
    assert search.fit(X, y).best_estimator_.predict(X[:3]).shape == (3,)


@pytest.mark.realdata
def test_dnabert_vocabulary_has_no_unknown_kmer(real_data, make_bert, tmp_path, random_dna):
    """The published files, with random weights of a smaller network."""
    published = real_data / "dnabert_6mer"
    vocabulary = (published / "vocab.txt").read_text().split()
    folder = make_bert(tmp_path / "dnabert", vocabulary, max_position_embeddings=512)
    for name in ("vocab.txt", "tokenizer_config.json", "special_tokens_map.json"):
        (folder / name).write_bytes((published / name).read_bytes())
    X = [*random_dna(50, 300), "acgtacgtac"]
    tokens = embedder(folder, kmer=6).fit(X).tokenize(X)
    assert [" ".join(row) for row in tokens] == kmer_tokens(X, 6)
    assert {token for row in tokens for token in row} <= set(vocabulary) - {"[UNK]"}
    assert embedder(folder, kmer=6).fit(X).max_length_ == 512


@pytest.mark.realdata
def test_dnabert_configuration_without_a_model_type_is_read(real_data, tmp_path, bert):
    from seqaug_sklearn.embedding._source import find_model, load_config

    for name in ("config.json", "vocab.txt", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((real_data / "dnabert_6mer" / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes((bert / "model.safetensors").read_bytes())
    config = load_config(find_model(tmp_path))
    assert (config.model_type, config.hidden_size, config.vocab_size) == ("bert", 768, 4101)


@pytest.mark.parametrize("precision", ["float16", "bfloat16"])
def test_half_precision_is_near_and_gives_float32(bert, mixed_dna, precision):
    expected = embedder(bert).fit_transform(mixed_dna)
    found = embedder(bert, precision=precision).fit_transform(mixed_dna)
    assert found.dtype == np.float32
    assert 0 < np.abs(found - expected).max() < 0.05 * np.abs(expected).max()


def test_half_precision_is_the_default_on_a_gpu_only():
    assert resolve_dtype("auto", torch.device("cuda", 1)) == "float16"
    assert resolve_dtype("auto", torch.device("cpu")) == resolve_dtype("auto", torch.device("mps")) == "float32"
    assert resolve_dtype("float32", torch.device("cuda")) == "float32"


@pytest.mark.gpu
def test_half_precision_on_a_gpu_is_near(bert, mixed_dna):
    expected = embedder(bert).fit_transform(mixed_dna)
    found = embedder(bert, device="cuda").fit_transform(mixed_dna)
    assert found.dtype == np.float32
    assert np.abs(found - expected).max() < 0.02 * np.abs(expected).max()
    exact = embedder(bert, device="cuda", precision="float32").fit_transform(mixed_dna)
    np.testing.assert_allclose(exact, expected, rtol=1e-4, atol=1e-4)


def test_vectors_that_memory_does_not_hold(bert, monkeypatch):
    model = LanguageModelEmbedder(bert, kmer=3, device="cpu").fit(["ACGT"])
    monkeypatch.setattr(_memory, "_NEVER_ASKED", 0)
    monkeypatch.setattr(_memory, "free_memory", lambda: 1000.0)
    with pytest.raises(
        InsufficientMemoryError,
        match=r"the vectors of 20 sequences with 16 columns: 1\.3 kB .*; write them to a file",
    ):
        model.transform(["ACGT"] * 20)
    assert sum(map(len, model.iter_transform(["ACGT"] * 20, block_size=5))) == 20
