"""One convolution of motif filters over both strands, pooled over all positions."""

import math

import torch
from torch import nn

from seqaug_sklearn.networks._dropout import Dropout
from seqaug_sklearn.networks._position_pooling import PositionNorm, PositionPooling
from seqaug_sklearn.utils import Parameter, invalid_parameter

__all__ = ["MotifCNN"]

_REST_OF_NOISE = 0.3
"""Share of its random start that a filter keeps which starts from a motif."""


class MotifCNN(nn.Module):
    """Motif filters that look everywhere, on the better strand, and report what they found wherever it lies.

    A filter is shared by all positions and by both strands, and what it finds is pooled over the whole row, so a motif
    that stands at another place in each of a few dozen rows can be learned from them. Networks that flatten positions
    into dense layers have to learn every place by itself.

    Parameters
    ----------
    n_symbols, length, n_classes : int
        Columns of the one-hot input, residues per row, and classes.
    n_filters : int, default=64
        Motif filters.
    kernel_size : int, default=12
        Width of a filter, in residues.
    complement : sequence of int or None, default=None
        Column of each symbol's complement: at each position the better of both strands counts, so the output does not
        depend on the strand that is given. None looks at the given strand only.
    pool : sequence of {"max", "mean", "log_sum_exp", "attention"}, default=("max", "mean")
        How each filter is pooled over the positions of a row; several poolings stand side by side.
    spacing_filters : int, default=0
        Filters of a second convolution, which reads motifs at a distance from each other; 0 has none.
    spacing_size : int, default=9
        Taps of the second convolution, an odd number.
    dilation : int, default=4
        Residues from one of its taps to the next.
    dropout : float, default=0.3
        Dropout before the output layer.

    Raises
    ------
    InvalidParameterError
        If `spacing_size` is even, which has no middle, or a pooling is not known.

    Notes
    -----
    Convolution without bias, better strand, batch normalisation over positions, ReLU, pooling, dropout, linear output.
    What a second convolution finds is pooled in the same way and stands beside the first; it is read in both
    directions, and the better counts. Zeros at the ends of a row are padding: filters centred there count neither in
    pooling nor in normalisation.

    Examples
    --------
    >>> import torch
    >>> MotifCNN(4, 300, 2, complement=(3, 2, 1, 0))(torch.zeros(3, 300, 4)).shape
    torch.Size([3, 2])
    """

    def __init__(
        self,
        n_symbols,
        length,
        n_classes,
        *,
        n_filters=64,
        kernel_size=12,
        complement=None,
        pool=("max", "mean"),
        spacing_filters=0,
        spacing_size=9,
        dilation=4,
        dropout=0.3,
    ):
        super().__init__()
        self.input_shape = (length, n_symbols)
        self.complement = None if complement is None else [int(column) for column in complement]
        # (filter, position, symbol), as one-hot rows lie in memory
        self.filters = nn.Parameter(torch.empty(n_filters, kernel_size, n_symbols))
        nn.init.kaiming_uniform_(self.filters.view(n_filters, -1), a=math.sqrt(5))
        self.better = nn.ReLU()
        self.norm = PositionNorm(n_filters)
        self.relu = nn.ReLU()
        self.pooling = PositionPooling(n_filters, pool)
        self.spacing, width = None, n_filters
        if spacing_filters:
            self.spacing = _Spacing(n_filters, spacing_filters, spacing_size, dilation, complement is not None, pool)
            width += spacing_filters
        self.dropout = Dropout(dropout)
        self.output = nn.Linear(width * len(pool), n_classes)

    def forward(self, x):
        """Map one-hot (n, length, n_symbols) to logits (n, n_classes)."""
        return self._logits(self._strands(x), x.sum(dim=2))

    def stem(self, x):
        """The filters on each strand and, last, how much of a symbol stands there: (n, positions, channels), affine."""
        # by the last column head knows the padding
        strands, symbols = self._strands(x), x.sum(dim=2)
        # a filter of even width has one place more than the row has positions
        symbols = nn.functional.pad(symbols, (0, strands[0].shape[1] - symbols.shape[1]))
        return torch.cat([*strands, symbols[:, :, None]], dim=2)

    def head(self, stem):
        """Logits (n, n_classes) from what :meth:`stem` gave: ``head(stem(x))`` is ``forward(x)``."""
        strands = stem[:, :, :-1].split(len(self.filters), dim=2)
        return self._logits(strands, stem[:, : self.input_shape[0], -1])

    def _strands(self, x):
        """Filters on the given strand and, of two, what they find more on the other: (n, places, n_filters) each."""
        size = self.filters.shape[1]
        padded = nn.functional.pad(x, (0, 0, size // 2, size // 2))
        # overlapping pieces (n, places, n_symbols, size) become rows of one matrix product
        pieces = padded.unfold(1, size, 1).transpose(2, 3).flatten(2)
        filters: list[torch.Tensor] = [self.filters]
        if self.complement is not None:
            filters.append(self.filters.flip(1)[:, :, self.complement] - self.filters)
        return [nn.functional.linear(pieces, weights.flatten(1)) for weights in filters]

    def _logits(self, strands, symbols):
        found, inside = strands[0], _inside(symbols.detach(), self.filters.shape[1])
        if len(strands) > 1:
            # the larger of a and b as a + relu(b - a), whose gradient costs a third of that of torch.maximum
            found = found + self.better(strands[1])
        found = self.relu(self.norm(found, inside))
        if inside is not None:
            # behind a ReLU, zero is what no filter found
            found = found * inside
        pooled = self.pooling(found, inside)
        if self.spacing is not None:
            pooled += self.spacing(found, inside)
        return self.output(self.dropout(torch.cat(pooled, dim=1)))

    @torch.no_grad()
    def start_from(self, matrices):
        """Let the first filters start from motifs; the others keep their random start.

        Parameters
        ----------
        matrices : sequence of ndarray of shape (width, n_symbols)
            Weights of symbols, such as log-odds, in order of importance. Wider ones than the filters are cut to their
            most informative stretch; each starts as loud as a random filter.

        Returns
        -------
        self : MotifCNN
        """
        size, loudness = self.filters.shape[1], self.filters.std()
        # strict=False: there may be more motifs than filters
        for number, matrix in enumerate(matrices[: len(self.filters)]):
            weights = torch.as_tensor(matrix, dtype=self.filters.dtype)
            weights = _most_telling(weights - weights.mean(dim=1, keepdim=True), size)
            # random filters are noise of this size over their whole width; a motif keeps a little of it
            weights = weights * (loudness * math.sqrt(size / len(weights)) / weights.std().clamp(min=1e-6))
            first = (size - len(weights)) // 2
            self.filters[number] *= _REST_OF_NOISE
            self.filters[number, first : first + len(weights)] += weights.to(self.filters.device)
        return self

    def layer_table(self):
        """Rows (name, output shape without the batch axis, number of parameters), input first.

        Examples
        --------
        >>> MotifCNN(4, 300, 2).layer_table()[1]
        ('Motif filters 64, width 12', (301, 64), 3072)
        """
        n_filters, size = self.filters.shape[:2]
        places = self.input_shape[0] + 1 - size % 2
        strands = "" if self.complement is None else ", both strands"
        kinds = self.pooling.kinds
        rows = [
            ("Input (one-hot)", self.input_shape, 0),
            (f"Motif filters {n_filters}, width {size}{strands}", (places, n_filters), self.filters.numel()),
            ("Normalisation, ReLU", (places, n_filters), _n_parameters(self.norm)),
            (f"Pooling {' + '.join(kinds)}", (n_filters * len(kinds),), _n_parameters(self.pooling)),
        ]
        if self.spacing is not None:
            rows.append((self.spacing.name, (self.spacing.width,), _n_parameters(self.spacing)))
        n_features, n_outputs = self.output.in_features, self.output.out_features
        rows.append((f"Dropout {self.dropout.probability:g}", (n_features,), 0))
        return [*rows, (f"Dense {n_outputs}", (n_outputs,), _n_parameters(self.output))]


class _Spacing(nn.Module):
    """Second convolution, over what the motif filters found: read in both directions where both strands count."""

    def __init__(self, n_filters, n_outputs, size, dilation, both, pool):
        super().__init__()
        if size % 2 == 0:
            raise invalid_parameter(Parameter("spacing_size", size), "must be odd, so that the layer has a middle")
        self.dilation, self.both = dilation, both
        self.weight = nn.Parameter(torch.empty(n_outputs, n_filters, size))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        self.better, self.norm, self.relu = nn.ReLU(), PositionNorm(n_outputs), nn.ReLU()
        self.pooling = PositionPooling(n_outputs, pool)

    def forward(self, found, inside):
        """Pooled outputs, a list of (n, n_outputs)."""
        found = found.transpose(1, 2)
        paired = self._convolve(found, self.weight)
        if self.both:
            paired = paired + self.better(self._convolve(found, self.weight.flip(2) - self.weight))
        paired = self.relu(self.norm(paired.transpose(1, 2), inside))
        return self.pooling(paired if inside is None else paired * inside, inside)

    def _convolve(self, found, weight):
        reach = self.dilation * (weight.shape[2] // 2)
        return nn.functional.conv1d(found, weight, padding=reach, dilation=self.dilation)

    @property
    def width(self):
        """Pooled outputs."""
        return len(self.weight) * len(self.pooling.kinds)

    @property
    def name(self):
        """What the layer is, for tables."""
        return f"Spacing filters {len(self.weight)}, {self.weight.shape[2]} taps every {self.dilation}, pooled"


def _inside(symbols, size):
    """Places of a filter whose middle lies in the row: (n, places, 1) of 0 and 1, or None where all do."""
    known = symbols != 0
    # a row of nothing but padding is read as a whole
    known = known | ~known.any(dim=1, keepdim=True)
    if bool((known[:, 0] & known[:, -1]).all()):
        return None
    length = known.shape[1]
    first = known.byte().argmax(dim=1, keepdim=True)
    # a filter of even width has two middles, and one place more
    end = length - known.byte().flip(1).argmax(dim=1, keepdim=True) + 1 - size % 2
    places = torch.arange(length + 1 - size % 2, device=symbols.device)
    return ((places >= first) & (places < end)).to(symbols.dtype)[:, :, None]


def _most_telling(weights, size):
    """The ``size`` neighbouring rows of the largest sum of squares; all where there are no more."""
    if len(weights) <= size:
        return weights
    sums = weights.square().sum(dim=1).unfold(0, size, 1).sum(dim=1)
    first = int(sums.argmax())
    return weights[first : first + size]


def _n_parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())
