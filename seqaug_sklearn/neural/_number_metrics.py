"""Scores of numbers after each epoch of a training."""

import numpy as np
import torch
from scipy.stats import rankdata
from skorch.callbacks import Callback

__all__ = ["NumberMetrics", "mean_r2", "mean_spearman"]


class NumberMetrics(Callback):
    """Record the learning rate, and R² and Spearman's correlation of training and validation rows.

    Both are means over the targets, each over its known entries. Training scores are those of the outputs as trained
    (dropout on).

    Parameters
    ----------
    in_unit : callable
        Turns outputs, float64 (n, n_targets), into what targets are compared with.
    """

    def __init__(self, in_unit):
        self.in_unit = in_unit

    def on_epoch_begin(self, net, **kwargs):
        """Forget the last epoch."""
        self.said_ = {}

    def on_batch_end(self, net, batch, training, y_pred, **kwargs):
        """Keep what was said of the batch, on its device: reading it would wait for the device at every batch."""
        self.said_.setdefault("train" if training else "valid", []).append((y_pred.detach(), batch[1][0]))

    def on_epoch_end(self, net, **kwargs):
        """Write the epoch's learning rate and scores into the history."""
        net.history.record("lr", net.optimizer_.param_groups[0]["lr"])
        for name, parts in self.said_.items():
            outputs, values = (torch.cat(kind).double().cpu().numpy() for kind in zip(*parts, strict=True))
            predictions = self.in_unit(outputs)
            net.history.record(f"{name}_r2", mean_r2(values, predictions))
            net.history.record(f"{name}_spearman", mean_spearman(values, predictions))
        self.said_ = {}


def mean_r2(values, predictions):
    """R² over the known entries of each target, averaged; 0 where no target varies.

    Parameters
    ----------
    values : float ndarray of shape (n, n_targets)
        NaN where not known.
    predictions : float ndarray of shape (n, n_targets)
        What was predicted.

    Returns
    -------
    float
    """
    return _mean_score(_r2, values, predictions)


def mean_spearman(values, predictions):
    """Spearman's rank correlation over the known entries of each target, averaged; 0 where nothing varies."""
    return _mean_score(_spearman, values, predictions)


def _mean_score(score, values, predictions):
    known = ~np.isnan(values)
    pairs = [(values[rows, t], predictions[rows, t]) for t, rows in enumerate(known.T)]
    # a target that does not vary among these rows has no score
    scores = [score(*pair) for pair in pairs if len(pair[0]) and np.ptp(pair[0]) > 0]
    return float(np.mean(scores)) if scores else 0.0


def _r2(values, predictions):
    return 1 - ((values - predictions) ** 2).sum() / ((values - values.mean()) ** 2).sum()


def _spearman(values, predictions):
    ranks = rankdata(values), rankdata(predictions)
    if not np.ptp(ranks[1]) > 0:
        return 0.0
    return np.corrcoef(*ranks)[0, 1]
