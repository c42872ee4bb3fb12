"""How soon ``seqaug compare`` says something, and how long all of it takes: the time of every page.

Prints what is done at each page, the seconds since the start (audit, fits and pages), and the processor time of this
process, which depends less on what else the machine does; half of it is what two cores that do nothing else would take
with ``--jobs 2``. At the end, the time of the first page and of the last, and the fits of each model. By default 600
simulated promoters of 600 nt, their families on one side of every split, with random edits and the default models;
``--data`` draws as many real promoters of *Arabidopsis lyrata* (600 nt, by orthogroup) instead.

    python examples/benchmarks/bench_first_page.py [--rows 600] [--length 600] [--models all] [--quick] [--repeats 1]
        [--data ../shared/data]
"""

import argparse
import os
import platform
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
import torch

from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.evaluation import compare_augmentations


def simulated(n_rows, length):
    """Sequences, labels and families."""
    data = make_promoters(n_rows, length=length, n_families=n_rows // 4, n_orthologs=0, random_state=0)
    return data.sequences, data.y, data.groups


def promoters(folder, n_rows):
    """So many promoters of *A. lyrata*, drawn at random, their labels and orthogroups."""
    table = pd.read_csv(folder / "promoters" / "promoters.csv.gz").set_index("gene_id")
    table = table[table["species"] == "aly"]
    drawn = np.sort(np.random.default_rng(0).choice(len(table), min(n_rows, len(table)), replace=False))
    table = table.iloc[drawn]
    return table["sequence"], table["label"].to_numpy(), table["orthogroup"].to_numpy()


class Pages:
    """Writes each page and notes when it stood."""

    def __init__(self):
        self.start, self.cpu_at_start = time.perf_counter(), self._cpu()
        self.seconds, self.cpu = [], []

    def write(self, so_far):
        """Write a page into a folder that is thrown away."""
        before = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            so_far.to_html(folder)
        now = time.perf_counter()
        self.seconds.append(now - self.start)
        self.cpu.append(self._cpu() - self.cpu_at_start)
        done = f"{len(so_far.comparison.folds)} fits of {len(so_far.comparison.estimators)} models"
        print(
            f"page after {self.seconds[-1]:.1f} s ({self.cpu[-1]:.1f} s of the processor), {now - before:.1f} s for "
            f"the page itself: {done}. {so_far.in_progress or 'All is done.'}",
            flush=True,
        )

    def _cpu(self):
        spent = os.times()
        return spent.user + spent.system + spent.children_user + spent.children_system

    def summary(self, n_fits):
        """The times of the first page and of the last."""
        minutes = self.cpu[-1] / 2 / 60
        return (
            f"{n_fits} fits; first page after {self.seconds[0]:.0f} s ({self.cpu[0]:.0f} s of the processor), last "
            f"after {self.seconds[-1]:.0f} s ({self.cpu[-1]:.0f} s of the processor: some {minutes:.1f} min on two "
            "cores that do nothing else)"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--length", type=int, default=600, help="of simulated promoters")
    parser.add_argument("--data", type=Path, help="folder of promoters/promoters.csv.gz")
    parser.add_argument("--models", default="default", help="keys, separated by commas; default or all")
    parser.add_argument("--repeats", default="auto")
    parser.add_argument("--budget")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-edits", dest="edits", action="store_false")
    options = parser.parse_args()
    print(
        f"scikit-learn {sklearn.__version__}, torch {torch.__version__} on {torch.get_num_threads()} threads, Python "
        f"{platform.python_version()}, {platform.machine()}"
    )
    drawn = promoters(options.data, options.rows) if options.data else simulated(options.rows, options.length)
    X, y, groups = drawn
    pages = Pages()
    result = compare_augmentations(
        X,
        y,
        groups=groups,
        edits=options.edits,
        models=options.models.split(","),
        n_repeats=options.repeats if options.repeats == "auto" else int(options.repeats),
        budget=options.budget,
        quick=options.quick,
        on_stage=pages.write,
    )
    folds = result.comparison.folds
    seconds = folds.groupby("estimator")["fit_seconds"].agg(["mean", "sum", "size"]).round(2)
    seconds[result.metric] = folds.groupby("estimator")[result.metric].mean().round(3)
    print(seconds.loc[result.comparison.estimators].rename(columns={"size": "fits"}).to_string())
    print("\n".join(result.headline()))
    print(pages.summary(len(folds)))


if __name__ == "__main__":
    main()
