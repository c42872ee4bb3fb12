"""Early stopping where nobody said who is related: a warning, the lineage that names bring along, no false alarm."""

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn import config_context
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    StratifiedGroupKFold,
    StratifiedKFold,
    cross_val_score,
    cross_validate,
    train_test_split,
)
from sklearn.pipeline import make_pipeline

from seqaug_sklearn import CNNBiLSTMClassifier, OneHotEncoder, WindowAugmenter
from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation, RandomTranslocation
from seqaug_sklearn.classification import PromoterCNNClassifier, ResidualMLPClassifier
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.exceptions import LeakageWarning

TOLD = (
    r"fit was given no groups, and \d+ of \d+ validation rows share sequence with training rows.*"
    r"set_config\(enable_metadata_routing=True\).*validation_fraction=None"
)
TINY = {"conv_channels": (4,), "hidden_size": 4, "num_layers": 1, "dense_units": (4,), "max_epochs": 1}
RUN = {"precision": "float32", "device": "cpu", "random_state": 0}


def network(**options):
    return CNNBiLSTMClassifier(**TINY | RUN | options)


def random_rows(n, length=60, seed=0):
    return ["".join(row) for row in np.random.default_rng(seed).choice(list("ACGT"), (n, length))]


@pytest.fixture(scope="module")
def promoters():
    return make_promoters(60, length=100, n_families=20, n_orthologs=0, random_state=0)


def families_on_both_sides(estimator, families):
    split = estimator[-1].validation_split_
    return set(families[split.valid_rows]) & set(families[split.train_rows])


def test_the_first_example_of_the_readme(promoters):
    """Case 43: groups that only the splitter sees do not reach early stopping, and that is told."""
    model = make_pipeline(WindowAugmenter(window=40), OneHotEncoder(), network())
    X, y, groups, cv = promoters.sequences, promoters.y, promoters.groups, StratifiedGroupKFold(3)
    with pytest.warns(LeakageWarning, match=TOLD):
        found = cross_validate(model, X, y, groups=groups, cv=cv, return_estimator=True, return_indices=True)
    for estimator, train in zip(found["estimator"], found["indices"]["train"], strict=True):
        assert estimator[-1].validation_split_.kind == "rows"
        assert families_on_both_sides(estimator, groups.to_numpy()[train])
    with config_context(enable_metadata_routing=True):
        found = cross_validate(
            model, X, y, params={"groups": groups}, cv=cv, return_estimator=True, return_indices=True
        )
    for estimator, train in zip(found["estimator"], found["indices"]["train"], strict=True):
        assert estimator[-1].validation_split_.kind == "parents"
        assert not families_on_both_sides(estimator, groups.to_numpy()[train])


def test_every_form_of_x_is_looked_at(promoters):
    text, y = promoters.sequences.tolist(), promoters.y
    one_hot = OneHotEncoder().fit_transform(text)
    bags = WindowAugmenter(40, max_windows=12).fit_transform(text)
    for X in (text, np.array(text), one_hot, bags, OneHotEncoder().fit_transform(bags)):
        for model in (network(), PromoterCNNClassifier(max_epochs=1, **RUN)):
            with pytest.warns(LeakageWarning, match=TOLD):
                model.fit(X, y)
            assert model.validation_split_.kind == "rows"


def test_no_word_where_groups_are_given_or_nothing_is_validated(promoters):
    X, y = promoters.sequences, promoters.y
    assert network().fit(X, y, groups=promoters.groups).validation_split_.kind == "parents"
    assert network(validation_fraction=None).fit(X, y).validation_split_.kind == "none"


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("n", "length"), [(40, 30), (60, 100), (200, 300)])
def test_independent_sequences_raise_no_alarm(n, length, seed):
    X, y = random_rows(n, length, seed), np.arange(n) % 2
    X = [text[:10] + "TATAAA" + text[16:] if label else text for text, label in zip(X, y, strict=True)]
    assert network(random_state=seed).fit(X, y).validation_split_.kind == "rows"


def test_proteins_and_soft_one_hot():
    letters = "ACDEFGHIKLMNPQRSTVWY"
    rng = np.random.default_rng(0)
    texts = ["".join(row) for row in rng.choice(list(letters), (20, 60))] * 2
    texts = [text[:i] + "W" + text[i + 1 :] for i, text in enumerate(texts)]
    y = [0, 1] * 20
    with pytest.warns(LeakageWarning, match=TOLD):
        network(alphabet="protein").fit(texts, y)
    with pytest.warns(LeakageWarning, match=TOLD):  # the alphabet is not looked at where X is one-hot
        network().fit(OneHotEncoder("protein").fit_transform(texts), y)
    soft = rng.dirichlet(np.ones(4), (20, 30)).astype(np.float32)
    assert network().fit(soft, y[:20]).validation_split_.kind == "rows"


