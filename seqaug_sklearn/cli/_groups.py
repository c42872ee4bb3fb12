"""``seqaug groups``: which sequences must stay together."""

from pathlib import Path
from typing import Annotated

import typer

from seqaug_sklearn.cli._options import (
    USUAL_SHARE,
    AlphabetName,
    ExtraLabels,
    ExtraLabelsChoice,
    Homologs,
    KeepLowComplexity,
    KeepTags,
    MaxEvalue,
    MissingValues,
    NameColumn,
    Names,
    SequenceColumn,
    TargetColumn,
    Task,
    TaskName,
    Wanted,
    search_settings,
    words,
)
from seqaug_sklearn.cli._run import one_line_errors, say
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["groups"]

_LARGE = 0.5


@one_line_errors
def groups(
    data: Annotated[
        list[Path],
        typer.Argument(help="FASTA files (.gz too), or tables with columns name and sequence; all are one set."),
    ],
    out: Annotated[
        Path, typer.Option(help="Table to write: columns name, group, and label if there are any. --groups reads it.")
    ],
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Table of labels, joined by its column name (or its first one): groups of two labels are reported, of "
            "numbers how much they vary within groups."
        ),
    ] = None,
    label_column: TargetColumn = "label",
    task: Task = TaskName.auto,
    alphabet: Annotated[
        AlphabetName, typer.Option(help="Alphabet of the sequences. Both strands of DNA and RNA are compared.")
    ] = AlphabetName.dna,
    threshold: Annotated[
        float,
        typer.Option(
            help="Two sequences are together when one holds this share of the other's k-mers (12-mers, 5-mers of "
            "proteins). A higher one makes smaller groups.",
            min=0,
            max=1,
        ),
    ] = USUAL_SHARE,
    min_run: Annotated[
        int | None,
        typer.Option(
            help="And when they share this many consecutive residues. By default 20 (8 for proteins), fewer where "
            "sequences are short, more where chance alone gives longer runs.",
            min=1,
        ),
    ] = None,
    homologs: Homologs = Wanted.auto,
    max_evalue: MaxEvalue = 1e-3,
    keep_low_complexity: KeepLowComplexity = False,
    keep_tags: KeepTags = False,
    missing_values: MissingValues = None,
    sequence_column: SequenceColumn = None,
    name_column: NameColumn = None,
    names: Names = None,
    extra_labels: ExtraLabels = ExtraLabelsChoice.drop,
):
    """Find groups of similar sequences to keep together.

    By the rules of seqaug audit: what it would call a leak is in one group, directly or through others, so a split
    that keeps groups together is clean. Example:

    seqaug groups promoters.fasta --out groups.csv
    """
    from seqaug_sklearn.cli._input import is_table, reading
    from seqaug_sklearn.cli._relatives import count_distinct, describe_groups, relatives
    from seqaug_sklearn.cli._tables import write_table
    from seqaug_sklearn.utils import check_output_file

    file = check_output_file(out, inputs=[*data, labels])
    if missing_values is not None and labels is None and not any(map(is_table, data)):
        raise InvalidParameterError("--missing-values is about tables, and no file is one; leave it out")
    how = reading(sequence_column, name_column, names, extra_labels, files=data, labels=labels)
    sequences, target = _read(data, labels, label_column, words(missing_values), task.value, how)
    settings = search_settings(alphabet, keep_low_complexity, keep_tags, homologs, max_evalue)
    found, limits = relatives(sequences, threshold=threshold, min_run=min_run, **settings)
    table = found.rename("group").rename_axis("name").reset_index()
    if target is not None:
        for name, values in zip(_columns(target), target.columns.T, strict=True):
            table[name] = values
    write_table(table, file)
    typer.echo(describe_groups(found))
    largest = found.value_counts().max()
    copies = count_distinct(sequences[found == 1]) == 1
    if largest > max(_LARGE * len(found), 1) and copies:
        which = f"all {largest:,}" if largest == len(found) else f"{largest:,} of the {len(found):,}"
        say(f"Warning: {which} sequences are copies of one another (identical): no threshold separates them")
    elif largest > max(_LARGE * len(found), 1):
        say(
            "Warning: one group holds most of the sequences: what many have in common (a domain, a repeat, a vector) "
            "joins them all. Cut it off, or raise --threshold and --min-run"
        )
    if target is not None:
        typer.echo(_mixed(table) if target.kind == "classes" else _spread(table["group"], target))
    typer.echo(f"{limits}\n\nGroups: {out}")


