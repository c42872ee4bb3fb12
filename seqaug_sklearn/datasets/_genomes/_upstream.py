"""Upstream regions of the genes of an annotated genome."""

from collections.abc import Mapping

import pandas as pd

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.datasets._genomes._features import (
    check_records,
    cut_out,
    is_circular,
    merge_identical,
    named_features,
    unreadable,
)
from seqaug_sklearn.datasets._genomes._region_report import count_overlapping
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import invalid_parameter, is_number, is_whole

__all__ = ["upstream_regions"]

_OF_ALL = ("sequence", "start", "end", "strand", "aliases", "gene", "locus_tag", "product")
"""Columns in front of ``partial``."""


def upstream_regions(record, length: int = 300, tss=None) -> pd.DataFrame:
    """Cut out what lies upstream of every annotated gene, in reading direction.

    Where no record has "gene" features, coding sequences and RNAs stand for them, and ``attrs`` says so.

    GenBank has no transcription start sites, so upstream means upstream of the *gene*, unless ``tss`` gives the sites.
    Regions of neighbouring genes overlap, and inverted repeats double others: look at :func:`region_report` before
    treating regions as independent samples.

    Parameters
    ----------
    record : Bio.SeqRecord.SeqRecord or list of SeqRecord
        Annotated genome; a list holds the records of *one* genome, its chromosomes, plasmids or contigs.
    length : int, default=300
        Residues to take, at most those of the longest record.
    tss : mapping, pandas.Series or one-column pandas.DataFrame, default=None
        Gene -> 0-based position of the first transcribed residue. Genes are called by their name in the index of the
        result without ``tss``, or by their locus tag. Genes without a site are left out and listed in
        ``attrs["skipped"]``.

    Returns
    -------
    regions : pandas.DataFrame, one row per distinct region
        Indexed by a unique gene name (a repeated one gets ``.2``, ``.3``, ...), in record order, with

        - ``sequence``: upper-case text of exactly ``length`` residues, 5' to 3', ending just before the gene;
        - ``start, end, strand``: 0-based, half-open, on the forward strand; strand is 1 or -1; ``start > end`` where
          the region crosses the origin of a circular genome;
        - ``aliases``: tuple of the unique names of the other genes with exactly the same region;
        - ``gene``: name without the number; ``locus_tag``; ``product``. The name is the first of ``/gene``,
          ``/locus_tag``, ``/label``, ``/standard_name``, ``/protein_id`` and ``/product`` that is not empty;
        - ``partial``: whether the annotation says that the gene begins before what is written (``<101..200``), so that
          the region is not what lies upstream of its start;
        - of several records, ``record``: its name, the group of what lies on one chromosome.

        A joined or trans-spliced gene starts at its first exon in reading order. ``attrs`` counts: ``n_features``
        (genes seen), ``n_identical`` (merged into another row), ``n_overlapping`` (regions that share genome
        positions with another region of the table), ``n_partial``, ``skipped`` (dict name -> reason, for example
        regions cut off by the end of a linear record, or genes whose location cannot be read), and holds ``record``
        (its id, or that of the first), ``length``, and ``instead_of_genes`` ("12 CDS, 3 tRNA"; empty where there are
        genes).

    Raises
    ------
    DataFormatError
        If there are no gene features, the sequence is not DNA, no gene has a whole region, or ``tss`` names unknown
        genes or positions outside the genome.
    ValueError
        If length is not a whole number from 1 to the length of the genome.

    See Also
    --------
    region_report : How much sequence the regions share.
    protein_sequences : The translations.

    References
    ----------
    Abbasi-Vineh et al. (2025), Sci. Rep., doi 10.1038/s41598-025-12796-9 (300 nt upstream, one class per gene).

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_plastome, upstream_regions
    >>> regions = upstream_regions(make_plastome(random_state=0))
    >>> regions["sequence"].str.len().unique().tolist()
    [300]
    >>> sorted(regions.attrs)
    ['instead_of_genes', 'length', 'n_features', 'n_identical', 'n_overlapping', 'n_partial', 'record', 'skipped']
    """
    records = check_records(record)
    genomes = {one.id: str(one.seq).upper() for one in records}
    _check_genomes(genomes, length)
    genes, instead = named_features(records, "gene")
    sites = None if tss is None else _sites(tss, genes)
    rows, skipped, partial = [], {}, {}
    for name, feature, one in genes:
        if sites is not None and name not in sites:
            skipped[name] = "no site in tss"
            continue
        if feature.location.parts[0].strand == 0:
            skipped[name] = "its strand is not given"
            continue
        boundary, strand = _five_prime(feature, None if sites is None else sites[name])
        genome = genomes[one.id]
        span = _span(boundary, strand, length, len(genome), is_circular(one))
        if span is None:
            skipped[name] = "cut off by the end of the linear record"
        else:
            start, end = span
            rows.append((name, feature, one, cut_out(genome, start, end, strand), start, end, strand))
            partial[name] = sites is None and _begins_before(feature)
    lost = unreadable(records, ("gene",) if not instead else tuple({feature.type for _, feature, _ in genes}))
    skipped |= lost
    if not rows:
        whose = f"record {records[0].id}" if len(records) == 1 else f"{len(records)} records"
        reasons = set(skipped.values())
        why = f" ({reasons.pop()})" if len(reasons) == 1 else ""
        raise DataFormatError(f"{whose}: no gene has {length} residues upstream{why}; choose a smaller length")
    attrs = {"record": records[0].id, "length": length, "n_features": len(genes) + len(lost), "skipped": skipped}
    regions = merge_identical(records, rows, attrs | {"instead_of_genes": instead})
    regions.insert(len(_OF_ALL), "partial", [partial[name] for name in regions.index])
    regions.attrs |= {"n_overlapping": count_overlapping(regions), "n_partial": int(regions["partial"].sum())}
    return regions


