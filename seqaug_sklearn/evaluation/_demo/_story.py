"""The three acts in a row, and their page."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from seqaug_sklearn.evaluation._demo._act import Act, DemoSetup
from seqaug_sklearn.evaluation._demo._gain import gain_act
from seqaug_sklearn.evaluation._demo._leak import leak_act
from seqaug_sklearn.evaluation._demo._shortcut import shortcut_act
from seqaug_sklearn.reporting import Result, Section

__all__ = ["Demo", "run_demo"]

_MESSAGE = (
    "A high score may be memorisation, a shortcut or real learning. Below is one of each, planted on purpose, and how "
    "to distinguish them."
)


@dataclass(frozen=True, eq=False, repr=False)
class Demo(Result):
    """Result of :func:`run_demo`.

    Attributes
    ----------
    acts : list of Act
        The leak, the shortcut and the gain. Each has ``title``, ``planted`` (what the simulation holds), ``told`` (what
        was seen, in a sentence), ``scores`` (DataFrame: ``score``, ``low``, ``high``), ``metric``, ``figure`` and
        ``comparison``.
    settings : dict
        What was run.
    """

    _title = "Which score can you believe?"

    acts: list[Act]
    settings: dict[str, Any]

    def verdict(self) -> list[str]:
        """What the three acts show, a sentence each."""
        return [f"{act.title}: {act.told}" for act in self.acts]

    def to_frame(self) -> pd.DataFrame:
        """Scores of all acts, a row each."""
        return pd.concat([act.scores.reset_index().assign(act=act.title) for act in self.acts], ignore_index=True)

    def sections(self) -> list[Section]:
        """The acts, for :func:`~seqaug_sklearn.evaluation.write_report`."""
        return [act.section() for act in self.acts]

    def to_html(self, folder: str | Path, *, title: str | None = None) -> Path:
        """Write the page.

        Parameters
        ----------
        folder : path
            Folder of ``report.html``, ``tables`` and ``figures``. An earlier report in it is replaced; other files
            stay.
        title : str, default=None
            Heading.

        Returns
        -------
        pathlib.Path
            Path of ``report.html``.
        """
        return self._write(
            folder, title or self._title, [_MESSAGE, *self.verdict()], self.sections(), settings=self.settings
        )


def run_demo(
    *,
    n_families: int = 120,
    max_epochs: int | None = None,
    n_jobs: int | None = None,
    progress: bool = False,
    on_act: Callable[[Act], Any] | None = None,
    random_state: int = 0,
) -> Demo:
    """Separate a leak, a shortcut and a gain, on simulated promoters where it is known which is which.

    Three acts: windows of promoters whose labels mean nothing, split at random and with families held out; labels that
    mean nothing and follow the GC content; and labels that follow planted sites, learned with and without orthologs.

    Parameters
    ----------
    n_families : int, default=120
        Families of two promoters each. The first act takes a fifth of them. With few families the acts
        show less, and say so.
    max_epochs : int or None, default=None
        Epochs of the network; None: its default.
    n_jobs : int, default=None
        Fits at a time.
    progress : bool, default=False
        Show bars over the fits.
    on_act : callable, default=None
        Called with each act when it is done.
    random_state : int, default=0
        Seed.

    Returns
    -------
    Demo

    See Also
    --------
    compare_augmentations : The same questions asked of data of your own.

    Notes
    -----
    The network is :class:`~seqaug_sklearn.classification.MotifCNNClassifier` with its defaults. Orthologs help here
    because the simulation conserves the sites and little else (``ortholog_mutation_rate`` of
    :func:`~seqaug_sklearn.datasets.make_promoters`); real ones need not. ``examples/benchmarks/bench_demo.py`` prints
    the gain with other seeds.

    Examples
    --------
    >>> from seqaug_sklearn.evaluation import run_demo
    >>> demo = run_demo(n_families=12, max_epochs=1)
    >>> [act.title for act in demo.acts]
    ['Act 1. The leak', 'Act 2. The shortcut', 'Act 3. The gain']
    """
    setup = DemoSetup.simulated(
        n_families, max_epochs, {"n_jobs": n_jobs, "progress": progress, "random_state": random_state}
    )
    acts = []
    for play in (leak_act, shortcut_act, gain_act):
        acts.append(play(setup))
        if on_act is not None:
            on_act(acts[-1])
    settings = {
        "promoters": f"{2 * n_families} of 150 nt, {n_families} families",
        "network": "MotifCNNClassifier, " + ("its defaults" if max_epochs is None else f"{max_epochs} epochs"),
        "random_state": random_state,
    }
    return Demo(acts, settings)
