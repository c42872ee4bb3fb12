"""
Numbers as labels
=================

Regulatory activity is a number. A comparison takes it as it is: correlations with intervals by family, a lookup and the
mean beside the models, and figures of what was predicted. The data are simulated, so the best possible score is known.
"""

# %%
# The data
# --------
#
# Sequences of families that share sites, measured with noise. The rule reads motifs, where they stand, on which strand
# and at what distance from each other.

from seqaug_sklearn.datasets import make_activity

data = make_activity(400, length=120, n_families=80, random_state=0)
X, y, families = data.sequences, data.y, data.groups
print(data)
data.best_scores().round(3)

# %%
# Compare
# -------
#
# ``make_model`` gives the models of the command line; whole families are left out.

from seqaug_sklearn.evaluation import compare, make_model
from seqaug_sklearn.regression import MotifCNNRegressor

models = {
    "k-mers": make_model("kmers", X=X, y=y),
    "motif CNN": MotifCNNRegressor(max_epochs=40, device="cpu", random_state=0),
    "lookup": make_model("memoriser", X=X, y=y),
    "mean": make_model("majority", X=X, y=y),
}
result = compare(models, X, y, cv=4, groups=families, random_state=0)
print("\n".join(result.verdict()))

# %%

result.plot()

# %%
# Predicted and measured
# ----------------------
#
# Noise and what the model does not know pull predictions towards the mean: the cloud is flatter than the diagonal,
# which costs R² and no ranks.

from seqaug_sklearn.plotting import PredictedTrueDisplay, ResidualsBySimilarityDisplay

display = PredictedTrueDisplay.from_comparison(result, "motif CNN")

# %%
# Where a model is right
# ----------------------
#
# Whole families were left out above, so no test row resembles a training row. On a random split most do: the score is
# higher, and errors are a little smaller where rows resemble each other more. That part belongs to the relatives.

from sklearn.model_selection import KFold

split = KFold(4, shuffle=True, random_state=0)
random = compare({"k-mers": models["k-mers"]}, X, y, cv=split, shortcuts=False, random_state=0)
print(random.scores("spearman").round(3))
display = ResidualsBySimilarityDisplay.from_comparison(random, "k-mers", X, n_bins=5)

# %%
# In the unit of the measurement: half of the rows of each bin are off by less than this.

display.bins_["activity"].round(2)
