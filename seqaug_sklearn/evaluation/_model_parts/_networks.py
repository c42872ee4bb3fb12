"""The networks of the comparisons by key: classifiers, or the regressors of the same architecture."""

from typing import Any

from seqaug_sklearn.evaluation._model_parts._costs import POOLED, rounds_of

__all__ = ["network"]

_SETTINGS: dict[str, dict[str, Any]] = {
    "cnn": {"num_layers": 0},
    "rnn": {"conv_channels": (), "pool": None},
    "mlp": {"conv_channels": (), "num_layers": 0, "pool": None},
}
"""What is left of the CNN-BiLSTM."""


def network(key: str, plan: Any, **changes) -> Any:
    """Return a network that takes one-hot sequences or bags of windows.

    Parameters
    ----------
    key : str
        Key of ``NETWORKS``.
    plan : Plan
        Size and kind of the data.
    **changes
        Settings that go before the usual ones.
    """
    run = {"alphabet": plan.alphabet, "device": plan.device}
    if key in POOLED:
        return _pooled(key, plan, run | changes)
    quick = {"max_epochs": rounds_of(key, plan), "batch_size": 32, "lr": 1e-3} if plan.quick else {}
    if key == "promoter-cnn" and plan.task == "number":
        # from few rows the regressor learns much more of both strands; the classifier stays as published
        run["strand"] = "both" if plan.both_strands else "single"
    kind = _kind("PromoterCNN" if key == "promoter-cnn" else "CNNBiLSTM", plan)
    return kind(**_SETTINGS.get(key, {}) | quick | run | changes)


def _pooled(key, plan, settings):
    """Networks whose epochs follow from the rows, and that make one answer of the windows of a bag."""
    from seqaug_sklearn.classification import BAG_DNA

    if key == "bag-cnn-bilstm":
        return _kind("CNNBiLSTM", plan)(**BAG_DNA | {"max_epochs": rounds_of(key, plan)} | settings)
    return _kind("MotifCNN", plan)(**{"strand": "both" if plan.both_strands else "single"} | settings)


def _kind(name, plan):
    """Class of this architecture; classifiers take several labels, too."""
    if plan.task == "number":
        from seqaug_sklearn import regression

        return getattr(regression, f"{name}Regressor")
    from seqaug_sklearn import classification

    return getattr(classification, f"{name}Classifier")
