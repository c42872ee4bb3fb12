"""HaplotypeMosaic against the definition of matched copying, and as an imbalanced-learn sampler."""

import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from scipy.special import ndtr
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.preprocessing import FunctionTransformer

from seqaug_sklearn.augmentation import HaplotypeMosaic
from seqaug_sklearn.augmentation._genotypes._copying_model import MatchAmongNeighbors, draw_match, nearest_people
from seqaug_sklearn.augmentation._genotypes._mosaic_choice import match_lengths
from seqaug_sklearn.exceptions import DataFormatError, PrivacyWarning, SeqAugWarning
from seqaug_sklearn.genotypes import from_haplotypes, recode_genotypes, to_haplotypes
from seqaug_sklearn.utils import draw_seed

# few individuals, so that they are quick: what is said of them is tested below and in test_mosaic_trials.py
pytestmark = pytest.mark.filterwarnings("ignore::seqaug_sklearn.exceptions.PrivacyWarning")

COUNTS = {"east": 30, "north": 12, "west": 18}


def linked_people(rng, counts=COUNTS, n_variants=40, n_founders=6):
    """Phased individuals whose haplotypes are founders of their population with few seams and rare errors."""
    haplotypes, labels = [], []
    for name, n_individuals in counts.items():
        founders = rng.integers(0, 2, (n_founders, n_variants))
        for _ in range(2 * n_individuals):
            seam = rng.integers(0, n_variants)
            first, second = founders[rng.integers(0, n_founders, 2)]
            haplotypes.append(np.r_[first[:seam], second[seam:]] ^ (rng.random(n_variants) < 0.03))
        labels += [name] * n_individuals
    return from_haplotypes(np.array(haplotypes, np.int8), "phased"), np.array(labels)


@pytest.fixture
def people(rng):
    return linked_people(rng)


def windows(haplotypes, start, length):
    return {row[start : start + length].tobytes() for row in np.ascontiguousarray(haplotypes)}


def seams_explained(new, donors, length):
    """Share of windows of the new haplotypes that some donor has at the same place."""
    starts = range(new.shape[1] - length + 1)
    return np.mean([[row[s : s + length].tobytes() in windows(donors, s, length) for s in starts] for row in new])


@pytest.mark.parametrize("n_neighbors", [None, 5, 100])
@pytest.mark.parametrize("match_length", [0, 1, 4, 9])
def test_donors_agree_before_every_seam(people, match_length, n_neighbors):
    X, y = people
    mosaic = HaplotypeMosaic(switch_rate=0.9, match_length=match_length, n_neighbors=n_neighbors, random_state=0)
    for population in COUNTS:
        new, labels = mosaic.fit(X, y).sample(15, population)
        assert set(labels) == {population}
        new, donors = to_haplotypes(new, "phased"), to_haplotypes(X[y == population], "phased")
        # match_length agreeing alleles and the one behind the seam are side by side in the new donor
        assert seams_explained(new, donors, match_length + 1) == 1
        assert seams_explained(new, donors, 20) < 1, "nothing was recombined"


def test_without_switches_haplotypes_are_copies_and_people_are_not(people):
    X, y = people
    new, _ = HaplotypeMosaic(switch_rate=0, random_state=0).fit(X, y).sample(50, "east")
    donors = {row.tobytes() for row in to_haplotypes(X[y == "east"], "phased")}
    assert {row.tobytes() for row in to_haplotypes(new, "phased")} <= donors
    assert {row.tobytes() for row in new} - {row.tobytes() for row in X}


def test_a_match_over_everything_copies_unless_prefixes_are_shared(rng):
    haplotypes = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 0], [1, 1, 0]], np.int8)
    X = from_haplotypes(haplotypes, "phased")
    new, _ = HaplotypeMosaic(switch_rate=1, match_length=50, random_state=0).fit(X, ["a", "a"]).sample(100)
    assert {tuple(row) for row in to_haplotypes(new, "phased")} == {tuple(row) for row in haplotypes}


