"""FASTA files."""

import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Parameter, invalid_parameter, listed, open_text

__all__ = ["read_fasta", "read_fasta_blocks"]


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


def read_fasta_blocks(path, n_records: int = 5000) -> Iterator[pd.Series]:
    r"""Read a FASTA file (gzip too) some records at a time, as :func:`read_fasta` reads it whole.

    For files that memory does not hold. Repeated names are found within a block only.

    Parameters
    ----------
    path : str or path-like
        FASTA file, plain or gzip.
    n_records : int, default=5000
        Records of a block; the last one has fewer.

    Yields
    ------
    sequences : pandas.Series of str of shape (n_records,)
        As of :func:`read_fasta`.

    Raises
    ------
    DataFormatError
        As :func:`read_fasta`, when the block is read.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from seqaug_sklearn.datasets import read_fasta_blocks
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "three.fa"
    ...     _ = path.write_text(">a\nACGT\n>b\nGGT\n>c\nTTT\n")
    ...     [block.to_dict() for block in read_fasta_blocks(path, 2)]
    [{'a': 'ACGT', 'b': 'GGT'}, {'c': 'TTT'}]
    """
    if n_records < 1:
        raise invalid_parameter(Parameter("n_records", n_records), "must be at least 1")
    file = Path(path).name
    with open_text(path) as lines:
        records = enumerate(_records(lines, file), start=1)
        while block := list(islice(records, n_records)):
            names = [_record_name(header, number, file) for number, (header, _) in block]
            sequences = [sequence for _, (_, sequence) in block]
            _check_records(names, sequences, file)
            yield pd.Series(sequences, index=pd.Index(names, name="identifier"), name="sequence")


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
