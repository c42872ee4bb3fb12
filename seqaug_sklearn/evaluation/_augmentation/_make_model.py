"""``make_model``: any model of the comparisons, unfitted, with an augmentation or without."""

from typing import Any

from seqaug_sklearn.evaluation._augmentation._inputs import check_edits, check_orthologs, known_motifs
from seqaug_sklearn.evaluation._augmentation._line_up import BASELINES, check_covariates, check_sources, key_of
from seqaug_sklearn.evaluation._augmentation._models import (
    AUGMENTATIONS,
    NO_WINDOWS,
    Plan,
    count_classes,
    model_of,
    named_edits,
    seconds_of,
)
from seqaug_sklearn.evaluation._fitting import seeded
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import (
    TASKS,
    check_generator,
    check_sequences,
    draw_seed,
    invalid_parameter,
    is_covariate_frame,
    read_target,
)

__all__ = ["make_model", "model_seconds"]

_USUAL_ROWS, _USUAL_LENGTH = 500, 300
"""Sizes where there are no data: sequences, and residues of each."""
_USUAL_WINDOW = 40
"""Window where none is asked for."""
_WINDOWS_ONLY = "bag-cnn-bilstm"


def make_model(
    name: str,
    *,
    alphabet: str = "dna",
    augmentation: str | None = None,
    window: int = _USUAL_WINDOW,
    edits: Any = True,
    orthologs: Any = None,
    strand: str = "both",
    X=None,
    y=None,
    task: str = "auto",
    covariates: bool | None = None,
    motifs: Any = None,
    language_model: Any = None,
    quick: bool = False,
    device: str = "auto",
    random_state=None,
) -> Any:
    """Make a model of the comparisons, unfitted: text in, classes, numbers or labels out.

    With the data given as `X` and `y` it is the estimator that
    :func:`~seqaug_sklearn.evaluation.compare_augmentations` fits for this model and augmentation. Without, it is the
    same for 500 sequences of 300 residues, which decides only how many windows a sequence gives, how long pooled
    networks train on them, and how long edits are.

    Parameters
    ----------
    name : str
        Key of the model, as in ``compare_augmentations(models=)``: "motif-cnn", "bag-cnn-bilstm", "mlp", "svm",
        "logistic", "kmers", "gapped-kmers", "positional-kmers", "motif-occupancies", "language-model", "boosting",
        "average", "composition", "positions", "covariates", "memoriser", "majority", "cnn-bilstm", "cnn", "rnn" or
        "promoter-cnn". "motif-cnn + edits" names the augmentation too. Of numbers "svm" is support vector regression,
        "logistic" ridge regression ("ridge" names it too), as are "kmers" and the like, "majority" the mean, and
        "average" the mean of "svm" and "boosting". See Notes.
    alphabet : {"dna", "rna", "protein"}, default="dna"
        Alphabet of the sequences.
    augmentation : {"windows", "edits", "orthologs", "orthologs + edits"}, default=None
        What it is trained on beside whole sequences. None: these alone. The bag CNN-BiLSTM knows windows only;
        baselines know no augmentation, and models of k-mers no windows.
    window : int, default=40
        Window length in residues.
    edits : bool, str or RandomAugmentation, default=True
        The random edits, where they are part of the augmentation: True or "evoaug", "gentle", or as in
        ``compare_augmentations``.
    orthologs : DataFrame, dict or OrthologAugmenter, default=None
        The orthologs, where they are part of the augmentation. Such a model is fitted on a Series whose index holds the
        identifiers. Elsewhere they leave room: a network of whole sequences reads as many positions as one with them.
    strand : {"both", "single"}, default="both"
        Whether both strands mean the same.
    X : array-like of str of shape (n_samples,), default=None
        Sequences that the model will be fitted on: their number and lengths decide sizes.
    y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
        Their labels or numbers: they decide the task, the number of classes the rounds of boosting, and orthologs are
        checked.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What is predicted: one class per row, one or several numbers, or several labels that are there or not. "auto":
        as y is read, and classes where it is not given.
    covariates : bool, default=None
        Whether numeric columns stand beside the sequences in what the model is fitted on. None: as in X.
    motifs : str, path-like, MotifSet or dict, default=None
        Known motifs for "motif-occupancies", as :class:`~seqaug_sklearn.features.MotifOccupancy` takes them: a file of
        MEME or JASPAR, or "jaspar_plants". They are among the candidates of "average" then.
    language_model : str, path-like or LanguageModelEmbedder, default=None
        Folder of a pre-trained model for "language-model", or what embeds by it. Folders of DNABERT are read by their
        k-mers. Embeddings are computed once and kept in ``SEQAUG_CACHE``, or the user's cache. They are among the
        candidates of "average" then.
    quick : bool, default=False
        Few epochs and windows, as ``compare_augmentations(quick=True)``.
    device : str, default="auto"
        Where networks are trained.
    random_state : None, int, RandomState or Generator, default=None
        Seed of all parts that draw. None leaves them unseeded.

    Returns
    -------
    estimator
        A pipeline, a single estimator, or one that fits such a model for each target (:class:`PerTargetRegressor`,
        :class:`PerTargetClassifier`); ``fit`` takes text.

    Raises
    ------
    InvalidParameterError
        If the model or the augmentation is not known, or they do not go together.
    DataFormatError
        If edits or orthologs do not fit the sequences, or y does not fit them or the task.

    Notes
    -----
    Several numbers or labels of a row, and gaps (NaN) among them, are taken by all models: networks learn them
    together, the others one by one from the rows where each is known. The penalty of ridge regression is chosen on
    inner folds of the training rows, groups apart. "svm" and "boosting" of numbers read which symbol stands where, in
    sequences of at most 60 residues which pair of neighbours too, and the composition; support vector regression is
    that of scikit-learn's defaults on a standardised target, boosting 300 small trees.

    Of classes and labels "gapped-kmers", "motif-occupancies" and "language-model" are logistic regression on 5 of 7
    residues (of proteins 2 of 4), on occupancies of the sequence and, from 120 residues on, of its thirds, and on mean
    embeddings; the penalty of each is chosen on inner folds of the training rows, groups apart. "average" is the mean
    of up to four of these, k-mers and positional k-mers, chosen in the same way
    (:class:`BestAverageClassifier`).

    See Also
    --------
    compare_augmentations : Which model and augmentation to choose.
    AugmentationComparison.fit_best : Fits the best on all data.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> from seqaug_sklearn.evaluation import make_model
    >>> promoters = make_promoters(60, length=80, random_state=0)
    >>> model = make_model("kmers").fit(promoters.sequences, promoters.y)
    >>> model.predict(promoters.sequences[:2]).shape
    (2,)
    >>> make_model("logistic", augmentation="edits", random_state=0)[0].__class__.__name__
    'RandomAugmentation'
    >>> make_model("ridge", task="number").__class__.__name__
    'PerTargetRegressor'
    """
    options = {"quick": quick, "device": device, "strand": strand, "covariates": covariates}
    options |= {"motifs": motifs, "language_model": language_model}
    key, augmentation, plan = _checked(name, alphabet, augmentation, window, edits, orthologs, X, y, task, **options)
    model = model_of(key, plan, augmentation)
    return model if random_state is None else seeded(model, [draw_seed(check_generator(random_state))])


