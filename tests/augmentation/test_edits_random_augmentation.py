"""RandomAugmentation: combinations, protection, padding, text and one-hot, and its place in pipelines."""

import math
import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from Bio.Seq import Seq
from imblearn.pipeline import make_pipeline
from scipy import stats
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate

from seqaug_sklearn.augmentation import (
    RandomAugmentation,
    RandomDeletion,
    RandomInsertion,
    RandomInversion,
    RandomMutation,
    RandomNoise,
    RandomReverseComplement,
    RandomTranslocation,
)
from seqaug_sklearn.classification import CNNBiLSTMClassifier
from seqaug_sklearn.encoding import OneHotEncoder, one_hot
from seqaug_sklearn.exceptions import SeqAugWarning, SequenceError, SequenceTypeError

STRUCTURAL = [RandomInsertion(1, 6), RandomDeletion(1, 6), RandomTranslocation(1, 6), RandomInversion(1, 6)]
IN_PLACE = [*STRUCTURAL, RandomMutation(0.2)]
OF_TEXT = [RandomReverseComplement(), *IN_PLACE]


def batch(texts, alphabet="dna", width=None):
    X = torch.from_numpy(one_hot(texts, alphabet))
    missing = 0 if width is None else width - X.shape[1]
    return torch.cat([X, torch.zeros(len(X), missing, X.shape[2])], dim=1)


def ragged(random_dna, symbols="ACGT"):
    return [text[:length] for text, length in zip(random_dna(6, 40, symbols), (40, 1, 17, 40, 3, 33), strict=True)]


@pytest.mark.parametrize("options", [{}, {"exactly": False}, {"max_per_sequence": 4}, {"pad_to": 47}], ids=str)
@pytest.mark.parametrize(
    ("alphabet", "symbols"), [("dna", "ACGT"), ("rna", "ACGU"), ("protein", "ACDEFGHIKLMNPQRSTVWY")]
)
def test_text_and_one_hot_agree(random_dna, alphabet, symbols, options):
    X = ragged(random_dna, symbols)
    transforms = IN_PLACE if alphabet == "protein" else OF_TEXT
    augmentation = RandomAugmentation(transforms, alphabet=alphabet, random_state=5, **options)
    text, _ = augmentation.fit_resample(X, range(6))
    edited = augmentation.augment_batch(batch(X, alphabet), np.random.default_rng(5))
    assert torch.equal(edited, batch(text[6:], alphabet, edited.shape[1]))
    assert text[6:] != X


@pytest.mark.parametrize(
    "form",
    [
        list,
        tuple,
        np.array,
        lambda X: np.array(X, dtype=object),
        lambda X: pd.Series(X, index=list("uvw"), name="promoter"),
        lambda X: pd.Series(X, index=list("uvw"), dtype="string"),
        lambda X: pd.DataFrame({"promoter": X}, index=list("uvw")),
        lambda X: [Seq(text) for text in X],
    ],
    ids=["list", "tuple", "array", "object array", "series", "string series", "frame", "Seq"],
)
@pytest.mark.filterwarnings("ignore:X holds lower-case letters")
def test_the_kind_of_X_is_kept(random_dna, form):
    texts = [random_dna(1, 30)[0], "acgtnnryacgt", random_dna(1, 21)[0]]
    X = form(texts)
    augmentation = RandomAugmentation(OF_TEXT, n_copies=2, random_state=0)
    resampled, _ = augmentation.fit_resample(X, [0, 1, 2])
    assert type(resampled) is (list if isinstance(X, tuple) else type(X))
    values = np.asarray(resampled).ravel().tolist()
    assert values[:3] == texts
    assert values == RandomAugmentation(OF_TEXT, n_copies=2, random_state=0).fit_resample(texts, [0, 1, 2])[0]
    assert [len(text) for text in values] == [30, 12, 21] * 3
    assert all(text.isupper() for text in values[3:])
    assert values[3:6] != values[6:]
    assert augmentation.sample_indices_.tolist() == [0, 1, 2] * 3
    if hasattr(X, "iloc"):
        assert resampled.index.tolist() == list("uvw") * 3
        pd.testing.assert_frame_equal(pd.DataFrame(resampled[:3]), pd.DataFrame(X))
    if isinstance(X, np.ndarray):
        assert resampled.dtype.kind == X.dtype.kind


