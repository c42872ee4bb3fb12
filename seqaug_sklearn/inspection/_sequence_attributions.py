"""One function for every method: what each residue contributes to a classifier's answer."""

from dataclasses import replace

import numpy as np
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.inspection._attributions import Attributions
from seqaug_sklearn.inspection._backgrounds import make_background
from seqaug_sklearn.inspection._explained import fitting_methods, read_explained
from seqaug_sklearn.inspection._members import averaged, members_of, members_of_column
from seqaug_sklearn.inspection._methods import (
    GRADIENTS,
    LARGEST_GAP,
    METHODS,
    WITHOUT_BACKGROUND,
    Explainer,
    is_complete,
)
from seqaug_sklearn.inspection._models import weighs_positions
from seqaug_sklearn.inspection._outputs import outputs_of
from seqaug_sklearn.inspection._stitching import add_up, warn_of_gaps
from seqaug_sklearn.utils import Parameter, check_generator, invalid_parameter, require_memory, warn
from seqaug_sklearn.utils import progress as progress_bar

__all__ = ["attributions_of_members", "check_counts", "resolve_target", "sequence_attributions"]

_BLOCK_WINDOWS = 1 << 14  # windows held before they are added up on their parents


def sequence_attributions(
    estimator,
    X,
    *,
    method="auto",
    target=None,
    background="uniform",
    n_background=10,
    n_steps=32,
    n_samples=None,
    hypothetical=False,
    alphabet="dna",
    batch_size=None,
    device=None,
    random_state=None,
    progress=False,
):
    r"""Contribution of every residue to the answer of a fitted classifier or regressor.

    The values explain the model, not biology: one that learned an artefact is explained as faithfully.
    Explain sequences that it was not trained on.

    Parameters
    ----------
    estimator : fitted classifier or regressor
        A neural classifier or regressor of the toolkit; a pipeline, search, ``WindowVotingClassifier`` or
        ``WindowVotingRegressor`` that ends in one; for ``"kmer_weights"`` a pipeline from counts of k-mers to a linear
        model; for ``"shap_kernel"`` and ``"mutagenesis"`` any regressor of text, and any classifier of text that has
        ``decision_function`` or ``predict_proba``. Of an average (``AveragedClassifier``, ``VotingClassifier`` of soft
        votes, ``VotingRegressor``) the answers of its members are explained and averaged, except by the last two
        methods, which ask it as a whole. Where a step of the pipeline is ``WindowAugmenter``, the windows are explained
        and averaged on their sequences, as predictions average over windows.
    X : array-like of shape (n_samples, ...)
        What ``estimator.predict`` takes: text; for neural classifiers also one-hot. Bags give one row per window. Of a
        model that reads covariates a frame: these stay at the values of each row, and what is attributed is the
        sequence; ``baseline_output`` is the answer for the background beside the same covariates.
    method : str, default="auto"
        - ``"auto"``: ``"integrated_gradients"`` of networks, ``"kmer_weights"`` where it can be, else
          ``"mutagenesis"``, which asks for three predictions for each residue of DNA.
        - ``"kmer_weights"``: exact, of counts of k-mers (``KmerCounts``, or ``CountVectorizer`` and
          ``TfidfVectorizer`` of characters) in front of a linear classifier. The score is a sum over k-mers, each its
          coefficient times its value after weighting and scaling; that is shared evenly by all places where the k-mer
          stands, on either strand if both are counted, and there by its residues.
        - ``"integrated_gradients"`` [1]_: the gradient, integrated from the background to the sequence. Rows whose gap
          (see ``delta``) exceeds 1 % of the change of output, and 0.001, get up to 128 times ``n_steps``.
        - ``"shap_gradient"``: SHAP's expected gradients [2]_, at random points between the sequence and random
          backgrounds; the values of ``shap.GradientExplainer`` at equal seeds.
        - ``"deep_lift"`` [3]_: rescale rule by captum, for networks without recurrence whose positions are pooled by
          their maximum or mean: the rule does not hold for products such as the gates of an LSTM, and there is none for
          weights of positions (``pool`` with "log_sum_exp", as in the default of ``MotifCNNRegressor``, or
          "attention").
        - ``"shap_kernel"`` [2]_: Shapley values of positions by ``shap.KernelExplainer``, for short sequences.
        - ``"mutagenesis"``: every residue is exchanged for every other symbol *in silico*.
    target : label, default=None
        Class to explain, by default the second of two classes, otherwise the class predicted for each row. Of several
        numbers or labels the name of one (see ``target_names_``).
    background : {"uniform", "zeros", "dinucleotide_shuffled"} or array-like, default="uniform"
        What the residues are compared with: all symbols equally (text classifiers: ``n_background`` random sequences),
        no residue (text classifiers: N), each sequence shuffled ``n_background`` times with its pairs of neighbours
        kept, or given sequences as text or one-hot, as long as the longest row. ``"kmer_weights"`` compares with a text
        without any k-mer, ``"mutagenesis"`` with nothing.
    n_background : int, default=10
        Background sequences where they are drawn.
    n_steps : int, default=32
        Steps of integrated gradients (trapezoidal rule) for each background, before more are added.
    n_samples : int, default=None
        Points per row of ``"shap_gradient"`` (200 by default), coalitions per row of ``"shap_kernel"`` (2,048 + two for
        each position).
    hypothetical : bool, default=False
        Give also the contribution that each symbol would have at each position, what TF-MoDISco reads. Not for
        ``"shap_kernel"``.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of text where the estimator does not say.
    batch_size : int, default=None
        Sequences per pass; by default what suits the device.
    device : {"auto", "cpu", "cuda", "cuda:<index>", "mps"}, default=None
        Where a copy of the network computes; where the classifier was trained by default.
    random_state : int, RandomState, Generator or None, default=None
        Seed of drawn backgrounds and samples. Global generators are left as they were.
    progress : bool, default=False
        Show a progress bar.

    Returns
    -------
    Attributions
        ``values``, ``delta`` (completeness gap of each row), ``output`` and more; rows are sequences.

    Raises
    ------
    NotFittedError
        If ``estimator`` is not fitted.
    ValueError
        If the method does not fit the estimator, ``target`` is none of its classes, labels or targets, or missing where
        there are several of the last two, or a parameter is out of range.
    SequenceError, SequenceTypeError
        If X is not exactly one-hot or text, or the background has another length.
    DeviceError
        If the device is not there.
    MissingDependencyError
        If captum is missing (``"deep_lift"``).

    Warns
    -----
    SeqAugWarning
        If the gap of some rows exceeds 1 % (integrated gradients) or 5 % of the change of output, and 0.001; or if
        residues between the windows of a pipeline lie in none.

    See Also
    --------
    stitch_windows : Attributions of exploded windows on their parents.
    shap_interactions : Pairs of positions.

    Notes
    -----
    What is explained is the logit of ``target``; for two classes its log-odds against the other, for one of several
    labels its own log-odds, and for numbers the prediction itself, in the unit of ``y``. Where predictions average both
    strands, these are averaged too. Classifiers with probabilities alone are explained by log-odds (probabilities
    clipped to 1e-6).

    With a gradient :math:`g` averaged over the path, ``values`` are :math:`g_{ps} (x_{ps} - b_{ps})`, which add up to
    the output less that of the background, and hypothetical values :math:`\sum_t g_{pt} (e_{s,t} - b_{pt})` for
    symbol :math:`s`; at the symbol that is there they equal :meth:`Attributions.per_position`. Mutagenesis gives
    :math:`f(x_{p \to s}) - f(x)` and hypothetical values that compare :math:`s` with the mean of the others.

    Unknown residues and padding are the same in the background, so that they contribute nothing.

    References
    ----------
    .. [1] M. Sundararajan, A. Taly and Q. Yan, Axiomatic attribution for deep networks, ICML 2017, arXiv:1703.01365.
    .. [2] S. Lundberg and S.-I. Lee, A unified approach to interpreting model predictions, NeurIPS 2017,
       arXiv:1705.07874; G. Erion et al., Improving performance of deep learning models with axiomatic attribution
       priors and expected gradients, Nature Machine Intelligence 3 (2021), :doi:`10.1038/s42256-021-00343-w`.
    .. [3] A. Shrikumar, P. Greenside and A. Kundaje, Learning important features through propagating activation
       differences, ICML 2017, arXiv:1704.02685.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.inspection import sequence_attributions
    >>> X, y = ["AACGTGAA", "TTCACGTG", "ATCCATAA", "TTAACCTA"], ["G-box", "G-box", "none", "none"]
    >>> kmers = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(4, 4)), LogisticRegression()).fit(X, y)
    >>> mutants = sequence_attributions(kmers, ["TTACGTAA"], method="mutagenesis", target="G-box")
    >>> sorted(mutants.per_position()[0].argsort()[-4:].tolist())
    [2, 3, 4, 5]
    >>> exact = sequence_attributions(kmers, ["TTACGTAA"], target="G-box")
    >>> exact.method, bool(abs(exact.delta[0]) < 1e-9)
    ('kmer_weights', True)
    """
    settings = {
        "background": background, "n_background": n_background, "n_steps": n_steps, "n_samples": n_samples,
        "hypothetical": hypothetical, "alphabet": alphabet, "batch_size": batch_size, "device": device,
        "random_state": random_state, "progress": progress,
    }  # fmt: skip
    # exchanges of residues can ask an average as a whole
    as_one = method in ("mutagenesis", "shap_kernel")
    return averaged(*attributions_of_members(estimator, X, method=method, target=target, as_one=as_one, **settings))


