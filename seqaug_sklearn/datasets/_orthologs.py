"""Ortholog tables: FASTA files with tables of pairs, tidy tables, dicts."""

import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from seqaug_sklearn.datasets._fasta import read_fasta
from seqaug_sklearn.datasets._ortholog_pairs import read_ortholog_pairs
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning, SequenceTypeError
from seqaug_sklearn.utils import (
    invalid_parameter,
    kind_of_file,
    mark_missing,
    place_of,
    read_number,
    read_table,
    table_column,
    tidy_orthologs,
    warn,
    warn_of_twins,
)

__all__ = ["read_orthologs"]

_KINDS = {"sequence": "sequence"}
_COLUMNS = ("identifier", "ortholog", "species", "sequence", "label")


def read_orthologs(
    source,
    tables=None,
    *,
    pair_columns=None,
    columns=None,
    targets=(),
    label_separator=None,
    missing_values=None,
) -> pd.DataFrame:
    r"""Read orthologs into one tidy table, for :class:`~seqaug_sklearn.augmentation.OrthologAugmenter`.

    What does not fit together is left out, counted in a warning and in ``attrs``: pairs whose ortholog has no sequence,
    and sequences that no pair names. Published tables cover whole genomes, so many pairs without a sequence are usual;
    many sequences without a pair are not.

    Parameters
    ----------
    source : path, list of paths, or mapping
        With `tables`: FASTA files (gzip too), or species -> FASTA file. The species of an ortholog is the key, or the
        file's name up to its first dot; its name is the first word of the header, up to ``::`` where there is one.
        Without `tables`: a tidy table (columns separated by commas, tabs or semicolons, gzip too; one row per pair of
        gene and ortholog), or a dict of identifier -> list of sequences or of (name, sequence) pairs.
    tables : path, list of paths, or mapping to paths, default=None
        Tables of pairs without a heading: a gene, or several separated by commas, then after a tab their orthologs,
        separated by commas or semicolons; or without tabs a gene and its orthologs. Genes may share orthologs. Lines
        that start with ``#`` are skipped.
    pair_columns : tuple of (str, str or list of str), or of (int, int or list of int), default=None
        Columns of the genes and of the orthologs, of tables with a heading (OrthoFinder's ``Orthogroups.tsv``,
        BioMart) by their names, of others by their places from 0. A cell may hold several names, separated by commas.
    columns : mapping of str to str, default=None
        Of a tidy table: our name -> the file's name of the columns ``identifier`` (the gene), ``sequence``, and where
        the file has them ``ortholog``, ``species`` and ``label``.
    targets : list of str, default=()
        Of a tidy table: further columns, which hold what was measured for the orthologs themselves, for
        ``OrthologAugmenter(targets="own")``. Named as the targets of the genes.
    label_separator : str, default=None
        FASTA names end in a label behind this separator, as in DeepDifE's ``AL1G34890_0`` ("_"). It is cut off and
        becomes the column ``label``.
    missing_values : list of str, default=None
        Words in the columns ``sequence``, ``label`` and `targets` that mean missing, as an empty cell does, for example
        ``["NA"]``; all others are values. None: words that usually mean missing (NA, NaN, NULL, ?, - and their kin) are
        an error, because they may also be labels, or residues.

    Returns
    -------
    orthologs : pandas.DataFrame
        One row per pair: ``identifier`` (the gene), ``ortholog`` (its unique name), ``species``, ``sequence``, and
        ``label`` where there is one, then `targets`: numbers where each value is one, None where missing. ``attrs``
        holds ``pairs_without_sequence`` and ``sequences_without_pair``.

    Raises
    ------
    DataFormatError
        If there are no orthologs, no pair has a sequence, a name stands for two sequences, a line of a table has no
        two columns, a column is missing, a row of a tidy table has more or fewer fields than its heading, or a word may
        mean missing.
    SequenceTypeError
        If `source` is no path or dict, or a dict holds something else than sequences.

    Warns
    -----
    SeqAugWarning
        If pairs or sequences were left out; with their number and an example. If labels differ in writing only.

    See Also
    --------
    make_promoters : Simulated promoters with orthologs in this form.

    Notes
    -----
    DeepDifE [1]_ keeps one FASTA file and one table per species:
    ``read_orthologs(["aly.tss.fasta", "cru.tss.fasta"], ["ath_aly.txt", "ath_cru.txt"], label_separator="_")``.

    References
    ----------
    .. [1] DeepDifE, https://github.com/VIB-PSB/DeepDifE (folder ``data/phylo_aug``).

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from seqaug_sklearn.datasets import read_orthologs
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fasta, table = pathlib.Path(folder) / "aly.fasta", pathlib.Path(folder) / "ath_aly.txt"
    ...     _ = fasta.write_text(">AL1_1\nACGT\n>AL2_0\nACCT\n")
    ...     _ = table.write_text("AT1\tAL1\nAT2\tAL2,AL1\n")
    ...     orthologs = read_orthologs(fasta, table, label_separator="_")
    >>> orthologs.drop(columns="sequence").values.tolist()
    [['AT1', 'AL1', 'aly', 1], ['AT2', 'AL2', 'aly', 0], ['AT2', 'AL1', 'aly', 1]]
    """
    if tables is None:
        if label_separator is not None:
            raise ValueError("label_separator belongs to FASTA files with tables; a tidy table has a column label")
        if pair_columns is not None:
            raise ValueError("pair_columns belong to FASTA files with tables; those of a tidy table are columns=")
        if isinstance(source, Mapping) and len(targets):
            raise ValueError("targets are columns of a tidy table; a dict of sequences has none")
        if isinstance(source, Mapping):
            return _with_counts(tidy_orthologs(source), 0, 0)
        table, file = _read_tidy(_path_of_table(source), columns or {}, targets)
        return _complete(table, file, missing_values, targets)
    if columns is not None or len(targets):
        raise ValueError("columns and targets belong to a tidy table; FASTA files with tables have none")
    sequences = _read_sequences(source, label_separator, missing_values)
    return _join(
        read_ortholog_pairs(_paths(tables), pair_columns, set(sequences["ortholog"])), sequences, label_separator
    )


