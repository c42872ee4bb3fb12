"""Our files of arrays are those of the safetensors library, and the reader takes nothing on trust."""

import json

import numpy as np
import pytest

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.persistence._safetensors import pack_arrays, unpack_arrays

ARRAYS = {
    "weights": np.arange(12, dtype="f4").reshape(3, 4),
    "turned": np.arange(6.0).reshape(2, 3).T,
    "mask": np.array([True, False]),
    "big-endian": np.arange(3, dtype=">i8"),
    "none": np.zeros((0, 5), "u2"),
    "number": np.array(7, "u8"),
}


def assert_equal(found, expected):
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype.newbyteorder("=")


def test_arrays_come_back():
    assert_equal(unpack_arrays(pack_arrays(ARRAYS), "file"), ARRAYS)
    assert unpack_arrays(pack_arrays({}), "file") == {}


def test_the_library_reads_and_writes_the_same():
    library = pytest.importorskip("safetensors.numpy")
    assert_equal(library.load(pack_arrays(ARRAYS)), ARRAYS)
    assert_equal(unpack_arrays(library.save({"a": ARRAYS["weights"]}, {"by": "x"}), "f"), {"a": ARRAYS["weights"]})


@pytest.mark.parametrize("array", [np.array([object()]), np.array(["a"]), np.zeros(2, complex), np.zeros(2, "i4,f8")])
def test_only_numbers_are_packed(array):
    with pytest.raises(TypeError, match=r"a: arrays of .* cannot be kept"):
        pack_arrays({"a": array})


ENTRY = {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ([], "its header is no table"),
        ({"../a": ENTRY}, "'../a' is no name"),
        ({"a": {**ENTRY, "call": 1}}, "and nothing else"),
        ({"a": {**ENTRY, "dtype": ["U8"]}}, r"the dtype \['U8'\]"),
        ({"a": {**ENTRY, "shape": [-2]}}, "whole numbers >= 0"),
        ({"a": {**ENTRY, "shape": [True, 2]}}, "whole numbers >= 0"),
        ({"a": {**ENTRY, "shape": [1] * 40}}, "whole numbers >= 0"),
        ({"a": {**ENTRY, "shape": [3]}}, "does not fit its data_offsets"),
        ({"a": {**ENTRY, "data_offsets": [2, 0]}}, "does not fit its data_offsets"),
        ({"a": {**ENTRY, "data_offsets": [1, 3]}}, "bytes belong to none"),
        ({}, "should hold 0 bytes of arrays, but has 2"),
    ],
)
def test_wrong_headers_are_refused(header, message):
    text = json.dumps(header).encode()
    with pytest.raises(DataFormatError, match=message):
        unpack_arrays(len(text).to_bytes(8, "little") + text + b"ab", "file")
