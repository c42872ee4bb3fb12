"""Whether augmentation helps where a simulation says that it does, with the default network and over seeds.

The third act of ``seqaug demo`` (orthologs), and the same question asked of reverse complements and of random edits.
Each compares ``MotifCNNClassifier`` with and without it, trained on each quarter of 120 simulated families
and tested on the others, and prints the accuracies and the difference with its 95 % interval; then in how many seeds
the interval excludes zero. What is planted: sites of four kinds in half of the families.

- orthologs: the noise has changed between species, and the sites have not.
- reverse: sites on either strand, and a network that reads one strand (``strand="single"``): reverse complements say
  that both mean the same. (The default network knows that by itself.)
- edits: two thirds of the residues of a training row are exchanged in each epoch, except in its sites, which are known
  (``protect``), as from footprints or conservation. No gain with seed 1: exchanged residues are equally likely, so they
  also move the composition of training rows away from that of test rows.
- blind: the usual edits of ``seqaug compare --edits``, which know of no sites; the simulation promises nothing of them.

    python examples/benchmarks/bench_demo.py [--seeds 1 2 3 4 5] [--parts orthologs reverse edits blind] [--jobs 2]
"""

import argparse
import platform
import time

import numpy as np
import sklearn
import torch
from sklearn.model_selection import StratifiedGroupKFold

from seqaug_sklearn.augmentation import (
    OrthologAugmenter,
    RandomAugmentation,
    RandomDeletion,
    RandomInsertion,
    RandomMutation,
    RandomReverseComplement,
    RandomTranslocation,
)
from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.evaluation import compare

SITES = {"G-box": "GCCACGTG", "DRE": "TRCCGACA", "CCAAT box": "GGCCAATC", "W-box": "TTGACCWG"}


class ExchangedFolds(StratifiedGroupKFold):
    """Few families to learn from, and many to be asked about."""

    def split(self, X, y=None, groups=None):
        for train, test in super().split(X, y, groups):
            yield test, train


def simulated(seed):
    """The promoters of the demo."""
    return make_promoters(
        240,
        length=150,
        n_families=120,
        motifs=SITES,
        n_orthologs=8,
        mutation_rate=0.05,
        ortholog_mutation_rate=0.6,
        site_turnover=0,
        label_noise=0,
        random_state=seed,
    )


def orthologs(promoters):
    return {}, OrthologAugmenter(promoters.orthologs, rate=0.85, exclude=promoters.sequences)


def reverse(promoters):
    return {"strand": "single"}, RandomReverseComplement(0.5)


def edits(promoters):
    sites = promoters.motifs.groupby("identifier")["start"].agg(list)
    known = {name: [(start, start + 8) for start in starts] for name, starts in sites.items()}
    return {}, RandomAugmentation([RandomMutation(0.65)], protect=known)


def blind(promoters):
    usual = [RandomInsertion(0, 20), RandomDeletion(0, 20), RandomTranslocation(0, 20), RandomMutation(0.05)]
    return {}, RandomAugmentation([*usual, RandomReverseComplement(0.5)])


PARTS = {part.__name__: part for part in (orthologs, reverse, edits, blind)}


def gain(part, seed, n_jobs):
    """The test of one augmentation on one set of promoters."""
    promoters = simulated(seed)
    settings, augment = PARTS[part](promoters)
    comparison = compare(
        {"without": MotifCNNClassifier(**settings), "with": MotifCNNClassifier(**settings, augment=augment)},
        promoters.sequences,
        promoters.y.to_numpy(),
        groups=promoters.groups.to_numpy(),
        cv=ExchangedFolds(4, shuffle=True, random_state=seed),
        scoring="accuracy",
        reference="without",
        return_train_score=False,
        n_jobs=n_jobs,
        random_state=seed,
    )
    return comparison.tests(metric="accuracy").loc["with"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--jobs", type=int)
    options = parser.parse_args()
    print(
        f"scikit-learn {sklearn.__version__}, torch {torch.__version__} on {torch.get_num_threads()} threads, Python "
        f"{platform.python_version()}, {platform.machine()}"
    )
    for part in options.parts:
        found = []
        for seed in options.seeds:
            start, test = time.perf_counter(), gain(part, seed, options.jobs)
            span = f"{test['difference']:+.3f} ({test['low']:+.3f} to {test['high']:+.3f})"
            found.append((test["difference"], test["low"] > 0))
            print(
                f"{part}, seed {seed}: {test['reference_mean']:.3f} without, {test['mean']:.3f} with, "
                f"{span}, {time.perf_counter() - start:.0f} s",
                flush=True,
            )
        differences, clear = zip(*found, strict=True)
        print(
            f"{part}: mean gain {np.mean(differences):+.3f}; above zero in {sum(clear)} of {len(clear)} seeds",
            flush=True,
        )


if __name__ == "__main__":
    main()
