"""What is explained: the sequences as letters that the fitted model reads, windows with their parents."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from sklearn.base import clone, is_regressor
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError
from seqaug_sklearn.inspection._kmer_weights import kmer_model
from seqaug_sklearn.inspection._members import unwrapped, votes_over_windows
from seqaug_sklearn.inspection._models import NetworkModel, TextModel, is_recurrent, weighs_positions
from seqaug_sklearn.inspection._outputs import outputs_of
from seqaug_sklearn.utils import (
    Parameter,
    check_same_covariates,
    check_sequences,
    check_text,
    invalid_parameter,
    is_text,
    listed,
    name_row,
    split_covariates,
    text_to_codes,
)

__all__ = ["Explained", "Rows", "fitting_methods", "read_explained"]

_EXCHANGES = ("mutagenesis", "shap_kernel")
"""Methods that ask any model of sequences, for exchanged residues."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Sequences or windows.

    Attributes
    ----------
    letters : ndarray of shape (n, length)
        What the model reads: ``uint8`` codes (networks) or ``uint32`` code points (text), padded right.
    codes : uint8 ndarray of shape (n, length)
        Columns of the alphabet; ``n_symbols`` is unknown or padding.
    lengths : intp ndarray of shape (n,)
        Residues of each row.
    identifiers, sources, starts : ndarray of shape (n,) or None
        As in ``Attributions``.
    target : intp ndarray of shape (n,) or None
        Index of the class, label or target to explain.
    places : intp ndarray of shape (n,)
        Row of X that each comes from, whose covariates are those of the row.
    """

    letters: Any
    codes: Any
    lengths: Any
    identifiers: Any = None
    sources: Any = None
    starts: Any = None
    target: Any = None
    places: Any = None

    def __len__(self):
        return len(self.codes)

    def take(self, rows):
        """Select rows."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(self, **{name: value[rows] for name, value in values.items() if value is not None})


@dataclass(frozen=True, eq=False)
class Explained:
    """A model and the rows it answers for; their parents where a step of the pipeline cuts these into windows."""

    model: Any
    rows: Rows
    parents: Any = None


def fitting_methods(estimator, alphabet):
    """Names of the methods that are right for a fitted estimator, the most exact first."""
    _, _, rest = _around_windower(unwrapped(estimator))
    _, network = _network_behind(rest)
    if network is not None:
        module = network.logits_module()
        rescaled = () if is_recurrent(module) or weighs_positions(module) else ("deep_lift",)
        return ("integrated_gradients", "shap_gradient", *rescaled, *_EXCHANGES)
    has_kmers = kmer_model(rest, _alphabet(rest, None, alphabet)) is not None
    return ("kmer_weights", *_EXCHANGES) if has_kmers else _EXCHANGES


def read_explained(estimator, X, *, gradients, device, alphabet, by_kmers=False):
    """Take a fitted estimator and its input apart.

    Parameters
    ----------
    estimator : fitted classifier or regressor
        One of the toolkit, a pipeline or a search that ends in one, or any of text.
    X : array-like
        What ``estimator.predict`` takes.
    gradients : str or None
        Method that needs gradients, for the message; None where any classifier will do.
    device : str or None
        Where a network computes.
    alphabet : str or Alphabet
        Alphabet of text where the estimator does not say.
    by_kmers : bool, default=False
        Whether the model must be linear in counts of k-mers.

    Returns
    -------
    Explained
        Covariates beside the sequences stay at the values that each row has.
    """
    check_is_fitted(estimator)
    estimator = unwrapped(estimator)
    outputs_of(estimator)
    if hasattr(X, "__len__") and len(X) == 0:
        raise SequenceError("X holds no sequences; at least one is needed")
    identifiers = X.index.to_numpy() if hasattr(X, "iloc") else None
    before, windower, rest = _around_windower(estimator)
    X = X if before is None else before.transform(X)
    transformers, network = _network_behind(rest)
    alphabet = _alphabet(rest, network, alphabet)
    text, numbers, _ = split_covariates(X)
    if network is None:
        _check_text_will_do(rest, text, gradients, alphabet)
    # windows are cut from the text alone
    frame = X if numbers is not None and windower is None else None
    if by_kmers:
        model: TextModel | NetworkModel = _kmer_model(rest, alphabet, frame)
    elif network is None:
        if windower is None:
            _check_reads(rest, X)
        model = TextModel(rest, alphabet, windower is not None or _is_bag(text), frame)
    else:
        model = NetworkModel(network, alphabet, device, _covariates_of(network, X if frame is None else frame))
    if windower is None:
        return Explained(model, _read_rows(text, transformers, network, alphabet, identifiers))
    parents = _read_text(check_sequences(X).values, alphabet, identifiers)
    windows = _windows(windower, X, alphabet, parents)
    rows = _read_rows(windows.windows, transformers, network, alphabet, None)
    return Explained(model, replace(rows, sources=windows.sources, starts=windows.starts), parents)


