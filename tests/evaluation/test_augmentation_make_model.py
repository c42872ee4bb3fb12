"""make_model: every arm of the comparisons by its names, with data and without."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.augmentation import OrthologAugmenter, RandomAugmentation, RandomMutation, RandomNoise
from seqaug_sklearn.evaluation import make_model
from seqaug_sklearn.evaluation._augmentation import _compare
from seqaug_sklearn.evaluation._augmentation._line_up import BASELINES, MODELS
from seqaug_sklearn.evaluation._augmentation._models import NO_WINDOWS
from seqaug_sklearn.evaluation._running import digest
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

SOURCES = {"motifs": {"G-box": "CACGTG"}, "language_model": "a folder"}
"""What some models need; the folder is looked for in `fit`."""


@pytest.fixture
def rows(random_dna):
    """Thirty sequences of 50 to 79 nt by name, labels of three classes, and orthologs of two of them."""
    X = [text[: 50 + row] for row, text in enumerate(random_dna(30, 80))]
    orthologs = {"g0": [X[0][:40]], "g4": [X[4][5:45]]}
    return pd.Series(X, index=[f"g{row}" for row in range(30)]), np.tile(["a", "b", "c"], 10), orthologs


def lines_of(rows, monkeypatch, **options):
    """The models that compare_augmentations would fit, by name."""
    X, y, orthologs = rows
    runs = []
    monkeypatch.setattr(_compare, "execute", lambda found, *others: runs.extend(found))
    _compare.compare_augmentations(X, y, orthologs=orthologs, edits=True, window=20, models="all", **SOURCES, **options)
    return runs[0].line


@pytest.mark.parametrize("options", [{}, {"quick": True}, {"strand": "single", "device": "cpu"}])
def test_each_is_the_one_that_the_comparison_fits(options, rows, monkeypatch):
    """Equal by the digest that finds stored fits, so that nothing which decides a result differs."""
    X, y, orthologs = rows
    line = lines_of(rows, monkeypatch, **options)
    assert set(line.keys.values()) == set(MODELS) - {"covariates"}  # there are none
    for name, expected in line.models.items():
        augmentation = name.partition(", ")[2]
        made = make_model(
            line.keys[name],
            augmentation=None if augmentation in ("", "whole") else augmentation,
            window=20,
            orthologs=orthologs,
            X=X,
            y=y,
            **SOURCES,
            **options,
        )
        assert type(made) is type(expected)
        assert digest(made.get_params()) == digest(expected.get_params()), name


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("augmentation", [None, "windows", "edits", "orthologs", "orthologs + edits"])
@pytest.mark.parametrize("alphabet", ["dna", "protein"])
def test_every_name_works_without_data(name, augmentation, alphabet):
    options = {"alphabet": alphabet, "augmentation": augmentation, "orthologs": {"g": ["ACGT"]}, "random_state": 0}
    options |= SOURCES
    if (
        (name == "bag-cnn-bilstm" and augmentation != "windows")
        or (name in NO_WINDOWS and augmentation == "windows")
        or (name in BASELINES and augmentation is not None)
    ):
        with pytest.raises(InvalidParameterError, match="augmentation"):
            make_model(name, **options)
        return
    made = make_model(name, **options)
    clone(made)
    with pytest.raises(ValueError, match="not fitted"):
        check_is_fitted(made)
    seeds = [value for key, value in made.get_params().items() if key.endswith("random_state")]
    assert None not in seeds
    again = make_model(name, **options)
    assert digest(made.get_params()) == digest(again.get_params())


def test_it_learns_and_the_seed_decides(random_dna):
    X = [text if row % 2 else text[:30] + "ACGTGGC" + text[37:] for row, text in enumerate(random_dna(40, 60))]
    y = [row % 2 for row in range(40)]
    fitted = [make_model("kmers", augmentation="edits", random_state=seed).fit(X, y) for seed in (0, 0, 1)]
    assert fitted[0].score(X, y) > 0.9
    first, same, other = (model.decision_function(X) for model in fitted)
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_edits_and_orthologs_of_ones_own(rows):
    X, y, _ = rows
    edits = RandomAugmentation([RandomMutation(0.1)], n_copies=1)
    assert make_model("svm", augmentation="edits", edits=edits)[0] is edits
    orthologs = OrthologAugmenter({"g0": ["ACGT"]})
    assert make_model("kmers", augmentation="orthologs", orthologs=orthologs)[0] is orthologs
    assert make_model("motif-cnn", augmentation="orthologs", orthologs=orthologs)[-1].pad_to is None
    # where the data are known, their rows are kept away from, and as long as the longest are read
    known = make_model("motif-cnn", augmentation="orthologs", orthologs=orthologs, X=X, y=y, alphabet="dna")[-1]
    assert known.pad_to == 79
    assert known.augment[0].exclude is X


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"name": "forest"}, InvalidParameterError, "name must be one of motif-cnn, .*got 'forest'"),
        ({"augmentation": "mixup"}, InvalidParameterError, "augmentation must be one of None, 'windows'.*'mixup'"),
        ({"strand": "minus"}, InvalidParameterError, "strand must be 'both' or 'single'"),
        ({"augmentation": "windows", "window": 1}, InvalidParameterError, r"window must be from 2 .*\(79\), got 1"),
        ({"window": 80}, InvalidParameterError, "window must be"),
        ({"augmentation": "edits", "edits": False}, InvalidParameterError, "edits must be True, a preset or"),
        ({"augmentation": "orthologs"}, InvalidParameterError, "orthologs must be given"),
        (
            {"augmentation": "edits", "edits": RandomAugmentation([RandomNoise()])},
            DataFormatError,
            "edits hold RandomNoise",
        ),
        ({"y": ["a", "b"]}, DataFormatError, "X holds 30 sequences and y 2 labels"),
    ],
)
def test_what_cannot_be_is_said(options, error, message, rows):
    with pytest.raises(error, match=message):
        make_model(**{"name": "svm", "X": rows[0], "y": rows[1]} | options)


def test_sequences_shorter_than_the_usual_window():
    """Models of whole sequences need no window; those of windows say what to set."""
    X = ["ACGTACGTACGTACGTACGTACG", "TTGACCATTGACCATACGTAGCA"] * 4
    make_model("kmers", X=X, y=["a", "b"] * 4).fit(X, ["a", "b"] * 4)
    with pytest.raises(InvalidParameterError, match="window must be from 2 to the longest sequence"):
        make_model("svm + windows", X=X, y=["a", "b"] * 4)
