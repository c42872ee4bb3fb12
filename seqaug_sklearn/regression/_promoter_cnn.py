"""DeepDifE's promoter network for numbers: both strands, L2, learning rate reduced on a plateau."""

from seqaug_sklearn.neural import PromoterCNNEstimator, RegressorHead, with_shared_texts
from seqaug_sklearn.utils._sklearn import StrOptions, fit_context

__all__ = ["PromoterCNNRegressor"]


@with_shared_texts
class PromoterCNNRegressor(RegressorHead, PromoterCNNEstimator):
    """DeepDifE's convolutional network on whole promoters, trained on one strand or both: numbers such as expression.

    One network predicts all columns of ``y``, and takes gaps (NaN) in it. DeepDifE has classes only. The network is
    that of :class:`~seqaug_sklearn.classification.PromoterCNNClassifier`, and its defaults are others: one convolution,
    pooled over stretches of 36 residues, small batches, and 40 epochs of all rows. The published sizes are
    ``conv_channels=(64, 64, 32)``, ``pool_size=6`` and ``dense_units=(256, 128)``, the published training is
    ``batch_size=100, max_epochs=100, plateau_patience=5, patience=20, validation_fraction=0.1``. With these, whose
    weights depend on each place, it memorises few rows and stops with nothing learned: of 300 simulated sequences
    Spearman .09 on other families, and .57 with these defaults and ``strand="both"``
    (``examples/benchmarks/bench_activity.py --parts small``; the best possible is .88).
    :class:`~seqaug_sklearn.regression.MotifCNNRegressor` needs fewer
    rows.

    With ``validation_fraction`` and ``patience`` it stops early. Genes of one family are near-copies, so that needs
    ``fit(..., groups=families)``: without it, relatives land on both sides of the internal split and training stops too
    late. ``cross_val_score`` and searches bring groups there with ``sklearn.set_config(enable_metadata_routing=True)``
    only. ``validation_split_`` says what was held out, and a :class:`~seqaug_sklearn.exceptions.LeakageWarning` where
    relatives are seen on both sides.

    Parameters come in groups:

    - sequences and architecture: ``alphabet``, ``strand``, ``conv_channels``, ``kernel_size``, ``pool_size``,
      ``dense_units``, ``dropout``
    - training: ``loss``, ``max_epochs``, ``batch_size``, ``lr``, ``l2``, ``plateau_factor``, ``plateau_patience``
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
    conv_channels : tuple of int, default=(64,)
        {conv_channels}
    kernel_size : int, default=12
        {kernel_size}
    pool_size : int or "auto", default="auto"
        {pool_size} "auto" is a fifth of the steps of the first convolution, at most 36.
    dense_units : tuple of int, default=(64,)
        {dense_units}
    dropout : float, default=0.25
        {dropout}
    loss : {"squared_error", "huber", "poisson"}, default="squared_error"
        {loss}
    max_epochs : int, default=40
        {max_epochs}
    batch_size : int, default=16
        Rows per training step.
    lr : float, default=1e-3
        {lr}
    l2 : float, default=1e-6
        {l2}
    plateau_factor : float, default=0.1
        {plateau_factor}
    plateau_patience : int or None, default=None
        {plateau_patience}
    patience : int or None, default=None
        {patience}
    monitor : str, default="valid_loss"
        {monitor}
    validation_fraction : float or None, default=None
        {validation_fraction}
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
        Residues per row, padding included, and one-hot columns.

    Raises
    ------
    SequenceError, SequenceTypeError
        If X is a plain matrix, a flattened bag, or text with symbols outside the alphabet.
    DeviceError
        If the device is not there.
    ValueError
        If y holds text or infinity, a target does not vary, a number is negative with ``loss="poisson"``, rows are too
        short for the network or longer than ``pad_to``, ``strand="both"`` meets an alphabet without complement, or
        ``augment`` changes the shape of a batch.

    See Also
    --------
    seqaug_sklearn.networks.PromoterCNN : The network.
    seqaug_sklearn.regression.CNNBiLSTMRegressor : For short windows.

    References
    ----------
    DeepDifE, github.com/VIB-PSB/DeepDifE. Fixed padding and the second stage on clean rows: EvoAug, Lee et al. 2023,
    Genome Biology 24, 105, doi:10.1186/s13059-023-02941-w.

    Examples
    --------
    >>> from seqaug_sklearn.encoding import reverse_complement
    >>> from seqaug_sklearn.regression import PromoterCNNRegressor
    >>> X = ["ACGTTGACCATTGACCATAC", "GGTTGACCAGATTACAGTCA", "CACGTGCCACGTGTTATACC", "TTACACGTGCACACGTGATA"] * 4
    >>> y = [7.5, 7.0, 2.0, 1.5] * 4
    >>> model = PromoterCNNRegressor(strand="both", max_epochs=10, validation_fraction=None, random_state=0).fit(X, y)
    >>> bool(abs(model.predict(X) - model.predict(reverse_complement(X))).max() < 1e-5)
    True
    """

    # a class of its own asks for groups too: requests are looked up per class
    __metadata_request__fit = {"groups": True}

    _parameter_constraints = {
        **PromoterCNNEstimator._parameter_constraints,
        **RegressorHead._parameter_constraints,
        **RegressorHead._sequence_constraints,
        "pool_size": [*PromoterCNNEstimator._parameter_constraints["pool_size"], StrOptions({"auto"})],
    }

    def __init__(
        self,
        *,
        alphabet="dna",
        strand="single",
        conv_channels=(64,),
        kernel_size=12,
        pool_size="auto",
        dense_units=(64,),
        dropout=0.25,
        loss="squared_error",
        max_epochs=40,
        batch_size=16,
        lr=1e-3,
        l2=1e-6,
        plateau_factor=0.1,
        plateau_patience=None,
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
        self : PromoterCNNRegressor
        """
        return self._fit(X, y, sample_weight, groups, identifiers)
