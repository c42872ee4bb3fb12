"""Embeddings on disk: one SQLite file per model and settings, one row per sequence."""

import contextlib
import json
import os
import sqlite3
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.utils import content_digest, short_digest, warn

__all__ = ["EmbeddingCache", "check_folder"]

_ROWS_PER_QUESTION = 500
_SECONDS_BETWEEN_WRITES = 1.0
_PATIENCE = 120
"""Seconds to wait while another process writes."""


def check_folder(folder):
    """Make the folder and try to write into it.

    Parameters
    ----------
    folder : str or path-like
        The cache folder.

    Raises
    ------
    OSError
        If it cannot be made or written.
    """
    try:
        Path(folder).expanduser().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=Path(folder).expanduser()):
            pass
    except OSError as error:
        raise _folder_error(folder, error) from error


def _folder_error(folder, error):
    return OSError(f"cache_dir={str(folder)!r} cannot be written ({error}); give another folder, or None for no cache")


class EmbeddingCache:
    """Vectors by sequence, for one model and one set of settings.

    Every write is one transaction, so a row is whole or absent, also where several processes write. Each row carries a
    checksum; a damaged row is not found, and a damaged file is thrown away: both are computed again.

    Parameters
    ----------
    folder : str or path-like
        The cache folder.
    identity : dict
        Everything but the sequence that decides a vector: JSON values.
    width : int
        Length of the vectors.

    Raises
    ------
    OSError
        If the folder cannot be made or written.
    """

    def __init__(self, folder, identity, width):
        check_folder(folder)
        self.folder, self.width = folder, width
        self._described = json.dumps(identity, sort_keys=True)
        # one file for each model and setting: vectors of another one are never found
        name = content_digest(self._described.encode())[:24]
        self.path = Path(folder).expanduser() / f"embeddings-{name}.sqlite"
        self._waiting, self._written_at, self._warned = [], time.monotonic(), False
        self._connection: Any = None  # open within the block

    def __enter__(self):
        self._mend(lambda: None)
        return self

    def __exit__(self, *_):
        try:
            self.flush()
        finally:
            self._close()

    @staticmethod
    def key(text):
        """Content hash of a sequence: 16 bytes."""
        return short_digest(text.encode())

    def read(self, texts, out):
        """Fill the rows of ``out`` whose texts are known.

        Parameters
        ----------
        texts : list of str
            Normalised sequences.
        out : float32 ndarray of shape (n_texts, width)
            Changed in place.

        Returns
        -------
        bool ndarray of shape (n_texts,)
            Which rows were found.
        """
        rows = {self.key(text): row for row, text in enumerate(texts)}
        found = np.zeros(len(texts), bool)
        keys = list(rows)
        for begin in range(0, len(keys), _ROWS_PER_QUESTION):
            part = keys[begin : begin + _ROWS_PER_QUESTION]
            for key, vector, checksum in self._mend(lambda part=part: self._select(part)) or ():
                # a bad sector gives a wrong vector without an error, so each carries a checksum
                if _checksum(key, vector) == checksum and len(vector) == 4 * self.width:
                    out[rows[key]] = np.frombuffer(vector, "<f4")
                    found[rows[key]] = True
                else:
                    self._warn("holds damaged vectors, which are")
        return found

    def write(self, texts, vectors):
        """Keep vectors; they reach the disk within a second, or at the end of the block.

        Parameters
        ----------
        texts : list of str
            Normalised sequences.
        vectors : float32 ndarray of shape (n_texts, width)
            Their embeddings.
        """
        for text, vector in zip(texts, np.asarray(vectors, "<f4"), strict=True):
            key, data = self.key(text), vector.tobytes()
            self._waiting.append((key, data, _checksum(key, data)))
        if time.monotonic() - self._written_at >= _SECONDS_BETWEEN_WRITES:
            self.flush()

    def flush(self):
        """Write what waits, in one transaction."""
        if self._waiting:
            self._mend(self._insert)
        self._waiting, self._written_at = [], time.monotonic()

    def _select(self, keys):
        marks = ",".join("?" * len(keys))
        question = f"SELECT key, vector, checksum FROM vectors WHERE key IN ({marks})"
        return self._connection.execute(question, keys).fetchall()

    def _insert(self):
        with self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", self._waiting)

    @contextlib.contextmanager
    def _transaction(self):
        # a deferred transaction fails at once, without waiting, where two processes turn from reading to writing
        self._connection.execute("BEGIN IMMEDIATE")
        with self._connection:
            yield

    def _mend(self, action):
        """Run an action on the open file; a damaged file is thrown away once and made anew."""
        try:
            try:
                self._open()
                return action()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError as error:
                self._warn(f"is damaged ({error}) and was thrown away; its vectors are")
                self._throw_away()
                self._open()
                return action()
        except sqlite3.OperationalError as error:
            raise _folder_error(self.folder, error) from error

    def _warn(self, finding):
        """Warn of damage, once."""
        if not self._warned:
            warn(f"the cache file {self.path} {finding} computed again", SeqAugWarning)
        self._warned = True

    def _open(self):
        if self._connection is not None:
            return
        self.path.touch()
        self._number = self.path.stat().st_ino
        # a generator may be finished in another thread than it was begun in
        self._connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        with self._transaction():
            self._connection.execute("CREATE TABLE IF NOT EXISTS about (settings TEXT PRIMARY KEY)")
            self._connection.execute("INSERT OR IGNORE INTO about VALUES (?)", [self._described])
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors "
                "(key BLOB PRIMARY KEY, vector BLOB NOT NULL, checksum INTEGER NOT NULL)"
            )

    def _throw_away(self):
        self._close()
        with contextlib.suppress(FileNotFoundError):
            # another process may have put a sound file in its place already
            if os.stat(self.path).st_ino == self._number:
                os.unlink(self.path)
                os.unlink(f"{self.path}-journal")

    def _close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _checksum(key, vector):
    return zlib.crc32(vector, zlib.crc32(key))
