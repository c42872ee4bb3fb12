"""A sequence alone, beside others and again has one vector, or is run so that it has."""

import numpy as np
import pytest
import torch

from seqaug_sklearn.embedding import LanguageModelEmbedder
from seqaug_sklearn.embedding import _model as _network
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning

CLOSE = {"rtol": 1e-5, "atol": 1e-5}


@pytest.fixture
def conv_bert(bert, tmp_path):
    from transformers import ConvBertConfig, ConvBertModel

    torch.manual_seed(0)
    config = ConvBertConfig(
        vocab_size=69, embedding_size=16, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=32, conv_kernel_size=5, initializer_range=0.5,
    )  # fmt: skip
    ConvBertModel(config).save_pretrained(tmp_path / "model")
    (tmp_path / "model" / "vocab.txt").write_bytes((bert / "vocab.txt").read_bytes())
    return tmp_path / "model"


def alone(folder, X):
    """By transformers alone, without padding."""
    from transformers import AutoModel

    words = (folder / "vocab.txt").read_text().split()
    network, found = AutoModel.from_pretrained(folder).eval(), []
    for text in X:
        tokens = ["[CLS]", *(text[i : i + 3] for i in range(len(text) - 2)), "[SEP]"]
        with torch.no_grad():
            found.append(network(torch.tensor([[words.index(t) for t in tokens]])).last_hidden_state[0].mean(0))
    return torch.stack(found).numpy()


def test_a_convolution_that_reads_padding_is_run_in_equal_lengths(conv_bert, mixed_dna, tmp_path, forward_passes):
    model = LanguageModelEmbedder(conv_bert, kmer=3, device="cpu", cache_dir=tmp_path / "cache").fit(mixed_dna)
    with pytest.warns(SeqAugWarning, match="another vector where it is padded beside a longer one: batches hold"):
        found = model.transform(mixed_dna)
    expected = alone(conv_bert, mixed_dna)
    np.testing.assert_allclose(found, expected, **CLOSE)
    np.testing.assert_allclose(model.transform(mixed_dna), expected, **CLOSE, err_msg="what is kept is right")
    assert len(forward_passes) == len({len(text) for text in mixed_dna}), "rows of one length go together"


def test_a_plain_encoder_is_padded_without_a_word(bert, mixed_dna, forward_passes):
    LanguageModelEmbedder(bert, kmer=3, device="cpu", batch_size=64).fit_transform(mixed_dna)
    assert len(forward_passes) == 2, "one of at most 1,024 tokens, and the rest"


def change_forward(folder, change):
    """Load the network and spoil what comes out of it; the next load is a sound one."""
    from seqaug_sklearn.embedding._source import find_model

    _network.load_network.cache_clear()
    adapter = _network.load_network(find_model(folder), torch.device("cpu"), "float32")
    forward = adapter.network.forward

    def changed(input_ids, attention_mask, output_hidden_states, **_):
        found = forward(input_ids, attention_mask=attention_mask, output_hidden_states=output_hidden_states)
        return {"last_hidden_state": change(found.last_hidden_state)}

    adapter.network.forward = changed


def test_a_network_that_reads_its_neighbours_is_run_row_by_row(bert, forward_passes):
    X = ["ACGTA", "CCGTA", "GCATA"]
    expected = alone(bert, X)
    try:
        change_forward(bert, lambda hidden: hidden - hidden.mean(0, keepdim=True) * (len(hidden) > 1))
        with pytest.warns(SeqAugWarning, match="each is run alone, which is slower"):
            found = LanguageModelEmbedder(bert, kmer=3, device="cpu").fit_transform(X)
    finally:
        _network.load_network.cache_clear()
    np.testing.assert_allclose(found, expected, **CLOSE)
    assert forward_passes == [(1, 5)] * 3


def test_a_network_that_draws_at_random_is_refused_and_nothing_is_kept(bert, tmp_path):
    model = LanguageModelEmbedder(bert, kmer=3, device="cpu", cache_dir=tmp_path)
    expected = alone(bert, ["ACGTA"])
    try:
        change_forward(bert, lambda hidden: hidden + torch.rand(1))
        with pytest.raises(DataFormatError, match="gives the same sequence another vector the second time"):
            model.fit_transform(["ACGTA"])
    finally:
        _network.load_network.cache_clear()
    np.testing.assert_allclose(model.fit_transform(["ACGTA"]), expected, **CLOSE)


def test_half_precision_is_no_reason_for_batches_of_equal_length(bert, mixed_dna, forward_passes):
    model = LanguageModelEmbedder(bert, kmer=3, device="cpu", precision="bfloat16", batch_size=64)
    model.fit_transform(mixed_dna)
    assert len(forward_passes) == 2, "one of at most 1,024 tokens, and the rest"


def test_special_tokens_are_left_out_of_mean_and_maximum(bert):
    from transformers import AutoModel

    words = (bert / "vocab.txt").read_text().split()
    numbers = torch.tensor([[words.index(t) for t in ("[CLS]", "ACG", "CGT", "[SEP]")]])
    with torch.no_grad():
        inner = AutoModel.from_pretrained(bert).eval()(numbers).last_hidden_state[0, 1:3].numpy()
    for pooling, expected in (("mean", inner.mean(0)), ("max", inner.max(0))):
        model = LanguageModelEmbedder(bert, kmer=3, device="cpu", pooling=pooling, special_tokens=False)
        np.testing.assert_allclose(model.fit_transform(["ACGT", "ACGTTGCA"])[0], expected, **CLOSE)
    with pytest.raises(ValueError, match="special_tokens=False leaves out the token that pooling='cls' takes"):
        model.set_params(pooling="cls").fit(["ACGT"])
