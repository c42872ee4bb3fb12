"""What estimators answer, in one form: scikit-learn has several for labels."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier

from seqaug_sklearn.base import read_answers
from seqaug_sklearn.exceptions import DataFormatError

NONE = np.array([])


class Fixed:
    """Answers what it is given."""

    def __init__(self, **answers):
        for name, values in answers.items():
            setattr(self, name, lambda X, values=values: values)


def make_data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    return X, (X[:, :2] + 0.3 * rng.normal(size=(60, 2)) > 0).astype(int)


def answers_of(estimator, X, y, task="labels"):
    return read_answers(estimator, X, task, y_train=y, classes=NONE)


def test_both_forms_of_probabilities_of_labels_are_the_same():
    X, y = make_data()
    lists = answers_of(MultiOutputClassifier(LogisticRegression()).fit(X, y), X, y)  # a list of (n, 2)
    columns = answers_of(OneVsRestClassifier(LogisticRegression()).fit(X, y), X, y)  # (n, 2)
    np.testing.assert_allclose(lists.scores, columns.scores)
    np.testing.assert_array_equal(lists.predicted, columns.predicted)
    assert lists.probability
    assert columns.probability
    assert (columns.predicted == (columns.scores > 0.5)).all()


def test_decision_values_rank_labels_and_are_no_probabilities():
    X, y = make_data()
    found = answers_of(RidgeClassifier().fit(X, y), X, y)
    assert not found.probability
    np.testing.assert_array_equal(found.predicted, found.scores > 0)


@pytest.mark.parametrize("value", [0, 1])
def test_a_label_with_one_value_in_training_has_that_for_certain(value):
    X, y = make_data()
    y[:, 1] = value
    found = answers_of(KNeighborsClassifier(3).fit(X, y), X, y)  # scikit-learn gives one column
    assert (found.scores[:, 1] == value).all()
    assert found.scores.shape == y.shape


def test_a_regressor_says_how_surely_a_label_is_there():
    X, y = make_data()
    found = answers_of(DummyRegressor().fit(X, y), X, y)
    np.testing.assert_allclose(found.scores, np.tile(y.mean(axis=0), (60, 1)))
    assert found.probability
    assert set(np.unique(found.predicted)) <= {0.0, 1.0}
    wild = answers_of(Fixed(predict=np.array([[0.2, 1.7]])), X[:1], y)
    assert not wild.probability
    assert wild.predicted.tolist() == [[0, 1]]


def test_numbers_keep_one_column_per_target():
    X = np.zeros((3, 1))
    assert answers_of(Fixed(predict=[1, 2, 3]), X, np.zeros(5), "number").predicted.shape == (3, 1)
    assert answers_of(Fixed(predict=np.ones((3, 2))), X, np.zeros((5, 2)), "number").predicted.shape == (3, 2)


@pytest.mark.parametrize(
    ("predicted", "y_train", "task", "message"),
    [
        (np.ones((3, 2)), np.zeros(5), "number", r"predict returned the shape \(3, 2\), but y holds 1 targets"),
        (np.ones(3), np.zeros((5, 2)), "number", r"predict returned the shape \(3, 1\), but y holds 2 targets"),
        ([1.0, np.nan, 2.0], np.zeros(5), "number", "no finite number for 1 of 3 rows, the first of them row 1"),
        (["a", "z"], np.array(["a", "b"]), "classes", "predict returned 'z', which is no label of y"),
    ],
)
def test_strange_answers_are_named(predicted, y_train, task, message):
    classes = np.unique(y_train) if task == "classes" else NONE
    with pytest.raises(DataFormatError, match=message):
        read_answers(Fixed(predict=predicted), np.zeros((3, 1)), task, y_train=y_train, classes=classes)


def test_a_classifier_of_labels_answers_with_0_and_1():
    model = Fixed(predict=np.array([[0, 2]]), predict_proba=np.array([[0.5, 0.5]]))
    with pytest.raises(DataFormatError, match="other answers than 0 and 1"):
        answers_of(model, np.zeros((1, 1)), np.zeros((5, 2)))
