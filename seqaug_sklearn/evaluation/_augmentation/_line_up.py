"""The models of ``compare_augmentations`` by key, and those that it runs by default."""

from collections.abc import Sequence

from seqaug_sklearn.utils import invalid_parameter

__all__ = ["ANOTHER_NETWORK", "BASELINES", "DEFAULT", "MODELS", "TEXT_MODELS", "TRIVIAL", "check_models"]

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
    "memoriser": "nearest-sequence lookup",
    "majority": "commonest class",
}
"""Keys and names of the classifiers."""

_BY_NAME = ("cnn-bilstm", "cnn", "rnn", "promoter-cnn")
"""Published networks: they need thousands of sequences, and recurrent ones most of the time of a comparison."""
DEFAULT = tuple(key for key in MODELS if key not in _BY_NAME)
"""What is run where no models are named."""
BASELINES = ("composition", "positions", "memoriser", "majority")
"""Models that do not learn, or one trivial feature only, and have no augmented form."""
TRIVIAL = tuple(MODELS[key] for key in BASELINES)
"""Their names."""
TEXT_MODELS = ("svm", "logistic", "kmers", "positional-kmers", "boosting")
"""Models in front of which augmentation adds rows of text."""
ANOTHER_NETWORK = "Windows and another network"
"""What tells the bag CNN-BiLSTM from the motif CNN on whole sequences, where its own kind is not run on them."""

_SETS = {"all": tuple(MODELS), "default": DEFAULT}


def check_models(names: Sequence[str] | str | None) -> list[str]:
    """Return the keys of the models asked for in the order of :data:`MODELS`.

    Parameters
    ----------
    names : list of str, str or None
        Keys; "all" and "default" stand for several. None is "default".

    Raises
    ------
    DataFormatError
        If a name is unknown or there is none.
    """
    names = "default" if names is None else names
    asked = [str(name).lower() for name in ([names] if isinstance(names, str) else names)]
    unknown = [name for name in asked if name not in MODELS and name not in _SETS]
    if unknown or not asked:
        known = ", ".join([*MODELS, *_SETS])
        raise invalid_parameter("models", f"must be some of {known}; got {', '.join(unknown) or 'none'}")
    chosen = {key for name in asked for key in _SETS.get(name, (name,))}
    return [key for key in MODELS if key in chosen]
