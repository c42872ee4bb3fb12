"""Predictions of sequences whose labels are known: how many are right, and whether probabilities mean what they say."""

__all__ = ["scores_of_file"]


def scores_of_file(estimator, file, data, about):
    """Scores of the labelled rows, and of those that are no copies of training rows."""
    import pandas as pd

    from seqaug_sklearn.cli._input import labels_of

    separator = "\t" if ".tsv" in [suffix.lower() for suffix in file.suffixes][-2:] else ","
    table = pd.read_csv(file, sep=separator, dtype={"name": str, "predicted": str, "copy_of": str}, index_col="name")
    truth = labels_of(table, data, **about)
    known = truth != ""
    is_new = known & table["copy_of"].isna() if "copy_of" in table else known
    columns = [f"p_{label}" for label in estimator.classes_]
    yield from _told("all labelled sequences", truth[known], table.loc[known], columns, estimator.classes_)
    if is_new.sum() < known.sum() and is_new.any():
        what = "those that are no copies of training sequences"
        yield from _told(what, truth[is_new], table.loc[is_new], columns, estimator.classes_)
    if columns[0] in table and is_new.any():
        yield from _reliability(truth[is_new], table.loc[is_new], columns, estimator.classes_)


def _told(what, truth, table, columns, classes):
    from seqaug_sklearn.evaluation import score_predictions

    probabilities = table[columns].to_numpy() if columns[0] in table else None
    found = score_predictions(truth, table["predicted"], probabilities, classes=classes)
    n_rows = int(found.pop("n"))
    scores = ", ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in found.items())
    yield f"Scores of {what} ({n_rows:,}): {scores}."


def _reliability(truth, table, columns, classes):
    """Shares of right answers beside what was promised, in five equal parts of the rows."""
    import numpy as np

    promised = table[columns].max(axis=1).to_numpy()
    right = (truth.to_numpy().astype(str) == table["predicted"].to_numpy().astype(str)).astype(float)
    parts = np.array_split(np.argsort(promised, kind="stable"), min(5, len(promised)))
    told = ", ".join(f"{promised[rows].mean():.2f} {right[rows].mean():.2f}" for rows in parts)
    yield f"Promised and true share of right answers, from the least sure fifth to the surest: {told}."
