"""A fitted model's answer as one number per row: a logit of the class or label that is explained, or the number."""

import contextlib
from typing import Any

import numpy as np

from seqaug_sklearn.inspection._outputs import answers_in_columns, outputs_of
from seqaug_sklearn.utils import marked_bag, replaced_text, resolve_device

__all__ = ["NetworkModel", "TextModel", "is_recurrent", "weighs_positions"]

_RESIDUES = 1 << 16  # per pass through a network, of which gradients keep all activations
_TEXTS = 2048


def is_recurrent(module):
    """Whether a network has a recurrent layer, for which neither DeepLIFT's rule nor cuDNN's backward pass holds."""
    import torch

    return any(isinstance(part, (torch.nn.RNNBase, torch.nn.RNNCellBase)) for part in module.modules())


def weighs_positions(module):
    """Whether a network pools positions by weights that depend on the positions, for which DeepLIFT has no rule."""
    from seqaug_sklearn.networks import MotifCNN

    weighing = {"log_sum_exp", "attention"}
    return any(isinstance(part, MotifCNN) and weighing & set(part.pooling.kinds) for part in module.modules())


class NetworkModel:
    """A neural estimator of the toolkit: reads one-hot and can be differentiated.

    Letters are codes: the symbols, then ``n_symbols`` = zeros, then ``n_symbols + 1`` = all symbols equally.

    Parameters
    ----------
    network : fitted estimator with ``logits_module``
        It is copied.
    alphabet : Alphabet
        Meaning of its columns.
    device : str or None
        Where the copy computes; where the network lies by default.
    covariates : float32 ndarray of shape (n_rows, n_covariates), default=None
        Standardised covariates of the rows that are explained, which stay as they are; None where it reads none.
    """

    def __init__(self, network, alphabet, device, covariates=None):
        self.module = network.logits_module(None if device is None else resolve_device(device))
        self.device = next(self.module.parameters()).device
        self.alphabet, self.outputs, self.length = alphabet, outputs_of(network), network.length_
        self.covariates: Any = None if covariates is None else self.tensor(covariates)
        # what a difference in the output is measured by; of logits one
        self.units = np.asarray(getattr(network, "target_scale_", np.ones(len(self.outputs.names))), np.float64)
        self.recurrent = is_recurrent(self.module)
        self.batch_size = max(32, _RESIDUES // self.length)
        n = len(alphabet)
        self.letter_of_code = np.arange(n + 1, dtype=np.uint8)
        self.uniform_letter = np.uint8(n + 1)
        # (n + 2, n): symbols, zeros, and all symbols equally
        table = np.concatenate([np.eye(n), np.zeros((1, n)), np.full((1, n), 1 / n)]).astype(np.float32)
        self._table = self.tensor(table)

    def tensor(self, array):
        """The array on the model's device."""
        import torch

        return torch.from_numpy(np.require(array, requirements=["C", "W"])).to(self.device)

    def one_hot(self, letters):
        """Float32 tensor (..., n_symbols) of letters."""
        return self._table[self.tensor(letters).long()]

    def about(self, rows):
        """What an output of rows depends on beside the residues, int tensors (n,): length, what is explained, row of X.

        The last of them only where covariates are read.
        """
        beside = [] if self.covariates is None else [rows.places]
        return [self.tensor(values) for values in (rows.lengths, rows.target, *beside)]

    def margin(self, x, lengths, target, places=None):
        """Explained output (n,) of one-hot tensors (n, length, n_symbols); differentiable."""
        import torch

        x = torch.nn.functional.pad(x, (0, 0, 0, self.length - x.shape[1]))
        with self.differentiable():
            logits = self.module(x, lengths, *self.beside(places))
        return self.outputs.margin(logits, target)

    def beside(self, places):
        """What the module reads behind the lengths: covariates of these rows of X, or nothing."""
        return [] if places is None else [self.covariates[places]]

    def path_gradient(self, start, end, about, alphas, weights, batch_size):
        """Weighted sum of gradients at points on the straight way from one sequence to another.

        Points are taken behind the affine beginning of the network, where it has one: what that makes of both ends is
        computed once, and its transpose is applied once, to the sum.

        Parameters
        ----------
        start, end : Tensor of shape (n, length, n_symbols)
            Ends of the ways.
        about : list of int Tensor of shape (n,)
            As :meth:`about` gives it.
        alphas, weights : float Tensor of shape (m,)
            Where the points lie, 0 at the start and 1 at the end, and their weights.
        batch_size : int
            Most points at a time.

        Returns
        -------
        Tensor of shape (n, length, n_symbols)
        """
        import torch

        length, room, lengths = end.shape[1], (0, 0, 0, self.length - end.shape[1]), about[0]
        start, end = (torch.nn.functional.pad(x, room) for x in (start, end))
        with torch.no_grad():
            # an affine stem maps the straight way to a straight way: lerp of the ends is the stem of the lerp
            ends = list(zip(self._stem(start, lengths), self._stem(end, lengths), strict=True))
        total = [torch.zeros_like(high) for _, high in ends]
        for places, shares in zip(*(x.split(max(1, batch_size // len(end))) for x in (alphas, weights)), strict=True):
            m = len(places)
            # (n * m, ...): the m points of each way, one after the other
            points = [
                torch.lerp(low[:, None], high[:, None], places.view(-1, *[1] * (low.ndim - 1))).flatten(0, 1)
                for low, high in ends
            ]
            points = [point.requires_grad_() for point in points]
            repeated = [values.repeat_interleave(m) for values in about]
            with self.differentiable():
                logits = self._head(points, *repeated)
            output = self.outputs.margin(logits, repeated[1]) * shares.repeat(len(end))
            for sums, gradient in zip(total, torch.autograd.grad(output.sum(), points), strict=True):
                sums += gradient.unflatten(0, (-1, m)).sum(1)
        x = torch.zeros_like(end).requires_grad_()
        # the gradient of an affine map is the same everywhere, so one backward pass from zero carries the summed
        # gradients back to the input
        return torch.autograd.grad(self._stem(x, lengths), x, total)[0][:, :length]

    def _stem(self, x, lengths):
        # covariates act on the outputs, behind any beginning
        has_stem = self.covariates is None and hasattr(self.module, "stem")
        return self.module.stem(x, lengths) if has_stem else [x]

    def _head(self, points, lengths, target, places=None):
        if self.covariates is None and hasattr(self.module, "stem"):
            return self.module.head(points)
        return self.module(points[0], lengths, *self.beside(places))

    def differentiable(self):
        """Context of forward passes: cuDNN has no backward pass of an LSTM in evaluation mode."""
        import torch

        cudnn_off = self.recurrent and self.device.type == "cuda"
        return torch.backends.cudnn.flags(enabled=False) if cudnn_off else contextlib.nullcontext()

    def score(self, letters, rows, batch_size):
        """Explained output of letters (n, length) in place of those of ``rows``: float64 (n,)."""
        import torch

        parts, about = [], self.about(rows)
        with torch.no_grad():
            for start in range(0, len(letters), batch_size):
                part = slice(start, start + batch_size)
                own = [values[part] for values in about]
                parts.append(self.margin(self.one_hot(letters[part]), *own).cpu().numpy())
        return np.concatenate(parts).astype(np.float64)


class TextModel:
    """Any fitted classifier or regressor that reads text. Letters are code points.

    Parameters
    ----------
    estimator : fitted estimator
        A classifier with ``decision_function`` or ``predict_proba``, or a regressor.
    alphabet : Alphabet
        Alphabet of the text.
    reads_bags : bool
        Whether it reads bags of windows, which then hold one window.
    frame : DataFrame of shape (n_rows, 1 + n_covariates), default=None
        Rows that are explained, whose covariates stay as they are; None where they have none.
    """

    uniform_letter = None
    batch_size = _TEXTS

    def __init__(self, estimator, alphabet, reads_bags, frame=None):
        self.estimator, self.alphabet, self.reads_bags, self.frame = estimator, alphabet, reads_bags, frame
        self.outputs = outputs_of(estimator)
        self.units = np.ones(len(self.outputs.names)) if self.outputs.kind != "number" else None
        self.letter_of_code = alphabet.letters.astype(np.uint32)

    def score(self, letters, rows, batch_size):
        """Explained output of letters (n, length) in place of those of ``rows``: float64 (n,)."""
        parts = []
        for start in range(0, len(letters), batch_size):
            part = np.ascontiguousarray(letters[start : start + batch_size])
            texts = part.view(f"U{part.shape[1]}")
            own = rows.places[start : start + batch_size]
            answers = self._answers(marked_bag(texts) if self.reads_bags else self._beside_covariates(texts[:, 0], own))
            parts.append(answers[np.arange(len(part)), rows.target[start : start + batch_size]])
        return np.concatenate(parts)

    def _beside_covariates(self, texts, places):
        """Texts, each with the covariates of its row of X where there are some."""
        return texts if self.frame is None else replaced_text(self.frame, texts.tolist(), places)

    def _answers(self, X):
        """Outputs (n, n_outputs)."""
        return answers_in_columns(self.estimator, self.outputs, X)
