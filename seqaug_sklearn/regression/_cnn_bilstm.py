"""The window paper's network for numbers."""

from seqaug_sklearn.neural import CNNBiLSTMEstimator, RegressorHead, with_shared_texts
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = ["CNNBiLSTMRegressor"]


@with_shared_texts
class CNNBiLSTMRegressor(RegressorHead, CNNBiLSTMEstimator):
    """Convolutions and a bidirectional LSTM on windows: numbers of windows, averaged per parent.

    One network predicts all columns of ``y``, and takes gaps (NaN) in it. The window paper has classes only; network
    and training are those of :class:`~seqaug_sklearn.classification.CNNBiLSTMClassifier`, which needs many rows:
    :class:`~seqaug_sklearn.regression.MotifCNNRegressor` learns from fewer.

    Early stopping is valid only if it knows the parents: a bag keeps the windows of its row together; families of
    rows need ``fit(..., groups=families)``, and exploded windows ``groups=window_set.positions``, or relatives and
    near-copies land on both sides of the internal split and training stops too late. ``cross_val_score`` and searches
    bring groups there with ``sklearn.set_config(enable_metadata_routing=True)`` only. ``validation_split_`` says what
    was held out, and a :class:`~seqaug_sklearn.exceptions.LeakageWarning` where relatives are seen on both sides.

    Parameters come in groups:

    - sequences and architecture: ``alphabet``, ``conv_channels``, ``kernel_size``, ``pool``, ``hidden_size``,
      ``num_layers``, ``bidirectional``, ``dense_units``, ``lstm_dropout``, ``dropout``, ``standardize``
    - training: ``loss``, ``max_epochs``, ``batch_size``, ``lr``, ``lr_decay``, ``lr_decay_every``
    - validation: ``patience``, ``monitor``, ``validation_fraction``
    - bags of windows: ``bag_pooling``
    - augmentation: ``pad_to``, ``augment``, ``finetune_epochs``, ``finetune_lr``, ``finetune_batch_size``
    - device and the rest: ``device``, ``precision``, ``callbacks``, ``verbose``, ``random_state``

    Parameters
    ----------
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        {alphabet}
    conv_channels : tuple of int or "auto", default="auto"
        {conv_channels}
    kernel_size : int or "auto", default="auto"
        {kernel_size}
    pool : {"auto", "once", "each", "global", None}, default="auto"
        {pool}
    hidden_size : int or "auto", default="auto"
        {hidden_size}
    num_layers : int or "auto", default="auto"
        {num_layers}
    bidirectional : bool, default=True
        {bidirectional}
    dense_units : tuple of int, default=(100, 80)
        {dense_units}
    lstm_dropout : float, default=0.3
        {lstm_dropout}
    dropout : float, default=0.4
        {dropout}
    standardize : bool, default=False
        {standardize}
    loss : {"squared_error", "huber", "poisson"}, default="squared_error"
        {loss}
    max_epochs : int, default=50
        {max_epochs}
    batch_size : int, default=128
        {batch_size}
    lr : float, default=2e-3
        {lr}
    lr_decay : float or None, default=0.85
        {lr_decay}
    lr_decay_every : int, default=5
        {lr_decay_every}
    patience : int, None or "auto", default="auto"
        {patience}
        "auto" is 8, or None with ``bag_pooling``.
    monitor : str, default="valid_loss"
        {monitor}
    validation_fraction : float, None or "auto", default="auto"
        {validation_fraction}
        "auto" is 0.1, or None with ``bag_pooling``.
    bag_pooling : {"mean", "max", "log_sum_exp", "attention"} or None, default=None
        {bag_pooling}
    pad_to : int or None, default=None
        {pad_to}
    augment : object, list of objects or None, default=None
        {augment}
    finetune_epochs : int, default=0
        {finetune_epochs}
    finetune_lr : float or None, default=None
        {finetune_lr}
    finetune_batch_size : int or None, default=None
        {finetune_batch_size}
    device : {"auto", "cpu", "cuda", "cuda:<index>", "mps"} or torch.device, default="auto"
        {device}
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        {precision}
    callbacks : list of skorch callbacks or None, default=None
        {callbacks}
    verbose : int, default=0
        {verbose}
    random_state : int, RandomState, Generator or None, default=None
        {random_state}

    Attributes
    ----------
    n_targets_ : int
        {n_targets_}
    target_names_ : tuple of str
        {target_names_}
    target_mean_ : float64 ndarray of shape (n_targets,)
        {target_mean_}
    target_scale_ : float64 ndarray of shape (n_targets,)
        {target_scale_}
    covariates_ : CovariateEncoder or None
        {covariates_}
    net_ : skorch.NeuralNet
        {net_}
    history_ : DataFrame
        {history_}
    validation_split_ : ValidationSplit
        {validation_split_}
    augment_reports_ : list
        {augment_reports_}
    length_, n_symbols_ : int
        Residues per window, padding included, and one-hot columns.

    Raises
    ------
    SequenceError, SequenceTypeError
        If X is a plain matrix, a flattened bag, or text with symbols outside the alphabet.
    ValueError
        If y holds text or infinity, a target does not vary, a number is negative with ``loss="poisson"``, rows are
        longer than ``pad_to``, or ``augment`` changes the shape of a batch.
    DeviceError
        If the device is not there.

    See Also
    --------
    seqaug_sklearn.regression.WindowVotingRegressor : Any scikit-learn regressor on bags.
    seqaug_sklearn.regression.MotifCNNRegressor : The network for few rows.

    References
    ----------
    The network: Scientific Reports 15, 27079 (2025), doi:10.1038/s41598-025-12796-9, Methods and Fig. 13.

    Examples
    --------
    >>> from seqaug_sklearn.regression import CNNBiLSTMRegressor
    >>> X = ["ACGTACGTAC", "ACGAACGTAC", "TTTTGGGGTT", "TTTAGGGGTT"] * 4
    >>> y = [7.5, 7.0, 2.0, 1.5] * 4
    >>> model = CNNBiLSTMRegressor(hidden_size=4, max_epochs=20, lr=0.01, validation_fraction=None, random_state=0)
    >>> low, high = model.fit(X, y).predict(["TTTTGGGGTT", "ACGTACGTAC"])
    >>> bool(low + 2 < high)
    True
    """

    # a class of its own asks for groups too: requests are looked up per class
    __metadata_request__fit = {"groups": True}

    _parameter_constraints = {
        **CNNBiLSTMEstimator._parameter_constraints,
        **RegressorHead._parameter_constraints,
        **RegressorHead._sequence_constraints,
    }

    def __init__(
        self,
        *,
        alphabet="dna",
        conv_channels="auto",
        kernel_size="auto",
        pool="auto",
        hidden_size="auto",
        num_layers="auto",
        bidirectional=True,
        dense_units=(100, 80),
        lstm_dropout=0.3,
        dropout=0.4,
        standardize=False,
        loss="squared_error",
        max_epochs=50,
        batch_size=128,
        lr=2e-3,
        lr_decay=0.85,
        lr_decay_every=5,
        patience="auto",
        monitor="valid_loss",
        validation_fraction="auto",
        bag_pooling=None,
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
        self.bag_pooling = bag_pooling
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
            {X}
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            {y}
        sample_weight : array-like of shape (n_samples,), default=None
            {sample_weight}
        groups : array-like of shape (n_samples,) or (n_samples, 2), default=None
            {groups}
        identifiers : array-like of shape (n_samples,), default=None
            {identifiers}

        Returns
        -------
        self : CNNBiLSTMRegressor
        """
        return self._fit(X, y, sample_weight, groups, identifiers)
