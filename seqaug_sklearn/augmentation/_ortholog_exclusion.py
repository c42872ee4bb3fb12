"""Which orthologs are nearly identical to which rows: by the rules of the leakage audit, or stricter.

A pair is similar when the two share a run of consecutive symbols, when the ortholog holds a share of the row's distinct
k-mers, or when they are equal; on either strand where the alphabet has two.
"""

import functools

import numpy as np
from scipy import sparse

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.similarity import SubstringIndex
from seqaug_sklearn.utils import text_to_codes

__all__ = ["similar_pairs", "usual_run"]

_NUCLEOTIDE_K, _PROTEIN_K = 12, 5
_NUCLEOTIDE_RUN, _PROTEIN_RUN = 20, 8
_FALSE_ALARMS = 0.05
_BLOCK_ROWS = 512


@functools.lru_cache(maxsize=4)
def similar_pairs(
    orthologs: tuple, rows: tuple, alphabet: Alphabet, threshold: float, min_run: int | None
) -> sparse.csr_array:
    """Compare every ortholog with every row; the same texts are compared once, whichever copies of them are asked for.

    Parameters
    ----------
    orthologs, rows : tuple of str of length n_orthologs, n_rows
        Upper-case sequences.
    alphabet : Alphabet
        Their alphabet.
    threshold : float
        Share of the row's distinct k-mers (12 residues; 5 without a second strand).
    min_run : int or None
        Consecutive symbols; None takes :func:`usual_run` of the rows.

    Returns
    -------
    CSR array of bool of shape (n_orthologs, n_rows)
        Not to be modified.
    """
    n, texts = len(orthologs), [*orthologs, *rows]
    k = min(_PROTEIN_K if alphabet.complement is None else _NUCLEOTIDE_K, max(map(len, texts)))
    kmers = _incidence(SubstringIndex(texts, k, alphabet))
    if min_run is None:
        min_run = usual_run(rows, alphabet, len(np.unique(kmers[n:].indices)))
    needed = np.maximum(np.ceil(threshold * np.diff(kmers[n:].indptr) - 1e-9), max(min_run - k + 1, 1))
    runs = _incidence(SubstringIndex(texts, min_run, alphabet))
    equal = _identity(texts, alphabet)
    columns = [matrix[n:].T.tocsr() for matrix in (kmers, runs, equal)]
    blocks = []
    for start in range(0, n, _BLOCK_ROWS):
        part = slice(start, min(start + _BLOCK_ROWS, n))
        shared = (kmers[part] @ columns[0]).tocsr()
        shared.data = (shared.data >= needed[shared.indices]).astype(np.int32)
        blocks.append(shared + runs[part] @ columns[1] + equal[part] @ columns[2])
    similar = sparse.vstack(blocks, format="csr").astype(bool)
    similar.eliminate_zeros()
    return similar


def usual_run(rows, alphabet, n_kmers):
    """Shortest run that counts: 20 residues (8 without a second strand), at most half the median row, and more where
    chance gives longer runs.

    With n distinct k-mers there are at most n²/4 pairs of places; a run of L symbols starts at one by chance with
    probability (1 - p) p^L, p the probability that two symbols of the composition match. Since an audit of more rows
    allows for more chance, its run is never shorter than the one found here from the excluded rows alone.

    Parameters
    ----------
    rows : sequence of str
        Rows that orthologs are compared with.
    alphabet : Alphabet
        Their alphabet.
    n_kmers : int
        Number of their distinct k-mers.

    Returns
    -------
    int
    """
    usual = _PROTEIN_RUN if alphabet.complement is None else _NUCLEOTIDE_RUN
    half = -(-int(np.median([len(row) for row in rows])) // 2)
    codes = text_to_codes(["".join(rows)], alphabet)[0]
    frequencies = np.bincount(codes, minlength=len(alphabet) + 1)[:-1] / max((codes < len(alphabet)).sum(), 1)
    others = [frequencies]
    if alphabet.complement is not None:
        others.append(frequencies[alphabet.complement_codes[:-1]])
    matches = np.array([[frequencies @ other] for other in others])
    lengths = np.arange(1, 10_000)
    expected = (n_kmers**2 / 4 * (1 - matches) * matches**lengths).sum(axis=0)
    return max(min(usual, half), int(lengths[np.argmax(expected < _FALSE_ALARMS)]))


def _incidence(index):
    """CSR array of 0/1 of shape (n_texts, n_substrings)."""
    ones = np.ones(len(index.ids), np.int32)
    matrix = sparse.csr_array((ones, index.ids.copy(), index.indptr.copy()), shape=(len(index), max(index.n_ids, 1)))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def _identity(texts, alphabet):
    """CSR array of 0/1 of shape (n_texts, n_distinct): texts that are equal, or each other's reverse complement."""
    if alphabet.complement is not None:
        texts = [min(text, text.translate(alphabet.complement_table)[::-1]) for text in texts]
    distinct, numbers = np.unique(np.array(texts, dtype=object), return_inverse=True)
    ones, starts = np.ones(len(texts), np.int32), np.arange(len(texts) + 1)
    return sparse.csr_array((ones, numbers, starts), shape=(len(texts), len(distinct)))
