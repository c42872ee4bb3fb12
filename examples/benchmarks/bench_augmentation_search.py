"""Whether ``AugmentationSearch`` finds the augmentation that is known to be best, and none where nothing helps.

Four kinds of simulated data, of 240 (the first: 480) sequences of 60 nt in families of two, half of whose letters
differ:

- ``reverse complement``: one of 24 motifs of each class on either strand, and a model that counts
  k-mers of the given strand;
- ``shift``: a motif anywhere, its reverse complement in the other class, and a model of which k-mer stands
  where;
- ``no gain``: a motif at one place, a model of which letter stands where, and a penalty that fits;
- ``nothing to learn``: labels at random, and the model of k-mers.

``--parts truth`` prints what each policy is worth: models fitted on 20 sets with it, tested on 2,000 other sequences.
``--parts search`` runs the search with its defaults on 20 sets of each kind, and prints how often it chose a policy of
the right kind, what the usual rule (a gain of one standard error) would have chosen, and fits and seconds. What was
done is kept in ``--store``, and an interrupted run goes on from there. ``--rows`` makes other sets of so many sequences
(with a store of their own), for how often a gain is found by how many there are.

    python examples/benchmarks/bench_augmentation_search.py [--parts truth search] [--seeds 20] [--rows N]
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.encoding import OneHotEncoder, reverse_complement
from seqaug_sklearn.evaluation import AugmentationSearch
from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.features import KmerCounts, PositionalKmers

LENGTH, FAMILY, SHARED = 60, 2, 0.5
MOTIF = "TGACGGGA"
OTHER_STRAND = reverse_complement([MOTIF])[0]
MOTIFS = [["".join(row) for row in rows] for rows in np.random.default_rng(7).choice(list("ACGT"), (2, 24, 12))]
LETTERS = np.array(list("ACGT"))


def families(n, rng):
    """Letters (n, LENGTH), two sequences of a family alike in half of the places, and their families."""
    groups = np.repeat(np.arange(n // FAMILY), FAMILY)
    parents = rng.choice(LETTERS, (n // FAMILY, LENGTH))[groups]
    own = rng.choice(LETTERS, (n, LENGTH))
    return np.where(rng.random((n, LENGTH)) < SHARED, parents, own), groups


def planted(letters, rows, motif, starts):
    for row, start in zip(rows, starts, strict=True):
        letters[row, start : start + len(motif)] = list(motif)


def labels(groups, rng):
    """One label of a family, as many of each."""
    return rng.permutation(np.arange(groups.max() + 1) % 2)[groups]


def either_strand(n, rng):
    letters, groups = families(n, rng)
    y = labels(groups, rng)
    for row in range(n):
        motif = rng.choice(MOTIFS[y[row]])
        motif = motif if rng.random() < 0.5 else reverse_complement([motif])[0]
        planted(letters, [row], motif, rng.integers(0, LENGTH - len(motif) + 1, 1))
    return letters, y, groups


def anywhere(n, rng):
    letters, groups = families(n, rng)
    y = labels(groups, rng)
    for motif, rows in ((MOTIF, np.flatnonzero(y)), (OTHER_STRAND, np.flatnonzero(1 - y))):
        planted(letters, rows, motif, rng.integers(0, LENGTH - len(motif) + 1, len(rows)))
    return letters, y, groups


def one_place(n, rng):
    letters, groups = families(n, rng)
    y = labels(groups, rng)
    rows = np.flatnonzero(y)
    # a part of the motif in each
    found = rng.random((len(rows), len(MOTIF))) < 0.45
    letters[rows, 20 : 20 + len(MOTIF)] = np.where(found, list(MOTIF), letters[rows, 20 : 20 + len(MOTIF)])
    return letters, y, groups


def random_labels(n, rng):
    letters, groups = families(n, rng)
    return letters, labels(groups, rng), groups


def kmers(k):
    return make_pipeline(KmerCounts(k, canonical=False), LogisticRegression(max_iter=500))


def letters_by_place(C):
    return make_pipeline(OneHotEncoder(flatten=True), LogisticRegression(C=C, max_iter=500))


ROWS = {"reverse complement": 480}
"""Sequences of a set, 240 of the others."""
WORLDS = {
    "reverse complement": (either_strand, kmers(5)),
    "shift": (anywhere, make_pipeline(PositionalKmers((3, 4)), LogisticRegression(max_iter=500))),
    "no gain": (one_place, letters_by_place(0.02)),
    "nothing to learn": (random_labels, kmers(5)),
}


def drawn(world, seed, n):
    letters, y, groups = WORLDS[world][0](n, np.random.default_rng([*world.encode(), seed, n]))
    return np.array(["".join(row) for row in letters]), y, groups


def truth(world, seeds):
    """AUROC of each policy on other sequences: mean over sets, and difference to none."""
    model, found = WORLDS[world][1], {}
    for seed in range(seeds):
        X, y, _ = drawn(world, seed, ROWS.get(world, 240))
        X_new, y_new, _ = drawn(world, 1000 + seed, 2000)
        search = AugmentationSearch(model)
        search.target_kind_ = "classes"
        for recipe in search._recipes(X, y):
            made = clone(recipe.estimator)
            names = [name for name in made.get_params() if name.endswith("random_state")]
            fitted = made.set_params(**dict.fromkeys(names, seed)).fit(X, y)
            found.setdefault(recipe.name, []).append(roc_auc_score(y_new, fitted.decision_function(X_new)))
    table = pd.DataFrame(found).T
    gains = table - table.loc["none"]
    return pd.DataFrame(
        {"auroc": table.mean(axis=1), "gain": gains.mean(axis=1), "error": gains.std(axis=1) / np.sqrt(seeds)}
    )


def searched(world, seed, store):
    path = store / f"{world.replace(' ', '-')}-{seed}.json"
    if path.exists():
        return json.loads(path.read_text())
    X, y, groups = drawn(world, seed, ROWS.get(world, 240))
    start = time.process_time()
    search = AugmentationSearch(WORLDS[world][1], random_state=seed).fit(X, y, groups=groups)
    seconds = time.process_time() - start
    contest = search.contest_
    found = {
        "policy": search.best_policy_,
        "name": search.best_name_,
        "challenger": contest.challenger,
        "gain": contest.gain,
        "errors": contest.gain / contest.standard_error,
        "margin": contest.margin,
        "above_chance": contest.above_chance,
        "fits": search.n_fits_,
        "seconds": seconds,
        "verdict": search.verdict(),
    }
    path.write_text(json.dumps(found))
    return found


def right(world, name):
    return name.startswith(world if world in ("reverse complement", "shift") else "none")


def print_searches(seeds, store):
    runs = {world: [] for world in WORLDS}
    for seed in range(seeds):
        for world in WORLDS:
            runs[world].append(searched(world, seed, store))
        print(f"{seed + 1} of {seeds}", {world: right_ones(world, runs[world]) for world in WORLDS}, flush=True)
    rows = {}
    for world, of in runs.items():
        usual = [run["challenger"] if run["errors"] > 1 else "none" for run in of]
        rows[world] = {
            "right": f"{right_ones(world, of)} of {seeds}",
            "right by the usual rule": f"{sum(right(world, name) for name in usual)} of {seeds}",
            "gain": f"{np.mean([run['gain'] for run in of]):+.3f}",
            "errors": f"{np.mean([run['errors'] for run in of]):+.1f}",
            "margin": f"{np.mean([run['margin'] for run in of]):.1f}",
            "fits": of[0]["fits"],
            "seconds": f"{np.mean([run['seconds'] for run in of]):.1f}",
            "chosen": ", ".join(f"{n} {p}" for p, n in pd.Series([r["policy"] for r in of]).value_counts().items()),
        }
    print(pd.DataFrame(rows).T.to_string())


def right_ones(world, runs):
    return sum(right(world, run["name"]) for run in runs)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", default=["truth", "search"], choices=["truth", "search"])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=list(WORLDS))
    parser.add_argument("--rows", type=int, help="sequences of a set, in place of 240 or 480")
    parser.add_argument("--store", type=Path, default=Path("augmentation_search"))
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", SeqAugWarning)
    WORLDS = {world: WORLDS[world] for world in arguments.worlds}
    if arguments.rows:
        ROWS = dict.fromkeys(WORLDS, arguments.rows)
    arguments.store.mkdir(parents=True, exist_ok=True)
    if "truth" in arguments.parts:
        for world in WORLDS:
            print(f"\n{world}\n{truth(world, arguments.seeds).round(3).to_string()}", flush=True)
    if "search" in arguments.parts:
        print_searches(arguments.seeds, arguments.store)