def _without_samplers(pipeline):
    """The steps that act in predictions: samplers of imbalanced-learn add rows in ``fit`` only."""
    steps = [(name, step) for name, step in pipeline.steps if not hasattr(step, "fit_resample")]
    return pipeline if len(steps) == len(pipeline.steps) else Pipeline(steps)


def _around_windower(estimator):
    """(pipeline before WindowAugmenter or None, WindowAugmenter or None, what follows)."""
    if isinstance(estimator, Pipeline):
        estimator = _without_samplers(estimator)
        for number, (_, step) in enumerate(estimator.steps):
            if hasattr(step, "explode"):
                before = estimator[:number] if number else None
                return before, step, estimator[number + 1 :]
    return None, None, estimator


def _network_behind(estimator):
    """(Pipelines of transformers in front of the network, network or None)."""
    if isinstance(estimator, Pipeline):
        estimator = _without_samplers(estimator)
        transformers, network = _network_behind(estimator.steps[-1][1])
        return [*([estimator[:-1]] if len(estimator.steps) > 1 else []), *transformers], network
    if hasattr(estimator, "logits_module"):
        return [], estimator
    if votes_over_windows(estimator):
        # it averages what its estimator says of each window
        return _network_behind(estimator.estimator_)
    return [], None


def _alphabet(estimator, network, default):
    """Alphabet of the one-hot columns, or else of the text."""
    steps = [step for _, step in estimator.steps] if isinstance(estimator, Pipeline) else [estimator]
    named = [step.alphabet_ for step in steps if hasattr(step, "alphabet_")]
    if named:
        alphabet = named[0]
    else:
        alphabet = get_alphabet(default if network is None else network.alphabet)
    if network is not None and len(alphabet) != network.n_symbols_:
        raise invalid_parameter(
            Parameter("alphabet", alphabet.name),
            f"has {len(alphabet)} symbols, but the network reads {network.n_symbols_} one-hot columns; set the "
            f"alphabet of {type(network).__name__}",
        )
    return alphabet


def _covariates_of(network, X):
    """Standardised covariates of the rows, float32 (n_rows, n_covariates); None where the network reads none."""
    encoder = getattr(network, "covariates_", None)
    if encoder is not None:
        return encoder.transform(X).astype(np.float32)
    check_same_covariates(split_covariates(X).names, ())
    return None


def _check_text_will_do(estimator, X, gradients, alphabet):
    final = estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator
    name = type(final).__name__
    if getattr(final, "voting", None) == "hard" and hasattr(final, "estimator_"):
        raise invalid_parameter(
            "estimator",
            "has hard votes, which have no margin to explain; train with voting='soft', which needs a classifier with "
            "predict_proba (instead of SVC(): CalibratedClassifierCV(SVC(), ensemble=False))",
        )
    if gradients is not None:
        raise invalid_parameter(
            Parameter("method", gradients),
            "needs the gradients of a neural estimator that reads positions × symbols, as PromoterCNNClassifier does, "
            f"which {name} is not (flat vectors of features have no such gradients); of the whole pipeline, from text "
            "to the answer, the methods are ",
            listed(fitting_methods(estimator, alphabet)),
        )
    if not (is_regressor(estimator) or hasattr(estimator, "decision_function") or hasattr(estimator, "predict_proba")):
        raise invalid_parameter(
            "estimator", f"has no margin to explain: {name} has neither decision_function nor predict_proba"
        )
    if not is_text(X):
        raise SequenceTypeError(
            f"X must be text for {name}: residues are exchanged in it; pass the whole pipeline, from text to the answer"
        )


