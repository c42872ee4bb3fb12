"""Commands that make and use models to keep."""

from seqaug_sklearn.cli._models._explain import explain
from seqaug_sklearn.cli._models._fit import fit
from seqaug_sklearn.cli._models._predict import predict
from seqaug_sklearn.cli._models._variants import variants

__all__ = ["explain", "fit", "predict", "variants"]
