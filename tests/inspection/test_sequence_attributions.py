# ruff: noqa: PD011 (values of attributions, not of a data frame)

import sys

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation, WindowAugmenter
from seqaug_sklearn.classification import (
    CNNBiLSTMClassifier,
    PromoterCNNClassifier,
    ResidualMLPClassifier,
    WindowVotingClassifier,
)
from seqaug_sklearn.encoding import OneHotEncoder, one_hot, reverse_complement
from seqaug_sklearn.exceptions import (
    DeviceError,
    InsufficientMemoryError,
    InvalidParameterError,
    MissingDependencyError,
    SeqAugWarning,
    SequenceError,
    SequenceTypeError,
)
from seqaug_sklearn.inspection import sequence_attributions
from seqaug_sklearn.inspection._explained import fitting_methods
from seqaug_sklearn.regression import MotifCNNRegressor
from seqaug_sklearn.utils import _memory

ALL = ["integrated_gradients", "shap_gradient", "deep_lift", "shap_kernel", "mutagenesis"]
BOTH = pytest.mark.parametrize("network", ["cnn", "lstm"], indirect=True)


def log_odds(model, X):
    p = model.predict_proba(X)
    return np.log(p[:, 1] / p[:, 0])


# ---- exactness where the answer is known


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("background", ["uniform", "zeros"])
@pytest.mark.filterwarnings("ignore:Setting forward")
def test_a_linear_network_is_explained_exactly(linear, method, background):
    model, weights = linear
    result = sequence_attributions(
        model, ["ACGTTGCA", "GGN"], method=method, target="b", background=background, n_samples=40, random_state=0
    )
    x = one_hot(["ACGTTGCA", "GGN"], length=8)
    known = x.any(2, keepdims=True)
    baseline = known * (0.25 if background == "uniform" else 0)
    w = weights[:, :, 1]
    expected = w * (x - baseline)
    if method == "mutagenesis":
        expected = (w - (w * x).sum(2, keepdims=True)) * known
    if method == "shap_kernel":  # players are positions
        expected = x * expected.sum(2, keepdims=True)
    np.testing.assert_allclose(result.values, expected, atol=2e-5)
    if method != "mutagenesis":
        np.testing.assert_allclose(result.delta, 0, atol=1e-5)
        np.testing.assert_allclose(result.baseline_output, (w * baseline).sum((1, 2)), atol=1e-5)
    np.testing.assert_allclose(result.output, (w * x).sum((1, 2)), rtol=1e-5)


@pytest.mark.parametrize("method", ["integrated_gradients", "shap_gradient", "deep_lift", "mutagenesis"])
def test_hypothetical_values_are_those_of_the_exchanged_sequence(linear, method):
    model, _ = linear
    options = {"method": method, "target": "a", "n_samples": 20, "hypothetical": True, "random_state": 0}
    before = sequence_attributions(model, ["ACGTTGCA"], **options)
    after = sequence_attributions(model, ["ACGTGGCA"], **options)
    np.testing.assert_allclose(before.hypothetical[0, 4, 2], after.per_position()[0, 4], atol=1e-5)
    np.testing.assert_allclose((before.hypothetical * before.one_hot).sum(2), before.per_position(), atol=1e-5)


@pytest.mark.parametrize("method", ["integrated_gradients", "shap_gradient", "mutagenesis"])
def test_a_planted_motif_is_found(detector, random_dna, method):
    sites = [0, 7, 20, 34]
    texts = [text[:s] + "CACGTG" + text[s + 6 :] for text, s in zip(random_dna(4, 40), sites, strict=True)]
    result = sequence_attributions(detector, texts, method=method, n_steps=256, random_state=0)
    top = np.sort(np.argsort(result.per_position(), axis=1)[:, -6:], axis=1)
    assert [row[0] <= s + 5 and row[-1] >= s for row, s in zip(top, sites, strict=True)] == [True] * 4
    peaks = result.per_position().argmax(1)
    assert ((peaks >= sites) & (peaks < np.array(sites) + 6)).all()


# ---- equal to captum, shap and brute force


