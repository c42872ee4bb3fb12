"""Scores of predictions where labels are known: how good they are, and whether the model says how sure it is."""

from seqaug_sklearn.cli._models._group_scores import tell_groups
from seqaug_sklearn.cli._models._prediction_rows import answer_columns, kind_of, names_of

__all__ = ["scores_of_file"]

_CLOSE = 0.5
"""Share of its k-mers in the nearest training sequence from which on a sequence resembles it closely."""
_MOST_TARGETS = 20
"""Targets or labels that a table shows; of more the lowest scores are shown."""
_NAMES = {
    "spearman": "Spearman correlation",
    "pearson": "Pearson correlation",
    "r2": "R²",
    "rmse": "RMSE",
    "mae": "MAE",
    "auroc": "AUROC",
    "auprc": "AUPRC",
}
"""What scores of numbers and labels are called."""
_TARGETS = {"number": "targets", "labels": "labels"}
"""What there are several of."""
_IN_UNITS = ("rmse", "mae")
"""Errors in the unit of a target: of several targets they have no mean that says anything."""


def scores_of_file(estimator, file, truth, groups=None, left_out=()):
    """Scores of the labelled rows, of those that are no copies of training rows, and of those that resemble none.

    With groups also those of each group; rows that could not be read have none.
    """
    import pandas as pd

    from seqaug_sklearn.utils import separator_of

    table = pd.read_csv(
        file, sep=separator_of(file), dtype={"name": str, "predicted": str, "copy_of": str}, index_col="name"
    )
    kind = kind_of(estimator)
    known = (truth != "").to_numpy() if kind == "classes" else truth.notna().any(axis=1).to_numpy()
    known = known & ~table.index.isin(left_out)
    parts = {"all labelled sequences": known}
    if "copy_of" in table:
        parts["those that are not identical to a training sequence"] = known & table["copy_of"].isna().to_numpy()
        parts[f"those that share less than {_CLOSE:.0%} of their k-mers with any training sequence"] = (
            known & table["copy_of"].isna().to_numpy() & ~(table["kmer_share"] >= _CLOSE).to_numpy()
        )
    before, found = -1, {}
    for what, rows in parts.items():
        if not rows.any():
            yield f"There are none of {what}, so the scores above say nothing about new sequences."
            break
        if rows.sum() != before:
            found = _scores(truth[rows], table.loc[rows], estimator, None if groups is None else groups[rows])
            yield _told(what, found, estimator)
        before, last = rows.sum(), rows
    if kind != "classes" and len(names_of(estimator)) > 1:
        yield _each_target(found, names_of(estimator), "target" if kind == "number" else "label")
    if groups is not None and known.any():
        yield _each_group(groups[known], truth[known], table.loc[known], estimator)
    if kind == "classes" and f"p_{estimator.classes_[0]}" in table:
        yield _reliability(truth[last], table.loc[last], [f"p_{label}" for label in estimator.classes_])


def _scores(truth, table, estimator, groups=None):
    of_kind = {"number": _scores_of_numbers, "labels": _scores_of_labels}
    kind = str(kind_of(estimator))
    # without groups each row is drawn by itself; of classes there are no intervals then
    places = range(len(truth)) if groups is None and kind != "classes" else groups
    return of_kind.get(kind, _scores_of_classes)(truth, table, estimator, places)


def _each_group(groups, truth, table, estimator):
    """Scores of each group: of numbers whether its rows are put in their order."""
    kind = str(kind_of(estimator))
    return tell_groups(
        groups, lambda rows: _scores(truth[rows], table[rows], estimator), kind, lambda score: _word(score, kind)
    )


def _told(what, found, estimator):
    import numpy as np

    kind, names = kind_of(estimator), names_of(estimator)
    several = kind != "classes" and len(names) > 1
    of_each = {f"{score}_{name}" for score in found for name in names} if several else set()
    told = {
        name: value
        for name, value in found.items()
        if name != "n"
        and np.isfinite(value)
        and not name.endswith(("_low", "_high"))
        and name not in of_each
        and not (several and name in _IN_UNITS)
    }
    scores = ", ".join(f"{_word(name, kind)} {value:.3f}{_limits(found, name)}" for name, value in told.items())
    means = f", means over {len(names)} {_TARGETS[str(kind)]}" if several else ""
    if not told:
        return f"Scores of {what} ({int(found['n']):,}): none can be computed, because what is known does not vary."
    return f"Scores of {what} ({int(found['n']):,}{means}): {scores}."


def _word(score, kind):
    word = score.replace("_", " ")
    return word if kind == "classes" else _NAMES.get(score, word)


def _limits(found, name):
    """The interval of a score, where there is one."""
    ends = [found.get(f"{name}_{end}", float("nan")) for end in ("low", "high")]
    return f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends[0] == ends[0] else ""


def _each_target(found, names, what):
    """A table of the scores of each target, the lowest of very many."""
    import pandas as pd

    scores = [score for score in found if all(f"{score}_{name}" in found for name in names)]
    rows = [[found[f"{score}_{name}"] for score in scores] for name in names]
    table = pd.DataFrame(rows, index=list(names), columns=[_word(score, "") for score in scores])
    told = f"Scores of each {what}:"
    if len(table) > _MOST_TARGETS:
        table = table.sort_values(table.columns[0]).head(_MOST_TARGETS)
        told = f"Scores of the {_MOST_TARGETS} of {len(names)} {what}s with the lowest {table.columns[0]}:"
    table = table.rename_axis(what).reset_index()
    return f"\n{told}\n{table.to_string(index=False, float_format='{:.3f}'.format, na_rep='–')}"


def _scores_of_classes(truth, table, estimator, groups):
    from seqaug_sklearn.evaluation import score_predictions

    columns = [f"p_{label}" for label in estimator.classes_]
    probabilities = table[columns].to_numpy() if columns[0] in table else None
    about = {"classes": estimator.classes_, "task": "classes", "groups": groups}
    found = score_predictions(truth, table["predicted"], probabilities, **about)
    if truth.nunique() < 2:
        # what compares classes does not exist
        return {name: found[name] for name in ("n", "accuracy", "brier") if name in found}
    return found


def _scores_of_numbers(truth, table, estimator, groups):
    from seqaug_sklearn.evaluation import score_predictions

    names = names_of(estimator)
    predicted, low, high = (answer_columns(table, what, names) for what in ("prediction", "low", "high"))
    intervals = None if low is None else (low, high)
    return score_predictions(truth, predicted, task="number", intervals=intervals, groups=groups)


def _scores_of_labels(truth, table, estimator, groups):
    from seqaug_sklearn.evaluation import score_predictions

    names = names_of(estimator)
    predicted, probabilities = (answer_columns(table, what, names) for what in ("predicted", "p"))
    return score_predictions(truth, predicted, probabilities, task="labels", groups=groups)


def _reliability(truth, table, columns):
    """Shares of right answers beside what was promised, in five equal parts of the rows."""
    import numpy as np

    promised = table[columns].max(axis=1).to_numpy()
    right = (truth.to_numpy().astype(str) == table["predicted"].to_numpy().astype(str)).astype(float)
    parts = np.array_split(np.argsort(promised, kind="stable"), min(5, len(promised)))
    told = ", ".join(f"{promised[rows].mean():.2f} {right[rows].mean():.2f}" for rows in parts)
    return f"Promised and true share of right answers, from the least sure fifth to the surest: {told}."
