"""Is the score real? The audit of a report's own splits, and sanity checks with a model that is quick to refit."""

import warnings
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold

from seqaug_sklearn.evaluation._sanity_models import CHANCE_OF, MODEL_OF, quick_model, score_of_checks, tell_model
from seqaug_sklearn.evaluation._sanity_sample import sample_of_relatives
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import (
    ContradictionReport,
    LeakageGuard,
    LeakageReport,
    SanityReport,
    ShortcutReport,
    WindowBlockKFold,
    describe_leaks,
    sanity_checks,
)
from seqaug_sklearn.reporting import Section, detached
from seqaug_sklearn.utils import Target, read_target, strata_of

__all__ = [
    "BLOCKS",
    "RANDOM",
    "TOGETHER",
    "WHOLE",
    "SanityOfSplits",
    "audited_text",
    "check_rows",
    "check_windows",
    "shortest_audited",
]

RANDOM, BLOCKS, WHOLE, TOGETHER = "random windows", "held-out blocks", "held-out sequences", "held-out relatives"
"""Names of the splits."""

_MAX_PARENTS = 12
_MAX_LENGTH = 300
_MAX_ROW_LENGTH = 2000
# fewer exchanges could not reach p = 0.05
_N_PERMUTATIONS, _N_NOISE = 19, 3