@BOTH
@pytest.mark.parametrize("background", ["uniform", "zeros"])
def test_integrated_gradients_are_captums(network, training_data, background):
    attr = pytest.importorskip("captum.attr")
    texts = training_data[0][:3]
    result = sequence_attributions(network, texts, background=background, n_steps=1024)
    module = network.logits_module()
    codes, _, lengths = network.encode_windows(texts)
    x = torch.eye(5, 4)[torch.from_numpy(codes).long()]
    lengths = torch.from_numpy(lengths)

    def margin(x, lengths):
        logits = module(x, lengths)
        return logits[:, 1] - logits[:, 0]

    baseline = torch.full_like(x, 0.25 if background == "uniform" else 0) * (x.sum(2, keepdim=True))
    expected = attr.IntegratedGradients(margin).attribute(
        x, baseline, additional_forward_args=(lengths.repeat(1),), n_steps=1024, method="gausslegendre"
    )
    # both approach the same integral; ReLU and max-pooling make the way bumpy
    tolerance = 2e-3 * np.abs(result.values).max()
    np.testing.assert_allclose(result.values, expected[:, : result.values.shape[1]].numpy(), atol=tolerance)


@pytest.mark.parametrize("network", ["cnn", "lstm", "detector"], indirect=True)
@pytest.mark.parametrize("batch_size", [3, 100])
def test_gradients_behind_the_affine_beginning_are_those_of_the_input(network, batch_size, rng):
    from seqaug_sklearn.alphabets import DNA
    from seqaug_sklearn.inspection._models import NetworkModel

    model = NetworkModel(network, DNA, None)
    length = network.length_ - 2  # padded by the model
    start, end = (torch.from_numpy(rng.random((2, length, 4), dtype=np.float32)) for _ in range(2))
    alphas, weights = (torch.from_numpy(rng.random(5, dtype=np.float32)) for _ in range(2))
    about = torch.tensor([length, length - 3]), torch.tensor([0, 1])
    result = model.path_gradient(start, end, about, alphas, weights, batch_size)
    expected = torch.zeros_like(end)
    for alpha, weight in zip(alphas, weights, strict=True):
        point = torch.lerp(start, end, alpha).requires_grad_()
        expected += weight * torch.autograd.grad(model.margin(point, *about).sum(), point)[0]
    torch.testing.assert_close(result, expected, atol=1e-5, rtol=1e-4)
    assert expected.abs().max() > 1e-3


@BOTH
def test_expected_gradients_are_shaps(network, random_dna):
    from seqaug_sklearn.inspection._perturbations import _import_shap, legacy_seed_scope
    from seqaug_sklearn.utils import check_generator, draw_seed

    shap = _import_shap()
    length = network.length_
    texts, background = random_dna(3, length), random_dna(5, length)

    class Margin(torch.nn.Module):
        def forward(self, x):
            logits = network.logits_module()(x)
            return logits[:, 1:] - logits[:, :1]

    seed = draw_seed(check_generator(4))
    with legacy_seed_scope(0):
        explainer = shap.GradientExplainer(Margin(), torch.from_numpy(one_hot(background)))
        expected = explainer.shap_values(torch.from_numpy(one_hot(texts)), nsamples=30, rseed=seed)
    with pytest.warns(SeqAugWarning, match="raise n_samples"):
        result = sequence_attributions(
            network, texts, method="shap_gradient", background=background, n_samples=30, random_state=4
        )
    np.testing.assert_allclose(result.values, np.reshape(expected, result.values.shape), atol=1e-5)


