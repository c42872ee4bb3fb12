"""From a fitted estimator to plain JSON, with its arrays beside it."""

import contextlib
import dataclasses
import inspect
import math
import os
import re

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.utils import Bunch

from seqaug_sklearn.persistence._classes import function_name, is_sampler, name_of, part_names
from seqaug_sklearn.persistence._special import UnwritableError, fitted_state, tree_state
from seqaug_sklearn.utils import brief

__all__ = ["DTYPES", "FIT_ONLY", "NEVER_KEPT", "SPARSE", "Encoder"]

FIT_ONLY = {"augment", "initial_filters", "random_state", "cv", "scoring", "orthologs", "exclude"}
"""Parameters that only ``fit`` reads: left out, with a word, where they cannot be written."""
NEVER_KEPT = {
    "callbacks": None,
    "memory": None,
    "checkpoint": None,
    "storage": None,
    "cache_dir": None,
    "trust_remote_code": False,
}
"""Parameters -> what stands in the folder instead: they name code, or files that a later ``fit`` would read."""

_NUMBERS = "bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64"
DTYPES = {name: getattr(np, name) for name in _NUMBERS.split()}
DTYPES |= {"float": float, "int": int, "str": str, "bool": bool, "object": object}
"""Types that a parameter ``dtype`` may be."""
_NAMES = {value: name for name, value in DTYPES.items()}
_LARGEST = 1 << 63


