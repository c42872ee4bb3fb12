"""TextBuffer against slices of the text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqaug_sklearn.utils import TextBuffer


@given(st.lists(st.text(max_size=12), min_size=1, max_size=200).filter(any), st.booleans())
def test_the_buffer_holds_the_text(values, upper):
    values = [text.replace("\0", "") for text in values]
    buffer = TextBuffer.from_text(values, upper=upper)
    ascii_upper = str.maketrans({chr(c): chr(c - 32) for c in range(ord("a"), ord("z") + 1)})
    expected = [text.translate(ascii_upper) if upper else text for text in values]
    got = ["".join(map(chr, buffer.points[b:e])) for b, e in zip(buffer.offsets, buffer.offsets[1:], strict=False)]
    assert got == expected
    assert buffer.lengths.tolist() == [len(text) for text in values]
    assert not buffer.points.flags.writeable


@pytest.mark.parametrize("form", [list, np.array])
def test_windows_are_cut_in_any_order_and_laid_in_bags(random_dna, form):
    values = [*random_dna(100, 30), *random_dna(3, 20), *random_dna(1, 5)]
    buffer = TextBuffer.from_text(form(values))
    sources, starts = np.array([103, 0, 101, 0, 64]), np.array([1, 26, 9, 0, 13])
    expected = [values[i][s : s + 4] for i, s in zip(sources, starts, strict=True)]
    assert buffer.cut(sources, starts, 4).tolist() == expected
    order = np.argsort(sources, kind="stable")
    bag = buffer.bag(sources[order], starts[order], 4)
    assert bag.shape == (104, 2)
    assert bag[0].tolist() == [expected[1], expected[3]]
    assert bag[64].tolist() == [expected[4], ""]
    assert (bag != "").sum() == 5


def test_views_need_no_memory(random_dna):
    buffer = TextBuffer.from_text(random_dna(4, 10))
    bag = buffer.strided(3, step=2)
    assert bag.shape == (4, 4)
    assert bag.ctypes.data == buffer.points.ctypes.data
    assert not bag.flags.writeable