def test_labels_follow_their_parents(random_dna):
    X = random_dna(3, 20)
    resample = RandomAugmentation(OF_TEXT, n_copies=2, random_state=0).fit_resample
    assert resample(X, ["a", "b", "c"])[1] == ["a", "b", "c"] * 3
    assert resample(X, ("a", "b", "c"))[1] == ["a", "b", "c"] * 3
    np.testing.assert_array_equal(resample(X, np.array([0.5, 1.5, 2.5]))[1], [0.5, 1.5, 2.5] * 3)
    np.testing.assert_array_equal(resample(X, np.eye(3))[1], np.tile(np.eye(3), (3, 1)))
    y = pd.Series(["a", "b", "c"], index=[7, 8, 9], name="label", dtype="category")
    pd.testing.assert_series_equal(resample(pd.Series(X, index=list("uvw")), y)[1], pd.concat([y, y, y]))
    pd.testing.assert_frame_equal(resample(X, y.to_frame())[1], pd.concat([y.to_frame()] * 3))


@pytest.mark.filterwarnings("ignore:X holds lower-case letters")
def test_ambiguity_codes_and_gaps_survive():
    X = ["RYNAC-GT.KMacgtn"]
    resample = RandomAugmentation([RandomReverseComplement(1)]).fit_resample
    assert resample(X, [0])[0][1] == "NACGTKM.AC-GTNRY"
    shifted = RandomAugmentation([RandomTranslocation(5, 5)], random_state=0).fit_resample(X, [0])[0][1]
    assert shifted in ("ACGTNRYNAC-GT.KM"[-16:], "-GT.KMACGTNRYNAC")
    mutated = RandomAugmentation([RandomMutation(1)], random_state=0).fit_resample(X, [0])[0][1]
    assert [c for c in mutated if c not in "ACGT"] == list("RYN-.KMN")
    assert all(a != b for a, b in zip(X[0].upper(), mutated, strict=True) if a in "ACGT")


def test_the_same_seed_gives_the_same_bytes(random_dna):
    X = random_dna(20, 50)
    y = list(range(20))

    def resampled(seed):
        return RandomAugmentation(OF_TEXT, random_state=seed).fit_resample(X, y)[0]

    augmentation = RandomAugmentation(OF_TEXT, random_state=1)
    assert augmentation.fit_resample(X, y)[0] == augmentation.fit_resample(X, y)[0] == resampled(1)
    assert resampled(1) != resampled(2)
    assert resampled(None) != resampled(None)
    assert resampled(np.random.default_rng(4)) == resampled(np.random.default_rng(4)) == resampled(4)
    generator = np.random.default_rng(4)
    assert resampled(generator) != resampled(generator)
    states = torch.random.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    resampled(None)
    assert torch.equal(torch.random.get_rng_state(), states[0])
    np.testing.assert_array_equal(np.random.get_state()[1], states[1])  # noqa: NPY002


class Marker(RandomMutation):
    """Counts which rows an edit was asked to edit, and in which order edits come."""

    def __init__(self, rate=0.0):
        super().__init__(rate)

    def _apply(self, rows, which, low, high, draws):
        log.append((self, which))


log = []


def chosen(n_transforms, n_rows, rng, **options):
    """Bool array (n_rows, n_transforms): the edits of each row; checks that they come in the order given."""
    log.clear()
    transforms = [Marker() for _ in range(n_transforms)]
    RandomAugmentation(transforms, **options).augment_batch(torch.ones(n_rows, 3, 4), rng)
    applied = [next(i for i, t in enumerate(transforms) if t is edit) for edit, _ in log]
    assert applied == sorted(set(applied))
    table = np.zeros((n_rows, n_transforms), bool)
    for i, (_, which) in zip(applied, log, strict=True):
        table[which, i] = True
    return table


