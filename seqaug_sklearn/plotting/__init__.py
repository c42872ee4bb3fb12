"""Displays in scikit-learn's manner: one per figure of the window augmentation paper that scikit-learn does not draw.

Each display takes computed data, is made by a class method ``from_*`` that computes and plots, and draws again with
``plot(ax=None)``; the axes are in ``ax_``, their figure in ``figure_``. Colours are safe for colour-blind readers.
matplotlib is imported when something is drawn.
"""

from seqaug_sklearn.plotting._cluster_matrix import ClusterMatrixDisplay
from seqaug_sklearn.plotting._clusters import ClusterDisplay
from seqaug_sklearn.plotting._confusion import LargeConfusionMatrixDisplay
from seqaug_sklearn.plotting._curves import MeanCurvesDisplay, PrecisionRecallByClassDisplay
from seqaug_sklearn.plotting._histories import LearningCurvesDisplay
from seqaug_sklearn.plotting._leakage import LeakageDisplay
from seqaug_sklearn.plotting._network import NetworkDisplay
from seqaug_sklearn.plotting._protocols import ProtocolGapDisplay
from seqaug_sklearn.plotting._sanity import SanityDisplay
from seqaug_sklearn.plotting._scores import ScoreBarsDisplay
from seqaug_sklearn.plotting._windows import WindowCoverageDisplay

__all__ = [
    "ClusterDisplay",
    "ClusterMatrixDisplay",
    "LargeConfusionMatrixDisplay",
    "LeakageDisplay",
    "LearningCurvesDisplay",
    "MeanCurvesDisplay",
    "NetworkDisplay",
    "PrecisionRecallByClassDisplay",
    "ProtocolGapDisplay",
    "SanityDisplay",
    "ScoreBarsDisplay",
    "WindowCoverageDisplay",
]
