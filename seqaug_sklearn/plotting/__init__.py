"""Displays in scikit-learn's manner: one per figure of the window augmentation paper that scikit-learn does not draw.
Those of genotypes compare real individuals with synthetic ones.

Each display takes computed data, is made by a class method ``from_*`` that computes and plots, and draws again with
``plot(ax=None)``; the axes are in ``ax_``, their figure in ``figure_``. Colours are safe for colour-blind readers.
matplotlib is imported when something is drawn.
"""

from seqaug_sklearn.plotting._attributions import (
    AttributionTrackDisplay,
    MotifLogoDisplay,
    MutagenesisDisplay,
    SaliencyLogoDisplay,
    ShapInteractionDisplay,
    ShapSummaryDisplay,
    VariantEffectsDisplay,
)
from seqaug_sklearn.plotting._clusters import ClusterDisplay, ClusterMatrixDisplay
from seqaug_sklearn.plotting._codes import PredictedCodesDisplay

# confusion_figure is for the pages of `evaluation`; it is not in __all__, because the displays are what is public
from seqaug_sklearn.plotting._comparison import (
    BinaryCurvesDisplay,
    ReliabilityDisplay,
    ScoreDifferencesDisplay,
    ScoreDotsDisplay,
    TwoSplitsDisplay,
    confusion_figure,  # noqa: F401
)
from seqaug_sklearn.plotting._confusion import LargeConfusionMatrixDisplay
from seqaug_sklearn.plotting._curves import MeanCurvesDisplay, PrecisionRecallByClassDisplay
from seqaug_sklearn.plotting._genotypes import (
    AlleleFrequencyDisplay,
    GenotypePictureDisplay,
    GenotypePrivacyDisplay,
    LinkageDecayDisplay,
    LinkageMatrixDisplay,
    PopulationPCADisplay,
)
from seqaug_sklearn.plotting._histories import LearningCurvesDisplay
from seqaug_sklearn.plotting._leakage import LeakageDisplay
from seqaug_sklearn.plotting._network import NetworkDisplay
from seqaug_sklearn.plotting._protocols import ProtocolGapDisplay
from seqaug_sklearn.plotting._regression import (
    PredictedTrueDisplay,
    ResidualsBySimilarityDisplay,
    TargetScoresDisplay,
)
from seqaug_sklearn.plotting._sanity import SanityDisplay
from seqaug_sklearn.plotting._scores import ScoreBarsDisplay
from seqaug_sklearn.plotting._shortcuts import ShortcutDisplay
from seqaug_sklearn.plotting._windows import WindowCoverageDisplay

__all__ = [
    "AlleleFrequencyDisplay",
    "AttributionTrackDisplay",
    "BinaryCurvesDisplay",
    "ClusterDisplay",
    "ClusterMatrixDisplay",
    "GenotypePictureDisplay",
    "GenotypePrivacyDisplay",
    "LargeConfusionMatrixDisplay",
    "LeakageDisplay",
    "LearningCurvesDisplay",
    "LinkageDecayDisplay",
    "LinkageMatrixDisplay",
    "MeanCurvesDisplay",
    "MotifLogoDisplay",
    "MutagenesisDisplay",
    "NetworkDisplay",
    "PopulationPCADisplay",
    "PrecisionRecallByClassDisplay",
    "PredictedCodesDisplay",
    "PredictedTrueDisplay",
    "ProtocolGapDisplay",
    "ReliabilityDisplay",
    "ResidualsBySimilarityDisplay",
    "SaliencyLogoDisplay",
    "SanityDisplay",
    "ScoreBarsDisplay",
    "ScoreDifferencesDisplay",
    "ScoreDotsDisplay",
    "ShapInteractionDisplay",
    "ShapSummaryDisplay",
    "ShortcutDisplay",
    "TargetScoresDisplay",
    "TwoSplitsDisplay",
    "VariantEffectsDisplay",
    "WindowCoverageDisplay",
]
