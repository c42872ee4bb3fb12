"""Which gene has which orthologs: tables of pairs, as several programs write them."""

import re
from itertools import product
from pathlib import Path

import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, Parameter, invalid_parameter, place_of, read_table, read_text, table_column

__all__ = ["read_ortholog_pairs"]


def read_ortholog_pairs(paths: list[Path], pair_columns, sequences: set[str]) -> pd.DataFrame:
    """Read tables of pairs.

    Parameters
    ----------
    paths : list of Path
        Files.
    pair_columns : tuple or None
        Columns of genes and of orthologs, as :func:`read_orthologs` takes them.
    sequences : set of str
        Orthologs whose sequence is known, to recognise columns that hold something else.

    Returns
    -------
    pandas.DataFrame
        Columns ``identifier`` and ``ortholog``, each pair once.

    Raises
    ------
    DataFormatError
        If a line has no two columns, or columns hold something else than orthologs.
    """
    if pair_columns is None:
        pairs = [pair for path in paths for pair in _pairs_of_lines(path, sequences)]
    else:
        pairs = [pair for path in paths for pair in _pairs_of_columns(path, *_checked(pair_columns))]
    if not pairs:
        raise DataFormatError(f"{', '.join(path.name for path in paths)}: no pair of a gene and an ortholog")
    return pd.DataFrame(pairs, columns=["identifier", "ortholog"], dtype=object).drop_duplicates()


def _checked(pair_columns):
    """Column of the genes, columns of the orthologs."""
    if isinstance(pair_columns, str) or len(pair_columns) != 2:
        raise invalid_parameter("pair_columns", f"must be a column of genes and one of orthologs, got {pair_columns!r}")
    genes, orthologs = pair_columns
    orthologs = [orthologs] if isinstance(orthologs, (str, int)) else list(orthologs)
    kinds = {isinstance(column, int) for column in (genes, *orthologs)}
    if not orthologs or len(kinds) > 1:
        raise invalid_parameter("pair_columns", f"must be all names, or all places from 0, got {pair_columns!r}")
    return genes, orthologs


def _pairs_of_columns(path, genes, orthologs):
    has_heading = isinstance(genes, str)
    table = read_table(path, heading=has_heading)
    cells = {column: _column(table, column, path) for column in (genes, *orthologs)}
    for column in orthologs:
        for left, right in zip(cells[genes], cells[column], strict=True):
            yield from product(_names(left), _names(right))


def _column(table, column, path):
    place = place_of([str(name) for name in table.columns], str(column))
    if place is None:
        there = f"it has {list(table.columns)}" if isinstance(column, str) else f"it has {table.shape[1]} columns"
        raise DataFormatError(
            Message(f"{path.name} has no column {column!r} of ", Parameter("pair_columns"), f"; {there}")
        )
    return table_column(table, table.columns[place], path.name)


def _pairs_of_lines(path, sequences):
    """Pairs of a table without a heading: a list of genes and one of orthologs, or a gene and its orthologs."""
    lists = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.count("\t") > 1:
            raise DataFormatError(
                Message(
                    f"{path.name}, line {number}: {line.count(chr(9)) + 1} columns; a table of pairs has two, the gene "
                    "and its orthologs: say which they are with ",
                    Parameter("pair_columns", ("gene", "ortholog")),
                )
            )
        left, tab, right = line.partition("\t")
        genes, orthologs = (_names(left), _names(right)) if tab else (_names(line)[:1], _names(line)[1:])
        # a gene may have no ortholog
        if not genes or not re.search(r"[\t,;]", line):
            raise DataFormatError(
                f"{path.name}, line {number}: {line[:40]!r} is no gene and ortholog separated by a tab, comma or "
                "semicolon"
            )
        lists.append(orthologs)
        yield from product(genes, orthologs)
    _check_columns(lists, path, sequences)


def _check_columns(lists, path, sequences):
    """Refuse a table whose lines have a third column that names no sequence, where the second does."""
    width = len(lists[0]) if lists else 0
    if width < 2 or any(len(orthologs) != width for orthologs in lists):
        return
    named = [any(orthologs[place] in sequences for orthologs in lists) for place in range(width)]
    if named[0] and not any(named[1:]):
        raise DataFormatError(
            Message(
                f"{path.name}: every line has {width + 1} fields, and from the third one on none names a sequence (the "
                f"first is {lists[0][1][:40]!r}), so they are no orthologs; say which columns hold the pairs with ",
                Parameter("pair_columns", (0, 1)),
            )
        )


def _names(cell):
    """Names in a cell, without blanks and quotes around them."""
    return [name for name in (field.strip(" \"'") for field in re.split(r"[,;]", cell)) if name]