def _path_of_table(source):
    if isinstance(source, (str, os.PathLike)):
        return Path(source)
    way = {"DataFrame": "a table in memory goes into OrthologAugmenter as it is"}.get(
        type(source).__name__, "FASTA files need their tables of pairs as tables="
    )
    raise SequenceTypeError(
        f"source must be the path of a tidy table or a dict of identifier to sequences, got {type(source).__name__}; "
        f"{way}"
    )


def _paths(files):
    if isinstance(files, Mapping):
        return [Path(path) for path in files.values()]
    return [Path(path) for path in ([files] if isinstance(files, (str, Path)) else files)]


def _read_sequences(source, label_separator, missing_values):
    """Table of ``ortholog, species, sequence`` and perhaps ``label``, one row per FASTA record."""
    paths = _paths(source)
    species = list(source) if isinstance(source, Mapping) else [path.name.split(".")[0] for path in paths]
    parts = [read_fasta(path).rename_axis("ortholog").reset_index() for path in paths]
    if not parts:
        raise invalid_parameter("source", "names no FASTA file; at least one is needed")
    sequences = pd.concat([part.assign(species=name) for part, name in zip(parts, species, strict=True)])
    # bedtools getfasta writes name::chromosome:start-end
    sequences["ortholog"] = sequences["ortholog"].str.split("::").str[0]
    if label_separator is not None:
        # the last separator, as gene names may hold others
        names = sequences["ortholog"].str.rpartition(label_separator)
        cut = names[1] != ""
        labels = names[2].where(cut, "").set_axis(sequences["ortholog"])
        labels = _without_missing(labels, "label", ", ".join(path.name for path in paths), missing_values)
        sequences["label"] = _numbers(labels.set_axis(sequences.index))
        sequences["ortholog"] = names[0].where(cut, sequences["ortholog"])
    repeated = sequences["ortholog"].duplicated()
    if repeated.any():
        raise DataFormatError(
            f"{repeated.sum()} sequences have the name of another one, for example "
            f"{sequences['ortholog'][repeated].iloc[0]!r} ({', '.join(path.name for path in paths)}); names must be "
            "unique across all files"
        )
    return sequences


def _numbers(labels):
    """Whole numbers where every label is one."""
    known = labels.dropna()
    if not known.str.fullmatch(r"[+-]?\d+").all():
        return labels.astype(object)
    return known.astype(int).reindex(labels.index) if len(known) < len(labels) else known.astype(int)


def _values(column):
    """Numbers where every value is one, else text; NaN or None where missing."""
    known = column != ""
    numbers = [read_number(text) for text in column[known]]
    if any(number is None for number in numbers):
        return column.where(known).astype(object)
    return pd.Series(numbers, column.index[known], float).reindex(column.index)


