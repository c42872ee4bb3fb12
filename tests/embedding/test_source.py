"""Models that are not there, not whole, not safe, or from a hub."""

import builtins
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from seqaug_sklearn.embedding import LanguageModelEmbedder
from seqaug_sklearn.exceptions import DataFormatError, MissingDependencyError


def embedder(folder, **changes):
    return LanguageModelEmbedder(folder, **({"kmer": 3, "device": "cpu"} | changes))


def change_json(path, **changes):
    content = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(content | changes))


def test_a_folder_as_text_path_or_from_home(bert, monkeypatch):
    monkeypatch.setenv("HOME", str(bert.parent))
    monkeypatch.chdir(bert.parent)
    expected = embedder(bert).fit_transform(["ACGT"])
    for form in (str(bert), f"~/{bert.name}", bert.name, f"./{bert.name}"):
        np.testing.assert_array_equal(embedder(form).fit_transform(["ACGT"]), expected)


def test_the_working_folder_may_change_after_fit(bert, monkeypatch, tmp_path):
    monkeypatch.chdir(bert.parent)
    fitted = embedder(bert.name).fit(["ACGT"])
    monkeypatch.chdir(tmp_path)
    assert fitted.transform(["ACGT"]).shape == (1, 16)


@pytest.mark.parametrize("form", ["{}/nowhere", "./nowhere", "~/nowhere", "a/b/c"])
def test_a_folder_that_is_not_there(tmp_path, form):
    with pytest.raises(FileNotFoundError, match=r"model='.*': there is no such folder \(/.*; give the folder that"):
        embedder(form.format(tmp_path)).fit(["ACGT"])
    with pytest.raises(FileNotFoundError, match="there is no such folder"):
        embedder(tmp_path / "nowhere").fit(["ACGT"])


def test_a_file_is_no_folder(tmp_path):
    Path(tmp_path, "model.safetensors").write_text("")
    with pytest.raises(FileNotFoundError, match=r"model='.*model.safetensors' is a file; give the folder that holds"):
        embedder(str(tmp_path / "model.safetensors")).fit(["ACGT"])


@pytest.mark.parametrize("name", ["some/model", "mistyped-folder"])
def test_a_name_that_the_hub_does_not_give(monkeypatch, name):
    """The hub is asked once, without transformers' retries, and the folder comes first in the message."""
    import huggingface_hub

    asked = []

    def offline(url, **_):
        asked.append(url)
        raise OSError("We couldn't connect to the hub.\nCheck your connection")

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", offline)
    begin = time.perf_counter()
    with pytest.raises(
        FileNotFoundError,
        match=rf"^model='{name}': there is no such folder here \(/.*was not found on the hub \(revision",
    ):
        embedder(name, revision="v1").fit(["ACGT"])
    assert len(asked) == 1
    assert f"{name}/resolve/v1/config.json" in asked[0]
    assert time.perf_counter() - begin < 5


def test_home_is_known(bert, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(bert.parent))
    model = LanguageModelEmbedder(f"~/{bert.name}", kmer=3, device="cpu", cache_dir="~/kept").fit(["ACGT"])
    assert model.transform(["ACGT"]).shape == (1, 16)
    assert list(Path(bert.parent, "kept").glob("*.sqlite"))


def test_the_cache_stays_where_it_was_at_fit(bert, tmp_path, monkeypatch):
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / "one")
    fitted = LanguageModelEmbedder(bert, kmer=3, device="cpu", cache_dir="kept").fit(["ACGT"])
    monkeypatch.chdir(tmp_path / "other")
    fitted.transform(["ACGT"])
    assert list(Path(tmp_path, "one", "kept").glob("*.sqlite"))
    assert not Path(tmp_path, "other", "kept").exists()


