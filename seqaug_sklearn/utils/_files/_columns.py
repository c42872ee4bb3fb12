"""Columns by what they are called: whatever the case, and by the names that programs give them."""

import re
from collections.abc import Sequence

__all__ = ["KNOWN_COLUMNS", "is_heading", "place_of"]

KNOWN_COLUMNS = {
    "sequence": (
        "sequence", "sequences", "seq", "seqs", "dna", "rna", "protein", "peptide", "dna_sequence", "rna_sequence",
        "protein_sequence", "aa_sequence", "nt_sequence", "nucleotide_sequence", "window",
    ),
    "name": (
        "name", "names", "id", "identifier", "sequence_id", "seq_id", "seqid", "sequence_name", "seq_name", "accession",
        "gene_id", "protein_id", "record", "header", "sample", "sample_id",
    ),
    "label": ("label", "labels", "class", "target", "y", "category"),
}  # fmt: skip
"""What is looked for -> what columns of it are called, in any case; the first one found counts."""

_ALL = {name for names in KNOWN_COLUMNS.values() for name in names}
_NUCLEOTIDES = re.compile(r"[ACGTUNRYSWKMBDHVacgtunryswkmbdhv*.-]{4,}")
_RESIDUES = re.compile(r"[A-Z*.-]{6,}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_LOOKED_AT = 50


def place_of(columns: Sequence[str], wanted: str, kind: str | None = None) -> int | None:
    """Place of a column: called so, or so in another case, or as columns of its kind are.

    Parameters
    ----------
    columns : sequence of str
        Names of the columns.
    wanted : str
        What is looked for.
    kind : {"sequence", "name", "label"} or None, default=None
        What it holds; its other names count only where `wanted` is the first of `KNOWN_COLUMNS`.

    Returns
    -------
    int or None
        None where there is none, or two are called alike.
    """
    columns = list(columns)
    lower = [str(column).strip().casefold().replace(" ", "_").replace("-", "_") for column in columns]
    if wanted in columns:
        return columns.index(wanted) if columns.count(wanted) == 1 else None
    others = KNOWN_COLUMNS[kind] if kind is not None and wanted == kind else (wanted.casefold(),)
    found = next((name for name in others if name in lower), None)
    return lower.index(found) if found is not None and lower.count(found) == 1 else None


def is_heading(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: it does not where it holds a sequence, as the rows below it do.

    Parameters
    ----------
    rows : list of list of str
        Fields.
    """
    first, others = rows[0], rows[1 : _LOOKED_AT + 1]
    if any(field.casefold() in _ALL or "seq" in field.casefold() for field in first):
        return True
    if not others or len({len(row) for row in (first, *others)}) > 1:
        return True
    columns = list(zip(*others, strict=True))
    if any(
        _NUMBER.fullmatch(field) is None and all(_NUMBER.fullmatch(other) for other in column)
        for field, column in zip(first, columns, strict=True)
    ):
        return True  # numbers below a word
    return not any(_is_like(field, column) for field, column in zip(first, columns, strict=True))


def _is_like(field, column):
    """Whether a field is a sequence, and so is the column below it."""
    for letters in (_NUCLEOTIDES, _RESIDUES):
        if letters.fullmatch(field) and all(map(letters.fullmatch, column)):
            return len(field) >= min(map(len, column)) / 2
    return False
