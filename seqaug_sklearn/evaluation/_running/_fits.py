"""All fits of a comparison: done in any order and as far as wanted, looked up where they were done before."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sklearn.utils.parallel import Parallel, delayed

from seqaug_sklearn.evaluation._inputs import Data
from seqaug_sklearn.evaluation._running._fit_fold import FitOptions, fit_fold
from seqaug_sklearn.evaluation._running._fold_store import FoldResult, FoldStore, digest, look_up_fold
from seqaug_sklearn.evaluation._splits import Split

__all__ = ["Fits"]

Key = tuple[str, int]
"""Name of an estimator, index of a split."""


@dataclass
class Fits:
    """The fits that estimators and splits make together.

    A result depends on its estimator, its split and the seed alone: neither on the order of the fits, nor on what else
    is fitted, nor on the number of jobs.

    Attributes
    ----------
    estimators : dict of str to estimator
        By name.
    data : Data
        Rows.
    splits : list of Split
        All folds of all repeats, repeat by repeat.
    options : FitOptions
        What to measure.
    seed : int
        Seed of the comparison.
    n_jobs : int or None
        Fits at a time.
    store : path, FoldStore or None
        Folder of finished folds.
    show_epochs : bool
        Whether networks show their epochs, where they are fitted one at a time. No result depends on it.
    results : dict of (str, int) to FoldResult
        What is done, by name and index of the split.
    """

    estimators: Mapping[str, Any]
    data: Data
    splits: list[Split]
    options: FitOptions
    seed: int
    n_jobs: int | None = None
    store: str | Path | FoldStore | None = None
    show_epochs: bool = False
    results: dict[Key, FoldResult] = field(default_factory=dict)
    _paths: dict[Key, Path] = field(default_factory=dict)

    def keys(self, repeats: Mapping[str, int], n_folds: int | None = None) -> list[Key]:
        """Return the fits that so many repeats of these estimators take, fold by fold.

        So an interrupted run has finished whole folds of all of them.

        Parameters
        ----------
        repeats : dict of str to int
            Repeats of each estimator.
        n_folds : int, default=None
            Only the first folds of each repeat.
        """
        wanted = [(i, s) for i, s in enumerate(self.splits) if n_folds is None or s.fold < n_folds]
        return [(name, i) for i, split in wanted for name, n in repeats.items() if split.repeat < n]

    def look_up(self, keys: Iterable[Key]) -> int:
        """Read what the store holds of these fits, and return how many that were; a damaged one counts as missing."""
        keys = [key for key in keys if key not in self.results and key not in self._paths]
        if self.store is None:
            return 0
        self._paths |= dict(zip(keys, self._ask(keys, self.store), strict=True))
        before = len(self.results)
        for key in keys:
            n_targets = None if self.data.task == "classes" else self.data.truth.shape[1]
            found = look_up_fold(self._paths[key], len(self.splits[key[1]].test), len(self.data.classes), n_targets)
            if found is not None:
                self.results[key] = found
        return len(self.results) - before

    def missing(self, keys: Iterable[Key]) -> list[Key]:
        """Return those of these fits that are not done."""
        return [key for key in keys if key not in self.results]

    def run(self, keys: Iterable[Key], done: Callable[[], Any] = lambda: None, *, n_jobs: int | None = None) -> None:
        """Do those of these fits that are not done; ``done`` is called after each."""
        keys = list(keys)
        self.look_up(keys)
        n_jobs = n_jobs or self.n_jobs
        epochs = self.show_epochs and n_jobs in (None, 1)
        jobs = (
            delayed(fit_fold)(
                (name, i), self.estimators[name], self.data, self.splits[i], self.options, self.seed,
                self._paths.get((name, i)), show_epochs=epochs,
            )
            for name, i in self.missing(keys)
        )  # fmt: skip
        for key, result in Parallel(n_jobs=n_jobs, return_as="generator_unordered")(jobs):
            self.results[key] = result
            done()

    def _ask(self, keys, store):
        """Paths of these fits: everything that decides a result is in its name, and nothing else is ever found."""
        store = store if isinstance(store, FoldStore) else FoldStore(store)
        return store.ask(
            f"{digest(self._common, self._of_estimators[name], self._of_folds[i])[:40]}.npz" for name, i in keys
        )

    @property
    def identity(self) -> str:
        """Digest of everything that decides the results of all fits."""
        return digest(self._common, self._of_estimators, self._of_folds)

    @cached_property
    def _common(self):
        # numbers may be read as classes: the same y is then another target
        task = () if self.data.task == "classes" else (self.data.task,)
        return digest(self.data.X, self.data.y, self.data.metadata, self.options, self.seed, *task)

    @cached_property
    def _of_estimators(self):
        return {name: digest(type(e), e.get_params()) for name, e in self.estimators.items()}

    @cached_property
    def _of_folds(self):
        return [digest(s.repeat, s.fold, s.train, s.test) for s in self.splits]
