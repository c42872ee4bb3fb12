"""Numbers and other values in the cells of a table."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.reporting import Code, Link, Picture
from seqaug_sklearn.reporting._cells import cell, cells, column_cells


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (0.12349, "", "0.123"), (123.456, "", "123.5"), (1e-5, "", "1.0e-05"), (2.5e7, "", "2.5e+07"),
        (0.0, "", "0.000"),
        (-0.25, "", "-0.250"), (1e-5, "p_student", "< 0.001"), (7, "", "7"), (True, "", "yes"), (np.False_, "", "no"),
        (None, "", "–"), (float("nan"), "", "–"), (np.float32(0.5), "", "0.500"), ("a", "", "a"),
    ],
)  # fmt: skip
def test_cells(value, column, text):
    assert cell(value, column) == text


def test_tiny_numbers_beside_larger_ones_are_zero_and_alone_are_powers():
    def cells(*values, name="difference"):
        return column_cells(pd.Series(values, name=name))

    assert cells(0.25, 3e-4, -3e-4, float("nan")) == ["0.250", "0.000", "0.000", "–"]
    assert cells(2e-5, 3e-4) == ["2.0e-05", "3.0e-04"]
    assert cells(0.5, 1e-5, name="p_student") == ["0.500", "< 0.001"]
    assert cells("a", None, name="x") == ["a", "–"]


def test_a_table_says_what_is_a_number_and_what_a_picture():
    frame = pd.DataFrame({"a\nname": ["x"], "n": [3], "is_it": [True], "p": ["2e-7"], "logo": [Picture(b"", "a logo")]})
    shown = cells(frame, numbers=["p"])
    assert shown["header"] == ["a\nname", "n", "is it", "p", "logo"]
    assert shown["numeric"] == [False, True, False, True, False]
    assert shown["has_pictures"]
    assert not cells(frame[["n"]])["has_pictures"]


@pytest.mark.parametrize("value", [Picture(b"", "a logo"), Link("first", "card-1"), Code("ACGT")])
def test_more_than_text_is_left_to_the_template(value):
    assert cell(value) is value
