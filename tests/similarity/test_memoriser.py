import numpy as np
import pytest

from seqaug_sklearn import evaluation
from seqaug_sklearn.similarity import memoriser

COMPLEMENT = str.maketrans("ACGT", "TGCA")


@pytest.mark.parametrize("canonical", [False, True])
def test_copies_the_label_of_the_nearest_row_on_the_strands_asked_for(canonical, random_dna):
    train, labels = random_dna(20, 60), np.arange(20)
    model = memoriser(canonical=canonical).fit(train, labels)
    assert model.predict([text[7:] + text[:7] for text in train]).tolist() == labels.tolist()
    other = model.predict([text.translate(COMPLEMENT)[::-1] for text in train])
    assert (other == labels).mean() == (1.0 if canonical else 0.05)


def test_there_is_one():
    assert evaluation.memoriser is memoriser


def test_proteins(random_dna):
    train = random_dna(8, 40, "ACDEFGHIKLMNPQRSTVWY")
    model = memoriser(4, "protein").fit(train, list("abcdefgh"))
    assert model.predict([text[5:] for text in train]).tolist() == list("abcdefgh")
