"""The model to keep: an honest score, calibrated probabilities, and a report of what it does not know."""

import json
import re

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.evaluation import AveragedClassifier, ModelSearch, SequenceModel, compare
from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.utils import check_generator, draw_seed


def kmers(k=4, model=None):
    counts = CountVectorizer(analyzer="char", ngram_range=(k, k), lowercase=False)
    return make_pipeline(counts, model or LogisticRegression(max_iter=500))


@pytest.fixture(scope="module")
def data():
    return make_promoters(60, length=80, n_families=20, n_orthologs=0, random_state=0)


@pytest.fixture(scope="module")
def fitted(data):
    return SequenceModel(kmers(), cv=3, random_state=0).fit(data.sequences, data.y, groups=data.groups)


def test_the_score_is_that_of_a_comparison(fitted, data):
    seed = draw_seed(check_generator(0))
    same = compare({"the chosen model": kmers()}, data.sequences, data.y, cv=3, groups=data.groups, random_state=seed)
    assert fitted.scores_["the chosen model"]["auroc"]["mean"] == pytest.approx(same.scores("auroc")["mean"].iloc[0])
    assert set(fitted.scores_) == {"the chosen model", "nearest-sequence lookup", "commonest class"}
    assert fitted.split_ == {"folds": 3, "groups": "given", "n_groups": 20, "leaked_share": 0.0}
    told = fitted.verdict()
    assert told[: len(fitted.comparison_.verdict())] == fitted.comparison_.verdict()
    assert told[-3] == "Chosen on all rows: Pipeline."
    assert "of about 80 residues" in told[-1]


def test_it_predicts_as_the_estimator_fitted_on_all_rows(fitted, data):
    plain = clone(kmers()).fit(data.sequences, data.y)
    assert (fitted.predict(data.sequences) == plain.predict(data.sequences)).all()
    powers = plain.predict_proba(data.sequences) ** (1 / fitted.calibrator_.temperature_)
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(fitted.predict_proba(data.sequences), expected)


def test_the_report_says_what_is_a_copy_and_what_is_foreign(fitted, data):
    new = pd.Series([data.sequences.iloc[3].lower(), "A" * 80], index=["copy", "foreign"])
    report = fitted.report(new)
    assert report["copy_of"].fillna("").tolist() == [data.sequences.index[3], ""]
    assert report["in_domain"].tolist() == [True, False]
    assert report[["p_0", "p_1"]].sum(axis=1).round(9).tolist() == [1, 1]
    assert report["spread"].isna().all()
    twice = fitted.report(pd.Series([*new, new.iloc[0]], index=["copy", "foreign", "copy"]))
    assert twice["in_domain"].tolist() == [True, False, True]


def test_the_spread_is_that_of_the_members(data):
    average = AveragedClassifier([("2", kmers(2)), ("3", kmers(3))])
    model = SequenceModel(average, cv=2, random_state=0).fit(data.sequences, data.y, groups=data.groups)
    of_members = [clone(kmers(k)).fit(data.sequences, data.y).predict_proba(data.sequences)[:, 1] for k in (2, 3)]
    np.testing.assert_allclose(model.report(data.sequences)["spread"], np.std(of_members, axis=0), atol=1e-6)


def test_relatives_are_kept_together_where_no_groups_are_given():
    rng = np.random.default_rng(0)
    ancestors = ["".join(rng.choice(list("ACGT"), 100)) for _ in range(12)]
    X = [text[:50] + rng.choice(list("ACGT")) + text[51:] for text in ancestors for _ in range(3)]
    y = np.repeat(rng.permutation(["a", "b"] * 6), 3)
    model = SequenceModel(kmers(5), cv=3).fit(X, y)
    assert model.split_["groups"] == "relatives"
    assert model.split_["n_groups"] == 12
    assert model.scores_["the chosen model"]["accuracy"]["mean"] < 0.8
    apart = SequenceModel(kmers(5), cv=3).fit(ancestors, y[::3])
    assert apart.split_["groups"] == "none: no two rows are related"


def test_a_class_with_one_group_cannot_be_scored(data):
    labels = np.where(np.arange(60) == 7, "rare", data.y.astype(str))
    with pytest.raises(ValueError, match="class 'rare' has one group only, which cannot be in training and test rows"):
        SequenceModel(kmers(), cv=3).fit(data.sequences, labels, groups=data.groups)


