"""The window paper reproduced, with the held-out figure beside every published one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._running import FoldStore
from seqaug_sklearn.evaluation._sanity_section import check_windows
from seqaug_sklearn.evaluation._window_paper._explained import keeper
from seqaug_sklearn.evaluation._window_paper._genomes import WINDOW, check_genomes, prepare_genomes
from seqaug_sklearn.evaluation._window_paper._models import Setup
from seqaug_sklearn.evaluation._window_paper._protocols import (
    SHARED,
    block_report,
    run_across,
    run_blocks,
    run_published,
    share_genes,
)
from seqaug_sklearn.evaluation._window_paper._report import sections
from seqaug_sklearn.evaluation._window_paper._results import Results
from seqaug_sklearn.evaluation._window_paper._verdict import sentences
from seqaug_sklearn.evaluation._window_paper._whole_network import train_whole, whole_sequences
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.reporting import Result, Section
from seqaug_sklearn.utils import invalid_parameter, resolve_device
from seqaug_sklearn.utils import progress as progress_bar

__all__ = ["PROTOCOLS", "WindowPaperReproduction", "reproduce_window_paper"]

PROTOCOLS = ("published", "blocks", "across")
"""Names of the protocols."""

_QUICK_GENES = {"dna": 16, "protein": 10}


@dataclass(repr=False)
class WindowPaperReproduction(Result):
    """Result of :func:`reproduce_window_paper`.

    Attributes
    ----------
    comparisons : dict of (str, str) to Comparison
        By genome and protocol.
    parts : list of Section
        The parts of the report.
    sentences : list of str
        What to believe; the first is the answer.
    settings : dict
        What was run.
    """

    _title = "Window augmentation of chloroplast genomes, reproduced"

    comparisons: dict[tuple[str, str], Comparison]
    parts: list[Section]
    sentences: list[str]
    settings: dict[str, Any]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables of the report by caption."""
        return {caption: table for section in self.parts for caption, table in section.tables.items()}

    @property
    def figures(self) -> dict[str, Any]:
        """All matplotlib figures of the report by caption."""
        return {caption: figure for section in self.parts for caption, figure in section.figures.items()}

    def verdict(self) -> list[str]:
        """What to believe, and why, in plain sentences; the first one is the answer."""
        return list(self.sentences)

    def to_frame(self) -> pd.DataFrame:
        """Return the scores of every model by genome and protocol: mean, standard error and interval."""
        parts = {key: comparison.scores() for key, comparison in self.comparisons.items()}
        return pd.concat(parts, names=["genome", "protocol"])

    def sections(self) -> list[Section]:
        """Return the parts of the report."""
        return list(self.parts)

    def _settings(self):
        return self.settings


