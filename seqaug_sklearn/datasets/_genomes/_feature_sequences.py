"""Annotated features themselves: genes, coding sequences, peaks, as they are or in windows of one width."""

import pandas as pd

from seqaug_sklearn.datasets._genomes._features import (
    SUMMIT,
    check_records,
    cut_out,
    is_circular,
    merge_identical,
    named_features,
    reading_span,
    unreadable,
)
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import invalid_parameter, is_whole

__all__ = ["feature_sequences"]


def feature_sequences(record, kind: str = "gene", *, width: int | None = None) -> pd.DataFrame:
    """Cut out annotated features, in reading direction.

    Parameters
    ----------
    record : Bio.SeqRecord.SeqRecord or list of SeqRecord
        Annotated genome, of :func:`read_genbank` or :func:`read_annotation`; a list holds the records of *one* genome.
    kind : str, default="gene"
        Type of the features: "gene", "CDS", "tRNA", ... Intervals of a BED file, peaks for example, are "gene".
    width : int, default=None
        Residues of a window around the summit of a peak (``narrowPeak``), else the middle of each feature, introns
        included, of even widths one more in front of it in reading direction. None: the feature as it is annotated,
        its exons joined.

    Returns
    -------
    features : pandas.DataFrame, one row per distinct sequence
        As of :func:`upstream_regions`: indexed by a unique name, with ``sequence``, ``start, end, strand``,
        ``aliases``, ``gene``, ``locus_tag``, ``product``, and of several records ``record``. ``attrs`` holds
        ``n_features``, ``n_identical``, ``skipped`` (dict name -> reason), ``record``, ``kind`` and ``width``.

    Raises
    ------
    DataFormatError
        If none lies whole within its record.
    InvalidParameterError
        If there is no feature of that kind, or width is not a whole number of at least 1.

    See Also
    --------
    upstream_regions : What lies in front of the genes.
    protein_sequences : The translations.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import feature_sequences, make_plastome
    >>> peaks = feature_sequences(make_plastome(random_state=0), "tRNA", width=50)
    >>> peaks["sequence"].str.len().unique().tolist()
    [50]
    """
    if width is not None and (not is_whole(width) or isinstance(width, bool) or width < 1):
        raise invalid_parameter("width", f"must be a whole number of at least 1, or None; got {width!r}")
    records = check_records(record)
    found, _ = named_features(records, kind, parameter="kind")
    kinds = tuple({feature.type for _, feature, _ in found})
    genomes = {} if width is None else {one.id: str(one.seq).upper() for one in records}
    rows, skipped = [], {}
    for name, feature, one in found:
        start, end, strand = reading_span(feature.location)
        if width is None:
            text = str(feature.extract(one.seq)).upper()
        else:
            for summit in feature.qualifiers.get(SUMMIT, []):
                start, end = int(summit), int(summit) + 1
            start, end = _window(start, end, strand, width, len(one))
            if width > len(one) or (not is_circular(one) and (start < 0 or end > len(one))):
                skipped[name] = "its window goes past the end of the record"
                continue
            start, end = start % len(one), (end - 1) % len(one) + 1
            text = cut_out(genomes[one.id], start, end, strand)
        rows.append((name, feature, one, text, start, end, strand))
    lost = unreadable(records, kinds)
    skipped |= lost
    if not rows:
        raise DataFormatError(f"no {kind} has a window of {width} residues within its record; choose a smaller width")
    attrs = {
        "record": records[0].id,
        "kind": kind,
        "width": width,
        "n_features": len(found) + len(lost),
        "skipped": skipped,
    }
    return merge_identical(records, rows, attrs)


def _window(start, end, strand, width, size):
    """Return start and end of the window around the middle; below 0 and above the size past an end."""
    if end < start:  # across the origin
        end += size
    # of an even width the residue more lies in front in reading direction
    low = (start + end) // 2 - width // 2 if strand == 1 else (start + end + 1) // 2 - (width - width // 2)
    return low, low + width
