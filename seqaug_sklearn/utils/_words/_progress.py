"""Progress with time left, on the standard error stream."""

__all__ = ["progress"]


def progress(iterable=None, *, total=None, description="", enabled=True, unit="it"):
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

    Returns
    -------
    tqdm.std.tqdm
    """
    from tqdm.auto import tqdm

    return tqdm(iterable, total=total, desc=description, disable=not enabled, unit=unit, dynamic_ncols=True)
