"""Lists and numbers in running text."""

import pytest

from seqaug_sklearn.reporting import joined, number, p_equals, p_number, percent


@pytest.mark.parametrize(("names", "text"), [("", ""), ("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")])
def test_joined(names, text):
    assert joined(list(names)) == text


def test_numbers():
    assert [number(value) for value in (4.0, -0.123456, 99.96, 100, 12345.67)] == [
        "4",
        "-0.123",
        "100",
        "100.0",
        "12,345.7",
    ]
    assert [p_number(value) for value in (2e-7, 0.0044, 0.82, 1)] == ["2.0e-07", "0.0044", "0.82", "1"]
    assert [p_equals(value) for value in (2e-7, 0.0044, 1)] == ["p < 0.001", "p = 0.004", "p = 1.000"]
    assert percent(0.5) == "50.0 %"
