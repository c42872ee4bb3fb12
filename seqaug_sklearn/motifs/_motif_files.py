"""Collections of known motifs: MEME files and JASPAR."""

import re
import warnings
from functools import lru_cache

import numpy as np

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import import_optional, invalid_parameter, read_text, replaced_file

__all__ = ["JASPAR_GROUPS", "read_jaspar", "read_meme", "write_meme"]

JASPAR_GROUPS = ("plants", "vertebrates", "insects", "nematodes", "fungi", "urochordates")
_TOLERANCE = 0.05  # files round the shares to two or three digits
_FEWEST_COUNTED = 2  # sequences


def read_meme(path, *, alphabet=DNA):
    """Read motifs from a file in MEME's text format.

    Parameters
    ----------
    path : str or path-like
        Output of the MEME programs, or a collection such as those of JASPAR, CIS-BP or PlantTFDB.
    alphabet : Alphabet, default=DNA
        Order of the columns of what is returned. The symbols of the file must be the same, U counting as T.

    Returns
    -------
    dict of str to float64 ndarray of shape (width, n_symbols)
        Share of each symbol, by the name in the ``MOTIF`` line ("MA0570.3 ABF1"); numbers of MEME's own output are
        called "MEME-1".

    Raises
    ------
    DataFormatError
        If the file is not in MEME's format, holds no motif or one of another alphabet, or a matrix is broken; the
        message names the line.

    References
    ----------
    https://meme-suite.org/meme/doc/meme-format.html

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from seqaug_sklearn.inspection import read_meme
    >>> path = pathlib.Path(tempfile.mkdtemp(), "g-box.meme")
    >>> _ = path.write_text('''MEME version 4
    ... ALPHABET= ACGT
    ... MOTIF ABRE core
    ... letter-probability matrix: alength= 4 w= 2
    ... 0.9 0.0 0.1 0.0
    ... 0.0 1.0 0.0 0.0
    ... ''')
    >>> {name: matrix.tolist() for name, matrix in read_meme(path).items()}
    {'ABRE core': [[0.9, 0.0, 0.1, 0.0], [0.0, 1.0, 0.0, 0.0]]}
    """
    lines = read_text(path).splitlines()
    if not any(line.startswith("MEME version") for line in lines[:100]):
        first = next((line for line in lines if line.strip()), "")
        raise DataFormatError(
            f"{path} is not in MEME's text format: no line 'MEME version' at its top (it begins with {first[:40]!r}); "
            "of MEME's own outputs meme.txt is the one, and other formats are converted by the programs of its suite"
        )
    _check_symbols(path, lines, alphabet)
    motifs, name = {}, None
    for number, line in enumerate(lines):
        if line.startswith("MOTIF"):
            name = _name(line)
            if not name:
                raise DataFormatError(f"{path}, line {number + 1}: a motif without a name")
        elif line.startswith("letter-probability matrix"):
            if name is None or name in motifs:
                problem = "a matrix without a line 'MOTIF'" if name is None else f"a second motif called {name!r}"
                raise DataFormatError(f"{path}, line {number + 1}: {problem}")
            motifs[name] = _matrix(path, lines, number, len(alphabet))
    if not motifs:
        raise DataFormatError(f"{path} holds no motif: no line 'letter-probability matrix' (log-odds are not read)")
    return motifs


def read_jaspar(release="JASPAR2026", *, group="plants", collection="CORE"):
    """Motifs of JASPAR, from the copy that pyjaspar carries: no connection is needed.

    Parameters
    ----------
    release : str, default="JASPAR2026"
        Name of the release, as pyjaspar has it.
    group : {"plants", "vertebrates", "insects", "nematodes", "fungi", "urochordates"}, default="plants"
        Taxonomic group.
    collection : str, default="CORE"
        Collection; "CORE" holds the curated, non-redundant motifs.

    Returns
    -------
    dict of str to float64 ndarray of shape (width, 4)
        Share of A, C, G, T, by identifier and name ("MA0570.3 ABF1").

    Raises
    ------
    ValueError
        If the group or release is not known, or they hold no motif.
    MissingDependencyError
        If pyjaspar is missing.

    References
    ----------
    JASPAR, https://jaspar.elixir.no; pyJASPAR, :doi:`10.5281/zenodo.4509415`.
    """
    if group not in JASPAR_GROUPS:
        raise invalid_parameter("group", f"must be one of {list(JASPAR_GROUPS)}, got {group!r}")
    pyjaspar = import_optional("pyjaspar", extra="motifs", purpose="JASPAR")
    if release not in pyjaspar.jaspar_releases:
        known = sorted(pyjaspar.jaspar_releases)
        raise invalid_parameter("release", f"must be one of those of the installed pyjaspar, {known}, got {release!r}")
    motifs = _fetch(release, group, collection)
    if not motifs:
        raise ValueError(f"{release} has no motifs of {group} in the collection {collection!r}")
    return {name: matrix.copy() for name, matrix in motifs.items()}


