"""Regions of a genome as users write them, and what to say where there is nothing in one."""

import re

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, Parameter, invalid_parameter, listed

__all__ = ["LAST_POSITION", "check_region", "nothing_there", "parse_region"]

LAST_POSITION = 2**31 - 2
"""As far as htslib counts."""


def parse_region(region):
    """Return chromosome, first and last position, 1-based and inclusive; None for None."""
    if region is None:
        return None
    match = re.fullmatch(r"(\S+?)(?::([\d,]+)(-[\d,]*)?)?", str(region))
    if match is None:
        raise _bad_region("must be like '6' or '6:29,000,000-33,000,000'", region)
    chromosome, first, last = match.groups()
    if first and not last:
        raise _bad_region(f"must say where it ends, as in '{region}-{first}' or '{region}-'", region)
    first = int((first or "1").replace(",", ""))
    last = int((last or "-").replace(",", "")[1:] or LAST_POSITION)
    if not 1 <= first <= last:
        raise _bad_region("must run from a position of at least 1 to a later one", region)
    return chromosome, first, last


def _bad_region(rule, region):
    return invalid_parameter("region", f"{rule}, got {region!r}")


def check_region(region, where, chromosomes):
    """Refuse what has a colon, but is neither a range of positions nor a chromosome of the file."""
    if where is not None and ":" in where[0] and where[0] not in chromosomes:
        rule = "is not understood: positions are plain numbers, as in '6' or '6:29,000,000-33,000,000'"
        raise invalid_parameter(Parameter("region", region), rule)


def nothing_there(rows, region, where):
    """Return the error of a region without variants.

    Parameters
    ----------
    rows : VcfRows or BedRows
        The file, which knows its chromosomes and the range of each.
    region, where
        As given, and parsed.
    """
    if region is None:
        return DataFormatError(f"{rows.file} holds no variants")
    ends = rows.range_of(where[0])
    if ends:
        way_out = f"on {where[0]}, the file runs from {ends[0]:,} to {ends[1]:,}"
    else:
        way_out = f"chromosome names must match to the letter, the file has variants on {listed(rows.chromosomes())}"
    return DataFormatError(Message(f"{rows.file} has no variants in ", Parameter("region", region), f"; {way_out}"))
