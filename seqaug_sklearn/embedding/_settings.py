"""What the settings that come with a model may say: data of known networks, and nothing that names other code."""

import inspect
import re

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, Parameter, invalid_data

__all__ = ["ENCODERS", "FAMILIES", "attention", "check_settings", "check_tokenizer_class", "network_settings"]

_FAMILY_NAMES = """
    albert bert bert-generation big_bird biogpt bloom camembert canine codegen convbert data2vec-text deberta deberta-v2
    distilbert electra ernie esm esmc eurobert falcon flaubert fnet funnel gemma gemma2 gemma3_text gpt2 gpt_bigcode
    gpt_neo gpt_neox gptj granite gte ibert layoutlm llama longformer luke megatron-bert mistral mixtral mobilebert
    modernbert modernbert-decoder mpnet mpt mt5 nezha nomic_bert nystromformer olmo olmo2 openai-gpt opt phi phi3 qwen2
    qwen3 reformer rembert roberta roberta-prelayernorm roc_bert roformer smollm3 splinter squeezebert stablelm
    starcoder2 t5 umt5 xglm xlm xlm-roberta xlm-roberta-xl xlnet xmod
"""
FAMILIES = frozenset(_FAMILY_NAMES.split())
"""Families of transformers that read text and bring all of their code. Others fetch kernels by themselves where they
can (yoso, mra, rwkv, the mambas), build parts from names in the settings (vision models), or were not looked at."""

ENCODERS = frozenset({"mt5", "t5", "umt5"})
"""Families with a decoder behind the encoder, whose encoder transformers loads alone."""

_COMMON_NAMES = """
    add_cross_attention architectures bos_token_id chunk_size_feed_forward cross_attention_hidden_size dtype
    eos_token_id is_decoder layer_types output_attentions output_hidden_states pad_token_id partial_rotary_factor
    position_embedding_type pruned_heads return_dict rope_parameters rope_scaling rope_theta sep_token_id
    tie_word_embeddings tokenizer_class torch_dtype torchscript use_bfloat16 use_cache
"""
_COMMON = frozenset(_COMMON_NAMES.split())
"""Settings of every network, which the classes of some releases take without naming them."""
_FREE_TEXT = frozenset(
    {"finetuning_task", "id2label", "label2id", "problem_type", "task_specific_params", "transformers_version"}
)
"""Settings of every network that decide nothing here, and may hold any text."""
_IMPLEMENTATIONS = {
    "attn_implementation": {"eager", "sdpa", "flash_attention_2", "flash_attention_3", "flex_attention"},
    "experts_implementation": {"eager", "batched_mm", "grouped_mm"},
}
_DTYPES = {"float16", "bfloat16", "float32", "float64"}
_OTHER_CONTENT = {
    "quantization_config": "and quantised weights are not read: get the model in full precision",
    "compression_config": "and compressed weights are not read: get the model in full precision",
    "configuration_files": "so its settings are in another file: put that one in the place of config.json",
    "transformers_weights": "so its weights are in another file: call it model.safetensors and take this entry out",
    "per_layer_config": "and layers that differ from each other are not read: choose another model",
    "kernel_config": "which replaces parts of the network by other code: take this entry out",
    "use_kernels": "which replaces parts of the network by other code: take this entry out",
}
"""Entries that would change what is loaded; without them the network would be another one."""
_NAMES_OTHER_THINGS = re.compile(r"[/\\:|@]|--")


def check_settings(location, settings):
    """Refuse settings that name code, or content that lies elsewhere, at any depth.

    Parameters
    ----------
    location : str
        The model, for messages.
    settings : dict of str to dict
        Content of ``config.json`` by that name, and of ``tokenizer_config.json`` and ``adapter_config.json``, if any.

    Raises
    ------
    DataFormatError
        Naming the file, the key, the value and the way out.
    """
    if "adapter_config.json" in settings:
        base = settings["adapter_config.json"].get("base_model_name_or_path")
        raise invalid_data(
            Parameter("model", location),
            f"holds an adapter (adapter_config.json, of base_model_name_or_path={base!r}); merge it "
            "into its model (peft's merge_and_unload), and save the whole",
        )
    for file, content in settings.items():
        for key, value in _entries(content):
            _check_entry(location, file, key, value)


