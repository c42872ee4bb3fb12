"""DeepDifE's cross-validation: five folds of families, and genes held out from all of them, both strands averaged.

Families are dealt to five folds; each fold's network trains on the other four and stops by families of its own. The
genes of further families are in no fold: all five networks score them, on both strands, and their mean is the answer.
One run on a few hundred genes separates nothing, so the spread over the folds is printed, and the published figures
beside (``seqaug_sklearn.published.DEEPDIFE``), which are of other genes. It runs on simulated promoters by default.

    python examples/recipe_cross_validation.py [--table promoters.csv] [--held-out 0.15] [--epochs 100]

The table has the columns name, sequence, label and family.
"""

import argparse

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold

from seqaug_sklearn.classification import PromoterCNNClassifier
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.published import DEEPDIFE

TRAINING = DEEPDIFE["edits_training"]


def read(path):
    """Table with the columns sequence, label and family, indexed by name."""
    if path is None:
        return make_promoters(500, n_families=80, random_state=0).to_frame()
    return pd.read_csv(path, index_col="name")


def cross_validate_and_hold_out(model, table, held_out, n_folds):
    """AUROC of each fold, labels of the held-out genes, and their mean score over the networks of all folds."""
    families = GroupShuffleSplit(1, test_size=held_out, random_state=0)
    inside, outside = (table.iloc[rows] for rows in next(families.split(table, groups=table["family"])))
    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=0)
    scores, of_held_out = [], []
    for train, test in folds.split(inside, inside["label"], inside["family"]):
        trained, tested = inside.iloc[train], inside.iloc[test]
        network = clone(model).fit(trained["sequence"], trained["label"], groups=trained["family"])
        scores.append(roc_auc_score(tested["label"], network.predict_proba(tested["sequence"])[:, 1]))
        of_held_out.append(network.predict_proba(outside["sequence"])[:, 1])
    return np.array(scores), outside["label"], np.mean(of_held_out, axis=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", help="promoters; simulated ones by default")
    parser.add_argument("--held-out", type=float, default=0.15, help="share of the families that no fold has")
    parser.add_argument("--epochs", type=int, default=TRAINING["max_epochs"])
    arguments = parser.parse_args()
    model = PromoterCNNClassifier(
        # predictions are the mean of both strands
        strand="both",
        validation_fraction=0.1,
        random_state=0,
        **TRAINING | {"max_epochs": arguments.epochs},
    )
    n_folds = DEEPDIFE["cross_validation_folds"]
    folds, labels, scores = cross_validate_and_hold_out(model, read(arguments.table), arguments.held_out, n_folds)
    told = ", ".join(f"{score:.3f}" for score in folds)
    print(f"AUROC of {n_folds} folds: {told}; mean {folds.mean():.3f}")
    print(f"published: mean {DEEPDIFE['cross_validation_auroc']:.2f}, on genes of its own data")
    held = f"{len(labels)} held-out genes, both strands, mean of {n_folds} networks"
    print(f"AUROC of {held}: {roc_auc_score(labels, scores):.3f}")
    print(f"published: {DEEPDIFE['held_out_auroc']:.3f} on {DEEPDIFE['held_out_genes']} genes")


if __name__ == "__main__":
    main()