def test_alleles_follow_the_last_ones_as_in_the_population(rng):
    """With a switch at every variant, the frequency of an allele given the last two is that of the population."""
    donors = (rng.random((60, 8)) < 0.5).astype(np.int8)
    donors[:, 1::2] |= donors[:, ::2]  # linked
    X = from_haplotypes(donors, "phased")
    new = to_haplotypes(HaplotypeMosaic(match_length=2, random_state=0).fit(X, ["a"] * 30).sample(20_000)[0], "phased")
    for j in range(2, 8):
        for last in ((0, 0), (0, 1), (1, 0), (1, 1)):
            of_donors, of_new = (h[(h[:, j - 2 : j] == last).all(axis=1), j] for h in (donors, new))
            if len(of_donors):
                assert of_new.mean() == pytest.approx(of_donors.mean(), abs=0.03)


def test_free_switches_keep_frequencies_and_break_linkage():
    haplotypes = np.tile([[0] * 6, [1] * 6, [1] * 6, [1] * 6], (5, 1)).astype(np.int8)
    X = from_haplotypes(haplotypes, "phased")
    mosaic = HaplotypeMosaic(switch_rate=1, match_length=0, random_state=0).fit(X, ["a"] * len(X))
    new = to_haplotypes(mosaic.sample(4000)[0], "phased")
    np.testing.assert_allclose(new.mean(axis=0), 0.75, atol=0.02)
    np.testing.assert_allclose(np.corrcoef(new.T) - np.eye(6), 0, atol=0.05)


def test_mutation_draws_from_the_population(people):
    X, y = people
    new, _ = HaplotypeMosaic(mutation_rate=1, random_state=0).fit(X, y).sample(3000, "west")
    expected = to_haplotypes(X[y == "west"], "phased").mean(axis=0)
    drawn = to_haplotypes(new, "phased")
    np.testing.assert_allclose(drawn.mean(axis=0), expected, atol=0.03)
    linkage = np.corrcoef(drawn[:, (expected > 0.2) & (expected < 0.8)].T)
    assert np.abs(linkage - np.eye(len(linkage))).max() < 0.08


def test_rare_mutation_changes_few_alleles(people):
    X, y = people
    rows = [
        HaplotypeMosaic(switch_rate=0, mutation_rate=rate, random_state=0).fit(X, y).sample(200)[0]
        for rate in (0, 0.02)
    ]
    donors = to_haplotypes(X, "phased")
    distances = [np.abs(donors[None] - to_haplotypes(r, "phased")[:, None]).sum(axis=2).min(axis=1) for r in rows]
    assert distances[0].max() == 0
    assert 0 < distances[1].mean() < 0.02 * X.shape[1]


def test_populations_do_not_mix():
    X = np.repeat([[0], [3]], [4, 4], axis=0) * np.ones((1, 30), np.int8)
    y = np.repeat([7, 3], [4, 4])
    for options in ({}, {"n_neighbors": 3}, {"match_length": 0, "switch_rate": 1}):
        new, labels = HaplotypeMosaic(random_state=0, **options).fit(X, y).sample(20)
        assert (new == np.where(labels == 3, 3, 0)[:, None]).all()


def test_draw_match_is_uniform_over_the_donors_that_agree(rng):
    hashes = np.array([5, 9, 5, 5, 2**63 + 1, 9], np.uint64)
    current = np.repeat([0, 1, 4], 3000)
    drawn = draw_match(hashes, current, np.arange(len(current)), rng)
    for donor, expected in ((0, [0, 2, 3]), (1, [1, 5]), (4, [4])):
        found, counts = np.unique(drawn[current == donor], return_counts=True)
        assert found.tolist() == expected
        np.testing.assert_allclose(counts / 3000, 1 / len(expected), atol=0.05)


