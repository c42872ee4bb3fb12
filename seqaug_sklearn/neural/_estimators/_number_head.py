"""The head of a regressor: numbers that may be partly unknown, learned on a scale of their own."""

import numpy as np
import torch
from torch import nn

from seqaug_sklearn.base import MeasuredRegressorMixin
from seqaug_sklearn.networks import BagPooling
from seqaug_sklearn.neural._constant_targets import constants_of, read_several, warn_of_constants
from seqaug_sklearn.neural._losses import MaskedLoss
from seqaug_sklearn.neural._number_metrics import NumberMetrics
from seqaug_sklearn.neural._target_scaler import TargetScaler
from seqaug_sklearn.utils import invalid_data, invalid_parameter, read_target, strata_of
from seqaug_sklearn.utils._sklearn import StrOptions

__all__ = ["NumberHead", "RegressorHead"]

_LARGEST_LOG_RATE = 50.0
"""Logarithm of a rate, times the mean of the training rows, beyond which scores while training count no further."""


class NumberHead:
    """What one or several numbers per row mean to the training of a network, and to its predictions.

    Parameters
    ----------
    n_targets : int
        Numbers per row; targets are float64 (n_rows, n_targets), NaN where not measured.
    loss : {"squared_error", "huber", "poisson"}
        Of :class:`MaskedLoss`.
    scaler : TargetScaler or None
        What the fit learned of the scale; None before.
    """

    exclusive = False
    """Each output is a number of its own."""

    def __init__(self, n_targets, loss, scaler):
        self.n_targets, self.loss, self.scaler = n_targets, loss, scaler

    @property
    def n_outputs(self):
        """Outputs of the network."""
        return self.n_targets

    @property
    def gives_rates(self):
        """Whether outputs are logarithms of what is predicted."""
        return self.loss == "poisson"

    def criterion(self):
        """Arguments of the net that say what is minimised."""
        return {"criterion": MaskedLoss, "criterion__loss": self.loss}

    def metrics(self):
        """Callback that writes scores of each epoch into the history."""
        return NumberMetrics(_bounded_rates if self.gives_rates else _as_they_are)

    def pooling(self, kind, bag_size):
        """Module that makes one answer of the outputs of a bag's windows."""
        # the logarithm of the mean of the windows' rates
        kind = "log_sum_exp" if kind == "mean" and self.gives_rates else kind
        return BagPooling(kind, self.n_outputs, bag_size, outputs="numbers")

    def known(self, targets):
        """Which rows have a number to learn from, bool (n_rows,)."""
        return ~np.isnan(targets).all(axis=1)

    def strata(self, targets):
        """What the internal split holds out in equal shares: bins of the numbers."""
        return strata_of(read_target(targets, task="number", may_be_constant=True))

    def contrasts(self, targets):
        """What first filters may distinguish, as codes (n_rows, n_contrasts): bins of the numbers."""
        return self.strata(targets).codes[:, None]

    def as_given(self, targets):
        """Targets as the user gave them, for augmenters that ask."""
        return targets[:, 0] if self.n_targets == 1 else targets

    def from_given(self, values):
        """Targets of rows as the user gave them, (n_rows, n_targets), in the form of those that were read."""
        return values

    def encoded(self, targets):
        """Targets as they are learned, float32 (n_rows, n_targets)."""
        return self.scaler.transform(targets).astype(np.float32)

    def loss_weights(self, targets, weights, rows):
        """Float32 weights of the windows: their own."""
        return weights.astype(np.float32)

    def answers(self, outputs):
        """Predictions (n, n_targets) in the unit of the targets from outputs of the network, a float64 tensor."""
        outputs = outputs.numpy()
        return self.scaler.inverse_transform(np.exp(outputs) if self.gives_rates else outputs)

    def explained(self, network):
        """What is explained of a network of windows: its predictions, in the unit of the targets."""
        kind = _StemInUnit if hasattr(network, "stem") else _InUnit
        return kind(network, self.scaler, self.gives_rates)


