"""The search finds a planted augmentation, takes none where nothing helps, and sees no row twice."""

import hashlib
import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_regressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.augmentation import (
    OrthologAugmenter,
    RandomAugmentation,
    RandomMutation,
    RandomReverseComplement,
    RandomTranslocation,
    WindowAugmenter,
)
from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.evaluation import AugmentationSearch, PerTargetClassifier, SequenceModel
from seqaug_sklearn.evaluation._augmentation_search._decision import contest, likeness, luck_margin, simplest_of_equals
from seqaug_sklearn.evaluation._augmentation_search._halving import affordable, halve, plan_rungs
from seqaug_sklearn.evaluation._augmentation_search._policies import own_policies
from seqaug_sklearn.evaluation._augmentation_search._recipes import Recipe, recipes_of
from seqaug_sklearn.evaluation._compare import plan_comparison
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SeqAugWarning
from seqaug_sklearn.features import KmerCounts, PositionalKmers

LENGTH = 40
BOTH = {
    "mutation": "mutation(rate=0.2)",
    "translocation": RandomAugmentation([RandomTranslocation(0, 20)], n_copies=4),
    "reverse complement": RandomAugmentation([RandomReverseComplement(1.0)]),
}


def by_place(**settings):
    return make_pipeline(PositionalKmers(4), LogisticRegression(max_iter=300, **settings))


def kmers(k=3, last=None):
    return make_pipeline(KmerCounts(k, canonical=False), LogisticRegression(max_iter=300) if last is None else last)


def planted(n=100, seed=0, motif="TATAAAGG", other="CCTTTATA"):
    """Families of two; every second family holds a motif anywhere, the others its reverse complement."""
    rng = np.random.default_rng(seed)
    rows = rng.choice(list("ACGT"), (n, LENGTH))
    families = np.arange(n) // 2
    for i in range(n):
        start = rng.integers(0, LENGTH - len(motif) + 1)
        rows[i, start : start + len(motif)] = list(other if families[i] % 2 else motif)
    y = np.where(families % 2, "no", "yes")
    return pd.Series(["".join(row) for row in rows], [f"gene {i}" for i in range(n)]), y, families


@pytest.fixture(scope="module")
def found():
    X, y, groups = planted()
    return AugmentationSearch(by_place(), BOTH, n_repeats=1).fit(X, y, groups=groups)


def test_a_motif_anywhere_needs_translocation_where_the_model_knows_places(found):
    assert found.best_policy_ == "translocation"
    table = found.results_
    assert table.index[table["chosen"]].tolist() == [found.best_name_] == ["translocation, 4 copies"]
    # the reverse complement of one class is the motif of the other
    assert table.loc["reverse complement, 1 copy", "score"] < 0.6
    assert table.loc[found.best_name_, "difference"] > table.loc[found.best_name_, "standard_error"]
    X, y, _ = planted(200, seed=1)
    assert found.score(X, y) > 0.85
    assert "helps" in found.verdict()[0]
    assert found.contest_.is_won


def test_plain_copies_are_tried_beside_edited_ones(found):
    names = found.results_.index[found.results_["policy"] == "none"].tolist()
    assert names == ["none", "none, 1 copy as they are", "none, 4 copies as they are"]


@pytest.mark.parametrize("seed", range(2))
def test_where_labels_are_random_none_is_taken(seed):
    X, _, groups = planted(60, seed=seed)
    y = np.random.default_rng(seed).permutation(np.arange(30) % 2)[groups]
    search = AugmentationSearch(kmers(2), BOTH, n_repeats=1).fit(X, y, groups=groups)
    assert search.best_policy_ == "none"
    assert "No augmentation is shown to help" in search.verdict()[0]
    assert search.best_name_ in search.verdict()[0]


