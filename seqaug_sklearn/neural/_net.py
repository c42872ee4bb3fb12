"""The skorch net behind the neural classifiers: batches of codes on the device, autocast, augmentation, callbacks."""

import numpy as np
import skorch
import torch
from skorch.callbacks import Callback

from seqaug_sklearn.utils import progress

__all__ = [
    "EpochMetrics",
    "EpochProgress",
    "KeepBest",
    "Net",
    "ReduceOnPlateau",
    "WindowBatches",
    "WindowData",
]


class EpochProgress(Callback):
    """Show epochs done, time left and the last losses.

    Parameters
    ----------
    epochs : int
        Most epochs there will be.
    """

    def __init__(self, epochs):
        self.epochs = epochs

    def on_train_begin(self, net, **kwargs):
        """Open the bar."""
        # below another bar, such as that of all fits, it goes when it is done
        self.bar_ = progress(total=self.epochs, description="training", unit="epoch", leave=None)

    def on_epoch_end(self, net, **kwargs):
        """Advance it."""
        last = net.history[-1]
        self.bar_.set_postfix({k: f"{last[k]:.3f}" for k in ("train_loss", "valid_loss") if k in last}, refresh=False)
        self.bar_.update()

    def on_train_end(self, net, **kwargs):
        """Close it; nothing of it stays with the fitted net."""
        self.bar_.close()
        self.bar_ = None


class WindowData(torch.utils.data.Dataset):
    """Windows, labels and weights as tensors on one device.

    Parameters
    ----------
    data : Tensor of shape (n, length) uint8 or (n, length, n_symbols) float32
        Codes or soft one-hot.
    labels : Tensor of shape (n,) int64, default=None
        Class codes; zeros when None.
    weights : Tensor of shape (n,) float32, default=None
        Row weights; ones when None.
    covariates : Tensor of shape (n, n_covariates) float32, default=None
        Standardised numbers that the network reads beside each window.
    """

    def __init__(self, data, labels=None, weights=None, covariates=None):
        n = len(data)
        self.data = data
        self.labels = torch.zeros(n, dtype=torch.int64, device=data.device) if labels is None else labels
        self.weights = torch.ones(n, device=data.device) if weights is None else weights
        self.covariates = covariates

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        return self.data[index], (self.labels[index], self.weights[index])


class WindowBatches:
    """Iterate over a :class:`WindowData` in whole batches, indexed on its device.

    Parameters
    ----------
    dataset : WindowData
        What to iterate over.
    batch_size : int
        Rows per batch.
    shuffle : bool, default=False
        Whether to draw a new order (torch's CPU generator) in each pass.
    smallest : int, default=1
        Fewest rows of the last batch; a smaller rest joins the batch before it.
    draw_weights : Tensor of shape (n,), default=None
        Draw as many rows as there are with replacement, with these weights, in place of a new order.
    """

    def __init__(self, dataset, batch_size, shuffle=False, smallest=1, draw_weights=None):
        self.dataset, self.batch_size, self.shuffle, self.smallest = dataset, batch_size, shuffle, smallest
        self.draw_weights = draw_weights

    def __len__(self):
        return len(self._sizes())

    def __iter__(self):
        data = self.dataset
        # drawn on the CPU, so the order of a seed is the same on every device
        if self.draw_weights is not None:
            order = torch.multinomial(self.draw_weights, len(data), replacement=True)
        else:
            order = torch.randperm(len(data)) if self.shuffle else torch.arange(len(data))
        for rows in order.to(data.data.device).split(self._sizes()):
            # row numbers come along, because augmenters look up identifiers by them
            parts = {"x": data.data[rows], "rows": rows}
            if data.covariates is not None:
                parts["covariates"] = data.covariates[rows]
            yield parts, (data.labels[rows], data.weights[rows])

    def _sizes(self):
        full, rest = divmod(len(self.dataset), self.batch_size)
        # batch normalisation has no variance in a batch of one row
        if 0 < rest < self.smallest and full:
            return [self.batch_size] * (full - 1) + [self.batch_size + rest]
        return [self.batch_size] * full + ([rest] if rest else [])


class _StopTraining(Exception):  # noqa: N818 (a signal, not an error)
    """Raised by :class:`KeepBest` to end a stage."""


