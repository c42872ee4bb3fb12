"""Finished folds on disk, so that an interrupted comparison goes on where it stopped."""

import hashlib
import io
import json
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

import seqaug_sklearn
from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["FoldResult", "digest", "load_fold", "save_fold"]


@dataclass(frozen=True)
class FoldResult:
    """What one estimator did in one fold.

    Attributes
    ----------
    predicted : int ndarray of shape (n_test,)
        Class index of each prediction.
    scores : float ndarray of shape (n_test, n_classes) or None
        Probabilities or decision values over all classes.
    probability : bool
        Whether scores are probabilities.
    measured : dict of str to float
        Metrics, ``train_accuracy`` where asked, ``fit_seconds`` and ``score_seconds``.
    kept : DataFrame or None
        What ``keep=`` took from the fitted estimator.
    """

    predicted: np.ndarray
    scores: np.ndarray | None
    probability: bool
    measured: dict[str, float]
    kept: pd.DataFrame | None = None


def digest(*parts) -> str:
    """Hash of anything that pickles, the package's version included.

    Raises
    ------
    DataFormatError
        If a part cannot be pickled (a lambda, for example).
    """
    try:
        text = "|".join(joblib.hash(part) for part in (seqaug_sklearn.__version__, *parts))
    except Exception as error:  # pickle raises nearly anything
        raise DataFormatError(f"store= needs estimators and data that can be pickled: {error}") from error
    return hashlib.sha256(text.encode()).hexdigest()


def save_fold(path: Path, result: FoldResult) -> None:
    """Write a fold in one step: the file is whole or absent."""
    meta = json.dumps({"probability": result.probability, "measured": result.measured})
    arrays = {} if result.scores is None else {"scores": result.scores}
    if result.kept is not None:
        arrays["kept"] = np.array(result.kept.to_json(orient="split", double_precision=15))
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, predicted=result.predicted, meta=np.array(meta), **arrays)  # type: ignore[arg-type]
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load_fold(path: Path) -> FoldResult:
    """Read a fold.

    Raises
    ------
    DataFormatError
        If the file is not a finished fold.
    """
    try:
        # numpy leaves a file it opened itself open where the archive is broken
        with path.open("rb") as handle, np.load(handle, allow_pickle=False) as file:
            meta = json.loads(str(file["meta"]))
            scores = file.get("scores")
            kept = pd.read_json(io.StringIO(str(file["kept"])), orient="split") if "kept" in file else None
            return FoldResult(file["predicted"], scores, meta["probability"], meta["measured"], kept)
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataFormatError(
            f"{path} is no finished fold of a comparison ({error}); delete it and run again"
        ) from error
