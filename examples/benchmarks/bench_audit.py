"""The leakage audit: planted leaks found, false alarms on unrelated sequences, time, and real promoters and plastomes.

Run ``python examples/benchmarks/bench_audit.py [--data FOLDER]``. The real files are looked for in ``../shared/data``
beside the repository; without them that part is left out.
"""

import argparse
import platform
import resource
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, KFold

from seqaug_sklearn import WindowAugmenter
from seqaug_sklearn.datasets import read_genbank, upstream_regions
from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import LeakageGuard, SimilarityGroupKFold, WindowBlockKFold, audit_leakage

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LENGTH = 300
COMPOSITIONS = {"even composition": (0.25, 0.25, 0.25, 0.25), "70 % A and T": (0.35, 0.15, 0.15, 0.35)}
PLASTOMES = {"A. thaliana": "NC_000932.1", "C. vulgaris": "NC_001865.1", "C. reinhardtii": "NC_005353.1"}


class Planter:
    """Makes leaking rows of given sequences."""

    def __init__(self, rng, weights):
        self.rng, self.weights = rng, weights

    def sequences(self, n, length=LENGTH):
        return ["".join(row) for row in self.rng.choice(list("ACGT"), (n, length), p=self.weights)]

    def copy(self, text):
        return text

    def shift(self, text):
        """By 1 to 20 residues, to either side."""
        by = int(self.rng.integers(1, 21))
        new = self.sequences(1, by)[0]
        return text[by:] + new if self.rng.random() < 0.5 else new + text[:-by]

    def other_strand(self, text):
        return reverse_complement([text])[0]

    def overlap(self, text):
        """40 residues, at the ends of both."""
        return self.sequences(1, LENGTH - 40)[0] + text[:40]

    def homolog(self, text):
        """Each residue replaced with probability 10 %."""
        letters = np.array(list(text))
        hit = self.rng.random(len(text)) < 0.1
        shifted = (np.searchsorted(list("ACGT"), letters[hit]) + self.rng.integers(1, 4, hit.sum())) % 4
        letters[hit] = np.array(list("ACGT"))[shifted]
        return "".join(letters)

    def homolog_other_strand(self, text):
        return self.other_strand(self.homolog(text))


def timed(call):
    begin = time.perf_counter()
    result = call()
    return result, time.perf_counter() - begin


def bench_planted(n_samples, seed):
    kinds = ("copy", "shift", "other_strand", "overlap", "homolog", "homolog_other_strand")
    for name, weights in COMPOSITIONS.items():
        planter = Planter(np.random.default_rng(seed), weights)
        train = planter.sequences(n_samples)
        print(f"\n{n_samples:,} training and {n_samples:,} test rows of {LENGTH} nt, {name}")
        print(f"{'planted':24}{'found':>10}{'right parent':>14}{'seconds':>9}")
        for kind in kinds:
            test = [getattr(planter, kind)(text) for text in train]
            report, seconds = timed(lambda train=train, test=test: audit_leakage(train, test))
            right = (report.nearest == np.arange(n_samples)).mean()
            print(f"{kind.replace('_', ' '):24}{report.leaked.mean():10.2%}{right:14.2%}{seconds:9.1f}")
        unrelated = planter.sequences(n_samples)
        report, seconds = timed(lambda train=train, test=unrelated: audit_leakage(train, test))
        print(f"{'unrelated: false alarms':24}{report.leaked.mean():10.2%}{'':14}{seconds:9.1f}")


def bench_windows(n_parents, seed):
    rng = np.random.default_rng(seed)
    windows = WindowAugmenter(40).fit_transform(["".join(row) for row in rng.choice(list("ACGT"), (n_parents, LENGTH))])
    rows = rng.permutation(windows.ravel())
    cut = 9 * len(rows) // 20
    report, seconds = timed(lambda: audit_leakage(rows[cut:], rows[:cut]))
    print(
        f"\nrandom split of 40-nt windows: {len(rows) - cut:,} training, {cut:,} test rows, {report.leaked.mean():.2%} "
        f"leak, {seconds:.1f} s"
    )


