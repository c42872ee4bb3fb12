"""BED files: places of genes, peaks or other intervals, 0-based and half-open."""

from seqaug_sklearn.datasets._genomes._features import SUMMIT
from seqaug_sklearn.datasets._genomes._placed import Lost, Placed
from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["read_bed"]

_ABOVE = ("#", "track", "browser")


def read_bed(lines, source: str) -> tuple[list[Placed], list[Lost]]:
    """Read the intervals of a BED file of 3 to 12 columns, as features of kind "gene".

    Blocks of a BED12 are the exons of its interval, and the tenth column of a ``narrowPeak`` file is its summit.
    Intervals that end where they start or before are left out, with the reason.

    Raises
    ------
    DataFormatError
        If a line has fewer than three fields, or places that are no whole numbers.
    """
    found, lost = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(_ABOVE):
            continue
        fields = line.rstrip("\r\n").split("\t") if "\t" in line else line.split()
        if len(fields) < 3:
            raise DataFormatError(f"{source}: line {number} has {len(fields)} fields; BED has sequence, start and end")
        record, start, end = fields[:3]
        if not (start.isdecimal() and end.isdecimal()):
            raise DataFormatError(
                f"{source}: line {number} has the interval {start} to {end}; BED has whole numbers from 0 on"
            )
        name = fields[3].strip() if len(fields) > 3 else ""
        if name in ("", "."):
            name = f"{record}:{start}-{end}"
        if int(start) >= int(end):
            lost.append(("gene", name, f"its interval {start} to {end} ends where it starts, or before"))
            continue
        strand = {"+": 1, "-": -1}.get(fields[5], 0) if len(fields) > 5 else 0
        parts = _blocks(fields, int(start), int(end), source, number)
        qualifiers = {"gene": [name]}
        if len(fields) == 10 and fields[9].isdecimal() and int(start) + int(fields[9]) < int(end):
            qualifiers[SUMMIT] = [str(int(start) + int(fields[9]))]
        found.append(Placed(record, "gene", parts, strand, qualifiers))
    return found, lost


def _blocks(fields, start, end, source, number):
    if len(fields) != 12:
        return [(start, end)]
    sizes, starts = ([part for part in text.split(",") if part] for text in fields[10:12])
    if len(sizes) != len(starts) or not all(part.isdecimal() for part in [*sizes, *starts]) or not sizes:
        raise DataFormatError(
            f"{source}: line {number} has {len(sizes)} block sizes and {len(starts)} block starts; both are lists of "
            "whole numbers of one length"
        )
    blocks = [(start + int(first), start + int(first) + int(size)) for size, first in zip(sizes, starts, strict=True)]
    if min(blocks)[0] != start or max(last for _, last in blocks) != end:
        raise DataFormatError(f"{source}: line {number} has blocks that do not begin and end with its interval")
    return blocks
