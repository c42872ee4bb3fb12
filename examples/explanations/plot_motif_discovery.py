"""
Which motifs does the classifier look for?
==========================================

A network scores promoters well. What has it learned? Its attributions say for each residue what it contributes;
TF-MoDISco gathers what recurs among them into motifs, and Tomtom finds the known motifs that resemble these. Here two
motifs are planted, so the answer can be checked. Needs the extras ``explain`` and ``motifs``.
"""

# %%
# A network to explain
# --------------------
#
# Simulated promoters that respond to a signal carry an abscisic-acid element (ABRE, ``GMCACGTGKCCM``) or a drought
# element (DRE, ``TRCCGACATCTC``). Relatives stay on one side of the split. Attributions of the *training* rows would
# show what was memorised as well.

from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit

from seqaug_sklearn.classification import PromoterCNNClassifier
from seqaug_sklearn.datasets import make_promoters

promoters = make_promoters(600, length=150, n_families=150, n_orthologs=0, label_noise=0.0, random_state=0)
X, y, families = promoters.sequences, promoters.y.to_numpy(), promoters.groups.to_numpy()
train, test = next(GroupShuffleSplit(1, test_size=0.4, random_state=0).split(X, y, families))
model = PromoterCNNClassifier(
    conv_channels=(32, 16), dense_units=(32,), strand="both", max_epochs=25, lr=3e-3, random_state=0
)
model.fit(X.iloc[train], y[train], groups=families[train])
print(f"AUROC on held-out families: {roc_auc_score(y[test], model.predict_proba(X.iloc[test])[:, 1]):.2f}")

# %%
# From residues to motifs
# -----------------------
#
# TF-MoDISco compares *hypothetical* contributions too: what each symbol would give at each position. Sequences must be
# whole: windows are too short, and :func:`~seqaug_sklearn.inspection.stitch_windows` puts them together.

from seqaug_sklearn.inspection import discover_motifs, sequence_attributions
from seqaug_sklearn.plotting import MotifLogoDisplay, SaliencyLogoDisplay

attributions = sequence_attributions(model, X.iloc[test], target=1, hypothetical=True, random_state=0)
responsive = int(y[test].argmax())
_ = SaliencyLogoDisplay.from_attributions(attributions, rows=responsive, strand="both", residues_per_row=75)

# %%
# High letters speak for "responds". Read the lower row of each pair for the other strand. One promoter shows one site;
# all of them together show the motif.

motifs = discover_motifs(attributions)
motifs.to_frame().round(2)

# %%
# A name for each
# ---------------
#
# Tomtom compares with every plant motif of JASPAR. The q-value is corrected for the size of that collection. Factors of
# one family bind nearly the same sequence: read the first name as that of its family.

from seqaug_sklearn.inspection import match_motifs, read_jaspar

jaspar = read_jaspar(group="plants")
match_motifs(motifs, jaspar, n_best=3)

# %%
_ = MotifLogoDisplay.from_motifs(motifs, database=jaspar, n_motifs=4)

# %%
# Were they found where they were planted?
# ----------------------------------------
#
# Each motif knows its sites: sequence, place and strand. Beside them the nearest planted site, if it overlaps.

pairs = motifs.seqlets().merge(promoters.motifs, on="identifier", suffixes=("", "_planted"))
centre = (pairs["site_start"] + pairs["site_end"]) / 2
pairs["distance"] = (centre - pairs["start_planted"] - 6).abs()
nearest = pairs.sort_values("distance").drop_duplicates(["motif", "identifier", "site_start"])
found = nearest[nearest["distance"] < 12].groupby(["motif", "motif_planted"]).size().unstack(fill_value=0)
found.assign(all_sites=motifs.to_frame()["n_seqlets"])

# %%
# One page for the record
# -----------------------
#
# :func:`~seqaug_sklearn.inspection.motif_report` writes all of it to one page, with the tables as TSV and the motifs in
# MEME's format for other programs.

import tempfile
from pathlib import Path

from seqaug_sklearn.inspection import motif_report

page = motif_report(motifs, Path(tempfile.mkdtemp()) / "motif-report", database=jaspar)
sorted(path.name for path in page.parent.rglob("*.*"))
