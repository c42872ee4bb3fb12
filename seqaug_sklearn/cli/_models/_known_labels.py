"""Predictions of sequences whose labels are known: how many are right, and whether the model says how sure it is."""

from seqaug_sklearn.cli._models._prediction_rows import answer_columns, kind_of, names_of
from seqaug_sklearn.cli._run import say
from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["known_labels", "say_what_the_score_was", "scores_of_file"]

_CLOSE = 0.5
"""Share of its k-mers in the nearest training sequence from which on a sequence resembles it closely."""


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
    return _classes(estimator, truth) if kind == "classes" else _targets(estimator, truth, kind, about["label_column"])


def _classes(estimator, truth):
    classes = [str(label) for label in estimator.classes_]
    strange = truth[(truth != "") & ~truth.isin(classes)]
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


def scores_of_file(estimator, file, truth):
    """Scores of the labelled rows, of those that are no copies of training rows, and of those that resemble none."""
    import pandas as pd

    from seqaug_sklearn.utils import separator_of

    table = pd.read_csv(
        file, sep=separator_of(file), dtype={"name": str, "predicted": str, "copy_of": str}, index_col="name"
    )
    kind = kind_of(estimator)
    known = (truth != "").to_numpy() if kind == "classes" else truth.notna().any(axis=1).to_numpy()
    parts = {"all labelled sequences": known}
    if "copy_of" in table:
        parts["those that are not identical to a training sequence"] = known & table["copy_of"].isna().to_numpy()
        parts[f"those that share less than {_CLOSE:.0%} of their k-mers with any training sequence"] = (
            known & table["copy_of"].isna().to_numpy() & ~(table["kmer_share"] >= _CLOSE).to_numpy()
        )
    before = -1
    for what, rows in parts.items():
        if not rows.any():
            yield f"There are none of {what}, so the scores above say nothing about new sequences."
            break
        if rows.sum() != before:
            yield _told(what, truth[rows], table.loc[rows], estimator)
        before, last = rows.sum(), rows
    if kind == "classes" and f"p_{estimator.classes_[0]}" in table:
        yield _reliability(truth[last], table.loc[last], [f"p_{label}" for label in estimator.classes_])


def _told(what, truth, table, estimator):
    import numpy as np

    of_kind = {"number": _scores_of_numbers, "labels": _scores_of_labels}
    found = of_kind.get(str(kind_of(estimator)), _scores_of_classes)(truth, table, estimator)
    n_rows = int(found.pop("n"))
    told = {name: value for name, value in found.items() if np.isfinite(value) and not name.endswith(("_low", "_high"))}
    scores = ", ".join(f"{name.replace('_', ' ')} {value:.3f}{_limits(found, name)}" for name, value in told.items())
    return f"Scores of {what} ({n_rows:,}): {scores}."


def _limits(found, name):
    """The interval of a score, where there is one."""
    ends = [found.get(f"{name}_{end}", float("nan")) for end in ("low", "high")]
    return f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends[0] == ends[0] else ""


def _scores_of_classes(truth, table, estimator):
    from seqaug_sklearn.evaluation import score_predictions

    columns = [f"p_{label}" for label in estimator.classes_]
    probabilities = table[columns].to_numpy() if columns[0] in table else None
    found = score_predictions(truth, table["predicted"], probabilities, classes=estimator.classes_, task="classes")
    if truth.nunique() < 2:
        # what compares classes does not exist
        return {name: found[name] for name in ("n", "accuracy", "brier") if name in found}
    return found


def _scores_of_numbers(truth, table, estimator):
    from seqaug_sklearn.evaluation import score_predictions

    names = names_of(estimator)
    predicted, low, high = (answer_columns(table, what, names) for what in ("prediction", "low", "high"))
    intervals = None if low is None else (low, high)
    return score_predictions(truth, predicted, task="number", intervals=intervals, groups=range(len(truth)))


def _scores_of_labels(truth, table, estimator):
    from seqaug_sklearn.evaluation import score_predictions

    names = names_of(estimator)
    predicted, probabilities = (answer_columns(table, what, names) for what in ("predicted", "p"))
    return score_predictions(truth, predicted, probabilities, task="labels", groups=range(len(truth)))


def _reliability(truth, table, columns):
    """Shares of right answers beside what was promised, in five equal parts of the rows."""
    import numpy as np

    promised = table[columns].max(axis=1).to_numpy()
    right = (truth.to_numpy().astype(str) == table["predicted"].to_numpy().astype(str)).astype(float)
    parts = np.array_split(np.argsort(promised, kind="stable"), min(5, len(promised)))
    told = ", ".join(f"{promised[rows].mean():.2f} {right[rows].mean():.2f}" for rows in parts)
    return f"Promised and true share of right answers, from the least sure fifth to the surest: {told}."
