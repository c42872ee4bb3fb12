"""``seqaug regions``: sequences cut out of an annotated genome."""

from pathlib import Path
from typing import Annotated

import typer

from seqaug_sklearn.cli._genomes._genome_files import Topology, is_genbank, read_records, tell_skipped
from seqaug_sklearn.cli._run import one_line_errors
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["regions"]


@one_line_errors
def regions(
    genome: Annotated[
        Path,
        typer.Argument(
            help="GenBank file, GFF3 file with its sequences (Prokka, Bakta), or FASTA file with --annotation (.gz "
            "too)."
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="FASTA file to write, or a table with all columns where the name ends in .csv or .tsv.")
    ],
    annotation: Annotated[
        Path | None,
        typer.Option(help="GFF3, GTF or BED file with the genes or intervals of a FASTA file (.gz too)."),
    ] = None,
    upstream: Annotated[
        int | None, typer.Option(help="Residues in front of each gene; 300 where nothing else is asked for.", min=1)
    ] = None,
    features: Annotated[
        str | None,
        typer.Option(help="The features of this type themselves: gene (intervals of a BED file too), CDS, ..."),
    ] = None,
    width: Annotated[
        int | None,
        typer.Option(help="Windows of so many residues around the middle of the --features, not all of them.", min=1),
    ] = None,
    proteins: Annotated[
        bool,
        typer.Option("--proteins", help="The proteins of the coding sequences, of at least --min-length residues."),
    ] = False,
    min_length: Annotated[int | None, typer.Option(help="Shortest protein; 100 by default.", min=1)] = None,
    topology: Topology = None,
):
    """Cut the regions upstream of genes, features, or proteins out of an annotated genome.

    All records of a file are one genome; the column record says where each row lies, and is a group to split by. Names
    are unique, rows of one sequence are merged, and what was skipped is counted by reason. Examples:

    seqaug regions genome.gb --upstream 300 --out promoters.fa

    seqaug regions genome.fa --annotation peaks.bed --features gene --width 200 --out peaks.csv
    """
    from seqaug_sklearn.datasets import feature_sequences, protein_sequences, upstream_regions
    from seqaug_sklearn.utils import check_output_file

    wishes = [
        name for name, wish in (("--upstream", upstream), ("--features", features), ("--proteins", proteins)) if wish
    ]
    if len(wishes) > 1:
        raise InvalidParameterError(f"{' and '.join(wishes)} are different sequences: give one of them")
    if width is not None and features is None:
        raise InvalidParameterError("--width is for --features: add --features gene, or CDS, ...")
    if min_length is not None and not proteins:
        raise InvalidParameterError("--min-length is for --proteins: add it")
    file = check_output_file(out, inputs=[genome, annotation])
    records = _records(genome, annotation, topology)
    if proteins:
        table, what = protein_sequences(records, min_length or 100), "proteins"
    elif features is not None:
        table, what = feature_sequences(records, features, width=width), f"{features} sequences"
    else:
        table, what = upstream_regions(records, upstream or 300), "upstream regions"
    if "record" not in table:
        table.insert(len(table.columns), "record", records[0].id)
    _write(table, file)
    tell_skipped(table, what)
    typer.echo(f"{len(table)} sequences: {out}")


def _records(genome, annotation, topology):
    from seqaug_sklearn.datasets import read_annotation
    from seqaug_sklearn.utils import kind_of_file

    if annotation is None and is_genbank(genome):
        return read_records(genome, topology)
    if annotation is None and kind_of_file(genome) != "gff":
        raise DataFormatError(
            f"{genome.name} is no GenBank file, nor a GFF3 file with its sequences; a FASTA file needs its genes: add "
            "--annotation with a GFF3, GTF or BED file"
        )
    if topology not in (None, "circular", "linear"):
        raise InvalidParameterError(f"--topology must be circular or linear, got {topology!r}")
    files = (genome, None) if annotation is None else (annotation, genome)
    return read_annotation(*files, circular=None if topology is None else topology == "circular")


def _write(table, file):
    from seqaug_sklearn.cli._input import named_as_table
    from seqaug_sklearn.cli._tables import write_table
    from seqaug_sklearn.datasets import write_fasta

    if named_as_table(file):
        shown = table.assign(aliases=[" ".join(names) for names in table["aliases"]])
        write_table(shown.rename_axis("name").reset_index(), file)
    else:
        # a FASTA name ends at the first blank; that of a gene may have some ("trnS (gga)")
        names = table.index.str.split().str.join("_")
        taken = names.duplicated()
        names = [
            f"{name}.{number}" if twice else name for number, (name, twice) in enumerate(zip(names, taken, strict=True))
        ]
        write_fasta(table["sequence"].set_axis(names), file)
