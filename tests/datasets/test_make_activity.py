"""make_activity: the rule, the noise, the best score, what leaks, orthologs with values of their own, labels."""

import numpy as np
import pandas as pd
import pytest
from Bio.Seq import reverse_complement
from scipy.stats import pearsonr, spearmanr
from sklearn.linear_model import LinearRegression
from sklearn.metrics import average_precision_score, r2_score, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.datasets import make_activity
from seqaug_sklearn.utils import read_target


def strength(text, consensus):
    missed = sum(letter not in DNA.ambiguity.get(c, c) for letter, c in zip(text, consensus, strict=True))
    return {0: 1.0, 1: 0.4}.get(missed, 0.0)


def activity_of(rule, text):
    """The rule as the docstring has it, letter by letter."""
    best, total = {}, np.zeros(len(rule.targets))
    for motif, row in rule.motifs.iterrows():
        width = len(row["consensus"])
        best[motif] = []
        for start in range(len(text) - width + 1):
            site = text[start : start + width]
            there, back = strength(site, row["consensus"]), strength(reverse_complement(site), row["consensus"])
            best[motif].append(max(there, back))
            factor = 1 + rule.position_effect * (2 * (start + width / 2) / len(text) - 1)
            total += max(there, row["backwards"] * back) * factor * row[list(rule.targets)].to_numpy(float)
    for _, row in rule.pairs.iterrows():
        for one, other in ((row["first"], row["second"]), (row["second"], row["first"])):
            step = len(rule.motifs.loc[one, "consensus"]) + row["distance"]
            for start, left in enumerate(best[one]):
                if start + step < len(best[other]):
                    total += left * best[other][start + step] * row[list(rule.targets)].to_numpy(float)
    return total


@pytest.fixture(scope="module")
def activity():
    return make_activity(1000, n_families=200, n_orthologs=1, random_state=0)


def test_shapes_and_names(activity):
    assert activity.sequences.str.len().unique().tolist() == [200]
    assert set("".join(activity.sequences)) == set("ACGT")
    assert activity.sequences.index.is_unique
    for part in (activity.y, activity.groups, activity.truth):
        assert part.index.equals(activity.sequences.index)
    assert activity.groups.value_counts().eq(5).all()
    assert list(activity.truth) == ["activity"] == [activity.y.name]
    assert list(activity.to_frame()) == ["sequence", "activity", "family"]
    assert list(activity.orthologs) == ["identifier", "ortholog", "species", "sequence", "activity"]
    assert read_target(activity.y).kind == "number"
    assert "1000 simulated sequences of 200 families" in repr(activity)


@pytest.mark.parametrize("n_targets", [1, 3])
def test_the_rule_is_the_one_that_is_described(n_targets):
    data = make_activity(3, 80, n_families=2, n_targets=n_targets, strand_effect=0.5, random_state=1)
    texts = [*data.sequences, reverse_complement(data.sequences.iloc[0]), "ACGTN" * 6, "ACG"]
    np.testing.assert_allclose(data.rule.activity(texts), [activity_of(data.rule, text) for text in texts], atol=1e-9)
    np.testing.assert_allclose(data.rule.activity(data.sequences), data.truth)


def test_sites_position_strand_and_distance_count():
    rule = make_activity(20, n_families=4, strand_effect=0.5, random_state=0).rule
    effect, backwards = rule.motifs["activity"], rule.motifs["backwards"]
    assert backwards.to_dict() == dict.fromkeys(["AP-1", "snail", "DRE"], 1) | dict.fromkeys(
        ["GATA", "ETS", "tramtrack"], 0.5
    )
    assert (effect < 0).tolist() == [False, False, True, False, False, True]
    site = "ACCGGAAG"
    middle, left, right, back = (
        "T" * n + text + "T" * (92 - n)
        for n, text in ((46, site), (0, site), (92, site), (46, reverse_complement(site)))
    )
    of = rule.activity([middle, left, right, back]).ravel()
    assert of[0] == pytest.approx(effect["ETS"])
    assert of[[1, 2]] == pytest.approx(effect["ETS"] * np.array([0.816, 1.184]))
    assert of[3] == pytest.approx(0.5 * effect["ETS"])
    pair = rule.pairs.set_index("first").loc["snail"]
    near, far = ("T" * 30 + "CAGGTGCG" + "T" * n + site + "T" * 30 for n in (pair["distance"], pair["distance"] + 1))
    # sites stand one residue further to the right, half of it counted from the middle
    assert rule.activity([near])[0, 0] - rule.activity([far])[0, 0] == pytest.approx(pair["activity"], abs=0.05)


