"""Settings that come with a model: nothing in them fetches or runs code, and known families are read as before."""

import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from seqaug_sklearn.embedding import LanguageModelEmbedder
from seqaug_sklearn.embedding import _model as _network
from seqaug_sklearn.embedding._settings import FAMILIES, attention, network_settings
from seqaug_sklearn.exceptions import DataFormatError


def embedder(folder, **changes):
    return LanguageModelEmbedder(folder, **({"kmer": 3, "device": "cpu"} | changes))


def change_json(path, **changes):
    content = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(content | changes))


@pytest.fixture
def asked_of_transformers(monkeypatch):
    """List of what ``AutoModel.from_pretrained`` is called with."""
    import transformers

    calls, real = [], transformers.AutoModel.from_pretrained

    def noted(*arguments, **options):
        calls.append(options)
        return real(*arguments, **options)

    monkeypatch.setattr(transformers.AutoModel, "from_pretrained", noted)
    _network.load_network.cache_clear()
    return calls


STAND_IN = '''
"""Stands for the package that fetches and runs kernels: whoever asks for one is written down."""
import os

class _Kind(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

class Anything(metaclass=_Kind):
    def __init__(self, *arguments, **options):
        pass
    def __call__(self, target):
        return target

def get_kernel(name, *arguments, **options):
    with open(os.environ["KERNELS_ASKED"], "a") as file:
        file.write(f"{name}\\n")
    raise RuntimeError("a kernel would have been fetched and run")

def use_kernel_forward_from_hub(*names):
    return lambda target: target

use_kernelized_func = use_kernel_func_from_hub = use_kernel_forward_from_hub

def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return Anything
'''
CHILD = """
import json, socket, sys, warnings
from pathlib import Path
import numpy as np

def refuse(*arguments, **options):
    raise AssertionError("a connection was opened")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
warnings.simplefilter("ignore")
try:
    from transformers.utils import is_kernels_available
except ImportError:  # an older one knows no kernels, and may still fetch nothing
    is_kernels_available = lambda: True
from seqaug_sklearn.embedding import LanguageModelEmbedder

folder, entries = Path(sys.argv[1]), json.loads(sys.argv[2])
plain = json.loads((folder / "config.json").read_text())
results = []
for entry in [{}, *entries]:
    (folder / "config.json").write_text(json.dumps(plain | entry))
    try:
        vectors = LanguageModelEmbedder(folder, kmer=3, device="cpu").fit_transform(["ACGTTGA"])
        results.append(vectors.tolist())
    except Exception as error:
        results.append(f"{type(error).__name__}: {error}")
print(json.dumps([is_kernels_available(), results]))
"""
NAMED_KERNELS = [
    {"attn_implementation": "somebody/attention"},
    {"_attn_implementation": "somebody/attention@main:forward"},
    {"_attn_implementation_internal": "somebody/attention"},
    {"attn_implementation": {"": "somebody/attention"}},
    {"attn_implementation": "kernels-community/flash-attn2"},
    {"text_config": {"_attn_implementation": "somebody/attention"}},
    {"experts_implementation": "somebody/experts"},
]
OTHER_IMPLEMENTATIONS = [
    {"attn_implementation": "flash_attention_2"},
    {"_attn_implementation": "flash_attention_3"},
    {"_attn_implementation": "eager", "_attn_implementation_autoset": True},
]


@pytest.fixture
def with_kernels(tmp_path):
    """Environment of a process in which transformers finds the stand-in."""
    transformers = pytest.importorskip("transformers.utils.import_utils")
    version = getattr(transformers, "KERNELS_MIN_VERSION", "0.10.0")
    for name, file, content in (
        ("kernels", "__init__.py", STAND_IN),
        (f"kernels-{version}.dist-info", "METADATA", f"Metadata-Version: 2.1\nName: kernels\nVersion: {version}\n"),
        (f"kernels-{version}.dist-info", "RECORD", "kernels/__init__.py,,\n"),
    ):
        (tmp_path / "packages" / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / "packages" / name / file).write_text(content)
    paths = [str(tmp_path / "packages"), *filter(None, [os.environ.get("PYTHONPATH")])]
    asked = tmp_path / "asked.txt"
    asked.write_text("")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "KERNELS_ASKED": str(asked)}


