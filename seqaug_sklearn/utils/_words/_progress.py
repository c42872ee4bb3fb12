"""Progress with time left, on the standard error stream."""

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["phase", "progress"]


def progress(iterable=None, *, total=None, description="", enabled=True, unit="it", leave=True):
    """Wrap an iterable in a tqdm bar (time spent, time left); silent when not ``enabled``.

    Parameters
    ----------
    iterable : iterable, default=None
        What to iterate over; None gives a bar to be advanced with ``update``.
    total : int, default=None
        Number of steps.
    description : str, default=""
        Label at the left.
    enabled : bool, default=True
        Whether anything is shown.
    unit : str, default="it"
        Name of one step.
    leave : bool or None, default=True
        Whether the bar stays when it is done; None: only where it is the first one.

    Returns
    -------
    tqdm.std.tqdm
    """
    from tqdm.auto import tqdm

    return tqdm(
        iterable, total=total, desc=description, disable=not enabled, unit=unit, leave=leave, dynamic_ncols=True
    )


@contextmanager
def phase(description: str, *, enabled: bool = True) -> Iterator[None]:
    """Show what is being done, and how long it took, where its steps are not known.

    Parameters
    ----------
    description : str
        What is done.
    enabled : bool, default=True
        Whether anything is shown.
    """
    with progress(total=1, description=description, enabled=enabled, unit="step") as bar:
        yield
        bar.update()
