"""What the neural estimators of sequences share: pack, split cleanly, augment, predict per parent."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.encoding import CovariateEncoder
from seqaug_sklearn.networks import BagNetwork, CovariateNetwork
from seqaug_sklearn.neural._batch_augmentation import BatchAugmentation
from seqaug_sklearn.neural._estimators._bag_learning import WindowLogits, bags_to_device, pool_outputs, window_weights
from seqaug_sklearn.neural._estimators._logits import LogitsModule
from seqaug_sklearn.neural._estimators._neural_estimator import NeuralEstimator, check_sample_weight, to_device
from seqaug_sklearn.neural._inner_leaks import warn_of_relatives, warn_of_windows
from seqaug_sklearn.neural._packing import pack_windows, pad_windows
from seqaug_sklearn.neural._validation_split import check_groups, split_validation
from seqaug_sklearn.utils import (
    Parameter,
    check_generator,
    check_same_covariates,
    invalid_data,
    invalid_parameter,
    is_covariate_frame,
    known_parents,
    plain_container,
    resolve_device,
    split_covariates,
    warn_of_parted_rows,
)
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions

__all__ = ["NeuralSequenceEstimator"]

_PREDICT_RESIDUES = 1 << 17
"""Most residues in a batch of predictions."""


@dataclass(frozen=True, eq=False)
class TrainingWindows:
    """What a network is made for: the windows that train it, on the given strand.

    Attributes
    ----------
    data : ndarray of shape (n, length) or (n, length, n_symbols)
        Codes or soft one-hot.
    contrasts : intp ndarray of shape (n, n_contrasts)
        What motifs may distinguish: class codes, or those of bins of numbers, or each of several labels; -1 where not
        known.
    weights : float32 ndarray of shape (n,)
        Weights in the loss.
    """

    data: np.ndarray
    contrasts: np.ndarray
    weights: np.ndarray


class NeuralSequenceEstimator(NeuralEstimator):
    """Base of the neural estimators of sequences; subclasses define ``__init__`` and :meth:`_build_module`."""

    __metadata_request__fit = {"groups": True}

    _parameter_constraints: dict = {
        **NeuralEstimator._parameter_constraints,
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "bag_pooling": [StrOptions({"mean", "max", "log_sum_exp", "attention", "noisy_or"}), None],
        "pad_to": [Interval(Integral, 1, None, closed="left"), None],
        # read by BatchAugmentation, whose messages hold no data
        "augment": "no_validation",
        "finetune_epochs": [Interval(Integral, 0, None, closed="left")],
        "finetune_lr": [Interval(Real, 0, None, closed="neither"), None],
        "finetune_batch_size": [Interval(Integral, 1, None, closed="left"), None],
    }

    _way_to_validation = "pass groups=window_set.positions for exploded windows"

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.string = True
        return tags

    def _build_module(self, n_symbols, length, n_outputs, train):
        """Return the torch module of windows, freshly initialised inside the seed scope, for ``TrainingWindows``.

        ``train=None`` asks for a module of the same shape, whose weights are replaced.
        """
        raise NotImplementedError

    def _net_options(self):
        return {"n_symbols": self.n_symbols_}

    def _strands(self, packed):
        """Window data to train and validate on, one array per strand."""
        return [packed.data]

    def _split_strands(self, packed):
        """Window data by whose content the internal split knows equal windows."""
        return self._strands(packed)

    def _complement(self):
        """Column of each symbol's complement where predictions average both strands, else None."""
        return None

    def _fit(self, X, y, sample_weight, groups, identifiers):
        device = resolve_device(self.device)
        augmentation = BatchAugmentation.from_parameter(self.augment)
        X = plain_container(X)
        packed = pack_windows(X, alphabet=self.alphabet)
        length = self._packed_length(packed.length, augmentation)
        targets = self._read_target(y, packed.n_rows)
        weights = check_sample_weight(sample_weight, packed.n_rows)
        names = _check_identifiers(identifiers, X, packed.n_rows)
        parents, starts = check_groups(groups, packed.n_rows)
        if starts is not None and packed.is_bag:
            raise invalid_data(
                "groups", "of shape (n, 2) are positions of exploded windows; for bags pass one group a row"
            )
        augmentation.check_whole(packed.is_bag or starts is not None)
        if groups is None:
            parents = known_parents(X, names)
        rng = check_generator(self.random_state)
        state, self.validation_split_ = self._split(packed, targets, parents, starts, rng)
        covariates = self._fit_covariates(X, np.unique(packed.sources[state == 0]))
        self._warn_without_validation()
        if groups is None:
            self._warn_of_lineage(X, packed)
        # padded after the split, which reads overlaps from the windows' own length
        packed = pad_windows(packed, length)
        self.n_symbols_, self.length_ = packed.n_symbols, packed.length
        self._train(packed, targets, weights, names, state, augmentation, device, rng, covariates)
        return self

    def _fit_covariates(self, X, rows):
        """Learn the scales of covariates from training rows; return float32 (n_samples, n_columns), None without."""
        self.covariates_ = None
        if not is_covariate_frame(X):
            return None
        if self.bag_pooling is not None:
            raise invalid_parameter(
                Parameter("bag_pooling", self.bag_pooling),
                "pools the windows of bags, and rows with covariates are whole sequences; set ",
                Parameter("bag_pooling", None),
            )
        # rows that stop training early are no training rows
        self.covariates_ = CovariateEncoder().fit(X.iloc[rows])
        return self.covariates_.transform(X).astype(np.float32)

    def _read_covariates(self, X):
        """Covariates of rows to predict, as in ``fit``; None without."""
        # models that were kept before there were covariates have none
        encoder = getattr(self, "covariates_", None)
        if encoder is not None:
            return encoder.transform(X).astype(np.float32)
        check_same_covariates(split_covariates(X).names, ())
        return None

    def _warn_of_lineage(self, X, packed):
        """Tell one of the things that only groups would have prevented."""
        if warn_of_parted_rows(X):
            return
        if len(self.validation_split_.valid):
            warn_of_relatives(packed, self.validation_split_, self.alphabet)
        else:
            warn_of_windows(packed)

    def _split(self, packed, targets, parents, starts, rng):
        """State of each window (0 training, 1 validation, 2 neither), and the split that says so."""
        head, fraction, strands = self._head(), self._setting("validation_fraction"), self._split_strands(packed)
        strata, known = head.strata(targets), head.known(targets)
        return split_validation(packed, strata, parents, starts, fraction, rng, strands, known)

    def _packed_length(self, longest, augmentation):
        if self.pad_to is not None and self.pad_to < longest:
            raise invalid_parameter(
                Parameter("pad_to", self.pad_to),
                f"is shorter than the longest row of X, which has {longest} residues; pass at least {longest}, or None",
            )
        return max(longest, self.pad_to or 0, augmentation.pad_to)

    def _train(self, packed, targets, weights, names, state, augmentation, device, rng, covariates):
        rows = np.flatnonzero(state == 0)
        sources = packed.sources[rows]
        parents = np.unique(sources)
        self._settle_target(targets, weights, parents)
        head = self._head()
        train, valid = self._training_data(packed, targets, weights, state, device, covariates)
        strands = self._strands(packed)
        bound = augmentation.for_training(
            None if names is None else names[parents],
            self._named(head.as_given(targets[parents])),
            lambda given: head.encoded(head.from_given(given)),
        )
        self.augment_reports_ = [] if bound is None else bound.reports
        stages = self._stages(bound, train)
        names = None if names is None else np.tile(names[sources], len(strands))

        contrasts = head.contrasts(targets[parents])[np.searchsorted(parents, sources)]
        own = TrainingWindows(packed.data[rows], contrasts, weights[sources])

        def build():
            return self._build(packed.n_symbols, packed.length, own, len(rows) / len(parents))

        self._train_stages(build, train, valid, stages, device, rng, names)

    def _named(self, given):
        """Targets with their names, by which augmenters find those of other rows; classes have none."""
        names = getattr(self, "target_names_", None)
        if names is None:
            return given
        return pd.Series(given, name=names[0]) if given.ndim == 1 else pd.DataFrame(given, columns=list(names))

    def _training_data(self, packed, targets, weights, state, device, covariates):
        """Tensors to train and to validate on: windows, each with the target of its row, or bags."""
        strands, sources = self._strands(packed), packed.sources
        chosen = [np.flatnonzero(state == which) for which in range(2)]
        head = self._head()
        encoded = head.encoded(targets)
        if self.bag_pooling is not None:
            weights = head.loss_weights(targets, weights, np.unique(sources[chosen[0]]))
            return [bags_to_device(strands, sources, encoded, weights, windows, device) for windows in chosen]
        weights = head.loss_weights(targets[sources], weights[sources], chosen[0])
        covariates = None if covariates is None else covariates[sources]
        return [to_device(strands, encoded[sources], weights, windows, device, covariates) for windows in chosen]

    def _build(self, n_symbols, length, train, bag_size):
        """The module that is trained: of windows, or of bags that hold ``bag_size`` windows on average."""
        head = self._head()
        if self.bag_pooling is None:
            module = self._build_module(n_symbols, length, head.n_outputs, train)
            encoder = getattr(self, "covariates_", None)
            if encoder is None:
                return module
            return CovariateNetwork(module, len(encoder.get_feature_names_out()), head.n_outputs)
        pooling = head.pooling(self.bag_pooling, bag_size)
        return BagNetwork(self._build_module(n_symbols, length, pooling.n_outputs, train), pooling)

    def _untrained_module(self):
        return self._build(self.n_symbols_, self.length_, None, 1.0)

    def _stages(self, augmentation, train):
        stages = super()._stages(augmentation, train)
        if self.finetune_epochs:
            lr, batch_size = self.finetune_lr or self.lr / 10, self.finetune_batch_size or self.batch_size
            stages.append((self.finetune_epochs, lr, batch_size, None))
        return stages

    def _answers(self, X):
        """What is said of each row, pooled over the windows of a bag: float64 (n_samples, n_outputs)."""
        check_is_fitted(self)
        packed = pack_windows(X, alphabet=self.alphabet, length=self.length_, n_symbols=self.n_symbols_)
        covariates = self._read_covariates(X)
        if self.bag_pooling is not None:
            outputs, answers = self._bag_outputs(packed), self._head().answers
            return np.mean([answers(pool_outputs(pooling, said, packed.sources)) for pooling, said in outputs], axis=0)
        windows = np.mean([self._window_answers(data, covariates) for data in self._strands(packed)], axis=0)
        if not packed.is_bag:
            return windows
        counts = np.bincount(packed.sources, minlength=packed.n_rows)
        # windows of a bag are neighbours: reduceat adds them up
        first = np.cumsum(counts) - counts
        return np.add.reduceat(windows, first, axis=0) / counts[:, None]

    def _bag_outputs(self, packed):
        """(pooling, outputs of all windows) of each net on each strand."""
        return [
            (net.module_.pooling, self._window_outputs(net, data))
            for data in self._strands(packed)
            for net in self._nets()
        ]

    def bag_weights(self, X, target=None):
        """How much each window counts in what is said of its bag.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_windows, ...)
            Bags, as in ``fit``.
        target : label or str, default=None
            Class that the windows speak for; None is the predicted class of each bag. Of several labels, and numbers,
            the name of one of them; None where there is one number.

        Returns
        -------
        weights : float64 ndarray of shape (n_samples, n_windows)
            Sums of 1 over a bag, NaN where a window is missing. Of votes (``bag_pooling=None``) and "mean", a window's
            share in the probabilities of the class, of numbers the same for all windows (of ``loss="poisson"`` its
            share in the rate); of "max", 1 for the window that decides; of "log_sum_exp", its
            share in the sum; of "attention", what it attends to; of "noisy_or", its share in the evidence for the
            positive class or the label.

        Raises
        ------
        DataFormatError
            If X holds no bags.
        InvalidParameterError
            If ``target`` is no class, or no target.
        """
        check_is_fitted(self)
        packed = pack_windows(X, alphabet=self.alphabet, length=self.length_, n_symbols=self.n_symbols_)
        if not packed.is_bag:
            raise invalid_data(
                "X", "must hold bags (n_samples, n_windows, ...) for bag_weights; put WindowAugmenter in front"
            )
        column = self._bag_columns(target, X, packed.n_rows)
        weights = self._window_weights(packed)
        found = np.full((packed.n_rows, packed.columns.max() + 1), np.nan)
        found[packed.sources, packed.columns] = weights[np.arange(len(weights)), column[packed.sources]]
        return found

    def _window_weights(self, packed):
        """Weight of each window for each output, (n_windows, n_outputs), averaged over nets and strands."""
        if self.bag_pooling is None:
            votes = self._head().pooling("mean", 1.0)
            pairs = [(votes, self._window_outputs(net, data)) for data in self._strands(packed) for net in self._nets()]
        else:
            pairs = self._bag_outputs(packed)
        return np.mean([window_weights(pooling, said, packed.sources) for pooling, said in pairs], axis=0)

    def _predict_batch(self):
        # fewer of long windows, so that a batch takes about the same memory
        return min(super()._predict_batch(), max(64, _PREDICT_RESIDUES // self.length_))

    def encode_windows(self, X):
        """Windows of X as the network sees them: encoded, and padded right to ``length_``.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Text, one-hot, or bags of either, as in ``fit``.

        Returns
        -------
        codes : uint8 ndarray of shape (n_windows, length) or float32 of shape (n_windows, length, n_symbols)
            One-hot column of each residue up to ``length_``, ``n_symbols_`` where it is unknown or padding (a row of
            zeros); soft one-hot where X is not exactly one-hot.
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
            n_classes)``, columns in the order of ``classes_`` (of several labels, of ``target_names_``), or of a
            regressor to its predictions ``(n, n_targets)``, in the unit of the targets: in evaluation mode, weights
            frozen. Where predictions average both strands the outputs of both are averaged, and ``lengths`` says within
            which residues the other strand turns (all of them by default). Of an estimator that reads covariates it is
            ``module(x, lengths, covariates)``, with what ``covariates_`` makes of them, float32.

        See Also
        --------
        encode_windows : What goes in.
        """
        check_is_fitted(self)
        module = LogitsModule(self._logits_network(), self._complement())
        return module if device is None else module.to(device)

    def _logits_network(self):
        """Module whose outputs are explained."""
        return self._window_network(self.net_)

    def _window_network(self, net):
        """Module of a net that maps windows to what is explained, (n, n_outputs)."""
        network = net.module_
        if self.bag_pooling is not None:
            # attention reads an output of its own; without it, the network keeps its affine beginning
            network = WindowLogits(network) if self.bag_pooling == "attention" else network.network
        return self._head().explained(network)


def _check_identifiers(identifiers, X, n_rows):
    if identifiers is None:
        identifiers = getattr(X, "index", None) if hasattr(X, "iloc") else None
    if identifiers is None:
        return None
    identifiers = np.asarray(identifiers, dtype=object)
    if identifiers.shape != (n_rows,):
        raise invalid_data("identifiers", f"must be of shape ({n_rows},) to fit X, got {identifiers.shape}")
    return identifiers
