"""How a command ends: one-line errors, an interruption that loses nothing, warnings in one line each.

Whoever reads what is printed may leave (``| head``): a command goes on, and ends as it would have.
"""

import contextlib
import contextvars
import errno
import functools
import io
import os
import signal
import sys
import time
import traceback
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO, cast

import typer

from seqaug_sklearn.cli._wording import Options
from seqaug_sklearn.exceptions import DataFormatError, SeqAugError

__all__ = ["ReportInSteps", "Terminated", "fold_store", "in_words", "one_line_errors", "say"]


_OPTIONS: contextvars.ContextVar[Options | None] = contextvars.ContextVar("options", default=None)
"""Those of the command that runs."""


def say(text: str) -> None:
    """Write a line to the error stream, above any progress bar; a Message in the words of the options."""
    from tqdm import tqdm

    tqdm.write(in_words(text), file=sys.stderr)


def in_words(text: str) -> str:
    """A Message in the words of the options of the command that runs; other text as it is."""
    from seqaug_sklearn.utils import told

    options = _OPTIONS.get()
    return text if options is None else told(text, options.say)


def one_line_errors(command):
    """Decorate a command: exit 2 with ``Error: ...`` for bad input, 130 when interrupted, warnings one line each.

    SIGTERM, as of a queue whose time is up, ends it as Ctrl-C does, with 143.
    """

    @functools.wraps(command)
    def wrapped(**arguments):
        options = Options(command, arguments)
        _OPTIONS.set(options)
        with _patient_streams() as out, _terminated_like_interrupted():
            try:
                with _short_warnings(options):
                    done = command(**arguments)
                out.complain()
                return done
            except (SeqAugError, ValueError, OSError, MemoryError) as error:
                traceback.clear_frames(error.__traceback__)  # a bar on the screen ends before the line, not after it
                typer.echo(f"Error: {_one_line(error, options)}", err=True)
                raise typer.Exit(2) from None
            except KeyboardInterrupt as stop:
                traceback.clear_frames(stop.__traceback__)
                typer.echo(f"Interrupted: {stop if str(stop) else 'nothing was written'}.", err=True)
                raise typer.Exit(143 if isinstance(stop, Terminated) else 130) from None

    return wrapped


class Terminated(KeyboardInterrupt):
    """SIGTERM came."""


@contextlib.contextmanager
def _terminated_like_interrupted():
    """Have SIGTERM raise, so that what is half done is put right and what is finished is reported."""

    def stop(number, frame):
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # only the main thread may ask for signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _one_line(error, options):
    """What went wrong, in the words of the options that were typed."""
    from seqaug_sklearn.utils import told

    path = getattr(error, "path", None) or getattr(error, "filename", None)
    option = None if path is None else options.of_path(path)
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        text = f"{error.filename}: {error.strerror}"
    else:
        text = told(error, options.say).strip() or type(error).__name__
    # names of files and values of options hold line ends, too
    return " ".join((text if option is None else f"{option} {text}").split())


class _Patient:
    """A stream that a reader may leave: what is written then is lost, and nothing else is.

    Parameters
    ----------
    stream : file object or None
        None, as Python has it where the shell closed the stream, takes everything and keeps nothing.
    """

    def __init__(self, stream):
        self._stream = io.StringIO() if stream is None else stream
        self._full: OSError | None = None

    def write(self, text):
        with self._forgiven():
            return self._stream.write(text)
        return len(text)

    def flush(self):
        with self._forgiven():
            self._stream.flush()

    @contextlib.contextmanager
    def _forgiven(self):
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                self._full = error
            elif not isinstance(error, BrokenPipeError) and error.errno != errno.EBADF:
                raise
            self._write_nowhere()
        except ValueError:
            if not self._stream.closed:
                raise

    def complain(self):
        """Raise if there was no room for what was written."""
        if self._full is not None:
            raise self._full

    def _write_nowhere(self):
        """Let what is still buffered end in the null device, or Python complains about it at the end."""
        with contextlib.suppress(AttributeError, OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def __getattr__(self, name):
        return getattr(self._stream, name)


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EIO}
"""Errors of a disk that takes no more."""


@contextlib.contextmanager
def _patient_streams():
    """Go on where no one reads, or a log does not fit on its disk; yields the output, which may complain at the end."""
    out = _Patient(sys.stdout)
    with (
        contextlib.redirect_stdout(cast(TextIO, out)),
        contextlib.redirect_stderr(cast(TextIO, _Patient(sys.stderr))),
    ):
        yield out


@contextlib.contextmanager
def _short_warnings(options):
    from seqaug_sklearn.utils import told

    shown = set()

    def show(message, category, filename, lineno, file=None, line=None):
        text = " ".join(told(message, options.say).split())
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
        Whether to continue from what an interrupted run left; without it, finished folds there are an error.

    Yields
    ------
    FoldStore
    """
    from seqaug_sklearn.evaluation import FoldStore

    store = FoldStore(out.with_name(f"{out.name}.folds"))
    found = len(store.finished())
    if found and not resume:
        raise DataFormatError(
            f"{store.folder} holds {found} finished fits of an interrupted run; add --resume to continue from them, or "
            "choose another --out, or delete that folder to start again"
        )
    if resume and not found:
        say(f"There is nothing to resume: no finished fits in {store.folder}, so all are computed.")
    try:
        yield store
    except BaseException:
        kept = len(store.finished())
        if kept:
            say(f"{kept} finished fits are kept in {store.folder}; the same command with --resume continues from them.")
        store.remove_if_empty()
        raise
    store.clear()
    others = len(store.finished())
    if others:
        say(
            f"{others} finished fits of another command are left in {store.folder}; delete it if they are no longer "
            "needed."
        )


class ReportInSteps:
    """A report that is written again whenever there is more to say.

    Parameters
    ----------
    folder : Path
        Folder of the report.

    Attributes
    ----------
    title : str
        Heading.
    path : Path or None
        The last page that was written.
    """

    def __init__(self, folder: Path):
        self.folder, self.title = folder, ""
        self.path: Path | None = None
        self._started = time.monotonic()

    def write(self, result: Any) -> None:
        """Write the result so far, and then say so."""
        result = replace(result, reading=in_words(result.reading))
        self.path = result.to_html(self.folder, title=self.title)
        if result.in_progress:
            say(f"After {time.monotonic() - self._started:.0f} s: {self.path} holds what is done so far.")

    @contextlib.contextmanager
    def kept(self):
        """Tell who interrupts the block what was written."""
        try:
            yield
        except KeyboardInterrupt as stop:
            if self.path is None:
                raise
            raise type(stop)(f"{self.path} holds what was finished before") from None