def test_sites_stand_where_they_are_listed(activity):
    consensus = activity.rule.motifs["consensus"]
    assert 3 < len(activity.motifs) / 1000 < 6
    for site in activity.motifs.head(200).itertuples():
        text = activity.sequences[site.identifier][site.start : site.start + len(consensus[site.motif])]
        assert strength(text if site.strand == 1 else reverse_complement(text), consensus[site.motif]) == 1


@pytest.mark.parametrize("noise", [0, 0.5, 2])
def test_noise_and_best_scores_are_known(noise):
    data = make_activity(1500, n_families=300, noise=noise, random_state=3)
    known = data.rule.activity(data.sequences)[:, 0]
    best = data.best_scores().loc["activity"]
    assert best["spearman"] == pytest.approx(spearmanr(known, data.y).statistic) == data.best_spearman
    assert best["pearson"] == pytest.approx(pearsonr(known, data.y).statistic)
    assert best["r2"] == pytest.approx(r2_score(data.y, known))
    assert best["r2"] == pytest.approx(1 / (1 + noise**2), abs=0.06)
    assert (data.y - known).std() == pytest.approx(data.noise_std["activity"], rel=0.06)
    fold = data.groups.index[:200]
    here = data.best_scores(fold).loc["activity", "spearman"]
    assert here == pytest.approx(spearmanr(known[:200], data.y.iloc[:200]).statistic)


def test_composition_says_nothing_and_relatives_do(activity):
    """Counts of letters predict nothing in unseen families; the mean of the relatives predicts a lot."""
    sets = [activity, *(make_activity(1000, n_families=200, random_state=seed) for seed in (1, 2))]
    scores = []
    for data in sets:
        counts = np.array([[text.count(letter) for letter in "ACG"] for text in data.sequences], float)
        predicted = cross_val_predict(LinearRegression(), counts, data.y, groups=data.groups, cv=GroupKFold(5))
        scores.append(spearmanr(predicted, data.y).statistic)
    assert np.mean(scores) < 0.1
    of_family = activity.y.groupby(activity.groups)
    others = (of_family.transform("sum") - activity.y) / (of_family.transform("size") - 1)
    assert spearmanr(others, activity.y).statistic > 0.4
    shares = activity.sequences.str.count("[GC]") / 200
    assert 0.03 < shares.groupby(activity.groups).mean().std() < 0.07


def test_families_and_orthologs_are_related_and_orthologs_have_values_of_their_own(activity):
    letters = np.array(activity.sequences.map(list).tolist())
    same = activity.groups.to_numpy()[:, None] == activity.groups.to_numpy()
    identity = (letters[:100, None] == letters[None]).mean(axis=2)
    assert 0.65 < np.median(identity[same[:100]]) < 0.85
    assert np.median(identity[~same[:100]]) < 0.4
    orthologs = activity.orthologs.set_index("identifier").loc[activity.sequences.index]
    own = activity.rule.activity(orthologs["sequence"])[:, 0]
    assert 0.5 < np.corrcoef(own, activity.truth["activity"])[0, 1] < 0.9
    # the noise is that of the sequences
    assert (orthologs["activity"] - own).std() == pytest.approx(activity.noise_std["activity"], rel=0.06)
    assert (np.array(orthologs["sequence"].map(list).tolist()) == letters).mean() == pytest.approx(0.85, abs=0.04)
    with_more = make_activity(200, n_families=40, n_orthologs=3, ortholog_mutation_rate=0.4, random_state=4)
    without = make_activity(200, n_families=40, random_state=4)
    pd.testing.assert_series_equal(with_more.sequences, without.sequences)
    assert with_more.orthologs.groupby("identifier").size().eq(3).all()
    assert list(without.orthologs) == list(activity.orthologs)
    assert len(without.orthologs) == 0


