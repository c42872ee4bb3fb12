"""Splits that keep shared sequence from being on both sides, checks that prove it, and a search on such splits."""

from seqaug_sklearn.model_selection._cold_pair import ColdPairKFold
from seqaug_sklearn.model_selection._contradictions import ContradictionReport, find_contradictions
from seqaug_sklearn.model_selection._leakage import (
    LeakageGuard,
    LeakageReport,
    audit_leakage,
    check_no_leakage,
    describe_leaks,
    leakage_groups,
)
from seqaug_sklearn.model_selection._negatives import NegativeSet, make_negatives
from seqaug_sklearn.model_selection._optuna import OptunaSearch
from seqaug_sklearn.model_selection._read_groups import read_groups
from seqaug_sklearn.model_selection._sanity_checks import sanity_checks
from seqaug_sklearn.model_selection._sanity_report import SanityReport
from seqaug_sklearn.model_selection._shortcuts import (
    BeyondShortcut,
    ShortcutReport,
    audit_shortcuts,
    describe_difference,
    score_beyond_shortcut,
)
from seqaug_sklearn.model_selection._similarity_group import SimilarityGroupKFold
from seqaug_sklearn.model_selection._split_by_groups import split_by_groups
from seqaug_sklearn.model_selection._window_block import WindowBlockKFold

__all__ = [
    "BeyondShortcut",
    "ColdPairKFold",
    "ContradictionReport",
    "LeakageGuard",
    "LeakageReport",
    "NegativeSet",
    "OptunaSearch",
    "SanityReport",
    "ShortcutReport",
    "SimilarityGroupKFold",
    "WindowBlockKFold",
    "audit_leakage",
    "audit_shortcuts",
    "check_no_leakage",
    "describe_difference",
    "describe_leaks",
    "find_contradictions",
    "leakage_groups",
    "make_negatives",
    "read_groups",
    "sanity_checks",
    "score_beyond_shortcut",
    "split_by_groups",
]