class RegressorHead(MeasuredRegressorMixin):
    """What makes a neural estimator a regressor; it stands left of the estimator among the bases of a class."""

    _texts = {
        "loss": (
            '"squared_error", "huber" (squared up to one standard deviation of the target, linear beyond, so that '
            'outliers pull less), or "poisson" for counts and other numbers that are not negative, whose logarithm the '
            "network then learns. Targets are standardised, each by the training rows, and predictions given back in "
            "their own unit; entries that are NaN take no part."
        ),
        "monitor": (
            '``"train_"`` or ``"valid_"`` + ``"loss"``, ``"r2"`` or ``"spearman"``; with several targets the mean over '
            "them."
        ),
        "validation_fraction": (
            "Share of the rows held out for early stopping: other parents than the training rows (groups; without them "
            "rows of one identifier; rows of equal content always), with small and large numbers in equal shares. "
            "Where all rows are of one parent, a contiguous block of its windows, and the windows that overlap it are "
            "used for neither. None trains on all rows for all epochs."
        ),
        "bag_pooling": (
            "How a bag of windows learns and answers. None: every window is trained with the number of its row, and "
            "the predictions of its windows are averaged. Otherwise the outputs of the windows are pooled into one "
            'answer, and the loss is that of the bag: "mean" where evidence is everywhere; where it is somewhere, '
            '"max", "log_sum_exp" or "attention". A training step takes whole bags, as many as hold about '
            "``batch_size`` windows, but no fewer than eight."
        ),
        "y": (
            "One number per row, or several; NaN where not measured. Rows without any number are left out, and listed "
            "under ``validation_split_.purged``."
        ),
        "history_": (
            "One row per epoch: epoch, stage, losses, R² and Spearman's correlation of training and validation rows "
            "(the mean over targets), lr, seconds. Losses are those of the standardised targets. Training scores are "
            "taken while training (dropout on)."
        ),
        "n_targets_": "Numbers per row.",
        "target_names_": (
            "Names of the targets: of a Series or the columns of a frame, else ``y``, or ``y0``, ``y1``, ... of "
            "several."
        ),
        "target_mean_": (
            "Mean of each target over the training rows, which is taken off before training; with "
            '``loss="poisson"`` zeros.'
        ),
        "target_scale_": (
            "What each target is divided by: its standard deviation over the training rows, or its mean with "
            '``loss="poisson"``; 0 of one among several that is the same in all training rows, which is predicted as '
            "that."
        ),
    }

    _parameter_constraints: dict = {
        "loss": [StrOptions({"squared_error", "huber", "poisson"})],
        "monitor": [StrOptions({f"{p}_{m}" for p in ("train", "valid") for m in ("loss", "r2", "spearman")})],
    }
    _sequence_constraints: dict = {"bag_pooling": [StrOptions({"mean", "max", "log_sum_exp", "attention"}), None]}

    def _head(self):
        scaler = TargetScaler(self.target_mean_, self.target_scale_) if hasattr(self, "target_mean_") else None
        return NumberHead(self.n_targets_, self.loss, scaler)

    def _read_target(self, y, n_rows):
        """Set what is learned of the target, and return its numbers, float64 (n_rows, n_targets)."""
        target = read_several(y, n_rows, "number")
        values = target.columns
        if np.count_nonzero(target.measured.any(axis=1)) < 2:
            raise invalid_data("y", "holds numbers for one sample only; a regressor needs at least two")
        if self.loss == "poisson" and (values < 0).any():
            row, column = np.argwhere(values < 0)[0].tolist()
            of = f" for {target.names[column]!r}" if len(target.names) > 1 else ""
            raise invalid_data(
                "y",
                f"holds {values[row, column]:g}{of} in row {row}, but loss='poisson' is for counts and other numbers "
                "that are not negative; use loss='squared_error' or 'huber'",
            )
        self.n_targets_, self.target_names_ = len(target.names), target.names
        return values

    def _settle_target(self, targets, weights, rows):
        """Learn the scale from the training ``rows``."""
        learn = TargetScaler.of_rates if self.loss == "poisson" else TargetScaler.of_numbers
        scaler = learn(targets[rows], weights[rows])
        constants = constants_of(targets[rows])
        if len(constants) > 1 and not np.isnan(constants).all():
            warn_of_constants(constants, self.target_names_)
            scaler = scaler.held_constant(constants)
        self.target_mean_, self.target_scale_ = scaler.centers, scaler.scales

    def predict(self, X):
        """Predict the numbers of each row, in the unit of ``y``.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As in ``fit``.

        Returns
        -------
        predictions : float64 ndarray of shape (n_samples,) or (n_samples, n_targets)
        """
        answers = self._answers(X)
        return answers[:, 0] if self.n_targets_ == 1 else answers

    def _bag_columns(self, target, X, n_rows):
        """Target whose windows are weighed, of each row."""
        if target is None and self.n_targets_ == 1:
            return np.zeros(n_rows, np.intp)
        if target not in self.target_names_:
            raise invalid_parameter(
                "target", f"must be one of target_names_, {self.target_names_!r:.80}, got {target!r}"
            )
        return np.full(n_rows, self.target_names_.index(target))


def _as_they_are(outputs):
    return outputs


def _bounded_rates(outputs):
    return np.exp(np.minimum(outputs, _LARGEST_LOG_RATE))


class _InUnit(nn.Module):
    """A network whose outputs are given in the unit of the targets.

    Parameters
    ----------
    network : nn.Module
        Windows to outputs (n, n_targets).
    scaler : TargetScaler
        Unit of each target.
    are_rates : bool
        Whether the outputs are logarithms.
    """

    centers: torch.Tensor
    scales: torch.Tensor

    def __init__(self, network, scaler, are_rates):
        super().__init__()
        like = {"dtype": torch.float32, "device": next(network.parameters()).device}
        self.network, self.are_rates = network, are_rates
        self.register_buffer("centers", torch.tensor(scaler.centers, **like))
        self.register_buffer("scales", torch.tensor(scaler.scales, **like))

    def forward(self, x, *beside):
        """Predictions (n, n_targets) for windows, and what stands beside them."""
        return self._in_unit(self.network(x, *beside))

    def _in_unit(self, outputs):
        values = torch.exp(outputs) if self.are_rates else outputs
        return values * self.scales + self.centers


class _StemInUnit(_InUnit):
    """The same of a network with an affine beginning, which keeps it."""

    def stem(self, x):
        """Return what the beginning makes of windows."""
        return self.network.stem(x)

    def head(self, h):
        """Predictions (n, n_targets) from what :meth:`stem` gave."""
        return self._in_unit(self.network.head(h))
