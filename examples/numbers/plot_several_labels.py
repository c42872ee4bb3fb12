"""
Several labels with gaps
========================

A table like Basset's: for each sequence and cell type whether it is open there, and a fifth of the entries not known.
One network learns all labels at once, and what is not known counts neither in its loss nor in its score.
"""

# %%
# The table
# ---------

from seqaug_sklearn.datasets import make_activity

cells = make_activity(400, length=120, n_families=80, n_targets=4, kind="labels", missing=0.2, random_state=0)
cells.y.head()

# %%
# Each label has effects of its own motifs; the rule itself does not reach 1, because labels are drawn after the noise.

cells.best_scores().round(3)

# %%
# Compare
# -------
#
# Scores are the mean over labels, chance is 0.5.

from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.evaluation import compare, make_model

X, y = cells.sequences, cells.y
models = {
    "motif CNN": MotifCNNClassifier(max_epochs=40, device="cpu", random_state=0),
    "k-mers": make_model("kmers", X=X, y=y),
    "lookup": make_model("memoriser", X=X, y=y),
}
result = compare(models, X, y, cv=4, groups=cells.groups, random_state=0)
print("\n".join(result.verdict()))

# %%
# Label by label
# --------------

from seqaug_sklearn.plotting import TargetScoresDisplay

TargetScoresDisplay.from_comparison(result)
result.per_target().round(3)