@pytest.mark.parametrize(("n_transforms", "most"), [(5, 2), (3, 3), (2, 9), (1, 1), (6, 1)])
def test_exactly_so_many_edits(n_transforms, most, rng):
    table = chosen(n_transforms, 6000, rng, max_per_sequence=most)
    expected = min(n_transforms, most)
    assert (table.sum(1) == expected).all()
    combinations = np.unique(table, axis=0, return_counts=True)[1]
    assert len(combinations) == math.comb(n_transforms, expected)
    assert len(combinations) == 1 or stats.chisquare(combinations).pvalue > 1e-3


def test_at_most_so_many_edits(rng):
    table = chosen(5, 6000, rng, max_per_sequence=3, exactly=False)
    counts = np.bincount(table.sum(1), minlength=4)
    assert counts[0] == 0
    assert len(counts) == 4
    assert stats.chisquare(counts[1:]).pvalue > 1e-3
    assert stats.chisquare(table.sum(0)).pvalue > 1e-3


def test_edits_come_in_the_order_given():
    """A deletion fills the end; turned round afterwards, the filling is in front."""
    edits = [RandomDeletion(3, 3), RandomReverseComplement(1)]
    augmented = [RandomAugmentation(order, random_state=0) for order in (edits, edits[::-1])]
    after, before = (one.fit_resample(["A" * 9] * 20, range(20))[0][20:] for one in augmented)
    assert all(text.endswith("T" * 6) for text in after)
    assert all(text.startswith("T" * 6) for text in before)
    assert len({text[:3] for text in after}) > 5
    assert len({text[6:] for text in before}) > 5


FORMS = {
    "positions": [3, 4, 5, 20],
    "array": np.array([3, 4, 5, 20]),
    "mask": np.isin(np.arange(30), [3, 4, 5, 20]),
    "list of bool": np.isin(np.arange(30), [3, 4, 5, 20]).tolist(),
    "intervals": [(3, 6), (20, 21)],
    "interval array": np.array([[3, 6], [20, 21]]),
    "mixed": [slice(3, 6), 20],
}


@pytest.mark.parametrize("form", FORMS)
def test_protected_positions_keep_content_and_place(form, random_dna):
    X = batch(random_dna(300, 30))
    augmentation = RandomAugmentation(IN_PLACE, protect=FORMS[form])
    edited = augmentation.augment_batch(X, np.random.default_rng(0))
    expected = RandomAugmentation(IN_PLACE, protect=FORMS["positions"]).augment_batch(X, np.random.default_rng(0))
    assert torch.equal(edited, expected)
    changed = (edited != X).any(-1)
    assert not changed[:, [3, 4, 5, 20]].any()
    free = [p for p in range(30) if p not in (3, 4, 5, 20)]
    assert (changed[:, free].float().mean(0) > 0.05).all()


@pytest.mark.parametrize(
    ("protect", "first"), [((3, 6), 3), (slice(3, 6), 3), (slice(None, 5), 0), (slice(-4, None), 26)]
)
def test_a_tuple_is_an_interval_and_a_slice_a_slice(protect, first, random_dna):
    X = batch(random_dna(300, 30))
    edited = RandomAugmentation(IN_PLACE, protect=protect).augment_batch(X, np.random.default_rng(0))
    changed = (edited != X).any(-1).any(0).numpy()
    kept = np.flatnonzero(~changed)
    expected = np.arange(30)[slice(*protect) if isinstance(protect, tuple) else protect]
    np.testing.assert_array_equal(kept, expected)
    assert kept[0] == first


@pytest.mark.parametrize("edit", STRUCTURAL, ids=str)
def test_structural_edits_stay_in_one_stretch(edit, random_dna):
    X = batch(random_dna(500, 30))
    edited = RandomAugmentation([edit], protect=[9, (15, 17)]).augment_batch(X, np.random.default_rng(0))
    changed = (edited != X).any(-1)
    touched = torch.stack([changed[:, part].any(1) for part in (slice(0, 9), slice(10, 15), slice(17, 30))], dim=1)
    assert (touched.sum(1) <= 1).all()
    # stretches of 9, 5 and 13 residues are drawn in proportion
    share = touched.float().mean(0)
    assert share[2] > share[0] > share[1] > 0.05


