"""FASTA files."""

import io
from collections import Counter
from pathlib import Path

import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import listed, open_text

__all__ = ["read_fasta"]


def read_fasta(path) -> pd.Series:
    r"""Read a FASTA file (gzip too) as a Series of text named by record id.

    The index survives scikit-learn's splits, so labels, groups and orthologs can be joined by name.

    Parameters
    ----------
    path : str or path-like
        FASTA file, plain or gzip.

    Returns
    -------
    sequences : pandas.Series of str of shape (n_records,)
        Named "sequence", in file order, letters as written (lower case often marks masked repeats; encoders accept
        both cases). The index, "identifier", is the first word of each header.

    Raises
    ------
    DataFormatError
        If there are no records, text stands before the first ``>``, a header has no name, a record has no residues,
        or names repeat; the message names them.

    See Also
    --------
    write_fasta : Write such a file.
    read_genbank : Annotated genomes.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from seqaug_sklearn.datasets import read_fasta
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "two.fa"
    ...     _ = path.write_text(">a first one\nACGT\nAC\n>b\nGGT\n")
    ...     read_fasta(path).to_dict()
    {'a': 'ACGTAC', 'b': 'GGT'}
    """
    file = Path(path).name
    names, sequences = [], []
    with open_text(path) as lines:
        for number, (header, sequence) in enumerate(_records(lines, file), start=1):
            names.append(_record_name(header, number, file))
            sequences.append(sequence)
    _check_records(names, sequences, file)
    return pd.Series(sequences, index=pd.Index(names, name="identifier"), name="sequence")


def _records(lines, file):
    """Yield header and residues of each record; of the text, one record at a time is held twice."""
    # lines are joined once per record: adding text to text copies it each time
    header, body = None, io.StringIO()
    for line in lines:
        if line.startswith(">"):
            if header is not None:
                yield header, "".join(body.getvalue().split())
            header, body = line[1:], io.StringIO()
        elif header is not None:
            body.write(line.strip())
        elif line.strip():
            break
    if header is None:
        raise DataFormatError(f"{file} is not a FASTA file with records: the first line must start with '>'")
    yield header, "".join(body.getvalue().split())


def _record_name(header, number, file):
    if not header.split():
        raise DataFormatError(f"{file}: record {number} has no name after '>'; names join sequences to labels")
    return header.split()[0]


def _check_records(names, sequences, file):
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise DataFormatError(f"{file}: record names must be unique; more than once: {listed(repeated)}")
    empty = [name for name, sequence in zip(names, sequences, strict=True) if not sequence]
    if empty:
        raise DataFormatError(f"{file}: every record needs residues, but {listed(empty)} have none")
