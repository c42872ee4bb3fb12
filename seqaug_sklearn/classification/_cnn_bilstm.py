"""The window paper's classifier, and its two parameter sets."""

from seqaug_sklearn.neural import FOR_POOLED_BAGS, ClassifierHead, CNNBiLSTMEstimator, with_shared_texts
from seqaug_sklearn.published import WINDOW_PAPER
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = ["BAG_DNA", "PAPER_DNA", "PAPER_PROTEIN", "CNNBiLSTMClassifier"]

PAPER_DNA = {
    "alphabet": "dna",
    **WINDOW_PAPER["dna_network"],
    # by the training windows; the paper's scaler has seen the test rows too
    "standardize": True,
    **WINDOW_PAPER["dna_training"],
    "precision": "float32",
}
"""Keyword arguments of :class:`CNNBiLSTMClassifier` for the paper's DNA network and training.

One thing differs from the paper: the input is standardised by the training windows, not by all windows. Where patience
ends the training, the weights of the best epoch are put back.
"""

PAPER_PROTEIN = {
    "alphabet": "protein",
    **WINDOW_PAPER["protein_network"],
    "standardize": False,
    **WINDOW_PAPER["protein_training"],
    "precision": "float32",
}
"""Keyword arguments of :class:`CNNBiLSTMClassifier` for the paper's protein network and training."""

BAG_DNA = {"alphabet": "dna", **FOR_POOLED_BAGS, "bag_pooling": "log_sum_exp", "precision": "float32"}
"""Keyword arguments of :class:`CNNBiLSTMClassifier` for bags of windows of which some hold the evidence.

Wider filters, one small layer that is read at every step, one answer for the bag, and all epochs on all rows: what the
parameters left at "auto" are with ``bag_pooling``. The paper's depth, and its reading of the last step only, learn such
bags late or never.
"""


@with_shared_texts
class CNNBiLSTMClassifier(ClassifierHead, CNNBiLSTMEstimator):
    """Convolutions and a bidirectional LSTM on windows, one vote per window, one answer per parent.

    Early stopping is valid only if it knows the parents: a bag keeps the windows of its row together; families of
    rows need ``fit(..., groups=families)``, and exploded windows ``groups=window_set.positions``, or relatives and
    near-copies land on both sides of the internal split and training stops too late. ``cross_val_score`` and searches
    bring groups there with ``sklearn.set_config(enable_metadata_routing=True)`` only. ``validation_split_`` says what
    was held out, and a :class:`~seqaug_sklearn.exceptions.LeakageWarning` where relatives are seen on both sides.

    As published it needs many rows: of an exact 12-mer that stands anywhere in half of the sequences of 300 nt it
    learns nothing from 400 of them, whole or as windows that vote. With ``bag_pooling`` it is a smaller network, which
    learns it from 400 (``bench_motif_cnn.py --parts published bags --networks bilstm deep``).

    Parameters come in groups:

    - sequences and architecture: ``alphabet``, ``conv_channels``, ``kernel_size``, ``pool``, ``hidden_size``,
      ``num_layers``, ``bidirectional``, ``dense_units``, ``lstm_dropout``, ``dropout``, ``standardize``
    - training: ``loss``, ``class_weight``, ``max_epochs``, ``batch_size``, ``lr``, ``lr_decay``, ``lr_decay_every``
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
    loss : {"cross_entropy", "focal"}, default="cross_entropy"
        {loss}
    class_weight : {"balanced"}, dict, list of dict or None, default=None
        {class_weight}
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
    bag_pooling : {"mean", "max", "log_sum_exp", "attention", "noisy_or"} or None, default=None
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
    classes_ : ndarray of shape (n_classes,) or (n_labels, 2)
        {classes_}
    target_names_ : tuple of str
        {target_names_}
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
        If rows are longer than ``pad_to``, or ``augment`` changes the shape of a batch.
    DeviceError
        If the device is not there.

    See Also
    --------
    seqaug_sklearn.classification.WindowVotingClassifier : Any scikit-learn classifier on bags.
    seqaug_sklearn.model_selection.WindowBlockKFold : A clean split when each class has one parent.

    References
    ----------
    Scientific Reports 15, 27079 (2025), doi:10.1038/s41598-025-12796-9, Methods and Fig. 13. The constants
    ``PAPER_DNA`` and ``PAPER_PROTEIN`` hold its two networks and trainings; ``BAG_DNA`` is ours, for ``bag_pooling``.

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

    _parameter_constraints = {**CNNBiLSTMEstimator._parameter_constraints, **ClassifierHead._parameter_constraints}

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
        loss="cross_entropy",
        class_weight=None,
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
        self.class_weight = class_weight
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
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            {y}
        sample_weight : array-like of shape (n_samples,), default=None
            {sample_weight}
        groups : array-like of shape (n_samples,) or (n_samples, 2), default=None
            {groups}
        identifiers : array-like of shape (n_samples,), default=None
            {identifiers}

        Returns
        -------
        self : CNNBiLSTMClassifier
        """
        return self._fit(X, y, sample_weight, groups, identifiers)
