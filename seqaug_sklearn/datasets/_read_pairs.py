"""Tables of pairs: with a heading, or the DNA-BERT pair system's own files."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import (
    invalid_parameter,
    is_whole,
    kind_of_file,
    open_text,
    read_npz,
    read_table,
    replaced_file,
)

__all__ = ["read_pairs", "write_pairs"]

_FIRST, _SECOND, _LABEL = ("first", "seq1", "sequence1"), ("second", "seq2", "sequence2"), ("label", "labels", "y")
_LETTERS = re.compile(r"[A-Za-z*-]+( +[A-Za-z*-]+)*")


def read_pairs(path, *, columns=None):
    r"""Read pairs of sequences and their labels.

    Three forms are read: a table with a heading (commas, semicolons or tabs; gzip too); the DNA-BERT pair system's
    text, three columns without a heading, separated by tabs, each sequence as its overlapping k-mers with blanks
    between; and its ``.npz`` file with the arrays ``seq1, seq2, labels``. Words of k-mers are put together again: "ACG
    CGT" is "ACGT".

    Parameters
    ----------
    path : str or path-like
        File.
    columns : tuple of (str, str, str), default=None
        Names of both sequences' columns and of the labels'. By default ``first, second, label`` or ``seq1, seq2,
        label``, in capitals or not.

    Returns
    -------
    pairs : DataFrame of str of shape (n_pairs, 2)
        Columns ``first, second``.
    y : Series of shape (n_pairs,)
        Labels; whole numbers where all are such. Same index.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DataFormatError
        If a column is missing, a row has too few fields, a sequence is empty, words do not overlap, or an archive holds
        embeddings (:func:`~seqaug_sklearn.embedding.read_embeddings` reads them).

    See Also
    --------
    write_pairs : The way back.
    make_pairs : Simulated pairs.

    References
    ----------
    https://github.com/mounikaboggavarapu/DNA_BERT_Embeddings.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "pairs.txt")
    ...     _ = path.write_text("ACG CGT\tTTA TAC\t1\n")
    ...     pairs, y = read_pairs(path)
    >>> pairs.iloc[0].tolist(), y.tolist()
    (['ACGT', 'TTAC'], [1])
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}")
    if columns is not None and (isinstance(columns, str) or len(columns) != 3):
        raise ValueError(f"columns must name three: both sequences and the label; got {columns!r}")
    frame = _from_archive(path) if path.suffix.lower() == ".npz" else _from_table(path, columns)
    for name in ("first", "second"):
        texts = frame[name].astype(str).str.strip()
        empty = np.flatnonzero((texts == "").to_numpy())
        if len(empty):
            raise DataFormatError(f"{path.name}: the {name} sequence of pair {frame.index[empty[0]]} is empty")
        frame[name] = [_join_words(text, f"{path.name}, pair {pair}") for pair, text in texts.items()]
    missing = np.flatnonzero((frame["label"].astype(str).str.strip() == "").to_numpy())
    if len(missing):
        raise DataFormatError(f"{path.name}: pair {frame.index[missing[0]]} has no label")
    return frame[["first", "second"]], _labels(frame["label"])


def write_pairs(path, pairs, y=None, *, kmer=None):
    r"""Write pairs as text that :func:`read_pairs` and the DNA-BERT pair system read: tabs, no heading.

    Parameters
    ----------
    path : str or path-like
        File; it appears when it is complete.
    pairs : array-like of str of shape (n_pairs, 2)
        Sequences.
    y : array-like of shape (n_pairs,), default=None
        Labels; 0 by default, since the system's files always have the column.
    kmer : int, default=None
        Write each sequence as its overlapping words of this length, 6 in the system; as it is by default.

    Raises
    ------
    ValueError
        If shapes do not fit, a sequence is shorter than the words, or a label holds a tab or line end.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "pairs.txt")
    ...     write_pairs(path, [["ACGT", "TTAC"]], [1], kmer=3)
    ...     path.read_text()
    'ACG CGT\tTTA TAC\t1\n'
    """
    if Path(path).suffix.lower() in (".npz", ".gz"):
        raise ValueError(
            f"write_pairs writes plain text, so {Path(path).name!r} would be misleading; name it .txt or .tsv"
        )
    if kmer is not None and (not is_whole(kmer) or kmer < 1):
        raise invalid_parameter("kmer", f"must be a whole number of at least 1 or None, got {kmer!r}")
    pairs, y = np.asarray(pairs, dtype=object), None if y is None else np.asarray(y, dtype=object)
    if pd.isna(pairs).any() or (y is not None and pd.isna(y).any()):
        raise ValueError("pairs and y must hold no missing values")
    pairs = pairs.astype(str)
    labels = np.zeros(len(pairs), int).astype(str) if y is None else np.asarray(y).astype(str)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or labels.shape != (len(pairs),):
        raise invalid_parameter(
            "pairs", f"must be of shape (n, 2) and y of shape (n,), got {pairs.shape} and {labels.shape}"
        )
    broken = [text for text in labels if not text or re.search(r"[\t\r\n]", text)]
    broken += [text for text in pairs.ravel() if not text or re.search(r"\s", text)]
    if broken:
        raise ValueError(
            f"sequences must hold no blanks, labels no tab or line end, and none be empty; got {broken[0]!r}"
        )
    rows = [[*(_words(text, kmer) for text in pair), label] for pair, label in zip(pairs, labels, strict=True)]
    text = "".join("\t".join(row) + "\n" for row in rows)
    with replaced_file(path) as file:
        file.write(text.encode())


