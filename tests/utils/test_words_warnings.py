"""Warnings name the line of the user's that led to them."""

import warnings

import numpy as np
import pytest
from sklearn.model_selection import cross_validate

from seqaug_sklearn.exceptions import LeakageWarning, NoValidationWarning, SeqAugWarning
from seqaug_sklearn.utils import warn


def function_in(module, source):
    """Function ``f`` of a module of that name, which calls what is passed to it."""
    namespace = {"__name__": module, "warn": warn}
    exec(compile(source, f"{module}.py", "exec"), namespace)
    return namespace["f"]


CALLER = "def f(function, *arguments):\n    return function(*arguments)\n"
WARNER = "def f():\n    warn('odd', UserWarning)\n"


@pytest.mark.parametrize(
    "modules",
    [
        [],
        ["seqaug_sklearn.evaluation._compare"],
        [
            "seqaug_sklearn.cli",
            "sklearn.base",
            "seqaug_sklearn.neural._net",
            "joblib.parallel",
        ],
        ["seqaug_sklearn", "imblearn.base", "skorch.net"],
    ],
    ids=len,
)
def test_the_users_line_is_named_through_any_depth(modules):
    inner = function_in("seqaug_sklearn.utils._sequences", WARNER)
    chain = [function_in(module, CALLER) for module in modules] + [inner]
    with pytest.warns(UserWarning, match="odd") as record:
        chain[0](*chain[1:])
    assert record[0].filename == __file__


def test_other_code_between_is_the_users():
    """A library that calls this package is told itself, as the package whose line it is."""
    inner = function_in("seqaug_sklearn.utils._sequences", WARNER)
    other = function_in("seqaug_sklearn_plugin", CALLER)
    with pytest.warns(UserWarning, match="odd") as record:
        other(inner)
    assert record[0].filename == "seqaug_sklearn_plugin.py"


def test_a_warning_where_nothing_calls_the_package():
    """As in a process that starts in it: the outermost line stands for the user's."""
    from concurrent.futures import ThreadPoolExecutor

    with warnings.catch_warnings(record=True) as record, ThreadPoolExecutor(1) as pool:
        warnings.simplefilter("always")
        pool.submit(function_in("seqaug_sklearn.utils._sequences", WARNER)).result()
    assert [str(found.message) for found in record] == ["odd"]


def test_a_warning_of_a_fit_within_cross_validation():
    """The fit is called by scikit-learn's wrappers, which are not the user's line."""
    from seqaug_sklearn.classification import ResidualMLPClassifier

    X = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
    y = np.repeat([0, 1], 6)
    model = ResidualMLPClassifier(max_epochs=1, validation_fraction=0.2, device="cpu", random_state=0)
    with pytest.warns(NoValidationWarning) as record:
        cross_validate(model, X, y, cv=2, params={"groups": y}, error_score="raise")
    assert {found.filename for found in record if issubclass(found.category, SeqAugWarning)} == {__file__}
    assert not any(issubclass(found.category, LeakageWarning) for found in record)
