"""Augmentation of biological sequences as scikit-learn parts, with splits that cannot leak.

The names below are imported on first use, so ``import seqaug_sklearn`` loads neither scikit-learn nor torch.
"""

from seqaug_sklearn._lazy import attach

__version__ = "0.1.0"

_LAZY = {
    "CNNBiLSTMClassifier": "classification",
    "KmerSimilarity": "similarity",
    "OneHotEncoder": "encoding",
    "WindowAugmenter": "augmentation",
}
_SUBPACKAGES = (
    "alphabets",
    "augmentation",
    "classification",
    "datasets",
    "embedding",
    "encoding",
    "evaluation",
    "exceptions",
    "features",
    "inspection",
    "model_selection",
    "plotting",
    "similarity",
)

__getattr__, __dir__ = attach(__name__, _LAZY, _SUBPACKAGES)

__all__ = sorted([*_LAZY, "__version__"])
