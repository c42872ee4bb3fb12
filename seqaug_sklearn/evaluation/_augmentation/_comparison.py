"""Does augmentation help on this data? The usual classifiers with windows, edits, orthologs, and without."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

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
from seqaug_sklearn.evaluation._augmentation._models import Plan, check_models, models_of_parents
from seqaug_sklearn.evaluation._augmentation._relatives import (
    LEAKS_MATTER,
    best_of_both,
    check_relatives,
    only_as_split,
    plan_together,
    scores_of_both,
    tell_cost,
    wants_groups,
)
from seqaug_sklearn.evaluation._augmentation._runs import audit_parents, first_splits, run_blocks, run_parents
from seqaug_sklearn.evaluation._augmentation._split import SplitPlan, plan_split
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._inputs import check_repeats
from seqaug_sklearn.evaluation._metrics import metrics_for
from seqaug_sklearn.evaluation._sanity_section import BLOCKS, TOGETHER, WHOLE, SanityOfSplits
from seqaug_sklearn.evaluation._fold_store import FoldStore
from seqaug_sklearn.evaluation._verdict import METRIC_NAMES, WARNING, headline, outcome, sentences, warnings_first
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.reporting import Section, write_report
from seqaug_sklearn.utils import check_class_labels, check_generator, check_sequences, draw_seed, resolve_device

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
    augmentations : list of str
        Which edits were made, and what became of the orthologs.
    orthologs : DataFrame or None
        Counts of orthologs in each fold of the first repeat, as ``OrthologAugmenter.report_``.
    together : AugmentationComparison or None
        The same models with relatives kept together, where the split as given leaks and no groups were given: what one
        gets with ``groups=result.together.split.groups``. The verdict then rests on it.
    not_together : str
        Why there is no such comparison although the split leaks; else empty.
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
    together: "AugmentationComparison | None" = None
    not_together: str = ""

    def verdict(self) -> list[str]:
        """What to believe, and why, in plain sentences: warnings first, then the answer. See also :meth:`answers`."""
        if self.together is None:
            return [*warnings_first(self._lines()), *self.split.sentences, *self.notes]
        return [*self._lines_of_both(self.together), *self.together.split.sentences, *self.together.notes]

    def headline(self) -> list[str]:
        """The leading warnings of :meth:`verdict`, the answer, and gains that only a leaking split shows."""
        return [*headline(self.verdict()), *self._beside_answer()]

    def answers(self) -> pd.DataFrame:
        """Return what each augmentation did to each model: "helped", "harmed" or "not shown", with the difference.

        Where relatives were kept together in a second comparison, its answers come first, those of the split as given
        beside them.

        Returns
        -------
        DataFrame of str
            A row per model, a column per augmentation; "–" where a model was not trained with it.
        """
        if self.together is None:
            return self._answers()
        both = self.together._answers().join(self._answers().add_suffix(", as split"))
        return both[[f"{name}{suffix}" for name in self.treatments for suffix in ("", ", as split")]]

    def _answers(self):
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

    def _lines(self):
        """What this split says, before it is ordered."""
        audited = bool(self.sanity.audits.get(self._used_split))
        unrelated = audited and self._leaked_share == 0
        how = {"each_pair": False, "unrelated": unrelated}
        answer, *rest = sentences(self.comparison, self.metric, self.treatments, **how)
        return [*self._leaks(), f"{answer}{self._detectable()}", *rest, *self._few_leaks()]

    def _lines_of_both(self, together):
        """What the split with relatives together says, behind what the leak does to the scores."""
        lines = warnings_first(together._lines())
        place = sum(line.startswith(WARNING) for line in lines)
        lines[place] += " These are the outcomes with relatives together."
        lines[place + 1 : place + 1] = self._beside_answer()
        return [f"{WARNING}{self._both_figures(together)}", *lines] if self._leaked_share >= LEAKS_MATTER else lines

    def _both_figures(self, together):
        return f"{self._leak()}. {best_of_both(self.comparison, together.comparison, self.metric)}".rstrip()

    def _beside_answer(self):
        """What follows the answer where there are two figures: gains of the leaking split, and few leaks."""
        if self.together is None:
            return []
        lost = only_as_split(self.comparison, self.together.comparison, self.metric, self.treatments)
        return lost if self._leaked_share >= LEAKS_MATTER else [self._both_figures(self.together), *lost]

    def _leak(self):
        return (
            f"{self._leaked_share:.1%} of the test rows share sequence with a training row of their fold "
            f"({self.sanity.leaked_kinds(self._used_split)}), so the scores may be memory"
        )

    def _leaks(self):
        """Warnings of a split under which a score can be memory, or the length of a sequence tells its class."""
        if self._leaked_share >= LEAKS_MATTER:
            groups = "groups that keep relatives together" if self.split.groups is None else "larger groups"
            why_not = (
                f" With relatives together no score is to be had: {self.not_together}." if self.not_together else ""
            )
            yield f"{WARNING}{self._leak()}. Give {groups} before believing them.{why_not}"
        report = self.sanity.reports.get(self._used_split)
        if report is not None and report.verdict == "shortcut":
            yield (
                f"{WARNING}the lengths of the sequences alone tell the classes apart: random sequences of the same "
                f"lengths score {report.mean('noise sequences'):.3f} (chance {report.chance:.3f})."
            )

    def _few_leaks(self):
        if 0 < self._leaked_share < LEAKS_MATTER:
            yield (
                f"{self._leaked_share:.2%} of the test rows share sequence with a training row of their fold "
                f"({self.sanity.leaked_kinds(self._used_split)}): too few to decide the result."
            )

    @property
    def _used_split(self):
        return BLOCKS if self.split.kind == "blocks" else next(iter(self.sanity.audits))

    @property
    def _leaked_share(self):
        return self.sanity.leaked_share(self._used_split)

    def sections(self) -> list[Section]:
        """Tables and figures for :func:`write_report`."""
        judged = self if self.together is None else self.together
        comparison = judged.comparison
        predictions = {f"Predictions of {name}": comparison.predictions(name) for name in comparison.estimators}
        parts = [*comparison.sections(metric=self.metric), self._sanity_section(), judged._data_section()]
        if self.together is not None:
            predictions |= {
                f"Predictions of {name}, as split": self.comparison.predictions(name) for name in comparison.estimators
            }
            parts.insert(0, self._both_section(self.together.split.groups))
        if self.treatments:
            parts.insert(self.together is not None, self._answers_section())
        return [*parts, Section("Predictions", text="Every test prediction of every model.", data=predictions)]

    def _data_section(self):
        tables = {"Sequences of each class": self.data}
        if len(self.limits):
            tables["Windows that the models train on"] = self.limits
        if self.orthologs is not None:
            tables["Orthologs in each fold"] = self.orthologs
        notes = "Where there are too many windows, they are spread evenly over each sequence."
        text = "\n\n".join([*self.split.sentences, *self.augmentations])
        return Section("Data", text=text, tables=tables, notes=notes if len(self.limits) else ())

    def _sanity_section(self):
        return self.sanity.section() if self.together is None else self.sanity.joined(self.together.sanity).section()

    def _both_section(self, groups):
        name = METRIC_NAMES.get(self.metric, self.metric)
        text = (
            f"Mean {name} of each model as split, with {self._leaked_share:.1%} of the test rows related to training "
            "rows, and with relatives together, which tests on sequences unlike those trained on. All that follows is "
            'with relatives together, unless it says "as split".'
        )
        tests = self.comparison.tests(metric=self.metric)
        return Section(
            "As split, and with relatives together",
            text=text,
            tables={f"{_capital(name)} as split and with relatives together": self.scores_of_both()},
            data={
                "Every fold, as split": self.comparison.folds,
                f"Tests of {name}, as split": tests,
                "Groups of relatives": self._rows(groups),
            },
            notes="Folds, models and seeds are the same in number and settings; what differs is who is on which side.",
        )

    def scores_of_both(self) -> pd.DataFrame:
        """Return the mean score of each model as split and with relatives together.

        Returns
        -------
        DataFrame
            Index: model. Columns ``as split``, ``relatives together``, ``change``.

        Raises
        ------
        DataFormatError
            If there is no second comparison: see ``together`` and ``not_together``.
        """
        if self.together is None:
            raise DataFormatError(f"there is no comparison with relatives together: {self.not_together or _NO_NEED}")
        return scores_of_both(self.comparison, self.together.comparison, self.metric)

    def _rows(self, groups):
        """Class and group of each row of the data."""
        names = self.comparison.identifiers
        classes = self.comparison.classes[self.comparison.labels]
        return pd.DataFrame({"class": classes, "group": groups}, index=names).rename_axis("sequence")

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
        settings = self.comparison.settings
        if self.together is not None:
            settings = self.together.comparison.settings | {"compared with": "the same as split, without groups"}
        return write_report(folder, title=title, verdict=self.verdict(), sections=self.sections(), settings=settings)

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
    relatives: str = "auto",
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
    says that they belong together (gene families, for example). So all rows are audited first, and where more than 1 %
    of the test rows share sequence with training rows and no groups were given, everything is compared twice: as split,
    and with relatives together. The verdict gives both figures, and rests on the second.

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
    relatives : {"auto", "together", "ignore"}, default="auto"
        Where no groups are given: whether relatives are kept together in a second comparison, which doubles the time.
        "auto": where more than 1 % of the test rows leak; "together": where any does; "ignore": never. The groups are
        those of :func:`~seqaug_sklearn.model_selection.leakage_groups`.
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
    check_repeats(n_repeats, store, random_state)
    split = plan_split(X, y, groups, min(n_splits, 3) if quick else n_splits)
    check_relatives(relatives, groups, split.kind)
    lengths = check_sequences(X).lengths()
    plan = Plan(
        alphabet,
        window,
        len(y),
        len(np.unique(y)),
        int(lengths.max()) - window + 1,
        quick,
        device,
        shortest=int(lengths.min()) if split.kind == "parents" else window,
        edits=check_edits(edits, names, X, alphabet, window if split.kind == "blocks" else None),
        orthologs=check_orthologs(orthologs, X, y, split, alphabet),
        strand=strand,
    )
    # folds are drawn before the fits, and again by them
    seed = random_state if isinstance(random_state, (int, np.integer)) else draw_seed(check_generator(random_state))
    how = {"n_repeats": n_repeats, "n_jobs": n_jobs, "store": store, "progress": progress, "random_state": seed}
    if split.kind == "blocks":
        return _result(X, y, split, plan, metric, run_blocks(X, y, split, names, plan, how))
    sanity = audit_parents(X, y, split, plan, how)
    share, together, why_not = sanity.leaked_share(WHOLE), None, ""
    if wants_groups(relatives, groups, share):
        together, why_not = plan_together(X, y, split, alphabet, n_repeats, seed)
    if together is not None and progress:
        tell_cost(share, len(models_of_parents(names, plan).models) * split.n_splits * n_repeats)
    result = _result(X, y, split, plan, metric, run_parents(X, y, split, names, plan, how, sanity))
    if together is None:
        return replace(result, not_together=why_not)
    # before the fits, which take longest
    sanity = audit_parents(X, y, together, plan, how, TOGETHER)
    run = run_parents(X, y, together, names, plan, how, sanity)
    return replace(result, together=_result(X, y, together, plan, metric, run))


def _result(X, y, split, plan, metric, run):
    """What one split gave."""
    told, counted = tell_edits(plan), None
    if plan.orthologs is not None:
        counted = count_orthologs(plan.orthologs, X, y, first_splits(run.comparison))
        told.append(tell_orthologs(counted))
    counts = np.unique(y, return_counts=True)[1]
    skewed = counts.max() > 1.5 * counts.mean()
    return AugmentationComparison(
        run.comparison,
        split,
        metric or ("balanced_accuracy" if skewed else "accuracy"),
        _data_table(y, check_sequences(X).lengths(), split.groups),
        run.line.treatments,
        run.limits,
        [*run.notes, *(_QUICK if plan.quick else [])],
        run.sanity,
        told,
        counted,
    )


_NO_NEED = "the split as given does not leak, groups were given, or relatives='ignore' left it out"

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


def _data_table(y, lengths, groups):
    frame = pd.DataFrame({"class": y, "length": lengths})
    table = frame.groupby("class")["length"].agg(["size", "min", "median", "max"])
    table.columns = ["sequences", "shortest", "median length", "longest"]
    if groups is not None:
        table.insert(1, "groups", pd.Series(groups).groupby(y).nunique())
    return table


def _capital(text):
    return text[0].upper() + text[1:]