class Net(skorch.NeuralNet):
    """``skorch.NeuralNet`` on packed windows.

    Parameters
    ----------
    n_symbols : int
        One-hot columns.
    autocast_dtype : torch.dtype, default=torch.float32
        Arithmetic of training; anything but float32 runs under autocast.
    augment : BatchAugmentation, default=None
        Applied to one-hot training batches.
    augment_rng : numpy.random.Generator, default=None
        Generator handed to it.
    identifiers : ndarray of shape (n_train,), default=None
        Identifier of each training window.
    foreign_callbacks : bool, default=False
        Whether a user's callbacks take part; skorch's own end training by raising KeyboardInterrupt.
    """

    def __init__(
        self,
        *args,
        n_symbols=4,
        autocast_dtype=torch.float32,
        augment=None,
        augment_rng=None,
        identifiers=None,
        foreign_callbacks=False,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.n_symbols = n_symbols
        self.autocast_dtype = autocast_dtype
        self.augment = augment
        self.augment_rng = augment_rng
        self.identifiers = identifiers
        self.foreign_callbacks = foreign_callbacks

    def notify(self, method_name, **kwargs):
        """Call the callbacks; a KeyboardInterrupt that a user's callback raises at an epoch's end ends the stage."""
        try:
            super().notify(method_name, **kwargs)
        except KeyboardInterrupt:
            # skorch's EarlyStopping ends training by this exception, and Ctrl-C raises the same one: at the end of an
            # epoch, with callbacks of the user's, it is taken for theirs
            if method_name == "on_epoch_end" and self.foreign_callbacks:
                raise _StopTraining from None
            raise

    def one_hot(self, x):
        """Turn codes (n, length) into float32 one-hot (n, length, n_symbols); soft one-hot passes through."""
        if x.dtype != torch.uint8:
            return x
        # (n_symbols + 1, n_symbols): the last row, of unknown residues and padding, stays zero
        table = torch.zeros(self.n_symbols + 1, self.n_symbols, device=x.device)
        table.fill_diagonal_(1)
        return table[x.long()]

    def infer(self, x, **fit_params):
        """Return logits in float32; training batches are augmented, and training arithmetic runs under autocast."""
        batch, parts = self.one_hot(x["x"]), getattr(x, "parts", x)
        beside = [parts[name] for name in ("bags", "covariates") if name in parts]
        training = self.module_.training
        if training and self.augment is not None:
            names = None if self.identifiers is None else self.identifiers[x["rows"].cpu().numpy()]
            # an augmenter is called with targets where there are some
            about = {"identifiers": names, "y": self._targets}
            given = self.augment.augment_batch(batch, self.augment_rng, **about)
            batch, self._targets = (given, None) if self._targets is None else given
        # validation while training uses the arithmetic of training; predictions of the fitted net are in float32
        enabled = self.autocast_dtype != torch.float32 and self._in_training
        with torch.autocast(batch.device.type, dtype=self.autocast_dtype, enabled=enabled):
            logits = self.module_(batch, *beside)
        # losses and softmax lose too much in bfloat16
        return logits.float()

    def train_step_single(self, batch, **fit_params):
        """Loss and gradients of a batch, whose targets an augmenter may exchange with its sequences."""
        inputs, (targets, *weights) = batch
        self._targets = targets
        try:
            self._set_training(True)
            y_pred = self.infer(inputs, **fit_params)
            loss = self.get_loss(y_pred, [self._targets, *weights], X=inputs, training=True)
        finally:
            self._targets = None
        loss.backward()
        return {"loss": loss, "y_pred": y_pred}

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Weighted loss of a batch."""
        return self.criterion_(y_pred, y_true)

    def train_stage(self, data):
        """Train until ``max_epochs`` or early stopping; Ctrl-C is not swallowed."""
        # skorch's own fit swallows KeyboardInterrupt, and with it the user's Ctrl-C
        self.notify("on_train_begin", X=data, y=None)
        self._in_training = True
        try:
            self.fit_loop(data)
        except _StopTraining:
            pass
        finally:
            self._in_training = False
        self.notify("on_train_end", X=data, y=None)
        return self

    # a net that no stage has trained yet predicts too: one with weights from Keras
    _in_training = False
    _targets = None


class EpochMetrics(Callback):
    """Record the learning rate, and the scores of training (as trained, dropout on) and validation rows.

    The scores are accuracy, macro F1 and macro recall.

    Parameters
    ----------
    n_classes : int
        Number of classes. Averages run over the classes that occur in the labels or the predictions.
    """

    def __init__(self, n_classes):
        self.n_classes = n_classes

    def on_epoch_begin(self, net, **kwargs):
        """Start empty confusion matrices."""
        self.counts_ = {}

    def on_batch_end(self, net, batch, training, y_pred, **kwargs):
        """Count the batch."""
        labels = batch[1][0]
        # a confusion matrix in one bincount: (true, predicted) as true * n_classes + predicted. It stays on the device
        # until the epoch ends, as reading it would wait for the device at every batch
        pairs = labels * self.n_classes + y_pred.detach().argmax(1)
        counts = torch.bincount(pairs, minlength=self.n_classes**2)
        name = "train" if training else "valid"
        self.counts_[name] = self.counts_.get(name, 0) + counts

    def on_epoch_end(self, net, **kwargs):
        """Write the epoch's learning rate and scores into the history."""
        net.history.record("lr", net.optimizer_.param_groups[0]["lr"])
        for name, counts in self.counts_.items():
            for score, value in _scores(counts.cpu().numpy().reshape(self.n_classes, -1)).items():
                net.history.record(f"{name}_{score}", value)
        self.counts_ = {}


def _scores(confusion):
    hits, true, predicted = np.diag(confusion), confusion.sum(1), confusion.sum(0)
    # as scikit-learn averages: a class that neither occurs nor is predicted has no score
    seen = (true + predicted) > 0
    recall = hits[seen] / np.maximum(true[seen], 1)
    f1 = 2 * hits[seen] / (true + predicted)[seen]
    return {"accuracy": hits.sum() / confusion.sum(), "f1": f1.mean(), "recall": recall.mean()}


class ReduceOnPlateau(Callback):
    """Multiply the learning rate by ``factor`` after ``patience`` epochs without improvement, as Keras does.

    Parameters
    ----------
    monitor : str
        Column of the history; names ending in "loss" are minimised, others maximised.
    factor : float
        What the rate is multiplied by.
    patience : int
        Epochs to wait, counted anew after each reduction. An improvement is one of more than 1e-4.
    """

    def __init__(self, monitor, factor, patience):
        self.monitor, self.factor, self.patience = monitor, factor, patience

    def on_train_begin(self, net, **kwargs):
        """Start counting."""
        self.best_, self.waited_ = np.inf, 0

    def on_epoch_end(self, net, **kwargs):
        """Compare with the best epoch so far."""
        value = _to_minimise(net, self.monitor)
        # Keras's min_delta
        if value < self.best_ - 1e-4:
            self.best_, self.waited_ = value, 0
            return
        self.waited_ += 1
        if self.waited_ >= self.patience:
            self.waited_ = 0
            for group in net.optimizer_.param_groups:
                group["lr"] *= self.factor


def _to_minimise(net, monitor):
    value = net.history[-1, monitor]
    return value if monitor.endswith("loss") else -value


class KeepBest(Callback):
    """Stop after ``patience`` epochs without improvement, and put the weights of the best epoch back.

    Parameters
    ----------
    monitor : str
        Column of the history; names ending in "loss" are minimised, others maximised.
    patience : int or None
        Epochs to wait; None never stops.
    restore : bool, default=True
        Whether the best weights are put back; else the last ones stay.
    """

    def __init__(self, monitor, patience, restore=True):
        self.monitor, self.patience, self.restore = monitor, patience, restore

    def on_train_begin(self, net, **kwargs):
        """Forget earlier stages."""
        self.best_, self.best_epoch_, self.waited_, self.weights_ = np.inf, None, 0, None

    def on_epoch_end(self, net, **kwargs):
        """Compare with the best epoch so far."""
        value = _to_minimise(net, self.monitor)
        if value < self.best_:
            self.best_, self.best_epoch_, self.waited_ = value, net.history[-1, "epoch"], 0
            if not self.restore:
                return
            # state_dict() gives the live tensors, which training goes on changing
            self.weights_ = {k: v.detach().clone() for k, v in net.module_.state_dict().items()}
            return
        self.waited_ += 1
        if self.patience is not None and self.waited_ >= self.patience:
            raise _StopTraining

    def on_train_end(self, net, **kwargs):
        """Put the best weights back."""
        if self.weights_ is not None:
            net.module_.load_state_dict(self.weights_)
        # a fitted net need not carry its weights twice
        self.weights_ = None
