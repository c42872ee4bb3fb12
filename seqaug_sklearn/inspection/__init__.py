"""Inspection: which residues a fitted classifier's answer comes from, and what variants do to it.

The names below are imported on first use; torch, captum and shap are loaded by the methods that need them.
"""

from seqaug_sklearn._lazy import attach

_LAZY = {
    "Attributions": "_attributions",
    "Explanation": "_explanation",
    "Interactions": "_interactions",
    "Motif": ".motifs",
    "MotifSet": ".motifs",
    "VariantEffects": "_variants",
    "discover_motifs": "_motifs",
    "explain": "_explain",
    "match_motifs": "_match_motifs",
    "motif_report": "_motif_report",
    "read_jaspar": ".motifs",
    "read_meme": ".motifs",
    "read_motif_file": ".motifs",
    "sequence_attributions": "_sequence_attributions",
    "shap_interactions": "_interactions",
    "stitch_windows": "_stitching",
    "variant_effects": "_variants",
}

__getattr__, __dir__ = attach(__name__, _LAZY)

__all__ = sorted(_LAZY)
