"""The tidy form of ortholog tables: one row for each pair of a gene and an ortholog."""

from pathlib import Path

import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError, SequenceTypeError
from seqaug_sklearn.utils._sequences import check_sequences

__all__ = ["tidy_orthologs"]

_COLUMNS = ["identifier", "ortholog", "species", "sequence"]


def tidy_orthologs(orthologs) -> pd.DataFrame:
    """Validate orthologs in any accepted form.

    Parameters
    ----------
    orthologs : pandas.DataFrame or mapping
        A table with the columns ``identifier`` and ``sequence``, perhaps also ``ortholog`` (name), ``species``,
        ``label`` and targets; or identifier -> list of sequences or of (name, sequence) pairs.

    Returns
    -------
    pandas.DataFrame
        ``identifier, ortholog, species, sequence``, and the other columns where there are any. Orthologs without a name
        are called ``identifier:number``, and equal sequences without a name are one ortholog.

    Raises
    ------
    SequenceTypeError
        If it is neither, or a sequence is missing or no text.
    DataFormatError
        If there are no orthologs, a column or an identifier is missing, or one name has two sequences.

    Examples
    --------
    >>> tidy_orthologs({"a": ["ACGT", "AGGT"], "b": [("b2", "TTTT")]})["ortholog"].tolist()
    ['a:1', 'a:2', 'b2']
    """
    if isinstance(orthologs, pd.DataFrame):
        frame = _from_table(orthologs)
    elif hasattr(orthologs, "items") and not isinstance(orthologs, pd.Series):
        frame = _from_mapping(orthologs)
    else:
        way = "read_orthologs(path) reads one" if isinstance(orthologs, (str, Path)) else "read_orthologs reads files"
        raise SequenceTypeError(
            "orthologs must be a DataFrame with the columns identifier and sequence, or a dict of identifier to "
            f"sequences, got {type(orthologs).__name__}; {way}"
        )
    if len(frame) == 0:
        raise DataFormatError("orthologs holds no ortholog; at least one is needed")
    _check_identifiers(frame)
    names = frame["ortholog"].where(frame["ortholog"].notna(), "of gene " + frame["identifier"].astype(str))
    sequences = pd.Series(frame["sequence"].to_numpy(), index=names.to_numpy())
    frame["sequence"] = pd.Series(list(check_sequences(sequences, name="orthologs").values), index=frame.index)
    frame["ortholog"] = frame["ortholog"].where(frame["ortholog"].notna(), _numbered(frame))
    _check_names(frame)
    return frame


def _from_table(table):
    if "identifier" not in table.columns and table.index.name == "identifier":
        table = table.reset_index()
    missing = [name for name in ("identifier", "sequence") if name not in table.columns]
    if missing:
        raise DataFormatError(
            f"orthologs has no column {' and no column '.join(map(repr, missing))}, its columns are "
            f"{list(table.columns)}; rename them to identifier (of the gene), ortholog, species, sequence"
        )
    optional = {"ortholog": None, "species": ""}
    frame = table.assign(**{name: value for name, value in optional.items() if name not in table.columns})
    wanted = [*_COLUMNS, *(name for name in table.columns if name not in _COLUMNS)]
    return frame[wanted].reset_index(drop=True).astype({"identifier": object, "ortholog": object, "sequence": object})


def _from_mapping(mapping):
    rows = [(key, *_named(entry)) for key, entries in mapping.items() for entry in _entries(key, entries)]
    frame = pd.DataFrame(rows, columns=["identifier", "ortholog", "sequence"], dtype=object)
    return frame.assign(species="")[_COLUMNS]


def _entries(key, entries):
    if isinstance(entries, str) or not hasattr(entries, "__iter__"):
        raise SequenceTypeError(
            f"orthologs[{key!r}] must be a list of sequences or of (name, sequence) pairs, got {type(entries).__name__}"
        )
    return entries


def _named(entry):
    if not isinstance(entry, (tuple, list)):
        return None, entry
    if len(entry) != 2:
        raise SequenceTypeError(f"orthologs: an entry has {len(entry)} parts; a pair of name and sequence has two")
    return tuple(entry)


def _check_identifiers(frame):
    missing = frame["identifier"].isna() | (frame["identifier"] == "")
    if missing.any():
        raise DataFormatError(
            f"orthologs: {missing.sum()} of {len(frame)} rows have no identifier of the gene they belong to "
            f"(the first is row {missing.idxmax()}); fill it in or remove them"
        )


def _numbered(frame):
    """A name for each sequence: its first gene and a number among that gene's sequences."""
    first = frame.drop_duplicates("sequence")
    number = first.groupby("identifier", sort=False).cumcount() + 1
    names = first["identifier"].astype(str) + ":" + number.astype(str)
    return frame["sequence"].map(dict(zip(first["sequence"], names, strict=True)))


def _check_names(frame):
    distinct = frame.assign(sequence=frame["sequence"].str.upper())[["ortholog", "sequence"]].drop_duplicates()
    repeated = distinct["ortholog"].duplicated()
    if repeated.any():
        raise DataFormatError(
            f"orthologs: {repeated.sum()} names stand for more than one sequence, for example "
            f"{distinct['ortholog'][repeated].iloc[0]!r}; give each ortholog a name of its own"
        )
