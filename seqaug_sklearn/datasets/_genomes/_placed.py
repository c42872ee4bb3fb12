"""What files of annotation have in common: a feature with its place, before it joins its record."""

from dataclasses import dataclass, field

__all__ = ["Lost", "Placed"]

Lost = tuple[str, str, str]
"""Kind, name and reason of a feature that is left out."""


@dataclass
class Placed:
    """A feature as a file of annotation gives it.

    Attributes
    ----------
    record : str
        Name of the sequence that it is on.
    kind : str
        "gene", "CDS", "tRNA", ...
    parts : list of (int, int)
        0-based, half-open, in the order of the file; several of a spliced feature.
    strand : {1, -1, 0}
        0 where the file does not say.
    qualifiers : dict of str to list of str
        As in GenBank files: "gene", "locus_tag", "product", ...
    open_start, open_end : bool
        Whether it goes on before its first residue or behind its last one on the forward strand.
    """

    record: str
    kind: str
    parts: list[tuple[int, int]]
    strand: int
    qualifiers: dict[str, list[str]] = field(default_factory=dict)
    open_start: bool = False
    open_end: bool = False
