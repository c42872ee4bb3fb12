"""What both twins of the default network share: motif filters on both strands, trained for few rows."""

import copy

import numpy as np
import pandas as pd
import torch
from torch import nn

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.networks import MotifCNN
from seqaug_sklearn.neural._bag_batches import make_batches
from seqaug_sklearn.neural._estimators._first_filters import first_filters, read_initial_filters
from seqaug_sklearn.neural._estimators._sequence_estimator import NeuralSequenceEstimator
from seqaug_sklearn.neural._schedules import AverageWeights, OneCycle
from seqaug_sklearn.utils import Parameter, invalid_parameter
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions

__all__ = ["MotifCNNEstimator"]

# inner folds of real promoters chose 40 epochs of 930 rows over 20 and 60, and 60 with orthologs
# (bench_promoters.py --choices); below 320 rows it is the steps that count
_STEPS, _EPOCHS, _MOST_STEPS = 800, 40, 5000
"""Training steps and epochs that the default is at least, and the steps from which it is fewer epochs."""
_FEWEST_EPOCHS, _MOST_EPOCHS = 20, 200
_WITH_AUGMENTATION = 1.5
"""Times as many epochs of rows that are never the same twice."""


class MotifCNNEstimator(NeuralSequenceEstimator):
    """Base of the estimators on :class:`~seqaug_sklearn.networks.MotifCNN`, ensembles of it included."""

    _texts = {
        "alphabet": "Alphabet of X given as text, and of the complement.",
        "strand": (
            '"both" takes, of each filter at each position, the better of both strands, so that predictions do not '
            'depend on the strand given. "auto" is "both" for DNA and "single" for everything else.'
        ),
        "n_filters": "Motif filters.",
        "kernel_size": "Width of a filter, in residues.",
        "pool": (
            'How each filter is pooled over the positions; several stand side by side. "max" sees one site, "mean" '
            "many weak ones."
        ),
        "spacing_filters": (
            "Filters of a second convolution, which reads motifs at a distance from each other. 0 has none."
        ),
        "spacing_size": "Taps of the second convolution, an odd number.",
        "dilation": "Residues from one of its taps to the next.",
        "dropout": "Dropout before the output.",
        "initial_filters": (
            'What the first filters start from. None: random numbers, all of them. "enriched": the k-mers (8-mers of '
            "nucleotides, 3-mers of proteins) that stand in more training rows of one class than of the others; "
            "validation rows are not looked at. Otherwise known motifs: a file in MEME's format, what ``read_meme`` "
            "gives, or a ``MotifSet``; of more motifs than filters to start, those whose best sites separate the "
            "training rows best."
        ),
        "initial_share": "Most of the filters that start so; the others start from random numbers.",
        "max_epochs": (
            "Epochs. None takes 40, or as many as make 800 steps where rows are fewer than 320 (at most 200), or "
            "5,000 steps where they are more than 2,000 (at least 20). With ``bag_pooling`` 800 steps, and at least "
            "20 epochs; with ``augment`` half as many again."
        ),
        "batch_size": "Rows, or windows, per training step.",
        "lr": (
            "Highest learning rate of AdamW; it rises to it over the first third of the steps, and falls to nearly "
            "nothing."
        ),
        "weight_decay": "Decoupled weight decay.",
        "average_weights": (
            "Keep the moving average of the weights over batches (decay .99), or the plain average over the last "
            "quarter of the epochs, instead of the last weights. Scores in ``history_`` are those of the weights as "
            "trained."
        ),
    }
    """What the docstrings of both twins say about a parameter."""

    _parameter_constraints = {
        **NeuralSequenceEstimator._parameter_constraints,
        "strand": [StrOptions({"auto", "both", "single"})],
        "n_filters": [Interval(Integral, 1, None, closed="left")],
        "kernel_size": [Interval(Integral, 1, None, closed="left")],
        "pool": [tuple, list],
        "spacing_filters": [Interval(Integral, 0, None, closed="left")],
        "spacing_size": [Interval(Integral, 1, None, closed="left")],
        "dilation": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        # read by read_initial_filters, whose messages say what is taken
        "initial_filters": "no_validation",
        "initial_share": [Interval(Real, 0, 1, closed="both")],
        "max_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "average_weights": [StrOptions({"ema", "swa"}), None],
        "n_members": [Interval(Integral, 1, None, closed="left")],
    }

    _optimizer = torch.optim.AdamW

    def _fit(self, X, y, sample_weight, groups, identifiers):
        if self.average_weights is not None and self.patience is not None:
            raise invalid_parameter(
                Parameter("average_weights", self.average_weights),
                f"keeps an average over many epochs, patience={self.patience} "
                "the weights of the best one; choose one of them and set the other to None",
            )
        return super()._fit(X, y, sample_weight, groups, identifiers)

    def _build_module(self, n_symbols, length, n_outputs, train):
        complement = self._columns_of_complement(n_symbols)
        module = MotifCNN(
            n_symbols,
            length,
            n_outputs,
            n_filters=self.n_filters,
            kernel_size=self.kernel_size,
            complement=complement,
            pool=self.pool,
            spacing_filters=self.spacing_filters,
            spacing_size=self.spacing_size,
            dilation=self.dilation,
            dropout=self.dropout,
        )
        if train is None:
            return module
        initial = read_initial_filters(self.initial_filters, self.alphabet)
        most = int(self.initial_share * self.n_filters)
        return module.start_from(first_filters(initial, train, n_symbols, complement, most))

    def _columns_of_complement(self, n_symbols):
        """Column of each symbol's complement where both strands are read, else None."""
        alphabet = get_alphabet(self.alphabet)
        fits = alphabet.complement is not None and len(alphabet) == n_symbols
        if self.strand == "single" or (self.strand == "auto" and not (fits and alphabet.name == "dna")):
            return None
        if not fits:
            raise invalid_parameter(
                Parameter("strand", "both"),
                f"needs sequences with a complement, but X has {n_symbols} symbols and "
                f"alphabet={alphabet.name!r}; use strand='single' for proteins, alphabet='dna' or 'rna' otherwise",
            )
        return alphabet.complement_codes[:-1]

    def _split_strands(self, packed):
        # a row and its reverse complement are one to this network, and must not be on both sides
        if self._columns_of_complement(packed.n_symbols) is None:
            return [packed.data]
        return [packed.data, packed.other_strand(get_alphabet(self.alphabet))]

    def _stages(self, augmentation, train):
        stages = super()._stages(augmentation, train)
        if self.max_epochs is None:
            n_batches = len(make_batches(train, self.batch_size))
            stages[0] = (self._default_epochs(n_batches), *stages[0][1:])
        return stages

    def _default_epochs(self, n_batches):
        epochs = _STEPS / n_batches
        if self.bag_pooling is None:
            epochs = max(epochs, min(_EPOCHS, _MOST_STEPS / n_batches))
        if self.augment is not None:
            epochs *= _WITH_AUGMENTATION
        return int(np.clip(round(epochs), _FEWEST_EPOCHS, _MOST_EPOCHS))

    def _train_stages(self, build, train, valid, stages, device, rng, identifiers=None):
        runs = [self._train_one(build, train, valid, stages, device, rng, identifiers) for _ in range(self.n_members)]
        self.members_ = [net for net, _ in runs]
        self.net_ = self.members_[0]
        self.history_ = pd.concat([table.assign(member=n) for n, (_, table) in enumerate(runs)], ignore_index=True)

    def _nets(self):
        return self.members_

    def _set_nets(self, nets):
        self.members_, self.net_ = nets, nets[0]

    def _alone(self, net):
        alone = copy.copy(self)
        alone.members_ = [net]
        return alone

    def _optimizer_options(self):
        return {"weight_decay": self.weight_decay}

    def _stage_callbacks(self, epochs, n_steps, stage):
        callbacks = [("one_cycle", OneCycle(n_steps))] if stage == 0 else []
        if self.average_weights is not None:
            callbacks.append(("average_weights", AverageWeights(self.average_weights, epochs)))
        return callbacks

    def _logits_network(self):
        if len(self.members_) == 1:
            return super()._logits_network()
        return _MeanLogits([self._window_network(net) for net in self.members_])

    def _of_members(self, X):
        """What each member says of each row: float64 (n_members, n_samples, n_outputs)."""
        return np.stack([self._alone(net)._answers(X) for net in self.members_])


class _MeanLogits(nn.Module):
    """Mean of what several networks say."""

    def __init__(self, networks):
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, x, *beside):
        return torch.stack([network(x, *beside) for network in self.networks]).mean(dim=0)