def test_neighbours_match_is_uniform_over_the_donors_that_agree(rng):
    hashes = np.array([5, 9, 5, 5, 9, 9, 5, 5], np.uint64)
    people = np.tile([[0, 2, -1]], (4000, 1))
    drawn = MatchAmongNeighbors(people)(hashes, np.zeros(8000, int), np.arange(8000), rng)
    found, counts = np.unique(drawn, return_counts=True)
    assert found.tolist() == [0]  # of the donors 0, 1, 4 and 5
    drawn = MatchAmongNeighbors(people)(hashes, np.ones(8000, int), np.arange(8000), rng)
    found, counts = np.unique(drawn, return_counts=True)
    assert found.tolist() == [1, 4, 5]
    np.testing.assert_allclose(counts / 8000, 1 / 3, atol=0.03)


def test_nearest_people_are_nearest_and_of_the_population(rng):
    counts = rng.integers(0, 3, (25, 8)).astype(np.int8)
    codes = np.repeat([0, 1, 2], [12, 10, 3])
    found = nearest_people(counts, codes, 5, seed=0)
    centered = counts - counts.mean(axis=0)  # eight components of eight variants: a rotation
    for person, row in enumerate(found):
        members = np.flatnonzero(codes == codes[person])
        distances = np.linalg.norm(centered[members] - centered[person], axis=1)
        wanted = min(5, len(members))
        assert row[0] == person
        assert (row[wanted:] == -1).all()
        got = np.linalg.norm(centered[row[:wanted]] - centered[person], axis=1)
        np.testing.assert_allclose(got, np.sort(distances)[:wanted], atol=1e-6)
        assert set(row[:wanted]) <= set(members)


def test_neighbours_keep_structure_within_a_population(rng):
    """Two hidden groups under one label: no new individual mixes them."""
    hidden = np.repeat([0, 1], 20)
    X = from_haplotypes((rng.random((80, 60)) < np.repeat([[0.1], [0.9]], 40, axis=0)).astype(np.int8), "phased")
    means = {}
    for n_neighbors in (None, 10):
        mosaic = HaplotypeMosaic(match_length=0, n_neighbors=n_neighbors, random_state=0).fit(X, np.zeros(40))
        means[n_neighbors] = to_haplotypes(mosaic.sample(100)[0], "phased").mean(axis=1)
    assert hidden.size == len(X)
    assert ((means[10] < 0.3) | (means[10] > 0.7)).all()
    assert ((means[None] > 0.3) & (means[None] < 0.7)).mean() > 0.8


@pytest.mark.parametrize("encoding", ["phased", "haplotype"])
def test_encodings_give_the_same_people(people, encoding):
    X, y = people
    given, labels = (X, y) if encoding == "phased" else (to_haplotypes(X, "phased"), np.repeat(y, 2))
    new, new_y = HaplotypeMosaic(encoding=encoding, random_state=3).fit(given, labels).sample(9)
    reference, reference_y = HaplotypeMosaic(random_state=3).fit(X, y).sample(9)
    assert new.dtype == np.int8
    if encoding == "haplotype":
        assert new.shape == (18, X.shape[1])
        assert (new_y[::2] == new_y[1::2]).all()
        new, new_y = from_haplotypes(new, "phased"), new_y[::2]
    np.testing.assert_array_equal(new, reference)
    np.testing.assert_array_equal(new_y, reference_y)


def test_sample_shares_people_out_as_in_training(people):
    mosaic = HaplotypeMosaic(random_state=0).fit(*people)
    assert mosaic.populations_.tolist() == sorted(COUNTS)
    assert mosaic.population_counts_.tolist() == [COUNTS[name] for name in sorted(COUNTS)]
    _, y = mosaic.sample(100)
    assert pd.Series(y).value_counts().to_dict() == {"east": 50, "north": 20, "west": 30}
    assert len(np.unique(y[:20])) > 1, "in random order"
    assert pd.Series(mosaic.sample(7)[1]).value_counts().to_dict() == {"east": 4, "north": 1, "west": 2}


def test_sample_takes_one_label_or_one_per_person(people):
    mosaic = HaplotypeMosaic(random_state=0).fit(*people)
    wanted = np.array(["west", "east", "west"])
    assert mosaic.sample(3, wanted)[1].tolist() == wanted.tolist()
    assert mosaic.sample(3, "north")[1].tolist() == ["north"] * 3


