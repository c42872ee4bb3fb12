"""The memoriser is a nearest neighbour on shared k-mers."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from seqaug_sklearn.evaluation import memoriser
from seqaug_sklearn.evaluation._memoriser import is_memoriser


@pytest.mark.parametrize("k", [4, 12])
def test_copies_the_label_of_the_sequence_with_most_shared_kmers(k, random_dna):
    train, labels = random_dna(20, 60), np.arange(20)
    test = [s[5:] + s[:5] for s in train]
    assert memoriser(k=k).fit(train, labels).predict(test).tolist() == labels.tolist()


def test_labels_of_unrelated_sequences_are_guesses(random_dna):
    model = memoriser(k=12).fit(random_dna(40, 60), np.repeat(["a", "b"], 20))
    assert set(model.predict(random_dna(30, 60))) <= {"a", "b"}


def test_is_recognised():
    assert is_memoriser(memoriser())
    assert not is_memoriser(make_pipeline(StandardScaler(), LogisticRegression()))
    assert not is_memoriser(LogisticRegression())
