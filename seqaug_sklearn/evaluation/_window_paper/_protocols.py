"""The three protocols: windows split at random, held-out blocks, held-out genomes."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import LeaveOneGroupOut

from seqaug_sklearn.evaluation._compare import compare
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._thinned_training import RandomWindows
from seqaug_sklearn.evaluation._window_paper._genomes import WINDOW, Genome
from seqaug_sklearn.evaluation._window_paper._models import (
    Setup,
    across_models,
    published_models,
    tiled_pairs,
)
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.model_selection import WindowBlockKFold

__all__ = [
    "SHARED",
    "SharedGenes",
    "block_report",
    "histories",
    "run_across",
    "run_blocks",
    "run_published",
    "share_genes",
]

SCORES = (
    "accuracy",
    "auprc",
    "auroc",
    "f1_macro",
    "f1_weighted",
    "precision_macro",
    "precision_weighted",
    "recall_macro",
    "recall_weighted",
)
SHARED = 20
"""Symbols in a row that the block split purges."""


def run_published(genome: Genome, setup: Setup, keep=None) -> Comparison:
    """Windows split at random, as published: early stopping looks at near-copies too."""
    cv = RandomWindows(setup.trials, None if setup.molecule == "dna" else setup.folds, random_state=setup.random_state)
    return _compare(published_models(setup), genome, setup, cv, keep, reference=setup.network_name, pass_groups=False)


def run_blocks(genome: Genome, setup: Setup) -> Comparison:
    """Contiguous blocks held out, overlaps purged; overlapping windows against tiles on the same test windows."""
    models, partners = tiled_pairs(setup)
    return _compare(models, genome, setup, _blocks(setup), reference=partners, pass_groups=True)


def block_report(genome: Genome, setup: Setup) -> tuple[pd.DataFrame, str]:
    """What a block split could score, fold by fold, or an empty table and the reason why it can score nothing."""
    windows, positions = genome.windows.windows, genome.windows.positions
    try:
        table = _blocks(setup).report(windows, groups=positions)
        folds = list(_blocks(setup).split(windows, groups=positions))
    except ValueError as error:
        return pd.DataFrame(), str(error)
    table.insert(0, "parents scored", [len(np.unique(positions[test, 0])) for _, test in folds])
    table.insert(1, "parents", len(genome.used))
    return table, ""


def _blocks(setup):
    return WindowBlockKFold(setup.folds, window=WINDOW, shared=SHARED, on_empty="skip", alphabet=setup.molecule)


def histories(estimator) -> pd.DataFrame | None:
    """Learning curve of a network, or of the one inside a pipeline or a thinned training."""
    estimator = getattr(estimator, "estimator_", estimator)
    estimator = estimator[-1] if hasattr(estimator, "steps") else estimator
    return getattr(estimator, "history_", None)


def _compare(models, genome, setup, cv, keep=None, **how):
    windows = genome.windows
    keep = histories if keep is None else keep
    return _run(models, windows.windows, windows.y, setup, cv=cv, groups=windows.positions, keep=keep, **how)


def _run(models, X, y, setup, **how):
    with warnings.catch_warnings():
        # the budget ends the fit, as it does for the networks
        warnings.simplefilter("ignore", ConvergenceWarning)
        # across genomes a class may have one training row
        warnings.filterwarnings("ignore", message="The number of unique classes is greater than 50%")
        return compare(
            models,
            X,
            y,
            scoring=SCORES,
            return_train_score=False,
            # each class is one gene
            shortcuts=False,
            n_jobs=setup.n_jobs,
            store=setup.store,
            progress=setup.progress,
            random_state=setup.random_state,
            **how,
        )


@dataclass(frozen=True)
class SharedGenes:
    """Sequences of genes whose name stands in at least two genomes, one per genome and name.

    Attributes
    ----------
    table : DataFrame
        ``sequence, gene`` (lower case), ``genome``.
    left_out : DataFrame
        Per genome: genes, used, and left out because no other genome has the name or their genome has it twice.
    """

    table: pd.DataFrame
    left_out: pd.DataFrame


def share_genes(genomes: list[Genome], max_genes: int | None = None) -> SharedGenes:
    """Find the classes of the protocol across genomes.

    Raises
    ------
    DataFormatError
        If fewer than two gene names are shared.
    """
    frames = [
        pd.DataFrame(
            {
                "sequence": g.table["sequence"].to_numpy(),
                "gene": g.table["gene"].astype(str).str.lower().to_numpy(),
                "genome": g.name,
            }
        )
        for g in genomes
    ]
    everything = pd.concat(frames, ignore_index=True)
    # genes in both copies of the inverted repeat count once per genome
    once = everything.drop_duplicates(["genome", "gene"])
    counts = once["gene"].value_counts()
    shared = sorted(counts.index[counts >= 2], key=lambda gene: (-counts[gene], gene))[:max_genes]
    if len(shared) < 2:
        raise DataFormatError(
            f"{len(shared)} gene names are shared by at least two of the {len(genomes)} genomes; two are needed"
        )
    used = once[once["gene"].isin(shared)].reset_index(drop=True)
    per_genome = {"genes": everything, "after names that repeat": once, "used": used}
    left_out = pd.DataFrame({name: frame["genome"].value_counts() for name, frame in per_genome.items()})
    left_out = left_out.reindex([g.name for g in genomes]).fillna(0).astype(int)
    left_out["left out"] = left_out["genes"] - left_out["used"]
    return SharedGenes(used, left_out.rename_axis("genome"))


def run_across(shared: SharedGenes, setup: Setup) -> Comparison:
    """Train on all genomes but one and test on that one; sequences stay whole parents (bags of windows)."""
    table = shared.table
    models, partners = across_models(setup, single_source=table["genome"].nunique() == 2)
    return _run(
        models,
        table["sequence"],
        table["gene"].to_numpy(dtype=str),
        setup,
        cv=LeaveOneGroupOut(),
        groups=table["genome"].to_numpy(dtype=str),
        reference=partners,
        pass_groups=False,
        keep=histories,
    )
