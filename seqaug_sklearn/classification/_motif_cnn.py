"""The default network: motif filters on both strands, pooled over all positions, trained for few rows."""

from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.neural import ClassifierHead, MotifCNNEstimator, with_shared_texts
from seqaug_sklearn.utils._sklearn import Interval, Real, fit_context

__all__ = ["MotifCNNClassifier"]


@with_shared_texts
class MotifCNNClassifier(ClassifierHead, MotifCNNEstimator):
    """Motif filters on both strands, pooled over the sequence: the network for tens to a few thousand sequences.

    It trains a number of epochs that follows from the number of rows, on all of them: early stopping on a tenth of 300
    rows stops by chance. With ``validation_fraction`` and ``patience`` it does stop early, and then needs ``fit(...,
    groups=families)`` as the other networks do: without it, relatives land on both sides of the internal split.

    Parameters come in groups:

    - sequences and architecture: ``alphabet``, ``strand``, ``n_filters``, ``kernel_size``, ``pool``,
      ``spacing_filters``, ``spacing_size``, ``dilation``, ``dropout``, ``initial_filters``, ``initial_share``
    - training: ``loss``, ``label_smoothing``, ``class_weight``, ``max_epochs``, ``batch_size``, ``lr``,
      ``weight_decay``, ``average_weights``, ``n_members``
    - validation: ``patience``, ``monitor``, ``validation_fraction``
    - bags of windows: ``bag_pooling``
    - augmentation: ``pad_to``, ``augment``, ``finetune_epochs``, ``finetune_lr``, ``finetune_batch_size``
    - device and the rest: ``device``, ``precision``, ``callbacks``, ``verbose``, ``random_state``

    Parameters
    ----------
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        {alphabet}
    strand : {"auto", "both", "single"}, default="auto"
        {strand}
    n_filters : int, default=64
        {n_filters}
    kernel_size : int, default=12
        {kernel_size}
    pool : tuple of {"max", "mean", "log_sum_exp", "attention"}, default=("max", "mean")
        {pool}
    spacing_filters : int, default=0
        {spacing_filters}
    spacing_size : int, default=9
        {spacing_size}
    dilation : int, default=4
        {dilation}
    dropout : float, default=0.3
        {dropout}
    initial_filters : None, "enriched", path, MotifSet or mapping of str to matrix, default=None
        {initial_filters}
    initial_share : float, default=0.5
        {initial_share}
    loss : {"cross_entropy", "focal"}, default="cross_entropy"
        {loss}
    label_smoothing : float, default=0.05
        Share of each label that is spread over all classes while training; of several labels, over being there and not.
    class_weight : {"balanced"}, dict, list of dict or None, default=None
        {class_weight}
    max_epochs : int or None, default=None
        {max_epochs}
    batch_size : int, default=16
        {batch_size}
    lr : float, default=5e-3
        {lr}
    weight_decay : float, default=1e-2
        {weight_decay}
    average_weights : {"ema", "swa"} or None, default=None
        {average_weights}
    n_members : int, default=1
        Networks with seeds of their own, whose probabilities are averaged.
    patience : int or None, default=None
        {patience}
    monitor : str, default="valid_loss"
        {monitor}
    validation_fraction : float or None, default=None
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
    precision : {"auto", "float32", "bfloat16"}, default="float32"
        {precision}
        On a CPU this network is slower in bfloat16.
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
        Of several members, the first.
    members_ : list of skorch.NeuralNet
        All fitted nets.
    history_ : DataFrame
        {history_}
        Column ``member`` counts the members.
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
        If rows are longer than ``pad_to``, ``strand="both"`` meets an alphabet without complement, motifs have other
        symbols than X, ``average_weights`` meets ``patience``, or ``augment`` changes the shape of a batch.

    See Also
    --------
    seqaug_sklearn.networks.MotifCNN : The network.
    seqaug_sklearn.classification.CNNBiLSTMClassifier : The window paper's network, for windows.
    seqaug_sklearn.classification.PromoterCNNClassifier : DeepDifE's network, for thousands of promoters.

    Notes
    -----
    :func:`~seqaug_sklearn.inspection.sequence_attributions` explains the mean of the members' logits, where predictions
    are the mean of their probabilities.

    Examples
    --------
    >>> from seqaug_sklearn.classification import MotifCNNClassifier
    >>> from seqaug_sklearn.encoding import reverse_complement
    >>> X = ["ACGTTGACCATTGACCATAC", "GGTTGACCAGATTACAGTCA", "CACGTGCCACGTGTTATACC", "TTACACGTGCACACGTGATA"] * 4
    >>> y = ["W-box", "W-box", "G-box", "G-box"] * 4
    >>> clf = MotifCNNClassifier(n_filters=16, kernel_size=8, max_epochs=20, random_state=0).fit(X, y)
    >>> clf.predict(reverse_complement(X[:4]))
    array(['W-box', 'W-box', 'G-box', 'G-box'], dtype='<U5')
    """

    # a class of its own asks for groups too: requests are looked up per class
    __metadata_request__fit = {"groups": True}

    _parameter_constraints = {
        **MotifCNNEstimator._parameter_constraints,
        **ClassifierHead._parameter_constraints,
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(
        self,
        *,
        alphabet="dna",
        strand="auto",
        n_filters=64,
        kernel_size=12,
        pool=("max", "mean"),
        spacing_filters=0,
        spacing_size=9,
        dilation=4,
        dropout=0.3,
        initial_filters=None,
        initial_share=0.5,
        loss="cross_entropy",
        label_smoothing=0.05,
        class_weight=None,
        max_epochs=None,
        batch_size=16,
        lr=5e-3,
        weight_decay=1e-2,
        average_weights=None,
        n_members=1,
        patience=None,
        monitor="valid_loss",
        validation_fraction=None,
        bag_pooling=None,
        pad_to=None,
        augment=None,
        finetune_epochs=0,
        finetune_lr=None,
        finetune_batch_size=None,
        device="auto",
        precision="float32",
        callbacks=None,
        verbose=0,
        random_state=None,
    ):
        self.alphabet = alphabet
        self.strand = strand
        self.n_filters = n_filters
        self.kernel_size = kernel_size
        self.pool = pool
        self.spacing_filters = spacing_filters
        self.spacing_size = spacing_size
        self.dilation = dilation
        self.dropout = dropout
        self.initial_filters = initial_filters
        self.initial_share = initial_share
        self.loss = loss
        self.label_smoothing = label_smoothing
        self.class_weight = class_weight
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.lr = lr
        self.weight_decay = weight_decay
        self.average_weights = average_weights
        self.n_members = n_members
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
        self : MotifCNNClassifier
        """
        return self._fit(X, y, sample_weight, groups, identifiers)

    def member_probabilities(self, X):
        """Class probabilities of each member, whose mean is ``predict_proba``.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As in ``fit``.

        Returns
        -------
        ndarray of float64 of shape (n_members, n_samples, n_classes) or (n_members, n_samples, n_labels)
        """
        check_is_fitted(self)
        return self._of_members(X)