class Encoder:
    """Turns values into JSON and collects arrays and networks.

    Parameters
    ----------
    private : bool
        Whether data of the training rows stay out.

    Attributes
    ----------
    arrays : dict of str to ndarray
        Arrays, by the names that the JSON uses.
    networks : list of dict of str to ndarray
        Weights of each network.
    left_out : list of str
        What was not written, and why.
    """

    def __init__(self, *, private):
        self.private = private
        self.arrays, self.networks, self.left_out = {}, [], []
        self._names, self._numbers, self._alive = {}, {}, []

    def encode(self, value, where):
        """JSON of a value; ``where`` says in a message where it stands."""
        if value is None or type(value) in (bool, str):
            return value
        if type(value) in (int, float):
            return self._number(value, where)
        if isinstance(value, os.PathLike):
            return os.fspath(value)
        if type(value).__module__ == "torch" and type(value).__name__ == "device":
            return str(value)
        for types, write in _WRITERS:
            if isinstance(value, types):
                return write(self, value, where)
        return self._other(value, where)

    @contextlib.contextmanager
    def _or_nothing(self):
        """Collect all of a part, or nothing: numbers of estimators and arrays are counted once more when it is read."""
        before = dict(self.arrays), list(self.networks), list(self.left_out), dict(self._names), dict(self._numbers)
        try:
            yield
        except UnwritableError:
            self.arrays, self.networks, self.left_out, self._names, self._numbers = before
            raise

    def _number(self, value, where):
        if isinstance(value, float):
            return value if math.isfinite(value) else {"kind": "float", "value": str(value)}
        if abs(value) >= _LARGEST:
            raise UnwritableError(f"{where} is a number of more than 64 bits, which a model folder does not hold")
        return value

    def _items(self, values, where):
        return [self.encode(value, f"{where}[{number}]") for number, value in enumerate(values)]

    def _list(self, value, where):
        return self._items(value, where)

    def _tuple(self, value, where):
        if type(value) is not tuple:
            return self._other(value, where)
        return {"kind": "tuple", "items": self._items(value, where)}

    def _dict(self, value, where):
        if value and all(type(entry).__module__ == "torch" for entry in value.values()):
            return self._network(value)
        if type(value) not in (dict, Bunch):
            return self._other(value, where)
        kind = "bunch" if type(value) is Bunch else "dict"
        keys = self._items(value, f"the keys of {where}")
        values = [self.encode(entry, f"{where}[{key!r}]") for key, entry in value.items()]
        return {"kind": kind, "items": [list(pair) for pair in zip(keys, values, strict=True)]}

    def _network(self, state):
        self.networks.append({name: tensor.detach().cpu().numpy() for name, tensor in state.items()})
        return {"kind": "network", "number": len(self.networks)}

    def _scalar(self, value, where):
        if value.dtype.kind not in "biufU":
            return self._other(value, where)
        plain = self._number(value.item(), where) if value.dtype.kind in "iuf" else value.item()
        return {"kind": "scalar", "dtype": value.dtype.str, "value": plain}

    def _array(self, value, where):
        if type(value) is not np.ndarray:
            return self._other(value, where)
        if value.dtype.names:
            fields = [[name, self._array(np.ascontiguousarray(value[name]), where)] for name in value.dtype.names]
            return {"kind": "structured", "fields": fields}
        if value.dtype.kind in "UO":
            dtype = "object" if value.dtype.kind == "O" else value.dtype.str
            return {
                "kind": "objects",
                "dtype": dtype,
                "shape": list(value.shape),
                "items": self._items(value.ravel().tolist(), where),
            }
        if value.dtype.kind not in "biuf" or value.dtype.itemsize > 8:
            raise UnwritableError(f"{where} is an array of {value.dtype}, which a model folder does not hold")
        # sums of products depend on the order in memory in the last bit
        turned = value.ndim > 1 and value.flags.f_contiguous and not value.flags.c_contiguous
        return {"kind": "array", "name": self._store(value.T if turned else value, where), "turned": turned}

    def _store(self, array, where):
        key = id(array)
        if key not in self._names:
            own = re.sub(r"\W+", "_", where.rpartition(".")[2], flags=re.ASCII).strip("_")[:40] or "array"
            self._names[key] = f"{len(self.arrays):05d}.{own}"
            self.arrays[self._names[key]] = array
            self._alive.append(array)
        return self._names[key]

    def _sparse(self, value, where):
        if type(value).__name__ not in SPARSE:
            raise UnwritableError(f"{where} is a sparse {type(value).__name__}; a model folder holds CSR and CSC only")
        parts = {part: self._array(getattr(value, part), f"{where}.{part}") for part in ("data", "indices", "indptr")}
        return {"kind": "sparse", "format": type(value).__name__, "shape": [int(n) for n in value.shape], **parts}

    def _index(self, value, where):
        if isinstance(value, pd.MultiIndex):
            return self._other(value, where)
        return {"kind": "index", "name": self.encode(value.name, where), "values": self._column(value, where)}

    def _column(self, value, where):
        plain = value.to_numpy()
        return self._array(plain.astype(object) if plain.dtype.kind not in "biufUO" else plain, where)

    def _series(self, value, where):
        index, values = self._index(value.index, where), self._column(value, where)
        return {"kind": "series", "name": self.encode(value.name, where), "index": index, "values": values}

    def _frame(self, value, where):
        columns = [self._column(value.iloc[:, number], where) for number in range(value.shape[1])]
        index, names = self._index(value.index, where), self._index(value.columns, where)
        return {"kind": "frame", "columns": names, "index": index, "values": columns}

    def _range(self, value, where):
        return {"kind": "range", "items": self._items((value.start, value.stop, value.step), where)}

    def _slice(self, value, where):
        return {"kind": "slice", "items": self._items((value.start, value.stop, value.step), where)}

    def _type(self, value, where):
        if value not in _NAMES:
            return self._other(value, where)
        return {"kind": "type", "name": _NAMES[value]}

    def _dtype(self, value, where):
        return {"kind": "dtype", "name": value.str} if value.kind in "biuf" else self._other(value, where)

    def _estimator(self, value, where):
        if id(value) in self._numbers:
            return {"kind": "same", "number": self._numbers[id(value)]}
        name = name_of(type(value))
        if hasattr(value, "best_estimator_"):
            raise UnwritableError(f"{where} is a search; save its best_estimator_, which predicts the same")
        if name is None:
            raise UnwritableError(
                f"{where} is a {type(value).__module__}.{type(value).__qualname__}, which is not on the list of "
                "classes that a model folder may hold; replace it by a part of this package or of scikit-learn, or "
                "keep the model with joblib"
            )
        state = fitted_state(value, where, private=self.private)
        params = self._params(value, where)
        kept = {key: part for key, part in state.items() if key not in not_saved(value)}
        fitted = {key: self.encode(part, f"{where}.{key}") for key, part in kept.items()}
        # numbered when it is done, as it is when it is read
        self._numbers[id(value)] = len(self._numbers)
        self._alive.append(value)
        return {"kind": "estimator", "class": name, "params": params, "defaults": _defaults(value), "fitted": fitted}

    def _params(self, value, where):
        written = {}
        defaults = inspect.signature(type(value).__init__).parameters
        for name, given in value.get_params(deep=False).items():
            here = f"{where}.{name}"
            if name in not_saved(value):
                written[name] = self.encode(defaults[name].default, here)
                continue
            if name == "trust_remote_code" and given:
                raise UnwritableError(
                    f"{here} is true, so predictions run code that comes with a language model; save the model behind "
                    "the embedder, and embed by itself"
                )
            if name in NEVER_KEPT:
                written[name] = NEVER_KEPT[name]
                if given is not None and given is not NEVER_KEPT[name]:
                    self.left_out.append(f"{here}: it names code or files, which a model folder does not")
                continue
            try:
                with self._or_nothing():
                    written[name] = self._steps(given, here) if name == "steps" else self._param(name, given, here)
            except UnwritableError:
                if name not in FIT_ONLY:
                    raise
                default = defaults[name].default
                written[name] = None if default is inspect.Parameter.empty else default
                self.left_out.append(f"{here}={brief(given)!r:.200}: only fit needs it, and it cannot be written")
        return written

    def _param(self, name, given, where):
        if self.private and name in FIT_ONLY and not isinstance(given, (int, str, type(None))):
            raise UnwritableError(f"{where} may hold data of the training rows")
        return self.encode(given, where)

    def _steps(self, steps, where):
        """Steps of a pipeline; one that resamples while fitting need not be there."""
        written = []
        for name, step in steps:
            try:
                with self._or_nothing():
                    if self.private and is_sampler(step):
                        raise UnwritableError(f"{where} may hold data of the training rows")
                    # predictions pass it by, so what it learned is not kept
                    part = self.encode(clone(step) if is_sampler(step) else step, f"{where}.{name}")
            except UnwritableError:
                if not is_sampler(step):
                    raise
                part = "passthrough"
                self.left_out.append(f"{where}.{name}={type(step).__name__}: only fit needs it")
            written.append({"kind": "tuple", "items": [name, part]})
        return written

    def _other(self, value, where):
        cls = type(value)
        if dataclasses.is_dataclass(value) and not inspect.isclass(value) and name_of(cls):
            fields = [field.name for field in dataclasses.fields(value) if field.init]
            state = {name: self.encode(getattr(value, name), f"{where}.{name}") for name in fields}
            return {"kind": "record", "class": name_of(cls), "fields": state}
        if name_of(cls) in part_names():
            state = {name: self.encode(part, f"{where}.{name}") for name, part in vars(value).items()}
            return {"kind": "part", "class": name_of(cls), "state": state}
        special = tree_state(value)
        if special is not None:
            kind, state = special
            return {"kind": kind, "state": {name: self.encode(part, f"{where}.{name}") for name, part in state.items()}}
        if inspect.isroutine(value) and function_name(value):
            return {"kind": "function", "name": function_name(value)}
        is_code = isinstance(value, np.ufunc) or inspect.isroutine(value) or inspect.isclass(value)
        what = "a function or class" if is_code else f"of the type {cls.__module__}.{cls.__qualname__}"
        raise UnwritableError(
            f"{where} is {what}, which a model folder cannot hold, as loading must not run code; use a setting that is "
            "a name or a number, or keep the model with joblib"
        )


