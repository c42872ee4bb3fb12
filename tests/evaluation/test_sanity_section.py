"""The section "Is the score real?": what it finds on noise, what it is made on, and where it stands in the reports."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold, cross_val_score

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.evaluation import _sanity_section, compare_augmentations, reproduce_window_paper
from seqaug_sklearn.evaluation._sanity_models import quick_model
from seqaug_sklearn.evaluation._sanity_section import BLOCKS, RANDOM, WHOLE, check_rows, check_windows
from seqaug_sklearn.evaluation._window_paper import _models as _window_paper_models
from seqaug_sklearn.utils import check_sequences

ALL_EXCHANGES = True


@pytest.fixture(scope="module")
def noise():
    rng = np.random.default_rng(3)

    def make(n, length, symbols="ACGT"):
        return ["".join(row) for row in rng.choice(list(symbols), size=(n, length))]

    return make


def windows_of(sequences, y, window=40):
    return WindowAugmenter(window, overlap=(0, 0), min_shared=window - 1).explode(sequences, y)


@pytest.fixture(scope="module")
def checked(noise):
    windows = windows_of(noise(14, 330), np.array(list("abcdefghijklmn")))
    return check_windows(windows, windows.y, window=40, n_splits=2, shared=20, alphabet="dna")


def test_noise_is_memorised_by_random_windows_and_not_by_blocks(checked):
    scores = checked.scores()
    assert scores["verdict"].to_dict() == {RANDOM: "memorised", BLOCKS: "clean"}
    assert scores.loc[RANDOM, "noise sequences"] > 0.9
    assert scores.loc[BLOCKS, "noise sequences"] < 0.25
    assert scores["leaked test rows"].tolist() == [1.0, 0.0]


def test_the_sample_is_told(checked):
    # 12 sequences × 261 starts, of 14 × 291
    assert "3,132 of 4,074 windows" in checked.sentences[0]
    assert sum(len(audit) for audit in checked.reports[RANDOM].leakage) == 4074, "all are audited"


def test_leaked_share_of_each_fold(checked):
    shares = checked.leaked_shares()
    assert shares["split"].tolist() == [RANDOM] * 2 + [BLOCKS] * 2
    assert shares["leaked"].tolist() == [1.0] * 2 + [0.0] * 2
    audits = [audit for report in checked.reports.values() for audit in report.leakage]
    assert shares["n_test"].tolist() == [len(audit) for audit in audits]


def test_section_has_words_table_and_figures(checked):
    import matplotlib.pyplot as plt

    section = checked.section()
    assert plt.get_fignums() == []
    assert section.title == "Is the score real?"
    assert "is memorised" in section.text
    assert "naive Bayes on counts of 6-mers" in section.text
    # held-out blocks are clean, so there are no leaks to draw
    assert len(section.figures) == 3
    assert set(section.alt) == set(section.figures)
    assert len(section.tables["Scores of the checks"]) == 2


def test_whole_sequences_are_checked_on_the_splits_given(noise):
    unrelated = noise(30, 80)
    copies = [text[3:] for text in unrelated]
    y = np.tile(np.repeat([0, 1], 15), 2)
    X, groups = check_sequences(unrelated + copies), np.tile(np.arange(30), 2)
    split = list(KFold(3, shuffle=True, random_state=0).split(y))
    leaking = check_rows(X, y, split, alphabet="dna").reports[WHOLE]
    partner = (np.arange(60) + 30) % 60
    assert [report.leaked.tolist() for report in leaking.leakage] == [
        np.isin(partner[test], train).tolist() for train, test in split
    ]
    clean = check_rows(X, y, list(GroupKFold(3).split(y, y, groups)), groups=groups, alphabet="dna").reports[WHOLE]
    assert clean.finding == "clean"


def test_labels_that_mean_something_can_be_told_from_exchanged_ones(noise):
    y = np.repeat([0, 1], 20)
    X = check_sequences([text[:20] + "ACGTGGCACG" * label + text for text, label in zip(noise(40, 60), y, strict=True)])
    report = check_rows(X, y, list(KFold(4, shuffle=True, random_state=0).split(y)), alphabet="dna").reports[WHOLE]
    assert report.p_value == pytest.approx(1 / 20)


def test_many_sequences_are_sampled_with_every_class(noise):
    y = np.repeat([0, 1], [380, 20])
    found = check_rows(check_sequences(noise(400, 30)), y, list(KFold(2, shuffle=True).split(y)), alphabet="dna")
    assert "Checked on 300 of the 400 sequences: 300 of 400 groups of relatives" in found.sentences[0]
    assert sum(map(len, found.reports[WHOLE].leakage)) == 400, "all are audited"
    assert found.reports[WHOLE].chance == pytest.approx(0.95, abs=0.01)


def test_what_is_too_short_is_said(noise):
    windows = windows_of(noise(3, 60), np.array(list("abc")), window=10)
    found = check_windows(windows, windows.y, window=10, n_splits=2, shared=10, alphabet="dna")
    assert found.reports == {}
    assert found.section().text == "Not checked: windows of 10 shorter than 12 residues say too little."


def test_sequences_too_short_for_blocks_leave_the_random_split(noise):
    windows = windows_of(noise(3, 60), np.array(list("abc")))
    found = check_windows(windows, windows.y, window=40, n_splits=5, shared=20, alphabet="dna")
    assert list(found.reports) == [RANDOM]
    assert any(sentence.startswith("No held-out blocks: ") for sentence in found.sentences)


def test_comparison_report_has_the_section(noise):
    sequences, y = noise(18, 60), np.repeat(["a", "b"], 9)
    result = compare_augmentations(sequences, y, n_splits=3, quick=True, models=["majority", "logistic"], metric="mcc")
    assert "The Matthews correlation of " in " ".join(result.sanity.reports[WHOLE].verdict())
    assert [section.title for section in result.sections()].count("Is the score real?") == 1
    assert list(result.sanity.reports) == [WHOLE]
    tested = result.comparison.predictions("commonest class", scores=False)
    names = [name for audit in result.sanity.reports[WHOLE].leakage for name in audit.test_names]
    assert names == tested["row"].tolist()


def test_comparison_of_blocks_checks_both_splits(noise):
    result = compare_augmentations(
        noise(4, 200), list("abcd"), n_splits=2, quick=True, models=["majority"], metric="auroc"
    )
    assert {name: report.scoring for name, report in result.sanity.reports.items()} == {
        RANDOM: "AUROC",
        BLOCKS: "AUROC",
    }


def test_reproduction_report_has_the_section(noise, monkeypatch):
    import pandas as pd

    monkeypatch.setattr(_window_paper_models, "_QUICK", {"max_epochs": 1, "conv_channels": (4, 4), "hidden_size": 4})
    names = ["rbcL", "psbA", "matK"]
    table = pd.DataFrame({"sequence": noise(3, 200), "gene": names}, index=names)
    result = reproduce_window_paper({"one": table}, quick=True, baselines=False, device="cpu", protocols=["published"])
    section = next(section for section in result.sections() if section.title == "Is the score real?")
    assert section.tables["Scores of the checks"].loc[RANDOM, "verdict"] == "memorised"


@pytest.mark.parametrize("kind", ["number", "labels"])
def test_numbers_and_labels_are_checked_as_what_they_are(noise, kind, monkeypatch):
    """Copies on both sides let random sequences score; with copies together they score chance, of the task."""
    monkeypatch.setattr(_sanity_section, "_N_PERMUTATIONS", 2)
    rng = np.random.default_rng(0)
    values = np.tile(rng.normal(size=(30, 2)), (2, 1))
    y = pd.DataFrame(values if kind == "number" else (values > 0).astype(float), columns=["liver", "lung"])
    y.iloc[:3, 1] = np.nan
    X, groups = check_sequences(noise(30, 80) * 2), np.tile(np.arange(30), 2)
    about = {"alphabet": "dna", "task": kind}
    split = list(KFold(3, shuffle=True, random_state=0).split(values))
    leaking = check_rows(X, y, split, **about)
    report, chance = leaking.reports[WHOLE], 0.0 if kind == "number" else 0.5
    assert (report.kind, report.finding, report.chance) == (kind, "memorised", chance)
    assert report.scoring == ("Spearman correlation" if kind == "number" else "AUROC")
    together = check_rows(X, y, list(GroupKFold(3).split(values, groups=groups)), groups=groups, **about)
    assert together.reports[WHOLE].finding == "clean"
    assert abs(together.reports[WHOLE].mean("noise sequences") - chance) < 0.2
    section = leaking.section()
    told = " ".join([section.text, *section.notes, *map(str, section.tables["Scores of the checks"])])
    words = re.findall(r"class\w*|accurac\w*|naive" + (r"|labels?" if kind == "number" else ""), told)
    assert not words
    assert "Held-out sequences, ridge regression: The " in told


@pytest.mark.parametrize(
    ("metric", "name", "chance"),
    [("auroc", "AUROC", 0.5), ("f1_macro", "macro F1", None), ("mcc", "Matthews correlation", 0.0)],
)
def test_classes_are_checked_by_the_score_that_is_judged_by(noise, monkeypatch, metric, name, chance):
    """Copies on both sides let random sequences score, also where the commonest class is four fifths of all."""
    monkeypatch.setattr(_sanity_section, "_N_PERMUTATIONS", 2)
    X, y = check_sequences(noise(30, 80) * 2), np.tile(np.repeat(["a", "b"], [24, 6]), 2)
    split = list(StratifiedKFold(3, shuffle=True, random_state=0).split(y, y))
    report = check_rows(X, y, split, alphabet="dna", metric=metric).reports[WHOLE]
    assert (report.scoring, report.finding) == (name, "memorised")
    assert f"The {name} of " in report.summary()
    if chance is not None:
        assert report.mean("guessing") == pytest.approx(chance)
    # the same score by the same model, computed by scikit-learn
    scoring = {"auroc": "roc_auc", "mcc": "matthews_corrcoef"}.get(metric, metric)
    plain = cross_val_score(quick_model("classes", 6), X.values, y, cv=split, scoring=scoring)
    np.testing.assert_allclose(report.scores.query("check == 'true labels'")["score"], plain)


@pytest.mark.parametrize(
    ("metric", "kind", "scoring", "told"),
    [
        ("r2", "number", "R²", ""),
        ("neg_rmse", "number", "Spearman correlation", "and not by negative root mean squared error, because they com"),
        ("spearman_within", "number", "Spearman correlation", "says nothing of the order within one"),
        ("auprc", "labels", "AUPRC", ""),
        (
            "accuracy",
            "labels",
            "AUROC",
            "scored by AUROC and not by accuracy, because the model of the checks gives no",
        ),
    ],
)
def test_what_the_checks_are_scored_by_is_said(noise, monkeypatch, metric, kind, scoring, told):
    monkeypatch.setattr(_sanity_section, "_N_PERMUTATIONS", 1)
    y = np.random.default_rng(0).normal(size=(30, 2))
    y = y if kind == "number" else (y > 0).astype(float)
    split = list(KFold(3, shuffle=True, random_state=0).split(y))
    found = check_rows(check_sequences(noise(30, 80)), y, split, alphabet="dna", task=kind, metric=metric)
    assert found.reports[WHOLE].scoring == scoring
    assert (told in found.section().text) if told else not found.sentences


def test_a_sample_of_numbers_has_all_of_their_range(noise, monkeypatch):
    monkeypatch.setattr(_sanity_section, "_N_PERMUTATIONS", 2)
    y = np.repeat([0.0, 10.0], [380, 20]) + np.random.default_rng(0).uniform(size=400)
    split = list(KFold(2, shuffle=True, random_state=0).split(y))
    found = check_rows(check_sequences(noise(400, 30)), y, split, alphabet="dna", task="number")
    assert "drawn as wholes, low, middle and high values with their shares" in found.sentences[0]