def _read(data, labels, label_column, missing_values, task, how):
    """All sequences as one Series, and their labels as a Target or None."""
    import pandas as pd

    from seqaug_sklearn.cli._input import labels_of, read_sequences, said_target, say_unused_labels
    from seqaug_sklearn.utils import Target, listed, read_target

    parts = [read_sequences(path, missing_values, how=how) for path in data]
    sequences = pd.concat(parts)
    twice = sequences.index[sequences.index.duplicated()].unique()
    if len(twice):
        files = [path.name for path, part in zip(data, parts, strict=True) if twice[0] in part.index]
        raise DataFormatError(
            f"names must be unique, but {listed(twice)} stand in more than one file ({' and '.join(files)})"
        )
    about = {"label_column": label_column, "missing_values": missing_values, "task": task, "how": how}
    classes = [labels_of(part, path, labels=labels, **about) for part, path in zip(parts, data, strict=True)]
    say_unused_labels(labels, sequences, how=how)
    if any(part is None for part in classes):
        return sequences, None
    found = pd.concat(classes)
    given = found.where(found != "", None) if found.ndim == 1 else found
    known = given if found.ndim == 2 else given.dropna()
    source = " and ".join(path.name for path in ([labels] if labels else data))
    target = said_target(known, task=task, column=label_column, source=source, may_be_constant=True)
    if target.kind == "classes":
        # "" where there is none
        return sequences, Target("classes", found.to_numpy(), target.names, target.reading)
    return sequences, read_target(given, task=target.kind, name=label_column, may_be_constant=True)


def _columns(target):
    """Names of the columns of labels in the table."""
    return ["label"] if target.columns.shape[1] == 1 else [*target.names]


def _mixed(table):
    """Say how many groups hold relatives of different labels."""
    from seqaug_sklearn.utils import counted

    kinds = table[table["label"] != ""].groupby("group")["label"].nunique()
    together = int((table["group"].value_counts() > 1).sum())
    mixed = kinds[kinds > 1].index
    if not together:
        return "No sequence has a relative among the others."
    if not len(mixed):
        return f"None of the {counted(together, 'group')} of relatives holds two labels."
    rows = int(table["group"].isin(mixed).sum())
    hold = (
        "The only group of relatives holds"
        if together == 1
        else (f"{len(mixed)} of the {together} groups of relatives hold")
    )
    return f"{hold} more than one label ({rows} sequences): similar sequences with different labels."


def _spread(groups, target):
    """Say how alike the labels of relatives are: of numbers by their standard deviations."""
    import numpy as np
    import pandas as pd

    if not (groups.value_counts() > 1).any():
        return "No sequence has a relative among the others."
    told = []
    for name, values in zip(target.names, target.columns.T, strict=True):
        frame = pd.DataFrame({"group": groups.to_numpy(), "value": values}).dropna()
        within = frame[frame.groupby("group")["value"].transform("size") > 1]
        if not len(within):
            told.append(f"no relatives have a known {name}")
        elif target.kind == "labels":
            values = within.groupby("group")["value"]
            n = int((values.min() < values.max()).sum())
            told.append(f"{n} of {within['group'].nunique()} groups of relatives hold both answers of {name}")
        else:
            n_free = len(within) - within["group"].nunique()
            off = within["value"] - within.groupby("group")["value"].transform("mean")
            spread = np.sqrt((off**2).sum() / n_free)
            every = frame["value"].std()
            told.append(f"the standard deviation of {name} is {spread:.3g} among relatives, {every:.3g} among all")
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."
