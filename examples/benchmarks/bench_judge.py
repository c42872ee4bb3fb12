"""How often the judge is right: level, power and coverage, with learners that are fitted anew to every data set.

Prints, from one seed,

- ``level``: how many of 200 comparisons of two equal learners are said to differ, by the test over groups (after one
  and after ten repeats of five folds), by the corrected t-test over the same folds, and by a t-test that takes the
  fitted models as given;
- ``power``: how many of 200 true gains of 15 points (.70 against .85) are shown, beside what ``expected_power`` says
  beforehand, and the variances that it rests on;
- ``coverage``: how many intervals of scores cover the mean over all data sets, and, on random labels, chance; how often
  the better of two models that learn nothing is said to be above chance;
- ``learners``: level and coverage with other learners;
- ``sanity``: alarms of ``sanity_checks`` on random sequences, and whether planted leaks are named.

Two rows of one family share half of the variance of their features, and their label; folds keep families together. Both
learners see features of their own that tell equally much (or, for the power, more), half of whose noise they share:
models of the same sequences agree on which are hard. ``--shared 0`` makes them err independently.

    python examples/benchmarks/bench_judge.py [--parts level power coverage learners sanity] [--sets 200]
"""

import argparse
import functools
import time
import warnings

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.stats import ttest_1samp
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import KFold, StratifiedGroupKFold, StratifiedKFold
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from seqaug_sklearn.evaluation import compare, expected_power
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import sanity_checks

N_FEATURES = 20
METRICS = ("accuracy", "balanced_accuracy", "auroc")
SIZES = [(80, 1), (200, 1), (1000, 1), (80, 4), (200, 4), (1000, 4)]
"""Rows, and rows of a family."""

# distance of the class means that gives an accuracy of about .70 and .85, found by trial; the tables print the accuracy
STRENGTHS = {
    (80, 1): (0.723, 1.238),
    (200, 1): (0.632, 1.138),
    (1000, 1): (0.553, 1.055),
    (80, 4): (0.85, 1.385),
    (200, 4): (0.72, 1.232),
    (1000, 4): (0.574, 1.076),
}


class Ridge(ClassifierMixin, BaseEstimator):
    """Least squares with a penalty, in closed form: a hundred fits in a few milliseconds."""

    def __init__(self, columns, penalty=N_FEATURES):
        self.columns = columns
        self.penalty = penalty

    def fit(self, X, y):
        self.classes_ = np.array([0, 1])
        Z = np.column_stack([X[:, self.columns], np.ones(len(X))])
        penalty = np.diag([*np.full(Z.shape[1] - 1, float(self.penalty)), 1e-6])
        self.weights_ = np.linalg.solve(Z.T @ Z + penalty, Z.T @ (2.0 * y - 1))
        return self

    def decision_function(self, X):
        return X[:, self.columns] @ self.weights_[:-1] + self.weights_[-1]

    def predict(self, X):
        return (self.decision_function(X) > 0).astype(int)


def on(columns, kind, **settings):
    """A learner that sees some of the columns."""
    return make_pipeline(FunctionTransformer(functools.partial(np.take, indices=columns, axis=1)), kind(**settings))


FIRST, SECOND = np.arange(N_FEATURES), np.arange(N_FEATURES, 2 * N_FEATURES)
LEARNERS = {
    "ridge": (Ridge(FIRST), Ridge(SECOND)),
    "5 neighbours": tuple(on(side, KNeighborsClassifier, n_neighbors=5) for side in (FIRST, SECOND)),
    "tree of depth 3": tuple(on(side, DecisionTreeClassifier, max_depth=3) for side in (FIRST, SECOND)),
}
OTHER_STRENGTHS = {
    ("5 neighbours", 80, 1): 0.92, ("5 neighbours", 80, 4): 1.02,
    ("tree of depth 3", 80, 1): 1.8, ("tree of depth 3", 80, 4): 2.15,
}  # fmt: skip


