import numpy as np
import pytest

from seqaug_sklearn.plotting import PredictedCodesDisplay


def test_means_by_hand(assert_on_page):
    display = PredictedCodesDisplay.from_predictions(list("aaabbc"), list("aacbca"))
    assert display.codes.tolist() == [0, 1, 2]
    assert display.means.tolist() == pytest.approx([2 / 3, 1.5, 0])
    assert display.deviations.tolist() == pytest.approx([np.std([0, 0, 2]), 0.5, 0])
    np.testing.assert_allclose(display.points_.get_offsets(), np.column_stack([display.codes, display.means]))
    assert_on_page(display.figure_)


def test_perfect_predictions_lie_on_the_diagonal(rng):
    y = rng.choice(["psbA", "rbcL", "matK", "ndhB"], 200)
    display = PredictedCodesDisplay.from_predictions(y, y)
    assert (display.means == display.codes).all()
    assert not display.deviations.any()


def test_classes_that_are_only_predicted_have_a_code():
    display = PredictedCodesDisplay.from_predictions(["b", "b"], ["a", "b"])
    assert (display.codes.tolist(), display.means.tolist(), display.n_classes) == ([1], [0.5], 2)


@pytest.mark.parametrize(("true", "predicted"), [(["a"], ["a", "b"]), ([], [])])
def test_lengths_must_agree(true, predicted):
    with pytest.raises(ValueError, match=r"y_true|least|length"):
        PredictedCodesDisplay.from_predictions(true, predicted)
