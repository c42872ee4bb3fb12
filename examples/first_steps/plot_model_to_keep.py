"""
A model to keep
===============

From labelled promoters to a model that is chosen, scored, calibrated and saved, and to predictions that say how far
they can be trusted. On the command line these are `seqaug fit` and `seqaug predict`.
"""

# %%
# Choose and score
# ----------------
#
# :class:`~seqaug_sklearn.evaluation.ModelSearch` compares models on inner folds; with its defaults also networks and
# random edits, which take minutes. :class:`~seqaug_sklearn.evaluation.SequenceModel` runs the search anew in each
# training set, so the score is that of the whole procedure on families that had no part in a choice.

import pandas as pd

from seqaug_sklearn.datasets import make_promoters
from seqaug_sklearn.evaluation import ModelSearch, SequenceModel

promoters = make_promoters(240, length=150, n_families=80, n_orthologs=0, random_state=0)
# every fourth family plays the new sequences
is_old = ~promoters.groups.isin(promoters.groups.unique()[::4])
X, y, families = promoters.sequences[is_old], promoters.y[is_old], promoters.groups[is_old]

search = ModelSearch(["kmers", "positional-kmers", "svm"])
model = SequenceModel(search, random_state=0).fit(X, y, groups=families)
print("\n".join(model.verdict()))

# %%
# What each candidate scored on the inner folds of all rows, from which the final model was chosen:

columns = ["candidate", "mean_test_score", "difference", "standard_error"]
pd.DataFrame(model.search_.cv_results_)[columns].round(3)

# %%
# Probabilities that mean what they say
# -------------------------------------
#
# The raw scores of held-out rows, and the same after calibration. The new families below were not used for either.

import matplotlib.pyplot as plt

from seqaug_sklearn.plotting import ReliabilityDisplay

X_new, y_new = promoters.sequences[~is_old], promoters.y[~is_old]
_, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True)
for ax, title, probabilities in (
    (axes[0], "as the model says them", model.estimator_.predict_proba(X_new)),
    (axes[1], "calibrated", model.predict_proba(X_new)),
):
    ReliabilityDisplay.from_predictions(y_new, {title: probabilities}, model.classes_, n_bins=5, ax=ax)
    ax.set_title(title)

# %%
# Keep it
# -------
#
# The folder holds JSON and arrays, and no code.

from pathlib import Path
from tempfile import TemporaryDirectory

from seqaug_sklearn.persistence import load_model, save_model

folder = TemporaryDirectory()
path = save_model(model, Path(folder.name) / "model", about=model.about())
print(*sorted(file.name for file in path.glob("[!.]*")), sep="\n")
loaded = load_model(path)

# %%
# Predict
# -------
#
# A promoter of a new family, a copy of a training sequence, and letters of another composition:

new = pd.Series([X_new.iloc[0], X.iloc[0], "A" * 150], index=["new family", "a copy", "poly-A"])
loaded.report(new)[["predicted", "p_1", "in_domain", "kmer_share", "copy_of", "reason"]]

# %%

folder.cleanup()