def guarded(cv, X, y=None, groups=None):
    """Reports of all splits."""
    guard = LeakageGuard(cv, on_leak="warn")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LeakageWarning)
        list(guard.split(X, y, groups))
    return guard.reports_


def leaked(reports):
    """Share of leaked rows, and how many of each kind."""
    kinds = pd.Series(np.concatenate([report.kind for report in reports])).value_counts()
    total = kinds.sum()
    told = ", ".join(f"{count:,} {kind}" for kind, count in kinds.drop("none", errors="ignore").items())
    return f"{1 - kinds.get('none', 0) / total:6.1%} of {total:,} rows leak ({told or 'none'})"


def kept_together(fold, orthogroups):
    """Orthogroups of several rows, and the share of them in one fold."""
    folds = pd.Series(fold).groupby(np.asarray(orthogroups)).agg(["size", "nunique"])
    folds = folds[folds["size"] > 1]
    return len(folds), (folds["nunique"] == 1).mean()


def folds_of(cv, X, y):
    fold = np.empty(len(X), int)
    for number, (_, test) in enumerate(cv.split(X, y)):
        fold[test] = number
    return fold


def bench_promoters(folder):
    table = pd.read_csv(folder / "promoters" / "promoters.csv.gz", index_col="gene_id")
    X, y = table["sequence"], table["label"]
    print(f"\nPromoters: {len(table):,} of four crucifers, 600 nt, {table['orthogroup'].nunique():,} orthogroups")
    print("Orthogroups of several rows that stay in one fold (five folds):")
    splits = {"random": KFold(5, shuffle=True, random_state=0)}
    splits |= {f"similarity {t}": SimilarityGroupKFold(5, threshold=t) for t in (0.2, 0.1, 0.06, 0.04, 0.03)}
    for name, cv in splits.items():
        fold = folds_of(cv, X, y)
        told = []
        for pair in (("aly", "cru"), ("aly", "chi"), ("chi", "cru")):
            rows = table["species"].isin(pair).to_numpy()
            n_groups, share = kept_together(fold[rows], table["orthogroup"][rows])
            told.append(f"{'-'.join(pair)} {share:6.1%} of {n_groups}")
        print(f"  {name:18}" + "   ".join(told))
    print("Audit:")
    print(f"  {'random split':34}{leaked(guarded(splits['random'], X, y))}")
    print(f"  {'split by orthogroup':34}{leaked(guarded(GroupKFold(5), X, y, table['orthogroup']))}")
    print(f"  {'split by similarity 0.04':34}{leaked(guarded(splits['similarity 0.04'], X, y))}")
    train, test = next(splits["random"].split(X))
    backwards = audit_leakage(X.iloc[train], [text[::-1] for text in X.iloc[test]])
    print(f"  {'background: test rows backwards':34}{leaked([backwards])}")


def bench_plastomes(folder):
    print("\nPlastomes: 300 nt upstream of each gene, windows of 40, five blocks; audit of WindowBlockKFold")
    for name, accession in PLASTOMES.items():
        regions = upstream_regions(read_genbank(folder / "plastomes" / f"{accession}.gb"))["sequence"]
        windows = WindowAugmenter(40).fit(regions).explode(regions)
        for shared in (None, 20, 15):
            cv = WindowBlockKFold(5, window=40, shared=shared, on_empty="skip")
            reports = guarded(cv, windows.windows, groups=windows.positions)
            print(f"  {name:16}shared={shared!s:6}{leaked(reports)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=2_000)
    parser.add_argument("--parents", type=int, default=200, help="parents of the 40-nt windows, 261 windows each")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    bench_planted(options.samples, options.seed)
    bench_windows(options.parents, options.seed)
    print(f"peak memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    if not options.data.is_dir():
        print("\nThe real files are not there: promoters and plastomes are left out (--data FOLDER)")
        return
    bench_promoters(options.data)
    bench_plastomes(options.data)


if __name__ == "__main__":
    main()