def attributions_of_members(estimator, X, *, method, target, as_one=False, **settings):
    """Attributions of each member of an average, and their weights; of any other classifier its own.

    ``settings`` are the further parameters of :func:`sequence_attributions`, all of them.
    """
    _check_method(method, settings["hypothetical"])
    check_counts(**{name: settings[name] for name in ("n_background", "n_steps", "n_samples", "batch_size")})
    check_is_fitted(estimator)
    settings["rng"] = check_generator(settings.pop("random_state"))
    outputs = outputs_of(estimator)
    if outputs.kind == "classes":
        asked = [(estimator, 1.0)] if as_one else members_of(estimator)
        return [_attributed(one, estimator, X, method, target, **settings) for one, _ in asked], [w for _, w in asked]
    # members may not know the names of the whole, but have its columns
    place = outputs.default() if target is None else outputs.index(target)
    asked = members_of_column(estimator, place, as_one)
    parts = [_attributed(one, one, X, method, None, column=column, **settings) for one, column, _ in asked]
    named = {"kind": outputs.kind, "target": np.repeat(outputs.names[[place]], len(parts[0]))}
    return [replace(part, **named) for part in parts], [weight for *_, weight in asked]


def _attributed(
    estimator, whole, X, method, target, *, rng, background, n_background, n_steps, n_samples, hypothetical, alphabet,
    batch_size, device, progress, column=None,
):  # fmt: skip
    """Attributions of one model for an answer of the whole that it is part of, or for the one in a column."""
    if method == "auto":
        method = fitting_methods(estimator, alphabet)[0]
    gradients, by_kmers = method if method in GRADIENTS else None, method == "kmer_weights"
    explained = read_explained(estimator, X, gradients=gradients, device=device, alphabet=alphabet, by_kmers=by_kmers)
    model, parents = explained.model, explained.parents
    _check_rescaling(method, model)
    # an average knows all classes, where a member may know fewer; targets of numbers are named by what learned them
    outputs = outputs_of(whole) if model.outputs.kind == "classes" else model.outputs
    places = resolve_target(whole, X, outputs, target, explained.rows) if column is None else column
    rows = replace(explained.rows, target=np.broadcast_to(places, len(explained.rows)))
    if method in WITHOUT_BACKGROUND:
        background = None
    else:
        background = make_background(background, rows, model, n_background, rng)
        _check_soft(method, background)
    _check_size(rows if parents is None else parents, len(model.alphabet), hypothetical)
    explainer = Explainer(method, model, background, n_steps, n_samples, hypothetical, batch_size, rng)
    parts, gaps = [], []
    with progress_bar(total=len(rows), description=method, enabled=progress, unit="row") as bar:
        for numbers in [np.arange(len(rows))] if parents is None else _blocks_of_parents(rows):
            part = _attributions(explainer, rows.take(numbers), numbers, bar, outputs)
            gaps.append(np.column_stack([part.delta, part.output - part.baseline_output]))
            parts.append(part if parents is None else _on_parents(part, parents))
    delta, change = np.concatenate(gaps).T
    _warn_about_gaps(method, delta, change, None if model.units is None else model.units[rows.target])
    result = parts[0] if len(parts) == 1 else _joined(parts)
    if parents is not None:
        warn_of_gaps(result.coverage, result.codes < len(result.alphabet))
    return result


