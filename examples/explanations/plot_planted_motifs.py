"""
Planted motifs, found again
===========================

A network separates responsive promoters from others. Which residues made it say so? Here the answer is known, because
the promoters are simulated and their binding sites are planted; the steps are the same for real ones.
"""

# %%
# Train on windows, ask about promoters
# -------------------------------------
#
# Three motifs, each in a third of the sites, on either strand. The network sees windows of 60 residues; the pipeline
# answers for whole promoters, averaging over their windows.

import numpy as np
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.classification import PromoterCNNClassifier
from seqaug_sklearn.datasets import make_promoters

motifs = {"ABRE": "GMCACGTGKCCM", "DRE": "TRCCGACATCTC", "W-box": "AAAGTCAACGNT"}
data = make_promoters(
    400, 240, n_families=400, motifs=motifs, n_orthologs=0, site_turnover=0, label_noise=0, random_state=0
)
train, test = data.sequences[:360], data.sequences[360:]

network = PromoterCNNClassifier(
    strand="both", max_epochs=12, batch_size=128, lr=2e-3, validation_fraction=None, random_state=0
)
model = make_pipeline(WindowAugmenter(60, overlap=(30, 30), min_shared=None), network)
model.fit(train, data.y[:360])
print(f"accuracy on 40 other promoters: {model.score(test, data.y[360:]):.2f}")

# %%
# What each residue contributes
# -----------------------------
#
# :func:`~seqaug_sklearn.inspection.sequence_attributions` takes the whole pipeline. It explains every window by
# integrated gradients and averages over a promoter's windows, as
# :func:`~seqaug_sklearn.inspection.stitch_windows` does with windows of your own and ``combine="mean"``: the values of
# a residue in the windows that hold it are added up, and divided by the number of all windows of the promoter.
# ``delta`` says how much of the output the values miss.

from seqaug_sklearn.inspection import sequence_attributions
from seqaug_sklearn.plotting import AttributionTrackDisplay, MutagenesisDisplay

positive = test[(model.predict(test) == 1) & (data.y[360:] == 1)]
attributions = sequence_attributions(model, positive)
gap = np.abs(attributions.delta / (attributions.output - attributions.baseline_output))
print(f"{len(attributions)} promoters, largest gap {gap.max():.1%} of the change of output")


def sites(name):
    planted = data.motifs[data.motifs["identifier"] == name]
    return [(start, start + 12, motif) for start, motif in zip(planted["start"], planted["motif"], strict=True)]


name = positive.index[0]
display = AttributionTrackDisplay.from_attributions(attributions, name, sites=sites(name))

# %%
# The shaded parts are the planted sites, which neither the network nor the attribution was told. How often does the
# highest residue lie in one? Residues near the ends are in fewer windows, so their values are smaller. To compare
# places, take the mean over the windows that hold a residue: times the number of all windows, divided by ``coverage``.

n_windows = attributions.coverage.sum(axis=1, keepdims=True) / 60
values = attributions.per_position() * n_windows / attributions.coverage.clip(min=1)
hits = [
    any(start <= peak < end for start, end, _ in sites(name))
    for name, peak in zip(positive.index, values.argmax(axis=1), strict=True)
]
print(f"highest residue within a planted site: {np.mean(hits):.0%} of {len(hits)} promoters")

# %%
# What would happen if
# --------------------
#
# Mutagenesis asks more directly: every residue is exchanged for every other. Orange and brown lower the output: the
# letters of the site cannot be spared, those around it can.

start, end, _ = sites(name)[0]
mutants = sequence_attributions(model, positive[:1], method="mutagenesis")
display = MutagenesisDisplay.from_attributions(mutants, region=(max(0, start - 20), min(240, end + 20)))

# %%
# The two agree, although one differentiates the network and the other only asks it.

print(f"correlation: {np.corrcoef(mutants.per_position()[0], attributions.per_position()[0])[0, 1]:.2f}")
