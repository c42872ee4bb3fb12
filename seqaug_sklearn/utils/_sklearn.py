"""The one file that touches private names of scikit-learn."""

import importlib

import pandas as pd
from sklearn.base import _fit_context as fit_context
from sklearn.utils import _safe_indexing
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
from sklearn.utils._set_output import _wrap_data_with_container as wrap_output

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
    "wrap_output",
]


def take_rows(values, rows):
    """Return some rows of an array, list, frame or index; those of an index too where it is held by Arrow."""
    return values[rows] if isinstance(values, pd.Index) else _safe_indexing(values, rows)


_LATER = {
    # loads sklearn.model_selection, which transformers do not need
    "GroupsConsumerMixin": ("sklearn.model_selection._split", "GroupsConsumerMixin"),
    # parts of fitted estimators, for models in folders
    "BinMapper": ("sklearn.ensemble._hist_gradient_boosting.binning", "_BinMapper"),
    "BoostedTree": ("sklearn.ensemble._hist_gradient_boosting.predictor", "TreePredictor"),
    "BOOSTED_DTYPE": ("sklearn.ensemble._hist_gradient_boosting.common", "PREDICTOR_RECORD_DTYPE"),
    "CalibratedMember": ("sklearn.calibration", "_CalibratedClassifier"),
    "NODE_DTYPE": ("sklearn.tree._tree", "NODE_DTYPE"),
    "SigmoidCalibration": ("sklearn.calibration", "_SigmoidCalibration"),
    "Tree": ("sklearn.tree._tree", "Tree"),
}
"""Name -> where scikit-learn has it; imported when it is first asked for."""


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, private = _LATER[name]
    return getattr(importlib.import_module(module), private)
