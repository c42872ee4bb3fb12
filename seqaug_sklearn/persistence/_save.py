"""Writing a model into a folder."""

import json
import platform
import re
from importlib.metadata import version

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

import seqaug_sklearn
from seqaug_sklearn.encoding import covariates_of
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SeqAugWarning
from seqaug_sklearn.persistence._card import model_card
from seqaug_sklearn.persistence._encode import Encoder
from seqaug_sklearn.persistence._folder import ARRAYS, CARD, FORMAT, FORMAT_VERSION, MODEL, network_file, seal
from seqaug_sklearn.persistence._json import canonical_json, read_json
from seqaug_sklearn.persistence._load import load_model
from seqaug_sklearn.persistence._probe import make_probe, parts_of
from seqaug_sklearn.persistence._safetensors import pack_arrays
from seqaug_sklearn.persistence._special import UnwritableError
from seqaug_sklearn.utils import check_output_folder, content_digest, invalid_parameter, plain, replaced_folder, warn

__all__ = ["save_model"]

_LIBRARIES = ("scikit-learn", "numpy", "scipy", "pandas", "imbalanced-learn")
_OF_NETWORKS = ("torch", "skorch")
_SEQUENCE = re.compile(r"[ACGTUN]{25}|[acgtun]{25}|[ACDEFGHIKLMNPQRSTVWYX]{30}")
"""A text that looks like a sequence, and not like the name of a thing."""


def save_model(estimator, folder, *, about=None, private=False):
    """Save a fitted estimator as a folder of plain files, which :func:`load_model` reads without running any code.

    Parameters
    ----------
    estimator : estimator
        Fitted: an estimator of this package or of scikit-learn, or a pipeline of them.
    folder : str or path-like
        Missing, empty, or with an earlier model, which is replaced in one step.
    about : dict, default=None
        What shall be known of the model, for ``MODEL_CARD.md`` and ``model.json``: text, numbers, lists and dicts. The
        card knows the keys "command", "data", "sequences", "lengths", "score", "split", "leaks", "shortcuts",
        "calibration" and "limits", and lists others after them.
    private : bool, default=False
        Refuse models that consist of training rows, leave augmenters with their data out, and refuse any text that
        looks like a sequence.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    InvalidParameterError
        If the estimator holds something that cannot be kept; the message says where it stands.
    OutputFolderError
        If the folder holds anything but an earlier model, or cannot be written.

    Warns
    -----
    SeqAugWarning
        If something that only ``fit`` needs was left out.

    See Also
    --------
    load_model : Read it again.

    Notes
    -----
    ``model.json`` holds what the model is, its classes, versions of libraries, settings, hashes of the other files, and
    what it says of a few made-up rows; ``network-1.safetensors`` and so on the weights of networks;
    ``arrays.safetensors`` all other arrays; ``MODEL_CARD.md`` is for human readers, and may be edited.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn import OneHotEncoder
    >>> from seqaug_sklearn.persistence import load_model, save_model
    >>> X, y = ["ACGT", "ACGA", "TTGT", "TTGA"], ["up", "up", "down", "down"]
    >>> model = make_pipeline(OneHotEncoder(flatten=True), LogisticRegression()).fit(X, y)
    >>> with TemporaryDirectory() as folder:
    ...     saved = save_model(model, Path(folder) / "model", about={"sequences": 4})
    ...     print(*sorted(file.name for file in saved.glob("[!.]*")))
    ...     load_model(saved).predict(["ACGC", "TTGC"])
    MODEL_CARD.md arrays.safetensors model.json
    array(['up', 'down'], dtype='<U4')
    """
    if not isinstance(estimator, BaseEstimator):
        raise invalid_parameter("estimator", f"must be a fitted estimator, got {type(estimator).__name__}")
    check_is_fitted(estimator)
    about = _checked_about(about)
    path = check_output_folder(folder, kind="model")
    try:
        left_out = _write(estimator, path, about, private)
    except UnwritableError as error:
        raise InvalidParameterError(*error.args) from error
    if left_out:
        warn(f"left out of the model in {path}: {'; '.join(left_out)}", SeqAugWarning)
    return path


def _write(estimator, path, about, private):
    """Write the folder; return what was left out."""
    encoder = Encoder(private=private)
    tree = encoder.encode(estimator, "estimator")
    files = {network_file(number): pack_arrays(state) for number, state in enumerate(encoder.networks, start=1)}
    if encoder.arrays:
        files[ARRAYS] = pack_arrays(encoder.arrays)
    content = seal(_content(estimator, tree, encoder, files, about))
    if private:
        _refuse_sequences(content)
    with replaced_folder(path, kind="model") as new:
        for name, data in files.items():
            (new / name).write_bytes(data)
        (new / MODEL).write_text(_pretty(content), encoding="utf-8")
        (new / CARD).write_text(model_card(content), encoding="utf-8")
        _check_readable(new)
    return encoder.left_out


def _checked_about(about):
    """A copy in plain JSON."""
    if about is not None and not isinstance(about, dict):
        raise invalid_parameter(
            "about", f"must be a dict of text, numbers, lists and dicts, got {type(about).__name__}"
        )
    try:
        return read_json(json.dumps(about or {}, default=plain, allow_nan=False).encode(), "about")
    except (TypeError, ValueError) as error:
        raise invalid_parameter(
            "about", f"must hold text, finite numbers, lists and dicts only, with text as keys ({error})"
        ) from None


def _content(estimator, tree, encoder, files, about):
    libraries = _LIBRARIES + (_OF_NETWORKS if encoder.networks else ())
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "summary": _summary(estimator),
        "versions": {
            "seqaug_sklearn": seqaug_sklearn.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in libraries},
        },
        "private": encoder.private,
        "about": about,
        "left_out": encoder.left_out,
        "probe": make_probe(estimator),
        "files": {name: {"size": len(data), "sha256": content_digest(data)} for name, data in files.items()},
        "model": tree,
    }


def _summary(estimator):
    """What the model is, for readers; loading does not look at it."""
    parts = parts_of(estimator)
    steps = [f"{name}: {type(step).__name__}" for name, step in getattr(estimator, "steps", [])]
    alphabets = [a for part in parts if (a := getattr(part, "alphabet", None)) is not None]
    classes = getattr(estimator, "classes_", None)
    if isinstance(classes, list) or getattr(classes, "ndim", 1) == 2:
        # of several labels each has its own
        classes = None
    return {
        "class": type(estimator).__name__,
        "steps": steps,
        "alphabet": str(getattr(alphabets[0], "name", alphabets[0])) if alphabets else None,
        "classes": None if classes is None else [str(label) for label in classes],
        "targets": list(getattr(estimator, "target_names_", ())) if classes is None else [],
        **({"covariates": list(covariates)} if (covariates := covariates_of(estimator)) else {}),
    }


def _refuse_sequences(content):
    found = _SEQUENCE.search(canonical_json(content).decode())
    if found:
        raise UnwritableError(
            f"the model or about= holds a text that looks like a sequence ({found[0]:.10}...), which private=True "
            "refuses; leave it out of about=, use features of short k-mers, or private=False"
        )


def _pretty(content):
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _check_readable(folder):
    """Nothing takes the place of an earlier model that could not be loaded again."""
    try:
        load_model(folder)
    except DataFormatError as error:
        raise UnwritableError(f"the estimator cannot be kept: {error}; keep it with joblib") from error
