"""``seqaug windows``: a table of windows."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from seqaug_sklearn.cli._options import (
    ExtraLabels,
    ExtraLabelsChoice,
    Labels,
    MissingValues,
    NameColumn,
    Names,
    SequenceColumn,
    TargetColumn,
    Task,
    TaskName,
    words,
)
from seqaug_sklearn.cli._run import one_line_errors
from seqaug_sklearn.exceptions import InvalidParameterError

__all__ = ["windows"]


class OnShort(StrEnum):
    """What to do with sequences shorter than a window."""

    error = "error"
    skip = "skip"
    pad = "pad"


@one_line_errors
def windows(
    data: Annotated[Path, typer.Argument(help="FASTA file (.gz too), or a table with columns name, sequence, label.")],
    out: Annotated[Path, typer.Option(help="CSV file to write; replaced in one step when complete.")],
    window: Annotated[int, typer.Option(help="Window length in residues.", min=1)] = 40,
    overlap: Annotated[
        tuple[int, int] | None,
        typer.Option(
            help="Smallest and largest overlap of neighbouring windows, in residues. By default 5 and 20, or what "
            "shorter windows allow."
        ),
    ] = None,
    min_shared: Annotated[
        int | None,
        typer.Option(
            help="Also take windows that share this many symbols in a row with one already taken. Below the window "
            "length this takes every window and --overlap changes nothing. 0 leaves the rule out. By default 15, or "
            "the length of shorter windows.",
            min=0,
        ),
    ] = None,
    on_short: Annotated[
        OnShort,
        typer.Option(
            help="What to do with sequences shorter than a window: refuse them, leave them out (skip), or give each "
            "as one shorter window (pad)."
        ),
    ] = OnShort.error,
    max_windows: Annotated[
        int | None, typer.Option(help="At most this many windows per sequence, spread evenly.", min=1)
    ] = None,
    labels: Labels = None,
    label_column: TargetColumn = "label",
    label_pattern: Annotated[
        str | None,
        typer.Option(
            help="Regular expression that finds the label in a record's name: its first group, or all that matches. "
            "Without it and without a table, the label is the name up to the first underscore."
        ),
    ] = None,
    task: Task = TaskName.auto,
    missing_values: MissingValues = None,
    sequence_column: SequenceColumn = None,
    name_column: NameColumn = None,
    names: Names = None,
    extra_labels: ExtraLabels = ExtraLabelsChoice.drop,
):
    """Cut sequences into overlapping windows: columns window, label, parent, start.

    Numbers are carried as they are, and several columns of labels keep their names, and their gaps.

    Windows of one sequence are near-copies of each other. Never split them at random: keep the windows of each sequence
    together.
    """
    from seqaug_sklearn.augmentation import WindowAugmenter
    from seqaug_sklearn.cli._input import UP_TO_UNDERSCORE, is_table, read_labelled, reading, said_target
    from seqaug_sklearn.utils import check_output_file

    file = check_output_file(out, inputs=[data, labels])
    if labels is None and label_pattern is None and not is_table(data):
        label_pattern = UP_TO_UNDERSCORE
    how = reading(sequence_column, name_column, names, extra_labels, files=[data], labels=labels)
    about: dict[str, Any] = {"labels": labels, "label_column": label_column, "pattern": label_pattern}
    about |= {"missing_values": words(missing_values), "task": task.value}
    table = read_labelled(data, **about, how=how)
    column, source = None if label_pattern else label_column, (labels or data).name
    said_target(table.labels, task=task.value, column=column, source=source, may_be_constant=True)
    augmenter = WindowAugmenter(
        window,
        overlap="auto" if overlap is None else overlap,
        min_shared="auto" if min_shared is None else min_shared or None,
        max_windows=max_windows,
        on_short=on_short.value,
    )
    cut = augmenter.explode(table.sequences)
    _write(cut, table.labels, file)
    typer.echo(f"{len(cut)} windows of {len(table.sequences) - len(cut.left_out)} sequences: {out}")


def _write(cut, labels, out):
    from seqaug_sklearn.utils import replaced_file

    frame = cut.to_frame().rename(columns={"identifier": "parent"})
    columns = labels.rename("label").to_frame() if labels.ndim == 1 else labels
    taken = sorted({"window", "parent", "start"} & {*columns})
    if taken:
        raise InvalidParameterError(f"--label-column: the table of windows has a column {taken[0]!r} itself; rename it")
    # as they are written in the file
    for name in columns:
        frame[name] = columns[name].to_numpy()[cut.sources]
    with replaced_file(out, text=True) as file:
        frame[["window", *columns, "parent", "start"]].to_csv(file, index=False)
