"""First errors in pipelines: what a step gives and the next one cannot take is said with the way out.

scikit-learn's own message comes from the next step ("Found array with dim 3"), which does not know where its rows came
from. The step that gives them does, and finds the pipeline that called it on the stack.
"""

import sys
from types import FrameType
from typing import Any

from sklearn.base import is_classifier, is_regressor
from sklearn.utils import get_tags

from seqaug_sklearn.exceptions import SequenceError

__all__ = ["ResamplerMixin", "check_next_step"]

_PIPELINES = ("sklearn.pipeline", "imblearn.pipeline")
# between a step and its pipeline lie wrappers of scikit-learn and joblib
_NEAR = 14
_NESTING = {"estimator", "estimators", "steps", "transformers", "transformer_list"}


def check_next_step(transformer, made) -> None:
    """Raise where the next step of the pipeline that called ``fit_transform`` cannot take what was made.

    Parameters
    ----------
    transformer : estimator
        The step.
    made : ndarray
        Its output.

    Raises
    ------
    SequenceError
        If that step is one of scikit-learn's own that takes matrices of numbers only.
    """
    is_text = made.dtype.kind == "U"
    if not is_text and made.ndim == 2:
        return
    behind = _step_behind(transformer)
    if behind is None or not _takes_a_matrix_only(behind):
        return
    name, own = type(behind).__name__, type(transformer).__name__
    kinds = [kind for kind, holds in (("Classifier", is_classifier), ("Regressor", is_regressor)) if holds(behind)]
    vote = f"give it as WindowVoting{kinds[0]}({name}())" if kinds else "leave the windows out"
    if is_text:
        gives, way_out = "bags of text", f"put OneHotEncoder(flatten=True) between them, and {vote}"
    elif made.ndim == 3 and not getattr(transformer, "flatten", False):
        gives, way_out = "arrays of shape (n_samples, length, n_symbols)", f"pass {own}(flatten=True)"
    else:
        gives, way_out = "bags of windows", f"pass {own}(flatten=True), and {vote}"
    raise SequenceError(f"{own} gives {gives}, and {name} behind it takes one row of numbers per sequence: {way_out}")


class ResamplerMixin:
    """What changes the number of rows says where it belongs, if a pipeline of scikit-learn is given it."""

    def __getattr__(self, name):
        if name == "transform":
            asks = sys._getframe(1)
            if asks.f_globals.get("__name__") == "sklearn.pipeline" and asks.f_code.co_name == "_validate_steps":
                raise TypeError(
                    f"{type(self).__name__} adds rows, which a pipeline of scikit-learn cannot; make the pipeline with "
                    "imblearn.pipeline.make_pipeline, which adds them in fit only"
                )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def _step_behind(transformer):
    """The step of the calling pipeline that comes after this one; None where there is none."""
    frame: FrameType | None = sys._getframe(2)
    for _ in range(_NEAR):
        if frame is None:
            return None
        pipeline: Any = frame.f_locals.get("self")
        if frame.f_globals.get("__name__") in _PIPELINES and hasattr(pipeline, "steps"):
            steps = [step for _, step in pipeline.steps if step is not None and not isinstance(step, str)]
            # a pipeline with a memory fits copies
            places = [place for place, step in enumerate(steps) if step is transformer]
            places = places or [place for place, step in enumerate(steps) if type(step) is type(transformer)]
            return steps[places[0] + 1] if places and places[0] + 1 < len(steps) else None
        frame = frame.f_back
    return None


def _takes_a_matrix_only(step):
    """Whether a step is scikit-learn's own and refuses text and arrays of three axes; what nests others may not."""
    if not type(step).__module__.startswith("sklearn.") or _NESTING & step.get_params(deep=False).keys():
        return False
    tags = get_tags(step)
    takes = tags.input_tags
    return not (tags.no_validation or takes.string or takes.categorical or takes.three_d_array)
