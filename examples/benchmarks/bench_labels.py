"""Several labels at once against one model per label, on a simulated table with a part of its entries missing.

Both are trained on the known entries and scored on all entries of unseen families. The interval of a difference is the
95 % of 500 resamples of the test families.

    python examples/benchmarks/bench_labels.py [--rows 1200] [--labels 6] [--missing 0.2] [--seeds 2]
"""

import argparse
import time

import numpy as np
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit

from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.datasets import make_activity

N_RESAMPLES = 500


def one_per_label(model, X, y):
    """A function that gives what single models of the known rows of each label say, as one model of all does."""
    fitted = []
    for column in y.T:
        known = ~np.isnan(column)
        fitted.append(clone(model).fit(X[known], column[known].astype(int)))
    return lambda rows: np.stack([one.predict_proba(rows)[:, 1] for one in fitted], axis=1)


def interval(truth, first, second, groups, rng):
    """Bounds of the difference of the mean AUROC over labels, families drawn with replacement."""
    rows_of = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    found = []
    for _ in range(N_RESAMPLES):
        rows = np.concatenate([rows_of[i] for i in rng.integers(0, len(rows_of), len(rows_of))])
        # a label with one value among these rows has no score
        varied = np.flatnonzero(np.ptp(truth[rows], axis=0))
        found.append(auroc(truth, first, rows, varied) - auroc(truth, second, rows, varied))
    return np.quantile(found, [0.025, 0.975])


def auroc(truth, said, rows, labels):
    return np.mean([roc_auc_score(truth[rows, t], said[rows, t]) for t in labels])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1200)
    parser.add_argument("--labels", type=int, default=6)
    parser.add_argument("--missing", type=float, default=0.2)
    parser.add_argument("--seeds", type=int, default=2)
    arguments = parser.parse_args()
    for seed in range(arguments.seeds):
        rng = np.random.default_rng(seed)
        options = {"n_targets": arguments.labels, "kind": "labels", "random_state": seed}
        activity = make_activity(arguments.rows, n_families=arguments.rows // 4, **options)
        X, truth, groups = activity.sequences.to_numpy(), activity.y.to_numpy(float), activity.groups.to_numpy()
        known = np.where(rng.random(truth.shape) < arguments.missing, np.nan, truth)
        train, test = next(GroupShuffleSplit(1, test_size=0.4, random_state=seed).split(X, groups=groups))
        model = MotifCNNClassifier(device="cpu", random_state=seed)
        started = time.process_time()
        together = clone(model).fit(X[train], known[train]).predict_proba(X[test])
        middle = time.process_time()
        single = one_per_label(model, X[train], known[train])(X[test])
        seconds = middle - started, time.process_time() - middle
        everywhere = np.arange(len(test)), np.arange(arguments.labels)
        scores = [auroc(truth[test], said, *everywhere) for said in (together, single)]
        low, high = interval(truth[test], together, single, groups[test], rng)
        missing = np.isnan(known[train]).mean()
        said = [f"{score:.3f} ({cpu:.0f} s)" for score, cpu in zip(scores, seconds, strict=True)]
        print(
            f"seed {seed}: {len(train)} training rows, {arguments.labels} labels, {missing:.0%} of the entries missing"
            f": AUROC together {said[0]}, one by one {said[1]}, "
            f"difference {scores[0] - scores[1]:+.3f} [{low:+.3f}, {high:+.3f}]",
            flush=True,
        )


if __name__ == "__main__":
    main()
