import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from seqaug_sklearn.plotting import MeanCurvesDisplay, PrecisionRecallByClassDisplay
from seqaug_sklearn.plotting._curves import step_precision


@pytest.fixture
def predictions(rng):
    """600 rows of 20 named classes with informative scores."""
    classes = np.array([f"gene{i:02d}" for i in range(20)])
    codes = np.r_[np.arange(20).repeat(5), rng.integers(0, 20, 500)]
    scores = rng.random((600, 20)) ** 3
    scores[np.arange(600), codes] += 0.5 * rng.random(600)
    return classes[codes], scores / scores.sum(axis=1, keepdims=True), classes


def test_curves_and_average_precision_equal_scikit_learns(predictions):
    y, scores, classes = predictions
    display = PrecisionRecallByClassDisplay.from_predictions(y, scores, classes, random_state=3)
    assert len(display.class_names) == len(display.lines_) == 10
    for i, name in enumerate(display.class_names):
        positive, score = y == name, scores[:, list(classes).index(name)]
        precision, recall, _ = precision_recall_curve(positive, score)
        np.testing.assert_array_equal(display.precision[i], precision)
        np.testing.assert_array_equal(display.lines_[i].get_xdata(), recall)
        assert display.average_precision[i] == average_precision_score(positive, score)
        legend = display.ax_.get_legend().get_texts()[i].get_text()
        assert legend == f"{name} ({display.average_precision[i]:.3f})"


def test_choice_is_seeded_and_without_repeats(predictions):
    names = [
        PrecisionRecallByClassDisplay.from_predictions(*predictions, random_state=s).class_names for s in (1, 1, 2)
    ]
    assert names[0] == names[1] != names[2]
    assert len(set(names[0])) == 10
    assert names[0] == sorted(names[0])


def test_only_classes_with_rows_are_drawn(predictions):
    y, scores, classes = predictions
    few = np.isin(y, classes[:3])
    display = PrecisionRecallByClassDisplay.from_predictions(y[few], scores[few], classes)
    assert display.class_names == list(classes[:3])
    assert "3 classes" in display.ax_.get_title()
    assert display.prevalence == pytest.approx(1 / 3)


def test_ten_curves_look_different(predictions):
    display = PrecisionRecallByClassDisplay.from_predictions(*predictions, random_state=0)
    assert len({(line.get_color(), line.get_linestyle()) for line in display.lines_}) == 10


def test_long_class_names_stay_on_the_page(predictions, assert_on_page):
    y, scores, classes = predictions
    long = {name: f"NADH-plastoquinone-oxidoreductase-subunit-{name}-chloroplastic-isoform" for name in classes}
    y, names = [long[name] for name in y], [long[name] for name in classes]
    display = PrecisionRecallByClassDisplay.from_predictions(y, scores, names, random_state=0)
    assert_on_page(display.figure_)
    assert len({text.get_text() for text in display.ax_.get_legend().get_texts()}) == 11


@pytest.mark.parametrize("Display", [PrecisionRecallByClassDisplay, MeanCurvesDisplay])
def test_bad_predictions_are_explained(predictions, Display):
    y, scores, classes = predictions
    with pytest.raises(ValueError, match=r"must have the same length: y_true has 599, y_score has 600"):
        Display.from_predictions(y[1:], scores, classes)
    with pytest.raises(ValueError, match=r"y_true and y_score must hold at least one entry"):
        Display.from_predictions([], np.empty((0, 20)), classes)
    with pytest.raises(ValueError, match=r"one column per class, shape \(n_samples, 19\), got \(600, 20\)"):
        Display.from_predictions(y, scores, classes[1:])
    with pytest.raises(ValueError, match=r"one column per class, .* got \(600,\)"):
        Display.from_predictions(y, scores[:, 0], classes)
    with pytest.raises(ValueError, match=r"y_true holds 'gene00', which is not among the 20 classes"):
        Display.from_predictions(y, scores, np.r_[["other"], classes[1:]])
    with pytest.raises(ValueError, match=r"classes must be distinct"):
        Display.from_predictions(y, scores, np.r_[classes[1:], classes[1:2]])
    scores[7, 2] = np.nan
    with pytest.raises(ValueError, match=r"y_score must be finite, but row 7"):
        Display.from_predictions(y, scores, classes)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("n_classes", [0, 2.5])
def test_bad_number_of_classes(predictions, n_classes):
    with pytest.raises(ValueError, match=rf"n_classes must be a whole number of at least 1, got {n_classes}"):
        PrecisionRecallByClassDisplay.from_predictions(*predictions, n_classes=n_classes)


def test_display_of_unequal_lists():
    display = PrecisionRecallByClassDisplay([[1, 1]], [[1, 0]], [1.0, 0.5], ["a"])
    with pytest.raises(ValueError, match=r"average_precision has 2"):
        display.plot()


def naive_step_precision(positive, score, recall):
    """Precision at the highest threshold that reaches the recall and finds a positive."""
    for threshold in sorted(set(score), reverse=True):
        called = score >= threshold
        found = (called & positive).sum()
        if found and found / positive.sum() >= recall - 1e-12:
            return found / called.sum()
    raise AssertionError


def test_step_precision_equals_the_naive_definition(rng):
    positive = rng.random(40) < 0.3
    score = rng.choice(np.linspace(0, 1, 15), 40) + 0.3 * positive
    grid = np.linspace(0, 1, 37)
    expected = [naive_step_precision(positive, score, r) for r in grid]
    np.testing.assert_allclose(step_precision(*precision_recall_curve(positive, score)[:2], grid), expected)


