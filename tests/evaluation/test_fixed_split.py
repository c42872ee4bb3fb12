"""Benchmarks whose split is given: what leaks is said first, both scores stand, tests are paired on test rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score

from seqaug_sklearn.evaluation import _sanity_section, compare_fixed_split
from seqaug_sklearn.evaluation._fixed_split._row_tests import TestRows as Rows
from seqaug_sklearn.evaluation._fixed_split._row_tests import chance_of, scores_of
from seqaug_sklearn.evaluation._fixed_split._row_tests import tests_of as paired
from seqaug_sklearn.evaluation._metrics import FoldRows, NumberRows
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

MODELS = ["kmers", "logistic", "memoriser", "majority"]
OPTIONS = {"window": 20, "models": MODELS}
KMERS, LOOKUP = "k-mer logistic regression, whole", "nearest-sequence lookup"


@pytest.fixture(scope="module")
def benchmark(random_dna_of_module):
    """Random labels; 30 of 80 test rows are shifted copies of training rows with their labels."""
    texts = random_dna_of_module(200, 70)
    y = np.array(["a", "b"] * 100)
    for row in range(120, 150):
        texts[row] = texts[row - 120][4:] + texts[row][:4]
    X = pd.Series(texts, index=[f"s{i}" for i in range(200)])
    return X[:120], y[:120], X[120:], y[120:]


@pytest.fixture(scope="module")
def random_dna_of_module():
    def make(n, length):
        return ["".join(row) for row in np.random.default_rng(5).choice(list("ACGT"), (n, length))]

    return make


@pytest.fixture(scope="module")
def leaking(benchmark):
    return compare_fixed_split(*benchmark, **OPTIONS)


def test_the_leak_is_said_first_with_both_scores(leaking):
    first = leaking.headline()[0]
    assert first.startswith(
        "Warning: 30 of 80 test rows (37.5%) share sequence with a training row (30 shifted copies)"
    )
    assert "As published the best model is k-mer logistic regression, whole" in first
    assert f"on the 50 test rows without a known relative it scores {leaking.cleaned.loc[KMERS, 'score']:.3f}" in first
    assert leaking.leaks_matter
    assert leaking.published.loc[LOOKUP, "score"] > 0.6 > leaking.cleaned.loc[LOOKUP, "score"]


def test_scores_are_those_of_the_predictions(leaking, benchmark):
    table = leaking.predictions()
    assert table["test row"].tolist()[:80] == benchmark[2].index.tolist()
    for name, rows in table.groupby("model"):
        published = accuracy_score(rows["label"], rows["predicted"])
        cleaned = accuracy_score(*rows.loc[~rows["leaked"], ["label", "predicted"]].to_numpy().T)
        assert leaking.published.loc[name, "score"] == pytest.approx(published)
        assert leaking.cleaned.loc[name, "score"] == pytest.approx(cleaned)
    frame = leaking.to_frame()
    assert (frame["change"] == frame["cleaned"] - frame["published"]).all()
    assert (frame["published low"] <= frame["published"]).all()
    assert (frame["cleaned high"] >= frame["cleaned"]).all()


def test_nothing_is_said_to_help_where_nothing_is_learned(leaking):
    lines = leaking.verdict()
    assert any("No model is shown to beat chance" in line for line in lines)
    assert not any("helped" in line or "inconclusive" in line for line in lines)
    assert any("take the fitted models as given" in line for line in lines)


def test_the_page_holds_it_in_that_order(leaking, tmp_path, drawn):
    page = leaking.to_html(tmp_path / "out").read_text()
    places = [page.index(text) for text in ("30 of 80 test rows", "No model is shown", ">Scores<")]
    assert places == sorted(places)
    tables = {path.name for path in (tmp_path / "out" / "tables").iterdir()}
    assert {"audit_of_every_test_row.csv", "predictions.csv", "accuracy.csv"} <= tables


def test_a_clean_split_is_judged_as_published(random_dna_of_module):
    texts, y = random_dna_of_module(160, 60), np.array([0, 1] * 80)
    texts = [text[:20] + "TGACGTCATT" * label + text[20:] for text, label in zip(texts, y, strict=True)]
    X_train, X_test = texts[:100], texts[100:]
    result = compare_fixed_split(X_train, y[:100], X_test, y[100:], models=["kmers", "majority"], window=20, n_seeds=2)
    # a motif in common is not a leak
    assert not result.leaks_matter
    assert result.judged is result.published
    assert "The audit found no test row that shares sequence with a training row." in result.headline()
    assert not any("Judged on" in line for line in result.verdict())
    assert any(line.startswith("The best model is k-mer logistic regression") for line in result.headline())
    assert any("trained 2 times with other seeds" in line for line in result.verdict())
    assert "mean nothing" not in " ".join(result.verdict())


def test_too_few_clean_rows_are_said(benchmark):
    X_train, y_train, X_test, y_test = benchmark
    rows = slice(0, 40)
    result = compare_fixed_split(X_train, y_train, X_test[rows], y_test[rows], **OPTIONS)
    assert result.cleaned is None
    first = result.headline()[0]
    assert "In only 10 of 40 test rows no relative was found: too few to score models on" in first
    assert "The highest score, " in result.headline()[-1]
    assert result.headline()[-1].endswith("may be memorisation too.")
    assert not any(line.startswith("The best model is") for line in result.verdict())
    worse = compare_fixed_split(X_train, y_train, X_test[:8], y_test[:8], window=20, models=["majority"])
    assert "None of the 8 test rows is without a relative, so no valid score" in worse.headline()[0]
    assert not any("helped" in line for line in result.verdict())


def test_contradictions_of_both_sides_are_told(benchmark):
    X_train, y_train, X_test, y_test = benchmark
    turned = y_test.copy()
    turned[:30] = np.where(y_test[:30] == "a", "b", "a")
    result = compare_fixed_split(X_train, y_train, X_test, turned, window=20, models=["majority"])
    assert len(result.audit.contradictions) == 30
    assert result.headline()[1].startswith("Warning: 60 of 200 sequences (30.0%) have a copy or close relative with")
    told = next(line for line in result.headline() if "gives close relatives the same answer" in line)
    assert " A model that gives close relatives the same answer cannot exceed " in told
    assert told.endswith("on all rows, those of training and test together.")


def test_luck_and_lookups_are_told_apart(leaking, monkeypatch):
    """Scores are planted: the cleaned test set has 50 rows, guessing has .5."""

    def told(lookup, kmers, low):
        scores = leaking.cleaned.copy()
        scores["score"], scores["low"], scores["high"] = 0.4, 0.3, 0.5
        scores.loc[LOOKUP] = [lookup, lookup - 0.1, lookup + 0.1]
        scores.loc[KMERS] = [kmers, low, 2 * kmers - low]
        monkeypatch.setattr(leaking, "cleaned", scores)
        monkeypatch.setattr(leaking, "chance", 0.5)
        return leaking.headline()

    lines = told(0.9, 0.6, 0.45)
    assert "No model is shown to beat chance except nearest-sequence lookup, a lookup of the most similar" in lines[-1]
    assert "which scores 0.900: no shared sequence was found, so there is something to learn." in lines[-1]
    assert not any("mean nothing" in line for line in lines)
    lines = told(0.55, 0.6, 0.45)
    assert "0.600 (accuracy; 95 % interval 0.450 to 0.750), which is no more than chance (chance 0.500)." in lines[-1]
    assert lines[-1].endswith("Differences between models mean nothing here.")
    lines = told(0.55, 0.6, 0.51)
    assert "above chance by itself (chance 0.500), but as the best of" in lines[-1]
    assert "it may be the luckiest (adjusted p = 0." in lines[-1]
    [line] = [line for line in told(0.9, 0.8, 0.7) if "0.900, well above the best model" in line]
    assert line.endswith("No shared sequence was found, so a short motif or the composition may explain it.")
    assert any("0.820, as high as the best model" in line for line in told(0.82, 0.8, 0.7))


def made_up(n=200, seed=0):
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 2, n)
    probability = np.clip(true * 0.4 + rng.normal(0.3, 0.3, n), 0, 1)
    scores = np.column_stack([1 - probability, probability])
    good = FoldRows(true, (probability > 0.5).astype(int), scores, True, np.arange(n), 2)
    coin = rng.random(n)
    bad = FoldRows(true, (coin > 0.5).astype(int), np.column_stack([1 - coin, coin]), True, np.arange(n), 2)
    return {"good": [good], "bad": [bad]}


def test_subsets_are_scored_as_by_scikit_learn():
    rows, kept = made_up(), np.arange(200) % 3 == 0
    good = rows["good"][0]
    for metric, expected in (
        ("accuracy", accuracy_score(good.true[kept], good.predicted[kept])),
        ("auroc", roc_auc_score(good.true[kept], good.scores[kept, 1])),
    ):
        found = scores_of(Rows(rows, kept, np.arange(200), metric, 0))
        assert found.loc["good", "score"] == pytest.approx(expected)
        assert found.loc["good", "low"] < expected < found.loc["good", "high"]


@pytest.mark.parametrize("metric", ["accuracy", "auroc"])
def test_a_planted_difference_is_found_and_its_sign_kept(metric):
    rows = made_up()
    test = Rows(rows, np.ones(200, bool), np.arange(200), metric, 0)
    table = paired(test, {"good": "bad", "bad": "good"})
    assert table["outcome"].tolist() == ["better", "worse"]
    assert table["difference"].sum() == pytest.approx(0)
    assert (table["p_value"] < 0.01).all()


def test_groups_that_hang_together_widen_the_interval_and_hide_the_difference():
    rows = {name: [folds[0]] for name, folds in made_up(40).items()}
    # each row twenty times, which is no more evidence than once
    many = {
        name: [FoldRows(*(np.repeat(part, 20, axis=0) for part in (f.true, f.predicted, f.scores)), True, None, 2)]
        for name, [f] in rows.items()
    }
    groups = np.repeat(np.arange(40), 20)
    once = paired(Rows(rows, np.ones(40, bool), np.arange(40), "accuracy", 0), {"good": "bad"})
    as_groups = paired(Rows(many, np.ones(800, bool), groups, "accuracy", 0), {"good": "bad"})
    as_rows = paired(Rows(many, np.ones(800, bool), np.arange(800), "accuracy", 0), {"good": "bad"})
    assert as_groups["p_value"].item() == pytest.approx(once["p_value"].item(), abs=0.01)
    width = [(table["high"] - table["low"]).item() for table in (once, as_groups, as_rows)]
    assert width[1] == pytest.approx(width[0], abs=0.05)
    assert width[2] < 0.5 * width[0]


def test_the_exchange_test_holds_its_level():
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        true = rng.integers(0, 2, 50)
        rows = {
            name: [FoldRows(true, np.where(rng.random(50) < 0.7, true, 1 - true), None, False, None, 2)]
            for name in "ab"
        }
        found.append(paired(Rows(rows, np.ones(50, bool), np.arange(50), "accuracy", 0), {"a": "b"})["p_value"].item())
    assert np.mean(np.array(found) < 0.05) <= 0.1


def test_chance_is_the_best_guess():
    true = np.array([0, 1, 1, 1])
    rows = {"x": [FoldRows(true, true, None, False, None, 2)]}
    every = np.ones(4, bool)
    of = {m: Rows(rows, every, np.arange(4), m, 0) for m in ("accuracy", "balanced_accuracy", "auroc", "f1")}
    assert chance_of(of["accuracy"], np.array([0.3, 0.7])) == 0.75
    assert chance_of(of["accuracy"], np.array([0.7, 0.3])) == 0.5
    assert chance_of(of["balanced_accuracy"], np.array([0.3, 0.7])) == 0.5
    assert chance_of(of["auroc"], np.array([0.3, 0.7])) == 0.5
    assert np.isnan(chance_of(of["f1"], np.array([0.3, 0.7])))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y_train": ["a"] * 120}, "one class only"),
        ({"window": 1}, "window must be an int of at least 2"),
        ({"n_seeds": 0}, "n_seeds must be an int of at least 1"),
        ({"metric": "beauty"}, "metric must be one of"),
        ({"strand": "none"}, "strand must be"),
    ],
)
def test_bad_arguments_are_refused_before_any_fit(benchmark, changes, message):
    arguments = dict(zip(("X_train", "y_train", "X_test", "y_test"), benchmark, strict=True)) | OPTIONS | changes
    with pytest.raises((DataFormatError, InvalidParameterError), match=message):
        compare_fixed_split(**arguments)


def test_nothing_here_needs_the_sanity_checks(benchmark, monkeypatch):
    monkeypatch.setattr(_sanity_section, "check_rows", None)
    compare_fixed_split(*benchmark, window=20, models=["majority"])


def activity(n=160, seed=1):
    """A motif that stands 0, 1 or 2 times decides about one of two numbers; 12 test rows are copies of trained ones."""
    rng = np.random.default_rng(seed)
    texts = ["".join(row) for row in rng.choice(list("ACGT"), (n, 60))]
    n_motifs = rng.integers(0, 3, n)
    for row, k in enumerate(n_motifs):
        for start in (5, 40)[:k]:
            texts[row] = f"{texts[row][:start]}TGACGTCA{texts[row][start + 8 :]}"
    y = pd.DataFrame({"leaf": n_motifs + 0.3 * rng.normal(size=n), "root": rng.normal(size=n)})
    for row in range(100, 112):
        texts[row] = texts[row - 100]
    y.iloc[::9, 1] = np.nan
    return pd.Series(texts, index=[f"s{i}" for i in range(n)]), y


NUMBERS = {"models": ["kmers", "memoriser", "majority"], "window": 20}


@pytest.fixture(scope="module")
def of_numbers():
    X, y = activity()
    return compare_fixed_split(X[:100], y["leaf"][:100], X[100:], y["leaf"][100:], **NUMBERS)


def test_numbers_are_scored_as_by_scipy(of_numbers):
    """Spearman's correlation on all test rows, and on those without a relative; chance is none."""
    from scipy.stats import spearmanr

    result, (_, y) = of_numbers, activity()
    assert (result.metric, result.chance) == ("spearman", 0.0)
    assert result.reading.startswith("y_train is read as numbers: 100 different values")
    assert result.reading in result.headline()
    for name, rows in result.predictions().groupby("model"):
        assert np.allclose(rows["label"], y["leaf"][100:])
        if len(set(rows["predicted"])) > 1:
            assert result.published.loc[name, "score"] == pytest.approx(spearmanr(rows["label"], rows["predicted"])[0])
            left = rows[~rows["leaked"]]
            assert result.cleaned.loc[name, "score"] == pytest.approx(spearmanr(left["label"], left["predicted"])[0])
    assert result.published.loc["mean", "score"] == 0
    best = result.cleaned["score"].idxmax()
    assert result.cleaned.loc[best, "score"] > 0.6
    assert result.headline()[0].startswith("Warning: 12 of 60 test rows (20.0%) share sequence with a training row")
    assert any(line.startswith(f"The best model is {best} with") for line in result.headline())
    assert not any("class" in line for line in result.verdict())


