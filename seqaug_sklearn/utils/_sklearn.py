"""The one file that touches private names of scikit-learn."""

from sklearn.base import _fit_context as fit_context
from sklearn.utils import _safe_indexing as take_rows
from sklearn.utils._param_validation import (
    HasMethods,
    Hidden,
    Integral,
    Interval,
    Options,
    Real,
    RealNotInt,
    StrOptions,
    validate_params,
)

__all__ = [
    "GroupsConsumerMixin",  # noqa: F822
    "HasMethods",
    "Hidden",
    "Integral",
    "Interval",
    "Options",
    "Real",
    "RealNotInt",
    "StrOptions",
    "fit_context",
    "take_rows",
    "validate_params",
]


def __getattr__(name):
    # loads sklearn.model_selection, which transformers do not need
    if name == "GroupsConsumerMixin":
        from sklearn.model_selection._split import GroupsConsumerMixin

        return GroupsConsumerMixin
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
