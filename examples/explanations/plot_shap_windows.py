"""
SHAP values of windows, and real interactions
=============================================

Figure 7 of the window paper shows which of the 160 features of a window (position × base) matter for each class. This
draws it for windows whose answer is known, and beside it what the paper's second panel promises: interactions. Needs no
extra.
"""

# %%
# Promoters that need two boxes
# -----------------------------
#
# Many chloroplast genes are read by a polymerase of bacterial descent. It needs two boxes at a fixed distance: TTGACA,
# 35 residues before the start, and TATAAT, 10 before it. Here windows of 40 residues have both (class "both"), one of
# them (class "one"), or neither ("none"); all other residues are drawn at random.

import numpy as np
from sklearn.base import clone

from seqaug_sklearn.classification import CNNBiLSTMClassifier

rng = np.random.default_rng(0)
BOXES = {5: "TTGACA", 28: "TATAAT"}


def make_windows(n):
    labels = rng.choice(["both", "one", "none"], n)
    windows = rng.choice(list("ACGT"), (n, 40), p=[0.32, 0.18, 0.18, 0.32])
    for window, label in zip(windows, labels, strict=True):
        first = rng.integers(2)
        for number, (start, box) in enumerate(BOXES.items()):
            if label == "both" or (label == "one" and number == first):
                window[start : start + 6] = list(box)
    return ["".join(window) for window in windows], labels


X, y = make_windows(1500)
test, truth = make_windows(90)
model = CNNBiLSTMClassifier(
    conv_channels=(32,), kernel_size=7, num_layers=0, max_epochs=15, validation_fraction=None, random_state=0
)
model.fit(X, y)
print(f"accuracy on other windows: {model.score(test, truth):.2f}")

# %%
# Figure 7
# --------
#
# One panel for each class, the features of largest mean value first; "5_T" is a T at position 5. Blue points are
# windows that have that base there. The values are by integrated gradients, which SHAP's ``GradientExplainer``
# estimates from random points (``method="shap_gradient"``).

from seqaug_sklearn.inspection import sequence_attributions, shap_interactions
from seqaug_sklearn.plotting import ShapInteractionDisplay, ShapSummaryDisplay

values = {label: sequence_attributions(model, test, target=label, n_steps=128) for label in ("both", "one", "none")}
display = ShapSummaryDisplay.from_attributions(values, max_features=12)

# %%
# For "both" and "none" all twelve are letters of the two boxes, which speak for the one and against the other. For
# "one" the same letters stand on either side of zero: what a letter is worth depends on the rest of the window.

# %%
# What they do together
# ---------------------
#
# The paper's panel of "interactions" shows single values too, of several classes.
# :func:`~seqaug_sklearn.inspection.shap_interactions` computes what two positions do *together* beyond what each does
# alone. "Exactly one box?" is a question that no sum of single letters can answer:

switch = clone(model).fit(X, y == "one")
print(f"exactly one box: accuracy {switch.score(test, truth == 'one'):.2f}")
positions = [position for start in BOXES for position in range(start, start + 6)]
complete = [window for window, label in zip(test, truth, strict=True) if label == "both"][:10]
interactions = shap_interactions(switch, complete, positions=positions, target=True, n_samples=100, random_state=0)
display = ShapInteractionDisplay.from_interactions(interactions)

pairs = interactions.values.mean(axis=0)
between, within = pairs[:6, 6:].mean(), (pairs[:6, :6].sum() + pairs[6:, 6:].sum()) / 60
print(f"mean interaction of letters of different boxes {between:.2f}, of the same box {within:.2f}")

# %%
# The windows have both boxes. Nearly every pair is negative: what one letter adds, the next takes away, most of all in
# the other box. This network counts the letters of both boxes, and answers "yes" in the middle.
