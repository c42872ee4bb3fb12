"""Who receives groups, and who sets rows aside without them."""

import warnings
from typing import ClassVar

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn import config_context, get_config
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold, TunedThresholdClassifierCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from seqaug_sklearn import CNNBiLSTMClassifier, OneHotEncoder
from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation
from seqaug_sklearn.classification import ResidualMLPClassifier, WindowVotingClassifier
from seqaug_sklearn.evaluation import compare
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.utils import (
    early_stoppers,
    fit_target,
    routed_to_splitters,
    told_of_groups,
    warn_of_unreached_groups,
)

EDITS = RandomAugmentation([RandomMutation()])


def search(estimator, cv=None):
    return GridSearchCV(estimator, {"random_state": [0]}, cv=GroupKFold(2) if cv is None else cv)


@pytest.mark.parametrize(
    ("estimator", "key"),
    [
        (CNNBiLSTMClassifier(), "groups"),
        (make_pipeline(OneHotEncoder(), CNNBiLSTMClassifier()), "cnnbilstmclassifier__groups"),
        (search(CNNBiLSTMClassifier()), "groups"),
        (make_pipeline(FunctionTransformer(), search(SGDClassifier())), "gridsearchcv__groups"),
        (search(CNNBiLSTMClassifier(), cv=3), None),
        (make_sampling_pipeline(EDITS, OneHotEncoder(), CNNBiLSTMClassifier()), None),
        (LogisticRegression(), None),
        (make_pipeline(OneHotEncoder(), "passthrough"), None),
    ],
)
def test_who_receives_groups(estimator, key):
    target = fit_target(estimator, "groups")
    assert (None if target is None else target[0]) == key


@pytest.mark.parametrize(
    ("estimator", "stops"),
    [
        (CNNBiLSTMClassifier(bag_pooling="max"), False),
        (CNNBiLSTMClassifier(bag_pooling="max", validation_fraction=0.1), True),
        (CNNBiLSTMClassifier(), True),
        (ResidualMLPClassifier(), True),
        (CNNBiLSTMClassifier(validation_fraction=None), False),
        (SGDClassifier(), False),
        (SGDClassifier(early_stopping=True), True),
        (MLPClassifier(early_stopping=True), True),
        (HistGradientBoostingClassifier(early_stopping=True), True),
        (HistGradientBoostingClassifier(early_stopping=True, validation_fraction=None), False),  # on the training loss
        (HistGradientBoostingClassifier(), False),
        (GradientBoostingClassifier(), False),
        (GradientBoostingClassifier(n_iter_no_change=5), True),
        (LogisticRegression(), False),
    ],
)
def test_who_holds_rows_out(estimator, stops):
    nested = make_pipeline(FunctionTransformer(), WindowVotingClassifier(estimator, voting="hard"))
    for form in (estimator, nested):
        assert [type(part) for part in early_stoppers(form, 100)] == [type(estimator)] * stops
    assert len(early_stoppers(HistGradientBoostingClassifier(), 10_001)) == 1


@pytest.mark.parametrize(
    "estimator",
    [
        make_sampling_pipeline(EDITS, OneHotEncoder(), CNNBiLSTMClassifier()),
        search(CNNBiLSTMClassifier()),
        search(CNNBiLSTMClassifier(), cv=3),
        make_pipeline(OneHotEncoder(flatten=True), SGDClassifier(early_stopping=True)),
    ],
)
def test_groups_that_do_not_arrive(estimator):
    stopper = type(early_stoppers(estimator, 100)[0]).__name__
    with pytest.warns(LeakageWarning, match=rf"groups do not reach {stopper} in 'mine': early stopping there"):
        warn_of_unreached_groups({"mine": estimator, "other": LogisticRegression()}, 100)


@pytest.mark.parametrize(
    "estimator",
    [
        CNNBiLSTMClassifier(),
        make_pipeline(OneHotEncoder(), CNNBiLSTMClassifier()),
        make_sampling_pipeline(EDITS, OneHotEncoder(), CNNBiLSTMClassifier(validation_fraction=None)),
        search(CNNBiLSTMClassifier(validation_fraction=None)),
        search(SGDClassifier()),
    ],
)
def test_groups_that_arrive_or_are_not_needed(estimator):
    warn_of_unreached_groups({"mine": estimator}, 100)


def test_under_metadata_routing_requests_decide():
    with config_context(enable_metadata_routing=True):
        warn_of_unreached_groups({"mine": search(CNNBiLSTMClassifier())}, 100)
        with pytest.warns(LeakageWarning, match="groups do not reach SGDClassifier in 'mine'"):
            warn_of_unreached_groups({"mine": search(SGDClassifier(early_stopping=True))}, 100)
        denied = CNNBiLSTMClassifier().set_fit_request(groups=False)
        with pytest.warns(LeakageWarning, match="groups do not reach CNNBiLSTMClassifier in 'mine'"):
            warn_of_unreached_groups({"mine": make_pipeline(OneHotEncoder(), denied)}, 100)


def test_only_the_warning_of_each_fit_is_silenced():
    with told_of_groups():
        warnings.warn(
            "fit was given no groups, and 3 of 4 validation rows share sequence", LeakageWarning, stacklevel=1
        )
        with pytest.warns(LeakageWarning, match="something else"):
            warnings.warn("something else", LeakageWarning, stacklevel=1)
    with pytest.warns(LeakageWarning, match="no groups"):
        warnings.warn(
            "fit was given no groups, and 3 of 4 validation rows share sequence", LeakageWarning, stacklevel=1
        )


class Seen(GroupKFold):
    """Notes the groups that it gets."""

    noted: ClassVar[list] = []

    def split(self, X, y=None, groups=None):
        self.noted.append(None if groups is None else sorted(set(groups)))
        return super().split(X, y, groups)


def test_a_tuned_threshold_gets_the_groups_of_its_training_rows(rng):
    X, groups = rng.normal(size=(60, 2)), np.repeat(np.arange(12), 5)
    y = (X[:, 0] + rng.normal(size=60) > 0.8).astype(int)
    tuned = TunedThresholdClassifierCV(LogisticRegression(), cv=Seen(2), scoring="balanced_accuracy")
    Seen.noted.clear()
    result = compare({"tuned": tuned}, X, y, groups=groups, cv=GroupKFold(3), random_state=0)
    assert [len(names) for names in Seen.noted] == [8, 8, 8]
    assert not get_config()["enable_metadata_routing"]
    result.fit_best(X, y, groups=groups)
    assert Seen.noted[-1] == [*range(12)]


@pytest.mark.parametrize(
    ("estimator", "routed"),
    [
        (TunedThresholdClassifierCV(SGDClassifier(), cv=GroupKFold(2)), True),
        (TunedThresholdClassifierCV(SGDClassifier(), cv=3), False),
        (search(SGDClassifier()), False),
        (make_pipeline(OneHotEncoder(), TunedThresholdClassifierCV(SGDClassifier(), cv=GroupKFold(2))), True),
    ],
)
def test_routing_is_turned_on_where_groups_come_in_no_other_way(estimator, routed):
    with routed_to_splitters(estimator):
        assert get_config()["enable_metadata_routing"] == routed
