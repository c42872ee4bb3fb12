"""DeepDifE's recipe with random edits: EvoAug's edits during training, both strands, early stopping by family.

The published settings (``seqaug_sklearn.published.DEEPDIFE``): two edits per sequence out of six, Adam at 1e-3, batches
of 100, at most 100 epochs, patience 20, learning rate divided by ten after 5 epochs without progress; the score
averages over both strands. Genes of one family are never on two sides. Without a table it runs on simulated promoters.
The published AUROC is printed beside the one found: it is of other genes.

    python examples/recipe_random_edits.py [--table promoters.csv] [--epochs 100]

The table has the columns name, sequence, label and family.
"""

import argparse

import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import GroupShuffleSplit

from seqaug_sklearn.augmentation import (
    RandomAugmentation,
    RandomDeletion,
    RandomInsertion,
    RandomMutation,
    RandomNoise,
    RandomReverseComplement,
    RandomTranslocation,
)
from seqaug_sklearn.classification import PromoterCNNClassifier
from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.published import DEEPDIFE

PUBLISHED = DEEPDIFE["edits"]
EDITS = RandomAugmentation(
    [
        RandomReverseComplement(PUBLISHED["reverse_complement_probability"]),
        RandomInsertion(*PUBLISHED["insertion"]),
        RandomDeletion(*PUBLISHED["deletion"]),
        RandomTranslocation(*PUBLISHED["translocation"]),
        RandomMutation(PUBLISHED["mutation_rate"]),
        RandomNoise(),
    ],
    max_per_sequence=PUBLISHED["max_per_sequence"],
)
TRAINING = DEEPDIFE["edits_training"]


def read(path):
    """Table with the columns sequence, label and family, indexed by name."""
    if path is None:
        return make_promoters(400, n_families=60, random_state=0).to_frame()
    return pd.read_csv(path, index_col="name")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", help="promoters; simulated ones by default")
    parser.add_argument("--epochs", type=int, default=TRAINING["max_epochs"])
    arguments = parser.parse_args()
    table = read(arguments.table)
    length = table["sequence"].str.len().max()
    families = GroupShuffleSplit(1, test_size=0.1, random_state=0)
    train, test = (table.iloc[rows] for rows in next(families.split(table, groups=table["family"])))
    model = PromoterCNNClassifier(
        strand="both",
        augment=EDITS,
        pad_to=int(length) + PUBLISHED["insertion"][1],  # room for the longest insertion
        validation_fraction=0.1,
        random_state=0,
        **TRAINING | {"max_epochs": arguments.epochs},
    )
    # families keep early stopping honest: its validation rows come from families of their own
    model.fit(train["sequence"], train["label"], groups=train["family"])
    scores = model.predict_proba(test["sequence"])[:, 1]
    print(f"{len(train)} training and {len(test)} test promoters, {len(model.history_)} epochs")
    published = f"published: {DEEPDIFE['edits_auroc']:.4f} on {DEEPDIFE['edits_test_genes']} test genes of its own data"
    print(f"AUROC {roc_auc_score(test['label'], scores):.3f} ({published})")
    print(f"AUPRC {average_precision_score(test['label'], scores):.3f}, responsive {test['label'].mean():.3f}")


if __name__ == "__main__":
    main()