def _defaults(estimator):
    """Names of the parameters that stand at their defaults, which another version may have not, or otherwise."""
    defaults = inspect.signature(type(estimator).__init__).parameters
    given = estimator.get_params(deep=False)
    # compared as text: arrays and estimators have no plain equality, and are no defaults
    return [name for name, value in given.items() if _is_plain(value) and repr(value) == repr(defaults[name].default)]


def _is_plain(value):
    return value is None or isinstance(value, (bool, int, float, str, tuple, type))


def not_saved(estimator):
    """Settings and fitted attributes that predictions do not need, as the class of an estimator names them."""
    return getattr(type(estimator), "_not_saved", ())


SPARSE = {cls.__name__: cls for cls in (sparse.csr_array, sparse.csc_array, sparse.csr_matrix, sparse.csc_matrix)}
"""Sparse formats by name."""

_WRITERS = [
    (BaseEstimator, Encoder._estimator),
    (np.generic, Encoder._scalar),
    (np.ndarray, Encoder._array),
    ((sparse.sparray, sparse.spmatrix), Encoder._sparse),
    (list, Encoder._list),
    (tuple, Encoder._tuple),
    (dict, Encoder._dict),
    (pd.Index, Encoder._index),
    (pd.Series, Encoder._series),
    (pd.DataFrame, Encoder._frame),
    (range, Encoder._range),
    (slice, Encoder._slice),
    (type, Encoder._type),
    (np.dtype, Encoder._dtype),
]
