"""What sanity checks say of made-up scores: chance, both sides of it, and intervals."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.model_selection import SanityReport, audit_leakage


def report_of(true, noise, exchanged, *, scoring="accuracy", n_classes=2, guess=0.4, n_rows=200):
    """A report of made-up scores, of rows that share nothing."""
    scores = [("true labels", 0, true), ("guessing", 0, guess), ("memoriser", 0, 0.5)]
    scores += [("noise sequences", i, score) for i, score in enumerate(noise)]
    scores += [("exchanged labels", i, score) for i, score in enumerate(exchanged)]
    unrelated = np.random.default_rng(0).choice(list("ACGT"), (n_rows + 1, 40))
    rows = ["".join(row) for row in unrelated]
    leakage = [audit_leakage(rows[:1], rows[1:], homologs=False)]
    frame = pd.DataFrame(scores, columns=["check", "repeat", "score"])
    return SanityReport(frame, pd.DataFrame(), leakage, scoring, True, n_classes)


def test_chance_is_the_best_way_of_guessing():
    spread = np.linspace(0.45, 0.55, 19)
    # guessing the commonest training class has .4, and one of two classes is right half of the time
    assert report_of(0.8, [0.5], spread).guesses() == {"guessing": 0.4, "one in K": 0.5}
    assert report_of(0.8, [0.5], spread).chance == 0.5
    assert report_of(0.8, [0.5], spread, n_classes=4).chance == 0.4
    assert report_of(0.8, [0.5], spread, scoring="roc_auc").chance == 0.4
    assert report_of(0.8, [0.5], spread, n_classes=None).chance == 0.4


def test_far_below_is_as_strange_as_far_above():
    spread = np.linspace(0.45, 0.55, 19)
    high, low = (report_of(score, [0.5], spread, scoring="roc_auc", guess=0.5) for score in (0.75, 0.25))
    assert high.p_value == low.p_value == 0.05
    assert "below every chance baseline" not in high.summary()
    assert "The true labels score 0.250 (95 % interval 0.1" in low.summary()
    assert "as strange as a score as far above" in low.summary()
    near = report_of(0.46, [0.5], spread)
    assert "as strange" not in near.summary()
    assert near.p_value > 0.1


@pytest.mark.parametrize(("level", "word"), [(0.9, "above"), (0.1, "below"), (0.5, "")])
def test_exchanged_labels_off_chance_are_told(level, word):
    told = report_of(0.95, [0.5], level + np.linspace(-0.02, 0.02, 19)).summary()
    assert (f"Exchanged labels score {word} chance (0.500) by more than chance explains" in told) == bool(word)
    assert f"Labels exchanged between sequences score {level:.3f} (95 % interval " in told


def test_the_interval_of_noise_is_told():
    told = report_of(0.8, [0.48, 0.5, 0.52], np.linspace(0.45, 0.55, 19)).summary()
    assert "random sequences score 0.500 (95 % interval 0.4" in told
    assert "; chance 0.500" in told


def test_a_score_at_chance_is_not_flattered():
    spread = np.linspace(0.45, 0.55, 19)
    told = report_of(0.508, [0.5], spread).summary()
    assert told.startswith("The accuracy of 0.508 is at chance (95 % interval 0.4")
    assert "; chance 0.500); no leak was found: no test row shares sequence with a training row" in told
    assert "not explained" not in told
    assert "the true labels' score differs from theirs with two-sided p = " in told
    assert report_of(0.8, [0.5], spread).summary().startswith("The accuracy of 0.800 is not explained by a leak: no")
