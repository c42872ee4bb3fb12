"""Models that read covariates: these stay at the row's own values, and what is attributed is the sequence."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from seqaug_sklearn.features import KmerCounts, SequenceAndCovariates
from seqaug_sklearn.inspection import explain, sequence_attributions, variant_effects
from seqaug_sklearn.regression import MotifCNNRegressor


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("ACGT"), 20)) for _ in range(60)]
    frame = pd.DataFrame({"dose": rng.normal(50, 20, 60), "text": texts}, index=[f"r{i}" for i in range(60)])
    sites = np.array([text.count("GT") + text.count("AC") for text in texts])
    # a covariate that scales what the sequence says
    return frame, 3.0 * sites * (1 + frame["dose"].to_numpy() / 50) + 0.5 * frame["dose"].to_numpy()


def kmers(*between):
    return make_pipeline(SequenceAndCovariates(KmerCounts(2, sparse_output=False)), *between, LinearRegression())


@pytest.fixture(scope="module")
def models(data):
    network = MotifCNNRegressor(n_filters=8, kernel_size=4, max_epochs=15, n_members=2, random_state=0)
    forest = make_pipeline(SequenceAndCovariates(KmerCounts(2)), RandomForestRegressor(10, random_state=0))
    found = {"network": network, "kmers": kmers(), "scaled": kmers(StandardScaler()), "forest": forest}
    return {name: model.fit(*data) for name, model in found.items()}


def at(frame, texts):
    return frame.assign(text=texts)


@pytest.mark.parametrize(
    ("name", "method", "background"),
    [
        ("network", "integrated_gradients", "AAAAACCCCCGGGGGTTTTT"),
        ("forest", "shap_kernel", "AAAAACCCCCGGGGGTTTTT"),
        ("kmers", "kmer_weights", ""),
        ("scaled", "kmer_weights", ""),
    ],
)
def test_values_add_up_to_what_the_sequence_changes_beside_its_covariates(name, method, background, data, models):
    frame, model = data[0].iloc[:3], models[name]
    given = {"background": [background]} if background else {}
    found = sequence_attributions(model, frame, method=method, random_state=0, **given)
    # without a known residue there is no k-mer
    reference = at(frame, [background or "N" * 20] * 3)
    np.testing.assert_allclose(found.output, model.predict(frame), rtol=1e-5)
    np.testing.assert_allclose(found.baseline_output, model.predict(reference), rtol=1e-5)
    change = found.output - found.baseline_output
    np.testing.assert_allclose(found.per_position().sum(axis=1), change, atol=0.02 * abs(change).max())
    assert found.baseline_output.std() > 1


@pytest.mark.parametrize("name", ["network", "kmers", "forest"])
def test_exchanges_are_predictions_beside_the_own_covariates(name, data, models):
    frame, model = data[0].iloc[5:7], models[name]
    found = sequence_attributions(model, frame, method="mutagenesis")
    mutants = at(frame, [f"{text[:3]}{'CA'[text[3] == 'C']}{text[4:]}" for text in frame["text"]])
    columns = ["ACGT".index(text[3]) for text in mutants["text"]]
    expected = model.predict(mutants) - model.predict(frame)
    np.testing.assert_allclose(found.values[[0, 1], 3, columns], expected, atol=1e-3)  # noqa: PD011 (no frame)


def test_hypothetical_contributions_hold_covariates_too(data, models):
    frame = data[0].iloc[:2]
    found = sequence_attributions(models["scaled"], frame, hypothetical=True)
    assert found.method == "kmer_weights"
    text = list(frame["text"].iloc[0])
    text[4] = "ACGT"[("ACGT".index(text[4]) + 1) % 4]
    exchanged = sequence_attributions(models["scaled"], at(frame, ["".join(text), frame["text"].iloc[1]]))
    symbol = "ACGT".index(text[4])
    assert found.hypothetical[0, 4, symbol] == pytest.approx(exchanged.per_position()[0, 4])


def test_shuffles_of_hits_have_the_covariates_of_their_row(data, models):
    found = explain(models["kmers"], data[0].iloc[:4], motifs={"site": "GTAC"})
    assert found.attributions.method == "kmer_weights"
    assert set(found.hits["name"]) <= set(data[0].index[:4])


@pytest.mark.parametrize("name", ["network", "forest"])
def test_variants_beside_covariates(name, data, models):
    frame, model = data[0].iloc[:2], models[name]
    # one sequence with two doses: effects differ by the dose
    frame = at(frame, [frame["text"].iloc[0]] * 2)
    text = frame["text"].iloc[0]
    table = pd.DataFrame({"name": frame.index, "position": 6, "ref": text[6], "alt": "A" if text[6] != "A" else "C"})
    found = variant_effects(model, frame, table, both_strands=False).to_frame().set_index("name").loc[frame.index]
    changed = at(frame, [text[:6] + table["alt"].iloc[0] + text[7:]] * 2)
    effects = [column for column in found if column.startswith("effect_")]
    expected = model.predict(changed) - model.predict(frame)
    np.testing.assert_allclose(found[effects[0]], expected, atol=1e-4)


@pytest.mark.parametrize("name", ["network", "kmers"])
def test_covariates_that_are_absent_are_named(name, data, models):
    with pytest.raises(ValueError, match=r"X lacks covariate 'dose'|reads no text"):
        sequence_attributions(models[name], data[0]["text"].iloc[:2])


def test_what_stays_out_of_the_contributions_is_said(data, models):
    """The share of the covariate, as the model's own predictions tell it, stands in the verdict."""
    frame, model = data[0].iloc[:6], models["kmers"]
    told = next(line for line in explain(model, frame, random_state=0).verdict() if "sequence alone" in line)
    change = np.abs(model.predict(frame) - model.predict(frame.assign(dose=frame["dose"].median()))).mean()
    assert "'dose', which the model reads beside it, stayed at the value of each row" in told
    assert float(re.search(r"differ by ([\d.]+) on average", told)[1]) == pytest.approx(change, rel=0.01)
    plain = make_pipeline(KmerCounts(2), LinearRegression()).fit(frame["text"], frame["dose"])
    assert "beside" not in " ".join(explain(plain, frame["text"], random_state=0).verdict())
