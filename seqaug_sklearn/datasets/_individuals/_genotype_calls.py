"""Calls of a VCF file, collected in blocks of variants and checked against the encoding wanted."""

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, Parameter, Ways, require_memory

__all__ = ["CallBlocks"]

_X = frozenset({"x", "23", "25", "par1", "par2"})
"""Names of the human X, and of the regions that it shares with Y, in VCF files and PLINK's codes."""

_BLOCK_BYTES = 16 << 20
_TABLE_BYTES = 100
"""For a row of the table of variants, beside the tuples that it is made of."""


class CallBlocks:
    """Biallelic calls on their way into an array of genotypes.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    people : list of str of length n_individuals
        Names in the order of the file.
    encoding, min_maf, missing, haploid
        As in :func:`read_genotypes`.
    max_missing : float or None
        Its ``max_missing_per_variant``.
    counts : dict of str to int
        Counters to raise: ``above_max_missing``, ``below_min_maf``, ``haploid``, ``with_missing``, ``missing_calls``.
    """

    def __init__(self, file, people, encoding, *, min_maf, max_missing, missing, haploid, counts):
        self.file = file
        self.people = people
        self.encoding = encoding
        self.min_maf = min_maf
        self.max_missing = max_missing
        self.missing = missing
        self.haploid = haploid
        self.counts = counts
        size = max(1, _BLOCK_BYTES // (3 * len(people)))
        self._calls = np.empty((3, size, len(people)), np.int8)  # first allele, second allele, phased
        self._pending = []
        self._variants = []
        self._blocks = []

    def add(self, variant, calls):
        """Take one variant: ``(chrom, pos, id, ref, alt)`` and cyvcf2's int array (n_individuals, ploidy + 1)."""
        row = len(self._pending)
        if calls.shape[1] == 3:
            self._calls[:, row] = calls.T
        elif calls.shape[1] == 2:  # one allele for everyone
            self._calls[0, row], self._calls[1, row], self._calls[2, row] = calls[:, 0], -2, 1
        else:
            raise DataFormatError(
                f"{self.file}: {_place(variant)} has calls of {calls.shape[1] - 1} alleles; individuals with one or "
                "two copies of a chromosome are read, polyploid ones are not"
            )
        self._pending.append(variant)
        if len(self._pending) == self._calls.shape[1]:
            self.flush()

    def flush(self):
        """Filter and convert what was added since the last time."""
        n_rows = len(self._pending)
        if not n_rows:
            return
        first, second, phased = self._calls[:, :n_rows]
        self._check_alleles(first, second)
        lowest = min(first.min(), second.min())
        maf = _minor_allele_frequencies(first, second, complete=lowest >= 0)
        keep = np.ones(n_rows, bool)
        if self.max_missing is not None:
            n_missing = _count((first < 0) | (second == -1))
            self._drop(keep, n_missing > self.max_missing * len(self.people), "above_max_missing")
        if self.min_maf is not None:
            self._drop(keep, ~(maf >= self.min_maf), "below_min_maf")
        if lowest < 0:
            keep = self._drop_haploid(keep, first, second)
            keep = self._drop_missing(keep, first, second)
        rows = np.flatnonzero(keep)
        self._variants += [(*self._pending[row], maf[row]) for row in rows]
        self._blocks.append(self._convert(rows, first[rows], second[rows], phased[rows]))
        self._pending = []
        # the genotypes are put together at the end, beside the blocks
        self._check_memory(sum(block.nbytes for block in self._blocks) + _TABLE_BYTES * len(self._variants))

    def _check_memory(self, n_bytes):
        require_memory(
            float(n_bytes),
            f"{self.file}: the genotypes of {len(self.people)} individuals at {len(self._variants)} variants or more",
            "read a part of the file, with region=, samples= or min_maf=",
        )

    def genotypes(self, order):
        """Return the genotypes, individuals in the given order: int8 array as in :class:`GenotypeSet`."""
        per_person = 2 if self.encoding == "haplotype" else 1
        self._check_memory(per_person * len(order) * len(self._variants))
        genotypes = np.empty((per_person * len(order), len(self._variants)), np.int8)
        begin = 0
        while self._blocks:
            block = self._blocks.pop(0)  # (n_variants, n_individuals) or (n_variants, n_individuals, 2)
            rows = block[:, order].reshape(len(block), per_person * len(order))
            genotypes[:, begin : begin + len(block)] = rows.T
            begin += len(block)
        return genotypes

    def variants(self):
        """Return the table of the variants kept."""
        table = pd.DataFrame(self._variants, columns=["chrom", "pos", "id", "ref", "alt", "maf"])
        return table.astype({"pos": np.int64, "maf": np.float64})

    def _check_alleles(self, first, second):
        if max(first.max(), second.max()) > 1:
            row, person = np.argwhere((first > 1) | (second > 1))[0]
            raise DataFormatError(
                f"{self.file}: {_place(self._pending[row])}, sample {self.people[person]!r}: the call names an "
                "alternative allele that the row does not have"
            )

    def _drop(self, keep, wrong, reason):
        wrong = keep & wrong
        self.counts[reason] += int(wrong.sum())
        keep[wrong] = False
        return keep

    def _drop_haploid(self, keep, first, second):
        haploid = (first >= 0) & (second == -2)
        if self.haploid == "double":
            second[haploid] = first[haploid]
            return keep
        if self.haploid == "error" and (wrong := haploid & keep[:, None]).any():
            row = np.argwhere(wrong)[0, 0]
            self._refuse(wrong, *self._about_haploid(row, first[row], haploid[row]))
        return self._drop(keep, haploid.any(axis=1), "haploid")

    def _about_haploid(self, row, first, haploid):
        """What calls of one allele are, as far as the row shows it, and the ways out."""
        ways = [
            Message("read them as two equal alleles with ", Parameter("haploid", "double")),
            Message("drop such variants with ", Parameter("haploid", "drop")),
        ]
        everyone = haploid[first >= 0].all()
        name = self._pending[row][0].lower().removeprefix("chr")
        # bacteria have no sexes, so numbers speak of X only where someone has two copies
        if name in _X and (not name.isdigit() or not everyone):
            females = Message("read females only with ", Parameter("samples", ...))
            return "a call of one allele only, as males have on X", females, *ways
        if everyone:
            return "a call of one allele only, as everyone there (haploid organisms, Y, mitochondria, plastids)", *ways
        return "a call of one allele only, where others have two", *ways

    def _drop_missing(self, keep, first, second):
        missing = (first < 0) | (second < 0)
        if self.missing == "error":
            self._refuse(
                missing & keep[:, None],
                "a missing call",
                Message("keep them as -1 with ", Parameter("missing", "keep")),
                Message("drop such variants with ", Parameter("missing", "drop")),
            )
        if self.missing == "drop":
            self._drop(keep, missing.any(axis=1), "with_missing")
        self.counts["missing_calls"] += int(missing[keep].sum())
        return keep

    def _convert(self, rows, first, second, phased):
        if self.encoding != "dosage":
            unphased = (first != second) & (first >= 0) & (second >= 0) & (phased == 0)
            self._refuse(
                unphased,
                "a heterozygous call without phase (0/1)",
                Message("read allele counts with ", Parameter("encoding", "dosage")),
                "phase the file first",
                rows=rows,
            )
        if self.encoding == "haplotype":
            pairs = np.maximum(np.stack([first, second], axis=-1), -1)
            pairs[((first < 0) | (second < 0)) & (phased == 0)] = -1  # 0/. does not say which chromosome
            return pairs
        block = first * np.int8(2 if self.encoding == "phased" else 1) + second
        block[(first < 0) | (second < 0)] = -1
        return block

    def _refuse(self, wrong, what, *ways, rows=None):
        if not wrong.any():
            return
        row, person = np.argwhere(wrong)[0]
        variant = self._pending[row if rows is None else rows[row]]
        n_individuals = int(wrong[row].sum())
        others = f" (and {n_individuals - 1} more individuals there)" if n_individuals > 1 else ""
        where = f"{self.file}: sample {self.people[person]!r} has {what} at {_place(variant)}{others}; "
        raise DataFormatError(Message(where, Ways(*ways)))


def _place(variant):
    return f"{variant[0]}:{variant[1]}"


def _minor_allele_frequencies(first, second, *, complete):
    """Return the minor-allele frequency per row among alleles that were called; ``complete``: all were."""
    copies = _count(first == 1) + _count(second == 1)
    called = 2 * first.shape[1] if complete else _count(first >= 0) + _count(second >= 0)
    with np.errstate(invalid="ignore"):
        alternative = copies / called
    return np.minimum(alternative, 1 - alternative)


def _count(flags):
    """Return how many of each row are true; row by row is many times faster than ``axis=1``."""
    return np.array([np.count_nonzero(row) for row in flags])
