"""The network: loaded once per process, run without gradients, pooled over the tokens of each row."""

import functools
import pickle

import numpy as np

from seqaug_sklearn.embedding._settings import attention
from seqaug_sklearn.embedding._source import import_transformers, load_config, quiet, safe_settings
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, Parameter, import_optional, invalid_parameter, torch_seed_scope

__all__ = ["check_layer", "embed_batch", "load_network", "resolve_dtype"]


def resolve_dtype(precision, device):
    """Return the name of the torch dtype: "auto" is float16 on a CUDA device and float32 elsewhere."""
    if precision != "auto":
        return precision
    return "float16" if device.type == "cuda" else "float32"


def check_layer(layer, config):
    """Return a layer as a number from 0 (the embedding of tokens) to the number of layers.

    Raises
    ------
    ValueError
        If the model has no such layer.
    """
    n_layers = config.num_hidden_layers
    if not -n_layers - 1 <= layer <= n_layers:
        raise invalid_parameter(
            Parameter("layer", layer),
            f"does not exist: the model has {n_layers} layers, so pass {-n_layers - 1} to {n_layers} "
            "(0 is the embedding of tokens, -1 the last layer)",
        )
    return layer if layer >= 0 else n_layers + 1 + layer


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
    torch.nn.Module
        In evaluation mode.

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
            network, report = transformers.AutoModel.from_pretrained(
                source.location,
                config=load_config(source),
                output_loading_info=True,
                **_weights_options(torch),
                **_attention_options(transformers, source),
                **source.load_options(),
            )
    except (OSError, ValueError, RuntimeError, EOFError, KeyError, pickle.UnpicklingError, unreadable) as error:
        raise DataFormatError(Message(Parameter("model", source.location), f": {_unreadable(error)}")) from error
    _check_complete(report, source)
    return network.to(device=device, dtype=getattr(torch, dtype)).eval()


def _weights_options(torch):
    """Pickles are read as numbers only; before torch 2.6 that could still run code (CVE-2025-32434)."""
    release = tuple(int(part) for part in torch.__version__.split(".")[:2])
    return {"weights_only": True} | ({"use_safetensors": True} if release < (2, 6) else {})


def _attention_options(transformers, source):
    """An implementation that is said aloud, so that none is looked up in the settings; trusted code has its own."""
    if source.trust_remote_code:
        return {}
    found = transformers.MODEL_MAPPING[type(load_config(source))]
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


def _check_complete(report, source):
    """Refuse a network with random weights in it; the pooler is not used, masked language models have none."""
    mismatched = {entry[0] if isinstance(entry, tuple) else entry for entry in report["mismatched_keys"]}
    lacking = sorted(n for n in {*report["missing_keys"], *mismatched} if "pooler" not in n and "position_ids" not in n)
    if lacking:
        raise DataFormatError(
            Message(
                Parameter("model", source.location),
                f": its files lack {len(lacking)} weights of the network in config.json, "
                f"{lacking[0]!r} first, so it would be partly random; the files are damaged, or of another "
                "architecture",
            )
        )


def embed_batch(network, numbers, mask, *, layer, pooling):
    """Run one batch and pool each row over its tokens, special ones included.

    Parameters
    ----------
    network : torch.nn.Module
        The model.
    numbers, mask : int64 ndarray of shape (n_rows, n_tokens)
        Token numbers; 1 for a token and 0 for padding.
    layer : int
        0 to the number of layers.
    pooling : {"mean", "cls", "max"}
        How rows are pooled.

    Returns
    -------
    float32 ndarray of shape (n_rows, hidden_size)
    """
    import torch

    device = next(network.parameters()).device
    last = layer == network.config.num_hidden_layers
    with torch.inference_mode():
        mask = torch.from_numpy(mask).to(device)
        # hidden states of all layers take memory: asked for only where an inner layer is wanted
        output = network(
            input_ids=torch.from_numpy(numbers).to(device), attention_mask=mask, output_hidden_states=not last
        )
        hidden = (output.last_hidden_state if last else output.hidden_states[layer]).float()
        return np.ascontiguousarray(_pool(hidden, mask, pooling).cpu().numpy())


def _pool(hidden, mask, pooling):
    if pooling == "cls":
        return hidden[:, 0]
    mask = mask[..., None].bool()
    if pooling == "max":
        return hidden.masked_fill(~mask, -float("inf")).amax(dim=1)
    # the mean over tokens, padding left out of sum and number
    return hidden.masked_fill(~mask, 0).sum(dim=1) / mask.sum(dim=1)
