"""Which classes a folder may name: public ones of this package, and a list of scikit-learn's."""

import importlib

import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier
from sklearn.utils import all_estimators

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation, WindowAugmenter
from seqaug_sklearn.evaluation import Comparison, FoldStore
from seqaug_sklearn.neural import ValidationSplit
from seqaug_sklearn.persistence._classes import (
    _OTHERS,
    class_of,
    function_name,
    function_of,
    is_sampler,
    name_of,
    part_names,
)


@pytest.mark.parametrize("cls", [WindowAugmenter, RandomMutation, Alphabet, ValidationSplit, RandomForestClassifier])
def test_names_lead_back_to_their_classes(cls):
    assert class_of(name_of(cls)) is cls
    assert "._" not in name_of(cls)


@pytest.mark.parametrize("module", _OTHERS)
def test_every_name_of_the_list_is_a_class(module):
    for name in _OTHERS[module].split():
        found = class_of(f"{module}.{name}")
        assert issubclass(found, BaseEstimator)
        assert name_of(found) == f"{module}.{name}"


def test_public_estimators_of_this_package_are_on_the_list():
    for unit in ("augmentation", "classification", "embedding", "encoding", "similarity"):
        module = importlib.import_module(f"seqaug_sklearn.{unit}")
        classes = [getattr(module, name) for name in module.__all__]
        for cls in (cls for cls in classes if isinstance(cls, type) and issubclass(cls, BaseEstimator)):
            assert class_of(name_of(cls)) is cls


@pytest.mark.parametrize("cls", [str, FoldStore, Comparison, pytest.Item, dict(all_estimators())["GridSearchCV"]])
def test_other_classes_have_no_name(cls):
    assert name_of(cls) is None


@pytest.mark.parametrize(
    "name",
    [None, 3, "", "seqaug_sklearn", "seqaug_sklearn.encoding.", "seqaug_sklearn.encoding.one_hot", "sklearn.tree"],
)
def test_other_names_have_no_class(name):
    assert class_of(name) is None


def test_functions_and_parts_are_lists_too():
    from sklearn.feature_selection import f_classif

    assert function_of(function_name(f_classif)) is f_classif
    assert function_of("os.system") is function_of(None) is None
    assert function_name(print) is None
    assert all(class_of(name) is not None for name in part_names())
    assert is_sampler(RandomAugmentation([]))
    assert not is_sampler(WindowAugmenter())
