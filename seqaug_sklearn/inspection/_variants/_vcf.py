"""Effects as the text of a VCF file."""

import re
from typing import NamedTuple

import numpy as np

from seqaug_sklearn import __version__
from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["vcf_text"]


class _Fields(NamedTuple):
    """How a kind of answer is written: names and words of INFO, and columns of the table."""

    of: str
    what: str
    change: str
    without: str
    with_it: str
    ref: str
    alt: str


_FIELDS = {
    "classes": _Fields("class", "Probabilities", "log-odds", "PREF", "PALT", "p_ref", "p_alt"),
    "labels": _Fields("label", "Probabilities", "log-odds", "PREF", "PALT", "p_ref", "p_alt"),
    "number": _Fields("target", "Predictions", "prediction", "REFVALUE", "ALTVALUE", "value_ref", "value_alt"),
}

_COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
_NAME = re.compile(r"[^\s,<>]+")
"""Names of contigs; colons and stars are in those of HLA, and readers take them."""


def vcf_text(table, ids, lengths, classes, target, kind="classes"):
    """Header and rows, sorted by sequence and position.

    Parameters
    ----------
    table : DataFrame
        As in ``VariantEffects``.
    ids : ndarray of str of shape (n_variants,)
        Identifiers.
    lengths : Series of int
        Residues of each sequence, by name.
    classes : list
        Classes in the order of the numbers.
    target : object
        Class, label or target of the spread.
    kind : {"classes", "labels", "number"}, default="classes"
        What is predicted.
    """
    _check_names(lengths.index)
    rank = dict(zip(lengths.index, range(len(lengths)), strict=True))
    order = np.lexsort((table["position"], table["name"].map(rank)))
    fields = _FIELDS[kind]
    info = _info(table, classes, fields)
    places = zip(table["name"], table["position"] + 1, ids, table["ref"], table["alt"], info, strict=True)
    rows = [
        f"{name}\t{pos}\t{_identifier(id_)}\t{ref}\t{alt}\t.\tPASS\t{more}" for name, pos, id_, ref, alt, more in places
    ]
    return "\n".join([*_header(lengths, classes, target, fields), *(rows[place] for place in order)]) + "\n"


def _check_names(names):
    wrong = next((name for name in names if not _NAME.fullmatch(name)), None)
    if wrong is not None:
        raise DataFormatError(
            f"the sequence name {wrong!r} cannot stand in a VCF file (white space, or one of , < >); rename it, or "
            "write a table with to_csv"
        )


def _identifier(text):
    """ID column: words only."""
    return re.sub(r"\s+", "_", text) or "."


def _header(lengths, classes, target, fields):
    named = ", ".join(map(_quoted, classes))
    about = f"one number for each {fields.of}, in the order {named}"
    return [
        "##fileformat=VCFv4.2",
        f"##source=seqaug-sklearn {__version__}",
        '##FILTER=<ID=PASS,Description="All filters passed">',
        *(f"##contig=<ID={name},length={length}>" for name, length in lengths.items()),
        '##INFO=<ID=KIND,Number=1,Type=String,Description="What the variant does to the reference">',
        f'##INFO=<ID={fields.without},Number=.,Type=Float,Description="{fields.what} without the variant, {about}">',
        f'##INFO=<ID={fields.with_it},Number=.,Type=Float,Description="{fields.what} with the variant, {about}">',
        f'##INFO=<ID=EFFECT,Number=.,Type=Float,Description="Change of the {fields.change}, {about}">',
        '##INFO=<ID=SPREAD,Number=1,Type=Float,Description="Standard deviation of the effect on '
        f'{_quoted(target)} over the members of the ensemble">',
        '##INFO=<ID=OUTSIDE,Number=0,Type=Flag,Description="The sequence is unlike those the model was trained on">',
        "\t".join(_COLUMNS),
    ]


def _quoted(text):
    """Text within the quotes of a header line."""
    return " ".join(str(text).replace("\\", "\\\\").replace('"', '\\"').split())


def _info(table, classes, fields):
    """INFO column of each row."""
    parts = ["KIND=" + table["kind"].str.replace(" ", "_")]
    for key, prefix in ((fields.without, fields.ref), (fields.with_it, fields.alt), ("EFFECT", "effect")):
        numbers = table[[f"{prefix}_{label}" for label in classes]].to_numpy()
        parts.append([f"{key}=" + ",".join(f"{number:.6g}" for number in row) for row in numbers])
    if table["spread"].notna().any():
        parts.append([f"SPREAD={number:.6g}" for number in table["spread"]])
    if "in_domain" in table:
        parts.append(["" if inside else "OUTSIDE" for inside in table["in_domain"]])
    return [";".join(filter(None, row)) for row in zip(*parts, strict=True)]