def test_errors_of_numbers_have_the_chance_of_their_middle():
    X, y = activity()
    trained, tested = y["leaf"][:100], y["leaf"][112:]
    about = {"models": ["majority"], "window": 20}
    sides = (X[:100], trained, X[112:], tested)
    rmse = compare_fixed_split(*sides, metric="neg_rmse", **about)
    assert rmse.chance == pytest.approx(-np.sqrt(np.mean((tested - trained.mean()) ** 2)))
    assert rmse.published["score"].item() == pytest.approx(rmse.chance)
    mae = compare_fixed_split(*sides, metric="neg_mae", **about)
    assert mae.chance == pytest.approx(-np.mean(np.abs(tested - trained.median())))


def test_several_numbers_and_labels_are_masked_and_scored_one_by_one(tmp_path, drawn):
    X, y = activity()
    several = compare_fixed_split(X[:100], y[:100], X[112:], y[112:], **NUMBERS)
    table = several.per_target["score"].unstack("target")  # noqa: PD010
    assert np.allclose(table.mean(axis=1).loc[several.published.index], several.published["score"])
    lone = compare_fixed_split(X[:100], y["leaf"][:100], X[112:], y["leaf"][112:], **NUMBERS)
    name = "nearest-sequence lookup"
    assert table.loc[name, "leaf"] == pytest.approx(lone.published.loc[name, "score"])
    labels = (y > [1, 0]).astype(float).where(y.notna())
    found = compare_fixed_split(X[:100], labels[:100], X[112:], labels[112:], **NUMBERS)
    assert (found.metric, found.chance, found.comparison.task) == ("auroc", 0.5, "labels")
    known = found.predictions().query("target == 'root'")["label"]
    assert known.isna().sum() == len(found.published) * labels["root"][112:].isna().sum()
    page = several.to_html(tmp_path / "out").read_text()
    for text in ("Each target", "Hardest rows", "Targets", "Predicted against true values"):
        assert text in page
    assert "Each label" in found.to_html(tmp_path / "labels").read_text()


