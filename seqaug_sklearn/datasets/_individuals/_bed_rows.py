"""Rows of PLINK's binary files, through bed-reader, in the form of VCF rows."""

import warnings
from collections import Counter

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import import_optional, listed

__all__ = ["BedRows"]

_BLOCK_BYTES = 16 << 20
_MISSING = -127
"""bed-reader's mark."""
_ALLELES = {0: (0, 0), 1: (0, 1), 2: (1, 1), _MISSING: (-1, -1)}
"""Copies of A1 -> first and second allele; A2 is taken for the reference."""


class BedRows:
    """A PLINK ``.bed`` file with its ``.bim`` and ``.fam``, as `VcfRows`; calls have no phase.

    Parameters
    ----------
    path : Path
        The ``.bed`` file; the others stand beside it.

    Raises
    ------
    DataFormatError
        If the three do not fit each other, or names repeat.
    FileNotFoundError
        If one of the three is not there.
    MissingDependencyError
        Without bed-reader.
    """

    def __init__(self, path):
        bed_reader = import_optional(
            "bed_reader",
            extra="plink",
            purpose=f"{path.name} is a PLINK file. Reading it (or, without it, write VCF with plink --bfile "
            f"{path.stem} --recode vcf-iid bgz)",
        )
        self.file = path.name
        for suffix in (".fam", ".bim"):
            path.with_suffix(suffix).open("rb").close()  # raises what names the file
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # NumPy's, on lines that are no rows
                self._bed = bed_reader.open_bed(path, num_threads=1)
                self.samples = [str(name) for name in self._bed.iid]
                columns = (self._bed.chromosome, self._bed.bp_position, self._bed.sid, self._bed.allele_1)
                self._variants = list(zip(*(column.tolist() for column in columns), self._bed.allele_2, strict=True))
                self._bed.read(index=np.s_[:1, :1], dtype="int8")  # compares the size with the numbers of rows
        except (ValueError, IndexError) as error:
            raise DataFormatError(
                f"{self.file} is damaged or cut off, or its .fam or .bim belongs to another file ({error})"
            ) from error
        repeated = [name for name, count in Counter(self.samples).items() if count > 1]
        if repeated:
            raise DataFormatError(f"{self.file}: sample names must be unique; twice in the .fam: {listed(repeated)}")
        self._places = np.arange(len(self.samples))

    @property
    def region_names(self):
        """Chromosomes of the file."""
        return self.chromosomes()

    def choose(self, people):
        """Read the calls of some individuals only."""
        wanted = set(people)
        self._places = np.array([place for place in self._places if self.samples[place] in wanted])
        self.samples = [self.samples[place] for place in self._places]

    def rows(self, where):
        """Yield rows as :meth:`VcfRows.rows` does."""
        inside = [
            number
            for number, (chrom, pos, *_) in enumerate(self._variants)
            if where is None or (where[0] == chrom and where[1] <= pos <= where[2])
        ]
        alleles = np.array([_ALLELES.get(copies, (-1, -1)) for copies in range(-128, 128)], np.int8)
        step = max(1, _BLOCK_BYTES // (3 * len(self.samples)))
        for begin in range(0, len(inside), step):
            numbers = np.array(inside[begin : begin + step])
            copies = self._bed.read(index=np.s_[self._places, numbers], dtype="int8").T  # variants by individuals
            for number, row in zip(numbers, copies, strict=True):
                chrom, pos, label, first, second = self._variants[number]
                known = [str(first)] if first != "0" and second != "0" else []
                yield str(chrom), int(pos), str(label), str(second), known, _calls(alleles[row.astype(int) + 128])

    def chromosomes(self):
        """Return the chromosomes with variants."""
        return list(dict.fromkeys(str(chrom) for chrom, *_ in self._variants))

    def range_of(self, name):
        """Return the first and the last position with a variant, or None."""
        positions = [pos for chrom, pos, *_ in self._variants if chrom == name]
        return (min(positions), max(positions)) if positions else None

    def close(self):
        """Nothing is open between two readings."""


def _calls(pairs):
    def calls():
        return np.concatenate([pairs, np.zeros((len(pairs), 1), np.int8)], axis=1)

    return calls