@pytest.mark.filterwarnings("ignore:Input Tensor", "ignore:Setting forward")
def test_deep_lift_is_captums(training_data):
    attr = pytest.importorskip("captum.attr")
    texts = [text for text in training_data[0] if len(text) == 24]
    model = CNNBiLSTMClassifier(
        conv_channels=(6,), pool=None, num_layers=0, dense_units=(8,), max_epochs=2, validation_fraction=None,
        random_state=0,
    )  # fmt: skip
    model.fit(*training_data)
    result = sequence_attributions(model, texts[:4], method="deep_lift", background="zeros", hypothetical=True)

    class Margin(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.module = model.logits_module().strands[0]

        def forward(self, x):
            logits = self.module(x)
            return logits[:, 1] - logits[:, 0]

    x = torch.from_numpy(one_hot(texts[:4]))
    expected = attr.DeepLift(Margin()).attribute(x, torch.zeros_like(x))
    np.testing.assert_allclose(result.values, expected.detach().numpy(), atol=1e-6)


@pytest.mark.parametrize("pool", ["once", "each", None])
def test_deep_lift_is_complete(training_data, cnn, pool):
    """Captum's own values are not, where a pooling layer touches a ReLU: its hooks read an outdated gradient."""
    pytest.importorskip("captum")
    options = {"method": "deep_lift", "background": "dinucleotide_shuffled", "n_background": 3, "random_state": 0}
    model = CNNBiLSTMClassifier(
        conv_channels=(6, 5), pool=pool, num_layers=0, dense_units=(8,), lr=0.01, max_epochs=4,
        validation_fraction=None, random_state=0,
    )  # fmt: skip
    for fitted in (model.fit(*training_data), cnn):
        result = sequence_attributions(fitted, training_data[0][:6], **options)
        np.testing.assert_allclose(result.delta, 0, atol=2e-5)
        assert np.abs(result.output - result.baseline_output).min() > 1e-3


@pytest.mark.parametrize("pool", ["log_sum_exp", "attention"])
def test_deep_lift_refuses_weights_of_positions(training_data, pool):
    """Its values missed the change of output by more than all of it; integrated gradients do not."""
    texts, y = training_data[0], np.arange(len(training_data[0])) % 7 * 1.0
    shape = {"n_filters": 4, "kernel_size": 6, "max_epochs": 3, "random_state": 0}
    model = MotifCNNRegressor(pool=("max", pool), **shape).fit(texts, y)
    with pytest.raises(InvalidParameterError, match="deep_lift' is wrong for networks that pool positions by 'log_sum"):
        sequence_attributions(model, texts[:2], method="deep_lift")
    assert fitting_methods(model, "dna") == ("integrated_gradients", "shap_gradient", "mutagenesis", "shap_kernel")
    assert sequence_attributions(model, texts[:2]).method == "integrated_gradients"
    pytest.importorskip("captum")
    plain = MotifCNNRegressor(pool=("max", "mean"), **shape).fit(texts, y)
    result = sequence_attributions(plain, texts[:6], method="deep_lift")
    np.testing.assert_allclose(result.delta, 0, atol=2e-5)


def test_deep_lift_reads_both_strands(cnn, training_data):
    pytest.importorskip("captum")
    texts = [text for text in training_data[0] if len(text) == 24][:4]
    result = sequence_attributions(cnn, texts, method="deep_lift")
    turned = sequence_attributions(cnn, reverse_complement(texts), method="deep_lift")
    np.testing.assert_allclose(turned.values[:, ::-1, ::-1], result.values, atol=1e-5)


def shapley_values(value, n):
    """By the definition: over all subsets of the other players."""
    from itertools import combinations
    from math import factorial

    result = np.zeros(n)
    for i in range(n):
        others = [j for j in range(n) if j != i]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for subset in combinations(others, size):
                result[i] += weight * (value({*subset, i}) - value(set(subset)))
    return result


def test_kernel_shap_is_the_shapley_value(kmers):
    text, backgrounds = "CACGTGA", ["TTTTTTT", "ACACACA"]
    result = sequence_attributions(kmers, [text], method="shap_kernel", background=backgrounds, random_state=0)

    def value(kept):
        mixed = ["".join(text[i] if i in kept else b[i] for i in range(7)) for b in backgrounds]
        return kmers.decision_function(mixed).mean()

    np.testing.assert_allclose(result.per_position()[0], shapley_values(value, 7), atol=1e-5)
    assert (np.count_nonzero(result.values, axis=2) <= result.one_hot.sum(2)).all()


def test_kernel_shap_is_shaps(kmers, training_data):
    from seqaug_sklearn.inspection._perturbations import _import_shap, legacy_seed_scope
    from seqaug_sklearn.utils import check_generator, draw_seed

    text = training_data[0][0]

    def value(kept):
        return kmers.decision_function(
            ["".join(c if k else "N" for c, k in zip(text, row, strict=True)) for row in kept]
        )

    with legacy_seed_scope(draw_seed(check_generator(7))):
        explainer = _import_shap().KernelExplainer(value, np.zeros((1, 24)))
        expected = explainer.shap_values(np.ones((1, 24)), nsamples=200, l1_reg=0, silent=True)
    options = {"background": "zeros", "n_samples": 200, "random_state": 7}
    result = sequence_attributions(kmers, [text], method="shap_kernel", **options)
    np.testing.assert_allclose(result.per_position(), expected, atol=1e-5)


@pytest.mark.parametrize("network", ["lstm", "kmers"], indirect=True)
def test_mutagenesis_is_brute_force(network):
    texts = ["CACGNTGAC", "GTTAC"]
    result = sequence_attributions(network, texts, method="mutagenesis", target="yes")
    for row, text in enumerate(texts):
        before = log_odds(network, [text])[0]
        for position, old in enumerate(text):
            for column, new in enumerate("ACGT"):
                mutant = text if old == "N" else text[:position] + new + text[position + 1 :]
                change = log_odds(network, [mutant])[0] - before
                assert result.values[row, position, column] == pytest.approx(change, abs=2e-5)
    assert not result.values[1, 5:].any()
    assert np.isnan(result.delta).all()


def test_lower_case_stays_lower_case(training_data):
    X, y = training_data
    model = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2), lowercase=False), MultinomialNB())
    model.fit([text.lower() for text in X], y)
    result = sequence_attributions(model, [X[0].lower()], method="mutagenesis")
    mutant = log_odds(model, ["g" + X[0][1:].lower()])[0]
    assert result.values[0, 0, 2] == pytest.approx(mutant - result.output[0], abs=1e-5)