def test_same_seed_same_people(people):
    mosaic = HaplotypeMosaic(random_state=5).fit(*people)
    X, y = mosaic.sample(20)
    again_X, again_y = clone(mosaic).fit(*people).sample(20)
    np.testing.assert_array_equal(X, again_X)
    np.testing.assert_array_equal(y, again_y)
    assert (mosaic.sample(20, random_state=1)[0] != X).any()
    assert (clone(mosaic).set_params(random_state=6).fit(*people).sample(20)[0] != X).any()


def test_chunks_are_lazy_and_add_up(people):
    mosaic = HaplotypeMosaic(random_state=0).fit(*people)
    chunks = mosaic.iter_sample(25, chunk_size=10)
    assert iter(chunks) is chunks
    sizes, labels = zip(*((len(X), y) for X, y in chunks), strict=True)
    assert sizes == (10, 10, 5)
    counts = pd.Series(np.concatenate(labels)).value_counts()
    assert counts.sum() == 25
    assert counts.to_dict() == pd.Series(mosaic.sample(25)[1]).value_counts().to_dict()
    whole = next(mosaic.iter_sample(25, chunk_size=25))
    np.testing.assert_array_equal(whole[0], mosaic.sample(25)[0])


def test_fit_resample_fills_up_behind_the_original_rows(people):
    X, y = people
    mosaic = HaplotypeMosaic(random_state=0)
    filled, labels = mosaic.fit_resample(X, y)
    assert filled.dtype == np.int8
    np.testing.assert_array_equal(filled[: len(X)], X)
    np.testing.assert_array_equal(labels[: len(y)], y)
    assert pd.Series(labels).value_counts().to_dict() == dict.fromkeys(COUNTS, 30)
    assert mosaic.sampling_strategy_ == {"north": 18, "west": 12}
    assert mosaic.sample_indices_.tolist() == [*range(len(X)), *[-1] * 30]


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("minority", {"east": 30, "north": 30, "west": 18}),
        ({"west": 20}, {"east": 30, "north": 12, "west": 20}),
        (lambda y: {"north": 13}, {"east": 30, "north": 13, "west": 18}),
        ({"east": 30}, COUNTS),
    ],
    ids=["minority", "dict", "callable", "nothing to do"],
)
def test_sampling_strategy_is_that_of_imbalanced_learn(people, strategy, expected):
    _, labels = HaplotypeMosaic(sampling_strategy=strategy, random_state=0).fit_resample(*people)
    assert pd.Series(labels).value_counts().to_dict() == expected


def test_sampling_strategy_counts_people_of_haplotypes(people):
    X, y = people
    mosaic = HaplotypeMosaic(encoding="haplotype", sampling_strategy={"north": 15}, random_state=0)
    filled, labels = mosaic.fit_resample(to_haplotypes(X, "phased"), np.repeat(y, 2))
    assert len(filled) == len(labels) == 2 * (len(X) + 3)
    assert (mosaic.sample_indices_[-6:] == -1).all()
    assert (labels[-6:] == "north").all()


def test_pandas_in_pandas_out(people):
    X, y = people
    frame = pd.DataFrame(
        X, columns=[f"rs{i}" for i in range(X.shape[1])], index=[f"individual{i}" for i in range(len(X))]
    )
    labels = pd.Series(y, index=frame.index, name="population", dtype="category")
    mosaic = HaplotypeMosaic(random_state=0)
    filled, filled_y = mosaic.fit_resample(frame, labels)
    assert filled.columns.tolist() == frame.columns.tolist()
    assert (filled.dtypes == np.int8).all()
    assert filled.index.equals(pd.RangeIndex(90))
    assert filled.index.equals(filled_y.index)
    assert filled_y.dtype == labels.dtype
    assert filled_y.name == "population"
    np.testing.assert_array_equal(filled.to_numpy(), HaplotypeMosaic(random_state=0).fit_resample(X, y)[0])
    assert mosaic.feature_names_in_.tolist() == frame.columns.tolist()