def test_no_kernel_is_fetched_that_the_settings_name(copied, with_kernels):
    """Without connection, and with the package that would fetch them: refused in words, or not looked at."""
    entries = NAMED_KERNELS + OTHER_IMPLEMENTATIONS
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(copied), json.dumps(entries)],
        env=with_kernels,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    available, (plain, *results) = json.loads(done.stdout)
    assert available, "the stand-in is not seen, so this test shows nothing"
    assert Path(with_kernels["KERNELS_ASKED"]).read_text() == ""
    for entry, result in zip(entries, results, strict=True):
        if entry in NAMED_KERNELS:
            assert result.startswith("DataFormatError: model="), (entry, result)
            assert "config.json holds" in result
            assert "take this entry out" in result
        else:
            np.testing.assert_allclose(result, plain, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("entry", NAMED_KERNELS)
def test_an_implementation_of_somebody_else_is_refused_in_fit(copied, entry):
    change_json(copied / "config.json", **entry)
    with pytest.raises(
        DataFormatError,
        match=r"config\.json holds \w*(attn|experts)_implementation\w*=.*, none of .*, so it may be foreign "
        r"code: take this entry out \(or pass trust_remote_code=True",
    ):
        embedder(copied).fit(["ACGT"])


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({}, "sdpa"),
        ({"attn_implementation": "flash_attention_2"}, "sdpa"),
        ({"_attn_implementation": "eager"}, "eager"),
        ({"attn_implementation": "eager"}, "eager"),
        ({"output_attentions": True}, "eager"),
    ],
)
def test_the_implementation_is_said_aloud(copied, asked_of_transformers, entry, expected):
    """The argument wins over the settings in every release; silence would leave it to them."""
    change_json(copied / "config.json", **entry)
    embedder(copied).fit_transform(["ACGT"])
    (options,) = asked_of_transformers
    assert options["attn_implementation"] == expected
    assert options["weights_only"] is True
    assert options["trust_remote_code"] is False


def test_sdpa_only_where_every_network_has_it():
    yes, no = type("Yes", (), {"_supports_sdpa": True}), type("No", (), {})
    assert attention({}, [yes]) == "sdpa"
    assert attention({}, [yes, no]) == attention({}, [no]) == "eager"


def test_pickles_are_not_read_where_numbers_alone_could_run_code(copied, asked_of_transformers, monkeypatch):
    """weights_only was no protection before torch 2.6."""
    import torch
    from safetensors.torch import load_file

    monkeypatch.setattr(torch, "__version__", "2.5.1+cpu")
    embedder(copied).fit_transform(["ACGT"])
    assert asked_of_transformers[-1]["use_safetensors"] is True
    torch.save(load_file(copied / "model.safetensors"), copied / "pytorch_model.bin")
    (copied / "model.safetensors").unlink()
    with pytest.raises(DataFormatError, match="its weights cannot be read"):
        embedder(copied).fit_transform(["ACGT"])
    monkeypatch.undo()
    assert embedder(copied).fit_transform(["ACGT"]).shape == (1, 16)


@pytest.mark.parametrize(
    ("file", "entry", "message"),
    [
        ("config.json", {"text_config": {"auto_map": {"AutoModel": "somebody/code--m.M"}}}, "asks for remote code"),
        ("tokenizer_config.json", {"auto_map": ["somebody/code--t.T", None]}, "asks for remote code"),
        ("config.json", {"quantization_config": {"quant_method": "fp8"}}, "quantised weights are not read"),
        ("config.json", {"configuration_files": ["config.4.0.0.json"]}, "its settings are in another file"),
        ("config.json", {"transformers_weights": "../other.safetensors"}, "its weights are in another file"),
        ("config.json", {"per_layer_config": {"0": {"hidden_size": 4}}}, "layers that differ from each other"),
        ("config.json", {"use_kernels": True}, "replaces parts of the network by other code"),
        ("config.json", {"torch_dtype": "load"}, ", none of bfloat16, float16, float32, float64"),
        (
            "config.json",
            {"hidden_act": "somebody/gelu"},
            r"hidden_act='somebody/gelu', which could be the name",
        ),
        ("config.json", {"rope_scaling": {"type": "hub:x"}}, r"type='hub:x', which could be the name of a repository"),
        ("adapter_config.json", {"base_model_name_or_path": "somebody/base"}, "holds an adapter .*'somebody/base'"),
        ("adapter_config.json", {}, "holds an adapter"),
    ],
)
def test_what_would_load_something_else_is_refused_in_fit(copied, file, entry, message):
    change_json(copied / file, **entry)
    with pytest.raises(DataFormatError, match=message):
        embedder(copied).fit(["ACGT"])


