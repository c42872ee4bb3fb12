"""Whether a new sequence is like those that a model was trained on."""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.similarity._sequence_lookup import has_two_strands
from seqaug_sklearn.similarity._vocabulary import flatten, kmer_keys, longest_packed, look_up
from seqaug_sklearn.utils import Parameter, check_sequences, invalid_parameter, mixed_keys, short_digest
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions, fit_context

__all__ = ["ApplicabilityDomain"]

# (new row, training row) pairs of a block that may hold k-mers in common: bounds the memory
_BLOCK_ENTRIES = 5 * 10**6
_BLOCK_ROWS = 4096
_SLACK = 1.1
"""How far beyond the training rows lengths and compositions may lie."""
_NUCLEOTIDE_K, _PROTEIN_K = 8, 3


class ApplicabilityDomain(TextInputMixin, OutlierMixin, BaseEstimator):
    """Tells which new sequences resemble the training sequences, so that a model's answers on them can be believed.

    A new sequence is in the domain if it shares as many k-mers with its nearest training sequence as a training
    sequence shares with those outside its own group, if its length lies within theirs, and if its composition does.
    So a model trained on unrelated promoters has all promoters of that composition in its domain, and a model
    trained on one protein family has members of that family only. Give ``groups`` where training sequences come in
    families and new ones will be from other families: without, each is compared with its own relatives.

    Parameters
    ----------
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences.
    k : int, default=None
        Length of the k-mers. None: 8 for DNA and RNA, 3 for other alphabets, at most the longest sequence.
    both_strands : bool, default=None
        Whether k-mers are looked up on the other strand too. None: of DNA.
    quantile : float, default=0.05
        Share of the training sequences that would be outside the domain of the others by their k-mers.
    sketch : int, default=None
        Keep one k-mer in so many, chosen by a hash, and only the hashes. The sequences cannot be put together again
        from those, but whether a given sequence was among them can be determined, so this is no anonymisation. Shares
        become rough: about ``length / sketch`` k-mers of each sequence count. None: all k-mers.

    Attributes
    ----------
    k_ : int
        Length of the k-mers.
    keys_ : int64 or uint64 ndarray of shape (n_kmers,)
        Distinct k-mers of the training sequences as numbers, or hashes of them, sorted.
    starts_ : int64 ndarray of shape (n_kmers + 1,)
        Where the training rows of each k-mer begin in `rows_`.
    rows_ : int32 ndarray of shape (n_entries,)
        Training rows that hold each k-mer.
    offset_ : float
        Least share of k-mers in the domain.
    lengths_ : int64 ndarray of shape (2,)
        Shortest and longest training sequence, in residues.
    composition_ : float64 ndarray of shape (n_symbols,)
        Mean share of each symbol.
    composition_limit_ : float
        Largest distance of a composition in the domain from it.
    copies_ : ndarray of str of shape (n_distinct,)
        Digests of the training sequences, sorted.
    copy_rows_ : int64 ndarray of shape (n_distinct,)
        First training row of each.
    n_fitted_ : int
        Number of training sequences.
    names_ : ndarray of str of shape (n_fitted,) or None
        Identifiers of the training sequences, where X had some.

    See Also
    --------
    seqaug_sklearn.model_selection.audit_leakage : A much closer look, for the test rows of a comparison.
    NearestSequenceClassifier : The label of the nearest training sequence.

    Notes
    -----
    Lengths may be 10 % beyond those of the training sequences. The distance of two compositions is half the sum of
    the absolute differences of the shares of all symbols (total variation distance); the limit is 1.1 times the
    largest of the training sequences.

    References
    ----------
    The term is that of models of chemical structure: OECD (2007), Guidance document on the validation of (quantitative)
    structure-activity relationship models, principle 3, :doi:`10.1787/9789264085442-en`.

    Examples
    --------
    >>> from seqaug_sklearn.similarity import ApplicabilityDomain
    >>> family = ["ACGTTGCATTGACCATGGCA", "ACGTTGCATAGACCATGGCA", "ACGTTGCATTGACCATCGCA"]
    >>> domain = ApplicabilityDomain(k=6).fit(family)
    >>> domain.predict(["ACGTTGCATTGACCATGACA", "TTTTTTTTTTTTTTTTTTTT"]).tolist()
    [1, -1]
    >>> domain.report(["TGCCATGGTCAATGCAACGT"])["copy_of"].tolist()
    ['0']
    """

    _parameter_constraints = {
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "k": [Interval(Integral, 1, None, closed="left"), None],
        "both_strands": ["boolean", None],
        "quantile": [Interval(Real, 0, 1, closed="both")],
        "sketch": [Interval(Integral, 2, None, closed="left"), None],
    }

    def __init__(self, alphabet="dna", *, k=None, both_strands=None, quantile=0.05, sketch=None):
        self.alphabet = alphabet
        self.k = k
        self.both_strands = both_strands
        self.quantile = quantile
        self.sketch = sketch

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None, groups=None):
        """Learn k-mers, lengths and composition of the training sequences.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Training sequences.
        y : None
            Ignored.
        groups : array-like of shape (n_samples,), default=None
            Families: a training sequence is compared with those of other groups to learn what is usual.

        Returns
        -------
        self : object
        """
        sequences = check_sequences(X)
        groups = _check_groups(groups, len(sequences))
        alphabet = get_alphabet(self.alphabet)
        self.k_ = self._length_of_kmers(sequences, alphabet)
        flat = flatten(sequences, alphabet)
        counts = self._distinct(flat)
        self.keys_, self.starts_, self.rows_ = _postings(counts.keys, counts.rows)
        self.n_fitted_ = len(sequences)
        self.lengths_ = np.array([flat.lengths.min(), flat.lengths.max()])
        compositions = _compositions(flat, alphabet.n_symbols)
        self.composition_ = compositions.mean(axis=0)
        self.composition_limit_ = float(_SLACK * _distances(compositions, self.composition_).max())
        digests = self._digests(sequences)
        self.copies_, self.copy_rows_ = np.unique(digests, return_index=True)
        self.names_ = None if sequences.identifiers is None else np.asarray(sequences.identifiers.map(str), dtype=str)
        share = self._nearest(counts, len(sequences), groups)[1]
        known = share[np.isfinite(share)]
        self.offset_ = float(np.quantile(known, self.quantile)) if len(known) else 0.0
        return self

    def report(self, X):
        """Tabulate how each sequence lies to the training sequences.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        pandas.DataFrame
            Indexed by the identifiers of X, or row numbers: ``in_domain`` (bool), ``nearest`` (name or row number of
            the training sequence that holds most of its k-mers; missing where none does), ``kmer_share`` (share of its
            distinct k-mers that the nearest holds; NaN of sequences without k-mers), ``copy_of`` (training sequence
            that it is identical to, on either strand of DNA; else missing), ``reason`` (why it is outside; else empty).
        """
        check_is_fitted(self)
        sequences = check_sequences(X)
        flat = flatten(sequences, get_alphabet(self.alphabet))
        nearest, share = self._nearest(self._distinct(flat), len(sequences))
        distances = _distances(_compositions(flat, len(self.composition_)), self.composition_)
        reasons = [
            self._reason(*row) for row in zip(share.tolist(), flat.lengths.tolist(), distances.tolist(), strict=True)
        ]
        columns = {
            "in_domain": np.array([not reason for reason in reasons], bool),
            "nearest": self._names_of(nearest),
            "kmer_share": share,
            "copy_of": self._names_of(self._copies(sequences)),
            "reason": reasons,
        }
        index = pd.RangeIndex(len(sequences)) if sequences.identifiers is None else sequences.identifiers
        return pd.DataFrame(columns, index=index)

    def score_samples(self, X):
        """Share of the k-mers of each sequence that its nearest training sequence holds.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        shares : float64 ndarray of shape (n_samples,)
            0 for sequences without k-mers.
        """
        check_is_fitted(self)
        sequences = check_sequences(X)
        flat = flatten(sequences, get_alphabet(self.alphabet))
        return np.nan_to_num(self._nearest(self._distinct(flat), len(sequences))[1])

    def decision_function(self, X):
        """:meth:`score_samples` minus ``offset_``: below 0 outside the domain by k-mers; float64 (n_samples,)."""
        return self.score_samples(X) - self.offset_

    def predict(self, X):
        """1 for each sequence in the domain, -1 for each other; lengths and compositions count too."""
        return np.where(self.report(X)["in_domain"], 1, -1)

    def _length_of_kmers(self, sequences, alphabet):
        longest = int(sequences.lengths().max())
        most = min(longest_packed(alphabet), longest)
        usual = _PROTEIN_K if alphabet.complement is None else _NUCLEOTIDE_K
        if self.k is not None and self.k > most:
            raise invalid_parameter(
                Parameter("k", self.k), f"must be at most {most} (the longest sequence has {longest} residues)"
            )
        return min(usual, most) if self.k is None else int(self.k)

    def _canonical(self, alphabet):
        return has_two_strands(alphabet) if self.both_strands is None else bool(self.both_strands)

    def _distinct(self, flat):
        """Distinct (row, k-mer) pairs, ordered by row; with a sketch, those whose hash is kept."""
        alphabet = get_alphabet(self.alphabet)
        ks = range(self.k_, self.k_ + 1)
        ((_, keys, places),) = kmer_keys(flat, ks, alphabet, canonical=self._canonical(alphabet))
        rows = flat.rows[places].astype(np.int64)
        if self.sketch is not None:
            keys = mixed_keys(keys)
            kept = keys % np.uint64(self.sketch) == 0
            keys, rows = keys[kept], rows[kept]
        order = np.lexsort((keys, rows))
        keys, rows = keys[order], rows[order]
        first = np.ones(len(keys), bool)
        first[1:] = (keys[1:] != keys[:-1]) | (rows[1:] != rows[:-1])
        return _Pairs(rows[first], keys[first])

    def _nearest(self, pairs, n_rows, groups=None):
        """Nearest training row (-1: none) and the share of k-mers in it (NaN: no k-mers), for each row.

        With groups the rows are the training rows themselves, and rows of the same group do not count; with groups
        of None they are new. Of equally near rows the first.
        """
        sizes = np.bincount(pairs.rows, minlength=n_rows)
        places = look_up(pairs.keys, self.keys_)
        known = places >= 0
        rows, places = pairs.rows[known], places[known]
        incidence = self._incidence()
        nearest, most = np.full(n_rows, -1), np.zeros(n_rows)
        for start, stop in _blocks(rows, np.diff(self.starts_)[places], n_rows):
            part = slice(*np.searchsorted(rows, [start, stop]))
            own = sparse.csr_array(
                (np.ones(part.stop - part.start, np.int32), (rows[part] - start, places[part])),
                shape=(stop - start, len(self.keys_)),
            )
            shared = own @ incidence
            if groups is not None:
                _drop_own(shared, groups[start:stop], groups)
            nearest[start:stop], most[start:stop] = _largest(shared)
        with np.errstate(invalid="ignore"):
            return nearest, most / np.where(sizes > 0, sizes, np.nan)

    def _from_kept(self, kept):
        """Become fitted by what ``save_model`` kept; nothing in it leads outside of the table of k-mers."""
        self.__dict__.update(kept)
        self._incidence().check_format(full_check=True)

    def _incidence(self):
        """K-mers by training rows, 0 and 1."""
        return sparse.csr_array(
            (np.ones(len(self.rows_), np.int32), self.rows_, self.starts_), shape=(len(self.keys_), self.n_fitted_)
        )

    def _reason(self, share, length, distance):
        shortest, longest = self.lengths_.tolist()
        parts = []
        if share < self.offset_:
            parts.append(
                f"shares {share:.1%} of its k-mers with the nearest training sequence (usual: {self.offset_:.1%})"
            )
        if not shortest / _SLACK <= length <= longest * _SLACK:
            parts.append(f"has {length} residues (training sequences: {shortest} to {longest})")
        if distance > self.composition_limit_:
            parts.append("has another composition than the training sequences")
        return "; ".join(parts)

    def _digests(self, sequences):
        """Digest of each sequence; of both strands the smaller text, so that the strand does not matter."""
        alphabet = get_alphabet(self.alphabet)
        texts = [text.upper() for text in np.asarray(sequences.values, dtype=object).tolist()]
        if self._canonical(alphabet):
            table = alphabet.complement_table
            texts = [min(text, text.translate(table)[::-1]) for text in texts]
        return np.array([short_digest(text.encode()).hex() for text in texts], dtype="<U32")

    def _copies(self, sequences):
        digests = self._digests(sequences)
        places = np.minimum(np.searchsorted(self.copies_, digests), len(self.copies_) - 1)
        return np.where(self.copies_[places] == digests, self.copy_rows_[places], -1)

    def _names_of(self, rows):
        names = np.arange(self.n_fitted_).astype(str) if self.names_ is None else self.names_
        found = pd.Series(names[np.maximum(rows, 0)], dtype=object)
        return found.where(rows >= 0, None).to_numpy()


