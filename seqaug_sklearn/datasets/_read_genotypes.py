"""Genotypes from VCF and BCF files."""

import itertools
import re
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

from seqaug_sklearn.datasets._genotype_calls import CallBlocks
from seqaug_sklearn.datasets._genotype_labels import choose_people
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.genotypes import GenotypeSet
from seqaug_sklearn.utils import Message, Parameter, check_line_lengths, import_optional, listed, open_text, progress

__all__ = ["read_genotypes"]

_CHOICES = {
    "kind": ("snp", "biallelic"),
    "encoding": ("phased", "haplotype", "dosage"),
    "other_variants": ("drop", "error"),
    "missing": ("keep", "drop", "error"),
    "haploid": ("error", "drop"),
    "unlabelled": ("error", "drop"),
}
_DROPPED = ("multi_allelic", "no_alternative", "not_snp", "below_min_maf", "haploid", "with_missing")
_LAST_POSITION = 2**31 - 2
_MOST_ASKED = 100
_BASES = frozenset("ACGTacgt")
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def read_genotypes(
    path,
    *,
    region: str | None = None,
    min_maf: float | None = None,
    kind: str = "snp",
    samples=None,
    labels=None,
    label_column: str | None = None,
    sample_column: str = "sample",
    encoding: str = "phased",
    other_variants: str = "drop",
    missing: str = "keep",
    haploid: str = "error",
    unlabelled: str = "error",
    missing_values=None,
    verbose: int = 0,
) -> GenotypeSet:
    """Read biallelic variants from a VCF or BCF file, with the individuals' populations joined from a table.

    The encoding is never guessed from the file: ``"phased"`` and ``"haplotype"`` refuse unphased heterozygous calls,
    whose order means nothing. The file is streamed: memory holds the calls kept, one byte each (two for haplotypes),
    and at the end twice that.

    Parameters
    ----------
    path : str or path-like
        ``.vcf``, ``.vcf.gz`` (bgzip or gzip) or ``.bcf``.
    region : str, default=None
        Chromosome, or ``"chromosome:first-last"`` with both ends included and counted from 1, as in the VCF file (the
        last may be left out, commas are allowed). An index beside the file (``.tbi``, ``.csi``) is used; without one
        the whole file is read.
    min_maf : float, default=None
        Keep variants whose minor-allele frequency among the individuals read is at least this. None keeps all.
    kind : {"snp", "biallelic"}, default="snp"
        Variants wanted: single-base substitutions with one alternative allele, or everything with one alternative
        allele (insertions, deletions, structural variants too).
    samples : list of str, default=None
        Individuals to read, in this order. None for all, in the order of the file.
    labels : path or pandas.DataFrame, default=None
        Table with one row per individual: text with tabs, commas, semicolons or spaces, or a frame. Individuals of the
        table who are not in the file do not matter.
    label_column : str, default=None
        Column of the labels; may be left out where the table has two columns.
    sample_column : str, default="sample"
        Column of the names as they stand in the file.
    encoding : {"phased", "haplotype", "dosage"}, default="phased"
        Values wanted: 0 to 3 for ``0|0``, ``0|1``, ``1|0``, ``1|1``; two rows of alleles per individual; copies of the
        alternative allele. A call with one allele missing (``0|.``) keeps the other in ``"haplotype"`` only.
    other_variants : {"drop", "error"}, default="drop"
        What happens to rows of another kind: several alternative alleles, none, or no SNP where SNPs are wanted.
    missing : {"keep", "drop", "error"}, default="keep"
        Missing calls stay as -1, or their variants are dropped, or they are an error.
    haploid : {"error", "drop"}, default="error"
        Calls of one allele, as males have on X, are an error, or their variants are dropped. With ``samples``
        restricted to females nothing of X is lost.
    unlabelled : {"error", "drop"}, default="error"
        What happens to individuals without a label.
    missing_values : list of str, default=None
        Words in the column of labels that mean that an individual has none, for example ``["NA"]``; all others are
        populations. None: words that usually mean missing (NA, NaN, NULL, ?, - and their kin) are an error, because
        a population may be called so.
    verbose : int, default=0
        Above 0, progress is shown.

    Returns
    -------
    GenotypeSet
        Its ``counts`` say what happened: ``variants_read`` (rows of the region), the variants dropped by the first
        reason that applies (``multi_allelic``, ``no_alternative``, ``not_snp``, ``below_min_maf``, ``haploid``,
        ``with_missing``), ``missing_calls`` in what was kept, and ``people_unlabelled``.

    Raises
    ------
    DataFormatError
        If the file is cut off, damaged or no VCF, has no GT field, no individuals or one of them twice; if no variant
        is left; if individuals have no label; or if calls do not fit the encoding. The message names the place.
    MissingDependencyError
        Without cyvcf2: install the extra ``genotypes``.
    InsufficientMemoryError
        If the genotypes, or a single line of the file, are more than memory holds.
    ValueError
        If a parameter is wrong.

    See Also
    --------
    make_genotypes : Simulated individuals.
    write_vcf : The way back.

    Notes
    -----
    The 1000 Genomes tables put the populations ACB and ASW (African ancestry in Barbados and the US Southwest) into
    AFR; the PG-cGAN notebook puts them into AMR. For its labels read ``label_column="population"`` and map
    ``populations`` with ``PG_CGAN_SUPER_POPULATIONS``; ``SUPER_POPULATIONS`` is the usual grouping.

    References
    ----------
    Danecek et al., "The variant call format and VCFtools", Bioinformatics 2011, doi 10.1093/bioinformatics/btr330.
    Chen et al., "Population-scale genomic data augmentation based on conditional generative adversarial networks",
    BCB 2020, doi 10.1145/3388440.3412475.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from seqaug_sklearn.datasets import make_genotypes, read_genotypes, write_vcf
    >>> individuals = make_genotypes(4, n_variants=30, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_vcf(pathlib.Path(folder) / "individuals.vcf.gz", individuals)
    ...     common = read_genotypes(path, min_maf=0.1, labels=individuals.people())
    >>> len(common), common.populations[:2].tolist(), bool(common.variants["maf"].min() >= 0.1)
    (20, ['POP1', 'POP1'], True)
    """
    path = Path(path)
    choices = {"encoding": encoding, "other_variants": other_variants, "missing": missing, "haploid": haploid}
    _check_parameters(min_maf, choices | {"kind": kind, "unlabelled": unlabelled})
    where = None if region is None else _parse_region(region)
    cyvcf2 = import_optional("cyvcf2", extra="genotypes", purpose="reading VCF and BCF files")
    _check_complete(path)
    check_line_lengths(path)
    reader = _open(path, cyvcf2)
    ends: dict = {}
    try:
        _check_region(region, where, reader)
        people, populations, n_unlabelled = choose_people(
            _people(reader, path), samples, labels, label_column, sample_column, unlabelled, missing_values
        )
        if len(people) < len(reader.samples):
            reader.set_samples(people)
        counts = dict.fromkeys(("variants_read", *_DROPPED, "missing_calls"), 0) | {"people_unlabelled": n_unlabelled}
        blocks = CallBlocks(path.name, reader.samples, encoding, min_maf, missing, haploid, counts)
        rows = progress(
            _records(reader, where, path, ends), description=path.name, enabled=verbose > 0, unit=" variants"
        )
        _collect(rows, blocks, kind, other_variants, counts)
        variants = blocks.variants()
        if variants.empty:
            _raise_for_nothing(path.name, region, where, _Chromosomes(reader, path, ends), counts)
        column = {name: number for number, name in enumerate(reader.samples)}
    finally:
        reader.close()
    return GenotypeSet(
        genotypes=blocks.genotypes([column[name] for name in people]),
        encoding=encoding,
        samples=np.array(people),
        variants=variants,
        populations=populations,
        counts=counts,
    )