# ---- completeness and what follows from it


@BOTH
@pytest.mark.parametrize("background", ["uniform", "zeros", "dinucleotide_shuffled"])
def test_integrated_gradients_are_complete(network, training_data, background):
    texts = [*training_data[0][:5], "ACGNTTGACCATNNACC"]
    result = sequence_attributions(network, texts, background=background, n_background=2, random_state=0)
    change = result.output - result.baseline_output
    assert (np.abs(result.delta) <= np.maximum(0.01 * np.abs(change), 1e-3)).all()
    np.testing.assert_allclose(result.per_position().sum(1), change + result.delta, atol=1e-5)
    assert not result.values[-1, [3, 12, 13]].any()
    assert not result.values[-1, 17:].any()
    expected = sequence_attributions(network, [texts[-1]], method="mutagenesis").output
    np.testing.assert_allclose(result.output[-1:], expected, atol=1e-6)


def test_output_is_the_log_odds(lstm, training_data):
    X = training_data[0]
    result = sequence_attributions(lstm, X, method="mutagenesis")
    np.testing.assert_allclose(result.output, log_odds(lstm, X), atol=1e-5)


def test_both_strands_give_the_same_picture(cnn, training_data):
    texts = training_data[0][:4]  # one of them shorter
    forward = sequence_attributions(cnn, texts)
    turned = sequence_attributions(cnn, reverse_complement(texts))
    for row, text in enumerate(texts):
        own = slice(0, len(text))
        np.testing.assert_allclose(turned.values[row, own][::-1, ::-1], forward.values[row, own], atol=2e-4)


def test_steps_are_added_until_the_values_are_complete(detector, random_dna):
    texts = [text[:10] + "CACGTG" + text[16:] for text in random_dna(3, 40)]
    result = sequence_attributions(detector, texts, n_steps=2)
    assert (np.abs(result.delta) <= 0.01 * np.abs(result.output - result.baseline_output)).all()


class RippleModule(torch.nn.Module):
    """A gradient that no few steps can integrate; parameters only tell the device."""

    def __init__(self):
        super().__init__()
        self.slope = torch.nn.Parameter(torch.tensor(1.0))

    def forward(self, x, lengths=None):
        total = self.slope * x[:, :, 0].sum(1)
        return torch.stack([torch.zeros_like(total), total + torch.sin(500 * total)], dim=1)


def test_what_stays_incomplete_is_told(fixed_network):
    model = fixed_network(RippleModule(), 6)
    with pytest.warns(SeqAugWarning, match=r"integrated_gradients: in 1 of 2 rows .* more than 1%.*raise n_steps"):
        result = sequence_attributions(model, ["AAAACC", "NNNNNG"], n_steps=2, background="zeros")
    assert abs(result.delta[0]) > 0.1
    assert result.delta[1] == 0


# ---- classes


