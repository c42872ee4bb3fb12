"""
Synthetic genotypes
===================

Synthetic genotypes for three populations: made by copying pieces of real haplotypes, measured on individuals that the
generator did not see, and shown beside a generator that loses linkage and one that exposes its training individuals.
"""

# %%
# Individuals and a split
# -----------------------
#
# Simulated individuals of one region. With a file of your own, read them with
# :func:`~seqaug_sklearn.datasets.read_genotypes`. A third is held out: nobody learns from them.

import numpy as np

from seqaug_sklearn.datasets import make_genotypes

individuals = make_genotypes(200, n_variants=250, n_populations=3, random_state=0)
held_out = np.arange(len(individuals)) % 3 == 0
train, test = individuals.take(~held_out), individuals.take(held_out)
print(train)

# %%
# Three generators
# ----------------
#
# The mosaic switches between haplotypes only where they agree on the last alleles: on how many is chosen so that nobody
# is revealed. Without that match it loses linkage. If it never switches, it hands out whole haplotypes of real
# individuals, and a warning says so.

from seqaug_sklearn.augmentation import HaplotypeMosaic

generators = {
    "mosaic": HaplotypeMosaic(random_state=0),
    "mosaic without match": HaplotypeMosaic(match_length=0, random_state=0),
    "no switches": HaplotypeMosaic(switch_rate=0, random_state=0),
}
made = {name: generator.fit(train).sample(len(train)) for name, generator in generators.items()}
chosen = generators["mosaic"]
print(f"chosen: match_length={chosen.match_length_}, n_neighbors={chosen.n_neighbors_}")
columns = ["match_length", "ld_correlation", "ld_correlation_real", "exact_copies", "membership_auc", "membership_high"]
chosen.tuning_[columns].round(3)

# %%
# How real, how private?
# ----------------------

from seqaug_sklearn.evaluation import genotype_fidelity

fidelity = genotype_fidelity(train, test, made, random_state=0)
print(fidelity.summary())
columns = ["af_mae", "ld_correlation", "ld_decay_error", "pca_distance", "privacy_loss", "membership_auc", "diversity"]
fidelity.averages[columns].astype(float).round(3)

# %%
# That no fault is found does not make individuals anonymous: every piece of a mosaic is a real individual's, and an
# average does
# not show the one rare haplotype that was copied at length. The user guide says what the figures mean and what they do
# not.
#
# Population structure
# --------------------
#
# On the real individuals' principal components, which stand in grey behind the synthetic ones.

from seqaug_sklearn.plotting import (
    AlleleFrequencyDisplay,
    GenotypePictureDisplay,
    GenotypePrivacyDisplay,
    LinkageDecayDisplay,
    LinkageMatrixDisplay,
    PopulationPCADisplay,
)

display = PopulationPCADisplay.from_genotypes(train, made)

# %%
# Allele frequencies
# ------------------
#
# Against those of the held-out individuals; the training individuals show what spread is chance.

display = AlleleFrequencyDisplay.from_genotypes(test, {"training individuals": train, "mosaic": made["mosaic"]})

# %%
# Linkage
# -------
#
# Above the diagonal the held-out individuals, below it the synthetic ones.

display = LinkageMatrixDisplay.from_genotypes(test, {name: made[name] for name in ("mosaic", "mosaic without match")})

# %%

display = LinkageDecayDisplay.from_frame(fidelity.ld_decay)

# %%
# Genotypes in four colours
# -------------------------

display = GenotypePictureDisplay.from_genotypes(train, {"mosaic": made["mosaic"]})

# %%
# Privacy
# -------
#
# Left, a curve above the black one lies nearer to the training individuals than strangers do. Right, the attack of
# someone
# who holds an individual's genotypes and wants to know whether the individual was in the training data.

display = GenotypePrivacyDisplay.from_genotypes(train, test, made)

# %%
# A file that reads again
# -----------------------

import tempfile
from pathlib import Path

from seqaug_sklearn.datasets import write_vcf

genotypes, populations = generators["mosaic"].sample(100, "POP2")
path = write_vcf(
    Path(tempfile.mkdtemp()) / "new_people.vcf.gz", genotypes, variants=individuals.variants, encoding="phased"
)
print(path.name, genotypes.shape)

# %%
# The command ``seqaug genotypes region.vcf.gz --labels samples.tsv --out report`` does all of this, with GenotypeGAN
# too if asked, and writes one page.
