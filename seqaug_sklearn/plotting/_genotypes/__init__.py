"""Displays of real and synthetic genotypes."""

from seqaug_sklearn.plotting._genotypes._allele_frequencies import AlleleFrequencyDisplay
from seqaug_sklearn.plotting._genotypes._linkage_decay import LinkageDecayDisplay
from seqaug_sklearn.plotting._genotypes._linkage_matrix import LinkageMatrixDisplay
from seqaug_sklearn.plotting._genotypes._picture import GenotypePictureDisplay
from seqaug_sklearn.plotting._genotypes._population_pca import PopulationPCADisplay
from seqaug_sklearn.plotting._genotypes._privacy import GenotypePrivacyDisplay

__all__ = [
    "AlleleFrequencyDisplay",
    "GenotypePictureDisplay",
    "GenotypePrivacyDisplay",
    "LinkageDecayDisplay",
    "LinkageMatrixDisplay",
    "PopulationPCADisplay",
]