def reproduce_window_paper(
    genomes: Mapping[str, Any],
    *,
    molecule: str = "dna",
    protocols: Sequence[str] = PROTOCOLS,
    n_trials: int = 5,
    baselines: bool = True,
    quick: bool = False,
    device: str = "auto",
    precision: str = "auto",
    store: str | Path | FoldStore | None = None,
    progress: bool = False,
    n_jobs: int | None = None,
    random_state: int = 42,
) -> WindowPaperReproduction:
    """Run the window paper's experiments as published, and beside them the protocols that do not leak.

    The published protocol splits windows at random, so near-copies of the test windows are trained: its scores say
    nothing about new sequence. Read them next to the nearest-neighbour lookup's and to the held-out blocks.

    Parameters
    ----------
    genomes : dict of str to SeqRecord or DataFrame
        Annotated genomes by name, or tables as ``upstream_regions`` and ``protein_sequences`` give them: each row a
        class, column ``sequence``.
    molecule : {"dna", "protein"}, default="dna"
        300 residues upstream of each gene and the CNN-BiLSTM, or proteins of at least 100 residues and the CNN-LSTM.
    protocols : sequence of {"published", "blocks", "across"}, default=("published", "blocks", "across")
        "published": windows split at random. "blocks": contiguous blocks held out, overlapping windows against
        non-overlapping tiles. "across": gene names shared by at least two genomes, one genome held out; left out
        where there is a single genome.
    n_trials : int, default=5
        Trials of the published protocol, seeds ``random_state + i``: one 80/20 split each (DNA), or five stratified
        folds each (proteins; the paper ran 3).
    baselines : bool, default=True
        Also run SVM, MLP, RNN, CNN and logistic regression on the same windows and folds; the neural ones have the
        network's training budget.
    quick : bool, default=False
        A look of about two minutes: 8 to 16 genes spread over each genome (proteins: of the shorter half), 12 epochs,
        one trial, three folds. Its scores may be higher or lower than those of the full run.
    device, precision : str, default="auto"
        As in ``CNNBiLSTMClassifier``; ``precision="float32"`` is the paper's arithmetic.
    store : path or FoldStore, default=None
        Folder for finished folds; a second run reads them.
    progress : bool, default=False
        Show bars with the time left.
    n_jobs : int, default=None
        Fits at a time.
    random_state : int, default=42
        Seed of the first trial and of everything else; 42 is the paper's.

    Returns
    -------
    WindowPaperReproduction

    Raises
    ------
    DataFormatError
        If genomes, molecule, protocols or n_trials are not as described.
    DeviceError
        If the device is not there.

    Notes
    -----
    Shortcuts are not audited. A class is one gene, so a trait that is constant within its sequence always tells it
    from the others, and there are no unrelated sequences of the class that would say whether the trait is the class's.

    References
    ----------
    Sci. Rep. (2025), doi 10.1038/s41598-025-12796-9.

    See Also
    --------
    compare : Any classifiers on any folds.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_plastome
    >>> from seqaug_sklearn.evaluation import reproduce_window_paper
    >>> record = make_plastome(random_state=0)
    >>> result = reproduce_window_paper({"simulated": record}, quick=True)  # doctest: +SKIP
    >>> path = result.to_html("report")  # doctest: +SKIP
    """
    _check(molecule, protocols, n_trials, genomes)
    resolve_device(device)
    setup = Setup(molecule, n_trials, baselines, quick, device, precision, store, progress, n_jobs, int(random_state))
    most = _QUICK_GENES[molecule]
    max_genes = int(np.clip(2 * most // len(genomes), min(8, most), most)) if quick else None
    results = Results(prepare_genomes(genomes, molecule, max_genes), setup)
    steps = _steps(results, protocols, max_genes)
    with progress_bar(total=len(steps), description="protocols", enabled=progress, unit="protocol") as bar:
        for description, step in steps:
            bar.set_description(description)
            step()
            bar.update()
    return WindowPaperReproduction(
        results.comparisons(), sections(results), sentences(results), _settings(results, protocols)
    )


def _check(molecule, protocols, n_trials, genomes):
    check_genomes(genomes)
    if molecule not in ("dna", "protein"):
        raise invalid_parameter("molecule", f"must be 'dna' or 'protein', got {molecule!r}")
    unknown = [name for name in protocols if name not in PROTOCOLS]
    if unknown or not len(protocols) or isinstance(protocols, str):
        raise invalid_parameter("protocols", f"must be a list from {list(PROTOCOLS)}, got {protocols!r}")
    if isinstance(n_trials, bool) or not isinstance(n_trials, (int, np.integer)) or n_trials < 1:
        raise invalid_parameter("n_trials", f"must be an int of at least 1, got {n_trials!r}")
    if set(protocols) == {"across"} and len(genomes) < 2:
        raise DataFormatError(f"protocol 'across' needs at least two genomes, got {len(genomes)}")


def _steps(results, protocols, max_genes):
    """What is run, in order: (description, function)."""
    steps: list[tuple[str, Callable[[], Any]]] = []
    for genome in results.genomes:
        if "published" in protocols:
            steps.append((f"{genome.name}, random windows", partial(_published, results, genome)))
        if "blocks" in protocols:
            steps.append((f"{genome.name}, held-out blocks", partial(_blocks, results, genome)))
    if "across" in protocols:
        steps.append(("held-out genomes", partial(_across, results, max_genes)))
    if "published" in protocols or "blocks" in protocols:
        steps.append(("sanity checks", partial(_sanity, results)))
    return steps


def _published(results, genome):
    results.whole = pd.concat([results.whole, whole_sequences(genome, results.setup)], ignore_index=True)
    results.whole_runs[genome.name] = train_whole(genome, results.setup)
    results.published[genome.name] = run_published(genome, results.setup, keeper(genome, results.setup))


def _blocks(results, genome):
    results.block_reports[genome.name] = block_report(genome, results.setup)
    if not results.block_reports[genome.name][1]:
        results.blocks[genome.name] = run_blocks(genome, results.setup)


def _across(results, max_genes):
    if len(results.genomes) < 2:
        results.skipped.append("Held-out genomes need at least two genomes; one was given.")
        return
    try:
        results.shared = share_genes(results.genomes, max_genes)
    except DataFormatError as error:
        results.skipped.append(f"Held-out genomes were not run: {error}.")
        return
    results.across = run_across(results.shared, results.setup)


def _sanity(results):
    """Of one genome: what the checks find is a property of the splits."""
    genome, setup = results.genomes[0], results.setup
    results.sanity = check_windows(
        genome.windows,
        genome.windows.y,
        window=WINDOW,
        n_splits=setup.folds,
        shared=SHARED,
        alphabet=setup.molecule,
        random_state=setup.random_state,
    )


def _settings(results, protocols):
    setup = results.setup
    return {
        "molecule": setup.molecule,
        "protocols": ", ".join(protocols),
        "genomes": ", ".join(f"{g.name} ({g.accession})" if g.accession else g.name for g in results.genomes),
        "trials of the published protocol": setup.trials,
        "quick": setup.quick,
        "first seed": setup.random_state,
        "device": setup.device,
        "precision": setup.precision,
        "network": " ".join(repr(setup.network()).split()),
    }
