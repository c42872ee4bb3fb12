"""``seqaug compare`` on a split that is given: two files, or a column that says which rows are for testing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._run import fold_store, in_words, say
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["compare_fixed", "refuse_options", "split_is_given"]

_FITTING = {
    "data", "train", "test", "split_column", "labels", "label_column", "label_pattern", "task", "missing_values",
    "sequence_column", "name_column", "names", "extra_labels", "motifs", "language_model",
    "alphabet", "window", "edits", "coding", "aligned", "strand", "repeats", "models", "metric", "out", "quick",
    "resume", "seed", "jobs", "device",
}  # fmt: skip
"""Options that mean something where the split is given."""
_NOT_SELECTED = "not selected"
"""DataSAIL's word for what it left out."""
_SIDES = {"train": "train", "training": "train", "test": "test", "testing": "test"}


def split_is_given(train, test, split_column) -> bool:
    """Whether the options name a split, and name it once."""
    if (train is None) != (test is None):
        raise InvalidParameterError("--train and --test belong together: the training and the test file of a benchmark")
    if train is not None and split_column is not None:
        raise InvalidParameterError(
            "--train and --test are two files, --split-column is for one; give one or the other"
        )
    return train is not None or split_column is not None


def refuse_options(context: Any) -> None:
    """Raise for options of a cross-validation that were typed: none is accepted and then ignored."""
    # the enumeration of another copy of click compares by its name only
    typed = [
        parameter
        for parameter in context.command.params
        if parameter.name not in _FITTING
        and getattr(context.get_parameter_source(parameter.name), "name", "DEFAULT") == "COMMANDLINE"
    ]
    if typed:
        names = ", ".join(max(parameter.opts, key=len) for parameter in typed)
        raise InvalidParameterError(
            f"{names} cannot be had with a split that is given (--train and --test, or --split-column): leave it out"
        )


def compare_fixed(data, train, test, split_column, *, folder: Path, resume: bool, about: dict, settings: dict):
    """Read both sides, compare, write the report; returns the result and the path of its page.

    Parameters
    ----------
    data, train, test : Path or None
        One file, or two.
    split_column : str or None
        Column of the one file, or of its labels.
    folder : Path
        Folder of the report.
    resume : bool
        Whether to continue from what an interrupted run left.
    about : dict
        ``labels, label_column, pattern, missing_values, task, how``, as ``read_labelled`` takes them.
    settings : dict
        Passed on to ``compare_fixed_split``.
    """
    import pandas as pd

    from seqaug_sklearn.cli._input import said_target
    from seqaug_sklearn.evaluation import compare_fixed_split

    with fold_store(folder, resume=resume) as store:
        if train is not None:
            if data is not None:
                raise InvalidParameterError("--train and --test are the files; leave the other one out")
            sides, title = [_read_side(path, about) for path in (train, test)], f"{train.name} and {test.name}"
            _say_unused_of_both((train, test), about)
        else:
            if data is None:
                raise InvalidParameterError("--split-column needs the file whose rows it splits")
            sides, title = _read_column(data, split_column, about), data.name
        (X_train, y_train), (X_test, y_test) = sides
        where = about["labels"] or train or data
        column = None if about["pattern"] else about["label_column"]
        target = said_target(pd.concat([y_train, y_test]), task=about["task"], column=column, source=where.name)
        say(f"{len(X_train):,} training and {len(X_test):,} test sequences, as given.")
        result = compare_fixed_split(
            X_train, y_train, X_test, y_test, task=target.kind, store=store, progress=True, **settings
        )
        result = replace(result, reading=in_words(target.reading) if target.was_choice else "")
        path = result.to_html(folder, title=f"Does augmentation help? {title}")
    return result, path


def _say_unused_of_both(paths, about):
    from seqaug_sklearn.cli._input import read_sequences, say_unused_labels

    if about["labels"] is not None:
        say_unused_labels(
            about["labels"],
            *(read_sequences(path, about["missing_values"], how=about["how"]) for path in paths),
            how=about["how"],
        )


def _read_side(path, about):
    """Sequences and labels of a file; the table of labels may hold the other side's, too."""
    from seqaug_sklearn.cli._input import labels_of, read_sequences

    sequences = read_sequences(path, about["missing_values"], how=about["how"])
    found = labels_of(sequences, path, **about)
    if found is None:
        raise DataFormatError(
            f"{path.name} has no labels: pass a table with --labels, or --label-pattern to take them from the names"
        )
    known = (found != "").to_numpy() if found.ndim == 1 else found.notna().any(axis=1).to_numpy()
    if not known.any():
        raise DataFormatError(f"no sequence of {path.name} has a label")
    return sequences[known], found[known]


def _read_column(data, column, about):
    from seqaug_sklearn.cli._input import read_labelled

    file = Path(column)
    if file.is_file():
        table, what = read_labelled(data, **about), file.name
        words = _words_of(file, table.sequences.index)
    else:
        table, what = read_labelled(data, groups=column, role="the split", **about), f"column {column!r}"
        if table.wish is not None or table.groups is None:
            raise DataFormatError(f"there is no {what} that says which rows are for training and testing")
        words = table.groups.astype(str)
    sides = words.str.strip().str.lower().map(_SIDES)
    odd = sorted(set(words[sides.isna() & (words != "")]))
    if odd:
        raise DataFormatError(
            f"{what} must say train or test in every row, but has {', '.join(map(repr, odd[:5]))}; leave these rows "
            "out, or call them train if they are for choosing settings"
        )
    parts = []
    for side in ("train", "test"):
        rows = (sides == side).to_numpy()
        if not rows.any():
            raise DataFormatError(f"{what} has no {side} rows")
        parts.append((table.sequences[rows], table.labels[rows]))
    return parts


def _words_of(file, names):
    """What a table of names and sides says of each name; "" of those that it does not list or did not select."""
    import pandas as pd

    from seqaug_sklearn.utils import read_table

    rows = read_table(file, heading=False)
    if rows.shape[1] != 2:
        raise DataFormatError(f"{file.name} must have two columns, names and train or test; it has {rows.shape[1]}")
    said = pd.Series(rows.iloc[:, 1].to_numpy(), index=rows.iloc[:, 0].to_numpy(), dtype=object)
    twice = said.index[said.index.duplicated()].unique()
    if len(twice):
        raise DataFormatError(f"{file.name}: names must be unique, but {', '.join(map(repr, twice[:5]))} repeat")
    words = said.reindex(names).fillna("").replace(_NOT_SELECTED, "")
    left_out = int((words == "").sum())
    if left_out:
        say(f"{left_out:,} of {len(names):,} sequences are in neither part of {file.name} and are left out.")
    return words