HUB = """
import sys, numpy as np
from seqaug_sklearn.embedding import LanguageModelEmbedder
print("torch" in sys.modules, "transformers" in sys.modules)
model = LanguageModelEmbedder("group/bert", kmer=3, device="cpu", revision="v1").fit(["ACGT"])
np.save(sys.argv[1], model.transform(["ACGT"]))
print(model.revision_)
try:
    LanguageModelEmbedder("group/bert", kmer=3, revision="v2").fit(["ACGT"])
except FileNotFoundError as error:
    print(error)
"""


def test_a_model_of_the_hub_with_its_commit(bert, tmp_path):
    """As downloaded before; a process of its own, because the hub's folder is read at import."""
    commit = "0123456789abcdef0123456789abcdef01234567"
    store = tmp_path / "hub" / "models--group--bert"
    shutil.copytree(bert, store / "snapshots" / commit)
    (store / "refs").mkdir()
    (store / "refs" / "v1").write_text(commit)
    done = subprocess.run(
        [sys.executable, "-c", HUB, str(tmp_path / "x.npy")],
        env={**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded, revision, message = done.stdout.splitlines()
    assert loaded == "False False", "the unit loads them when they are needed"
    assert revision == commit
    assert "was not found on the hub (revision='v2')" in message
    np.testing.assert_allclose(np.load(tmp_path / "x.npy"), embedder(bert).fit_transform(["ACGT"]), rtol=1e-5)


def test_a_revision_belongs_to_the_hub(bert):
    with pytest.raises(ValueError, match=r"revision='v1' chooses a version on the hub, but model=.* is a folder"):
        embedder(bert, revision="v1").fit(["ACGT"])


TRAP = "from pathlib import Path\nPath({!r}).write_text('ran')\nclass Config: pass\nclass Model: pass\n"


@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json"])
@pytest.mark.parametrize("model_type", ["bert", "unheard_of"])
@pytest.mark.parametrize("kmer", [3, None])
def test_remote_code_is_refused_and_not_run(copied, tmp_path, file, model_type, kmer):
    marker = tmp_path / "marker"
    (copied / "trap.py").write_text(TRAP.format(str(marker)))
    change_json(copied / "config.json", model_type=model_type)
    change_json(copied / file, auto_map={"AutoConfig": "trap.Config", "AutoModel": "trap.Model"})
    with pytest.raises(DataFormatError, match=r"asks for remote code .auto_map in .*trap.*nothing was run"):
        embedder(copied, kmer=kmer).fit(["ACGT"])
    assert not marker.exists()


OWN = """
from transformers import BertConfig, BertModel
class Config(BertConfig):
    model_type = "own_bert"
class Model(BertModel):
    config_class = Config
"""


def test_trusted_code_runs(copied, tmp_path, monkeypatch):
    from transformers import dynamic_module_utils

    monkeypatch.setattr(dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    expected = embedder(copied).fit_transform(["ACGTT"])
    (copied / "own.py").write_text(OWN)
    names = {"AutoConfig": "own.Config", "AutoModel": "own.Model"}
    change_json(copied / "config.json", model_type="own_bert", auto_map=names)
    with pytest.raises(DataFormatError, match="remote code"):
        embedder(copied).fit(["ACGTT"])
    found = embedder(copied, trust_remote_code=True).fit_transform(["ACGTT"])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: (f / "config.json").unlink(), r"holds no config\.json"),
        (lambda f: (f / "config.json").write_text("{"), r"config\.json is not JSON"),
        (lambda f: (f / "tokenizer_config.json").write_text("{"), r"tokenizer_config\.json is not JSON"),
        (lambda f: (f / "model.safetensors").unlink(), "holds no weights"),
        (lambda f: change_json(f / "config.json", model_type="unheard_of"), "does not know this model"),
        (lambda f: change_json(f / "config.json", is_encoder_decoder=True), "choose a plain encoder"),
        (lambda f: (f / "vocab.txt").write_text("[PAD]\nACG\n"), "lacks 63 of 64 k-mers, 'AAA' first; it is no"),
    ],
)  # fmt: skip
def test_a_folder_that_is_not_whole_is_refused_in_fit(copied, spoil, message):
    spoil(copied)
    with pytest.raises(DataFormatError, match=message):
        embedder(copied).fit(["ACGT"])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: (f / "model.safetensors").write_bytes(b"nonsense"), "its weights cannot be read"),
        (lambda f: change_json(f / "config.json", num_hidden_layers=3), r"lack \d+ weights of the network in"),
        (lambda f: change_json(f / "config.json", intermediate_size=40), "its weights cannot be read|lack"),
        (lambda f: (f / "vocab.txt").write_text((f / "vocab.txt").read_text().replace("[PAD]", "x\n[PAD]")),
         "gives token 69, but the model has 69; they do not belong together"),
    ],
)  # fmt: skip
def test_weights_that_do_not_fit_are_refused(copied, spoil, message):
    spoil(copied)
    with pytest.raises(DataFormatError, match=message):
        embedder(copied).fit(["GGG"]).transform(["GGG"])


