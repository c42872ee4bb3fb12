"""FASTA files."""

import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, Parameter, UniqueNames, Ways, invalid_parameter, listed, open_text

__all__ = ["FASTA_NAMES", "RecordNames", "read_fasta", "read_fasta_blocks", "read_fasta_headers"]

FASTA_NAMES = ("first-word", "header", "number", "unique")
"""How records are named."""


def read_fasta(path, *, names="first-word") -> pd.Series:
    r"""Read a FASTA file (gzip too) as a Series of text named by record.

    The index survives scikit-learn's splits, so labels, groups and orthologs can be joined by name.

    Parameters
    ----------
    path : str or path-like
        FASTA file, plain or gzip. Lines that begin with ``;``, and those with ``#`` before the first record, are
        comments.
    names : {"first-word", "header", "number", "unique"}, default="first-word"
        What names a record: the first word of its header; all of it; its number in the file, from 1; or the first word,
        in which repeats get a number ("a", "a_2", "a_3").

    Returns
    -------
    sequences : pandas.Series of str of shape (n_records,)
        Named "sequence", in file order, letters as written (lower case often marks masked repeats; encoders accept
        both cases). The index is called "identifier".

    Raises
    ------
    DataFormatError
        If there are no records, text stands before the first ``>``, a header has no name, a record has no residues,
        or names repeat; the message names them.
    InvalidParameterError
        If `names` is none of these.

    See Also
    --------
    read_fasta_headers : What the headers say beside the name.
    write_fasta : Write such a file.
    read_genbank : Annotated genomes.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from seqaug_sklearn.datasets import read_fasta
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name) / "two.fa"
    >>> _ = path.write_text(">a first one\nACGT\nAC\n>b\nGGT\n")
    >>> read_fasta(path).to_dict()
    {'a': 'ACGTAC', 'b': 'GGT'}
    >>> read_fasta(path, names="header").index.tolist()
    ['a first one', 'b']
    >>> folder.cleanup()
    """
    file, namer = Path(path).name, RecordNames(names, Path(path).name)
    found, sequences = [], []
    with open_text(path) as lines:
        for header, sequence in _records(lines, file):
            found.append(namer.name(header))
            sequences.append(sequence)
    _check_records(found, sequences, file)
    return pd.Series(sequences, index=pd.Index(found, name="identifier"), name="sequence")


def read_fasta_blocks(path, n_records: int = 5000, *, names="first-word") -> Iterator[pd.Series]:
    r"""Read a FASTA file (gzip too) some records at a time, as :func:`read_fasta` reads it whole.

    For files that memory does not hold. Repeated names are found within a block only.

    Parameters
    ----------
    path : str or path-like
        FASTA file, plain or gzip.
    n_records : int, default=5000
        Records of a block; the last one has fewer.
    names : {"first-word", "header", "number", "unique"}, default="first-word"
        As of :func:`read_fasta`; numbers run through the file.

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
    file, namer = Path(path).name, RecordNames(names, Path(path).name)
    with open_text(path) as lines:
        records = _records(lines, file)
        while block := list(islice(records, n_records)):
            found = [namer.name(header) for header, _ in block]
            sequences = [sequence for _, sequence in block]
            _check_records(found, sequences, file)
            yield pd.Series(sequences, index=pd.Index(found, name="identifier"), name="sequence")


def read_fasta_headers(path, *, names="first-word") -> pd.Series:
    r"""Read the headers of a FASTA file (gzip too): names, and the descriptions behind them.

    Parameters
    ----------
    path : str or path-like
        FASTA file, plain or gzip.
    names : {"first-word", "header", "number", "unique"}, default="first-word"
        As of :func:`read_fasta`.

    Returns
    -------
    headers : pandas.Series of str of shape (n_records,)
        The lines behind ``>``, named "header"; its index is that of :func:`read_fasta`.

    Raises
    ------
    DataFormatError
        If there are no records, or a header has no name.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from seqaug_sklearn.datasets import read_fasta_headers
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "two.fa"
    ...     _ = path.write_text(">a class=strong\nACGT\n>b class=weak\nGGT\n")
    ...     headers = read_fasta_headers(path)
    >>> headers.str.extract("class=(.*)")[0].to_dict()
    {'a': 'strong', 'b': 'weak'}
    """
    file, namer = Path(path).name, RecordNames(names, Path(path).name)
    with open_text(path) as lines:
        headers = [header.strip() for header, _ in _records(lines, file)]
    found = pd.Index([namer.name(header) for header in headers], name="identifier")
    return pd.Series(headers, index=found, name="header", dtype=object)


class RecordNames:
    """Names of the records of one file, in order.

    Parameters
    ----------
    how : {"first-word", "header", "number", "unique"}
        What names a record.
    file : str
        Name of the file, for messages.
    """

    def __init__(self, how, file):
        if how not in FASTA_NAMES:
            raise invalid_parameter("names", f"must be one of {list(FASTA_NAMES)}, got {how!r}")
        self._how, self._file = how, file
        self._n = 0
        self._unique = UniqueNames()

    def name(self, header) -> str:
        """Name of the next record."""
        self._n += 1
        words = header.split()
        if self._how == "number":
            return str(self._n)
        if not words:
            numbered = Message("number the records with ", Parameter("names", "number"))
            raise DataFormatError(
                Message(
                    f"{self._file}: record {self._n} has no name after '>'; names join sequences to labels: ",
                    Ways("write one", numbered),
                )
            )
        if self._how == "header":
            return " ".join(words)
        return words[0] if self._how == "first-word" else self._unique.name(words[0])


def _records(lines, file):
    """Yield header and residues of each record; of the text, one record at a time is held twice."""
    # lines are joined once per record: adding text to text copies it each time
    header, body = None, io.StringIO()
    for line in lines:
        if line.startswith(">"):
            if header is not None:
                yield header, "".join(body.getvalue().split())
            header, body = line[1:], io.StringIO()
        elif line.startswith(";"):
            continue
        elif header is not None:
            body.write(line.strip())
        elif line.strip() and not line.startswith("#"):
            break
    if header is None:
        raise DataFormatError(f"{file} is not a FASTA file with records: the first line must start with '>'")
    yield header, "".join(body.getvalue().split())


def _check_records(names, sequences, file):
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        ways = Ways(
            Message(Parameter("names", "header"), " takes whole headers"),
            Message(Parameter("names", "unique"), " numbers repeats"),
            Message(Parameter("names", "number"), " numbers all records"),
        )
        raise DataFormatError(
            Message(f"{file}: record names must be unique; more than once: {listed(repeated)}; ", ways)
        )
    empty = [name for name, sequence in zip(names, sequences, strict=True) if not sequence]
    if empty:
        raise DataFormatError(f"{file}: every record needs residues, but {listed(empty)} have none")
