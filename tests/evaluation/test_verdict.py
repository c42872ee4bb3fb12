"""The words of a verdict: what is chance, what a lookup finds, what is the same, and what can be shown."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import KFold

from seqaug_sklearn.evaluation import compare, memoriser
from seqaug_sklearn.evaluation._verdict import headline, sentences
from seqaug_sklearn.evaluation._verdict_of_pairs import limits
from seqaug_sklearn.exceptions import LeakageWarning

Y = np.repeat(["a", "b"], 60)[np.random.default_rng(0).permutation(120)]


class Table(ClassifierMixin, BaseEstimator):
    """Answers what a table says; X holds row numbers."""

    def __init__(self, answers):
        self.answers = answers

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.asarray(self.answers)[np.asarray(X)[:, 0].astype(int)]


def compare_answers(answers):
    models = {name: Table(list(answer)) for name, answer in answers.items()}
    return compare(models, np.arange(120.0)[:, None], Y, cv=KFold(5), random_state=0)


def flipped(rows):
    answers = Y.copy()
    answers[rows] = np.where(Y[rows] == "a", "b", "a")
    return answers


def beaten_by_a_lookup(random_dna, *, exact):
    """Pairs of copies, and a coin that cannot find them."""
    X, y = np.repeat(random_dna(40, 60), 2), np.repeat(np.arange(40) % 2, 2)
    if not exact:
        X = [s if i % 2 else ("C" if s[0] == "A" else "A") + s[1:] for i, s in enumerate(X)]
    models = {"coin": DummyClassifier(strategy="uniform"), "memoriser": memoriser()}
    with pytest.warns(LeakageWarning, match="share sequence with training rows"):
        return compare(models, X, y, cv=KFold(5, shuffle=True), random_state=0)


def test_where_a_lookup_beats_chance_differences_do_not_mean_nothing(random_dna):
    lines = beaten_by_a_lookup(random_dna, exact=True).verdict()
    [told] = [line for line in lines if "beats chance" in line]
    assert told.startswith(
        "No model beats chance except memoriser, a lookup of the most similar training sequence, which"
    )
    assert "the split leaks, so that may be memorisation. The best other model, coin, scores 0." in told
    assert not any("mean nothing" in line for line in lines)
    # where the rows themselves do not say that the split leaks
    other = beaten_by_a_lookup(random_dna, exact=False)
    [told] = [line for line in sentences(other, "accuracy", None, unrelated=True) if "beats chance" in line]
    assert "so there is something to learn" in told
    [told] = [line for line in sentences(other, "accuracy", None) if "beats chance" in line]
    assert "either relatives on both sides of the split or what there is to learn" in told


def test_models_that_answer_alike_are_the_same():
    good = flipped(np.arange(0, 120, 30))
    lines = compare_answers({"cnn": good, "cnn+": good}).verdict(treatment="Windows")
    assert lines[0] == "Windows: no difference, the answers are the same in every row."
    assert "cnn+ and cnn give the same answer in every row (accuracy 0.967)." in lines
    assert headline(lines) == lines[:2]
    assert lines[1].startswith("The best model is cnn with 0.967")


def test_a_score_above_chance_by_itself_may_be_the_luckiest():
    """Of twelve coins one has an interval that leaves out chance: to have been chosen among twelve explains it."""
    coins = {f"coin {i}": np.random.default_rng(1000 + i).permutation(Y) for i in range(11)}
    result = compare_answers(coins | {"lucky": flipped(np.arange(44))})
    tests = result.tests()
    best = tests.loc[tests["mean"].idxmax()]
    assert best["p_chance"] < 0.05 < best["p_chance_best"]
    [told] = [line for line in result.verdict() if "No model beats chance" in line]
    p = f"{best['p_chance_best']:.3f}"
    assert f"but as the best of 12 models it may be the luckiest (adjusted p = {p})" in told
    assert "no more than chance" not in told


def test_luck_is_said_in_words_and_with_the_interval():
    result = compare_answers({"coin": np.random.default_rng(0).permutation(Y)})
    [told] = [line for line in result.verdict() if "No model beats chance" in line]
    interval = r"\(accuracy; 95 % interval 0\.\d{3} to 0\.\d{3}\)"
    luck = r"which is no more than chance \(chance 0\.500\)\."
    assert re.search(rf"the best, coin, scores 0\.\d{{3}} {interval}, {luck}", told)
    [told] = [line for line in sentences(result, "mcc", None) if "No model beats chance" in line]
    assert re.search(r"scores −?-?0\.\d{3} \(Matthews correlation; 95 % .*no more than chance \(chance −?-?0\.0", told)


@pytest.mark.parametrize(
    ("found", "n", "told"),
    [
        (0.43, 1, "0.43 with power 0.8 (0.25 was expected for one comparison, but these models vary more)"),
        (0.15, 1, "0.15 with power 0.8 (0.25 was expected for one comparison, but these models vary less)"),
        (0.30, 2, "(0.25 was expected for one comparison, but several comparisons are made)"),
        (0.25, 1, "these data cannot show a difference below 0.25"),
        (0.60, 1, "these data cannot show any difference"),
    ],
)  # fmt: skip
def test_what_can_be_shown_is_one_figure(found, n, told):
    assert limits(pd.Series([found] * n), 0.5, lambda n: 0.25 + 0.05 * (n - 1)).endswith(told)
