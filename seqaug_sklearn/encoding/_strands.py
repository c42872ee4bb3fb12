"""The other strand."""

import numpy as np

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils import check_text, plain_container, replaced_text, text_to_codes

__all__ = ["reverse_complement"]


def reverse_complement(X, alphabet="dna"):
    """Reverse complement of text, bags of windows or one-hot arrays.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,) or (n_samples, n_windows), or array of shape (..., length, n_symbols)
        Text, bags or one-hot. Numbers are taken for one-hot; for codes use ``Alphabet.complement_codes``.
    alphabet : {"dna", "rna"} or Alphabet, default="dna"
        An alphabet with a complement.

    Returns
    -------
    list of str, pandas.Series, pandas.DataFrame or ndarray
        A list for sequences in a list, a Series with the same index and name for a Series or one-column DataFrame, an
        ndarray for an ndarray, a DataFrame for one with covariates. Ambiguity codes are complemented, case and gaps are
        kept. In one-hot arrays the all-zero rows of right padding come to the left.

    Raises
    ------
    ValueError
        If the alphabet has no complement.
    SequenceError, SequenceTypeError
        If X is neither text of the alphabet nor a numeric array with one column per symbol.

    Examples
    --------
    >>> reverse_complement(["ACGTT", "acNR-"])
    ['AACGT', '-YNgt']
    """
    alphabet = get_alphabet(alphabet)
    alphabet.check_has_complement()
    if isinstance(X, np.ndarray) and X.dtype.kind in "fiub":
        return _of_one_hot(X, alphabet)
    X = plain_container(X)
    values, identifiers = check_text(X)
    text_to_codes(values, alphabet, identifiers=identifiers)  # the error names the symbol
    if isinstance(values, np.ndarray):
        turned = [text.translate(alphabet.complement_table)[::-1] for text in values.ravel().tolist()]
        return np.array(turned, dtype=values.dtype).reshape(values.shape)
    turned = [text.translate(alphabet.complement_table)[::-1] for text in values]
    if hasattr(X, "iloc"):
        made = replaced_text(X, turned)
        return made if made.ndim == 1 or made.shape[1] > 1 else made.iloc[:, 0]
    return np.array(turned) if isinstance(X, np.ndarray) else turned


def _of_one_hot(X, alphabet):
    if X.ndim < 2 or X.shape[-1] != alphabet.n_symbols:
        raise SequenceError(
            f"X must be text or one-hot of shape (..., length, {alphabet.n_symbols}) for the {alphabet.name} alphabet, "
            f"got shape {X.shape}"
        )
    return X[..., ::-1, alphabet.complement_codes[:-1]]
