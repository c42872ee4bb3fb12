"""Files of genotypes that are not read, by their content: each with the command that converts it."""

import re
import warnings

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils import open_text

__all__ = ["is_plink_bed", "refuse_other_formats"]

_PLINK = b"\x6c\x1b"
"""Begins the binary files of PLINK 1 (third byte 1, or 0 for individuals before variants) and PLINK 2 (others)."""
_MOST_LETTERS = 4096
_ALLELES = re.compile(r"[ACGTN0-9IDacgtn-]+")
_STEM = "write it as VCF with "
_WAYS = {
    "a PLINK .ped file": _STEM + "plink --file {stem} --recode vcf-iid bgz --out {stem}",
    "a PLINK .bed file with individuals before variants": "turn it with plink --bfile {stem} "
    "--make-bed --out {stem}-new",
    "a PLINK 2 .pgen file": _STEM + "plink2 --pfile {stem} --export vcf bgz --out {stem}",
    "a BGEN file": _STEM + "plink2 --bgen {file} ref-first --sample {stem}.sample --export vcf bgz --out {stem}",
    "an Oxford .hap file": _STEM + "bcftools convert --haplegendsample2vcf {stem} -Oz -o {stem}.vcf.gz",
    "an Oxford .haps file": _STEM + "bcftools convert --hapsample2vcf {stem} -Oz -o {stem}.vcf.gz",
    "an Oxford .gen file": _STEM + "bcftools convert --gensample2vcf {stem} -Oz -o {stem}.vcf.gz",
}
"""What a file is -> how it becomes one that is read."""


def is_plink_bed(path):
    """Whether a file is a PLINK 1 .bed file with variants before individuals (UCSC's BED files are text)."""
    with path.open("rb") as file:
        return file.read(3) == _PLINK + b"\x01"


def refuse_other_formats(path):
    """Raise DataFormatError for formats of other programs; VCF, BCF and what is unknown pass."""
    with path.open("rb") as file:
        head = file.read(20)
    what = _binary(head) if head.startswith(_PLINK) or head[16:20] == b"bgen" else _text(path, head)
    if what is None:
        return
    name = path.name.removesuffix(".gz")
    stem = name.rpartition(".")[0] or name
    raise DataFormatError(f"{path.name} is {what}, no VCF or BCF file; {_WAYS[what].format(stem=stem, file=path.name)}")


def _binary(head):
    if head[16:20] == b"bgen":
        return "a BGEN file"
    return "a PLINK .bed file with individuals before variants" if head[2:3] == b"\x00" else "a PLINK 2 .pgen file"


def _text(path, head):
    if head[:1] in (b"", b"#", b"B") or b"\0" in head[:4]:  # VCF and BCF, plain
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SeqAugWarning)  # a guess of the encoding: BCF is no text
            with open_text(path, copies=0) as file:
                line = file.readline(_MOST_LETTERS)
    except DataFormatError:
        return None
    whole = line.endswith("\n")
    fields = line.split()
    fields = fields if whole or len(line) < _MOST_LETTERS else fields[:-1]
    if line.startswith("#") or len(fields) < 6:
        return None
    if set(fields) <= {"0", "1"}:
        return "an Oxford .hap file"
    return _oxford(fields) or _ped(fields, whole)


def _oxford(fields):
    """Chromosome or identifier, identifier, position, two alleles; then haplotypes, or three probabilities each."""
    if not fields[2].isdigit() or not all(map(_ALLELES.fullmatch, fields[3:5])) or fields[3].isdigit():
        return None
    if {field.rstrip("*") for field in fields[5:]} <= {"0", "1", "?"} and len(fields) % 2:
        return "an Oxford .haps file"
    is_number = all(re.fullmatch(r"[01](\.\d+)?", field) for field in fields[5:])
    return "an Oxford .gen file" if is_number and len(fields) % 3 == 2 else None


def _ped(fields, whole):
    """Family, individual, father, mother, sex, phenotype; then two alleles for each variant."""
    alleles = fields[6:]
    if len(alleles) < 2 or (whole and len(alleles) % 2) or fields[4] not in ("0", "1", "2", "other", "-9"):
        return None
    return "a PLINK .ped file" if all(map(_ALLELES.fullmatch, alleles)) else None
