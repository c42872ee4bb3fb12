"""What both twins of the residual network on feature vectors share."""

from pathlib import Path

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted
from skorch.callbacks import GradientNormClipping, LRScheduler

from seqaug_sklearn.networks import PairInputs, ResidualFCNN, ResidualMLP
from seqaug_sklearn.neural._checkpoint import TrainingCheckpoint
from seqaug_sklearn.neural._estimators._neural_estimator import NeuralEstimator, check_sample_weight, to_device
from seqaug_sklearn.neural._inner_leaks import warn_of_members
from seqaug_sklearn.neural._mapped_rows import mapped_data, value_range
from seqaug_sklearn.neural._packing import hashed_rows
from seqaug_sklearn.neural._validation_split import split_pair_validation
from seqaug_sklearn.utils import (
    Parameter,
    check_generator,
    check_pair_features,
    check_vectors,
    invalid_data,
    invalid_parameter,
    is_mapped,
    is_whole,
    object_digest,
    resolve_device,
    warn_of_parted_rows,
)
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions

__all__ = ["ResidualMLPEstimator"]

_BLOCK = 8192


class ResidualMLPEstimator(NeuralEstimator):
    """Base of the estimators on :class:`~seqaug_sklearn.networks.ResidualMLP` and its published relative."""

    _texts = {
        "architecture": (
            ":class:`~seqaug_sklearn.networks.ResidualMLP`, or the published "
            ":class:`~seqaug_sklearn.networks.ResidualFCNN`."
        ),
        "hidden_sizes": ("Width of each residual block (two dense layers with batch normalisation), or of each level."),
        "dropout": "Dropout within each block and before the output, or at the end of each level.",
        "pair_features": (
            'Make these of the two vectors that stand side by side in X, batch by batch: "first", "second", '
            '"difference", "absolute_difference", "product", as :class:`~seqaug_sklearn.embedding.PairFeatures` '
            "does. None takes X as it is."
        ),
        "scaling": (
            '"global": one minimum and one maximum of all numbers of the training rows become -1 and 1, before the '
            "pair features, as :class:`~seqaug_sklearn.embedding.GlobalMinMaxScaler` does."
        ),
        "optimizer": "How ``weight_decay`` acts: as an L2 penalty in the gradient, or apart from it.",
        "batch_size": "Rows per training step, at least 2. A single row that is left over joins the last batch.",
        "weight_decay": "Decay of the weights.",
        "gradient_clip": "Largest norm of the gradient of all weights.",
        "plateau_factor": (
            "What the learning rate is multiplied by where ``monitor`` has not improved for more than "
            "``plateau_patience`` epochs (torch's ``ReduceLROnPlateau``). None keeps the rate."
        ),
        "plateau_patience": "Such epochs that are waited for.",
        "keep": "Weights that are kept where training stops early.",
        "checkpoint": (
            "File in which the training is kept after each epoch. Where it exists, ``fit`` continues from it and "
            "ends with the same weights as without the interruption; it must come from the same settings and data, "
            "and ``random_state`` must be a whole number. Delete it for a new training. A cross-validation or search "
            "fits many data sets: leave it None there."
        ),
    }
    """What the docstrings of both twins say about a parameter."""

    _parameter_constraints = {
        **NeuralEstimator._parameter_constraints,
        "architecture": [StrOptions({"blocks", "residual_fcnn"})],
        "hidden_sizes": [tuple, list],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "pair_features": [tuple, list, None],
        "scaling": [StrOptions({"global"}), None],
        "optimizer": [StrOptions({"adam", "adamw"})],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "gradient_clip": [Interval(Real, 0, None, closed="neither"), None],
        "plateau_factor": [Interval(Real, 0, 1, closed="neither"), None],
        "plateau_patience": [Interval(Integral, 0, None, closed="left")],
        "keep": [StrOptions({"best", "last"})],
        "checkpoint": [str, Path, None],
    }

    _smallest_batch = 2
    _way_to_validation = "pass groups= with finer groups or fewer members in common"

    def _fit(self, X, y, sample_weight, groups):
        device = resolve_device(self.device)
        self._check_settings()
        names = X.index if hasattr(X, "iloc") else None
        is_parted = groups is None and warn_of_parted_rows(X)
        X = check_vectors(self, X, dtype=np.float32, order="C")
        self._check_pairs(X)
        targets = self._read_target(y, len(X))
        weights = check_sample_weight(sample_weight, len(X))
        rng = check_generator(self.random_state)
        head, fraction = self._head(), self.validation_fraction
        strata, known = head.strata(targets), head.known(targets)
        state, self.validation_split_ = split_pair_validation(X, strata, groups, fraction, rng, names, known)
        self._warn_without_validation()
        if groups is None and not is_parted:
            warn_of_members(X, self.validation_split_)
        rows = np.flatnonzero(state == 0)
        self._settle_target(targets, weights, rows)
        head = self._head()
        weights, encoded = head.loss_weights(targets, weights, rows), head.encoded(targets)
        place = mapped_data if is_mapped(X) else _in_memory
        train = place(X, encoded, weights, rows, device)
        valid = place(X, encoded, weights, np.flatnonzero(state == 1), device)
        self._draw_weights = self._drawn(targets[rows])
        self._optimizer = torch.optim.AdamW if self.optimizer == "adamw" else torch.optim.Adam
        self._span = value_range(X, rows) if self.scaling == "global" else (None, None)
        self._identity = None if self.checkpoint is None else self._fingerprint(X, targets, weights, state)
        try:
            self._train_stages(self._build, train, valid, self._stages(None, train), device, rng)
        finally:
            del self._draw_weights, self._identity, self._span, self._optimizer
        return self._finished(X, targets, state)

    def _drawn(self, targets):
        """Weights by which training rows are drawn with replacement, a tensor (n_rows,); None trains each once."""
        return None

    def _finished(self, X, targets, state):
        """The fitted estimator, when all is trained."""
        return self

    def _check_settings(self):
        wrong = [size for size in self.hidden_sizes if not is_whole(size) or size < 1]
        if wrong:
            raise invalid_parameter("hidden_sizes", f"must hold whole numbers of at least 1, got {wrong[0]!r}")
        if self.checkpoint is not None and not is_whole(self.random_state):
            raise invalid_parameter(
                Parameter("checkpoint", ...),
                "needs a whole number as ",
                Parameter("random_state"),
                f", or a later fit would draw another validation split and could not go on; got {self.random_state!r}",
            )

    def _check_pairs(self, X):
        if self.pair_features is None:
            return
        check_pair_features(self.pair_features, "pair_features")
        if X.shape[1] % 2:
            raise invalid_data(
                "X", f"has {X.shape[1]} columns, an odd number, so it does not hold two vectors side by side"
            )

    def _fingerprint(self, X, targets, weights, state):
        """Settings and data that decide the training; the number of epochs does not."""
        others = ("checkpoint", "max_epochs", "verbose", "device", "callbacks", "threshold")
        settings = {name: value for name, value in self.get_params(deep=False).items() if name not in others}
        settings |= {"random_state": int(self.random_state), "hidden_sizes": [int(size) for size in self.hidden_sizes]}
        return object_digest((sorted(settings.items()), hashed_rows(X), targets, weights, state))

    def _build(self):
        n_inputs = self.n_features_in_
        if self.pair_features is not None:
            n_inputs = n_inputs // 2 * len(self.pair_features)
        kind = ResidualMLP if self.architecture == "blocks" else ResidualFCNN
        network = kind(n_inputs, self._head().n_outputs, hidden_sizes=self.hidden_sizes, dropout=self.dropout)
        if self.pair_features is None and self.scaling is None:
            return network
        return torch.nn.Sequential(PairInputs(self.pair_features, *self._span), network)

    def _untrained_module(self):
        self._span = (0.0, 1.0) if self.scaling == "global" else (None, None)
        try:
            return self._build()
        finally:
            del self._span

    def _optimizer_options(self):
        return {"weight_decay": self.weight_decay}

    def _net_options(self):
        # a loaded net is not trained, and has no rows to draw from
        weights = getattr(self, "_draw_weights", None)
        return {} if weights is None else {"iterator_train__draw_weights": weights}

    def _lr_callbacks(self, monitor):
        if self.plateau_factor is None:
            return []
        mode = "min" if monitor.endswith("loss") else "max"
        rule = {"mode": mode, "factor": self.plateau_factor, "patience": self.plateau_patience}
        return [("plateau", LRScheduler("ReduceLROnPlateau", monitor=monitor, event_name=None, **rule))]

    def _stage_callbacks(self, epochs, n_steps, stage):
        return [] if self.gradient_clip is None else [("clip", GradientNormClipping(self.gradient_clip))]

    def _make_callbacks(self, has_valid, epochs, n_batches, stage):
        callbacks = super()._make_callbacks(has_valid, epochs, n_batches, stage)
        # a user's callbacks come without a name, or with one of their own
        ours = dict(callbacks[: len(callbacks) - len(self.callbacks or [])])
        if "keep_best" in ours:
            ours["keep_best"].restore = self.keep == "best"
        if self.checkpoint is not None:
            parts = [ours[name] for name in ("plateau", "keep_best") if name in ours]
            # the last of all: what the others know of the epoch is part of it
            callbacks.append(("checkpoint", TrainingCheckpoint(self.checkpoint, self._identity, parts)))
        return callbacks

    def _answers(self, X):
        """What is said of each row, block by block: float64 (n_samples, n_outputs)."""
        check_is_fitted(self)
        X = check_vectors(self, X, dtype=np.float32, order="C", reset=False)
        if not is_mapped(X):
            return self._window_answers(X)
        # a batch at a time is copied out of the file
        blocks = range(0, len(X), _BLOCK)
        return np.concatenate([self._window_answers(np.array(X[i : i + _BLOCK])) for i in blocks])


def _in_memory(X, targets, weights, rows, device):
    return to_device([X], targets, weights, rows, device)
