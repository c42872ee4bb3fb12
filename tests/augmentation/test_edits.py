"""The seven random edits: each equals a reference on one sequence at a time, under the same draws."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.base import clone

from seqaug_sklearn.alphabets import DNA, PROTEIN, RNA, get_alphabet
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
from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError

SIZED = [RandomInsertion, RandomDeletion, RandomTranslocation, RandomInversion]
EDITS = [*SIZED, RandomMutation, RandomReverseComplement, RandomNoise]
OF_TEXT = [
    *[(cls, alphabet) for cls in [*SIZED, RandomMutation] for alphabet in (DNA, RNA, PROTEIN)],
    (RandomReverseComplement, DNA),
    (RandomReverseComplement, RNA),
]


def one_hot(texts, alphabet=DNA, width=None):
    """float32 Tensor (n, width, n_symbols); letters that are no symbol are zero rows."""
    width = width or max(map(len, texts))
    letters = np.array([list(text.ljust(width)) for text in texts]).reshape(len(texts), width)
    return torch.from_numpy((letters[..., None] == list(alphabet.symbols)).astype(np.float32))


def to_text(X, alphabet=DNA):
    """One letter per position: a symbol, or "." for a zero row."""
    letters = np.array([*alphabet.symbols, "."])
    return ["".join(row) for row in letters[np.where(X.any(-1), X.argmax(-1), len(alphabet))]]


def random_texts(rng, lengths, alphabet=DNA, unknown=0.0):
    """Texts that end in a symbol: one-hot cannot tell an unknown residue at the end from padding."""
    texts = []
    for length in lengths:
        letters = rng.choice(list(alphabet.symbols), length)
        letters[:-1][rng.random(length - 1) < unknown] = "."
        texts.append("".join(letters))
    return texts


class Recorder:
    """Keeps what edits draw: (edit, rows, low, high, draws) of every call."""

    def __init__(self, monkeypatch):
        self.calls = []
        for cls in EDITS:
            monkeypatch.setattr(cls, "_apply", self._recording(cls._apply))

    def _recording(self, apply):
        def recorded(edit, rows, which, low, high, draws):
            bounds = (np.broadcast_to(bound, len(which)).tolist() for bound in (low, high))
            self.calls.append((edit, which.tolist(), *bounds, copy.deepcopy(draws)))
            return apply(edit, rows, which, low, high, draws)

        return recorded


@pytest.fixture
def recorder(monkeypatch):
    return Recorder(monkeypatch)


def complement(residue, alphabet):
    return (alphabet.complement or {}).get(residue, residue)


def reference(text, call, row, alphabet, protected=()):
    """Edit the residues of one row (a list) as call says, one step after the other."""
    edit, which, lows, highs, draws = call
    if row not in which:
        return list(text)
    i = which.index(row)
    low, high = lows[i], highs[i]
    before, stretch, after = list(text[:low]), list(text[low:high]), list(text[high:])
    if isinstance(edit, RandomReverseComplement):
        return [complement(c, alphabet) for c in text[::-1]] if draws[i] else list(text)
    if isinstance(edit, RandomMutation):
        mutated = list(text)
        for residue, step in zip((draws.residues - sum(highs[:i])).tolist(), draws.steps.tolist(), strict=True):
            if 0 <= residue < high and residue not in protected and text[residue] in alphabet.symbols:
                column = (alphabet.symbols.index(text[residue]) + step) % len(alphabet)
                mutated[residue] = alphabet.symbols[column]
        return mutated
    if isinstance(edit, RandomTranslocation):
        shift = int(draws[i])
        for _ in range(abs(shift)):
            stretch = stretch[-1:] + stretch[:-1] if shift > 0 else stretch[1:] + stretch[:1]
        return before + stretch + after
    start, size = draws.starts[i] - low, draws.sizes[i]
    if isinstance(edit, RandomInversion):
        turned = [complement(c, alphabet) for c in stretch[start : start + size][::-1]]
        return before + stretch[:start] + turned + stretch[start + size :] + after
    first = draws.sizes[:i].sum()
    symbols = [alphabet.symbols[s] for s in draws.symbols[first : first + size]]
    if isinstance(edit, RandomDeletion):
        return before + stretch[:start] + stretch[start + size :] + symbols + after
    return before + (stretch[:start] + symbols + stretch[start:])[: len(stretch)] + after


def make(cls, low, high):
    if issubclass(cls, tuple(SIZED)):
        return cls(low, high)
    return cls(0.3) if cls is RandomMutation else cls(0.5)


@pytest.mark.parametrize(("cls", "alphabet"), OF_TEXT, ids=lambda value: getattr(value, "name", None))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_an_edit_equals_the_reference(cls, alphabet, data):
    lengths = data.draw(st.lists(st.integers(1, 30), min_size=1, max_size=6))
    low = data.draw(st.integers(0, min(lengths)))
    high = data.draw(st.integers(low, 40))
    positions = st.lists(st.integers(0, max(lengths) - 1), max_size=max(lengths), unique=True)
    protect = [] if cls is RandomReverseComplement else data.draw(positions)
    seed = data.draw(st.integers(0, 2**20))
    texts = random_texts(np.random.default_rng(seed), lengths, alphabet, unknown=0.1)
    augmentation = RandomAugmentation([make(cls, low, high)], protect=protect, alphabet=alphabet.name)
    with pytest.MonkeyPatch.context() as monkeypatch:
        recorder = Recorder(monkeypatch)
        X = one_hot(texts, alphabet)
        edited = to_text(augmentation.augment_batch(X, np.random.default_rng(seed)), alphabet)
    (call,) = recorder.calls
    expected = ["".join(reference(text, call, row, alphabet, protect)) for row, text in enumerate(texts)]
    assert edited == [text.ljust(X.shape[1], ".") for text in expected]
    for before, after in zip(texts, edited, strict=True):
        assert [after[p] for p in protect if p < len(before)] == [before[p] for p in protect if p < len(before)]


@pytest.mark.parametrize("protect", [(), (0, 7, 8)], ids=str)
@pytest.mark.parametrize("alphabet", [DNA, PROTEIN], ids=lambda a: a.name)
def test_combined_edits_equal_the_reference(alphabet, protect, recorder, rng):
    """Every row has edits of its own, which change no other row."""
    texts = random_texts(rng, [30, 9, 1, 30, 22] * 8, alphabet, unknown=0.1)
    transforms = [RandomMutation(0.2), *[cls(0, 6) for cls in SIZED]]
    if alphabet is DNA and not protect:
        transforms.insert(2, RandomReverseComplement())
    augmentation = RandomAugmentation(
        transforms, max_per_sequence=3, exactly=False, protect=list(protect), alphabet=alphabet
    )
    edited = to_text(augmentation.augment_batch(one_hot(texts, alphabet), rng), alphabet)
    assert [type(call[0]) for call in recorder.calls] == [type(edit) for edit in transforms]
    assert all(0 < len(call[1]) < len(texts) for call in recorder.calls)
    for row, text in enumerate(texts):
        expected = list(text)
        for call in recorder.calls:
            expected = reference(expected, call, row, alphabet, protect)
        assert edited[row] == "".join(expected).ljust(30, ".")


@pytest.mark.parametrize(
    ("cls", "n_symbols"), [*[(cls, n) for cls in SIZED for n in (4, 20)], (RandomReverseComplement, 4)]
)
def test_soft_rows_move_as_they_are(cls, n_symbols, recorder, rng):
    X = torch.from_numpy(rng.random((5, 12, n_symbols), dtype=np.float32))
    alphabet = DNA if n_symbols == 4 else PROTEIN
    edited = make(cls, 2, 5).augment_batch(X, np.random.default_rng(1)).numpy()

    class Vectors:
        symbols = [tuple(row) for row in np.eye(n_symbols, dtype=np.float32).tolist()]

        class complement:  # noqa: N801
            @staticmethod
            def get(residue, default):
                return residue[::-1] if alphabet is DNA else residue

    for row in range(5):
        residues = [tuple(vector) for vector in X[row].tolist()]
        expected = reference(residues, recorder.calls[0], row, Vectors)
        np.testing.assert_array_equal(edited[row], np.array(expected, np.float32))


@pytest.mark.parametrize("cls", EDITS)
def test_alone_or_as_the_only_transform(cls, rng):
    X = one_hot(random_texts(rng, [30, 12, 30, 1]))
    alone = cls().augment_batch(X, np.random.default_rng(3))
    combined = RandomAugmentation([cls()]).augment_batch(X, np.random.default_rng(3))
    assert torch.equal(alone, combined)
    assert not torch.equal(alone, cls().augment_batch(X, np.random.default_rng(4)))


@pytest.mark.parametrize("cls", EDITS)
def test_batches_keep_shape_true_length_and_the_input(cls, rng):
    X = one_hot(random_texts(rng, [30, 7, 1, 19]), width=32)
    before = X.clone()
    states = torch.random.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    edited = cls().augment_batch(X, rng)
    assert torch.equal(X, before)
    assert edited.shape == X.shape
    assert edited.dtype == torch.float32
    assert edited.is_contiguous()
    for row, length in enumerate([30, 7, 1, 19]):
        assert edited[row, :length].any(-1).all()
        assert not edited[row, length:].any()
    assert torch.equal(torch.random.get_rng_state(), states[0])
    np.testing.assert_array_equal(np.random.get_state()[1], states[1])  # noqa: NPY002


@pytest.mark.parametrize(
    "edit", [RandomMutation(0), RandomDeletion(0, 0), RandomReverseComplement(0), RandomNoise(0)], ids=str
)
def test_where_nothing_changes_a_copy_comes_back(edit, rng):
    X = one_hot(random_texts(rng, [9, 4]))
    edited = edit.augment_batch(X, rng)
    assert torch.equal(edited, X)
    assert edited.data_ptr() != X.data_ptr()


@pytest.mark.parametrize("cls", EDITS)
def test_unusual_tensors(cls, rng):
    X = one_hot(random_texts(rng, [24] * 6))
    expected = cls().augment_batch(X, np.random.default_rng(0))
    columns_first = X.transpose(1, 2).contiguous().transpose(1, 2)
    shifted = torch.zeros(X.numel() + 1)[1:].view_as(X).copy_(X)  # starts in the middle of a 16-byte word
    for form in (columns_first, shifted):
        assert torch.equal(cls().augment_batch(form, np.random.default_rng(0)), expected)
    assert cls().augment_batch(X[:0], rng).shape == (0, 24, 4)


@pytest.mark.parametrize("cls", EDITS)
def test_missing_rows_stay_missing(cls, rng):
    X = one_hot(["....", "ACGT", "...."])
    edited = cls().augment_batch(X, rng)
    assert not edited[[0, 2]].any()
    assert edited[1].any(-1).all()


@pytest.mark.parametrize("length", [1, 2, 5])
@pytest.mark.parametrize("cls", SIZED)
def test_sequences_shorter_than_the_largest_edit(cls, length, recorder, rng):
    texts = random_texts(rng, [length] * 400)
    edited = to_text(cls(0, 20).augment_batch(one_hot(texts), rng))
    assert {len(text) for text in edited} == {length}
    assert all("." not in text for text in edited)
    draws = recorder.calls[0][-1]
    sizes = np.abs(draws) if cls is RandomTranslocation else draws.sizes
    assert set(sizes.tolist()) == set(range(length + 1))


@pytest.mark.parametrize("cls", SIZED)
def test_sizes_and_places_are_uniform(cls, recorder, rng):
    cls(3, 7).augment_batch(torch.ones(4000, 20, 4), rng)
    draws = recorder.calls[0][-1]
    sizes = np.abs(draws) if cls is RandomTranslocation else draws.sizes
    assert stats.chisquare(np.bincount(sizes, minlength=8)[3:]).pvalue > 1e-3
    assert sizes.min() == 3
    assert sizes.max() == 7
    if cls is RandomTranslocation:
        assert stats.binomtest(int((draws > 0).sum()), 4000).pvalue > 1e-3
    else:
        starts = draws.starts[sizes == 5]
        assert stats.chisquare(np.bincount(starts, minlength=16)).pvalue > 1e-3


@pytest.mark.parametrize("cls", [RandomInsertion, RandomDeletion])
def test_written_symbols_are_uniform(cls, recorder, rng):
    RandomAugmentation([cls(20, 20)], alphabet="protein").augment_batch(torch.ones(500, 30, 20), rng)
    assert stats.chisquare(np.bincount(recorder.calls[0][-1].symbols)).pvalue > 1e-3


@pytest.mark.parametrize("length", [40, 300])
@pytest.mark.parametrize("rate", [0.01, 0.05, 0.5, 0.9])
@pytest.mark.parametrize("alphabet", [DNA, PROTEIN], ids=lambda a: a.name)
def test_the_mutation_rate_is_reached(alphabet, rate, length, rng):
    n = 40_000 // length
    X = one_hot(random_texts(rng, [length] * n, alphabet), alphabet)
    edited = RandomMutation(rate).augment_batch(X, rng)
    changed = (X.argmax(-1) != edited.argmax(-1)).numpy()
    assert stats.binomtest(int(changed.sum()), changed.size, rate).pvalue > 1e-3
    assert (edited.sum(-1) == 1).all()
    # every position alike, and every other symbol alike
    per_position = changed.sum(0)
    assert stats.chisquare(per_position).pvalue > 1e-3
    steps = ((edited.argmax(-1) - X.argmax(-1)) % len(alphabet)).numpy()[changed]
    assert stats.chisquare(np.bincount(steps, minlength=len(alphabet))[1:]).pvalue > 1e-3


def test_mutations_of_neighbours_are_independent(rng):
    edited = RandomMutation(0.2).augment_batch(one_hot(["A" * 100] * 2000), rng)
    changed = edited[..., 0].numpy() == 0
    both = int((changed[:, 1:] & changed[:, :-1]).sum())
    assert stats.binomtest(both, changed[:, 1:].size, 0.04).pvalue > 1e-3
    counts = changed.sum(1)
    assert counts.var() == pytest.approx(100 * 0.2 * 0.8, rel=0.1)


def test_extreme_mutation_rates(rng):
    X = one_hot(random_texts(rng, [50, 3, 1]))
    known = X.any(-1)
    everything = RandomMutation(1).augment_batch(X, rng)
    assert (everything.argmax(-1) != X.argmax(-1))[known].all()
    for rate in (1e-300, 1e-17, 5e-324):
        assert torch.equal(RandomMutation(rate).augment_batch(X, rng), X)


def test_unknown_residues_have_nothing_to_mutate_from(rng):
    X = one_hot(["A.C.G.T" * 5])
    edited = RandomMutation(1).augment_batch(X, rng)
    assert torch.equal(edited.any(-1), X.any(-1))


def test_the_share_of_reverse_complements(rng):
    X = one_hot(["AACCG"] * 2000)
    texts = to_text(RandomReverseComplement(0.3).augment_batch(X, rng))
    assert set(texts) == {"AACCG", "CGGTT"}
    assert stats.binomtest(texts.count("CGGTT"), 2000, 0.3).pvalue > 1e-3


def test_reverse_complement_twice_is_nothing(rng):
    X = one_hot(random_texts(rng, [30, 8, 1, 17], unknown=0.2), width=33)
    edit = RandomReverseComplement(1)
    first = [text[0] for text in to_text(X)]
    X[:, 0][[letter == "." for letter in first]] = torch.eye(4)[0]  # a zero row in front would become padding
    assert torch.equal(edit.augment_batch(edit.augment_batch(X, rng), rng), X)


@pytest.mark.parametrize("std", [0.05, 0.2, 1.5])
def test_noise_is_normal(std, rng):
    X = one_hot(random_texts(rng, [50] * 100))
    noise = (RandomNoise(std).augment_batch(X, rng) - X).numpy().ravel()
    assert abs(noise.mean()) < 4 * std / noise.size**0.5
    assert noise.std() == pytest.approx(std, rel=0.03)
    assert stats.kstest(noise / std, "norm").pvalue > 1e-3
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.03


def test_noise_leaves_padding_and_protected_positions():
    X = one_hot(["ACGTACGT", "ACG"], width=10)
    noise = RandomAugmentation([RandomNoise()], protect=[0, 5])
    changed = (noise.augment_batch(X, np.random.default_rng(0)) != X).all(-1)
    assert changed.tolist() == [[p in (1, 2, 3, 4, 6, 7) for p in range(10)], [p in (1, 2) for p in range(10)]]


@pytest.mark.gpu
@pytest.mark.parametrize(
    ("cls", "n_symbols"),
    [*[(cls, 4) for cls in EDITS], *[(cls, 5) for cls in EDITS if cls is not RandomReverseComplement]],
)
def test_a_gpu_gives_the_same(cls, n_symbols, rng):
    X = torch.eye(n_symbols)[torch.from_numpy(rng.integers(n_symbols, size=(9, 40)))]
    X[3, 20:] = 0
    on_gpu = cls().augment_batch(X.cuda(), np.random.default_rng(0))
    assert on_gpu.is_cuda
    assert torch.equal(on_gpu.cpu(), cls().augment_batch(X, np.random.default_rng(0)))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (RandomMutation(1.01), "'rate' parameter of RandomMutation must be a float in the range"),
        (RandomMutation(-0.1), "rate"),
        (RandomMutation("often"), "rate"),
        (RandomMutation([0.1]), "rate"),
        (RandomMutation(float("nan")), "rate"),
        (RandomReverseComplement(2), "probability"),
        (RandomReverseComplement(-1), "probability"),
        (RandomNoise(-0.2), "std"),
        *[(cls(-1, 5), "min_length") for cls in SIZED],
        *[(cls(0, 2.5), "max_length") for cls in SIZED],
        *[(cls(6, 5), "min_length must not be above max_length, got min_length=6 and max_length=5") for cls in SIZED],
    ],
    ids=str,
)
def test_bad_parameters(edit, message, rng):
    X = one_hot(["ACGTACGT"])
    for _ in range(2):
        with pytest.raises(ValueError, match=message):
            edit.augment_batch(X, rng)
    with pytest.raises(ValueError, match=message):
        RandomAugmentation([edit]).augment_batch(X, rng)
    with pytest.raises(ValueError, match=message):
        RandomAugmentation([edit]).fit_resample(["ACGTACGT"], [1])


@pytest.mark.parametrize("cls", SIZED)
def test_an_edit_longer_than_a_sequence(cls, rng):
    X = one_hot(["ACGTACGT", "ACGT"])
    message = f"{cls.__name__}: sequence number 1 has 4 residues, fewer than min_length=5; .*1 of 2"
    with pytest.raises(SequenceError, match=message):
        cls(5, 8).augment_batch(X, rng)
    with pytest.raises(SequenceError, match=message):
        RandomAugmentation([cls(5, 8)]).fit_resample(["ACGTACGT", "ACGT"], [0, 1])
    with pytest.raises(SequenceError, match="sequence 'short' has 4"):
        cls(5, 8).augment_batch(X, rng, identifiers=["long", "short"])
    cls(4, 8).augment_batch(X, rng)


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.zeros((2, 8, 4), np.float32), SequenceTypeError, "got ndarray; .*torch.from_numpy"),
        (["ACGT"], SequenceTypeError, "got list; use fit_resample"),
        (torch.zeros(8, 4), SequenceError, r"got \(8, 4\)"),
        (torch.zeros(2, 0, 4), SequenceError, r"got \(2, 0, 4\)"),
        (torch.zeros(2, 3, 8, 4), SequenceError, "n_samples, length, n_symbols"),
        (torch.zeros(2, 8, 4, dtype=torch.uint8), SequenceTypeError, r"got torch.uint8; pass X.float\(\)"),
        (torch.zeros(2, 8, 4, dtype=torch.float64), SequenceTypeError, "float64"),
    ],
)
@pytest.mark.parametrize("augmenter", [RandomMutation(), RandomAugmentation([RandomMutation()])])
def test_bad_batches(augmenter, X, error, message, rng):
    with pytest.raises(error, match=message):
        augmenter.augment_batch(X, rng)


@pytest.mark.parametrize("rng", [0, None, np.random.RandomState(0), torch.Generator()])
def test_the_generator_is_checked(rng):
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator.*default_rng"):
        RandomMutation().augment_batch(one_hot(["ACGT"]), rng)


def test_no_reverse_complement_of_proteins(rng):
    message = "RandomReverseComplement needs an alphabet with a complement"
    with pytest.raises(ValueError, match=message):
        RandomReverseComplement().augment_batch(one_hot(["MKV"], PROTEIN), rng)
    with pytest.raises(ValueError, match=message):
        RandomAugmentation([RandomReverseComplement()], alphabet="protein").fit_resample(["MKV"], [0])


@pytest.mark.parametrize("cls", EDITS)
def test_an_edit_holds_its_parameters(cls):
    edit = cls()
    assert vars(edit) == edit.get_params()
    assert edit._parameter_constraints.keys() == edit.get_params().keys()
    for copied in (clone(edit), pickle.loads(pickle.dumps(edit)), copy.deepcopy(edit)):
        assert repr(copied) == repr(edit)
        assert copied.get_params() == edit.get_params()
    (name, value), *_ = edit.get_params().items()
    assert vars(cls(**{name: value / 2})) == vars(cls().set_params(**{name: value / 2}))


def test_published_defaults():
    assert RandomMutation().rate == 0.05
    assert RandomReverseComplement().probability == 0.5
    assert RandomNoise().std == 0.2
    assert [vars(cls()) for cls in SIZED] == [{"min_length": 0, "max_length": 20}] * 4


def test_another_order_of_columns(rng):
    """The complement of a user's alphabet is looked up, not assumed to be the columns in reverse."""
    from seqaug_sklearn.alphabets import Alphabet

    alphabet = get_alphabet(Alphabet("swapped", "ATCG", complement=dict(zip("ATCG", "TAGC", strict=True))))
    X = one_hot(["AACGT"], alphabet)
    turned = RandomAugmentation([RandomReverseComplement(1)], alphabet=alphabet).augment_batch(X, rng)
    assert to_text(turned, alphabet) == ["ACGTT"]
    inverted = RandomAugmentation([RandomInversion(5, 5)], alphabet=alphabet).augment_batch(X, rng)
    assert to_text(inverted, alphabet) == ["ACGTT"]
