"""Figure 7: what the paper's own network looks at, and which positions it reads together.

A fold keeps a table, so the values travel as JSON in a column of the learning curve.
"""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._window_paper._genomes import Genome
from seqaug_sklearn.evaluation._window_paper._models import Setup
from seqaug_sklearn.evaluation._window_paper._protocols import histories
from seqaug_sklearn.published import WINDOW_PAPER

__all__ = ["Explained", "explained_in", "history_of", "keeper"]

_COLUMN = "explained"
_N_CLASSES, _N_POSITIONS = 3, 8
_COALITIONS = {True: 160, False: 2048}
"""Coalitions of KernelSHAP; few for a quick look."""


@dataclass(frozen=True)
class Explained:
    """SHAP values of windows and interactions of the strongest positions.

    Attributes
    ----------
    values, present : dict of str to ndarray of shape (n_windows, n_features)
        KernelSHAP values of each class, and whether the window has that symbol there.
    names : list of str
        Features, "12_G".
    interactions : ndarray of shape (n_positions, n_positions)
        Mean Shapley interaction index of the first class.
    positions : ndarray of shape (n_positions,)
        Positions of largest mean absolute value.
    """

    values: dict[str, np.ndarray]
    present: dict[str, np.ndarray]
    names: list[str]
    interactions: np.ndarray
    positions: np.ndarray


def keeper(genome: Genome, setup: Setup):
    """What each fold keeps of its classifier: the learning curve, and of the paper's DNA network Figure 7."""
    if setup.molecule != "dna":
        return histories
    rng = np.random.default_rng(setup.random_state)
    windows, labels = genome.windows.windows, genome.windows.y
    background = rng.choice(windows, min(WINDOW_PAPER["shap_background"], len(windows)), replace=False)
    chosen = rng.choice(len(windows), min(WINDOW_PAPER["shap_samples"], len(windows)), replace=False)
    targets = list(dict.fromkeys(labels[chosen].tolist()))[:_N_CLASSES]
    return partial(
        _keep,
        name=setup.network_name,
        network={key: getattr(setup.network(), key) for key in ("conv_channels", "num_layers")},
        windows=windows[chosen].tolist(),
        background=background.tolist(),
        targets=targets,
        n_coalitions=_COALITIONS[setup.quick],
    )


def _keep(estimator, *, name, network, windows, background, targets, n_coalitions):
    history = histories(estimator)
    # the baselines are the same class with layers left out
    if history is None or any(getattr(estimator, key, None) != value for key, value in network.items()):
        return history
    explained = _explain(estimator, windows, background, targets, n_coalitions)
    return history.assign(**{_COLUMN: [explained] + [""] * (len(history) - 1)})


def _explain(estimator, windows, background, targets, n_coalitions):
    """JSON of the values of each class and the interactions for the first."""
    from seqaug_sklearn.inspection import sequence_attributions, shap_interactions

    targets = [target for target in targets if target in estimator.classes_]
    options = {"method": WINDOW_PAPER["shap_method"], "background": background, "n_samples": n_coalitions}
    # the coalitions are drawn anew for each class from one seed, so all classes are asked about the same ones
    parts = {t: sequence_attributions(estimator, windows, target=t, random_state=0, **options) for t in targets}
    first = parts[targets[0]]
    strength = np.abs(first.per_position()).mean(axis=0)
    positions = np.sort(np.argsort(-strength, kind="stable")[:_N_POSITIONS])
    found = shap_interactions(
        estimator, windows, positions=positions, target=targets[0], background=background, random_state=0
    )
    columns = [f"{position}_{symbol}" for position in range(len(strength)) for symbol in first.alphabet.symbols]
    told: dict[str, Any] = {
        "values": {str(target): _flat(part.values) for target, part in parts.items()},
        "present": (first.one_hot.reshape(len(windows), -1) > 0).astype(int).tolist(),
        "names": columns,
        "interactions": np.mean(found.values, axis=0).tolist(),
        "positions": positions.tolist(),
    }
    return json.dumps(told)


def _flat(values):
    return values.reshape(len(values), -1).round(6).tolist()


def explained_in(kept: pd.DataFrame) -> Explained | None:
    """Figure 7 of a kept table; None where there is none."""
    if _COLUMN not in kept:
        return None
    told = json.loads(kept[_COLUMN].iloc[0])
    values = {label: np.array(rows) for label, rows in told["values"].items()}
    present = np.array(told["present"], bool)
    return Explained(
        values,
        dict.fromkeys(values, present),
        told["names"],
        np.array(told["interactions"]),
        np.array(told["positions"]),
    )


def history_of(kept: pd.DataFrame) -> pd.DataFrame:
    """Learning curve of a kept table."""
    return kept.drop(columns=_COLUMN, errors="ignore")
