"""Arrays in the format of safetensors: a header of JSON, then bytes. Nothing in it can be run.

https://github.com/huggingface/safetensors describes the format. The reader takes nothing on trust: every shape is
compared with the bytes that are there before an array is made.
"""

import json
import math
import re

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.persistence._json import read_json

__all__ = ["pack_arrays", "unpack_arrays"]

_DTYPES = {
    "BOOL": "?",
    "U8": "u1",
    "I8": "i1",
    "U16": "<u2",
    "I16": "<i2",
    "U32": "<u4",
    "I32": "<i4",
    "U64": "<u8",
    "I64": "<i8",
    "F16": "<f2",
    "F32": "<f4",
    "F64": "<f8",
}
_CODES = {np.dtype(code): name for name, code in _DTYPES.items()}
_LENGTH = 8
"""Bytes that hold the length of the header."""
_MOST_AXES = 32
_LONGEST_AXIS = 1 << 40
"""Of an empty array, whose bytes do not limit its other axes."""
_NAME = re.compile(r"[\w.\-]{1,200}", re.ASCII)


def pack_arrays(arrays):
    """Bytes of a safetensors file.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Numbers and booleans.

    Returns
    -------
    bytes

    Raises
    ------
    TypeError
        If an array holds something else.
    """
    header, parts, place = {}, [], 0
    # large items first, so that each begins at a multiple of its size, as readers that map the file want it
    for name, array in sorted(arrays.items(), key=lambda item: (-item[1].dtype.itemsize, item[0])):
        little = array.dtype.newbyteorder("<")
        if little not in _CODES:
            raise TypeError(f"{name}: arrays of {array.dtype} cannot be kept")
        parts.append(np.ascontiguousarray(array, little).tobytes())
        end = place + len(parts[-1])
        header[name] = {"dtype": _CODES[little], "shape": list(array.shape), "data_offsets": [place, end]}
        place = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH)
    return b"".join([len(text).to_bytes(_LENGTH, "little"), text, *parts])


def unpack_arrays(content, name):
    """Arrays of a safetensors file.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        Its name, for messages.

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    DataFormatError
        If it is another file, or a shape does not fit the bytes.
    """
    length = int.from_bytes(content[:_LENGTH], "little")
    if len(content) < _LENGTH or length > len(content) - _LENGTH:
        raise DataFormatError(f"{name} is no safetensors file, or is cut off: its header does not fit into it")
    header = read_json(content[_LENGTH : _LENGTH + length], f"the header of {name}")
    if not isinstance(header, dict):
        raise DataFormatError(f"{name} is no safetensors file: its header is no table")
    header.pop("__metadata__", None)
    data = memoryview(content)[_LENGTH + length :]
    entries = {key: _checked_entry(key, entry, name) for key, entry in header.items()}
    _check_tiling([entry[2] for entry in entries.values()], len(data), name)
    return {
        key: np.frombuffer(data[start:end], dtype).reshape(shape).copy()
        for key, (dtype, shape, (start, end)) in entries.items()
    }


def _checked_entry(key, entry, name):
    """(dtype, shape, (start, end)) of an array, which agree with each other."""
    if not _NAME.fullmatch(key):
        raise DataFormatError(f"{name}: {key!r:.60} is no name of an array")
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise DataFormatError(f"{name}: {key} must have a dtype, a shape and data_offsets, and nothing else")
    dtype, shape, place = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise DataFormatError(f"{name}: {key} has the dtype {dtype!r:.60}; allowed are {', '.join(_DTYPES)}")
    if not (_are_sizes(shape) and len(shape) <= _MOST_AXES and _are_sizes(place) and len(place) == 2):
        raise DataFormatError(f"{name}: shape and data_offsets of {key} must be lists of whole numbers >= 0")
    dtype = np.dtype(_DTYPES[dtype])
    # Python's integers do not overflow, whatever the shape says
    if math.prod(shape) * dtype.itemsize != place[1] - place[0] or max(shape, default=0) > _LONGEST_AXIS:
        raise DataFormatError(f"{name}: {key} has the shape {shape!r:.60}, which does not fit its data_offsets {place}")
    return dtype, tuple(shape), tuple(place)


def _are_sizes(values):
    return isinstance(values, list) and all(type(value) is int and value >= 0 for value in values)


def _check_tiling(places, n_bytes, name):
    """Every byte belongs to one array."""
    end = 0
    for start, stop in sorted(places):
        if start != end:
            raise DataFormatError(f"{name}: arrays overlap, or bytes belong to none of them")
        end = stop
    if end != n_bytes:
        raise DataFormatError(f"{name} should hold {end} bytes of arrays, but has {n_bytes}; it is cut off or damaged")
