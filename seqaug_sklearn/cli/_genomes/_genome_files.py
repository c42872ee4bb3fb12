"""Annotated genomes on the command line: GenBank files, or FASTA files with a GFF3, GTF or BED file."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from seqaug_sklearn.cli._run import say

__all__ = ["OneGenome", "Topology", "is_genbank", "read_records", "tell_skipped"]

OneGenome = Annotated[
    bool,
    typer.Option("--one-genome", help="The records of a file are one genome: its chromosomes, plasmids or contigs."),
]
Topology = Annotated[
    str | None,
    typer.Option(help="circular or linear: what the molecules are, where the file does not say so or is wrong."),
]


def is_genbank(path: Path) -> bool:
    """Whether a file is GenBank, by what it begins with."""
    from seqaug_sklearn.utils import kind_of_file

    return kind_of_file(path) == "genbank"


def read_records(path: Path, topology: str | None = None) -> list[Any]:
    """Records of a GenBank file."""
    from seqaug_sklearn.datasets import read_genbank

    records = read_genbank(path, topology=topology)
    return records if isinstance(records, list) else [records]


def tell_skipped(table: Any, what: str) -> None:
    """Say how many rows there are, what they were made of, and what was skipped, counted by reason."""
    attrs = table.attrs
    parts = [f"{len(table)} {what} of {attrs['n_features']} features"]
    if attrs.get("instead_of_genes"):
        parts.append(f"no gene features, so these stand for them: {attrs['instead_of_genes']}")
    for name, told in (
        ("n_identical", "identical to another one and merged with it"),
        ("n_short", "shorter than asked for"),
        ("n_partial", "of genes that begin before the annotated place (column partial)"),
        ("n_overlapping", "that overlap another one on the genome"),
    ):
        if attrs.get(name):
            parts.append(f"{attrs[name]} {told}")
    # what names a place is a reason of its own kind, not of one feature
    reasons = Counter(reason.split(" '")[0].split(" [")[0] for reason in attrs.get("skipped", {}).values())
    parts += [f"{count} skipped: {reason}" for reason, count in reasons.most_common()]
    say("; ".join(parts))