def _check_reads(estimator, X):
    """A model of features is met before any long work."""
    try:
        estimator.predict(X[:1])
    except (TypeError, ValueError) as error:
        raise invalid_parameter(
            "estimator",
            f"reads no text: {type(estimator).__name__} does not take it; pass the whole pipeline, from text on",
        ) from error


def _kmer_model(estimator, alphabet, frame):
    model = kmer_model(estimator, alphabet, frame)
    if model is None:
        raise invalid_parameter(
            Parameter("method", "kmer_weights"),
            "needs a pipeline that counts k-mers of the text (KmerCounts, or CountVectorizer with "
            "analyzer='char' or 'char_wb') and ends, behind nothing but scalers and selectors, in a linear model: a "
            "regressor with coef_, or a classifier with coef_ and decision_function; the methods of this model are ",
            listed(fitting_methods(estimator, alphabet)),
        )
    return model


def _is_bag(X):
    return getattr(check_text(X)[0], "ndim", 1) == 2


def _windows(windower, X, alphabet, parents):
    """WindowSet of the windows that ``windower.transform`` gives, without those of unknown residues only."""
    windows = clone(windower).set_params(max_windows=windower.max_windows_).explode(X)
    bags = windower.transform(X)
    if not np.array_equal(bags[bags != ""], windows.windows):
        raise invalid_parameter(
            "random_state",
            "of WindowAugmenter is a generator, so its windows cannot be drawn again; pass an int",
        )
    known = (text_to_codes(windows.windows, alphabet) < len(alphabet)).any(axis=1)
    empty = np.bincount(windows.sources[known], minlength=len(parents)) == 0
    if empty.any():
        raise SequenceError(
            f"{name_row(np.argmax(empty), parents.identifiers)} has no window with a known residue; remove it "
            f"({empty.sum()} of {len(empty)} rows)"
        )
    kept = {name: getattr(windows, name)[known] for name in ("windows", "sources", "starts", "groups")}
    return replace(windows, **kept, y=None, sample_weight=None, identifiers=None)


def _read_rows(X, transformers, network, alphabet, identifiers):
    if network is None:
        return _read_text(X, alphabet, identifiers)
    for transformer in transformers:
        X = transformer.transform(X)
    codes, sources, lengths = network.encode_windows(X)
    if codes.dtype != np.uint8:
        raise SequenceError("X is not exactly one-hot: attributions name the residue at each position; pass 0 and 1")
    codes = codes[:, : lengths.max()]
    return replace(Rows(codes, codes, lengths, *_lineage(sources, identifiers)), places=sources)


def _lineage(sources, identifiers):
    """Identifiers and sources of windows; no sources where every row is one window."""
    identifiers = None if identifiers is None else identifiers[sources]
    return identifiers, None if np.array_equal(sources, np.arange(len(sources))) else sources


def _read_text(X, alphabet, identifiers):
    values, _ = check_text(X)
    sources = np.arange(len(values))
    if getattr(values, "ndim", 1) == 2:
        sources, columns = np.nonzero(values != "")
        values = values[sources, columns]
    codes = text_to_codes(values, alphabet)
    texts = np.asarray(values, dtype=f"U{codes.shape[1]}")
    letters = np.ascontiguousarray(texts).view(np.uint32).reshape(codes.shape)
    rows = Rows(letters, codes, np.char.str_len(texts), *_lineage(sources, identifiers))
    return replace(rows, places=sources)
