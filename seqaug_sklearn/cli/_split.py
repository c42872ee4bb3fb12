"""``seqaug split``: training and test files, or folds, that keep relatives together."""

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
    LabelPattern,
    Labels,
    MaxEvalue,
    MissingValues,
    NameColumn,
    Names,
    SequenceColumn,
    SplitBy,
    TargetColumn,
    Task,
    TaskName,
    Wanted,
    search_settings,
    words,
)
from seqaug_sklearn.cli._run import one_line_errors
from seqaug_sklearn.exceptions import InvalidParameterError

__all__ = ["split"]

_TEST = 0.2
"""Share of the rows to test on, by default."""
_OFF = 0.05
"""Share of the rows by which a test set may miss its size without a word."""


@one_line_errors
def split(
    data: Annotated[
        Path, typer.Argument(help="FASTA file (.gz too), or a table with columns name, sequence and, if any, label.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the files. Only an earlier split is replaced.")],
    labels: Labels = None,
    label_column: TargetColumn = "label",
    label_pattern: LabelPattern = None,
    task: Task = TaskName.auto,
    by: Annotated[
        SplitBy,
        typer.Option(
            help="What stays together. similarity: relatives, as seqaug groups finds them, and what --groups names. "
            "groups: what --groups names, and nothing else."
        ),
    ] = SplitBy.similarity,
    groups: Annotated[
        str | None,
        typer.Option(
            help="What must stay together: a column, or a table of groups (seqaug groups, MMseqs2, CD-HIT, DataSAIL)."
        ),
    ] = None,
    test: Annotated[
        float | None, typer.Option(help="Share of the sequences to test on. By default 0.2; not with --folds.")
    ] = None,
    folds: Annotated[
        int | None, typer.Option(help="Folds instead: every sequence is tested in one of them.", min=2)
    ] = None,
    no_stratify: Annotated[
        bool,
        typer.Option(
            "--no-stratify",
            help="Do not keep the shares of the labels. By default they are kept as far as the groups allow, those of "
            "fifths of numbers, and a class that would be tested but not trained is an error.",
        ),
    ] = False,
    alphabet: Annotated[
        AlphabetName, typer.Option(help="Alphabet of the sequences. Both strands of DNA and RNA are compared.")
    ] = AlphabetName.dna,
    threshold: Annotated[
        float,
        typer.Option(
            help="Two sequences are relatives when one holds this share of the other's k-mers. A higher one makes "
            "smaller groups, and a split that may leak: the audit keeps its own rule.",
            min=0,
            max=1,
        ),
    ] = USUAL_SHARE,
    min_run: Annotated[
        int | None,
        typer.Option(help="And when they share this many consecutive residues; chosen as by seqaug audit.", min=1),
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
    seed: Annotated[int, typer.Option(help="Seed of the order in which groups are dealt.", min=0)] = 0,
):
    """Split into training and test files that do not leak.

    Relatives are never on both sides, and labels keep their shares; --folds makes a cross-validation. Writes train.fa,
    test.fa and the same rows as tables (or fold-1/train.fa ...), split.csv, which says where each sequence went, and
    the audit of the split that was made. Exit code 0 when that is clean, 1 when the split leaks anyway, 2 for
    bad input. Example:

    seqaug split promoters.fasta --labels labels.csv --out split
    """
    from seqaug_sklearn.cli._input import read_labelled, reading, said_target
    from seqaug_sklearn.cli._relatives import check_distinct
    from seqaug_sklearn.utils import check_output_folder, replaced_folder

    folder = check_output_folder(out, inputs=[data, labels, _as_file(groups)], kind="split")
    _check_choices(by, groups, test, folds)
    how = reading(sequence_column, name_column, names, extra_labels, files=[data], labels=labels)
    table = read_labelled(
        data,
        labels=labels,
        label_column=label_column,
        pattern=label_pattern,
        groups=groups,
        missing_values=words(missing_values),
        needs_labels=labels is not None or label_pattern is not None,
        task=task.value,
        how=how,
    )
    target = None
    if table.labels is not None:
        column, source = None if label_pattern else label_column, (labels or data).name
        target = said_target(table.labels, task=task.value, column=column, source=source, may_be_constant=True)
    if table.wish is not None:
        raise InvalidParameterError(f"--groups {groups} is what --by similarity does; leave --groups out")
    of_class = table.labels if target is None or target.kind == "classes" else None
    check_distinct(table.sequences, of_class, folds or 2, data.name)
    settings = search_settings(alphabet, keep_low_complexity, keep_tags, homologs, max_evalue)
    together = _together(table, by, settings | {"threshold": threshold, "min_run": min_run})
    n_splits = {"n_splits": folds} if folds is not None else {"test_size": test or _TEST}
    test_fold = _deal(table, None if no_stratify else target, together, n_splits, by, seed)
    places = _places(table, together, test_fold)
    reports = _audits(table.sequences, test_fold, settings)
    answer = _answer(data.name, by, table, target, together, places, reports, n_splits)
    elsewhere = labels is not None or label_pattern is not None
    with replaced_folder(folder, kind="split") as new:
        for name, tested in _sides(test_fold).items():
            (new / name).mkdir(exist_ok=True)
            _write_side(new / name / "train", data, table, ~tested, elsewhere, how)
            _write_side(new / name / "test", data, table, tested, elsewhere, how)
        _write_findings(new, places, reports, answer)
    typer.echo(f"{answer}\n\nSplit: {out}")
    raise typer.Exit(int(any(report.leaked.any() for report in reports.values())))


def _as_file(groups):
    return Path(groups) if groups is not None and Path(groups).is_file() else None


def _check_choices(by, groups, test, folds):
    if by is SplitBy.groups and groups is None:
        raise InvalidParameterError("--by groups needs --groups, a column or a table of groups")
    if test is not None and folds is not None:
        raise InvalidParameterError("--test makes one split and --folds makes several; give one of them")
    if test is not None and not 0 < test < 1:
        raise InvalidParameterError(f"--test is a share of the sequences above 0 and below 1, got {test}")


def _together(table, by, settings):
    """Groups that are not parted: a Series by name."""
    if by is SplitBy.groups:
        return table.groups
    from seqaug_sklearn.cli._relatives import relatives

    own = None if table.groups is None else table.groups.to_numpy()
    return relatives(table.sequences, groups=own, **settings)[0]


def _deal(table, target, together, n_splits, by, seed):
    """The fold that tests each row, or 0 and -1 for test and training rows."""
    from seqaug_sklearn.model_selection import split_by_groups
    from seqaug_sklearn.utils import Message

    y, task = (None, "auto") if target is None else (target.values, target.kind)
    if target is not None and target.kind == "classes":
        y = table.labels.to_numpy()
    try:
        return split_by_groups(table.sequences, y, groups=together.to_numpy(), task=task, random_state=seed, **n_splits)
    except InvalidParameterError as error:
        if by is SplitBy.groups:
            raise
        smaller = ". A higher --threshold and --min-run make smaller groups"
        raise InvalidParameterError(Message(*error.args, smaller)) from None


def _places(table, together, test_fold):
    """One row per sequence: name, where it went, label and group."""
    import numpy as np
    import pandas as pd

    places = pd.DataFrame(index=table.sequences.index.rename("name"))
    if (test_fold < 0).any():
        places["split"] = np.where(test_fold == 0, "test", "train")
    else:
        places["fold"] = test_fold + 1
    for name, values in _named_labels(table).items():
        places[name] = values
    places["group"] = together.to_numpy()
    return places


def _named_labels(table):
    """Columns of labels: "label", or several by their names."""
    if table.labels is None:
        return {}
    if table.labels.ndim == 1:
        return {"label": table.labels.to_numpy()}
    return {name: table.labels[name].to_numpy() for name in table.labels}


def _sides(test_fold):
    """Name of each split ("" for the only one), and its test rows."""
    if (test_fold < 0).any():
        return {"": test_fold == 0}
    return {f"fold-{fold + 1}": test_fold == fold for fold in range(test_fold.max() + 1)}


def _audits(sequences, test_fold, settings):
    """What ``seqaug audit`` says of each split, at its own threshold."""
    from seqaug_sklearn.model_selection import audit_leakage
    from seqaug_sklearn.utils import progress

    sides = _sides(test_fold)
    bar = progress(sides.items(), description="Audit", enabled=len(sides) > 1, unit="fold")
    return {name: audit_leakage(sequences[~tested], sequences[tested], **settings) for name, tested in bar}


def _are_record_names(names):
    """Whether all can stand in a FASTA file: names of tables may hold blanks."""
    return all(name.split() == [name] for name in names)


def _answer(source, by, table, target, together, places, reports, n_splits):
    """What is printed, and written beside the split."""
    from seqaug_sklearn.cli._relatives import describe_groups

    both = " and by the given groups" if by is SplitBy.similarity and table.groups is not None else ""
    lines = [f"{source}, split by {by.value}{both}. {describe_groups(together)}", "", _counts(places, target)]
    size = n_splits.get("test_size")
    if size is not None:
        got = float((places["split"] == "test").mean())
        if abs(got - size) > _OFF:
            lines += ["", f"Asked for {size:.0%} of the sequences to test on, got {got:.0%}: groups are not split."]
    if table.labels is None:
        lines += ["", "No labels were given, so their shares were not looked at."]
    if not _are_record_names(places.index):
        lines += ["", "Names contain spaces, which FASTA names cannot, so only tables are written."]
    # the audit itself says what it cannot see
    return "\n".join([*lines, "", *_told(reports)])


def _told(reports):
    """What the audits say: of folds that are all clean the one that comes nearest to a leak speaks for all."""
    if len(reports) > 1 and not any(report.leaked.any() for report in reports.values()):
        nearest = max(reports.values(), key=lambda report: report.longest_run.max())
        return [f"Audit of each of the {len(reports)} folds: {nearest.summary()}"]
    return [f"Audit{name and f' of {name}'}: {report.summary()}" for name, report in reports.items()]


def _counts(places, target):
    """How many sequences of each label went where, as text; of numbers their medians."""
    import pandas as pd

    if target is not None and target.kind != "classes":
        return _counts_of_columns(places, target)
    labels = places["label"] if "label" in places else pd.Series("sequences", index=places.index)
    if "split" in places:
        counts = pd.crosstab(labels, places["split"])[["train", "test"]]
    else:
        counts = pd.crosstab(labels, places["fold"]).add_prefix("fold ")
    if len(counts) > 1:
        counts.loc["all"] = counts.sum()
    return counts.rename_axis(index=None, columns=None).to_string()


def _counts_of_columns(places, target):
    """Sequences of each part, and of each target the median, or the sequences that have the label."""
    import pandas as pd

    side = places["split"] if "split" in places else "fold " + places["fold"].astype(str)
    columns = pd.DataFrame(target.columns, columns=target.names).groupby(side.to_numpy())
    parts = ["train", "test"] if "split" in places else sorted(side.unique(), key=lambda name: int(name[5:]))
    what, found = "median", columns.median().round(3)
    if target.kind == "labels":
        what, found = "with", columns.sum().astype(int)
    rows = {"sequences": side.value_counts()} | {f"{what} {name}": found[name] for name in found}
    table = pd.DataFrame({name: values.astype(object) for name, values in rows.items()}).T
    return table[parts].to_string()


def _write_findings(new, places, reports, answer):
    """Write where each sequence went, the audit of every test row, and what is printed."""
    import pandas as pd

    from seqaug_sklearn.cli._tables import write_table

    write_table(places.reset_index(), new / "split.csv")
    rows = []
    for name, report in reports.items():
        frame = report.to_frame().rename_axis("name").reset_index()
        if name:
            frame.insert(1, "fold", int(name.removeprefix("fold-")))
        rows.append(frame)
    write_table(pd.concat(rows), new / "audit.csv")
    (new / "verdict.txt").write_text(f"{answer}\n", encoding="utf-8")


def _write_side(path, data, table, rows, elsewhere, how):
    """Write training or test rows as FASTA and as a table, with labels that came from elsewhere."""
    from seqaug_sklearn.cli._input import is_table, read_rows
    from seqaug_sklearn.cli._tables import write_like, write_table

    sequences = table.sequences[rows]
    if _are_record_names(table.sequences.index):
        write_like(sequences, data, path.with_suffix(".fa"), how)
    if is_table(data):
        frame = read_rows(data, how).loc[sequences.index]
    else:
        frame = sequences.rename("sequence").rename_axis("name").reset_index()
    for name, values in _named_labels(table).items() if elsewhere else ():
        if name not in frame:
            frame[name] = values[rows]
    write_table(frame, path.with_suffix(".csv"))
