"""The order of the fits of ``compare_augmentations``, how often each model is repeated, and what each stage says."""

import dataclasses
import itertools
import re

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from seqaug_sklearn.evaluation import _sanity_section, compare_augmentations
from seqaug_sklearn.evaluation._augmentation import _relatives_together, _stages
from seqaug_sklearn.evaluation._augmentation._line_up import MODELS, check_models
from seqaug_sklearn.evaluation._augmentation._models import Plan, models_of_parents
from seqaug_sklearn.evaluation._augmentation._repeats import wanted_repeats
from seqaug_sklearn.evaluation._augmentation._split import SplitPlan
from seqaug_sklearn.evaluation._augmentation._stages import plan_stages
from seqaug_sklearn.evaluation._model_parts._costs import NETWORKS, REPEATS, Size, fit_seconds, repeats_by_size
from seqaug_sklearn.exceptions import InvalidParameterError

SMALL = {"window": 20, "n_splits": 2, "models": ["logistic", "kmers", "majority"]}
PARENTS = SplitPlan("parents", 5, None, ())


def line_of(n_samples, length, **changes):
    arguments = {"alphabet": "dna", "window": 40, "n_classes": 2, "quick": False, "device": "cpu", "edits": True}
    plan = Plan(**arguments | {"n_samples": n_samples, "longest": length - 39, "shortest": length} | changes)
    return models_of_parents(check_models("all"), plan)


@pytest.fixture
def many_stages(monkeypatch):
    """Pages after the cheapest model and after each of the others, however short they take."""
    monkeypatch.setattr(_stages, "_WORTH_A_PAGE", 0.0)
    monkeypatch.setattr(_stages, "_FIRST_SECONDS", 0.0)


@pytest.fixture
def data(random_dna, monkeypatch):
    monkeypatch.setattr(_sanity_section, "shortest_audited", lambda alphabet: 1000)  # the audit alone
    y = np.repeat(["no", "yes"], 12)
    return pd.Series(random_dna(24, 60)), y


def scores(result):
    return result.comparison.folds.drop(columns=["fit_seconds", "score_seconds"])


# how often


def test_what_is_cheap_is_repeated_ten_times_and_what_is_dear_less():
    repeats = wanted_repeats("auto", line_of(100, 200, edits=False), PARENTS)
    for name in ("k-mer logistic regression, whole", "logistic regression, whole", "logistic regression, windows",
                 "SVM, whole", "nearest-sequence lookup", "commonest class"):  # fmt: skip
        assert repeats[name] == REPEATS == 10
    assert repeats["CNN-BiLSTM, windows"] == repeats["RNN, windows"] == 1
    of_more = wanted_repeats("auto", line_of(2000, 600), PARENTS)
    assert all(of_more[name] <= number for name, number in repeats.items())
    assert of_more["gradient boosting, edits"] == of_more["SVM, edits"] == 1
    assert set(wanted_repeats("auto", line_of(100, 200), PARENTS, quick=True).values()) == {1}
    assert set(wanted_repeats(3, line_of(2000, 600), PARENTS).values()) == {3}
    blocks = dataclasses.replace(PARENTS, kind="blocks")  # the same folds again would say nothing
    assert set(wanted_repeats("auto", line_of(100, 200), blocks).values()) == {1}
    limited = dataclasses.replace(PARENTS, most_repeats=2)
    assert max(wanted_repeats("auto", line_of(100, 200), limited).values()) == 2


@pytest.mark.parametrize("seconds", [0, 0.01, 0.9, 1, 3, 5, 100])
def test_repeats_keep_to_the_time_of_one_model(seconds):
    repeats = repeats_by_size(seconds, 5)
    assert repeats in (1, 2, 3, 5, 10)
    assert repeats == 1 or repeats * 5 * seconds <= 45


@pytest.mark.parametrize("key", MODELS)
def test_every_model_has_a_cost_that_grows_with_its_rows(key):
    sizes = [Size(rows, 100, 4, 2, 50) for rows in (50, 500, 5000)]
    costs = [fit_seconds(key, size) for size in sizes]
    assert costs == sorted(costs)
    assert costs[0] > 0


def test_added_rows_cost_time_where_they_are_added():
    line = line_of(100, 200)
    assert line.seconds["SVM, edits"] == pytest.approx(25 * line.seconds["SVM, whole"], rel=0.1)
    assert line.seconds["CNN, edits"] == line.seconds["CNN, whole"]  # drawn anew in each epoch instead


@pytest.mark.parametrize("n_repeats", [0, True, "many", 1.5, None])
def test_other_numbers_are_refused(n_repeats):
    with pytest.raises(InvalidParameterError, match="n_repeats must be 'auto' or an int of at least 1"):
        compare_augmentations(["ACGT" * 20] * 4, [0, 1] * 2, n_repeats=n_repeats)


# in what order


