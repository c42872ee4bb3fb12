"""Files: text and tables that are read, outputs that are replaced in one step."""

from seqaug_sklearn.utils._files._bgzip import replaced_bgzip
from seqaug_sklearn.utils._files._columns import KNOWN_COLUMNS, place_of
from seqaug_sklearn.utils._files._folders import replaced_folder
from seqaug_sklearn.utils._files._kinds import is_fasta, kind_of_file
from seqaug_sklearn.utils._files._missing_words import (
    is_missing_word,
    mark_missing,
    warn_of_left_out,
    warn_of_twins,
)
from seqaug_sklearn.utils._files._npz import read_npz
from seqaug_sklearn.utils._files._outputs import check_output_file, check_output_folder
from seqaug_sklearn.utils._files._replaced_files import explained, remove_leftovers, replaced_file, write_packed
from seqaug_sklearn.utils._files._tables import parse_table, read_table, separator_of, table_column
from seqaug_sklearn.utils._files._text_files import check_line_lengths, open_text, read_text
from seqaug_sklearn.utils._files._user_cache import user_cache

__all__ = [
    "KNOWN_COLUMNS",
    "check_line_lengths",
    "check_output_file",
    "check_output_folder",
    "explained",
    "is_fasta",
    "is_missing_word",
    "kind_of_file",
    "mark_missing",
    "open_text",
    "parse_table",
    "place_of",
    "read_npz",
    "read_table",
    "read_text",
    "remove_leftovers",
    "replaced_bgzip",
    "replaced_file",
    "replaced_folder",
    "separator_of",
    "table_column",
    "user_cache",
    "warn_of_left_out",
    "warn_of_twins",
    "write_packed",
]
