"""How often each model of ``compare_augmentations`` is repeated."""

import numpy as np

from seqaug_sklearn.evaluation._augmentation._models import Line
from seqaug_sklearn.evaluation._augmentation._split import SplitPlan
from seqaug_sklearn.evaluation._model_parts import REPEATS, repeats_by_size
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["check_repeats", "most_repeats", "wanted_repeats"]


def check_repeats(n_repeats: int | str) -> None:
    """Raise unless this is "auto" or a number of repeats."""
    is_number = isinstance(n_repeats, (int, np.integer)) and not isinstance(n_repeats, bool) and n_repeats >= 1
    if n_repeats != "auto" and not is_number:
        raise invalid_parameter("n_repeats", f"must be 'auto' or an int of at least 1, got {n_repeats!r}")


def most_repeats(n_repeats: int | str, split: SplitPlan, *, quick: bool = False) -> int:
    """Return the repeats that no model exceeds."""
    if n_repeats != "auto":
        return int(n_repeats)
    # blocks are not drawn: to fit the same folds again would say nothing new
    return 1 if quick or split.kind == "blocks" else REPEATS


def wanted_repeats(n_repeats: int | str, line: Line, split: SplitPlan, *, quick: bool = False) -> dict[str, int]:
    """Return the repeats of each model.

    Parameters
    ----------
    n_repeats : int or "auto"
        "auto": ten of models that are cheap, fewer of expensive ones, from the kind of model and the size of the data;
        one of all where blocks of windows are held out, which are not drawn.
    line : Line
        The models.
    split : SplitPlan
        May limit the repeats.
    quick : bool, default=False
        One of each, where the number is "auto".
    """
    limit = min(most_repeats(n_repeats, split, quick=quick), split.most_repeats or np.inf)
    if n_repeats != "auto":
        return dict.fromkeys(line.models, int(limit))
    return {name: int(min(limit, repeats_by_size(line.seconds[name], split.n_splits))) for name in line.models}
