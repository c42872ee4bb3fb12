"""What genes and proteins have in common: features of a record, their names, tables with identical rows merged."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning, SequenceTypeError
from seqaug_sklearn.utils import Parameter, invalid_parameter, warn

__all__ = [
    "SUMMIT",
    "UNREADABLE",
    "check_records",
    "cut_out",
    "drop_unreadable",
    "feature_name",
    "is_circular",
    "merge_identical",
    "named_features",
    "names_of",
    "reading_span",
    "tell_dropped",
    "unreadable",
]

SUMMIT = "summit"
"""Qualifier of a peak: the 0-based position of its summit."""
UNREADABLE = "unreadable_features"
"""Key of a record's annotations: ``[(type, name, reason), ...]``."""
_COLUMNS = ["sequence", "start", "end", "strand", "aliases", "gene", "locus_tag", "product"]
_NAMES = ("gene", "locus_tag", "label", "standard_name", "protein_id", "product")
"""Qualifiers that name a feature, the surest first; /label is that of SnapGene, ApE and Benchling."""
_IN_PLACE_OF_GENES = ("CDS", "tRNA", "rRNA", "ncRNA", "tmRNA", "misc_RNA")
"""What is taken for a gene where a record has no "gene" features: Prokka's default, Bakta, most plasmids."""


def check_records(record) -> list[Any]:
    """Return the records of one genome as a list.

    Raises
    ------
    SequenceTypeError
        If it is neither a SeqRecord nor a list of some.
    DataFormatError
        If one is a protein, two have one name, or there is none.
    """
    records = list(record) if isinstance(record, (list, tuple)) else [record]
    for one in records:
        if not (hasattr(one, "features") and hasattr(one, "seq")):
            what = type(one).__name__ if one is not record else type(record).__name__
            raise SequenceTypeError(
                f"record must be a Bio SeqRecord or a list of those of one genome, got {what}; read a file with "
                "read_genbank or read_annotation first"
            )
        if "protein" in str(one.annotations.get("molecule_type", "")).lower():
            raise DataFormatError(
                f"record {one.id} is a protein; genes and their proteins are taken from the record of the genome"
            )
    if not records:
        raise DataFormatError("record is an empty list; at least one record is needed")
    twice = [name for name, count in Counter(one.id for one in records).items() if count > 1]
    if twice:
        raise DataFormatError(f"records of one genome must have different names, but {twice[0]!r} repeats")
    return records


def is_circular(record) -> bool:
    """Whether the record is annotated as a circular molecule."""
    return str(record.annotations.get("topology", "")).lower() == "circular"


def feature_name(feature) -> str:
    """Name of a feature: gene, locus tag, label, protein id or product, else its type and position."""
    for key in _NAMES:
        # an empty qualifier, /gene="", names nothing
        for value in feature.qualifiers.get(key, []):
            if str(value).strip():
                return str(value).strip()
    where = "" if feature.location is None else int(feature.location.start)
    return f"{feature.type}{where}"


def drop_unreadable(record, reasons: Sequence[str]) -> None:
    """Take features that have no place in the sequence out of a record, into its annotations.

    Parameters
    ----------
    record : SeqRecord
        Changed in place.
    reasons : sequence of str
        Why each feature without a location has none, in order.
    """
    kept, dropped = [], []
    why = iter(reasons)
    for feature in record.features:
        location = feature.location
        if location is None:
            reason = next(why, "its location cannot be read")
        elif any(part.ref and part.ref != record.id for part in location.parts):
            reason = f"its location {location} is in another record"
        elif int(location.end) > len(record) or int(location.start) < 0:
            reason = f"its location {location} lies outside the {len(record)} residues of {record.id}"
        else:
            kept.append(feature)
            continue
        dropped.append((feature.type, feature_name(feature), reason))
    record.features[:] = kept
    if dropped:
        record.annotations[UNREADABLE] = dropped


def unreadable(records, kinds) -> dict[str, str]:
    """Name -> reason of the features of these kinds that :func:`drop_unreadable` took out."""
    found = [entry for record in records for entry in record.annotations.get(UNREADABLE, []) if entry[0] in kinds]
    names = _unique([name for _, name, _ in found])
    return {name: reason for name, (_, _, reason) in zip(names, found, strict=True)}


def tell_dropped(records: Sequence[Any], source: str) -> None:
    """Warn once of all features that were left out, with their number by kind and the first reason."""
    dropped = [entry for record in records for entry in record.annotations.get(UNREADABLE, [])]
    if not dropped:
        return
    counts = Counter(kind for kind, _, _ in dropped)
    kinds = _told(counts)
    kind, name, reason = dropped[0]
    warn(
        f"{source}: features whose location cannot be used are left out ({kinds}); the first is {kind} {name}: "
        f"{reason}",
        SeqAugWarning,
    )


