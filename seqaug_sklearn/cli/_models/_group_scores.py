"""Scores of predictions within each group, such as the guides of a gene: choosing among them needs their order."""

from typing import Any

__all__ = ["tell_groups"]

_MOST = 20
"""Groups that a table shows; of more those with the lowest scores."""
_OF_KIND = {
    "number": ("spearman", "pearson", "rmse", "mae"),
    "labels": ("auroc", "accuracy", "balanced_accuracy"),
    "classes": ("accuracy", "balanced_accuracy", "auroc"),
}
"""Scores of a group; the first one is that by which groups are ordered."""
_FEWEST = {"number": 3, "labels": 1, "classes": 1}
"""Known rows of a group, below which its scores say nothing."""


def tell_groups(groups: Any, scores_of: Any, kind: str, word: Any) -> str:
    """Return the scores of each group as text, and their plain mean.

    Parameters
    ----------
    groups : Series of str of shape (n_rows,)
        Group of each row with a known label.
    scores_of : callable
        Takes a bool ndarray of rows and returns their scores.
    kind : {"classes", "number", "labels"}
        What was predicted.
    word : callable
        Takes a score and returns what it is called.
    """
    import numpy as np
    import pandas as pd

    from seqaug_sklearn.utils import counted

    rows = {}
    for name, members in groups.groupby(groups, sort=True).groups.items():
        inside = groups.index.isin(members)
        if inside.sum() >= _FEWEST[kind]:
            found = scores_of(inside)
            rows[str(name)] = {"rows": int(found["n"])} | {score: found.get(score, np.nan) for score in _OF_KIND[kind]}
    left_out = groups.nunique() - len(rows)
    few = f" ({counted(left_out, 'group')} of fewer than {_FEWEST[kind]} rows left out)" if left_out else ""
    if not rows:
        return f"No group has scores{few}."
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")
    table = table.dropna(axis="columns", how="all")
    scores = [score for score in _OF_KIND[kind] if score in table]
    means = ", ".join(f"{word(score)} {table[score].mean():.3f}" for score in scores)
    told = f"Plain means over {counted(len(table), 'group')}{few}: {means}." if scores else f"No group has scores{few}."
    shown = table.sort_values(scores[0], kind="stable").head(_MOST) if scores and len(table) > _MOST else table
    what = f"the {_MOST} groups with the lowest {word(scores[0])}" if len(shown) < len(table) else "each group"
    shown = shown.rename(columns={score: word(score) for score in scores}).reset_index()
    text = shown.to_string(index=False, float_format="{:.3f}".format, na_rep="–")
    return f"{told}\n\nScores of {what}:\n{text}"
