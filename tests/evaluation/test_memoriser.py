"""A comparison knows the lookup baseline by its class, wrapped or not."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_resampling_pipeline
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from seqaug_sklearn.evaluation import memoriser
from seqaug_sklearn.evaluation._inputs import is_memoriser
from seqaug_sklearn.similarity import KmerSimilarity


@pytest.mark.parametrize(
    "wrapped",
    [
        memoriser(),
        make_pipeline(FunctionTransformer(), memoriser()),
        make_resampling_pipeline(RandomOverSampler(), memoriser()),
        GridSearchCV(memoriser(), {"k": [8, 12]}),
        CalibratedClassifierCV(make_pipeline("passthrough", memoriser())),
    ],
    ids=["plain", "pipeline", "imblearn pipeline", "grid search", "calibrated"],
)
def test_is_recognised(wrapped):
    assert is_memoriser(wrapped)


@pytest.mark.parametrize(
    "other",
    [
        make_pipeline(StandardScaler(), LogisticRegression()),
        LogisticRegression(),
        make_pipeline(KmerSimilarity(output="distance", n_neighbors=1), KNeighborsClassifier(1, metric="precomputed")),
        np.zeros(3),
    ],
    ids=["pipeline", "classifier", "nearest neighbour of the user's own", "no estimator"],
)
def test_others_are_not(other):
    assert not is_memoriser(other)