def _check_size(rows, n_symbols, hypothetical):
    n, length = rows.codes.shape
    require_memory(
        4.0 * n * length * n_symbols * (2 if hypothetical else 1),
        f"attributions of {n} sequences of {length} residues",
        "explain fewer sequences at a time" + (", or without hypothetical=True" if hypothetical else ""),
    )


def _attributions(explainer, rows, numbers, bar, outputs):
    result = explainer.explain(rows, numbers, bar)
    # completeness: values should add up to the change of output, and delta is what is missing
    total = result["values"].sum(axis=(1, 2), dtype=np.float64)
    return Attributions(
        codes=rows.codes,
        lengths=rows.lengths,
        alphabet=explainer.model.alphabet,
        target=outputs.names[rows.target],
        kind=outputs.kind,
        method=explainer.method,
        delta=total - (result["output"] - result["baseline_output"]),
        identifiers=rows.identifiers,
        sources=rows.sources,
        starts=rows.starts,
        **result,
    )


def _blocks_of_parents(rows):
    """Yield numbers of rows, all windows of some parents at a time."""
    # a parent is stitched from all of its windows, so blocks end where a parent does
    ends = np.append(np.flatnonzero(np.diff(rows.sources)) + 1, len(rows))
    start = 0
    while start < len(rows):
        within = ends[(ends > start) & (ends <= start + _BLOCK_WINDOWS)]
        stop = within[-1] if len(within) else ends[ends > start][0]
        yield np.arange(start, stop)
        start = stop


