"""How often the judge of numbers is right: coverage of intervals, and false claims where nothing is to be learned.

Prints, from one seed, for each score

- ``mean`` and ``sd`` over data sets, and ``half``, half the width of the 95 % intervals;
- ``coverage``: how many intervals cover the mean over all data sets, the score that models of this size are expected to
  have;
- ``above``: how many scores are said to be above chance, of which 2.5 % are expected where nothing is to be learned.

Rows of one group share 30 % of the variance of their features and of their noise; folds keep groups together.

    python examples/benchmarks/bench_judge_numbers.py [--sets 200]
"""

import argparse
import platform

import numpy as np
import pandas as pd
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

from seqaug_sklearn.evaluation import compare

SHARED = 0.3
SCORES = ["spearman", "pearson", "r2", "neg_rmse", "spearman_within"]
SETTINGS = {
    "noise, 40 groups of 3": (0.0, Ridge(10.0), {}),
    "signal, 40 groups of 3": (0.6, Ridge(10.0), {}),
    "noise, 20 rows": (0.0, Ridge(10.0), {"size": 1, "n_groups": 20}),
    "noise, 40 rows, kernel": (0.0, KernelRidge(kernel="rbf"), {"size": 1}),
    "noise, 80 rows, 200 features": (0.0, Ridge(10.0), {"size": 1, "n_groups": 80, "n_features": 200}),
}
"""Correlation of the rule with y, learner, and sizes."""


def make_rows(rng, signal, *, n_groups=40, size=3, n_features=10):
    """Features, numbers whose rule of two features has this correlation with them, and groups."""
    groups = np.repeat(np.arange(n_groups), size)
    shapes = (len(groups), n_features), (len(groups), 1)
    X, noise = (
        np.sqrt(SHARED) * rng.normal(size=(n_groups, width))[groups] + np.sqrt(1 - SHARED) * rng.normal(size=(n, width))
        for n, width in shapes
    )
    rule = X[:, :2].sum(axis=1) / np.sqrt(2)
    return X, signal * rule + np.sqrt(1 - signal**2) * noise[:, 0], groups


def judge(n_sets, signal, model, sizes):
    """One row for each score."""
    rng, found = np.random.default_rng(0), {score: [] for score in SCORES}
    for seed in range(n_sets):
        X, y, groups = make_rows(rng, signal, **sizes)
        in_groups = [score for score in SCORES if sizes.get("size", 3) > 2 or score != "spearman_within"]
        result = compare(
            {"model": model}, X, y, cv=5, groups=groups, scoring=in_groups, task="number", return_train_score=False,
            random_state=seed,
        )  # fmt: skip
        for score in in_groups:
            of, test = result.scores(score).loc["model"], result.tests(metric=score).loc["model"]
            above = test["p_chance"] < 0.05 and of["mean"] > test["chance"]
            found[score].append((of["mean"], of["low"], of["high"], above))
    return pd.DataFrame({score: summarise(np.array(rows, float)) for score, rows in found.items() if rows}).T


def summarise(rows):
    """Mean, spread, half width, coverage and claims."""
    mean, low, high, above = rows.T
    covered = (low <= mean.mean()) & (mean.mean() <= high)
    return {
        "mean": mean.mean(),
        "sd": mean.std(),
        "half": (high - low).mean() / 2,
        "coverage": covered.mean(),
        "above": above.mean(),
    }


def main():
    """Print a table for each setting."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=200, help="data sets of each setting")
    n_sets = parser.parse_args().sets
    print(f"{n_sets} data sets each; {platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}")
    for name, (signal, model, sizes) in SETTINGS.items():
        print(f"\n{name}\n{judge(n_sets, signal, model, sizes).round(3).to_string()}")


if __name__ == "__main__":
    main()
