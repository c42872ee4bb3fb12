"""Reading a model from a folder, which may come from anybody."""

import re
from pathlib import Path

from seqaug_sklearn.exceptions import DataFormatError, InsufficientMemoryError, MissingDependencyError
from seqaug_sklearn.persistence._decode import Decoder
from seqaug_sklearn.persistence._folder import ARRAYS, MODEL, network_file, read_files, read_model_json
from seqaug_sklearn.persistence._probe import check_probe
from seqaug_sklearn.persistence._safetensors import unpack_arrays

__all__ = ["load_model"]

_OF_WRONG_CONTENT = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    re.error,
)
"""What parts raise that were given settings and arrays of another kind."""


def load_model(folder, *, max_memory=None):
    """Load a model that :func:`save_model` wrote. Nothing in the folder is run, whoever it comes from.

    Parameters
    ----------
    folder : str or path-like
        Folder of the model.
    max_memory : float or str, default=None
        Most memory that reading may take, in bytes or as "500 MB"; by default nine tenths of what is free. A folder
        whose files need more is refused before they are read.

    Returns
    -------
    estimator
        Fitted; networks lie on the CPU. It predicts what the saved one predicts, bit for bit where versions and
        processor are the same.

    Raises
    ------
    DataFormatError
        If the folder is no model, of a newer format, damaged, or holds anything else than plain files, arrays, and
        settings of the classes that are allowed; the message names the file or class. Also if the model, with the
        versions installed here, predicts otherwise than when it was saved, by more than 1e-6 (1e-4 for networks).
    InsufficientMemoryError
        If it needs more than ``max_memory``.

    See Also
    --------
    save_model : Write it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn.linear_model import LogisticRegression
    >>> from seqaug_sklearn.persistence import load_model, save_model
    >>> model = LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], ["low", "low", "high", "high"])
    >>> with TemporaryDirectory() as folder:
    ...     loaded = load_model(save_model(model, Path(folder) / "model"))
    >>> loaded.predict([[0.5], [2.5]])
    array(['low', 'high'], dtype='<U4')
    """
    return load_content(folder, max_memory=max_memory)[0]


def load_content(folder, *, max_memory=None):
    """Estimator and content of model.json."""
    folder = Path(folder)
    content = read_model_json(folder, max_memory)
    files = read_files(folder, content["files"], max_memory)
    arrays, networks = _arrays(files)
    try:
        estimator = Decoder(arrays, networks).decode(content["model"])
        if not hasattr(estimator, "get_params"):
            raise DataFormatError(f"{MODEL} holds no estimator")
        check_probe(estimator, content["probe"])
    except (DataFormatError, InsufficientMemoryError, MissingDependencyError):
        raise
    except _OF_WRONG_CONTENT as error:
        raise DataFormatError(
            f"the model in {folder} cannot be used with the versions installed here, or is damaged "
            f"({type(error).__name__}: {error!s:.200}); {_installed(content)}"
        ) from error
    return estimator, content


def _installed(content):
    versions = content["versions"]
    if not isinstance(versions, dict):
        return "model.json names no versions"
    return "it was saved with " + ", ".join(f"{name} {number}" for name, number in versions.items())[:300]


def _arrays(files):
    """Arrays by name, and the weights of each network."""
    unpacked = {name: unpack_arrays(content, name) for name, content in files.items()}
    arrays = unpacked.pop(ARRAYS, {})
    names = [network_file(number) for number in range(1, len(unpacked) + 1)]
    missing = [name for name in names if name not in unpacked]
    if missing:
        raise DataFormatError(f"{MODEL} lists no file {missing[0]}")
    return arrays, [unpacked[name] for name in names]
