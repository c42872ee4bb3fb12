"""What the filters of the motif network start from."""

import re

import numpy as np
import pytest

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.neural._estimators._first_filters import first_filters, read_initial_filters
from seqaug_sklearn.neural._estimators._sequence_estimator import TrainingWindows

# as the classifier passes it
COMPLEMENT = get_alphabet("dna").complement_codes[:-1]
MOTIFS = {
    "box": np.eye(4)[[0, 1, 2, 3, 3]] * 0.88 + 0.03,
    "tail": np.eye(4)[[2, 2, 0, 2, 2, 0]] * 0.88 + 0.03,
    "flat": np.full((3, 4), 0.25),
}


def training(codes, labels, weights=None):
    labels = np.reshape(labels, (len(codes), -1))
    return TrainingWindows(codes, labels, np.ones(len(codes)) if weights is None else weights)


def write_meme(path):
    lines = ["MEME version 4", "ALPHABET= ACGT"]
    for name, matrix in MOTIFS.items():
        lines += [f"MOTIF {name}", f"letter-probability matrix: alength= 4 w= {len(matrix)}"]
        lines += [" ".join(map(str, row)) for row in matrix]
    path.write_text("\n".join(lines))
    return path


def test_every_form_of_motifs_gives_the_same(tmp_path, motif_set):
    path = write_meme(tmp_path / "motifs.meme")
    for form in (path, str(path), MOTIFS, list(MOTIFS.values())):
        for found, matrix in zip(read_initial_filters(form, "dna"), MOTIFS.values(), strict=True):
            np.testing.assert_allclose(found, matrix)
    assert [m.shape[1] for m in read_initial_filters(motif_set, "dna")] == [4] * len(motif_set)
    assert read_initial_filters(None, "dna") is None
    assert read_initial_filters("enriched", "dna") == "enriched"


@pytest.mark.parametrize(
    ("form", "error", "message"),
    [
        ("enrichd", ValueError, "there is no file 'enrichd'"),
        (3, TypeError, "got int"),
        ([np.ones(4)], ValueError, r"initial_filters[0] must be a matrix"),
        ([MOTIFS["box"], MOTIFS["box"] * 7], ValueError, "initial_filters[1]: the shares of a position must sum to 1"),
        ([np.full((3, 5), 0.2)], ValueError, "initial_filters has 5 symbols, but X has 4"),
    ],
)
def test_bad_motifs_are_named(form, error, message):
    clf = MotifCNNClassifier(initial_filters=form, n_filters=2, max_epochs=1, device="cpu")
    with pytest.raises(error, match=re.escape(message)):
        clf.fit(["ACGTACGT", "TTTTACGT"] * 3, [0, 1] * 3)
    assert not hasattr(clf, "net_")


@pytest.mark.parametrize("soft", [False, True])
def test_the_motifs_that_tell_classes_apart_come_first(rng, soft):
    codes, labels = rng.integers(0, 4, (60, 50)).astype(np.uint8), np.arange(60) % 2
    for row in np.flatnonzero(labels):
        start = rng.integers(0, 44)
        # on either strand
        codes[row, start : start + 6] = [1, 3, 1, 1, 3, 1][::-1] if row % 4 == 1 else [2, 2, 0, 2, 2, 0]
    codes[:, 48:] = 4
    data = codes
    if soft:
        data = np.concatenate([np.eye(4), np.zeros((1, 4))])[codes].astype(np.float32) * 0.8
    motifs = list(MOTIFS.values())
    found = first_filters(motifs, training(data, labels), 4, COMPLEMENT, 2)
    assert len(found[0]) == 6
    assert len(found) == 2
    assert len(first_filters(motifs, training(data, labels), 4, COMPLEMENT, 3)) == 3
    assert first_filters(motifs, training(data, labels), 4, None, 0) == []
    # rows without weight do not count
    weights = (np.arange(60) >= 58).astype(float)
    assert [len(m) for m in first_filters(motifs, training(data, labels * 0, weights), 4, None, 2)] == [5, 6]


def test_enriched_kmers_follow_the_alphabet(rng):
    codes, labels = rng.integers(0, 4, (30, 60)).astype(np.uint8), np.arange(30) % 2
    assert {m.shape for m in first_filters("enriched", training(codes, labels), 4, COMPLEMENT, 7)} == {(8, 4)}
    codes = rng.integers(0, 20, (30, 60)).astype(np.uint8)
    found = first_filters("enriched", training(codes, labels), 20, None, 7)
    assert len(found) == 7
    assert {m.shape for m in found} == {(3, 20)}


def test_validation_rows_are_not_looked_at(rng, monkeypatch):
    X, y = ["".join(row) for row in rng.choice(list("ACGT"), (40, 30))], np.arange(40) % 2
    seen = []

    def spy(initial, train, *others):
        seen.append(train.data)
        return first_filters(initial, train, *others)

    monkeypatch.setattr("seqaug_sklearn.neural._estimators._motif_cnn_base.first_filters", spy)
    clf = MotifCNNClassifier(
        initial_filters="enriched", n_filters=4, max_epochs=1, validation_fraction=0.3, device="cpu"
    )
    clf.fit(X, y)
    rows = clf.validation_split_.train_rows
    codes = np.array([["ACGT".index(symbol) for symbol in text] for text in X])
    np.testing.assert_array_equal(seen[0], codes[rows])
    assert 20 < len(rows) < 32
