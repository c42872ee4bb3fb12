"""The models of ``compare_augmentations`` by key, and those that it runs by default."""

from collections.abc import Sequence

from seqaug_sklearn.utils import invalid_parameter

__all__ = [
    "ANOTHER_NETWORK",
    "BASELINES",
    "DEFAULT",
    "MODELS",
    "SOURCES",
    "TEXT_MODELS",
    "TRIVIAL",
    "check_covariates",
    "check_models",
    "check_sources",
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
    "gapped-kmers": "gapped k-mers",
    "positional-kmers": "positional k-mers",
    "motif-occupancies": "motif occupancies",
    "language-model": "language model",
    "boosting": "gradient boosting",
    "average": "average of the best",
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
_SLOW = ("gapped-kmers", "average")
"""Models that are fitted several times, on inner folds: of classes and labels they come by name."""
_WITH, _WITHOUT = "covariates", "bag-cnn-bilstm"
"""The model that needs covariates, and the one that knows none."""
SOURCES = {"motif-occupancies": "motifs", "language-model": "language_model"}
"""Models that need something beside the data, and the parameter that says where it is."""
DEFAULT = tuple(key for key in MODELS if key not in (*_BY_NAME, *_SLOW, *SOURCES, _WITH))
"""What is run of classes where no models are named, and nothing is given beside them."""
BASELINES = ("composition", "positions", "covariates", "memoriser", "majority")
"""Models that do not learn, or one trivial feature only, and have no augmented form."""
TRIVIAL = tuple(MODELS[key] for key in BASELINES)
"""Their names."""
TEXT_MODELS = (
    "svm",
    "logistic",
    "kmers",
    "gapped-kmers",
    "positional-kmers",
    "motif-occupancies",
    "language-model",
    "boosting",
    "average",
)
"""Models in front of which augmentation adds rows of text."""
ANOTHER_NETWORK = "Windows and another network"
"""What tells the bag CNN-BiLSTM from the motif CNN on whole sequences, where its own kind is not run on them."""


def models_of(task: str = "classes") -> dict[str, str]:
    """Keys and names of the models of "classes", "number" or "labels"."""
    if task == "labels":
        return MODELS | {"majority": "commonest answer"}
    return MODELS | (_NUMBER_NAMES if task == "number" else {})


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


def check_models(
    names: Sequence[str] | str | None,
    task: str = "classes",
    *,
    covariates: bool = False,
    motifs=None,
    language_model=None,
) -> list[str]:
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
    motifs, language_model : object, default=None
        What is given of the two; then the model that needs it is always among the models.

    Raises
    ------
    InvalidParameterError
        If a name is unknown, there is none, or a model does not go with the covariates or without, or lacks what it
        needs.
    """
    known = models_of(task)
    needed = {"motif-occupancies": motifs, "language-model": language_model}
    without = {key for key in needed if needed[key] is None}
    by_name = {*_BY_NAME, *(_SLOW if task != "number" else _SLOW[:1])}
    sets = {"all": tuple(known), "default": tuple(key for key in known if key not in by_name)}
    names = "default" if names is None else names
    asked = [str(name).lower() for name in ([names] if isinstance(names, str) else names)]
    asked = [_ALIASES.get(name, name) for name in asked] if task == "number" else asked
    unknown = [name for name in asked if name not in known and name not in sets]
    if unknown or not asked:
        raise invalid_parameter(
            "models",
            f"must be some of {', '.join([*known, *sets])}; got {', '.join(unknown) or 'none'}{_only(*unknown, task)}",
        )
    by_key = [name for name in asked if name not in sets]
    check_covariates(by_key, covariates, "models")
    check_sources(by_key, "models", **{SOURCES[key]: value for key, value in needed.items()})
    chosen = {key for name in asked for key in sets.get(name, (name,))} - {_WITHOUT if covariates else _WITH} - without
    chosen |= {*needed} - without
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


def check_sources(keys: Sequence[str], parameter: str, **given) -> None:
    """Raise for models that lack what they need: ``motifs=`` or ``language_model=``."""
    for key in keys:
        if key in SOURCES and given[SOURCES[key]] is None:
            needs = {
                "motifs": "motifs, a file of MEME or JASPAR or 'jaspar_plants'",
                "language_model": "language_model, the folder of a pre-trained model",
            }[SOURCES[key]]
            raise invalid_parameter(parameter, f"cannot be {key!r} without {needs}")
