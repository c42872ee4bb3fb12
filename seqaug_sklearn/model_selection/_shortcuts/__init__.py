"""Which trivial feature predicts the labels: traits of sequences and names, their scores, what is left beyond one."""

from seqaug_sklearn.model_selection._shortcuts._audit import audit_shortcuts
from seqaug_sklearn.model_selection._shortcuts._beyond import BeyondShortcut, score_beyond_shortcut
from seqaug_sklearn.model_selection._shortcuts._report import ShortcutReport
from seqaug_sklearn.model_selection._shortcuts._two_sets import describe_difference

__all__ = ["BeyondShortcut", "ShortcutReport", "audit_shortcuts", "describe_difference", "score_beyond_shortcut"]
