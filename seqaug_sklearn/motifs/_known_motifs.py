"""Known motifs by whatever names them: a collection, a file, matrices, consensus sequences."""

import os
from collections.abc import Mapping

import numpy as np

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.motifs._jaspar_files import read_motif_file
from seqaug_sklearn.motifs._motif_files import JASPAR_GROUPS, read_jaspar
from seqaug_sklearn.utils import Message, Parameter

__all__ = ["check_matrices", "read_database"]

_JASPAR = tuple(f"jaspar_{group}" for group in JASPAR_GROUPS)


def read_database(database, *, alphabet=DNA, name="database"):
    """Known motifs as shares by name.

    Parameters
    ----------
    database : str, path-like or dict
        ``"jaspar_<group>"``, the path of a file for :func:`read_motif_file`, or what :func:`check_matrices` takes.
    alphabet : Alphabet, default=DNA
        Order of the columns. JASPAR's matrices, of DNA, are read for RNA too, T counting as U.
    name : str, default="database"
        What the messages call it.

    Returns
    -------
    dict of str to float64 ndarray of shape (width, n_symbols)

    Raises
    ------
    DataFormatError
        If the file is in no format that is read.
    ValueError
        If it holds no motif or something else.
    """
    if isinstance(database, str) and database in _JASPAR:
        return read_jaspar(group=database.removeprefix("jaspar_"))
    if isinstance(database, str) and not os.path.exists(database):
        error = ValueError if "jaspar" in database.lower() else FileNotFoundError
        raise error(
            Message(
                Parameter(name, database),
                f" is neither a collection nor a file that exists; collections are {list(_JASPAR)}, others are read "
                "from a file of MEME, JASPAR, TRANSFAC or CIS-BP",
            )
        )
    if isinstance(database, (str, os.PathLike)):
        known = read_motif_file(database, alphabet=alphabet)
    else:
        known = check_matrices(database, name, alphabet=alphabet)
    if not known:
        raise ValueError(f"{name} is empty; at least one known motif is needed")
    return known


def check_matrices(matrices, name, *, alphabet=DNA, also=""):
    """Shares by name from counts, shares or consensus sequences by name.

    Parameters
    ----------
    matrices : dict of str to array-like of shape (width, n_symbols), or to str
        Counts or shares; text is a consensus, in which an ambiguity code stands for its symbols equally.
    name : str
        What the messages call them.
    alphabet : Alphabet, default=DNA
        Order of the columns.
    also : str, default=""
        What else there could be, for the message.

    Returns
    -------
    dict of str to float64 ndarray of shape (width, n_symbols)

    Raises
    ------
    TypeError, ValueError
        If something else is found.
    """
    if not isinstance(matrices, Mapping):
        raise TypeError(f"{name} must be {also}a dict that maps names to matrices, got {type(matrices).__name__}")
    return {str(key): _shares(matrix, f"{name}[{key!r}]", alphabet) for key, matrix in matrices.items()}


def _shares(matrix, name, alphabet):
    if isinstance(matrix, str):
        return _consensus(matrix, name, alphabet)
    n_symbols = len(alphabet)
    try:
        matrix = np.asarray(matrix, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} must be counts or shares of shape (width, {n_symbols}), or a consensus such as 'CACGTG', got "
            f"{type(matrix).__name__}"
        ) from None
    if matrix.ndim != 2 or matrix.shape[1] != n_symbols or len(matrix) == 0:
        columns = ", ".join(alphabet.symbols)
        raise ValueError(f"{name} must have the shape (width, {n_symbols}), columns {columns}, got {matrix.shape}")
    total = matrix.sum(axis=1, keepdims=True)
    if not np.isfinite(matrix).all() or (matrix < 0).any() or (total == 0).any():
        raise ValueError(f"{name} must hold counts or shares, each row above zero in sum; log-odds are not read")
    return matrix / total


def _consensus(text, name, alphabet):
    """Shares of a consensus: each letter stands for its symbols equally."""
    codes = dict(alphabet.ambiguity) | {symbol: symbol for symbol in alphabet.symbols}
    if alphabet is DNA:
        codes["U"] = "T"
    unknown = [letter for letter in text.upper() if not codes.get(letter)]
    if unknown or not text:
        problem = f"holds {unknown[0]!r}" if unknown else "is empty"
        kind = alphabet.name.upper() if alphabet.name != "protein" else "proteins"
        raise ValueError(f"{name}={text!r} {problem}; a consensus is written in IUPAC's letters for {kind}")
    stands_for = [codes[letter] for letter in text.upper()]
    return np.array([[(symbol in some) / len(some) for symbol in alphabet.symbols] for some in stands_for])
