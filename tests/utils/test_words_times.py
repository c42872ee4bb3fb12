"""Times in words."""

import pytest

from seqaug_sklearn.utils import parse_time, tell_time


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("10m", 600), ("1h30m", 5400), ("90s", 90), ("2", 120), ("1.5", 90), (" 10MIN ", 600), ("0.5h", 1800)],
)
def test_times_are_read(text, seconds):
    assert parse_time(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "10 m s", "-3m", "1d", "m"])
def test_other_text_is_no_time(text):
    assert parse_time(text) is None


def test_times_are_told():
    assert (tell_time(90), tell_time(600), tell_time(0.5)) == ("90 s", "10 min", "0.5 s")
