"""Genotypes into VCF files."""

import errno
from pathlib import Path

import numpy as np
import pandas as pd

from seqaug_sklearn import __version__
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.genotypes import check_genotypes, sample_names, to_haplotypes
from seqaug_sklearn.utils import invalid_parameter, listed, replaced_bgzip

__all__ = ["write_vcf"]

_BLOCK_BYTES = 16 << 20
_COLUMNS = ("chrom", "pos", "ref", "alt")
_CHARACTERS = np.frombuffer(b"01.", np.uint8)  # -1, missing, is the last


def write_vcf(path, genotypes, *, variants=None, samples=None, encoding: str | None = None, notes=()) -> Path:
    """Write genotypes as a VCF file that reads again to the same values.

    The file is written beside its place under another name and then renamed, so a broken run leaves nothing half
    written. A VCF file stands variant by variant, so all individuals are in memory while it is written: one byte per
    individual and variant, for haplotypes two (100,000 individuals with 742 variants: 74 or 148 MB); an iterator of
    chunks takes twice that while they are joined.

    Parameters
    ----------
    path : str or path-like
        ``.vcf`` for plain text, ``.vcf.gz`` or ``.vcf.bgz`` for bgzip.
    genotypes : GenotypeSet, array-like of int, (X, y), or iterator of these
        Individuals to write; arrays as in :class:`GenotypeSet`. What ``sample`` of the generators gives is taken as it
        is; a VCF file has no place for the populations ``y``. An iterator, as ``iter_sample`` gives, holds the
        individuals in chunks.
    variants : pandas.DataFrame of shape (n_variants, ...), default=None
        ``chrom``, ``pos`` (1-based; 0 is the telomere), ``ref``, ``alt`` and, if wanted, ``id``, sorted by position.
        None takes those of the GenotypeSet.
    samples : array-like of str of shape (n_samples,), default=None
        Names of the individuals, which may hold blanks. None takes those of the GenotypeSet; for arrays, ``sample1``
        and so on.
    encoding : {"dosage", "phased", "haplotype"}, default=None
        Encoding of arrays. Allele counts are written without phase (``0/1``), the others with it (``0|1``); a missing
        allele is ``.``.
    notes : sequence of str, default=()
        What whoever opens the file should know: a line ``##note=...`` of the header each.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataFormatError
        If genotypes, variants and samples do not fit each other, names repeat or hold tabs or line breaks, words of
        the variants hold white space, or the variants are not sorted.
    ValueError
        If the suffix is unknown, or arrays come without encoding or variants.
    FileNotFoundError
        If the folder does not exist.
    OutputError
        If the file cannot be written.

    See Also
    --------
    read_genotypes : The way back.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from seqaug_sklearn.datasets import make_genotypes, write_vcf
    >>> individuals = make_genotypes(1, n_variants=2, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = write_vcf(pathlib.Path(folder) / "individuals.vcf", individuals).read_text()
    >>> text.splitlines()[0], len(text.splitlines()[-1].split())
    ('##fileformat=VCFv4.2', 14)
    """
    path = Path(path)
    packed = path.name.endswith((".vcf.gz", ".vcf.bgz"))
    if not packed and path.suffix != ".vcf":
        raise invalid_parameter("path", f"must end in .vcf, .vcf.gz or .vcf.bgz, got {path.name!r}")
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "the folder does not exist; make it first", str(path.parent))
    known = genotypes if _is_set(genotypes) else None
    encoding = encoding or (known.encoding if known else None)
    if encoding is None:
        raise invalid_parameter("encoding", "must say what an array holds: 'dosage', 'phased' or 'haplotype'")
    values = _joined(genotypes, encoding)
    variants = _check_variants(known.variants if variants is None and known else variants, values.shape[1])
    n_individuals = len(values) // (2 if encoding == "haplotype" else 1)
    samples = _check_samples(known.samples if samples is None and known else samples, n_individuals)
    with replaced_bgzip(path, packed=packed) as file:
        file.write(_header(variants["chrom"], samples, notes))
        for rows in _rows(values, encoding, variants):
            file.write(rows)
    return path


def _is_set(genotypes):
    return hasattr(genotypes, "genotypes") and hasattr(genotypes, "variants")


def _joined(genotypes, encoding):
    if hasattr(genotypes, "__next__"):
        chunks = [check_genotypes(_without_labels(chunk), encoding, "genotypes") for chunk in genotypes]
        if len({chunk.shape[1] for chunk in chunks}) > 1:
            raise DataFormatError("genotypes comes in chunks with different numbers of variants")
        if chunks:
            return np.concatenate(chunks)
        genotypes = np.empty((0, 0), np.int8)  # which the check refuses, and says so
    return check_genotypes(_without_labels(genotypes), encoding, "genotypes")


