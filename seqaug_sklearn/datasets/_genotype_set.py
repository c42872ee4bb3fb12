"""Genotypes of people, with their names, populations and variants."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.genotypes import check_genotypes, dosages, recode_genotypes

__all__ = ["GenotypeSet", "minor_allele_frequencies"]

_VARIANT_COLUMNS = ("chrom", "pos", "id", "ref", "alt", "maf")


@dataclass(frozen=True, eq=False, repr=False)
class GenotypeSet:
    """Genotypes with the people and variants they belong to; made by :func:`read_genotypes` and :func:`make_genotypes`.

    Attributes
    ----------
    genotypes : int8 ndarray of shape (n_samples, n_variants), or (2 * n_samples, n_variants) for ``"haplotype"``
        Values by ``encoding``; -1 missing. Person i has the rows 2i and 2i + 1 of haplotypes.
    encoding : {"dosage", "phased", "haplotype"}
        What the values mean: copies of the alternative allele; 0 to 3 for ``0|0``, ``0|1``, ``1|0``, ``1|1``; alleles.
    samples : ndarray of str of shape (n_samples,)
        Identifiers of the people.
    variants : pandas.DataFrame of shape (n_variants, 6)
        ``chrom``, ``pos``, ``id`` (``"."`` for none), ``ref``, ``alt``, ``maf``. Positions are 1-based, as in the VCF
        file; ``maf`` is the minor-allele frequency among these people (NaN where nobody was called).
    populations : ndarray of shape (n_samples,) or None
        Labels of the people, what classifiers and generators take as ``y``.
    counts : dict of str to int
        What was read and what was dropped on the way; see :func:`read_genotypes`.

    See Also
    --------
    write_vcf : The way back into a file.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_genotypes
    >>> people = make_genotypes(3, n_variants=20, random_state=0)
    >>> people
    GenotypeSet(15 people, 20 variants, encoding='phased', populations: POP1 3, POP2 3, POP3 3, POP4 3, POP5 3)
    >>> people.take(people.populations == "POP2").recode("dosage").genotypes.shape
    (3, 20)
    """

    genotypes: Any
    encoding: str
    samples: Any
    variants: pd.DataFrame
    populations: Any = None
    counts: dict = field(default_factory=dict)

    def __post_init__(self):
        genotypes = check_genotypes(self.genotypes, self.encoding, "genotypes")
        object.__setattr__(self, "genotypes", genotypes)
        for name in ("samples", "populations"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, np.asarray(getattr(self, name)))
        n_people = len(genotypes) // 2 if self.encoding == "haplotype" else len(genotypes)
        _check_length("samples", self.samples, n_people, "people")
        _check_length("variants", self.variants, genotypes.shape[1], "variants")
        if self.populations is not None:
            _check_length("populations", self.populations, n_people, "people")
        absent = [column for column in _VARIANT_COLUMNS if column not in self.variants.columns]
        if absent:
            raise DataFormatError(f"variants lacks the column(s) {', '.join(absent)}")

    def __len__(self):
        return len(self.samples)

    def __repr__(self):
        labels = ""
        if self.populations is not None:
            names, sizes = np.unique(self.populations, return_counts=True)
            shown = [f"{name} {size}" for name, size in zip(names[:8], sizes[:8], strict=True)]
            labels = f", populations: {', '.join(shown)}" + (", ..." if len(names) > 8 else "")
        return f"GenotypeSet({len(self)} people, {len(self.variants)} variants, encoding={self.encoding!r}{labels})"

    def recode(self, encoding: str) -> "GenotypeSet":
        """Return the same people in another encoding.

        Parameters
        ----------
        encoding : {"dosage", "phased", "haplotype"}
            The encoding wanted. Allele counts have no phase and convert to nothing else.

        Returns
        -------
        GenotypeSet
        """
        genotypes = recode_genotypes(self, source=self.encoding, target=encoding)
        return dataclasses.replace(self, genotypes=genotypes, encoding=encoding)

    def take(self, people) -> "GenotypeSet":
        """Return some of the people; minor-allele frequencies are counted anew, and no variant is dropped.

        Parameters
        ----------
        people : bool or int array-like
            Mask over the people, or their numbers in the order wanted; numbers of people also for haplotypes.

        Returns
        -------
        GenotypeSet
        """
        rows = np.arange(len(self))[np.asarray(people)]
        if self.encoding == "haplotype":
            genotypes = self.genotypes[np.stack([2 * rows, 2 * rows + 1], axis=1).ravel()]
        else:
            genotypes = self.genotypes[rows]
        return dataclasses.replace(
            self,
            genotypes=genotypes,
            samples=self.samples[rows],
            populations=None if self.populations is None else self.populations[rows],
            variants=self.variants.assign(maf=minor_allele_frequencies(genotypes, self.encoding)),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the genotypes as a table.

        Returns
        -------
        pandas.DataFrame of int8
            Columns ``chrom:pos:ref:alt``; the index is the sample, or sample and haplotype (0, 1).
        """
        index = pd.Index(self.samples, name="sample")
        if self.encoding == "haplotype":
            index = pd.MultiIndex.from_product([index, [0, 1]], names=["sample", "haplotype"])
        names = [f"{v.chrom}:{v.pos}:{v.ref}:{v.alt}" for v in self.variants.itertuples()]
        return pd.DataFrame(self.genotypes, index=index, columns=names)

    def people(self) -> pd.DataFrame:
        """Return the table ``sample, population``, as :func:`read_genotypes` takes for ``labels``.

        Returns
        -------
        pandas.DataFrame
            Without ``population`` where there are no labels.
        """
        table = pd.DataFrame({"sample": self.samples})
        return table if self.populations is None else table.assign(population=self.populations)


def minor_allele_frequencies(genotypes, encoding):
    """Return the minor-allele frequency per variant among alleles that were called; NaN where there are none."""
    alleles = genotypes if encoding == "haplotype" else dosages(genotypes, encoding)
    called = alleles >= 0
    copies = np.where(called, alleles, 0).sum(axis=0, dtype=np.int64)
    with np.errstate(invalid="ignore"):
        alternative = copies / (called.sum(axis=0) * (1 if encoding == "haplotype" else 2))
    return np.minimum(alternative, 1 - alternative)


def _check_length(name, values, expected, unit):
    if len(values) != expected:
        raise DataFormatError(f"{name} has {len(values)} entries, but the genotypes are of {expected} {unit}")
