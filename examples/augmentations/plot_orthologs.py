"""
Orthologs as training data
==========================

A gene that you measured has relatives in other species. Their promoters differ, but what switches the gene on is often
still there: new sequences for an old label. In fly enhancers they helped most where data were few (Duncan et al. 2024).
They can also leak. This example adds them to a count of words and to a network, and looks for the leak.
"""

# %%
# A table of orthologs
# --------------------
#
# One row per pair of gene and ortholog. :func:`~seqaug_sklearn.datasets.read_orthologs` makes it from FASTA files with
# tables of pairs, from a CSV file or from a dict; here it is simulated. The index of the sequences names the genes.

from seqaug_sklearn.datasets import make_promoters

promoters = make_promoters(120, length=200, n_families=40, n_orthologs=4, mutation_rate=0.15, random_state=0)
X, y, families = promoters.sequences, promoters.y, promoters.groups
promoters.orthologs.head()

# %%
# More rows for any classifier
# ----------------------------
#
# In a pipeline of imbalanced-learn the orthologs of the *training* rows are added in each fold, under the label of
# their gene, and test rows stay what they are. An ortholog of a held-out gene never gets in. ``exclude`` also keeps out
# what resembles a held-out row: give it all rows, it looks at those outside training only.

from imblearn.pipeline import make_pipeline
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from seqaug_sklearn.augmentation import OrthologAugmenter
from seqaug_sklearn.evaluation import compare

orthologs = OrthologAugmenter(promoters.orthologs, exclude=X)
words = CountVectorizer(analyzer="char", ngram_range=(5, 6), lowercase=False)
model = LogisticRegression(C=0.03, max_iter=1000)
folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
comparison = compare(
    {"without": make_pipeline(words, model), "with orthologs": make_pipeline(orthologs, words, model)},
    X,
    y,
    cv=folds,
    groups=families,
    scoring=["roc_auc"],
    n_repeats=2,
    random_state=0,
)
comparison.scores("roc_auc")[["mean", "standard_error"]].round(3)

# %%
# A difference of less than one standard error on 120 promoters shows nothing. ``tests`` says so in figures, with the
# smallest true difference that such data would have shown:

comparison.tests(metric="roc_auc").loc[["with orthologs"], ["difference", "p_value", "detectable"]].round(3)

# %%
# What was used, and what was not
# -------------------------------
#
# The report counts every ortholog once. ``near_held_out`` are those that ``exclude`` kept away.

train, test = next(folds.split(X, y, families))
X_more, y_more = orthologs.fit_resample(X.iloc[train], y.iloc[train])
orthologs.report_.to_frame()

# %%
# Is there a leak?
# ----------------
#
# The audit compares test rows with training rows and says what they share. Families are never divided here, so little
# is left to find. But take the dangerous case: a table that gives a training gene a "relative" which is a shifted copy
# of a test gene, as happens with paralogs and doubtful annotation.

import pandas as pd

from seqaug_sklearn.model_selection import audit_leakage

victims, thieves = X.iloc[test[:10]], X.index[train[:10]]
planted = pd.DataFrame(
    {"identifier": thieves, "ortholog": "planted " + thieves, "sequence": victims.str[9:].to_numpy()}
)
table = pd.concat([promoters.orthologs, planted])
leaked = {}
for name, exclude in {"without exclude": None, "with exclude": X}.items():
    augmented, _ = OrthologAugmenter(table, exclude=exclude).fit_resample(X.iloc[train], y.iloc[train])
    leaked[name] = audit_leakage(augmented, X.iloc[test])
pd.DataFrame({name: pd.Series(report.kind).value_counts() for name, report in leaked.items()}).fillna(0).astype(int)

# %%

from seqaug_sklearn.plotting import LeakageDisplay

display = LeakageDisplay.from_reports(list(leaked.values()), names=list(leaked))

# %%
# Swapped in while a network trains
# ---------------------------------
#
# ``augment=`` of the neural classifiers replaces each row of a batch by one of its orthologs, with probability ``rate``
# and anew in every epoch, then trains ``finetune_epochs`` more on the genes themselves. Validation rows of early
# stopping would count as held out too. The classifier finds names in the index of X, or in ``identifiers=``.
# Training accuracy says nothing, and test accuracy on 24 promoters little: whether it helps *your* data is a question
# for :func:`~seqaug_sklearn.evaluation.compare`, as above, of networks with and without.

from seqaug_sklearn.classification import PromoterCNNClassifier

for name, augment in {"without": None, "with orthologs": OrthologAugmenter(promoters.orthologs, exclude=X)}.items():
    network = PromoterCNNClassifier(
        conv_channels=(32,),
        dense_units=(32,),
        strand="both",
        batch_size=16,
        max_epochs=40,
        augment=augment,
        finetune_epochs=5,
        finetune_lr=1e-4,
        validation_fraction=None,
        random_state=0,
    )
    network.fit(X.iloc[train], y.iloc[train], groups=families.iloc[train])
    accuracies = [network.score(X.iloc[rows], y.iloc[rows]) for rows in (train, test)]
    print(f"{name}: accuracy {accuracies[0]:.2f} on training rows, {accuracies[1]:.2f} on test rows")
