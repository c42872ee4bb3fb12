"""Which rows belong together, and and the warnings about them."""

from seqaug_sklearn.utils._lineage._fit_metadata import (
    early_stoppers,
    fit_target,
    nested_estimators,
    routed_to_splitters,
    told_of_groups,
    warn_of_unreached_groups,
)
from seqaug_sklearn.utils._lineage._identifiers import (
    SHARED_IDENTIFIERS,
    are_names,
    repeated_identifiers,
    warn_of_shared_identifiers,
)
from seqaug_sklearn.utils._lineage._made_rows import (
    known_parents,
    made_of_all,
    made_parents,
    made_positions,
    mark_made_of_all,
    mark_made_rows,
    mark_made_windows,
    warn_of_parted_rows,
)
from seqaug_sklearn.utils._lineage._members import deal_linked_members, deal_members, member_codes

__all__ = [
    "SHARED_IDENTIFIERS",
    "are_names",
    "deal_linked_members",
    "deal_members",
    "early_stoppers",
    "fit_target",
    "known_parents",
    "made_of_all",
    "made_parents",
    "made_positions",
    "mark_made_of_all",
    "mark_made_rows",
    "mark_made_windows",
    "member_codes",
    "nested_estimators",
    "repeated_identifiers",
    "routed_to_splitters",
    "told_of_groups",
    "warn_of_parted_rows",
    "warn_of_shared_identifiers",
    "warn_of_unreached_groups",
]
