"""What a reproduction found, as tables: one per protocol, and every published figure beside the held-out one."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._sanity_section import SanityOfSplits
from seqaug_sklearn.evaluation._window_paper._genomes import Genome
from seqaug_sklearn.evaluation._window_paper._models import MEMORISER, Setup, tiled
from seqaug_sklearn.evaluation._window_paper._protocols import SharedGenes
from seqaug_sklearn.evaluation._window_paper._published import reported
from seqaug_sklearn.evaluation._window_paper._whole_network import WholeRun
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import check_class_labels, check_generator

__all__ = [
    "ACROSS",
    "BLOCKS",
    "PUBLISHED",
    "PearsonOfCodes",
    "Results",
    "beside_paper",
    "mean_score",
    "network_in",
    "network_pearson",
    "pearson_of_codes",
    "pearson_table",
    "protocol_scores",
    "score_table",
]


@dataclass(frozen=True)
class PearsonOfCodes:
    """Pearson coefficient of class codes, with its spread under random relabelling.

    Attributes
    ----------
    value : float
        Coefficient with the codes in alphabetical order, as the paper computes it.
    minimum, low, median, high, maximum : float
        Smallest, 2.5 %, 50 %, 97.5 % and largest coefficient over random orders of the same class names.
    n_relabellings : int
        Number of random orders.
    """

    value: float
    minimum: float
    low: float
    median: float
    high: float
    maximum: float
    n_relabellings: int

    @property
    def sentence(self) -> str:
        """What the number means, in plain words."""
        return (
            f"Pearson coefficient of the class codes in alphabetical order: {self.value:.3f}. The number depends on "
            f"the order of the class names: over {self.n_relabellings:,} random orders it lies between "
            f"{self.minimum:.3f} and {self.maximum:.3f} (95 % between {self.low:.3f} and {self.high:.3f}), so it "
            "is no measure of a classifier."
        )


def pearson_of_codes(y_true, y_pred, n_relabellings: int = 1000, random_state=None) -> PearsonOfCodes:
    """Correlate integer class codes, as the window paper does, and show how far the order of the names decides.

    Do not use it to judge a classifier: class names have no order. It is for comparison with the published
    figure.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Labels.
    n_relabellings : int, default=1000
        Number of random orders of the names.
    random_state : None, int, RandomState or Generator, default=None
        Seed.

    Returns
    -------
    PearsonOfCodes
        NaN where one side has a single class.

    Raises
    ------
    DataFormatError
        If the two differ in length, are empty, or hold no class labels.

    References
    ----------
    Sci. Rep. 2025, doi 10.1038/s41598-025-12796-9, table of Pearson coefficients.

    Examples
    --------
    >>> result = pearson_of_codes(list("aabbccdd"), list("abbacddc"), random_state=0)
    >>> round(result.value, 3), round(result.minimum, 3)
    (0.8, 0.0)
    """
    y_true = check_class_labels(y_true, name="y_true", subset=True)
    y_pred = check_class_labels(y_pred, name="y_pred", subset=True)
    if len(y_true) != len(y_pred) or len(y_true) == 0:
        raise DataFormatError(f"y_true and y_pred need the same length above 0, got {len(y_true)} and {len(y_pred)}")
    classes, codes = np.unique(np.concatenate([y_true, y_pred]), return_inverse=True)
    true, pred = codes[: len(y_true)], codes[len(y_true) :]
    # the confusion matrix is enough: another order of the names only changes the codes of its rows and columns
    counts = np.zeros((len(classes), len(classes)))
    np.add.at(counts, (true, pred), 1)
    rng = check_generator(random_state)
    orders = [rng.permutation(len(classes)) for _ in range(n_relabellings)]
    spread = np.array([_pearson(counts, order) for order in orders] or [np.nan])
    minimum, low, median, high, maximum = np.quantile(spread, [0, 0.025, 0.5, 0.975, 1]).tolist()
    value = _pearson(counts, np.arange(len(classes)))
    return PearsonOfCodes(value, minimum, low, median, high, maximum, n_relabellings)


def _pearson(counts, codes):
    """Correlation of ``codes[true]`` and ``codes[pred]``, from the confusion counts."""
    share = counts / counts.sum()
    true, pred = share.sum(axis=1), share.sum(axis=0)
    # codes less their means, under the distributions of true and predicted classes
    a, b = codes - true @ codes, codes - pred @ codes
    variance = (true @ a**2) * (pred @ b**2)
    if variance <= 0:
        return np.nan
    # rounding would leave 1e-17 where the codes are uncorrelated
    return round(float(a @ share @ b / np.sqrt(variance)), 12) + 0.0


PUBLISHED, BLOCKS, ACROSS = "random windows (published)", "held-out blocks", "held-out genomes"
"""Names of the protocols in tables and figures."""

_SHOWN = ("accuracy", "auprc", "auroc", "f1_macro", "f1_weighted")
_BESIDE = {
    "dna": ("accuracy", "auprc", "f1_macro", "f1_weighted"),
    "protein": (
        "precision_macro",
        "recall_macro",
        "f1_macro",
        "precision_weighted",
        "recall_weighted",
        "f1_weighted",
        "auprc",
        "auroc",
    ),
}


@dataclass
class Results:
    """Everything that the report is made of.

    Attributes
    ----------
    genomes : list of Genome
        The data.
    setup : Setup
        How it was run.
    published, blocks : dict of str to Comparison
        By genome.
    block_reports : dict of str to (DataFrame, str)
        By genome: what a block split could score, or why it can score nothing.
    across : Comparison or None
        Across genomes.
    shared : SharedGenes or None
        Classes across genomes.
    whole : DataFrame
        Whole sequences as the paper's control: what could be right at all.
    whole_runs : dict of str to list of WholeRun
        By genome: the network trained on them, trial by trial.
    skipped : list of str
        Protocols that could not be run, and why.
    sanity : SanityOfSplits or None
        Whether the splits of the first genome could let a model score by memory.
    """

    genomes: list[Genome]
    setup: Setup
    published: dict[str, Comparison] = field(default_factory=dict)
    blocks: dict[str, Comparison] = field(default_factory=dict)
    block_reports: dict[str, tuple[pd.DataFrame, str]] = field(default_factory=dict)
    across: Comparison | None = None
    shared: SharedGenes | None = None
    whole: pd.DataFrame = field(default_factory=pd.DataFrame)
    whole_runs: dict[str, list[WholeRun]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    sanity: SanityOfSplits | None = None

    @property
    def network(self) -> str:
        """Name of the paper's network."""
        return self.setup.network_name

    def comparisons(self) -> dict[tuple[str, str], Comparison]:
        """All comparisons by genome and protocol."""
        found = {(name, PUBLISHED): c for name, c in self.published.items()}
        found |= {(name, BLOCKS): c for name, c in self.blocks.items()}
        return found | ({} if self.across is None else {("all genomes", ACROSS): self.across})


