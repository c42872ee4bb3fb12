"""Hashes: of content, of files, and of data, by which stores, caches and manifests know what they hold."""

import hashlib
from typing import Any

import joblib
import numpy as np
import pandas as pd

__all__ = [
    "content_digest",
    "data_digest",
    "file_digest",
    "mixed_keys",
    "object_digest",
    "order_of_content",
    "short_digest",
]


def content_digest(content: bytes) -> str:
    """SHA-256 of bytes, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def file_digest(path) -> str:
    """SHA-256 of a file, as hexadecimal digits; the file is read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def short_digest(content: bytes) -> bytes:
    """BLAKE2b of bytes, 16 bytes long: faster than SHA-256, for keys of which there are millions."""
    return hashlib.blake2b(content, digest_size=16).digest()


def mixed_keys(keys: np.ndarray) -> np.ndarray:
    """Hash of each whole number, as uint64: spread evenly over all of them, so that a remainder samples at random.

    The last step of the generator SplitMix64 (Steele et al. 2014, :doi:`10.1145/2714064.2660195`).
    """
    mixed = keys.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def object_digest(value: Any) -> str:
    """Hash of anything that pickles: equal objects have the same in every process of equal versions."""
    return joblib.hash(value)


def data_digest(values: Any) -> str:
    """Hash of data, as :func:`object_digest`.

    Of a Series or DataFrame the values, index and names count, not how pandas stores them.
    """
    if hasattr(values, "iloc"):
        names = list(map(str, values.columns)) if values.ndim == 2 else [str(values.name)]
        return object_digest((names, pd.util.hash_pandas_object(values, index=True).to_numpy()))
    return object_digest(values)


def order_of_content(texts, ties=None) -> np.ndarray:
    """Order of rows by the hashes of their texts: the same for the same rows in any order, and without a pattern.

    Sorted texts would do for the first, but names and sequences often begin with what separates the classes.

    Parameters
    ----------
    texts : iterable of str
        One text for each row.
    ties : ndarray of shape (n_rows,), default=None
        What decides between equal texts; by default their order.

    Returns
    -------
    intp ndarray of shape (n_rows,)
        Row numbers.
    """
    keys = pd.util.hash_array(np.array([*map(str, texts)], dtype=object), categorize=False)
    return np.lexsort((keys,) if ties is None else (ties, keys))
