"""What the window paper reports for a genome, keyed by accession without version."""

from dataclasses import dataclass

from seqaug_sklearn.published import WINDOW_PAPER

__all__ = ["N_PARENTS", "PAPER", "Reported", "accession_key", "reported", "reported_without"]

PAPER = WINDOW_PAPER.source


def accession_key(accession: str) -> str:
    """Accession without its version."""
    return accession.partition(".")[0]


def _by_accession(figures):
    return {accession_key(WINDOW_PAPER["accession"][species]): figure for species, figure in figures.items()}


N_PARENTS = {
    "dna": _by_accession(WINDOW_PAPER["n_regions"]),
    "protein": _by_accession(WINDOW_PAPER["n_proteins"]),
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
    error : float
        Its standard error; None where the paper gives none.
    attained : bool
        Whether a bound is the score of one of the genomes, so that no genome lies above it; else all lie below it.
    """

    low: float | None
    high: float
    name: str
    error: float | None = None
    attained: bool = False

    def difference(self, found: float) -> float:
        """Found minus published; 0 inside a range, else from its nearer end."""
        low = found if self.low is None else max(found, self.low)
        return found - min(low, self.high)

    def __str__(self):
        if self.low is None:
            return f"{'at most' if self.attained else 'below'} {self.high:.3f}"
        return f"{self.low:.3f}" if self.low == self.high else f"{self.low:.3f} to {self.high:.3f}"


# the paper prints the three highest of its eight genomes
_HIGHEST = {metric: _by_accession(WINDOW_PAPER[metric]) for metric in ("accuracy", "auprc")}
_ERRORS = _by_accession(WINDOW_PAPER["accuracy_standard_error"])
_PEARSON = Reported(WINDOW_PAPER["pearson"], WINDOW_PAPER["pearson"], "with augmentation")
_OF_PROTEINS = {
    "f1_macro": "its genomes",
    "precision_macro": "its genomes",
    "recall_macro": "its genomes",
    "f1_weighted": "its genomes",
    "precision_weighted": "its genomes",
    "recall_weighted": "its genomes",
    "auprc": "mean over its classes",
    "auroc": "mean over its classes",
}


def _of_proteins(metric):
    figure = WINDOW_PAPER[f"protein_{metric}"]
    low, high = figure if isinstance(figure, tuple) else (figure, figure)
    return Reported(low, high, _OF_PROTEINS[metric])


def reported(molecule: str, metric: str, accession: str) -> Reported | None:
    """Published figure of a metric for a genome, else what is known of it, or of the paper's genomes; None if nothing.

    Only the three highest accuracies and AUPRCs are in the text: those of its other genomes lie below.
    """
    if molecule == "protein":
        return _of_proteins(metric) if metric in _OF_PROTEINS else None
    if metric == "pearson":
        return _PEARSON
    if metric not in _HIGHEST:
        return None
    printed, key = _HIGHEST[metric], accession_key(accession)
    error = _ERRORS.get(key) if metric == "accuracy" else None
    if key in printed:
        return Reported(printed[key], printed[key], "this genome", error)
    if key in N_PARENTS["dna"]:
        # the lowest of the three is a bound: the other five lie below it
        name = "this genome: the paper gives the three highest of its eight"
        return Reported(None, min(printed.values()), name, error)
    name = "its eight genomes, of which the paper gives the three highest"
    return Reported(None, max(printed.values()), name, attained=True)


def reported_without(metric: str, accession: str) -> str:
    """What the paper has for whole sequences, without augmentation; empty where it says nothing."""
    key = accession_key(accession)
    if key not in N_PARENTS["dna"]:
        return ""
    if metric == "accuracy":
        return f"{_by_accession(WINDOW_PAPER['accuracy_without']).get(key, 0.0):.5g}"
    if metric == "auprc":
        low, high = WINDOW_PAPER["auprc_without_range"]
        printed = _by_accession(WINDOW_PAPER["auprc_without"]).get(key)
        return f"{low:.3f} to {high:.3f}" if printed is None else f"{printed:.4g}"
    return f"{WINDOW_PAPER['pearson_without']:.2f}" if metric == "pearson" else ""
