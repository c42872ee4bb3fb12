"""JSON is read strictly."""

import pytest

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.persistence._json import canonical_json, read_json


def test_values_come_back_as_they_are():
    value = {"a": [1, -1.5, "é", None, True], "b": {"c": 2**63}}
    assert read_json(canonical_json(value), "it") == value
    assert canonical_json({"b": 1, "a": 2}) == canonical_json({"a": 2, "b": 1})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is no JSON"),
        (b"{", "it is no JSON"),
        (b"\xff", "it is no JSON"),
        (b"Infinity", "it holds Infinity"),
        (b"[NaN]", "it holds NaN"),
        (b"-1e999", "the number -1e999"),
        (b"1" * 40, r"the number 1{20}\.\.\."),
        (b"1" * 5000, r"the number 1{20}\.\.\."),
        (b'{"a": {"b": 1, "b": 1}}', "it has the key 'b' twice"),
        (b"[" * 100_000, "it is nested too deep"),
    ],
)
def test_other_content_is_refused(content, message):
    with pytest.raises(DataFormatError, match=message):
        read_json(content, "it")
