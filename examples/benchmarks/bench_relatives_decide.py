"""Relatives decide the winner: the classic promoter benchmark as split, and with relatives together.

Prints, for a table of sequences with labels, who is related to whom, and the mean accuracy of classical models under
stratified folds as everyone makes them and under folds that keep relatives together, with the sentences of the report.

The table is that of the UCI repository's "Molecular Biology (Promoter Gene Sequences)", 106 sequences of *E. coli* of
57 nt, with columns name, sequence and label. It is not part of this repository:

    python examples/benchmarks/bench_relatives_decide.py [uci_promoters.csv] [--repeats 10] [--out report]

It takes three to five minutes on one core. Without the file it says so, and ends.
"""

import argparse
import platform
import time
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn

from seqaug_sklearn.evaluation import compare_augmentations

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "benchmarks" / "uci_promoters.csv"
MODELS = ["svm", "logistic", "kmers", "boosting", "memoriser", "majority"]


def tell_relatives(result, labels):
    """Rows of each class, their groups, and the rows that have a relative."""
    rows = pd.DataFrame({"class": labels, "group": result.together.split.groups})
    rows["has a relative"] = rows.groupby("group")["group"].transform("size") > 1
    told = rows.groupby("class").agg({"group": ["size", "nunique"], "has a relative": "sum"})
    told.columns = ["sequences", "groups", "with a relative"]
    sizes = rows["group"].value_counts().to_numpy()
    print(f"\n{told.to_string()}\nlargest groups: {', '.join(map(str, sizes[:8]))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", nargs="?", type=Path, default=DATA, help="CSV with columns name, sequence, label")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--strand", choices=["both", "single"], default="both")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", help="folder of the report, which is written where this is given")
    options = parser.parse_args()
    if not options.table.is_file():
        print(f"{options.table} is absent, so there is nothing to compare; give the path of the table")
        return
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, scikit-learn {sklearn.__version__}")
    table = pd.read_csv(options.table).set_index("name")
    start = time.perf_counter()
    result = compare_augmentations(
        table["sequence"].str.upper(),
        table["label"].to_numpy(),
        models=MODELS,
        strand=options.strand,
        n_splits=options.folds,
        n_repeats=options.repeats,
        progress=True,
        random_state=options.seed,
    )
    print(f"{options.table.name}: {options.repeats} times {options.folds} folds, {time.perf_counter() - start:.0f} s")
    if result.together is not None:
        tell_relatives(result, table["label"].to_numpy())
        print(f"\n{result.scores_of_both().round(3).to_string()}\n\n{result.answers().to_string()}")
    print("\n" + "\n".join(result.headline()))
    if options.out:
        print(result.to_html(options.out, title="Relatives decide the winner"))


if __name__ == "__main__":
    main()
