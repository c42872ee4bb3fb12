"""``seqaug audit``: whether a test set holds sequence that was trained, or what explains the labels of one file."""

from pathlib import Path
from typing import Annotated, Any

import typer

from seqaug_sklearn.cli._audit_labels import check_one_file, labelled_audit, tell_difference
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

__all__ = ["audit"]

_SHOWN = 10
_MAX_EVALUE = 1e-3
_LONG = 10**6
"""Pairs of a training and a test row from which on the audit shows bars."""
_CAVEAT = (
    "A clean audit says that nothing similar was found at these settings, not that labels are right or classes "
    "comparable."
)


@one_line_errors
def audit(
    train: Annotated[
        Path,
        typer.Argument(
            help="Training sequences, or one labelled file: FASTA (.gz too), or a table with columns name and sequence."
        ),
    ],
    test: Annotated[
        Path | None,
        typer.Argument(
            help="Test sequences, of the same kinds. Without them the labels of the first file are audited."
        ),
    ] = None,
    alphabet: Annotated[
        AlphabetName, typer.Option(help="Alphabet of the sequences. Both strands of DNA and RNA are compared.")
    ] = AlphabetName.dna,
    k: Annotated[
        int | None,
        typer.Option("--k", help="Length of the k-mers. By default 12, and 5 for proteins.", min=1),
    ] = None,
    threshold: Annotated[
        float,
        typer.Option(help="A test row leaks when a training row holds this share of its k-mers.", min=0, max=1),
    ] = USUAL_SHARE,
    min_run: Annotated[
        int | None,
        typer.Option(
            help="A test row leaks when it shares this many consecutive residues with a training row. By default 20 (8 "
            "for proteins), fewer where sequences are short, more where chance alone gives longer runs.",
            min=1,
        ),
    ] = None,
    homologs: Homologs = Wanted.auto,
    max_evalue: MaxEvalue = _MAX_EVALUE,
    keep_low_complexity: KeepLowComplexity = False,
    keep_tags: KeepTags = False,
    missing_values: MissingValues = None,
    sequence_column: SequenceColumn = None,
    name_column: NameColumn = None,
    names: Names = None,
    extra_labels: ExtraLabels = ExtraLabelsChoice.drop,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of a report. Only an earlier report is replaced. By default no report."),
    ] = None,
    clean: Annotated[
        Path | None,
        typer.Option(
            help="File to write the test set to, without the rows that leak: FASTA, or a table if it is called .csv, "
            ".tsv or .txt. It may lie in the folder of the report."
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Table of labels of both sets, or of the test set; it may hold more names. Copies and close relatives "
            "with another label are named, and with --clean the report says how many of each label are left."
        ),
    ] = None,
    label_column: TargetColumn = "label",
    label_pattern: Annotated[
        str | None, typer.Option(help="Instead of a table: regular expression that finds the label in a record's name.")
    ] = None,
    task: Task = TaskName.auto,
    groups: Annotated[
        str | None,
        typer.Option(
            help="For one labelled file: column, or file, of the groups that belong together, such as families."
        ),
    ] = None,
):
    """Find test sequences that share sequence with a training sequence: copies, shifts, overlaps, close homologs.

    For one labelled file: find whether a trivial feature (length, composition, one position, an adapter, ...)
    explains the labels.

    Exit code 0 when nothing is found, 1 when the test set leaks or the labels are explained, 2 for bad input, so that a
    pipeline can stop. Examples:

    seqaug audit train.fasta test.fasta --out report

    seqaug audit data.csv
    """
    from seqaug_sklearn.cli._input import is_table, labels_of, read_sequences, reading, say_unused_labels

    of_two = _of_two(k, threshold, min_run, homologs, max_evalue, keep_low_complexity, keep_tags, clean)
    check_one_file(of_two, groups, one=test is None)
    if test is None:
        where = {"labels": labels, "label_column": label_column, "pattern": label_pattern, "groups": groups}
        told, found = labelled_audit(
            train,
            alphabet=alphabet.value,
            out=out,
            missing_values=words(missing_values),
            task=task.value,
            how=reading(sequence_column, name_column, names, extra_labels, files=[train], labels=labels),
            **where,
        )
        typer.echo(told)
        raise typer.Exit(int(found))
    from seqaug_sklearn.evaluation import check_output_folder
    from seqaug_sklearn.model_selection import audit_leakage

    folder = None if out is None else check_output_folder(out, inputs=[train, test, labels])
    cleaned = _check_clean(clean, folder, [train, test, labels])
    if missing_values is not None and not is_table(train) and not is_table(test) and labels is None:
        raise InvalidParameterError("--missing-values is about tables, and neither file is one; leave it out")
    missing = words(missing_values)
    how = reading(sequence_column, name_column, names, extra_labels, files=[train, test], labels=labels)
    trained, tested = (read_sequences(path, missing, how=how) for path in (train, test))
    about: dict[str, Any] = {
        "labels": labels,
        "label_column": label_column,
        "pattern": label_pattern,
        "missing_values": missing,
        "task": task.value,
        "how": how,
    }
    given = labels_of(tested, test, **about)
    say_unused_labels(labels, trained, tested, how=how)
    options: dict[str, Any] = {"k": k, "threshold": threshold, "min_run": min_run}
    options |= search_settings(alphabet, keep_low_complexity, keep_tags, homologs, max_evalue)
    both, why_not, kind = _labels_of_both(trained, train, given, test, about)
    # of numbers and several labels there are no shares to count
    classes = given if kind == "classes" else None
    large = len(trained) * len(tested) > _LONG
    report = audit_leakage(trained, tested, **options, **both, show_progress=large)
    short = int((tested.str.len() < report.k).sum())
    if short:
        say(
            f"Warning: {short} of {len(tested)} test rows are shorter than k = {report.k}: only exact copies of them "
            "can be found; pass a smaller --k"
        )
    differ = tell_difference(trained, tested, alphabet.value)
    answer = [" ".join(filter(None, [f"{report.summary()}{why_not}", differ]))]
    if report.leaked.any():
        answer.append(f"\n{_table(report, _SHOWN).to_string(index=False)}")
        if report.leaked.sum() > _SHOWN:
            answer.append(f"... and {report.leaked.sum() - _SHOWN:,} more{_where_all(out)}.")
    # whoever reads what is printed may leave: all files are written before
    if folder is not None:
        settings = {
            "training file": train.name,
            "test file": test.name,
            "alphabet": alphabet.value,
            "runs of low complexity": "count" if keep_low_complexity else "are not leaks by themselves",
            "tags and pieces of vectors": "count" if keep_tags else "are not leaks by themselves",
            "homologs by alignment": report.skipped or f"E-value below {max_evalue:g}",
        }
        answer.append(f"\nReport: {_write(folder, report, settings)}")
    left = tested.iloc[:0] if cleaned is None else _without_leaks(trained, tested, report, options)
    if len(left):
        from seqaug_sklearn.cli._tables import write_like

        write_like(left, test, cleaned, how)
        answer.append(f"\nClean test set: {clean}\n{_tell_left(tested, left, classes)}")
        answer.append(f"No relative was found in these rows. {report.limits}")
    typer.echo("\n".join(answer))
    if cleaned is not None and not len(left):
        raise DataFormatError(f"all {len(tested)} test rows leak, so nothing is left for {clean}, which is not written")
    raise typer.Exit(int(report.leaked.any()))


