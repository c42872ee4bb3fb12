"""Which gene is a sequence of a chloroplast genome of, where a whole genome is left out?

Upstream regions and proteins of genes that at least two genomes have, of the given plastomes (two land plants and an
alga), and upstream regions of simulated relatives; each genome is predicted from the others. The baseline is the
nearest neighbour by tf-idf of 8-mers.

    python examples/benchmarks/bench_plastomes.py [--models NAME ...] [--length 300] [--genomes 4]
        [--rates .1 .25] [--data ../shared/data]

Models that choose their penalty ("gapped-kmers", "average") take long, because there are about a hundred classes.
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
from seqaug_sklearn.datasets import make_plastome, protein_sequences, read_genbank, upstream_regions
from seqaug_sklearn.evaluation import make_model

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PLASTOMES = ("NC_000932.1", "NC_001865.1", "NC_005353.1")


def shared_genes(tables):
    """Sequences by genome and gene, of genes that two genomes or more have under one name."""
    parts = []
    for genome, table in tables.items():
        # of a gene with several copies the first stands for it
        own = pd.DataFrame({"gene": table["gene"].str.lower().to_numpy(), "sequence": table["sequence"].to_numpy()})
        parts.append(own.drop_duplicates("gene").assign(genome=genome))
    table = pd.concat(parts, ignore_index=True)
    return table[table.groupby("gene")["genome"].transform("nunique") >= 2].reset_index(drop=True)


def simulated(n_genomes, length, rate):
    """Regions of one simulated plastome as so many descendants have them: residues exchanged, short stretches lost."""
    table = upstream_regions(make_plastome(60, random_state=0), length)
    origin = shared_genes({"one": table, "same": table}).query("genome == 'one'")
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
    parser.add_argument("--models", nargs="+", default=["kmers", "memoriser"])
    parser.add_argument("--length", type=int, default=300)
    parser.add_argument("--genomes", type=int, default=4, help="simulated ones")
    parser.add_argument("--rates", type=float, nargs="+", default=[0.1, 0.25], help="residues that they exchange")
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    given = {name: read_genbank(arguments.data / "plastomes" / f"{name}.gb") for name in PLASTOMES}
    upstream = shared_genes({name: upstream_regions(record, arguments.length) for name, record in given.items()})
    report("upstream regions", upstream, arguments.models)
    proteins = shared_genes({name: protein_sequences(record) for name, record in given.items()})
    report("proteins", proteins, arguments.models, alphabet="protein")
    for rate in arguments.rates:
        relatives = simulated(arguments.genomes, arguments.length, rate)
        report(f"upstream regions, simulated, {rate:.0%} of residues exchanged", relatives, arguments.models)


def report(title, table, keys, alphabet="dna"):
    """Print the mean accuracy of each model over genomes."""
    print(f"{title}: {len(table)} sequences of {table['gene'].nunique()} genes in {table['genome'].nunique()} genomes")
    models = {"1-NN on tf-idf of 8-mers": nearest()}
    models |= {
        key: make_model(key, alphabet=alphabet, X=table["sequence"], y=table["gene"], random_state=0) for key in keys
    }
    for name, model in models.items():
        started = time.process_time()
        scores = accuracy(model, table)
        each = ", ".join(f"{genome} {score:.3f}" for genome, score in scores.items())
        print(
            f"  {name:26} {np.mean([*scores.values()]):.3f} ({each}; {time.process_time() - started:.0f} s)", flush=True
        )


if __name__ == "__main__":
    main()
