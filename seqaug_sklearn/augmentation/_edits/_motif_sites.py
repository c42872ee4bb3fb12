"""Where motifs lie in the rows of a batch, so that edits leave them alone."""

import numpy as np

from seqaug_sklearn.augmentation._edits._arrays import on_host
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["motif_sites", "symbol_codes"]


def symbol_codes(values, alphabet):
    """Column of the symbol at each place, ndarray (n, width); ``len(alphabet)`` where there is none.

    Parameters
    ----------
    values : uint8 ndarray of shape (n, width), or float32 ndarray or Tensor of shape (n, width, n_symbols)
        Upper-case letters, or one-hot.
    alphabet : Alphabet
        Symbols.
    """
    if values.ndim == 2:
        return np.minimum(alphabet.table[values], len(alphabet))
    return np.where(on_host(values.any(-1)), on_host(values.argmax(-1)), len(alphabet))


def motif_sites(motif, codes, alphabet):
    """Mark the residues of all sites of a motif, of DNA on either strand.

    Parameters
    ----------
    motif : str
        Symbols and IUPAC's ambiguity codes.
    codes : ndarray of shape (n, width)
        As :func:`symbol_codes` gives them; an unknown residue is part of no site.
    alphabet : Alphabet
        Symbols.

    Returns
    -------
    mask : bool ndarray of shape (n, width)

    Raises
    ------
    InvalidParameterError
        If the motif is empty or has a letter that stands for no symbol.
    """
    motif = motif.upper()
    allowed = np.array([_meaning(letter, motif, alphabet) for letter in motif], bool)
    if not motif:
        raise invalid_parameter("protect", "must not hold an empty motif")
    mask = np.zeros(codes.shape, bool)
    patterns = [allowed]
    if alphabet.name == "dna":
        # a site is a site on either strand
        patterns.append(allowed[::-1][:, alphabet.complement_codes])
    n_places = codes.shape[1] - len(motif) + 1
    for pattern in patterns if n_places > 0 else ():
        begins = np.ones((len(codes), n_places), bool)
        for place, letters in enumerate(pattern):
            begins &= letters[codes[:, place : place + n_places]]
        for place in range(len(motif)):
            mask[:, place : place + n_places] |= begins
    return mask


def _meaning(letter, motif, alphabet):
    """Bool list (n_symbols + 1,): the codes that a letter stands for; never the unknown one."""
    symbols = letter if letter in alphabet.symbols else alphabet.ambiguity.get(letter, "")
    if not symbols:
        raise invalid_parameter(
            "protect",
            f"must hold motifs of the symbols {alphabet.symbols} and IUPAC's codes, but {motif!r} has {letter!r}",
        )
    return [*(symbol in symbols for symbol in alphabet.symbols), False]
