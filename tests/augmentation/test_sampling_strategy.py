"""Copies for some classes only, in the numbers of imbalanced-learn's over-samplers."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV

from seqaug_sklearn.augmentation import OrthologAugmenter, RandomAugmentation, RandomMutation
from seqaug_sklearn.augmentation._sampling_strategy import drawn_in_turn
from seqaug_sklearn.classification import CNNBiLSTMClassifier
from seqaug_sklearn.encoding import one_hot
from seqaug_sklearn.exceptions import SeqAugWarning

Y = np.array(["rare"] * 4 + ["common"] * 11 + ["middle"] * 7)
NAMED = ["auto", "minority", "not majority", "not minority", "all"]
STRATEGIES = [*NAMED, {"rare": 9, "common": 12}, lambda y: {"rare": 6}]


@pytest.fixture
def genes(random_dna):
    return pd.Series(random_dna(len(Y), 30), index=[f"gene{i:02d}" for i in range(len(Y))])


@pytest.fixture
def orthologs(genes, random_dna):
    """Six orthologs of each gene, but none of the first of a class."""
    others = iter(random_dna(6 * len(genes), 30))
    return {name: [next(others) for _ in range(6)] for name in genes.index.difference(["gene00", "gene04"])}


def edits(**options):
    return RandomAugmentation([RandomMutation(0.2)], random_state=0, **options)


def counts(y):
    return dict(zip(*(part.tolist() for part in np.unique(y, return_counts=True)), strict=True))


@pytest.mark.parametrize("strategy", STRATEGIES, ids=[*NAMED, "dict", "callable"])
@pytest.mark.parametrize("kind", ["edits", "orthologs"])
def test_counts_are_those_of_imbalanced_learn(kind, strategy, genes, orthologs):
    model = edits() if kind == "edits" else OrthologAugmenter(orthologs, random_state=0)
    model.set_params(sampling_strategy=strategy)
    X_new, y_new = model.fit_resample(genes, Y)
    _, expected = RandomOverSampler(sampling_strategy=strategy).fit_resample(np.zeros((len(Y), 1)), Y)
    assert counts(y_new) == counts(expected)
    assert {c: n for c, n in model.sampling_strategy_.items() if n} == {
        c: n - counts(Y)[c] for c, n in counts(expected).items() if n > counts(Y)[c]
    }
    rows = model.sample_indices_
    assert (y_new == Y[rows]).all(), "copies have parents of their class"
    assert X_new.index.tolist() == genes.index[rows].tolist()
    assert X_new[: len(Y)].equals(genes), "the rows themselves come first"


@pytest.mark.parametrize("ratio", [0.7, 1.0])
def test_a_float_is_the_ratio_of_two_classes(ratio, genes):
    y = np.where(Y == "rare", "rare", "other")
    _, y_new = edits(sampling_strategy=ratio).fit_resample(genes, y)
    assert counts(y_new) == {"other": 18, "rare": int(18 * ratio)}


def test_rows_of_a_class_are_copied_in_turn(genes, orthologs):
    copies = np.bincount(edits(sampling_strategy="minority").fit(genes, Y).sample_indices_)[:4] - 1
    assert sorted(copies.tolist()) == [1, 2, 2, 2]
    model = OrthologAugmenter(orthologs, sampling_strategy={"rare": 9}, random_state=0).fit(genes, Y)
    assert sorted((np.bincount(model.sample_indices_)[:4] - 1).tolist()) == [0, 1, 2, 2], "one of them has no ortholog"


def test_drawing_against_a_plain_loop(rng):
    labels = np.array(["a", "b", "a", "b", "b"])
    for n in range(12):
        drawn = drawn_in_turn(labels, {"b": n, "a": 1}, rng)
        of_b, of_a = drawn[:n], drawn[n:]
        assert len(of_a) == 1
        assert set(of_a.tolist()) <= {0, 2}
        for start in range(0, n, 3):
            part = of_b[start : start + 3].tolist()
            assert len(set(part)) == len(part), "none a second time before the others"
            assert set(part) <= {1, 3, 4}


def test_other_classes_are_left_alone_and_copies_differ(genes):
    X_new, y_new = edits(sampling_strategy="minority").fit_resample(genes, Y)
    copies = X_new[len(Y) :]
    assert set(y_new[len(Y) :]) == {"rare"}
    parents = genes.loc[copies.index]
    assert (copies.to_numpy() != parents.to_numpy()).any()
    alike = [np.mean([a == b for a, b in zip(c, p, strict=True)]) for c, p in zip(copies, parents, strict=True)]
    assert min(alike) > 0.5, "each is a copy of its own parent"


def test_protection_by_identifier_follows_the_copies(genes):
    protect = dict.fromkeys(("gene00", "gene01"), (0, 30))
    X_new, _ = edits(sampling_strategy="minority", protect=protect).fit_resample(genes, Y)
    for name, copy in X_new[len(Y) :].items():
        assert (copy == genes[name]) == (name in protect)


def test_without_a_strategy_every_row_gets_its_copies(genes):
    model = edits(n_copies=2)
    _, y_new = model.fit_resample(genes, Y)
    assert counts(y_new) == {c: 3 * n for c, n in counts(Y).items()}
    assert model.sampling_strategy_ is None


def test_balanced_classes_get_nothing(genes):
    y = np.array(["a", "b"] * 11)
    X_new, y_new = edits(sampling_strategy="auto").fit_resample(genes, y)
    assert X_new.equals(genes)
    assert (y_new == y).all()


@pytest.mark.parametrize("form", [list, np.array])
def test_the_kind_of_X_and_y_is_kept(form, genes):
    X_new, y_new = edits(sampling_strategy="minority").fit_resample(form(genes.tolist()), form(Y.tolist()))
    assert type(X_new) is type(y_new) is type(form([]))
    assert counts(y_new)["rare"] == 11


def test_the_same_seed_gives_the_same_rows(genes, orthologs):
    for model in (edits(), OrthologAugmenter(orthologs, random_state=3)):
        model.set_params(sampling_strategy="minority")
        first, again = (clone(model).fit_resample(genes, Y)[0] for _ in range(2))
        assert first.equals(again)
        assert clone(model).get_params()["sampling_strategy"] == "minority"


def test_orthologs_that_do_not_suffice_are_told(genes, orthologs):
    model = OrthologAugmenter(orthologs, n_copies=1, sampling_strategy="minority", random_state=0)
    with pytest.warns(SeqAugWarning, match=r"more orthologs than there are.*\(rare: 3 of 7\); raise n_copies"):
        _, y_new = model.fit_resample(genes, Y)
    assert counts(y_new)["rare"] == 7


def test_it_can_be_searched_in_a_pipeline(genes):
    pipeline = make_pipeline(edits(), DummyClassifier())
    grid = {"randomaugmentation__sampling_strategy": [None, "minority", {"rare": 5}]}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(genes, Y)
    assert len(search.cv_results_["params"]) == 3


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ("majority", "The 'sampling_strategy' parameter of .* must be"),
        ({"rare": 2}, r"sampling_strategy does not fit y.*got \{'rare': 2\}.*Give 'auto'.*\{'rare': 11\}"),
        ({"absent": 20}, r"sampling_strategy does not fit y.*got \{'absent': 20\}"),
        ({"rare": "many"}, "sampling_strategy does not fit y"),
        (0.5, "sampling_strategy does not fit y.*got 0.5"),
        ("some", "The 'sampling_strategy' parameter of .* must be"),
        (1.5, "The 'sampling_strategy' parameter of .* must be"),
    ],
)
@pytest.mark.parametrize("kind", ["edits", "orthologs"])
def test_bad_strategies(kind, strategy, message, genes, orthologs):
    model = edits() if kind == "edits" else OrthologAugmenter(orthologs)
    with pytest.raises(ValueError, match=message):
        model.set_params(sampling_strategy=strategy).fit_resample(genes, Y)


@pytest.mark.parametrize("y", [np.full(22, "a"), np.zeros((22, 2), int)], ids=["one class", "two outputs"])
def test_labels_that_have_no_rare_class(y, genes):
    with pytest.raises(
        ValueError,
        match=r"does not fit y.*more than 1 class|but y holds several labels",
    ):
        edits(sampling_strategy="auto").fit_resample(genes, y)


def test_numbers_of_copies_and_of_rows_exclude_each_other(genes):
    with pytest.raises(ValueError, match="n_copies must be 1 beside sampling_strategy='minority', got 2"):
        edits(n_copies=2, sampling_strategy="minority").fit_resample(genes, Y)


def test_batches_in_training_refuse_it(genes, orthologs, rng):
    import torch

    X = torch.from_numpy(one_hot(genes.tolist()))
    refused = "sampling_strategy is for fit_resample.*got 'minority'; leave it out.*class_weight='balanced'"
    for model in (edits(sampling_strategy="minority"), OrthologAugmenter(orthologs, sampling_strategy="minority")):
        with pytest.raises(ValueError, match=refused):
            model.augment_batch(X, rng, identifiers=genes.index)
        network = CNNBiLSTMClassifier(conv_channels=(2,), hidden_size=2, max_epochs=1, augment=model, device="cpu")
        with pytest.raises(ValueError, match=refused):
            network.fit(genes, Y)
    with pytest.raises(ValueError, match=refused):
        model.for_training(genes.index)
