"""DeepDifE's recipe with orthologs: swapped in during training, then fine-tuning on the genes themselves.

The published settings (``seqaug_sklearn.published.DEEPDIFE``): in each batch a row is replaced by one of its orthologs
with probability 0.7 and read on a random strand, batches of 200, at most 100 epochs, patience 40; then 10 epochs on the
original promoters at 1e-4 with batches of 100. The score averages over both strands. Orthologs of validation and test
genes, and near-copies of them, never reach the training. Without files it runs on simulated promoters and orthologs.
The published AUROC is printed beside the one found: it is of other genes.

    python examples/recipe_orthologs.py [--table promoters.csv --orthologs orthologs.csv] [--epochs 100]

The first table has the columns name, sequence, label and family, the second identifier, ortholog, species and sequence.
"""

import argparse

import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import GroupShuffleSplit

from seqaug_sklearn.augmentation import OrthologAugmenter, RandomReverseComplement
from seqaug_sklearn.classification import PromoterCNNClassifier
from seqaug_sklearn.datasets import make_promoters, read_orthologs
from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.published import DEEPDIFE

TRAINING = DEEPDIFE["orthologs_training"]


def read(path, orthologs):
    """Table with sequence, label and family by name, and a table of orthologs."""
    if path is None:
        promoters = make_promoters(1000, n_families=150, random_state=0)
        return promoters.to_frame(), promoters.orthologs
    return pd.read_csv(path, index_col="name"), read_orthologs(orthologs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", help="promoters; simulated ones by default")
    parser.add_argument("--orthologs", help="orthologs of the table's promoters")
    parser.add_argument("--epochs", type=int, default=TRAINING["max_epochs"])
    parser.add_argument("--finetune-epochs", type=int, default=TRAINING["finetune_epochs"])
    arguments = parser.parse_args()
    if (arguments.table is None) != (arguments.orthologs is None):
        parser.error("--table and --orthologs come together")
    table, orthologs = read(arguments.table, arguments.orthologs)
    families = GroupShuffleSplit(1, test_size=0.1, random_state=0)
    train, test = (table.iloc[rows] for rows in next(families.split(table, groups=table["family"])))
    swap = OrthologAugmenter(orthologs, rate=DEEPDIFE["orthologs_rate"], exclude=table["sequence"])
    model = PromoterCNNClassifier(
        # one strand of each row and batch, drawn anew; strand="both" would train on both in every epoch
        strand="single",
        augment=[swap, RandomReverseComplement(0.5)],
        lr=1e-3,
        plateau_factor=0.1,
        plateau_patience=5,
        validation_fraction=0.1,
        random_state=0,
        **TRAINING | {"max_epochs": arguments.epochs, "finetune_epochs": arguments.finetune_epochs},
    )
    model.fit(train["sequence"], train["label"], groups=train["family"])
    strands = [test["sequence"], reverse_complement(test["sequence"])]
    scores = sum(model.predict_proba(strand)[:, 1] for strand in strands) / 2
    stages = model.history_.groupby("stage").size().tolist()
    print(f"{len(train)} training and {len(test)} test promoters, epochs of each stage: {stages}")
    published = f"published: {DEEPDIFE['orthologs_auroc']:.4f}, on test genes of its own data"
    print(f"AUROC {roc_auc_score(test['label'], scores):.3f} ({published})")
    print(f"AUPRC {average_precision_score(test['label'], scores):.3f}, responsive {test['label'].mean():.3f}")


if __name__ == "__main__":
    main()
