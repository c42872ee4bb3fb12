"""Proteins of an annotated genome."""

import numbers

import pandas as pd

from seqaug_sklearn.datasets._features import check_record, merge_identical, named_features, reading_span
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["protein_sequences"]


def protein_sequences(record, min_length: int = 100) -> pd.DataFrame:
    """Collect the proteins of every annotated coding sequence.

    The ``/translation`` of the annotation is taken where there is one: it knows edited codons. Otherwise the coding
    sequence is translated with the annotated table (11 if none is given, the plastid code).

    Parameters
    ----------
    record : Bio.SeqRecord.SeqRecord
        Genome with "CDS" features.
    min_length : int, default=100
        Shortest protein kept, inclusive, in residues.

    Returns
    -------
    proteins : pandas.DataFrame, one row per distinct protein
        Indexed by a unique gene name as in :func:`upstream_regions`, with ``sequence`` (without the stop),
        ``start, end, strand`` (0-based, half-open span of the coding sequence on the forward strand; ``start > end``
        where it crosses the origin or is trans-spliced), ``aliases`` (names of identical proteins), ``gene``,
        ``locus_tag`` and ``product``. ``attrs`` counts ``n_features``, ``n_short`` and ``n_identical``, and holds
        ``skipped`` (dict name -> reason), ``record`` and ``min_length``.

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
    check_record(record)
    if not isinstance(min_length, numbers.Integral) or isinstance(min_length, bool) or min_length < 1:
        raise invalid_parameter("min_length", f"must be a positive whole number, got {min_length!r}")
    rows, skipped, n_short = [], {}, 0
    features = named_features(record, "CDS")
    for name, feature in features:
        protein, reason = _protein(feature, record.seq)
        if reason:
            skipped[name] = reason
        elif len(protein) < min_length:
            n_short += 1
        else:
            rows.append((name, feature, protein, *reading_span(feature.location)))
    if not rows:
        raise DataFormatError(f"record {record.id}: no protein has at least {min_length} residues; lower min_length")
    attrs = {"record": record.id, "min_length": min_length, "n_features": len(features), "n_short": n_short}
    return merge_identical(record, rows, attrs | {"skipped": skipped})


def _protein(feature, genome):
    """Return (protein, None), or (None, reason) for what has no translation."""
    qualifiers = feature.qualifiers
    if qualifiers.get("translation"):
        return "".join(qualifiers["translation"][0].split()).upper().rstrip("*"), None
    if "pseudo" in qualifiers or "pseudogene" in qualifiers:
        return None, "pseudogene"
    protein = _translate(feature, genome)
    if "*" in protein:
        return None, "stop codon inside"
    return protein, None


def _translate(feature, genome):
    from Bio.Data import CodonTable
    from Bio.Seq import Seq
    from Bio.SeqFeature import ExactPosition

    # 11 is the code of bacteria and plastids
    table = int(feature.qualifiers.get("transl_table", ["11"])[0])
    offset = int(feature.qualifiers.get("codon_start", ["1"])[0]) - 1
    coding = str(feature.extract(genome)).upper()[offset:]
    codons = coding[: len(coding) // 3 * 3]
    protein = str(Seq(codons).translate(table=table)).removesuffix("*")
    first = feature.location.parts[0]
    # only a start that is annotated as exact is the start of the protein
    complete = isinstance(first.start if first.strand != -1 else first.end, ExactPosition) and offset == 0
    starts = CodonTable.unambiguous_dna_by_id[table].start_codons
    # an alternative start codon (GTG, TTG, ...) is read as methionine
    return "M" + protein[1:] if complete and codons[:3] in starts else protein
