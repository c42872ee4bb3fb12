"""Shared k-mers of sequences as a scikit-learn transformer."""

import numbers

import joblib
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.similarity._products import BlockScores, incidence_product
from seqaug_sklearn.similarity._scores import COUNTING, Scorer
from seqaug_sklearn.similarity._vocabulary import Incidence, KmerVocabulary, flatten
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    PortableState,
    check_memory,
    check_sequences,
    invalid_parameter,
    memory_limit,
    parse_memory,
)
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions, fit_context

__all__ = ["KmerSimilarity"]

_BLOCK_ROWS = 1024
# measured peaks, rounded up: bytes per residue while counting, per residue and k kept, per entry of a block while
# scoring, per entry of the whole matrix in pairs()
_RESIDUE_BYTES, _KMER_BYTES, _CELL_BYTES, _PAIR_BYTES = 160, 24, 64, 56


class KmerSimilarity(PortableState, TextInputMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Similarity or distance of sequences by the k-mers they share, exact and without alignment.

    The default output is a *similarity*, made for ``SVC(kernel="precomputed")`` and ``SpectralClustering``. Estimators
    with ``metric="precomputed"`` (``KNeighborsClassifier``, ``DBSCAN``, ``AgglomerativeClustering``) take a *distance*:
    given a similarity they raise no error and pick the least similar sequences. Pass ``output="distance"`` to them.

    Parameters
    ----------
    k : int or tuple of (int, int), default=(5, 12)
        Length of the k-mers in residues, or the inclusive range of lengths, pooled into one count.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet. K-mers with an ambiguous symbol or a gap are skipped; any other symbol is an error.
    metric : {"shared", "jaccard", "containment", "cosine", "mash"}, default="shared"
        With c the counts of k-mers, A and B the sets of distinct k-mers, all lengths of `k` pooled:

        - "shared": the sum over k-mers of the smaller of both counts [1]_;
        - "jaccard": ``|A & B| / |A | B|``;
        - "containment": ``|A & B| / min(|A|, |B|)``, the larger of both directions;
        - "cosine": the cosine between the count vectors;
        - "mash": 1 minus the Mash distance ``-log(2 j / (1 + j)) / k``, j the Jaccard index, clipped to 1 [2]_;
          one `k` only.
    output : {"similarity", "distance"}, default="similarity"
        Distance of "shared": 1 / shared, 0 for identical sequences; of the other metrics: 1 minus the similarity.
    no_shared : float, default=1.0
        Distance of "shared" where nothing is shared (the paper's text says 0). The other metrics give 1.
    canonical : bool, default=False
        Count a k-mer and its reverse complement as one, so that the strand does not matter.
    threshold : float, default=None
        Keep only similarities of at least (distances of at most) this value; the output becomes sparse.
    n_neighbors : int, default=None
        Keep exactly so many nearest fitted sequences per row; the output becomes sparse. Not with `threshold`. Rows
        that share k-mers with fewer are filled up with the first fitted sequences, at the distance of no shared k-mer.
    max_memory : float or str, default=None
        Most bytes to use ("500MB", "2GB"). Blocks of rows become smaller to fit; where nothing fits, a MemoryError says
        so before the work starts. None: what the system has free.
    n_jobs : int, default=None
        Parallel blocks of rows, through joblib and its backends. The result does not depend on it.

    Attributes
    ----------
    n_fitted_ : int
        Number of fitted sequences, the columns of the output.
    identifiers_ : pandas.Index or None
        Index of the fitted Series or one-column DataFrame.
    incidence_ : CSR array of int32 of shape (n_features, n_fitted)
        Which fitted sequence holds which k-mer.
    sizes_ : float64 ndarray of shape (n_fitted,)
        Product of each fitted sequence with itself: number of k-mers ("shared"), of distinct k-mers, or the squared
        length of the count vector ("cosine").
    vocabulary_ : object
        The fitted k-mers.

    Raises
    ------
    SequenceError
        If a k is longer than every fitted sequence, or a symbol is outside the alphabet.
    MemoryError
        If the work does not fit into `max_memory`.

    See Also
    --------
    similarity_groups : Labels of groups of similar sequences.

    Notes
    -----
    Sparse output is never dense in between where k is large enough for most pairs to share nothing. With
    ``output="distance"`` it is scikit-learn's precomputed sparse graph: each row nearest first, zeros stored.

    K-mers that the fitted sequences lack cannot be shared; they still count in the sizes of new sequences.

    References
    ----------
    .. [1] Window augmentation of chloroplast genomes, Scientific Reports (2025), :doi:`10.1038/s41598-025-12796-9`,
       "unsupervised analysis".
    .. [2] B. D. Ondov et al., Mash: fast genome and metagenome distance estimation using MinHash, Genome Biology 17
       (2016), :doi:`10.1186/s13059-016-0997-x`, equation 4.

    Examples
    --------
    >>> from seqaug_sklearn.similarity import KmerSimilarity
    >>> KmerSimilarity(k=2).fit_transform(["ACACAC", "ACAC", "TTTT"])
    array([[5., 3., 0.],
           [3., 3., 0.],
           [0., 0., 3.]])
    >>> KmerSimilarity(k=2, output="distance").fit(["ACACAC", "ACAC"]).transform(["ACGG"])
    array([[1., 1.]])
    """

    _parameter_constraints = {
        "k": [Interval(Integral, 1, None, closed="left"), tuple, list],
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "metric": [StrOptions(set(COUNTING))],
        "output": [StrOptions({"similarity", "distance"})],
        "no_shared": [Interval(Real, 0, None, closed="left")],
        "canonical": ["boolean"],
        "threshold": [Real, None],
        "n_neighbors": [Interval(Integral, 1, None, closed="left"), None],
        "max_memory": [Interval(Real, 0, None, closed="neither"), str, None],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        k=(5, 12),
        *,
        alphabet="dna",
        metric="shared",
        output="similarity",
        no_shared=1.0,
        canonical=False,
        threshold=None,
        n_neighbors=None,
        max_memory=None,
        n_jobs=None,
    ):
        self.k = k
        self.alphabet = alphabet
        self.metric = metric
        self.output = output
        self.no_shared = no_shared
        self.canonical = canonical
        self.threshold = threshold
        self.n_neighbors = n_neighbors
        self.max_memory = max_memory
        self.n_jobs = n_jobs

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Count the k-mers of the sequences that later ones are compared with.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : None
            Ignored.

        Returns
        -------
        self : object
        """
        ks = _check_k(self.k, self.metric)
        alphabet = get_alphabet(self.alphabet)
        self._check_options(alphabet)
        sequences = check_sequences(X)
        self._check_lengths(sequences, ks)
        self.vocabulary_ = KmerVocabulary(ks, alphabet, canonical=self.canonical, counting=COUNTING[self.metric])
        incidence = self._count(sequences, self.vocabulary_.fit)
        self.incidence_, self.sizes_ = incidence.matrix, incidence.sizes
        self._keys: dict = {}
        self._identities = np.array(
            # new keys get the next number
            [self._keys.setdefault(key, len(self._keys)) for key in self._identity_keys(sequences)]
        )
        self.n_fitted_ = len(sequences)
        self.identifiers_ = sequences.identifiers
        return self

    def transform(self, X):
        """Compare sequences with the fitted ones.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences, shorter or longer than the fitted ones.

        Returns
        -------
        scores : float64 ndarray or CSR array of shape (n_samples, n_fitted)
            Similarities or distances; sparse with `threshold` or `n_neighbors`.
        """
        check_is_fitted(self)
        sequences = check_sequences(X)
        queries = self._count(sequences, self.vocabulary_.encode)
        return self._compare(queries, self._numbers(sequences))

    def fit_transform(self, X, y=None):
        """Fit and compare the sequences with each other; equals ``fit(X).transform(X)`` and takes half the time.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : None
            Ignored.

        Returns
        -------
        scores : float64 ndarray or CSR array of shape (n_samples, n_samples)
        """
        self.fit(X, y)
        if self._is_sparse():
            return self._compare(self._fitted(), self._identities)
        return self._compare_fitted(self._scorer())

    def pairs(self):
        """Tabulate all pairs of fitted sequences, dense, whatever `threshold` and `n_neighbors` say.

        Returns
        -------
        pairs : pandas.DataFrame of n_fitted * (n_fitted - 1) / 2 rows
            Columns "first" and "second" (identifiers where X had an index, else row numbers), "similarity" (whole
            numbers for metric "shared") and "distance".

        Raises
        ------
        SequenceError
            If only one sequence was fitted.
        """
        check_is_fitted(self)
        n = self.n_fitted_
        if n < 2:
            raise SequenceError("pairs needs at least two fitted sequences, got one")
        check_memory(
            n * n * _PAIR_BYTES,
            self.max_memory,
            f"the table of {n * (n - 1) // 2} pairs",
            "use n_neighbors or threshold",
        )
        first, second = np.triu_indices(n, 1)
        similarity = self._compare_fitted(self._scorer("similarity"))[first, second]
        distance = self._compare_fitted(self._scorer("distance"))[first, second]
        if self.metric == "shared":
            similarity = similarity.astype(np.int64)
        names = pd.RangeIndex(n) if self.identifiers_ is None else self.identifiers_
        return pd.DataFrame(
            {"first": names[first], "second": names[second], "similarity": similarity, "distance": distance}
        )

    def identities(self, X):
        """Number the sequences so that identical ones, and with `canonical` reverse complements, have one number.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        numbers : int ndarray of shape (n_samples,)
            -1 where no fitted sequence is identical.
        fitted : int ndarray of shape (n_fitted,)
            Numbers of the fitted sequences.
        """
        check_is_fitted(self)
        return self._numbers(check_sequences(X)), self._identities

    def _numbers(self, sequences):
        return np.array([self._keys.get(key, -1) for key in self._identity_keys(sequences)])

    def _check_options(self, alphabet):
        if self.canonical:
            alphabet.check_has_complement()
        if self.threshold is not None and self.n_neighbors is not None:
            raise ValueError("threshold and n_neighbors exclude each other; set one of them to None")
        parse_memory(self.max_memory)

    def _check_lengths(self, sequences, ks):
        longest = int(sequences.lengths().max())
        if ks[-1] > longest:
            asks = f" asks for k-mers of {ks[-1]} residues, but the longest sequence has {longest}; lower "
            raise SequenceError(Message(Parameter("k", self.k), asks, Parameter("k"), f" to at most {longest}"))
        if self.n_neighbors is not None and self.n_neighbors > len(sequences):
            raise invalid_parameter(
                Parameter("n_neighbors", self.n_neighbors),
                f"is more than the {len(sequences)} fitted sequences; lower it",
            )

    def _count(self, sequences, encode):
        n_residues, n_lengths = int(sequences.lengths().sum()), len(self.vocabulary_.ks)
        needed = n_residues * (_RESIDUE_BYTES + _KMER_BYTES * n_lengths)
        check_memory(
            needed,
            self.max_memory,
            f"counting the k-mers of {n_residues} residues",
            "narrow k or pass fewer sequences",
        )
        return encode(flatten(sequences, self.vocabulary_.alphabet))

    def _identity_keys(self, sequences):
        texts = [text.upper() for text in np.asarray(sequences.values, dtype=object).tolist()]
        if not self.canonical:
            return texts
        table = self.vocabulary_.alphabet.complement_table
        return [min(text, text.translate(table)[::-1]) for text in texts]

    def _fitted(self):
        return Incidence(self.incidence_, self.sizes_)

    def _scorer(self, output=None):
        return Scorer(self.metric, output or self.output, self.no_shared, self.vocabulary_.ks[0])

    def _is_sparse(self):
        return self.threshold is not None or self.n_neighbors is not None

    def _compare(self, queries, identities):
        product = incidence_product(queries, self._fitted())
        task = BlockScores(product, identities, self._identities, self._scorer(), self.threshold, self.n_neighbors)
        blocks = self._blocks(product, result_bytes=0 if self._is_sparse() else 8)
        parts = self._run(task, [(start, stop, 0) for start, stop in blocks])
        if self._is_sparse():
            return sparse.csr_array(sparse.vstack(list(parts), format="csr"))
        scores = np.empty(product.shape)
        for (start, stop), part in zip(blocks, parts, strict=True):
            scores[start:stop] = part
        return scores

    def _compare_fitted(self, scorer):
        fitted = self._fitted()
        # symmetric: blocks cover the upper triangle, and are mirrored
        product = incidence_product(fitted, fitted, off_diagonal=True)
        task = BlockScores(product, self._identities, self._identities, scorer)
        blocks = self._blocks(product, result_bytes=8)
        scores = np.empty(product.shape)
        parts = self._run(task, [(start, stop, start) for start, stop in blocks])
        for (start, stop), part in zip(blocks, parts, strict=True):
            scores[start:stop, start:] = part
            scores[start:, start:stop] = part.T
        # the product leaves out k-mers of one sequence, so the diagonal comes from the sizes; a copy, as scorers write
        # into the counts
        own = scorer(self.sizes_.copy(), self.sizes_, self.sizes_, np.ones(len(self.sizes_), bool))
        np.fill_diagonal(scores, own)
        return scores

    def _blocks(self, product, result_bytes):
        n_rows, n_columns = product.shape
        n_jobs = joblib.effective_n_jobs(self.n_jobs)
        # what is held whatever the size of a block
        fixed = product.nbytes + n_jobs * product.scratch_bytes + n_rows * n_columns * result_bytes
        way_out = "pass fewer sequences" if self.max_memory is None else "raise max_memory"
        way_out += ", or set n_neighbors or threshold for sparse output" if result_bytes else ""
        what = f"the comparison of {n_rows} with {n_columns} sequences"
        check_memory(fixed + n_columns * _CELL_BYTES, self.max_memory, what, way_out)
        rows = int(min((memory_limit(self.max_memory) - fixed) / (n_columns * _CELL_BYTES * n_jobs), _BLOCK_ROWS))
        if n_jobs > 1:
            # a few blocks per worker, so that none idles at the end
            rows = min(rows, -(-n_rows // (4 * n_jobs)))
        rows = max(rows, 1)
        return [(start, min(start + rows, n_rows)) for start in range(0, n_rows, rows)]

    def _run(self, task, blocks):
        if len(blocks) == 1:
            return [task(*blocks[0])]
        # a generator: finished blocks are merged and freed while others are computed
        parallel = joblib.Parallel(n_jobs=self.n_jobs, return_as="generator")
        return parallel(joblib.delayed(task)(*block) for block in blocks)

    def _to_kept(self):
        """What was learned, in plain form, for :func:`~seqaug_sklearn.persistence.save_model`."""
        own = vars(self).keys() - self.get_params(deep=False).keys() - {"vocabulary_"}
        kept = {name: getattr(self, name) for name in sorted(own)}
        return kept | {"vocabulary_": self.vocabulary_.to_kept()}

    def _from_kept(self, kept):
        """Become fitted by what :meth:`_to_kept` gave."""
        ks, alphabet = _check_k(self.k, self.metric), get_alphabet(self.alphabet)
        vocabulary = KmerVocabulary(ks, alphabet, canonical=self.canonical, counting=COUNTING[self.metric])
        self.vocabulary_ = vocabulary.from_kept(kept.pop("vocabulary_"))
        self.__dict__.update(kept)

    @property
    def _n_features_out(self):
        return self.n_fitted_


def _check_k(k, metric):
    values = (k, k) if isinstance(k, numbers.Integral) else tuple(k)
    whole = all(isinstance(v, numbers.Integral) and not isinstance(v, bool) for v in values)
    if len(values) != 2 or not whole or not 1 <= values[0] <= values[1]:
        raise ValueError(f"k must be an int or a range (low, high) with 1 <= low <= high, got {k!r}")
    if metric == "mash" and not isinstance(k, numbers.Integral):
        raise ValueError(f"metric='mash' needs one k, for example k=12, got {k!r}")
    return range(int(values[0]), int(values[1]) + 1)