def score_table(comparison: Comparison) -> pd.DataFrame:
    """Mean scores over folds, their standard error for accuracy and AUPRC, and chance; one row per model."""
    folds = comparison.folds.groupby("estimator", sort=False)
    table = folds[list(_SHOWN)].mean()
    for metric in ("auprc", "accuracy"):
        table.insert(table.columns.get_loc(metric) + 1, f"se {metric}", folds[metric].sem())
    table["accuracy by chance"] = comparison.chance_of("accuracy")
    return table.rename_axis("model")


def mean_score(comparison: Comparison, model: str, metric: str) -> tuple[float, float]:
    """Mean over folds and its standard error."""
    values = comparison.folds.loc[comparison.folds["estimator"] == model, metric]
    return float(values.mean()), float(values.sem()) if len(values) > 1 else np.nan


def beside_paper(results: Results) -> pd.DataFrame:
    """One row per genome and metric: published, found under the published split, and on held-out blocks."""
    rows = [_beside(results, genome, m) for genome in results.genomes for m in _BESIDE[results.setup.molecule]]
    return pd.DataFrame([row for row in rows if len(row) > 2])


def _beside(results, genome, metric):
    row = {"genome": genome.name, "metric": metric}
    paper = reported(results.setup.molecule, metric, genome.accession)
    published, blocks = results.published.get(genome.name), results.blocks.get(genome.name)
    if published is not None:
        found, error = mean_score(published, results.network, metric)
        row |= {
            "published": "not given" if paper is None else str(paper),
            "found": found,
            "standard error": error,
            "published standard error": np.nan if paper is None or paper.error is None else paper.error,
            "difference": np.nan if paper is None else paper.difference(found),
            "memoriser": mean_score(published, MEMORISER, metric)[0],
        }
    if blocks is not None:
        row |= {
            "held-out blocks": mean_score(blocks, results.network, metric)[0],
            "tiles": mean_score(blocks, tiled(results.network), metric)[0],
        }
    if published is not None:
        row["published for"] = "" if paper is None else paper.name
    return row


def pearson_table(results: Results) -> pd.DataFrame:
    """The paper's Pearson coefficient of the network in each protocol, with its spread under relabelling."""
    rows = []
    for (genome, protocol), comparison in results.comparisons().items():
        found = network_pearson(results, comparison, protocol)
        row = {"genome": genome, "protocol": protocol, "alphabetical": found.value}
        row |= {"smallest": found.minimum, "2.5 %": found.low, "97.5 %": found.high, "largest": found.maximum}
        paper = reported(results.setup.molecule, "pearson", "") if protocol == PUBLISHED else None
        rows.append(row | {"published": "" if paper is None else str(paper)})
    return pd.DataFrame(rows)


def network_pearson(results: Results, comparison: Comparison, protocol: str, fold: int | None = None):
    """Coefficient over all test rows, or those of one fold, of the paper's network."""
    frame = comparison.predictions(network_in(results, protocol), scores=False)
    if fold is not None:
        frame = frame[frame["fold"] == fold]
    relabellings = 1000 if fold is None else 1
    return pearson_of_codes(frame["y_true"], frame["y_pred"], relabellings, random_state=results.setup.random_state)


def network_in(results: Results, protocol: str) -> str:
    """Name of the paper's network among the models of a protocol."""
    return f"{results.network}, windows" if protocol == ACROSS else results.network


def protocol_scores(results: Results) -> pd.DataFrame:
    """Network and lookup under each protocol, with range of two standard errors, chance, and whether it leaks."""
    rows = []
    for (genome, protocol), comparison in results.comparisons().items():
        network = network_in(results, protocol)
        for model in (network, MEMORISER):
            score, error = mean_score(comparison, model, "accuracy")
            rows.append(
                {
                    "genome": genome,
                    "protocol": protocol,
                    "model": results.network if model == network else model,
                    "accuracy": score,
                    "lower": max(score - 2 * error, 0),
                    "upper": min(score + 2 * error, 1),
                    "chance": comparison.chance_of("accuracy"),
                    "leaks": protocol == PUBLISHED,
                }
            )
    return pd.DataFrame(rows)