@pytest.mark.parametrize("index", [[f"s{i}" for i in range(20)], None])
def test_rows_of_one_identifier_are_one_parent(index):
    """Case 42: edited copies keep the index of their parents, numbered or named."""
    X, y = pd.Series(random_rows(20), index=index), pd.Series([0, 1] * 10, index=index)
    edits = RandomAugmentation([RandomMutation(0.5)], n_copies=3, random_state=0)
    copies, labels = edits.fit_resample(X, y)
    for form in (copies, copies.to_frame()):
        split = network(validation_fraction=0.2).fit(form, labels).validation_split_
        assert split.kind == "parents"
        parents = edits.sample_indices_
        assert len(split.valid_rows)
        assert not set(parents[split.valid_rows]) & set(parents[split.train_rows])
    again = network(validation_fraction=0.2).fit(copies.tolist(), labels, identifiers=copies.index).validation_split_
    np.testing.assert_array_equal(again.valid, split.valid)


def test_groups_say_more_than_identifiers():
    X = pd.Series(random_rows(20), index=["same"] * 20)
    split = network().fit(X, [0, 1] * 10, groups=np.arange(20)).validation_split_
    assert split.kind == "parents"
    assert len(split.valid_rows) == 2


def test_identifiers_of_their_own_change_nothing():
    X, y = random_rows(20), [0, 1] * 10
    without = network().fit(X, y)
    with_names = network().fit(pd.Series(X, index=[f"s{i}" for i in range(20)]), y)
    np.testing.assert_array_equal(without.validation_split_.valid, with_names.validation_split_.valid)
    np.testing.assert_array_equal(without.predict_proba(X), with_names.predict_proba(X))


def test_copies_without_names_are_found_by_what_they_share():
    X, y = random_rows(40, 100), [0, 1] * 20
    copies, labels = RandomAugmentation([RandomMutation(0.05)], random_state=0).fit_resample(X, y)
    with pytest.warns(LeakageWarning, match=TOLD):
        network().fit(copies, labels)


def test_exploded_windows_without_positions():
    windows = WindowAugmenter().explode(random_rows(10, 80), [0, 1] * 5)
    with pytest.warns(LeakageWarning, match=r"41 of 41 validation rows share sequence"):
        network().fit(windows.windows, windows.y)
    assert network().fit(windows.windows, windows.y, groups=windows.positions).validation_split_.kind == "parents"
    named = network().fit(windows.windows, windows.y, identifiers=windows.sources)
    assert named.validation_split_.kind == "parents"
    assert len(set(windows.sources[named.validation_split_.valid_rows])) == 1


def test_blocks_of_a_lone_sequence_are_no_relatives_of_it():
    bags = WindowAugmenter().fit_transform(random_rows(3, 200))
    assert network().fit(bags, ["a", "b", "c"]).validation_split_.kind == "blocks"
    bags = WindowAugmenter().fit_transform(random_rows(9, 200))
    assert network().fit(bags, ["a"] * 8 + ["b"]).validation_split_.kind == "rows and blocks"


def test_members_of_pairs_are_found_in_their_features():
    rng = np.random.default_rng(0)
    members = rng.integers(0, 15, (120, 2))
    vectors = rng.normal(size=(15, 8))
    first, second = vectors[members[:, 0]], vectors[members[:, 1]]
    y = np.arange(120) % 2
    model = ResidualMLPClassifier(hidden_sizes=(4,), max_epochs=1, **RUN)
    told = r"no groups, and 12 of 12 validation rows have a member in common with training pairs"
    for X in (np.hstack([first, second]), np.hstack([first, second, first - second, first * second])):
        with pytest.warns(LeakageWarning, match=told):
            model.fit(X, y)
        assert model.validation_split_.kind == "rows"
        assert model.fit(X, y, groups=members).validation_split_.kind == "first members"
    names = pd.DataFrame(X, index=[f"pair{i // 2}" for i in range(120)])
    with pytest.warns(LeakageWarning, match="have a member in common"):
        assert model.fit(names, y).validation_split_.kind == "parents"


@pytest.mark.parametrize(
    "X",
    [
        np.random.default_rng(0).normal(size=(60, 12)),
        np.random.default_rng(0).integers(0, 2, (60, 16)),
        np.random.default_rng(0).poisson(0.3, (60, 40)),
        np.random.default_rng(0).normal(size=(60, 3)),
    ],
)
def test_other_features_raise_no_alarm(X):
    model = ResidualMLPClassifier(hidden_sizes=(4,), max_epochs=1, **RUN)
    assert model.fit(X, [0, 1] * 30).validation_split_.kind == "rows"


