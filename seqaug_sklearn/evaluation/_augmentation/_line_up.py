"""The models of ``compare_augmentations`` by key, and those that it runs by default."""

from collections.abc import Sequence

from seqaug_sklearn.utils import invalid_parameter

__all__ = [
    "ANOTHER_NETWORK",
    "BASELINES",
    "DEFAULT",
    "MODELS",
    "TEXT_MODELS",
    "TRIVIAL",
    "check_covariates",
    "check_models",
    "key_of",
    "models_of",
    "trivial_names",
]

MODELS = {
    "motif-cnn": "motif CNN",
    "bag-cnn-bilstm": "bag CNN-BiLSTM",
    "cnn-bilstm": "CNN-BiLSTM",
    "cnn": "CNN",
    "rnn": "RNN",
    "mlp": "MLP",
    "promoter-cnn": "promoter CNN",
    "svm": "SVM",
    "logistic": "logistic regression",
    "kmers": "k-mer logistic regression",
    "positional-kmers": "positional k-mers",
    "boosting": "gradient boosting",
    "composition": "composition alone",
    "positions": "positions alone",
    "covariates": "covariates alone",
    "memoriser": "nearest-sequence lookup",
    "majority": "commonest class",
}
"""Keys and names of the classifiers."""
_NUMBER_NAMES = {
    "svm": "SVR",
    "logistic": "ridge",
    "kmers": "k-mer ridge",
    "average": "average of SVR and boosting",
    "majority": "mean",
}
"""Names of the regressors that differ."""
_ALIASES = {"ridge": "logistic", "svr": "svm", "mean": "majority"}
"""Other keys of models of numbers."""

_BY_NAME = ("cnn-bilstm", "cnn", "rnn", "promoter-cnn")
"""Published networks: they need thousands of sequences, and recurrent ones most of the time of a comparison."""
_WITH, _WITHOUT = "covariates", "bag-cnn-bilstm"
"""The model that needs covariates, and the one that knows none."""
DEFAULT = tuple(key for key in MODELS if key not in (*_BY_NAME, _WITH))
"""What is run where no models are named, and there are no covariates."""
BASELINES = ("composition", "positions", "covariates", "memoriser", "majority")
"""Models that do not learn, or one trivial feature only, and have no augmented form."""
TRIVIAL = tuple(MODELS[key] for key in BASELINES)
"""Their names."""
TEXT_MODELS = ("svm", "logistic", "kmers", "positional-kmers", "boosting", "average")
"""Models in front of which augmentation adds rows of text."""
ANOTHER_NETWORK = "Windows and another network"
"""What tells the bag CNN-BiLSTM from the motif CNN on whole sequences, where its own kind is not run on them."""


def models_of(task: str = "classes") -> dict[str, str]:
    """Keys and names of the models of "classes", "number" or "labels"."""
    if task == "labels":
        return MODELS | {"majority": "commonest answer"}
    if task == "classes":
        return MODELS
    names: dict[str, str] = {}
    for key in MODELS:
        # behind those that it averages
        for own in (key, "average") if key == "boosting" else (key,):
            names[own] = _NUMBER_NAMES.get(own, MODELS.get(own, ""))
    return names


def trivial_names(task: str = "classes") -> tuple[str, ...]:
    """Names of the models that do not learn, or one trivial feature only."""
    return tuple(models_of(task)[key] for key in BASELINES)


def key_of(name: str, task: str = "classes", *, parameter: str = "name") -> str:
    """Return the key of a model, in whatever case and by whichever of its names.

    Raises
    ------
    InvalidParameterError
        If there is no such model for the task.
    """
    key = str(name).lower()
    key = _ALIASES.get(key, key) if task == "number" else key
    if key not in models_of(task):
        raise invalid_parameter(
            parameter, f"must be one of {', '.join(models_of(task))}; got {name!r}{_only(key, task)}"
        )
    return key


def _only(*keys_and_task):
    """What to say of a key that is one of numbers alone."""
    *keys, task = keys_and_task
    of_numbers = {*models_of("number"), *_ALIASES} - {*MODELS}
    found = [key for key in keys if key in of_numbers]
    return f" ({', '.join(found)} is for numbers)" if found and task != "number" else ""


def check_models(names: Sequence[str] | str | None, task: str = "classes", *, covariates: bool = False) -> list[str]:
    """Return the keys of the models asked for in the order of :func:`models_of`.

    Parameters
    ----------
    names : list of str, str or None
        Keys; "all" and "default" stand for several. None is "default".
    task : {"classes", "number", "labels"}, default="classes"
        What they predict.
    covariates : bool, default=False
        Whether rows have covariates: what these reach alone is then always among the models, and windows, which have
        none, are not.

    Raises
    ------
    InvalidParameterError
        If a name is unknown, there is none, or a model does not go with the covariates or without.
    """
    known = models_of(task)
    sets = {"all": tuple(known), "default": tuple(key for key in known if key not in _BY_NAME)}
    names = "default" if names is None else names
    asked = [str(name).lower() for name in ([names] if isinstance(names, str) else names)]
    asked = [_ALIASES.get(name, name) for name in asked] if task == "number" else asked
    unknown = [name for name in asked if name not in known and name not in sets]
    if unknown or not asked:
        raise invalid_parameter(
            "models",
            f"must be some of {', '.join([*known, *sets])}; got {', '.join(unknown) or 'none'}{_only(*unknown, task)}",
        )
    check_covariates([name for name in asked if name not in sets], covariates, "models")
    chosen = {key for name in asked for key in sets.get(name, (name,))} - {_WITHOUT if covariates else _WITH}
    if covariates:
        chosen.add(_WITH)
    return [key for key in known if key in chosen]


def check_covariates(keys: Sequence[str], covariates: bool, parameter: str) -> None:
    """Raise for models that need covariates where there are none, or know none where there are."""
    if covariates and _WITHOUT in keys:
        raise invalid_parameter(
            parameter,
            f"cannot be {_WITHOUT!r} with covariates: it reads bags of windows, which have none; choose 'motif-cnn'",
        )
    if not covariates and _WITH in keys:
        raise invalid_parameter(
            parameter,
            f"cannot be {_WITH!r} without covariates; X must be a DataFrame with one text column and numbers",
        )
