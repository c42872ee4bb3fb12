"""FASTA files from sequences."""

from pathlib import Path

import pandas as pd

from seqaug_sklearn.datasets._fasta import RecordNames
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import check_sequences, invalid_parameter, listed, open_text, write_packed

__all__ = ["write_fasta"]


def write_fasta(sequences, path, *, like=None, names="first-word", width: int | None = None) -> None:
    r"""Write sequences to a FASTA file, in one step: whoever looks finds the earlier file or the whole new one.

    Parameters
    ----------
    sequences : pandas.Series of str of shape (n_records,)
        Sequences, named by their index, as :func:`read_fasta` gives them.
    path : str or path-like
        File; one that is there is replaced. The name's end ``.gz`` packs it, with the same bytes each time.
    like : str or path-like, default=None
        FASTA file from which the sequences were read: the records are written as they stand there, with their
        descriptions and line breaks.
    names : {"first-word", "header", "number", "unique"}, default="first-word"
        How the records of `like` are named, as they were read by :func:`read_fasta`.
    width : int, default=None
        Residues per line. None: one line per record.

    Raises
    ------
    DataFormatError
        If a name is missing, repeats or, without `like`, holds blanks, or `like` has no record of a name.
    SequenceTypeError
        If a sequence is missing or no text.
    ValueError
        If `width` is below 1.
    OutputError
        If the file cannot be written.

    See Also
    --------
    read_fasta : Read it again.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import pandas as pd
    >>> from seqaug_sklearn.datasets import read_fasta, write_fasta
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "two.fa"
    ...     write_fasta(pd.Series({"a": "ACGTAC", "b": "GGT"}), path, width=4)
    ...     print(path.read_text(), end="")
    ...     read_fasta(path).to_dict()
    >a
    ACGT
    AC
    >b
    GGT
    {'a': 'ACGTAC', 'b': 'GGT'}
    """
    if width is not None and width < 1:
        raise invalid_parameter(
            "width", f"must be an int of at least 1, or None for one line per record, got {width!r}"
        )
    if not isinstance(sequences, pd.Series):
        raise DataFormatError(
            f"sequences must be a pandas Series named by its index, got {type(sequences).__name__}; for example "
            "pd.Series(texts, index=names)"
        )
    found = _names(sequences.index, may_hold_blanks=like is not None)
    if like is None:
        texts = map(str, check_sequences(sequences, name="sequences").values)
        records = [f">{name}\n{_lines(text, width)}" for name, text in zip(found, texts, strict=True)]
    else:
        held = _records_of(like, set(found), names)
        lacking = [name for name in found if name not in held]
        if lacking:
            raise DataFormatError(f"{Path(like).name} has no record of {listed(lacking)}")
        records = [held[name] for name in found]
    write_packed("".join(records), path)


def _names(index, *, may_hold_blanks):
    names = [str(name) for name in index]
    odd = [name for name in names if not name or (name.split() != [name] and not may_hold_blanks)]
    if odd:
        raise DataFormatError(f"a FASTA record's name is one word, which {listed(odd)} is not; rename it")
    twice = pd.Index(names)[pd.Index(names).duplicated()].unique()
    if len(twice):
        raise DataFormatError(f"record names must be unique; more than once: {listed(twice)}")
    return names


def _lines(text, width):
    if width is None:
        return f"{text}\n"
    return "".join(f"{text[start : start + width]}\n" for start in range(0, len(text), width))


def _records_of(path, names, how):
    """Records of these names as they stand in a file."""
    held: dict[str, list[str]] = {}
    lines: list[str] = []
    namer = RecordNames(how, Path(path).name)
    with open_text(path) as file:
        for line in file:
            if line.startswith(">"):
                name = namer.name(line[1:])
                # lines of other records go nowhere
                lines = held.setdefault(name, []) if name in names else []
            lines.append(line if line.endswith("\n") else f"{line}\n")
    return {name: "".join(lines) for name, lines in held.items()}
