"""The methods behind :func:`sequence_attributions`, block by block."""

import copy
import warnings

import numpy as np
import torch
from torch import nn

from seqaug_sklearn.inspection._perturbations import CoalitionGame, kernel_shap, mutate_everywhere
from seqaug_sklearn.utils import Parameter, draw_seed, import_optional, invalid_parameter

__all__ = [
    "GRADIENTS",
    "LARGEST_GAP",
    "METHODS",
    "WITHOUT_BACKGROUND",
    "Explainer",
    "deep_lift",
    "expected_gradients",
    "integrated_gradients",
    "is_complete",
]


class Block:
    """Some rows and their background on the model's device, with running sums of gradients.

    Parameters
    ----------
    model : NetworkModel
        Model.
    rows : Rows
        Rows of the block.
    background : tensor of shape (r, k, length, n_symbols)
        Background of each row.
    batch_size : int
        Most one-hot rows per pass.
    """

    def __init__(self, model, rows, background, batch_size):
        self.model, self.rows, self.background, self.batch_size = model, rows, background, batch_size
        self.x = model.one_hot(rows.letters)
        self.about = model.about(rows)
        # (r, length, n_symbols): sums of w g and of w g b over points with gradient g, weight w and background b. Both
        # are linear, so attributions (x - b) g follow at the end, and no gradient is kept
        self.gradient, self.times_background = torch.zeros_like(self.x), torch.zeros_like(self.x)

    def outputs(self):
        """Output of the rows and mean output of their backgrounds: float64 arrays (r,)."""
        k = self.background.shape[1]
        # each row and its k backgrounds side by side: (r * (k + 1), length, n_symbols)
        everything = torch.cat([self.x[:, None], self.background], dim=1).flatten(0, 1)
        repeated = [values.repeat_interleave(k + 1) for values in self.about]
        with torch.no_grad():
            parts = zip(*(array.split(self.batch_size) for array in (everything, *repeated)), strict=True)
            margins = torch.cat([self.model.margin(*part) for part in parts])
        output = margins.double().cpu().numpy().reshape(-1, k + 1)
        return output[:, 0], output[:, 1:].mean(axis=1)

    def add_common_points(self, numbers, alphas, weights):
        """Add weighted gradients at the same points between each of some rows and each of its backgrounds.

        Parameters
        ----------
        numbers : int array of shape (r,)
            Rows of the block.
        alphas, weights : float arrays of shape (m,)
            Where the points lie, 0 at the background and 1 at the row, and their weights; backgrounds are averaged.
        """
        k = self.background.shape[1]
        alphas, weights = (self.model.tensor(array.astype(np.float32)) for array in (alphas, weights / k))
        pairs = self.model.tensor((numbers[:, None] * k + np.arange(k)).ravel())
        for part in pairs.split(max(1, self.batch_size // len(alphas))):
            row, background = part // k, self.background[part // k, part % k]
            about = [values[row] for values in self.about]
            gradient = self.model.path_gradient(background, self.x[row], about, alphas, weights, self.batch_size)
            self.add(row, gradient, background)

    def add_random_points(self, numbers, picks, alphas, weights):
        """Add weighted gradients at points of their own between each of some rows and its backgrounds.

        Parameters
        ----------
        numbers : int array of shape (r,)
            Rows of the block.
        picks : int array of shape (r, m)
            Background of each point.
        alphas, weights : float arrays of shape (r, m)
            Where each point lies, 0 at the background and 1 at the row, and its weight.
        """
        numbers = np.repeat(numbers, picks.shape[1])
        to_tensor = self.model.tensor
        arrays = numbers, picks.ravel(), alphas.astype(np.float32).ravel(), weights.astype(np.float32).ravel()
        for row, pick, alpha, weight in zip(*(to_tensor(a).split(self.batch_size) for a in arrays), strict=True):
            background = self.background[row, pick]
            point = torch.lerp(background, self.x[row], alpha[:, None, None]).requires_grad_()
            output = self.model.margin(point, *(values[row] for values in self.about)).sum()
            self.add(row, torch.autograd.grad(output, point)[0] * weight[:, None, None], background)

    def add(self, row, gradient, background):
        """Add gradients (or multipliers) of rows against backgrounds."""
        self.gradient.index_add_(0, row, gradient)
        self.times_background.index_add_(0, row, gradient * background)

    def halve(self, numbers):
        """Halve the sums of rows, before as many points are added again."""
        numbers = self.model.tensor(numbers)
        self.gradient[numbers] /= 2
        self.times_background[numbers] /= 2

    def values(self):
        """Float32 array (r, length, n_symbols): mean gradient times (row - background)."""
        # sum of w g (x - b)
        return (self.gradient * self.x - self.times_background).cpu().numpy()

    def hypothetical(self):
        """Float32 array (r, length, n_symbols): mean of gradient times (symbol - background), over the columns."""
        known = self.x.any(dim=2, keepdim=True)
        # what each symbol would get in place of the one that is there, as DeepLIFT's hypothetical contributions: g at
        # the symbol less the sum of g b over the columns
        return ((self.gradient - self.times_background.sum(2, keepdim=True)) * known).cpu().numpy()


def integrated_gradients(block, n_steps, share, doublings):
    """Integrate the gradient from each background to the row; more steps where the gap is too large.

    Networks of ReLU have kinks along the way, for which no rule of higher order is better; the trapezoidal rule keeps
    all of its points when their number doubles.

    Parameters
    ----------
    block : Block
        Rows and their backgrounds.
    n_steps : int
        Steps of the first attempt.
    share : float
        Largest gap, as a share of the change of output.
    doublings : int
        How often the steps may double.
    """
    output, baseline = block.outputs()
    change, left = output - baseline, np.arange(len(block.rows))
    alphas = np.linspace(0, 1, n_steps + 1)
    # the trapezoidal rule: the ends count half
    weights = np.full(n_steps + 1, 1 / n_steps)
    weights[[0, -1]] /= 2
    for doubling in range(doublings + 1):
        block.add_common_points(left, alphas, weights)
        # completeness: attributions add up to f(x) - f(background) (Sundararajan et al. 2017, doi
        # 10.48550/arXiv.1703.01365, proposition 1); what is missing is the error of the integral
        gap = block.values().sum(axis=(1, 2), dtype=np.float64) - change
        left = np.flatnonzero(~is_complete(gap, change, share, block.model.units[block.rows.target]))
        if not len(left) or doubling == doublings:
            break
        block.halve(left)
        # the new points are the middles between the old ones, each with half of the old weight
        n = n_steps << doubling
        alphas, weights = (np.arange(n) + 0.5) / n, np.full(n, 0.5 / n)
    return output, baseline


def expected_gradients(block, n_samples, generator):
    """Average the gradient over random points between random backgrounds and the row.

    ``generator`` is a legacy ``RandomState``, asked in the order in which ``shap.GradientExplainer`` asks NumPy's
    global one: equal seeds give equal values.
    """
    n, k = len(block.rows), block.background.shape[1]
    # shap draws background and point in turn, row by row
    draws = [(generator.choice(k), generator.uniform()) for _ in range(n * n_samples)]
    picks, alphas = np.array(draws).reshape(n, n_samples, 2).transpose(2, 0, 1)
    weights = np.full(picks.shape, 1 / n_samples)
    block.add_random_points(np.arange(n), picks.astype(np.intp), alphas, weights)
    return block.outputs()


def deep_lift(block):
    """DeepLIFT's multipliers (rescale rule) by captum, averaged over the backgrounds."""
    attr = import_optional("captum.attr", extra="explain", purpose="method='deep_lift'")
    module = _Margin(_ready_for_captum(copy.deepcopy(block.model.module)), block.model)
    # multipliers, not contributions: `values` and `hypothetical` multiply them by x - b and by symbols
    explainer = attr.DeepLift(module, multiply_by_inputs=False)
    n, k = block.background.shape[:2]
    for pairs in torch.arange(n * k, device=block.x.device).split(block.batch_size):
        row, pick = pairs // k, pairs % k
        background = block.background[row, pick]
        about = tuple(values[row] for values in block.about)
        with warnings.catch_warnings():
            # the hooks sit on a copy
            warnings.filterwarnings("ignore", message="Setting forward, backward hooks")
            x = block.x[row].requires_grad_()
            multipliers = explainer.attribute(x, background, additional_forward_args=about)
        block.add(row, multipliers / k, background)
    return block.outputs()


class _Margin(nn.Module):
    """Explained output as a module, which is what captum hooks."""

    def __init__(self, module, model):
        super().__init__()
        self.module, self.model = module, model

    def forward(self, x, lengths, target, places=None):
        x = nn.functional.pad(x, (0, 0, 0, self.model.length - x.shape[1]))
        return self.model.outputs.margin(self.module(x, lengths, *self.model.beside(places)), target)


def _ready_for_captum(module):
    """Max-pooling as torch's own class, which is all that captum knows the rule of, with copies around it.

    Captum reads a layer's gradient before the rule of the next one has changed it where the two share a tensor.
    """
    for parent in list(module.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.MaxPool1d):
                pooling = nn.MaxPool1d(child.kernel_size, child.stride, child.padding)
                setattr(parent, name, nn.Sequential(_Copy(), pooling, _Copy()))
    return module


class _Copy(nn.Module):
    def forward(self, x):
        return x.clone()


GRADIENTS = ("integrated_gradients", "shap_gradient", "deep_lift")
METHODS = (*GRADIENTS, "kmer_weights", "shap_kernel", "mutagenesis")
WITHOUT_BACKGROUND = ("kmer_weights", "mutagenesis")
LARGEST_GAP = {
    "integrated_gradients": 0.01, "shap_gradient": 0.05, "deep_lift": 0.05, "shap_kernel": 0.05, "kmer_weights": 1e-6
}  # fmt: skip
"""Share of the change of output that a completeness gap may have without a warning."""

_DOUBLINGS = 7
_NEGLIGIBLE = 1e-3  # of the unit, of log-odds one: too little to change an answer, whatever its share of the change
_BLOCK_RESIDUES = 1 << 17  # of rows and their backgrounds, held as one-hot at a time


def is_complete(gap, change, share, unit):
    """Whether gaps are at most a share of the change of output, or negligible beside the unit of each."""
    return np.abs(gap) <= np.maximum(share * np.abs(change), _NEGLIGIBLE * unit)


class Explainer:
    """A method with its options.

    Parameters
    ----------
    method : str
        One of ``METHODS``.
    model : NetworkModel or TextModel
        What is explained.
    background : Background or None
        None for methods without one.
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
        if self.method == "kmer_weights":
            return max(1, _BLOCK_RESIDUES // length)
        if self.method == "mutagenesis":
            # mutants of a block fill about four batches
            return max(1, 4 * self.batch_size // (length * len(self.model.alphabet)))
        return max(1, _BLOCK_RESIDUES // (length * (self.background.size + 1)))

    def _explain_block(self, rows, numbers):
        if self.method == "mutagenesis":
            return self._by_mutants(rows)
        if self.method == "kmer_weights":
            return self._by_kmers(rows)
        if self.method == "shap_kernel":
            return self._by_coalitions(rows, numbers)
        return self._by_gradients(rows, numbers)

    def _by_gradients(self, rows, numbers):
        from seqaug_sklearn.inspection._methods import Block, deep_lift, expected_gradients, integrated_gradients

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
            raise invalid_parameter(
                Parameter("n_samples", self.n_samples),
                f"coalitions cannot separate {n_positions} positions; method='shap_kernel' "
                f"needs at least two for each position, here {2 * n_positions}",
            )
        return self.n_samples

    def _by_kmers(self, rows):
        values, output, baseline = self.model.explain(rows)
        hypothetical = self.model.hypothetical(rows, values, self.batch_size) if self.hypothetical else None
        return _result(values, hypothetical, output, baseline)

    def _by_mutants(self, rows):
        values, output = mutate_everywhere(self.model, rows, self.batch_size)
        hypothetical = None
        if self.hypothetical:
            n_symbols = len(self.model.alphabet)
            # of each symbol: its output less the mean output of the others
            # values hold f(mutant) - f(row), 0 for the symbol that is there
            hypothetical = values - (values.sum(axis=2, keepdims=True) - values) / (n_symbols - 1)
            hypothetical[rows.codes == n_symbols] = 0
        return _result(values, hypothetical, output, np.full(len(rows), np.nan))


def _result(values, hypothetical, output, baseline):
    return {"values": values, "hypothetical": hypothetical, "output": output, "baseline_output": baseline}


def _concatenated(arrays):
    return None if arrays[0] is None else np.concatenate(arrays)