def model_seconds(
    name: str,
    *,
    alphabet: str = "dna",
    augmentation: str | None = None,
    window: int = _USUAL_WINDOW,
    edits: Any = True,
    orthologs: Any = None,
    strand: str = "both",
    X=None,
    y=None,
    task: str = "auto",
    covariates: bool | None = None,
    motifs: Any = None,
    language_model: Any = None,
    quick: bool = False,
    device: str = "auto",
) -> float:
    """Seconds that a fit of a model takes about on one core, by the sizes of the data; as :func:`make_model`."""
    options = {"quick": quick, "device": device, "strand": strand, "covariates": covariates}
    options |= {"motifs": motifs, "language_model": language_model}
    key, augmentation, plan = _checked(name, alphabet, augmentation, window, edits, orthologs, X, y, task, **options)
    return seconds_of(key, plan, augmentation)


def _checked(name, alphabet, augmentation, window, edits, orthologs, X, y, task, **options):
    """The key, and the plan that holds all else."""
    if task not in TASKS:
        raise invalid_parameter("task", f"must be one of {', '.join(map(repr, TASKS))}, got {task!r}")
    target = None if y is None else read_target(y, task=task)
    if target is not None:
        task = target.kind
    elif task == "auto":
        task = "classes"
    name, _, wanted = (part.strip() for part in str(name).partition("+"))
    augmentation = augmentation or wanted or None
    key = key_of(name, task)
    if options["covariates"] is None:
        # without data there is nothing that lacks them
        options["covariates"] = is_covariate_frame(X) or (X is None and key == "covariates")
    check_covariates([key], options["covariates"], "name")
    check_sources([key], "name", motifs=options["motifs"], language_model=options["language_model"])
    options["motifs"] = known_motifs(options["motifs"], alphabet)
    _check_augmentation(key, augmentation, options["covariates"])
    if options["strand"] not in ("both", "single"):
        raise invalid_parameter("strand", f"must be 'both' or 'single', got {options['strand']!r}")
    parts = augmentation or ""
    return (
        key,
        augmentation,
        _plan(
            alphabet,
            window,
            X,
            target,
            needs_windows=augmentation == "windows",
            edits=_edits(edits, key, X, alphabet, options["strand"]) if "edits" in parts else False,
            orthologs=_orthologs(orthologs, X, target, alphabet, needed="orthologs" in parts),
            task=task,
            **options,
        ),
    )


