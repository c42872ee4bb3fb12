"""Colours are written once."""

from pathlib import Path

import pytest

import seqaug_sklearn
from seqaug_sklearn.reporting import PALETTE

FILES = [file for file in Path(seqaug_sklearn.__file__).parent.rglob("*") if file.suffix in (".py", ".jinja")]


@pytest.mark.parametrize("color", PALETTE)
def test_each_colour_is_written_in_one_file(color):
    found = [file.name for file in FILES if color.lower() in file.read_text(encoding="utf-8").lower()]
    assert found == ["_palette.py"]
