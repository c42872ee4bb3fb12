"""What ``compare`` says where nobody told it who is related, and where groups do not reach early stopping."""

import warnings

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline

from seqaug_sklearn import CNNBiLSTMClassifier, OneHotEncoder, WindowAugmenter
from seqaug_sklearn.augmentation import HaplotypeMosaic, RandomAugmentation, RandomMutation
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.evaluation import compare, compare_augmentations
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import SimilarityGroupKFold

NOTHING = {"nothing": DummyClassifier()}
RELATED = r"no groups were given, and \d+ of \d+ test rows that were looked at share sequence with training rows"
AT_RANDOM = StratifiedKFold(3, shuffle=True, random_state=0)
NETWORK = CNNBiLSTMClassifier(
    conv_channels=(4,), hidden_size=4, num_layers=1, dense_units=(4,), max_epochs=1, device="cpu", random_state=0
)
PROTEINS = "ACDEFGHIKLMNPQRSTVWY"


def random_rows(n, length=100, letters="ACGT", seed=0):
    return ["".join(row) for row in np.random.default_rng(seed).choice(list(letters), (n, length))]


@pytest.fixture(scope="module")
def promoters():
    return make_promoters(60, length=100, n_families=20, n_orthologs=0, random_state=0)


def test_families_without_groups(promoters):
    text = promoters.sequences.tolist()
    bags = WindowAugmenter(max_windows=5).fit_transform(text)
    for X in (text, promoters.sequences, OneHotEncoder().fit_transform(text), bags):
        with pytest.warns(LeakageWarning, match=RELATED):
            compare(NOTHING, X, promoters.y, cv=3)
    compare(NOTHING, text, promoters.y, cv=3, groups=promoters.groups)


@pytest.mark.parametrize("letters", ["ACGT", "ACGU", PROTEINS])
def test_edited_copies_and_windows_of_any_alphabet(letters):
    X, y = random_rows(30, letters=letters), [0, 1] * 15
    copies = [text[:50] + letters[0] + text[51:] for text in X]
    with pytest.warns(LeakageWarning, match=RELATED):
        compare(NOTHING, X + copies, y + y, cv=AT_RANDOM)
    compare(NOTHING, X + random_rows(30, letters=letters, seed=1), y + y, cv=AT_RANDOM)


def test_other_rows_are_not_looked_at():
    X, y = np.repeat(np.random.default_rng(0).normal(size=(30, 5)), 2, axis=0), [0, 1] * 30
    compare(NOTHING, X, y, cv=AT_RANDOM)
    compare(NOTHING, pd.DataFrame(X, index=[*range(30)] * 2), y, cv=AT_RANDOM)


def test_rows_of_one_identifier():
    """Case 42: the index still knows what was added before the split."""
    X, y = pd.Series(random_rows(20), index=[f"s{i}" for i in range(20)]), [0, 1] * 10
    copies, labels = RandomAugmentation([RandomMutation(0.9)], random_state=0).fit_resample(X, y)
    with pytest.warns(LeakageWarning, match=r"\d+ of 40 test rows carry the identifier of a training row \(for exam"):
        compare(NOTHING, copies, labels, cv=AT_RANDOM)
    features = pd.DataFrame(np.zeros((40, 3)), index=copies.index)
    with pytest.warns(LeakageWarning, match=r"carry the identifier of a training row.*groups=X\.index"):
        compare(NOTHING, features, labels, cv=AT_RANDOM)
    compare(NOTHING, copies, labels, cv=3, groups=copies.index)


def test_copies_under_row_numbers_and_splitters_that_warn_too():
    X, y = pd.Series(random_rows(20)), [0, 1] * 10
    copies, labels = RandomAugmentation([RandomMutation(0.9)], random_state=0).fit_resample(X, y)
    for cv in (AT_RANDOM, SimilarityGroupKFold(2, threshold=0.9)):
        with pytest.warns(LeakageWarning, match=r"\d+ of 40 test rows carry the identifier of a training row") as told:
            compare(NOTHING, copies, labels, cv=cv, n_repeats=2)
        assert len(told) == 1
    compare(NOTHING, X, y, cv=SimilarityGroupKFold(2, threshold=0.9))


