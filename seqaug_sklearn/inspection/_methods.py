"""The methods behind :func:`sequence_attributions`, block by block."""

import numpy as np

from seqaug_sklearn.inspection._perturbations import CoalitionGame, kernel_shap, mutate_everywhere
from seqaug_sklearn.utils import draw_seed

__all__ = ["GRADIENTS", "LARGEST_GAP", "METHODS", "Explainer", "is_complete"]

GRADIENTS = ("integrated_gradients", "shap_gradient", "deep_lift")
METHODS = (*GRADIENTS, "shap_kernel", "mutagenesis")
LARGEST_GAP = {"integrated_gradients": 0.01, "shap_gradient": 0.05, "deep_lift": 0.05, "shap_kernel": 0.05}
"""Share of the change of output that a completeness gap may have without a warning."""

_DOUBLINGS = 7
_NEGLIGIBLE = 1e-3  # of log-odds: a gap that changes no answer, whatever its share of a change that is none itself
_BLOCK_RESIDUES = 1 << 17  # of rows and their backgrounds, held as one-hot at a time


def is_complete(gap, change, share):
    """Whether gaps are at most a share of the change of output, or negligible."""
    return np.abs(gap) <= np.maximum(share * np.abs(change), _NEGLIGIBLE)


class Explainer:
    """A method with its options.

    Parameters
    ----------
    method : str
        One of ``METHODS``.
    model : NetworkModel or TextModel
        What is explained.
    background : Background or None
        None for mutagenesis.
    n_steps, n_samples, hypothetical, batch_size
        As in ``sequence_attributions``.
    rng : numpy.random.Generator
        Source of randomness.
    """

    def __init__(self, method, model, background, n_steps, n_samples, hypothetical, batch_size, rng):
        self.method, self.model, self.background = method, model, background
        self.n_steps, self.n_samples, self.hypothetical = n_steps, n_samples, hypothetical
        self.batch_size = batch_size or model.batch_size
        self.rng = rng
        if method == "shap_gradient":
            self.legacy_generator = np.random.RandomState(draw_seed(rng))

    def explain(self, rows, numbers, bar):
        """Explain ``rows``, whose numbers among all rows are ``numbers``; ``bar`` is advanced by one for each.

        Returns
        -------
        dict
            ``values, hypothetical, output, baseline_output``.
        """
        size = self._rows_per_block(rows)
        parts = []
        for start in range(0, len(rows), size):
            part = np.arange(start, min(start + size, len(rows)))
            parts.append(self._explain_block(rows.take(part), numbers[part]))
            bar.update(len(part))
        return {name: _concatenated([part[name] for part in parts]) for name in parts[0]}

    def _rows_per_block(self, rows):
        length = rows.codes.shape[1]
        if self.method == "shap_kernel":
            return 1
        if self.method == "mutagenesis":
            return max(1, 4 * self.batch_size // (length * len(self.model.alphabet)))
        return max(1, _BLOCK_RESIDUES // (length * (self.background.size + 1)))

    def _explain_block(self, rows, numbers):
        if self.method == "mutagenesis":
            return self._by_mutants(rows)
        if self.method == "shap_kernel":
            return self._by_coalitions(rows, numbers)
        return self._by_gradients(rows, numbers)

    def _by_gradients(self, rows, numbers):
        from seqaug_sklearn.inspection._gradients import Block, deep_lift, expected_gradients, integrated_gradients

        block = Block(self.model, rows, self.background.one_hot_of(rows, numbers, self.model), self.batch_size)
        if self.method == "integrated_gradients":
            outputs = integrated_gradients(block, self.n_steps, LARGEST_GAP[self.method], _DOUBLINGS)
        elif self.method == "shap_gradient":
            outputs = expected_gradients(block, self.n_samples or 200, self.legacy_generator)
        else:
            outputs = deep_lift(block)
        hypothetical = block.hypothetical() if self.hypothetical else None
        return _result(block.values(), hypothetical, *outputs)

    def _by_coalitions(self, rows, numbers):
        n_symbols = len(self.model.alphabet)
        values = np.zeros((*rows.codes.shape, n_symbols), np.float32)
        positions = np.flatnonzero(rows.codes[0] < n_symbols)
        background = self.background.letters_of(rows, numbers, n_symbols)[0]
        game = CoalitionGame(self.model, rows, background, positions, self.batch_size)
        shares, output, baseline = kernel_shap(game, self._n_coalitions(len(positions)), draw_seed(self.rng))
        values[0, positions, rows.codes[0, positions]] = shares
        return _result(values, None, np.array([output]), np.array([baseline]))

    def _n_coalitions(self, n_positions):
        if self.n_samples is None:
            return "auto"
        if self.n_samples < 2 * n_positions:
            raise ValueError(
                f"n_samples={self.n_samples} coalitions cannot tell {n_positions} positions apart; "
                f"method='shap_kernel' needs at least two for each position, here {2 * n_positions}"
            )
        return self.n_samples

    def _by_mutants(self, rows):
        values, output = mutate_everywhere(self.model, rows, self.batch_size)
        hypothetical = None
        if self.hypothetical:
            n_symbols = len(self.model.alphabet)
            # of each symbol: its output less the mean output of the others
            hypothetical = values - (values.sum(axis=2, keepdims=True) - values) / (n_symbols - 1)
            hypothetical[rows.codes == n_symbols] = 0
        return _result(values, hypothetical, output, np.full(len(rows), np.nan))


def _result(values, hypothetical, output, baseline):
    return {"values": values, "hypothetical": hypothetical, "output": output, "baseline_output": baseline}


def _concatenated(arrays):
    return None if arrays[0] is None else np.concatenate(arrays)
