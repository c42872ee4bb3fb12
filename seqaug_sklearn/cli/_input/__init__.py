"""Sequences, labels and groups from FASTA files and tables, joined by name."""

from seqaug_sklearn.cli._input._label_columns import UP_TO_UNDERSCORE
from seqaug_sklearn.cli._input._labelled import (
    LabelledSequences,
    groups_of,
    labels_of,
    read_labelled,
    say_unused_labels,
)
from seqaug_sklearn.cli._input._reading import Reading, reading
from seqaug_sklearn.cli._input._said_target import said_target
from seqaug_sklearn.cli._input._sequence_files import (
    is_table,
    named_as_table,
    read_ortholog_table,
    read_rows,
    read_sequences,
)

__all__ = [
    "UP_TO_UNDERSCORE",
    "LabelledSequences",
    "Reading",
    "groups_of",
    "is_table",
    "labels_of",
    "named_as_table",
    "read_labelled",
    "read_ortholog_table",
    "read_rows",
    "read_sequences",
    "reading",
    "said_target",
    "say_unused_labels",
]
