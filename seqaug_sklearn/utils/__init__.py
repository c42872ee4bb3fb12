"""Shared ground: validation of text, codes, blocks, randomness, devices, memory, files, packages.

``_sklearn`` is the one file that touches private names of scikit-learn; it is imported by name, not from here.
"""

from seqaug_sklearn.utils._blocks import block_of_starts, infer_starts, overlaps_any
from seqaug_sklearn.utils._brief import brief, counted, listed, plain
from seqaug_sklearn.utils._buffer import TextBuffer
from seqaug_sklearn.utils._class_labels import check_class_labels, check_not_missing, is_measurement
from seqaug_sklearn.utils._codes import codes_to_text, one_hot_to_codes, text_to_codes
from seqaug_sklearn.utils._devices import resolve_device, resolve_precision
from seqaug_sklearn.utils._files import (
    check_line_lengths,
    check_output_file,
    check_output_folder,
    explained,
    mark_missing,
    open_text,
    parse_table,
    read_npz,
    read_table,
    read_text,
    remove_leftovers,
    replaced_file,
    replaced_folder,
    table_column,
    warn_of_left_out,
    warn_of_twins,
    write_packed,
)
from seqaug_sklearn.utils._fingerprints import (
    content_digest,
    data_digest,
    file_digest,
    object_digest,
    order_of_content,
    short_digest,
)
from seqaug_sklearn.utils._fit_metadata import (
    early_stoppers,
    fit_target,
    nested_estimators,
    told_of_groups,
    warn_of_unreached_groups,
)
from seqaug_sklearn.utils._lineage import are_names, repeated_identifiers, warn_of_shared_identifiers
from seqaug_sklearn.utils._members import deal_linked_members, deal_members, member_codes
from seqaug_sklearn.utils._memory import (
    available_memory,
    check_memory,
    free_memory,
    memory_limit,
    parse_memory,
    readable,
    require_memory,
)
from seqaug_sklearn.utils._optional import import_optional
from seqaug_sklearn.utils._orthologs import tidy_orthologs
from seqaug_sklearn.utils._progress import progress
from seqaug_sklearn.utils._random import check_generator, draw_seed, torch_seed_scope
from seqaug_sklearn.utils._sequences import Sequences, check_bags, check_sequences, check_text, is_text, name_row
from seqaug_sklearn.utils._validation import (
    PAIR_FEATURES,
    check_pair_features,
    check_same_order,
    check_vectors,
    damaged_row,
    is_mapped,
    is_number,
    is_whole,
)
from seqaug_sklearn.utils._warnings import warn

__all__ = [
    "PAIR_FEATURES",
    "Sequences",
    "TextBuffer",
    "are_names",
    "available_memory",
    "block_of_starts",
    "brief",
    "check_bags",
    "check_class_labels",
    "check_generator",
    "check_line_lengths",
    "check_memory",
    "check_not_missing",
    "check_output_file",
    "check_output_folder",
    "check_pair_features",
    "check_same_order",
    "check_sequences",
    "check_text",
    "check_vectors",
    "codes_to_text",
    "content_digest",
    "counted",
    "damaged_row",
    "data_digest",
    "deal_linked_members",
    "deal_members",
    "draw_seed",
    "early_stoppers",
    "explained",
    "file_digest",
    "fit_target",
    "free_memory",
    "import_optional",
    "infer_starts",
    "is_mapped",
    "is_measurement",
    "is_number",
    "is_text",
    "is_whole",
    "listed",
    "mark_missing",
    "member_codes",
    "memory_limit",
    "name_row",
    "nested_estimators",
    "object_digest",
    "one_hot_to_codes",
    "open_text",
    "order_of_content",
    "overlaps_any",
    "parse_memory",
    "parse_table",
    "plain",
    "progress",
    "read_npz",
    "read_table",
    "read_text",
    "readable",
    "remove_leftovers",
    "repeated_identifiers",
    "replaced_file",
    "replaced_folder",
    "require_memory",
    "resolve_device",
    "resolve_precision",
    "short_digest",
    "table_column",
    "text_to_codes",
    "tidy_orthologs",
    "told_of_groups",
    "torch_seed_scope",
    "warn",
    "warn_of_left_out",
    "warn_of_shared_identifiers",
    "warn_of_twins",
    "warn_of_unreached_groups",
    "write_packed",
]