def test_the_other_class_has_the_opposite_values(lstm, training_data):
    texts = training_data[0][:2]
    yes, no = (sequence_attributions(lstm, texts, target=label) for label in ("yes", "no"))
    np.testing.assert_allclose(yes.values, -no.values, atol=1e-6)
    np.testing.assert_array_equal(sequence_attributions(lstm, texts).values, yes.values)
    assert no.target.tolist() == ["no", "no"]


def test_of_many_classes_the_predicted_one_is_explained(linear, random_dna):
    model, _ = linear
    texts = random_dna(12, 8)
    result = sequence_attributions(model, texts)
    assert result.target.tolist() == model.predict(texts).tolist()
    assert len(set(result.target)) > 1
    one = sequence_attributions(model, texts, target="c")
    assert set(one.target) == {"c"}


# ---- forms of input


def test_pipelines_one_hot_and_text_agree(training_data):
    X, y = training_data
    model = PromoterCNNClassifier(
        conv_channels=(6,), kernel_size=5, pool_size=4, max_epochs=1, validation_fraction=None, random_state=0
    )
    pipeline = make_pipeline(OneHotEncoder(), model).fit(X, y)
    index = pd.Index([f"gene{i}" for i in range(3)])
    through = sequence_attributions(pipeline, pd.Series(X[:3], index=index))
    direct = sequence_attributions(pipeline[-1], pipeline[:-1].transform(X[:3]))
    text = sequence_attributions(pipeline[-1], X[:3])
    np.testing.assert_allclose(through.values, direct.values, atol=1e-6)
    np.testing.assert_allclose(through.values, text.values, atol=1e-6)
    assert through.identifiers.tolist() == index.tolist()
    assert direct.identifiers is None
    assert through.text().tolist() == X[:3]


@pytest.mark.parametrize("windows", [False, True])
def test_samplers_have_no_part_in_it(training_data, windows):
    """They add rows in fit only; a pipeline of imbalanced-learn that begins with one transforms nothing."""
    from imblearn.pipeline import make_pipeline as make_sampling_pipeline

    X, y = training_data
    X = [text for text in X if len(text) == 24][:8]
    network = PromoterCNNClassifier(
        conv_channels=(6,), kernel_size=5, pool_size=4, max_epochs=1, validation_fraction=None, random_state=0
    )
    steps = [*([WindowAugmenter(12, overlap=(6, 6), min_shared=None)] if windows else []), network]
    sampler = RandomAugmentation([RandomMutation(0.1)], max_per_sequence=1, random_state=0)
    model = make_sampling_pipeline(sampler, *steps).fit(X, y[: len(X)])
    expected = sequence_attributions(make_pipeline(*[step for _, step in model.steps[1:]]), X)
    np.testing.assert_array_equal(sequence_attributions(model, X).values, expected.values)


def test_bags_give_a_row_per_window(lstm):
    bags = np.array([["ACGTACGT", "CGTACGTA", "GTACGTAC"], ["TTTTACGA", "TTTACGAA", ""]])
    result = sequence_attributions(lstm, bags)
    assert result.sources.tolist() == [0, 0, 0, 1, 1]
    flat = sequence_attributions(lstm, bags[bags != ""])
    np.testing.assert_allclose(result.values, flat.values, atol=1e-6)
    assert flat.sources is None


def test_a_search_is_explained_by_its_best_estimator(kmers, training_data):
    from sklearn.model_selection import GridSearchCV

    search = GridSearchCV(kmers, {"logisticregression__C": [1.0]}, cv=2).fit(*training_data)
    a, b = (sequence_attributions(m, ["ACGTG"], method="mutagenesis") for m in (search, search.best_estimator_))
    np.testing.assert_array_equal(a.values, b.values)


# ---- what must not change


@pytest.mark.parametrize("method", ["shap_gradient", "shap_kernel", "integrated_gradients"])
@pytest.mark.filterwarnings("ignore:shap_gradient. in")
def test_same_seed_same_values_and_generators_untouched(lstm, method):
    options = {"method": method, "background": "dinucleotide_shuffled", "n_background": 2, "n_samples": 60}
    state, torch_state = np.random.get_state()[1].copy(), torch.get_rng_state()  # noqa: NPY002
    one, two, other = (sequence_attributions(lstm, ["ACGTTGACCATG"], random_state=s, **options) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.values, two.values)
    assert not np.array_equal(one.values, other.values)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), torch_state)


