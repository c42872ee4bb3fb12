"""A residual network for feature vectors, such as those of pairs of embeddings."""

from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import f1_score
from sklearn.utils.validation import check_is_fitted
from skorch.callbacks import GradientNormClipping, LRScheduler

from seqaug_sklearn.classification._neural import NeuralClassifier, check_sample_weight, to_device
from seqaug_sklearn.classification._parameter_texts import with_shared_texts
from seqaug_sklearn.networks import PairInputs, ResidualFCNN, ResidualMLP
from seqaug_sklearn.neural import (
    TrainingCheckpoint,
    hashed_rows,
    mapped_data,
    split_pair_validation,
    value_range,
    warn_of_members,
)
from seqaug_sklearn.published import DNA_BERT_PAIRS as PUBLISHED
from seqaug_sklearn.utils import (
    Parameter,
    check_generator,
    check_pair_features,
    check_vectors,
    invalid_data,
    invalid_parameter,
    is_mapped,
    is_whole,
    object_digest,
    resolve_device,
    warn_of_parted_rows,
)
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions, fit_context

__all__ = ["ResidualMLPClassifier"]

_THRESHOLDS = np.linspace(0.1, 0.9, PUBLISHED["n_thresholds"])
_BLOCK = 8192


@with_shared_texts
class ResidualMLPClassifier(NeuralClassifier):
    """Fully connected residual network on a feature matrix: the DNA-BERT pair system's classifier.

    Pairs that share a member are relatives, so early stopping on pairs needs ``fit(..., groups=members)``, with both
    members of each pair: without it, validation pairs have members that training knows, and training stops too late.
    ``validation_split_`` says what was held out. Scale the features before: the network takes them as they are.

    scikit-learn's ``cross_validate`` and searches hand ``groups`` to the splitter alone. They reach the network only
    with metadata routing: ``sklearn.set_config(enable_metadata_routing=True)`` and ``params={"groups": members}``
    (``fit(..., groups=members)`` of a search). ``seqaug_sklearn.evaluation.compare`` hands them on without.

    Parameters come in groups:

    - architecture: ``architecture``, ``hidden_sizes``, ``dropout``, ``pair_features``, ``scaling``
    - training: ``loss``, ``class_weight``, ``optimizer``, ``max_epochs``, ``batch_size``, ``lr``, ``weight_decay``,
      ``gradient_clip``, ``plateau_factor``, ``plateau_patience``, ``sampling``
    - validation: ``patience``, ``keep``, ``monitor``, ``validation_fraction``, ``threshold``
    - device and the rest: ``checkpoint``, ``device``, ``precision``, ``callbacks``, ``verbose``, ``random_state``

    ``DNA_BERT_PAIRS`` holds the published network and training.

    Millions of pairs need not fit into memory: pass the two vectors of each pair, side by side, as a mapped ``.npy``
    file (``np.load(path, mmap_mode="r")``, float32) with ``pair_features=`` and ``scaling="global"``, and features are
    made batch by batch on the device.

    Parameters
    ----------
    architecture : {"blocks", "residual_fcnn"}, default="blocks"
        :class:`~seqaug_sklearn.networks.ResidualMLP`, or the published
        :class:`~seqaug_sklearn.networks.ResidualFCNN`.
    hidden_sizes : tuple of int, default=(256, 128)
        Width of each residual block (two dense layers with batch normalisation), or of each level.
    dropout : float, default=0.3
        Dropout within each block and before the output, or at the end of each level.
    pair_features : tuple of str or None, default=None
        Make these of the two vectors that stand side by side in X, batch by batch: "first", "second", "difference",
        "absolute_difference", "product", as :class:`~seqaug_sklearn.embedding.PairFeatures` does. None takes X as it
        is.
    scaling : {"global"} or None, default=None
        "global": one minimum and one maximum of all numbers of the training rows become -1 and 1, before the pair
        features, as :class:`~seqaug_sklearn.embedding.GlobalMinMaxScaler` does.
    loss : {"cross_entropy", "focal"}, default="cross_entropy"
        {loss}
    class_weight : {"balanced"}, dict or None, default=None
        {class_weight}
    optimizer : {"adam", "adamw"}, default="adam"
        How ``weight_decay`` acts: as an L2 penalty in the gradient, or apart from it.
    max_epochs : int, default=100
        {max_epochs}
    batch_size : int, default=64
        Rows per training step, at least 2. A single row that is left over joins the last batch.
    lr : float, default=1e-3
        {lr}
    weight_decay : float, default=0.0
        Decay of the weights.
    gradient_clip : float or None, default=None
        Largest norm of the gradient of all weights.
    plateau_factor : float or None, default=None
        What the learning rate is multiplied by where ``monitor`` has not improved for more than ``plateau_patience``
        epochs (torch's ``ReduceLROnPlateau``). None keeps the rate.
    plateau_patience : int, default=3
        Such epochs that are waited for.
    sampling : {"shuffle", "balanced"}, default="shuffle"
        Every row once in an epoch, or as many rows drawn with replacement, each class as often as any other.
    patience : int or None, default=10
        {patience}
    keep : {"best", "last"}, default="best"
        Weights that are kept where training stops early.
    monitor : str, default="valid_loss"
        {monitor}
    validation_fraction : float or None, default=0.1
        Share of the rows, about, held out for early stopping while every class keeps training rows. With members of
        pairs as groups: pairs both members of which training does not know, where that costs at most as many pairs
        (those with one such member) as are held out; otherwise one member, of the side that has more of them. With one
        group per row: other groups; otherwise other rows. Rows of equal content are never on both sides. None trains on
        all rows for all epochs.
    threshold : {"f1"} or None, default=None
        Of two classes: predict the second where its probability reaches a threshold, the one of 17 between .1 and .9
        with the best F1 on the validation rows; .5 where there are none. None predicts the more probable class.
    checkpoint : str, path-like or None, default=None
        File in which the training is kept after each epoch. Where it exists, ``fit`` continues from it and ends with
        the same weights as without the interruption; it must come from the same settings and data, and ``random_state``
        must be a whole number. Delete it for a new training. A cross-validation or search fits many data sets: leave it
        None there.
    device : {"auto", "cpu", "cuda", "cuda:<index>", "mps"}, default="auto"
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
    classes_ : ndarray of shape (n_classes,)
        {classes_}
    net_ : skorch.NeuralNet
        {net_}
    history_ : DataFrame
        {history_}
    validation_split_ : ValidationSplit
        ``kind`` ("both members", "first members", "second members", "parents" for groups of one column, "rows" without
        groups, or "none") and the rows trained on, validated on, and used for neither: ``train_rows, valid_rows``, and
        column 0 of ``purged``.
    threshold_ : float
        Probability of the second class from which on it is predicted; there with ``threshold="f1"`` only.
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of str
        Column names of X, where it has such.

    Raises
    ------
    ValueError
        If X is no matrix of finite numbers (text must be embedded first; a row of NaN is named), or y or groups do not
        fit it, or a threshold is asked for with more than two classes, or ``pair_features`` of an odd number of
        columns.
    DataFormatError
        If ``checkpoint`` is of other settings or data.
    DeviceError
        If the device is not there.

    See Also
    --------
    seqaug_sklearn.embedding.PairFeatures : Features of pairs of embeddings.
    seqaug_sklearn.model_selection.ColdPairKFold : Test pairs with unseen members.

    Notes
    -----
    Torch only: there is no TensorFlow twin of this network.

    Names (text) that stand in both columns of groups are one member; numbers count for each column on its own. Where
    numbers mean the same on both sides, pass them as text: ``groups.astype(str)``.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.classification import ResidualMLPClassifier
    >>> X = np.random.default_rng(0).uniform(-1, 1, (60, 4))
    >>> y = np.where(X[:, 0] * X[:, 1] > 0, "bound", "free")
    >>> clf = ResidualMLPClassifier(hidden_sizes=(32, 16), dropout=0.0, lr=0.01, max_epochs=30, device="cpu",
    ...                             validation_fraction=None, random_state=0)
    >>> clf.fit(X, y).score(X, y)
    1.0
    """

    # a class of its own asks for groups too: requests are looked up per class
    __metadata_request__fit = {"groups": True}

    _parameter_constraints = {
        **NeuralClassifier._parameter_constraints,
        "architecture": [StrOptions({"blocks", "residual_fcnn"})],
        "hidden_sizes": [tuple, list],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "pair_features": [tuple, list, None],
        "scaling": [StrOptions({"global"}), None],
        "optimizer": [StrOptions({"adam", "adamw"})],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "gradient_clip": [Interval(Real, 0, None, closed="neither"), None],
        "plateau_factor": [Interval(Real, 0, 1, closed="neither"), None],
        "plateau_patience": [Interval(Integral, 0, None, closed="left")],
        "sampling": [StrOptions({"shuffle", "balanced"})],
        "keep": [StrOptions({"best", "last"})],
        "threshold": [StrOptions({"f1"}), None],
        "checkpoint": [str, Path, None],
    }

    threshold_: float
    _smallest_batch = 2
    _way_to_validation = "pass groups= with finer groups or fewer members in common"

    def __init__(
        self,
        *,
        architecture="blocks",
        hidden_sizes=(256, 128),
        dropout=0.3,
        pair_features=None,
        scaling=None,
        loss="cross_entropy",
        class_weight=None,
        optimizer="adam",
        max_epochs=100,
        batch_size=64,
        lr=1e-3,
        weight_decay=0.0,
        gradient_clip=None,
        plateau_factor=None,
        plateau_patience=3,
        sampling="shuffle",
        patience=10,
        keep="best",
        monitor="valid_loss",
        validation_fraction=0.1,
        threshold=None,
        checkpoint=None,
        device="auto",
        precision="auto",
        callbacks=None,
        verbose=0,
        random_state=None,
    ):
        self.architecture = architecture
        self.hidden_sizes = hidden_sizes
        self.dropout = dropout
        self.pair_features = pair_features
        self.scaling = scaling
        self.loss = loss
        self.class_weight = class_weight
        self.optimizer = optimizer
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.lr = lr
        self.weight_decay = weight_decay
        self.gradient_clip = gradient_clip
        self.plateau_factor = plateau_factor
        self.plateau_patience = plateau_patience
        self.sampling = sampling
        self.patience = patience
        self.keep = keep
        self.monitor = monitor
        self.validation_fraction = validation_fraction
        self.threshold = threshold
        self.checkpoint = checkpoint
        self.device = device
        self.precision = precision
        self.callbacks = callbacks
        self.verbose = verbose
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, groups=None):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,)
            {y}
        sample_weight : array-like of shape (n_samples,), default=None
            {sample_weight}
        groups : array-like of shape (n_samples, 2) or (n_samples,), default=None
            Name, or group of relatives, of both members of each pair; or one group per row.

        Returns
        -------
        self : ResidualMLPClassifier
        """
        return self._fit(X, y, sample_weight, groups)

    def _fit(self, X, y, sample_weight, groups):
        device = resolve_device(self.device)
        self._check_settings()
        names = X.index if hasattr(X, "iloc") else None
        is_parted = groups is None and warn_of_parted_rows(X)
        X = check_vectors(self, X, dtype=np.float32, order="C")
        self._check_pairs(X)
        codes = self._encode_labels(y, len(X))
        if self.threshold is not None and len(self.classes_) != 2:
            raise invalid_parameter(
                Parameter("threshold", self.threshold), f"needs two classes, and y has {len(self.classes_)}"
            )
        weights = check_sample_weight(sample_weight, len(X))
        rng = check_generator(self.random_state)
        state, self.validation_split_ = split_pair_validation(X, codes, groups, self.validation_fraction, rng, names)
        self._warn_without_validation()
        if groups is None and not is_parted:
            warn_of_members(X, self.validation_split_)
        rows = np.flatnonzero(state == 0)
        weights = self._loss_weights(codes, weights, rows)
        place = mapped_data if is_mapped(X) else _in_memory
        train = place(X, codes, weights, rows, device)
        valid = place(X, codes, weights, np.flatnonzero(state == 1), device)
        # rows of a class are drawn by the inverse of its number
        self._draw_weights = torch.from_numpy(1 / np.bincount(codes[rows])[codes[rows]])
        self._optimizer = torch.optim.AdamW if self.optimizer == "adamw" else torch.optim.Adam
        self._span = value_range(X, rows) if self.scaling == "global" else (None, None)
        self._identity = None if self.checkpoint is None else self._fingerprint(X, codes, weights, state)
        try:
            self._train_stages(self._build, train, valid, self._stages(None, train), device, rng)
        finally:
            del self._draw_weights, self._identity, self._span, self._optimizer
        self._choose_threshold(X, codes, state)
        return self

    def _check_settings(self):
        wrong = [size for size in self.hidden_sizes if not is_whole(size) or size < 1]
        if wrong:
            raise invalid_parameter("hidden_sizes", f"must hold whole numbers of at least 1, got {wrong[0]!r}")
        if self.checkpoint is not None and not is_whole(self.random_state):
            raise invalid_parameter(
                Parameter("checkpoint", ...),
                "needs a whole number as ",
                Parameter("random_state"),
                f", or a later fit would draw another validation split and could not go on; got {self.random_state!r}",
            )

    def _check_pairs(self, X):
        if self.pair_features is None:
            return
        check_pair_features(self.pair_features, "pair_features")
        if X.shape[1] % 2:
            raise invalid_data(
                "X", f"has {X.shape[1]} columns, an odd number, so it does not hold two vectors side by side"
            )

    def _fingerprint(self, X, codes, weights, state):
        """Settings and data that decide the training; the number of epochs does not."""
        others = ("checkpoint", "max_epochs", "verbose", "device", "callbacks", "threshold")
        settings = {name: value for name, value in self.get_params(deep=False).items() if name not in others}
        settings |= {"random_state": int(self.random_state), "hidden_sizes": [int(size) for size in self.hidden_sizes]}
        return object_digest((sorted(settings.items()), hashed_rows(X), codes, weights, state))

    def _build(self):
        n_inputs = self.n_features_in_
        if self.pair_features is not None:
            n_inputs = n_inputs // 2 * len(self.pair_features)
        kind = ResidualMLP if self.architecture == "blocks" else ResidualFCNN
        network = kind(n_inputs, len(self.classes_), hidden_sizes=self.hidden_sizes, dropout=self.dropout)
        if self.pair_features is None and self.scaling is None:
            return network
        return torch.nn.Sequential(PairInputs(self.pair_features, *self._span), network)

    def _untrained_module(self):
        self._span = (0.0, 1.0) if self.scaling == "global" else (None, None)
        try:
            return self._build()
        finally:
            del self._span

    def _optimizer_options(self):
        return {"weight_decay": self.weight_decay}

    def _net_options(self):
        # a loaded net is not trained, and has no rows to draw from
        if self.sampling == "shuffle" or not hasattr(self, "_draw_weights"):
            return {}
        return {"iterator_train__draw_weights": self._draw_weights}

    def _lr_callbacks(self, monitor):
        if self.plateau_factor is None:
            return []
        mode = "min" if monitor.endswith("loss") else "max"
        rule = {"mode": mode, "factor": self.plateau_factor, "patience": self.plateau_patience}
        return [("plateau", LRScheduler("ReduceLROnPlateau", monitor=monitor, event_name=None, **rule))]

    def _stage_callbacks(self, epochs, n_steps, stage):
        return [] if self.gradient_clip is None else [("clip", GradientNormClipping(self.gradient_clip))]

    def _make_callbacks(self, has_valid, epochs, n_batches, stage):
        callbacks = super()._make_callbacks(has_valid, epochs, n_batches, stage)
        # a user's callbacks come without a name, or with one of their own
        ours = dict(callbacks[: len(callbacks) - len(self.callbacks or [])])
        if "keep_best" in ours:
            ours["keep_best"].restore = self.keep == "best"
        if self.checkpoint is not None:
            parts = [ours[name] for name in ("plateau", "keep_best") if name in ours]
            # the last of all: what the others know of the epoch is part of it
            callbacks.append(("checkpoint", TrainingCheckpoint(self.checkpoint, self._identity, parts)))
        return callbacks

    def _choose_threshold(self, X, codes, state):
        if self.threshold is None:
            if hasattr(self, "threshold_"):
                del self.threshold_
            return
        held_out = np.flatnonzero(state == 1)
        self.threshold_ = 0.5
        if len(held_out):
            probabilities = self._predict_windows(X[held_out])[:, 1]
            scores = [f1_score(codes[held_out], probabilities >= t, zero_division=0) for t in _THRESHOLDS]
            # the first of equal ones
            self.threshold_ = float(_THRESHOLDS[int(np.argmax(scores))])

    def predict(self, X):
        """Most probable class of each row, or what ``threshold_`` says.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features, as in ``fit``.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        probabilities = self.predict_proba(X)
        if self.threshold is None:
            return self.classes_[probabilities.argmax(axis=1)]
        return self.classes_[(probabilities[:, 1] >= getattr(self, "threshold_", 0.5)).astype(int)]

    def predict_proba(self, X):
        """Class probabilities of each row, block by block.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features, as in ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        X = check_vectors(self, X, dtype=np.float32, order="C", reset=False)
        if not is_mapped(X):
            return self._predict_windows(X)
        # a batch at a time is copied out of the file
        blocks = range(0, len(X), _BLOCK)
        return np.concatenate([self._predict_windows(np.array(X[i : i + _BLOCK])) for i in blocks])


def _in_memory(X, codes, weights, rows, device):
    return to_device([X], codes, weights, rows, device)
