"""What the neural classifiers share: pack, split honestly, train in stages, predict per parent."""

import warnings

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d
from skorch.helper import predefined_split

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.classification._augment import BatchAugmentation
from seqaug_sklearn.classification._logits import LogitsModule
from seqaug_sklearn.classification._losses import WeightedLoss
from seqaug_sklearn.classification._net import EpochMetrics, KeepBest, Net, WindowBatches, WindowData
from seqaug_sklearn.classification._packing import pack_windows, pad_windows
from seqaug_sklearn.classification._progress_callback import EpochProgress
from seqaug_sklearn.classification._validation_split import check_groups, split_validation
from seqaug_sklearn.exceptions import NoValidationWarning
from seqaug_sklearn.utils import check_generator, draw_seed, resolve_device, resolve_precision, torch_seed_scope
from seqaug_sklearn.utils._sklearn import HasMethods, Integral, Interval, Real, StrOptions

__all__ = ["NeuralSequenceClassifier"]

_PREDICT_BATCH = 2048  # windows, and as many residues as fit into
_PREDICT_RESIDUES = 1 << 17


class NeuralSequenceClassifier(ClassifierMixin, BaseEstimator):
    """Base of the neural classifiers; subclasses define ``__init__`` and :meth:`_build_module`."""

    # pipelines under metadata routing hand groups to fit without being asked
    __metadata_request__fit = {"groups": True}

    _parameter_constraints = {
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "loss": [StrOptions({"cross_entropy", "focal"})],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "monitor": [StrOptions({f"{p}_{m}" for p in ("train", "valid") for m in ("loss", "accuracy", "f1", "recall")})],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither"), None],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "pad_to": [Interval(Integral, 1, None, closed="left"), None],
        "augment": [HasMethods("augment_batch"), list, tuple, None],
        "finetune_epochs": [Interval(Integral, 0, None, closed="left")],
        "finetune_lr": [Interval(Real, 0, None, closed="neither"), None],
        "finetune_batch_size": [Interval(Integral, 1, None, closed="left"), None],
        "device": [str],
        "precision": [StrOptions({"auto", "float32", "bfloat16"})],
        "callbacks": [list, tuple, None],
        "verbose": ["verbose"],
        "random_state": ["random_state", np.random.Generator],
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.string = True
        tags.non_deterministic = self.random_state is None
        return tags

    def _build_module(self, n_symbols, length, n_classes, packed_train):
        """Return the torch module, freshly initialised; called inside the seed scope."""
        raise NotImplementedError

    def _optimizer_options(self):
        """Further arguments of Adam, without skorch's prefix."""
        return {}

    def _lr_callbacks(self, monitor):
        """Callbacks that change the learning rate of the first stage."""
        return []

    def _strands(self, packed):
        """Window data to train and validate on, one array per strand."""
        return [packed.data]

    def _complement(self):
        """Column of each symbol's complement where predictions average both strands, else None."""
        return None

    def _fit(self, X, y, sample_weight, groups, identifiers):
        device = resolve_device(self.device)
        augmentation = BatchAugmentation.from_parameter(self.augment)
        packed = pack_windows(X, alphabet=self.alphabet)
        length = self._packed_length(packed.length, augmentation)
        codes = self._encode_labels(y, packed.n_rows)
        weights = _check_sample_weight(sample_weight, packed.n_rows)
        names = _check_identifiers(identifiers, X, packed.n_rows)
        parents, starts = check_groups(groups, packed.n_rows)
        if starts is not None and packed.is_bag:
            raise ValueError("groups of shape (n, 2) are positions of exploded windows; for bags pass one group a row")
        rng = check_generator(self.random_state)
        state, self.validation_split_ = split_validation(
            packed, codes, parents, starts, self.validation_fraction, rng, self._strands(packed)
        )
        self._warn_without_validation()
        # padded after the split, which reads overlaps from the windows' own length
        packed = pad_windows(packed, length)
        self.n_symbols_, self.length_ = packed.n_symbols, packed.length
        self._train(packed, codes, weights, names, state, augmentation, device, rng)
        return self

    def _packed_length(self, longest, augmentation):
        if self.pad_to is not None and self.pad_to < longest:
            raise ValueError(
                f"pad_to={self.pad_to} is shorter than the longest row of X, which has {longest} residues; pass at "
                f"least {longest}, or None"
            )
        return max(longest, self.pad_to or 0, augmentation.pad_to)

    def _encode_labels(self, y, n_rows):
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        if len(y) != n_rows:
            raise ValueError(f"X has {n_rows} rows but y has {len(y)} labels")
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class only ({str(self.classes_[0])!r}); a classifier needs at least two")
        return codes

    def _warn_without_validation(self):
        if self.validation_split_.kind == "none" and self.validation_fraction is not None:
            warnings.warn(
                "no validation rows without a relative among the training rows could be set aside, so there is no "
                "early stopping: all max_epochs are trained; pass groups=window_set.positions for exploded windows, "
                "or validation_fraction=None to say that this is meant",
                NoValidationWarning,
                stacklevel=4,
            )

    def _train(self, packed, codes, weights, names, state, augmentation, device, rng):
        rows = np.flatnonzero(state == 0)
        labels = codes[packed.sources]
        weights = (weights[packed.sources] * self._class_weights(labels[rows])[labels]).astype(np.float32)
        strands = self._strands(packed)
        train = _to_device(strands, labels, weights, rows, device)
        valid = _to_device(strands, labels, weights, np.flatnonzero(state == 1), device)
        sources = packed.sources[rows]
        parents = np.unique(sources)
        own = None if names is None else names[parents]
        augmentation = augmentation.for_training(own, self.classes_[codes[parents]])
        names = None if names is None else np.tile(names[sources], len(strands))
        tables = []
        with torch_seed_scope(draw_seed(rng), device):
            module = self._build_module(packed.n_symbols, packed.length, len(self.classes_), packed.data[rows])
            for number, (epochs, lr, batch_size, augment) in enumerate(self._stages(augmentation)):
                net = self._make_net(module, device, valid, epochs, lr, batch_size, number)
                net.augment, net.augment_rng, net.identifiers = augment, rng.spawn(1)[0], names
                tables.append(self._run(net, train).assign(stage=number))
                module = net.module_
        self.net_ = net
        self.history_ = pd.concat(tables, ignore_index=True)
        self.history_["epoch"] = np.arange(1, len(self.history_) + 1)

    def _stages(self, augmentation):
        """(epochs, learning rate, batch size, augmentation) of each stage."""
        stages = [(self.max_epochs, self.lr, self.batch_size, augmentation)]
        if self.finetune_epochs:
            lr, batch_size = self.finetune_lr or self.lr / 10, self.finetune_batch_size or self.batch_size
            stages.append((self.finetune_epochs, lr, batch_size, None))
        return stages

    def _run(self, net, train):
        net.initialize()
        net.train_stage(train)
        # the fitted net keeps weights and history, not the data
        net.train_split = net.augment = net.augment_rng = net.identifiers = None
        columns = [c for c in net.history[0] if c != "batches" and not c.endswith(("_best", "_count"))]
        table = pd.DataFrame({c: net.history[:, c] for c in columns})
        return table.rename(columns={"dur": "seconds"})

    def _make_net(self, module, device, valid, epochs, lr, batch_size, stage):
        return Net(
            module,
            criterion=WeightedLoss,
            criterion__loss=self.loss,
            optimizer=torch.optim.Adam,
            optimizer__fused=device.type in ("cpu", "cuda"),
            **{f"optimizer__{name}": value for name, value in self._optimizer_options().items()},
            lr=lr,
            max_epochs=epochs,
            batch_size=batch_size,
            iterator_train=WindowBatches,
            iterator_train__shuffle=True,
            iterator_valid=WindowBatches,
            iterator_valid__batch_size=self._predict_batch(),
            train_split=None if valid is None else predefined_split(valid),
            callbacks=self._make_callbacks(valid is not None, epochs, stage),
            callbacks__print_log=None if self.verbose < 2 else _print_log(),
            device=str(device),
            verbose=self.verbose,
            n_symbols=self.n_symbols_,
            autocast_dtype=resolve_precision(self.precision, device),
            foreign_callbacks=self.callbacks is not None,
        )

    def _make_callbacks(self, has_valid, epochs, stage):
        callbacks = [("epoch_metrics", EpochMetrics(len(self.classes_)))]
        if stage == 0:
            callbacks += self._lr_callbacks(self.monitor if has_valid else self.monitor.replace("valid_", "train_"))
        if self.verbose == 1:
            callbacks.append(("progress", EpochProgress(epochs)))
        if self.patience is not None and (has_valid or self.monitor.startswith("train")):
            callbacks.append(("keep_best", KeepBest(self.monitor, self.patience)))
        return callbacks + list(self.callbacks or [])

    def _class_weights(self, labels):
        if self.class_weight is None:
            return np.ones(len(self.classes_))
        weight = self.class_weight
        if isinstance(weight, dict):
            unknown = set(weight) - set(self.classes_.tolist())
            if unknown:
                raise ValueError(f"class_weight names classes that y does not hold: {sorted(map(str, unknown))}")
        return compute_class_weight(weight, classes=self.classes_, y=self.classes_[labels])

    def predict_proba(self, X):
        """Class probabilities of each row, averaged over the windows of a bag.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Text, one-hot, or bags of either, as in ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        packed = pack_windows(X, alphabet=self.alphabet, length=self.length_, n_symbols=self.n_symbols_)
        windows = np.mean([self._predict_windows(data) for data in self._strands(packed)], axis=0)
        if not packed.is_bag:
            return windows
        counts = np.bincount(packed.sources, minlength=packed.n_rows)
        first = np.cumsum(counts) - counts
        return np.add.reduceat(windows, first, axis=0) / counts[:, None]

    def _predict_windows(self, data):
        """Class probabilities of windows, one strand: float64 (n_windows, n_classes)."""
        device, size, parts = next(self.net_.module_.parameters()).device, self._predict_batch(), []
        for start in range(0, len(data), size):
            logits = self.net_.forward(WindowData(torch.from_numpy(data[start : start + size]).to(device)))
            parts.append(torch.softmax(logits.double(), dim=1).numpy())
        return np.concatenate(parts)

    def _predict_batch(self):
        return min(_PREDICT_BATCH, max(64, _PREDICT_RESIDUES // self.length_))

    def predict(self, X):
        """Most probable class of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Text, one-hot, or bags of either, as in ``fit``.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def encode_windows(self, X):
        """Windows of X as the network sees them: encoded, and padded right to ``length_``.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Text, one-hot, or bags of either, as in ``fit``.

        Returns
        -------
        codes : uint8 ndarray of shape (n_windows, length_) or float32 of shape (n_windows, length_, n_symbols_)
            One-hot column of each residue, ``n_symbols_`` where it is unknown or padding (a row of zeros); soft one-hot
            where X is not exactly one-hot.
        sources : intp ndarray of shape (n_windows,)
            Row of X that each window belongs to; ascending.
        lengths : intp ndarray of shape (n_windows,)
            Residues without padding; of one-hot input up to the last known residue.

        See Also
        --------
        logits_module : The network as a function of the one-hot windows.
        """
        check_is_fitted(self)
        packed = pack_windows(X, alphabet=self.alphabet, length=self.length_, n_symbols=self.n_symbols_)
        return packed.data, packed.sources, packed.true_lengths()

    def logits_module(self, device=None):
        """Copy of the fitted network, to be differentiated by what goes in.

        Parameters
        ----------
        device : str or torch.device, default=None
            Where the copy lies; where the network is by default.

        Returns
        -------
        module : torch.nn.Module
            ``module(x, lengths)`` maps one-hot float32 windows ``(n, length_, n_symbols_)`` to logits ``(n,
            n_classes)``, columns in the order of ``classes_``: in evaluation mode, weights frozen. Where predictions
            average both strands the logits of both are averaged, and ``lengths`` says within which residues the other
            strand turns (all of them by default).

        See Also
        --------
        encode_windows : What goes in.
        """
        check_is_fitted(self)
        module = LogitsModule(self.net_.module_, self._complement())
        return module if device is None else module.to(device)


def _to_device(strands, labels, weights, rows, device):
    """Rows of every strand as tensors; None where there are no rows."""
    if not len(rows):
        return None
    n = len(strands)
    arrays = np.concatenate([data[rows] for data in strands]), np.tile(labels[rows], n), np.tile(weights[rows], n)
    return WindowData(*(torch.from_numpy(array).to(device) for array in arrays))


def _print_log():
    from skorch.callbacks import PrintLog

    return PrintLog()


def _check_sample_weight(sample_weight, n_rows):
    if sample_weight is None:
        return np.ones(n_rows)
    weights = np.asarray(sample_weight, dtype=float)
    if weights.shape != (n_rows,) or not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise ValueError(
            f"sample_weight must hold {n_rows} finite weights >= 0, not all zero, got an array of shape {weights.shape}"
        )
    return weights


def _check_identifiers(identifiers, X, n_rows):
    if identifiers is None:
        identifiers = getattr(X, "index", None) if hasattr(X, "iloc") else None
    if identifiers is None:
        return None
    identifiers = np.asarray(identifiers, dtype=object)
    if identifiers.shape != (n_rows,):
        raise ValueError(f"identifiers must be of shape ({n_rows},) to fit X, got {identifiers.shape}")
    return identifiers