def _words(text, kmer):
    if kmer is None:
        return text
    if len(text) < kmer:
        raise ValueError(f"a sequence of {len(text)} residues has no word of {kmer}")
    return " ".join(text[i : i + kmer] for i in range(len(text) - kmer + 1))


def _join_words(text, where):
    words = text.split()
    if len(words) == 1:
        return text
    joined = words[0] + "".join(word[-1] for word in words[1:])
    if _words(joined, len(words[0])).split() != words:
        raise DataFormatError(f"{where}: words with blanks between must overlap in all letters but one")
    return joined


def _from_archive(path):
    arrays = read_npz(path, "the pair system or write_pairs")
    missing = {"seq1", "seq2", "labels"} - arrays.keys()
    if missing:
        raise DataFormatError(f"{path.name} holds no {sorted(missing)[0]!r}, but {', '.join(arrays)}")
    if any(arrays[name].dtype.kind not in "US" for name in ("seq1", "seq2")):
        raise DataFormatError(
            f"{path.name} holds {arrays['seq1'].dtype} arrays, no sequences; read_embeddings reads embeddings"
        )
    sides = {name: arrays[key].astype(str) for name, key in (("first", "seq1"), ("second", "seq2"))}
    lengths = {array.shape for array in (*sides.values(), arrays["labels"])}
    if len(lengths) > 1 or arrays["labels"].ndim != 1:
        raise DataFormatError(f"{path.name}: seq1, seq2 and labels must be columns of one length, got {lengths}")
    return pd.DataFrame({**sides, "label": arrays["labels"]})


def _from_table(path, columns):
    # the published files have no heading: the first line holds two sequences already
    heading = columns is not None or not _starts_with_a_pair(path)
    table = read_table(path, heading=heading)
    if not heading:
        if table.shape[1] != 3:
            raise DataFormatError(
                f"{path.name} has {table.shape[1]} columns and no heading; it needs three: both sequences and the label"
            )
        return table.set_axis(["first", "second", "label"], axis=1)
    known = {str(name).strip().lower(): name for name in table.columns}
    wanted = [(name,) for name in columns] if columns is not None else (_FIRST, _SECOND, _LABEL)
    found = []
    for names in wanted:
        name = next((known[n.lower()] for n in names if n.lower() in known), None)
        if name is None:
            raise DataFormatError(
                f"{path.name} has no column {names[0]!r}, but {', '.join(map(str, table.columns))}; pass columns="
            )
        found.append(name)
    return table[found].set_axis(["first", "second", "label"], axis=1)


def _starts_with_a_pair(path):
    if kind_of_file(path) == "excel":
        return False  # the system's files are text
    with open_text(path) as file:
        fields = next((line.rstrip("\r\n").split("\t") for line in file if line.strip()), [])
    return (
        len(fields) >= 3
        and all(_LETTERS.fullmatch(field.strip()) for field in fields[:2])
        and not {field.strip().lower() for field in fields} & {*_FIRST, *_SECOND, *_LABEL}
    )


def _labels(column):
    numbers = pd.to_numeric(column, errors="coerce")
    whole = numbers.notna().all() and (numbers % 1 == 0).all()
    return (numbers.astype(int) if whole else column).rename("label")
