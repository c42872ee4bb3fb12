"""Every comparison says first what one trivial feature tells, where that is what the models have."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.evaluation import compare, compare_fixed_split
from seqaug_sklearn.evaluation._shortcuts import look_for_shortcuts, tell_two_sets
from seqaug_sklearn.model_selection import describe_difference

Y = np.repeat(["a", "b"], 30)


def draw(rng, n, length=60, gc=0.5):
    weights = [(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2]
    return ["".join(rng.choice(list("ACGT"), size, p=weights)) for size in np.broadcast_to(length, n)]


def shortcut(name, rng):
    """Case 39: 30 rows of each class, which differ in one trivial feature."""
    if name == "GC content":
        return draw(rng, 30, gc=0.35) + draw(rng, 30, gc=0.65)
    if name == "length":
        return draw(rng, 30, rng.integers(50, 60, 30)) + draw(rng, 30, rng.integers(70, 80, 30))
    return draw(rng, 30, 68) + [f"GATTACAG{text}" for text in draw(rng, 30)]


def counts(k=2):
    return make_pipeline(CountVectorizer(analyzer="char", ngram_range=(1, k)), MultinomialNB())


@pytest.mark.parametrize(
    ("name", "told"), [("GC content", "GC content"), ("length", "length"), ("adapter", "the beginning GATTACAG")]
)
def test_compare_says_it_first(name, told):
    X = shortcut(name, np.random.default_rng(0))
    result = compare({"bayes": counts()}, X, Y, cv=3, random_state=0)
    assert result.shortcuts is not None
    assert told in " ".join(result.verdict()[:3])
    if name == "GC content":
        assert result.verdict()[0].startswith("Warning: GC content alone gives an AUROC of 1.000")
        assert "Which trivial feature explains the labels?" in [part.title for part in result.sections()]


def test_without_a_shortcut_nothing_is_said():
    result = compare({"bayes": counts()}, draw(np.random.default_rng(1), 60), Y, cv=3, random_state=0)
    assert result.shortcuts.best is None
    assert "alone gives" not in result.summary()


def test_what_an_augmentation_takes_away_is_no_harm():
    X = shortcut("GC content", np.random.default_rng(0))
    told = compare({"counts": counts(), "counts, windows": counts(1)}, X, Y, cv=3, random_state=0).verdict(
        treatment="Windows"
    )
    assert not any("harm" in line for line in told)


def test_where_no_score_stands_beside_it_the_trait_is_told_alone():
    X = shortcut("GC content", np.random.default_rng(0))
    result = compare({"bayes": counts()}, X, Y, cv=3, scoring="accuracy", random_state=0)
    assert "and no model gives one to compare it with" in result.verdict()[0]


@pytest.mark.parametrize("kind", ["left out", "numbers", "bags", "windows of one parent each"])
def test_nothing_is_audited_where_nothing_can_be_said(kind):
    X, groups, about = shortcut("GC content", np.random.default_rng(0)), None, {}
    cv = StratifiedKFold(3)
    model = counts()
    if kind == "left out":
        about = {"shortcuts": False}
    elif kind == "numbers":
        X, model = np.random.default_rng(0).random((60, 4)), MultinomialNB()
    elif kind == "bags":
        X = WindowAugmenter(20, overlap=(0, 0), min_shared=None).fit_transform(X)
        model = make_pipeline(CountVectorizer(analyzer="char", preprocessor=" ".join), MultinomialNB())
    else:
        groups = np.column_stack([Y, np.arange(60)])
    assert compare({"bayes": model}, X, Y, cv=cv, groups=groups, random_state=0, **about).shortcuts is None


def test_of_too_many_rows_nothing_is_said():
    X = ["ACGT"] * 300_000
    assert look_for_shortcuts(X, np.arange(300_000) % 2, None, "dna", 0) is None
    assert tell_two_sets(X, X, "dna", 0) == ""


def test_numbers_of_classes_are_names():
    X = shortcut("length", np.random.default_rng(0))
    report = look_for_shortcuts(X, np.repeat([0.0, 1.0], 30), None, "dna", 0)
    assert (report.kind, report.best) == ("classes", "length")


def test_a_fixed_split_says_it_first_and_how_the_sets_differ():
    X = pd.Series(shortcut("GC content", np.random.default_rng(0)))
    # test rows that are shorter
    test = np.arange(60) % 3 == 0
    X[test] = X[test].str[:45]
    result = compare_fixed_split(X[~test], Y[~test], X[test], Y[test], models=["kmers"], window=20, quick=True)
    told = result.headline()
    assert told[0].startswith("Warning: GC content alone gives an AUROC of 1.000")
    assert any(line.startswith("The two sets differ: length alone gives an AUROC of 1.000") for line in told)
    assert not any("harm" in line for line in told)
    assert "Which trivial feature explains the labels?" in [part.title for part in result.sections()]


def test_sets_of_one_kind_do_not_differ():
    rng = np.random.default_rng(3)
    assert describe_difference(draw(rng, 30), draw(rng, 30)) == ""
    assert describe_difference(draw(rng, 9), draw(rng, 9, 80)) == ""
    assert "the end GATTACAG alone gives" in describe_difference(
        draw(rng, 30, 60), [f"{t}GATTACAG" for t in draw(rng, 30, 52)]
    )


def test_networks_show_their_epochs_and_nothing_else_does():
    from sklearn.linear_model import LogisticRegression

    from seqaug_sklearn.classification import MotifCNNClassifier
    from seqaug_sklearn.evaluation._running._fit_fold import _with_bar

    line = make_pipeline(CountVectorizer(), MotifCNNClassifier())
    assert _with_bar(line)[-1].verbose == 1
    assert _with_bar(MotifCNNClassifier(verbose=2)).verbose == 2
    assert _with_bar(LogisticRegression()).verbose == 0


def test_the_audit_has_a_bar(capsys):
    X = shortcut("length", np.random.default_rng(0))
    compare({"bayes": counts()}, X, Y, cv=3, progress=True, random_state=0)
    assert "audit of shortcuts: 100%" in capsys.readouterr().err


def test_chance_is_the_better_way_of_guessing():
    rng = np.random.default_rng(4)
    y = np.repeat(["a", "b", "c"], [30, 10, 10])
    result = compare({"bayes": counts()}, draw(rng, 50), y, cv=2, shortcuts=False, random_state=0)
    assert result.chance_of("accuracy") == pytest.approx(0.6)
    assert result.chance_of("balanced_accuracy") == pytest.approx(1 / 3)
    assert np.isnan(result.chance_of("f1_macro"))
    figure = result.sections()[0].figures["Accuracy of each model"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["chance (0.600)"]