def test_labels_like_bassets():
    data = make_activity(800, n_families=160, n_targets=4, n_orthologs=1, kind="labels", missing=0.2, random_state=5)
    assert read_target(data.y).kind == "labels"
    assert read_target(data.orthologs[list(data.y)]).kind == "labels"
    assert data.y.isna().to_numpy().mean() == pytest.approx(0.2)
    # without what is missing, the labels are the same
    full = make_activity(800, n_families=160, n_targets=4, n_orthologs=1, kind="labels", random_state=5)
    assert full.y.mean().tolist() == pytest.approx([0.3] * 4)
    assert (full.y.where(data.y.notna()).fillna(-1) == data.y.fillna(-1)).all(axis=None)
    best = data.best_scores()
    for name in data.y:
        known = data.y[name].notna()
        y, truth = data.y.loc[known, name], data.truth.loc[known, name]
        assert best.loc[name].tolist() == pytest.approx([roc_auc_score(y, truth), average_precision_score(y, truth)])
    assert (best["roc_auc"] > 0.85).all()
    # each label has motifs of its own
    effects = data.rule.motifs[list(data.y)]
    assert (effects != 0).sum().tolist() == [4] * 4
    assert effects.T.drop_duplicates().shape[0] == 4
    assert np.isnan(data.best_spearman)
    assert "with 4 labels" in repr(data)


def test_motifs_of_ones_own():
    data = make_activity(40, 120, n_families=8, motifs={"box": "TTGACATWW"}, random_state=6)
    assert data.rule.motifs["consensus"].to_dict() == {"box": "TTGACATWW"}
    assert len(data.rule.pairs) == 0
    assert set(data.motifs["motif"]) == {"box"}


def test_seed():
    about = {"n_samples": 60, "n_families": 12, "n_targets": 2, "n_orthologs": 2, "missing": 0.1}
    first, second, other = (make_activity(**about, random_state=seed) for seed in (6, 6, 7))
    for name in ("y", "truth", "orthologs", "motifs"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    pd.testing.assert_series_equal(first.sequences, second.sequences)
    assert not first.sequences.equals(other.sequences)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make_activity(20, n_families=4)
    assert (before == np.random.get_state()[1]).all()  # noqa: NPY002


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_samples": 1}, r"n_samples must be a whole number of at least 2, got 1"),
        ({"length": 79}, r"length must be at least 80 for these motifs, got 79"),
        ({"n_families": 1001}, r"n_families must be at most n_samples=1000, got 1001"),
        ({"n_targets": 0}, r"n_targets must be a whole number of at least 1, got 0"),
        ({"kind": "labels"}, r"n_targets must be a whole number of at least 2 of labels, got 1"),
        ({"kind": "classes"}, r"kind must be 'number' or 'labels', got 'classes'"),
        ({"noise": -1}, r"noise must be a number of at least 0, got -1"),
        ({"noise": float("nan")}, r"noise must be a number of at least 0, got nan"),
        ({"missing": 1}, r"missing must be a share from 0 to below 1, got 1"),
        ({"strand_effect": 2}, r"strand_effect must be a share from 0 to 1, got 2"),
        ({"spacing_effect": "much"}, r"spacing_effect must be a number of at least 0, got 'much'"),
        ({"motifs": {"a": "acgt"}}, r"motifs\['a'\] must be a consensus in upper-case IUPAC letters"),
        ({"random_state": "seed"}, r"random_state must be None, an int"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        make_activity(**parameters)
