"""The default network for numbers: motif filters on both strands, pooled over all positions, for few rows."""

from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.neural import MotifCNNEstimator, RegressorHead, with_shared_texts
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = ["MotifCNNRegressor"]


@with_shared_texts
class MotifCNNRegressor(RegressorHead, MotifCNNEstimator):
    """Motif filters on both strands, pooled over the sequence: numbers of tens to a few thousand sequences.

    One network predicts all columns of ``y``, and takes gaps (NaN) in it. It pools in one way more than the classifier,
    with a higher learning rate and less dropout: so it learned more of simulated activity.

    It trains a number of epochs that follows from the number of rows, on all of them: early stopping on a tenth of 300
    rows stops by chance. With ``validation_fraction`` and ``patience`` it does stop early, and then needs ``fit(...,
    groups=families)`` as the other networks do: without it, relatives land on both sides of the internal split.

    Parameters come in groups:

    - sequences and architecture: ``alphabet``, ``strand``, ``n_filters``, ``kernel_size``, ``pool``,
      ``spacing_filters``, ``spacing_size``, ``dilation``, ``dropout``, ``initial_filters``, ``initial_share``
    - training: ``loss``, ``max_epochs``, ``batch_size``, ``lr``, ``weight_decay``, ``average_weights``, ``n_members``
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
    pool : tuple of {"max", "mean", "log_sum_exp", "attention"}, default=("max", "mean", "log_sum_exp")
        {pool}
    spacing_filters : int, default=0
        {spacing_filters}
    spacing_size : int, default=9
        {spacing_size}
    dilation : int, default=4
        {dilation}
    dropout : float, default=0.1
        {dropout}
    initial_filters : None, "enriched", path, MotifSet or mapping of str to matrix, default=None
        {initial_filters}
    initial_share : float, default=0.5
        {initial_share}
    loss : {"squared_error", "huber", "poisson"}, default="squared_error"
        {loss}
    max_epochs : int or None, default=None
        {max_epochs}
    batch_size : int, default=16
        {batch_size}
    lr : float, default=1e-2
        {lr}
    weight_decay : float, default=1e-2
        {weight_decay}
    average_weights : {"ema", "swa"} or None, default=None
        {average_weights}
    n_members : int, default=1
        Networks with seeds of their own, whose predictions are averaged.
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
        If y holds text or infinity, a target does not vary, a number is negative with ``loss="poisson"``, rows are
        longer than ``pad_to``, ``strand="both"`` meets an alphabet without complement, motifs have other symbols than
        X, ``average_weights`` meets ``patience``, or ``augment`` changes the shape of a batch.

    See Also
    --------
    seqaug_sklearn.networks.MotifCNN : The network.
    seqaug_sklearn.classification.MotifCNNClassifier : The same for classes.
    seqaug_sklearn.regression.CNNBiLSTMRegressor : The window paper's network, for windows.
    seqaug_sklearn.regression.PromoterCNNRegressor : DeepDifE's network, for thousands of promoters.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.regression import MotifCNNRegressor
    >>> X = ["ACGTTGACCATTGACCATAC", "GGTTGACCAGATTACAGTCA", "CACGTGCCACGTGTTATACC", "TTACACGTGCACACGTGATA"] * 4
    >>> y = np.array([[7.5, 2.0], [7.0, np.nan], [2.0, 9.0], [1.5, 8.5]] * 4)
    >>> model = MotifCNNRegressor(n_filters=16, kernel_size=8, max_epochs=40, random_state=0).fit(X, y)
    >>> model.predict(X[:3]).shape
    (3, 2)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    # a class of its own asks for groups too: requests are looked up per class
    __metadata_request__fit = {"groups": True}

    _texts = {
        "initial_filters": (
            'What the first filters start from. None: random numbers, all of them. "enriched": the k-mers (8-mers of '
            "nucleotides, 3-mers of proteins) that stand in more training rows of one fifth than of the others, in the "
            "order of their numbers (of several the mean of the standardised ones); validation rows are not looked at. "
            "Otherwise known motifs: a file in MEME's format, what ``read_meme`` gives, or a ``MotifSet``; of more "
            "motifs than filters to start, those whose best sites separate these fifths best."
        )
    }
    """What the docstring says otherwise than that of the classifier."""

    _parameter_constraints = {
        **MotifCNNEstimator._parameter_constraints,
        **RegressorHead._parameter_constraints,
        **RegressorHead._sequence_constraints,
    }

    def __init__(
        self,
        *,
        alphabet="dna",
        strand="auto",
        n_filters=64,
        kernel_size=12,
        pool=("max", "mean", "log_sum_exp"),
        spacing_filters=0,
        spacing_size=9,
        dilation=4,
        dropout=0.1,
        initial_filters=None,
        initial_share=0.5,
        loss="squared_error",
        max_epochs=None,
        batch_size=16,
        lr=1e-2,
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
        self : MotifCNNRegressor
        """
        return self._fit(X, y, sample_weight, groups, identifiers)

    def member_predictions(self, X):
        """Predictions of each member, whose mean is what ``predict`` gives.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As in ``fit``.

        Returns
        -------
        ndarray of float64 of shape (n_members, n_samples) or (n_members, n_samples, n_targets)
        """
        check_is_fitted(self)
        members = self._of_members(X)
        return members[:, :, 0] if self.n_targets_ == 1 else members
