"""Motifs: files of known ones (MEME, JASPAR), sets of discovered ones, enriched k-mers, and logos."""

from seqaug_sklearn.motifs._enriched_kmers import enriched_kmers
from seqaug_sklearn.motifs._jaspar_files import read_motif_file
from seqaug_sklearn.motifs._known_motifs import check_matrices, read_database
from seqaug_sklearn.motifs._logos import draw_logo, logo_maker, stack_limits
from seqaug_sklearn.motifs._motif_files import JASPAR_GROUPS, read_jaspar, read_meme
from seqaug_sklearn.motifs._motif_set import Motif, MotifSet, core_of, information

__all__ = [
    "JASPAR_GROUPS",
    "Motif",
    "MotifSet",
    "check_matrices",
    "core_of",
    "draw_logo",
    "enriched_kmers",
    "information",
    "logo_maker",
    "read_database",
    "read_jaspar",
    "read_meme",
    "read_motif_file",
    "stack_limits",
]
