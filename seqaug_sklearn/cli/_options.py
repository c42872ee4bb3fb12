"""Choices of options that several commands share."""

from enum import StrEnum

__all__ = ["AlphabetName", "End", "Precision", "Protocol", "StrandName"]


class AlphabetName(StrEnum):
    """Alphabets."""

    dna = "dna"
    rna = "rna"
    protein = "protein"


class StrandName(StrEnum):
    """Strands that mean the same."""

    both = "both"
    single = "single"


class End(StrEnum):
    """Ends of a sequence."""

    left = "left"
    right = "right"


class Precision(StrEnum):
    """Arithmetic of training."""

    auto = "auto"
    float32 = "float32"
    bfloat16 = "bfloat16"


class Protocol(StrEnum):
    """Protocols of the window paper's reproduction."""

    published = "published"
    blocks = "blocks"
    across = "across"
