"""How a command ends: one-line errors, an interruption that loses nothing, warnings in one line each.

Whoever reads what is printed may leave (``| head``): a command goes on, and ends as it would have.
"""

import contextlib
import functools
import os
import re
import sys
import warnings
from pathlib import Path
from typing import TextIO, cast

import typer

from seqaug_sklearn.exceptions import DataFormatError, SeqAugError

__all__ = ["fold_store", "one_line_errors", "say"]


def say(text: str) -> None:
    """Write a line to the error stream, above any progress bar."""
    from tqdm import tqdm

    tqdm.write(text, file=sys.stderr)


def one_line_errors(command):
    """Decorate a command: exit 2 with ``Error: ...`` for bad input, 130 when interrupted, warnings one line each."""

    @functools.wraps(command)
    def wrapped(*args, **kwargs):
        with _patient_streams():
            try:
                with _short_warnings():
                    return command(*args, **kwargs)
            except (SeqAugError, ValueError, OSError, MemoryError) as error:
                typer.echo(f"Error: {_one_line(error)}", err=True)
                raise typer.Exit(2) from None
            except KeyboardInterrupt:
                typer.echo("Interrupted: nothing was written.", err=True)
                raise typer.Exit(130) from None

    return wrapped


def _one_line(error):
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return _in_options(str(error)) or type(error).__name__


def _in_options(text):
    """One line, and what to type where the library names a parameter that every command has as an option."""
    text = re.sub(r"\balphabet='(\w+)'", r"--alphabet \1", " ".join(text.split()))
    return re.sub(r"missing_values=\[(.*?)\]", _missing_values, text)


def _missing_values(match):
    found = re.findall(r"'(.*?)'", match[1])
    return f'--missing-values "{",".join(found)}"'


class _Patient:
    """A stream that a reader may leave: what is written then is lost, and nothing else is."""

    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._write_nowhere()
            return len(text)

    def flush(self):
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._write_nowhere()

    def _write_nowhere(self):
        """Let what is still buffered end in the null device, or Python complains about it at the end."""
        with contextlib.suppress(AttributeError, OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def __getattr__(self, name):
        return getattr(self._stream, name)


@contextlib.contextmanager
def _patient_streams():
    with (
        contextlib.redirect_stdout(cast(TextIO, _Patient(sys.stdout))),
        contextlib.redirect_stderr(cast(TextIO, _Patient(sys.stderr))),
    ):
        yield


@contextlib.contextmanager
def _short_warnings():
    shown = set()

    def show(message, category, filename, lineno, file=None, line=None):
        text = _in_options(str(message))
        if text not in shown:
            shown.add(text)
            say(f"Warning: {text}")

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


@contextlib.contextmanager
def fold_store(out: Path, *, resume: bool):
    """Finished folds in a folder beside the report; those of this run are removed when all went well.

    Parameters
    ----------
    out : Path
        Folder of the report.
    resume : bool
        Whether to go on from what an interrupted run left; without it, finished folds there are an error.

    Yields
    ------
    FoldStore
    """
    from seqaug_sklearn.evaluation import FoldStore

    store = FoldStore(out.with_name(f"{out.name}.folds"))
    found = len(store.finished())
    if found and not resume:
        raise DataFormatError(
            f"{store.folder} holds {found} finished fits of an interrupted run; add --resume to go on from them, or "
            "choose another --out, or delete that folder to start again"
        )
    if resume and not found:
        say(f"There is nothing to resume: no finished fits in {store.folder}, so all are computed.")
    try:
        yield store
    except BaseException:
        kept = len(store.finished())
        if kept:
            say(f"{kept} finished fits are kept in {store.folder}; the same command with --resume goes on from them.")
        store.remove_if_empty()
        raise
    store.clear()
    others = len(store.finished())
    if others:
        say(f"{others} finished fits of another command are left in {store.folder}; delete it if nobody needs them.")
