"""``compare_augmentations`` on numbers and on labels: read, split, compared and put into words as what they are."""

import re

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.evaluation import _sanity_section, compare_augmentations, make_model
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

# what all tests share is made once, by one worker
pytestmark = pytest.mark.xdist_group("augmentation_targets")

FAST = {"quick": True, "n_splits": 3, "window": 30, "n_repeats": 1, "device": "cpu"}


@pytest.fixture(scope="module")
def rows():
    """Ninety 40-mers in thirty named groups; a number that six positions decide."""
    rng = np.random.default_rng(5)
    letters = rng.integers(0, 4, (90, 40))
    effects = np.zeros((40, 4))
    effects[[3, 8, 14, 21, 29, 35]] = rng.normal(size=(6, 4))
    y = effects[np.arange(40), letters].sum(axis=1) + 0.1 * rng.normal(size=90)
    texts = ["".join(np.array(list("ACGT"))[row]) for row in letters]
    return pd.Series(texts, index=[f"g{i}" for i in range(90)]), y, np.repeat([f"f{i}" for i in range(30)], 3)


@pytest.fixture(scope="module")
def numbers(rows):
    X, y, groups = rows
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sanity_section, "_N_PERMUTATIONS", 2)
        return compare_augmentations(
            X,
            pd.Series(y, name="expression"),
            groups=groups,
            edits=True,
            models=["svm", "logistic", "memoriser", "majority"],
            **FAST,
        )


def test_numbers_are_predicted_by_regressors_and_judged_by_ranks(numbers, rows):
    assert numbers.comparison.task == "number"
    assert numbers.metric == "spearman"
    scores = numbers.comparison.scores("spearman")["mean"]
    assert scores["mean"] == 0
    assert scores["ridge, whole"] > 0.4
    assert numbers.best() in {"ridge, whole", "SVR, whole", "ridge, windows", "ridge, edits", "SVR, edits"}
    X, y, groups = rows
    assert np.isfinite(numbers.fit_best(X, y, groups=groups).predict(X[:3])).all()
    assert [*numbers.answers().index] == ["SVR", "ridge"]
    # every number is its own: no blocks of windows, no class with a single sequence
    assert numbers.split.kind == "parents"


def test_their_words_speak_of_numbers(numbers, tmp_path):
    told = "\n".join([*numbers.verdict(), *numbers.headline(), *numbers.split.sentences])
    assert "Spearman correlation" in told
    assert "()" not in told
    assert numbers.headline()[-1] == numbers.verdict()[-1] == str(numbers.reading)
    assert numbers.reading.startswith("y is read as numbers: 90 different values from ")
    assert "class" not in told.replace("task='classes'", "").replace("names of classes", "")
    assert numbers.data.index.tolist() == ["expression"]
    assert numbers.data.loc["expression", ["sequences", "groups"]].tolist() == [90, 30]
    page = numbers.to_html(tmp_path / "page").read_text()
    assert "is read as numbers" in page
    assert "Sequences of each class" not in page
    assert "ridge regression on counts of 6-mers" in page
    assert "Values exchanged between sequences score" in page


def test_a_position_that_decides_is_said_first():
    rng = np.random.default_rng(2)
    letters = rng.integers(0, 4, (60, 40))
    y = np.array([0.0, 2.0, 5.0, 9.0])[letters[:, 7]] + 0.1 * rng.normal(size=60)
    X = ["".join(np.array(list("ACGT"))[row]) for row in letters]
    told = compare_augmentations(X, y, models=["positional-kmers", "majority"], **FAST).headline()[0]
    assert told.startswith("Warning: position 8 alone gives a Spearman correlation of 0.")
    # the letter with the highest mean, and what all others have
    found = re.search(
        r"the values are (partly )?explained by position 8 \(mean value ([\d.]+) with T, ([\d.]+) without", told
    )
    assert found is not None
    assert float(found[2]) > float(found[3])


def test_a_gain_is_one_of_the_score(numbers):
    treatments = {"Windows": ["SVR, windows"]}
    tests = numbers.comparison.tests(metric="spearman")
    from seqaug_sklearn.evaluation._verdict_of_pairs import Span, tell_treatments

    pairs = tests.loc[["SVR, windows"]].assign(p_value_holm=0.01, difference=0.2)
    told = tell_treatments(pairs, treatments, Span(1.0), "", set(), None, "Spearman correlation")
    assert told == ["Windows raised the Spearman correlation in 1 of 1 comparisons (SVR, windows +0.200)."]


