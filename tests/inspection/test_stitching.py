# ruff: noqa: PD011 (values of attributions, not of a data frame)

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.classification import CNNBiLSTMClassifier, WindowVotingClassifier
from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.exceptions import SeqAugWarning, SequenceError
from seqaug_sklearn.inspection import sequence_attributions, stitch_windows

AUGMENTER = WindowAugmenter(8, overlap=(3, 5), min_shared=None)


@pytest.fixture(scope="module")
def parents(training_data):
    X, y = training_data
    index = [f"gene{i}" for i in range(len(X))]
    return pd.Series(X, index=index), y


@pytest.fixture(scope="module")
def neural_pipeline(parents):
    model = CNNBiLSTMClassifier(
        conv_channels=(6,), hidden_size=4, num_layers=1, max_epochs=2, validation_fraction=None, random_state=0
    )
    return make_pipeline(AUGMENTER, OneHotEncoder(), model).fit(*parents)


@pytest.fixture(scope="module")
def voting_pipeline(parents):
    kmers = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), LogisticRegression())
    return make_pipeline(AUGMENTER, WindowVotingClassifier(kmers)).fit(*parents)


def naive(windows, window_set, parents):
    """Add up in a loop."""
    values = np.zeros((len(parents), max(map(len, parents)), 4))
    coverage = np.zeros(values.shape[:2], int)
    for row, (source, start) in enumerate(window_set.positions):
        for offset in range(8):
            values[source, start + offset] += windows.values[row, offset]
            coverage[source, start + offset] += 1
    return values, coverage


@pytest.mark.parametrize("combine", ["sum", "mean"])
@pytest.mark.parametrize("given", [True, False])
def test_windows_are_added_up_where_they_lie(neural_pipeline, parents, combine, given):
    X, _ = parents
    window_set = AUGMENTER.explode(X)
    windows = sequence_attributions(neural_pipeline[-1], window_set.windows, target="yes", hypothetical=True)
    stitched = stitch_windows(windows, window_set, combine=combine, parents=X if given else None)
    values, coverage = naive(windows, window_set, X)
    counts = np.bincount(window_set.sources)
    divisor = counts if combine == "mean" else np.ones(len(X))
    length = stitched.values.shape[1]  # residues right of the last window are known from the parents only
    np.testing.assert_allclose(stitched.values, values[:, :length] / divisor[:, None, None], atol=1e-5)
    np.testing.assert_array_equal(stitched.coverage, coverage[:, :length])
    change = stitched.output - stitched.baseline_output
    np.testing.assert_allclose(stitched.values.sum((1, 2)), change + stitched.delta, atol=1e-4)
    np.testing.assert_allclose(stitched.output, np.bincount(window_set.sources, windows.output) / divisor)
    assert stitched.hypothetical.shape == stitched.values.shape
    assert stitched.identifiers.tolist() == X.index.tolist()
    reach = [
        text if given else text[: max(s + 8 for p, s in window_set.positions if p == i)] for i, text in enumerate(X)
    ]
    assert stitched.text().tolist() == reach


@pytest.mark.parametrize("method", ["integrated_gradients", "mutagenesis"])
def test_a_pipeline_is_stitched_by_itself(neural_pipeline, parents, method, monkeypatch):
    X, _ = parents
    by_itself = sequence_attributions(neural_pipeline, X, method=method)
    window_set = AUGMENTER.explode(X)
    windows = sequence_attributions(neural_pipeline[-1], window_set.windows, method=method)
    by_hand = stitch_windows(windows, window_set, combine="mean", parents=X)
    np.testing.assert_allclose(by_itself.values, by_hand.values, atol=1e-5)
    np.testing.assert_array_equal(by_itself.coverage, by_hand.coverage)
    assert by_itself.identifiers.tolist() == X.index.tolist()
    assert by_itself.text().tolist() == X.tolist()
    monkeypatch.setattr("seqaug_sklearn.inspection._sequence_attributions._BLOCK_WINDOWS", 7)
    in_blocks = sequence_attributions(neural_pipeline, X, method=method)
    np.testing.assert_allclose(in_blocks.values, by_itself.values, atol=1e-6)
    assert in_blocks.target.tolist() == by_itself.target.tolist()


def test_mutants_of_windows_are_mutants_of_the_parent(voting_pipeline, parents):
    """The mean over windows of the change is the change of the windows' mean log-odds."""
    text = parents[0].iloc[0]

    def mean_log_odds(text):
        windows = AUGMENTER.transform([text])[0]
        p = voting_pipeline[-1].estimator_.predict_proba(windows[windows != ""])
        return np.log(p[:, 1] / p[:, 0]).mean()

    result = sequence_attributions(voting_pipeline, [text], method="mutagenesis", target="yes")
    before = mean_log_odds(text)
    assert result.output[0] == pytest.approx(before, abs=1e-6)
    starts = AUGMENTER.explode([text]).starts
    for position in (0, 11, 20):
        mutant = text[:position] + ("C" if text[position] == "A" else "A") + text[position + 1 :]
        if (AUGMENTER.explode([mutant]).starts != starts).any():
            continue  # a repeated window was dropped
        column = "ACGT".index(mutant[position])
        assert result.values[0, position, column] == pytest.approx(mean_log_odds(mutant) - before, abs=1e-6)


