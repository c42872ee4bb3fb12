"""``seqaug augment``: augmented sequences as a file, for other programs."""

from pathlib import Path
from typing import Annotated, Any

import typer

from seqaug_sklearn.cli._options import (
    Aligned,
    AlphabetName,
    Coding,
    Edits,
    End,
    ExtraLabels,
    ExtraLabelsChoice,
    LabelPattern,
    Labels,
    MissingValues,
    NameColumn,
    Names,
    SequenceColumn,
    StrandName,
    TargetColumn,
    Task,
    TaskName,
    edits_in_words,
    words,
)
from seqaug_sklearn.cli._run import one_line_errors, say
from seqaug_sklearn.exceptions import InvalidParameterError

__all__ = ["augment"]


@one_line_errors
def augment(
    data: Annotated[Path, typer.Argument(help="FASTA file (.gz too), or a table with columns name, sequence, label.")],
    out: Annotated[
        Path,
        typer.Option(
            help="FASTA file to write, or a table where the name ends in .csv or .tsv: name, sequence, the labels, "
            "parent and made_by."
        ),
    ],
    edits: Edits = None,
    coding: Coding = False,
    aligned: Aligned = False,
    copies: Annotated[int, typer.Option(help="Edited copies per sequence.", min=1)] = 1,
    orthologs: Annotated[
        Path | None, typer.Option(help="Add orthologs, from a table with columns identifier, ortholog, sequence.")
    ] = None,
    cut_orthologs: Annotated[
        End | None, typer.Option(help="Cut orthologs that are longer than all sequences, at this end.")
    ] = None,
    window: Annotated[int | None, typer.Option(help="At last, cut all into windows of this length.", min=1)] = None,
    max_windows: Annotated[
        int | None, typer.Option(help="At most this many windows per sequence, spread evenly.", min=1)
    ] = None,
    only_new: Annotated[bool, typer.Option("--only-new", help="Leave the sequences themselves out.")] = False,
    lineage: Annotated[
        Path | None,
        typer.Option(help="Table to write of what --edits did to each copy, from which it can be made again."),
    ] = None,
    alphabet: Annotated[AlphabetName, typer.Option(help="Alphabet of the sequences.")] = AlphabetName.dna,
    strand: Annotated[
        StrandName, typer.Option(help="Whether both strands mean the same; single: no reverse complements.")
    ] = StrandName.both,
    labels: Labels = None,
    label_column: TargetColumn = "label",
    label_pattern: LabelPattern = None,
    task: Task = TaskName.auto,
    missing_values: MissingValues = None,
    sequence_column: SequenceColumn = None,
    name_column: NameColumn = None,
    names: Names = None,
    extra_labels: ExtraLabels = ExtraLabelsChoice.drop,
    seed: Annotated[int, typer.Option(help="Seed of the edits.", min=0)] = 0,
):
    """Write windows, edited copies or orthologs of sequences, each with the name of its parent.

    Only for other programs: `seqaug compare` and `seqaug fit` augment while they train, and nothing has to be written.
    Split first and augment the training part alone, or keep all rows of one parent on one side of every split. The
    commands of this program read the column parent, or parent= in the header of FASTA, and do so. Example:

    seqaug augment train.csv --edits gentle --copies 3 --out augmented.csv
    """
    from seqaug_sklearn.augmentation import (
        OrthologAugmenter,
        WindowAugmenter,
        augmented_table,
        describe_edits,
        make_edits,
    )
    from seqaug_sklearn.cli._input import named_as_table, read_ortholog_table
    from seqaug_sklearn.utils import check_output_file

    inputs = [data, labels, orthologs]
    file = check_output_file(out, inputs=inputs)
    journal = None if lineage is None else check_output_file(lineage, inputs=[*inputs, out])
    wanted = edits_in_words(edits, coding, aligned)
    _check(wanted, copies, orthologs, cut_orthologs, window, max_windows, lineage)
    missing = words(missing_values)
    where = {"labels": labels, "label_column": label_column, "pattern": label_pattern, "task": task.value}
    typed = (sequence_column, name_column, names, extra_labels)
    sequences, targets = _read(data, where, missing, typed)
    steps: dict[str, Any] = {}
    if wanted:
        steps["edits"] = made = make_edits(
            wanted, sequences, alphabet=alphabet.value, strand=strand.value, n_copies=copies, random_state=seed
        )
        made.set_params(record_edits=journal is not None)
        say(f"Edits: {describe_edits(made)}")
    if orthologs is not None:
        end = None if cut_orthologs is None else cut_orthologs.value
        homologs = read_ortholog_table(orthologs, missing)
        steps["orthologs"] = OrthologAugmenter(homologs, truncate=end, alphabet=alphabet.value)
    if window is not None:
        steps["windows"] = WindowAugmenter(window, max_windows=max_windows)
    table = augmented_table(sequences, targets, originals=not only_new, **steps)
    if named_as_table(file):
        from seqaug_sklearn.cli._tables import write_table

        write_table(table.assign(seed=seed).reset_index(), file)
    else:
        _write_fasta(table, file, seed)
    if journal is not None:
        from seqaug_sklearn.cli._tables import write_table

        write_table(steps["edits"].edits_, journal)
    _tell_unchanged(table, sequences)
    n_parents = table["parent"].nunique()
    say("Rows of one parent resemble each other: keep them on one side of every split.")
    typer.echo(f"{len(table)} rows of {n_parents} sequences: {out}")


