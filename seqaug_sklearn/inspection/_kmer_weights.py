"""Linear models of k-mer counts, explained exactly: each place of a k-mer gets its share of what it weighs."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import is_regressor
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MaxAbsScaler, Normalizer, RobustScaler, StandardScaler

from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.inspection._backgrounds import match_case
from seqaug_sklearn.inspection._members import unwrapped, votes_over_windows
from seqaug_sklearn.inspection._models import TextModel
from seqaug_sklearn.inspection._perturbations import mutants
from seqaug_sklearn.utils import Parameter, invalid_parameter

__all__ = ["KmerModel", "kmer_model"]

_ONE_TO_ONE = (TfidfTransformer, Normalizer, MaxAbsScaler, StandardScaler, RobustScaler)
"""Steps whose output has a column for each column of the input, and that of a k-mer is zero where it is not."""


def kmer_model(estimator, alphabet, frame=None):
    """Return the model of a pipeline that counts k-mers and adds them up linearly; None for any other estimator.

    Parameters
    ----------
    estimator : fitted classifier or regressor
        A pipeline of, in this order, steps of text that change no residue (or put the other strand behind it, parted by
        a blank), a counter of k-mers, scalers and selectors of features, and a linear model; a search or vote of
        windows around any of these.
    alphabet : Alphabet
        Alphabet of the text.
    frame : DataFrame, default=None
        Rows with covariates that are explained.
    """
    steps = _flat_steps(estimator)
    counters = [number for number, step in enumerate(steps) if _counts_kmers(step)]
    if len(counters) != 1 or not _is_linear(steps[-1]):
        return None
    before, counter, between = steps[: counters[0]], steps[counters[0]], steps[counters[0] + 1 : -1]
    if not all(isinstance(step, _ONE_TO_ONE) or hasattr(step, "get_support") for step in between):
        return None
    if before and _counter_of(counter) is not counter:
        # steps of text leave no frame to read covariates from
        return None
    model = KmerModel(before, counter, between, steps[-1], alphabet, frame)
    return model if model.knows_places() else None


def _flat_steps(estimator):
    """Steps that act in predictions, pipelines within pipelines unpacked."""
    if isinstance(estimator, Pipeline):
        return [one for _, step in estimator.steps for one in _flat_steps(step)]
    if estimator is None or isinstance(estimator, str) or hasattr(estimator, "fit_resample"):
        return []
    if unwrapped(estimator) is not estimator:
        return _flat_steps(unwrapped(estimator))
    if votes_over_windows(estimator) and getattr(estimator, "voting", "soft") == "soft":
        return _flat_steps(estimator.estimator_)
    return [estimator]


def _counter_of(step):
    """The counter that hands covariates on beside its k-mers, or the step itself."""
    return step.transformer_ if hasattr(step, "transformer_") and hasattr(step, "covariates_") else step


def _counts_kmers(step):
    step = _counter_of(step)
    if isinstance(step, CountVectorizer):
        return step.analyzer in ("char", "char_wb")
    # KmerCounts of the features, which are of the same layer
    return hasattr(step, "ks_") and hasattr(step, "canonical_") and hasattr(step, "document_frequency_")


def _is_linear(step):
    """Whether the answer is coef_ times the features and intercept_, by output (one column of two classes)."""
    if is_regressor(step):
        return hasattr(step, "coef_") and np.ndim(step.coef_) in (1, 2) and _adds_up(step)
    if not (hasattr(step, "coef_") and hasattr(step, "decision_function") and hasattr(step, "classes_")):
        return False
    n_classes = len(step.classes_)
    # SVC has a row for each pair of classes, of three classes as many as there are classes
    by_pairs = hasattr(step, "dual_coef_") and n_classes > 2
    return not by_pairs and np.ndim(step.coef_) == 2 and step.coef_.shape[0] == (1 if n_classes == 2 else n_classes)


def _adds_up(regressor):
    """Whether predictions are the sum itself: those of generalised linear models are a function of it."""
    coef, intercept = _weights(regressor)
    features = np.random.default_rng(0).random((1, coef.shape[1]))
    expected = features @ coef.T + intercept
    return np.allclose(np.reshape(regressor.predict(features), (1, -1)), expected, rtol=1e-6)


def _weights(linear):
    """Weights (n_outputs, n_features) and intercepts (n_outputs,)."""
    coef = linear.coef_.toarray() if sparse.issparse(linear.coef_) else np.asarray(linear.coef_)
    coef = np.atleast_2d(coef).astype(np.float64)
    return coef, np.broadcast_to(np.asarray(linear.intercept_, np.float64), len(coef))


class KmerModel(TextModel):
    """A pipeline from text over counts of k-mers to a linear model.

    Parameters
    ----------
    before, between : list of transformer
        Steps of text, and of features.
    counter : CountVectorizer, KmerCounts or SequenceAndCovariates
        Counter of k-mers, which may hand covariates on beside them.
    linear : classifier or regressor with ``coef_``
        Last step.
    alphabet : Alphabet
        Alphabet of the text.
    frame : DataFrame, default=None
        Rows with covariates that are explained.
    """

    def __init__(self, before, counter, between, linear, alphabet, frame=None):
        super().__init__(linear, alphabet, reads_bags=False, frame=frame)
        self.before, self._front, self.between = before, counter, between
        self.counter = _counter_of(counter)
        names, self._is_kmer = self._columns()
        self._vocabulary = Vocabulary(*self._words(names))
        coef, intercept = _weights(linear)
        if len(coef) == 1 and self.outputs.kind == "classes":
            coef, intercept = np.concatenate([-coef, coef]), np.concatenate([-intercept, intercept])
        self._coef, self._intercept = coef, intercept
        self._preprocess = counter.build_preprocessor() if isinstance(counter, CountVectorizer) else str.upper
        # what a text without any k-mer weighs, in the form that the counter gives
        nothing = self.counter.transform([alphabet.symbols]) * 0
        n_beside = len(counter.get_feature_names_out()) - nothing.shape[1]
        if sparse.issparse(nothing):
            nothing = sparse.csr_array((1, nothing.shape[1] + n_beside), dtype=nothing.dtype)
        elif n_beside:
            nothing = np.pad(nothing, ((0, 0), (0, n_beside)))
        self._empty = _csr(self._weighted(nothing)).toarray()[0].astype(np.float64) * self._is_kmer

    def _columns(self):
        """Names of the columns behind all steps, and which of them are k-mers."""
        names = np.asarray(self._front.get_feature_names_out(), dtype=str)
        is_kmer = np.arange(len(names)) < len(self.counter.get_feature_names_out())
        for step in self.between:
            if hasattr(step, "get_support"):
                names, is_kmer = names[step.get_support()], is_kmer[step.get_support()]
        return names, is_kmer

    def _words(self, names):
        """K-mers, and their columns behind all steps."""
        # char_wb counts a word that is shorter than any k-mer as a whole
        shortest = self.counter.ngram_range[0] if isinstance(self.counter, CountVectorizer) else 1
        columns = np.flatnonzero((np.char.str_len(names) >= shortest) & self._is_kmer)
        return names[columns].tolist(), columns

    def knows_places(self):
        """Whether the steps of text leave each residue where it can be found again."""
        texts = np.array([(self.alphabet.symbols * 2)[:-1]])
        origin = self._origins(texts, self._read(texts))[0]
        return origin is not None and (isinstance(self.counter, CountVectorizer) or len(origin) == len(texts[0]))

    def _read(self, texts):
        for step in self.before:
            texts = step.transform(texts)
        return texts

    def _weighted(self, features):
        for step in self.between:
            features = step.transform(features)
        return features

    def _answers(self, X):
        return super()._answers(self._weighted(self._front.transform(self._read(X))))

    def explain(self, rows, only=None):
        """Contributions of residues.

        Parameters
        ----------
        rows : Rows
            Sequences.
        only : int ndarray of shape (n,), default=None
            The one position of each row where values are needed; others may be left out.

        Returns
        -------
        values : float64 ndarray of shape (n, length, n_symbols)
            Of each residue, at the symbol that is there.
        output, baseline : float64 ndarray of shape (n,)
            Outputs of the rows, and of a text without any k-mer and the covariates of the row.
        """
        texts = np.ascontiguousarray(rows.letters).view(f"U{rows.letters.shape[1]}")[:, 0]
        read = self._read(texts)
        features = self._weighted(self._front.transform(self._beside_covariates(read, rows.places)))
        output = super()._answers(features)[np.arange(len(rows)), rows.target]
        baseline = self._intercept[rows.target] + self._coef[rows.target] @ self._empty
        if not self._is_kmer.all():
            numbers = _csr(features)[:, ~self._is_kmer].toarray()
            baseline = baseline + (numbers * self._coef[rows.target][:, ~self._is_kmer]).sum(axis=1)
            features = _csr(features).multiply(self._is_kmer)
        shares, elsewhere = self._shares(_csr(features), rows, list(self._occurrences(rows, texts, read)), only)
        values = np.zeros((*rows.codes.shape, len(self.alphabet)))
        known = np.nonzero(rows.codes < len(self.alphabet))
        values[(*known, rows.codes[known])] = shares[known]
        return values, output, baseline + elsewhere

    def hypothetical(self, rows, values, batch_size):
        """Contribution that each symbol would have, were it there: that of the sequence with this one exchange.

        Float64 ndarray of shape (n, length, n_symbols); ``values`` are the contributions of the rows.
        """
        n_symbols = len(self.alphabet)
        everywhere = np.where(rows.codes[:, :, None] == np.arange(n_symbols), values.sum(axis=2, keepdims=True), 0)
        for row, position, symbol in mutants(rows, n_symbols, batch_size):
            letters, codes, place = rows.letters[row], rows.codes[row], (np.arange(len(row)), position)
            letters[place] = match_case(self.letter_of_code[symbol], letters[place])
            codes[place] = symbol
            exchanged = replace(rows.take(row), letters=letters, codes=codes)
            everywhere[row, position, symbol] = self.explain(exchanged, only=position)[0][(*place, symbol)]
        return everywhere

    def _shares(self, features, rows, occurrences, only):
        """Contribution of each position (n, length), and what k-mers without a residue contribute (n,)."""
        n, length = rows.codes.shape
        excess = features if not self._empty.any() else _csr(features.toarray() - self._empty)
        row_of = np.repeat(np.arange(n), np.diff(excess.indptr))
        # rows and columns as one number, in order
        keys = row_of * excess.shape[1] + excess.indices
        weights = excess.data * self._coef[rows.target[row_of], excess.indices]
        found = [(_found(keys, some.row * excess.shape[1] + some.column), some) for some in occurrences]
        counts = np.zeros(len(keys))
        for (entry, is_there), _ in found:
            counts += np.bincount(entry[is_there], minlength=len(keys))
        total, elsewhere = np.zeros(n * length), np.zeros(n)
        for (entry, is_there), some in found:
            kept = is_there if only is None else is_there & some.cover(only)
            row, places, size = some.row[kept], some.places(kept), (weights / np.maximum(counts, 1))[entry[kept]]
            there = places >= 0
            n_residues = there.sum(axis=1)
            each = np.repeat((size / np.maximum(n_residues, 1))[:, None], some.k, axis=1)
            total += np.bincount((row[:, None] * length + places)[there], each[there], n * length)
            elsewhere += np.bincount(row, np.where(n_residues == 0, size, 0), n)
        return total.reshape(n, length), elsewhere

    def _occurrences(self, rows, texts, read):
        for points, origins in self._spelled(rows, texts, read):
            for k, row, start, column in self._vocabulary.find(points):
                yield Occurrences(k, row, start, column, origins)

    def _spelled(self, rows, texts, read):
        """Yield (code points, positions in the sequence): what is counted, both (n, width); 0 and -1 where nothing is.

        A counter of canonical k-mers is counted on both strands: a k-mer has the name of one of them.
        """
        n_symbols, length = len(self.alphabet), rows.codes.shape[1]
        if isinstance(self.counter, CountVectorizer):
            yield self._spelled_text(rows, texts, read)
            return
        letters = np.append(self.alphabet.letters[:-1], 0).astype(np.uint32)
        origins = np.where(rows.codes < n_symbols, np.arange(length), -1)
        yield letters[rows.codes], origins
        if self.counter.canonical_:
            yield letters[self.alphabet.complement_codes[rows.codes[:, ::-1]]], origins[:, ::-1]

    def _spelled_text(self, rows, texts, read):
        spelled = []
        for text, origin in zip(map(self._preprocess, read), self._origins(texts, read), strict=True):
            if origin is None:
                raise invalid_parameter(
                    Parameter("method", "kmer_weights"),
                    "must know where each counted letter stands in the sequence, and a step in front of "
                    "the counter changes the text by more than its case or the other strand behind it; use ",
                    Parameter("method", "mutagenesis"),
                )
            spelled.append(_padded_words(text, origin) if self.counter.analyzer == "char_wb" else (text, origin))
        width = max(len(text) for text, _ in spelled)
        points, origins = np.zeros((len(spelled), width), np.uint32), np.full((len(spelled), width), -1)
        for number, (text, origin) in enumerate(spelled):
            points[number, : len(text)] = np.array([text]).view(np.uint32)[: len(text)]
            origins[number, : len(text)] = origin
            # an unknown residue has no column to hold a share
            origins[number, : len(text)][rows.codes[number, origin] == len(self.alphabet)] = -1
        return points, origins

    def _origins(self, texts, read):
        """Position of each letter of what is counted in its sequence (-1: none); None where it cannot be determined."""
        texts = [text.upper() for text in texts.tolist()]
        if self.alphabet.complement is None:
            others = [""] * len(texts)
        else:
            others = [text.upper() for text in reverse_complement(texts, self.alphabet)]
        read = [self._preprocess(text).upper() for text in read]
        return [_origin(text, own, other) for text, own, other in zip(read, texts, others, strict=True)]


@dataclass(frozen=True, eq=False)
class Occurrences:
    """K-mers of one length that are columns, where they stand: in ``row``, from ``start`` on.

    ``origins`` (n, width) are positions in the sequences of what is counted, -1 where it is no residue.
    """

    k: int
    row: Any
    start: Any
    column: Any
    origins: Any

    def places(self, kept):
        """Positions (m, k) in the sequence of those that are kept."""
        return self.origins[self.row[kept][:, None], self.start[kept][:, None] + np.arange(self.k)]

    def cover(self, positions):
        """Whether each lies on the one position of its row."""
        before = np.cumsum(np.pad(self.origins == positions[:, None], ((0, 0), (1, 0))), axis=1)
        return before[self.row, self.start + self.k] > before[self.row, self.start]


class Vocabulary:
    """Tree of k-mers of any lengths, walked from all places of many texts at once.

    Parameters
    ----------
    names : list of str
        K-mers.
    columns : int ndarray of shape (n_names,)
        Their columns.
    """

    def __init__(self, names, columns):
        letters = np.unique(np.array(["".join(names)]).view(np.uint32)) if names else np.zeros(0, np.uint32)
        self._letters = letters
        # node 0 is where no k-mer goes on, 1 is the root; letter 0 stands for all that are in no k-mer
        nodes, edges = {"": 1}, []
        for name in names:
            for depth in range(1, len(name) + 1):
                if name[:depth] not in nodes:
                    nodes[name[:depth]] = len(nodes) + 1
                    edges.append((nodes[name[: depth - 1]], name[depth - 1], nodes[name[:depth]]))
        self._next = np.zeros((len(nodes) + 1, len(letters) + 1), np.int32)
        for node, letter, following in edges:
            self._next[node, 1 + np.searchsorted(letters, ord(letter))] = following
        self._column = np.full(len(nodes) + 1, -1)
        self._column[[nodes[name] for name in names]] = columns
        self._longest = max(map(len, names), default=0)

    def find(self, points):
        """Yield (k, row, start, column) of the k-mers of each length in code points (n, width)."""
        place = np.minimum(np.searchsorted(self._letters, points), max(len(self._letters) - 1, 0))
        digits = np.where(self._letters[place] == points, place + 1, 0) if len(self._letters) else place
        node = np.ones(points.shape, np.int32)
        for k in range(1, min(self._longest, points.shape[1]) + 1):
            node = self._next[node[:, : points.shape[1] - k + 1], digits[:, k - 1 :]]
            row, start = np.nonzero(self._column[node] >= 0)
            if len(row):
                yield k, row, start, self._column[node[row, start]]


def _origin(text, own, other):
    forward = np.arange(len(own))
    if text == own:
        return forward
    if other and text == f"{own} {other}":
        return np.concatenate([forward, [-1], forward[::-1]])
    return None


def _padded_words(text, origin):
    """Words with a blank at either end, as char_wb cuts them, parted by a sign that is in no k-mer."""
    words, places, start = [], [], 0
    for word in text.split(" "):
        words.append(f" {word} ")
        places += [-1, *origin[start : start + len(word)], -1, -1]
        start += len(word) + 1
    return "\0".join(words), np.array(places[:-1])


def _csr(features):
    features = sparse.csr_array(features)
    features.sort_indices()
    return features


def _found(keys, wanted):
    """(place of each wanted number among the sorted keys, whether it is there)."""
    place = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    return place, keys[place] == wanted if len(keys) else np.zeros(len(wanted), bool)
