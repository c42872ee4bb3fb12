"""How the fits of a comparison are run: which there are, in what order, what is kept of them on disk."""

from seqaug_sklearn.evaluation._running._fit_fold import FitOptions, FoldError
from seqaug_sklearn.evaluation._running._fits import Fits
from seqaug_sklearn.evaluation._running._fold_store import FoldResult, FoldStore, digest, look_up_fold, save_fold
from seqaug_sklearn.evaluation._running._planned import PlannedComparison
from seqaug_sklearn.evaluation._running._repeats import check_store, repeats_of, tell_repeats

__all__ = [
    "FitOptions",
    "Fits",
    "FoldError",
    "FoldResult",
    "FoldStore",
    "PlannedComparison",
    "check_store",
    "digest",
    "look_up_fold",
    "repeats_of",
    "save_fold",
    "tell_repeats",
]
