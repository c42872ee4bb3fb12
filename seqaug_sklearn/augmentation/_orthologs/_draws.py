"""Which of the usable orthologs are added."""

import numpy as np

from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.utils import warn

__all__ = ["draw_of_classes", "draw_of_rows"]


def draw_of_rows(parent: np.ndarray, n_copies: int | None, rng: np.random.Generator) -> np.ndarray:
    """Places of at most ``n_copies`` pairs of each row, drawn at random; all for None.

    Parameters
    ----------
    parent : int ndarray of shape (n_pairs,)
        Row of each pair, ascending.
    n_copies : int or None
        Most pairs of a row.
    rng : Generator
        Source of the draw.

    Returns
    -------
    int ndarray of shape (n_drawn,)
        Ascending: drawn pairs stand in the order of the table.
    """
    if n_copies is None:
        return np.arange(len(parent))
    order, rank = _ranked(parent, rng)
    return np.sort(order[rank < n_copies])


def draw_of_classes(parent, n_copies, rng, *, labels: np.ndarray, numbers: dict) -> np.ndarray:
    """Places of as many pairs of each class as it gets; no row has a second one before all that can have one.

    Parameters
    ----------
    parent, n_copies, rng
        As in :func:`draw_of_rows`.
    labels : ndarray of shape (n_rows,)
        Class of each row.
    numbers : dict of label to int
        Pairs to draw of each class.

    Returns
    -------
    int ndarray of shape (n_drawn,)
        Ascending.

    Warns
    -----
    SeqAugWarning
        If a class has fewer pairs.
    """
    order, rank = _ranked(parent, rng)
    # a random order among the rows that have got equally many
    in_turn = order[np.lexsort((rng.random(len(order)), rank))]
    if n_copies is not None:
        kept = np.empty(len(parent), bool)
        kept[order] = rank < n_copies
        in_turn = in_turn[kept[in_turn]]
    of_classes = {label: in_turn[labels[parent[in_turn]] == label] for label in numbers}
    short = {label: len(pairs) for label, pairs in of_classes.items() if len(pairs) < numbers[label]}
    if short:
        told = "; ".join(f"{label}: {n} of {numbers[label]}" for label, n in short.items())
        warn(
            f"sampling_strategy asks for more orthologs than there are, so all of these classes are added ({told}); "
            "raise n_copies where it is set, or give more orthologs",
            SeqAugWarning,
        )
    drawn = [pairs[: numbers[label]] for label, pairs in of_classes.items()]
    return np.sort(np.concatenate([np.zeros(0, int), *drawn]))


def _ranked(parent, rng):
    """Pairs in a random order within each row, (n_pairs,), and the place of each among those of its row."""
    order = np.lexsort((rng.random(len(parent)), parent))
    # parents are sorted, so the order keeps them in place
    return order, np.arange(len(parent)) - np.searchsorted(parent, parent)
