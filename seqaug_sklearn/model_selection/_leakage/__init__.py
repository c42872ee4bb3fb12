"""Leaks between training and test rows: the audit, its evidence, and the guard of a splitter."""

from seqaug_sklearn.model_selection._leakage._audit import (
    audit_leakage,
    check_no_leakage,
    report_on,
    row_names,
    windows_of,
)
from seqaug_sklearn.model_selection._leakage._guard import LeakageGuard, splits_of
from seqaug_sklearn.model_selection._leakage._leakage_groups import leakage_groups, linked_rows
from seqaug_sklearn.model_selection._leakage._leakage_report import LeakageReport, describe_leaks, kind_of
from seqaug_sklearn.model_selection._leakage._lineage import warn_of_lineage
from seqaug_sklearn.model_selection._leakage._shared_sequence import EvidenceFinder

__all__ = [
    "EvidenceFinder",
    "LeakageGuard",
    "LeakageReport",
    "audit_leakage",
    "check_no_leakage",
    "describe_leaks",
    "kind_of",
    "leakage_groups",
    "linked_rows",
    "report_on",
    "row_names",
    "splits_of",
    "warn_of_lineage",
    "windows_of",
]
