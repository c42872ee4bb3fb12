"""One act of the demonstration, and the promoters that all acts share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.reporting import Section

__all__ = ["Act", "DemoSetup", "name_sites", "span"]

_SITES = {
    "G-box": "GCCACGTG",
    "DRE": "TRCCGACA",
    "CCAAT box": "GGCCAATC",
    "W-box": "TTGACCWG",
}
"""Sites that the responsive families carry: several kinds, so that few sequences show each of them."""


@dataclass(frozen=True)
class DemoSetup:
    """What decides the size of the acts, and the promoters.

    Attributes
    ----------
    promoters : PromoterSet
        Families, sites and orthologs.
    network : dict
        Parameters of the network that differ from its defaults.
    run : dict
        ``n_jobs``, ``progress`` and ``random_state``, as in ``compare``.
    """

    promoters: Any
    network: Mapping[str, Any]
    run: Mapping[str, Any]

    @classmethod
    def simulated(cls, n_families: int, max_epochs: int | None, run: Mapping[str, Any]) -> "DemoSetup":
        """Simulate promoters of so many families, two of each."""
        from seqaug_sklearn.datasets import make_promoters

        promoters = make_promoters(
            2 * n_families,
            length=150,
            n_families=n_families,
            motifs=_SITES,
            n_orthologs=8,
            mutation_rate=0.05,
            ortholog_mutation_rate=0.6,
            site_turnover=0,
            label_noise=0,
            random_state=run["random_state"],
        )
        return cls(promoters, {} if max_epochs is None else {"max_epochs": max_epochs}, run)

    def make_network(self, **changes):
        """The default network of few sequences."""
        from seqaug_sklearn.classification import MotifCNNClassifier

        return MotifCNNClassifier(**self.network, **changes)

    def by_lot(self, share: float) -> tuple[pd.Series, np.ndarray, np.ndarray]:
        """Take a share of the families, and draw a label for each, half of them 1: no sequence tells anything of it.

        Returns
        -------
        Series of str, and ndarrays
            Promoters, labels and families.
        """
        number, names = pd.factorize(self.promoters.groups)
        n_taken = max(6, round(share * len(names)))
        lot = np.random.default_rng(self.run["random_state"]).permutation(np.arange(n_taken) % 2)
        rows = np.flatnonzero(number < n_taken)
        return self.promoters.sequences.iloc[rows], lot[number[rows]], names[number[rows]].to_numpy()


@dataclass(frozen=True, eq=False)
class Act:
    """One act: what was planted, and what was seen.

    Attributes
    ----------
    title : str
        Heading.
    planted : str
        What the simulation holds, which the analysis does not know.
    told : str
        One sentence with its numbers.
    scores : DataFrame
        A row per score; columns ``score``, ``low``, ``high`` (95 % interval).
    metric : str
        Name of the score.
    figure : matplotlib Figure
        The scores.
    lesson : str
        What to do with data of one's own.
    comparison : Comparison
        Scores, tests and predictions.
    """

    title: str
    planted: str
    told: str
    scores: pd.DataFrame
    metric: str
    figure: Any
    lesson: str
    comparison: Comparison

    def section(self) -> Section:
        """The act as a part of the page."""
        caption = f"{self.title}: {self.metric}"
        rows = self.scores.iterrows()
        return Section(
            self.title,
            text=f"Planted: {self.planted}",
            figures={caption: self.figure},
            data={caption: self.scores},
            alt={caption: "; ".join(f"{name}: {row['score']:.2f}" for name, row in rows)},
            notes=[self.lesson],
        )


def name_sites() -> str:
    """Names and letters of the sites."""
    return ", ".join(f"{name} {site}" for name, site in _SITES.items())


def span(row: Mapping[str, float]) -> str:
    """Score with its interval, as a sentence has it."""
    return f"{row['score']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
