"""What the audit says of numbers: in which direction they go with a trait, and which letter has the high ones."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.model_selection import audit_shortcuts
from seqaug_sklearn.model_selection._shortcuts._number_detail import detail_of_number


@pytest.mark.parametrize(("sign", "goes"), [(1, "rises"), (-1, "falls")])
def test_the_direction_of_a_share(sign, goes):
    rng = np.random.default_rng(0)
    shares = rng.uniform(0.2, 0.8, 80)
    X = ["".join(rng.choice(list("GCAT"), 60, p=[share / 2] * 2 + [(1 - share) / 2] * 2)) for share in shares]
    gc = np.array([(text.count("G") + text.count("C")) / 60 for text in X])
    y = pd.Series(sign * gc + 0.02 * rng.normal(size=80), name="expression")
    report = audit_shortcuts(X, y, n_permutations=39)
    assert report.best == "GC content"
    ends = y[gc <= np.quantile(gc, 0.25)].mean(), y[gc >= np.quantile(gc, 0.75)].mean()
    detail = f"expression {goes} with it, from a mean of {ends[0]:.3g} in its lowest quarter to {ends[1]:.3g} in its"
    assert report.table.loc["GC content", "detail"].startswith(detail)
    assert detail in report.verdict()[0]
    told = " ".join([*report.verdict(), report.sections()[0].title, *report.sections()[0].tables])
    assert "Spearman correlation" in told
    assert "class" not in told
    assert "label" not in told


def test_the_letter_of_a_position_with_the_mean_with_and_without():
    rng = np.random.default_rng(1)
    letters = rng.choice(list("ACGT"), (120, 30))
    y = pd.DataFrame({"liver": rng.normal(size=120), "lung": 4.0 * (letters[:, 11] == "G") + rng.normal(size=120)})
    y.iloc[::7, 1] = np.nan
    row = audit_shortcuts(["".join(row) for row in letters], y, n_permutations=39).table.loc["position 12"]
    has = letters[:, 11] == "G"
    assert row["told_best"] == "lung"
    means = y["lung"][has].mean(), y["lung"][~has].mean()
    assert row["detail"] == f"mean lung {means[0]:.3g} with G, {means[1]:.3g} without"


def test_traits_that_most_rows_have_alike():
    numbers = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9.0])
    assert detail_of_number(np.array([0.0] * 6 + [3.0]), numbers, "y") == "mean value 9 with more than 0, 1 without"
    assert detail_of_number(np.array([0.0] * 6 + [1.0]), numbers, "y") == "mean value 9 with it, 1 without"
    assert detail_of_number(np.full(7, 0), numbers, "y", ["A", "C"]) == ""