class _Pairs:
    """Rows and the k-mers that they hold, each pair once, ordered by row."""

    def __init__(self, rows, keys):
        self.rows, self.keys = rows, keys


def _postings(keys, rows):
    """Distinct keys, where the rows of each begin, and the rows."""
    order = np.lexsort((rows, keys))
    distinct, counts = np.unique(keys, return_counts=True)
    return distinct, np.concatenate([[0], np.cumsum(counts)]), rows[order].astype(np.int32)


def _blocks(rows, costs, n_rows):
    """Ranges of rows whose k-mers meet at most about ``_BLOCK_ENTRIES`` training rows."""
    per_row = np.cumsum(np.bincount(rows, costs, minlength=n_rows))
    start = 0
    while start < n_rows:
        before = per_row[start - 1] if start else 0.0
        stop = int(np.searchsorted(per_row, before + _BLOCK_ENTRIES, side="right"))
        stop = min(max(stop, start + 1), start + _BLOCK_ROWS, n_rows)
        yield start, stop
        start = stop


def _drop_own(shared, own, groups):
    """Set what rows have in common with their own group to zero."""
    rows = np.repeat(np.arange(shared.shape[0]), np.diff(shared.indptr))
    shared.data[own[rows] == groups[shared.indices]] = 0


def _largest(shared):
    """Column and value of the largest entry of each row, the first of several; -1 and 0 where there is none."""
    shared.sort_indices()
    columns, values = np.full(shared.shape[0], -1), np.zeros(shared.shape[0])
    filled = np.flatnonzero(np.diff(shared.indptr))
    if len(filled) == 0:
        return columns, values
    rows = np.repeat(np.arange(shared.shape[0]), np.diff(shared.indptr))
    values[filled] = np.maximum.reduceat(shared.data, shared.indptr[filled])
    best = np.flatnonzero((shared.data == values[rows]) & (shared.data > 0))
    first = np.unique(rows[best], return_index=True)
    columns[first[0]] = shared.indices[best[first[1]]]
    return columns, values


def _compositions(flat, n_symbols):
    """Share of each symbol among the known ones: (n_rows, n_symbols)."""
    known = flat.codes < n_symbols
    cells = flat.rows[known].astype(np.int64) * n_symbols + flat.codes[known]
    counts = np.bincount(cells, minlength=len(flat) * n_symbols).reshape(len(flat), n_symbols)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def _distances(compositions, mean):
    return np.abs(compositions - mean).sum(axis=1) / 2


def _check_groups(groups, n_rows):
    """Numbers of the groups; without groups each row is its own."""
    if groups is None:
        return np.arange(n_rows)
    groups = np.asarray(groups)
    if groups.ndim == 2:
        # positions: the parent decides
        groups = groups[:, 0]
    if groups.shape != (n_rows,):
        raise invalid_parameter("groups", f"must have shape ({n_rows},), one group per sequence; got {groups.shape}")
    return np.unique(groups.astype(str) if groups.dtype == object else groups, return_inverse=True)[1]