def named_features(records, kind: str, *, parameter: str | None = None) -> tuple[list[tuple[str, Any, Any]], str]:
    """Return all features of one kind in the order of the records, with names of their own.

    Parameters
    ----------
    records : list of SeqRecord
        Those of one genome.
    kind : {"gene", "CDS"}
        Where no record has a "gene", coding sequences and RNAs stand for them.
    parameter : str, default=None
        Parameter of the caller that chose the kind: named where there is none.

    Returns
    -------
    features : list of (str, feature, record)
        A name that was there before gets ``.2``, ``.3`` and so on.
    instead : str
        What was taken in place of genes; empty where there are some.

    Raises
    ------
    DataFormatError
        If there is none. With `parameter` it is an InvalidParameterError.
    """
    kinds, instead = {kind}, ""
    found = [(feature, record) for record in records for feature in record.features if feature.type == kind]
    if not found and kind == "gene":
        kinds = set(_IN_PLACE_OF_GENES)
        found = [(feature, record) for record in records for feature in record.features if feature.type in kinds]
        instead = _told(Counter(feature.type for feature, _ in found))
    if not found:
        whose = f"record {records[0].id} has" if len(records) == 1 else f"none of the {len(records)} records has"
        others = sorted({feature.type for record in records for feature in record.features} - {"source"})
        has = f"{whose} no {kind} features (it has: {', '.join(others) or 'none'})"
        if parameter is not None:
            raise invalid_parameter(Parameter(parameter, kind), f"must be a type of feature that is there: {has}")
        raise DataFormatError(f"{has}; use a record whose annotation includes them")
    names = names_of([feature for feature, _ in found])
    return [(name, *entry) for name, entry in zip(names, found, strict=True)], instead


def _told(counts):
    return ", ".join(f"{count} {kind}" for kind, count in counts.most_common())


def names_of(features: Sequence[Any]) -> list[str]:
    """Names of features, each once: a name that was there before gets ``.2``, ``.3`` and so on."""
    return _unique([feature_name(feature) for feature in features])


def _unique(names):
    used, unique = set(names), []
    seen = set()
    for name in names:
        candidate, copy = name, 1
        # rps12.2 may be a name of the file itself, which must not be given to another copy
        while candidate in seen or (copy > 1 and candidate in used):
            copy += 1
            candidate = f"{name}.{copy}"
        seen.add(candidate)
        unique.append(candidate)
    return unique


def cut_out(genome: str, start: int, end: int, strand: int) -> str:
    """Text from start to end in reading direction; start > end goes on behind the origin."""
    text = genome[start:end] if start < end else genome[start:] + genome[:end]
    return text if strand == 1 else text.translate(DNA.complement_table)[::-1]


def reading_span(location):
    """Return ``(start, end, strand)`` of a location in reading order; start > end where it wraps or jumps back."""
    first, last = location.parts[0], location.parts[-1]
    strand = first.strand or 1
    # parts stand in reading order: on the reverse strand the first one lies rightmost
    start, end = (first.start, last.end) if strand == 1 else (last.start, first.end)
    return int(start), int(end), strand


def merge_identical(records, rows, attrs):
    """Build the table: one row per distinct sequence, the names of its later copies in ``aliases``.

    Parameters
    ----------
    records : list of SeqRecord
        Where the features come from; products are looked up in them. Of several the table has a column ``record``.
    rows : list of tuple
        ``(name, feature, record, sequence, start, end, strand)``.
    attrs : dict
        Counts for ``DataFrame.attrs``; ``n_identical`` is added.

    Returns
    -------
    pandas.DataFrame
    """
    first: dict[str, list] = {}
    for name, _, _, sequence, *_ in rows:
        first.setdefault(sequence, []).append(name)
    kept = [row for row in rows if first[row[3]][0] == row[0]]
    products = _products(records)
    table = pd.DataFrame(
        [
            (sequence, start, end, strand, tuple(first[sequence][1:]), feature_name(feature), *_tags(feature, products))
            for _, feature, _, sequence, start, end, strand in kept
        ],
        columns=_COLUMNS,
        index=pd.Index([row[0] for row in kept], name="name", dtype=object),
    )
    if len(records) > 1:
        table["record"] = [record.id for _, _, record, *_ in kept]
    table.attrs = attrs | {"n_identical": len(rows) - len(kept)}
    return table


def _tags(feature, products):
    tag = feature.qualifiers.get("locus_tag", [""])[0]
    return tag, feature.qualifiers.get("product", [products.get(tag, "")])[0]


def _products(records):
    """Return locus tag -> product; GenBank writes it at the CDS, tRNA or rRNA, not at the gene."""
    return {
        feature.qualifiers["locus_tag"][0]: feature.qualifiers["product"][0]
        for record in records
        for feature in record.features
        if {"locus_tag", "product"} <= feature.qualifiers.keys()
    }