@pytest.mark.parametrize(
    "entry",
    [
        {"_name_or_path": "somebody/base", "name_or_path": "/home/somebody/run: 3"},
        {"id2label": {"0": "enhancer/promoter", "1": "a|b"}, "label2id": {"enhancer/promoter": 0, "a|b": 1}},
        {"task_specific_params": {"x": "http://somewhere"}, "finetuning_task": "group/benchmark"},
        {"split": 10, "rnn": "lstm", "num_rnn_layer": 2, "output_past": True, "torchscript": False},
        {"quantization_config": None, "auto_map": {}, "attn_implementation": None, "use_kernels": False},
        {"_attn_implementation_autoset": True, "transformers_version": "4.9.0.dev0", "torch_dtype": "float32"},
        {"kernel_repository": "somebody/kernels", "backbone": "hf-hub:somebody/backbone"},
    ],
)
def test_what_decides_nothing_may_say_anything(copied, entry):
    """Published models hold such entries; those that are no setting of the network never reach transformers."""
    expected = embedder(copied).fit_transform(["ACGTTGA"])
    change_json(copied / "config.json", **entry)
    np.testing.assert_array_equal(embedder(copied).fit_transform(["ACGTTGA"]), expected)


def test_settings_that_are_no_object(copied):
    for file in ("tokenizer_config.json", "config.json"):
        (copied / file).write_text("[1]")
        with pytest.raises(DataFormatError, match=rf"{file} holds no settings: it must be a JSON object, got list"):
            embedder(copied).fit(["ACGT"])


@pytest.mark.parametrize("family", ["mamba", "yoso", "vit", "detr"])
def test_families_that_bring_other_code_or_read_no_text_are_refused(copied, family):
    change_json(copied / "config.json", model_type=family)
    with pytest.raises(
        DataFormatError,
        match=rf"model_type='{family}' in config\.json is none of the families .*albert, bert,.*trust_rem",
    ):
        embedder(copied).fit(["ACGT"])


@pytest.mark.parametrize("name", ["BertModel", "AutoModel", "AutoTokenizer", "pipeline", "BertConfig"])
@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json"])
def test_a_tokenizer_class_that_is_none(esm, tmp_path, name, file):
    """Transformers looks the name up among all that it has, and calls its ``from_pretrained``."""
    folder = shutil.copytree(esm, tmp_path / "model")
    change_json(folder / file, tokenizer_class=name)
    with pytest.raises(DataFormatError, match=rf"{file} holds tokenizer_class='{name}', which is no tokenizer"):
        embedder(folder, kmer=None).fit(["MKV"])


@pytest.mark.parametrize("name", ["EsmTokenizer", None])
def test_tokenizer_classes_are_read_as_before(esm, tmp_path, name):
    folder = shutil.copytree(esm, tmp_path / "model")
    change_json(folder / "config.json", tokenizer_class=name)
    expected = embedder(esm, kmer=None).fit_transform(["MKVA"])
    np.testing.assert_array_equal(embedder(folder, kmer=None).fit_transform(["MKVA"]), expected)


def known_families():
    transformers = pytest.importorskip("transformers")
    return sorted(family for family in FAMILIES if family in transformers.CONFIG_MAPPING)


@pytest.mark.slow
def test_families_are_made_of_the_settings_that_are_kept():
    """Nothing that a family's own settings hold is lost, in the release that is installed."""
    import transformers

    ignored = {
        "id2label",
        "label2id",
        "problem_type",
        "transformers_version",
        "finetuning_task",
        "task_specific_params",
    }
    for family in known_families():
        config_class = transformers.CONFIG_MAPPING[family]
        content = config_class().to_dict()
        kept = network_settings(config_class, content, "model")
        found, expected = (config_class.from_dict(dict(settings)).to_dict() for settings in (kept, content))
        assert {k: v for k, v in found.items() if k not in ignored} == {
            k: v for k, v in expected.items() if k not in ignored
        }, family


@pytest.mark.slow
def test_families_fetch_no_kernels_by_themselves():
    import inspect

    import transformers

    for family in known_families():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of torch, in older releases
            found = transformers.MODEL_MAPPING[transformers.CONFIG_MAPPING[family]]
        for network in found if isinstance(found, tuple) else (found,):
            source = inspect.getsource(sys.modules[network.__module__])
            assert not [word for word in ("get_kernel(", "lazy_load_kernel(", "torch.load(", "timm") if word in source]
