"""Models in folders: saved as JSON and plain arrays, loaded without running anything that is in the folder."""

from seqaug_sklearn.persistence._load import load_model
from seqaug_sklearn.persistence._save import save_model

__all__ = ["load_model", "save_model"]