@pytest.mark.filterwarnings("ignore::seqaug_sklearn.exceptions.PrivacyWarning")
def test_people_made_of_all_others():
    X = pd.DataFrame(np.random.default_rng(0).integers(0, 4, (12, 30)).astype(np.int8))
    mosaic = HaplotypeMosaic(switch_rate=0.1, match_length=5, encoding="phased", random_state=0)
    made, labels = mosaic.fit_resample(X, ["a"] * 8 + ["b"] * 4)
    with pytest.warns(LeakageWarning, match=r"that HaplotypeMosaic\.fit_resample made of all the others") as told:
        result = compare(NOTHING, made, labels, cv=2)
    assert len(told) == 1
    assert result.verdict()[0].startswith("Warning: X holds new rows")
    compare(NOTHING, X, ["a"] * 8 + ["b"] * 4, cv=2)


def test_a_window_set_brings_its_groups():
    windows = WindowAugmenter(max_windows=6).explode(random_rows(12), [0, 1] * 6)
    result = compare(NOTHING, windows, windows.y, cv=3)
    assert (result.folds["n_shared_groups"] == 0).all()
    assert result.n_groups == 12
    with pytest.warns(LeakageWarning, match="in 3 of 3 folds the same groups are in the training and the test rows"):
        compare(NOTHING, windows, windows.y, cv=AT_RANDOM)
    with pytest.warns(LeakageWarning, match=RELATED):
        compare(NOTHING, windows.windows, windows.y, cv=AT_RANDOM)


def test_estimators_that_groups_do_not_reach(promoters):
    sampling = make_sampling_pipeline(RandomAugmentation([RandomMutation()]), OneHotEncoder(), NETWORK)
    models = {
        "sampled": sampling,
        "network": make_pipeline(OneHotEncoder(), NETWORK),
        "sgd": make_pipeline(OneHotEncoder(flatten=True), SGDClassifier(early_stopping=True, max_iter=5, tol=None)),
    }
    told = "groups do not reach CNNBiLSTMClassifier in 'sampled', SGDClassifier in 'sgd': early stopping there holds"
    with pytest.warns(LeakageWarning, match=told):
        compare(models, promoters.sequences, promoters.y, cv=2, groups=promoters.groups)
    compare(models, promoters.sequences, promoters.y, cv=2, groups=promoters.groups, pass_groups=False)


def test_fits_do_not_repeat_what_was_said(promoters):
    with pytest.warns(LeakageWarning) as told:
        compare({"network": NETWORK}, promoters.sequences, promoters.y, cv=3)
    assert len(told) == 1


def test_compare_augmentations_leaves_it_to_its_verdict(promoters):
    with warnings.catch_warnings():
        warnings.simplefilter("error", LeakageWarning)
        result = compare_augmentations(promoters.sequences, promoters.y, models=["majority"], quick=True)
    assert "of the test rows share sequence with a training row" in result.verdict()[0]


def test_the_verdict_begins_with_what_the_warning_said(tmp_path):
    """A warning goes by on the terminal: who reads the verdict or the page must read it there first."""
    parents = random_rows(25, 120)
    X = [text[: 7 * i] + "A" + text[7 * i + 1 :] for text in parents for i in range(4)]
    y = np.repeat(["up", "down"] * 12 + ["up"], 4)
    features = CountVectorizer(analyzer="char", ngram_range=(4, 4))
    with pytest.warns(LeakageWarning, match=RELATED) as told:
        result = compare({"kmers": make_pipeline(features, LogisticRegression(max_iter=500))}, X, y, cv=5)
    lines = result.verdict()
    assert lines[0] == f"Warning: {told[0].message}."
    [best] = [line for line in lines if line.startswith("The best model is kmers")]
    assert "the split leaks, so this may be memorisation" in best
    assert "above chance" not in best
    page = result.to_html(tmp_path / "page.html").read_text()
    assert page.index("no groups were given, and") < page.index("The best model is kmers")
    # with the families as groups there is nothing to warn of
    honest = compare({"nothing": DummyClassifier()}, X, y, cv=5, groups=np.repeat(np.arange(25), 4))
    assert honest.lineage == ""
    assert not honest.verdict()[0].startswith("Warning: no groups")