class Recorder(ClassifierMixin, BaseEstimator):
    """Keeps what it was fitted on."""

    seen = []

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        Recorder.seen.append((X, y))
        return self

    def predict(self, X):
        Recorder.seen.append((X, None))
        return np.repeat(self.classes_[:1], len(X))


def test_pipeline_resamples_training_rows_only(people):
    X, y = people
    Recorder.seen.clear()
    pipeline = make_pipeline(HaplotypeMosaic(random_state=0), FunctionTransformer(), Recorder())
    cv = StratifiedKFold(3, shuffle=True, random_state=0)
    result = cross_validate(pipeline, X, y, cv=cv, return_estimator=True, error_score="raise")
    for (train, test), fold in zip(cv.split(X, y), range(3), strict=True):
        (fitted, labels), (predicted, _) = Recorder.seen[2 * fold : 2 * fold + 2]
        np.testing.assert_array_equal(fitted[: len(train)], X[train])
        np.testing.assert_array_equal(predicted, X[test])
        assert np.unique(labels, return_counts=True)[1].tolist() == [20, 20, 20]
        np.testing.assert_array_equal(result["estimator"][fold][0].haplotypes_, to_haplotypes(X[train], "phased"))


def genotype_set(X, y, encoding="phased"):
    return SimpleNamespace(genotypes=X, encoding=encoding, populations=y)


def test_a_genotype_set_brings_its_labels(people):
    X, y = people
    expected = HaplotypeMosaic(random_state=0).fit(X, y).sample(5)
    np.testing.assert_array_equal(HaplotypeMosaic(random_state=0).fit(genotype_set(X, y)).sample(5)[0], expected[0])
    other = HaplotypeMosaic(random_state=0).fit(genotype_set(X, None), y).sample(5)
    np.testing.assert_array_equal(other[0], expected[0])
    haplotypes = genotype_set(to_haplotypes(X, "phased"), y, "haplotype")
    filled, labels = HaplotypeMosaic(encoding="haplotype", random_state=0).fit_resample(haplotypes)
    assert len(filled) == len(labels) == 180


def test_smallest_input():
    X = np.array([[2], [0]], np.int8)
    new, _ = HaplotypeMosaic(random_state=0).fit(X, ["a", "a"]).sample(200)
    assert set(new.ravel()) == {0, 1, 2, 3}


def test_allele_counts_are_refused_with_the_reason(people):
    X, y = people
    with pytest.raises(DataFormatError, match="which chromosome carries"):
        HaplotypeMosaic(encoding="dosage").fit(np.minimum(X, 2), y)
    with pytest.raises(DataFormatError, match=r"'dosage', but 'phased' was asked for; .*read the file with"):
        HaplotypeMosaic().fit(genotype_set(np.minimum(X, 2), y, "dosage"))


@pytest.mark.parametrize("method", ["fit", "fit_resample"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X, np.r_[["lonely"], y[1:]]), "population 'lonely' has fewer than two individuals"),
        (lambda X, y: (X, None), "y is missing: give the population of each row"),
        (lambda X, y: (genotype_set(X, None), None), "y is missing: give the population of each row"),
        (lambda X, y: (X, y[1:]), "X has 60 rows but y has 59 labels"),
        (lambda X, y: (X, np.r_[[None], y[1:]]), r"y is missing for row 0 \(1 of 60 rows\)"),
        (lambda X, y: (np.where(X == 3, -1, X), y), "missing genotypes"),
        (lambda X, y: (X + 2, y), "encoding='phased'"),
        (lambda X, y: (X[0], y), "2-D"),
    ],
    ids=["lonely", "no y", "unlabelled set", "length", "unlabelled row", "missing calls", "values", "shape"],
)
def test_bad_input_is_named(people, method, change, message):
    with pytest.raises(ValueError, match=message):
        getattr(HaplotypeMosaic(), method)(*change(*people))


