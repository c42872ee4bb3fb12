"""Commands that read annotated genomes."""

from seqaug_sklearn.cli._genomes._genome_files import is_genbank, read_records
from seqaug_sklearn.cli._genomes._kmers import kmers
from seqaug_sklearn.cli._genomes._regions import regions
from seqaug_sklearn.cli._genomes._reproduce import reproduce

__all__ = ["is_genbank", "kmers", "read_records", "regions", "reproduce"]