def test_everything_protected(random_dna):
    X = batch(ragged(random_dna))
    edited = RandomAugmentation(IN_PLACE, protect=slice(None)).augment_batch(X, np.random.default_rng(0))
    assert torch.equal(edited, X)
    noise = RandomAugmentation([RandomNoise()], protect=(0, 40)).augment_batch(X, np.random.default_rng(0))
    assert torch.equal(noise, X)


def test_protection_by_identifier(random_dna):
    names = [f"gene{i}" for i in range(200)]
    X = pd.Series(random_dna(200, 30), index=names)
    protect = {"gene3": (0, 30), "gene5": [0, 1, 2, 29], "gene7": slice(10, None), "elsewhere": [99]}
    augmentation = RandomAugmentation(IN_PLACE, protect=protect, n_copies=20, random_state=0)
    copies = augmentation.fit_resample(X, names)[0][200:]
    assert set(copies["gene3"]) == {X["gene3"]}
    assert {(text[:3], text[29]) for text in copies["gene5"]} == {(X["gene5"][:3], X["gene5"][29])}
    assert {text[10:] for text in copies["gene7"]} == {X["gene7"][10:]}
    assert len(set(copies["gene7"])) > 5
    assert len({text[:3] for text in copies["gene9"]}) > 1
    one_copy = RandomAugmentation(IN_PLACE, protect=protect, random_state=0)
    edited = one_copy.augment_batch(batch(X.tolist()), np.random.default_rng(0), identifiers=names)
    assert torch.equal(edited, batch(one_copy.fit_resample(X, names)[0].tolist()[200:]))


def test_protection_by_identifier_needs_identifiers(random_dna):
    augmentation = RandomAugmentation(IN_PLACE, protect={"a": [0]})
    with pytest.raises(ValueError, match="the rows have none: pass X as a Series"):
        augmentation.fit_resample(random_dna(2, 9), [0, 1])
    with pytest.raises(ValueError, match="the rows have none"):
        augmentation.augment_batch(batch(random_dna(2, 9)), np.random.default_rng(0))
    with pytest.raises(ValueError, match="identifiers has 1 entries, X has 2 rows"):
        augmentation.augment_batch(batch(random_dna(2, 9)), np.random.default_rng(0), identifiers=["a"])


@pytest.mark.parametrize(
    ("protect", "message"),
    [
        ([30], "position 30 is outside the sequences of length 30"),
        ([-1], "position -1 is outside"),
        ([(5, 31)], r"interval \(5, 31\) is outside the sequences of length 30"),
        ((6, 5), r"interval \(6, 5\)"),
        (slice(5, 31), r"slice\(5, 31, None\) reaches beyond"),
        (np.ones(31, bool), "boolean mask has 31 entries, the longest sequence 30"),
        ([True, False], "boolean mask has 2 entries, the longest sequence 30"),
        ((5, 5), r"interval \(5, 5\) is empty"),
        ([1.5], "must hold positions such as"),
        ([b"TATA"], "got b'TATA'"),
        ([(1, 2, 3)], "must hold positions"),
        ({"u": [40]}, "protect of sequence 'u': position 40"),
        (30, "position 30 is outside"),
        (["TATA", 5, "TAT!"], "'TAT!' has '!'"),
        (1.5, "must hold positions|'protect' parameter"),
    ],
    ids=str,
)
def test_bad_protection(protect, message, random_dna):
    X = pd.Series(random_dna(2, 30), index=["u", "v"])
    with pytest.raises(ValueError, match=message):
        RandomAugmentation([RandomMutation()], protect=protect).fit_resample(X, [0, 1])
    with pytest.raises(ValueError, match=message):
        RandomAugmentation([RandomMutation()], protect=protect).augment_batch(
            batch(X.tolist()), np.random.default_rng(0), identifiers=["u", "v"]
        )


@pytest.mark.parametrize("protect", [[3], {"a": [3]}, slice(0, 2)])
def test_a_reverse_complement_cannot_protect(protect, random_dna):
    X = pd.Series(random_dna(2, 30), index=["a", "b"])
    augmentation = RandomAugmentation([RandomReverseComplement(), RandomMutation()], protect=protect)
    with pytest.raises(ValueError, match="RandomReverseComplement moves every position, so protect cannot be kept"):
        augmentation.fit_resample(X, [0, 1])


