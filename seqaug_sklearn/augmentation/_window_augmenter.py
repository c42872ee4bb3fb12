"""Window augmentation: sequences as bags of overlapping windows."""

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.augmentation._short_sequences import read_whole, tell_short
from seqaug_sklearn.augmentation._window_selection import (
    admit,
    balance,
    every_window,
    overlap_starts,
    row_seeds,
    spread,
)
from seqaug_sklearn.augmentation._window_set import WindowSet
from seqaug_sklearn.base import SequenceTransformer
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import (
    Parameter,
    TextBuffer,
    check_class_labels,
    check_generator,
    check_known_classes,
    check_not_missing,
    check_sequences,
    draw_seed,
    invalid_parameter,
    made_parents,
    split_covariates,
    warn_of_parted_rows,
)
from seqaug_sklearn.utils._sklearn import Interval, StrOptions, fit_context

__all__ = ["WindowAugmenter"]

_PAPER_OVERLAP = (5, 20)
_PAPER_SHARED = 15

_FATES = {
    "error": "",
    "pad": "each is one window, padded on the right",
    "skip": "they are left out",
}
"""What becomes of short sequences, by ``on_short``."""


class WindowAugmenter(SequenceTransformer):
    """Turn each sequence into its overlapping windows, as the window paper does [1]_.

    Two traps first. With ``min_shared`` below ``window`` (the default, and the paper's setting) every stride-1 window
    is admitted, because each shares ``window - 1`` symbols with its left neighbour: ``overlap`` then changes nothing;
    pass ``min_shared=None`` for the overlap rule alone. And windows of one sequence are near-copies of each other:
    exploded windows that are split at random put copies of the training data into the test set, and the score then
    measures memorisation. Split bags (``transform``) by rows, exploded windows by ``groups`` or with
    ``WindowBlockKFold``.

    ``transform`` keeps the number of rows: a sequence becomes the bag of its windows, which cannot leave the parent's
    fold. ``explode`` makes every window a row of its own, with its lineage.

    Parameters
    ----------
    window : int, default=40
        Window length in residues.
    overlap : (int, int) or "auto", default="auto"
        Smallest and largest overlap of neighbouring windows, in residues, below ``window``. For each overlap ``o``
        between them, windows start at 0, at ``o`` and at ``o // 2`` and step by ``window - o`` (the paper's left, right
        and both-sided patterns); windows that would reach beyond the end are left out. "auto" is the paper's (5, 20),
        of windows of 20 residues and fewer what their length allows, so that a search over ``window`` needs nothing
        else.
    min_shared : int, "auto" or None, default="auto"
        Admit also every window with at least this many consecutive symbols in common with an admitted one, scanned
        from left to right. With ``min_shared=window`` these are the windows equal to an admitted one. "auto" is the
        paper's 15, or the whole window where that is shorter. None leaves the rule out.
    max_windows : int, "balanced" or None, default=None
        Most windows per sequence, spread evenly over the admitted ones (first and last included). "balanced" gives
        every class as many windows as the class with the fewest has, the paper's remedy for long proteins: ``fit``
        learns one cap per sequence (the smallest mean number of windows per sequence of any class, rounded down),
        ``explode`` meets the number exactly. Without y each sequence is a class of its own.
    unique : bool, default=True
        Drop windows that repeat an earlier one of the same sequence.
    on_short : {"error", "pad", "skip"}, default="error"
        What to do with a sequence that is shorter than the window. "pad" gives it one window, which is the sequence
        itself and which encoders pad. "skip" leaves it out of ``explode``; ``transform`` keeps every row, and refuses
        it. Both warn of how many there are.
    random_state : int, RandomState, Generator or None, default=None
        Used only with ``max_windows``: None spreads evenly; otherwise one window is drawn at random from each of
        as many equal stretches of the admitted ones. The draw depends on seed and sequence, not on the other rows.

    Attributes
    ----------
    max_windows_ : int or None
        Most windows per sequence in ``transform``.
    n_short_ : int
        Sequences in ``fit`` that are shorter than the window.
    seed_ : int or None
        Seed drawn from ``random_state``.

    See Also
    --------
    WindowSet : What ``explode`` returns.
    sliding_windows : Windows at regular starts, as a function.

    Notes
    -----
    Any symbols are accepted, in upper case afterwards; the encoder behind checks the alphabet. Where the sequences have
    one length, no sequence repeats a window and every shift is admitted, the bag is a read-only view: four bytes per
    residue, whatever the number of windows. Otherwise it is a copy, padded right with empty strings.

    References
    ----------
    .. [1] Window augmentation for chloroplast genomes, Scientific Reports (2025),
       doi 10.1038/s41598-025-12796-9, Fig. 1.

    Examples
    --------
    >>> from seqaug_sklearn import WindowAugmenter
    >>> WindowAugmenter().fit_transform(["ACGTTGCA" * 5 + "GGATC"]).shape
    (1, 6)
    >>> augmenter = WindowAugmenter(window=4, overlap=(1, 2), min_shared=None)
    >>> augmenter.fit_transform(["ACGTACCA", "TTGCA"]).tolist()
    [['ACGT', 'CGTA', 'GTAC', 'TACC', 'ACCA'], ['TTGC', 'TGCA', '', '', '']]
    >>> augmenter.explode(["ACGTACCA", "TTGCA"], y=[0, 1]).y.tolist()
    [0, 0, 0, 0, 0, 1, 1]
    """

    _parameter_constraints: ClassVar[dict] = {
        "window": [Interval(Integral, 1, None, closed="left")],
        "overlap": [tuple, list, StrOptions({"auto"})],
        "min_shared": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"}), None],
        "max_windows": [Interval(Integral, 1, None, closed="left"), StrOptions({"balanced"}), None],
        "unique": ["boolean"],
        "on_short": [StrOptions({"error", "pad", "skip"})],
        "random_state": ["random_state", np.random.Generator],
    }

    def __init__(
        self,
        window=40,
        *,
        overlap="auto",
        min_shared="auto",
        max_windows=None,
        unique=True,
        on_short="error",
        random_state=None,
    ):
        self.window = window
        self.overlap = overlap
        self.min_shared = min_shared
        self.max_windows = max_windows
        self.unique = unique
        self.on_short = on_short
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check the sequences and learn the cap on windows.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,) or (n_samples, 1)
            Sequences.
        y : array-like of shape (n_samples,), default=None
            Labels; used with ``max_windows="balanced"`` only.

        Returns
        -------
        self : WindowAugmenter

        Raises
        ------
        ValueError
            If ``overlap`` or ``min_shared`` does not fit ``window``, or y has another length than X or holds no
            classes.
        SequenceError, SequenceTypeError
            If X is not text, or a sequence is shorter than the window and ``on_short`` is not "pad".
        """
        self._check_rules()
        values, short = self._read_every(X)
        self.n_short_ = len(short)
        warn_of_parted_rows(X)
        self.seed_ = self._draw_seed()
        self.max_windows_ = self.max_windows
        if self.max_windows == "balanced":
            classes = _classes(y, len(values))
            counts = self._admitted(TextBuffer.from_text(values, upper=True))[2]
            # `transform` sees no labels, so one cap serves all: the mean number of windows in the class that has fewest
            means = np.bincount(classes, weights=counts) / np.bincount(classes)
            self.max_windows_ = max(1, int(means.min()))
        return self

    def transform(self, X):
        """Give each sequence as the bag of its windows.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,) or (n_samples, 1)
            Sequences.

        Returns
        -------
        bags : ndarray of str of shape (n_samples, n_windows)
            Windows by start; missing ones are empty strings. Read-only where it is a view.

        Raises
        ------
        DataFormatError
            If X holds covariates, for which a bag has no place.
        SequenceError, SequenceTypeError
            If X is not text, or a sequence is shorter than the window and ``on_short`` is not "pad".
        """
        check_is_fitted(self)
        self._check_rules()
        buffer = TextBuffer.from_text(self._read_every(X)[0], upper=True)
        may_be_view = self.max_windows_ is None and (buffer.lengths == buffer.lengths[0]).all()
        admitted = self._admitted(buffer, skip_complete=may_be_view)
        if admitted is None:
            return buffer.strided(self.window)
        sources, starts, counts = admitted
        if self.max_windows_ is not None:
            caps = np.full(len(counts), self.max_windows_)
            chosen = spread(counts, caps, self._row_seeds(buffer, self.seed_))
            sources, starts = sources[chosen], starts[chosen]
        return buffer.bag(sources, starts, self.window)

    @fit_context(prefer_skip_nested_validation=True)
    def explode(self, X, y=None, groups=None, sample_weight=None):
        """Make every window a row of its own, with the ``groups`` that a split needs; learns nothing, needs no ``fit``.

        A random split of these rows (``StratifiedKFold``, ``train_test_split``) tests shifted copies of the training
        windows. Pass ``groups`` to a group splitter, or ``positions`` to ``WindowBlockKFold``; ``fit`` of a network
        takes either as ``groups``.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,) or (n_samples, 1)
            Sequences.
        y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
            Labels or numbers, inherited by the windows.
        groups : array-like of shape (n_samples,), default=None
            Groups, inherited by the windows; by default each sequence is a group, with the copies that
            ``fit_resample`` of this package made of it.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, inherited by the windows.

        Returns
        -------
        WindowSet

        Raises
        ------
        ValueError
            If y, groups or sample_weight has another length than X or misses a value, or as in ``fit``.
        SequenceError, SequenceTypeError
            If X is not text, a sequence is shorter than the window and ``on_short`` is "error", or all are.
        """
        self._check_rules()
        sequences = self._check_text(X)
        values, kept, short = read_whole(sequences, self.window, self.on_short)
        tell_short(sequences, short, self.window, _FATES[self.on_short])
        buffer = TextBuffer.from_text(values, upper=True)
        per_row = {"y": y, "groups": groups, "sample_weight": sample_weight}
        per_row = {name: _per_row(values, len(sequences), name) for name, values in per_row.items()}
        sources, starts, counts = self._admitted(buffer)
        if self.max_windows is not None:
            balanced = self.max_windows == "balanced"
            classes = _classes(y, len(sequences))[kept] if balanced else None
            caps = balance(counts, classes) if balanced else np.full(len(counts), self.max_windows)
            chosen = spread(counts, caps, self._row_seeds(buffer, self._draw_seed()))
            sources, starts = sources[chosen], starts[chosen]
        windows, sources = buffer.cut(sources, starts, self.window), kept[sources]
        inherited = {name: values if values is None else values[sources] for name, values in per_row.items()}
        if groups is None:
            parents = made_parents(X)
            inherited["groups"] = sources.copy() if parents is None else parents[sources]
        if sequences.identifiers is not None:
            inherited["identifiers"] = sequences.identifiers.to_numpy()[sources]
        left_out = short if self.on_short == "skip" else short[:0]
        return WindowSet(windows, sources, starts, **inherited, left_out=left_out)

    def _check_text(self, X):
        _refuse_covariates(X)
        return check_sequences(X)

    def _read_every(self, X):
        """Text of every row, padded where it may be, and the rows that are short."""
        sequences = self._check_text(X)
        # without its rows, X would not fit y
        on_short = "error" if self.on_short == "skip" else self.on_short
        values, _, short = read_whole(sequences, self.window, on_short)
        tell_short(sequences, short, self.window, _FATES[on_short])
        return values, short

    def _rules(self):
        """Overlaps and ``min_shared``, where they follow the window."""
        overlap, min_shared = self.overlap, self.min_shared
        if isinstance(overlap, str):
            overlap = tuple(min(shared, self.window - 1) for shared in _PAPER_OVERLAP)
        return overlap, min(_PAPER_SHARED, self.window) if isinstance(min_shared, str) else min_shared

    def _check_rules(self):
        overlap, min_shared = self._rules()
        whole = len(overlap) == 2 and all(isinstance(o, Integral) for o in overlap)
        if not whole or not 0 <= overlap[0] <= overlap[1] < self.window:
            raise invalid_parameter(
                "overlap",
                "must be (lo, hi) with 0 <= lo <= hi < ",
                Parameter("window", self.window),
                f" in residues, got {overlap!r}; a smaller window needs a smaller overlap, and ",
                Parameter("overlap", "auto"),
                " follows it",
            )
        if min_shared is not None and min_shared > self.window:
            raise invalid_parameter(
                Parameter("min_shared", min_shared),
                "is more than ",
                Parameter("window", self.window),
                ": no two windows can share that many symbols; lower it, or leave the rule out with ",
                Parameter("min_shared", None),
            )

    def _shifts(self):
        min_shared = self._rules()[1]
        if min_shared is None:
            return "no"
        # windows share window - 1 symbols with their left neighbour, so any smaller min_shared admits every shift
        return "equal" if min_shared == self.window else "yes"

    def _admit(self, buffer):
        starts = overlap_starts(int(buffer.lengths.max()), self.window, self._rules()[0])
        return admit(buffer, self.window, starts, all_shifts=self._shifts(), unique=self.unique)

    def _admitted(self, buffer, *, skip_complete=False):
        """Flat sources and starts of the admitted windows, and their number per sequence.

        With ``skip_complete``, for sequences of one length: None where every stride-1 window is admitted. Their numbers
        are not kept then, because a strided view needs none and they would take four times the memory of the text.
        """
        parts: list[tuple] = []
        n_complete = 0
        for sources, starts, complete in self._admit(buffer):
            if skip_complete and complete and not parts:
                n_complete = int(sources[-1]) + 1  # every sequence up to here has all its windows
                continue
            if n_complete and not parts:
                parts.append(every_window(n_complete, int(buffer.lengths[0]) - self.window + 1))
            parts.append((sources, starts))
        if not parts:
            return None
        sources = np.concatenate([sources for sources, _ in parts])
        return sources, np.concatenate([starts for _, starts in parts]), np.bincount(sources)

    def _draw_seed(self):
        return None if self.random_state is None else draw_seed(check_generator(self.random_state))

    @staticmethod
    def _row_seeds(buffer, seed):
        return None if seed is None else row_seeds(buffer, seed)


def _refuse_covariates(X):
    text, numbers, names = split_covariates(X)
    if numbers is not None:
        column = f"X[{text.name!r}]"
        raise DataFormatError(
            f"X holds covariates ({', '.join(map(repr, names))}), for which a bag of windows has no place; pass "
            f"{column} for windows without them, or give the networks whole sequences. Windows as rows keep those of "
            f"their parent: w = explode({column}), then X.iloc[w.sources].assign({text.name}=w.windows)"
        )


def _per_row(values, n_samples, name):
    if values is None:
        return None
    if np.ndim(values) == 0:
        raise ValueError(f"{name} is a single value, X has {n_samples} sequences; {name} needs one entry per sequence")
    check = check_known_classes if name == "y" else check_not_missing
    check(values, name=name)
    values = np.asarray(values)
    if len(values) != n_samples:
        raise ValueError(
            f"{name} has {len(values)} entries, X has {n_samples} sequences; {name} needs one entry per sequence"
        )
    return values


def _classes(y, n_samples):
    if y is None:
        return np.arange(n_samples)
    return np.unique(check_class_labels(_per_row(y, n_samples, "y")), return_inverse=True)[1]
