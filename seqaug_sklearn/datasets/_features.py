"""What genes and proteins have in common: features of a record, their names, tables with identical rows merged."""

import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError, SequenceTypeError

__all__ = ["check_record", "feature_name", "is_circular", "merge_identical", "named_features", "reading_span"]

_COLUMNS = ["sequence", "start", "end", "strand", "aliases", "gene", "locus_tag", "product"]


def check_record(record):
    """Raise SequenceTypeError unless ``record`` is one SeqRecord."""
    if not (hasattr(record, "features") and hasattr(record, "seq")):
        way_out = "pass one of its records" if isinstance(record, list) else "read a file with read_genbank first"
        raise SequenceTypeError(f"record must be a Bio SeqRecord, got {type(record).__name__}; {way_out}")


def is_circular(record) -> bool:
    """Whether the record is annotated as a circular molecule."""
    return record.annotations.get("topology") == "circular"


def feature_name(feature) -> str:
    """Name of a feature: its gene name, else its locus tag, product, or type and position."""
    for key in ("gene", "locus_tag", "product"):
        if feature.qualifiers.get(key):
            return feature.qualifiers[key][0]
    return f"{feature.type}{int(feature.location.start)}"


def named_features(record, kind):
    """Return ``[(unique name, feature), ...]`` of one kind in record order.

    A name that was there before gets ``.2``, ``.3`` and so on.

    Raises
    ------
    DataFormatError
        If the record has no feature of that kind.
    """
    features = [feature for feature in record.features if feature.type == kind]
    if not features:
        others = sorted({feature.type for feature in record.features} - {"source"})
        raise DataFormatError(
            f"record {record.id} has no {kind} features (it has: {', '.join(others) or 'none'}); "
            f"use a record whose annotation includes them"
        )
    names = [feature_name(feature) for feature in features]
    return list(zip(_unique(names), features, strict=True))


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


def reading_span(location):
    """Return ``(start, end, strand)`` of a location in reading order; start > end where it wraps or jumps back."""
    first, last = location.parts[0], location.parts[-1]
    strand = first.strand or 1
    # parts stand in reading order: on the reverse strand the first one lies rightmost
    start, end = (first.start, last.end) if strand == 1 else (last.start, first.end)
    return int(start), int(end), strand


def merge_identical(record, rows, attrs):
    """Build the table: one row per distinct sequence, the names of its later copies in ``aliases``.

    Parameters
    ----------
    record : Bio.SeqRecord.SeqRecord
        Where the features come from; products are looked up in it.
    rows : list of tuple
        ``(name, feature, sequence, start, end, strand)``.
    attrs : dict
        Counts for ``DataFrame.attrs``; ``n_identical`` is added.

    Returns
    -------
    pandas.DataFrame
    """
    first: dict[str, list] = {}
    for name, _, sequence, *_ in rows:
        first.setdefault(sequence, []).append(name)
    kept = [row for row in rows if first[row[2]][0] == row[0]]
    products = _products(record)
    table = pd.DataFrame(
        [
            (sequence, start, end, strand, tuple(first[sequence][1:]), feature_name(feature), *_tags(feature, products))
            for _, feature, sequence, start, end, strand in kept
        ],
        columns=_COLUMNS,
        index=pd.Index([row[0] for row in kept], name="name", dtype=object),
    )
    table.attrs = attrs | {"n_identical": len(rows) - len(kept)}
    return table


def _tags(feature, products):
    tag = feature.qualifiers.get("locus_tag", [""])[0]
    return tag, feature.qualifiers.get("product", [products.get(tag, "")])[0]


def _products(record):
    """Return locus tag -> product; GenBank writes it at the CDS, tRNA or rRNA, not at the gene."""
    return {
        feature.qualifiers["locus_tag"][0]: feature.qualifiers["product"][0]
        for feature in record.features
        if {"locus_tag", "product"} <= feature.qualifiers.keys()
    }