@dataclass(frozen=True)
class SanityOfSplits:
    """The audit and the sanity checks of several splits of one data set.

    Attributes
    ----------
    reports : dict of str to SanityReport
        By name of the split; their audits are those of all rows. Empty where the rows are too short for the checks.
    sentences : tuple of str
        On what the checks were made.
    k : int
        Length of the k-mers that the model counts.
    audits : dict of str to list of LeakageReport
        The audit of all rows under each split, fold by fold.
    contradictions : ContradictionReport or None
        Copies and close relatives with another label, among all rows; None where not audited.
    lookups : dict of str to DataFrame
        Accuracy of the lookup of classes by long and by short k-mers, by name of the split.
    shortcuts : ShortcutReport or None
        How well one trivial feature predicts the target, among all rows; None where not audited.
    kind : {"classes", "number", "labels"}
        What is predicted.
    several : bool
        Whether there are several numbers or labels.
    """

    reports: dict[str, SanityReport]
    sentences: tuple[str, ...]
    k: int
    audits: dict[str, list[LeakageReport]] = field(default_factory=dict)
    contradictions: ContradictionReport | None = None
    lookups: dict[str, pd.DataFrame] = field(default_factory=dict)
    shortcuts: ShortcutReport | None = None
    kind: str = "classes"
    several: bool = False

    def leaked_share(self, split: str) -> float:
        """Share of all test rows under a split that share sequence with training rows of their fold; 0 if unknown."""
        audits = self.audits.get(split, [])
        return float(np.concatenate([audit.leaked for audit in audits]).mean()) if audits else 0.0

    def leaked_kinds(self, split: str) -> str:
        """What the leaked rows are, most frequent first: "12 copies, 3 overlaps"."""
        return describe_leaks(self.audits.get(split, []))

    def joined(self, other: "SanityOfSplits") -> "SanityOfSplits":
        """Put another split of the same data beside these."""
        together = {name: getattr(self, name) | getattr(other, name) for name in ("reports", "audits", "lookups")}
        return replace(self, **together)

    def section(self) -> Section:
        """Make the part of the report: verdicts, scores, leaked share per fold, figures."""
        from seqaug_sklearn.plotting import LeakageDisplay, SanityDisplay

        if not self.reports:
            text = "\n\n".join([*self.sentences, *self._tell_audits()])
            return Section("Is the score real?", text=text, tables=self._lookup_table())
        model = MODEL_OF[self.kind]
        told = {name: f"{_capital(name)}, {model}: {report.summary()}" for name, report in self.reports.items()}
        shares = self.leaked_shares()
        figures: dict = {}
        alt: dict = {}
        data: dict = {}
        for name, report in self.reports.items():
            checks, leaks = f"Checks, {name}", f"Test rows that share sequence with training rows, {name}"
            folds = [f"fold {fold}" for fold in range(len(report.leakage))]
            figures[checks] = detached(SanityDisplay.from_report(report, ax=_stacked()))
            alt[checks] = told[name]
            data[leaks] = shares[shares["split"] == name].reset_index(drop=True)
            # a clean split has no bar to draw
            if data[leaks]["leaked"].any():
                figures[leaks] = detached(LeakageDisplay.from_reports(report.leakage, names=folds))
                leaked = zip(folds, data[leaks]["leaked"], strict=True)
                alt[leaks] = "; ".join(f"{fold}: {share:.1%}" for fold, share in leaked)
        return Section(
            "Is the score real?",
            text="\n\n".join(
                [" ".join([tell_model(self.kind, self.k, several=self.several), *self.sentences]), *told.values()]
            ),
            tables={"Scores of the checks": self.scores(), **self._lookup_table()},
            figures=figures,
            data=data,
            alt=alt,
            notes=[CHANCE_OF[self.kind], _NOISE, *(_OF_BLOCKS if BLOCKS in self.reports else [])],
        )

    def _lookup_table(self):
        """The lookup by long and by short k-mers under each split."""
        found = {name: table for name, table in self.lookups.items() if len(table)}
        if not found:
            return {}
        parts = [table.drop(columns="error").assign(split=name) for name, table in found.items()]
        table = pd.concat(parts).rename(columns={"commonest": "commonest class", "difference": "against longer k"})
        return {"Lookup by long and by short k-mers": table.set_index("split")}

    def _tell_audits(self):
        for name in self.audits:
            kinds = self.leaked_kinds(name)
            told = f" ({kinds})" if kinds else ""
            yield (
                f"{_capital(name)}: {self.leaked_share(name):.1%} of test rows share sequence with training rows{told}."
            )

    def scores(self) -> pd.DataFrame:
        """Mean score of each check, and the share of leaked test rows; one row per split."""
        checks = ("true labels", "exchanged labels", "noise sequences", "memoriser")
        rows = {
            name: {report.word_for(check): report.mean(check) for check in checks}
            | {"chance": report.chance, "leaked test rows": report.leaked_share, "verdict": report.finding}
            for name, report in self.reports.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("split")

    def leaked_shares(self) -> pd.DataFrame:
        """Share of leaked test rows of each fold: columns ``split, fold, n_test, leaked``."""
        return pd.DataFrame(
            [
                {"split": name, "fold": fold, "n_test": len(audit), "leaked": audit.leaked_share}
                for name, audits in self.audits.items()
                for fold, audit in enumerate(audits)
            ]
        )


_NOISE = (
    "Noise sequences are random, cut at the same places as the real ones: a clean split scores at chance on them. A "
    "test row leaks when it shares a run of residues, or more k-mers than chance gives, with a training row, on either "
    "strand."
)
_OF_BLOCKS = [
    "Block splits are purged of what shares 20 residues in a row. Where the audit still finds test rows that share "
    "less than that, WindowBlockKFold(shared=15) removes these too.",
]


def check_windows(
    windows,
    y,
    *,
    window: int,
    n_splits: int,
    shared: int,
    alphabet: str,
    random_state: int = 0,
    metric: str | None = None,
):
    """Audit all windows, split at random and in held-out blocks, and check some of them under both splits.

    Parameters
    ----------
    windows : WindowSet
        Windows at every start.
    y : ndarray of shape (n_windows,)
        Labels.
    window : int
        Window length in residues.
    n_splits : int
        Folds of both splits.
    shared : int
        Symbols in a row that the block split purges.
    alphabet : str
        Alphabet.
    random_state : int, default=0
        Seed.
    metric : str, default=None
        What is judged by; None: accuracy.

    Returns
    -------
    SanityOfSplits
        Without the blocks where they leave nothing to train.
    """
    if window < shortest_audited(alphabet):
        return _too_short(f"windows of {window}", alphabet)
    blocks = WindowBlockKFold(n_splits, window=window, shared=shared, on_empty="skip", alphabet=alphabet)
    splitters = {RANDOM: KFold(n_splits, shuffle=True, random_state=random_state), BLOCKS: blocks}
    # neighbours stay together: on a genome they are what shares sequence
    parents = np.unique(windows.sources)
    chosen = (windows.sources <= parents[:_MAX_PARENTS][-1]) & (windows.starts <= _MAX_LENGTH - window)
    text, labels, positions = windows.windows[chosen], np.asarray(y)[chosen], windows.positions[chosen]
    if len(np.unique(labels)) < 2:
        return SanityOfSplits({}, ("Not checked: the first sequences are all of one class.",), 0)
    reports, audits = {}, {}
    scoring, told = score_of_checks(metric, "classes", np.unique(labels))
    sentences = [_of_windows(chosen, len(parents), len(text)), *told]
    for name, cv in splitters.items():
        try:
            # the random split knows no parents
            everything = list(cv.split(windows.windows, np.asarray(y), windows.positions if cv is blocks else None))
            folds = list(cv.split(text, labels, positions if cv is blocks else None))
        except ValueError as error:
            sentences.append(f"No {name}: {error}.")
            continue
        audits[name] = _audit(windows, everything, alphabet)
        report = _check(text, labels, folds, positions, alphabet, _k(alphabet, window), random_state, scoring)
        reports[name] = replace(report, leakage=audits[name])
    return SanityOfSplits(reports, tuple(sentences), _k(alphabet, window), audits)


def audited_text(X) -> pd.Series:
    """What the audit of whole sequences reads: their first 2,000 residues, by identifier."""
    text = pd.Series([str(value)[:_MAX_ROW_LENGTH] for value in X.values])  # noqa: PD011
    if X.identifiers is not None:
        text.index = pd.Index(X.identifiers)
    return text


def check_rows(
    X,
    y,
    splits,
    *,
    groups=None,
    alphabet: str,
    random_state: int = 0,
    name: str = WHOLE,
    task: str = "classes",
    metric: str | None = None,
) -> SanityOfSplits:
    """Audit all sequences under the splits of a comparison, and check them, or a sample of many.

    Parameters
    ----------
    X : Sequences
        The sequences.
    y : ndarray of shape (n_samples,) or (n_samples, n_targets), or Target
        Classes, numbers or labels; NaN where not known.
    splits : list of (ndarray, ndarray)
        Training and test rows.
    groups : ndarray of shape (n_samples,), default=None
        What was kept together; labels are exchanged between these.
    alphabet : str
        Alphabet.
    random_state : int, default=0
        Seed.
    name : str, default="held-out sequences"
        Name of the split.
    task : {"classes", "number", "labels"}, default="classes"
        What y holds.
    metric : str, default=None
        What is judged by; None: accuracy, of numbers Spearman's correlation, of labels AUROC.

    Returns
    -------
    SanityOfSplits
    """
    text = audited_text(X)
    audits = {name: _audit(text, splits, alphabet)}
    target = None if task == "classes" else read_target(y, task=task, may_be_constant=True)
    y = np.asarray(y) if target is None else target.values  # noqa: PD011
    about: dict[str, Any] = {"kind": task, "several": y.ndim == 2}
    sentences = []
    if int(X.lengths().max()) > _MAX_ROW_LENGTH:
        sentences.append(f"Of longer sequences the first {_MAX_ROW_LENGTH:,} residues were taken.")
    strata = y if target is None else _strata(target)
    rows, told = sample_of_relatives(text, strata, groups, alphabet, random_state, of=_SHARES[task])
    shortest = int(text.iloc[rows].str.len().min())
    if shortest < shortest_audited(alphabet):
        return replace(_too_short("sequences", alphabet), audits=audits, **about)
    if told:
        sentences.insert(0, told)
    place = np.full(len(y), -1)
    place[rows] = np.arange(len(rows))
    folds = [tuple(place[side][place[side] >= 0] for side in split) for split in splits]
    folds = [fold for fold in folds if all(map(len, fold))]
    groups = None if groups is None else np.asarray(groups)[rows]
    k = _k(alphabet, shortest)
    y = y[rows] if target is None else replace(target, values=y[rows])
    scoring, why = score_of_checks(metric, task, np.unique(y) if target is None else ())
    report = _check(text.iloc[rows], y, folds, groups, alphabet, k, random_state, scoring)
    sentences += why
    return SanityOfSplits({name: replace(report, leakage=audits[name])}, tuple(sentences), k, audits, **about)


_SHARES = {
    "classes": "each class with its share",
    "number": "low, middle and high values with their shares",
    "labels": "each label with its share",
}
"""What a sample keeps."""


def _strata(target: Target) -> np.ndarray:
    """What a sample takes evenly, as a code for each row: bins of numbers, the rarest label that a row has."""
    if target.kind == "number":
        return strata_of(target).codes
    there = np.nan_to_num(target.columns) > 0
    rarest = np.argsort(there.sum(axis=0), kind="stable")
    return np.where(there.any(axis=1), there[:, rarest].argmax(axis=1), there.shape[1])


def _audit(X, splits, alphabet) -> list[LeakageReport]:
    """Audit every split of all rows; nothing is fitted, so that this stays quick."""
    guard = LeakageGuard(splits, on_leak="warn", alphabet=alphabet)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LeakageWarning)  # what leaks is in the report
        guard.split(X)
    return guard.reports_


