"""Displays of attributions, motifs and SHAP values."""

from seqaug_sklearn.plotting._attributions._attributions import AttributionTrackDisplay, MutagenesisDisplay
from seqaug_sklearn.plotting._attributions._logos import SaliencyLogoDisplay
from seqaug_sklearn.plotting._attributions._motifs import MotifLogoDisplay
from seqaug_sklearn.plotting._attributions._shap import ShapInteractionDisplay, ShapSummaryDisplay
from seqaug_sklearn.plotting._attributions._variants import VariantEffectsDisplay

__all__ = [
    "AttributionTrackDisplay",
    "MotifLogoDisplay",
    "MutagenesisDisplay",
    "SaliencyLogoDisplay",
    "ShapInteractionDisplay",
    "ShapSummaryDisplay",
    "VariantEffectsDisplay",
]
