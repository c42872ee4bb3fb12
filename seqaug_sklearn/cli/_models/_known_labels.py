"""What is known of sequences that are predicted, and what was said of the model."""

from seqaug_sklearn.cli._models._prediction_rows import kind_of, names_of
from seqaug_sklearn.cli._run import say
from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["known_labels", "say_what_the_score_was"]


def say_what_the_score_was(estimator):
    """Repeat the warnings that came with the model: whoever predicts may not be who fitted it."""
    for line in estimator.verdict() if hasattr(estimator, "verdict") else []:
        if line.startswith(("Warning: ", "No model ")):
            say(f"About this model: {line}")


def known_labels(estimator, data, about):
    """What is known of the sequences, checked before anything is predicted.

    Classes are a Series, "" where there is none; numbers and labels a DataFrame of floats, NaN where not known.
    """
    from seqaug_sklearn.cli._input import labels_of, read_sequences, say_unused_labels

    kind = kind_of(estimator)
    if kind != "classes" and about["label_column"] == "label" and names_of(estimator) != ("y",):
        # what the model calls its targets is what they were called in the table that it was fitted to
        about = about | {"label_column": ",".join(names_of(estimator))}
    sequences = read_sequences(data, about["missing_values"], how=about["how"])
    truth = labels_of(sequences, data, **about, task=kind)
    say_unused_labels(about["labels"], sequences, how=about["how"])
    if truth is None:
        raise DataFormatError(f"{data.name} has no labels; leave --label-column out, or give --labels")
    column = None if about["pattern"] else about["label_column"]
    _check_kind(truth, kind, column, (about["labels"] or data).name)
    return _classes(estimator, truth) if kind == "classes" else _targets(estimator, truth, kind, about["label_column"])


def _check_kind(truth, kind, column, source):
    """Raise where nothing that is known is of the kind that the model predicts."""
    from seqaug_sklearn.utils import read_number

    what = f"the label pattern in {source}" if column is None else f"column {column!r} of {source}"
    cells = [cell for cell in truth.to_numpy(dtype=object).ravel() if cell is not None and cell != ""]
    numbers = [cell for cell in cells if read_number(cell) is not None]
    if kind == "number" and cells and not numbers:
        raise DataFormatError(
            f"{what} holds names ({cells[0]!r}, ...), but the model predicts numbers: give what was measured, or leave "
            "the labels out"
        )
    if kind == "labels" and any(read_number(cell) not in (0, 1) for cell in numbers):
        raise DataFormatError(
            f"{what} holds numbers, but the model predicts labels that are there or not: give 1 and 0, or leave the "
            "labels out"
        )


def _classes(estimator, truth):
    from seqaug_sklearn.utils import holds_numbers

    classes = [str(label) for label in estimator.classes_]
    strange = truth[(truth != "") & ~truth.isin(classes)]
    if len(strange) and holds_numbers(truth[truth != ""]):
        raise DataFormatError(
            f"the labels are numbers ({strange.iloc[0]!r} of {strange.index[0]!r}), but the model predicts classes "
            f"({', '.join(classes)}): give their names, or leave the labels out"
        )
    if len(strange):
        raise DataFormatError(
            f"label {strange.iloc[0]!r} of {strange.index[0]!r} is none of the classes of the model "
            f"({', '.join(classes)})"
        )
    return truth


def _targets(estimator, truth, kind, column):
    import pandas as pd

    from seqaug_sklearn.utils import read_target

    names = names_of(estimator)
    table = truth.to_frame() if truth.ndim == 1 else truth
    if table.shape[1] != len(names):
        raise DataFormatError(
            f"--label-column {column} names {table.shape[1]} of the {len(names)} targets of the model "
            f"({', '.join(names)}); name all of them, in this order"
        )
    target = read_target(table.replace("", None), task=kind, name=column, may_be_constant=True)
    return pd.DataFrame(target.columns, index=truth.index, columns=list(names))
