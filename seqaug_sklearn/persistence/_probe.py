"""A few rows made from a seed and what a model says of them: a loaded model must say the same.

It is what holds across versions of libraries, where the same numbers may mean something else.
"""

import warnings
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.persistence._classes import is_sampler
from seqaug_sklearn.utils import nested_estimators, plain

__all__ = ["check_probe", "make_probe", "parts_of"]

_ROWS = 6
_MOST_VALUES = 600
_LONGEST, _WIDEST = 100_000, 1_000_000
_TOLERANCE = {False: 1e-6, True: 1e-4}
"""Largest difference; networks differ more between processors and releases of torch."""
_METHODS = ("predict_proba", "decision_function", "predict", "transform")
_TRIED = (ValueError, TypeError, AttributeError, IndexError, KeyError, NotImplementedError)
"""What estimators raise for input of another kind."""


def parts_of(estimator):
    """An estimator and all that it consists of, parameters and fitted."""
    seen: list[Any] = []
    waiting = [estimator]
    while waiting:
        part = waiting.pop(0)
        if any(part is other for other in seen):
            continue
        seen.append(part)
        waiting += nested_estimators(part)
        waiting += [value for value in vars(part).values() if hasattr(value, "get_params")]
        waiting += [
            value
            for values in vars(part).values()
            if isinstance(values, list)
            for value in values
            if hasattr(value, "get_params") and not isinstance(value, type)
        ]
    return [part for part in seen if not isinstance(part, type)]


def make_probe(estimator):
    """What a fitted estimator says of made-up rows, as JSON; None where it takes nothing that can be made up."""
    if _reads_files(estimator):
        return None
    for recipe in _recipes(estimator):
        said = {method: output for method in _METHODS if (output := _tried(estimator, recipe, method)) is not None}
        if said:
            method, *others = said
            return {"input": recipe, "method": method, "output": said[method], "others": others}
    return None


def _tried(estimator, recipe, method):
    """What an estimator says; None where it has no such method, or takes other rows."""
    try:
        return _said(estimator, recipe, method) if hasattr(estimator, method) else None
    except _TRIED:
        return None


def _reads_files(estimator):
    """Whether predictions need a language model, which is no part of the folder."""
    return any(type(part).__name__ == "LanguageModelEmbedder" for part in parts_of(estimator))


def _recipes(estimator):
    """Kinds of rows, the likeliest first."""
    parts = parts_of(estimator)
    alphabet = next((a for part in parts if (a := getattr(part, "alphabet", None)) is not None), "dna")
    letters = get_alphabet(alphabet).symbols
    lengths = [n for part in parts if isinstance(n := getattr(part, "length_", None), int)]
    windows = [n for part in parts if isinstance(n := getattr(part, "window", None), int)]
    steps = [step for _, step in getattr(estimator, "steps", []) if not is_sampler(step)]
    first = steps[0] if steps else estimator
    n_features = getattr(first, "n_features_in_", None)
    if n_features is not None and not first.__sklearn_tags__().input_tags.string:
        # k-mer counts are not negative, and genotypes are small whole numbers
        for kind in ("numbers", "counts"):
            yield {"kind": kind, "seed": 0, "rows": _ROWS, "width": int(n_features)}
    for length in [*sorted(lengths)[:1], *(3 * n for n in windows), 60, 300, 20]:
        yield {"kind": "text", "seed": 0, "rows": _ROWS, "length": int(length), "letters": letters}
    for length in [*sorted(lengths)[:1], *windows, 20]:
        yield {"kind": "windows", "seed": 0, "rows": _ROWS, "length": int(length), "letters": letters}
    for width in [int(n) for part in parts if (n := getattr(part, "n_features_in_", None)) is not None]:
        yield {"kind": "bags", "seed": 0, "rows": _ROWS, "width": width}


def _rows(recipe):
    """The rows that a recipe describes."""
    rng = np.random.default_rng(recipe["seed"])
    rows = recipe["rows"]
    if recipe["kind"] in ("text", "windows"):
        n = rows if recipe["kind"] == "text" else 3 * rows
        codes = rng.integers(0, len(recipe["letters"]), (n, recipe["length"]))
        texts = ["".join(recipe["letters"][code] for code in row) for row in codes]
        return texts if recipe["kind"] == "text" else np.array(texts).reshape(rows, 3)
    if recipe["kind"] == "counts":
        return rng.integers(0, 3, (rows, recipe["width"])).astype(float)
    shape = (rows, recipe["width"]) if recipe["kind"] == "numbers" else (rows, 3, recipe["width"])
    return rng.normal(size=shape)


def _said(estimator, recipe, method):
    """JSON of the first values that an estimator gives for the rows of a recipe."""
    with warnings.catch_warnings():
        # rows made of noise are not what anybody is warned about
        warnings.simplefilter("ignore")
        check_is_fitted(estimator)
        given = getattr(estimator, method)(_rows(recipe))
    given = given.toarray() if sparse.issparse(given) else np.asarray(given)
    values = [plain(value) for value in given.ravel()[:_MOST_VALUES].tolist()]
    if not all(isinstance(value, (int, float, str, bool)) for value in values):
        raise TypeError("a model says something else than numbers and labels")
    if not all(np.isfinite(value) for value in values if isinstance(value, float)):
        raise ValueError("a model says NaN")
    return values


def check_probe(estimator, probe):
    """Raise unless the estimator says of the probe's rows what was said when it was saved."""
    if probe is None:
        return
    recipe, method, output, others = _checked(probe)
    if _reads_files(estimator) or not hasattr(estimator, method):
        raise DataFormatError("model.json: the probe does not fit the model")
    said = _said(estimator, recipe, method)
    tolerance = _TOLERANCE[any(hasattr(part, "net_") for part in parts_of(estimator))]
    if len(said) != len(output) or not all(_alike(*pair, tolerance) for pair in zip(said, output, strict=True)):
        raise DataFormatError(
            f"the loaded model predicts otherwise than the saved one: {method} of {recipe['rows']} made-up rows "
            f"differs by more than {tolerance:g}. Install the versions that model.json names, or save the model again"
        )
    for other in others:
        # labels may be close to a tie: that they are said at all is what counts
        _said(estimator, recipe, other)


def _alike(first, second, tolerance):
    if isinstance(first, float) and isinstance(second, (int, float)):
        return abs(first - second) <= tolerance * max(1.0, abs(second))
    return type(first) is type(second) and first == second


def _checked(probe):
    wrong = DataFormatError("model.json: the probe is none that this version makes")
    if not isinstance(probe, dict) or set(probe) != {"input", "method", "output", "others"}:
        raise wrong
    recipe, method, output, others = (probe[name] for name in ("input", "method", "output", "others"))
    if not isinstance(others, list) or not all(other in _METHODS for other in others):
        raise wrong
    if method not in _METHODS or not isinstance(output, list) or not isinstance(recipe, dict):
        raise wrong
    sizes = {"length", "letters"} if recipe.get("kind") in ("text", "windows") else {"width"}
    if set(recipe) != {"kind", "seed", "rows"} | sizes or recipe["kind"] not in _KINDS:
        raise wrong
    numbers = [recipe[name] for name in recipe if name not in ("kind", "letters")]
    limit = _LONGEST if "length" in sizes else _WIDEST
    if not all(type(n) is int and 0 <= n <= limit for n in numbers) or recipe["rows"] != _ROWS:
        raise wrong
    if not (isinstance(recipe.get("letters", "A"), str) and 1 <= len(recipe.get("letters", "A")) <= 64):
        raise wrong
    return recipe, method, output, others


_KINDS = ("text", "windows", "numbers", "counts", "bags")
