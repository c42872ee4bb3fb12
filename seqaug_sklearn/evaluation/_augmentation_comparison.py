"""Does augmentation help on this data? The usual classifiers with windows, edits, orthologs, and without."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.evaluation._augmentation_comparison_models import (
    MODELS,
    Line,
    Plan,
    check_models,
    models_of_blocks,
    models_of_parents,
)
from seqaug_sklearn.evaluation._augmentation_comparison_split import SplitPlan, plan_split
from seqaug_sklearn.evaluation._compare import compare
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._metrics import metrics_for
from seqaug_sklearn.evaluation._report import Section, write_report
from seqaug_sklearn.evaluation._sanity_section import SanityOfSplits, check_rows, check_windows
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.model_selection import WindowBlockKFold
from seqaug_sklearn.utils import check_sequences, resolve_device

__all__ = ["AugmentationComparison", "compare_augmentations"]


@dataclass
class AugmentationComparison:
    """Result of :func:`compare_augmentations`.

    Attributes
    ----------
    comparison : Comparison
        All scores, tests and predictions.
    split : SplitPlan
        How the data was split, and why.
    metric : str
        What the verdict judges by.
    data : DataFrame
        Sequences, groups and lengths per class.
    treatments : dict of str to list of str
        Names of the estimators with each augmentation.
    limits : DataFrame
        Most windows per sequence that each model trains on.
    notes : list of str
        What a reader must know before the scores.
    sanity : SanityOfSplits
        Whether the split could let a model score by memory.
    """

    comparison: Comparison
    split: SplitPlan
    metric: str
    data: pd.DataFrame
    treatments: dict[str, list[str]]
    limits: pd.DataFrame
    notes: list[str]
    sanity: SanityOfSplits

    def verdict(self) -> list[str]:
        """What to believe, and why, in plain sentences; the first one is the answer."""
        answer, *rest = self.comparison.verdict(metric=self.metric, treatment=self.treatments)
        return [f"{answer}{self._detectable()}", *rest, *self.split.sentences, *self.notes]

    def sections(self) -> list[Section]:
        """Tables and figures for :func:`write_report`."""
        tables = {"Sequences of each class": self.data}
        if len(self.limits):
            tables["Windows that the models train on"] = self.limits
        predictions = {
            f"Predictions of {name}": self.comparison.predictions(name) for name in self.comparison.estimators
        }
        notes = "Where there are too many windows, they are spread evenly over each sequence."
        data = Section("Data", text="\n\n".join(self.split.sentences), tables=tables, notes=notes)
        every = Section("Predictions", text="Every test prediction of every model.", data=predictions)
        return [*self.comparison.sections(metric=self.metric), self.sanity.section(), data, every]

    def to_html(self, folder: str | Path, *, title: str = "Does augmentation help?") -> Path:
        """Write the report.

        Parameters
        ----------
        folder : path
            Folder of ``report.html``, ``tables`` and ``figures``; an earlier report in it is replaced.
        title : str, default="Does augmentation help?"
            Heading.

        Returns
        -------
        pathlib.Path
            Path of ``report.html``.
        """
        return write_report(
            folder, title=title, verdict=self.verdict(), sections=self.sections(), settings=self.comparison.settings
        )

    def _detectable(self):
        smallest = self.comparison.tests(metric=self.metric)["detectable"].dropna()
        if not len(smallest):
            return ""
        low, high = smallest.min(), smallest.max()
        told = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}, depending on the model"
        return f" The data could only have shown differences above {told}."


def compare_augmentations(
    X,
    y,
    *,
    groups=None,
    alphabet: str = "dna",
    window: int = 40,
    edits: bool = False,
    orthologs=None,
    n_splits: int = 5,
    n_repeats: int = 1,
    models: Sequence[str] | None = None,
    metric: str | None = None,
    quick: bool = False,
    device: str = "auto",
    n_jobs: int | None = None,
    store: str | Path | None = None,
    progress: bool = False,
    random_state: int = 0,
) -> AugmentationComparison:
    """Compare the usual classifiers with each augmentation and without, under a split that cannot leak.

    Identical sequences and members of a group are never on both sides of a split. Similar ones are, unless ``groups``
    says that they belong together (gene families, for example).

    Windows are always compared; random edits and orthologs where asked for. An ortholog is used where its gene is among
    the training rows and it resembles no row outside them.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences; a Series brings identifiers into the report.
    y : array-like of shape (n_samples,)
        Labels.
    groups : array-like of shape (n_samples,), default=None
        What must stay together.
    alphabet : {"dna", "rna", "protein"}, default="dna"
        Alphabet of the sequences.
    window : int, default=40
        Window length in residues, at least 2.
    edits : bool, default=False
        Also compare EvoAug's random edits: two per sequence, anew in each epoch of a network, and as edited copies for
        the other classifiers.
    orthologs : DataFrame, dict or OrthologAugmenter, default=None
        Also compare orthologs: what :func:`~seqaug_sklearn.datasets.read_orthologs` returns. X must be a Series whose
        index holds the identifiers.
    n_splits : int, default=5
        Folds; fewer where a class has fewer sequences (or groups). Where each class has one sequence, blocks of windows
        are held out and overlapping windows are compared with tiles.
    n_repeats : int, default=1
        Repeats of the split with other seeds.
    models : list of str, default=None
        Some of "cnn-bilstm", "cnn", "rnn", "mlp", "promoter-cnn", "svm", "logistic", "boosting", "memoriser",
        "majority"; all by default, the promoter network only with edits or orthologs.
    metric : str, default=None
        One of ``METRICS``, to judge by. By default accuracy, or balanced accuracy where the commonest class is more
        than 1.5 times as common as it would be among equal ones.
    quick : bool, default=False
        Few epochs, few windows, three folds: a look, whose scores are lower bounds.
    device : str, default="auto"
        Where networks are trained.
    n_jobs : int, default=None
        Fits at a time.
    store : path, default=None
        Folder for finished folds; a second run reads them.
    progress : bool, default=False
        Show a bar with the time left.
    random_state : int, default=0
        Seed.

    Returns
    -------
    AugmentationComparison

    Raises
    ------
    SequenceError, SequenceTypeError
        If X is not text of the alphabet, or a sequence is shorter than the window.
    DataFormatError
        If y or groups do not fit X, there is one class only, or some classes have a single sequence and others more.
    DeviceError
        If the device is not there.

    See Also
    --------
    compare : Any classifiers on any folds.
    reproduce_window_paper : The window paper's own data and protocols.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> from seqaug_sklearn.evaluation import compare_augmentations
    >>> promoters = make_promoters(24, length=80, n_families=6, n_orthologs=0, random_state=0)
    >>> result = compare_augmentations(
    ...     promoters.sequences, promoters.y, groups=promoters.groups, n_splits=2, quick=True, models=["logistic"]
    ... )
    >>> result.comparison.estimators
    ['logistic regression, windows', 'logistic regression, whole']
    """
    names = check_models(models, promoter=edits or orthologs is not None)
    if isinstance(window, bool) or not isinstance(window, (int, np.integer)) or window < 2:
        raise DataFormatError(f"window must be an int of at least 2 residues, got {window!r}")
    resolve_device(device)
    _check_text(X, alphabet, window)
    y = _check_labels(y, len(X))
    known = metrics_for(len(np.unique(y)))
    if metric is not None and metric not in known:
        raise DataFormatError(f"metric must be one of {', '.join(known)}; got {metric!r}")
    split = plan_split(X, y, groups, min(n_splits, 3) if quick else n_splits)
    lengths = check_sequences(X).lengths()
    classes, counts = np.unique(y, return_counts=True)
    plan = Plan(
        alphabet,
        window,
        len(y),
        len(classes),
        int(lengths.max()) - window + 1,
        quick,
        device,
        shortest=int(lengths.min()) if split.kind == "parents" else window,
        edits=edits,
        orthologs=_check_orthologs(orthologs, X, split),
    )
    how = {"n_repeats": n_repeats, "n_jobs": n_jobs, "store": store, "progress": progress, "random_state": random_state}
    run = _of_parents if split.kind == "parents" else _of_blocks
    comparison, line, limits, notes, sanity = run(X, y, split, names, plan, how)
    skewed = counts.max() > 1.5 * counts.mean()
    return AugmentationComparison(
        comparison,
        split,
        metric or ("balanced_accuracy" if skewed else "accuracy"),
        _data_table(y, lengths, split.groups),
        line.treatments,
        limits,
        [*notes, *(_QUICK if quick else [])],
        sanity,
    )


_QUICK = [
    "This was a quick look: few epochs, few windows per sequence, at most three folds. Scores are lower bounds; run it "
    "without quick before believing a difference."
]


def _check_text(X, alphabet, window):
    """Name bad sequences before any long work."""
    OneHotEncoder(alphabet).fit(X)
    WindowAugmenter(window, overlap=(0, 0), min_shared=None).fit(X)


def _check_labels(y, n_samples):
    y = np.asarray(y)
    if y.ndim != 1 or len(y) != n_samples:
        raise DataFormatError(f"y must hold one label for each of the {n_samples} sequences, got shape {y.shape}")
    y = y.astype(str) if y.dtype == object else y
    if len(np.unique(y)) < 2:
        raise DataFormatError(f"y holds one class only ({str(y[0])!r}); a comparison needs at least two")
    return y


def _check_orthologs(orthologs, X, split):
    """An augmenter that keeps away from rows outside the training rows; None where none are asked for."""
    if orthologs is None:
        return None
    if split.kind == "blocks":
        raise DataFormatError(
            "orthologs need classes with several sequences: here each class has a single one, and an ortholog of it "
            "would stand for the training and the test block at once"
        )
    if not hasattr(X, "iloc"):
        raise DataFormatError(
            "orthologs are found by identifier: pass X as a pandas Series whose index holds the identifiers"
        )
    from seqaug_sklearn.augmentation import OrthologAugmenter

    return orthologs if isinstance(orthologs, OrthologAugmenter) else OrthologAugmenter(orthologs, exclude=X)


def _of_parents(X, y, split, names, plan, how):
    line = models_of_parents(names, plan)
    comparison = _run(line, X, y, cv=split.n_splits, groups=split.groups, **how)
    limits = {MODELS[key]: plan.max_windows(key) for key in names if key not in ("memoriser", "majority")}
    limits = pd.DataFrame({"windows per sequence": {k: "all" if v is None else v for k, v in limits.items()}})
    sanity = check_rows(
        check_sequences(X),
        y,
        _first_splits(comparison),
        groups=split.groups,
        alphabet=plan.alphabet,
        random_state=how["random_state"],
    )
    return comparison, line, limits.rename_axis("model"), [], sanity


def _first_splits(comparison):
    """Training and test rows of the first repeat; whole sequences are purged of none."""
    rows = comparison.predictions(comparison.estimators[0], scores=False)
    folds = rows.loc[rows["repeat"] == 0].groupby("fold")["row"]
    return [(np.setdiff1d(rows["row"], test), test.to_numpy()) for _, test in folds]


def _of_blocks(X, y, split, names, plan, how):
    # every stride-1 window: the augmenter's second rule admits them all
    windows = WindowAugmenter(plan.window, overlap=(0, 0), min_shared=max(1, plan.window - 1)).explode(X, y)
    line = models_of_blocks(names, plan, len(windows))
    shared = min(20, plan.window)
    cv = WindowBlockKFold(split.n_splits, window=plan.window, shared=shared, on_empty="skip", alphabet=plan.alphabet)
    skipped = cv.report(windows.windows, groups=windows.positions)["n_skipped_parents"]
    notes = [f"{', '.join(line.left_out)} left out: too slow for {len(windows)} windows."] if line.left_out else []
    if skipped.any():
        notes.append(
            f"Up to {skipped.max()} of {plan.n_samples} sequences were not tested in a fold, because the purge leaves "
            "them no training window."
        )
    comparison = _run(line, windows.windows, windows.y, cv=cv, groups=windows.positions, **how)
    sanity = check_windows(
        windows,
        windows.y,
        window=plan.window,
        n_splits=split.n_splits,
        shared=shared,
        alphabet=plan.alphabet,
        random_state=how["random_state"],
    )
    return comparison, line, pd.DataFrame(), notes, sanity


def _run(line: Line, X, y, **how):
    from sklearn.exceptions import ConvergenceWarning

    reference: Any = line.partners or next(iter(line.models))
    with warnings.catch_warnings():
        # a number of iterations is the budget, as epochs are for the networks
        warnings.simplefilter("ignore", ConvergenceWarning)
        return compare(line.models, X, y, reference=reference, return_train_score=False, **how)


def _data_table(y, lengths, groups):
    frame = pd.DataFrame({"class": y, "length": lengths})
    table = frame.groupby("class")["length"].agg(["size", "min", "median", "max"])
    table.columns = ["sequences", "shortest", "median length", "longest"]
    if groups is not None:
        table.insert(1, "groups", pd.Series(groups).groupby(y).nunique())
    return table