def draw(n_rows, size, strengths, shared, rng):
    """Features of both learners side by side, labels, and families (None where each row is its own)."""
    n_groups = n_rows // size
    groups = np.repeat(np.arange(n_groups), size)
    y = rng.permutation(np.arange(n_groups) % 2)[groups]

    def noise():
        own = rng.normal(size=(n_rows, N_FEATURES))
        return own if size == 1 else (own + rng.normal(size=(n_groups, N_FEATURES))[groups]) / np.sqrt(2)

    common = noise()
    sides = [
        np.sqrt(shared) * common + np.sqrt(1 - shared) * noise() + strength / np.sqrt(N_FEATURES) * (2 * y - 1)[:, None]
        for strength in strengths
    ]
    return np.hstack(sides), y, None if size == 1 else groups


def judge_one(learners, n_rows, size, strengths, shared, seed):
    """What the judge says of one data set, after one repeat and after ten: a row per metric."""
    X, y, groups = draw(n_rows, size, strengths, shared, np.random.default_rng(seed))
    models = dict(zip(("first", "second"), LEARNERS[learners], strict=True))
    rows = []
    for n_repeats in (1, 10):
        comparison = compare(
            models, X, y, groups=groups, cv=5, n_repeats=n_repeats, scoring=METRICS, return_train_score=False,
            random_state=int(seed[-1]),
        )  # fmt: skip
        for metric in METRICS:
            summary, tests = comparison.scores(metric).loc["first"], comparison.tests(metric=metric)
            row = tests.loc["second"]
            best = tests.loc[tests["mean"].idxmax()]
            rows.append(
                {
                    "repeats": n_repeats,
                    "metric": metric,
                    "mean": summary["mean"],
                    "low": summary["low"],
                    "high": summary["high"],
                    "second": row["mean"],
                    "difference": row["difference"],
                    "p": row["p_value"],
                    "p over folds": row["p_corrected_t"],
                    "above chance": best["p_chance_best"] < 0.05 and best["mean"] > best["chance"],
                }
            )
        if n_repeats == 10:
            rows[-3] |= variances(comparison, groups)
    return rows


def variances(comparison, groups):
    """Variance of the difference of answers in one repeat, correlation within families, share that repeats leave.

    And the p-value of a t-test of the averages over repeats and families that takes the fitted models as given.
    """
    answers = [comparison.predictions(name, scores=False) for name in ("first", "second")]
    right = [(frame["y_true"] == frame["y_pred"]).to_numpy(float) for frame in answers]
    table = answers[0].assign(value=right[1] - right[0]).pivot_table("value", index="repeat", columns="row")
    values = table.to_numpy()
    single, averaged = values.var(axis=1, ddof=1).mean(), values.mean(axis=0).var(ddof=1)
    found = {"variance": single, "stable": (averaged - 0.1 * single) / (0.9 * single)}
    size = 1 if groups is None else len(groups) // (groups.max() + 1)
    means = values.reshape(len(values), -1, size).mean(axis=2)
    if size > 1:
        found["within"] = (means.var(axis=1, ddof=1).mean() / single * size - 1) / (size - 1)
    return found | {"p as given": ttest_1samp(means.mean(axis=0), 0).pvalue}


@functools.cache
def judged(learners, n_rows, size, strengths, shared, n_sets, n_jobs):
    """The same of many data sets."""
    name = (len(learners), n_rows, size, *(round(1000 * strength) for strength in strengths))
    found = Parallel(n_jobs=n_jobs)(
        delayed(judge_one)(learners, n_rows, size, strengths, shared, (*name, i)) for i in range(n_sets)
    )
    return pd.DataFrame([row for rows in found for row in rows])


def told(n_rows, size):
    return f"{n_rows} rows" if size == 1 else f"{n_rows} rows in {n_rows // size} families"


def count(frame, n_repeats, metric, column="p"):
    part = frame[(frame["repeats"] == n_repeats) & (frame["metric"] == metric)]
    return int((part[column] < 0.05).sum())