def _join(pairs, sequences, label_separator):
    known = pairs["ortholog"].isin(sequences["ortholog"])
    named = sequences["ortholog"].isin(pairs["ortholog"])
    if not known.any():
        hint = "" if label_separator else "; names that end in a label, as AL1G34890_0, need label_separator='_'"
        raise DataFormatError(
            f"none of {len(pairs):,} pairs has a sequence: the tables name for example {pairs['ortholog'].iloc[0]!r}, "
            f"the FASTA files {sequences['ortholog'].iloc[0]!r}; the gene comes first, then its orthologs{hint}"
        )
    _warn_left_out(pairs["ortholog"][~known], sequences["ortholog"][~named])
    joined = pairs[known].merge(sequences, on="ortholog", how="left")
    return _with_counts(tidy_orthologs(joined), (~known).sum(), (~named).sum())


def _read_tidy(path, columns, targets):
    if kind_of_file(path) == "fasta":
        raise DataFormatError(f"{path.name} is a FASTA file; pass the table of genes and orthologs as tables=")
    if kind_of_file(path) == "empty":
        raise DataFormatError(f"{path.name} is empty; a tidy table has a heading and one row per pair")
    table = read_table(path, name_column=columns.get("identifier", "identifier"))
    return _renamed(table, columns, targets, path.name), path.name


def _renamed(table, columns, targets, file):
    unknown = [name for name in columns if name not in _COLUMNS]
    if unknown:
        raise ValueError(f"columns may name {', '.join(_COLUMNS)}, got {unknown[0]!r}; write our name: the file's name")
    names = {name: columns.get(name, name) for name in _COLUMNS} | {name: name for name in targets}
    places = {name: place_of(list(table.columns), theirs, _KINDS.get(name)) for name, theirs in names.items()}
    # in another case, too
    names |= {name: table.columns[place] for name, place in places.items() if place is not None}
    needed = ("identifier", "sequence", *columns, *targets)
    missing = [names[name] for name in names if names[name] not in table and name in needed]
    if missing:
        raise DataFormatError(
            f"{file} has no column {missing[0]!r}, its columns are {list(table.columns)}; name them in columns=, for "
            "example columns={'identifier': 'gene'}"
        )
    return pd.DataFrame({name: table_column(table, theirs, file) for name, theirs in names.items() if theirs in table})


def _complete(table, file, missing_values, targets):
    """Rows with both a gene and a sequence; empty names and labels are missing, and so are the words that say so."""
    names = table["ortholog"] if "ortholog" in table else table["identifier"]
    for what in ("sequence", "label", *targets):
        if what in table:
            values = _without_missing(table[what].set_axis(names), what, file, missing_values, empty="")
            table = table.assign(**{what: values.to_numpy()})
    has_gene, has_sequence = table["identifier"] != "", table["sequence"] != ""
    kept = table[has_gene & has_sequence]
    if len(table) == 0:
        raise DataFormatError(f"{file} has a heading and no rows; a tidy table has one row per pair")
    if len(kept) == 0:
        raise DataFormatError(f"{file}: none of {len(table)} rows has both a gene and a sequence")
    names = table["ortholog"] if "ortholog" in table else table["identifier"]
    _warn_left_out(names[~has_sequence], names[has_sequence & ~has_gene])
    for name in {"ortholog", "label"} & {*kept.columns}:
        kept = kept.assign(**{name: kept[name].where(kept[name] != "").astype(object)})
    if "label" in kept:
        kept = kept.assign(label=_numbers(kept["label"]))
    kept = kept.assign(**{name: _values(kept[name]) for name in targets})
    return _with_counts(tidy_orthologs(kept), (~has_sequence).sum(), (has_sequence & ~has_gene).sum())


def _without_missing(values, what, where, missing_values, empty=None):
    """Values, with `empty` where they are missing; the index names them in messages."""
    missing = mark_missing(values, missing_values, what=what, where=where, may_be_empty=True)
    if what == "label":
        warn_of_twins(values[~missing], what=what, where=where)
    return values.mask(missing, empty)


def _warn_left_out(without_sequence, without_pair):
    told = [
        f"{len(names):,} {what} (for example {names.iloc[0]!r})"
        for names, what in (
            (without_sequence, "pairs whose ortholog has no sequence"),
            (without_pair, "sequences that belong to no gene"),
        )
        if len(names)
    ]
    if told:
        warn(f"left out: {' and '.join(told)}", SeqAugWarning)


def _with_counts(orthologs, without_sequence, without_pair):
    orthologs.attrs = {"pairs_without_sequence": int(without_sequence), "sequences_without_pair": int(without_pair)}
    return orthologs
