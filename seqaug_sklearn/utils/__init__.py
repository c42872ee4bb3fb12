"""Shared ground: validation of text, codes, blocks, randomness, devices, memory, files, outputs, packages, logos.

``_sklearn`` is the one file that touches private names of scikit-learn; it is imported by name, not from here.
"""

from seqaug_sklearn.utils import _genotype_metrics as genotype_metrics
from seqaug_sklearn.utils._blocks import block_of_starts, infer_starts, overlaps_any
from seqaug_sklearn.utils._brief import brief, plain
from seqaug_sklearn.utils._buffer import TextBuffer
from seqaug_sklearn.utils._class_labels import check_class_labels, check_not_missing, is_measurement
from seqaug_sklearn.utils._codes import codes_to_text, one_hot_to_codes, text_to_codes
from seqaug_sklearn.utils._devices import resolve_device, resolve_precision
from seqaug_sklearn.utils._files import explained, remove_leftovers, replaced_file
from seqaug_sklearn.utils._fit_metadata import (
    early_stoppers,
    fit_target,
    nested_estimators,
    told_of_groups,
    warn_of_unreached_groups,
)
from seqaug_sklearn.utils._folders import replaced_folder
from seqaug_sklearn.utils._genotype_copies import (
    MEMBERSHIP_LIMIT,
    many_copies_fault,
    membership_fault,
    most_exposed_fault,
)
from seqaug_sklearn.utils._genotypes import (
    check_genotypes,
    dosages,
    from_haplotypes,
    recode_genotypes,
    to_haplotypes,
    warn_of_encoding,
)
from seqaug_sklearn.utils._lineage import are_names, repeated_identifiers, warn_of_shared_identifiers
from seqaug_sklearn.utils._logos import draw_logo, stack_limits
from seqaug_sklearn.utils._members import deal_linked_members, deal_members, member_codes
from seqaug_sklearn.utils._memory import (
    available_memory,
    check_memory,
    free_memory,
    parse_memory,
    readable,
    require_memory,
)
from seqaug_sklearn.utils._missing_words import mark_missing, warn_of_left_out, warn_of_twins
from seqaug_sklearn.utils._optional import import_optional
from seqaug_sklearn.utils._order import check_same_order
from seqaug_sklearn.utils._orthologs import tidy_orthologs
from seqaug_sklearn.utils._outputs import check_output_file, check_output_folder
from seqaug_sklearn.utils._progress import progress
from seqaug_sklearn.utils._random import check_generator, draw_seed, torch_seed_scope
from seqaug_sklearn.utils._sequences import Sequences, check_bags, check_sequences, check_text, is_text, name_row
from seqaug_sklearn.utils._tables import parse_table, read_table, table_column
from seqaug_sklearn.utils._text_files import check_line_lengths, open_text, read_text
from seqaug_sklearn.utils._vectors import check_vectors, damaged_row

__all__ = [
    "MEMBERSHIP_LIMIT",
    "Sequences",
    "TextBuffer",
    "are_names",
    "available_memory",
    "block_of_starts",
    "brief",
    "check_bags",
    "check_class_labels",
    "check_generator",
    "check_genotypes",
    "check_line_lengths",
    "check_memory",
    "check_not_missing",
    "check_output_file",
    "check_output_folder",
    "check_same_order",
    "check_sequences",
    "check_text",
    "check_vectors",
    "codes_to_text",
    "damaged_row",
    "deal_linked_members",
    "deal_members",
    "dosages",
    "draw_logo",
    "draw_seed",
    "early_stoppers",
    "explained",
    "fit_target",
    "free_memory",
    "from_haplotypes",
    "genotype_metrics",
    "import_optional",
    "infer_starts",
    "is_measurement",
    "is_text",
    "many_copies_fault",
    "mark_missing",
    "member_codes",
    "membership_fault",
    "most_exposed_fault",
    "name_row",
    "nested_estimators",
    "one_hot_to_codes",
    "open_text",
    "overlaps_any",
    "parse_memory",
    "parse_table",
    "plain",
    "progress",
    "read_table",
    "read_text",
    "readable",
    "recode_genotypes",
    "remove_leftovers",
    "repeated_identifiers",
    "replaced_file",
    "replaced_folder",
    "require_memory",
    "resolve_device",
    "resolve_precision",
    "stack_limits",
    "table_column",
    "text_to_codes",
    "tidy_orthologs",
    "to_haplotypes",
    "told_of_groups",
    "torch_seed_scope",
    "warn_of_encoding",
    "warn_of_left_out",
    "warn_of_shared_identifiers",
    "warn_of_twins",
    "warn_of_unreached_groups",
]
