"""Files of known motifs, MEME's and JASPAR's, recognised by how they begin."""

import re

import numpy as np

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.motifs._motif_files import read_meme
from seqaug_sklearn.utils import read_text

__all__ = ["read_motif_file"]


def read_motif_file(path, *, alphabet=DNA):
    """Read motifs from a file in MEME's text format, or in one of JASPAR's (``.jaspar``, ``.pfm``).

    Parameters
    ----------
    path : str or path-like
        File. JASPAR's begin with ``>``, an identifier and a name, and hold counts in four lines, A, C, G and T, with
        or without letters and brackets.
    alphabet : Alphabet, default=DNA
        Order of the columns. Only MEME's format holds motifs of proteins.

    Returns
    -------
    dict of str to float64 ndarray of shape (width, n_symbols)
        Share of each symbol, by identifier and name ("MA0570.3 ABF1").

    Raises
    ------
    DataFormatError
        If the file is in neither format, or a matrix is broken; the message names the line.
    """
    lines = read_text(path).splitlines()
    first = next((line for line in lines if line.strip()), "")
    if not first.startswith(">"):
        return read_meme(path, alphabet=alphabet)
    if len(alphabet) != len(DNA):
        raise DataFormatError(
            f"{path} is in JASPAR's format, whose matrices are of DNA; those of {alphabet.name} are read from a file "
            "in MEME's text format"
        )
    return _of_jaspar(path, lines)


def _of_jaspar(path, lines):
    motifs = {}
    starts = [number for number, line in enumerate(lines) if line.startswith(">")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        where, name = f"{path}, line {start + 1}", " ".join(lines[start][1:].split())
        if not name or name in motifs:
            raise DataFormatError(f"{where}: {f'a second motif called {name!r}' if name else 'a motif without a name'}")
        rows = [_counts(path, number, lines[number]) for number in range(start + 1, end) if lines[number].strip()]
        if [letter for letter, _ in rows] not in (["A", "C", "G", "T"], [""] * 4) or not rows[0][1]:
            raise DataFormatError(
                f"{where}: four lines of counts must follow {name!r}, for A, C, G and T in this order"
            )
        if len({len(values) for _, values in rows}) > 1:
            raise DataFormatError(f"{where}: the four lines of {name!r} must hold equally many counts")
        counts = np.array([values for _, values in rows]).T
        if (counts < 0).any() or not np.isfinite(counts).all() or (counts.sum(axis=1) == 0).any():
            raise DataFormatError(f"{where}: {name!r} must hold counts or shares, above zero in sum at each position")
        motifs[name] = counts / counts.sum(axis=1, keepdims=True)
    return motifs


def _counts(path, number, line):
    """(letter or nothing, counts) of a line."""
    found = re.fullmatch(rf"\s*([{DNA.symbols}]?)\s*\[?([^\[\]]*)\]?\s*", line)
    try:
        if found is None:
            raise ValueError(line)
        return found[1], [float(value) for value in found[2].split()]
    except ValueError:
        raise DataFormatError(
            f"{path}, line {number + 1}: {line.strip()[:40]!r} is no line of counts in JASPAR's format, as in "
            "'A [ 3 0 12 ]' or '3 0 12'"
        ) from None
