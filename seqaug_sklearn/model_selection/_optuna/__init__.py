"""The Optuna search: space, trials, storage and the refit."""

from seqaug_sklearn.model_selection._optuna._search import OptunaSearch

__all__ = ["OptunaSearch"]
