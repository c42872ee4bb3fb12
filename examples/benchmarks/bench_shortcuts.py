"""Are planted shortcuts named, how often is a set without one accused, and is the score beyond one right?

Five shortcuts (GC, length, an adapter, N at position 1, copies with another label) are planted in random DNA, in 2 x
300 and 2 x 40 sequences of two classes, of three, and with measured numbers. Null sets hold nothing. The score beyond
is asked of models whose answer is known: one reads the shortcut alone (.5), the other a motif beside it (.8).

    python examples/benchmarks/bench_shortcuts.py            # some minutes
    python examples/benchmarks/bench_shortcuts.py --quick    # a tenth
"""

import argparse
import time

import numpy as np
import scipy
import sklearn

from seqaug_sklearn.model_selection import audit_shortcuts, score_beyond_shortcut

LENGTH = 150
NAMED = {
    "GC": "GC content",
    "length": "length",
    "adapter": "the beginning GATTACAG",
    "N at position 1": "position 1",
    "copies": "identical to rows",
}
"""Shortcut -> what the first sentence must name."""


def draw(rng, n, length=LENGTH, gc=0.5):
    weights = [(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2]
    return ["".join(rng.choice(list("ACGT"), size, p=weights)) for size in np.broadcast_to(length, n)]


def plant(what, marked, rng):
    """Random sequences; those that are marked have the shortcut."""
    n, rows = len(marked), np.flatnonzero(marked)
    if what == "length":
        return draw(rng, n, np.where(marked, rng.integers(140, 161, n), rng.integers(100, 121, n)))
    if what == "GC":
        rich, poor = (draw(rng, n, gc=gc) for gc in (0.6, 0.4))
        return [rich[i] if marked[i] else poor[i] for i in range(n)]
    X = draw(rng, n)
    if what == "copies":
        others = np.flatnonzero(~marked)
        for one, other in zip(rows[: max(2, n // 30)], others, strict=False):
            X[one] = X[other]
        return X
    begin = {"adapter": "GATTACAG", "N at position 1": "N"}[what]
    return [begin + text[len(begin) :] if is_marked else text for text, is_marked in zip(X, marked, strict=True)]


def targets(n, rng):
    """Kind of target -> labels of 2 n rows, and which rows are marked."""
    classes, three = rng.permutation(np.repeat(["a", "b"], n)), rng.permutation(np.resize(["a", "b", "c"], 2 * n))
    values = rng.normal(size=2 * n)
    return {
        "two classes": (classes, classes == "a"),
        "three classes": (three, three == "a"),
        "numbers": (values, values > np.median(values)),
    }


def named(n_sets):
    """Share of sets in which the first sentence names what was planted."""
    print(f"Named in the first sentence, of {n_sets} sets each:")
    for n in (300, 40):
        for kind in ("two classes", "three classes", "numbers"):
            told = []
            for what, expected in NAMED.items():
                hits = 0
                for seed in range(n_sets):
                    rng = np.random.default_rng([seed, n])
                    y, marked = targets(n, rng)[kind]
                    hits += expected in audit_shortcuts(plant(what, marked, rng), y, random_state=seed).verdict()[0]
                told.append(f"{what} {hits}")
            print(f"  2 x {n}, {kind}: {', '.join(told)}")


def accused(n_sets):
    """How many sets without a shortcut are accused."""
    print(f"Accused, of {n_sets} null sets each (0.05 of them expected at most):")
    for n in (300, 40):
        alarms = dict.fromkeys(("two classes", "three classes", "numbers"), 0)
        families = 0
        for seed in range(n_sets):
            rng = np.random.default_rng([seed, n, 1])
            X = draw(rng, 2 * n)
            for kind, (y, _) in targets(n, rng).items():
                alarms[kind] += audit_shortcuts(X, y, random_state=seed).found
            groups = np.arange(2 * n) // 4
            related = [X[4 * group][:130] + text[130:] for group, text in zip(groups, X, strict=True)]
            y = rng.permutation(np.resize(["a", "b"], n // 2))[groups]
            families += audit_shortcuts(related, y, groups=groups, random_state=seed).found
        print(f"  2 x {n}: {', '.join(f'{kind} {count}' for kind, count in alarms.items())}, families of 4 {families}")


def beyond(n_sets):
    """How often the interval of the score beyond holds the known answer, and how often p is at most .05."""
    print(f"Score beyond, {n_sets} sets each: mean, intervals of 95 % that hold the answer, p at most 0.05")
    for n in (300, 150):
        for name, answer in (("shortcut alone", 0.5), ("shortcut and motif", 0.8)):
            found, held, significant, whole = [], 0, 0, []
            for seed in range(n_sets):
                rng = np.random.default_rng([seed, n, 2])
                y = np.repeat([0, 1], n)
                X = draw(rng, n, gc=0.47) + draw(rng, n, gc=0.53)
                gc = np.array([(text.count("G") + text.count("C")) / LENGTH for text in X])
                # seven in ten of one class and one in ten of the other: among rows alike .5 + (.7 - .1) / 2
                motif = (rng.random(2 * n) < np.where(y, 0.7, 0.1)) * (name != "shortcut alone")
                scores = gc + rng.normal(0, 0.005, 2 * n) + 10 * motif
                result = score_beyond_shortcut(y, scores, gc, random_state=seed)
                whole.append(result.score)
                found.append(result.beyond)
                held += result.low <= answer <= result.high
                significant += result.p_value <= 0.05
            told = f"of {np.mean(whole):.3f}, {np.nanmean(found):.3f} (answer {answer})"
            print(f"  2 x {n}, {name}: {told}, {held} held, {significant} significant")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the sets")
    n = 10 if parser.parse_args().quick else 1
    start = time.perf_counter()
    print(f"numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}")
    named(10 // n)
    accused(200 // n)
    beyond(100 // n)
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
