"""Shared texts stand in the docstrings in full, and the groups name every parameter in the constructor's order."""

import inspect
import re

import pytest

from seqaug_sklearn.classification import CNNBiLSTMClassifier, PromoterCNNClassifier, ResidualMLPClassifier
from seqaug_sklearn.neural._estimators._parameter_texts import TEXTS, with_shared_texts
from seqaug_sklearn.regression import CNNBiLSTMRegressor, MotifCNNRegressor, PromoterCNNRegressor, ResidualMLPRegressor

CLASSES = [CNNBiLSTMClassifier, PromoterCNNClassifier, ResidualMLPClassifier]
REGRESSORS = [CNNBiLSTMRegressor, MotifCNNRegressor, PromoterCNNRegressor, ResidualMLPRegressor]


def parameters_of(cls):
    return list(inspect.signature(cls).parameters)


@pytest.mark.parametrize("cls", CLASSES + REGRESSORS)
def test_no_mark_is_left(cls):
    docs = [cls.__doc__, *(method.__doc__ for method in vars(cls).values() if inspect.isfunction(method))]
    marks = {mark for doc in docs for mark in re.findall(r"^ *(\{\w+\})$", doc or "", re.MULTILINE)}
    assert marks == set()


@pytest.mark.parametrize("cls", CLASSES)
def test_texts_stand_in_full_and_in_the_width_of_the_sources(cls):
    doc = inspect.getdoc(cls)
    assert " ".join(TEXTS["random_state"].split()) in " ".join(doc.split())
    assert TEXTS["y"] in " ".join(cls.fit.__doc__.split())
    assert max(map(len, cls.__doc__.splitlines())) <= 120


@pytest.mark.parametrize("cls", CLASSES + REGRESSORS)
def test_groups_name_every_parameter_in_the_order_of_the_constructor(cls):
    groups = re.search(r"^Parameters come in groups:\n\n(.*?)\n\n", inspect.getdoc(cls), re.MULTILINE | re.DOTALL)[1]
    assert re.findall(r"``(\w+)``", groups) == parameters_of(cls)


@pytest.mark.parametrize("cls", CLASSES + REGRESSORS)
def test_parameters_are_described_in_the_order_of_the_constructor(cls):
    section = re.search(r"^Parameters\n-+\n(.*?)\n\n", inspect.getdoc(cls), re.MULTILINE | re.DOTALL)[1]
    assert re.findall(r"^(\w+) :", section, re.MULTILINE) == parameters_of(cls)


def test_what_is_said_of_numbers_stands_in_place_of_what_is_said_of_classes():
    doc = " ".join(MotifCNNRegressor.__doc__.split())
    assert '"poisson" for counts' in doc
    assert '``"r2"`` or ``"spearman"``' in doc
    assert not any(word in doc for word in ("noisy_or", "class_weight", "probabilities"))


def test_every_text_is_used_by_two_classes():
    sources = [inspect.getsource(cls) for cls in CLASSES]
    assert [name for name in TEXTS if sum(f"{{{name}}}\n" in source for source in sources) < 2] == []


def test_a_mark_without_text_is_an_error():
    class Mistyped:
        """Summary.

        {no_such_text}
        """

    with pytest.raises(KeyError, match="no_such_text"):
        with_shared_texts(Mistyped)


def test_docstrings_may_be_missing():
    class Bare:
        def fit(self): ...

    assert with_shared_texts(Bare).__doc__ is None
