"""Networks of every kind: what goes in, what comes back, which class loads them."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import transformers

from seqaug_sklearn.embedding import LanguageModelEmbedder
from seqaug_sklearn.embedding._adapter import NetworkAdapter
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning

TINY = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
CLOSE = {"rtol": 1e-5, "atol": 1e-5}


class Net(torch.nn.Module):
    """Two layers without context: token t has vector (t, t, ...), then 10 t, then 100 t."""

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(4))

    def states(self, numbers):
        return [numbers[..., None] * self.scale * factor for factor in (1, 10, 100)]


class LastFirst(Net):
    """As DNABERT-2: a tuple, with the layers (not the embedding) where they are asked for."""

    def forward(self, input_ids, token_type_ids=None, attention_mask=None, output_all_encoded_layers=False, **kwargs):
        states = self.states(input_ids)
        return (states[1:] if output_all_encoded_layers else states[-1], states[-1][:, 0])


class Scores(Net):
    """A masked language model without a named output: scores of 6 tokens, and vectors if asked for."""

    def forward(self, input_ids, attention_mask, output_hidden_states=False):
        scores = torch.zeros(*input_ids.shape, 6)
        return (scores, tuple(self.states(input_ids))) if output_hidden_states else (scores,)


class NamedScores(Net):
    def forward(self, input_ids, output_hidden_states=None, return_dict=None):
        assert return_dict, "named output was to be asked for"
        states = tuple(self.states(input_ids)) if output_hidden_states else None
        return transformers.modeling_outputs.MaskedLMOutput(
            logits=torch.zeros(*input_ids.shape, 6), hidden_states=states
        )


class Bare(Net):
    """No name that is known, no mask, a tensor."""

    def forward(self, codes):
        return self.states(codes)[-1]


class OnlyScores(Net):
    def forward(self, input_ids):
        return {"logits": torch.zeros(*input_ids.shape, 6)}


class Shorter(Net):
    def forward(self, input_ids):
        return self.states(input_ids)[-1][:, ::2]


def run(network, layer):
    numbers = torch.tensor([[1, 2, 3], [4, 5, 0]])
    adapter = NetworkAdapter(network.eval(), "m", n_layers=2, width=4, n_tokens=6)
    return adapter.hidden(numbers, (numbers > 0).long(), layer=layer)[..., 0].tolist()


@pytest.mark.parametrize("network", [LastFirst, Scores, NamedScores])
def test_layers_are_found_in_tuples_lists_and_named_outputs(network):
    for layer, factor in ((-1, 100.0), (2, 100.0), (1, 10.0)):
        assert run(network(), layer) == [[factor, 2 * factor, 3 * factor], [4 * factor, 5 * factor, 0.0]]


def test_a_tensor_of_unnamed_input():
    assert run(Bare(), -1)[0] == [100.0, 200.0, 300.0]
    with pytest.raises(DataFormatError, match="no vectors of its tokens at layer 1; pass layer=-1"):
        run(Bare(), 1)


def test_the_embedding_of_tokens_that_is_not_given():
    with pytest.raises(DataFormatError, match="no vectors of its tokens at layer 0"):
        run(LastFirst(), 0)


@pytest.mark.parametrize("network", [OnlyScores, Shorter])
def test_what_has_no_vector_for_each_token_is_refused(network):
    with pytest.raises(DataFormatError, match="its network gives no vectors of its tokens; choose an encoder"):
        run(network(), -1)


def test_an_error_of_the_network_names_the_model():
    class Fails(Net):
        def forward(self, input_ids):
            raise RuntimeError("kernel larger than input")

    with pytest.raises(DataFormatError, match=r"does not run on 2 x 3 tokens \(kernel larger than input\)"):
        run(Fails(), -1)


def save(folder, network, tokenizer):
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return LanguageModelEmbedder(folder, device="cpu", batch_size=4)


def naive(network, rows, layer=-1, cut=0):
    """Mean over the vectors of one row at a time, by transformers alone; ``cut`` end tokens are left out."""
    found = []
    for row in rows:
        with torch.no_grad():
            states = network.eval()(torch.tensor([row]), output_hidden_states=True).hidden_states
        found.append(states[layer][0, : len(row) - cut].mean(0).numpy())
    return np.array(found)


@pytest.mark.parametrize("layer", [-1, 1])
def test_of_a_t5_the_encoder_alone(tmp_path, layer):
    torch.manual_seed(0)
    config = transformers.T5Config(
        vocab_size=384, d_model=16, d_kv=8, d_ff=16, num_layers=2, num_heads=2, initializer_factor=3.0
    )
    network = transformers.T5ForConditionalGeneration(config)
    tokenizer = transformers.ByT5Tokenizer(extra_ids=0)
    X = ["ACGTA", "AC", "GGGTTTACG"]
    rows = [[ord(c) + 3 for c in text] + [1] for text in X]
    model = save(tmp_path, network, tokenizer).set_params(layer=layer)
    np.testing.assert_allclose(model.fit_transform(X), naive(network.get_encoder(), rows, layer), **CLOSE)
    # ProtT5's vectors are means without the end token
    model.set_params(special_tokens=False)
    np.testing.assert_allclose(model.fit_transform(X), naive(network.get_encoder(), rows, layer, 1), **CLOSE)


def test_a_causal_decoder_without_special_tokens(tmp_path):
    torch.manual_seed(0)
    sizes = {"n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 32, "initializer_range": 0.5}
    network = transformers.GPT2LMHeadModel(transformers.GPT2Config(vocab_size=259, **sizes))
    X = ["ACGTA", "AC", "GGGTTTACG"]
    found = save(tmp_path, network, ByteTokenizer()).fit_transform(X)
    np.testing.assert_allclose(found, naive(network.transformer, [[ord(c) + 3 for c in text] for text in X]), **CLOSE)


def test_the_first_token_of_a_decoder_sees_nothing(tmp_path):
    from tokenizers.processors import TemplateProcessing

    tokenizer = letters({"<pad>": 0, "<unk>": 1, "<s>": 2, "A": 3, "C": 4, "G": 5, "T": 6}, bos_token="<s>")
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 2)])
    network = transformers.GPT2Model(transformers.GPT2Config(vocab_size=7, n_embd=16, n_layer=1, n_head=2))
    model = save(tmp_path, network, tokenizer)
    assert model.fit_transform(["ACGT", "GG"]).std(axis=0).max() > 0
    with pytest.raises(DataFormatError, match=r"sees none of the others \(it is a decoder\).*use 'mean'"):
        model.set_params(pooling="cls").fit_transform(["ACGT", "GG"])


class ByteTokenizer(transformers.ByT5Tokenizer):
    """Bytes without an end; saved as ByT5's, whose end token the test's reference would have to know."""

    def save_pretrained(self, folder, **_):
        vocabulary = {"<pad>": 0, "</s>": 1, "<unk>": 2} | {chr(i): i + 3 for i in range(256)}
        letters(vocabulary).save_pretrained(folder)


def letters(vocabulary, **special):
    """A tokenizer of one token per character."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>", model_max_length=32, **special
    )


