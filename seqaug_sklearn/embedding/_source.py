"""Where a model comes from: a folder first, a name on the hub second; its exact content; its configuration."""

import contextlib
import functools
import json
import os
from dataclasses import dataclass
from pathlib import Path

from seqaug_sklearn.embedding._settings import ENCODERS, FAMILIES, check_settings, network_settings
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    content_digest,
    file_digest,
    import_optional,
    invalid_data,
    invalid_parameter,
)

__all__ = [
    "ModelSource",
    "check_unchanged",
    "find_model",
    "hidden_size",
    "import_transformers",
    "load_config",
    "n_layers",
    "quiet",
    "safe_settings",
    "token_limit",
]

_SETTINGS = ("config.json", "tokenizer_config.json", "adapter_config.json")
_CONTENT = {".json", ".txt", ".safetensors", ".bin", ".model", ".py"}
_DEFAULT_LIMIT = 1024
_SECONDS_FOR_HUB = 10
_SIZE_NAMES = ("hidden_size", "d_model", "n_embd", "embed_dim", "hidden_dim", "dim")
_LAYER_NAMES = ("num_hidden_layers", "num_layers", "n_layers", "n_layer", "depth")
_POSITIONS_AFTER_PADDING = {
    "camembert",
    "data2vec-text",
    "esm",
    "ibert",
    "longformer",
    "roberta",
    "roberta-prelayernorm",
    "xlm-roberta",
    "xlm-roberta-xl",
    "xmod",
}
"""Families that number positions from the padding index on, so that many fewer tokens fit than they have positions."""


@dataclass(frozen=True)
class ModelSource:
    """One model with exactly this content.

    Attributes
    ----------
    location : str
        Absolute path of the folder, or name on the hub.
    local : bool
        Whether it is a folder.
    revision : str
        Commit on the hub, or "sha256:" and the hash of the files.
    trust_remote_code : bool
        Whether code that comes with the model may run.
    """

    location: str
    local: bool
    revision: str
    trust_remote_code: bool

    def load_options(self):
        """Keyword arguments for ``from_pretrained``."""
        return {
            "revision": "main" if self.local else self.revision,
            "local_files_only": self.local,
            "trust_remote_code": self.trust_remote_code,
        }


def find_model(model, *, revision=None, trust_remote_code=False):
    """Find a model, record its content, and refuse remote code that is not trusted.

    Parameters
    ----------
    model : str or path-like
        Folder, else name on the hub.
    revision : str, default=None
        Branch, tag or commit on the hub.
    trust_remote_code : bool, default=False
        Whether code that comes with the model may run.

    Returns
    -------
    ModelSource

    Raises
    ------
    FileNotFoundError
        If there is no such folder and no such model on the hub, or the hub cannot be reached.
    ValueError
        If a revision is given for a folder.
    DataFormatError
        If the folder holds no model, or the model asks for remote code or is no plain encoder.
    """
    folder = Path(model).expanduser()
    local = folder.is_dir()
    if local and revision is not None:
        raise invalid_parameter(
            Parameter("revision", revision),
            f"chooses a version on the hub, but model={str(model)!r} is a folder; leave it out",
        )
    if not local:
        _refuse_path(model, folder)
    location = str(folder.absolute()) if local else str(model)
    settings, commit = _read_settings(location, local, revision)
    config = settings["config.json"]
    if config.get("is_encoder_decoder") and not trust_remote_code and config.get("model_type") not in ENCODERS:
        raise invalid_data(
            Parameter("model", location), "has a decoder behind its encoder; choose a plain encoder or a T5"
        )
    if not trust_remote_code:
        check_settings(location, settings)
    if local:
        _check_has_weights(folder)
        commit = content_hash(folder)
    return ModelSource(location, local, commit or revision or "main", trust_remote_code)


