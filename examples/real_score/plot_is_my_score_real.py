"""
Is my score real?
=================

A classifier of windows scores nearly 100 %. Here is how to find out, in five lines, whether it has learned anything.
The sequences are random letters, each one a class of its own, so there is nothing to learn; but the steps are the same
for your data and your model.
"""

# %%
# A score to be proud of
# ----------------------
#
# Fifteen sequences, one class each, cut into every window of 40; a fifth of the windows held out at random, as the
# window paper does it. The model counts 6-mers.

from textwrap import fill

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import KFold, cross_val_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from seqaug_sklearn import WindowAugmenter

rng = np.random.default_rng(0)
genes = ["".join(row) for row in rng.choice(list("ACGT"), size=(15, 200))]
windows = WindowAugmenter(window=40).explode(genes, [f"gene{i:02}" for i in range(15)])
model = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(6, 6), lowercase=False), MultinomialNB())
at_random = KFold(5, shuffle=True, random_state=42)
print(f"accuracy {cross_val_score(model, windows.windows, windows.y, cv=at_random).mean():.3f}, chance {1 / 15:.3f}")

# %%
# Five lines that ask
# -------------------
#
# :func:`~seqaug_sklearn.model_selection.sanity_checks` fits the same model on the same folds, but on random sequences
# that were cut in the same way, and next to a memoriser that only looks up the most similar training row. An honest
# score drops to chance on random sequences.

from seqaug_sklearn.model_selection import sanity_checks
from seqaug_sklearn.plotting import SanityDisplay

report = sanity_checks(model, windows, windows.y, at_random, windows.positions, n_noise=2, random_state=0)
print(fill(report.summary(), 80))
display = SanityDisplay.from_report(report)

# %%
# Where it comes from
# -------------------
#
# :func:`~seqaug_sklearn.model_selection.audit_leakage` finds, for every test row, the training row that it shares most
# with. Nearly all test windows are training windows, shifted by one residue.

import pandas as pd

from seqaug_sklearn.model_selection import WindowBlockKFold, audit_leakage

text = pd.Series(windows.windows, index=[f"{y} {start}" for y, start in zip(windows.y, windows.starts, strict=True)])
blocks = WindowBlockKFold(5, window=40)
audits = {}
for name, splits in {
    "at random": at_random.split(text),
    "blocks": blocks.split(text, groups=windows.positions),
}.items():
    train, test = next(iter(splits))
    audits[name] = audit_leakage(text.iloc[train], text.iloc[test])
audits["at random"].to_frame().head()

# %%

from seqaug_sklearn.plotting import LeakageDisplay

display = LeakageDisplay.from_reports(list(audits.values()), names=list(audits))

# %%
# What is left of it
# ------------------
#
# With a contiguous block of every sequence held out, and the training windows that overlap it purged, the audit finds
# nothing and the score is chance.

scores = cross_val_score(model, windows.windows, windows.y, cv=blocks, groups=windows.positions)
print(f"accuracy {scores.mean():.3f}, chance {1 / 15:.3f}")
print(fill(audits["blocks"].summary(), 80))

# %%
# Does the model beat chance on *your* data under this split? Then it has learned something that a shifted copy does not
# explain. The user guide's chapter :doc:`/user_guide/score_real` goes through it step by step.
