"""What both twins of DeepDifE's network share: both strands, L2, learning rate reduced on a plateau."""

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.networks import PromoterCNN
from seqaug_sklearn.neural._estimators._sequence_estimator import NeuralSequenceEstimator
from seqaug_sklearn.neural._net import ReduceOnPlateau
from seqaug_sklearn.utils import Parameter, invalid_parameter
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions

__all__ = ["PromoterCNNEstimator"]

_STRETCHES, _LONGEST_STRETCH = 5, 36
"""Stretches within which the place of a motif does not matter, and most residues of one, where few rows are to do."""


class PromoterCNNEstimator(NeuralSequenceEstimator):
    """Base of the estimators on :class:`~seqaug_sklearn.networks.PromoterCNN`."""

    _texts = {
        "strand": (
            '"both" makes the reverse complement of every training row a training row (after the internal split; '
            "target, group, weight and identifier inherited), validates on both strands, and averages the predictions "
            "of both (of classes their probabilities), which therefore do not depend on the strand given. A sequence "
            "turns within its own length: of one-hot input, zeros at the right end are padding."
        ),
        "conv_channels": "Channels of each convolution.",
        "kernel_size": "Width of the first convolution, in residues.",
        "pool_size": (
            "Width and step of the max-pooling after the first convolution, and of the further convolutions."
        ),
        "dense_units": "Widths of the dense layers.",
        "dropout": "Dropout after each convolution and after the first dense layer.",
        "l2": (
            "Penalty ``l2 * sum(w**2)`` on the kernels of all layers but the output layer, as Keras adds it to the "
            "loss. The losses in ``history_`` are without it."
        ),
        "plateau_factor": "What the learning rate is multiplied by on a plateau.",
        "plateau_patience": (
            "Epochs without improvement of ``monitor`` by more than 1e-4 that make a plateau (Keras's rule); of its "
            "training counterpart where there are no validation rows. None keeps the learning rate. Fine-tuning "
            "keeps its own."
        ),
    }
    """What the docstrings of both twins say about a parameter."""

    _parameter_constraints = {
        **NeuralSequenceEstimator._parameter_constraints,
        "conv_channels": [tuple, list],
        "kernel_size": [Interval(Integral, 1, None, closed="left")],
        "pool_size": [Interval(Integral, 1, None, closed="left")],
        "dense_units": [tuple, list],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "l2": [Interval(Real, 0, None, closed="left")],
        "strand": [StrOptions({"single", "both"})],
        "plateau_factor": [Interval(Real, 0, 1, closed="neither")],
        "plateau_patience": [Interval(Integral, 1, None, closed="left"), None],
    }

    def _build_module(self, n_symbols, length, n_outputs, train):
        return PromoterCNN(
            n_symbols,
            length,
            n_outputs,
            conv_channels=self.conv_channels,
            kernel_size=self.kernel_size,
            pool_size=self._pool_size(length),
            dense_units=self.dense_units,
            dropout=self.dropout,
            exclusive=self._head().exclusive,
        )

    def _pool_size(self, length):
        """Width of the pooling; "auto", of numbers, is a fifth of what the first convolution gives, at most 36."""
        if self.pool_size != "auto":
            return self.pool_size
        return min(max((length - self.kernel_size + 1) // _STRETCHES, 1), _LONGEST_STRETCH)

    def _optimizer_options(self):
        # the gradient of l2 * w**2; Adam's weight_decay is added to the gradient, not decoupled as in AdamW
        return {"param_groups": [("*features.*.weight", {"weight_decay": 2 * self.l2})]}

    def _lr_callbacks(self, monitor):
        if self.plateau_patience is None:
            return []
        return [("plateau", ReduceOnPlateau(monitor, self.plateau_factor, self.plateau_patience))]

    def _strands(self, packed):
        if self.strand == "single":
            return [packed.data]
        alphabet = get_alphabet(self.alphabet)
        if alphabet.complement is None or len(alphabet) != packed.n_symbols:
            raise invalid_parameter(
                Parameter("strand", "both"),
                f"needs sequences with a complement, but X has {packed.n_symbols} symbols and "
                f"alphabet={alphabet.name!r}; use strand='single' for proteins, alphabet='dna' or 'rna' otherwise",
            )
        return [packed.data, packed.other_strand(alphabet)]

    def _complement(self):
        return None if self.strand == "single" else get_alphabet(self.alphabet).complement_codes[:-1]