def test_rows_of_which_nothing_is_known_are_left_out_and_counted():
    X, y = activity()
    gappy = y["leaf"].mask(np.arange(len(y)) % 10 == 3)
    result = compare_fixed_split(X[:100], gappy[:100], X[112:], gappy[112:], models=["majority"], window=20)
    assert len(result.audit) == gappy[112:].notna().sum()
    assert any("sequences of which nothing is known were left out" in note for note in result.notes)


def test_a_planted_difference_of_numbers_is_found():
    rng = np.random.default_rng(0)
    true = rng.normal(size=(120, 1))
    rows = {
        name: [NumberRows(true, true + noise * rng.normal(size=true.shape), np.arange(120))]
        for name, noise in (("good", 0.5), ("bad", 3.0), ("as good", 0.5))
    }
    for metric in ("spearman", "r2", "neg_mae"):
        test = Rows(rows, np.ones(120, bool), np.arange(120), metric, 0)
        assert paired(test, {"good": "bad", "as good": "good"})["outcome"].tolist() == ["better", "unclear"]


@pytest.mark.parametrize(
    ("trained", "tested", "task", "message"),
    [
        ("leaf", "root,leaf", "auto", "y_test holds 2 targets per row, but y_train holds 1"),
        ("leaf", "leaf", "classes", "looks like a measurement"),
        ("leaf", "leaf", "labels", "two labels or more"),
    ],
)
def test_targets_that_do_not_fit_are_refused(trained, tested, task, message):
    X, y = activity()
    columns = [y[names.split(",")].squeeze(axis=1) for names in (trained, tested)]
    with pytest.raises(DataFormatError, match=message):
        compare_fixed_split(X[:100], columns[0][:100], X[100:], columns[1][100:], task=task, **NUMBERS)


def test_the_window_follows_short_sequences():
    X, y = activity()
    X = X.str[-30:]
    result = compare_fixed_split(X[:100], y["leaf"][:100], X[112:], y["leaf"][112:], models=["logistic"], quick=True)
    assert "ridge, windows" in result.published.index
    assert any("Windows have 20 residues, because the sequences have 30" in note for note in result.notes)