def test_two_labels_for_one_person_are_refused(people):
    X, y = people
    labels = np.repeat(y, 2)
    labels[3] = "west"
    with pytest.raises(ValueError, match="rows 2 and 3 are the haplotypes of one individual"):
        HaplotypeMosaic(encoding="haplotype").fit(to_haplotypes(X, "phased"), labels)


def test_one_population_cannot_be_filled_up(people):
    X, _ = people
    with pytest.raises(ValueError, match="more than 1 class"):
        HaplotypeMosaic().fit_resample(X, ["a"] * len(X))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "n_samples"),
        ((2.5,), "n_samples"),
        ((3, "south"), "population 'south', which was not in training; known are"),
        ((3, ["east", "west"]), r"one label per individual, shape \(3,\), got shape \(2,\)"),
    ],
)
def test_sample_refuses_what_it_cannot_make(people, arguments, message):
    mosaic = HaplotypeMosaic(random_state=0).fit(*people)
    for method in (mosaic.sample, mosaic.iter_sample):
        with pytest.raises(ValueError, match=message):
            method(*arguments)


def test_sample_needs_fit():
    with pytest.raises(NotFittedError, match="not fitted"):
        HaplotypeMosaic().sample(3)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("switch_rate", 1.5), ("match_length", -1), ("n_neighbors", 1), ("mutation_rate", -0.1), ("encoding", "one-hot")],
)
def test_parameters_out_of_range(people, parameter, value):
    with pytest.raises(ValueError, match=parameter):
        HaplotypeMosaic(**{parameter: value}).fit(*people)


def panel(rng, sizes, n_variants, correlation=0.0):
    """Phased individuals of populations with Balding-Nichols frequencies; neighbouring variants are correlated."""
    haplotypes = []
    ancestral = rng.uniform(0.05, 0.95, n_variants)
    for size in sizes:
        frequencies = rng.beta(19 * ancestral, 19 * (1 - ancestral))
        latent = rng.standard_normal((2 * size, n_variants))
        for j in range(1, n_variants):
            latent[:, j] = correlation * latent[:, j - 1] + np.sqrt(1 - correlation**2) * latent[:, j]
        haplotypes.append(ndtr(latent) < frequencies)
    return from_haplotypes(np.concatenate(haplotypes).astype(np.int8), "phased"), np.repeat(range(len(sizes)), sizes)


def share_of_copies(mosaic, X, y):
    """Share of new haplotypes, as many as in training, that equal a training haplotype."""
    known = {row.tobytes() for row in to_haplotypes(X, "phased")}
    new = to_haplotypes(mosaic.sample(len(X))[0], "phased")
    return np.mean([row.tobytes() in known for row in new])


@pytest.mark.parametrize(("n_variants", "correlation"), [(200, 0), (200, 0.7), (150, 0.95)])
@pytest.mark.parametrize("sizes", [(60,), (60, 60), (5, 10, 30)])
def test_nobody_is_copied_where_real_people_share_nothing(rng, sizes, n_variants, correlation):
    X, y = panel(rng, sizes, n_variants, correlation)
    mosaic = HaplotypeMosaic(random_state=0).fit(X, y)
    assert share_of_copies(mosaic, X, y) == 0
    chosen = mosaic.tuning_.query("match_length == @mosaic.match_length_").iloc[0]
    assert chosen["exact_copies"] <= chosen["exact_copies_real"]
    assert mosaic.copying_ == chosen["fault"]


def test_many_people_of_unlinked_variants_pass_and_keep_no_more_than_there_is(rng):
    X, y = panel(rng, (150, 150), 60)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mosaic = HaplotypeMosaic(random_state=0).fit(X, y)
    assert mosaic.copying_ == ""
    assert mosaic.match_length_ <= 3
    assert share_of_copies(mosaic, X, y) == 0


