"""The default network: motif filters on both strands, pooled over all positions, trained for few rows."""

import copy

import numpy as np
import pandas as pd
import torch
from sklearn.utils.validation import check_is_fitted
from torch import nn

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.classification._first_filters import first_filters, read_initial_filters
from seqaug_sklearn.classification._neural_sequence import NeuralSequenceClassifier
from seqaug_sklearn.classification._parameter_texts import with_shared_texts
from seqaug_sklearn.networks import MotifCNN
from seqaug_sklearn.neural import AverageWeights, OneCycle, make_batches
from seqaug_sklearn.utils import Parameter, invalid_parameter
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions, fit_context

__all__ = ["MotifCNNClassifier"]

# inner folds of real promoters chose 40 epochs of 930 rows over 20 and 60, and 60 with orthologs
# (bench_promoters.py --choices); below 320 rows it is the steps that count
_STEPS, _EPOCHS, _MOST_STEPS = 800, 40, 5000
"""Training steps and epochs that the default is at least, and the steps from which it is fewer epochs."""
_FEWEST_EPOCHS, _MOST_EPOCHS = 20, 200
_WITH_AUGMENTATION = 1.5
"""Times as many epochs of rows that are never the same twice."""


@with_shared_texts
class MotifCNNClassifier(NeuralSequenceClassifier):
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
        Alphabet of X given as text, and of the complement.
    strand : {"auto", "both", "single"}, default="auto"
        "both" takes, of each filter at each position, the better of both strands, so that predictions do not depend on
        the strand given. "auto" is "both" for DNA and "single" for everything else.
    n_filters : int, default=64
        Motif filters.
    kernel_size : int, default=12
        Width of a filter, in residues.
    pool : tuple of {"max", "mean", "log_sum_exp", "attention"}, default=("max", "mean")
        How each filter is pooled over the positions; several stand side by side. "max" sees one site, "mean" many weak
        ones.
    spacing_filters : int, default=0
        Filters of a second convolution, which reads motifs at a distance from each other. 0 has none.
    spacing_size : int, default=9
        Taps of the second convolution, an odd number.
    dilation : int, default=4
        Residues from one of its taps to the next.
    dropout : float, default=0.3
        Dropout before the output.
    initial_filters : None, "enriched", path, MotifSet or mapping of str to matrix, default=None
        What the first filters start from. None: random numbers, all of them. "enriched": the k-mers (8-mers of
        nucleotides, 3-mers of proteins) that stand in more training rows of one class than of the others; validation
        rows are not looked at. Otherwise known motifs: a file in MEME's format, what ``read_meme`` gives, or a
        ``MotifSet``; of more motifs than filters to start, those whose best sites separate the training rows best.
    initial_share : float, default=0.5
        Most of the filters that start so; the others start from random numbers.
    loss : {"cross_entropy", "focal"}, default="cross_entropy"
        {loss}
    label_smoothing : float, default=0.05
        Share of each label that is spread over all classes while training.
    class_weight : {"balanced"}, dict or None, default=None
        {class_weight}
    max_epochs : int or None, default=None
        Epochs. None takes 40, or as many as make 800 steps where rows are fewer than 320 (at most 200), or 5,000 steps
        where they are more than 2,000 (at least 20). With ``bag_pooling`` 800 steps, and at least 20 epochs; with
        ``augment`` half as many again.
    batch_size : int, default=16
        Rows, or windows, per training step.
    lr : float, default=5e-3
        Highest learning rate of AdamW; it rises to it over the first third of the steps, and falls to nearly nothing.
    weight_decay : float, default=1e-2
        Decoupled weight decay.
    average_weights : {"ema", "swa"} or None, default=None
        Keep the moving average of the weights over batches (decay .99), or the plain average over the last quarter of
        the epochs, instead of the last weights. Scores in ``history_`` are those of the weights as trained.
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
    device : {"auto", "cpu", "cuda", "cuda:<index>", "mps"}, default="auto"
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
    classes_ : ndarray of shape (n_classes,)
        {classes_}
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
        **NeuralSequenceClassifier._parameter_constraints,
        "strand": [StrOptions({"auto", "both", "single"})],
        "n_filters": [Interval(Integral, 1, None, closed="left")],
        "kernel_size": [Interval(Integral, 1, None, closed="left")],
        "pool": [tuple, list],
        "spacing_filters": [Interval(Integral, 0, None, closed="left")],
        "spacing_size": [Interval(Integral, 1, None, closed="left")],
        "dilation": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        # read by read_initial_filters, whose messages say what is taken
        "initial_filters": "no_validation",
        "initial_share": [Interval(Real, 0, 1, closed="both")],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "average_weights": [StrOptions({"ema", "swa"}), None],
        "n_members": [Interval(Integral, 1, None, closed="left")],
    }

    _optimizer = torch.optim.AdamW

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
        y : array-like of shape (n_samples,)
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
        if self.average_weights is not None and self.patience is not None:
            raise invalid_parameter(
                Parameter("average_weights", self.average_weights),
                f"keeps an average over many epochs, patience={self.patience} "
                "the weights of the best one; choose one of them and set the other to None",
            )
        return self._fit(X, y, sample_weight, groups, identifiers)

    def _build_module(self, n_symbols, length, n_outputs, train):
        complement = self._columns_of_complement(n_symbols)
        module = MotifCNN(
            n_symbols,
            length,
            n_outputs,
            n_filters=self.n_filters,
            kernel_size=self.kernel_size,
            complement=complement,
            pool=self.pool,
            spacing_filters=self.spacing_filters,
            spacing_size=self.spacing_size,
            dilation=self.dilation,
            dropout=self.dropout,
        )
        if train is None:
            return module
        initial = read_initial_filters(self.initial_filters, self.alphabet)
        most = int(self.initial_share * self.n_filters)
        return module.start_from(first_filters(initial, train, n_symbols, complement, most))

    def _columns_of_complement(self, n_symbols):
        """Column of each symbol's complement where both strands are read, else None."""
        alphabet = get_alphabet(self.alphabet)
        fits = alphabet.complement is not None and len(alphabet) == n_symbols
        if self.strand == "single" or (self.strand == "auto" and not (fits and alphabet.name == "dna")):
            return None
        if not fits:
            raise invalid_parameter(
                Parameter("strand", "both"),
                f"needs sequences with a complement, but X has {n_symbols} symbols and "
                f"alphabet={alphabet.name!r}; use strand='single' for proteins, alphabet='dna' or 'rna' otherwise",
            )
        return alphabet.complement_codes[:-1]

    def _split_strands(self, packed):
        # a row and its reverse complement are one to this network, and must not be on both sides
        if self._columns_of_complement(packed.n_symbols) is None:
            return [packed.data]
        return [packed.data, packed.other_strand(get_alphabet(self.alphabet))]

    def _stages(self, augmentation, train):
        stages = super()._stages(augmentation, train)
        if self.max_epochs is None:
            n_batches = len(make_batches(train, self.batch_size))
            stages[0] = (self._default_epochs(n_batches), *stages[0][1:])
        return stages

    def _default_epochs(self, n_batches):
        epochs = _STEPS / n_batches
        if self.bag_pooling is None:
            epochs = max(epochs, min(_EPOCHS, _MOST_STEPS / n_batches))
        if self.augment is not None:
            epochs *= _WITH_AUGMENTATION
        return int(np.clip(round(epochs), _FEWEST_EPOCHS, _MOST_EPOCHS))

    def _train_stages(self, build, train, valid, stages, device, rng, identifiers=None):
        runs = [self._train_one(build, train, valid, stages, device, rng, identifiers) for _ in range(self.n_members)]
        self.members_ = [net for net, _ in runs]
        self.net_ = self.members_[0]
        self.history_ = pd.concat([table.assign(member=n) for n, (_, table) in enumerate(runs)], ignore_index=True)

    def _nets(self):
        return self.members_

    def _set_nets(self, nets):
        self.members_, self.net_ = nets, nets[0]

    def member_probabilities(self, X):
        """Class probabilities of each member, whose mean is ``predict_proba``.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As in ``fit``.

        Returns
        -------
        ndarray of float64 of shape (n_members, n_samples, n_classes)
        """
        check_is_fitted(self)
        return np.stack([self._alone(net).predict_proba(X) for net in self.members_])

    def _alone(self, net):
        alone = copy.copy(self)
        alone.members_ = [net]
        return alone

    def _optimizer_options(self):
        return {"weight_decay": self.weight_decay}

    def _loss_options(self):
        return {"label_smoothing": self.label_smoothing}

    def _stage_callbacks(self, epochs, n_steps, stage):
        callbacks = [("one_cycle", OneCycle(n_steps))] if stage == 0 else []
        if self.average_weights is not None:
            callbacks.append(("average_weights", AverageWeights(self.average_weights, epochs)))
        return callbacks

    def _logits_network(self):
        if len(self.members_) == 1:
            return super()._logits_network()
        return _MeanLogits([self._window_network(net) for net in self.members_])


class _MeanLogits(nn.Module):
    """Mean of the logits of several networks."""

    def __init__(self, networks):
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, x):
        return torch.stack([network(x) for network in self.networks]).mean(dim=0)
