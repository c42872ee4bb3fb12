"""Is the score real? Checks that a leak or a chance result cannot pass."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.base import read_answers
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection._chance_models import chance_models
from seqaug_sklearn.model_selection._leakage import (
    EvidenceFinder,
    report_on,
    row_names,
    splits_of,
    warn_of_lineage,
    windows_of,
)
from seqaug_sklearn.model_selection._null_data import (
    exchange_labels,
    exchange_values,
    noise_like,
    parents_of,
    starts_of,
)
from seqaug_sklearn.model_selection._sanity_report import SanityReport
from seqaug_sklearn.model_selection._shortcuts import audit_shortcuts
from seqaug_sklearn.model_selection._target_scores import score_name, scorer_for
from seqaug_sklearn.similarity import USUAL_SHARE, NearestSequenceRegressor, memoriser
from seqaug_sklearn.utils import (
    SHARED_IDENTIFIERS,
    Target,
    check_generator,
    fit_target,
    invalid_data,
    known_rows,
    made_positions,
    progress,
    read_target,
    replaced_text,
    strata_of,
    told_of_groups,
    warn,
    warn_of_unreached_groups,
)
from seqaug_sklearn.utils._sklearn import take_rows

__all__ = ["sanity_checks"]

_FEWEST_ROWS = 20
_TOLERATED = 0.1
"""Share of test rows that may share sequence without a word: one genome holds paralogs, and genes that overlap."""
_BINS = np.array([0, 0.05, 0.2, 0.4, 0.6, 0.8, 1.0])


def sanity_checks(
    estimator,
    X,
    y,
    cv,
    groups=None,
    *,
    task: str = "auto",
    positions=None,
    scoring=None,
    n_permutations: int = 19,
    n_noise: int = 3,
    random_state=None,
    alphabet="dna",
    shortcuts: bool = True,
    verbose: bool = False,
) -> SanityReport:
    """Check whether a cross-validated score could come from memory or from chance.

    On the same folds it scores

    - the true labels;
    - labels (or numbers) exchanged between whole parents (scikit-learn's ``permutation_test_score`` permutes within
      groups, which changes nothing where a group has one label);
    - random sequences of the same lengths and overlaps with the true labels: only a split that leaks scores above
      chance here;
    - the nearest-neighbour lookup baseline, which only looks up the training row that shares most k-mers, also on the
      random sequences, where nothing but the split can help it;
    - predicting the commonest class, and drawing classes at random; of numbers, predicting their mean and their median;
      of labels, their shares,

    it asks how well one trivial feature predicts the target (:func:`audit_shortcuts`; no split helps against that),
    and it audits every split and bins the test rows by their similarity to the training rows.

    Parameters
    ----------
    estimator : classifier or regressor
        Takes text. Fitted ``n_permutations + n_noise + 1`` times per fold.
    X : array-like of str of shape (n_samples,), or WindowSet
        Sequences or windows. A :class:`~seqaug_sklearn.augmentation.WindowSet` brings its positions along.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Classes, numbers, or several labels of 0 and 1; NaN of the latter two: not known. Rows without any value are
        neither trained nor tested.
    cv : int, splitter or iterable of (train, test)
        The split to be checked.
    groups : array-like of shape (n_samples,) or (n_samples, 2), default=None
        Passed to the splitter, and to an estimator whose ``fit`` takes them, for early stopping on other groups. They
        also say what a parent is (column 0 of two); without them, equal rows are one.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        How `y` is read, as in :func:`~seqaug_sklearn.utils.read_target`.
    positions : int array-like of shape (n_samples, 2), default=None
        Parent and start of each window, where `groups` holds something else. Needed for windows in an order other than
        that of their starts; otherwise overlaps within a group are found by comparing neighbouring rows.
    scoring : str or callable, default=None
        A score whose best value is 1. None: accuracy of classes, "spearman" of numbers, "auroc" of labels; numbers take
        "pearson" and "r2" too, and labels "auprc". Of several targets the mean, each over the rows where it is known.
    n_permutations : int, default=19
        Exchanges of labels. The smallest p-value is one divided by one more than these: 0.05 with 19.
    n_noise : int, default=3
        Sets of random sequences.
    random_state : None, int, RandomState or Generator, default=None
        Seed of exchanges and random sequences.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet.
    shortcuts : bool, default=True
        Whether to ask how well length, composition, single positions and the like predict the target.
    verbose : bool, default=False
        Whether to show a progress bar.

    Returns
    -------
    SanityReport

    Raises
    ------
    DataFormatError
        If y does not vary, or lengths do not fit.
    SequenceError
        For bad sequences.

    See Also
    --------
    audit_leakage : The audit alone.
    seqaug_sklearn.plotting.SanityDisplay : The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.model_selection import KFold
    >>> from sklearn.naive_bayes import MultinomialNB
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.model_selection import sanity_checks
    >>> parents = ["".join(row) for row in np.random.default_rng(0).choice(list("ACGT"), (8, 60))]
    >>> X = [parent[i : i + 40] for parent in parents for i in range(21)]
    >>> y, groups = np.repeat([0, 1] * 4, 21), np.repeat(range(8), 21)
    >>> model = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(6, 6)), MultinomialNB())
    >>> cv = KFold(3, shuffle=True, random_state=0)
    >>> report = sanity_checks(model, X, y, cv, groups, n_permutations=2, n_noise=1, random_state=0)
    >>> report.finding
    'memorised'
    """
    data = _Data.read(X, y, task, groups, positions, get_alphabet(alphabet))
    splits = data.split(cv)
    told = _warn(estimator, data, splits)
    finder = EvidenceFinder(
        data.texts, k=None, threshold=USUAL_SHARE, min_run=None, alphabet=data.alphabet, identifiers=data.identifiers
    )
    # k-mers and strands as in the audit, so that both see the same likeness
    lookup = _lookup(data.kind, finder)
    checks = [
        ("true labels", estimator, data.X, data.y),
        ("memoriser", lookup, data.X, data.y),
        *((name, model, data.X, data.y) for name, model in chance_models(data.kind)),
        *_without_signal(estimator, lookup, data, splits, n_permutations, n_noise, check_generator(random_state)),
    ]
    leakage = [
        report_on(finder, finder.find(train, test), test, data.names[train], data.names[test]) for train, test in splits
    ]
    if data.groups is None and not told:
        _warn_of_leaks(leakage)
    fits = _fit_all(checks, splits, data, scoring, verbose)
    scores = pd.DataFrame([fit[:4] for fit in fits], columns=["check", "repeat", "fold", "score"])
    rows = {name: np.concatenate([fit[4] for fit in fits if fit[0] == name]) for name in ("true labels", "memoriser")}
    return SanityReport(
        scores,
        _by_similarity(leakage, rows, "accuracy" if data.kind == "classes" else "error"),
        leakage,
        score_name(scoring, data.kind),
        equal_lengths=len(set(map(len, data.texts))) == 1,
        n_classes=len(np.unique(data.y)) if data.kind == "classes" else None,
        shortcuts=_shortcuts(data) if shortcuts else None,
        kind=data.kind,
    )


def _lookup(kind, finder):
    if kind == "classes":
        return memoriser(finder.k, finder.alphabet, canonical=finder.both_strands)
    return NearestSequenceRegressor(finder.k, alphabet=finder.alphabet, both_strands=finder.both_strands)


def _shortcuts(data):
    """The audit of the rows, whole parents together; None where they are too few."""
    if len(data.texts) < _FEWEST_ROWS:
        return None
    return audit_shortcuts(data.texts, data.target, task=data.kind, groups=data.parents, alphabet=data.alphabet)


@dataclass(frozen=True)
class _Data:
    """The rows, their labels and where they come from.

    ``X`` is what an estimator is given; ``texts`` are the same rows as a list of str.
    """

    X: Any
    target: Target
    groups: Any
    positions: Any
    texts: list
    identifiers: Any
    names: pd.Index
    parents: np.ndarray
    starts: np.ndarray | None
    alphabet: Alphabet

    @property
    def kind(self):
        """Classes, number or labels."""
        return self.target.kind

    @property
    def y(self):
        """What an estimator is fitted to."""
        return self.target.values  # noqa: PD011

    @property
    def lineage(self):
        """Groups, or the positions that a WindowSet brings along."""
        return self.positions if self.groups is None else self.groups

    @classmethod
    def read(cls, X, y, task, groups, positions, alphabet):
        sequences = windows_of(X, "X")
        texts = list(map(str, sequences.values))
        if positions is None:
            positions = made_positions(X)
        groups = _check_rows("groups", groups, len(texts))
        positions = _check_rows("positions", positions, len(texts))
        places = groups if positions is None else positions
        parents = parents_of(texts, places)
        starts = starts_of(texts, places, parents, alphabet)
        X = getattr(X, "windows", X)
        X = X if hasattr(X, "iloc") or isinstance(X, np.ndarray) else texts
        target = _check_target(y, len(texts), task)
        names = row_names(sequences)
        return cls(X, target, groups, positions, texts, sequences.identifiers, names, parents, starts, alphabet)

    def split(self, cv):
        with warnings.catch_warnings():
            # groups also say what a parent is, so a splitter that has no use for them gets them too
            warnings.filterwarnings("ignore", "The groups parameter is ignored")
            # told below, of any splitter
            warnings.filterwarnings("ignore", f".*{SHARED_IDENTIFIERS}", LeakageWarning)
            return splits_of(cv, self.X, self.y, self.groups, strata_of(self.target))

    def like_X(self, texts):
        """Other rows in the form of X."""
        if hasattr(self.X, "iloc"):
            return replaced_text(self.X, texts)
        return np.array(texts) if isinstance(self.X, np.ndarray) else texts


def _check_target(y, n_rows, task):
    target = read_target(y, n_rows, task=task)
    values = target.values  # noqa: PD011
    if target.kind == "classes" and len(np.unique(values)) < 2:
        raise invalid_data("y", f"must hold at least two classes, got {values[0]!r} only")
    return target


def _check_rows(name, values, n_rows):
    """The groups or positions as an ndarray (n_rows,) or (n_rows, 2), or None."""
    if values is None:
        return None
    values = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
    if len(values) != n_rows or not (values.ndim == 1 or (values.ndim == 2 and values.shape[1] == 2)):
        raise invalid_data(name, f"must have shape ({n_rows},) or ({n_rows}, 2), got {values.shape}")
    if name == "positions" and (values.ndim == 1 or values.dtype.kind not in "iu"):
        raise invalid_data("positions", f"must be integers of shape ({n_rows}, 2): parent and start of each window")
    return values


def _without_signal(estimator, lookup, data, splits, n_permutations, n_noise, rng):
    """The checks in which nothing can be learned."""
    exchanged = _exchanged(data, splits, n_permutations, rng)
    noise = [noise_like(data.texts, data.parents, data.starts, data.alphabet, rng) for _ in range(n_noise)]
    return [
        *(("exchanged labels", estimator, data.X, other) for other in exchanged),
        *(("noise sequences", estimator, data.like_X(texts), data.y) for texts in noise),
        *(("memoriser on noise", lookup, data.like_X(texts), data.y) for texts in noise),
    ]


def _exchanged(data, splits, n, rng):
    if data.kind == "classes":
        classes, codes = np.unique(data.y, return_inverse=True)
        dealt = [exchange_labels(codes, data.parents, rng) for _ in range(n)]
        return [classes[other] for other in dealt if other is not None]

    def can_be_fitted(columns):
        return all(_varies(columns[train]) for train, _ in splits)

    found = exchange_values(data.target.columns, data.parents, n, rng, can_be_fitted)
    return [columns.reshape(data.y.shape) for columns in found]


def _varies(columns):
    """Whether every target has two values at least."""
    return all(len(np.unique(column[~np.isnan(column)])) > 1 for column in columns.T)


def _warn(estimator, data, splits):
    """Tell what every fit would tell, once, and whether it is of the outer split."""
    told = False
    if data.groups is None:
        told = warn_of_lineage(splits, data.X, data.identifiers, data.positions, max(map(len, data.texts)))
    if data.lineage is not None:
        warn_of_unreached_groups({type(estimator).__name__: estimator}, len(splits[0][0]))
    return told


def _warn_of_leaks(leakage):
    """Warn where the audit finds that many test rows share sequence, as copies do whose names are lost."""
    leaked = np.concatenate([report.leaked for report in leakage])
    if leaked.mean() > _TOLERATED:
        warn(
            f"no groups were given, and {leaked.sum()} of {len(leaked)} test rows share sequence with training rows: "
            "copies, windows or relatives; pass groups, which keep them together (leakage_groups makes some)",
            LeakageWarning,
        )


def _fit_all(checks, splits, data, scoring, verbose):
    """Fit each check on each split; a list of (check, repeat, fold, score, how well each test row is predicted)."""
    repeats: dict = {}
    fits = []
    bar = progress(total=len(checks) * len(splits), description="sanity checks", enabled=verbose, unit="fit")
    with bar:
        for name, estimator, X, y in checks:
            repeat = repeats[name] = repeats.get(name, -1) + 1
            scorer = scorer_for(estimator, scoring, data.kind)
            known = _known_rows(y, data.kind)
            for fold, split in enumerate(splits):
                # what was never measured teaches nothing, and most regressors refuse it
                train, test = (side[known[side]] for side in split)
                with told_of_groups():
                    params = _fit_params(estimator, data.lineage, train)
                    fitted = clone(estimator).fit(take_rows(X, train), y[train], **params)
                score, rows = scorer(fitted, take_rows(X, test), y[test]), None
                if name in ("true labels", "memoriser"):
                    rows = np.full(len(split[1]), np.nan)
                    rows[known[split[1]]] = _of_rows(fitted, take_rows(X, test), y[test], data)
                fits.append((name, repeat, fold, float(score), rows))
                bar.update()
    return fits


def _known_rows(y, kind):
    if kind == "classes":
        return np.ones(len(y), bool)
    return known_rows(y)


def _of_rows(fitted, X, y, data):
    """Whether each row is predicted right; the error of numbers in standard deviations, and of labels."""
    if data.kind == "classes":
        return np.asarray(fitted.predict(X)) == y
    answers = read_answers(fitted, X, data.kind, y_train=data.y, classes=np.zeros(0))
    given = answers.predicted if answers.scores is None else answers.scores
    scale = np.nanstd(data.target.columns, axis=0) if data.kind == "number" else 1
    return np.nanmean(np.abs(given - y.reshape(given.shape)) / scale, axis=1)


def _fit_params(estimator, lineage, rows):
    """Groups of the training rows, for an estimator that holds rows out itself; its search sees parents only."""
    target = None if lineage is None else fit_target(estimator, "groups")
    if target is None:
        return {}
    parents_only = lineage.ndim == 2 and hasattr(target[1], "cv")
    return {target[0]: (lineage[:, 0] if parents_only else lineage)[rows]}


def _by_similarity(leakage, rows, what="accuracy"):
    """Share of rows predicted right, or mean error, by the share of k-mers held by the nearest training row."""
    similarity = np.concatenate([report.kmer_share for report in leakage])
    number = np.clip(np.searchsorted(_BINS, similarity, side="right") - 1, 0, len(_BINS) - 2)
    scored = ~np.isnan(rows["true labels"].astype(float))
    n_rows = np.bincount(number[scored], minlength=len(_BINS) - 1)
    means = {
        name: np.bincount(number[scored], values[scored], len(n_rows)) / np.where(n_rows, n_rows, np.nan)
        for name, values in rows.items()
    }
    return pd.DataFrame(
        {
            "low": _BINS[:-1],
            "high": _BINS[1:],
            "n_rows": n_rows,
            what: means["true labels"],
            f"memoriser_{what}": means["memoriser"],
        }
    )