class Trap:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return open, (str(self.marker), "w")


def test_a_pickle_with_code_in_it_is_not_run(copied, tmp_path):
    import torch

    (copied / "model.safetensors").unlink()
    torch.save({"weights": Trap(tmp_path / "marker")}, copied / "pytorch_model.bin")
    with pytest.raises(DataFormatError, match=r"a pickle that holds more than numbers, .* nothing was run"):
        embedder(copied).fit(["GGG"]).transform(["GGG"])
    assert not (tmp_path / "marker").exists()


def test_a_tokenizer_without_the_needed_k(bert, esm):
    with pytest.raises(
        DataFormatError, match=r"kmer=4: .* lacks 256 of 256 k-mers, 'AAAA' first; it has those of length 3"
    ):
        embedder(bert, kmer=4).fit(["ACGT"])
    with pytest.raises(DataFormatError, match=r"kmer=3: .*pass kmer=None"):
        embedder(esm).fit(["ACGT"])


def test_nan_is_an_error_and_is_not_kept(copied, tmp_path):
    from safetensors.numpy import load_file, save_file

    weights = load_file(copied / "model.safetensors")
    name = next(key for key in weights if key.endswith("word_embeddings.weight"))
    weights[name][5 + 2] = np.nan  # the third k-mer, AAC
    save_file(weights, copied / "model.safetensors", metadata={"format": "pt"})
    model = embedder(copied, cache_dir=tmp_path / "cache").fit(["GGGG"])
    assert np.isfinite(model.transform(["GGGG"])).all()
    for _ in range(2):
        with pytest.raises(DataFormatError, match=r"for sequence number 1 in float32; its weights are damaged"):
            model.transform(["GGGG", "AAC"])
    pairs = embedder(copied, precision="bfloat16").fit([("GGGG", "GGGG")])
    with pytest.raises(DataFormatError, match=r"number 1, second of the pair in bfloat16; pass precision='float32'"):
        pairs.transform([("GGGG", "GGGG"), ("GGGG", "AAC")])


def test_files_that_change_after_fit(copied, make_bert):
    model = embedder(copied).fit(["ACGT"])
    before = model.transform(["ACGT"])
    make_bert(copied, (copied / "vocab.txt").read_text().split(), seed=3)
    with pytest.raises(DataFormatError, match="has changed since fit; fit again"):
        model.transform(["ACGT"])
    assert not np.allclose(model.fit_transform(["ACGT"]), before)
    shutil.rmtree(copied)
    with pytest.raises(FileNotFoundError, match="is not there any more"):
        model.transform(["ACGT"])


def test_transformers_is_asked_for_with_the_command(bert, monkeypatch):
    real = builtins.__import__
    monkeypatch.delitem(sys.modules, "transformers", raising=False)

    def hidden(name, *arguments, **options):
        if name.partition(".")[0] == "transformers":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", hidden)
    monkeypatch.setattr("importlib.import_module", lambda name, *_: hidden(name))
    with pytest.raises(MissingDependencyError, match=r"pip install 'seqaug-sklearn\[embed\]'"):
        embedder(bert).fit(["ACGT"])
