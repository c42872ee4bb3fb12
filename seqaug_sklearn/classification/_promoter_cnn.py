"""DeepDifE's promoter classifier: both strands, L2, learning rate reduced on a plateau."""

import copy

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.networks import BagNetwork
from seqaug_sklearn.neural import ClassifierHead, PromoterCNNEstimator, with_shared_texts
from seqaug_sklearn.utils import Parameter, invalid_parameter, resolve_device, torch_seed_scope
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = ["PromoterCNNClassifier"]


@with_shared_texts
class PromoterCNNClassifier(ClassifierHead, PromoterCNNEstimator):
    """DeepDifE's convolutional network on whole promoters, trained on one strand or both.

    Genes of one family are near-copies, so early stopping needs ``fit(..., groups=families)``: without it, relatives
    land on both sides of the internal split and training stops too late. ``cross_val_score`` and searches bring groups
    there with ``sklearn.set_config(enable_metadata_routing=True)`` only. ``validation_split_`` says what was held out,
    and a :class:`~seqaug_sklearn.exceptions.LeakageWarning` where relatives are seen on both sides.

    As published it needs many rows: of an exact 12-mer that stands anywhere in half of the sequences of 300 nt it
    learns nothing from 1,000 rows and everything from 2,000 (``bench_motif_cnn.py --parts published``, two seeds).
    :class:`~seqaug_sklearn.classification.MotifCNNClassifier` learns it from 50.

    Parameters come in groups:

    - sequences and architecture: ``alphabet``, ``strand``, ``conv_channels``, ``kernel_size``, ``pool_size``,
      ``dense_units``, ``dropout``
    - training: ``loss``, ``class_weight``, ``max_epochs``, ``batch_size``, ``lr``, ``l2``, ``plateau_factor``,
      ``plateau_patience``
    - validation: ``patience``, ``monitor``, ``validation_fraction``
    - bags of windows: ``bag_pooling``
    - augmentation: ``pad_to``, ``augment``, ``finetune_epochs``, ``finetune_lr``, ``finetune_batch_size``
    - device and the rest: ``device``, ``precision``, ``callbacks``, ``verbose``, ``random_state``

    Parameters
    ----------
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of X given as text, and of the complement.
    strand : {"single", "both"}, default="single"
        {strand}
    conv_channels : tuple of int, default=(64, 64, 32)
        {conv_channels}
    kernel_size : int, default=12
        {kernel_size}
    pool_size : int, default=6
        {pool_size}
    dense_units : tuple of int, default=(256, 128)
        {dense_units}
    dropout : float, default=0.25
        {dropout}
    loss : {"cross_entropy", "focal"}, default="cross_entropy"
        {loss}
    class_weight : {"balanced"}, dict, list of dict or None, default=None
        {class_weight}
    max_epochs : int, default=100
        {max_epochs}
    batch_size : int, default=100
        Rows per training step.
    lr : float, default=1e-3
        {lr}
    l2 : float, default=1e-6
        {l2}
    plateau_factor : float, default=0.1
        {plateau_factor}
    plateau_patience : int or None, default=5
        {plateau_patience}
    patience : int or None, default=20
        {patience}
    monitor : str, default="valid_loss"
        {monitor}
    validation_fraction : float or None, default=0.1
        {validation_fraction}
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
        Residues per row, padding included, and one-hot columns.

    Raises
    ------
    SequenceError, SequenceTypeError
        If X is a plain matrix, a flattened bag, or text with symbols outside the alphabet.
    DeviceError
        If the device is not there.
    ValueError
        If rows are too short for the network or longer than ``pad_to``, ``strand="both"`` meets an alphabet without
        complement, or ``augment`` changes the shape of a batch.

    See Also
    --------
    seqaug_sklearn.networks.PromoterCNN : The network, which loads published Keras weights.
    seqaug_sklearn.classification.CNNBiLSTMClassifier : For short windows.

    References
    ----------
    DeepDifE, github.com/VIB-PSB/DeepDifE. Fixed padding and the second stage on clean rows: EvoAug, Lee et al. 2023,
    Genome Biology 24, 105, doi:10.1186/s13059-023-02941-w.

    Examples
    --------
    >>> from seqaug_sklearn.classification import PromoterCNNClassifier
    >>> from seqaug_sklearn.encoding import reverse_complement
    >>> X = ["ACGTTGACCATTGACCATAC", "GGTTGACCAGATTACAGTCA", "CACGTGCCACGTGTTATACC", "TTACACGTGCACACGTGATA"] * 4
    >>> y = ["W-box", "W-box", "G-box", "G-box"] * 4
    >>> clf = PromoterCNNClassifier(strand="both", max_epochs=10, validation_fraction=None, random_state=0).fit(X, y)
    >>> clf.predict(reverse_complement(X[:4]))
    array(['W-box', 'W-box', 'G-box', 'G-box'], dtype='<U5')
    """

    # a class of its own asks for groups too: requests are looked up per class
    __metadata_request__fit = {"groups": True}

    _parameter_constraints = {**PromoterCNNEstimator._parameter_constraints, **ClassifierHead._parameter_constraints}

    def __init__(
        self,
        *,
        alphabet="dna",
        strand="single",
        conv_channels=(64, 64, 32),
        kernel_size=12,
        pool_size=6,
        dense_units=(256, 128),
        dropout=0.25,
        loss="cross_entropy",
        class_weight=None,
        max_epochs=100,
        batch_size=100,
        lr=1e-3,
        l2=1e-6,
        plateau_factor=0.1,
        plateau_patience=5,
        patience=20,
        monitor="valid_loss",
        validation_fraction=0.1,
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
        self.strand = strand
        self.conv_channels = conv_channels
        self.kernel_size = kernel_size
        self.pool_size = pool_size
        self.dense_units = dense_units
        self.dropout = dropout
        self.loss = loss
        self.class_weight = class_weight
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.lr = lr
        self.l2 = l2
        self.plateau_factor = plateau_factor
        self.plateau_patience = plateau_patience
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
        self : PromoterCNNClassifier
        """
        return self._fit(X, y, sample_weight, groups, identifiers)

    @fit_context(prefer_skip_nested_validation=True)
    def load_keras(self, weights, *, classes, length):
        """Become a fitted classifier by the weights of a Keras network of the same sizes; nothing is trained.

        Parameters
        ----------
        weights : h5py.File or list of ndarray
            As for :meth:`PromoterCNN.load_keras <seqaug_sklearn.networks.PromoterCNN.load_keras>`.
        classes : array-like of shape (n_classes,)
            Labels in the order of the network's outputs; of two, the second is what the sigmoid is the probability of.
        length : int
            Residues of the network's input; shorter sequences are padded right with zeros.

        Returns
        -------
        self : PromoterCNNClassifier

        Raises
        ------
        ValueError
            If the arrays do not fit the network, or there are fewer than two classes.
        """
        classes = np.asarray(classes)
        if classes.ndim != 1 or len(np.unique(classes)) != len(classes) or len(classes) < 2:
            raise invalid_parameter("classes", f"must be at least two distinct labels, got {classes.tolist()!r:.80}")
        if self.bag_pooling == "attention":
            raise invalid_parameter(
                Parameter("bag_pooling", "attention"),
                "reads an output that published weights do not have; choose another",
            )
        n_symbols = len(get_alphabet(self.alphabet))
        device = resolve_device(self.device)
        with torch_seed_scope(0, device):
            # weights that do not fit leave this classifier as it was
            loading = copy.copy(self)
            loading._learn_classes(classes)
            module = loading._build_module(n_symbols, length, len(classes), None).load_keras(weights)
            self._learn_classes(classes)
            self.n_symbols_, self.length_ = n_symbols, length
            if self.bag_pooling is not None:
                module = BagNetwork(module, self._head().pooling(self.bag_pooling, 1.0))
            self.net_ = self._make_net(module, device, None, 1, self.lr, self.batch_size, 0).initialize()
        self.history_ = pd.DataFrame()
        return self
