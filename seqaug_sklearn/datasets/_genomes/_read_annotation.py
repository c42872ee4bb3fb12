"""A genome in a FASTA file, with its genes in a GFF3, GTF or BED file."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqaug_sklearn.datasets._fasta import read_fasta
from seqaug_sklearn.datasets._genomes._bed import read_bed
from seqaug_sklearn.datasets._genomes._features import UNREADABLE, tell_dropped
from seqaug_sklearn.datasets._genomes._gff import is_gff, read_gff
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils import invalid_parameter, listed, open_text, warn

if TYPE_CHECKING:
    from Bio.SeqRecord import SeqRecord

__all__ = ["read_annotation"]

_FIRST_LINES = 50


def read_annotation(annotation, fasta=None, *, circular=None) -> list[SeqRecord]:
    r"""Read the genes of a genome from a GFF3, GTF or BED file, and its sequences from a FASTA file.

    What the file is, its first lines say, whatever it is called. All of it becomes the same records that
    :func:`read_genbank` gives, so everything that takes those takes these.

    Parameters
    ----------
    annotation : str or path-like
        GFF3, GTF or BED file (gzip too).
    fasta : str or path-like, default=None
        FASTA file of the sequences (gzip too). None: they stand in the GFF3 file below ``##FASTA``, as Prokka and Bakta
        write them.
    circular : bool or list of str, default=None
        Which sequences are circular: all, none, or these. None: those that the file calls so (``Is_circular=true``).

    Returns
    -------
    records : list of Bio.SeqRecord.SeqRecord
        One per sequence that has features, in the order of the FASTA file; genes have kind "gene", coding sequences
        "CDS", spliced ones in several parts. Intervals of a BED file are genes, with the qualifier "summit" of a
        ``narrowPeak``. Features that lie outside their sequence, on none, or on no place at all are left out as those
        of :func:`read_genbank`. Where the strand is not said it is 0: such features have no region upstream.

    Warns
    -----
    SeqAugWarning
        If features were left out.

    Raises
    ------
    DataFormatError
        If a file cannot be read, no feature is on a sequence of the FASTA file, or there are no sequences.
    MissingDependencyError
        If the file is GFF or GTF and gffutils is not installed (``pip install 'seqaug-sklearn[annotation]'``).
    InvalidParameterError
        If circular names a sequence that is not there.

    See Also
    --------
    upstream_regions : What lies upstream of the genes.
    feature_sequences : The genes, peaks or coding sequences themselves.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from seqaug_sklearn.datasets import read_annotation, upstream_regions
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     genome, genes = pathlib.Path(folder) / "genome.fa", pathlib.Path(folder) / "genes.bed"
    ...     _ = genome.write_text(">chr1\nACGTACGTAA\n")
    ...     _ = genes.write_text("chr1\t4\t8\tabc\t0\t+\nchr1\t0\t3\txyz\t0\t-\n")
    ...     records = read_annotation(genes, genome)
    >>> upstream_regions(records, 4)["sequence"].to_dict()
    {'abc': 'ACGT', 'xyz': 'CGTA'}
    """
    name = Path(annotation).name
    with open_text(annotation, copies=20) as file:
        first = list(itertools.islice(file, _FIRST_LINES))
        lines = itertools.chain(first, file)
        if first and first[0].startswith(">"):
            raise DataFormatError(f"{name} is a FASTA file; the file of annotation comes first, the sequences second")
        if is_gff(first):
            features, lost, circles, below = read_gff(lines, name)
        else:
            (features, lost), circles, below = read_bed(lines, name), set(), ""
    if not features:
        why = f" ({lost[0][0]} {lost[0][1]}: {lost[0][2]})" if lost else ""
        raise DataFormatError(f"{name} has no genes, coding sequences or RNAs{why}")
    sequences = _sequences(below, fasta, name)
    circles = _circles(circular, circles, sequences)
    records = _records(features, sequences, circles, name)
    if lost:
        records[0].annotations.setdefault(UNREADABLE, []).extend(lost)
    tell_dropped(records, name)
    return records


def _sequences(below, fasta, name):
    if fasta is not None:
        return read_fasta(fasta).to_dict()
    if not below.strip():
        raise DataFormatError(f"{name} holds no sequences; give the FASTA file of the genome too")
    from Bio.SeqIO.FastaIO import SimpleFastaParser

    return {header.split()[0]: text for header, text in SimpleFastaParser(io.StringIO(below)) if header.split()}


def _circles(circular, said, sequences):
    if circular is None:
        return said
    if isinstance(circular, bool):
        return set(sequences) if circular else set()
    names = [circular] if isinstance(circular, str) else list(circular)
    unknown = [name for name in names if name not in sequences]
    if unknown:
        raise invalid_parameter(
            "circular", f"must name sequences of the FASTA file ({listed(list(sequences))}), got {listed(unknown)}"
        )
    return set(names)


def _records(features, sequences, circles, name):
    from Bio.Seq import Seq
    from Bio.SeqRecord import SeqRecord

    missing = Counter(feature.record for feature in features if feature.record not in sequences)
    if missing.total() == len(features):
        raise DataFormatError(
            f"{name} has features on {listed(list(missing))}, and the FASTA file has {listed(list(sequences))}: names "
            "of sequences, the first word behind '>', must be the same in both"
        )
    if missing:
        warn(
            f"{name}: {missing.total()} features are left out because the FASTA file has no sequence "
            f"{listed(list(missing))}",
            SeqAugWarning,
        )
    records: dict[str, Any] = {}
    for feature in features:
        if feature.record not in sequences:
            continue
        record = records.get(feature.record)
        if record is None:
            record = records[feature.record] = SeqRecord(Seq(sequences[feature.record]), id=feature.record)
            topology = "circular" if feature.record in circles else "linear"
            record.name = feature.record
            record.annotations.update({"molecule_type": "DNA", "topology": topology})
        _join(record, feature)
    return [records[name] for name in sequences if name in records]


def _join(record, feature):
    """Add a feature to its record, or to those that were left out, with the reason."""
    from Bio.SeqFeature import SeqFeature

    made = SeqFeature(type=feature.kind, qualifiers=feature.qualifiers)
    made.location, reason = _location(feature, len(record), record.annotations["topology"] == "circular")
    if reason:
        names = feature.qualifiers.get("gene") or feature.qualifiers.get("locus_tag") or [feature.kind]
        record.annotations.setdefault(UNREADABLE, []).append((feature.kind, names[0], reason))
    else:
        record.features.append(made)


def _location(feature, size, circular):
    """Return the location in reading order, or None and why there is none."""
    from Bio.SeqFeature import AfterPosition, BeforePosition, CompoundLocation, SimpleLocation

    parts = []
    for start, end in sorted(feature.parts):
        if end <= size:
            parts.append((start, end))
        elif circular and start < size and end - size <= size:
            # GFF3 counts on behind the origin of a circle
            parts += [(start, size), (0, end - size)]
        else:
            return None, f"its place {start + 1}..{end} lies outside the {size} residues of {feature.record}"
    first, last = parts[0], parts[-1]
    places = []
    for start, end in parts:
        begin = BeforePosition(start) if feature.open_start and (start, end) == first else start
        stop = AfterPosition(end) if feature.open_end and (start, end) == last else end
        places.append(SimpleLocation(begin, stop, feature.strand))
    if feature.strand == -1:
        places.reverse()
    return (places[0] if len(places) == 1 else CompoundLocation(places)), ""
