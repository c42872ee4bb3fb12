"""What variants do to the answer of a classifier: alleles, windows around them, probabilities, and the result."""

from seqaug_sklearn.inspection._variants._effects import VariantEffects
from seqaug_sklearn.inspection._variants._variant_effects import variant_effects

__all__ = ["VariantEffects", "variant_effects"]