@lru_cache(maxsize=4)
def _fetch(release, group, collection):
    """One query per motif: seconds, so kept."""
    pyjaspar = import_optional("pyjaspar", extra="motifs", purpose="JASPAR")
    database = pyjaspar.jaspardb(release=release)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Zero motifs")  # told by the caller as an error
            fetched = database.fetch_motifs(collection=collection, tax_group=[group])
    finally:
        database.conn.close()
    counts = {f"{motif.matrix_id} {motif.name}": np.array([motif.counts[s] for s in "ACGT"]).T for motif in fetched}
    return {name: matrix / matrix.sum(axis=1, keepdims=True) for name, matrix in counts.items()}


def write_meme(path, motifs, *, alphabet, background, sites):
    """Write shares by name in MEME's format; ``sites`` says how many sequences each comes from."""
    shares = " ".join(f"{symbol} {share:.5f}" for symbol, share in zip(alphabet.symbols, background, strict=True))
    lines = ["MEME version 4", "", f"ALPHABET= {alphabet.symbols}", ""]
    lines += ["strands: + -", ""] if alphabet.complement else []
    lines += ["Background letter frequencies", shares, ""]
    for name, matrix in motifs.items():
        lines += [f"MOTIF {name}"]
        lines += [f"letter-probability matrix: alength= {len(alphabet)} w= {len(matrix)} nsites= {sites[name]} E= 0"]
        lines += [" ".join(f"{share:.6f}" for share in row) for row in matrix] + [""]
    with replaced_file(path, text=True) as file:
        file.write("\n".join(lines))


def _name(line):
    """The rest of the MOTIF line; behind the name MEME's text output says how wide the motif is, and more."""
    name = re.split(r"\s+width\s*=", line.removeprefix("MOTIF"))[0]
    name = " ".join(name.split())
    return f"MEME-{name}" if name.isdigit() else name


def _check_symbols(path, lines, alphabet):
    said = next((line for line in lines if line.startswith("ALPHABET=")), None)
    if said is None:
        return  # the matrices' alength tells
    symbols = said.partition("=")[2].strip().upper()
    if symbols.replace("U", "T") != alphabet.symbols.replace("U", "T"):
        raise DataFormatError(f"{path} holds motifs of the alphabet {symbols!r}; {alphabet.symbols!r} is needed")


def _matrix(path, lines, number, n_symbols):
    """The matrix whose heading stands at ``number``; its symbols are in alphabetical order, as in the alphabets."""
    where = f"{path}, line {number + 1}"
    told = {key: int(value) for key, value in re.findall(r"\b(alength|w)=\s*(\d+)", lines[number])}
    if told.get("alength", n_symbols) != n_symbols:
        raise DataFormatError(f"{where}: a motif of {told['alength']} symbols, but {n_symbols} are needed")
    rows: list[list[float]] = []
    first = next((place for place in range(number + 1, len(lines)) if lines[place].strip()), len(lines))
    for line in lines[first:]:
        values = line.split()
        if len(values) != n_symbols or (told.get("w") is not None and len(rows) == told["w"]):
            break
        if not any(_is_number(value) for value in values):
            break
        broken = [value for value in values if not _is_number(value)]
        if broken:
            raise DataFormatError(f"{path}, line {first + 1 + len(rows)}: {broken[0]!r} is not a number")
        rows.append([float(value) for value in values])
    if not rows or len(rows) != told.get("w", len(rows)):
        raise DataFormatError(f"{where}: w= {told.get('w', '?')} positions are promised, {len(rows)} rows follow")
    matrix = np.array(rows)
    total = matrix.sum(axis=1, keepdims=True)
    # counts of as many sequences at each position are shares, too
    unit = total.max() if total.max() >= _FEWEST_COUNTED else 1.0
    if not (np.isfinite(matrix).all() and (matrix >= 0).all() and (np.abs(total / unit - 1) <= _TOLERANCE).all()):
        raise DataFormatError(f"{where}: each row must hold {n_symbols} shares that sum to 1, or counts of one sum")
    # rounded shares are brought back to a sum of 1
    return matrix / total


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
