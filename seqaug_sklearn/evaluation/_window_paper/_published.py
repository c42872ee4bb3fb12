"""What the window paper reports (doi 10.1038/s41598-025-12796-9), keyed by accession without version."""

from dataclasses import dataclass

from seqaug_sklearn.datasets import PLASTOMES

__all__ = ["N_PARENTS", "PAPER", "Reported", "accession_key", "reported"]

PAPER = "doi 10.1038/s41598-025-12796-9"

_COUNTS = {
    "Arabidopsis thaliana": (113, 56),
    "Chlamydomonas reinhardtii": (100, 46),
    "Chlorella vulgaris": (210, 70),
    "Glycine max": (110, 56),
    "Nicotiana tabacum": (113, 58),
    "Oryza sativa": (122, 57),
    "Triticum aestivum": (116, 55),
    "Zea mays": (125, 64),
}


def accession_key(accession: str) -> str:
    """Accession without its version."""
    return accession.partition(".")[0]


def _by_accession(figures):
    return {accession_key(PLASTOMES[species]): figure for species, figure in figures.items()}


N_PARENTS = {
    "dna": _by_accession({species: regions for species, (regions, _) in _COUNTS.items()}),
    "protein": _by_accession({species: proteins for species, (_, proteins) in _COUNTS.items()}),
}
"""Upstream regions, and proteins of at least 100 residues, that the paper counts."""


@dataclass(frozen=True)
class Reported:
    """A published figure, or the range over the published genomes.

    Attributes
    ----------
    low, high : float
        Equal for a single figure; low is None where only an upper bound is known.
    name : str
        What the paper gives it for, or averages over.
    """

    low: float | None
    high: float
    name: str

    def difference(self, found: float) -> float:
        """Found minus published; 0 inside a range, else from its nearer end."""
        low = found if self.low is None else max(found, self.low)
        return found - min(low, self.high)

    def __str__(self):
        if self.low is None:
            return f"at most {self.high:.3f}"
        return f"{self.low:.3f}" if self.low == self.high else f"{self.low:.3f} to {self.high:.3f}"


# the paper prints the three highest of its eight genomes
_HIGHEST = {
    "accuracy": _by_accession(
        {"Arabidopsis thaliana": 0.9766, "Glycine max": 0.9718, "Chlamydomonas reinhardtii": 0.9662}
    ),
    "auprc": _by_accession(
        {"Arabidopsis thaliana": 0.991, "Triticum aestivum": 0.987, "Chlamydomonas reinhardtii": 0.984}
    ),
}
_PEARSON = Reported(0.98, 0.98, "with augmentation")
_PROTEIN_RANGE = {
    "f1_macro": Reported(0.969, 0.992, "its genomes"),
    "precision_macro": Reported(0.971, 0.991, "its genomes"),
    "recall_macro": Reported(0.973, 0.992, "its genomes"),
    "f1_weighted": Reported(0.924, 0.989, "its genomes; the low end is that of all weighted scores"),
    "auprc": Reported(1.0, 1.0, "mean over its classes"),
    "auroc": Reported(1.0, 1.0, "mean over its classes"),
}


def reported(molecule: str, metric: str, accession: str) -> Reported | None:
    """Published figure of a metric for a genome, else what is known of it, or of the paper's genomes; None if nothing.

    Only the three highest accuracies and AUPRCs are in the text: those of its other genomes lie below.
    """
    if molecule == "protein":
        return _PROTEIN_RANGE.get(metric)
    if metric == "pearson":
        return _PEARSON
    if metric not in _HIGHEST:
        return None
    printed, key = _HIGHEST[metric], accession_key(accession)
    if key in printed:
        return Reported(printed[key], printed[key], "this genome")
    if key in N_PARENTS["dna"]:
        return Reported(None, min(printed.values()), "this genome: the paper gives the three highest of its eight")
    return Reported(None, max(printed.values()), "its eight genomes, of which the paper gives the three highest")
