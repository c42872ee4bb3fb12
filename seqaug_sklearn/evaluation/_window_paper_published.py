"""What the window paper reports (doi 10.1038/s41598-025-12796-9), keyed by accession without version."""

from dataclasses import dataclass

__all__ = ["N_PARENTS", "PAPER", "Reported", "accession_key", "reported"]

PAPER = "doi 10.1038/s41598-025-12796-9"

_ARABIDOPSIS, _GLYCINE, _CHLAMYDOMONAS = "NC_000932", "NC_007942", "NC_005353"
_CHLORELLA, _TRITICUM = "NC_001865", "NC_002762"

N_PARENTS = {
    "dna": {_CHLAMYDOMONAS: 100, _CHLORELLA: 210, _ARABIDOPSIS: 113},
    "protein": {_CHLAMYDOMONAS: 46, _CHLORELLA: 70, _ARABIDOPSIS: 56},
}
"""Upstream regions, and proteins of at least 100 residues, that the paper counts."""


@dataclass(frozen=True)
class Reported:
    """A published figure, or the range over the published genomes.

    Attributes
    ----------
    low, high : float
        Equal for a single figure.
    name : str
        What the paper gives it for, or averages over.
    """

    low: float
    high: float
    name: str

    def difference(self, found: float) -> float:
        """Found minus published; 0 inside a range, else from its nearer end."""
        return found - min(max(found, self.low), self.high)

    def __str__(self):
        return f"{self.low:.3f}" if self.low == self.high else f"{self.low:.3f} to {self.high:.3f}"


_DNA = {
    "accuracy": {_ARABIDOPSIS: 0.9766, _GLYCINE: 0.9718, _CHLAMYDOMONAS: 0.9662},
    "auprc": {_ARABIDOPSIS: 0.991, _TRITICUM: 0.987, _CHLAMYDOMONAS: 0.984},
}
_DNA_RANGE = {
    "accuracy": Reported(0.9662, 0.9766, "the three genomes with a figure"),
    "auprc": Reported(0.984, 0.991, "the three genomes with a figure"),
    "pearson": Reported(0.98, 0.98, "with augmentation"),
}
_PROTEIN_RANGE = {
    "f1_macro": Reported(0.969, 0.992, "its genomes"),
    "precision_macro": Reported(0.971, 0.991, "its genomes"),
    "recall_macro": Reported(0.973, 0.992, "its genomes"),
    "f1_weighted": Reported(0.924, 0.990, "its genomes, weighted scores"),
    "auprc": Reported(1.0, 1.0, "mean over its classes"),
    "auroc": Reported(1.0, 1.0, "mean over its classes"),
}


def accession_key(accession: str) -> str:
    """Accession without its version."""
    return accession.partition(".")[0]


def reported(molecule: str, metric: str, accession: str) -> Reported | None:
    """Published figure of a metric for a genome, the range over genomes where it is not in the text, or None."""
    if molecule == "protein":
        return _PROTEIN_RANGE.get(metric)
    own = _DNA.get(metric, {}).get(accession_key(accession))
    return _DNA_RANGE.get(metric) if own is None else Reported(own, own, "this genome")
