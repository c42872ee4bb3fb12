"""Which orthologs are nearly identical to which rows: by the rules of the leakage audit, or stricter.

A pair is similar when the two share a run of consecutive symbols, when the ortholog holds a share of the row's distinct
k-mers, or when they are equal; on either strand where the alphabet has two.
"""

import functools

import numpy as np
from scipy import sparse

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.similarity import SubstringIndex, usual_k, usual_run
from seqaug_sklearn.utils import text_to_codes

__all__ = ["similar_pairs"]

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
        Consecutive symbols; None takes the audit's rule for the rows alone, whose run is never longer
        than the one of an audit of more rows.

    Returns
    -------
    CSR array of bool of shape (n_orthologs, n_rows)
        Not to be modified.
    """
    n, texts = len(orthologs), [*orthologs, *rows]
    k = usual_k(alphabet, max(map(len, texts)))
    kmers = SubstringIndex(texts, k, alphabet).incidence()
    if min_run is None:
        codes = text_to_codes(["".join(rows)], alphabet)
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        min_run = usual_run(codes, lengths, len(np.unique(kmers[n:].indices)), alphabet)
    needed = np.maximum(np.ceil(threshold * np.diff(kmers[n:].indptr) - 1e-9), max(min_run - k + 1, 1))
    runs = SubstringIndex(texts, min_run, alphabet).incidence()
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


def _identity(texts, alphabet):
    """CSR array of 0/1 of shape (n_texts, n_distinct): texts that are equal, or each other's reverse complement."""
    if alphabet.complement is not None:
        texts = [min(text, text.translate(alphabet.complement_table)[::-1]) for text in texts]
    distinct, numbers = np.unique(np.array(texts, dtype=object), return_inverse=True)
    ones, starts = np.ones(len(texts), np.int32), np.arange(len(texts) + 1)
    return sparse.csr_array((ones, numbers, starts), shape=(len(texts), len(distinct)))
