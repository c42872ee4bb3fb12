"""The genomes of a reproduction: their classes, their windows, and where counts differ from the paper's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.datasets import protein_sequences, region_report, upstream_regions
from seqaug_sklearn.evaluation._window_paper._published import N_PARENTS, accession_key
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.published import WINDOW_PAPER

__all__ = ["WINDOW", "Genome", "check_genomes", "count_windows", "counts_table", "explain_counts", "prepare_genomes"]

WINDOW = WINDOW_PAPER["window"]
"""Window length of the paper, in residues."""

LENGTH = WINDOW_PAPER["region_length"]
"""Residues upstream of a gene that the paper takes."""

MIN_PROTEIN = WINDOW_PAPER["min_protein_length"]
"""Shortest protein of the paper, in residues."""


@dataclass(frozen=True)
class Genome:
    """One genome, one class per row of its table.

    Attributes
    ----------
    name : str
        Name in tables and figures.
    accession : str
        Id of its record; empty where unknown.
    table : DataFrame
        All upstream regions or proteins, indexed by a unique name; ``sequence`` and ``gene`` (the annotated name, which
        genes may share).
    used : DataFrame
        The rows that are trained and tested: all, or some spread over the genome for a quick look.
    windows : WindowSet
        Windows of ``used``.
    """

    name: str
    accession: str
    table: pd.DataFrame
    used: pd.DataFrame
    windows: Any


def check_genomes(genomes) -> None:
    """Raise DataFormatError unless genomes is a dict that holds some."""
    if not isinstance(genomes, Mapping) or not genomes:
        raise DataFormatError(
            f"genomes must be a dict of name to SeqRecord or table of regions, got {type(genomes).__name__}"
            f"{' without entries' if isinstance(genomes, Mapping) else ''}"
        )


def prepare_genomes(genomes: Mapping[str, Any], molecule: str, max_genes: int | None = None) -> list[Genome]:
    """Cut out regions or proteins and their windows.

    Raises
    ------
    DataFormatError
        If a genome has fewer than two classes, or is neither a record nor a table of sequences.
    """
    return [_prepare(str(name), genome, molecule, max_genes) for name, genome in genomes.items()]


def _prepare(name, genome, molecule, max_genes):
    table = _table(name, genome, molecule)
    if len(table) < 2:
        raise DataFormatError(f"genome {name!r} has {len(table)} classes; at least two are needed")
    rows = np.arange(len(table))
    if max_genes is not None:
        # long proteins have most of the windows
        lengths = table["sequence"].str.len()
        rows = np.flatnonzero(lengths <= lengths.median())
        rows = rows[np.linspace(0, len(rows) - 1, min(max_genes, len(rows))).round().astype(int)]
    used = table.iloc[rows]
    windows = WindowAugmenter(WINDOW).explode(used["sequence"], used.index.to_numpy().astype(str))
    return Genome(name, str(table.attrs.get("record", "")), table, used, windows)


def _table(name, genome, molecule):
    if isinstance(genome, pd.Series):
        genome = genome.to_frame("sequence")
    if not isinstance(genome, pd.DataFrame):
        return upstream_regions(genome, LENGTH) if molecule == "dna" else protein_sequences(genome, MIN_PROTEIN)
    if "sequence" not in genome:
        raise DataFormatError(f"genome {name!r}: the table has no column 'sequence'; pass what upstream_regions gives")
    if not genome.index.is_unique:
        twice = genome.index[genome.index.duplicated()][0]
        raise DataFormatError(f"genome {name!r}: the index must be unique, each row is a class, but {twice!r} repeats")
    return genome if "gene" in genome else genome.assign(gene=genome.index.astype(str))


def count_windows(genome: Genome) -> tuple[int, int]:
    """Distinct window texts, and how many of them stand in two or more classes."""
    labels = pd.Series(genome.windows.y).groupby(genome.windows.windows).nunique()
    return len(labels), int((labels > 1).sum())


def counts_table(genomes: list[Genome], molecule: str) -> pd.DataFrame:
    """What was found in each genome beside what the paper counts."""
    rows = {genome.name: _counts(genome, molecule) for genome in genomes}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("genome")


def _counts(genome, molecule):
    attrs, table = genome.table.attrs, genome.table
    row = {
        "gene features" if molecule == "dna" else "coding features": attrs.get("n_features"),
        "classes found": len(table),
        "classes in the paper": N_PARENTS[molecule].get(accession_key(genome.accession)),
        "distinct gene names": table["gene"].nunique(),
        "identical, counted once": attrs.get("n_identical"),
    }
    if molecule == "protein":
        row |= {"too short": attrs.get("n_short"), "longest": int(table["sequence"].str.len().max())}
    elif {"start", "end"} <= set(table.columns):
        report = region_report(table, WINDOW)
        row |= {
            "overlap another region": report.n_overlapping,
            f"share a {WINDOW}-mer": report.n_sharing,
            "windows shared with another region": report.n_windows_shared,
        }
    distinct, two_labels = count_windows(genome)
    row |= {"classes used": len(genome.used), "windows": len(genome.windows), "distinct windows": distinct}
    return row | {"distinct windows with two labels": two_labels}


def explain_counts(genome: Genome, molecule: str) -> str:
    """One paragraph: how many classes, how many the paper counts, and what lies between."""
    attrs, paper = genome.table.attrs, N_PARENTS[molecule].get(accession_key(genome.accession))
    what = "upstream regions" if molecule == "dna" else f"proteins of at least {MIN_PROTEIN} residues"
    text = f"{genome.name}: {len(genome.table)} distinct {what}"
    if paper is not None:
        same = "as many as in the paper" if paper == len(genome.table) else f"the paper counts {paper}"
        text += f" ({same})"
    reasons = []
    if attrs.get("n_identical"):
        reasons.append(
            f"exact copies of another, as in an inverted repeat, counted once: {attrs['n_identical']} of "
            f"{attrs['n_features']} annotated"
        )
    if attrs.get("skipped"):
        reasons.append(f"left out: {len(attrs['skipped'])} ({_first_reason(attrs['skipped'])})")
    names = genome.table["gene"].nunique()
    if names < len(genome.table):
        reasons.append(f"named like another gene, and classes of their own here: {len(genome.table) - names}")
    if paper is not None and paper != len(genome.table):
        reasons.append(
            "the paper does not say how it reads joined and trans-spliced genes, which decides single regions"
            if molecule == "dna"
            else "the paper may count another version of the record; no count is forced to agree"
        )
    return f"{text}{': ' if reasons else ''}{'; '.join(reasons)}."


def _first_reason(skipped):
    name, reason = next(iter(skipped.items()))
    return f"{name}: {reason}" if len(skipped) == 1 else f"for example {name}: {reason}"