class Recorder(ClassifierMixin, BaseEstimator):
    """Says what it was fitted on, and knows only rows that it has seen."""

    rows = []

    def fit(self, X, y):
        Recorder.rows.append(sorted(X))
        self.classes_ = np.unique(y)
        self.seen_ = set(X)
        return self

    def predict_proba(self, X):
        seen = np.array([text in self.seen_ for text in X], float)
        return np.column_stack([1 - seen, seen])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def test_copies_are_made_of_training_rows_only_and_groups_stay_together():
    Recorder.rows = []
    X, y, groups = planted(24)
    copies = {"as they are": RandomAugmentation([RandomMutation(0.0)])}
    AugmentationSearch(Recorder(), copies, cv=3, n_repeats=1).fit(X, y, groups=groups)
    group_of = dict(zip(X, groups, strict=True))
    sizes = set()
    for rows in Recorder.rows[:-1]:
        kept, left = set(rows), set(X) - set(rows)
        assert not {group_of[text] for text in kept} & {group_of[text] for text in left}
        sizes.add(len(rows) / len(kept))
    assert sizes == {1.0, 2.0}
    # none was chosen: at the end all rows, once
    assert Recorder.rows[-1] == sorted(X)


def test_order_of_rows_store_and_jobs_do_not_matter(found, tmp_path):
    X, y, groups = planted()
    order = np.random.default_rng(0).permutation(len(X))
    again = AugmentationSearch(by_place(), BOTH, n_repeats=1, store=tmp_path)
    again.fit(X.iloc[order], y[order], groups=groups[order])
    measured = [column for column in found.results_ if column != "seconds"]
    pd.testing.assert_frame_equal(again.results_[measured], found.results_[measured])
    new = planted(20, seed=5)[0]
    np.testing.assert_array_equal(again.predict_proba(new), found.predict_proba(new))
    n_files = len(list(tmp_path.iterdir()))
    assert n_files == found.n_fits_
    resumed = clone(again).fit(X, y, groups=groups)
    # read from the store, times included
    pd.testing.assert_frame_equal(resumed.results_, again.results_)
    assert len(list(tmp_path.iterdir())) == n_files


def test_numbers_are_chosen_by_spearman_and_predicted():
    X, y, groups = planted(60)
    numbers = (y == "yes") * 2.0 + np.random.default_rng(0).normal(size=60)
    search = AugmentationSearch(kmers(3, Ridge()), {"mutation": "mutation(rate=0.2)"}, cv=3, n_repeats=1)
    assert is_regressor(search)
    search.fit(X, numbers, groups=groups)
    assert search.metric_ == "spearman"
    assert np.ptp(search.predict(X)) > 0
    assert search.score(X, numbers) > 0.3
    assert not hasattr(search, "predict_proba")


def test_several_labels_with_gaps():
    X, y, groups = planted(40)
    labels = np.column_stack([y == "yes", np.arange(40) % 4 < 2]).astype(float)
    labels[3, 1] = np.nan
    model = make_pipeline(PerTargetClassifier(kmers(2)))
    search = AugmentationSearch(model, {"mutation": "mutation(rate=0.2)"}, cv=2, n_repeats=1, metric="auprc")
    search.fit(X, labels, groups=groups)
    assert search.target_kind_ == "labels"
    assert search.predict(X).shape == (40, 2)


def test_networks_edit_batches_and_none_has_as_many_epochs():
    X, y, _ = planted(40)
    network = MotifCNNClassifier(n_filters=4, kernel_size=8, max_epochs=2, device="cpu")
    policies = own_policies(BOTH, X, alphabet="dna", strand="both", aligned=False, coding=False)
    recipes = recipes_of(network, policies, len(X), copies=None, epochs=None, alphabet="dna")
    by_policy = {p: [r.epochs for r in of] for p, of in itertools.groupby(recipes, key=lambda r: r.policy)}
    assert by_policy == {key: [2, 4] for key in ["none", *BOTH]}
    assert recipes[0].estimator.augment is None
    assert recipes[2].estimator.augment[0].transforms[0].rate == 0.2
    assert [recipe.cost for recipe in recipes[:2]] == [1, 2]
    # without a number of its own it takes more epochs when it is augmented, unless all are given the same
    network.set_params(max_epochs=None)
    free = recipes_of(network, policies, 400, copies=None, epochs=None, alphabet="dna")
    assert {recipe.estimator.max_epochs for recipe in free} == {40, 80}
    tried = {"mutation": "mutation", "windows": WindowAugmenter(20, overlap=(5, 10), max_windows=3)}
    search = AugmentationSearch(network, tried, epochs=[1], cv=2, n_repeats=1).fit(X, y)
    assert search.results_.index.tolist() == ["none", "mutation", "windows"]
    assert (search.results_["epochs"] == 1).all()
    assert search.predict_proba(X[:3]).shape == (3, 2)