def _of_two(k, threshold, min_run, homologs, max_evalue, keep_low_complexity, keep_tags, clean):
    """Which options were given that are about two files."""
    return {
        "--k": k is not None,
        "--threshold": threshold != USUAL_SHARE,
        "--min-run": min_run is not None,
        "--homologs": homologs is not Wanted.auto,
        "--max-evalue": max_evalue != _MAX_EVALUE,
        "--keep-low-complexity": keep_low_complexity,
        "--keep-tags": keep_tags,
        "--clean": clean is not None,
    }


def _check_clean(clean, folder, inputs):
    """Path of the cleaned test set, or None; the report's folder may be its place before there is one."""
    from seqaug_sklearn.utils import check_output_file

    if clean is None:
        return None
    path = clean.expanduser().absolute()
    if folder is not None and path.parent == folder and not path.exists():
        return path
    return check_output_file(clean, inputs=inputs)


def _labels_of_both(trained, train, given, tested, about):
    """Labels as the audit takes them, or none, why contradictions were not looked for, and what the labels are."""
    import pandas as pd

    from seqaug_sklearn.cli._input import labels_of

    asked = about["labels"] is not None or about["pattern"] is not None
    if given is None:
        return {}, "", "classes"
    try:
        known = labels_of(trained, train, **about)
    except (DataFormatError, InvalidParameterError) as error:
        # of a table for the test set alone, or training names without the pattern
        known, why = None, str(error)
    else:
        why = f"{train.name} has none"
    if known is None:
        told = f" Labels of the training rows are not known ({why}), so contradictions were not looked for."
        return {}, told if asked else "", _read(given, about, tested).kind
    trained_on, target = len(known), _read(pd.concat([known, given]), about, tested)
    if target.kind == "classes":
        # an empty label is one, too: it contradicts none
        return {"y_train": known.to_numpy(), "y_test": given.to_numpy(), "task": "classes"}, "", "classes"
    values = target.values  # noqa: PD011
    return {"y_train": values[:trained_on], "y_test": values[trained_on:], "task": target.kind}, "", target.kind