def test_linkage_is_kept_as_far_as_nobody_is_given_away(rng):
    X, y = panel(rng, (250, 250), 60, 0.95)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mosaic = HaplotypeMosaic(random_state=0).fit(X, y)
    chosen = mosaic.tuning_.query("match_length == @mosaic.match_length_").iloc[0]
    assert chosen["membership_high"] <= 0.56
    assert chosen["ld_correlation"] > 0.9 * chosen["ld_correlation_real"] > 0.5
    longer = mosaic.tuning_.query("match_length > @mosaic.match_length_")
    assert ((longer["fault"] != "") | (longer["ld_correlation"] <= chosen["ld_correlation"] + 0.002)).all()


def test_where_nothing_passes_the_figure_is_told(rng):
    X, y = panel(rng, (30,), 200)
    message = (
        r"HaplotypeMosaic exposes its training individuals: .*the membership attack has an AUC of 0\.[6-9]\d "
        r"\(95 % interval 0\.\d\d to \d\.\d\d, at most 0\.56 is allowed\).*see tuning_.*More individuals, fewer "
        r"variants"
    )
    with pytest.warns(PrivacyWarning, match=message) as caught:
        mosaic = HaplotypeMosaic(random_state=0).fit(X, y)
    assert caught[0].filename == __file__
    assert (mosaic.tuning_["fault"] != "").all()
    with pytest.warns(PrivacyWarning, match=message) as caught:
        HaplotypeMosaic(random_state=0, sampling_strategy={1: 32}).fit_resample(*panel(rng, (30, 31), 200))
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"match_length": 40}, "Leave match_length=40 out"),
        ({"match_length": 40, "n_neighbors": 10}, "Leave match_length=40 and n_neighbors=10 out"),
        ({"match_length": 40, "n_neighbors": None}, "Leave match_length=40 and n_neighbors=None out"),
    ],
)
def test_given_values_are_used_and_what_they_copy_is_told(rng, given, told):
    X, y = panel(rng, (40,), 60)
    message = (
        r"(9\d|100)\.\d% of the new haplotypes equal a training individual's, where 0\.0% of other real individuals' do"
    )
    with pytest.warns(PrivacyWarning, match=f"{message}.*{told}") as caught:
        mosaic = HaplotypeMosaic(random_state=0, **given).fit(X, y)
    assert caught[0].filename == __file__
    assert mosaic.match_length_ == 40
    assert mosaic.n_neighbors_ == given.get("n_neighbors")
    assert len(mosaic.tuning_) == 1
    assert share_of_copies(mosaic, X, y) > 0.5


def test_no_switches_are_copies_and_told(rng):
    X, y = panel(rng, (150,), 60)
    with pytest.warns(PrivacyWarning, match=r"100\.0% of the new haplotypes.*Leave switch_rate=0 out"):
        mosaic = HaplotypeMosaic(switch_rate=0, random_state=0).fit(X, y)
    assert mosaic.switch_rate_ == 0


def test_trying_settings_changes_nothing_about_the_people(people):
    """Given values make the individuals that they made before settings were tried."""
    X, y = people
    mosaic = HaplotypeMosaic(match_length=4, n_neighbors=None, random_state=3).fit(X, y)
    assert mosaic.seed_ == draw_seed(np.random.default_rng(3))


def test_the_choice_is_that_of_the_seed(people):
    X, y = people
    first, again, other = (HaplotypeMosaic(random_state=seed).fit(X, y) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first.tuning_, again.tuning_)
    assert not first.tuning_.equals(other.tuning_)
    haplotypes = HaplotypeMosaic(encoding="haplotype", random_state=0).fit(to_haplotypes(X, "phased"), np.repeat(y, 2))
    pd.testing.assert_frame_equal(first.tuning_, haplotypes.tuning_)


def test_none_is_auto_for_the_match(people):
    X, y = people
    first, second = (HaplotypeMosaic(match_length=value, random_state=0).fit(X, y) for value in ("auto", None))
    np.testing.assert_array_equal(first.sample(5)[0], second.sample(5)[0])


