"""How estimators of a comparison are fitted: seeded by numbers, given what the rows hold; on folds, or on all."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.dummy import DummyClassifier, DummyRegressor

from seqaug_sklearn.evaluation._comparison_tests import JudgedComparison
from seqaug_sklearn.evaluation._inputs import Data, check_data
from seqaug_sklearn.evaluation._splits import groups_for
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import check_same_order, fit_target, listed, routed_to_splitters, warn_of_unreached_groups
from seqaug_sklearn.utils._sklearn import take_rows

__all__ = ["TakeHome", "fit_params", "seeded"]


def seeded(estimator: Any, entropy: Sequence[int]) -> Any:
    """Return a copy of an estimator with a seed for each ``random_state`` within it, drawn from these numbers."""
    estimator = clone(estimator)
    names = sorted(n for n in estimator.get_params() if n.rsplit("__", 1)[-1] == "random_state")
    seeds = np.random.SeedSequence(entropy).generate_state(max(len(names), 1)) >> 1
    return estimator.set_params(**dict(zip(names, map(int, seeds), strict=False))) if names else estimator


def fit_params(estimator: Any, data: Data, rows: Any, *, pass_groups: bool = True) -> dict[str, Any]:
    """Return what ``fit`` of an estimator takes of groups, weights and identifiers of these rows."""
    params = {}
    for name, values in data.metadata.items():
        target = None if name == "groups" and not pass_groups else fit_target(estimator, name)
        if target is not None:
            key, receiver = target
            if name == "groups" and hasattr(receiver, "cv"):
                values = groups_for(receiver.cv, data)
            params[key] = values[rows]
    return params


class TakeHome:
    """Models of a comparison fitted on all rows; stands before the bases of the results.

    A result gives ``_to_take_home()``: the comparison that decides, the metric to judge by, and models that are none to
    take home.
    """

    def _to_take_home(self) -> tuple[JudgedComparison, str | None, Sequence[str]]:
        raise NotImplementedError

    def best(self, *, metric: str | None = None, among: Iterable[str] | None = None, simplest: bool = True) -> str:
        """Name the model to take home.

        Parameters
        ----------
        metric : str, default=None
            What to judge by; that of the verdict.
        among : list of str, default=None
            Names to choose from. None: all but lookups and models that do not learn, or see one trivial feature only.
        simplest : bool, default=True
            Take the simplest model whose mean is within one standard error of the highest: one without augmentation
            before those that are compared with it, then the one whose fits took least time. False: the highest mean,
            and the simplest of equal ones.

        Returns
        -------
        str

        Raises
        ------
        DataFormatError
            If there is nothing to choose from.

        Notes
        -----
        The score of the chosen model in the comparison is that of the best of several, and so a little too good.
        """
        comparison, usual, left_out = self._to_take_home()
        names = _candidates(comparison, left_out) if among is None else list(among)
        unknown = [name for name in names if name not in comparison.estimators]
        if unknown or not names:
            raise DataFormatError(
                f"among holds {listed(unknown) or 'no name'}, and the models are {', '.join(comparison.estimators)}"
            )
        scores = comparison.scores(comparison.headline_metric(metric or usual)).loc[names]
        if scores["mean"].isna().all():
            raise DataFormatError("no model has a score by this metric; choose another one with metric=")
        top = scores.loc[scores["mean"].idxmax()]
        # without groups to tell it from there is no error, and so no model that is as good
        margin = float(np.nan_to_num(top["standard_error"])) if simplest else 0.0
        near = scores.index[scores["mean"] >= top["mean"] - margin]
        seconds = comparison.folds.groupby("estimator")["fit_seconds"].mean()
        return str(min(near, key=lambda name: (name in comparison.partners, seconds[name])))

    def refit(self, name: str, X, y, *, groups=None, sample_weight=None) -> Any:
        """Fit one model on all rows.

        Parameters
        ----------
        name : str
            Its name in the comparison.
        X : array-like of shape (n_samples, ...)
            Rows as the comparison took them, or more of them. Models with orthologs need a Series whose index holds the
            identifiers.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Labels or numbers, as the comparison read them; rows of which nothing is known are left out.
        groups : array-like of shape (n_samples,), default=None
            What belongs together, for networks that hold rows out to know when to stop.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for estimators whose ``fit`` takes them.

        Returns
        -------
        estimator
            Fitted, seeded from the seed of the comparison.

        Raises
        ------
        DataFormatError
            If there is no such model, or labels, groups and weights do not fit X.
        """
        comparison, _, _ = self._to_take_home()
        if name not in comparison.unfitted:
            raise DataFormatError(f"no model {name!r} in this comparison; there are {', '.join(comparison.unfitted)}")
        check_same_order(X, y)
        data = check_data(X, y, groups, sample_weight, task=comparison.task)
        model = seeded(comparison.unfitted[name], [comparison.seed])
        if groups is not None:
            warn_of_unreached_groups({name: model}, len(data.y))
        # numbers and labels of which nothing is known teach nothing
        rows = slice(None) if data.known.all() else np.flatnonzero(data.known)
        X = X if data.known.all() else take_rows(X, rows)
        with routed_to_splitters(model):
            return model.fit(X, data.y[rows], **fit_params(model, data, rows))

    def fit_best(
        self,
        X,
        y,
        *,
        groups=None,
        sample_weight=None,
        metric: str | None = None,
        among: Iterable[str] | None = None,
        simplest: bool = True,
    ) -> Any:
        """Fit the model to take home on all rows: :meth:`refit` of :meth:`best`.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows as the comparison took them, or more of them.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Labels or numbers.
        groups, sample_weight : array-like of shape (n_samples,), default=None
            As in :meth:`refit`.
        metric, among, simplest
            As in :meth:`best`.

        Returns
        -------
        estimator
            Fitted. How good it is, the comparison says, which trained on a part of the rows each time.
        """
        name = self.best(metric=metric, among=among, simplest=simplest)
        return self.refit(name, X, y, groups=groups, sample_weight=sample_weight)


def _candidates(comparison, left_out):
    names = [name for name in comparison.estimators if name not in {*left_out, *comparison.memorisers}]
    names = [name for name in names if not _is_dummy(comparison.unfitted.get(name))]
    if not names:
        raise DataFormatError(
            f"only baselines were compared ({', '.join(comparison.estimators)}), and none is a model to take home; "
            "name one with among="
        )
    return names


def _is_dummy(estimator):
    steps = getattr(estimator, "steps", None)
    last = steps[-1][1] if steps else estimator
    inner = getattr(last, "estimator", None)
    return isinstance(last, (DummyClassifier, DummyRegressor)) or (inner is not None and _is_dummy(inner))
