"""Regressors without a network: ridge regression on features, support vectors, boosting, and their average."""

from typing import Any

from seqaug_sklearn.evaluation._model_parts._costs import AVERAGED_NUMBERS, INNER_FOLDS, penalties_of, rounds_of
from seqaug_sklearn.evaluation._model_parts._front_steps import (
    behind,
    features_of,
    placed_and_shares,
    trivial_features,
)
from seqaug_sklearn.evaluation._model_parts._per_target import PerTargetRegressor

__all__ = ["regressor_of", "regressor_of_windows"]


def regressor_of(key: str, plan: Any, augmenters=()) -> Any:
    """Return a regressor of whole sequences, for any number of targets with gaps.

    Parameters
    ----------
    key : str
        Key of ``MODELS`` that is no network.
    plan : Plan
        Size of the data.
    augmenters : list of augmenter, default=()
        What adds rows in front of it.
    """
    if key == "majority":
        from sklearn.dummy import DummyRegressor

        return PerTargetRegressor(DummyRegressor())
    if key in AVERAGED_NUMBERS:
        return PerTargetRegressor(behind(augmenters, *_steps(key, plan)))
    if key == "average":
        from sklearn.ensemble import VotingRegressor

        members = [(name, behind(augmenters, *_steps(name, plan))) for name in AVERAGED_NUMBERS]
        return PerTargetRegressor(VotingRegressor(members))
    return _ridge(key, plan, behind(augmenters, *_front(key, plan), _regressor("logistic", plan)))


def regressor_of_windows(key: str, plan: Any, windows: Any) -> Any:
    """Return a regressor of bags of one-hot windows: the mean over the windows of a sequence.

    Parameters
    ----------
    key : {"svm", "boosting", "logistic"}
        Which.
    plan : Plan
        Size of the data.
    windows : WindowAugmenter
        What makes the windows.
    """
    from sklearn.pipeline import make_pipeline

    from seqaug_sklearn.encoding import OneHotEncoder
    from seqaug_sklearn.regression import WindowVotingRegressor

    encoder = OneHotEncoder(plan.alphabet, flatten=True)
    model = make_pipeline(windows, encoder, WindowVotingRegressor(_regressor(key, plan)))
    return PerTargetRegressor(model) if key in AVERAGED_NUMBERS else _ridge(key, plan, model, "estimator__")


def _ridge(key, plan, model, prefix=""):
    """Ridge regression, with the penalty that is best on inner folds."""
    return PerTargetRegressor(
        model, settings=[{f"{prefix}alpha": alpha} for alpha in penalties_of(key, plan)], n_splits=INNER_FOLDS
    )


def _front(key, plan):
    if key in ("composition", "positions", "covariates"):
        return trivial_features(key, plan.alphabet, covariates=plan.covariates)
    return [features_of(key, plan)]


def _steps(key, plan):
    from sklearn.preprocessing import StandardScaler

    # pairs are rarer than symbols, and shares vary less; trees do not mind
    scaled = [StandardScaler()] if key == "svm" else []
    return [placed_and_shares(plan), *scaled, _regressor(key, plan)]


def _regressor(key, plan):
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVR

    if key == "logistic":
        return Ridge()
    if key == "svm":
        # its margin and its penalty are in the unit of the target
        return TransformedTargetRegressor(SVR(), transformer=StandardScaler())
    # small trees on a part of the columns each: one position explains little of a measurement
    return HistGradientBoostingRegressor(
        max_iter=rounds_of(key, plan), learning_rate=0.05, max_leaf_nodes=8, max_features=0.2, early_stopping=False
    )