def _check_parameters(min_maf, choices):
    for name, value in choices.items():
        if value not in _CHOICES[name]:
            rule = f" must be one of {', '.join(map(repr, _CHOICES[name]))}, got {value!r}"
            raise InvalidParameterError(Message(Parameter(name), rule))
    if min_maf is not None and not 0 <= min_maf <= 0.5:
        rule = f" must be a frequency from 0 to 0.5, or None, got {min_maf!r}"
        raise InvalidParameterError(Message(Parameter("min_maf"), rule))


def _parse_region(region):
    """Return chromosome, first and last position, 1-based and inclusive."""
    match = re.fullmatch(r"(\S+?)(?::([\d,]+)(-[\d,]*)?)?", str(region))
    if match is None:
        raise _bad_region("must be like '6' or '6:29,000,000-33,000,000'", region)
    chromosome, first, last = match.groups()
    if first and not last:
        raise _bad_region(f"must say where it ends, as in '{region}-{first}' or '{region}-'", region)
    first = int((first or "1").replace(",", ""))
    last = int((last or "-").replace(",", "")[1:] or _LAST_POSITION)
    if not 1 <= first <= last:
        raise _bad_region("must run from a position of at least 1 to a later one", region)
    return chromosome, first, last


def _bad_region(rule, region):
    return InvalidParameterError(Message(Parameter("region"), f" {rule}, got {region!r}"))