def _on_parents(part, parents):
    """Attributions of the parents that the windows of ``part`` come from."""
    own, sources = np.unique(part.sources, return_inverse=True)
    stitched = add_up(part, sources, part.starts, parents.codes[own], parents.lengths[own], "mean")
    identifiers = None if parents.identifiers is None else parents.identifiers[own]
    return replace(stitched, identifiers=identifiers)


def _joined(parts):
    """One Attributions of several with the same columns."""
    names = [name for name, value in vars(parts[0]).items() if isinstance(value, np.ndarray)]
    return replace(parts[0], **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def resolve_target(estimator, X, outputs, target, rows):
    """Index of the class, label or target to explain of each row: intp (n,)."""
    place = outputs.default() if target is None else outputs.index(target)
    if place is not None:
        return np.full(len(rows), place, np.intp)
    predicted = np.searchsorted(outputs.names, estimator.predict(X))
    return predicted if rows.sources is None else predicted[rows.sources]


def check_counts(**counts):
    """Raise ValueError if one of the named numbers is neither None nor a positive int."""
    for name, value in counts.items():
        if value is not None and (not isinstance(value, (int, np.integer)) or value < 1):
            raise invalid_parameter(name, f"must be an int of at least 1, got {value!r}")


def _check_method(method, hypothetical):
    if method not in ("auto", *METHODS):
        raise invalid_parameter("method", f"must be one of {('auto', *METHODS)}, got {method!r}")
    if hypothetical and method == "shap_kernel":
        raise invalid_parameter(
            Parameter("method", "shap_kernel"),
            "knows kept and exchanged positions only, so it has no hypothetical values; use "
            "method='mutagenesis' or 'integrated_gradients'",
        )


def _check_rescaling(method, model):
    if method == "deep_lift" and model.recurrent:
        raise invalid_parameter(
            Parameter("method", method),
            "is wrong for recurrent networks: the gates of an LSTM multiply two inputs, for which its rescale rule "
            "does not hold (its values do not add up to the output); use ",
            Parameter("method", "integrated_gradients"),
            ", or a network without recurrence (num_layers=0)",
        )
    if method == "deep_lift" and weighs_positions(model.module):
        raise invalid_parameter(
            Parameter("method", method),
            "is wrong for networks that pool positions by 'log_sum_exp' or 'attention': what a position weighs depends "
            "on the others, for which its rescale rule does not hold (its values do not add up to the output); use ",
            Parameter("method", "integrated_gradients"),
            ", or a network with pool=('max', 'mean')",
        )


def _check_soft(method, background):
    if method == "shap_kernel" and background.soft is not None:
        raise invalid_parameter(
            Parameter("method", "shap_kernel"),
            "exchanges residues, so its background must be text or exactly one-hot; pass several "
            "sequences instead of their mean",
        )


def _warn_about_gaps(method, delta, change, units):
    if method == "mutagenesis":
        return
    share = LARGEST_GAP[method]
    large = ~is_complete(delta, change, share, np.abs(change).max() if units is None else units)
    if large.any():
        way_out = {"integrated_gradients": "n_steps", "shap_gradient": "n_samples"}.get(method)
        warn(
            f"{method}: in {large.sum()} of {len(large)} rows the values miss the change of output by more than "
            f"{share:.0%} of it (largest gap {np.abs(delta[large]).max():.2g}; see delta)"
            + (f"; raise {way_out}" if way_out else ""),
            SeqAugWarning,
        )
