"""GenBank files: read whole, checked before use."""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import read_text

if TYPE_CHECKING:
    from Bio.SeqRecord import SeqRecord

__all__ = ["parse_genbank", "read_genbank"]

_LOCUS = re.compile(r"^LOCUS\s+\S+\s+(\d+)\s", re.MULTILINE)


def read_genbank(path) -> SeqRecord | list[SeqRecord]:
    """Read a GenBank file (gzip too) and check that it is whole.

    Parameters
    ----------
    path : str or path-like
        GenBank file with sequence and annotation ("GenBank (full)" on NCBI's pages), plain or gzip.

    Returns
    -------
    record : Bio.SeqRecord.SeqRecord or list of SeqRecord
        The record; a list where the file holds several.

    Raises
    ------
    DataFormatError
        If the file holds no record, is truncated, or a record has no sequence, no annotated features, or a feature
        that cannot be read or lies outside the sequence.

    See Also
    --------
    upstream_regions : Cut out what lies upstream of the genes.
    fetch_plastome : Download a record from NCBI.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from Bio import SeqIO
    >>> from seqaug_sklearn.datasets import make_plastome, read_genbank
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "simulated.gb"
    ...     _ = SeqIO.write(make_plastome(random_state=0), path, "genbank")
    ...     read_genbank(path).annotations["topology"]
    'circular'
    """
    records = parse_genbank(read_text(path), Path(path).name)
    return records[0] if len(records) == 1 else records


def parse_genbank(text: str, source: str) -> list[SeqRecord]:
    """Parse and check GenBank text; ``source`` names it in messages. Raises DataFormatError."""
    lengths = [int(length) for length in _LOCUS.findall(text)]
    if not lengths:
        raise DataFormatError(f"{source} holds no GenBank record: no line starts with LOCUS and gives a length")
    # Biopython reads a cut-off record without a word, and genes at its end would be missing
    if not text.rstrip().endswith("//"):
        raise DataFormatError(f"{source} is truncated: a GenBank record ends with a line '//'; download it again")
    if not re.search(r"^(ORIGIN|CONTIG)", text, re.MULTILINE):
        raise DataFormatError(f"{source} has no sequence (no ORIGIN); download it with its sequence, 'GenBank (full)'")
    records = _parse(text, source)
    if len(records) != len(lengths):
        raise DataFormatError(f"{source} announces {len(lengths)} records but {len(records)} can be read")
    for record, length in zip(records, lengths, strict=True):
        _check_record(record, length, source)
    return records


def _parse(text, source):
    from Bio import BiopythonParserWarning, SeqIO

    # StringIO would hold four bytes for each character
    lines = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", BiopythonParserWarning)
        try:
            # bad locations are warnings to Biopython; collected here, they become errors below
            records = list(SeqIO.parse(lines, "genbank"))
        except (ValueError, AssertionError, IndexError) as error:
            raise DataFormatError(f"{source} is not a valid GenBank file: {_first_line(error)}") from error
    for warning in caught:
        if "feature location" in str(warning.message):
            raise DataFormatError(f"{source} has a feature that cannot be read: {_first_line(warning.message)}")
    return records


def _first_line(message):
    return str(message).strip().split("\n")[0].rstrip(".")


def _check_record(record, length, source):
    from Bio.Seq import UndefinedSequenceError

    name = record.id
    try:
        found = len(bytes(record.seq))
    except UndefinedSequenceError:
        found = 0
    if found == 0:
        raise DataFormatError(
            f"{source} has no sequence in record {name}; download it with its sequence, 'GenBank (full)'"
        )
    if found != length:
        raise DataFormatError(
            f"{source} is truncated: record {name} announces {length} residues and holds {found}; download it again"
        )
    if not any(feature.type != "source" for feature in record.features):
        raise DataFormatError(f"{source} has no features in record {name}: genes must be annotated")
    for feature in record.features:
        if feature.location is None or feature.location.end > found:
            raise DataFormatError(
                f"{source}: feature {feature.type} at {feature.location} lies outside the {found} residues of {name}"
            )
