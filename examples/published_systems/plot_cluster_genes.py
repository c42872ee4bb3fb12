"""
Clusters of unlabelled genes
============================

Which genes resemble each other, and are the clusters real? Shared k-mers need no labels and no alignment. The window
paper clusters the upstream regions of chloroplast genes in this way; here are its program, as coded, and the same idea
with a distance and a test.
"""

# %%
# Genes without labels
# --------------------
#
# Upstream regions of a simulated chloroplast genome. To have something to find, some genes get relatives: copies of
# which one residue in eight is mutated. Two of them have names that say nothing.

import numpy as np
import pandas as pd

from seqaug_sklearn.datasets import make_plastome, upstream_regions

genes = upstream_regions(make_plastome(45, random_state=3))["sequence"]
rng = np.random.default_rng(0)


def relative(text):
    letters = np.array(list(text))
    mutated = rng.random(len(letters)) < 1 / 8
    letters[mutated] = rng.choice(list("ACGT"), mutated.sum())
    return "".join(letters)


families = {"psbA": ["psbA2", "psbA3", "ycf88"], "rbcL": ["rbcL2", "orf41"], "trnH": ["trnH2", "trnH3", "trnH4"]}
copies = {copy: relative(genes[gene]) for gene, names in families.items() for copy in names}
genes = pd.concat([genes, pd.Series(copies)]).sample(frac=1, random_state=0)
print(f"{len(genes)} genes, {genes.str.len().iloc[0]} residues each")

# %%
# Which pairs share more than chance?
# -----------------------------------
#
# :func:`~seqaug_sklearn.similarity.cluster_sequences` repeats all it does on shuffled sequences that keep the count of
# every pair of neighbouring residues. So it knows how close the closest pair is by chance.

from seqaug_sklearn.similarity import cluster_sequences

clusters = cluster_sequences(genes, n_shuffles=19)
pairs = clusters.pairs()
pairs[pairs["p_shuffle"] <= 0.05]

# %%
# Besides the families that were planted there are neighbours whose upstream regions overlap, as in real genomes.
#
# How many clusters, and are they real?
# -------------------------------------
#
# The silhouette suggests a number; the shuffled sequences say whether to believe it.

print(*clusters.verdict(), sep="\n")
clusters.members().query("size > 1")[["size", "silhouette", "within", "between", "medoid"]]

# %%
# On the map, names never overlap. Two axes hold little of what tells sixty sequences apart, so look at the matrix too.

from seqaug_sklearn.plotting import ClusterDisplay, ClusterMatrixDisplay

display = ClusterDisplay.from_clusters(clusters)

# %%

display = ClusterMatrixDisplay.from_clusters(clusters)

# %%
# Relatives of uncharacterised genes
# -----------------------------------------

clusters.nearest_named(1).round(3)

# %%
# The paper's program, as coded
# -----------------------------
#
# It clusters the rows of the upper triangle of the matrix of counts. How full a row is depends on where the gene stands
# in the file, and so do the clusters: in another order they are others.

paper = cluster_sequences(genes, method="paper", n_shuffles=19)
print(f"agreement with another order: {paper.order_agreement:.2f} (by distance: {clusters.order_agreement:.2f})")
print(paper.verdict()[0])
display = ClusterDisplay.from_clusters(paper)

# %%
# The command ``seqaug kmers genes.fasta --out report`` does all of this and writes one page.
