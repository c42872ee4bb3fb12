"""The gapped k-mer kernel: products of the counts under each mask, summed up."""

import numpy as np
from scipy import sparse

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.features._gapped_kmers import GappedKmers, check_gapped, masks_of, read_gapped
from seqaug_sklearn.utils import Message, check_sequences, count_keys, invalid_parameter, is_whole, require_memory

__all__ = ["gapped_kmer_kernel"]

# counts of a mask are a dense matrix up to so many words, (4**7), in blocks of so many cells
_MOST_DENSE = 2**14
_BLOCK_CELLS = 2**24
# integers below are exact in float32
_EXACT = 2**24


def gapped_kmer_kernel(
    X,
    Y=None,
    *,
    l: int = 10,  # noqa: E741
    k: int = 6,
    alphabet: str | Alphabet = "dna",
    canonical: bool | None = None,
    normalize: bool = True,
) -> np.ndarray:
    """Similarity of sequences by their gapped k-mers, for ``SVC(kernel="precomputed")``.

    The kernel of gkm-SVM: the product of the counts of all gapped k-mers, those of k residues in l positions. Rows that
    are near copies of one another get a similarity near 1, so keep relatives in one fold.

    Parameters
    ----------
    X, Y : array-like of str of shape (n_X,), (n_Y,)
        Sequences. ``Y=None``: those of X.
    l : int, default=10
        Positions of a gapped k-mer.
    k : int, default=6
        Residues that are compared; any may stand at the others.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences. Gapped k-mers with an ambiguous symbol at a compared position are not counted.
    canonical : bool, default=None
        Whether a gapped k-mer and its reverse complement are one. None: of DNA.
    normalize : bool, default=True
        Divide by the lengths of both rows of counts (cosine), so that a sequence has a similarity of 1 to itself. A
        sequence without gapped k-mers has 0 to all.

    Returns
    -------
    kernel : float64 ndarray of shape (n_X, n_Y)
        Exact integers where it is not normalised.

    Raises
    ------
    InvalidParameterError
        If l or k is out of range.
    InsufficientMemoryError
        If the kernel does not fit.

    See Also
    --------
    GappedKmerCounts : The counts themselves.

    Notes
    -----
    It equals ``counts @ counts.T`` of :class:`GappedKmerCounts` without ever holding them: one matrix product for each
    mask, of all C(l, k), or where both strands are one of about half.

    References
    ----------
    M. Ghandi et al., Enhanced regulatory sequence prediction using gapped k-mer features, PLoS Computational Biology
    10 (2014), e1003711, :doi:`10.1371/journal.pcbi.1003711`.

    Examples
    --------
    >>> from seqaug_sklearn.features import gapped_kmer_kernel
    >>> gapped_kmer_kernel(["ACGTA", "ACCTA", "GGGGG"], l=4, k=3, canonical=False, normalize=False)
    array([[ 8.,  2.,  0.],
           [ 2.,  8.,  0.],
           [ 0.,  0., 16.]])
    """
    symbols = get_alphabet(alphabet)
    both_strands = symbols.name == "dna" if canonical is None else canonical
    if both_strands:
        symbols.check_has_complement()
    for name, value in (("l", l), ("k", k)):
        if not is_whole(value) or isinstance(value, bool) or value < 1:
            raise invalid_parameter(name, f"must be a whole number of at least 1, got {value!r}")
    check_gapped(l, k, symbols)
    rows = read_gapped(check_sequences(X), l, k, symbols, canonical=both_strands)
    columns = rows if Y is None else read_gapped(check_sequences(Y), l, k, symbols, canonical=both_strands)
    return _kernel(rows, columns, normalize)


def _kernel(rows: GappedKmers, columns: GappedKmers, normalize):
    shape = len(rows.sizes), len(columns.sizes)
    require_memory(8.0 * shape[0] * shape[1], Message(f"the kernel of {shape[0]} x {shape[1]} sequences"), "pass fewer")
    kernel = np.zeros(shape)
    squares = np.zeros(shape[0]), np.zeros(shape[1])
    for mask in masks_of(rows.length, rows.k, canonical=rows.canonical):
        counts = _counts(rows, mask)
        others = counts if columns is rows else _counts(columns, mask)
        _add_product(kernel, counts, others)
        for total, matrix in zip(squares, (counts, others), strict=True):
            total += matrix.power(2).sum(axis=1)
    if normalize:
        kernel /= np.sqrt(np.maximum(squares[0], 1))[:, None]
        kernel /= np.sqrt(np.maximum(squares[1], 1))
    return kernel


def _counts(gapped, mask):
    """Counts of the words under a mask: CSR (n_sequences, n_words)."""
    keys, starts, sizes = gapped.keys(mask)
    counted = count_keys(keys, gapped.n_words, starts, sizes)
    shape = len(sizes), gapped.n_words
    return sparse.csr_array((counted.counts.astype(np.float64), counted.keys, counted.indptr), shape=shape)


def _add_product(kernel, counts, others):
    """Add ``counts @ others.T``, whose numbers are integers, in blocks."""
    n_words = counts.shape[1]
    if n_words > _MOST_DENSE:
        at_a_time = max(1, _BLOCK_CELLS // kernel.shape[1])
        for first in range(0, len(kernel), at_a_time):
            kernel[first : first + at_a_time] += (counts[first : first + at_a_time] @ others.T).toarray()
        return
    # no sum exceeds the product of the numbers of words in the two rows
    largest = counts.sum(axis=1).max() * others.sum(axis=1).max()
    kind = np.float32 if largest < _EXACT else np.float64
    # the product of a matrix with itself takes half the time, if it is one object
    same = others is counts
    counts = counts.astype(kind).tocsc()
    others = counts if same else others.astype(kind).tocsc()
    at_a_time = max(1, _BLOCK_CELLS // sum(kernel.shape))
    for first in range(0, n_words, at_a_time):
        words = slice(first, min(first + at_a_time, n_words))
        dense = counts[:, words].toarray()
        kernel += dense @ (dense if same else others[:, words].toarray()).T