def _refuse_path(model, folder):
    """Raise where the model cannot be a name on the hub."""
    if folder.exists():
        raise FileNotFoundError(f"model={str(model)!r} is a file; give the folder that holds config.json and weights")
    text = os.fspath(model)
    if not isinstance(model, str) or text.startswith((".", "~", "/")) or text.count("/") > 1 or "\\" in text:
        raise FileNotFoundError(
            f"model={str(model)!r}: there is no such folder ({folder.absolute()}); give the folder that holds "
            "config.json"
        )


def _ask_hub(name, revision):
    """Raise if the hub gives no such model, after one question: a mistyped folder should not wait for five retries."""
    hub = import_optional("huggingface_hub", extra="embed", purpose="LanguageModelEmbedder")
    if isinstance(hub.try_to_load_from_cache(name, "config.json", revision=revision), str):
        return
    hub.get_hf_file_metadata(hub.hf_hub_url(name, "config.json", revision=revision), timeout=_SECONDS_FOR_HUB)


def _read_settings(location, local, revision):
    """Settings of the model, of its tokenizer and of an adapter, all JSON, nothing run; and the commit."""
    cached_file = import_transformers().utils.cached_file
    options = {"revision": revision or "main", "local_files_only": local}
    try:
        with quiet():
            if not local:
                _ask_hub(location, revision)
            config = cached_file(location, "config.json", **options)
            if config is None:
                raise OSError("there is no config.json.")
            others = {
                name: cached_file(location, name, _raise_exceptions_for_missing_entries=False, **options)
                for name in _SETTINGS[1:]
            }
    except Exception as error:  # of files, of the network, of names that the hub does not allow
        if local:
            raise invalid_data(Parameter("model", location), "holds no config.json, so it is no model") from error
        raise FileNotFoundError(
            f"model={location!r}: there is no such folder here ({Path(location).absolute()}), and it was not found on "
            f"the hub (revision={revision!r}): {_first_line(error).rstrip('.')}. Give the path of a folder, or "
            "download the model where there is a connection"
        ) from error
    # the hub's files lie in a folder that is named after the commit
    commit = None if local else Path(config).parent.name
    paths = {"config.json": config, **others}
    return {name: _read_json(path) for name, path in paths.items() if path is not None}, commit


def _read_json(path):
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataFormatError(f"{path} is not JSON ({error})") from error
    if not isinstance(content, dict):
        raise DataFormatError(f"{path} holds no settings: it must be a JSON object, got {type(content).__name__}")
    return content


def safe_settings(source):
    """Settings of a model by file, checked again where its code is not trusted: files change."""
    settings, _ = _read_settings(source.location, source.local, None if source.local else source.revision)
    if not source.trust_remote_code:
        check_settings(source.location, settings)
    return settings


def _check_has_weights(folder):
    names = [path.name for path in folder.iterdir()]
    if not any(n.endswith(".safetensors") or (n.startswith("pytorch_model") and n.endswith(".bin")) for n in names):
        raise invalid_data(
            Parameter("model", str(folder)),
            "holds no weights (*.safetensors or pytorch_model*.bin); save the whole model there",
        )


def content_hash(folder):
    """Hash of the files that make the model; read again only where a name, a size or a time has changed."""
    files = sorted(path for path in Path(folder).iterdir() if path.suffix in _CONTENT and path.is_file())
    stats = [path.stat() for path in files]
    # hashing gigabytes takes seconds: names, sizes and times tell whether it must be done again
    stamp = tuple((path.name, stat.st_size, stat.st_mtime_ns) for path, stat in zip(files, stats, strict=True))
    return _hash_files(str(folder), stamp)


@functools.lru_cache(maxsize=32)
def _hash_files(folder, stamp):
    parts = (f"{name}\0{size}\0".encode() + bytes.fromhex(file_digest(Path(folder, name))) for name, size, _ in stamp)
    return f"sha256:{content_digest(b''.join(parts))}"