def test_kernel_shap_of_windows(voting_pipeline, parents):
    options = {"method": "shap_kernel", "background": "zeros", "n_samples": 300, "random_state": 0}
    result = sequence_attributions(voting_pipeline, parents[0][:2], **options)
    np.testing.assert_allclose(result.delta, 0, atol=1e-6)
    assert result.values.any(axis=(1, 2)).all()


def test_random_windows_are_drawn_as_the_pipeline_draws_them(parents):
    X, y = parents
    kmers = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), LogisticRegression())
    augmenter = WindowAugmenter(8, overlap=(3, 5), min_shared=None, max_windows=3, random_state=4)
    model = make_pipeline(augmenter, WindowVotingClassifier(kmers)).fit(X, y)
    with pytest.warns(SeqAugWarning, match="lie in no window.*exceed max_windows"):
        result = sequence_attributions(model, X, method="mutagenesis")
    assert (result.coverage.sum(axis=1) == 3 * 8).all()
    model.set_params(windowaugmenter__random_state=np.random.default_rng(1)).fit(X, y)
    with pytest.raises(ValueError, match=r"random_state of WindowAugmenter is a generator, .*; pass an int"):
        sequence_attributions(model, X, method="mutagenesis")


def test_unknown_windows_are_left_out(voting_pipeline):
    text = "N" * 12 + "ACGTTGACCA"
    result = sequence_attributions(voting_pipeline, [text], method="mutagenesis")
    assert not result.values[0, :12].any()
    assert result.values[0, 12:].any()
    with pytest.raises(SequenceError, match="sequence number 1 has no window with a known residue"):
        sequence_attributions(voting_pipeline, [text, "N" * 20], method="mutagenesis")


def test_residues_in_no_window_are_warned_of(neural_pipeline, linear):
    """A repeated window is dropped, so that part of the sequence is never looked at."""
    text = "ACGTTGCA" + "GGCATTCA" + "ACGTTGCA" + "TTGACCTA"
    apart = WindowAugmenter(8, overlap=(0, 0), min_shared=None)
    windows = apart.explode([text])
    assert len(windows.windows) == 3
    pieces = sequence_attributions(linear[0], windows.windows, target="a")
    with pytest.warns(SeqAugWarning, match=r"8 residues of 1 sequences lie in no window.*unique=False"):
        stitched = stitch_windows(pieces, windows, parents=[text])
    assert stitched.coverage[0, 16:24].sum() == 0
    model = make_pipeline(apart, neural_pipeline[1], neural_pipeline[2])
    model = model.fit([text, "ACGTACGT" * 4], ["yes", "no"])
    with pytest.warns(SeqAugWarning, match="8 residues of 1 sequences lie in no window"):
        sequence_attributions(model, [text], method="mutagenesis")


def test_windows_know_their_places_after_selection(neural_pipeline, parents):
    X, _ = parents
    window_set = AUGMENTER.explode(X)
    windows = sequence_attributions(neural_pipeline[-1], window_set.windows)
    windows = replace(windows, sources=window_set.sources, starts=window_set.starts)
    of_last = stitch_windows(windows.take(window_set.sources == 3))
    assert of_last.coverage[:3].sum() == 0
    assert of_last.values[3].any()


def test_bad_windows(neural_pipeline, linear, parents):
    X, _ = parents
    window_set = AUGMENTER.explode(X)
    windows = sequence_attributions(neural_pipeline[-1], window_set.windows)
    with pytest.raises(ValueError, match="combine must be 'sum' or 'mean', got 'max'"):
        stitch_windows(windows, window_set, combine="max")
    with pytest.raises(ValueError, match="places in their parents are not known; pass window_set="):
        stitch_windows(windows)
    with pytest.raises(ValueError, match=r"window_set holds \d+ windows, but attributions has 2 rows"):
        stitch_windows(windows.take([0, 1]), window_set)
    with pytest.raises(SequenceError, match=r"window .* is not what its parent"):
        stitch_windows(windows.take(np.arange(len(windows))[::-1]), window_set, parents=X)
    with pytest.raises(SequenceError, match=r"window .* is not what its parent"):
        stitch_windows(windows, window_set, parents=X.str[:9])
    with pytest.raises(ValueError, match="parents holds 2 sequences, but a window comes from row 23"):
        stitch_windows(windows, window_set, parents=X[:2])
    with pytest.raises(
        TypeError, match=r"attributions must be the Attributions that.*got an array of shape \(\d+, 8, 4\)"
    ):
        stitch_windows(windows.values, window_set)
    with pytest.raises(TypeError, match=r"window_set must be the WindowSet that.*not its windows alone\), got ndarray"):
        stitch_windows(windows, window_set.windows)
    per_window = sequence_attributions(linear[0], window_set.windows)
    with pytest.raises(ValueError, match=r"explained for different classes; pass target="):
        stitch_windows(per_window, window_set)
