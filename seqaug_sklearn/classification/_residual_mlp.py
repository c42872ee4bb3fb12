"""A residual network for feature vectors, such as those of pairs of embeddings."""

import numpy as np
import torch
from sklearn.metrics import f1_score

from seqaug_sklearn.neural import ClassifierHead, ResidualMLPEstimator, with_shared_texts
from seqaug_sklearn.published import DNA_BERT_PAIRS as PUBLISHED
from seqaug_sklearn.utils import Parameter, invalid_parameter
from seqaug_sklearn.utils._sklearn import StrOptions, fit_context

__all__ = ["ResidualMLPClassifier"]

_THRESHOLDS = np.linspace(0.1, 0.9, PUBLISHED["n_thresholds"])


@with_shared_texts
class ResidualMLPClassifier(ClassifierHead, ResidualMLPEstimator):
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
        {architecture}
    hidden_sizes : tuple of int, default=(256, 128)
        {hidden_sizes}
    dropout : float, default=0.3
        {dropout}
    pair_features : tuple of str or None, default=None
        {pair_features}
    scaling : {"global"} or None, default=None
        {scaling}
    loss : {"cross_entropy", "focal"}, default="cross_entropy"
        {loss}
    class_weight : {"balanced"}, dict, list of dict or None, default=None
        {class_weight}
    optimizer : {"adam", "adamw"}, default="adam"
        {optimizer}
    max_epochs : int, default=100
        {max_epochs}
    batch_size : int, default=64
        {batch_size}
    lr : float, default=1e-3
        {lr}
    weight_decay : float, default=0.0
        {weight_decay}
    gradient_clip : float or None, default=None
        {gradient_clip}
    plateau_factor : float or None, default=None
        {plateau_factor}
    plateau_patience : int, default=3
        {plateau_patience}
    sampling : {"shuffle", "balanced"}, default="shuffle"
        Every row once in an epoch, or as many rows drawn with replacement, each class as often as any other.
    patience : int or None, default=10
        {patience}
    keep : {"best", "last"}, default="best"
        {keep}
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
        {checkpoint}
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
        **ResidualMLPEstimator._parameter_constraints,
        **ClassifierHead._parameter_constraints,
        "sampling": [StrOptions({"shuffle", "balanced"})],
        "threshold": [StrOptions({"f1"}), None],
    }

    threshold_: float

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
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
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

    def _read_target(self, y, n_rows):
        codes = super()._read_target(y, n_rows)
        n, kind = len(self.classes_), "labels" if self._has_labels else "classes"
        if self.threshold is not None and (n != 2 or self._has_labels):
            raise invalid_parameter(Parameter("threshold", self.threshold), f"needs two classes, and y has {n} {kind}")
        if self.sampling == "balanced" and self._has_labels:
            raise invalid_parameter(
                Parameter("sampling", "balanced"),
                f"draws each class equally often, but y has {n} labels that occur together; "
                "use class_weight='balanced'",
            )
        return codes

    def _drawn(self, codes):
        # rows of a class by the inverse of its number
        return torch.from_numpy(1 / np.bincount(codes)[codes]) if self.sampling == "balanced" else None

    def _finished(self, X, codes, state):
        if self.threshold is None:
            if hasattr(self, "threshold_"):
                del self.threshold_
            return self
        held_out = np.flatnonzero(state == 1)
        self.threshold_ = 0.5
        if len(held_out):
            probabilities = self._window_answers(X[held_out])[:, 1]
            scores = [f1_score(codes[held_out], probabilities >= t, zero_division=0) for t in _THRESHOLDS]
            # the first of equal ones
            self.threshold_ = float(_THRESHOLDS[int(np.argmax(scores))])
        return self

    def predict(self, X):
        """Most probable class of each row, or what ``threshold_`` says.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features, as in ``fit``.

        Returns
        -------
        labels : ndarray of shape (n_samples,) or int ndarray of shape (n_samples, n_labels)
        """
        if self.threshold is None:
            return super().predict(X)
        probabilities = self.predict_proba(X)
        return self.classes_[(probabilities[:, 1] >= getattr(self, "threshold_", 0.5)).astype(int)]
