"""Coverage and width of five intervals of R² by groups, on values with light and heavy tails.

Predictions are given, groups of three rows share part of their signal and of their error, and the true R² is that of a
million groups. Printed are the share of 95 % intervals that cover it and their median width:

- ``drawn``: groups drawn with replacement, central interval;
- ``fixed``: the same, with the variance of the values held fixed;
- ``bca``: drawn groups, corrected for bias and acceleration;
- ``left out``: groups left out one by one, t-interval of R²;
- ``package``: the same of log(1 - R²), as ``score_predictions`` gives it.

    python examples/benchmarks/bench_r2_intervals.py [--sets 400]
"""

import argparse

import numpy as np
from scipy import stats

from seqaug_sklearn.evaluation import score_predictions

DRAWS = 600


def simulate(kind, n_groups, rng):
    """Values, predictions and groups of three rows each."""
    groups = np.repeat(np.arange(n_groups), 3)
    n = len(groups)
    signal = 0.7 * rng.normal(size=n_groups)[groups] + 0.7 * rng.normal(size=n)
    error = 0.5 * rng.normal(size=n_groups)[groups] + 0.6 * rng.normal(size=n)
    if kind == "log-normal":
        return np.exp(signal + error), np.exp(signal + 0.3), groups
    if kind == "t, 3 df":
        error = 0.6 * rng.standard_t(3, size=n)
    return signal + error, signal, groups


def r2(weights, y, predicted):
    """R² of each weighting of the rows."""
    middle = (weights @ y) / weights.sum(axis=1)
    return 1 - (weights @ (y - predicted) ** 2) / (weights * (y - middle[:, None]) ** 2).sum(axis=1)


def intervals(y, predicted, groups, rng):
    """Each of the five: (low, high)."""
    n_groups, n = groups.max() + 1, len(y)
    weights = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=DRAWS)[:, groups].astype(float)
    drawn, whole = r2(weights, y, predicted), r2(np.ones((1, n)), y, predicted)[0]
    without = r2((groups != np.arange(n_groups)[:, None]).astype(float), y, predicted)
    fixed = 1 - weights @ (y - predicted) ** 2 / n / y.var()
    bias = stats.norm.ppf(np.clip((drawn < whole).mean(), 1e-3, 1 - 1e-3))
    skew = without.mean() - without
    acceleration = (skew**3).sum() / 6 / (skew**2).sum() ** 1.5
    ends = bias + stats.norm.ppf([0.025, 0.975])
    half = stats.t.ppf(0.975, n_groups - 1) * np.sqrt((n_groups - 1) * without.var())
    found = score_predictions(y, predicted, task="number", groups=groups)
    return {
        "drawn": np.quantile(drawn, [0.025, 0.975]),
        "fixed": np.quantile(fixed, [0.025, 0.975]),
        "bca": np.quantile(drawn, stats.norm.cdf(bias + ends / (1 - acceleration * ends))),
        "left out": (whole - half, whole + half),
        "package": (found["r2_low"], found["r2_high"]),
    }


def main():
    """Print a line for each kind of values and number of groups."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=400)
    n_sets = parser.parse_args().sets
    for kind in ("normal", "log-normal", "t, 3 df"):
        y, predicted, _ = simulate(kind, 1_000_000, np.random.default_rng(99))
        true = 1 - np.mean((y - predicted) ** 2) / y.var()
        for n_groups in (20, 80):
            rng = np.random.default_rng(0)
            found = [intervals(*simulate(kind, n_groups, rng), rng) for _ in range(n_sets)]
            told = []
            for name in found[0]:
                ends = np.array([one[name] for one in found])
                covered = ((ends[:, 0] <= true) & (true <= ends[:, 1])).mean()
                told.append(f"{name} {covered:.3f} ({np.median(np.ptp(ends, axis=1)):.2f})")
            print(f"{kind}, {n_groups} groups, true R² {true:.2f}: {', '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