def _read(labels, about, tested):
    """What some labels are, which is said; of one column those that are missing are left open."""
    from seqaug_sklearn.cli._input import said_target
    from seqaug_sklearn.utils import read_target

    column = None if about["pattern"] else about["label_column"]
    where = {"column": column, "source": (about["labels"] or tested).name}
    if labels.ndim == 2:
        return said_target(labels, task=about["task"], **where, may_be_constant=True)
    known = labels.where(labels != "", None)
    target = said_target(known.dropna(), task=about["task"], **where, may_be_constant=True)
    return target if target.kind == "classes" else read_target(known, task=target.kind, may_be_constant=True)


def _without_leaks(trained, tested, report, options):
    """The test rows that do not leak, nor by the rule for so few: fewer rows may make a shorter run a leak."""
    from seqaug_sklearn.model_selection import audit_leakage

    leaked, left = report.leaked, tested
    while leaked.any() and len(left := left[~leaked]):
        leaked = audit_leakage(trained, left, **options).leaked
    return left


def _tell_left(tested, left, classes):
    """Say how many rows are left, and how many of each class."""
    told = f"{len(left)} of {len(tested)} test rows are left"
    if classes is None:
        return f"{told}."
    before, after = classes.value_counts().sort_index(), classes.loc[left.index].value_counts()
    counts = [f"{after.get(name, 0)} of {n} {name or 'without a label'}" for name, n in before.items()]
    gone = [repr(name) for name in before.index if name and name not in after.index]
    warning = f" Nothing is left of {', '.join(gone)}: no score can speak of it." if gone else ""
    return f"{told}: {', '.join(counts)}.{warning}"


def _where_all(out):
    return " (--out FOLDER writes all)" if out is None else ", all in the report"


def _table(report, n):
    """The `n` worst rows, with headers and digits for reading; what was not aligned has no columns of alignments."""
    table = report.worst(n).drop(columns="leaked").rename_axis("test row").reset_index()
    if table["evalue"].isna().all() and report.skipped:
        return _named(table.drop(columns=["identity", "coverage", "evalue"]).round({"kmer_share": 3}), report)
    for column, digits in (("kmer_share", 3), ("identity", 2), ("coverage", 2)):
        table[column] = table[column].round(digits)
    # as text: numbers of a column would all get the digits that the longest needs
    table["evalue"] = [f"{value:.2g}" if value == value else "" for value in table["evalue"]]
    return _named(table, report)


def _named(table, report):
    return table.rename(
        columns={
            "nearest": "nearest training row",
            "longest_run": "longest run",
            "kmer_share": f"share of {report.k}-mers",
            "evalue": "E-value",
        }
    )


def _write(folder, report, settings):
    """Write the report; returns the path of its page."""
    from seqaug_sklearn.plotting import LeakageDisplay
    from seqaug_sklearn.reporting import Section, detached, write_report

    every = report.to_frame().rename_axis("test row")
    caption = "Similarity to training, and leaks by kind"
    # a clean set has no bar to draw
    leaks = report.leaked.any()
    figures = {caption: detached(LeakageDisplay.from_reports(report, names=["test set"]))} if leaks else {}
    tables = {"Leaked rows, worst first": _table(report, len(report))} if report.leaked.any() else {}
    if report.contradictions is not None and len(report.contradictions):
        odd = report.contradictions.rename(columns={"nearest": "training row", "nearest_label": "its label"})
        tables["Copies and close relatives with another label"] = odd.rename_axis("test row").reset_index()
    found = Section(
        "Leaked test rows",
        tables=tables,
        figures=figures,
        data={"Every test row": every},
        alt=dict.fromkeys(figures, report.summary()),
        notes=_CAVEAT,
    )
    answer, *rest = report.verdict()
    return write_report(
        folder,
        title="Does the test set hold sequence that was trained?",
        verdict=[answer, " ".join(rest)] if rest else [answer],
        sections=[found],
        settings=settings
        | {
            "training rows": len(report.train_names),
            "test rows": len(report),
            "k": report.k,
            "threshold": report.threshold,
            "consecutive residues that make a leak": report.min_run,
        },
    )
