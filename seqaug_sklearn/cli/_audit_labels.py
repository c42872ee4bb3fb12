"""``seqaug audit`` of one labelled file, and whether a training and a test set differ in a trivial feature."""

from pathlib import Path
from typing import Any

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["check_one_file", "labelled_audit", "tell_difference"]


def check_one_file(given: dict[str, bool], groups: str | None, *, one: bool) -> None:
    """Refuse options that the other kind of audit has.

    Parameters
    ----------
    given : dict of str to bool
        Options of two files, and whether each was given.
    groups : str or None
        The option of one file.
    one : bool
        Whether one file was given.
    """
    wrong = [name for name, is_given in given.items() if is_given]
    if one and wrong:
        raise DataFormatError(
            f"{', '.join(wrong)}: there is one file, so its labels are audited, and this is about a training and a "
            "test set; pass both, or leave it out"
        )
    if not one and groups is not None:
        raise InvalidParameterError("--groups is about the labels of one file; leave it out, or pass one file")


def labelled_audit(data: Path, *, alphabet: str, out: Path | None, task: str, **about: Any) -> tuple[str, bool]:
    """Audit the labels of one file.

    Parameters
    ----------
    data : Path
        FASTA or table.
    alphabet : str
        Alphabet.
    out : Path or None
        Folder of a report.
    task : {"auto", "classes", "number", "labels"}
        How labels are read, which is said where it is a choice.
    **about
        Where labels and groups are, as ``read_labelled`` takes it.

    Returns
    -------
    told : str
        What is printed.
    found : bool
        Whether something was found, or cannot be excluded.
    """
    import pandas as pd

    from seqaug_sklearn.cli._input import read_labelled, said_target
    from seqaug_sklearn.evaluation import check_output_folder
    from seqaug_sklearn.model_selection import audit_shortcuts

    if about["groups"] in ("auto", "similarity"):
        raise InvalidParameterError(
            f"--groups {about['groups']}: pass a column or a file of groups; `seqaug groups` writes one"
        )
    folder = None if out is None else check_output_folder(out, inputs=[data, about["labels"]])
    table = read_labelled(data, **about, task=task)
    column = None if about["pattern"] else about["label_column"]
    target = said_target(table.labels, task=task, column=column, source=(about["labels"] or data).name)
    y = table.labels.to_numpy()
    if target.kind != "classes":
        y = pd.DataFrame(target.columns, columns=target.names)
    report = audit_shortcuts(table.sequences, y, task=target.kind, groups=table.groups, alphabet=alphabet)
    told = ["\n".join(report.verdict())]
    if report.found:
        told.append(f"\n{_shown(report)}")
    if folder is not None:
        told.append(f"\nReport: {_write(folder, report, {'file': data.name, 'alphabet': alphabet})}")
    return "\n".join(told), report.found or report.undecided is not None


def _shown(report, n=10):
    table = report.findings.head(n)[["score", "low", "high", "p", "detail"]].round(3)
    return table.rename_axis("trait").reset_index().to_string(index=False)


def _write(folder, report, settings):
    from seqaug_sklearn.plotting import ShortcutDisplay
    from seqaug_sklearn.reporting import detached, write_report

    return write_report(
        folder,
        title=f"Which trivial feature explains the {'labels' if report.metric == 'AUROC' else 'values'}?",
        verdict=report.verdict(),
        sections=report.sections(detached(ShortcutDisplay.from_report(report))),
        settings=settings | {"sequences": report.n_rows, "groups": report.n_groups},
    )


def tell_difference(trained: Any, tested: Any, alphabet: str) -> str:
    """Say in which trivial feature the test set differs from the training set; empty where in none, or rows are few.

    Parameters
    ----------
    trained, tested : Series of str
        Sequences.
    alphabet : str
        Alphabet.
    """
    from seqaug_sklearn.model_selection import describe_difference

    return describe_difference(trained, tested, alphabet=alphabet)
