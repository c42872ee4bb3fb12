"""
Quickstart
==========

Does cutting promoters into windows help a classifier on gene families that it has not seen? The pipeline below is plain
scikit-learn; the one thing to get right is the split, and why is shown at the end on data without any signal.
"""

# %%
# Simulated promoters
# -------------------
#
# Promoters of genes that respond to a hormone carry planted motifs. Genes of one family descend from one ancestor and
# resemble each other, as in life.

from seqaug_sklearn.datasets import make_promoters

promoters = make_promoters(80, length=120, n_families=20, random_state=0)
promoters.to_frame().head()

# %%
# Windows
# -------
#
# :class:`~seqaug_sklearn.augmentation.WindowAugmenter` shows each sequence as the row of its windows. Rows stay rows,
# so labels and families still fit, and a window cannot leave its sequence.

from seqaug_sklearn import WindowAugmenter

augmenter = WindowAugmenter(window=40)
bags = augmenter.fit_transform(promoters.sequences)
print(f"{bags.shape[0]} sequences, {bags.shape[1]} windows each; the first: {bags[0, 0]}")

# %%
# Without the paper's second rule, its overlaps alone decide where windows lie:

from seqaug_sklearn.plotting import WindowCoverageDisplay

sparse = WindowAugmenter(window=40, min_shared=None).explode(promoters.sequences[:1])
display = WindowCoverageDisplay.from_window_set(sparse)

# %%
# Real scores
# -------------
#
# Families are held out as a whole. The network for few sequences is
# :class:`~seqaug_sklearn.classification.MotifCNNClassifier`. It takes bags as they are: with ``bag_pooling`` it makes
# one answer of all windows, without it windows are trained with the label of their sequence and vote, as published. The
# same network on whole sequences is what windows have to beat. Any scikit-learn classifier takes bags through
# :class:`~seqaug_sklearn.classification.WindowVotingClassifier`. Metadata routing lets the families reach networks that
# stop early, too.

import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from seqaug_sklearn import OneHotEncoder
from seqaug_sklearn.classification import MotifCNNClassifier, WindowVotingClassifier

sklearn.set_config(enable_metadata_routing=True)
settings = {"max_epochs": 60, "device": "cpu", "random_state": 0}
half = WindowAugmenter(window=40, min_shared=None, overlap=(20, 20))  # windows that overlap by half
logistic = LogisticRegression(C=0.01, max_iter=200)
models = {
    "network, whole sequences": MotifCNNClassifier(**settings),
    "network, windows, pooled": make_pipeline(half, MotifCNNClassifier(bag_pooling="log_sum_exp", **settings)),
    "network, windows that vote": make_pipeline(half, MotifCNNClassifier(**settings)),
    "logistic regression, windows": make_pipeline(
        augmenter, OneHotEncoder(flatten=True), WindowVotingClassifier(logistic)
    ),
}
cv = StratifiedGroupKFold(4)
X, y, families = promoters.sequences, promoters.y, promoters.groups
for name, model in models.items():
    scores = cross_val_score(model, X, y, params={"groups": families}, cv=cv)
    print(f"{name:30} {scores.mean():.2f} ± {scores.std(ddof=1) / 2:.2f}")

# %%
# The trap
# --------
#
# Random letters with random labels hold nothing to learn. If windows are split at random, looking up the training
# window that shares most 12-mers is nevertheless always right. Split by the sequence they come from, it guesses.

import numpy as np
from sklearn.model_selection import GroupKFold, StratifiedKFold

from seqaug_sklearn.evaluation import memoriser

rng = np.random.default_rng(0)
noise = ["".join(rng.choice(list("ACGT"), 120)) for _ in range(40)]
windows = augmenter.explode(noise, rng.permutation([0, 1] * 20))
X, y = windows.windows, windows.y
noise_scores = {
    "windows at random": cross_val_score(memoriser(), X, y, cv=StratifiedKFold(5, shuffle=True, random_state=0)),
    "whole sequences": cross_val_score(memoriser(), X, y, cv=GroupKFold(5), params={"groups": windows.groups}),
}
sklearn.set_config(enable_metadata_routing=False)
for name, score in noise_scores.items():
    print(f"noise, {name:18} {score.mean():.2f}")

# %%

import pandas as pd

from seqaug_sklearn.plotting import ProtocolGapDisplay

accuracy = [scores.mean() for scores in noise_scores.values()]
table = pd.DataFrame({"protocol": noise_scores.keys(), "accuracy": accuracy, "leaks": [True, False]})
display = ProtocolGapDisplay.from_frame(table, score="accuracy", chance=0.5, leaks="leaks")
