"""What the values of a genotype array may be, and the check that says which one may not.

Checked once, where genotypes come in; whatever is behind that trusts them.
"""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["ENCODINGS", "check_encoding", "check_values", "refuse_missing"]

ENCODINGS = {"dosage": 2, "phased": 3, "haplotype": 1}
"""Encoding -> largest value; the smallest is 0, and -1 is missing."""

_MEANING = {
    "dosage": "0, 1, 2 copies of the alternative allele",
    "phased": "0, 1, 2, 3 for 0|0, 0|1, 1|0, 1|1",
    "haplotype": "0 for the reference and 1 for the alternative allele",
}


def check_encoding(encoding, parameter="encoding"):
    """Raise ValueError unless the encoding is one of ``ENCODINGS``."""
    if encoding not in ENCODINGS:
        raise ValueError(f"{parameter} must be one of {', '.join(map(repr, ENCODINGS))}, got {encoding!r}")


def check_values(G, encoding, name="X", *, allow_missing=True):
    """Validate a table of genotypes, value by value, and return it as an int8 array.

    Parameters
    ----------
    G : array-like, DataFrame or list of rows
        As in :func:`check_genotypes`, but for sets: they are no tables.
    encoding : {"dosage", "phased", "haplotype"}
        What the values mean.
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
        If the shape, the type or a value breaks the encoding's rule.
    ValueError
        If the encoding is unknown.
    """
    check_encoding(encoding)
    values = _table(G, name)
    if values.ndim != 2 or 0 in values.shape:
        raise DataFormatError(
            f"{name} must be a dense 2-D array of genotypes, individuals by variants, with at least one of each; got "
            f"shape {values.shape}"
        )
    if encoding == "haplotype" and len(values) % 2:
        raise DataFormatError(
            f"{name} holds {len(values)} haplotypes, but every individual has two: rows 2i and 2i + 1 belong together"
        )
    numbers = _as_numbers(values, encoding, name)
    lowest, highest = numbers.min(), numbers.max()
    # `not (... and ...)` instead of `... or ...`: every comparison with NaN is false, so NaN is refused too
    if not (lowest >= -1 and highest <= ENCODINGS[encoding]):
        out_of_range = (numbers < -1) | (numbers > ENCODINGS[encoding]) | np.isnan(numbers)
        _raise_for_first(out_of_range, numbers, encoding, name)
    codes = numbers.astype(np.int8, copy=False)
    # floats in range may still be fractions, which the conversion has cut off
    if numbers.dtype.kind == "f" and (codes != numbers).any():
        _raise_for_first(codes != numbers, numbers, encoding, name)
    if not allow_missing and lowest < 0:
        refuse_missing(codes, name)
    return codes


def refuse_missing(codes, name):
    """Raise DataFormatError that counts the missing values of checked genotypes."""
    missing = codes < 0
    raise DataFormatError(
        f"{name} has {missing.sum()} missing genotypes (-1) in {missing.any(axis=1).sum()} rows, which are not "
        "accepted here; drop those variants or individuals, or impute them first"
    )


def _table(G, name):
    try:
        return G.to_numpy() if hasattr(G, "iloc") else np.asarray(G)
    except ValueError as error:
        raise DataFormatError(f"{name} must be a table of genotypes with rows of equal length ({error})") from error


def _as_numbers(values, encoding, name):
    if values.dtype.kind == "b":
        # a boolean is a byte of 0 or 1 already: the same memory is read as int8
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
    hint = "; missing genotypes are -1, not NaN" if np.isnan(value) else ""
    raise DataFormatError(
        f"{name}: row {row}, variant {column} is {value.item()!r}, but encoding={encoding!r} has {_MEANING[encoding]}, "
        f"and -1 for missing{hint} ({wrong.sum()} such values)"
    )
