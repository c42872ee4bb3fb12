"""A residual network that predicts numbers from feature vectors, such as those of pairs of embeddings."""

from seqaug_sklearn.neural import RegressorHead, ResidualMLPEstimator, with_shared_texts
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = ["ResidualMLPRegressor"]


@with_shared_texts
class ResidualMLPRegressor(RegressorHead, ResidualMLPEstimator):
    """Fully connected residual network on a feature matrix: numbers, such as how strongly two sequences bind.

    One network predicts all columns of ``y``, and takes gaps (NaN) in it.

    Pairs that share a member are relatives, so early stopping on pairs needs ``fit(..., groups=members)``, with both
    members of each pair: without it, validation pairs have members that training knows, and training stops too late.
    ``validation_split_`` says what was held out. Scale the features before: the network takes them as they are.

    scikit-learn's ``cross_validate`` and searches hand ``groups`` to the splitter alone. They reach the network only
    with metadata routing: ``sklearn.set_config(enable_metadata_routing=True)`` and ``params={"groups": members}``
    (``fit(..., groups=members)`` of a search). ``seqaug_sklearn.evaluation.compare`` hands them on without.

    Parameters come in groups:

    - architecture: ``architecture``, ``hidden_sizes``, ``dropout``, ``pair_features``, ``scaling``
    - training: ``loss``, ``optimizer``, ``max_epochs``, ``batch_size``, ``lr``, ``weight_decay``, ``gradient_clip``,
      ``plateau_factor``, ``plateau_patience``
    - validation: ``patience``, ``keep``, ``monitor``, ``validation_fraction``
    - device and the rest: ``checkpoint``, ``device``, ``precision``, ``callbacks``, ``verbose``, ``random_state``

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
    loss : {"squared_error", "huber", "poisson"}, default="squared_error"
        {loss}
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
    patience : int or None, default=10
        {patience}
    keep : {"best", "last"}, default="best"
        {keep}
    monitor : str, default="valid_loss"
        {monitor}
    validation_fraction : float or None, default=0.1
        Share of the rows, about, held out for early stopping. With members of pairs as groups: pairs both members of
        which training does not know, where that costs at most as many pairs (those with one such member) as are held
        out; otherwise one member, of the side that has more of them. With one group per row: other groups; otherwise
        other rows, with small and large numbers in equal shares. Rows of equal content are never on both sides. None
        trains on all rows for all epochs.
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
    n_targets_ : int
        {n_targets_}
    target_names_ : tuple of str
        {target_names_}
    target_mean_ : float64 ndarray of shape (n_targets,)
        {target_mean_}
    target_scale_ : float64 ndarray of shape (n_targets,)
        {target_scale_}
    net_ : skorch.NeuralNet
        {net_}
    history_ : DataFrame
        {history_}
    validation_split_ : ValidationSplit
        ``kind`` ("both members", "first members", "second members", "parents" for groups of one column, "rows" without
        groups, or "none") and the rows trained on, validated on, and used for neither (those without any number
        too): ``train_rows, valid_rows``, and column 0 of ``purged``.
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
        fit it, or y holds text or infinity or a target that does not vary, or a negative number with
        ``loss="poisson"``, or ``pair_features`` of an odd number of columns.
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
    Names (text) that stand in both columns of groups are one member; numbers count for each column on its own. Where
    numbers mean the same on both sides, pass them as text: ``groups.astype(str)``.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.regression import ResidualMLPRegressor
    >>> X = np.random.default_rng(0).uniform(-1, 1, (60, 4))
    >>> y = np.column_stack([10 * X[:, 0] * X[:, 1], X[:, 2]])
    >>> y[::3, 1] = np.nan
    >>> model = ResidualMLPRegressor(hidden_sizes=(32, 16), dropout=0.0, lr=0.01, max_epochs=30, device="cpu",
    ...                              validation_fraction=None, random_state=0)
    >>> bool(model.fit(X, y).score(X, y) > 0.9)
    True
    """

    # a class of its own asks for groups too: requests are looked up per class
    __metadata_request__fit = {"groups": True}

    _parameter_constraints = {
        **ResidualMLPEstimator._parameter_constraints,
        **RegressorHead._parameter_constraints,
    }

    def __init__(
        self,
        *,
        architecture="blocks",
        hidden_sizes=(256, 128),
        dropout=0.3,
        pair_features=None,
        scaling=None,
        loss="squared_error",
        optimizer="adam",
        max_epochs=100,
        batch_size=64,
        lr=1e-3,
        weight_decay=0.0,
        gradient_clip=None,
        plateau_factor=None,
        plateau_patience=3,
        patience=10,
        keep="best",
        monitor="valid_loss",
        validation_fraction=0.1,
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
        self.optimizer = optimizer
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.lr = lr
        self.weight_decay = weight_decay
        self.gradient_clip = gradient_clip
        self.plateau_factor = plateau_factor
        self.plateau_patience = plateau_patience
        self.patience = patience
        self.keep = keep
        self.monitor = monitor
        self.validation_fraction = validation_fraction
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
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            {y}
        sample_weight : array-like of shape (n_samples,), default=None
            {sample_weight}
        groups : array-like of shape (n_samples, 2) or (n_samples,), default=None
            Name, or group of relatives, of both members of each pair; or one group per row.

        Returns
        -------
        self : ResidualMLPRegressor
        """
        return self._fit(X, y, sample_weight, groups)
