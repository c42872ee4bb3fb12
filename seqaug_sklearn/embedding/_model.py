"""The network: loaded once per process, run without gradients, pooled over the tokens of each row."""

import functools
import pickle
from collections.abc import Mapping

import numpy as np

from seqaug_sklearn.embedding._adapter import NetworkAdapter
from seqaug_sklearn.embedding._settings import ENCODERS, attention
from seqaug_sklearn.embedding._source import (
    hidden_size,
    import_transformers,
    load_config,
    n_layers,
    quiet,
    safe_settings,
)
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, Parameter, import_optional, invalid_parameter, torch_seed_scope

__all__ = ["check_layer", "embed_batch", "load_network", "resolve_dtype"]


def resolve_dtype(precision, device):
    """Return the name of the torch dtype: "auto" is float16 on a CUDA device and float32 elsewhere."""
    if precision != "auto":
        return precision
    return "float16" if device.type == "cuda" else "float32"


def check_layer(layer, config):
    """Return a layer as a number from 0 (the embedding of tokens) to the number of layers; -1 where that is not known.

    Raises
    ------
    ValueError
        If the model has no such layer.
    """
    count = n_layers(config)
    if count is None and layer != -1:
        raise invalid_parameter(
            Parameter("layer", layer), "cannot be found: config.json does not say how many there are; pass -1, the last"
        )
    if count is None:
        return -1
    if not -count - 1 <= layer <= count:
        raise invalid_parameter(
            Parameter("layer", layer),
            f"does not exist: the model has {count} layers, so pass {-count - 1} to {count} "
            "(0 is the embedding of tokens, -1 the last layer)",
        )
    return layer if layer >= 0 else count + 1 + layer


@functools.lru_cache(maxsize=2)
def load_network(source, device, dtype):
    """Load a model's weights; the last two stay in memory, for the folds of a cross-validation.

    Parameters
    ----------
    source : ModelSource
        The model.
    device : torch.device
        Where it runs.
    dtype : {"float32", "float16", "bfloat16"}
        Its arithmetic.

    Returns
    -------
    NetworkAdapter
        The network in evaluation mode: of an encoder and decoder the encoder, of a network with a head what is below.

    Raises
    ------
    DataFormatError
        If the weights cannot be read or do not fill the network.
    """
    import torch

    transformers = import_transformers()
    unreadable = import_optional("safetensors", extra="embed", purpose="LanguageModelEmbedder").SafetensorError
    try:
        # parts without saved weights are drawn at random, from torch's global generator
        with torch_seed_scope(0), quiet():
            config = load_config(source)
            network, report = _network_class(transformers, config).from_pretrained(
                source.location,
                config=config,
                output_loading_info=True,
                **_weights_options(torch),
                **_attention_options(transformers, source),
                **source.load_options(),
            )
    except (OSError, ValueError, RuntimeError, EOFError, KeyError, pickle.UnpicklingError, unreadable) as error:
        raise DataFormatError(Message(Parameter("model", source.location), f": {_unreadable(error)}")) from error
    body, prefix = _body(network, config)
    _check_complete(report, source, prefix)
    body = body.to(device=device, dtype=getattr(torch, dtype)).eval()
    sizes = {
        "n_layers": n_layers(config),
        "width": hidden_size(config),
        "n_tokens": getattr(config, "vocab_size", None),
    }
    return NetworkAdapter(body, source.location, **sizes)


def _network_class(transformers, config):
    """Class that loads the network: what the model names itself, and the encoder alone of an encoder and decoder."""
    named = getattr(config, "auto_map", None) or {}
    if isinstance(named, Mapping):
        # a model may come as a masked or causal language model only
        own = [name for name in named if name.startswith("AutoModel")]
        order = ["AutoModel", "AutoModelForMaskedLM", "AutoModelForPreTraining", "AutoModelForCausalLM", *sorted(own)]
        found = next((name for name in order if name in own and hasattr(transformers, name)), None)
        if found:
            return getattr(transformers, found)
    if config.model_type in ENCODERS:
        return transformers.AutoModelForTextEncoding
    return transformers.AutoModel


