"""Choices of options that several commands share."""

from enum import StrEnum

__all__ = ["AlphabetName", "Precision", "Protocol"]


class AlphabetName(StrEnum):
    """Alphabets."""

    dna = "dna"
    rna = "rna"
    protein = "protein"


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
