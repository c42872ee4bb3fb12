"""The window paper's classifier, and its two parameter sets."""

import numpy as np
import torch
from skorch.callbacks import LRScheduler

from seqaug_sklearn.classification._neural_sequence import NeuralSequenceClassifier
from seqaug_sklearn.networks import CNNBiLSTM
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions, fit_context

__all__ = ["PAPER_DNA", "PAPER_PROTEIN", "CNNBiLSTMClassifier"]

PAPER_DNA = {
    "alphabet": "dna",
    "conv_channels": (64, 128),
    "kernel_size": 3,
    "pool": "once",
    "hidden_size": 128,
    "num_layers": 2,
    "bidirectional": True,
    "dense_units": (100, 80),
    "lstm_dropout": 0.3,
    "dropout": 0.4,
    "standardize": True,
    "loss": "cross_entropy",
    "class_weight": None,
    "max_epochs": 50,
    "batch_size": 32,
    "lr": 5e-4,
    "lr_decay": 0.85,
    "lr_decay_every": 5,
    "patience": 8,
    "monitor": "valid_loss",
    "validation_fraction": 0.1,
    "precision": "float32",
}
"""Keyword arguments of :class:`CNNBiLSTMClassifier` for the paper's DNA network and training."""

PAPER_PROTEIN = {
    "alphabet": "protein",
    "conv_channels": (64, 128),
    "kernel_size": 3,
    "pool": "each",
    "hidden_size": 64,
    "num_layers": 1,
    "bidirectional": False,
    "dense_units": (64,),
    "lstm_dropout": 0.0,
    "dropout": 0.5,
    "standardize": False,
    "loss": "cross_entropy",
    "class_weight": "balanced",
    "max_epochs": 50,
    "batch_size": 32,
    "lr": 1e-3,
    "lr_decay": None,
    "patience": None,
    "validation_fraction": 0.2,
    "precision": "float32",
}
"""Keyword arguments of :class:`CNNBiLSTMClassifier` for the paper's protein network and training."""