def test_default_policies_follow_alphabet_strand_and_orthologs():
    X, y, _ = planted(12)
    table = pd.DataFrame(
        {"identifier": X.index[:6], "ortholog": [f"o{i}" for i in range(6)], "sequence": X.to_numpy()[:6]}
    )

    def tried(model="kmers", rows=X, **settings):
        search = AugmentationSearch(model, **settings)
        search.target_kind_ = "classes"
        return {recipe.policy for recipe in search._recipes(rows, y)}

    usual = {"none", "reverse complement", "mutation 2%", "shift to 20", "gentle", "evoaug"}
    assert usual <= tried()
    assert tried(strand="single") == tried() - {"reverse complement"}
    assert tried(aligned=True) == {"none", "mutation 2%", "mutation 10%", "gentle", "evoaug"}
    assert tried(coding=True) == {"none", "synonymous codons 5%", "synonymous codons 20%", "gentle", "evoaug"}
    proteins = pd.Series(["MKVLAAGHEDST" * 3] * 12)
    assert {"substitution 2%", "shift to 18"} <= tried(rows=proteins, alphabet="protein")
    assert not {"mutation 2%", "reverse complement"} & tried(rows=proteins, alphabet="protein")
    assert {"orthologs", "orthologs and evoaug"} <= tried(orthologs=table)
    assert {"windows of 20"} <= tried("motif-cnn")
    assert not any("windows" in policy for policy in tried("svm"))


@pytest.mark.parametrize("named", ["index", "identifiers"])
@pytest.mark.parametrize(
    ("model", "settings"),
    [(kmers(2), {}), (MotifCNNClassifier(n_filters=2, kernel_size=6, device="cpu"), {"epochs": [1]})],
    ids=["rows", "batches"],
)
def test_orthologs_of_training_rows_are_tried(model, settings, named):
    X, y, groups = planted(24)
    table = pd.DataFrame(
        {"identifier": X.index, "ortholog": [f"o{i}" for i in range(24)], "sequence": planted(24, 3)[0].to_numpy()}
    )
    policies = {"orthologs": OrthologAugmenter(table, exclude=X)}
    search = AugmentationSearch(model, policies, cv=2, n_repeats=1, **settings)
    if named == "index":
        search.fit(X, y, groups=groups)
    else:
        search.fit(X.tolist(), y, groups=groups, identifiers=X.index)
    assert search.results_.index.tolist() == ["none", "orthologs"]
    assert search.results_["score"].notna().all()


def test_halving_scores_few_folds_of_the_worse_candidates():
    X, y, groups = planted(60)
    policies = {f"mutation {i}": f"mutation(rate={i / 10})" for i in range(1, 7)}
    search = AugmentationSearch(Opinion(), policies, n_repeats=2).fit(X, y, groups=groups)
    table = search.results_
    edited = table[table["policy"] != "none"]
    assert edited["n_folds"].value_counts().to_dict() == {2: 3, 5: 3}
    assert table.loc["none", "n_folds"] == 5
    assert (table["rung"] == table["n_folds"].map({2: 1, 5: 2})).all()
    assert table["fresh_score"].notna().sum() == 2
    assert search.n_fits_ == plan_rungs(2, 6, 5, 2).n_fits


def test_the_plan_counts_its_fits_and_a_budget_drops_the_last_candidates():
    # 2 folds for 10 + 3, 3 more for 5 + 2, and 10 fresh ones for 2
    assert plan_rungs(3, 10, 5, 2).n_fits == 2 * 13 + 3 * 7 + 2 * 10
    recipes = [Recipe(name, name[:4], None, None, None, 1.0) for name in ("none", *(f"edit {i}" for i in range(9)))]
    kept, plan = affordable(recipes, 5, 1, most_fits=40, most_cost=None)
    assert [recipe.name for recipe in kept] == ["none", "edit 0", "edit 1", "edit 2", "edit 3", "edit 4", "edit 5"]
    assert plan.n_fits <= 40
    assert affordable(recipes, 5, 1, most_fits=None, most_cost=40.0)[0] == kept
    with pytest.raises(InvalidParameterError, match=r"max_fits must be at least 20, .*got 19"):
        affordable(recipes, 5, 1, most_fits=19, most_cost=None)