def _check_genomes(genomes, length):
    longest = max(map(len, genomes.values()))
    if not is_whole(length) or isinstance(length, bool) or not 1 <= length <= longest:
        whose = "the genome" if len(genomes) == 1 else "the longest record"
        raise invalid_parameter(
            "length", f"must be a whole number from 1 to the {longest} residues of {whose}, got {length!r}"
        )
    for name, genome in genomes.items():
        foreign = set(genome) - {*DNA.symbols, *DNA.ambiguity}
        if foreign:
            raise DataFormatError(f"record {name} is not DNA: its sequence holds {', '.join(sorted(foreign))}")


def _sites(tss, genes):
    """Return unique gene name -> position, all checked."""
    if isinstance(tss, pd.DataFrame):
        if tss.shape[1] != 1:
            raise DataFormatError(f"tss must have one column of positions, got {list(tss.columns)}; select one")
        tss = tss.iloc[:, 0]
    if not isinstance(tss, (Mapping, pd.Series)):
        raise DataFormatError(f"tss must be a mapping or Series of gene -> position, got {type(tss).__name__}")
    # tables of start sites name genes by locus tag as often as by name
    by_tag = {feature.qualifiers.get("locus_tag", [name])[0]: name for name, feature, _ in genes}
    names = by_tag | {name: name for name, _, _ in genes}
    sizes = {name: len(record) for name, _, record in genes}
    sites = {}
    for key, value in tss.items():
        if key not in names:
            raise DataFormatError(
                f"tss names the unknown gene {key!r}; use the index of upstream_regions(record), or locus tags"
            )
        if names[key] in sites:
            raise DataFormatError(f"tss gives more than one site for gene {names[key]!r}; choose one")
        sites[names[key]] = _position(key, value, sizes[names[key]])
    return sites


def _position(key, value, size):
    if not is_number(value) or not float(value).is_integer() or not 0 <= value < size:
        raise DataFormatError(f"tss of {key!r} must be a 0-based position below {size}, got {value!r}")
    return int(value)


def _five_prime(feature, site):
    """Return the boundary before the first residue in reading order, and the strand."""
    # Biopython lists the parts of a location in reading order, trans-spliced genes included
    first = feature.location.parts[0]
    strand = first.strand or 1
    # a boundary lies between residues: a site on the reverse strand belongs to the gene, so the region begins above it
    if site is not None:
        return (site if strand == 1 else site + 1), strand
    return int(first.start if strand == 1 else first.end), strand


def _begins_before(feature):
    """Whether the annotated 5' end is only as far as the sequence is known, as in ``<101..200``."""
    from Bio.SeqFeature import AfterPosition, BeforePosition

    first = feature.location.parts[0]
    return isinstance(first.end, AfterPosition) if first.strand == -1 else isinstance(first.start, BeforePosition)


def _span(boundary, strand, length, size, circular):
    """Return (start, end) on the forward strand, wrapped around the origin, or None past the end of a line."""
    if length > size:  # of a plasmid that is shorter, beside a chromosome
        return None
    start, end = (boundary - length, boundary) if strand == 1 else (boundary, boundary + length)
    if not circular and (start < 0 or end > size):
        return None
    # an end of exactly `size` must stay `size`, and not become 0
    return start % size, (end - 1) % size + 1
