"""Does augmentation help on this data? The usual classifiers with windows, edits, orthologs, and without."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.evaluation._augmentation._inputs import (
    check_edits,
    check_orthologs,
    count_orthologs,
    tell_edits,
    tell_orthologs,
)
from seqaug_sklearn.evaluation._augmentation._models import (
    MODELS,
    Line,
    Plan,
    check_models,
    models_of_blocks,
    models_of_parents,
)
from seqaug_sklearn.evaluation._augmentation._split import SplitPlan, plan_split
from seqaug_sklearn.evaluation._compare import compare
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._fold_store import FoldStore
from seqaug_sklearn.evaluation._metrics import metrics_for
from seqaug_sklearn.evaluation._sanity_section import BLOCKS, WHOLE, SanityOfSplits, check_rows, check_windows
from seqaug_sklearn.evaluation._verdict import METRIC_NAMES, WARNING, headline, outcome, sentences, warnings_first
from seqaug_sklearn.exceptions import DataFormatError, LeakageWarning
from seqaug_sklearn.model_selection import WindowBlockKFold
from seqaug_sklearn.reporting import Section, write_report
from seqaug_sklearn.utils import check_class_labels, check_sequences, resolve_device

__all__ = ["AugmentationComparison", "compare_augmentations"]

LEAKS_MATTER = 0.01
"""Share of leaking test rows from which the verdict begins with them."""


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
    augmentations : list of str
        Which edits were made, and what became of the orthologs.
    orthologs : DataFrame or None
        Counts of orthologs in each fold of the first repeat, as ``OrthologAugmenter.report_``.
    """

    comparison: Comparison
    split: SplitPlan
    metric: str
    data: pd.DataFrame
    treatments: dict[str, list[str]]
    limits: pd.DataFrame
    notes: list[str]
    sanity: SanityOfSplits
    augmentations: list[str] = field(default_factory=list)
    orthologs: pd.DataFrame | None = None

    def verdict(self) -> list[str]:
        """What to believe, and why, in plain sentences: warnings first, then the answer. See also :meth:`answers`."""
        audited = bool(self.sanity.audits.get(self._used_split))
        unrelated = audited and self.sanity.leaked_share(self._used_split) == 0
        how = {"each_pair": False, "unrelated": unrelated}
        answer, *rest = sentences(self.comparison, self.metric, self.treatments, **how)
        lines = [*self._leaks(), f"{answer}{self._detectable()}", *rest, *self._few_leaks()]
        return [*warnings_first(lines), *self.split.sentences, *self.notes]

    def headline(self) -> list[str]:
        """The leading warnings of :meth:`verdict`, and the answer."""
        return headline(self.verdict())

    def answers(self) -> pd.DataFrame:
        """Return what each augmentation did to each model: "helped", "harmed" or "not shown", with the difference.

        Returns
        -------
        DataFrame of str
            A row per model, a column per augmentation; "–" where a model was not trained with it.
        """
        tests = self.comparison.tests(metric=self.metric)
        words = {"better": "helped", "worse": "harmed", "unclear": "not shown"}
        table: dict = {}
        for treatment, members in self.treatments.items():
            for name in members:
                row = tests.loc[name]
                told = f"{words[outcome(row)]} ({round(row['difference'], 3) + 0.0:+.3f})"  # no -0.000
                table.setdefault(name.rsplit(", ", 1)[0], {})[treatment] = told
        frame = pd.DataFrame.from_dict(table, orient="index", columns=[*self.treatments])
        return frame.fillna("–").rename_axis("model")

    def _leaks(self):
        """Warnings of a split under which a score can be memory, or the length of a sequence tells its class."""
        share = self.sanity.leaked_share(self._used_split)
        if share >= LEAKS_MATTER:
            groups = "groups that keep relatives together" if self.split.groups is None else "larger groups"
            yield (
                f"{WARNING}{share:.1%} of the test rows share sequence with a training row of their fold "
                f"({self.sanity.leaked_kinds(self._used_split)}), so the scores may be memory. Give {groups} before "
                "believing them."
            )
        report = self.sanity.reports.get(self._used_split)
        if report is not None and report.verdict == "shortcut":
            yield (
                f"{WARNING}the lengths of the sequences alone tell the classes apart: random sequences of the same "
                f"lengths score {report.mean('noise sequences'):.3f} (chance {report.chance:.3f})."
            )

    def _few_leaks(self):
        share = self.sanity.leaked_share(self._used_split)
        if 0 < share < LEAKS_MATTER:
            yield (
                f"{share:.2%} of the test rows share sequence with a training row of their fold "
                f"({self.sanity.leaked_kinds(self._used_split)}): too few to decide the result."
            )

    @property
    def _used_split(self):
        return BLOCKS if self.split.kind == "blocks" else WHOLE

    def sections(self) -> list[Section]:
        """Tables and figures for :func:`write_report`."""
        tables = {"Sequences of each class": self.data}
        if len(self.limits):
            tables["Windows that the models train on"] = self.limits
        predictions = {
            f"Predictions of {name}": self.comparison.predictions(name) for name in self.comparison.estimators
        }
        if self.orthologs is not None:
            tables["Orthologs in each fold"] = self.orthologs
        notes = "Where there are too many windows, they are spread evenly over each sequence."
        text = "\n\n".join([*self.split.sentences, *self.augmentations])
        data = Section("Data", text=text, tables=tables, notes=notes if len(self.limits) else ())
        every = Section("Predictions", text="Every test prediction of every model.", data=predictions)
        parts = [*self.comparison.sections(metric=self.metric), self.sanity.section(), data, every]
        return [self._answers_section(), *parts] if self.treatments else parts

    def _answers_section(self):
        name = METRIC_NAMES.get(self.metric, self.metric)
        text = (
            f"Change in {name} of each model with an augmentation against the same model without it. Helped and "
            "harmed: the corrected t-test, adjusted for all comparisons, and the interval both exclude zero; "
            "everything else is not shown."
        )
        return Section("Which augmentation helped which model", text=text, tables={"Answers": self.answers()})

    def to_html(self, folder: str | Path, *, title: str = "Does augmentation help?") -> Path:
        """Write the report.

        Parameters
        ----------
        folder : path
            Folder of ``report.html``, ``tables`` and ``figures``. An earlier report in it is replaced; other files
            stay.
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
        if self.metric in ("accuracy", "balanced_accuracy") and low >= 1 - self.comparison.chance()["uniform"]:
            # from guessing to every row right is not as far
            return " This data cannot show any difference: it is too small."
        told = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}, depending on the model"
        return f" The data could only have shown differences above {told}."


def compare_augmentations(
    X,
    y,
    *,
    groups=None,
    alphabet: str = "dna",
    window: int = 40,
    edits=False,
    orthologs=None,
    strand: str = "both",
    n_splits: int = 5,
    n_repeats: int = 1,
    models: Sequence[str] | None = None,
    metric: str | None = None,
    quick: bool = False,
    device: str = "auto",
    n_jobs: int | None = None,
    store: str | Path | FoldStore | None = None,
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
    edits : bool or RandomAugmentation, default=False
        Also compare random edits: yours, or with True EvoAug's insertions, deletions, translocations, mutations and (of
        DNA) reverse complements, two per sequence, anew in each epoch of a network, and as edited copies for the other
        classifiers.
    orthologs : DataFrame, dict or OrthologAugmenter, default=None
        Also compare orthologs: what :func:`~seqaug_sklearn.datasets.read_orthologs` returns, or an augmenter with
        settings of your own (without ``exclude`` it gets X). X must be a Series whose index holds the identifiers.
    strand : {"both", "single"}, default="both"
        Whether both strands mean the same. "single" leaves reverse complements out of the edits and counts k-mers of
        the given strand only. No matter for proteins.
    n_splits : int, default=5
        Folds; fewer where a class has fewer sequences (or groups). Where each class has one sequence, blocks of windows
        are held out and overlapping windows are compared with tiles.
    n_repeats : int, default=1
        Repeats of the split with other seeds.
    models : list of str, default=None
        Some of "cnn-bilstm", "cnn", "rnn", "mlp", "promoter-cnn", "svm", "logistic", "kmers", "boosting", "memoriser",
        "majority"; all by default, the promoter network only with edits or orthologs. "kmers" is logistic regression on
        counts of 5-mers and 6-mers (proteins: 2-mers and 3-mers) of whole sequences.
    metric : str, default=None
        One of ``METRICS``, to judge by. By default accuracy, or balanced accuracy where the commonest class is more
        than 1.5 times as common as it would be among equal ones.
    quick : bool, default=False
        Few epochs, few windows, three folds: a look, whose scores are lower bounds.
    device : str, default="auto"
        Where networks are trained.
    n_jobs : int, default=None
        Fits at a time.
    store : path or FoldStore, default=None
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
        If y or groups do not fit X, there is one class only, some classes have a single sequence and others more, or
        orthologs are longer than all sequences.
    ValueError
        If edits or orthologs do not fit the sequences: identifiers, symbols, labels. All of this is found before any
        model is trained.
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
    names = check_models(models, promoter=edits is not False or orthologs is not None)
    if strand not in ("both", "single"):
        raise DataFormatError(f"strand must be 'both' or 'single', got {strand!r}")
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
        edits=check_edits(edits, names, X, alphabet, window if split.kind == "blocks" else None),
        orthologs=check_orthologs(orthologs, X, y, split, alphabet),
        strand=strand,
    )
    how = {"n_repeats": n_repeats, "n_jobs": n_jobs, "store": store, "progress": progress, "random_state": random_state}
    run = _of_parents if split.kind == "parents" else _of_blocks
    comparison, line, limits, notes, sanity = run(X, y, split, names, plan, how)
    told, counted = tell_edits(plan), None
    if plan.orthologs is not None:
        counted = count_orthologs(plan.orthologs, X, y, _first_splits(comparison))
        told.append(tell_orthologs(counted))
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
        told,
        counted,
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
    y = check_class_labels(y, n_samples)
    y = y.astype(str) if y.dtype == object else y
    if len(np.unique(y)) < 2:
        raise DataFormatError(f"y holds one class only ({str(y[0])!r}); a comparison needs at least two")
    return y


def _of_parents(X, y, split, names, plan, how):
    line = models_of_parents(names, plan)
    comparison = _run(line, X, y, cv=split.n_splits, groups=split.groups, **how)
    limits = {MODELS[key]: plan.max_windows(key) for key in names if key not in ("kmers", "memoriser", "majority")}
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
        # all rows are audited, and the verdict begins with what leaks
        warnings.filterwarnings("ignore", "no groups were given, and", LeakageWarning)
        return compare(line.models, X, y, reference=reference, return_train_score=False, **how)


def _data_table(y, lengths, groups):
    frame = pd.DataFrame({"class": y, "length": lengths})
    table = frame.groupby("class")["length"].agg(["size", "min", "median", "max"])
    table.columns = ["sequences", "shortest", "median length", "longest"]
    if groups is not None:
        table.insert(1, "groups", pd.Series(groups).groupby(y).nunique())
    return table
