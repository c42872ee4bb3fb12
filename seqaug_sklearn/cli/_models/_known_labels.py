"""Predictions of sequences whose labels are known: how many are right, and whether probabilities mean what they say."""

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
    """Labels of the sequences, "" where there is none; checked before anything is predicted."""
    from seqaug_sklearn.cli._input import labels_of, read_sequences

    sequences = read_sequences(data, about["missing_values"])
    truth = labels_of(sequences, data, **about)
    if truth is None:
        raise DataFormatError(f"{data.name} has no labels; leave --label-column out, or give --labels")
    classes = [str(label) for label in estimator.classes_]
    strange = truth[(truth != "") & ~truth.isin(classes)]
    if len(strange):
        raise DataFormatError(
            f"label {strange.iloc[0]!r} of {strange.index[0]!r} is none of the classes of the model "
            f"({', '.join(classes)})"
        )
    return truth


def scores_of_file(estimator, file, truth):
    """Scores of the labelled rows, of those that are no copies of training rows, and of those that resemble none."""
    import pandas as pd

    from seqaug_sklearn.utils import separator_of

    table = pd.read_csv(
        file, sep=separator_of(file), dtype={"name": str, "predicted": str, "copy_of": str}, index_col="name"
    )
    known = (truth != "").to_numpy()
    parts = {"all labelled sequences": known}
    if "copy_of" in table:
        parts["those that are not identical to a training sequence"] = known & table["copy_of"].isna().to_numpy()
        parts[f"those that share less than {_CLOSE:.0%} of their k-mers with any training sequence"] = (
            known & table["copy_of"].isna().to_numpy() & ~(table["kmer_share"] >= _CLOSE).to_numpy()
        )
    columns = [f"p_{label}" for label in estimator.classes_]
    columns = columns if columns[0] in table else []
    before = -1
    for what, rows in parts.items():
        if not rows.any():
            yield f"There are none of {what}, so the scores above say nothing about new sequences."
            break
        if rows.sum() != before:
            yield _told(what, truth[rows], table.loc[rows], columns, estimator.classes_)
        before, last = rows.sum(), rows
    if columns:
        yield _reliability(truth[last], table.loc[last], columns)


def _told(what, truth, table, columns, classes):
    import numpy as np

    from seqaug_sklearn.evaluation import score_predictions

    probabilities = table[columns].to_numpy() if columns else None
    found = score_predictions(truth, table["predicted"], probabilities, classes=classes)
    n_rows = int(found.pop("n"))
    if truth.nunique() < 2:
        # what compares classes does not exist
        found = {name: found[name] for name in ("accuracy", "brier") if name in found}
    told = {name: value for name, value in found.items() if np.isfinite(value)}
    scores = ", ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in told.items())
    return f"Scores of {what} ({n_rows:,}): {scores}."


def _reliability(truth, table, columns):
    """Shares of right answers beside what was promised, in five equal parts of the rows."""
    import numpy as np

    promised = table[columns].max(axis=1).to_numpy()
    right = (truth.to_numpy().astype(str) == table["predicted"].to_numpy().astype(str)).astype(float)
    parts = np.array_split(np.argsort(promised, kind="stable"), min(5, len(promised)))
    told = ", ".join(f"{promised[rows].mean():.2f} {right[rows].mean():.2f}" for rows in parts)
    return f"Promised and true share of right answers, from the least sure fifth to the surest: {told}."
