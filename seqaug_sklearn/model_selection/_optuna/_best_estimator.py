"""What a fitted search passes on to its best estimator."""

import copy
from typing import Any

from sklearn import get_config
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.model_selection._target_scores import named_scorer
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["BestEstimatorMixin"]


def _best_can(name):
    """Whether the best estimator, or before fit the estimator, has the method ``name``."""

    def check(self):
        if not self.refit:
            raise AttributeError(
                f"{name} needs the best estimator, and refit=False leaves it unfitted; pass refit=True, or fit the "
                f"estimator with best_params_ yourself"
            )
        getattr(getattr(self, "best_estimator_", self.estimator), name)
        return True

    return check


class BestEstimatorMixin:
    """Predictions, scores, tags and metadata routing of a search.

    For classes with ``estimator, cv, scoring, refit`` that set ``best_estimator_, scorer_, multimetric_`` in ``fit``.
    """

    estimator: Any
    cv: Any
    scoring: Any
    refit: Any
    best_estimator_: Any
    scorer_: Any
    multimetric_: bool

    def score(self, X, y=None, **params):
        """Score the best estimator with ``scoring`` (the one named by `refit` of several).

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows that the search has not seen.
        y : array-like of shape (n_samples,), default=None
            Target.
        **params : dict
            For the scorer; with metadata routing only.

        Returns
        -------
        float
        """
        _best_can("fit")(self)
        check_is_fitted(self)
        if get_config()["enable_metadata_routing"]:
            params = process_routing(self, "score", **params).scorer.score
        elif params:
            raise invalid_parameter(
                min(params), "is taken by score only with sklearn.set_config(enable_metadata_routing=True)"
            )
        scorer = self.scorer_[self.refit] if self.multimetric_ else self.scorer_
        return scorer(self.best_estimator_, X, y, **params)

    @available_if(_best_can("predict"))
    def predict(self, X):
        """Predict with ``best_estimator_``."""
        check_is_fitted(self)
        return self.best_estimator_.predict(X)

    @available_if(_best_can("predict_proba"))
    def predict_proba(self, X):
        """Class probabilities by ``best_estimator_``."""
        check_is_fitted(self)
        return self.best_estimator_.predict_proba(X)

    @available_if(_best_can("decision_function"))
    def decision_function(self, X):
        """Decision values by ``best_estimator_``."""
        check_is_fitted(self)
        return self.best_estimator_.decision_function(X)

    @available_if(_best_can("transform"))
    def transform(self, X):
        """Transform with ``best_estimator_``."""
        check_is_fitted(self)
        return self.best_estimator_.transform(X)

    @property
    def classes_(self):
        """Class labels of ``best_estimator_``."""
        _best_can("classes_")(self)
        return self.best_estimator_.classes_

    @property
    def n_features_in_(self):
        """Number of features that ``best_estimator_`` was fitted on."""
        try:
            check_is_fitted(self)
        except NotFittedError as error:
            raise AttributeError(f"{type(self).__name__} has no n_features_in_ before fit") from error
        return self.best_estimator_.n_features_in_

    def get_metadata_routing(self):
        """Route metadata to the estimator's ``fit``, the splitter and the scorer.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
        """
        scorer = named_scorer(self.estimator, self.scoring)
        return (
            MetadataRouter(owner=self)
            .add(estimator=self.estimator, method_mapping=MethodMapping().add(caller="fit", callee="fit"))
            .add(splitter=self.cv, method_mapping=MethodMapping().add(caller="fit", callee="split"))
            .add(
                scorer=scorer,
                method_mapping=MethodMapping().add(caller="score", callee="score").add(caller="fit", callee="score"),
            )
        )

    def __sklearn_tags__(self):
        tags = copy.deepcopy(get_tags(self.estimator))
        tags.requires_fit = True
        return tags