def test_whole_numbers_are_read_as_asked(rows):
    X, y, groups = rows
    counts = np.clip(np.round(3 * (y - y.min())), 0, 9).astype(int)
    options = {"groups": groups, "models": ["composition", "majority"], **FAST}
    as_classes = compare_augmentations(X, np.where(counts > counts.mean(), 1, 0), **options)
    assert as_classes.comparison.task == "classes"
    assert as_classes.headline()[-1].startswith("y is read as classes: whole numbers with 2 different values; task=")
    as_numbers = compare_augmentations(X, counts, task="number", **options)
    assert as_numbers.comparison.estimators == ["composition alone", "mean"]
    assert as_numbers.metric == "spearman"
    as_text = compare_augmentations(X, [f"{value:.3f}" for value in y], **options)
    assert as_text.comparison.task == "number"


def test_relatives_of_numbers_are_kept_together(rng):
    """Families of near-copies with a value each: a lookup is right as split, and knows nothing with them together."""
    parents = rng.choice(list("ACGT"), (20, 60))
    X = [("".join(text[:at]) + "A" + "".join(text[at + 1 :])) for text in parents for at in (10, 30, 50)]
    y = np.repeat(rng.normal(size=20), 3) + 0.01 * rng.normal(size=60)
    result = compare_augmentations(X, y, models=["memoriser", "majority"], **FAST)
    assert result.together is not None
    both = result.scores_of_both().loc["nearest-sequence lookup"]
    assert both["as split"] > 0.7
    assert both["relatives together"] < 0.4
    assert "share sequence with a training row" in result.headline()[0]
    assert result.sections()[0].data["Groups of relatives"].columns.tolist() == ["y", "group"]


def test_labels_with_gaps(rows):
    X, y, groups = rows
    rng = np.random.default_rng(1)
    labels = pd.DataFrame({"high": (y > np.median(y)).astype(float), "noise": rng.integers(0, 2, 90).astype(float)})
    labels.iloc[::4, 1] = np.nan
    labels.index = X.index
    result = compare_augmentations(
        X, labels, groups=groups, models=["positional-kmers", "memoriser", "majority"], **FAST
    )
    assert result.metric == "auroc"
    assert result.comparison.target_names == ("high", "noise")
    assert result.data["sequences"].tolist() == [90, 67]
    scores = result.comparison.scores("auroc")["mean"]
    assert scores["commonest answer"] == 0.5
    assert scores["positional k-mers, whole"] > 0.55
    assert result.headline()[-1].startswith("y is read as 2 labels that are there or not, 13% of the entries not known")


def test_several_numbers_and_bad_ones(rows):
    X, y, groups = rows
    several = np.column_stack([y, -y])
    several[::5, 1] = np.nan
    result = compare_augmentations(X, several, groups=groups, models=["composition", "majority"], **FAST)
    assert result.comparison.target_names == ("y0", "y1")
    assert result.data["sequences"].tolist() == [90, 72]
    with pytest.raises(DataFormatError, match="which is no number"):
        compare_augmentations(X, [*map(str, y[:-1]), "high"], task="number", **FAST)
    with pytest.raises(DataFormatError, match="one value only"):
        compare_augmentations(X, np.ones(90), task="number", **FAST)
    with pytest.raises(InvalidParameterError, match="metric must be one of spearman"):
        compare_augmentations(X, y, metric="accuracy", **FAST)
    with pytest.raises(InvalidParameterError, match=r"ridge \(ridge is for numbers\)"):
        compare_augmentations(X, y > 0, models=["ridge"], **FAST)
    with pytest.raises(DataFormatError, match="all 90 rows are one group"):
        compare_augmentations(X, y, groups=["a"] * 90, **FAST)


def test_a_model_of_the_comparison_is_the_one_that_is_made(numbers, rows):
    X, y, _ = rows
    made = make_model("svm + edits", X=X, y=y, quick=True, window=30, device="cpu")
    assert repr(made) == repr(numbers.comparison.unfitted["SVR, edits"])
