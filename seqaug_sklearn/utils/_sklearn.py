"""The one file that touches private names of scikit-learn."""

from sklearn.base import _fit_context as fit_context
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

try:
    from sklearn.model_selection._split import GroupsConsumerMixin
except ImportError:  # pragma: no cover
    from sklearn.model_selection import GroupsConsumerMixin

__all__ = [
    "GroupsConsumerMixin",
    "HasMethods",
    "Hidden",
    "Integral",
    "Interval",
    "Options",
    "Real",
    "RealNotInt",
    "StrOptions",
    "fit_context",
    "validate_params",
]
