"""The door for genotypes: arrays and sets are checked here once, and trusted behind it."""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.genotypes._arrays import recoded
from seqaug_sklearn.genotypes._genotype_set import GenotypeSet, trusted_set
from seqaug_sklearn.genotypes._values import check_encoding, check_values, refuse_missing
from seqaug_sklearn.utils import check_class_labels, warn

__all__ = ["check_genotypes", "is_genotype_set", "read_individuals", "recode_genotypes", "warn_of_encoding"]

_RARE = 1e-4


def read_individuals(X, populations, encoding, *, name, allow_missing=False) -> GenotypeSet:
    """Check individuals with their populations, as evaluation and displays take them.

    Parameters
    ----------
    X : array-like of int of shape (n_samples, n_variants), or (2 * n_samples, n_variants) for ``"haplotype"``, or set
        Genotypes in ``encoding``.
    populations : array-like or None
        Population of each row; for haplotypes of each individual is taken too. None takes those of the GenotypeSet.
    encoding : {"dosage", "phased", "haplotype"}
        Encoding of X.
    name : str
        Name of the group in messages.
    allow_missing : bool, default=False
        Whether missing values (-1) may stand in it.

    Returns
    -------
    GenotypeSet
        A new one, always with populations; ``samples`` and ``variants`` are None for an array. The genotypes may be
        those of X themselves.

    Raises
    ------
    DataFormatError
        If genotypes are not in ``encoding``, or miss values.
    ValueError
        If populations are absent, incomplete or of another length.
    """
    read = _array_of if isinstance(X, GenotypeSet) else check_genotypes
    genotypes = read(X, encoding, name, allow_missing=allow_missing)
    samples = variants = None
    if is_genotype_set(X):  # a DataFrame may have columns of these names
        samples, variants = getattr(X, "samples", None), getattr(X, "variants", None)
        populations = getattr(X, "populations", None) if populations is None else populations
    if populations is None:
        raise ValueError(
            f"{name} has no population labels; give them beside the genotypes, or a GenotypeSet with populations"
        )
    return trusted_set(
        genotypes,
        encoding,
        samples=None if samples is None else np.asarray(samples),
        variants=variants,
        populations=_per_individual(populations, len(genotypes), encoding, name),
    )


def _per_individual(populations, n_rows, encoding, name):
    labels = check_class_labels(populations, name=f"y of {name}")
    n_individuals = n_rows // 2 if encoding == "haplotype" else n_rows
    if labels.shape == (n_individuals,):
        return labels
    if labels.shape != (n_rows,):
        raise ValueError(f"the labels of {name} must have shape ({n_rows},), one per row, got {labels.shape}")
    return labels[::2]  # rows 2i and 2i + 1 are one individual, with one label


def is_genotype_set(given) -> bool:
    """Whether this is a GenotypeSet, or brings genotypes and their encoding as one does."""
    return hasattr(given, "genotypes") and hasattr(given, "encoding")


def check_genotypes(G, encoding, name="X", *, allow_missing=True):
    """Validate genotypes and return them as an int8 array.

    Parameters
    ----------
    G : array-like of shape (n_samples, n_variants), or (2 * n_samples, n_variants) for ``"haplotype"``
        ndarray, DataFrame, list of rows, or an object with ``genotypes`` and ``encoding``. The values of a
        ``GenotypeSet`` were checked when it was made, so only its encoding and missing values are looked at.
    encoding : {"dosage", "phased", "haplotype"}
        What the values mean; see :func:`recode_genotypes`. It is given, never guessed.
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
    if isinstance(G, GenotypeSet):
        return _array_of(G, encoding, name, allow_missing=allow_missing)
    check_encoding(encoding)
    if is_genotype_set(G):
        _check_same_encoding(G, encoding, name)
        G = G.genotypes
    return check_values(G, encoding, name, allow_missing=allow_missing)


def _array_of(individuals, encoding, name, *, allow_missing):
    """Return the genotypes of a GenotypeSet, whose values were checked when it was made."""
    check_encoding(encoding)
    _check_same_encoding(individuals, encoding, name)
    if not allow_missing and individuals.has_missing:
        refuse_missing(individuals.genotypes, name)
    return individuals.genotypes


def _check_same_encoding(G, encoding, name):
    if G.encoding == encoding:
        return
    way_out = f"convert it with {name}.recode({encoding!r}), or pass encoding={G.encoding!r}"
    if G.encoding == "dosage":
        way_out = (
            f"allele counts do not say which chromosome carries an allele, so read the file with encoding={encoding!r}"
        )
    raise DataFormatError(f"{name} has the encoding {G.encoding!r}, but {encoding!r} was asked for; {way_out}")


def warn_of_encoding(values, encoding, name="X", *, takes_counts=True):
    """Warn where a bare array that is taken for phased states looks like allele counts or haplotypes.

    Phased states have no order between the chromosomes: a common allele gives ``1|1`` (3) in some individuals, and as
    many ``1|0`` (2) as ``0|1`` (1). Their absence is only said where chance would bring it less than once in 10,000
    times, so small arrays are let pass. Not for a ``GenotypeSet``, which knows its encoding.

    Parameters
    ----------
    values : int8 ndarray
        Of :func:`check_genotypes`.
    encoding : str
        What it is taken for; nothing is said but for ``"phased"``.
    name : str, default="X"
        For the message.
    takes_counts : bool, default=True
        Whether the caller takes ``encoding="dosage"``.

    Warns
    -----
    SeqAugWarning
    """
    if encoding != "phased":
        return
    if values.max() == 2 and _chance_of_no_three(values) < _RARE:
        way_out = (
            "pass encoding='dosage'"
            if takes_counts
            else "counts cannot be used here, because they do not say which chromosome carries an allele: read phased "
            "genotypes"
        )
        looks_like = f"never 3 (1|1), as allele counts do. If they are counts, {way_out}"
    # every variant with a 1 could as well have had a 2: which chromosome is written first is a coin's choice
    elif values.max() == 1 and 0.5 ** np.count_nonzero((values == 1).any(axis=1)) < _RARE:
        looks_like = (
            "only 0 and 1, as haplotypes do. If two neighbouring rows are an individual, pass encoding='haplotype'"
        )
    else:
        return
    warn(
        f"{name} is read as phased genotypes (encoding='phased': 0 to 3 for 0|0, 0|1, 1|0, 1|1), but it holds "
        f"{looks_like}; a GenotypeSet says itself what it holds",
        SeqAugWarning,
    )


def _chance_of_no_three(values):
    """Chance that no one has two copies of the variant where most should, mating being random."""
    # a frequency p of the allele gives 1|1 with chance p ** 2 (Hardy-Weinberg), so nobody of n with (1 - p ** 2) ** n;
    # half of the share that carry the allele is the least that p can be
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
        ``1|0``, ``1|1``. ``"haplotype"``: 0 or 1, with individual i in rows 2i and 2i + 1.

    Returns
    -------
    int8 ndarray
        Genotypes in the target encoding, never the input itself. Where one of an individual's two alleles is missing,
        haplotypes keep the other; the other encodings have -1 for the individual.

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
    check_encoding(target, "target")
    check_encoding(source, "source")
    return recoded(check_genotypes(G, source, "G"), source, target, "G")