def _check_augmentation(key, augmentation, covariates):
    if augmentation not in AUGMENTATIONS:
        known = ", ".join(map(repr, AUGMENTATIONS))
        raise invalid_parameter("augmentation", f"must be one of {known}; got {augmentation!r}")
    if key == _WINDOWS_ONLY and augmentation != "windows":
        raise invalid_parameter("augmentation", f"must be 'windows' for {key!r}, got {augmentation!r}; see 'motif-cnn'")
    if augmentation == "windows" and key in NO_WINDOWS:
        raise invalid_parameter("augmentation", f"cannot be 'windows' for {key!r}: it reads whole sequences")
    if augmentation == "windows" and covariates:
        raise invalid_parameter("augmentation", "cannot be 'windows' with covariates: a bag of windows has none")
    if augmentation is not None and key in BASELINES:
        raise invalid_parameter("augmentation", f"must be None for the baseline {key!r}, got {augmentation!r}")


def _edits(edits, key, X, alphabet, strand):
    if isinstance(edits, str) and X is None:
        edits = named_edits(edits, _USUAL_LENGTH, alphabet, strand)
    if edits is True or X is not None:
        edits = check_edits(edits, [key], X, alphabet, strand=strand)
    if edits is False:
        raise invalid_parameter(
            "edits", "must be True, a preset or a RandomAugmentation where they are part of the augmentation"
        )
    return edits


def _orthologs(orthologs, X, target, alphabet, *, needed):
    """The augmenter, checked where the data are known."""
    from seqaug_sklearn.augmentation import OrthologAugmenter

    if orthologs is None and not needed:
        return None
    if orthologs is None:
        raise invalid_parameter("orthologs", "must be given where they are part of the augmentation, got None")
    if X is not None and target is not None:
        return check_orthologs(orthologs, X, target.values, alphabet)
    if isinstance(orthologs, OrthologAugmenter):
        return orthologs
    return OrthologAugmenter(orthologs, alphabet=alphabet)


def _plan(alphabet, window, X, target, *, needs_windows, **options):
    n_samples, longest, shortest = _USUAL_ROWS, _USUAL_LENGTH, _USUAL_LENGTH
    if X is not None:
        lengths = check_sequences(X).lengths()
        n_samples, longest, shortest = len(lengths), int(lengths.max()), int(lengths.min())
    if not needs_windows and window == _USUAL_WINDOW:
        # models of whole sequences take shorter ones
        window = max(2, min(window, longest))
    if not 2 <= window <= longest:
        raise invalid_parameter("window", f"must be from 2 to the longest sequence ({longest}), got {window!r}")
    n_targets = 1
    if target is not None:
        n_targets = target.columns.shape[1]
        if X is not None and len(target.values) != n_samples:
            n_labels = len(target.values)
            raise DataFormatError(f"X holds {n_samples} sequences and y {n_labels} labels; they must be as many")
    n_classes = 2 if target is None else count_classes(target)
    n_windows = longest - window + 1
    sizes: dict[str, Any] = {"shortest": shortest, "sized": X is not None, "n_targets": n_targets}
    return Plan(alphabet, window, n_samples, n_classes, n_windows, **sizes, **options)
