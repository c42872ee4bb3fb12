"""Tiny models of random weights, saved as users save theirs, and a reference that knows nothing of the package."""

import shutil
from pathlib import Path

import numpy as np
import pytest

# room for 30 tokens beside two special ones
SIZES = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "max_position_embeddings": 32,
}
KMERS = [a + b + c for a in "ATCG" for b in "ATCG" for c in "ATCG"]
AMINO_ACIDS = ["<cls>", "<pad>", "<eos>", "<unk>", *"LAGVSERTIDPKQNFYMHWCXBUZO.-", "<null_1>", "<mask>"]


def save_bert(folder, tokens, seed=0, **changes):
    """Save a BERT with these tokens, in DNABERT's files (tokenizer_config.json says lower case)."""
    import torch
    from transformers import BertConfig, BertForMaskedLM

    torch.manual_seed(seed)
    # random weights of this spread make hidden states that differ from token to token
    config = BertConfig(vocab_size=len(tokens), initializer_range=0.5, **(SIZES | changes))
    BertForMaskedLM(config).save_pretrained(folder)
    Path(folder, "vocab.txt").write_text("\n".join(tokens) + "\n")
    Path(folder, "tokenizer_config.json").write_text('{"do_lower_case": true, "max_len": 512}')
    return Path(folder)


@pytest.fixture(scope="session")
def make_bert():
    return save_bert


@pytest.fixture(scope="session")
def bert(tmp_path_factory):
    """DNABERT with k = 3."""
    return save_bert(tmp_path_factory.mktemp("bert"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *KMERS])


def save_esm(folder, tokens, *, eos_token="<eos>", **changes):
    """Save an ESM encoder with these tokens and EsmTokenizer."""
    import torch
    from transformers import EsmConfig, EsmModel, EsmTokenizer

    (folder / "vocab.txt").write_text("\n".join(tokens))
    EsmTokenizer(str(folder / "vocab.txt"), eos_token=eos_token).save_pretrained(folder)
    torch.manual_seed(0)
    sizes = SIZES | {"max_position_embeddings": 34}
    config = EsmConfig(
        vocab_size=len(tokens),
        pad_token_id=1,
        mask_token_id=tokens.index("<mask>"),
        token_dropout=True,
        initializer_range=0.5,
        **(sizes | changes),
    )
    EsmModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def esm(tmp_path_factory):
    """ESM-2 with rotary positions."""
    return save_esm(tmp_path_factory.mktemp("esm"), AMINO_ACIDS, position_embedding_type="rotary")


@pytest.fixture(scope="session")
def nucleotide_transformer(tmp_path_factory):
    """The first Nucleotide Transformer, with 2-mers for its 6-mers: side by side, then single letters, and no end."""
    dimers = [a + b for a in "ATCG" for b in "ATCG"]
    tokens = ["<unk>", "<pad>", "<mask>", "<cls>", "<eos>", "<bos>", *dimers, *"ATCGN"]
    folder = tmp_path_factory.mktemp("nucleotide_transformer")
    return save_esm(folder, tokens, eos_token=None, position_embedding_type="absolute")


def one_by_one(folder, token_lists, *, layer=-1, pooling="mean"):
    """Embed lists of tokens, special ones included, one at a time with transformers alone."""
    import torch
    from transformers import AutoModel

    vocabulary = Path(folder, "vocab.txt").read_text().split()
    network = AutoModel.from_pretrained(folder).eval()
    rows = []
    for tokens in token_lists:
        numbers = torch.tensor([[vocabulary.index(token) for token in tokens]])
        with torch.no_grad():
            hidden = network(numbers, output_hidden_states=True).hidden_states[layer][0]
        rows.append({"mean": hidden.mean(0), "max": hidden.max(0).values, "cls": hidden[0]}[pooling].numpy())
    return np.array(rows)


@pytest.fixture(scope="session")
def reference():
    return one_by_one


@pytest.fixture(scope="session")
def bert_tokens():
    """Factory: the tokens that DNABERT reads of plain upper-case DNA."""
    return lambda text, k=3: ["[CLS]", *(text[i : i + k] for i in range(len(text) - k + 1)), "[SEP]"]


@pytest.fixture
def mixed_dna(rng):
    """Forty sequences of 3 to 32 residues, all within the limit of the tiny model."""
    return ["".join(rng.choice(list("ACGT"), n)) for n in rng.permutation(np.resize(np.arange(3, 33), 40))]


@pytest.fixture
def forward_passes(monkeypatch):
    """List that gets the shape of every batch that goes through a network."""
    from seqaug_sklearn.embedding import _embedding_run as _run

    shapes, embed = [], _run.embed_batch

    def counted(network, numbers, mask, **options):
        shapes.append(numbers.shape)
        return embed(network, numbers, mask, **options)

    monkeypatch.setattr(_run, "embed_batch", counted)
    return shapes


@pytest.fixture
def copied(bert, tmp_path):
    """A copy of the model, to be spoilt."""
    return shutil.copytree(bert, tmp_path / "model")
