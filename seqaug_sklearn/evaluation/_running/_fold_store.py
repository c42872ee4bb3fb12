"""Finished folds on disk, so that an interrupted comparison goes on where it stopped."""

import contextlib
import io
import json
import os
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import seqaug_sklearn
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils import content_digest, explained, object_digest, remove_leftovers, replaced_file, warn

__all__ = ["FoldResult", "FoldStore", "digest", "load_fold", "look_up_fold", "save_fold"]

_NAME = re.compile(r"[0-9a-f]{40}\.npz")
"""Files of finished folds are called after the digest of what they were computed from."""


@dataclass(frozen=True)
class FoldResult:
    """What one estimator did in one fold.

    Attributes
    ----------
    predicted : int ndarray of shape (n_test,), or float ndarray of shape (n_test, n_targets)
        Class index of each prediction, or numbers, or 1 and 0 of labels.
    scores : float ndarray of shape (n_test, n_classes) or (n_test, n_targets), or None
        Probabilities or decision values over all classes or labels.
    probability : bool
        Whether scores are probabilities.
    measured : dict of str to float
        Metrics, ``train_accuracy`` or its like where asked, ``fit_seconds`` and ``score_seconds``.
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
        text = "|".join(object_digest(part) for part in (seqaug_sklearn.__version__, *parts))
    except Exception as error:  # pickle raises nearly anything
        raise DataFormatError(f"store= needs estimators and data that can be pickled: {error}") from error
    return content_digest(text.encode())


class FoldStore:
    """Folder of finished folds, which knows which of them a comparison asked for.

    It goes where a comparison takes ``store=``. A plain path does as well, but then nothing says afterwards which files
    of the folder belong to the comparison.

    Parameters
    ----------
    folder : path
        May be missing, and may hold other files, which are never touched.

    Attributes
    ----------
    folder : pathlib.Path
        The folder.
    used : set of pathlib.Path
        Folds that comparisons asked for, finished or not.
    """

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        self.used: set[Path] = set()

    def __fspath__(self) -> str:
        return os.fspath(self.folder)

    def __deepcopy__(self, memo) -> "FoldStore":
        # a clone of a search asks for folds of the same run
        return self

    def __repr__(self) -> str:
        return f"FoldStore({str(self.folder)!r})"

    def finished(self) -> list[Path]:
        """Return the finished folds in the folder, of any comparison; files of other names or content are none."""
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if _NAME.fullmatch(path.name) and _is_fold(path))

    def ask(self, names: Iterable[str]) -> list[Path]:
        """Make the folder, and return the paths of these folds; from now on they count as used."""
        with explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        paths = [self.folder / name for name in names]
        self.used.update(paths)
        return paths

    def clear(self) -> None:
        """Remove the folds that were used, and the folder where nothing else is in it."""
        for path in self.used:
            remove_leftovers(path)
            if path.is_file():
                path.unlink()
        self.used.clear()
        self.remove_if_empty()

    def remove_if_empty(self) -> None:
        """Remove the folder where nothing is in it."""
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def _is_fold(path):
    """Whether a file has the parts of a fold; its numbers are not read."""
    try:
        with zipfile.ZipFile(path) as file:
            return {"predicted.npy", "meta.npy"} <= set(file.namelist())
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


def save_fold(path: Path, result: FoldResult) -> None:
    """Write a fold in one step: the file is whole or absent.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    meta = json.dumps({"probability": result.probability, "measured": result.measured})
    arrays = {} if result.scores is None else {"scores": result.scores}
    if result.kept is not None:
        arrays["kept"] = np.array(result.kept.to_json(orient="split", double_precision=15))
    content = io.BytesIO()  # an archive that a full disk breaks off complains again when it is closed
    np.savez(content, predicted=result.predicted, meta=np.array(meta), **arrays)  # type: ignore[arg-type]
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)  # another run may have finished and removed it
    with replaced_file(path) as file:
        file.write(content.getbuffer())


def load_fold(path: Path, n_rows: int, n_classes: int, n_targets: int | None = None) -> FoldResult:
    """Read a fold of ``n_rows`` test rows, of so many classes, or of so many numbers or labels.

    Raises
    ------
    DataFormatError
        If the file is not such a fold, finished.
    """
    try:
        # numpy leaves a file it opened itself open where the archive is broken
        with path.open("rb") as handle, np.load(handle, allow_pickle=False) as file:
            meta = json.loads(str(file["meta"]))
            kept = pd.read_json(io.StringIO(str(file["kept"])), orient="split") if "kept" in file else None
            fold = FoldResult(file["predicted"], file.get("scores"), meta["probability"], meta["measured"], kept)
        _check_fold(fold, n_rows, n_classes, n_targets)
    except Exception as error:  # a damaged archive raises nearly anything
        # NumPy's own words advise unsafe loading
        told = str(error) if isinstance(error, DataFormatError) else "it is damaged, or no such archive"
        raise DataFormatError(f"{path} is no finished fold of this comparison ({told})") from error
    return fold


def look_up_fold(path: Path, n_rows: int, n_classes: int, n_targets: int | None = None) -> FoldResult | None:
    """Return a finished fold, or None where there is none; one that is damaged counts as missing, with a warning."""
    if not path.exists():
        return None
    try:
        return load_fold(path, n_rows, n_classes, n_targets)
    except DataFormatError as error:
        warn(f"{error}; it is computed again", SeqAugWarning)
        return None


def _check_fold(fold, n_rows, n_classes, n_targets):
    predicted, width = fold.predicted, n_classes if n_targets is None else n_targets
    shape, kinds = ((n_rows,), "iu") if n_targets is None else ((n_rows, n_targets), "f")
    if predicted.shape != shape or predicted.dtype.kind not in kinds or not isinstance(fold.measured, dict):
        raise DataFormatError(f"it must hold {n_rows} predictions and their scores")
    if n_targets is not None and not np.isfinite(predicted).all():
        raise DataFormatError("predictions must be finite numbers")
    if n_targets is None and n_rows and not 0 <= predicted.min() <= predicted.max() < n_classes:
        raise DataFormatError(f"predictions must be below {n_classes}, the number of classes")
    if fold.scores is not None and fold.scores.shape != (n_rows, width):
        raise DataFormatError(f"scores must have shape {(n_rows, width)}, got {fold.scores.shape}")