def hidden_groups(rng):
    """400 individuals under one label, of two groups, 80 unlinked variants."""
    frequencies = np.repeat([rng.uniform(0.05, 0.5, 80), rng.uniform(0.5, 0.95, 80)], 400, axis=0)
    return from_haplotypes((rng.random((800, 80)) < frequencies).astype(np.int8), "phased"), np.zeros(400)


def test_neighbours_are_chosen_where_structure_is_lost_without(rng):
    X, y = hidden_groups(rng)
    mosaic = HaplotypeMosaic(random_state=0).fit(X, y)
    assert mosaic.n_neighbors_ is not None
    assert mosaic.neighbors_.shape == (400, mosaic.n_neighbors_)
    means = to_haplotypes(mosaic.sample(100)[0], "phased").mean(axis=1)
    assert np.mean(np.abs(means - 0.5) < 0.05) < 0.02, "new individuals mix the groups"
    assert HaplotypeMosaic(n_neighbors=None, random_state=0).fit(X, y).n_neighbors_ is None


@pytest.mark.parametrize(("n_variants", "expected"), [(1, 0), (8, 2), (30, 7), (60, 10), (145, 18), (742, 40)])
def test_the_longest_match_is_a_share_of_a_short_region(n_variants, expected):
    lengths = match_lengths(n_variants)
    assert lengths[-1] == expected
    assert lengths == sorted(set(lengths))
    assert lengths[0] == 0


@pytest.mark.parametrize("n_variants", [1, 2, 3])
def test_few_variants_are_no_copies(rng, n_variants):
    """Everybody shares them."""
    X, y = panel(rng, (60, 60), n_variants)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mosaic = HaplotypeMosaic(random_state=0).fit(X, y)
    assert mosaic.copying_ == ""


def test_people_who_are_all_alike_give_nobody_away():
    X = np.full((40, 30), 3, np.int8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mosaic = HaplotypeMosaic(random_state=0).fit(X, [0] * 40)
    assert mosaic.tuning_["membership_high"].tolist() == [0.5] * len(mosaic.tuning_)


@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        ("dosage", "X is read as phased .* never 3 .* counts cannot be used here"),
        ("haplotype", "X is read as phased .* only 0 and 1, as haplotypes do.* pass encoding='haplotype'"),
    ],
)
def test_arrays_in_another_encoding_are_not_taken_silently(people, encoding, message):
    X, y = people
    X = recode_genotypes(X, source="phased", target=encoding)
    with pytest.warns(SeqAugWarning, match=message) as caught:
        HaplotypeMosaic(random_state=0).fit(X, np.repeat(y, len(X) // len(y)))
    assert caught[0].filename == __file__


def test_few_or_rare_phased_states_are_not_suspected(rng):
    """Without 3 by chance; warnings are errors in these tests."""
    few = np.array([[0, 1, 2, 0], [2, 1, 0, 1], [1, 0, 0, 2]], np.int8)
    HaplotypeMosaic(random_state=0).fit(few, ["a"] * 3)
    rare = from_haplotypes((rng.random((400, 50)) < 0.01).astype(np.int8), "phased")
    HaplotypeMosaic(random_state=0).fit(rare, ["a"] * 200)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), r"'n_samples' parameter of GenotypeSampler\.sample must be an int"),
        ((3, {"east": 3}), "y must be a label or one label per individual, in their order, got a dict"),
        ((3, {"east"}), "got a set"),
    ],
)
def test_wrong_calls_of_sample_name_what_was_called(people, arguments, message):
    mosaic = HaplotypeMosaic(random_state=0).fit(*people)
    with pytest.raises(ValueError, match=message):
        mosaic.sample(*arguments)


def test_allele_counts_are_refused_whatever_is_given(people):
    """At once, and with the way out instead of another encoding to try."""
    X, y = people
    for given in (X, genotype_set(X, y), genotype_set(np.minimum(X, 2), y, "dosage")):
        with pytest.raises(DataFormatError, match=r"'dosage' is no encoding of HaplotypeMosaic.*Read phased genotypes"):
            HaplotypeMosaic(encoding="dosage").fit(given, y)
