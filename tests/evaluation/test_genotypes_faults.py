"""The rules behind the verdict, on tables whose truth is known."""

import pandas as pd
import pytest

from seqaug_sklearn.evaluation._genotypes._faults import describe, find_faults, shares_of_copies

GOOD = {
    "n": 500,
    "af_r2": 0.99,
    "af_mae": 0.01,
    "ld_correlation": 0.98,
    "ld_decay_error": 0.01,
    "pca_distance": 1.0,
    "aa_real": 0.5,
    "aa_synthetic": 0.5,
    "aa": 0.5,
    "privacy_loss": 0.0,
    "membership_auc": 0.5,
    "exact_copies": 0.6,
    "near_copies": 0.8,
    "diversity": 1.0,
    "inbreeding": 0.0,
    "train_on_synthetic": 0.7,
}
COPIES = {"privacy_loss": 0.086, "membership_auc": 0.605, "exact_copies": 1.0, "near_copies": 1.0}
INDEPENDENT = {"ld_correlation": 0.0, "ld_decay_error": 0.2}


def judge(made, *, copies=COPIES, real=None, n_units=1500):
    """Faults of a generator that is good but for some metrics, in two populations alike."""
    rows = {"real": real or {}, "made": made, "independent SNPs": INDEPENDENT, "bootstrap copies": copies}
    populations = ["AMR", "EUR", "average"]
    table = pd.concat({name: pd.DataFrame([GOOD | row] * 3, populations) for name, row in rows.items()})
    table.index.names = ["generator", "population"]
    return table, find_faults(table, n_units)


def test_two_thirds_of_the_way_to_copies_is_a_fault_though_copies_score_low():
    """145 variants of 1000 Genomes, mosaics that match on 40 of them."""
    table, faults = judge({"privacy_loss": 0.057, "membership_auc": 0.548})
    assert set(faults["made"]) == {"copies"}
    assert "privacy loss 0.057 (66% of the way to copies" in faults["made"]["copies"]
    assert "membership AUC 0.548 (46% of the way to copies" in faults["made"]["copies"]
    assert any(text.startswith("made: 1 fault(s)") for text in describe(table, faults))
    assert set(faults["bootstrap copies"]) == {"copies"}


@pytest.mark.parametrize(
    ("made", "copies"),
    [
        ({"privacy_loss": 0.017, "membership_auc": 0.524}, {"privacy_loss": 0.17, "membership_auc": 0.79}),
        ({"privacy_loss": 0.02}, {"privacy_loss": 0.023, "membership_auc": 0.52}),  # chance
        ({"privacy_loss": -0.02, "membership_auc": 0.49}, {"privacy_loss": -0.01, "membership_auc": 0.5}),
    ],
)
def test_a_small_share_or_chance_is_no_fault(made, copies):
    assert judge(made, copies=COPIES | copies)[1]["made"] == {}


def test_beyond_the_target_is_a_fault_whatever_the_share():
    _, faults = judge({"membership_auc": 0.57}, copies=COPIES | {"membership_auc": 0.8})
    assert "membership AUC 0.570 (limit 0.556)" in faults["made"]["copies"]


def test_shares_are_counted_from_new_people():
    copies = pd.Series({"privacy_loss": 0.2, "membership_auc": 0.5})
    shares = shares_of_copies(pd.Series({"privacy_loss": 0.05, "membership_auc": 0.5}), copies)
    assert shares["privacy_loss"] == pytest.approx(0.25)
    assert shares.isna()["membership_auc"]


def test_few_real_people_that_are_alike_by_chance_are_not_called_collapsed():
    _, faults = judge({"diversity": 0.74}, real={"diversity": 0.76}, n_units=40)
    assert faults["real"] == faults["made"] == {}
    assert set(judge({"diversity": 0.5}, real={"diversity": 0.76}, n_units=400)[1]["made"]) == {"collapse"}
    assert set(judge({"diversity": 0.76})[1]["made"]) == {"collapse"}


def test_stirred_groups_are_called_lost_substructure():
    """Admixed individuals depart from Hardy-Weinberg proportions, and mosaics of them do not."""
    _, faults = judge({"inbreeding": -0.07}, real={"inbreeding": 0.16})
    assert set(faults["made"]) == {"substructure"}
    assert faults["made"]["substructure"].startswith("population substructure (F +0.16) was lost in AMR, EUR")
    assert "F -0.07" in faults["made"]["substructure"]


@pytest.mark.parametrize(("inbreeding", "many"), [(-0.3, "many"), (0.4, "few")])
def test_broken_proportions_are_still_named(inbreeding, many):
    _, faults = judge({"inbreeding": inbreeding}, real={"inbreeding": 0.05})
    assert set(faults["made"]) == {"hardy-weinberg"}
    assert f"too {many} heterozygotes" in faults["made"]["hardy-weinberg"]
