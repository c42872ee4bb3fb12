"""Edits in words: ``"gentle,mutation(rate=0.1),copies=2"``."""

import inspect
import re

from seqaug_sklearn.augmentation._edits._edits import (
    RandomDeletion,
    RandomInsertion,
    RandomInversion,
    RandomMutation,
    RandomNoise,
    RandomReverseComplement,
    RandomTranslocation,
)
from seqaug_sklearn.augmentation._edits._shift import RandomShift
from seqaug_sklearn.augmentation._edits._substitution_matrix import SubstitutionMatrixMutation
from seqaug_sklearn.augmentation._edits._synonymous import SynonymousMutation
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["KINDS", "parse_edits"]

KINDS = {
    kind._name: kind
    for kind in (
        RandomMutation,
        SubstitutionMatrixMutation,
        SynonymousMutation,
        RandomInsertion,
        RandomDeletion,
        RandomTranslocation,
        RandomShift,
        RandomInversion,
        RandomReverseComplement,
        RandomNoise,
    )
}
"""Name in words -> class of the edit."""

_SETTINGS = {"copies": "n_copies", "per_sequence": "max_per_sequence"}
_FLAGS = ("aligned", "coding")
_NOT_IN_WORDS = {"context"}
"""Parameters that no word can hold."""
_ITEM = re.compile(r"\s*([A-Za-z_-]+)\s*(?:\(([^()]*)\)|=\s*([^,()]*?))?\s*(?:,|$)")


def parse_edits(text, presets):
    """Read edits in words.

    Parameters
    ----------
    text : str
        A preset, edits with their parameters and settings, separated by commas.
    presets : tuple of str
        Names that may come first.

    Returns
    -------
    preset : str or None
        The preset, where there is one.
    edits : list of RandomEdit
        The edits, in their order.
    settings : dict
        Parameters of :class:`RandomAugmentation`.
    flags : set of str
        What is said of the sequences: "aligned", "coding".

    Raises
    ------
    InvalidParameterError
        If a word is not known, twice there, or the text cannot be read.
    """
    preset, edits, settings, flags = None, {}, {}, set()
    for number, (name, inside, value) in enumerate(_items(text)):
        key = name.lower().replace("-", "_")
        if value is not None:
            if key not in _SETTINGS:
                raise _unknown(name, presets)
            settings[_SETTINGS[key]] = _value(value, f"{key}={value}")
        elif key in _FLAGS and inside is None:
            flags.add(key)
        elif key in presets and inside is None:
            if number:
                raise invalid_parameter("edits", f"must begin with its one preset, {key!r}, got {text!r}")
            preset = key
        elif key in KINDS:
            if key in edits:
                raise invalid_parameter("edits", f"must name each edit once, but {text!r} has {key!r} twice")
            edits[key] = _edit(key, inside or "")
        else:
            raise _unknown(name, presets)
    if preset is None and not edits:
        raise invalid_parameter("edits", f"must name a preset ({', '.join(presets)}) or an edit, got {text!r}")
    return preset, list(edits.values()), settings, flags


def _items(text):
    """(name, what stands in brackets or None, what stands behind = or None) of each item."""
    items, place = [], 0
    while place < len(text):
        found = _ITEM.match(text, place)
        if found is None:
            raise invalid_parameter(
                "edits",
                "must be words such as 'gentle' or 'mutation(rate=0.05),deletion(max_length=10),copies=2', and "
                f"{text[place:]!r} cannot be read",
            )
        items.append(found.groups())
        place = found.end()
    return items


def _edit(key, inside):
    known = [name for name in inspect.signature(KINDS[key]).parameters if name not in _NOT_IN_WORDS]
    parameters = {}
    for part in filter(None, (part.strip() for part in inside.split(","))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        name = {"min": "min_length", "max": "max_length"}.get(name, name)
        if not equals or name not in known:
            raise invalid_parameter(
                "edits", f"must give {key} some of {', '.join(f'{k}=' for k in known)} in brackets, got {part!r}"
            )
        parameters[name] = _value(value, part)
    edit = KINDS[key](**parameters)
    edit._check_parameters()
    return edit


def _value(text, part):
    """A number where it is one, else the word."""
    if not text:
        raise invalid_parameter("edits", f"must give a value in {part!r}")
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _unknown(name, presets):
    return invalid_parameter(
        "edits",
        f"must be made of a preset ({', '.join(presets)}), edits ({', '.join(KINDS)}) and settings "
        f"({', '.join([*(f'{setting}=' for setting in _SETTINGS), *_FLAGS])}), got {name!r}",
    )
