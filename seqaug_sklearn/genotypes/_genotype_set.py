"""Genotypes of individuals, with their names, populations and variants."""

import dataclasses
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.genotypes._arrays import (
    dosages,
    minor_allele_frequencies,
    recoded,
    rows_of_individuals,
    to_haplotypes,
)
from seqaug_sklearn.genotypes._metrics import unary
from seqaug_sklearn.genotypes._values import check_encoding, check_values
from seqaug_sklearn.reporting import Shown

__all__ = ["GenotypeSet", "sample_names", "trusted_set"]

_SHOWN_ROWS, _SHOWN_COLUMNS = 10, 8
"""What a notebook shows."""
_VARIANT_COLUMNS = ("chrom", "pos", "id", "ref", "alt", "maf")


@dataclass(frozen=True, eq=False, repr=False)
class GenotypeSet(Shown):
    """Genotypes with their individuals and variants; made by :func:`read_genotypes` and :func:`make_genotypes`.

    Values are checked here, once: whatever takes a GenotypeSet trusts them, so its array must not be changed in place.

    Attributes
    ----------
    genotypes : int8 ndarray of shape (n_samples, n_variants), or (2 * n_samples, n_variants) for ``"haplotype"``
        Values by ``encoding``; -1 missing. Individual i has the rows 2i and 2i + 1 of haplotypes.
    encoding : {"dosage", "phased", "haplotype"}
        What the values mean: copies of the alternative allele; 0 to 3 for ``0|0``, ``0|1``, ``1|0``, ``1|1``; alleles.
    samples : ndarray of str of shape (n_samples,) or None
        Identifiers of the individuals.
    variants : pandas.DataFrame of shape (n_variants, 6) or None
        ``chrom``, ``pos``, ``id`` (``"."`` for none), ``ref``, ``alt``, ``maf``. Positions are 1-based, as in the VCF
        file; ``maf`` is the minor-allele frequency among these individuals (NaN where no one was called).
    populations : ndarray of shape (n_samples,) or None
        Labels of the individuals, what classifiers and generators take as ``y``.
    counts : dict of str to int
        What was read and what was dropped on the way; see :func:`read_genotypes`.

    See Also
    --------
    write_vcf : The way back into a file.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_genotypes
    >>> individuals = make_genotypes(3, n_variants=20, random_state=0)
    >>> individuals
    <GenotypeSet: 15 individuals, 20 variants, encoding 'phased', populations: POP1 3, POP2 3, POP3 3, POP4 3, POP5 3.>
    >>> individuals.take(individuals.populations == "POP2").recode("dosage").genotypes.shape
    (3, 20)
    """

    genotypes: Any
    encoding: str
    samples: Any = None
    variants: Any = None
    populations: Any = None
    counts: dict = field(default_factory=dict)

    def __post_init__(self):
        genotypes = check_values(self.genotypes, self.encoding, "genotypes")
        object.__setattr__(self, "genotypes", genotypes)  # the way to set a field of a frozen dataclass
        for name in ("samples", "populations"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, np.asarray(getattr(self, name)))
                _check_length(name, getattr(self, name), len(self), "individuals")
        if self.variants is None:
            return
        _check_length("variants", self.variants, self.n_variants, "variants")
        absent = [column for column in _VARIANT_COLUMNS if column not in self.variants.columns]
        if absent:
            raise DataFormatError(f"variants lacks the column(s) {', '.join(absent)}")

    def __len__(self):
        return len(self.genotypes) // 2 if self.encoding == "haplotype" else len(self.genotypes)

    @property
    def n_variants(self):
        """Number of variants."""
        return self.genotypes.shape[1]

    @cached_property
    def has_missing(self):
        """Whether a value is missing."""
        return bool(self.genotypes.min() < 0)

    @cached_property
    def dosages(self):
        """Copies of the alternative allele: int8 (n_samples, n_variants), -1 missing; computed once, as all below."""
        return dosages(self.genotypes, self.encoding)

    @cached_property
    def haplotypes(self):
        """Alleles, individual i in rows 2i and 2i + 1: int8 (2 * n_samples, n_variants); None without phase."""
        return None if self.encoding == "dosage" else to_haplotypes(self.genotypes, self.encoding)

    @property
    def alleles(self):
        """What linkage is computed from: haplotypes, or dosages where phase is unknown."""
        return self.dosages if self.haplotypes is None else self.haplotypes

    @cached_property
    def units(self):
        """Rows of 0 and 1 between which differences are counted: haplotypes, or unary dosages (no value missing)."""
        return unary(self.dosages) if self.haplotypes is None else self.haplotypes

    @property
    def unit_populations(self):
        """Population of each unit, or None."""
        if self.populations is None or self.haplotypes is None:
            return self.populations
        return np.repeat(self.populations, 2)

    def _sentences(self):
        labels = ""
        if self.populations is not None:
            names, sizes = np.unique(self.populations, return_counts=True)
            shown = [f"{name} {size}" for name, size in zip(names[:8], sizes[:8], strict=True)]
            labels = f", populations: {', '.join(shown)}" + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        return [f"{len(self)} individuals, {self.n_variants} variants, encoding {self.encoding!r}{labels}."]

    def _table(self):
        # thousands of variants are no table to look at
        shown = self.take(np.arange(min(len(self), _SHOWN_ROWS))).to_frame()
        return shown.iloc[:, :_SHOWN_COLUMNS]

    def recode(self, encoding: str) -> "GenotypeSet":
        """Return the same individuals in another encoding.

        Parameters
        ----------
        encoding : {"dosage", "phased", "haplotype"}
            The encoding wanted. Allele counts have no phase and convert to nothing else.

        Returns
        -------
        GenotypeSet
        """
        check_encoding(encoding, "target")
        genotypes = recoded(self.genotypes, self.encoding, encoding, "G")
        return self._changed(genotypes=genotypes, encoding=encoding)

    def take(self, people) -> "GenotypeSet":
        """Return some of the individuals; minor-allele frequencies are counted anew, and no variant is dropped.

        Parameters
        ----------
        people : bool or int array-like
            Mask over the individuals, or their numbers in the order wanted; numbers of individuals also for haplotypes.

        Returns
        -------
        GenotypeSet
        """
        numbers = np.arange(len(self))[np.asarray(people)]
        genotypes = self.genotypes[rows_of_individuals(numbers, self.encoding)]
        variants = self.variants
        if variants is not None:
            variants = variants.assign(maf=minor_allele_frequencies(genotypes, self.encoding))
        return self._changed(
            genotypes=genotypes,
            samples=None if self.samples is None else self.samples[numbers],
            populations=None if self.populations is None else self.populations[numbers],
            variants=variants,
        )

    def of(self, population) -> "GenotypeSet":
        """Return the individuals of one population, as :meth:`take` does.

        Parameters
        ----------
        population : label
            One of ``populations``.

        Returns
        -------
        GenotypeSet
        """
        return self.take(self.populations == population)

    def to_frame(self) -> pd.DataFrame:
        """Return the genotypes as a table.

        Returns
        -------
        pandas.DataFrame of int8
            Columns ``chrom:pos:ref:alt``, or numbers where ``variants`` is None; the index is the sample, or sample and
            haplotype (0, 1).
        """
        index = pd.Index(self._names(), name="sample")
        if self.encoding == "haplotype":
            index = pd.MultiIndex.from_product([index, [0, 1]], names=["sample", "haplotype"])
        names = None
        if self.variants is not None:
            names = [f"{v.chrom}:{v.pos}:{v.ref}:{v.alt}" for v in self.variants.itertuples()]
        return pd.DataFrame(self.genotypes, index=index, columns=names)

    def people(self) -> pd.DataFrame:
        """Return the table ``sample, population``, as :func:`read_genotypes` takes for ``labels``.

        Returns
        -------
        pandas.DataFrame
            Without ``population`` where there are no labels; ``sample1`` and so on where there are no names.
        """
        table = pd.DataFrame({"sample": self._names()})
        return table if self.populations is None else table.assign(population=self.populations)

    def _names(self):
        return sample_names(len(self)) if self.samples is None else self.samples

    def _changed(self, **changes):
        """Return a copy with other fields; what was computed from the old ones stays behind."""
        fields = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self)}
        return trusted_set(**(fields | changes))


def trusted_set(genotypes, encoding, *, samples=None, variants=None, populations=None, counts=None) -> GenotypeSet:
    """Make a GenotypeSet of parts that fit, without checking them: they come from another, or from a generator.

    Parameters
    ----------
    genotypes : int8 ndarray
        Valid in ``encoding``.
    encoding, samples, variants, populations, counts
        As in :class:`GenotypeSet`.

    Returns
    -------
    GenotypeSet
    """
    made = object.__new__(GenotypeSet)  # __init__ would check
    vars(made).update(
        genotypes=genotypes,
        encoding=encoding,
        samples=samples,
        variants=variants,
        populations=populations,
        counts={} if counts is None else counts,
    )
    return made


def sample_names(n_individuals) -> list[str]:
    """Return names for individuals who have none: ``sample1`` and so on."""
    return [f"sample{number}" for number in range(1, n_individuals + 1)]


def _check_length(name, values, expected, unit):
    if len(values) != expected:
        raise DataFormatError(f"{name} has {len(values)} entries, but the genotypes are of {expected} {unit}")
