"""Text in, numbers out: transformers whose features have names, for any classifier of scikit-learn.

:class:`KmerCounts` counts k-mers, :class:`GappedKmerCounts` those with gaps, :class:`PositionalKmers` says which stands
where, :class:`MotifOccupancy` how strongly known motifs occur, :class:`SequenceComposition` gives shares of symbols and
of neighbours. :class:`SequenceParts` gives any of them of parts of the sequences, too.
:class:`SequenceAndCovariates` puts the numbers of a frame next to them, and :class:`TextColumn` leaves these out. All
learn from the training rows alone, inside a pipeline. :func:`gapped_kmer_kernel` is for support vector machines.
"""

from seqaug_sklearn.features._gapped_kmer_counts import GappedKmerCounts
from seqaug_sklearn.features._gapped_kmer_kernel import gapped_kmer_kernel
from seqaug_sklearn.features._kmer_counts import KmerCounts
from seqaug_sklearn.features._motif_occupancy import MotifOccupancy
from seqaug_sklearn.features._positional_kmers import PositionalKmers
from seqaug_sklearn.features._sequence_and_covariates import SequenceAndCovariates
from seqaug_sklearn.features._sequence_composition import SequenceComposition
from seqaug_sklearn.features._sequence_parts import SequenceParts
from seqaug_sklearn.features._text_column import TextColumn

__all__ = [
    "GappedKmerCounts",
    "KmerCounts",
    "MotifOccupancy",
    "PositionalKmers",
    "SequenceAndCovariates",
    "SequenceComposition",
    "SequenceParts",
    "TextColumn",
    "gapped_kmer_kernel",
]