def _check_region(region, where, reader):
    """Refuse what has a colon, but is neither a range of positions nor a chromosome of the file."""
    if where is not None and ":" in where[0] and where[0] not in reader.seqnames:
        rule = " is not understood: positions are plain numbers, as in '6' or '6:29,000,000-33,000,000'"
        raise InvalidParameterError(Message(Parameter("region", region), rule))


def _check_complete(path):
    """Refuse a bgzip file without its closing block: htslib reads what is there and only prints a warning."""
    with path.open("rb") as file:
        head = file.read(14)
        file.seek(0, 2)
        size = file.tell()
        file.seek(max(size - len(_BGZF_END), 0))
        end = file.read()
    if head[:4] == b"\x1f\x8b\x08\x04" and head[12:] == b"BC" and end != _BGZF_END:
        raise DataFormatError(
            f"{path.name} is cut off: the closing block of the bgzip format is absent; copy it again "
            "(if it is whole and only the block was never written, pack it anew with bgzip)"
        )


def _open(path, cyvcf2):
    try:
        return cyvcf2.VCF(str(path))
    except Exception as error:  # cyvcf2 raises Exception itself
        repeated = [name for name, count in Counter(_header_names(path)).items() if count > 1]
        if repeated:
            raise DataFormatError(f"{path.name}: sample names must be unique; twice: {listed(repeated)}") from error
        raise DataFormatError(f"{path.name} is no VCF or BCF file, or its header is damaged ({error})") from error


def _header_names(path):
    """Return the sample names of a header that htslib refuses."""
    try:
        with open_text(path) as file:
            line = next((line for line in file if line.startswith("#CHROM")), "")
    except DataFormatError:
        return []
    return line.rstrip("\n").split("\t")[9:]


def _people(reader, path):
    if not reader.samples:
        raise DataFormatError(f"{path.name} has no samples: it lists variants without genotypes")
    return reader.samples


def _records(reader, where, path, ends):
    """Yield the rows of the region; whatever htslib cannot read becomes one clear error.

    Of rows outside it, the first and the last position of each chromosome are noted in ``ends``.
    """
    n_rows = 0
    place: str | tuple = ""
    try:
        for record in _rows(reader, where, path):
            n_rows, place = n_rows + 1, (record.CHROM, record.POS)
            if where is None or (where[0] == record.CHROM and where[1] <= record.POS <= where[2]):
                yield record
            else:
                ends.setdefault(record.CHROM, [record.POS, 0])[1] = record.POS
    except Exception as error:  # cyvcf2 raises Exception itself
        after = "{}:{}, the last good variant".format(*place) if n_rows else "its header"
        raise DataFormatError(
            f"{path.name} is damaged or cut off after {after}: row {n_rows + 1} of those read has a wrong number of "
            f"columns, no number as position, or calls that are none ({error})"
        ) from error


