"""Proteins of an annotated genome."""

import numbers

import pandas as pd

from seqaug_sklearn.datasets._genomes._features import (
    check_records,
    merge_identical,
    named_features,
    reading_span,
    unreadable,
)
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["protein_sequences"]


def protein_sequences(record, min_length: int = 100) -> pd.DataFrame:
    """Collect the proteins of every annotated coding sequence.

    The ``/translation`` of the annotation is taken where there is one: it knows edited codons. Otherwise the coding
    sequence is translated with the annotated table (11 if none is given, the plastid code).

    Parameters
    ----------
    record : Bio.SeqRecord.SeqRecord or list of SeqRecord
        Genome with "CDS" features; a list holds the records of *one* genome.
    min_length : int, default=100
        Shortest protein kept, inclusive, in residues.

    Returns
    -------
    proteins : pandas.DataFrame, one row per distinct protein
        Indexed by a unique gene name as in :func:`upstream_regions`, with ``sequence`` (without the stop),
        ``start, end, strand`` (0-based, half-open span of the coding sequence on the forward strand; ``start > end``
        where it crosses the origin or is trans-spliced), ``aliases`` (names of identical proteins), ``gene``,
        ``locus_tag`` and ``product``, and of several records ``record``. ``attrs`` counts ``n_features``, ``n_short``
        and ``n_identical``, and holds ``skipped`` (dict name -> reason: pseudogenes, stops inside, reading frames or
        tables that cannot be read, locations in another record), ``record`` and ``min_length``.

    Raises
    ------
    DataFormatError
        If there are no CDS features, or no protein is long enough.
    ValueError
        If min_length is not a positive whole number.

    See Also
    --------
    upstream_regions : The DNA upstream of the genes.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_plastome, protein_sequences
    >>> proteins = protein_sequences(make_plastome(random_state=0))
    >>> bool((proteins["sequence"].str.len() >= 100).all())
    True
    """
    records = check_records(record)
    if not isinstance(min_length, numbers.Integral) or isinstance(min_length, bool) or min_length < 1:
        raise invalid_parameter("min_length", f"must be a positive whole number, got {min_length!r}")
    rows, skipped, n_short = [], {}, 0
    features, _ = named_features(records, "CDS")
    for name, feature, one in features:
        protein, reason = _protein(feature, one)
        if reason:
            skipped[name] = reason
        elif len(protein) < min_length:
            n_short += 1
        else:
            rows.append((name, feature, one, protein, *reading_span(feature.location)))
    lost = unreadable(records, ("CDS",))
    skipped |= lost
    if not rows:
        whose = f"record {records[0].id}" if len(records) == 1 else f"{len(records)} records"
        why = "; lower min_length" if n_short or not skipped else f" ({next(iter(skipped.values()))})"
        raise DataFormatError(f"{whose}: no protein has at least {min_length} residues{why}")
    attrs = {"record": records[0].id, "min_length": min_length, "n_features": len(features) + len(lost)}
    return merge_identical(records, rows, attrs | {"n_short": n_short, "skipped": skipped})


def _protein(feature, record):
    """Return (protein, None), or (None, reason) for what has no translation."""
    qualifiers = feature.qualifiers
    # an empty /translation says nothing
    given = "".join("".join(qualifiers.get("translation", [""])).split()).upper().rstrip("*")
    if given:
        return given, None
    if "pseudo" in qualifiers or "pseudogene" in qualifiers:
        return None, "pseudogene"
    # a record made by hand may point into another one; a file's was left out when it was read
    if any(part.ref and part.ref != record.id for part in feature.location.parts):
        return None, "its location is in another record"
    table, offset = _code(qualifiers)
    if table is None:
        return None, f"/transl_table={qualifiers['transl_table'][0]!r} is no genetic code of NCBI"
    if offset is None:
        return None, f"/codon_start={qualifiers['codon_start'][0]!r} is not 1, 2 or 3"
    protein = _translate(feature, record.seq, table, offset)
    if "*" in protein:
        return None, "stop codon inside"
    return protein, None


def _code(qualifiers):
    """Return the number of the genetic code, and residues before the first codon; None for what is neither."""
    from Bio.Data import CodonTable

    # 11 is the code of bacteria and plastids
    table = str(qualifiers.get("transl_table", ["11"])[0]).strip()
    start = str(qualifiers.get("codon_start", ["1"])[0]).strip()
    known = table.isdecimal() and int(table) in CodonTable.unambiguous_dna_by_id
    return int(table) if known else None, int(start) - 1 if start in ("1", "2", "3") else None


def _translate(feature, genome, table, offset):
    from Bio.Data import CodonTable
    from Bio.Seq import Seq
    from Bio.SeqFeature import ExactPosition

    coding = str(feature.extract(genome)).upper()[offset:]
    codons = coding[: len(coding) // 3 * 3]
    protein = str(Seq(codons).translate(table=table)).removesuffix("*")
    first = feature.location.parts[0]
    # only a start that is annotated as exact is the start of the protein
    complete = isinstance(first.start if first.strand != -1 else first.end, ExactPosition) and offset == 0
    starts = CodonTable.unambiguous_dna_by_id[table].start_codons
    # an alternative start codon (GTG, TTG, ...) is read as methionine
    return "M" + protein[1:] if complete and codons[:3] in starts else protein