def _without_labels(given):
    """Return X of the (X, y) that generators of individuals give: a table, and a list of as many labels."""
    if isinstance(given, tuple) and len(given) == 2 and np.ndim(given[0]) == 2 and np.ndim(given[1]) == 1:
        return given[0]
    return given


def _check_variants(variants, n_variants):
    """Return a frame with the columns chrom, pos, id, ref, alt that is safe to write."""
    if variants is None:
        raise ValueError("variants must be given with an array: a table with chrom, pos, ref and alt")
    absent = [column for column in _COLUMNS if column not in variants.columns]
    if absent:
        raise DataFormatError(f"variants lacks the column(s) {', '.join(absent)}")
    if len(variants) != n_variants:
        raise DataFormatError(f"variants has {len(variants)} rows, but the genotypes have {n_variants} variants")
    table = variants[list(_COLUMNS)].astype({"chrom": str, "ref": str, "alt": str})
    table.insert(2, "id", variants["id"].astype(str) if "id" in variants.columns else ".")
    for column in ("chrom", "id", "ref", "alt"):
        _check_words(table[column], f"variants[{column!r}]")
    several = table["alt"].str.contains(",")
    if several.any():
        raise DataFormatError(
            f"variants['alt'] must hold one alternative allele each, got {table['alt'][several].iloc[0]!r}"
        )
    _check_order(table["chrom"], table["pos"])
    return table


def _check_order(chromosomes, positions):
    if positions.dtype.kind not in "iu" or positions.min() < 0:
        raise DataFormatError(
            "variants['pos'] must hold whole numbers of at least 0: positions are 1-based, and 0 is the telomere"
        )
    new_chromosome = chromosomes.ne(chromosomes.shift())
    if chromosomes[new_chromosome].duplicated().any() or (positions.diff()[~new_chromosome] < 0).any():
        raise DataFormatError(
            "variants must be sorted by position, each chromosome in one piece; sort the columns of the genotypes alike"
        )


def _check_samples(samples, n_individuals):
    if samples is None:
        samples = sample_names(n_individuals)
    samples = pd.Series(samples).astype(str)
    if len(samples) != n_individuals:
        raise DataFormatError(f"samples has {len(samples)} names, but the genotypes are of {n_individuals} individuals")
    wrong = samples[~samples.str.fullmatch(r"[^\t\n\r]+")]
    if len(wrong):
        raise DataFormatError(f"samples must be names without tabs and line breaks, got {wrong.iloc[0]!r}")
    if samples.duplicated().any():
        raise DataFormatError(f"samples must be unique; twice: {listed(samples[samples.duplicated()].unique())}")
    return samples


def _check_words(words, name):
    wrong = words[~words.str.fullmatch(r"\S+")]
    if len(wrong):
        raise DataFormatError(f"{name} must be words without white space, got {wrong.iloc[0]!r}")


def _header(chromosomes, samples, notes):
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples]
    lines = [
        "##fileformat=VCFv4.2",
        f"##source=seqaug-sklearn {__version__}",
        *(f"##note={' '.join(note.split())}" for note in notes),
        '##FILTER=<ID=PASS,Description="All filters passed">',
        *(f"##contig=<ID={chromosome}>" for chromosome in chromosomes.unique()),
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        "\t".join(columns),
    ]
    return ("\n".join(lines) + "\n").encode()


def _rows(genotypes, encoding, variants):
    """Yield the text of some variants at a time."""
    separator = "/" if encoding == "dosage" else "|"
    step = max(1, _BLOCK_BYTES // (2 * len(genotypes)))
    for begin in range(0, len(variants), step):
        first, second = _alleles(genotypes[:, begin : begin + step], encoding)
        cells = np.empty((*first.T.shape, 4), np.uint8)  # "0|1<tab>" for each variant and individual
        cells[..., 0], cells[..., 2] = _CHARACTERS[first.T], _CHARACTERS[second.T]
        cells[..., 1], cells[..., 3] = ord(separator), ord("\t")
        cells[:, -1, 3] = ord("\n")
        for variant, calls in zip(variants[begin : begin + step].itertuples(index=False), cells, strict=True):
            yield "\t".join(map(str, variant)).encode() + b"\t.\tPASS\t.\tGT\t" + calls.tobytes()


def _alleles(genotypes, encoding):
    """Return the first and the second allele of everyone; of allele counts the larger stands second, as is usual."""
    if encoding == "dosage":
        return genotypes - (genotypes > 0), np.minimum(genotypes, 1)
    haplotypes = to_haplotypes(genotypes, encoding)
    return haplotypes[0::2], haplotypes[1::2]