def test_step_precision_integrates_to_the_average_precision(rng):
    positive = rng.random(200) < 0.2
    score = rng.random(200) + 0.4 * positive
    middles = (np.arange(100_000) + 0.5) / 100_000
    mean = step_precision(*precision_recall_curve(positive, score)[:2], middles).mean()
    assert mean == pytest.approx(average_precision_score(positive, score), abs=1e-4)


def test_areas_and_mean_curves_over_classes(predictions):
    y, scores, classes = predictions
    display = MeanCurvesDisplay.from_predictions(y, scores, classes)
    one_hot = y[:, None] == classes
    np.testing.assert_allclose(display.roc_auc, roc_auc_score(one_hot, scores, average=None))
    np.testing.assert_allclose(display.average_precision, average_precision_score(one_hot, scores, average=None))
    expected = np.mean(
        [np.interp(display.grid, *roc_curve(one_hot[:, k], scores[:, k])[:2]) for k in range(20)], axis=0
    )
    expected[0] = 0
    np.testing.assert_allclose(display.lines_[0].get_ydata(), expected)
    assert display.tpr.shape == display.precision.shape == (20, len(display.grid))
    legend = display.ax_[0].get_legend().get_texts()[0].get_text()
    assert legend == f"AUC = {display.roc_auc.mean():.3f} ± {display.roc_auc.std(ddof=1):.3f}"


def test_folds_are_averaged_over_their_classes_first(predictions):
    y, scores, classes = predictions
    folds = np.arange(600) % 4
    display = MeanCurvesDisplay.from_predictions(y, scores, classes, folds=folds)
    expected = []
    for fold in range(4):
        inside = folds == fold
        there = [k for k in range(20) if (y[inside] == classes[k]).any()]
        expected.append(np.mean([roc_auc_score(y[inside] == classes[k], scores[inside, k]) for k in there]))
    np.testing.assert_allclose(display.roc_auc, expected)
    assert display.tpr.shape[0] == 4
    assert "4 folds" in display.ax_[1].get_title()


def test_band_is_one_sd_within_zero_and_one(predictions):
    display = MeanCurvesDisplay.from_predictions(*predictions)
    assert len(display.bands_) == 2
    sd = display.tpr.std(axis=0, ddof=1)
    upper = np.clip(display.tpr.mean(axis=0) + sd, 0, 1)
    vertices = display.bands_[0].get_paths()[0].vertices
    i = 20
    at = vertices[np.isclose(vertices[:, 0], display.grid[i]), 1]
    assert at.max() == pytest.approx(upper[i])
    assert vertices[:, 1].min() >= 0
    assert vertices[:, 1].max() <= 1


def test_one_fold_has_no_band(predictions):
    display = MeanCurvesDisplay.from_predictions(*predictions, folds=np.zeros(600))
    assert display.bands_ == []
    assert "±" not in display.ax_[0].get_legend().get_texts()[0].get_text()


def test_perfect_scores():
    display = MeanCurvesDisplay.from_predictions(list("abc"), np.eye(3), list("abc"))
    assert display.roc_auc.tolist() == display.average_precision.tolist() == [1, 1, 1]
    assert (display.precision == 1).all()
    assert (display.tpr[:, 1:] == 1).all()


def test_second_display_is_laid_over_the_first(predictions, assert_on_page):
    y, scores, classes = predictions
    first = MeanCurvesDisplay.from_predictions(y, scores, classes, name="network")
    second = MeanCurvesDisplay.from_predictions(y, scores[::-1], classes, name="noise", ax=first.ax_)
    assert second.figure_ is first.figure_
    texts = [text.get_text() for text in second.ax_[0].get_legend().get_texts()]
    assert [text.split(":")[0] for text in texts] == ["network", "noise", "chance"]
    assert first.lines_[0].get_color() != second.lines_[0].get_color()
    assert_on_page(first.figure_)


def test_single_axes_is_divided_and_pictures_repeat(predictions, pixels):
    figure, ax = plt.subplots(figsize=(10, 5), layout="constrained")
    display = MeanCurvesDisplay.from_predictions(*predictions, ax=ax)
    assert display.figure_ is figure
    assert len(display.ax_) == 2
    assert pixels(display.plot().figure_) == pixels(display.plot().figure_)


def test_one_class_only_cannot_be_scored():
    with pytest.raises(ValueError, match=r"no class has both positive and negative rows"):
        MeanCurvesDisplay.from_predictions(["a", "a"], [[0.5, 0.5]] * 2, ["a", "b"])


def test_folds_of_another_length(predictions):
    with pytest.raises(ValueError, match=r"y_true has 600, folds has 3"):
        MeanCurvesDisplay.from_predictions(*predictions, folds=[0, 1, 2])


def test_each_class_is_drawn_behind_the_mean():
    y_score = [[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.2, 0.8]]
    arguments = (["a", "a", "b", "b"], y_score, ["a", "b"])
    display = MeanCurvesDisplay.from_predictions(*arguments, color="#D55E00", each=True)
    assert display.bands_ == []
    roc, precision = (np.array(lines.get_segments()) for lines in display.unit_lines_)
    np.testing.assert_allclose(roc[:, :, 1], display.tpr)
    np.testing.assert_allclose(precision[:, :, 1], display.precision)
    assert {line.get_color() for line in display.lines_} == {"#D55E00"}
    assert MeanCurvesDisplay.from_predictions(*arguments).unit_lines_ == []