def test_the_classifier_is_left_as_it_was(cnn, training_data):
    module = cnn.net_.module_
    before = {name: value.clone() for name, value in module.state_dict().items()}
    module.train()
    for method in ("integrated_gradients", "deep_lift"):
        sequence_attributions(cnn, training_data[0][:2], method=method)
    assert module.training
    module.eval()
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert all(p.requires_grad for p in module.parameters())
    assert not any(m._forward_hooks or m._backward_hooks for m in module.modules())


@BOTH
def test_batches_do_not_change_the_values(network, training_data):
    X = training_data[0][:4]
    for method in ("integrated_gradients", "mutagenesis"):
        small = sequence_attributions(network, X, method=method, batch_size=7)
        np.testing.assert_allclose(small.values, sequence_attributions(network, X, method=method).values, atol=1e-5)


def test_progress_counts_rows(lstm, training_data, capsys):
    sequence_attributions(lstm, training_data[0][:3], method="mutagenesis", progress=True)
    assert "3/3" in capsys.readouterr().err


@pytest.mark.gpu
def test_gpu_and_cpu_agree(lstm, cnn, training_data):
    for model in (lstm, cnn):
        there = sequence_attributions(model, training_data[0], device="cuda")
        here = sequence_attributions(model, training_data[0])
        np.testing.assert_allclose(there.values, here.values, atol=1e-3)


@pytest.mark.parametrize(("network", "off"), [("lstm", True), ("cnn", False)], indirect=["network"])
def test_cudnn_is_off_for_recurrent_networks_on_a_gpu_only(network, off):
    """Its LSTM has no backward pass in evaluation mode; no GPU is needed to see the switch."""
    from seqaug_sklearn.alphabets import DNA
    from seqaug_sklearn.inspection._models import NetworkModel

    model, before = NetworkModel(network, DNA, "cpu"), torch.backends.cudnn.enabled
    with model.differentiable():
        assert torch.backends.cudnn.enabled == before
    model.device = torch.device("cuda")
    with model.differentiable():
        assert torch.backends.cudnn.enabled == (before and not off)
    assert torch.backends.cudnn.enabled == before


# ---- errors


def test_unfitted():
    with pytest.raises(NotFittedError, match="not fitted"):
        sequence_attributions(CNNBiLSTMClassifier(), ["ACGT"])


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"method": "lime"}, "method must be one of .*got 'lime'"),
        ({"target": "maybe"}, "target='maybe' is not a class of the estimator; its classes are 'no', 'yes'"),
        ({"method": "deep_lift"}, "deep_lift' is wrong for recurrent networks.*num_layers=0"),
        ({"background": "white"}, "background must be one of .*got 'white'"),
        ({"background": []}, "background holds no sequences; pass at least one, or one of"),
        ({"background": ["ACG"]}, "background holds a sequence of 3 residues, but the rows of X .* have 6"),
        ({"background": np.zeros((2, 5, 4))}, "background holds a sequence of 5 residues"),
        ({"background": np.zeros((6, 4))}, r"one-hot of shape \(n, 6, 4\), got an array of shape \(6, 4\)"),
        ({"method": "shap_kernel", "background": np.full((1, 6, 4), 0.25)}, "must be text or exactly one-hot"),
        ({"method": "shap_kernel", "n_samples": 5}, "n_samples=5 coalitions cannot separate 6 positions"),
        ({"method": "shap_kernel", "hypothetical": True}, "no hypothetical values"),
        ({"n_steps": 0}, "n_steps must be an int of at least 1, got 0"),
        ({"n_background": 1.5}, "n_background must be an int of at least 1, got 1.5"),
    ],
)
def test_bad_options(lstm, options, match):
    with pytest.raises(ValueError, match=match):
        sequence_attributions(lstm, ["ACGTAC", "ACG"], **options)


def test_a_device_that_is_not_there(cnn):
    with pytest.raises(DeviceError, match=r"device='cuda:99' is not there"):
        sequence_attributions(cnn, ["ACGTTGCAACGTTGCA"], device="cuda:99")


def test_gradients_need_a_network(kmers):
    message = r"gradients of a neural.*LogisticRegression is not .*are 'kmer_weights', 'mutagenesis', 'shap_kernel'"
    with pytest.raises(ValueError, match=message):
        sequence_attributions(kmers, ["ACGT"], method="integrated_gradients")