def test_small_classes_get_fewer_folds():
    rng = np.random.default_rng(0)
    X = ["".join(rng.choice(list("ACGT"), 40)) for _ in range(7)]
    search = ModelSearch({"two": kmers(2), "three": kmers(3)})
    with pytest.warns(SeqAugWarning, match="class 'b' has one sequence or group in the training rows"):
        model = SequenceModel(search).fit(X, list("aaaaabb"))
    assert model.split_["folds"] == 2
    assert model.predict_proba(X).shape == (7, 2)


def test_calibration_that_makes_it_worse_is_left_out():
    rng = np.random.default_rng(1)
    X = ["".join(rng.choice(list("ACGT"), 40)) for _ in range(12)]
    for seed in range(4):
        y = np.random.default_rng(seed).permutation(np.arange(12) % 2)
        model = SequenceModel(kmers(3), cv=3).fit(X, y)
        assert model.calibration_["brier"] <= model.calibration_["brier_before"]
        assert (model.calibrator_.method_ == "none") == (model.calibration_["method"] == "none")


def test_a_lookup_is_no_leak_where_an_audit_is_clean(fitted):
    assert fitted.comparison_.unrelated
    assert not any("check the split for leaks" in line for line in fitted.verdict())


def test_a_tuned_threshold_gets_its_groups(data):
    tuned = TunedThresholdClassifierCV(kmers(3), cv=StratifiedGroupKFold(2), scoring="balanced_accuracy")
    model = SequenceModel(tuned, cv=2).fit(data.sequences, data.y, groups=data.groups)
    assert model.estimator_.best_threshold_ > 0
    with sklearn.config_context(enable_metadata_routing=True):
        averaged = AveragedClassifier([("tuned", tuned)])
        assert SequenceModel(averaged, cv=2).fit(data.sequences, data.y, groups=data.groups).n_rows_ == 60


def test_groups_that_separate_relatives_are_a_warning():
    rng = np.random.default_rng(0)
    ancestors = ["".join(rng.choice(list("ACGT"), 100)) for _ in range(12)]
    X = [text[:50] + rng.choice(list("ACGT")) + text[51:] for text in ancestors for _ in range(2)]
    model = SequenceModel(kmers(5), cv=3).fit(X, np.arange(24) % 2, groups=np.arange(24))
    assert model.split_["leaked_share"] > 0.5
    assert model.verdict()[0].startswith("Warning: ")
    assert "share sequence with a training" in model.verdict()[0]


def test_decision_values_become_probabilities(data):
    model = SequenceModel(kmers(4, SVC()), cv=2).fit(data.sequences, data.y, groups=data.groups)
    probabilities = model.predict_proba(data.sequences)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert not model.calibrator_.scores_are_probabilities_


def test_calibration_of_each_fold_comes_from_the_others(fitted):
    assert set(fitted.calibration_) == {
        "method",
        "brier",
        "calibration_error",
        "brier_before",
        "calibration_error_before",
    }
    assert fitted.calibration_["brier"] < fitted.calibration_["brier_before"] + 0.02


def test_what_is_known_is_plain_text_and_numbers(fitted, data):
    about = json.loads(json.dumps(fitted.about()))
    assert about["sequences"] == {"0": int((data.y == 0).sum()), "1": int((data.y == 1).sum())}
    assert about["lengths"] == {"shortest": 80, "median": 80, "longest": 80}
    assert re.fullmatch(r"0\.\d{3} \(95 % interval 0\.\d{3} to [01]\.\d{3}\)", about["score"]["auroc"])
    assert about["verdict"] == fitted.verdict()


def test_a_sketch_keeps_no_names_and_few_kmers(data):
    model = SequenceModel(kmers(), cv=2, sketch=8).fit(data.sequences, data.y, groups=data.groups)
    assert model.domain_.names_ is None
    assert model.domain_.keys_.dtype == np.uint64


def test_an_interrupted_fit_goes_on(data, tmp_path, monkeypatch):
    whole = SequenceModel(kmers(), cv=2, random_state=0).fit(data.sequences, data.y, groups=data.groups)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    unfinished = SequenceModel(kmers(), cv=2, store=tmp_path, random_state=0)
    with monkeypatch.context() as patch:
        patch.setattr("seqaug_sklearn.evaluation._kept_models._sequence_model.fit_on_all", killed)
        with pytest.raises(KeyboardInterrupt):
            unfinished.fit(data.sequences, data.y, groups=data.groups)
    n_files = len(list(tmp_path.rglob("*.npz")))
    resumed = unfinished.fit(data.sequences, data.y, groups=data.groups)
    assert len(list(tmp_path.rglob("*.npz"))) == n_files > 0
    assert (resumed.predict_proba(data.sequences) == whole.predict_proba(data.sequences)).all()
    assert resumed.scores_ == whole.scores_
