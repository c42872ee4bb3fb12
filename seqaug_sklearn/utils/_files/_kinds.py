"""What a file is, by its first characters: no name decides it."""

import re
import warnings
from pathlib import Path

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils._files._excel import is_workbook
from seqaug_sklearn.utils._files._text_files import open_text

__all__ = ["FileKind", "is_fasta", "kind_of_file"]

FileKind = str
"""One of "fasta", "fastq", "genbank", "embl", "vcf", "gff", "meme", "excel", "table" and "empty"."""

_BEGINNINGS = {
    "genbank": re.compile(r"LOCUS\s"),
    "embl": re.compile(r"ID   \S"),
    "vcf": re.compile(r"##fileformat=VCF|#CHROM\t"),
    "gff": re.compile(r"##gff-version"),
    "meme": re.compile(r"MEME version|\*{20,}$"),
}
_MOST_LINES = 10_000
_MOST_LETTERS = 4096


def kind_of_file(path) -> FileKind:
    """Look at the beginning of a file, behind gzip and byte-order marks too.

    Parameters
    ----------
    path : str or path-like
        File.

    Returns
    -------
    kind : str
        "fasta" where the first line that is no comment (``;`` or ``#``) begins with ``>``; "fastq", "genbank", "embl",
        "vcf", "gff", "meme" and "excel" by what they begin with; "empty" without any text; else "table". Of a pipe
        "fasta".

    Raises
    ------
    DataFormatError
        If it is no text, and no workbook.
    """
    path = Path(path)
    if path.is_fifo() or path.is_char_device():
        return "fasta"  # what is piped cannot be looked at before it is read
    if is_workbook(path):
        return "excel"
    with warnings.catch_warnings():
        # whoever reads the file says that its encoding is a guess
        warnings.simplefilter("ignore", SeqAugWarning)
        with open_text(path, copies=0) as file:
            lines = [file.readline(_MOST_LETTERS)]
            while lines[-1] and (not lines[-1].strip() or lines[-1][0] in ";#") and len(lines) < _MOST_LINES:
                lines.append(file.readline(_MOST_LETTERS))
            following = [file.readline(_MOST_LETTERS) for _ in range(2)]
    return _kind(lines, following)


def _kind(lines, following):
    written = [line for line in lines if line.strip()]
    if not written:
        return "empty"
    first = written[0]
    kind = next((kind for kind, beginning in _BEGINNINGS.items() if beginning.match(first.strip("\n"))), None)
    if kind is not None:
        return kind
    last = lines[-1].lstrip()
    if last.startswith(">"):
        return "fasta"
    return "fastq" if last.startswith("@") and following[1].startswith("+") else "table"


_NAMES = {
    "fastq": ("a FASTQ file", "convert it to FASTA, for example with seqtk seq -a"),
    "genbank": ("a GenBank file", "cut sequences out of it with seqaug regions"),
    "embl": ("an EMBL file", "convert it to FASTA or GenBank, for example with Bio.SeqIO.convert"),
    "vcf": ("a VCF file", "seqaug genotypes and seqaug variants read those"),
    "gff": ("a GFF file", "cut sequences out of the genome with seqaug regions --annotation"),
    "meme": ("a file of motifs", "sequences come in FASTA or in a table"),
    "empty": ("empty", "look whether it was written"),
}


def is_fasta(path) -> bool:
    """Whether a file of sequences is FASTA, or else a table.

    Raises
    ------
    DataFormatError
        If it is neither; the message names what it is and the way out.
    """
    kind = kind_of_file(path)
    if kind in _NAMES:
        what, way = _NAMES[kind]
        raise DataFormatError(f"{Path(path).name} is {what}, neither FASTA nor a table of sequences; {way}")
    return kind == "fasta"
