"""Variants from VCF files and tables."""

from pathlib import Path

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import kind_of_file, listed, open_text, place_of, read_table, table_column

__all__ = ["read_variants"]

_COLUMNS = ("name", "position", "ref", "alt")
_LONGEST_SHOWN = 40


def read_variants(path) -> pd.DataFrame:
    r"""Read the variants of a VCF file or a table, without genotypes.

    Parameters
    ----------
    path : str or path-like
        VCF file (recognised by its first line, plain or gzip; a BCF file must be converted first, ``bcftools view``),
        or a table with a heading (commas, semicolons or tabs, gzip too) and the columns name, position, ref and alt.
        Positions of a table are 0-based, as everywhere in this package; those of a VCF file count from 1.

    Returns
    -------
    pandas.DataFrame
        ``name`` (of the sequence: chromosome or contig), ``position`` (0-based), ``ref``, ``alt`` (several alternatives
        separated by commas) and ``id`` ("." where there is none), in the order of the file. ``attrs["format"]`` is
        "vcf" or "table".

    Raises
    ------
    DataFormatError
        If a line has too few columns or no number as position, a column is missing, or there are no variants; the
        message names the line.

    See Also
    --------
    seqaug_sklearn.inspection.variant_effects : What the variants do to a model.
    read_genotypes : Individuals with their genotypes.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from seqaug_sklearn.datasets import read_variants
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "variants.csv"
    ...     _ = path.write_text("name,position,ref,alt\nchr1,104,A,G\n")
    ...     read_variants(path).to_dict("records")
    [{'name': 'chr1', 'position': 104, 'ref': 'A', 'alt': 'G', 'id': '.'}]
    """
    path = Path(path)
    is_vcf = kind_of_file(path) == "vcf"
    variants = _of_vcf(path) if is_vcf else _of_table(path)
    if not len(variants):
        raise DataFormatError(f"{path.name} holds no variants")
    variants.attrs["format"] = "vcf" if is_vcf else "table"
    return variants


def _of_vcf(path):
    rows = []
    with open_text(path) as file:
        for number, line in enumerate(file, start=1):
            if line.startswith("#") or not line.strip():
                continue
            # the first five columns only: those behind hold the genotypes of individuals
            fields = line.rstrip("\n").split("\t", 5)[:5]
            if len(fields) < 5 or not all(fields):
                raise DataFormatError(
                    f"{path.name}, line {number}: a row has the columns CHROM, POS, ID, REF and ALT, separated by "
                    f"tabs; got {line.rstrip()[:_LONGEST_SHOWN]!r}"
                )
            chromosome, position, label, ref, alt = fields
            rows.append((chromosome, _whole(position, path, number) - 1, ref, alt, label))
    return pd.DataFrame(rows, columns=[*_COLUMNS, "id"])


def _of_table(path):
    table = read_table(path)
    places = {column: place_of(list(table.columns), column) for column in _COLUMNS}
    # in another case, too
    table = table.rename(columns={table.columns[i]: name for name, i in places.items() if i is not None})
    absent = [column for column in _COLUMNS if column not in table]
    if absent:
        raise DataFormatError(
            f"{path.name} has no column {listed(absent)}; a table of variants has the columns name, position "
            f"(0-based), ref and alt, this one has {listed(table.columns)}, and a VCF file begins with ##fileformat=VCF"
        )
    columns = {column: table_column(table, column, path.name) for column in _COLUMNS}
    positions = [_whole(text, path, line) for line, text in columns["position"].items()]
    labels = table_column(table, "id", path.name).replace("", ".") if "id" in table else "."
    frame = pd.DataFrame(columns | {"position": np.array(positions, dtype=np.int64), "id": labels})
    return frame.reset_index(drop=True)


def _whole(text, path, line):
    # int() takes more than digits: blanks, underscores, other scripts
    if not (text.isascii() and text.removeprefix("-").isdigit()):
        raise DataFormatError(f"{path.name}, line {line}: the position must be a whole number, got {text!r}")
    return int(text)