def test_canine_has_no_vocabulary_and_reads_padding(tmp_path, monkeypatch):
    # its list of all characters takes seconds to make
    monkeypatch.setattr(
        transformers.CanineTokenizer,
        "get_vocab",
        lambda self: {chr(i): i for i in range(128)} | self.added_tokens_encoder,
    )
    torch.manual_seed(0)
    config = transformers.CanineConfig(
        **TINY, num_hash_buckets=64, num_hash_functions=2, max_position_embeddings=64, initializer_range=0.5
    )
    model = save(tmp_path, transformers.CanineModel(config), transformers.CanineTokenizer(model_max_length=64))
    X = ["ACGTACGTAC", "ACGTACG", "ACGTAAGTAC"]
    with pytest.warns(SeqAugWarning, match="batches hold sequences of equal length"):
        together = model.fit_transform(X)
    with pytest.warns(SeqAugWarning, match="equal length"):
        alone = model.transform([X[1]])
    np.testing.assert_allclose(together[[1]], alone, **CLOSE)
    assert model.hidden_size_ == 16


OWN = """
import torch
from transformers import BertConfig, BertModel, BertForMaskedLM

class Config(BertConfig):
    model_type = "own_bert"

class Model(BertModel):
    config_class = Config
    def forward(self, input_ids, token_type_ids=None, attention_mask=None, output_all_encoded_layers=False, **kwargs):
        found = super().forward(input_ids, attention_mask=attention_mask)
        return found.last_hidden_state, None

class Masked(BertForMaskedLM):
    config_class = Config
"""


@pytest.mark.parametrize("names", [{"AutoModel": "own.Model"}, {"AutoModelForMaskedLM": "own.Masked"}])
def test_own_code_that_gives_a_tuple_or_is_a_masked_language_model_only(copied, tmp_path, monkeypatch, names):
    """As DNABERT-2, and as the second Nucleotide Transformer."""
    monkeypatch.setattr(transformers.dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.syspath_prepend(tmp_path)
    X = ["ACGTTAC", "ACGT"]
    expected = LanguageModelEmbedder(copied, kmer=3, device="cpu").fit_transform(X)
    (copied / "own.py").write_text(OWN)
    content = json.loads((copied / "config.json").read_text())
    content |= {"model_type": "own_bert", "auto_map": {"AutoConfig": "own.Config", **names}}
    (copied / "config.json").write_text(json.dumps(content))
    model = LanguageModelEmbedder(copied, kmer=3, device="cpu", trust_remote_code=True)
    np.testing.assert_allclose(model.fit_transform(X), expected, **CLOSE)
    assert model.hidden_size_ == 16
    with pytest.raises(DataFormatError, match="remote code"):
        model.set_params(trust_remote_code=False).fit(X)


def test_the_width_is_that_of_the_output(copied, monkeypatch):
    from seqaug_sklearn.embedding import _language_model

    model = LanguageModelEmbedder(copied, kmer=3, device="cpu")
    monkeypatch.setattr(_language_model, "hidden_size", lambda _: 24)
    with pytest.raises(DataFormatError, match=r"gives vectors of 16 numbers, while its config\.json says 24"):
        model.fit_transform(["ACGT"])


def test_sizes_under_other_names():
    from seqaug_sklearn.embedding._source import hidden_size, n_layers

    config = SimpleNamespace(d_model=128, n_layer=4)
    assert (hidden_size(config), n_layers(config)) == (128, 4)
    assert hidden_size(SimpleNamespace(dim=None)) is None
