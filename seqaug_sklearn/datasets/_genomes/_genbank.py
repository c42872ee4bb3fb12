"""GenBank files: read whole, checked before use."""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from seqaug_sklearn.datasets._genomes._features import drop_unreadable, tell_dropped
from seqaug_sklearn.datasets._genomes._locus_lines import with_standard_lines
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils import invalid_parameter, open_text, warn

if TYPE_CHECKING:
    from Bio.SeqRecord import SeqRecord

__all__ = ["parse_genbank", "read_genbank"]


def read_genbank(path, *, topology: str | None = None) -> SeqRecord | list[SeqRecord]:
    """Read a GenBank file (gzip too) and check that it is whole.

    LOCUS lines are read by the words that stand in them, so that files of NCBI, Bakta, Prokka, GeSeq, SnapGene,
    Benchling, Geneious and ApE are read alike: topology in capitals, columns that are shifted, names with blanks, names
    that run into the length.

    Parameters
    ----------
    path : str or path-like
        GenBank file with sequence and annotation ("GenBank (full)" on NCBI's pages), plain or gzip.
    topology : {"circular", "linear"}, default=None
        What the molecules are, whatever the file says. None: what it says; a record that does not say is taken for
        linear, with a warning, because genes at the origin of a circle then have no region upstream.

    Returns
    -------
    record : Bio.SeqRecord.SeqRecord or list of SeqRecord
        The record; a list where the file holds several. Features whose location cannot be read or lies outside the
        sequence are left out, with one warning that counts them, and are listed in
        ``annotations["unreadable_features"]`` as ``(type, name, reason)``: :func:`upstream_regions` and
        :func:`protein_sequences` name the genes among them as skipped.

    Warns
    -----
    SeqAugWarning
        If a record does not say whether it is a circle, or features were left out.

    Raises
    ------
    DataFormatError
        If the file holds no record, is truncated, or a record has no sequence or, where it is the only one, no
        annotated features. Of several, as drafts have them, one must have some.
    InvalidParameterError
        If topology is neither.

    See Also
    --------
    upstream_regions : Cut out what lies upstream of the genes.
    read_annotation : A genome as FASTA file, with its genes in a file of their own.
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
    if topology not in (None, "circular", "linear"):
        raise invalid_parameter("topology", f"must be 'circular', 'linear' or None, got {topology!r}")
    with open_text(path, copies=4) as file:
        records = parse_genbank(file.read(), Path(path).name, topology)
    return records[0] if len(records) == 1 else records


def parse_genbank(text: str, source: str, topology: str | None = None) -> list[SeqRecord]:
    """Parse and check GenBank text; ``source`` names it in messages. Raises DataFormatError."""
    text, loci = with_standard_lines(text, topology)
    if not loci:
        raise DataFormatError(f"{source} holds no GenBank record: no line starts with LOCUS and gives a length")
    # Biopython reads a cut-off record without a word, and genes at its end would be missing
    if not text.rstrip().endswith("//"):
        raise DataFormatError(f"{source} is truncated: a GenBank record ends with a line '//'; download it again")
    if not re.search(r"^(ORIGIN|CONTIG)", text, re.MULTILINE):
        raise DataFormatError(f"{source} has no sequence (no ORIGIN); download it with its sequence, 'GenBank (full)'")
    records = _parse(text, source)
    if len(records) != len(loci):
        raise DataFormatError(f"{source} announces {len(loci)} records but {len(records)} can be read")
    for record, locus in zip(records, loci, strict=True):
        _complete(record, locus)
        _check_sequence(record, locus, source)
    if not any(feature.type != "source" for record in records for feature in record.features):
        where = f"in record {records[0].id}" if len(records) == 1 else f"in any of its {len(records)} records"
        raise DataFormatError(f"{source} has no features {where}: genes must be annotated")
    _warn_of_topology(loci, source)
    tell_dropped(records, source)
    return records


def _parse(text, source):
    from Bio import BiopythonParserWarning, SeqIO

    # StringIO would hold four bytes for each character
    lines = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    records: list[SeqRecord] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", BiopythonParserWarning)
        parsed = SeqIO.parse(lines, "genbank")
        while True:
            caught.clear()
            try:
                record = next(parsed, None)
            except (ValueError, AssertionError, IndexError) as error:
                # Biopython's readers also fall over what they do not expect, and then say nothing of the file
                own = type(error) is ValueError and _first_line(error)
                reason = own or f"a line of record {len(records) + 1} is damaged; download it again"
                raise DataFormatError(f"{source} is not a valid GenBank file: {reason}") from error
            if record is None:
                return records
            # a location that cannot be read is a warning to Biopython, and None in the record, in the same order
            reasons = [_first_line(w.message) for w in caught if "feature location" in str(w.message)]
            drop_unreadable(record, [reason.partition("; setting")[0] for reason in reasons])
            records.append(record)


def _complete(record, locus):
    """Give a record without an accession, as editors write them, its LOCUS line's name, and proteins their kind."""
    if locus.unit == "aa":
        record.annotations["molecule_type"] = "protein"
    if record.id in ("", ".", "<unknown id>", "unknown", "Unknown"):
        record.id = locus.name


def _first_line(message):
    """What Biopython says first; where that announces a line of the file, with it."""
    first, _, rest = str(message).strip().partition("\n")
    second = rest.strip().partition("\n")[0].strip()
    return f"{first} {second:.80}" if first.endswith(":") else first.rstrip(".")


def _check_sequence(record, locus, source):
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
    if found != locus.length:
        raise DataFormatError(
            f"{source} is truncated: record {name} announces {locus.length} residues and holds {found}; download it "
            "again"
        )


def _warn_of_topology(loci, source):
    unknown = [locus.name for locus in loci if locus.topology is None and locus.unit != "aa"]
    if unknown:
        whose = unknown[0] if len(unknown) == 1 else f"{unknown[0]} and {len(unknown) - 1} other records"
        warn(
            f"{source} does not say whether {whose} is circular, and it is taken for linear: genes at its ends may "
            "have no region upstream; topology='circular' or 'linear' says what it is",
            SeqAugWarning,
        )
