"""``seqaug negatives``: negative examples without a shortcut."""

from pathlib import Path
from typing import Annotated, Any

import typer

from seqaug_sklearn.cli._options import (
    AlphabetName,
    MissingValues,
    NameColumn,
    Names,
    SequenceColumn,
    words,
)
from seqaug_sklearn.cli._run import one_line_errors
from seqaug_sklearn.exceptions import InvalidParameterError

__all__ = ["negatives"]


@one_line_errors
def negatives(
    data: Annotated[
        Path, typer.Argument(help="Positives: FASTA file (.gz too), or a table with columns name and sequence.")
    ],
    out: Annotated[
        Path, typer.Option(help="FASTA file of the negatives to write; each name says what it was made of.")
    ],
    background: Annotated[
        list[Path] | None,
        typer.Option(
            help="FASTA or GenBank file, such as a genome, to draw negatives from, matched in length, GC content and "
            "k-mers; may be given several times. Without it the positives are shuffled."
        ),
    ] = None,
    k: Annotated[
        int,
        typer.Option(
            "--k",
            help="Length of the words whose counts a shuffle keeps exactly (1: composition, 2: pairs of neighbours), "
            "or that draws are matched by.",
            min=1,
        ),
    ] = 2,
    per_sequence: Annotated[int, typer.Option(help="Negatives of each positive.", min=1)] = 1,
    exclude: Annotated[
        list[Path] | None,
        typer.Option(
            help="FASTA file or table of sequences that no negative may resemble, such as the test set; may be given "
            "several times. Negatives never resemble a positive."
        ),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            help="Also write positives and negatives to this table: name, sequence, label and source, which is the "
            "same for a positive and what was made of it (compare reads it, with --groups source)."
        ),
    ] = None,
    alphabet: Annotated[AlphabetName, typer.Option(help="Alphabet of the sequences.")] = AlphabetName.dna,
    seed: Annotated[int, typer.Option(help="Seed: the same one gives the same negatives.", min=0)] = 0,
    missing_values: MissingValues = None,
    sequence_column: SequenceColumn = None,
    name_column: NameColumn = None,
    names: Names = None,
):
    """Make negative examples with the lengths and the composition of the positives.

    What still separates them from the positives is said first: a model would learn it. Examples:

    seqaug negatives promoters.fasta --out negatives.fasta --k 2

    seqaug negatives promoters.fasta --background genome.fasta --exclude test.fasta --out negatives.fasta
    """
    from seqaug_sklearn.cli._input import is_table, read_sequences, reading
    from seqaug_sklearn.datasets import write_fasta
    from seqaug_sklearn.model_selection import make_negatives
    from seqaug_sklearn.utils import check_output_file

    read_files = [data, *(background or []), *(exclude or [])]
    file = check_output_file(out, inputs=read_files)
    if table is not None and table.absolute() == out.absolute():
        raise InvalidParameterError(f"--out and --table are both {out}; give two files")
    other = None if table is None else check_output_file(table, inputs=read_files)
    if missing_values is not None and not any(map(is_table, read_files)):
        raise InvalidParameterError("--missing-values is about tables, and no file is one; leave it out")
    how = reading(sequence_column, name_column, names, files=read_files)
    missing = words(missing_values)
    found = make_negatives(
        read_sequences(data, missing, how=how),
        k=k,
        background=_joined(background, lambda path: _background_of(path, missing, how)),
        n_per_sequence=per_sequence,
        exclude=_joined(exclude, lambda path: read_sequences(path, missing, how=how)),
        alphabet=alphabet.value,
        random_state=seed,
    )
    write_fasta(found.sequences, file)
    typer.echo("\n".join(found.verdict()))
    typer.echo(f"\nNegatives: {out}")
    if other is not None:
        _write_table(found, other)
        typer.echo(f"Both, with labels: {table}")


def _joined(paths: list[Path] | None, read) -> Any:
    """Sequences of all files; None where there are none."""
    import pandas as pd

    return pd.concat([read(path) for path in paths]) if paths else None


def _background_of(path, missing, how):
    """Sequences of a FASTA file, a table, or a GenBank file, by record."""
    import pandas as pd

    from seqaug_sklearn.cli._genomes import is_genbank, read_records
    from seqaug_sklearn.cli._input import read_sequences

    if not is_genbank(path):
        return read_sequences(path, missing, how=how)
    records = read_records(path)
    return pd.Series({record.id: str(record.seq) for record in records})


def _write_table(found, file):
    from seqaug_sklearn.cli._tables import write_table

    write_table(found.to_frame().rename_axis("name").reset_index(), file)
