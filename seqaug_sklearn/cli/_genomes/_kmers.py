"""``seqaug kmers``: unlabelled sequences by their shared k-mers."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from seqaug_sklearn.cli._genomes._genome_files import OneGenome, is_genbank, read_records, tell_skipped
from seqaug_sklearn.cli._options import AlphabetName, MissingValues, NameColumn, Names, SequenceColumn, words
from seqaug_sklearn.cli._run import one_line_errors, say
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["kmers"]


class Metric(StrEnum):
    """Distances."""

    weighted_jaccard = "weighted_jaccard"
    shared = "shared"
    jaccard = "jaccard"
    containment = "containment"
    cosine = "cosine"
    mash = "mash"


@one_line_errors
def kmers(
    data: Annotated[
        Path,
        typer.Argument(
            help="FASTA file (.gz too), a table with columns name and sequence, or a GenBank file: its upstream "
            "regions, or, with --alphabet protein, its proteins."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the report. Only an earlier report is replaced.")],
    k: Annotated[
        str | None,
        typer.Option(
            "--k",
            help="Length of the k-mers, or shortest and longest: 8 or 5-12. By default 5-12, and 5-15 for the "
            "paper's program.",
        ),
    ] = None,
    alphabet: Annotated[AlphabetName, typer.Option(help="Alphabet of the sequences.")] = AlphabetName.dna,
    clusters: Annotated[
        int | None,
        typer.Option(help="Number of clusters. By default the one with the largest silhouette.", min=2),
    ] = None,
    max_clusters: Annotated[
        int | None,
        typer.Option(help="Largest number of clusters that is tried. By default one less than the sequences.", min=2),
    ] = None,
    metric: Annotated[
        Metric,
        typer.Option(
            help="Distance. weighted_jaccard: 1 - shared / (k-mers in either). shared: 1 / shared. mash needs a "
            "single k."
        ),
    ] = Metric.weighted_jaccard,
    both_strands: Annotated[
        bool, typer.Option("--both-strands", help="Count a k-mer and its reverse complement as one.")
    ] = False,
    shuffles: Annotated[
        int,
        typer.Option(help="Sets of shuffled sequences that the clusters are tested on; 0 leaves the test out.", min=0),
    ] = 99,
    upstream: Annotated[
        int, typer.Option(help="Residues upstream of each gene that are taken from a GenBank file.", min=1)
    ] = 300,
    one_genome: OneGenome = False,
    seed: Annotated[int, typer.Option(help="Seed of shuffles and k-means; 21 is the paper's.", min=0)] = 21,
    jobs: Annotated[int, typer.Option(help="Shuffles at a time.", min=1)] = 1,
    missing_values: MissingValues = None,
    sequence_column: SequenceColumn = None,
    name_column: NameColumn = None,
    names: Names = None,
):
    """Compare sequences without labels: shared k-mers of all pairs, clusters, and whether they are real.

    Writes one HTML report with a plain answer at the top, and beside it the pairs, the matrices and the clusters as CSV
    files. Example:

    seqaug kmers NC_000932.gb --out report
    """
    from seqaug_sklearn.evaluation import analyse_kmers, check_output_folder

    folder = check_output_folder(out, inputs=[data])
    lengths = _lengths(k)
    columns = {"sequence_column": sequence_column, "name_column": name_column, "names": names}
    analysis = analyse_kmers(
        _read(data, alphabet, upstream, one_genome, words(missing_values), columns),
        k=lengths,
        alphabet=alphabet.value,
        metric=metric.value,
        canonical=both_strands,
        n_clusters=clusters,
        max_clusters=max_clusters,
        n_shuffles=shuffles,
        random_state=seed,
        n_jobs=None if jobs == 1 else jobs,
        progress=True,
    )
    path = analysis.to_html(folder, title=f"Shared k-mers: {data.name}", settings={"file": data.name})
    # related pairs, and clusters
    told = "\n".join(analysis.verdict()[:2])
    typer.echo(f"\n{told}\n\nReport: {path}")


def _lengths(text):
    if text is None:
        return None
    match = re.fullmatch(r"(\d+)(?:\s*[-:,]\s*(\d+))?", text.strip())
    if match is None:
        raise InvalidParameterError(f"--k must be a length or a range such as 8 or 5-12, got {text!r}")
    low, high = int(match[1]), match[2]
    return low if high is None else (low, int(high))


def _read(path, alphabet, upstream, one_genome, missing, columns):
    """Return the sequences of a FASTA file, a table or a GenBank file as a Series indexed by name."""
    from seqaug_sklearn.cli._input import is_table, read_sequences, reading
    from seqaug_sklearn.datasets import protein_sequences, upstream_regions

    if not is_genbank(path):
        if one_genome:
            raise InvalidParameterError("--one-genome is for GenBank files with several records")
        if missing is not None and not is_table(path):
            raise InvalidParameterError("--missing-values is about tables, and no file is one; leave it out")
        return read_sequences(path, missing, how=reading(**columns, files=[path]))
    if missing is not None or any(typed is not None for typed in columns.values()):
        raise InvalidParameterError(
            f"{path.name} is a GenBank file, whose genes have names; leave --missing-values, --sequence-column, "
            "--name-column and --names out"
        )
    records = read_records(path)
    if len(records) > 1 and not one_genome:
        raise DataFormatError(
            f"{path.name} holds {len(records)} records; --one-genome takes them for the chromosomes or contigs of one "
            "genome, and several genomes are compared one at a time"
        )
    if alphabet is AlphabetName.rna:
        raise DataFormatError(f"{path.name} is a GenBank file, which holds DNA; leave --alphabet rna out")
    if alphabet is AlphabetName.protein:
        say(f"Proteins of {records[0].id}")
        table, what = protein_sequences(records), "proteins"
    else:
        say(f"{upstream} residues upstream of each gene of {records[0].id}")
        table, what = upstream_regions(records, upstream), "upstream regions"
    tell_skipped(table, what)
    return table["sequence"]