def _check(edits, copies, orthologs, cut_orthologs, window, max_windows, lineage):
    if not edits and orthologs is None and window is None:
        raise InvalidParameterError("there is nothing to do: give --edits, --orthologs or --window")
    needs = [
        ("--copies", copies != 1, "--edits", edits),
        ("--lineage", lineage is not None, "--edits", edits),
        ("--cut-orthologs", cut_orthologs is not None, "--orthologs", orthologs is not None),
        ("--max-windows", max_windows is not None, "--window", window is not None),
    ]
    for option, given, needed, there in needs:
        if given and not there:
            raise InvalidParameterError(f"{option} needs {needed}")


def _read(data, where, missing, typed):
    """Sequences, and their targets where there are some."""
    from seqaug_sklearn.cli._input import is_table, read_labelled, read_sequences, reading, said_target

    labels, column, pattern = (where[part] for part in ("labels", "label_column", "pattern"))
    sequence_column, name_column, names, extra_labels = typed
    how = reading(sequence_column, name_column, names, extra_labels, files=[data], labels=labels)
    if labels is None and pattern is None and not is_table(data):
        if column != "label" or missing is not None:
            raise InvalidParameterError("--label-column and --missing-values are about tables, and no file is one")
        return read_sequences(data, missing, how=how), None
    table = read_labelled(data, **where, missing_values=missing, how=how)
    source = (labels or data).name
    said_target(
        table.labels, task=where["task"], column=None if pattern else column, source=source, may_be_constant=True
    )
    return table.sequences, table.labels


def _tell_unchanged(table, sequences):
    """Edits may change nothing, a mutation of 2 % in most short sequences for example: such copies are counted."""
    edited = table[table["made_by"].str.endswith("edits")]
    same = int((edited["sequence"].str.upper() == sequences.loc[edited["parent"]].str.upper().to_numpy()).sum())
    if same:
        say(
            f"{same} of {len(edited)} edited copies are equal to their parent: edits of low rate leave short sequences "
            "as they are"
        )


def _write_fasta(table, file, seed):
    from seqaug_sklearn.utils import write_packed

    told = [name for name in table.columns if name not in ("sequence", "parent", "made_by")]
    records = []
    for name, row in zip(table.index, table.to_dict("records"), strict=True):
        labels = "".join(f" {column}={row[column]}" for column in told)
        made = row["made_by"].replace(" ", "_")
        records.append(f">{name} parent={row['parent']} made_by={made} seed={seed}{labels}\n{row['sequence']}\n")
    write_packed("".join(records), file)
