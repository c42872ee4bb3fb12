"""Attributions of any classifier by exchanging residues: mutagenesis, coalitions of positions (SHAP)."""

import contextlib
import threading
import warnings

import numpy as np

from seqaug_sklearn.inspection._backgrounds import match_case

__all__ = ["CoalitionGame", "kernel_shap", "legacy_seed_scope", "mutants", "mutate_everywhere"]

_LEGACY_LOCK = threading.RLock()


def mutate_everywhere(model, rows, batch_size):
    """Change of output for each symbol at each known position.

    Parameters
    ----------
    model : NetworkModel or TextModel
        Model.
    rows : Rows
        Sequences.
    batch_size : int
        Most mutants at a time.

    Returns
    -------
    values : float32 ndarray of shape (n, length, n_symbols)
        ``f(row with the symbol at the position) - f(row)``; zero at unknown positions.
    output : float64 ndarray of shape (n,)
        ``f(row)``.
    """
    n_symbols = len(model.alphabet)
    output = model.score(rows.letters, rows, batch_size)
    values = np.zeros((*rows.codes.shape, n_symbols), np.float32)
    for row, position, symbol in mutants(rows, n_symbols, batch_size):
        letters = rows.letters[row]
        place = np.arange(len(row)), position
        # a model of text may read lower case differently
        letters[place] = match_case(model.letter_of_code[symbol], letters[place])
        values[row, position, symbol] = model.score(letters, rows.take(row), batch_size) - output[row]
    return values, output


def mutants(rows, n_symbols, batch_size):
    """Yield (row, position, symbol) of all exchanges of known residues, three arrays of equal length at a time."""
    codes = rows.codes[:, :, None]
    changed = np.nonzero((codes != np.arange(n_symbols)) & (codes < n_symbols))
    for start in range(0, len(changed[0]), batch_size):
        yield tuple(index[start : start + batch_size] for index in changed)


class CoalitionGame:
    """Output of one row with some positions kept and the others exchanged for the background.

    Parameters
    ----------
    model : NetworkModel or TextModel
        Model.
    row : Rows of one row
        Sequence.
    background : ndarray of shape (k, length)
        Letters; outputs are averaged over them.
    positions : int ndarray of shape (p,)
        Players; all other positions are kept.
    batch_size : int
        Most sequences at a time.
    """

    def __init__(self, model, row, background, positions, batch_size):
        self.model, self.row, self.background = model, row, background
        self.positions, self.batch_size = positions, batch_size

    def __call__(self, kept):
        """Outputs (m,) of coalitions: array (m, p), nonzero where the position is kept."""
        kept = np.asarray(kept) != 0
        letters = self.row.letters[0]
        total = np.zeros(len(kept))
        for background in self.background:
            # (m, length) letters: kept positions from the row, the others from the background
            mixed = np.repeat(letters[None], len(kept), axis=0)
            mixed[:, self.positions] = np.where(kept, letters[self.positions], background[self.positions])
            total += self.model.score(mixed, self.row.take(np.zeros(len(kept), np.intp)), self.batch_size)
        return total / len(self.background)


def kernel_shap(game, n_samples, seed):
    """Shapley values of a game by ``shap.KernelExplainer``.

    Parameters
    ----------
    game : CoalitionGame
        Game.
    n_samples : int or "auto"
        Coalitions; "auto" is shap's own number, 2,048 + two for each position.
    seed : int
        Seed of the coalitions drawn.

    Returns
    -------
    values : float64 ndarray of shape (p,)
        One for each position.
    output, baseline : float
        Outputs with all positions kept and with none.
    """
    shap = _import_shap()
    p = len(game.positions)
    with legacy_seed_scope(seed):
        # players are 0/1: all 0 is the background, all 1 the row, and the game does the exchange
        explainer = shap.KernelExplainer(game, np.zeros((1, p)))
        # l1_reg=0: shap would otherwise keep ten positions and set the others to zero
        values = explainer.shap_values(np.ones((1, p)), nsamples=n_samples, l1_reg=0, silent=True)
    return np.asarray(values, np.float64).reshape(p), float(game(np.ones((1, p)))[0]), float(explainer.expected_value)


def _import_shap():
    """The package; its plots call what matplotlib deprecates when it is imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap
    return shap


@contextlib.contextmanager
def legacy_seed_scope(seed):
    """Seed NumPy's global generator inside the block, for packages that draw from it, and put it back."""
    with _LEGACY_LOCK:
        # shap draws from NumPy's global generator and has no seed of its own
        state = np.random.get_state()  # noqa: NPY002
        np.random.seed(seed)  # noqa: NPY002
        try:
            yield
        finally:
            np.random.set_state(state)  # noqa: NPY002