def _check(X, y, folds, groups, alphabet, k, random_state, scoring) -> SanityReport:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LeakageWarning)  # what leaks is in the report
        # few rows of many classes, as the data has them
        warnings.filterwarnings("ignore", message="The number of unique classes is greater than 50%")
        return sanity_checks(
            quick_model(y.kind if isinstance(y, Target) else "classes", k),
            X,
            y,
            folds,
            groups,
            scoring=scoring,
            n_permutations=_N_PERMUTATIONS,
            n_noise=_N_NOISE,
            random_state=random_state,
            alphabet=alphabet,
            # all rows are audited, not this sample
            shortcuts=False,
        )


def _k(alphabet: Any, shortest: int) -> int:
    return min(3 if alphabet == "protein" else 6, shortest)


def shortest_audited(alphabet: str) -> int:
    """Length of the audit's k-mers: shorter rows cannot be compared."""
    return 5 if alphabet == "protein" else 12


def _too_short(what, alphabet):
    return SanityOfSplits(
        {}, (f"Not checked: {what} shorter than {shortest_audited(alphabet)} residues say too little.",), 0
    )


def _of_windows(chosen, n_parents, n_windows):
    if chosen.all():
        return f"Checked on all {n_windows:,} windows."
    return (
        f"Checked on {n_windows:,} of {len(chosen):,} windows: those within the first {_MAX_LENGTH} residues of the "
        f"first {min(_MAX_PARENTS, n_parents)} of {n_parents} sequences."
    )


def _stacked():
    """Two axes one above the other: beside each other they cannot be read on a narrow page."""
    import matplotlib.pyplot as plt

    return plt.subplots(2, 1, figsize=(6.4, 8.2), layout="constrained")[1]


def _capital(text):
    return text[0].upper() + text[1:]