def test_a_budget_of_time_becomes_a_number_of_fits():
    X, y, groups = planted(40)
    policies = {f"mutation {i}": RandomAugmentation([RandomMutation(i / 10)]) for i in range(1, 5)}
    search = AugmentationSearch(kmers(2), policies, cv=2, n_repeats=1, budget="0.000001s").fit(X, y, groups=groups)
    assert search.left_out_ == ["none, 1 copy as they are", *(f"mutation {i}, 1 copy" for i in range(2, 5))]
    assert "Left out, because the budget" in search.verdict()[-1]
    again = AugmentationSearch(kmers(2), policies, cv=2, n_repeats=1, max_fits=search.n_fits_).fit(X, y, groups=groups)
    assert again.best_name_ == search.best_name_
    assert again.results_["score"].tolist() == search.results_["score"].tolist()


class Opinion(ClassifierMixin, BaseEstimator):
    """Draws its decision values from the row and a number of its own, and knows so much of the class."""

    def __init__(self, own=0, knows=0.0):
        self.own = own
        self.knows = knows

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, X):
        draws = np.array([int.from_bytes(hashlib.md5(f"{self.own}{text}".encode()).digest()[:4]) for text in X])
        return stats.norm.ppf((draws + 0.5) / 2**32) + self.knows * np.array([text.startswith("A") for text in X])

    def predict(self, X):
        return self.classes_[(self.decision_function(X) > 0).astype(int)]


def planned_of(opinions, cv):
    rng = np.random.default_rng(0)
    X = ["".join(row) for row in rng.choice(list("ACGT"), (200, 12))]
    X = [("A" if i % 2 else "C") + text for i, text in enumerate(X)]
    return plan_comparison(opinions, X, np.arange(200) % 2, cv=cv, scoring=["auroc"], random_state=0)


def compared(**opinions):
    planned = planned_of(opinions, 2)
    planned.fits.run(planned.keys(dict.fromkeys(opinions, 1)))
    return planned.collect(dict.fromkeys(opinions, 1))


def test_the_better_half_goes_on_and_none_in_any_case():
    opinions = {"none": Opinion(0)} | {f"edit {i}": Opinion(i + 1, 0.5 * i) for i in range(1, 7)}
    recipes = {name: Recipe(name, name, model, None, None, 1.0) for name, model in opinions.items()}
    rungs = halve(planned_of(opinions, 5), recipes, plan_rungs(1, 6, 5, 1), "auroc", lambda: None)
    assert [list(rung.estimators) for rung in rungs] == [list(opinions), ["none", "edit 4", "edit 5", "edit 6"]]
    assert [len(rung.test_rows) for rung in rungs] == [2, 5]


def test_the_margin_is_that_of_the_luckiest_of_candidates_that_err_apart():
    names = [f"edit {i}" for i in range(10)]
    apart = compared(none=Opinion(0, 9.0), **{name: Opinion(i + 1) for i, name in enumerate(names)})
    # differences to a reference without noise are independent
    expected = stats.norm.ppf(0.95 ** (1 / 10))
    assert luck_margin(apart, names, "none", "auroc", 0.05, 0) == pytest.approx(expected, abs=0.15)
    alike = compared(none=Opinion(0), **dict.fromkeys(names, Opinion(1)))
    assert luck_margin(alike, names, "none", "auroc", 0.05, 0) == pytest.approx(stats.norm.ppf(0.95), abs=0.1)
    assert luck_margin(alike, names, "none", "auroc", None, 0) == 1.0
    assert luck_margin(alike, names, "none", "auroc", 0.4, 0) == 1.0


