"""Files of known motifs, recognised by how they begin; those with ``>`` hold a line per letter or per position."""

import re

import numpy as np

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.motifs._column_files import is_cis_bp, is_transfac, read_cis_bp, read_transfac, shares_of
from seqaug_sklearn.motifs._motif_files import read_meme
from seqaug_sklearn.utils import read_text

__all__ = ["read_motif_file"]


def read_motif_file(path, *, alphabet=DNA):
    r"""Read motifs from a file of MEME, JASPAR, TRANSFAC, CIS-BP, Cluster-Buster, HOMER or HOCOMOCO.

    Parameters
    ----------
    path : str or path-like
        File; its content says what it is. ``>``, an identifier and a name begin a motif of JASPAR (``.jaspar``,
        ``.pfm``), which is four lines, A, C, G and T, with or without letters and brackets, or one of Cluster-Buster,
        HOMER or HOCOMOCO, which has a line of four numbers per position.
    alphabet : Alphabet, default=DNA
        Order of the columns. Only MEME's format holds motifs of proteins.

    Returns
    -------
    dict of str to float64 ndarray of shape (width, n_symbols)
        Share of each symbol, by identifier and name ("MA0570.3 ABF1").

    Raises
    ------
    DataFormatError
        If the file is in none of these formats, or a matrix is broken; the message names the line.

    References
    ----------
    The formats: https://jaspar.elixir.no/docs, https://gene-regulation.com (TRANSFAC), https://cisbp.ccbr.utoronto.ca,
    https://github.com/weng-lab/cluster-buster, http://homer.ucsd.edu/homer/motif/creatingCustomMotifs.html.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from seqaug_sklearn.inspection import read_motif_file
    >>> path = pathlib.Path(tempfile.mkdtemp(), "MA0570.1.pfm")
    >>> _ = path.write_text(">MA0570.1 ABF1\n3 0\n0 4\n1 0\n0 0\n")
    >>> {name: matrix.tolist() for name, matrix in read_motif_file(path).items()}
    {'MA0570.1 ABF1': [[0.75, 0.0, 0.25, 0.0], [0.0, 1.0, 0.0, 0.0]]}
    """
    lines = read_text(path).splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    read = _reader(first)
    if read is None:
        return read_meme(path, alphabet=alphabet)
    if len(alphabet) != len(DNA):
        raise DataFormatError(
            f"{path} is in a format whose matrices are of DNA; those of {alphabet.name} are read from a file in MEME's "
            "text format"
        )
    return read(path, lines)


def _reader(first):
    if first.startswith(">"):
        return _of_marked
    if is_transfac(first):
        return read_transfac
    return read_cis_bp if is_cis_bp(first) else None


def _of_marked(path, lines):
    """Motifs of which each begins with ``>``."""
    motifs = {}
    starts = [number for number, line in enumerate(lines) if line.startswith(">")]
    blocks = [_block(path, lines, *ends) for ends in zip(starts, [*starts[1:], len(lines)], strict=True)]
    by_position = _are_by_position([rows for _, _, rows in blocks])
    for where, name, rows in blocks:
        if not name or name in motifs:
            raise DataFormatError(f"{where}: {f'a second motif called {name!r}' if name else 'a motif without a name'}")
        if by_position and {letter for letter, _ in rows} == {""}:
            motifs[name] = shares_of([values for _, values in rows], where, name)
            continue
        letters = [letter.replace("U", "T") for letter, _ in rows]
        if letters not in (["A", "C", "G", "T"], [""] * 4) or not rows[0][1]:
            raise DataFormatError(
                f"{where}: four lines of counts must follow {name!r}, for A, C, G and T in this order"
            )
        if len({len(values) for _, values in rows}) > 1:
            raise DataFormatError(f"{where}: the four lines of {name!r} must hold equally many counts")
        motifs[name] = shares_of(np.array([values for _, values in rows]).T, where, name)
    return motifs


def _block(path, lines, start, end):
    """Place, name and rows (letter or nothing, counts) of a motif; ``#`` begins what Cluster-Buster says of it."""
    inside = (number for number in range(start + 1, end) if lines[number].strip() and not lines[number].startswith("#"))
    heading = lines[start][1:]
    # HOMER's heading is the consensus, the name, and numbers
    fields = heading.split("\t")
    is_homer = len(fields) > 2 and _is_number(fields[2])
    name = fields[1].strip() if is_homer else " ".join(heading.split())
    return f"{path}, line {start + 1}", name, [_counts(path, number, lines[number]) for number in inside]


def _are_by_position(blocks):
    """Whether motifs have a line per position, each of four numbers, and not a line per letter.

    Four lines of four numbers may be either: motifs of other lengths decide, and else what has equal sums, for each
    position holds as many sequences.
    """
    four = [len(values) == len(DNA) and not letter for rows in blocks for letter, values in rows]
    if not four or not all(four):
        return False
    if any(len(rows) != len(DNA) for rows in blocks):
        return True
    square = np.array([[values for _, values in rows] for rows in blocks])
    spread = [np.ptp(square.sum(axis=axis), axis=1).sum() for axis in (1, 2)]
    return bool(spread[1] < spread[0])


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _counts(path, number, line):
    """(letter or nothing, counts) of a line."""
    found = re.fullmatch(r"\s*([ACGTUacgtu]?)\s*[:|]?\s*\[?([^\[\]]*)\]?\s*", line)
    try:
        if found is None:
            raise ValueError(line)
        return found[1].upper(), [float(value) for value in found[2].split()]
    except ValueError:
        raise DataFormatError(
            f"{path}, line {number + 1}: {line.strip()[:40]!r} is no line of counts, as in 'A [ 3 0 12 ]' or '3 0 12'"
        ) from None
