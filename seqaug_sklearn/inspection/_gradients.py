"""Attributions of a network by its gradients: integrated, expected (SHAP), DeepLIFT."""

import copy
import warnings

import numpy as np
import torch
from torch import nn

from seqaug_sklearn.inspection._methods import is_complete
from seqaug_sklearn.inspection._models import margin_of_logits
from seqaug_sklearn.utils import import_optional

__all__ = ["deep_lift", "expected_gradients", "integrated_gradients"]


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
        self.lengths, self.target = model.tensor(rows.lengths), model.tensor(rows.target)
        self.gradient, self.times_background = torch.zeros_like(self.x), torch.zeros_like(self.x)

    def outputs(self):
        """Output of the rows and mean output of their backgrounds: float64 arrays (r,)."""
        k = self.background.shape[1]
        everything = torch.cat([self.x[:, None], self.background], dim=1).flatten(0, 1)
        lengths, target = (about.repeat_interleave(k + 1) for about in (self.lengths, self.target))
        with torch.no_grad():
            parts = zip(*(array.split(self.batch_size) for array in (everything, lengths, target)), strict=True)
            output = torch.cat([self.model.margin(*part) for part in parts])
        output = output.double().cpu().numpy().reshape(-1, k + 1)
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
            about = self.lengths[row], self.target[row], alphas, weights, self.batch_size
            self.add(row, self.model.path_gradient(background, self.x[row], *about), background)

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
            output = self.model.margin(point, self.lengths[row], self.target[row]).sum()
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
        return (self.gradient * self.x - self.times_background).cpu().numpy()

    def hypothetical(self):
        """Float32 array (r, length, n_symbols): mean of gradient times (symbol - background), over the columns."""
        known = self.x.any(dim=2, keepdim=True)
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
    weights = np.full(n_steps + 1, 1 / n_steps)
    weights[[0, -1]] /= 2
    for doubling in range(doublings + 1):
        block.add_common_points(left, alphas, weights)
        gap = block.values().sum(axis=(1, 2), dtype=np.float64) - change
        left = np.flatnonzero(~is_complete(gap, change, share))
        if not len(left) or doubling == doublings:
            break
        block.halve(left)
        n = n_steps << doubling
        alphas, weights = (np.arange(n) + 0.5) / n, np.full(n, 0.5 / n)
    return output, baseline


def expected_gradients(block, n_samples, generator):
    """Average the gradient over random points between random backgrounds and the row.

    ``generator`` is a legacy ``RandomState``, asked in the order in which ``shap.GradientExplainer`` asks NumPy's
    global one: equal seeds give equal values.
    """
    n, k = len(block.rows), block.background.shape[1]
    draws = [(generator.choice(k), generator.uniform()) for _ in range(n * n_samples)]
    picks, alphas = np.array(draws).reshape(n, n_samples, 2).transpose(2, 0, 1)
    weights = np.full(picks.shape, 1 / n_samples)
    block.add_random_points(np.arange(n), picks.astype(np.intp), alphas, weights)
    return block.outputs()


def deep_lift(block):
    """DeepLIFT's multipliers (rescale rule) by captum, averaged over the backgrounds."""
    attr = import_optional("captum.attr", extra="explain", purpose="method='deep_lift'")
    module = _Margin(_ready_for_captum(copy.deepcopy(block.model.module)), block.model.length)
    explainer = attr.DeepLift(module, multiply_by_inputs=False)
    n, k = block.background.shape[:2]
    for pairs in torch.arange(n * k, device=block.x.device).split(block.batch_size):
        row, pick = pairs // k, pairs % k
        background = block.background[row, pick]
        about = block.lengths[row], block.target[row]
        with warnings.catch_warnings():
            # the hooks sit on a copy
            warnings.filterwarnings("ignore", message="Setting forward, backward hooks")
            x = block.x[row].requires_grad_()
            multipliers = explainer.attribute(x, background, additional_forward_args=about)
        block.add(row, multipliers / k, background)
    return block.outputs()


class _Margin(nn.Module):
    """Explained output as a module, which is what captum hooks."""

    def __init__(self, module, length):
        super().__init__()
        self.module, self.length = module, length

    def forward(self, x, lengths, target):
        x = nn.functional.pad(x, (0, 0, 0, self.length - x.shape[1]))
        return margin_of_logits(self.module(x, lengths), target)


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