def test_luck_counts_on_fresh_folds_as_far_as_these_are_alike():
    names = [f"edit {i}" for i in range(10)]
    apart = compared(none=Opinion(0, 9.0), **{name: Opinion(i + 1) for i, name in enumerate(names)})
    rng = np.random.default_rng(1)
    largest, others = rng.normal(size=(20_000, 10)).max(axis=1), rng.normal(size=20_000)
    for alike in (0.0, 0.6, 1.0):
        for alpha in (0.02, 0.1):
            expected = np.quantile(alike * largest + np.sqrt(1 - alike**2) * others, 1 - alpha)
            margin = luck_margin(apart, names, "none", "auroc", alpha, 0, alike=alike)
            assert margin == pytest.approx(expected, abs=0.2), (alike, alpha)
    # a model that says the same of a row on all folds, and one that says something else
    fixed = compared(none=Opinion(0), edit=Opinion(1))
    other = compared(none=Opinion(2), edit=Opinion(3))
    assert likeness(fixed, fixed, ("edit", "none"), "auroc") == pytest.approx(1.0)
    assert likeness(fixed, other, ("edit", "none"), "auroc") < 0.25


def test_a_guess_that_is_better_than_a_worse_one_is_not_chosen():
    comparison = compared(none=Opinion(0, -4.0), guess=Opinion(1), helps=Opinion(2, 1.0))
    lost = contest(comparison, "guess", "none", "auroc", 2.0, 0.1)
    assert lost.gain > 5 * lost.standard_error
    assert not lost.above_chance
    assert not lost.is_won
    assert contest(comparison, "helps", "none", "auroc", 2.0, 0.1).is_won
    # the usual rule looks at the gain alone
    assert contest(comparison, "guess", "none", "auroc", 2.0, None).is_won


def test_the_simplest_within_one_standard_error_of_the_best_is_taken():
    opinions = {"poor": Opinion(0, 0.5), "good": Opinion(1, 2.0), "as good": Opinion(2, 2.02)}
    comparison = compared(**opinions)
    assert simplest_of_equals(comparison, ["poor", "good", "as good"], "auroc") == "good"
    assert simplest_of_equals(comparison, ["as good", "poor", "good"], "auroc") == "as good"


def test_where_a_class_is_one_group_none_is_taken_with_a_warning():
    X, y, _ = planted(20)
    with pytest.warns(SeqAugWarning, match="no inner folds to choose on"):
        search = AugmentationSearch(kmers(2), BOTH).fit(
            X, y, groups=np.where(y == "yes", "a", np.arange(20).astype(str))
        )
    assert search.best_name_ == "none"
    assert search.contest_ is None
    assert "Nothing was compared" in search.verdict()[0]


def test_a_model_to_keep_chooses_anew_in_each_training_set():
    X, y, groups = planted(48)
    search = AugmentationSearch(kmers(2), {"mutation": "mutation(rate=0.2)"}, cv=2, n_repeats=1)
    model = SequenceModel(search, cv=2).fit(X, y, groups=groups)
    assert model.search_.best_name_ == model.chosen_
    assert model.comparison_.scores("auroc")["mean"].notna().all()
    assert model.predict(X[:2]).shape == (2,)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"policies": {}}, "policies must hold at least one augmenter"),
        ({"policies": {"empty": []}}, "must hold an augmenter for 'empty'"),
        ({"policies": {"edit": RandomMutation(0.1)}}, r"with fit_resample, .*wrap single edits in RandomAugmentation"),
        ({"epochs": [3]}, "epochs must be None for an estimator without augment="),
        ({"copies": [0]}, "copies must hold whole numbers of at least 1"),
        ({"orthologs": {"a": ["ACGT"]}, "policies": BOTH}, "orthologs must be None beside policies of your own"),
        (
            {"estimator": MotifCNNClassifier(augment=[RandomAugmentation([RandomMutation()])])},
            "estimator must have augment=None",
        ),
        ({"estimator": MotifCNNClassifier(), "copies": [2]}, "copies must be None for a network"),
        ({"policies": BOTH, "max_fits": 3}, "max_fits must be at least"),
        ({"budget": "soon"}, "budget must be a time"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_what_does_not_go_together_is_refused(settings, message):
    X, y, _ = planted(12)
    search = AugmentationSearch(**{"estimator": kmers(2)} | settings)
    with pytest.raises((InvalidParameterError, DataFormatError), match=message):
        search.fit(X, y)