def covered(frame, n_repeats, metric, truth):
    part = frame[(frame["repeats"] == n_repeats) & (frame["metric"] == metric)]
    return float(((part["low"] <= truth) & (truth <= part["high"])).mean())


def level(sizes, options):
    """Equal learners."""
    rows = {}
    for n_rows, size in sizes:
        strength = STRENGTHS[n_rows, size][0]
        frame = judged("ridge", n_rows, size, (strength, strength), *options)
        rows[told(n_rows, size)] = {
            "accuracy": frame.loc[frame["metric"] == "accuracy", "mean"].mean(),
            **{f"{metric}, 10 repeats": count(frame, 10, metric) for metric in METRICS},
            "accuracy, 1 repeat": count(frame, 1, "accuracy"),
            "over folds, 10": count(frame, 10, "accuracy", "p over folds"),
            "models as given, 10": count(frame, 10, "accuracy", "p as given"),
        }
    show(f"Level: false claims of a difference in {options[1]} comparisons of equal learners (5 %)", rows)


def power(sizes, options):
    """A true gain of 15 points."""
    rows = {}
    for n_rows, size in sizes:
        frame = judged("ridge", n_rows, size, STRENGTHS[n_rows, size], *options)
        accuracy = frame[frame["metric"] == "accuracy"]
        rows[told(n_rows, size)] = {
            "first": accuracy["mean"].mean(),
            "second": accuracy["second"].mean(),
            **{f"{metric}, 10 repeats": count(frame, 10, metric) / options[1] for metric in METRICS},
            "accuracy, 1 repeat": count(frame, 1, "accuracy") / options[1],
            "expected": expected_power(n_rows, n_rows // size, difference=0.15),
            "over folds, 1": count(frame, 1, "accuracy", "p over folds") / options[1],
            **{name: frame[name].mean() for name in ("variance", "within", "stable") if name in frame},
        }
    show("Power: share of true gains of .15 that are shown", rows)


def coverage(sizes, options):
    """Intervals of single models."""
    rows = {}
    for n_rows, size in sizes:
        strength = STRENGTHS[n_rows, size][0]
        frame = judged("ridge", n_rows, size, (strength, strength), *options)
        rows[f"{told(n_rows, size)}, learnable"] = coverages(frame)
    for n_rows, size in sizes:
        frame = judged("ridge", n_rows, size, (0.0, 0.0), *options)
        above = frame[(frame["metric"] == "accuracy") & (frame["repeats"] == 10)]["above chance"]
        rows[f"{told(n_rows, size)}, random labels"] = coverages(frame, 0.5) | {
            "above chance": int(above.sum()),
            "differ": count(frame, 10, "accuracy"),
        }
    show("Coverage of 95 % intervals: of the mean over new data sets, and of .5 on random labels", rows)


def coverages(frame, truth=None):
    means = frame.groupby("metric")["mean"].mean()
    return {
        f"{metric}, {n_repeats}": covered(frame, n_repeats, metric, means[metric] if truth is None else truth)
        for metric in METRICS
        for n_repeats in (1, 10)
    }


def learners(sizes, options):
    """Level and coverage with other learners."""
    rows = {}
    options = (options[0], options[1] // 2, options[2])  # they are slower
    for (name, n_rows, size), strength in OTHER_STRENGTHS.items():
        if (n_rows, size) not in sizes:
            continue
        for strengths, labels in (((strength, strength), "learnable"), ((0.0, 0.0), "random labels")):
            frame = judged(name, n_rows, size, strengths, *options)
            truth = 0.5 if labels == "random labels" else frame.loc[frame["metric"] == "accuracy", "mean"].mean()
            rows[f"{name}, {told(n_rows, size)}, {labels}"] = {
                "accuracy": frame.loc[frame["metric"] == "accuracy", "mean"].mean(),
                "differ, 1": count(frame, 1, "accuracy"),
                "differ, 10": count(frame, 10, "accuracy"),
                "covered, 1": covered(frame, 1, "accuracy", truth),
                "covered, 10": covered(frame, 10, "accuracy", truth),
            }
    show(f"Other learners: false claims in {options[1]}, and coverage", rows)


def words():
    return make_pipeline(CountVectorizer(analyzer="char", ngram_range=(4, 4)), MultinomialNB())


def check_random(size, seed):
    """Sanity checks of 40 random sequences with random labels; families of copies with few changes."""
    rng = np.random.default_rng([7, size, seed])
    parents = rng.choice(list("ACGT"), (40 // size, 60))
    rows, groups = np.repeat(parents, size, axis=0), np.repeat(np.arange(40 // size), size)
    changed = rng.random(rows.shape) < (0.1 if size > 1 else 0)
    rows = np.where(changed, rng.choice(list("ACGT"), rows.shape), rows)
    X, y = np.array(["".join(row) for row in rows]), rng.permutation(np.arange(40 // size) % 2)[groups]
    cv = StratifiedKFold(5, shuffle=True, random_state=seed)
    if size > 1:
        cv = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
    report = sanity_checks(words(), X, y, cv, groups if size > 1 else None, n_permutations=19, random_state=seed)
    return report.finding != "clean" or report.below_chance


def planted(rng):
    """What each planted fault is called, by what must be called so."""
    X, y = np.array(["".join(row) for row in rng.choice(list("ACGT"), (40, 60))]), np.arange(40) % 2
    copies, twice = np.concatenate([X, X]), np.tile(y, 2)
    shifted = np.concatenate([X, [text[3:] + "ACG" for text in X]])
    windows = np.array([text[i : i + 40] for text in X for i in range(0, 21, 4)])
    longer = np.array([text[: 60 if label else 45] for text, label in zip(X, y, strict=True)])
    lengths = make_pipeline(
        FunctionTransformer(lambda texts: [[len(text)] for text in texts]), DecisionTreeClassifier()
    )
    cv = KFold(5, shuffle=True, random_state=0)
    return {
        "copies": (words(), copies, twice, cv),
        "copies shifted by 3": (words(), shifted, twice, cv),
        "windows split at random": (words(), windows, np.repeat(y, 6), cv),
        "lengths reveal the class": (lengths, longer, y, cv),
    }


def sanity(_, options):
    """Alarms of the sanity checks."""
    _, n_sets, n_jobs = options
    rows = {}
    for size, name in ((1, "40 random sequences"), (2, "40 random sequences in 20 families")):
        with_alarm = Parallel(n_jobs=n_jobs)(delayed(check_random)(size, seed) for seed in range(n_sets))
        rows[name] = {"alarms": int(np.sum(with_alarm))}
    show(f"Sanity checks: false alarms in {n_sets} sets of random sequences", rows)
    for name, (model, X, y, cv) in planted(np.random.default_rng(0)).items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LeakageWarning)
            report = sanity_checks(model, X, y, cv, random_state=0)
        print(f"  planted: {name:28} called {report.finding!r}, {report.leaked_share:.0%} of the test rows leak")


def show(title, rows):
    print(f"\n{title}\n")
    with pd.option_context("display.width", 250, "display.max_columns", 30):
        print(pd.DataFrame.from_dict(rows, orient="index").round(3).to_string(na_rep=""), flush=True)


PARTS = {"level": level, "power": power, "coverage": coverage, "learners": learners, "sanity": sanity}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--sets", type=int, default=200, help="data sets of each kind")
    parser.add_argument("--rows", nargs="+", type=int, help="sizes of data sets; 80, 200 and 1,000 by default")
    parser.add_argument("--shared", type=float, default=0.5, help="share of noise that both learners see")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    sizes = [size for size in SIZES if arguments.rows is None or size[0] in arguments.rows]
    start = time.perf_counter()
    for part in arguments.parts:
        PARTS[part](sizes, (arguments.shared, arguments.sets, arguments.jobs))
        print(f"\n({part}: {time.perf_counter() - start:.0f} s since the start)", flush=True)


if __name__ == "__main__":
    main()
