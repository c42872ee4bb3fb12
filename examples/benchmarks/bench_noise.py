"""What a split is worth that scores pure noise: random letters, each sequence a class of its own.

Prints the accuracy of the paper's network and of the nearest-neighbour lookup (1-nearest neighbour on shared 12-mers)
when windows are split at random, as published, and when contiguous blocks are held out. There is nothing to learn.

    python examples/benchmarks/bench_noise.py [--sequences 30] [--length 300] [--epochs 50] [--jobs 1]
"""

import argparse

import numpy as np
from sklearn.model_selection import ShuffleSplit

from seqaug_sklearn import CNNBiLSTMClassifier, WindowAugmenter
from seqaug_sklearn.classification import PAPER_DNA
from seqaug_sklearn.evaluation import compare, memoriser
from seqaug_sklearn.model_selection import WindowBlockKFold


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=30)
    parser.add_argument("--length", type=int, default=300)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    noise = ["".join(row) for row in rng.choice(list("ACGT"), (arguments.sequences, arguments.length))]
    windows = WindowAugmenter().explode(noise, np.arange(len(noise)))
    options = PAPER_DNA | {"max_epochs": arguments.epochs, "precision": "auto"}
    models = {"CNN-BiLSTM": CNNBiLSTMClassifier(**options), "memoriser": memoriser()}
    splits = {
        "windows split at random": (ShuffleSplit(2, test_size=0.2, random_state=42), False),
        "held-out blocks": (WindowBlockKFold(5, window=40), True),
    }
    print(
        f"{len(noise)} random sequences of {arguments.length} nt, {len(windows):,} windows, chance {1 / len(noise):.3f}"
    )
    for name, (cv, pass_groups) in splits.items():
        result = compare(
            models,
            windows.windows,
            windows.y,
            cv=cv,
            groups=windows.positions,
            pass_groups=pass_groups,
            scoring=("accuracy",),
            n_jobs=arguments.jobs,
            random_state=0,
        )
        means = result.folds.groupby("estimator", sort=False)["accuracy"].mean()
        print(f"  {name:24s}" + "".join(f"  {model} {score:.3f}" for model, score in means.items()), flush=True)


if __name__ == "__main__":
    main()
