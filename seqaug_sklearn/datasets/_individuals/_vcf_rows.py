"""Rows of VCF and BCF files, through htslib; whatever it cannot read becomes one clear error."""

import itertools
import re
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

from seqaug_sklearn.datasets._individuals._other_formats import refuse_other_formats
from seqaug_sklearn.datasets._individuals._regions import LAST_POSITION
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import check_line_lengths, import_optional, listed, open_text

__all__ = ["VcfRows"]

_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_MOST_ASKED = 100
_PLAIN_NAME = re.compile(r"[^,^-][^,]*")
"""What htslib takes in a list of samples, which is text separated by commas; a leading ^ means all others."""


class VcfRows:
    """A VCF or BCF file: its individuals, and its rows one by one.

    Parameters
    ----------
    path : Path
        File.

    Raises
    ------
    DataFormatError
        If it is cut off, something else, or its header is damaged.
    MissingDependencyError
        Without cyvcf2.

    Attributes
    ----------
    file : str
        Name of the file.
    samples : list of str
        Individuals whose calls the rows have, in this order.
    """

    def __init__(self, path):
        cyvcf2 = import_optional("cyvcf2", extra="genotypes", purpose="reading VCF and BCF files")
        self.file = path.name
        self._path = path
        self._places = None
        self._ends = {}
        _check_complete(path)
        refuse_other_formats(path)
        check_line_lengths(path)
        self._reader = _open(path, cyvcf2)
        self.samples = self._names()

    def _names(self):
        try:
            names = self._reader.samples
        except UnicodeDecodeError as error:
            raise DataFormatError(
                f"{self.file}: the names of the samples are not in UTF-8; convert the file, for example with iconv "
                f"-f latin1 -t utf8 ({error})"
            ) from error
        if not names:
            raise DataFormatError(f"{self.file} has no samples: it lists variants without genotypes")
        return names

    @property
    def region_names(self):
        """Chromosomes of the header."""
        return self._reader.seqnames

    def choose(self, people):
        """Read the calls of some individuals only; ``samples`` has them in the order of the file from now on."""
        if len(people) == len(self.samples):
            return
        if all(map(_PLAIN_NAME.fullmatch, people)):
            self._reader.set_samples(people)
            self.samples = self._reader.samples
            return
        wanted = set(people)
        self._places = [place for place, name in enumerate(self.samples) if name in wanted]
        self.samples = [self.samples[place] for place in self._places]

    def rows(self, where):
        """Yield ``(chrom, pos, id, ref, alternatives, calls)`` of each row of the region.

        ``calls()`` gives an int array (n_individuals, ploidy + 1) of alleles and phase, as cyvcf2 has it: -1 for a
        missing allele, -2 for one that is not there; None where the row has no GT.
        Of rows outside the region the first and the last position of each chromosome are noted.
        """
        n_rows = 0
        place: str | tuple = ""
        try:
            for record in self._records(where):
                n_rows, place = n_rows + 1, (record.CHROM, record.POS)
                if where is None or (where[0] == record.CHROM and where[1] <= record.POS <= where[2]):
                    yield (*place, record.ID or ".", record.REF, record.ALT, self._calls_of(record))
                else:
                    self._ends.setdefault(record.CHROM, [record.POS, 0])[1] = record.POS
        except DataFormatError:
            raise
        except Exception as error:  # cyvcf2 raises Exception itself
            after = "{}:{}, the last good variant".format(*place) if n_rows else "its header"
            raise DataFormatError(
                f"{self.file} is damaged or cut off after {after}: row {n_rows + 1} of those read has a wrong number "
                f"of columns, no number as position, or calls that are none ({error})"
            ) from error

    def _calls_of(self, record):
        def calls():
            try:
                found = record.genotype.array()
            except Exception:  # cyvcf2 raises Exception itself
                return None
            return found if self._places is None else np.asarray(found)[self._places]

        return calls

    def _records(self, where):
        if where is None or not self._is_indexed():
            return self._reader
        rows = iter(self._reader("{}:{}-{}".format(*where)))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="no intervals found")  # becomes an error that says more
            first = next(rows, None)
        return () if first is None else itertools.chain([first], rows)

    def _is_indexed(self):
        return any(Path(f"{self._path}{suffix}").exists() for suffix in (".tbi", ".csi"))

    def chromosomes(self):
        """Return the chromosomes with variants (those of the header may have none), by the index or as just read."""
        if not self._is_indexed():
            return list(self._ends)
        return [name for name in self._reader.seqnames[:_MOST_ASKED] if self._first(name, 1) is not None]

    def range_of(self, name):
        """Return the first and the last position with a variant, or None."""
        if not self._is_indexed():
            return self._ends.get(name)
        first = self._first(name, 1)
        if first is None:
            return None
        last, beyond = first, LAST_POSITION
        while last + 1 < beyond:  # bisection by the index: there is a variant from `last` on, and none from `beyond`
            middle = (last + beyond) // 2
            found = self._first(name, middle)
            last, beyond = (last, middle) if found is None else (max(found, middle), beyond)
        return first, last

    def _first(self, name, position):
        """Return the position of the first variant from a position on, or None."""
        rows = self._records((name, position, LAST_POSITION))
        return next((row.POS for row in rows if position <= row.POS), None)

    def close(self):
        """Close the file."""
        self._reader.close()


def _check_complete(path):
    """Refuse a bgzip file without its closing block: htslib reads what is there and only prints a warning."""
    with path.open("rb") as file:
        head = file.read(14)
        file.seek(0, 2)
        size = file.tell()
        file.seek(max(size - len(_BGZF_END), 0))
        end = file.read()
    if head[:4] == b"\x1f\x8b\x08\x04" and head[12:] == b"BC" and end != _BGZF_END:
        raise DataFormatError(
            f"{path.name} is cut off: the closing block of the bgzip format is absent; copy it again "
            "(if it is whole and only the block was never written, pack it anew with bgzip)"
        )


def _open(path, cyvcf2):
    try:
        return cyvcf2.VCF(str(path))
    except Exception as error:  # cyvcf2 raises Exception itself
        repeated = [name for name, count in Counter(_header_names(path)).items() if count > 1]
        if repeated:
            raise DataFormatError(f"{path.name}: sample names must be unique; twice: {listed(repeated)}") from error
        raise DataFormatError(f"{path.name} is no VCF or BCF file, or its header is damaged ({error})") from error


def _header_names(path):
    """Return the sample names of a header that htslib refuses."""
    try:
        with open_text(path) as file:
            line = next((line for line in file if line.startswith("#CHROM")), "")
    except DataFormatError:
        return []
    return line.rstrip("\n").split("\t")[9:]