class CNNBiLSTMClassifier(NeuralSequenceClassifier):
    """Convolutions and a bidirectional LSTM on windows, one vote per window, one answer per parent.

    Early stopping is honest only if it knows the parents: a bag keeps the windows of its row together; families of
    rows need ``fit(..., groups=families)``, and exploded windows ``groups=window_set.positions``, or relatives and
    near-copies land on both sides of the internal split and training stops too late. ``cross_val_score`` and searches
    bring groups there with ``sklearn.set_config(enable_metadata_routing=True)`` only. ``validation_split_`` says what
    was held out, and a :class:`~seqaug_sklearn.exceptions.LeakageWarning` where relatives are seen on both sides.

    Parameters
    ----------
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of X given as text; one-hot input brings its own columns.
    conv_channels : tuple of int, default=(64, 128)
        Channels of each convolution; ``()`` gives the RNN-only baseline.
    kernel_size : int, default=3
        Width of the convolutions, in residues.
    pool : {"once", "each", None}, default="once"
        Max-pooling by 2 after the last convolution, after each, or never.
    hidden_size : int, default=128
        Width of each LSTM direction.
    num_layers : int, default=2
        LSTM layers; 0 gives the CNN-only baseline (convolutions flattened into the dense layers).
    bidirectional : bool, default=True
        Whether the LSTM reads both directions. Only its last time step is used.
    dense_units : tuple of int, default=(100, 80)
        Widths of the dense layers.
    lstm_dropout : float, default=0.3
        Dropout between LSTM layers.
    dropout : float, default=0.4
        Dropout after the first dense layer.
    standardize : bool, default=False
        Standardise each position × symbol column with the mean and standard deviation of the training windows (the
        paper's StandardScaler, which it fits on all rows, test rows included).
    loss : {"cross_entropy", "focal"}, default="cross_entropy"
        Training loss; "focal" has gamma 2.
    max_epochs : int, default=50
        Most epochs.
    batch_size : int, default=128
        Windows per training step.
    lr : float, default=2e-3
        Learning rate of Adam.
    lr_decay : float or None, default=0.85
        Factor applied to the learning rate every ``lr_decay_every`` epochs; None keeps it constant.
    lr_decay_every : int, default=5
        Epochs between two decays.
    patience : int or None, default=8
        Epochs without improvement of ``monitor`` before training stops and the best weights are put back. None trains
        all epochs and keeps the last weights.
    monitor : str, default="valid_loss"
        ``"train_"`` or ``"valid_"`` + ``"loss"``, ``"accuracy"``, ``"f1"`` or ``"recall"`` (macro).
    validation_fraction : float or None, default=0.1
        Share of the rows held out for early stopping: other parents than the training rows (groups; without them rows
        of one identifier; rows of equal content always) while every class keeps a training parent; a class with a
        single parent gives a contiguous block of its windows, and the windows that overlap it are used for neither.
        None trains on all rows for all epochs.
    class_weight : {"balanced"}, dict or None, default=None
        Weights of the classes in the loss; "balanced" is the inverse class frequency among the training windows.
    pad_to : int or None, default=None
        Length that rows are padded to with zeros at the right end, for training and prediction; room for insertions,
        as in EvoAug. None is the longest row, or the ``pad_to`` of ``augment`` where that is longer.
    augment : object, list of objects or None, default=None
        ``augment_batch(X, rng, *, identifiers=None)`` of each is applied in turn to every one-hot training batch
        ``(n, length_, n_symbols)``, never to validation rows, and gives back the same shape. An object with
        ``for_training(identifiers, y)`` is asked once, with identifiers and labels of the training rows, for the object
        to use. Identifiers are the index of X or ``fit(..., identifiers=...)``; an augmenter that needs them says so
        where there are none.
    finetune_epochs : int, default=0
        Most epochs of a second stage on the unaugmented rows, which starts from the kept weights of the augmented
        training with a fresh optimizer. It stops early by the same rule, and keeps the best of its own epochs, even if
        an epoch of the first stage was better (``history_`` tells).
    finetune_lr : float or None, default=None
        Learning rate of the second stage, constant; None is ``lr / 10``.
    finetune_batch_size : int or None, default=None
        Windows per step of the second stage; None is ``batch_size``.
    device : {"auto", "cpu", "cuda", "cuda:<index>", "mps"}, default="auto"
        Where to train; a model trained on a GPU unpickles on a CPU.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Arithmetic of training; "auto" is bfloat16 under autocast where the device has it in hardware. Predictions are
        always float32.
    callbacks : list of skorch callbacks or None, default=None
        Added to the built-in ones.
    verbose : int, default=0
        1 shows a progress bar, 2 skorch's table.
    random_state : int, RandomState, Generator or None, default=None
        Seed of weights, batches, dropout, internal split and augmentation. The same seed gives the same bits on a CPU
        for equal versions, machine, precision and thread count. Global generators are untouched.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels.
    net_ : skorch.NeuralNet
        The fitted net; its torch module is ``net_.module_``.
    history_ : DataFrame
        One row per epoch: epoch, stage, losses, accuracy, macro F1 and recall of training and validation rows, lr,
        seconds. Training scores are taken while training (dropout on).
    validation_split_ : ValidationSplit
        ``kind`` ("parents"; "rows" where nothing told what belongs together; "blocks", "none", ...) and the windows
        trained on, validated on and purged.
    augment_reports_ : list
        For each object of ``augment`` the counts that it kept of its training, as ``OrthologAugmenter.report_``; None
        where it counts nothing.
    length_, n_symbols_ : int
        Residues per window, padding included, and one-hot columns.

    Raises
    ------
    SequenceError, SequenceTypeError
        If X is a plain matrix, a flattened bag, or text with symbols outside the alphabet.
    ValueError
        If rows are longer than ``pad_to``, or ``augment`` changes the shape of a batch.
    DeviceError
        If the device is not there.

    See Also
    --------
    seqaug_sklearn.classification.WindowVotingClassifier : Any scikit-learn classifier on bags.
    seqaug_sklearn.model_selection.WindowBlockKFold : An honest split when each class has one parent.

    References
    ----------
    Scientific Reports 15, 27079 (2025), doi:10.1038/s41598-025-12796-9, Methods and Fig. 13. The constants
    ``PAPER_DNA`` and ``PAPER_PROTEIN`` hold its two networks and trainings.

    Examples
    --------
    >>> from seqaug_sklearn.classification import CNNBiLSTMClassifier
    >>> X = ["ACGTACGTAC", "ACGAACGTAC", "TTTTGGGGTT", "TTTAGGGGTT"] * 4
    >>> y = ["up", "up", "down", "down"] * 4
    >>> clf = CNNBiLSTMClassifier(hidden_size=4, max_epochs=20, lr=0.01, validation_fraction=None, random_state=0)
    >>> clf.fit(X, y).predict(["ACGTACGTAC", "TTTTGGGGTT"])
    array(['up', 'down'], dtype='<U4')
    """

    # a class of its own asks for groups too: requests are looked up per class
    __metadata_request__fit = {"groups": True}

    _parameter_constraints = {
        **NeuralSequenceClassifier._parameter_constraints,
        "conv_channels": [tuple, list],
        "kernel_size": [Interval(Integral, 1, None, closed="left")],
        "pool": [StrOptions({"once", "each"}), None],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "num_layers": [Interval(Integral, 0, None, closed="left")],
        "bidirectional": ["boolean"],
        "dense_units": [tuple, list],
        "lstm_dropout": [Interval(Real, 0, 1, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "standardize": ["boolean"],
        "lr_decay": [Interval(Real, 0, 1, closed="right"), None],
        "lr_decay_every": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        *,
        alphabet="dna",
        conv_channels=(64, 128),
        kernel_size=3,
        pool="once",
        hidden_size=128,
        num_layers=2,
        bidirectional=True,
        dense_units=(100, 80),
        lstm_dropout=0.3,
        dropout=0.4,
        standardize=False,
        loss="cross_entropy",
        max_epochs=50,
        batch_size=128,
        lr=2e-3,
        lr_decay=0.85,
        lr_decay_every=5,
        patience=8,
        monitor="valid_loss",
        validation_fraction=0.1,
        class_weight=None,
        pad_to=None,
        augment=None,
        finetune_epochs=0,
        finetune_lr=None,
        finetune_batch_size=None,
        device="auto",
        precision="auto",
        callbacks=None,
        verbose=0,
        random_state=None,
    ):
        self.alphabet = alphabet
        self.conv_channels = conv_channels
        self.kernel_size = kernel_size
        self.pool = pool
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bidirectional = bidirectional
        self.dense_units = dense_units
        self.lstm_dropout = lstm_dropout
        self.dropout = dropout
        self.standardize = standardize
        self.loss = loss
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.lr = lr
        self.lr_decay = lr_decay
        self.lr_decay_every = lr_decay_every
        self.patience = patience
        self.monitor = monitor
        self.validation_fraction = validation_fraction
        self.class_weight = class_weight
        self.pad_to = pad_to
        self.augment = augment
        self.finetune_epochs = finetune_epochs
        self.finetune_lr = finetune_lr
        self.finetune_batch_size = finetune_batch_size
        self.device = device
        self.precision = precision
        self.callbacks = callbacks
        self.verbose = verbose
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, groups=None, identifiers=None):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            One-hot (n_samples, length, n_symbols), bags of one-hot (n_samples, n_windows, length, n_symbols), text
            (n_samples,), or bags of text (n_samples, n_windows).
        y : array-like of shape (n_samples,)
            Labels of any type.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row in the loss.
        groups : array-like of shape (n_samples,) or (n_samples, 2), default=None
            Parent of each row, or its position (parent, start); the internal split keeps relatives together.
        identifiers : array-like of shape (n_samples,), default=None
            Names of the rows, for ``augment``; the index of a Series by default. Without groups, rows of one name are
            one parent: edited copies keep that of theirs.

        Returns
        -------
        self : CNNBiLSTMClassifier
        """
        return self._fit(X, y, sample_weight, groups, identifiers)

    def _build_module(self, n_symbols, length, n_classes, packed_train):
        module = CNNBiLSTM(
            n_symbols,
            length,
            n_classes,
            conv_channels=self.conv_channels,
            kernel_size=self.kernel_size,
            pool=self.pool,
            hidden_size=self.hidden_size,
            num_layers=self.num_layers,
            bidirectional=self.bidirectional,
            dense_units=self.dense_units,
            lstm_dropout=self.lstm_dropout,
            dropout=self.dropout,
        )
        if self.standardize:
            module.standardize(*_moments(packed_train, n_symbols))
        return module

    def _lr_callbacks(self, monitor):
        if not self.lr_decay:
            return []
        schedule = LRScheduler(policy="StepLR", step_size=self.lr_decay_every, gamma=self.lr_decay, event_name=None)
        return [("lr_schedule", schedule)]


def _moments(data, n_symbols):
    """Mean and standard deviation (1 where it is 0) of each position × symbol column, as float32 tensors."""
    if data.dtype == np.uint8:
        mean = np.stack([(data == symbol).mean(0) for symbol in range(n_symbols)], axis=-1)
        scale = np.sqrt(mean * (1 - mean))
    else:
        mean, scale = data.mean(0), data.std(0)
    scale = np.where(scale > 0, scale, 1)
    return torch.from_numpy(mean.astype(np.float32)), torch.from_numpy(scale.astype(np.float32))