def _body(network, config):
    """Part of a network that gives vectors, and the name that its weights begin with."""
    body = network
    if getattr(config, "is_encoder_decoder", False) and config.model_type not in ENCODERS:
        body = network.get_encoder()
    elif getattr(network, "base_model", None) is not None:
        body = network.base_model
    name = next((name for name, module in network.named_modules() if module is body), "")
    return body, f"{name}." if name else ""


def _weights_options(torch):
    """Pickles are read as numbers only; before torch 2.6 that could still run code (CVE-2025-32434)."""
    release = tuple(int(part) for part in torch.__version__.split(".")[:2])
    return {"weights_only": True} | ({"use_safetensors": True} if release < (2, 6) else {})


def _attention_options(transformers, source):
    """An implementation that is said aloud, so that none is looked up in the settings; trusted code has its own."""
    if source.trust_remote_code:
        return {}
    config = load_config(source)
    encoder = config.model_type in ENCODERS
    mapping = transformers.MODEL_FOR_TEXT_ENCODING_MAPPING if encoder else transformers.MODEL_MAPPING
    found = mapping[type(config)]
    classes = found if isinstance(found, tuple) else (found,)
    return {"attn_implementation": attention(safe_settings(source)["config.json"], classes)}


def _unreadable(error):
    if "weights_only" in " ".join(map(str, _chain(error))):
        return (
            "its weights are a pickle that holds more than numbers, which could run code; nothing was run. Get the "
            "model as safetensors"
        )
    return f"its weights cannot be read ({str(error).strip()[:300]})"


def _chain(error):
    """The error and those in whose handling it was raised: transformers 4 raised its own over torch's."""
    while error is not None:
        yield error
        error = error.__context__


def _check_complete(report, source, prefix):
    """Refuse a network with random weights in it; pooler and head are not used, and may be lacking."""
    mismatched = {entry[0] if isinstance(entry, tuple) else entry for entry in report["mismatched_keys"]}
    absent = {name for name in {*report["missing_keys"], *mismatched} if name.startswith(prefix)}
    lacking = sorted(name for name in absent if "pooler" not in name and "position_ids" not in name)
    if lacking:
        raise DataFormatError(
            Message(
                Parameter("model", source.location),
                f": its files lack {len(lacking)} weights of the network in config.json, "
                f"{lacking[0]!r} first, so it would be partly random; the files are damaged, or of another "
                "architecture",
            )
        )


def embed_batch(adapter, numbers, mask, *, layer, pooling, pooled=None):
    """Run one batch and pool each row over its tokens.

    Parameters
    ----------
    adapter : NetworkAdapter
        The model.
    numbers, mask : int64 ndarray of shape (n_rows, n_tokens)
        Token numbers; 1 for a token and 0 for padding.
    layer : int
        0 to the number of layers, or -1 for the last.
    pooling : {"mean", "cls", "max"}
        How rows are pooled.
    pooled : int64 ndarray of shape (n_rows, n_tokens), default=None
        1 for a token that is pooled; all but padding by default.

    Returns
    -------
    float32 ndarray of shape (n_rows, hidden_size)
    """
    import torch

    numbers, mask = (torch.from_numpy(array).to(adapter.device) for array in (numbers, mask))
    with torch.inference_mode():
        hidden = adapter.hidden(numbers, mask, layer=layer)
        chosen = mask if pooled is None else torch.from_numpy(pooled).to(adapter.device)
        return np.ascontiguousarray(_pool(hidden, chosen, pooling).cpu().numpy())


def _pool(hidden, mask, pooling):
    if pooling == "cls":
        return hidden[:, 0]
    mask = mask[..., None].bool()
    if pooling == "max":
        return hidden.masked_fill(~mask, -float("inf")).amax(dim=1)
    # the mean over tokens, what is not pooled left out of sum and number
    return hidden.masked_fill(~mask, 0).sum(dim=1) / mask.sum(dim=1)
