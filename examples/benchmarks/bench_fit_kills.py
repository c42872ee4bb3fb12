"""``seqaug fit`` killed at random moments and resumed: is the model that of an undisturbed run?

    python examples/benchmarks/bench_fit_kills.py [--kills 20] [--seed 0]

Each run is killed (SIGKILL) at a random moment between start and end and resumed, until it ends by itself; then every
prediction is compared bit for bit.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from seqaug_sklearn.datasets import make_promoters, write_fasta
from seqaug_sklearn.persistence import load_model


def main(n_kills, seed):
    rng = random.Random(seed)
    promoters = make_promoters(60, length=80, n_families=20, n_orthologs=0, random_state=0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_fasta(promoters.sequences, folder / "data.fa")
        table = pd.DataFrame({"name": promoters.sequences.index, "label": promoters.y, "family": promoters.groups})
        table.to_csv(folder / "labels.csv", index=False)
        command = [
            sys.executable, "-m", "seqaug_sklearn", "fit", "data.fa", "--labels", "labels.csv", "--groups", "family",
            "--model", "kmers,composition,positional-kmers", "--out",
        ]  # fmt: skip
        started = time.perf_counter()
        assert run([*command, "whole"], folder, None) == 0
        seconds = time.perf_counter() - started
        expected = load_model(folder / "whole").predict_proba(promoters.sequences)
        done = equal = 0
        while done < n_kills:
            out, killed = f"run{done}", 0
            while True:
                resume = ["--resume"] if killed else []
                # most kills hit; a late one leaves a finished run
                after = rng.uniform(0.05, 1.0) * seconds if done + killed < n_kills else None
                code = run([*command, out, *resume], folder, after)
                if code == 0:
                    break
                killed += 1
            if killed == 0:
                continue
            found = load_model(folder / out).predict_proba(promoters.sequences)
            left = [path.name for path in folder.glob(f"{out}.*")]
            equal += killed * int((found == expected).all() and not left)
            done += killed
            print(f"{out}: killed {killed} times; equal: {(found == expected).all()}; left over: {left}", flush=True)
    print(f"{equal} of {done} kills ended in the model of an undisturbed run ({np.round(seconds, 1)} s)")


def run(command, folder, seconds):
    """Exit code of a command, which is killed after so many seconds."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    main(arguments.kills, arguments.seed)