@pytest.mark.parametrize("protect", [[], {}, None, np.zeros(30, bool)], ids=str)
def test_protecting_nothing(protect, random_dna):
    X = random_dna(20, 30)
    edited = RandomAugmentation(OF_TEXT, protect=protect, random_state=0).fit_resample(X, X)[0]
    assert edited == RandomAugmentation(OF_TEXT, random_state=0).fit_resample(X, X)[0]


def test_padding_makes_room_for_insertions():
    X = ["ACACACACAC", "AC", "A"]
    augmentation = RandomAugmentation([RandomInsertion(2, 4)], pad_to=14, n_copies=50, random_state=0)
    with pytest.raises(SequenceError, match="sequence number 2 has 1 residues, fewer than min_length=2"):
        augmentation.fit_resample(X, X)
    texts = RandomAugmentation([RandomInsertion(0, 4)], pad_to=14, n_copies=50, random_state=0).fit_resample(X, X)[0]
    assert texts[:3] == X
    for parent, text in zip(X * 50, texts[3:], strict=True):
        assert len(text) == 14
        # taking the insertion out gives the whole parent back
        cut = [text[:i] + text[i + size :] for size in range(5) for i in range(len(parent) + 1)]
        assert any(rest.startswith(parent) for rest in cut)


def test_padded_rows_have_the_full_length(random_dna):
    X = ragged(random_dna)
    augmentation = RandomAugmentation([*OF_TEXT, RandomNoise()], pad_to=60)
    edited = augmentation.augment_batch(batch(X), np.random.default_rng(0))
    assert edited.shape == (6, 60, 4)
    assert edited.any(-1).all()
    # rows that were padded before, as a classifier does, give the same
    again = augmentation.augment_batch(batch(X, width=60), np.random.default_rng(0))
    in_between = augmentation.augment_batch(batch(X, width=45), np.random.default_rng(0))
    assert torch.equal(edited, again)
    assert torch.equal(edited, in_between)


def test_the_filling_is_random_and_uniform(random_dna):
    X = batch(random_dna(100, 10))
    edited = RandomAugmentation([RandomMutation(0)], pad_to=60).augment_batch(X, np.random.default_rng(0))
    assert torch.equal(edited[:, :10], X)
    assert stats.chisquare(edited[:, 10:].sum((0, 1)).numpy()).pvalue > 1e-3


def test_padding_with_protection(random_dna):
    X = random_dna(50, 30)
    augmentation = RandomAugmentation(IN_PLACE, protect=[(0, 4), 20], pad_to=36, random_state=0)
    for parent, text in zip(X, augmentation.fit_resample(X, X)[0][50:], strict=True):
        assert (text[:4], text[20], len(text)) == (parent[:4], parent[20], 36)


def test_missing_rows_stay_missing():
    edited = RandomAugmentation(OF_TEXT, pad_to=9).augment_batch(batch(["ACGT", "NNNN"]), np.random.default_rng(0))
    assert edited[0].any(-1).all()
    assert not edited[1].any()


