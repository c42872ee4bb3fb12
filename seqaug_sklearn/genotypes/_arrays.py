"""Genotype arrays: validation and conversion between allele counts, phased states and haplotypes.

One person is one row of allele counts or phased states, and two neighbouring rows (2i, 2i + 1) of haplotypes.
"""

import warnings

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning

__all__ = [
    "ENCODINGS",
    "check_genotypes",
    "dosages",
    "from_haplotypes",
    "recode_genotypes",
    "to_haplotypes",
    "warn_of_encoding",
]

ENCODINGS = {"dosage": 2, "phased": 3, "haplotype": 1}
"""Encoding -> largest value; the smallest is 0, and -1 is missing."""

_MEANING = {
    "dosage": "0, 1, 2 copies of the alternative allele",
    "phased": "0, 1, 2, 3 for 0|0, 0|1, 1|0, 1|1",
    "haplotype": "0 for the reference and 1 for the alternative allele",
}


_RARE = 1e-4


def check_genotypes(G, encoding, name="X", *, allow_missing=True):
    """Validate genotypes and return them as an int8 array.

    Parameters
    ----------
    G : array-like of shape (n_samples, n_variants), or (2 * n_samples, n_variants) for ``"haplotype"``
        ndarray, DataFrame, list of rows, or an object with ``genotypes`` and ``encoding`` (a ``GenotypeSet``).
    encoding : {"dosage", "phased", "haplotype"}
        What the values mean; see :func:`recode_genotypes`. It is said, never guessed.
    name : str, default="X"
        Name used in messages.
    allow_missing : bool, default=True
        Whether missing values (-1) may stand in it.

    Returns
    -------
    int8 ndarray
        The input itself where it is an int8 array already.

    Raises
    ------
    DataFormatError
        If the shape, the type or a value breaks the encoding's rule, or the object carries another encoding.
    ValueError
        If the encoding is unknown.

    Examples
    --------
    >>> check_genotypes([[0, 1], [2, -1]], "dosage")
    array([[ 0,  1],
           [ 2, -1]], dtype=int8)
    """
    _check_encoding(encoding)
    values = _values(G, encoding, name)
    if values.ndim != 2 or 0 in values.shape:
        raise DataFormatError(
            f"{name} must be a dense 2-D array of genotypes, people by variants, with at least one of each; "
            f"got shape {values.shape}"
        )
    if encoding == "haplotype" and len(values) % 2:
        raise DataFormatError(
            f"{name} holds {len(values)} haplotypes, but every person has two: rows 2i and 2i + 1 belong together"
        )
    return _check_values(values, encoding, name, allow_missing)


def warn_of_encoding(G, encoding, name="X", *, takes_counts=True, stacklevel=2):
    """Warn where a bare array that is taken for phased states looks like allele counts or haplotypes.

    Phased states have no order between the chromosomes: a common allele gives ``1|1`` (3) in some people, and as many
    ``1|0`` (2) as ``0|1`` (1). Their absence is only said where chance would bring it less than once in 10,000 times,
    so small arrays are let pass. A ``GenotypeSet`` knows its encoding.

    Parameters
    ----------
    G : array-like
        As in :func:`check_genotypes`, valid.
    encoding : str
        What it is taken for; nothing is said but for ``"phased"``.
    name : str, default="X"
        For the message.
    takes_counts : bool, default=True
        Whether the caller takes ``encoding="dosage"``.
    stacklevel : int, default=2
        Of the warning.

    Warns
    -----
    SeqAugWarning
    """
    if encoding != "phased" or hasattr(G, "encoding"):
        return
    values = check_genotypes(G, encoding, name)
    if values.max() == 2 and _chance_of_no_three(values) < _RARE:
        way_out = (
            "pass encoding='dosage'"
            if takes_counts
            else "counts cannot be used here, because they do not say which chromosome carries an allele: read phased "
            "genotypes"
        )
        looks_like = f"never 3 (1|1), as allele counts do. If they are counts, {way_out}"
    elif values.max() == 1 and 0.5 ** np.count_nonzero((values == 1).any(axis=1)) < _RARE:
        looks_like = "only 0 and 1, as haplotypes do. If two neighbouring rows are a person, pass encoding='haplotype'"
    else:
        return
    warnings.warn(
        f"{name} is read as phased genotypes (encoding='phased': 0 to 3 for 0|0, 0|1, 1|0, 1|1), but it holds "
        f"{looks_like}; a GenotypeSet says itself what it holds",
        SeqAugWarning,
        stacklevel=stacklevel + 1,
    )


def _chance_of_no_three(values):
    """Chance that nobody has two copies of the variant where most should, mating being random."""
    called = np.maximum(np.count_nonzero(values >= 0, axis=0), 1)
    frequencies = np.count_nonzero(values > 0, axis=0) / (2 * called)
    return ((1 - frequencies**2) ** called).min()


