"""Which gene does an upstream region of a chloroplast genome belong to, where a whole genome is left out?

Regions upstream of genes that at least two genomes have, of the given plastomes (land plants and an alga) and of
simulated ones; each genome is predicted from the others. The baseline is the nearest neighbour by tf-idf of 8-mers.

    python examples/benchmarks/bench_plastomes.py [--models kmers gapped-kmers average] [--length 300]
        [--genomes 4] [--data ../shared/data]
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import has_fit_parameter

from seqaug_sklearn.augmentation import RandomAugmentation, RandomDeletion, RandomMutation
from seqaug_sklearn.datasets import make_plastome, read_genbank, upstream_regions
from seqaug_sklearn.evaluation import make_model

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PLASTOMES = ("NC_000932.1", "NC_001865.1", "NC_005353.1")


def regions(records, length):
    """Regions by genome and gene, of genes that two genomes or more have under one name."""
    parts = []
    for genome, record in records.items():
        table = upstream_regions(record, length)
        # of a gene with several copies the first stands for it
        own = pd.DataFrame({"gene": table["gene"].str.lower().to_numpy(), "sequence": table["sequence"].to_numpy()})
        parts.append(own.drop_duplicates("gene").assign(genome=genome))
    table = pd.concat(parts, ignore_index=True)
    return table[table.groupby("gene")["genome"].transform("nunique") >= 2].reset_index(drop=True)


def simulated(n_genomes, length, rate=0.25):
    """Regions of one simulated plastome as so many descendants have them: residues exchanged, short stretches lost."""
    origin = regions({"a": make_plastome(60, random_state=0), "b": make_plastome(60, random_state=0)}, length)
    origin = origin[origin["genome"] == "a"]
    edits = RandomAugmentation([RandomMutation(rate), RandomDeletion(0, 30)])
    parts = []
    for number in range(n_genomes):
        edits.set_params(random_state=number)
        texts, _ = edits.fit_resample(origin["sequence"].tolist(), np.arange(len(origin)))
        # edited copies stand behind the rows
        parts.append(origin.assign(genome=f"simulated {number + 1}", sequence=list(texts)[len(origin) :]))
    return pd.concat(parts, ignore_index=True)


def nearest():
    counts = TfidfVectorizer(analyzer="char", ngram_range=(8, 8), lowercase=False)
    return make_pipeline(counts, KNeighborsClassifier(1, metric="cosine"))


def accuracy(model, table):
    """Accuracy in each genome left out, over regions of genes that the others have."""
    X, y, genomes = table["sequence"], table["gene"].to_numpy(), table["genome"].to_numpy()
    scores = {}
    for train, test in LeaveOneGroupOut().split(X, groups=genomes):
        test = test[np.isin(y[test], y[train])]
        about = {"groups": genomes[train]} if has_fit_parameter(model, "groups") else {}
        found = model.fit(X.iloc[train], y[train], **about).predict(X.iloc[test])
        scores[genomes[test[0]]] = np.mean(found == y[test])
    return scores


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["kmers", "gapped-kmers", "average"])
    parser.add_argument("--length", type=int, default=300)
    parser.add_argument("--genomes", type=int, default=4, help="simulated ones")
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    given = {name: read_genbank(arguments.data / "plastomes" / f"{name}.gb") for name in PLASTOMES}
    table = regions(given, arguments.length)
    report("given", table, arguments.models)
    report("simulated", simulated(arguments.genomes, arguments.length), arguments.models)


def report(title, table, keys):
    """Print the mean accuracy of each model over genomes."""
    print(f"{title}: {len(table)} regions of {table['gene'].nunique()} genes in {table['genome'].nunique()} genomes")
    models = {"1-NN on tf-idf of 8-mers": nearest()}
    models |= {key: make_model(key, X=table["sequence"], y=table["gene"], random_state=0) for key in keys}
    for name, model in models.items():
        started = time.process_time()
        scores = accuracy(model, table)
        each = ", ".join(f"{genome} {score:.3f}" for genome, score in scores.items())
        print(
            f"  {name:26} {np.mean([*scores.values()]):.3f} ({each}; {time.process_time() - started:.0f} s)", flush=True
        )


if __name__ == "__main__":
    main()