def check_unchanged(source):
    """Raise if the folder is gone or no longer holds what was fitted (the hub's commits never change).

    Raises
    ------
    FileNotFoundError
        If the folder is not there.
    DataFormatError
        If its files have changed.
    """
    if not source.local:
        return
    if not os.path.isdir(source.location):
        raise FileNotFoundError(f"model={source.location!r} is not there any more; put it back, or fit again")
    if content_hash(source.location) != source.revision:
        raise invalid_data(Parameter("model", source.location), "has changed since fit; fit again")


@functools.lru_cache(maxsize=4)
def load_config(source):
    """Return the configuration; an old one without ``model_type`` (DNABERT's) is recognised by its architecture.

    Raises
    ------
    DataFormatError
        If transformers does not know the model, it is no encoder, or its settings name other code.
    """
    transformers = import_transformers()
    try:
        with quiet():
            if source.trust_remote_code:
                config = transformers.AutoConfig.from_pretrained(source.location, **source.load_options())
            else:
                config = _make_config(transformers, source)
    except DataFormatError:
        raise
    except Exception as error:  # configurations check themselves, each in its own way
        raise DataFormatError(
            Message(
                Parameter("model", source.location),
                f": transformers {transformers.__version__} does not know this model ({_first_line(error)})",
            )
        ) from error
    if hidden_size(config) is None and not source.trust_remote_code:
        raise invalid_data(
            Parameter("model", source.location), f"({config.model_type}) is not a plain encoder; choose one"
        )
    return config


def _make_config(transformers, source):
    """Configuration of a known family from known settings; ``AutoConfig`` would take all that the file holds."""
    content = safe_settings(source)["config.json"]
    family = content.get("model_type")
    config_class = transformers.CONFIG_MAPPING[family] if family else _class_of_architecture(transformers, content)
    if config_class.model_type not in FAMILIES:
        raise DataFormatError(
            Message(
                Parameter("model", source.location),
                f": model_type={config_class.model_type!r} in config.json is none of the families "
                f"that are known to load without code from elsewhere ({', '.join(sorted(FAMILIES))}); choose a model "
                "of one of them, or pass trust_remote_code=True if you trust it",
            )
        )
    return config_class.from_dict(
        network_settings(config_class, content, source.location), name_or_path=source.location
    )


def _class_of_architecture(transformers, settings):
    name = (settings.get("architectures") or [""])[0]
    config_class = getattr(getattr(transformers, name, None), "config_class", None) if name else None
    if config_class is None:
        raise ValueError(f"config.json has no model_type and no known architecture, {name!r}")
    return config_class


def hidden_size(config):
    """Numbers in a vector as the configuration says; None where it does not."""
    return _first_number(config, _SIZE_NAMES)


def n_layers(config):
    """Layers as the configuration says; None where it does not."""
    return _first_number(config, _LAYER_NAMES)


def _first_number(config, names):
    found = (getattr(config, name, None) for name in names)
    return next((int(number) for number in found if isinstance(number, int) and number > 0), None)


def token_limit(config, tokenizer_limit=None):
    """Most tokens of one forward pass, special ones included; 1024 where the model sets no limit."""
    positions = getattr(config, "max_position_embeddings", None)
    if positions and config.model_type in _POSITIONS_AFTER_PADDING:
        # their first token has position padding + 1
        positions -= (config.pad_token_id or 0) + 1
    known = [n for n in (positions, tokenizer_limit) if n and 0 < n < 10**6]
    return int(min(known, default=_DEFAULT_LIMIT))


def import_transformers():
    """Import transformers, or say how to install it."""
    return import_optional("transformers", extra="embed", purpose="LanguageModelEmbedder")


@contextlib.contextmanager
def quiet():
    """Keep transformers' reports and bars away, and put its settings back."""
    logging = import_optional("transformers.utils.logging", extra="embed", purpose="LanguageModelEmbedder")
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _first_line(message):
    return str(message).strip().partition("\n")[0][:300]