def recode_genotypes(G, *, source, target):
    """Convert genotypes from one encoding to another.

    ``"phased"`` and ``"haplotype"`` hold the same and convert both ways without loss. Both convert to ``"dosage"``,
    which forgets the phase, so there is no way back.

    Parameters
    ----------
    G : array-like of int of shape (n_samples, n_variants), or (2 * n_samples, n_variants) for ``"haplotype"``
        Genotypes; -1 is missing.
    source, target : {"dosage", "phased", "haplotype"}
        ``"dosage"``: copies of the alternative allele, 0, 1 or 2. ``"phased"``: 0, 1, 2, 3 for ``0|0``, ``0|1``,
        ``1|0``, ``1|1``. ``"haplotype"``: 0 or 1, with person i in rows 2i and 2i + 1.

    Returns
    -------
    int8 ndarray
        Genotypes in the target encoding, never the input itself. Where one of a person's two alleles is missing,
        haplotypes keep the other; the other encodings have -1 for the person.

    Raises
    ------
    DataFormatError
        If G is not in the source encoding, or dosages are to become phased.
    ValueError
        If an encoding is unknown.

    See Also
    --------
    genotype_one_hot : Phased states as four channels.

    Examples
    --------
    >>> from seqaug_sklearn.encoding import recode_genotypes
    >>> recode_genotypes([[0, 1, 2, 3]], source="phased", target="haplotype").tolist()
    [[0, 0, 1, 1], [0, 1, 0, 1]]
    >>> recode_genotypes([[0, 1, 2, 3]], source="phased", target="dosage").tolist()
    [[0, 1, 1, 2]]
    """
    _check_encoding(target, "target")
    _check_encoding(source, "source")
    if source == target:
        return check_genotypes(G, source, "G").copy()
    if target == "dosage":
        return dosages(G, source, "G")
    return from_haplotypes(to_haplotypes(G, source, "G"), target, "G")


def to_haplotypes(G, encoding, name="X"):
    """Return genotypes as haplotypes: int8 (2 * n_samples, n_variants), person i in rows 2i and 2i + 1.

    Raises
    ------
    DataFormatError
        For dosages: which chromosome carries the allele is unknown.
    """
    G = check_genotypes(G, encoding, name)
    if encoding == "haplotype":
        return G
    if encoding == "dosage":
        raise DataFormatError(
            f"{name} holds allele counts (encoding='dosage'), which do not say which chromosome carries an allele; "
            "read phased genotypes instead (encoding='phased' or 'haplotype'), or phase them with a phasing program"
        )
    haplotypes = np.empty((2 * len(G), G.shape[1]), np.int8)
    np.right_shift(G, 1, out=haplotypes[0::2])  # -1 stays -1
    np.bitwise_and(G, 1, out=haplotypes[1::2])
    haplotypes[1::2][G < 0] = -1
    return haplotypes


def from_haplotypes(H, encoding, name="H"):
    """Return haplotypes in the given encoding; a person with one allele missing is missing in the others."""
    H = check_genotypes(H, "haplotype", name)
    _check_encoding(encoding)
    if encoding == "haplotype":
        return H
    first, second = H[0::2], H[1::2]
    G = first * np.int8(2 if encoding == "phased" else 1) + second
    G[(first < 0) | (second < 0)] = -1
    return G


def dosages(G, encoding, name="X"):
    """Return the copies of the alternative allele: int8 (n_samples, n_variants), -1 missing."""
    G = check_genotypes(G, encoding, name)
    if encoding == "haplotype":
        return from_haplotypes(G, "dosage", name)
    if encoding == "dosage":
        return G
    return np.array([0, 1, 1, 2, -1], np.int8)[G]  # index -1 is the last


def _check_encoding(encoding, parameter="encoding"):
    if encoding not in ENCODINGS:
        raise ValueError(f"{parameter} must be one of {', '.join(map(repr, ENCODINGS))}, got {encoding!r}")


def _values(G, encoding, name):
    """Return the bare array; a set that knows its own encoding must agree."""
    if hasattr(G, "genotypes") and hasattr(G, "encoding"):
        if G.encoding != encoding:
            way_out = f"convert it with {name}.recode({encoding!r}), or pass encoding={G.encoding!r}"
            if G.encoding == "dosage":
                way_out = (
                    "allele counts do not say which chromosome carries an allele, so read the file with "
                    f"encoding={encoding!r}"
                )
            raise DataFormatError(f"{name} has the encoding {G.encoding!r}, but {encoding!r} was asked for; {way_out}")
        return G.genotypes
    try:
        return G.to_numpy() if hasattr(G, "iloc") else np.asarray(G)
    except ValueError as error:
        raise DataFormatError(f"{name} must be a table of genotypes with rows of equal length ({error})") from error


def _check_values(values, encoding, name, allow_missing):
    numbers = _as_numbers(values, encoding, name)
    lowest, highest = numbers.min(), numbers.max()
    if not (lowest >= -1 and highest <= ENCODINGS[encoding]):  # NaN fails too
        _raise_for_first(
            (numbers < -1) | (numbers > ENCODINGS[encoding]) | (numbers != numbers), numbers, encoding, name
        )
    codes = numbers.astype(np.int8, copy=False)
    if codes is not numbers and numbers.dtype.kind == "f" and (codes != numbers).any():
        _raise_for_first(codes != numbers, numbers, encoding, name)
    if not allow_missing and lowest < 0:
        missing = codes < 0
        raise DataFormatError(
            f"{name} has {missing.sum()} missing genotypes (-1) in {missing.any(axis=1).sum()} rows, which are not "
            "accepted here; drop those variants or people, or impute them first"
        )
    return codes


def _as_numbers(values, encoding, name):
    if values.dtype.kind == "b":
        return values.view(np.int8) if values.flags.c_contiguous else values.astype(np.int8)
    if values.dtype.kind in "iuf":
        return values
    try:
        return values.astype(np.float64)  # columns of objects, as a frame with missing values has them
    except (TypeError, ValueError):
        raise DataFormatError(
            f"{name} must hold whole numbers ({_MEANING[encoding]}; -1 missing), got values of type {values.dtype}"
        ) from None


def _raise_for_first(wrong, numbers, encoding, name):
    row, column = np.argwhere(wrong)[0]
    value = numbers[row, column]
    hint = "; missing genotypes are -1, not NaN" if value != value else ""
    raise DataFormatError(
        f"{name}: row {row}, variant {column} is {value.item()!r}, but encoding={encoding!r} has {_MEANING[encoding]}, "
        f"and -1 for missing{hint} ({wrong.sum()} such values)"
    )
