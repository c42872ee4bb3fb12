"""How a command ends: one-line errors, an interruption that loses nothing, warnings in one line each."""

import contextlib
import functools
import re
import sys
import warnings
from pathlib import Path

import typer

from seqaug_sklearn.exceptions import SeqAugError

__all__ = ["fold_store", "one_line_errors", "say"]


def say(text: str) -> None:
    """Write a line to the error stream, above any progress bar."""
    from tqdm import tqdm

    tqdm.write(text, file=sys.stderr)


def one_line_errors(command):
    """Decorate a command: exit 2 with ``Error: ...`` for bad input, 130 when interrupted, warnings one line each."""

    @functools.wraps(command)
    def wrapped(*args, **kwargs):
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
    """One line, and what to type where the library names the parameter that every reader of tables has."""
    return re.sub(r"missing_values=\[(.*?)\]", _missing_values, " ".join(text.split()))


def _missing_values(match):
    found = re.findall(r"'(.*?)'", match[1])
    return f'--missing-values "{",".join(found)}"'


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
    """Folder of finished folds beside the report: emptied at the start unless resumed, and at the end if all went well.

    Parameters
    ----------
    out : Path
        Folder of the report.
    resume : bool
        Whether to keep what an interrupted run left.
    """
    folder = out.with_name(f"{out.name}.folds")
    if not resume:
        _empty(folder)
    try:
        yield folder
    except BaseException:
        finished = len(list(folder.glob("*.npz"))) if folder.is_dir() else 0
        if finished:
            say(f"{finished} finished fits are kept in {folder}; the same command with --resume goes on from them.")
        else:
            _empty(folder)
        raise
    _empty(folder)


def _empty(folder):
    """Remove finished folds, and the folder if nothing else lies in it."""
    if not folder.is_dir():
        return
    for pattern in ("*.npz", ".*.part"):
        for path in folder.glob(pattern):
            path.unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()