PARTED = r"X holds some of the rows that \w+\.\w+ made and not those that resemble them"
WINDOWS = "fit was given no groups, and rows of X are overlapping windows of the same sequences"
AT_RANDOM = StratifiedKFold(3, shuffle=True, random_state=0)
LINEAR = make_pipeline(OneHotEncoder(flatten=True), LogisticRegression(max_iter=20, tol=1))


def last(**options):
    return network(validation_fraction=None, **options)


@pytest.mark.parametrize("model", [last(), network(), LINEAR, make_pipeline(WindowAugmenter(40), last())])
@pytest.mark.parametrize("index", [[f"s{i}" for i in range(24)], None])
def test_copies_made_before_cross_validation(model, index):
    """Case 42: scikit-learn sees nothing, so each fit warns, once, of any classifier behind something of ours."""
    X, y = pd.Series(random_rows(24), index=index), np.array([0, 1] * 12)
    copies, labels = RandomAugmentation([RandomMutation(0.05)], random_state=0).fit_resample(X, y)
    for form in (copies, copies.to_frame()):
        with pytest.warns(LeakageWarning, match=PARTED) as told:
            cross_val_score(model, form, labels, cv=AT_RANDOM)
        assert len(told) == 3
        assert len({str(warning.message) for warning in told}) == 1
    cross_val_score(model, copies, labels, groups=np.tile(np.arange(24), 2), cv=StratifiedGroupKFold(3))


@pytest.mark.parametrize(
    "form", [list, np.array, pd.Series, lambda X: pd.Series(X, index=[f"s{i}" for i in range(24)])]
)
def test_copies_made_inside_a_pipeline_are_all_training_rows(form):
    X, y = form(random_rows(24)), np.array([0, 1] * 12)
    edits = RandomAugmentation([RandomMutation(0.05), RandomTranslocation()], n_copies=3, random_state=0)
    for steps in ([last()], [WindowAugmenter(40), last()], LINEAR):
        cross_val_score(make_sampling_pipeline(edits, *steps), X, y, cv=AT_RANDOM)


def test_a_pipeline_behind_copies_that_were_parted():
    X, y = pd.Series(random_rows(24)), np.array([0, 1] * 12)
    edits = RandomAugmentation([RandomMutation(0.05)], random_state=0)
    copies, labels = edits.fit_resample(X, y)
    with pytest.warns(LeakageWarning, match=PARTED) as told:
        cross_val_score(make_sampling_pipeline(edits, last()), copies, labels, cv=AT_RANDOM)
    assert len(told) == 3


def test_windows_split_at_random():
    """Case 42: an array cannot say where it comes from, but windows that overlap are seen for what they are."""
    windows = WindowAugmenter(30).explode(random_rows(12), [0, 1] * 6)
    one_hot = OneHotEncoder().fit_transform(windows.windows)
    for X in (windows.windows, windows.windows.tolist(), one_hot):
        part, _, labels, _, groups, _ = train_test_split(X, windows.y, windows.groups, random_state=0)
        with pytest.warns(LeakageWarning, match=WINDOWS) as told:
            last().fit(part, labels)
        assert len(told) == 1
        last().fit(part, labels, groups=groups)
    column = windows.to_frame()["window"]
    with pytest.warns(LeakageWarning, match=PARTED):
        cross_val_score(LINEAR, column, windows.y, cv=AT_RANDOM)
    cross_val_score(LINEAR, column, windows.y, groups=windows.groups, cv=StratifiedGroupKFold(3))


@pytest.mark.parametrize("few", [{"min_shared": None}, {"min_shared": None, "overlap": (15, 15)}, {"max_windows": 6}])
def test_windows_with_larger_steps(few):
    windows = WindowAugmenter(30, **few).explode(random_rows(20, 100), [0, 1] * 10)
    with pytest.warns(LeakageWarning, match=WINDOWS):
        last().fit(windows.windows, windows.y)


def test_rows_that_are_no_windows():
    y = np.array([0, 1] * 30)
    texts = random_rows(60)
    last().fit(texts, y)
    last().fit(["ACGT" * 15, "AC" * 30] * 30, y)
    last().fit(["ACGTACGT", "TTTTACGT"] * 30, y)
    last().fit(texts[:20] + ["TATAAA" * 10] * 40, y)
    last().fit([text[:20] for text in texts[:20]] + ["TATAAATATAAATATAAATA"] * 40, y)
    last().fit([text[: 40 + i % 3] for i, text in enumerate(texts)], y)
    last().fit(texts[:30] + [text[7:] + text[:7] for text in texts[:30]], y)
    last().fit(["TTGACAATTAATCATCGGCT" + text[20:] for text in texts], y)