def test_too_long_for_the_padding(random_dna):
    X = pd.Series([*random_dna(2, 20), *random_dna(1, 31)], index=["u", "v", "w"])
    augmentation = RandomAugmentation(OF_TEXT, pad_to=30)
    with pytest.raises(SequenceError, match=r"pad_to=30 is below .* 31 .*'w' has 31 residues"):
        augmentation.fit_resample(X, X)
    with pytest.raises(SequenceError, match="pad_to=30 is below"):
        augmentation.augment_batch(torch.zeros(1, 31, 4), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"transforms": []}, ValueError, "transforms is empty"),
        ({"transforms": RandomMutation()}, ValueError, "transforms"),
        ({"transforms": ["mutation"]}, TypeError, "transforms must hold random edits .* got 'mutation' of type str"),
        ({"transforms": [RandomMutation]}, TypeError, "of type ABCMeta|of type type"),
        ({"max_per_sequence": 0}, ValueError, "max_per_sequence"),
        ({"exactly": 2}, ValueError, "exactly"),
        ({"n_copies": 0}, ValueError, "n_copies"),
        ({"pad_to": 0}, ValueError, "pad_to"),
        ({"alphabet": "dnaa"}, ValueError, "alphabet"),
        ({"random_state": "one"}, ValueError, "random_state"),
    ],
    ids=str,
)
def test_bad_parameters(params, error, message, random_dna):
    augmentation = RandomAugmentation(**{"transforms": [RandomMutation()], **params})
    X = random_dna(3, 20)
    for call in (augmentation.fit, augmentation.fit_resample):
        with pytest.raises(error, match=message):
            call(X, [0, 1, 2])
    if not params.keys() & {"n_copies", "random_state"}:  # which matter to fit_resample only
        with pytest.raises(error, match=message):
            augmentation.augment_batch(batch(X), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (["ACGT", "AC"], [0], ValueError, "y has 1 labels, X has 2 sequences"),
        (["ACGT", "AC"], np.zeros((3, 2)), ValueError, "y has 3 labels"),
        (["ACGT", "AXGT"], [0, 1], SequenceError, "sequence number 1, position 1: symbol 'X'"),
        (pd.Series(["ACGT", "MKVE"], index=["u", "v"]), [0, 1], SequenceError, "sequence 'v'.*alphabet='protein'"),
        (["ACGT", None], [0, 1], SequenceTypeError, "number 1 is missing"),
        (["ACGT", ""], [0, 1], SequenceError, "empty"),
        ("ACGT", [0], SequenceTypeError, "single sequence"),
        ([], [], SequenceError, "no sequences"),
        (np.zeros((2, 8, 4)), [0, 1], SequenceError, "1-D text"),
    ],
)
def test_bad_text(X, y, error, message):
    for call in (RandomAugmentation(OF_TEXT).fit, RandomAugmentation(OF_TEXT).fit_resample):
        with pytest.raises(error, match=message):
            call(X, y)


def test_noise_is_not_for_text(random_dna):
    with pytest.raises(ValueError, match="RandomNoise has no meaning for text"):
        RandomAugmentation([RandomMutation(), RandomNoise()]).fit_resample(random_dna(2, 9), [0, 1])


def test_the_alphabet_must_fit_the_columns():
    with pytest.raises(SequenceError, match="X has 20 one-hot columns, but alphabet 'dna' has 4"):
        RandomAugmentation(OF_TEXT).augment_batch(torch.zeros(2, 8, 20), np.random.default_rng(0))


class Counting(BaseEstimator):
    """A classifier that remembers how many rows it was given."""

    def fit(self, X, y):
        self.seen_, self.classes_ = len(X), np.unique(y)
        assert len(y) == len(X)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])

    def score(self, X, y):
        return float(len(X))


@pytest.mark.parametrize("form", [list, np.array, pd.Series, lambda X: pd.DataFrame({"s": X}, index=range(50, 74))])
def test_only_training_rows_are_copied(form, random_dna):
    X, y = form(random_dna(24, 30)), pd.Series(["a", "b"] * 12, index=range(24))
    pipeline = make_pipeline(RandomAugmentation(OF_TEXT, n_copies=3), OneHotEncoder(flatten=True), Counting())
    results = cross_validate(pipeline, X, y, cv=4, return_estimator=True, error_score="raise")
    assert [fitted[-1].seen_ for fitted in results["estimator"]] == [18 * 4] * 4
    assert results["test_score"].tolist() == [6.0] * 4


def test_search_over_edits(random_dna):
    X = random_dna(30, 30)
    y = np.array([text.count("A") > 7 for text in X])
    pipeline = make_pipeline(
        RandomAugmentation([RandomMutation()], random_state=0), OneHotEncoder(flatten=True), LogisticRegression()
    )
    grid = {
        "randomaugmentation__transforms": [[RandomMutation(0.1)], [RandomDeletion(), RandomMutation()]],
        "randomaugmentation__n_copies": [1, 2],
    }
    search = GridSearchCV(pipeline, grid, cv=3, error_score="raise").fit(X, y)
    assert len(search.cv_results_["params"]) == 4
    assert search.best_estimator_.predict(X).shape == (30,)