def _rows(reader, where, path):
    if where is None or not _is_indexed(path):
        return reader
    rows = iter(reader("{}:{}-{}".format(*where)))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="no intervals found")  # becomes an error that says more
        first = next(rows, None)
    return () if first is None else itertools.chain([first], rows)


def _is_indexed(path):
    return any(Path(f"{path}{suffix}").exists() for suffix in (".tbi", ".csi"))


class _Chromosomes:
    """What the file holds, for the message where a region is empty; found with the index, or while it was read."""

    def __init__(self, reader, path, ends):
        self.reader, self.path, self.ends = reader, path, ends

    def names(self):
        """Return the chromosomes with variants (those of the header may have none)."""
        if not _is_indexed(self.path):
            return list(self.ends)
        return [name for name in self.reader.seqnames[:_MOST_ASKED] if self._first(name, 1) is not None]

    def range_of(self, name):
        """Return the first and the last position with a variant, or None."""
        if not _is_indexed(self.path):
            return self.ends.get(name)
        first = self._first(name, 1)
        if first is None:
            return None
        last, beyond = first, _LAST_POSITION
        while last + 1 < beyond:  # bisection by the index: there is a variant from `last` on, and none from `beyond`
            middle = (last + beyond) // 2
            found = self._first(name, middle)
            last, beyond = (last, middle) if found is None else (max(found, middle), beyond)
        return first, last

    def _first(self, name, position):
        """Return the position of the first variant from a position on, or None."""
        rows = _rows(self.reader, (name, position, _LAST_POSITION), self.path)
        return next((row.POS for row in rows if position <= row.POS), None)


def _collect(records, blocks, kind, other_variants, counts):
    for record in records:
        counts["variants_read"] += 1
        reason = _reason_against(record, kind)
        if reason is None:
            variant = (record.CHROM, record.POS, record.ID or ".", record.REF, record.ALT[0])
            blocks.add(variant, _calls(record, blocks.file))
            continue
        if other_variants == "error":
            where = f"{blocks.file}: {record.CHROM}:{record.POS} {record.REF}>{','.join(record.ALT) or '.'}"
            way_out = Message("; drop such rows with ", Parameter("other_variants", "drop"))
            raise DataFormatError(Message(f"{where} ({reason}) is not of ", Parameter("kind", kind), way_out))
        counts[reason] += 1
    blocks.flush()


def _reason_against(record, kind):
    alternatives = record.ALT
    if len(alternatives) != 1:
        return "multi_allelic" if alternatives else "no_alternative"
    is_snp = record.REF in _BASES and alternatives[0] in _BASES
    return None if kind == "biallelic" or is_snp else "not_snp"


def _calls(record, file):
    try:
        return record.genotype.array()
    except Exception as error:  # cyvcf2 raises Exception itself
        raise DataFormatError(
            f"{file}: {record.CHROM}:{record.POS} has no GT field; genotypes are needed for every variant"
        ) from error


def _raise_for_nothing(file, region, where, chromosomes, counts):
    if counts["variants_read"]:
        reasons = ", ".join(f"{name} {counts[name]}" for name in _DROPPED if counts[name])
        raise DataFormatError(f"{file}: none of {counts['variants_read']} variants is left ({reasons})")
    if region is None:
        raise DataFormatError(f"{file} holds no variants")
    ends = chromosomes.range_of(where[0])
    if ends:
        way_out = f"on {where[0]}, the file runs from {ends[0]:,} to {ends[1]:,}"
    else:
        way_out = f"chromosome names must match to the letter, the file has variants on {listed(chromosomes.names())}"
    raise DataFormatError(Message(f"{file} has no variants in ", Parameter("region", region), f"; {way_out}"))
