"""Alleles of a row as they are meant: placeholders are no alternatives, and blanks do not count."""

import re

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["clean_words", "real_alternatives", "recoded_calls"]

_PLACEHOLDERS = frozenset({"<NON_REF>", "<*>", "<X>", "*", "."})
"""gVCF's "any other allele" in its three forms, a deletion that another row describes, and no allele."""


def clean_words(file, chrom, pos, label, ref, alternatives):
    """Return the words of a row without the blanks that the format does not allow.

    Parameters
    ----------
    file : str
        For messages.
    chrom, pos, label, ref, alternatives
        Of the row.

    Returns
    -------
    label, ref, alternatives
        Blanks around alleles are cut off, those within identifiers become ``_``.
    is_changed : bool

    Raises
    ------
    DataFormatError
        If the name of the chromosome, or an allele, holds a blank.
    """
    if re.search(r"\s", chrom):
        raise DataFormatError(
            f"{file}: the chromosome name {chrom!r} holds a blank, which VCF does not allow; rename it with bcftools "
            "annotate --rename-chrs"
        )
    words = ["_".join(label.split()), ref.strip(), [allele.strip() for allele in alternatives]]
    broken = next((allele for allele in (words[1], *words[2]) if re.search(r"\s", allele) or not allele), None)
    if broken is not None:
        raise DataFormatError(f"{file}: {chrom}:{pos} has the allele {broken!r}, which is no word; correct the file")
    return (*words, words != [label, ref, list(alternatives)])


def real_alternatives(ref, alternatives):
    """Return the alternatives that are some, and what the alleles of calls mean then.

    Returns
    -------
    real : list of str
    codes : int8 ndarray of shape (n_alternatives + 1,) or None
        Allele of a call -> 0 the reference (an alternative that equals it, too), 1 and so on an alternative in `real`,
        -1 a placeholder: which allele it is is unknown. None where nothing changes.
    """
    real, codes = [], [0]
    for allele in alternatives:
        is_reference = allele.upper() == ref.upper()
        if allele.upper() in _PLACEHOLDERS or is_reference:
            codes.append(0 if is_reference else -1)
            continue
        real.append(allele)
        codes.append(len(real))
    return real, None if len(real) == len(alternatives) else np.array(codes, np.int8)


def recoded_calls(calls, codes):
    """Return calls with other alleles, and how many individuals have a placeholder.

    Parameters
    ----------
    calls : int ndarray of shape (n_individuals, ploidy + 1)
        Alleles and phase.
    codes : int8 ndarray
        Of `real_alternatives`.
    """
    alleles = np.array(calls[:, :-1])
    known = (alleles >= 0) & (alleles < len(codes))  # what the row does not have stays, and is refused later
    n_unknown = int(((codes[np.where(known, alleles, 0)] < 0) & known).any(axis=1).sum())
    alleles[known] = codes[alleles[known]]
    return np.concatenate([alleles, calls[:, -1:]], axis=1), n_unknown
