"""The choice of HaplotypeMosaic's settings, on figures that follow from the setting by a rule."""

import numpy as np
import pytest

from seqaug_sklearn.augmentation._genotypes._mosaic_choice import LADDER, NEIGHBORS, choose, match_lengths


class Trials:
    """Figures by rules: ``attack``, ``linkage`` and ``structure`` are functions of the match and the neighbours."""

    n_donors = 1000

    def __init__(self, attack, linkage, structure=lambda match, neighbors: 1.0, copies=lambda match, neighbors: 0.0):
        self.rules = {
            "membership_auc": attack,
            "ld_correlation": linkage,
            "pca_distance": structure,
            "exact_copies": copies,
        }
        self.rows = {}

    def __call__(self, *setting):
        if setting not in self.rows:
            row = {name: rule(*setting) for name, rule in self.rules.items()}
            row |= {"membership_high": row["membership_auc"] + 0.02, "ld_correlation_real": 0.9}
            row["exact_copies_real"] = 0.1
            row["fault"] = "given away" if row["membership_high"] > 0.56 or row["exact_copies"] > 0.1 else ""
            self.rows[setting] = row
        return self.rows[setting]


def rising(match, neighbors):
    return 0.5 + 0.001 * match


def saturating(match, neighbors):
    return 0.9 * min(match / 40, 1)


@pytest.mark.parametrize("passing", range(len(LADDER)))
def test_the_longest_match_that_passes_is_found(passing):
    limit = LADDER[passing]
    trials = Trials(lambda match, neighbors: 0.53 if match <= limit else 0.6, saturating)
    assert choose(trials, list(LADDER), None) == (limit, None)
    assert len(trials.rows) <= 8, "by bisection"


def test_a_longer_match_that_keeps_no_more_is_not_taken():
    trials = Trials(rising, lambda match, neighbors: 0.8 if match >= 5 else 0.1)
    assert choose(trials, list(LADDER), None) == (5, None)


def test_unlinked_variants_need_no_match():
    trials = Trials(lambda match, neighbors: 0.5 + 0.02 * match, lambda match, neighbors: 0.0)
    assert choose(trials, list(LADDER), None) == (0, None)


def test_linkage_that_is_unknown_counts_as_none():
    assert choose(Trials(rising, lambda match, neighbors: np.nan), [0, 1, 2], "auto") == (0, None)


def test_copies_do_not_pass():
    trials = Trials(rising, saturating, copies=lambda match, neighbors: 0.5 if match > 7 else 0.0)
    assert choose(trials, list(LADDER), None)[0] == 7


def test_neighbours_are_tried_where_structure_is_lost_and_the_most_of_them_are_taken():
    def structure(match, neighbors):
        return 1.0 if neighbors is not None and neighbors <= 120 else 2.0

    trials = Trials(lambda match, neighbors: 0.51, lambda match, neighbors: 0.85, structure)
    assert choose(trials, list(LADDER), "auto") == (0, 120)
    assert choose(Trials(rising, saturating, structure), list(LADDER), None) == (40, None)


def test_neighbours_are_not_tried_where_nothing_is_lost():
    trials = Trials(rising, lambda match, neighbors: 0.85)
    choose(trials, list(LADDER), "auto")
    assert {neighbors for _, neighbors in trials.rows} == {None}


def test_fewer_neighbours_that_give_people_away_are_not_taken():
    def attack(match, neighbors):
        return 0.51 if neighbors is None else 0.6

    trials = Trials(attack, lambda match, neighbors: 0.85, lambda match, neighbors: 1.0 if neighbors else 2.0)
    assert choose(trials, list(LADDER), "auto") == (0, None)


def test_as_many_neighbours_as_there_are_donors_are_not_tried():
    trials = Trials(rising, saturating, lambda match, neighbors: 2.0)
    trials.n_donors = 100
    choose(trials, list(LADDER), "auto")
    assert max(neighbors for _, neighbors in trials.rows if neighbors) < 100 <= max(NEIGHBORS)


def test_where_nothing_passes_what_gives_hardly_more_away_than_the_shortest_is_used():
    trials = Trials(lambda match, neighbors: 0.6 if match <= 7 else 0.7, saturating)
    assert choose(trials, list(LADDER), "auto") == (7, None)
    assert trials(7, None)["fault"]


def test_where_nothing_passes_copies_are_still_not_made():
    trials = Trials(lambda match, neighbors: 0.6, saturating, copies=lambda match, neighbors: 0.3 * (match > 3))
    assert choose(trials, list(LADDER), "auto")[0] == 3


@pytest.mark.parametrize("attack", [0.5, 0.9])
@pytest.mark.parametrize("neighbors", [None, 30])
def test_given_values_are_kept_whatever_they_give_away(attack, neighbors):
    trials = Trials(lambda match, neighbors: attack, saturating)
    assert choose(trials, [33], neighbors) == (33, neighbors)
    assert list(trials.rows) == [(33, neighbors)]


def test_matches_to_try_end_with_the_longest():
    assert match_lengths(1) == [0]
    assert match_lengths(60) == [0, 1, 2, 3, 5, 7, 10]
    assert match_lengths(10_000) == list(LADDER)
