"""The DNA-BERT pair system on random and on cold splits, beside two simple baselines that it has to beat.

Data: microRNAs and target sites (``../shared/data``, classes balanced within each microRNA), and simulated orthologs.
Splits: random; one member of each test pair unseen in training, its relatives included; both unseen. System: embeddings
of both sequences by a small DNA BERT, min-max scaling, pair features, residual network. Baselines: the first sequence
alone, and the longest complementary run (microRNAs) or the share of common k-mers (orthologs). All are printed, whoever
wins. Finished folds are kept in ``--store`` and embeddings in ``--cache``; a second run continues from there.

    python examples/pretrain_dna_bert.py --out dna-bert
    python examples/benchmarks/bench_pairs.py --model dna-bert [--kmer 3] [--jobs 2] [--seeds 1] [--limit 2000]
        [--data orthologs microRNAs] [--split random one both] [--store pairs.folds] [--cache pairs.embeddings]
"""

import argparse
import platform
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import torch
import transformers
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler

from seqaug_sklearn.classification import ResidualMLPClassifier
from seqaug_sklearn.datasets import make_pairs
from seqaug_sklearn.embedding import LanguageModelEmbedder, PairFeatures
from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.evaluation import DNABERT_PAIRS_PUBLISHED, compare, pair_report
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import ColdPairKFold
from seqaug_sklearn.similarity import KmerSimilarity, longest_shared_substring, similarity_groups

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SYSTEM, FIRST = "whole system", "first sequence only"
SEED = 7  # residues by which a microRNA finds its target; relatives share them
K = 6


def read_micro_rnas(folder, limit):
    """Pairs, labels, and the group of relatives of each side."""
    table = pd.read_csv(folder / "pairs" / "mirna_target_pairs_balanced.csv.gz")
    table = table.sample(min(limit or len(table), len(table)), random_state=0)
    first = similarity_groups(table["seq1"], 0.3, similarity=KmerSimilarity(k=SEED, metric="containment"))
    second = similarity_groups(table["seq2"], 0.3)
    return table[["seq1", "seq2"]].to_numpy(str), table["label"].to_numpy(), np.column_stack([first, second])


def simulate_orthologs(folder, limit):
    """The same of promoters of two species; families are named alike on both sides."""
    data = make_pairs(min(limit or 4000, 4000) // 2 * 2, 200, mutation_rate=0.25, random_state=0)
    return data.pairs.to_numpy(str), data.y.to_numpy(), data.families.to_numpy(str)


def first_sequences(pairs):
    return np.asarray(pairs)[:, 0]


def longest_run(pairs):
    """Residues of the longest stretch of the first sequence that pairs with the second without a gap."""
    first, second = np.asarray(pairs).T
    return longest_shared_substring(first, reverse_complement(second), both_strands=False).length[:, None]


def shared_kmers(pairs):
    """Share of the k-mers of either sequence that both have."""
    kmers = [[{text[i : i + K] for i in range(len(text) - K + 1)} for text in row] for row in pairs]
    return np.array([[len(a & b) / len(a | b)] for a, b in kmers])


READERS = {"orthologs": simulate_orthologs, "microRNAs": read_micro_rnas}
BASELINES = {
    "orthologs": (f"common {K}-mers", shared_kmers),
    "microRNAs": ("longest complementary run", longest_run),
}


def make_embedder(options):
    return LanguageModelEmbedder(options.model, kmer=options.kmer or None, cache_dir=options.cache)


def estimators(options, name):
    baseline, function = BASELINES[name]
    network = ResidualMLPClassifier(batch_size=128)
    counts = CountVectorizer(analyzer="char", ngram_range=(4, 4), lowercase=False)
    return {
        SYSTEM: make_pipeline(make_embedder(options), MinMaxScaler((-1, 1)), PairFeatures(), network),
        FIRST: make_pipeline(FunctionTransformer(first_sequences), counts, LogisticRegression(max_iter=1000)),
        baseline: make_pipeline(FunctionTransformer(function), MinMaxScaler(), LogisticRegression()),
    }


def splitter(split):
    if split == "random":
        return StratifiedKFold(5, shuffle=True)
    return ColdPairKFold(5, unseen=split, shuffle=True)


def run(options, name, split):
    pairs, y, groups = READERS[name](options.folder, options.limit)
    content = make_embedder(options).fit(pairs[:1]).revision_.removeprefix("sha256:")[:12]
    if split == "random":  # known members are what this split is for
        warnings.simplefilter("ignore", LeakageWarning)
    comparison = compare(
        estimators(options, name),
        pairs,
        y,
        cv=splitter(split),
        groups=groups,
        pairs=True,
        n_repeats=options.seeds,
        reference=BASELINES[name][0],
        return_train_score=False,
        n_jobs=options.jobs,
        store=options.store / content,  # another model in the same folder is another system
        progress=True,
        random_state=0,
    )
    tests = comparison.tests(metric="auroc").loc[SYSTEM]
    sizes = comparison.folds[comparison.folds["estimator"] == SYSTEM][["n_train", "n_test", "fit_seconds"]].mean()
    print(
        f"\n{name}, {split}: {len(y)} pairs, {y.mean():.0%} positive; {sizes['n_train']:.0f} train and "
        f"{sizes['n_test']:.0f} test in a fold; {sizes['fit_seconds']:.0f} s a fit of the system"
    )
    print(
        f"AUROC of the system minus that of {tests['reference']}: {tests['difference']:+.3f} "
        f"({tests['low']:+.3f} to {tests['high']:+.3f}), p {tests['p_value']:.3f}"
    )
    return pair_report(comparison).drop(index="published").assign(data=name, split=split)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="folder of a DNA BERT, for example of pretrain_dna_bert.py")
    parser.add_argument("--kmer", type=int, default=3, help="0 for a model with a tokenizer of its own")
    parser.add_argument("--data", nargs="+", choices=list(READERS), default=list(READERS))
    parser.add_argument("--split", nargs="+", choices=["random", "one", "both"], default=["random", "one", "both"])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=int, help="most pairs of each data set, to try things out")
    parser.add_argument("--store", type=Path, default=Path("pairs.folds"))
    parser.add_argument("--cache", type=Path, default=Path("pairs.embeddings"))
    parser.add_argument("--folder", type=Path, default=DATA)
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, torch {torch.__version__}, transformers {transformers.__version__}")
    tables = [run(options, name, split) for name in options.data for split in options.split]
    table = pd.concat(tables).rename_axis("estimator").set_index(["data", "split"], append=True)
    table = table.reorder_levels(["data", "split", "estimator"])
    published = pd.DataFrame([DNABERT_PAIRS_PUBLISHED], index=["published"])
    with pd.option_context("display.width", 250, "display.max_columns", None, "display.float_format", "{:.3f}".format):
        print(f"\n{table}\n\nFor reference, as published for other data, which are not public:\n{published}")


if __name__ == "__main__":
    main()
