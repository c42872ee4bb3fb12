"""Numbers and labels explained: attributions and variants in the unit of the target, one target of several."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import VotingRegressor
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.evaluation import AveragedRegressor, PerTargetClassifier, PerTargetRegressor
from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.features import KmerCounts
from seqaug_sklearn.inspection import Attributions, explain, sequence_attributions, variant_effects
from seqaug_sklearn.regression import CNNBiLSTMRegressor, MotifCNNRegressor, WindowVotingRegressor

UNIT = 1000.0


@pytest.fixture(scope="module")
def counted():
    """Sequences, how often each holds TGAC in thousands, and minus how often it holds CCC."""
    rng = np.random.default_rng(0)
    texts = ["".join(row) for row in rng.choice(list("ACGT"), (60, 30))]
    for row in range(0, 60, 2):
        start = int(rng.integers(0, 20))
        texts[row] = texts[row][:start] + "TGAC" + texts[row][start + 4 :]
    X = pd.Series(texts, index=[f"s{i}" for i in range(60)])
    y = pd.DataFrame({"tgac": UNIT * X.str.count("TGAC"), "ccc": -X.str.count("CCC") - 0.5})
    return X, y


@pytest.fixture(scope="module")
def network(counted):
    X, y = counted
    return MotifCNNRegressor(n_filters=8, kernel_size=6, max_epochs=4, random_state=0).fit(X, y)


def test_completeness_holds_in_the_unit_of_the_target(network, counted):
    """Values add up to the prediction less that of the background, for each target."""
    X, y = counted
    predicted = network.predict(X[:5])
    for place, name in enumerate(y.columns):
        found = sequence_attributions(network, X[:5], target=name)
        assert (found.kind, set(found.target)) == ("number", {name})
        np.testing.assert_allclose(found.output, predicted[:, place], rtol=1e-4, atol=1e-3 * UNIT ** (1 - place))
        change = found.output - found.baseline_output
        total = found.per_position().sum(axis=1)
        np.testing.assert_allclose(total, change + found.delta, rtol=1e-4, atol=1e-3)
        spread = y[name].std()
        assert np.abs(found.delta).max() < 0.01 * spread


def test_mutagenesis_is_the_change_of_the_prediction(network, counted):
    """Of a network and of any other regressor of text."""
    X, _ = counted
    text = X.iloc[0]
    mutated = f"A{text[1:]}" if text[0] != "A" else f"C{text[1:]}"
    symbol = "ACGT".index(mutated[0])
    found = sequence_attributions(network, X[:1], method="mutagenesis", target="ccc")
    change = np.diff(network.predict([text, mutated])[:, 1])[0]
    exchanged = getattr(found, "values")[0, 0, symbol]  # noqa: B009
    assert exchanged == pytest.approx(change, abs=1e-5)


def test_several_targets_need_a_name(network, counted):
    """One of them is explained, and a wrong name is met with all names."""
    X, _ = counted
    with pytest.raises(InvalidParameterError, match="target must say which target to explain: one of 'tgac', 'ccc'"):
        sequence_attributions(network, X[:2])
    with pytest.raises(InvalidParameterError, match="'gata' is not a target of the estimator; its targets are 'tgac'"):
        sequence_attributions(network, X[:2], target="gata")


def test_linear_regressors_of_kmers_are_exact(counted):
    """Each place of a k-mer gets what it weighs; a loop over k-mers gives the same."""
    X, y = counted
    model = make_pipeline(KmerCounts(3, canonical=False), Ridge()).fit(X, y["tgac"])
    found = sequence_attributions(model, X[:3])
    assert (found.method, found.kind) == ("kmer_weights", "number")
    np.testing.assert_allclose(found.output, model.predict(X[:3]))
    np.testing.assert_allclose(found.per_position().sum(axis=1), found.output - model[-1].intercept_, rtol=1e-5)
    weights = dict(zip(model[0].get_feature_names_out(), model[-1].coef_, strict=True))
    naive = np.zeros(30)
    for start in range(28):
        naive[start : start + 3] += weights.get(X.iloc[0][start : start + 3], 0) / 3
    np.testing.assert_allclose(found.per_position()[0], naive, rtol=1e-5, atol=1e-9)


def test_a_link_is_not_linear(counted):
    """The prediction of a Poisson regression is no sum over k-mers, so exchanges explain it."""
    X, y = counted
    model = make_pipeline(KmerCounts(3, canonical=False), PoissonRegressor()).fit(X, y["tgac"] / UNIT)
    assert sequence_attributions(model, X[:2]).method == "mutagenesis"
    with pytest.raises(InvalidParameterError, match="kmer_weights"):
        sequence_attributions(model, X[:2], method="kmer_weights")


def test_a_model_for_each_target(counted):
    """The model of the target is explained, under the name of the target."""
    X, y = counted
    ridge = make_pipeline(KmerCounts(3, canonical=False), Ridge())
    model = PerTargetRegressor(ridge).fit(X, y)
    found = sequence_attributions(model, X[:3], target="ccc")
    alone = sequence_attributions(make_pipeline(KmerCounts(3, canonical=False), Ridge()).fit(X, y["ccc"]), X[:3])
    np.testing.assert_allclose(found.per_position(), alone.per_position())
    assert (found.target.tolist(), found.kind, found.method) == (["ccc"] * 3, "number", "kmer_weights")
    labels = PerTargetClassifier(make_pipeline(KmerCounts(3), LogisticRegression())).fit(
        X, (y > y.median()).astype(int)
    )
    found = sequence_attributions(labels, X[:3], target="tgac", method="mutagenesis")
    np.testing.assert_allclose(found.output, labels.decision_function(X[:3])[:, 0])
    assert found.kind == "labels"


def test_averages_and_windows(counted, tmp_path):
    """Members of an average are explained and averaged; windows on their sequences; files keep what was explained."""
    X, y = counted
    members = [(str(k), make_pipeline(KmerCounts(k, canonical=False), Ridge())) for k in (2, 3)]
    model = VotingRegressor(members, weights=[3, 1]).fit(X, y["tgac"])
    found = sequence_attributions(model, X[:3])
    np.testing.assert_allclose(found.output, model.predict(X[:3]))
    one, other = (sequence_attributions(member, X[:3]).per_position() for member in model.estimators_)
    np.testing.assert_allclose(found.per_position(), 0.75 * one + 0.25 * other)
    net = CNNBiLSTMRegressor(
        conv_channels=(4,), hidden_size=4, num_layers=0, dense_units=(4,), max_epochs=1, validation_fraction=None,
        random_state=0,
    )  # fmt: skip
    cut = WindowAugmenter(20, overlap=(10, 10), min_shared=None)
    for last in (net, WindowVotingRegressor(members[1][1])):
        model = make_pipeline(cut, last).fit(X, y["tgac"])
        windows = sequence_attributions(model, X[:2])
        np.testing.assert_allclose(windows.output, model.predict(X[:2]), rtol=1e-3)
    windows.save(tmp_path / "values.npz")
    assert Attributions.load(tmp_path / "values.npz").kind == "number"


def test_variants_change_the_number(counted):
    """Effects are differences of predictions, both strands averaged; files and words speak of numbers."""
    X, y = counted
    model = make_pipeline(KmerCounts(4, canonical=False), Ridge(alpha=0.1)).fit(X, y["tgac"])
    reference = pd.Series({"gene": "AATTTGACATAAAC"})
    variants = pd.DataFrame({"name": "gene", "position": [5, 0], "ref": ["G", "A"], "alt": ["C", "T"]})
    effects = variant_effects(model, reference, variants)
    forward = model.predict(["AATTTGACATAAAC", "AATTTCACATAAAC"])
    turned = model.predict(["GTTTATGTCAAATT", "GTTTATGTGAAATT"])
    expected = (forward + turned) / 2
    row = effects.table.iloc[0]
    np.testing.assert_allclose(row[["value_ref_y", "value_alt_y"]].to_numpy(float), expected)
    assert row["effect_y"] == pytest.approx(expected[1] - expected[0])
    assert row["effect_y"] < 0
    text = " ".join(effects.verdict())
    assert "changes 'y' most: by -" in text
    assert "probabilit" not in text.lower()
    assert "class" not in text
    with pytest.raises(
        InvalidParameterError, match="must be one of the targets, 'a', 'b'; the model has more than one"
    ):
        variant_effects(PerTargetRegressor(model).fit(X, y.set_axis(["a", "b"], axis=1)), reference)


def test_variants_in_files(counted, tmp_path):
    """VCF names what its numbers are; the spread is that of the members."""
    X, y = counted
    members = [(str(k), make_pipeline(KmerCounts(k), Ridge())) for k in (2, 3)]
    model = VotingRegressor(members).fit(X, y["tgac"])
    effects = variant_effects(model, X[:1])
    of_members = [variant_effects(member, X[:1]).effects for member in model.estimators_]
    np.testing.assert_allclose(effects.table["spread"], np.std(of_members, axis=0))
    effects.to_vcf(tmp_path / "effects.vcf")
    text = (tmp_path / "effects.vcf").read_text()
    assert "REFVALUE=" in text
    assert "log-odds" not in text


def test_explain_a_regressor(counted):
    """Hits raise the number; no word of classes."""
    X, y = counted
    model = make_pipeline(KmerCounts(4, canonical=False), Ridge(alpha=0.1)).fit(X, y["tgac"])
    found = explain(model, X[:20], motifs={"site": "TGAC"})
    assert len(found.hits) > 0
    assert found.hits["sequence"].str.contains("TGAC").mean() > 0.8
    assert "class" not in " ".join(found.verdict())


def test_labels_of_a_network(counted):
    """Each label has log-odds of its own, also where there are two."""
    X, y = counted
    labels = (y >= y.mean()).astype(float)
    labels.iloc[3, 1] = np.nan
    model = MotifCNNClassifier(n_filters=4, kernel_size=6, max_epochs=1, random_state=0).fit(X, labels)
    found = sequence_attributions(model, X[:3], target="ccc", method="mutagenesis")
    p = model.predict_proba(X[:3])[:, 1]
    np.testing.assert_allclose(found.output, np.log(p / (1 - p)), rtol=1e-3, atol=1e-4)
    effects = variant_effects(model, X[:1], target="tgac")
    np.testing.assert_allclose(effects.table["p_ref_ccc"], p[0], rtol=1e-5)
    assert "a label that is predicted" in " ".join(effects.verdict())


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (MotifCNNRegressor(n_filters=4, kernel_size=6, max_epochs=2, random_state=0), ["root tip", "leaf"]),
        (PerTargetRegressor(make_pipeline(KmerCounts(2), Ridge())), ["root tip", "leaf"]),
        # scikit-learn's own regressors keep no names
        (make_pipeline(KmerCounts(2), Ridge()), ["y0", "y1"]),
    ],
    ids=["network", "a model each", "of scikit-learn"],
)
def test_several_targets_have_the_names_of_their_columns(counted, model, names):
    """Attributions and effects of variants name a target as its column of y is named."""
    X, y = counted
    model = clone(model).fit(X, y.set_axis(["root tip", "leaf"], axis=1))
    effects = variant_effects(model, X[:1], target=names[1])
    assert (effects.classes.tolist(), effects.target) == (names, names[1])
    assert {f"{what}_{name}" for name in names for what in ("value_ref", "value_alt", "effect")} <= set(effects.table)
    assert f"'{names[1]}'" in " ".join(effects.verdict())
    for place, name in enumerate(names):
        found = sequence_attributions(model, X[:1], target=name, method="mutagenesis")
        assert found.target.tolist() == [name]
        np.testing.assert_allclose(found.output, model.predict(X[:1])[0, place], rtol=1e-4)


def test_averages_of_models_for_each_target(counted):
    """An average of regressors of several targets: each member's model of the target, under its name."""
    X, y = counted
    members = [(str(k), PerTargetRegressor(make_pipeline(KmerCounts(k, canonical=False), Ridge()))) for k in (2, 3)]
    model = AveragedRegressor(members).fit(X, y)
    found = sequence_attributions(model, X[:3], target="ccc")
    np.testing.assert_allclose(found.output, model.predict(X[:3])[:, 1], rtol=1e-5)
    assert (found.target.tolist(), found.method) == (["ccc"] * 3, "kmer_weights")
    of_members = [variant_effects(member, X[:1], target="y1").effects for member in model.estimators_]
    effects = variant_effects(model, X[:1], target="ccc")
    np.testing.assert_allclose(effects.effects, np.mean(of_members, axis=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(effects.table["spread"], np.std(of_members, axis=0), rtol=1e-5, atol=1e-6)
