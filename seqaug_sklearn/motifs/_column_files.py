"""Files of motifs with a line per position: TRANSFAC, CIS-BP, Cluster-Buster, HOMER, HOCOMOCO.

Bio.motifs reads these formats, too, and the tests compare both; but it passes over lines that it does not understand,
and its errors name neither the line nor the motif.
"""

import re
from pathlib import Path

import numpy as np

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["is_cis_bp", "is_transfac", "read_cis_bp", "read_transfac", "shares_of"]

_TRANSFAC = re.compile(r"(VV|AC|ID|NA|DE|XX|P[O0])(\s|$)")
_CIS_BP = re.compile(r"(TF|TF Name|Gene|Motif|Family|Species|Pos)\t")
_HEADING = re.compile(r"(?:P[O0]|Pos)\s+(?P<letters>[ACGTUacgtu](?:\s+[ACGTUacgtu]){3})\s*")


def is_transfac(line: str) -> bool:
    """Whether a file that begins with this line is in TRANSFAC's format."""
    return _TRANSFAC.match(line) is not None


def is_cis_bp(line: str) -> bool:
    """Whether a file that begins with this line is in that of CIS-BP."""
    return _CIS_BP.match(line) is not None


def read_transfac(path, lines: list[str]) -> dict:
    """Shares by accession and name ("M00001 MYOD"), of motifs that end with ``//``.

    Raises
    ------
    DataFormatError
        If a matrix or a name is missing or broken; the message names the line.
    """
    motifs: dict = {}
    said: dict = {}
    for number, line in enumerate(lines):
        field, _, value = line.strip().partition(" ") if "\t" not in line else line.strip().partition("\t")
        if field == "//":
            said = {}
        elif field in ("AC", "ID", "NA") and value.strip():
            said.setdefault(field, value.strip())
        elif field in ("PO", "P0"):
            names = [said[key] for key in ("AC", "NA") if key in said] or [said[key] for key in ("ID",) if key in said]
            _add(motifs, " ".join(names), _block(path, lines, number), path, number)
    return _checked(motifs, path, "TRANSFAC's")


def read_cis_bp(path, lines: list[str]) -> dict:
    """Shares by motif and name of the factor ("M0001_1.02 TFAP2B"); of a file of one matrix alone by the file's name.

    Raises
    ------
    DataFormatError
        If a matrix is missing or broken; the message names the line.
    """
    motifs: dict = {}
    said: dict = {}
    for number, line in enumerate(lines):
        field, _, value = line.strip().partition("\t")
        if field in ("Motif", "TF Name"):
            said[field] = value.strip()
        elif field == "Pos":
            names = [said[key] for key in ("Motif", "TF Name") if said.get(key)]
            _add(motifs, " ".join(names) or Path(path).stem, _block(path, lines, number), path, number)
            said = {}
    return _checked(motifs, path, "CIS-BP's")


def shares_of(rows, where: str, name: str):
    """Shares of each position from counts or shares.

    Parameters
    ----------
    rows : array-like of shape (width, 4)
        Counts or shares of A, C, G and T.
    where, name : str
        Line and motif, for messages.
    """
    counts = np.asarray(rows, dtype=float)
    if (counts < 0).any() or not np.isfinite(counts).all() or (counts.sum(axis=1) == 0).any():
        raise DataFormatError(
            f"{where}: {name!r} must hold counts or shares, above zero in sum at each position; log-odds are not read"
        )
    return counts / counts.sum(axis=1, keepdims=True)


def _block(path, lines, heading):
    """Counts of the positions below a heading that names the letters, in the order A, C, G, T."""
    where = f"{path}, line {heading + 1}"
    said = _HEADING.fullmatch(lines[heading].strip())
    letters = said["letters"].upper().replace("U", "T").split() if said else []
    if sorted(letters) != list(DNA.symbols):
        raise DataFormatError(f"{where}: {lines[heading].strip()[:40]!r} must name the letters A, C, G and T")
    rows = []
    for number in range(heading + 1, len(lines)):
        fields = lines[number].split()
        if not fields or not fields[0].isdigit():
            break
        try:
            # behind the counts TRANSFAC writes the consensus
            rows.append([float(value) for value in fields[1:5]])
        except ValueError:
            rows.append([])
        if len(rows[-1]) != len(DNA):
            raise DataFormatError(
                f"{path}, line {number + 1}: {lines[number].strip()[:40]!r} must hold a position and four numbers"
            )
    if not rows:
        raise DataFormatError(f"{where}: no position follows the heading; is the file cut off?")
    return np.array(rows)[:, [letters.index(letter) for letter in DNA.symbols]]


def _add(motifs, name, rows, path, number):
    where = f"{path}, line {number + 1}"
    if not name or name in motifs:
        problem = f"a second motif called {name!r}" if name else "a motif without a name"
        raise DataFormatError(f"{where}: {problem}")
    motifs[name] = shares_of(rows, where, name)


def _checked(motifs, path, whose):
    if not motifs:
        raise DataFormatError(f"{path} looks like {whose} format but holds no matrix")
    return motifs
