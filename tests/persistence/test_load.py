"""Hostile folders: every one is refused by name, and nothing in them is run."""

import base64
import io
import json
import os
import pickle
import shutil
import zipfile

import numpy as np
import pytest

from seqaug_sklearn.exceptions import DataFormatError, InsufficientMemoryError
from seqaug_sklearn.persistence import load_model
from seqaug_sklearn.persistence._safetensors import pack_arrays, unpack_arrays

NET, ARRAYS, MODEL = "network-1.safetensors", "arrays.safetensors", "model.json"


def pickled_array(folder):
    """An .npy file of objects, which NumPy would unpickle."""
    bomb = np.empty(1, object)
    bomb[0] = pickle.loads(b"N.")
    file = io.BytesIO()
    np.save(file, bomb, allow_pickle=True)
    head = file.getvalue()[: file.getvalue().index(b"\n") + 1]
    return head + folder.pickle()


def torch_file(folder):
    """A file of torch's, whose pickle runs."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("archive/data.pkl", folder.pickle())
        packed.writestr("../../outside", "x")
    return file.getvalue()


def weights(folder):
    return unpack_arrays((folder.path / NET).read_bytes(), NET)


def change_weights(folder, change):
    state = weights(folder)
    change(state)
    folder.replace(NET, pack_arrays(state))


def safetensors(header, data=b""):
    text = json.dumps(header).encode() if not isinstance(header, bytes) else header
    return len(text).to_bytes(8, "little") + text + data


def link_in_place(folder, name):
    elsewhere = folder.path.parent / "elsewhere"
    shutil.move(folder.path / name, elsewhere)
    os.symlink(elsewhere, folder.path / name)


def named(folder, name):
    """Model.json lists a file of another name."""
    folder.edit(lambda content: content["files"].update({name: content["files"].pop(ARRAYS)}))


def fitted(node, name, value):
    folder_node = node["fitted"]
    folder_node[name] = value


def params(value, name="loss"):
    return lambda folder: folder.node(lambda node: node["params"].update({name: value(folder)}))


def estimator(cls, **settings):
    return {"kind": "estimator", "class": cls, "params": settings, "defaults": [], "fitted": {}}


def huge(folder):
    n = 10**12
    header = {"a": {"dtype": "F64", "shape": [n], "data_offsets": [0, 8 * n]}}
    folder.replace(ARRAYS, safetensors(header))


def deep(depth):
    return b"[" * depth + b"]" * depth


HOSTILE = {
    # pickles in every place a file could hide one
    "pickle for model.json": (lambda f: f.write(MODEL, f.pickle()), "model.json is no JSON"),
    "pickle for weights, hash of the old": (lambda f: f.write(NET, f.pickle()), NET),
    "pickle for weights": (lambda f: f.replace(NET, f.pickle()), NET),
    "pickle for arrays": (lambda f: f.replace(ARRAYS, f.pickle()), ARRAYS),
    "pickled npy for arrays": (lambda f: f.replace(ARRAYS, pickled_array(f)), ARRAYS),
    "torch file for weights": (lambda f: f.replace(NET, torch_file(f)), NET),
    "pickle beside it": (lambda f: f.write("model.pkl", f.pickle()), "'model.pkl'"),
    "pickle under another name": (lambda f: f.write("notes.txt", f.pickle()), "'notes.txt'"),
    "code beside it": (lambda f: f.write("sitecustomize.py", b"open('canary', 'w')"), "'sitecustomize.py'"),
    "folder of code": (lambda f: (f.path / "sklearn").mkdir(), "'sklearn' .* is a link, a folder"),
    "pickle as metadata": (
        lambda f: f.node(lambda n: n["fitted"].update({"__reduce__": base64.b64encode(f.pickle()).decode()})),
        "'__reduce__' of MotifCNNClassifier",
    ),
    "pickle as header": (lambda f: f.replace(ARRAYS, safetensors(f.pickle())), f"header of {ARRAYS} is no JSON"),
    # names of files
    "file above": (lambda f: named(f, "../arrays.safetensors"), r"'\.\./arrays.safetensors'"),
    "absolute file": (lambda f: named(f, "/etc/passwd"), "'/etc/passwd'"),
    "file with a backslash": (lambda f: named(f, "..\\arrays.safetensors"), "arrays.safetensors'"),
    "file of a drive": (lambda f: named(f, "C:arrays.safetensors"), "'C:arrays.safetensors'"),
    "file with a null byte": (lambda f: named(f, "arrays.safetensors\0"), "arrays.safetensors"),
    "file with a line end": (lambda f: named(f, "arrays.safetensors\n"), "arrays.safetensors"),
    "file of a network": (lambda f: named(f, "//server/share/arrays.safetensors"), "'//server/share"),
    "network 0": (lambda f: named(f, "network-0.safetensors"), "'network-0.safetensors'"),
    "model.json as a file": (lambda f: named(f, MODEL), "'model.json'"),
    # links
    "link for weights": (lambda f: link_in_place(f, NET), f"{NET}.* is a link"),
    "link for model.json": (lambda f: link_in_place(f, MODEL), "model.json .* is a link"),
    "link for the card": (lambda f: link_in_place(f, "MODEL_CARD.md"), "'MODEL_CARD.md' .* is a link"),
    "pipe": (lambda f: os.mkfifo(f.path / "arrays.fifo"), "'arrays.fifo'"),
    # sizes and hashes
    "another hash": (
        lambda f: f.edit(lambda c: c["files"][NET].update(sha256="0" * 64)),
        f"{NET} was changed",
    ),
    "hash that is none": (lambda f: f.edit(lambda c: c["files"][NET].update(sha256="x")), f"sha256 of {NET}"),
    "model.json without its hash": (
        lambda f: f.write(MODEL, (f.path / MODEL).read_bytes().replace(b'"poor"', b'"pore"')),
        "model.json was changed",
    ),
    "another size": (lambda f: f.edit(lambda c: c["files"][NET].update(size=5)), f"{NET} has .* should have 5"),
    "negative size": (lambda f: f.edit(lambda c: c["files"][NET].update(size=-1)), f"{NET} must have a size"),
    "huge shape": (huge, f"{ARRAYS} should hold 8000000000000 bytes"),
    "shape and bytes differ": (
        lambda f: f.replace(
            ARRAYS, safetensors({"a": {"dtype": "F64", "shape": [1 << 62], "data_offsets": [0, 8]}}, b"x" * 8)
        ),
        "a has the shape",
    ),
    "huge empty shape": (
        lambda f: f.replace(
            ARRAYS, safetensors({"a": {"dtype": "F64", "shape": [0, 1 << 62], "data_offsets": [0, 0]}})
        ),
        "a has the shape",
    ),
    "arrays overlap": (
        lambda f: f.replace(
            ARRAYS,
            safetensors(
                {n: {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]} for n in ("a", "b")},
                b"abcd",
            ),
        ),
        f"{ARRAYS}: arrays overlap",
    ),
    "dtype of objects": (
        lambda f: f.replace(ARRAYS, safetensors({"a": {"dtype": "O", "shape": [1], "data_offsets": [0, 8]}}, b"x" * 8)),
        "dtype 'O'",
    ),
    "header longer than the file": (lambda f: f.replace(ARRAYS, b"\xff" * 8 + b"{}"), f"{ARRAYS} is no safetensors"),
    "truncated weights": (lambda f: f.write(NET, (f.path / NET).read_bytes()[:-3]), f"{NET} has"),
    "truncated weights, right hash": (lambda f: f.replace(NET, (f.path / NET).read_bytes()[:-3]), f"{NET} should hold"),
    "truncated model.json": (lambda f: f.write(MODEL, (f.path / MODEL).read_bytes()[:400]), "model.json is no JSON"),
    "missing weights": (lambda f: (f.path / NET).unlink(), f"{NET} is missing"),
    "missing model.json": (lambda f: (f.path / MODEL).unlink(), "holds no model.json"),
    "weights not listed": (lambda f: f.edit(lambda c: c["files"].pop(NET)), f"'{NET}' .* does not belong"),
    # JSON
    "NaN": (lambda f: f.write(MODEL, b'{"format": NaN}'), "model.json holds NaN"),
    "number without end": (lambda f: f.write(MODEL, b'{"format": ' + b"9" * 9000 + b"}"), "which is too large"),
    "float without end": (lambda f: f.write(MODEL, b'{"format": 1e999}'), "which is too large"),
    "repeated key": (lambda f: f.write(MODEL, b'{"format": 1, "format": 2}'), "the key 'format' twice"),
    "nested without end": (lambda f: f.write(MODEL, deep(200_000)), "model.json is nested too deep"),
    "nested deeply": (params(lambda f: json.loads(deep(300))), "model.json is nested too deep"),
    "another format": (lambda f: f.edit(lambda c: c.update(format="joblib")), "does not say that it is a model"),
    "newer version": (lambda f: f.edit(lambda c: c.update(format_version=2)), "has the format version 2"),
    "version that is none": (lambda f: f.edit(lambda c: c.update(format_version=True)), "format_version True"),
    "further key": (lambda f: f.edit(lambda c: c.update(run="x")), "'run' is not known"),
    "missing key": (lambda f: f.edit(lambda c: c.pop("model")), "'model' is missing"),
    "bytes that are no text": (lambda f: f.write(MODEL, b"\xff\xfe{}"), "model.json is no JSON"),
    # classes and functions
    **{
        f"class {name}": (params(lambda f, name=name: estimator(name)), f"names the class '{name}'")
        for name in (
            "os.system",
            "builtins.eval",
            "subprocess.Popen",
            "seqaug_sklearn.persistence._save.json.codecs",
            "seqaug_sklearn.cli.main",
            "seqaug_sklearn.datasets.read_fasta",
            "sklearn.utils._testing.TempMemmap",
            "sklearn.externals.array_api_compat",
            "sklearn.model_selection.GridSearchCV",
            "sklearn.calibration._CalibratedClassifier",
            "seqaug_sklearn.alphabets.Alphabet",
            "",
        )
    },
    "class that is a list": (params(lambda f: estimator(["os", "system"])), r"names the class \['os', 'system'\]"),
    "record that is no record": (
        params(lambda f: {"kind": "record", "class": "pathlib.Path", "fields": {}}),
        "names the class 'pathlib.Path'",
    ),
    "part that is no part": (
        params(lambda f: {"kind": "part", "class": "os.system", "state": {}}),
        "names the class 'os.system'",
    ),
    "function": (params(lambda f: {"kind": "function", "name": "os.system"}), "names the function 'os.system'"),
    # node kinds of skops, whose loaders called what they name
    **{
        f"node {kind}": (
            params(
                lambda f, kind=kind: {
                    "__class__": "call",
                    "__module__": "operator",
                    "__loader__": kind,
                    "content": {"__reduce__": {"args": ["touch", str(f.canary)]}},
                }
            ),
            "model.json holds None where a kind of value",
        )
        for kind in ("MethodNode", "FunctionNode", "OperatorFuncNode", "PartialNode", "ObjectNode")
    },
    "kind of an attacker": (params(lambda f: {"kind": "_node", "items": []}), "holds '_node' where"),
    "further key of a node": (
        params(lambda f: {"kind": "tuple", "items": [], "call": "x"}),
        "a node of the kind 'tuple' must have",
    ),
    "unknown parameter": (params(lambda f: 1, "run"), "sets 'run' of MotifCNNClassifier"),
    "dtype that is read as code": (
        lambda f: f.node(lambda n: n.update(estimator("sklearn.preprocessing.OneHotEncoder", dtype="0010f8"))),
        "sets dtype='0010f8' of OneHotEncoder",
    ),
    "any number of processes": (
        lambda f: f.node(lambda n: n.update(estimator("sklearn.linear_model.LogisticRegression", n_jobs=10**6))),
        "sets n_jobs=1000000 of LogisticRegression",
    ),
    "function of a transformer": (
        lambda f: f.node(lambda n: n.update(estimator("sklearn.preprocessing.FunctionTransformer", func="eval"))),
        "sets a function of FunctionTransformer",
    ),
    "cache of a pipeline": (
        lambda f: f.node(lambda n: n.update(estimator("sklearn.pipeline.Pipeline", memory=str(f.path)))),
        "sets memory=",
    ),
    "code of a language model": (
        lambda f: f.node(
            lambda n: n.update(estimator("seqaug_sklearn.embedding.LanguageModelEmbedder", trust_remote_code=True))
        ),
        "sets trust_remote_code=True",
    ),
    "callbacks": (params(lambda f: ["x"], "callbacks"), "sets callbacks="),
    "method replaced": (
        lambda f: f.node(lambda n: n["fitted"].update(predict="x")),
        "sets 'predict' of MotifCNNClassifier",
    ),
    "class replaced": (lambda f: f.node(lambda n: n["fitted"].update(__class__="x")), "sets '__class__'"),
    "dtype of objects in JSON": (
        params(lambda f: {"kind": "dtype", "name": "|O8"}),
        r"the dtype '\|O8' is refused",
    ),
    "dtype that is parsed": (params(lambda f: {"kind": "dtype", "name": "<i4,(9999,9999)f8"}), "the dtype"),
    "texts of any width": (
        params(lambda f: {"kind": "objects", "dtype": "<U99999999", "shape": [1], "items": ["a"]}),
        "in the dtype <U99999999",
    ),
    "estimator within a setting": (params(lambda f: {"kind": "same", "number": 7}), "the estimator 7"),
    "array that is not there": (params(lambda f: {"kind": "array", "name": "x", "turned": False}), "no array 'x'"),
    "network that is not there": (params(lambda f: {"kind": "network", "number": 2}), "the network 2"),
    "sparse array that leads outside": (
        params(lambda f: sparse_node([0, 10**6])),
        "cannot be used|refused|column index values",
    ),
    # networks
    "weights of another shape": (
        lambda f: change_weights(f, lambda s: s.update(filters=s["filters"][:2])),
        "filters is float32 of shape",
    ),
    "weights of another type": (
        lambda f: change_weights(f, lambda s: s.update(filters=s["filters"].astype("f8"))),
        "filters is float64",
    ),
    "weights that are missing": (lambda f: change_weights(f, lambda s: s.pop("filters")), "it lacks 'filters'"),
    "further weights": (lambda f: change_weights(f, lambda s: s.update(run=np.zeros(1))), "it should not have 'run'"),
    "weights that are NaN": (
        lambda f: change_weights(f, lambda s: s.update(filters=s["filters"] * np.nan)),
        "NaN or infinite numbers: filters",
    ),
    "huge network": (params(lambda f: 10**12, "n_filters"), "the weights do not fit|cannot be used"),
    "other weights": (
        lambda f: change_weights(f, lambda s: s.update(filters=s["filters"] + 1)),
        "predicts otherwise than the saved one",
    ),
    "no estimator": (lambda f: f.edit(lambda c: c.update(model=[1, 2])), "holds no estimator"),
    "probe of any size": (
        lambda f: f.edit(lambda c: c["probe"]["input"].update(length=10**9)),
        "the probe is none",
    ),
    "probe that calls": (lambda f: f.edit(lambda c: c["probe"].update(method="fit")), "the probe is none"),
}


def sparse_node(indices):
    def array(values):
        return {"kind": "objects", "dtype": "object", "shape": [len(values)], "items": values}

    parts = {"data": array([1, 1]), "indices": array(indices), "indptr": array([0, 2])}
    return {"kind": "sparse", "format": "csr_array", "shape": [1, 2], **parts}


def test_there_are_enough_of_them():
    assert len(HOSTILE) >= 80


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_folders_are_refused_and_nothing_is_run(case, network, monkeypatch):
    if ("link" in case and not hasattr(os, "symlink")) or (case == "pipe" and not hasattr(os, "mkfifo")):
        pytest.skip("this system has none")
    monkeypatch.chdir(network.path.parent)
    make_hostile, message = HOSTILE[case]
    make_hostile(network)
    with pytest.raises(DataFormatError, match=message):
        load_model(network.path)
    assert not network.canary.exists()


def test_the_bomb_works(network):
    pickle.loads(network.pickle()).close()
    assert network.canary.exists()


def test_an_unchanged_copy_loads(network):
    assert load_model(network.path).classes_.tolist() == ["poor", "rich"]


@pytest.mark.parametrize("name", [".DS_Store", "MODEL_CARD.md"])
def test_what_a_system_or_a_reader_writes_is_no_matter(network, name):
    network.write(name, b"mine")
    assert load_model(network.path).length_ == 30


def test_settings_of_other_versions(forest):
    """A setting that stands at its default and is not known here says nothing; another one would."""

    def newer(content):
        node = content["model"]["params"]["steps"][1]["items"][1]
        node["params"].update(new=None, ccp_alpha="deprecated")
        node["defaults"] += ["new"]

    forest.edit(newer)
    assert load_model(forest.path).steps[1][1].ccp_alpha == 0.0
    forest.edit(lambda content: content["model"]["params"]["steps"][1]["items"][1].update(defaults=[]))
    with pytest.raises(DataFormatError, match="sets 'new' of RandomForestClassifier, which has no such parameter"):
        load_model(forest.path)


def mutated(node, rng):
    """One place of a tree of JSON replaced by a value that may be anything."""
    places = []

    def walk(part):
        for key in list(part) if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ():
            places.append((part, key))
            walk(part[key])

    walk(node)
    part, key = places[rng.integers(len(places))]
    values = [None, True, -1, 2**40, 1e300, "", "a", [], {}, {"kind": "tuple", "items": []}, part]
    part[key] = json.loads(json.dumps(values[rng.integers(len(values))]))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("name", ["network", "forest"])
def test_any_change_is_refused_or_harmless(name, seed, request):
    folder, rng = request.getfixturevalue(name), np.random.default_rng(seed)
    folder.edit(lambda content: [mutated(content["model"], rng) for _ in range(rng.integers(1, 4))])
    arrays = unpack_arrays((folder.path / ARRAYS).read_bytes(), ARRAYS)
    chosen = sorted(arrays)[rng.integers(len(arrays))]
    arrays[chosen] = [arrays[chosen], arrays[chosen][:0], arrays[chosen] * 0 - 7][rng.integers(3)]
    folder.replace(ARRAYS, pack_arrays(arrays))
    try:
        model = load_model(folder.path)
    except DataFormatError:
        return
    assert hasattr(model, "get_params")


def test_without_a_folder(tmp_path):
    with pytest.raises(DataFormatError, match="is no folder of a model"):
        load_model(tmp_path / "nowhere")


def test_a_folder_of_more_than_the_memory_is_refused_before_it_is_read(network):
    with pytest.raises(InsufficientMemoryError, match=r"max_memory allows 1\.0 kB"):
        load_model(network.path, max_memory="1 kB")