def _entries(content):
    """Yield every key and value, however deep."""
    for key, value in content.items() if isinstance(content, dict) else enumerate(content):
        yield str(key), value
        if isinstance(value, (dict, list)):
            yield from _entries(value)


def _check_entry(location, file, key, value):
    if not value:
        return
    if key == "auto_map":
        raise invalid_data(
            Parameter("model", location),
            f"asks for remote code (auto_map in {file}: {str(value)[:300]}); nothing was run. Read "
            "that code and pass trust_remote_code=True if you trust it, or, where transformers has the same "
            "architecture, use a copy of the model without that entry",
        )
    if key in _OTHER_CONTENT:
        _refuse(location, file, key, value, _OTHER_CONTENT[key])
    for name, known in _IMPLEMENTATIONS.items():
        if key.strip("_").removesuffix("_internal") == name and file == "config.json":
            asked = value.values() if isinstance(value, dict) else [value]
            if not all(one is None or (isinstance(one, str) and one in known) for one in asked):
                way = f"none of {', '.join(sorted(known))}, so it may be foreign code: take this entry out"
                _refuse(location, file, key, value, way)
    if key in ("dtype", "torch_dtype") and file == "config.json" and str(value) not in _DTYPES:
        _refuse(location, file, key, value, f"none of {', '.join(sorted(_DTYPES))}: take this entry out")


def _refuse(location, file, key, value, why):
    raise DataFormatError(
        Message(
            Parameter("model", location),
            f": {file} holds {key}={str(value)[:300]!r}, {why} (or pass trust_remote_code=True if you "
            "trust the model and all that it names). Nothing was run",
        )
    )


def network_settings(config_class, content, location):
    """Return those settings that a network of this class is made of; others never reach transformers.

    Parameters
    ----------
    config_class : type
        Configuration class of the network.
    content : dict
        Content of ``config.json``.
    location : str
        The model, for messages.

    Returns
    -------
    dict

    Raises
    ------
    DataFormatError
        If one of them holds what could be the name of a repository, a file or an address.
    """
    known = {name for cls in config_class.__mro__ for name in _parameters(cls)} | {*config_class.attribute_map}
    kept = {key: value for key, value in content.items() if key in (known | _COMMON) - _FREE_TEXT}
    for key, value in _entries(kept):
        if isinstance(value, str) and _NAMES_OTHER_THINGS.search(value):
            way = "which could be the name of a repository or a file, where none is needed: take this entry out"
            _refuse(location, "config.json", key, value, way)
    return kept


def _parameters(cls):
    """Names that the constructor of a class takes, or that are fields of it."""
    fields = getattr(cls, "__dataclass_fields__", {})
    try:
        return {*inspect.signature(cls.__init__).parameters, *fields} - {"self", "args", "kwargs"}
    except (TypeError, ValueError):
        return {*fields}


def attention(content, network_classes):
    """Implementation of attention, always said aloud, because transformers looks for it in the settings otherwise.

    Parameters
    ----------
    content : dict
        Content of ``config.json``.
    network_classes : sequence of type
        Classes that may be made.

    Returns
    -------
    {"sdpa", "eager"}
        As transformers chooses by default: torch's own attention where every class supports it.
    """
    asked = [content.get(key) for key in ("attn_implementation", "_attn_implementation")]
    plain = "eager" in asked or content.get("output_attentions")
    return "sdpa" if not plain and all(getattr(cls, "_supports_sdpa", False) for cls in network_classes) else "eager"


def check_tokenizer_class(transformers, location, settings):
    """Refuse a tokenizer class that is another part of transformers; an unknown name is left to its defaults.

    Raises
    ------
    DataFormatError
        Naming the file, the class and the way out.
    """
    for file, content in settings.items():
        name = content.get("tokenizer_class")
        found = getattr(transformers, name, None) if isinstance(name, str) else name
        if found is not None and not (
            isinstance(found, type) and issubclass(found, transformers.PreTrainedTokenizerBase)
        ):
            _refuse(location, file, "tokenizer_class", name, "which is no tokenizer of transformers: name one that is")