@pytest.mark.parametrize(("n_samples", "length"), [(60, 100), (600, 600), (5000, 300)])
def test_cheap_answers_come_first_and_networks_last(n_samples, length):
    line = line_of(n_samples, length)
    repeats = wanted_repeats("auto", line, PARENTS)
    stages = plan_stages(line, repeats, 5)
    assert stages[-1].repeats == repeats
    for before, after in itertools.pairwise(stages):
        assert before.repeats.items() != after.repeats.items()
        assert all(after.repeats[name] >= number for name, number in before.repeats.items())
    first = stages[0].repeats
    assert set(first.values()) == {1}
    assert sum(5 * line.seconds[name] for name in first) <= 25
    assert max(line.seconds[name] for name in first) <= min(line.seconds[name] for name in line.models.keys() - first)
    order = [name for stage in stages for name in stage.repeats]
    order = [line.keys[name] in NETWORKS for name in dict.fromkeys(order) if name not in first]
    assert order == sorted(order)


def test_what_takes_no_time_has_one_page():
    line = line_of(40, 60, edits=False)
    few = {name: 1 for name in line.models if line.keys[name] in ("kmers", "logistic", "majority")}
    (stage,) = plan_stages(line, few, 5)
    assert stage.repeats == few


# what is said


def test_each_stage_says_what_is_done_and_what_is_to_come(data, many_stages, tmp_path):
    told = []
    result = compare_augmentations(*data, n_repeats=2, on_stage=told.append, **SMALL)
    assert [part.comparison.repeats for part in told] == [
        {"commonest class": 1},
        {"commonest class": 2},
        {"logistic regression, windows": 2, "logistic regression, whole": 2, "commonest class": 2},
        result.comparison.repeats,
    ]
    assert set(result.comparison.repeats.values()) == {2}
    assert [[*part.treatments] for part in told] == [[], [], ["Windows"], ["Windows"]]
    titles = ["a first repeat of 1 model", "their other repeats, 2 in all", "logistic regression (2 models), 2 repeats",
              "k-mer logistic regression (1 model), 2 repeats"]  # fmt: skip
    for number, so_far in enumerate(told[:-1]):
        parts = re.search(r"^This page is in progress. Done: (.*?)\. To come: (.*?)\.", so_far.in_progress).groups()
        assert [part.split("; ") for part in parts] == [titles[: number + 1], titles[number + 1 :]]
    assert told[-1] is result
    assert result.in_progress == ""
    page = told[0].to_html(tmp_path / "report").read_text()
    status = f'<p class="status" role="status">{told[0].in_progress}</p>'
    assert page.index(status) < page.index("What to believe")
    assert 'class="status"' not in told[-1].to_html(tmp_path / "report").read_text()


def test_neither_stages_nor_jobs_change_a_result(data, many_stages, monkeypatch):
    staged = compare_augmentations(*data, n_repeats=2, **SMALL)
    with joblib.parallel_config(backend="threading"):
        at_once = compare_augmentations(*data, n_repeats=2, n_jobs=2, **SMALL)
    pd.testing.assert_frame_equal(scores(at_once), scores(staged))
    monkeypatch.undo()
    monkeypatch.setattr(_sanity_section, "shortest_audited", lambda alphabet: 1000)
    whole = compare_augmentations(*data, n_repeats=2, **SMALL)
    pd.testing.assert_frame_equal(scores(whole), scores(staged))
    assert whole.verdict() == staged.verdict()


@pytest.mark.parametrize("stop_at", [1, 4, 6])
def test_an_interrupted_run_tells_no_stage_twice(data, many_stages, monkeypatch, tmp_path, stop_at):
    fits, fit, told = [], LogisticRegression.fit, []

    def stop(self, X, y, sample_weight=None):
        fits.append(len(y))
        if len(fits) == stop_at:
            raise KeyboardInterrupt
        return fit(self, X, y, sample_weight)

    options = SMALL | {"n_repeats": 1, "store": tmp_path / "folds", "on_stage": told.append}
    monkeypatch.setattr(LogisticRegression, "fit", stop)
    with pytest.raises(KeyboardInterrupt):
        compare_augmentations(*data, **options)
    before = len(told)
    assert before == {1: 1, 4: 1, 6: 2}[stop_at]
    resumed = compare_augmentations(*data, **options)
    assert len(told) == 3
    assert len(fits) == 2 * 2 + 2 + 1
    monkeypatch.setattr(LogisticRegression, "fit", fit)
    pd.testing.assert_frame_equal(scores(resumed), scores(compare_augmentations(*data, n_repeats=1, **SMALL)))


def test_both_splits_of_relatives_are_in_each_stage(families, many_stages, monkeypatch):
    """A further repeat that leaves a class untrained ends the repeats with relatives together, and nothing else."""
    monkeypatch.setattr(_sanity_section, "shortest_audited", lambda alphabet: 1000)
    X, y, _ = families(0, n_families=4)
    draw = _relatives_together.draw_folds

    def lose_a_class(*arguments, **options):
        folds = draw(*arguments, **options)
        for fold in folds:
            fold.facts["n_untrained_class"] = int(fold.repeat >= 2)
        return folds

    monkeypatch.setattr(_relatives_together, "draw_folds", lose_a_class)
    told = []
    options = SMALL | {"models": ["majority", "memoriser"], "n_splits": 3}
    result = compare_augmentations(X, y, on_stage=told.append, **options)
    assert all(part.together is not None for part in told)
    assert [part.comparison.estimators for part in told][:1] == [["commonest class"]]
    assert set(result.comparison.repeats.values()) == {10}
    assert set(result.together.comparison.repeats.values()) == {2}
    assert len(result.scores_of_both()) == 2
