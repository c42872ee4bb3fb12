"""The look for relatives that early stopping takes without groups: what it finds, false alarms, and its time.

Of each data set a tenth of the rows is held out at random, ten times, as early stopping does. Printed is the share of
them that has a relative among the other rows; above a tenth, ``fit`` warns.

Run ``python examples/benchmarks/bench_relatives.py [--data FOLDER]``. The real files are looked for in
``../shared/data`` beside the repository; without them that part is left out.
"""

import argparse
import platform
import time
from pathlib import Path

import numpy as np
import pandas as pd

from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.similarity import find_relatives
from seqaug_sklearn.utils import text_to_codes

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
N_DRAWS = 10


def related_shares(texts):
    """Share of held-out rows with a relative, for each draw."""
    codes, shares = text_to_codes(texts, "dna"), []
    for seed in range(N_DRAWS):
        rows = np.random.default_rng(seed).permutation(len(codes))
        held, others = np.split(rows, [max(1, len(rows) // 10)])
        shares.append(find_relatives(codes, np.arange(len(codes)), held, others).related.mean())
    return np.array(shares)


def tell(name, texts):
    shares = related_shares(texts)
    warned = (shares > 0.1).sum()
    print(f"{name:50} {shares.min():6.1%} to {shares.max():6.1%}, warned of in {warned} of {N_DRAWS} draws")


def random_codes(n, length):
    return np.random.default_rng(0).integers(0, 4, (n, length)).astype(np.uint8)


def tell_time(n, length):
    codes = random_codes(n, length)
    start = time.perf_counter()
    find_relatives(codes, np.arange(n), np.arange(n // 10), np.arange(n // 10, n))
    print(f"{n:,} sequences of {length:,} nt: {time.perf_counter() - start:.1f} s")


def tell_real(folder):
    promoters = pd.read_csv(folder / "promoters" / "promoters.csv.gz")
    tell("promoters of A. lyrata, one per gene", promoters.loc[promoters["species"] == "aly", "sequence"].tolist())
    tell("promoters of four crucifers, with orthologs", promoters["sequence"].tolist())
    tell("UCI promoters", pd.read_csv(folder / "benchmarks" / "uci_promoters.csv")["sequence"].tolist())
    tell("CRISPR guides of 17 genes", pd.read_csv(folder / "crispr" / "guides.csv.gz")["sequence"].tolist())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the real files")
    folder = parser.parse_args().data
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}\n")
    families = make_promoters(60, length=100, n_families=20, n_orthologs=0, random_state=0)
    tell("the README's first example, 20 families", families.sequences.tolist())
    for length in (30, 100, 300):
        letters = np.array(list("ACGT"))[random_codes(500, length)]
        tell(f"500 random sequences of {length} nt", ["".join(row) for row in letters])
    if folder.is_dir():
        tell_real(folder)
    print()
    tell_time(2_000, 300)
    tell_time(20_000, 2_000)


if __name__ == "__main__":
    main()