def test_training_with_edits(random_dna):
    X = [text + "TATAAA" * (i % 2) + "CCGGCC" * (1 - i % 2) for i, text in enumerate(random_dna(32, 20))]
    y = np.arange(32) % 2
    before = [edit.get_params() for edit in OF_TEXT]

    def fitted(augment):
        network = CNNBiLSTMClassifier(
            conv_channels=(4,), hidden_size=4, num_layers=1, dense_units=(4,), max_epochs=2, validation_fraction=None,
            device="cpu", random_state=0, augment=augment,
        )  # fmt: skip
        return network.fit(X, y).predict_proba(X)

    augmentation = RandomAugmentation([*OF_TEXT, RandomNoise()])
    first = fitted(augmentation)
    np.testing.assert_array_equal(first, fitted(clone(augmentation)))
    assert (first != fitted(None)).any()
    assert (fitted(RandomMutation(0.5)) != fitted(None)).any()
    assert [edit.get_params() for edit in OF_TEXT] == before


def test_clone_and_pickle(random_dna):
    X = random_dna(5, 20)
    augmentation = RandomAugmentation(OF_TEXT, protect=None, random_state=3)
    expected = augmentation.fit_resample(X, X)[0]
    for copied in (clone(augmentation), pickle.loads(pickle.dumps(augmentation))):
        assert repr(copied) == repr(augmentation)
        assert copied.fit_resample(X, X)[0] == expected
    assert clone(augmentation).transforms[1] is not augmentation.transforms[1]


def test_a_mask_has_one_entry_per_residue_or_position(random_dna):
    X = random_dna(3, 30)
    mask = np.arange(30) < 20
    for pad_to, given in ((None, mask), (40, mask), (40, np.append(mask, np.zeros(10, bool)))):
        augmentation = RandomAugmentation([RandomMutation(1.0)], protect=given, pad_to=pad_to, random_state=0)
        edited = augmentation.fit_resample(X, [0, 1, 0])[0][3:]
        assert all(a[:20] == b[:20] and a[20:] != b[20:] for a, b in zip(edited, X, strict=True))
    with pytest.raises(ValueError, match="mask has 35 entries"):
        RandomAugmentation([RandomMutation()], protect=np.ones(35, bool), pad_to=40).fit_resample(X, [0, 1, 0])


def test_names_that_protect_nothing_are_told(random_dna):
    X = pd.Series(random_dna(2, 30), index=["u", "v"])
    with pytest.warns(SeqAugWarning, match="protect names 1 sequences, for example 'U', and none of them is in X"):
        RandomAugmentation([RandomMutation()], protect={"U": [3]}).fit_resample(X, [0, 1])


def test_lower_case_is_told_because_copies_are_in_upper_case():
    with pytest.warns(SeqAugWarning, match="copies are in upper case"):
        X, _ = RandomAugmentation([RandomMutation(0.0)]).fit_resample(["acgtACGT"], [0])
    assert X == ["acgtACGT", "ACGTACGT"]


@pytest.mark.parametrize("X", [np.zeros((2, 8, 4)), np.array([["ACGT", "CGTA"]] * 2)], ids=["one-hot", "bags"])
def test_what_is_no_text_any_more_is_refused_with_the_order_of_steps(X):
    with pytest.raises(SequenceError, match="put it in front of OneHotEncoder and WindowAugmenter"):
        RandomAugmentation([RandomMutation()]).fit_resample(X, [0] * len(X))


def test_copies_need_labels():
    with pytest.raises(ValueError, match="fit_resample needs y"):
        RandomAugmentation([RandomMutation()]).fit_resample(["ACGT"], None)


def test_labels_in_another_order_than_the_rows_are_refused():
    X, y = pd.Series(["ACGTACGT", "GGGGCCCC"], index=["a", "b"]), pd.Series([1, 0], index=["b", "a"])
    augmentation = RandomAugmentation([RandomMutation(0.5)], random_state=0)
    with pytest.raises(ValueError, match=r"same index in another order \(row 0 is 'a' in X and 'b' in y\)"):
        augmentation.fit_resample(X, y)
    assert augmentation.fit_resample(X, y.loc[X.index])[1].tolist() == [0, 1, 0, 1]
