"""From the JSON of a model folder to an estimator: only classes of the list, only plain values, everything checked."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import Bunch

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.persistence._classes import class_of, function_of, part_names
from seqaug_sklearn.persistence._encode import DTYPES, NEVER_KEPT, SPARSE
from seqaug_sklearn.persistence._special import finish, make_tree

__all__ = ["Decoder"]

_DEEPEST = 100
_MOST_JOBS = 1024
_PANDAS = {"index": {"name", "values"}, "series": {"name", "index", "values"}, "frame": {"columns", "index", "values"}}


class Decoder:
    """Turns JSON into values, with arrays and networks at hand.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Arrays by name.
    networks : list of dict of str to ndarray
        Weights of each network.
    """

    def __init__(self, arrays, networks):
        self.arrays, self.networks = arrays, networks
        self._made, self._depth = [], 0

    def decode(self, node):
        """Value of a node of the JSON.

        Raises
        ------
        DataFormatError
            If the node is none of those that are written.
        """
        if node is None or isinstance(node, (bool, int, float, str)):
            return node
        self._depth += 1
        if self._depth > _DEEPEST:
            raise DataFormatError("model.json is nested too deep")
        value = [self.decode(part) for part in node] if isinstance(node, list) else self._node(node)
        self._depth -= 1
        return value

    def _node(self, node):
        kind = node.get("kind")
        # the table is of this class, never of names in the file
        if not isinstance(kind, str) or kind not in _READERS:
            raise DataFormatError(f"model.json holds {kind!r:.60} where a kind of value is expected")
        read, keys = _READERS[kind]
        if set(node) != keys | {"kind"}:
            raise DataFormatError(f"model.json: a node of the kind {kind!r} must have {sorted(keys)}, and nothing else")
        return read(self, node)

    def _float(self, node):
        if node["value"] not in ("nan", "inf", "-inf"):
            raise DataFormatError(f"model.json: {node['value']!r:.60} is no number")
        return float(node["value"])

    def _list_of(self, node, key="items"):
        if not isinstance(node[key], list):
            raise DataFormatError(f"model.json: {key} of a {node['kind']} must be a list")
        return node[key]

    def _tuple(self, node):
        return tuple(self.decode(part) for part in self._list_of(node))

    def _dict(self, node):
        pairs = self._list_of(node)
        if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
            raise DataFormatError("model.json: a dict must be a list of pairs")
        found = {self._key(key): self.decode(value) for key, value in pairs}
        if len(found) < len(pairs):
            raise DataFormatError("model.json: a dict has a key twice")
        return Bunch(**found) if node["kind"] == "bunch" else found

    def _key(self, node):
        key = self.decode(node)
        if not isinstance(key, (str, int, float, bool, tuple, type(None), np.generic)):
            raise DataFormatError(f"model.json: a {type(key).__name__} cannot be a key")
        return key

    def _scalar(self, node):
        value = node["value"]
        dtype, plain = self._plain_dtype(node["dtype"], "biufU"), self.decode(value)
        if not isinstance(plain, str if dtype.kind == "U" else (bool, int, float)):
            raise DataFormatError(f"model.json: {plain!r:.60} is no {dtype}")
        return dtype.type(plain)

    def _plain_dtype(self, name, kinds):
        """Dtype of a name such as "<f8"; only those of numbers and text."""
        if not isinstance(name, str) or len(name) > 12 or name[:1] not in "<>|=" or name[1:2] not in tuple(kinds):
            raise DataFormatError(f"model.json: the dtype {name!r:.60} is refused")
        return np.dtype(name)

    def _array(self, node):
        name = node["name"]
        if not isinstance(name, str) or name not in self.arrays:
            raise DataFormatError(f"arrays.safetensors holds no array {name!r:.60}, which model.json asks for")
        return self.arrays[name].T if node["turned"] is True else self.arrays[name]

    def _objects(self, node):
        shape, items = node["shape"], self._list_of(node)
        if not isinstance(shape, list) or not all(type(n) is int and 0 <= n <= 1 << 31 for n in shape):
            raise DataFormatError(f"model.json: {shape!r:.60} is no shape")
        if len(shape) > 32 or int(np.prod([float(n) for n in shape])) != len(items):
            raise DataFormatError(f"model.json: the shape {shape!r:.60} does not fit {len(items)} values")
        if node["dtype"] == "object":
            filled = np.empty(len(items), object)
            for number, item in enumerate(items):
                filled[number] = self.decode(item)
            return filled.reshape(shape)
        self._plain_dtype(node["dtype"], "U")
        if not all(isinstance(item, str) for item in items):
            raise DataFormatError("model.json: an array of text holds something else")
        width = max(map(len, items), default=0)
        # as wide as it says only where a text is: a width costs memory for every item
        if int(node["dtype"][2:] or 0) > max(1000, 4 * width):
            raise DataFormatError(f"model.json: texts of {width} characters in the dtype {node['dtype']}")
        return np.array(items, node["dtype"]).reshape(shape)

    def _structured(self, node):
        fields = self._list_of(node, "fields")
        if not fields or not all(isinstance(pair, list) and len(pair) == 2 for pair in fields):
            raise DataFormatError("model.json: the fields of a structured array must be pairs")
        columns = [(name, self.decode(part)) for name, part in fields]
        first = columns[0][1]
        for name, column in columns:
            fits = isinstance(name, str) and isinstance(column, np.ndarray) and column.dtype.kind in "biuf"
            if not fits or column.shape != first.shape:
                raise DataFormatError("model.json: the fields of a structured array do not fit each other")
        table = np.empty(first.shape, [(name, column.dtype) for name, column in columns])
        for name, column in columns:
            table[name] = column
        return table

    def _sparse(self, node):
        if not isinstance(node["format"], str) or node["format"] not in SPARSE:
            raise DataFormatError(f"model.json: the sparse format {node['format']!r:.60} is refused")
        shape = node["shape"]
        if not isinstance(shape, list) or len(shape) != 2 or not all(type(n) is int and n >= 0 for n in shape):
            raise DataFormatError(f"model.json: {shape!r:.60} is no shape of a sparse array")
        parts = tuple(self.decode(node[name]) for name in ("data", "indices", "indptr"))
        if not all(isinstance(part, np.ndarray) and part.ndim == 1 for part in parts):
            raise DataFormatError("model.json: a sparse array needs three arrays")
        made = SPARSE[node["format"]](parts, shape=tuple(shape))
        # products follow the indices without looking
        made.check_format(full_check=True)
        return made

    def _frame(self, node):
        values = {name: node[name] for name in _PANDAS[node["kind"]]}
        if node["kind"] == "index":
            return pd.Index(self.decode(values["values"]), name=self.decode(values["name"]), tupleize_cols=False)
        index = self.decode(values["index"])
        if node["kind"] == "series":
            return pd.Series(self.decode(values["values"]), index=index, name=self.decode(values["name"]))
        columns = self.decode(values["columns"])
        frame = pd.DataFrame(dict(enumerate(self.decode(values["values"]))), index=index)
        frame.columns = columns
        return frame

    def _range(self, node):
        items = self._list_of(node)
        if len(items) != 3 or not all(item is None or type(item) is int for item in items):
            raise DataFormatError(f"model.json: a {node['kind']} needs three whole numbers")
        return range(*items) if node["kind"] == "range" else slice(*items)

    def _type(self, node):
        if node["kind"] == "dtype":
            return self._plain_dtype(node["name"], "biuf")
        if not isinstance(node["name"], str) or node["name"] not in DTYPES:
            raise DataFormatError(f"model.json: the type {node['name']!r:.60} is refused")
        return DTYPES[node["name"]]

    def _function(self, node):
        function = function_of(node["name"])
        if function is None:
            raise DataFormatError(f"model.json names the function {node['name']!r:.100}, which is on no list")
        return function

    def _network(self, node):
        number = node["number"]
        if type(number) is not int or not 1 <= number <= len(self.networks):
            raise DataFormatError(f"model.json asks for the network {number!r:.60}, which the folder does not hold")
        return self.networks[number - 1]

    def _same(self, node):
        number = node["number"]
        if type(number) is not int or not 0 <= number < len(self._made):
            raise DataFormatError(f"model.json refers to the estimator {number!r:.60}, which is not there")
        return self._made[number]

    def _class(self, node, is_right, what):
        cls = class_of(node["class"])
        if cls is None or not is_right(cls):
            raise DataFormatError(f"model.json names the class {node['class']!r:.100}, which is on no list of {what}")
        return cls

    def _mapping(self, node, key):
        if not isinstance(node[key], dict):
            raise DataFormatError(f"model.json: {key} of {node['class']!r:.100} must be a table")
        return {name: self.decode(value) for name, value in node[key].items()}

    def _estimator(self, node):
        cls = self._class(node, lambda cls: issubclass(cls, BaseEstimator), "estimators")
        params, fitted = self._mapping(node, "params"), self._mapping(node, "fitted")
        params = _known_params(cls, params, self._list_of(node, "defaults"))
        _check_params(cls, params)
        estimator = cls(**params)
        fitted = _check_attributes(cls, fitted)
        if fitted and hasattr(estimator, "_from_kept"):
            estimator._from_kept(fitted)
        else:
            vars(estimator).update(fitted)
            finish(estimator)
        self._made.append(estimator)
        return estimator

    def _record(self, node):
        cls = self._class(node, lambda cls: not issubclass(cls, BaseEstimator), "records")
        if node["class"] in part_names():
            raise DataFormatError(f"model.json names the class {node['class']!r}, which is no record")
        return cls(**self._mapping(node, "fields"))

    def _part(self, node):
        if node["class"] not in part_names():
            raise DataFormatError(f"model.json names the class {node['class']!r:.100}, which is on no list of parts")
        cls, state = class_of(node["class"]), self._mapping(node, "state")
        state = _check_attributes(cls, state)
        made = cls.__new__(cls)
        vars(made).update(state)
        return made

    def _tree(self, node):
        if not isinstance(node["state"], dict):
            raise DataFormatError("model.json: the state of a tree must be a table")
        return make_tree(node["kind"], {name: self.decode(value) for name, value in node["state"].items()})


def _known_params(cls, params, defaults):
    """Parameters without those at a default that this version does not have, or that say nothing but that it ends."""
    known = cls._get_param_names()
    return {
        name: value
        for name, value in params.items()
        if name not in defaults or (name in known and not (isinstance(value, str) and value == "deprecated"))
    }


def _check_params(cls, params):
    unknown = sorted(set(params) - set(cls._get_param_names()))
    if unknown:
        raise DataFormatError(
            f"model.json sets {unknown[0]!r:.60} of {cls.__name__}, which has no such parameter in the version "
            "installed here; install the versions that model.json names"
        )
    for name, value in NEVER_KEPT.items():
        if name in params and params[name] is not value:
            raise DataFormatError(f"model.json sets {name}={params[name]!r:.60} of {cls.__name__}, which is refused")
    if isinstance(params.get("dtype"), str) and params["dtype"] not in DTYPES:
        raise DataFormatError(f"model.json sets dtype={params['dtype']!r:.60} of {cls.__name__}, which is refused")
    n_jobs = params.get("n_jobs")
    if isinstance(n_jobs, int) and abs(n_jobs) > _MOST_JOBS:
        raise DataFormatError(f"model.json sets n_jobs={n_jobs} of {cls.__name__}, which is refused")
    if cls.__name__ == "FunctionTransformer" and (params.get("func"), params.get("inverse_func")) != (None, None):
        raise DataFormatError("model.json sets a function of FunctionTransformer, which is refused")


def _check_attributes(cls, attributes):
    """The attributes, without those that this version derives from others."""
    for name in attributes:
        if not name.isidentifier() or name.startswith("__") or callable(getattr(cls, name, None)):
            raise DataFormatError(f"model.json sets {name!r:.60} of {cls.__name__}, which is refused")
    return {name: value for name, value in attributes.items() if not isinstance(getattr(cls, name, None), property)}


_READERS = {
    "float": (Decoder._float, {"value"}),
    "tuple": (Decoder._tuple, {"items"}),
    "dict": (Decoder._dict, {"items"}),
    "bunch": (Decoder._dict, {"items"}),
    "scalar": (Decoder._scalar, {"dtype", "value"}),
    "array": (Decoder._array, {"name", "turned"}),
    "objects": (Decoder._objects, {"dtype", "shape", "items"}),
    "structured": (Decoder._structured, {"fields"}),
    "sparse": (Decoder._sparse, {"format", "shape", "data", "indices", "indptr"}),
    **{kind: (Decoder._frame, keys) for kind, keys in _PANDAS.items()},
    "range": (Decoder._range, {"items"}),
    "slice": (Decoder._range, {"items"}),
    "type": (Decoder._type, {"name"}),
    "dtype": (Decoder._type, {"name"}),
    "function": (Decoder._function, {"name"}),
    "network": (Decoder._network, {"number"}),
    "same": (Decoder._same, {"number"}),
    "estimator": (Decoder._estimator, {"class", "params", "defaults", "fitted"}),
    "record": (Decoder._record, {"class", "fields"}),
    "part": (Decoder._part, {"class", "state"}),
    "tree": (Decoder._tree, {"state"}),
    "boosted_tree": (Decoder._tree, {"state"}),
}
"""Kind of a node -> how it is read, and which keys it has."""