def test_a_network_of_flat_vectors_is_asked_about_mutants(training_data):
    model = ResidualMLPClassifier(max_epochs=2, validation_fraction=None, device="cpu", random_state=0)
    model = make_pipeline(OneHotEncoder(flatten=True), model).fit(*training_data)
    with pytest.raises(ValueError, match=r"positions × symbols.*ResidualMLPClassifier is not \(flat.*'mutagenesis'"):
        sequence_attributions(model, training_data[0][:2], method="integrated_gradients")
    assert sequence_attributions(model, training_data[0][:2]).method == "mutagenesis"


def test_hard_votes_name_a_way_out(training_data):
    X, y = training_data
    kmers = CountVectorizer(analyzer="char", ngram_range=(2, 2))
    augmenter = WindowAugmenter(8, overlap=(3, 5), min_shared=None)

    def voting(classifier, how):
        classifier = WindowVotingClassifier(make_pipeline(clone(kmers), classifier), voting=how)
        return make_pipeline(augmenter, classifier).fit(X, y)

    for method in ("integrated_gradients", "mutagenesis"):
        with pytest.raises(ValueError, match=r"CalibratedClassifierCV\(SVC\(\), ensemble=False\)"):
            sequence_attributions(voting(SVC(), "hard"), X[:2], method=method)
    soft = voting(CalibratedClassifierCV(SVC(), ensemble=False), "soft")
    assert sequence_attributions(soft, X[:2], method="mutagenesis").values.any()


@pytest.mark.parametrize("empty", [[], np.array([], dtype=str)])
def test_no_sequences(lstm, kmers, empty):
    for model in (lstm, kmers):
        with pytest.raises(SequenceError, match="X holds no sequences; at least one is needed"):
            sequence_attributions(model, empty, method="mutagenesis")


def test_what_is_no_text_classifier(kmers, training_data):
    X, y = training_data
    with pytest.raises(SequenceTypeError, match="X must be text for DummyClassifier"):
        sequence_attributions(DummyClassifier().fit([[0]] * 24, y), np.zeros((2, 3)), method="mutagenesis")
    with pytest.raises(ValueError, match="estimator must be a classifier or a regressor, got CountVectorizer"):
        sequence_attributions(CountVectorizer().fit(["ACGT"]), ["ACGT"], method="mutagenesis")
    counts = CountVectorizer(analyzer="char")
    ovo = make_pipeline(counts, SVC(decision_function_shape="ovo")).fit(X, np.arange(24) % 4)
    with pytest.raises(ValueError, match="got 6 for 4 classes"):
        sequence_attributions(ovo, ["ACGT"], method="mutagenesis")


def test_soft_one_hot_has_no_residues(lstm):
    with pytest.raises(SequenceError, match="X is not exactly one-hot"):
        sequence_attributions(lstm, np.full((1, 6, 4), 0.25, np.float32))


def test_one_hot_of_another_alphabet(training_data):
    X = one_hot(["MKVL", "WYAC"] * 4, "protein")
    model = CNNBiLSTMClassifier(hidden_size=2, conv_channels=(), max_epochs=1, validation_fraction=None)
    with pytest.raises(ValueError, match=r"alphabet=.dna. has 4 symbols, but the network reads 20 one-hot columns"):
        sequence_attributions(model.fit(X, [0, 1] * 4), X)


def test_missing_captum(cnn, monkeypatch):
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'seqaug-sklearn\[explain\]'"):
        sequence_attributions(cnn, ["ACGTTGCAACGTTGCA"], method="deep_lift")


def test_attributions_that_memory_does_not_hold(kmers, monkeypatch):
    X = ["ACGTACGTACGTACG"] * 10
    monkeypatch.setattr(_memory, "_NEVER_ASKED", 0)
    monkeypatch.setattr(_memory, "free_memory", lambda: 3000.0)
    with pytest.raises(
        InsufficientMemoryError,
        match=r"attributions of 10 sequences of 15 residues: 4\.8 kB .*; explain fewer sequences at a time, or with",
    ):
        sequence_attributions(kmers, X, method="mutagenesis", hypothetical=True)
    assert sequence_attributions(kmers, X, method="mutagenesis").values.shape == (10, 15, 4)
