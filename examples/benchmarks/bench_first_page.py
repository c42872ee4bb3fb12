"""How soon ``seqaug compare`` says something: the time of its first page and of every further one.

Prints what is done at each page, the seconds since the start (audit, fits and pages), and the processor time of this
process, which does not depend on what else the machine does. By default 600 simulated promoters of 600 nt, their
families on one side of every split, with random edits, on the models that are cheap. ``--models all`` takes the
networks, too, and then an hour or more.

    python examples/benchmarks/bench_first_page.py [--rows 600] [--length 600] [--models all] [--quick] [--repeats 1]
"""

import argparse
import platform
import tempfile
import time

import sklearn

from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.evaluation import compare_augmentations

CHEAP = ["svm", "logistic", "kmers", "boosting", "memoriser", "majority"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--length", type=int, default=600)
    parser.add_argument("--models", default=",".join(CHEAP))
    parser.add_argument("--repeats", default="auto")
    parser.add_argument("--budget")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-edits", dest="edits", action="store_false")
    options = parser.parse_args()
    print(f"scikit-learn {sklearn.__version__}, Python {platform.python_version()}, {platform.machine()}")
    data = make_promoters(
        options.rows, length=options.length, n_families=options.rows // 4, n_orthologs=0, random_state=0
    )
    start, start_cpu = time.perf_counter(), time.process_time()

    def write(so_far):
        before = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            so_far.to_html(folder)
        now = time.perf_counter()
        done = f"{len(so_far.comparison.folds)} fits of {len(so_far.comparison.estimators)} models"
        print(
            f"page after {now - start:.1f} s ({time.process_time() - start_cpu:.1f} s of the processor), "
            f"{now - before:.1f} s for the page itself: {done}. {so_far.in_progress or 'All is done.'}",
            flush=True,
        )

    result = compare_augmentations(
        data.sequences,
        data.y,
        groups=data.groups,
        edits=options.edits,
        models=None if options.models == "all" else options.models.split(","),
        n_repeats=options.repeats if options.repeats == "auto" else int(options.repeats),
        budget=options.budget,
        quick=options.quick,
        on_stage=write,
    )
    seconds = result.comparison.folds.groupby("estimator")["fit_seconds"].agg(["mean", "sum", "size"]).round(2)
    print(seconds.loc[result.comparison.estimators].rename(columns={"size": "fits"}).to_string())
    print("\n".join(result.headline()))


if __name__ == "__main__":
    main()
