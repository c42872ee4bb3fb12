"""Pearson coefficient of class codes."""

import numpy as np
import pytest

from seqaug_sklearn.evaluation import pearson_of_codes
from seqaug_sklearn.exceptions import DataFormatError


def test_equals_numpy_on_alphabetical_codes(rng):
    names = np.array(["rbcL", "atpB", "psbA", "matK"])
    true, pred = rng.choice(names, 50), rng.choice(names, 50)
    codes = [[sorted(names).index(v) for v in y] for y in (true, pred)]
    assert pearson_of_codes(true, pred, random_state=0).value == pytest.approx(np.corrcoef(*codes)[0, 1])


def test_order_of_names_decides_about_wrong_predictions():
    true, pred = list("aabbccdd"), list("abbacddc")
    result = pearson_of_codes(true, pred, random_state=0)
    renamed = pearson_of_codes([v.translate(str.maketrans("bd", "db")) for v in true],
                               [v.translate(str.maketrans("bd", "db")) for v in pred], random_state=0)  # fmt: skip
    assert result.value == pytest.approx(0.8)
    assert renamed.value < 0.5
    assert result.minimum <= result.low <= result.median <= result.high <= result.maximum
    assert result.minimum < 0.5 < result.maximum
    assert "depends on the order of the class names" in result.sentence


def test_perfect_predictions_give_one_in_any_order():
    result = pearson_of_codes(list("abcabc"), list("abcabc"), random_state=0)
    assert (result.value, result.minimum) == pytest.approx((1.0, 1.0))


def test_one_predicted_class_has_no_coefficient():
    assert np.isnan(pearson_of_codes(["a", "b"], ["a", "a"]).value)


def test_seed(rng):
    true, pred = rng.choice(list("abcdef"), (2, 30))
    assert pearson_of_codes(true, pred, 20, random_state=3) == pearson_of_codes(true, pred, 20, random_state=3)


@pytest.mark.parametrize(("true", "pred"), [(["a"], ["a", "b"]), ([], [])])
def test_bad_lengths(true, pred):
    with pytest.raises(DataFormatError, match="same length above 0"):
        pearson_of_codes(true, pred)
