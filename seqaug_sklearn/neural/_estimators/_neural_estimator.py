"""What all neural estimators share: weights, training in stages with early stopping, outputs of windows."""

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator
from skorch.helper import predefined_split

from seqaug_sklearn.exceptions import DataFormatError, NoValidationWarning
from seqaug_sklearn.neural._bag_batches import make_batches
from seqaug_sklearn.neural._kept_state import restored_modules
from seqaug_sklearn.neural._net import EpochProgress, KeepBest, Net, WindowData
from seqaug_sklearn.utils import (
    PortableState,
    draw_seed,
    invalid_data,
    is_whole,
    resolve_precision,
    torch_seed_scope,
    warn,
)
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions

__all__ = ["NeuralEstimator", "check_sample_weight", "to_device"]

_PREDICT_BATCH = 2048


class NeuralEstimator(PortableState, BaseEstimator):
    """Base of the neural estimators; what is trained on is called a window, whatever it holds.

    Subclasses define ``__init__``, ``fit``, :meth:`_untrained_module` and :meth:`_answers`. What is predicted is the
    matter of a head, which stands left of them among the bases of a class: its ``_head`` says what the target means to
    the loss and to the outputs, and its ``_read_target`` sets what is learned of the target and gives it as numbers.
    """

    # pipelines under metadata routing hand groups to fit without being asked
    __metadata_request__fit = {"groups": True}

    _parameter_constraints = {
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither"), None],
        "device": "no_validation",  # read by resolve_device: a name, or a torch.device
        "precision": [StrOptions({"auto", "float32", "bfloat16"})],
        "callbacks": [list, tuple, None],
        "verbose": ["verbose"],
        "random_state": ["random_state", np.random.Generator],
    }

    _smallest_batch = 1
    """Fewest windows of a training batch; batch normalisation needs two."""
    _way_to_validation = "pass groups="
    """What a warning recommends where no validation rows are found."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = self.random_state is None
        return tags

    _optimizer: type[torch.optim.Optimizer] = torch.optim.Adam

    def _setting(self, name):
        """A parameter as training takes it, where a class has defaults that follow from others."""
        return getattr(self, name)

    def _optimizer_options(self):
        """Further arguments of the optimizer, without skorch's prefix."""
        return {}

    def _net_options(self):
        """Further arguments of :class:`Net`."""
        return {}

    def _lr_callbacks(self, monitor):
        """Callbacks that change the learning rate of the first stage."""
        return []

    def _stage_callbacks(self, epochs, n_steps, stage):
        """Callbacks of a stage of so many epochs and, where all are trained, batches."""
        return []

    def _stages(self, augmentation, train):
        """(epochs, learning rate, batch size, augmentation) of each stage, on these training data."""
        return [(self.max_epochs, self.lr, self.batch_size, augmentation)]

    def _warn_without_validation(self):
        if self.validation_split_.kind == "none" and self._setting("validation_fraction") is not None:
            warn(
                "no validation rows without a relative among the training rows could be set aside, so there is no "
                f"early stopping: all max_epochs are trained; {self._way_to_validation}, or validation_fraction=None "
                "to say that this is meant",
                NoValidationWarning,
            )

    def _train_stages(self, build, train, valid, stages, device, rng, identifiers=None):
        """Train the module that ``build`` makes stage by stage; set ``net_`` and ``history_``."""
        self.net_, self.history_ = self._train_one(build, train, valid, stages, device, rng, identifiers)

    def _train_one(self, build, train, valid, stages, device, rng, identifiers=None):
        """Return the net, and the table of its epochs."""
        tables = []
        # initial weights, dropout and the order of batches come from torch's global generators
        with torch_seed_scope(draw_seed(rng), device):
            module = build()
            for number, (epochs, lr, batch_size, augment) in enumerate(stages):
                n_batches = len(make_batches(train, batch_size, smallest=self._smallest_batch))
                net = self._make_net(module, device, valid, epochs, lr, batch_size, number, n_batches)
                # a generator of its own for each stage: a longer first stage does not change the edits of the second
                net.augment, net.augment_rng, net.identifiers = augment, rng.spawn(1)[0], identifiers
                tables.append(self._run(net, train).assign(stage=number))
                module = net.module_
        history = pd.concat(tables, ignore_index=True)
        history["epoch"] = np.arange(1, len(history) + 1)
        return net, history

    def _run(self, net, train):
        net.initialize()
        net.train_stage(train)
        # the fitted net keeps weights and history, not the data
        net.train_split = net.augment = net.augment_rng = net.identifiers = None
        columns = [c for c in net.history[0] if c != "batches" and not c.endswith(("_best", "_count"))]
        table = pd.DataFrame({c: net.history[:, c] for c in columns})
        return table.rename(columns={"dur": "seconds"})

    def _make_net(self, module, device, valid, epochs, lr, batch_size, stage, n_batches=1):
        return Net(
            module,
            **self._head().criterion(),
            optimizer=self._optimizer,
            optimizer__fused=device.type in ("cpu", "cuda"),
            **{f"optimizer__{name}": value for name, value in self._optimizer_options().items()},
            lr=lr,
            max_epochs=epochs,
            batch_size=batch_size,
            iterator_train=make_batches,
            iterator_train__shuffle=True,
            iterator_train__smallest=self._smallest_batch,
            iterator_valid=make_batches,
            iterator_valid__batch_size=self._predict_batch(),
            train_split=None if valid is None else predefined_split(valid),
            callbacks=self._make_callbacks(valid is not None, epochs, n_batches, stage),
            callbacks__print_log=None if self.verbose < 2 else _print_log(),
            device=str(device),
            verbose=self.verbose,
            autocast_dtype=resolve_precision(self.precision, device),
            foreign_callbacks=self.callbacks is not None,
            **self._net_options(),
        )

    def _make_callbacks(self, has_valid, epochs, n_batches, stage):
        callbacks = [("epoch_metrics", self._head().metrics())]
        callbacks += self._stage_callbacks(epochs, epochs * n_batches, stage)
        if stage == 0:
            # without validation rows the plateau is that of the training scores
            callbacks += self._lr_callbacks(self.monitor if has_valid else self.monitor.replace("valid_", "train_"))
        if self.verbose == 1:
            callbacks.append(("progress", EpochProgress(epochs)))
        patience = self._setting("patience")
        if patience is not None and (has_valid or self.monitor.startswith("train")):
            callbacks.append(("keep_best", KeepBest(self.monitor, patience)))
        return callbacks + list(self.callbacks or [])

    def _nets(self):
        """Fitted nets, whose answers are averaged."""
        return [self.net_]

    def _to_kept(self):
        """What was learned, in plain form, for :func:`~seqaug_sklearn.persistence.save_model`."""
        nets = {"net_", "members_"}
        # reports of augmenters are told after fit, and hold their data
        kept = {k: v for k, v in vars(self).items() if k.endswith("_") and k not in nets | {"augment_reports_"}}
        return kept | {"networks_": [net.module_.state_dict() for net in self._nets()]}

    def _from_kept(self, kept):
        """Become fitted by what :meth:`_to_kept` gave, with arrays for tensors; nothing is trained."""
        states = kept.pop("networks_")
        self.__dict__.update(kept)
        self._set_nets([self._net_of_state(state) for state in states])

    def _set_nets(self, nets):
        (self.net_,) = nets

    def _net_of_state(self, state):
        """Net on the CPU with these weights."""
        device = torch.device("cpu")
        if is_whole(depth := getattr(self, "num_layers", None)) and depth > len(state):
            raise DataFormatError(f"the weights do not fit the network: they are not those of num_layers={depth}")
        (module,) = restored_modules(lambda: [self._untrained_module()], [state])
        with torch_seed_scope(0, device):
            net = self._make_net(module, device, None, 1, self.lr, self.batch_size, 0).initialize()
        net.module_.eval()
        return net

    def _untrained_module(self):
        """The module that was trained, with other weights."""
        raise NotImplementedError

    def _answers(self, X):
        """What is said of each row of X: float64 (n_samples, n_outputs)."""
        raise NotImplementedError

    def _window_answers(self, data, covariates=None):
        """What is said of windows, one strand: float64 (n_windows, n_outputs)."""
        answers = [self._head().answers(self._window_outputs(net, data, covariates)) for net in self._nets()]
        return answers[0] if len(answers) == 1 else np.mean(answers, axis=0)

    def _window_outputs(self, net, data, covariates=None):
        """Outputs of a net for windows, one strand: float64 tensor (n_windows, n_outputs)."""
        device, size, parts = next(net.module_.parameters()).device, self._predict_batch(), []
        for start in range(0, len(data), size):
            part = [
                None if values is None else torch.from_numpy(values[start : start + size]).to(device)
                for values in (data, covariates)
            ]
            parts.append(net.forward(WindowData(part[0], covariates=part[1])).double())
        return torch.cat(parts)

    def _predict_batch(self):
        """Windows per batch of predictions."""
        return _PREDICT_BATCH


def to_device(strands, targets, weights, rows, device, covariates=None):
    """Rows of every strand as tensors; None where there are no rows."""
    if not len(rows):
        return None
    n = len(strands)
    # strands one after the other: a row and its reverse complement share target, weight and covariates
    arrays = [np.concatenate([data[rows] for data in strands])]
    shared = [targets, weights] if covariates is None else [targets, weights, covariates]
    arrays += [np.concatenate([values[rows]] * n) for values in shared]
    return WindowData(*(torch.from_numpy(array).to(device) for array in arrays))


def _print_log():
    from skorch.callbacks import PrintLog

    return PrintLog()


def check_sample_weight(sample_weight, n_rows):
    """Float ndarray (n_rows,): the weights, or ones; an error where they do not fit."""
    if sample_weight is None:
        return np.ones(n_rows)
    weights = np.asarray(sample_weight, dtype=float)
    if weights.shape != (n_rows,) or not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise invalid_data(
            "sample_weight",
            f"must hold {n_rows} finite weights >= 0, not all zero, got an array of shape {weights.shape}",
        )
    return weights
