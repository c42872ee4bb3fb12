"""A residual network for feature vectors, such as those of pairs of embeddings."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.classification._neural import NeuralClassifier, check_sample_weight, to_device
from seqaug_sklearn.classification._parameter_texts import with_shared_texts
from seqaug_sklearn.networks import ResidualMLP
from seqaug_sklearn.neural import split_pair_validation, warn_of_members
from seqaug_sklearn.utils import check_generator, check_vectors, resolve_device
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, fit_context

__all__ = ["ResidualMLPClassifier"]


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

    - architecture: ``hidden_sizes``, ``dropout``
    - training: ``loss``, ``class_weight``, ``max_epochs``, ``batch_size``, ``lr``, ``weight_decay``
    - validation: ``patience``, ``monitor``, ``validation_fraction``
    - device and the rest: ``device``, ``precision``, ``callbacks``, ``verbose``, ``random_state``

    Parameters
    ----------
    hidden_sizes : tuple of int, default=(256, 128)
        Width of each residual block: two dense layers with batch normalisation.
    dropout : float, default=0.3
        Dropout within each block and before the output.
    loss : {"cross_entropy", "focal"}, default="cross_entropy"
        {loss}
    class_weight : {"balanced"}, dict or None, default=None
        {class_weight}
    max_epochs : int, default=100
        {max_epochs}
    batch_size : int, default=64
        Rows per training step, at least 2. A single row that is left over joins the last batch.
    lr : float, default=1e-3
        {lr}
    weight_decay : float, default=0.0
        L2 penalty in Adam's gradient.
    patience : int or None, default=10
        {patience}
    monitor : str, default="valid_loss"
        {monitor}
    validation_fraction : float or None, default=0.1
        Share of the rows, about, held out for early stopping while every class keeps training rows. With members of
        pairs as groups: pairs both members of which training does not know, where that costs at most as many pairs
        (those with one such member) as are held out; otherwise one member, of the side that has more of them. With one
        group per row: other groups; otherwise other rows. Rows of equal content are never on both sides. None trains on
        all rows for all epochs.
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
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of str
        Column names of X, where it has such.

    Raises
    ------
    ValueError
        If X is no matrix of finite numbers (text must be embedded first; a row of NaN is named), or y or groups do not
        fit it.
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
        "hidden_sizes": [tuple, list],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
    }

    _smallest_batch = 2
    _way_to_validation = "pass groups= with finer groups or fewer members in common"

    def __init__(
        self,
        *,
        hidden_sizes=(256, 128),
        dropout=0.3,
        loss="cross_entropy",
        class_weight=None,
        max_epochs=100,
        batch_size=64,
        lr=1e-3,
        weight_decay=0.0,
        patience=10,
        monitor="valid_loss",
        validation_fraction=0.1,
        device="auto",
        precision="auto",
        callbacks=None,
        verbose=0,
        random_state=None,
    ):
        self.hidden_sizes = hidden_sizes
        self.dropout = dropout
        self.loss = loss
        self.class_weight = class_weight
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.lr = lr
        self.weight_decay = weight_decay
        self.patience = patience
        self.monitor = monitor
        self.validation_fraction = validation_fraction
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
        names = X.index if hasattr(X, "iloc") else None
        X = check_vectors(self, X, dtype=np.float32, order="C")
        codes = self._encode_labels(y, len(X))
        weights = check_sample_weight(sample_weight, len(X))
        rng = check_generator(self.random_state)
        state, self.validation_split_ = split_pair_validation(X, codes, groups, self.validation_fraction, rng, names)
        self._warn_without_validation()
        if groups is None:
            warn_of_members(X, self.validation_split_)
        rows = np.flatnonzero(state == 0)
        weights = self._loss_weights(codes, weights, rows)
        train = to_device([X], codes, weights, rows, device)
        valid = to_device([X], codes, weights, np.flatnonzero(state == 1), device)
        self._train_stages(self._build, train, valid, self._stages(None, len(train)), device, rng)
        return self

    def _build(self):
        return ResidualMLP(
            self.n_features_in_, len(self.classes_), hidden_sizes=self.hidden_sizes, dropout=self.dropout
        )

    def _optimizer_options(self):
        return {"weight_decay": self.weight_decay}

    def predict_proba(self, X):
        """Class probabilities of each row.

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
        return self._predict_windows(check_vectors(self, X, dtype=np.float32, order="C", reset=False))
