"""Pairs of positions that do together what neither does alone."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from seqaug_sklearn.inspection._backgrounds import make_background
from seqaug_sklearn.inspection._explained import read_explained
from seqaug_sklearn.inspection._perturbations import CoalitionGame
from seqaug_sklearn.inspection._sequence_attributions import check_counts, resolve_target
from seqaug_sklearn.reporting import Result
from seqaug_sklearn.utils import check_generator, invalid_data, invalid_parameter, require_memory
from seqaug_sklearn.utils import progress as progress_bar

__all__ = ["Interactions", "shap_interactions"]

_EXACT = 10  # positions of which all coalitions are tried by default
_SAMPLES = 50


@dataclass(frozen=True, eq=False, repr=False)
class Interactions(Result):
    """Interactions of pairs of positions, made by :func:`shap_interactions`.

    Attributes
    ----------
    values : float64 ndarray of shape (n_samples, n_positions, n_positions)
        Interaction of each pair in units of the output; symmetric, zero on the diagonal.
    standard_error : float64 ndarray of the same shape or None
        Of the mean over the coalitions drawn; None where all were tried.
    quantity : str
        Name of the quantity.
    positions : intp ndarray of shape (n_positions,)
        Positions, 0-based.
    symbols : ndarray of str of shape (n_samples, n_positions)
        Residue at each position.
    target : ndarray of shape (n_samples,)
        Class explained in each row.
    identifiers : ndarray of shape (n_samples,) or None
        Index of a Series or one-column frame.
    """

    _title = "Which positions act together"

    values: Any
    standard_error: Any
    quantity: str
    positions: Any
    symbols: Any
    target: Any
    identifiers: Any = None

    def __len__(self):
        return len(self.values)

    def verdict(self):
        """Say what was measured, and which pair interacts most.

        Returns
        -------
        list of str
        """
        n_samples, n_positions = self.values.shape[:2]
        told = [f"{self.quantity} of {n_positions} positions in {n_samples} sequences."]
        table = self.to_frame()
        if len(table):
            top = table.loc[table["interaction"].abs().idxmax()]
            told.append(f"Largest: {top['first']} and {top['second']} of row {top['row']}, {top['interaction']:+.3g}.")
        return told

    def to_frame(self):
        """Return a table with one row per sequence and pair.

        Returns
        -------
        pandas.DataFrame
            Columns ``row, identifier, first, second`` (named as features, "12_G"), ``interaction, standard_error``;
            identifier and standard_error only where there are any.
        """
        import pandas as pd

        one, two = np.triu_indices(len(self.positions), 1)
        names = np.char.add(np.char.add(self.positions.astype(str), "_"), self.symbols)
        columns = {"row": np.repeat(np.arange(len(self)), len(one))}
        if self.identifiers is not None:
            columns["identifier"] = np.repeat(self.identifiers, len(one))
        columns |= {"first": names[:, one].ravel(), "second": names[:, two].ravel()}
        columns["interaction"] = self.values[:, one, two].ravel()
        if self.standard_error is not None:
            columns["standard_error"] = self.standard_error[:, one, two].ravel()
        return pd.DataFrame(columns)


def shap_interactions(
    estimator,
    X,
    *,
    positions=None,
    target=None,
    background="uniform",
    n_background=10,
    n_samples=None,
    alphabet="dna",
    batch_size=None,
    device=None,
    random_state=None,
    progress=False,
):
    r"""Shapley interaction index of pairs of positions.

    What two residues do to the output together beyond the sum of what each does alone, averaged over what the other
    positions hold. The window paper's panel of "interactions" shows no such number: it draws values of single
    positions for several classes with a plot that takes any three-dimensional array for interactions.

    Parameters
    ----------
    estimator : fitted classifier
        As in :func:`sequence_attributions`, without ``WindowAugmenter``: pass windows to the steps behind it.
    X : array-like of shape (n_samples, ...)
        What ``estimator.predict`` takes; text for classifiers without a network.
    positions : array-like of int, default=None
        Positions whose pairs are examined, 0-based; all other residues stay as they are. All by default.
    target, background, n_background, alphabet, batch_size, device
        As in :func:`sequence_attributions`. Backgrounds must be exactly one-hot or text.
    n_samples : int, default=None
        Coalitions drawn for each row. None tries all of up to ten positions, and draws 50 for more. A coalition costs
        one output for each pair.
    random_state : int, RandomState, Generator or None, default=None
        Seed of drawn backgrounds and coalitions.
    progress : bool, default=False
        Show a progress bar.

    Returns
    -------
    Interactions

    Raises
    ------
    InvalidParameterError
        If positions do not exist or repeat, fewer than two are left, or as in :func:`sequence_attributions`.

    Notes
    -----
    For positions :math:`i, j` of :math:`N`, with :math:`f(S)` the mean output with the residues of :math:`S` kept and
    the other positions of :math:`N` exchanged for the background [1]_:

    .. math:: I_{ij} = \sum_{S \subseteq N \setminus \{i, j\}} \frac{|S|!\,(|N| - |S| - 2)!}{(|N| - 1)!}
       \left[f(S \cup \{i, j\}) - f(S \cup \{i\}) - f(S \cup \{j\}) + f(S)\right]

    Where coalitions are drawn, each position is kept with a probability that is itself drawn uniformly, which gives
    every :math:`S` its weight.

    References
    ----------
    .. [1] M. Grabisch and M. Roubens, An axiomatic approach to the concept of interaction among players in cooperative
       games, International Journal of Game Theory 28 (1999), :doi:`10.1007/s001820050125`.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.inspection import shap_interactions
    >>> pairs = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), LogisticRegression())
    >>> pairs = pairs.fit(["ACAC", "TACT", "TTTT", "CCAA"], ["AC", "AC", "none", "none"])
    >>> interactions = shap_interactions(pairs, ["TTACTT"], target="AC", background="zeros")
    >>> interactions.to_frame().nlargest(1, "interaction")[["first", "second"]].values.tolist()
    [['2_A', '3_C']]
    """
    check_counts(n_background=n_background, n_samples=n_samples, batch_size=batch_size)
    rng = check_generator(random_state)
    explained = read_explained(estimator, X, gradients=None, device=device, alphabet=alphabet)
    if explained.parents is not None:
        raise invalid_data(
            "X",
            "is cut by WindowAugmenter, and positions of windows are not positions of X; pass the pipeline behind it, "
            "estimator[1:], and windows",
        )
    model, rows = explained.model, explained.rows
    rows = replace(rows, target=resolve_target(estimator, X, model.outputs, target, rows))
    background = make_background(background, rows, model, n_background, rng)
    if background.soft is not None:
        raise invalid_parameter("background", "must be text or exactly one-hot, because interactions exchange residues")
    positions = _check_positions(positions, rows.codes.shape[1])
    exact = n_samples is None and len(positions) <= _EXACT
    _check_size(len(rows), len(positions), 0 if exact else n_samples or _SAMPLES)
    results = []
    for row in progress_bar(range(len(rows)), description="interactions", enabled=progress, unit="row"):
        own = rows.take([row])
        letters = background.letters_of(own, [row], len(model.alphabet))[0]
        game = CoalitionGame(model, own, letters, positions, batch_size or model.batch_size)
        p = len(positions)
        results.append((_exact(game, p), None) if exact else _sampled(game, p, n_samples or _SAMPLES, rng))
    values, errors = zip(*results, strict=True)
    alphabet = model.alphabet
    return Interactions(
        values=np.stack(values),
        standard_error=None if exact else np.stack(errors),
        quantity="Shapley interaction index" + ("" if exact else f", {n_samples or _SAMPLES} coalitions drawn"),
        positions=positions,
        symbols=np.array([*alphabet.symbols, alphabet.unknown_symbol])[rows.codes[:, positions]],
        target=model.outputs.names[rows.target],
        identifiers=rows.identifiers,
    )


def _check_positions(positions, length):
    if positions is None:
        positions = np.arange(length)
    positions = np.asarray(positions)
    bad = positions.ndim != 1 or positions.dtype.kind not in "iu" or len(positions) < 2
    if bad or positions.min() < 0 or positions.max() >= length or len(np.unique(positions)) != len(positions):
        raise invalid_parameter(
            "positions", f"must be at least two different ints from 0 to {length - 1}, got {positions.tolist()!r:.80}"
        )
    return positions.astype(np.intp)


def _check_size(n_rows, p, n_drawn):
    n_pairs = p * (p - 1) // 2
    drawn = (8.0 * n_drawn + p) * n_pairs if n_drawn else 0.0
    require_memory(
        8.0 * n_rows * p * p * (2 if n_drawn else 1) + drawn,
        f"the interactions of {n_pairs} pairs of positions in {n_rows} rows",
        "choose fewer positions=, or explain fewer rows at a time",
    )


def _exact(game, p):
    """Interaction index (p, p) from all 2 ** p coalitions."""
    coalitions = np.arange(1 << p)
    # (2**p, p): bit i of a coalition's number says whether position i is kept, so its output stands at that number
    kept = coalitions[:, None] >> np.arange(p) & 1
    output, size = game(kept), kept.sum(axis=1)
    weights = _weights(p)
    values = np.zeros((p, p))
    for i, j in zip(*np.triu_indices(p, 1), strict=True):
        # all coalitions without i and j; setting the bits gives the other three corners
        others = coalitions[(kept[:, i] == 0) & (kept[:, j] == 0)]
        i_bit, j_bit = 1 << i, 1 << j
        both = output[others | i_bit | j_bit] - output[others | i_bit] - output[others | j_bit] + output[others]
        values[i, j] = values[j, i] = weights[size[others]] @ both
    return values


def _weights(p):
    """Weight of a coalition by its size, 0 to p - 2: 1 / ((p - 1) * number of coalitions of that size)."""
    number, weights = 1, []
    for size in range(p - 1):
        weights.append(1 / ((p - 1) * number))
        # the next binomial coefficient of p - 2
        number = number * (p - 2 - size) // (size + 1)
    return np.array(weights)


def _sampled(game, p, n_samples, rng):
    """Mean over drawn coalitions (p, p) and its standard error (p, p)."""
    one, two = np.triu_indices(p, 1)
    # one share from each of n equal stretches of [0, 1): evenly spread, hence less noise than independent draws
    shares = (rng.permutation(n_samples) + rng.random(n_samples)) / n_samples
    draws = np.empty((n_samples, len(one)))
    for number, share in enumerate(shares):
        kept = rng.random(p) < share
        # the coalition, each position flipped, each pair flipped: one call gives the second differences of all pairs
        flips = np.zeros((1 + p + len(one), p), bool)
        flips[1 + np.arange(p), np.arange(p)] = True
        flips[1 + p + np.arange(len(one)), one] = flips[1 + p + np.arange(len(one)), two] = True
        output = game(kept ^ flips)
        single, double = output[1 : 1 + p], output[1 + p :]
        # the same second difference from any of the four corners, up to its sign
        sign = np.where(kept[one] == kept[two], 1, -1)
        draws[number] = sign * (output[0] - single[one] - single[two] + double)
    values, errors = np.zeros((2, p, p))
    values[one, two] = draws.mean(axis=0)
    errors[one, two] = draws.std(axis=0, ddof=1 if n_samples > 1 else 0) / np.sqrt(n_samples)
    return values + values.T, errors + errors.T
