"""
Pairs of sequences, and members never seen before
=================================================

Does this microRNA bind that site? A model of pairs can score well because it knows one of the two from other pairs,
without looking at the partner. Here the DNA-BERT pair system is one pipeline, and three splits with two simple
baselines show what it has learned. The pairs are simulated, so the truth is known; the steps are the same for yours.
"""

# %%
# Pairs from a biased table
# -------------------------
#
# Where a microRNA binds, the site holds eight residues that pair with it, most of the time. But the table has a bias,
# too: some microRNAs bind nearly all sites that they were tested with, others nearly none. Tables of real pairs are
# biased in this way by what was studied, and how.

import numpy as np
import pandas as pd

from seqaug_sklearn.encoding import reverse_complement

rng = np.random.default_rng(0)
mirnas = ["".join(row) for row in rng.choice(list("ACGT"), (100, 22))]
sites = rng.choice(list("ACGT"), (300, 50))
first, second = rng.integers(0, 100, 900), np.arange(900) // 3
bias = rng.beta(0.5, 0.5, 100)
y = (rng.random(900) < bias[first]).astype(int)
matches = reverse_complement([mirna[1:9] for mirna in mirnas])
for pair in np.flatnonzero((y == 1) & (rng.random(900) < 0.8)):
    start = 16 * (pair % 3) + rng.integers(0, 8)
    sites[second[pair], start : start + 8] = list(matches[first[pair]])

texts = {"microRNA": [mirnas[i] for i in first], "site": ["".join(sites[i]) for i in second]}
pairs = pd.DataFrame(texts)
members = np.column_stack([[f"mir{i}" for i in first], [f"site{i}" for i in second]])
pd.concat([pd.Series(y, name="binds"), pairs], axis=1).head()

# %%
# The system as one pipeline
# --------------------------
#
# A language model makes a vector of each sequence, each column is scaled to [-1, 1], the difference and the product of
# the two vectors are put beside them, and a residual network decides. The language model is a folder or a name on the
# Hugging Face hub; here it is a small DNABERT of random weights, so that nothing is downloaded. With ``cache_dir`` no
# sequence is embedded twice, in whichever fold.

import tempfile
from pathlib import Path

import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from transformers import BertConfig, BertModel
from transformers.utils.logging import disable_progress_bar

from seqaug_sklearn.classification import ResidualMLPClassifier
from seqaug_sklearn.embedding import LanguageModelEmbedder, PairFeatures, kmer_vocabulary

disable_progress_bar()  # no bars in this page
torch.manual_seed(0)
folder = tempfile.TemporaryDirectory()
config = BertConfig(vocab_size=69, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2)
BertModel(config).save_pretrained(folder.name)
Path(folder.name, "vocab.txt").write_text("\n".join(kmer_vocabulary(3)))

embedder = LanguageModelEmbedder(folder.name, kmer=3, cache_dir=Path(folder.name, "cache"))
network = ResidualMLPClassifier(hidden_sizes=(64, 32), max_epochs=40, device="cpu")
system = make_pipeline(embedder, MinMaxScaler((-1, 1)), PairFeatures(), network)

# %%
# Two baselines
# -------------
#
# One is not shown the site at all. The other is a single number: the longest stretch of the microRNA that pairs with
# the site.

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer

from seqaug_sklearn.similarity import longest_shared_substring


def first_sequences(pairs):
    return np.asarray(pairs)[:, 0]


def longest_run(pairs):
    mirna, site = np.asarray(pairs, dtype=str).T
    found = longest_shared_substring(mirna, reverse_complement(site), both_strands=False)
    return found.length[:, None]


words = CountVectorizer(analyzer="char", ngram_range=(4, 4), lowercase=False)
models = {
    "whole system": system,
    "microRNA only": make_pipeline(FunctionTransformer(first_sequences), words, LogisticRegression()),
    "longest run": make_pipeline(FunctionTransformer(longest_run), MinMaxScaler(), LogisticRegression()),
}

# %%
# Three splits, three questions
# -----------------------------
#
# New pairs of known members; pairs with a new microRNA; pairs with a new microRNA and a new site. ``groups`` names both
# members. It goes to the splitter, and to the network too, whose early stopping needs unseen members as well.

import warnings

from sklearn.model_selection import StratifiedKFold

from seqaug_sklearn.evaluation import compare, pair_report
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import ColdPairKFold
from seqaug_sklearn.plotting import ScoreBarsDisplay

splits = {
    "known members": StratifiedKFold(4, shuffle=True, random_state=0),
    "new microRNA": ColdPairKFold(4, unseen="first", shuffle=True, random_state=0),
    "both new": ColdPairKFold(4, unseen="both", shuffle=True, random_state=0),
}
# a warning says that the first split lets training know members of test pairs: here that is the question
warnings.simplefilter("ignore", LeakageWarning)
comparisons = {
    name: compare(models, pairs, y, cv=cv, groups=members, return_train_score=False, random_state=0)
    for name, cv in splits.items()
}
folds = pd.concat([comparison.folds.assign(split=name) for name, comparison in comparisons.items()])
display = ScoreBarsDisplay.from_frame(folds, x="split", score="auroc", hue="estimator", chance=0.5)

# %%
# With known members, a model that is not shown the site does better than the whole system: it knows which microRNAs
# bind. With new ones it guesses, and so does the system, which had learned no more. The longest run does not care,
# because it looks at both. This is why the question comes first and the split second, and why a simple number belongs
# beside every network.
#
# Holding out both members costs pairs: those with one held-out member are neither trained nor tested, and those whose
# members are held out in different folds are never tested. Here are the pairs trained in a fold, on average, and the
# pairs tested in all of them.

sizes = folds[folds["estimator"] == "whole system"].groupby("split", sort=False)
sizes.agg(trained=("n_train", "mean"), tested=("n_test", "sum")).astype(int)

# %%
# What the DNA-BERT system reports
# --------------------------------
#
# Accuracy, precision, recall, F1 and both areas. The last row is that system's own report on its own data, which are
# not public: for orientation, no rival of the rows above.

pair_report(comparisons["new microRNA"]).iloc[:, :6].round(2)

# %%
# And the confusion matrix, over the test pairs of all folds:

import matplotlib.pyplot as plt
from sklearn.metrics import ConfusionMatrixDisplay

fig, axes = plt.subplots(1, 2, figsize=(8.5, 4), layout="constrained")
for ax, name in zip(axes, ("known members", "new microRNA"), strict=True):
    matrix = comparisons[name].confusion_matrix("whole system").to_numpy()
    display = ConfusionMatrixDisplay(matrix, display_labels=["free", "binds"])
    drawn = display.plot(ax=ax, cmap="Blues", colorbar=False, im_kw={"vmin": 0, "vmax": len(y) / 2})
    title = ax.set_title(f"whole system, {name}")

# %%

folder.cleanup()

# %%
# With a language model that has learned something, and real pairs, the same lines ask the same questions:
# ``examples/pretrain_dna_bert.py`` makes such a model, ``examples/benchmarks/bench_pairs.py`` prints the table for real
# microRNA targets and for orthologs, and the chapter :doc:`/user_guide/pairs` explains the rest.
