"""Genotypes from VCF, BCF and PLINK files."""

from pathlib import Path

import numpy as np

from seqaug_sklearn.datasets._individuals._alternatives import clean_words, real_alternatives, recoded_calls
from seqaug_sklearn.datasets._individuals._bed_rows import BedRows
from seqaug_sklearn.datasets._individuals._genotype_calls import CallBlocks
from seqaug_sklearn.datasets._individuals._genotype_labels import choose_people
from seqaug_sklearn.datasets._individuals._missing_calls import drop_incomplete, impute, keep_variants, missing_calls
from seqaug_sklearn.datasets._individuals._other_formats import is_plink_bed
from seqaug_sklearn.datasets._individuals._regions import check_region, nothing_there, parse_region
from seqaug_sklearn.datasets._individuals._vcf_rows import VcfRows
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.genotypes import GenotypeSet, trusted_set
from seqaug_sklearn.utils import Message, Parameter, check_generator, counted, invalid_parameter, progress, warn

__all__ = ["read_genotypes"]

_CHOICES = {
    "kind": ("snp", "biallelic"),
    "encoding": ("phased", "haplotype", "dosage"),
    "other_variants": ("drop", "error"),
    "without_gt": ("error", "drop"),
    "missing": ("keep", "drop", "impute", "error"),
    "haploid": ("error", "drop", "double"),
    "unlabelled": ("error", "drop"),
}
_DROPPED = (
    "multi_allelic", "no_alternative", "not_snp", "without_gt", "above_max_missing", "below_min_maf", "haploid",
    "with_missing",
)  # fmt: skip
_OTHERS = ("missing_calls", "placeholder_calls", "imputed_calls", "cleaned", "people_above_max_missing")
_BASES = frozenset("ACGTacgt")


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
    without_gt: str = "error",
    missing: str = "keep",
    max_missing_per_variant: float | None = None,
    max_missing_per_individual: float | None = None,
    haploid: str = "error",
    unlabelled: str = "error",
    missing_values=None,
    random_state=None,
    verbose: int = 0,
) -> GenotypeSet:
    """Read biallelic variants from a VCF, BCF or PLINK file, with the individuals' populations joined from a table.

    The encoding is never guessed from the file: ``"phased"`` and ``"haplotype"`` refuse unphased heterozygous calls,
    whose order means nothing. The file is streamed: memory holds the calls kept, one byte each (two for haplotypes),
    and at the end twice that.

    Parameters
    ----------
    path : str or path-like
        VCF (plain, bgzip or gzip), BCF, or PLINK 1's ``.bed`` with ``.bim`` and ``.fam`` beside it (extra ``plink``).
        PLINK's calls have no phase (``encoding="dosage"``); its A2 is taken for the reference, as PLINK 2 writes it.
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
    labels : path, pandas.DataFrame or pandas.Series, default=None
        Table with one row per individual: text with tabs, commas, semicolons or spaces, or a frame; or a Series of
        labels with the individuals' names as index. A file without a heading is known by the names in its first row;
        one of six columns is PLINK's ``.fam`` (``family``, ``sample``, ``father``, ``mother``, ``sex``,
        ``phenotype``), others have columns ``1``, ``2``, and so on. Individuals of the table who are not in the file
        do not matter.
    label_column : str, default=None
        Column of the labels; may be left out where the table has two columns.
    sample_column : str, default="sample"
        Column of the names as they stand in the file.
    encoding : {"phased", "haplotype", "dosage"}, default="phased"
        Values wanted: 0 to 3 for ``0|0``, ``0|1``, ``1|0``, ``1|1``; two rows of alleles per individual; copies of the
        alternative allele. A call with one allele missing (``0|.``) keeps the other in ``"haplotype"`` only.
    other_variants : {"drop", "error"}, default="drop"
        What happens to rows of another kind: several alternative alleles, none, or no SNP where SNPs are wanted. The
        placeholders of gVCF (``<NON_REF>``, ``<*>``), deletions described in another row (``*``) and alternatives that
        equal the reference are no alternatives; a call that names a placeholder is missing.
    without_gt : {"error", "drop"}, default="error"
        What happens to rows without genotypes.
    missing : {"keep", "drop", "impute", "error"}, default="keep"
        Missing calls stay as -1, or their variants are dropped (one call is enough, so with many individuals hardly a
        variant is left: give a limit and impute the rest), or their alleles are drawn from the frequencies of the
        individual's population, or they are an error. Drawn alleles keep the frequencies, but neither linkage nor
        relatives; they know the labels, so impute no individuals that a classifier is tested on.
    max_missing_per_variant, max_missing_per_individual : float, default=None
        Largest share of missing calls, from 0 to 1; what has more is dropped before ``missing`` is applied: variants
        first, then individuals by the calls at the variants kept. None: no limit.
    haploid : {"error", "drop", "double"}, default="error"
        Calls of one allele, as haploid organisms have everywhere and males on X, are an error, or their variants are
        dropped, or they count as two equal alleles, as in PLINK's files (of ``"haplotype"``, ``genotypes[::2]`` has
        each haploid individual once). With ``samples`` restricted to females nothing of X is lost.
    unlabelled : {"error", "drop"}, default="error"
        What happens to individuals without a label.
    missing_values : list of str, default=None
        Words in the column of labels that mean that an individual has none, for example ``["NA"]``; all others are
        populations. None: words that usually mean missing (NA, NaN, NULL, ?, - and their kin) are an error, because
        a population may be called so.
    random_state : int, RandomState, Generator or None, default=None
        For ``missing="impute"``.
    verbose : int, default=0
        Above 0, progress is shown.

    Returns
    -------
    GenotypeSet
        Its ``counts`` say what happened: ``variants_read`` (rows of the region), the variants dropped by the first
        reason that applies (``multi_allelic``, ``no_alternative``, ``not_snp``, ``without_gt``, ``above_max_missing``,
        ``below_min_maf``, ``haploid``, ``with_missing``), ``missing_calls`` in what was kept before ``missing`` is
        applied to it, and of these ``placeholder_calls`` and ``imputed_calls``; ``cleaned`` (rows with blanks in their
        words, which were taken out), ``people_read``, ``people_unlabelled`` and ``people_above_max_missing``. ``maf``
        is that of the calls.

    Raises
    ------
    DataFormatError
        If the file is cut off, damaged or of another format (the message gives the command that converts it), has no
        GT field, no individuals or one of them twice; if no variant or individual is left; if individuals have no
        label; or if calls do not fit the encoding. The message names the place.
    MissingDependencyError
        Without cyvcf2: install the extra ``genotypes``; for PLINK's files without bed-reader: the extra ``plink``.
    InsufficientMemoryError
        If the genotypes, or a single line of the file, are more than memory holds.
    ValueError
        If a parameter is wrong.

    Warns
    -----
    SeqAugWarning
        If rows were not sorted by position, each chromosome in one piece; they are sorted.

    See Also
    --------
    make_genotypes : Simulated individuals.
    write_vcf : The way back.

    Notes
    -----
    The 1000 Genomes tables put the populations ACB and ASW (African ancestry in Barbados and the US Southwest) into
    AFR; the PG-cGAN notebook puts them into AMR. For its labels read ``label_column="population"`` and map
    ``populations`` with ``PG_CGAN_SUPER_POPULATIONS``; ``SUPER_POPULATIONS`` is the usual grouping.

    Variants are limited before individuals because one bad variant counts for every individual (Marees et al.).
    PLINK's ``.bed`` is read by bed-reader, which is maintained, small (NumPy only) and reads any part of a file.

    References
    ----------
    Danecek et al., "The variant call format and VCFtools", Bioinformatics 2011, doi 10.1093/bioinformatics/btr330.
    Marees et al., "A tutorial on conducting genome-wide association studies: Quality control and statistical
    analysis", Int. J. Methods Psychiatr. Res. 2018, doi 10.1002/mpr.1608.
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
    limits = {
        "max_missing_per_variant": max_missing_per_variant,
        "max_missing_per_individual": max_missing_per_individual,
    }
    choices = {"kind": kind, "encoding": encoding, "other_variants": other_variants, "without_gt": without_gt}
    _check_parameters(min_maf, limits, choices | {"missing": missing, "haploid": haploid, "unlabelled": unlabelled})
    rng = check_generator(random_state)
    where = parse_region(region)
    rows = BedRows(path) if is_plink_bed(path) else VcfRows(path)
    try:
        check_region(region, where, rows.region_names)
        people, populations, n_unlabelled = choose_people(
            rows.samples, samples, labels, label_column, sample_column, unlabelled, missing_values
        )
        counts = dict.fromkeys(("variants_read", *_DROPPED, *_OTHERS), 0)
        counts |= {"people_read": len(people) + n_unlabelled, "people_unlabelled": n_unlabelled}
        rows.choose(people)
        # until individuals with too many missing calls are known, a variant is not judged by theirs
        settled = max_missing_per_individual is None and missing in ("drop", "error")
        blocks = CallBlocks(
            rows.file,
            rows.samples,
            encoding,
            min_maf=min_maf,
            max_missing=max_missing_per_variant,
            missing=missing if settled else "keep",
            haploid=haploid,
            counts=counts,
        )
        found = progress(rows.rows(where), description=rows.file, enabled=verbose > 0, unit=" variants")
        _collect(found, blocks, kind, {"other_variants": other_variants, "without_gt": without_gt})
        variants = blocks.variants()
        if variants.empty:
            raise _nothing_left(rows.file, counts) if counts["variants_read"] else nothing_there(rows, region, where)
        column = {name: number for number, name in enumerate(rows.samples)}
    finally:
        rows.close()
    individuals = trusted_set(
        blocks.genotypes([column[name] for name in people]),
        encoding,
        samples=np.array(people),
        variants=variants,
        populations=populations,
        counts=counts,
    )
    if max_missing_per_individual is not None:
        individuals = drop_incomplete(individuals, max_missing_per_individual, min_maf, rows.file)
        counts["missing_calls"] = int(missing_calls(individuals).sum())
    individuals = _settled(individuals, missing, rng, rows.file)
    if not individuals.n_variants:
        raise _nothing_left(rows.file, counts)
    return _sorted(individuals, rows.file)


def _check_parameters(min_maf, limits, choices):
    for name, value in choices.items():
        if value not in _CHOICES[name]:
            raise invalid_parameter(name, f"must be one of {', '.join(map(repr, _CHOICES[name]))}, got {value!r}")
    if min_maf is not None and not 0 <= min_maf <= 0.5:
        raise invalid_parameter("min_maf", f"must be a frequency from 0 to 0.5, or None, got {min_maf!r}")
    for name, limit in limits.items():
        if limit is not None and not 0 <= limit <= 1:
            raise invalid_parameter(name, f"must be a share from 0 to 1, or None, got {limit!r}")


def _collect(rows, blocks, kind, on_others):
    counts = blocks.counts
    for chrom, pos, label, ref, alternatives, calls in rows:
        counts["variants_read"] += 1
        label, ref, alternatives, is_changed = clean_words(blocks.file, chrom, pos, label, ref, alternatives)
        real, codes = real_alternatives(ref, alternatives)
        reason, found = _reason_against(ref, real, kind), None
        if reason is None and (found := calls()) is None:
            reason = "without_gt"
        if reason is None:
            if codes is not None:
                found, n_unknown = recoded_calls(found, codes)
                counts["placeholder_calls"] += n_unknown
            counts["cleaned"] += is_changed
            blocks.add((chrom, pos, label, ref, real[0]), found)
            continue
        if on_others["without_gt" if reason == "without_gt" else "other_variants"] == "error":
            raise _unwanted(f"{blocks.file}: {chrom}:{pos}", f"{ref}>{','.join(alternatives) or '.'}", reason, kind)
        counts[reason] += 1
    blocks.flush()


def _reason_against(ref, alternatives, kind):
    if len(alternatives) != 1:
        return "multi_allelic" if alternatives else "no_alternative"
    is_snp = ref in _BASES and alternatives[0] in _BASES
    return None if kind == "biallelic" or is_snp else "not_snp"


def _unwanted(where, alleles, reason, kind):
    if reason == "without_gt":
        way_out = Message("drop such rows with ", Parameter("without_gt", "drop"))
        return DataFormatError(Message(f"{where} has no GT field; genotypes are needed for every variant; ", way_out))
    way_out = Message("; drop such rows with ", Parameter("other_variants", "drop"))
    return DataFormatError(Message(f"{where} {alleles} ({reason}) is not of ", Parameter("kind", kind), way_out))


def _nothing_left(file, counts):
    reasons = ", ".join(f"{name} {counts[name]}" for name in _DROPPED if counts[name])
    told = f"{file}: none of {counts['variants_read']} variants is left ({reasons})"
    if counts["haploid"]:
        way_out = Message("; of haploid individuals read calls of one allele with ", Parameter("haploid", "double"))
        return DataFormatError(Message(told, way_out))
    if counts["with_missing"]:
        return DataFormatError(Message(told, "; fill missing calls with ", Parameter("missing", "impute")))
    return DataFormatError(told)


def _settled(individuals, missing, rng, file):
    """Apply ``missing`` to the calls that are still missing."""
    if missing == "impute":
        return impute(individuals, rng)
    if missing == "keep" or not individuals.has_missing:
        return individuals
    broken = missing_calls(individuals)
    if missing == "error":
        person, variant = np.argwhere(broken)[0]
        place = "{}:{}".format(*individuals.variants.loc[variant, ["chrom", "pos"]])
        way_out = Message("; keep them as -1 with ", Parameter("missing", "keep"))
        raise DataFormatError(
            Message(f"{file}: sample {str(individuals.samples[person])!r} has a missing call at {place}", way_out)
        )
    individuals.counts["missing_calls"] = 0
    return keep_variants(individuals, ~broken.any(axis=0), "with_missing")


def _sorted(individuals, file):
    """Put variants in the order that VCF demands: chromosomes in one piece, in the order of the file, by position."""
    chromosomes, positions = individuals.variants["chrom"], individuals.variants["pos"].to_numpy()
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys(chromosomes))}
    order = np.lexsort([positions, chromosomes.map(ranks)])  # stable; the last key counts first
    n_moved = int((order != np.arange(len(order))).sum())
    if not n_moved:
        return individuals
    warn(
        f"{file} is not sorted by position with each chromosome in one piece; {counted(n_moved, 'variant')} of "
        f"{len(order)} moved",
        SeqAugWarning,
    )
    return keep_variants(individuals, order)
