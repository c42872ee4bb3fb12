"""Scores of several labels per row after each epoch of a training."""

import torch
from skorch.callbacks import Callback

__all__ = ["LabelMetrics"]


class LabelMetrics(Callback):
    """Record the learning rate, and the scores of training (as trained, dropout on) and validation rows.

    The scores are accuracy, F1 and recall of being there, each over the known entries of a label, and the mean over the
    labels. A label that is nowhere known has no score; one that is neither there nor predicted has no F1, and one that
    is not there no recall.
    """

    def on_epoch_begin(self, net, **kwargs):
        """Start empty counts."""
        self.counts_ = {}

    def on_batch_end(self, net, batch, training, y_pred, **kwargs):
        """Count the batch."""
        labels, said = batch[1][0], y_pred.detach() > 0
        there, absent = labels == 1, labels == 0
        # hits, misses, false alarms and right silences of each label, (4, n_labels). They stay on the device until the
        # epoch ends, as reading them would wait for the device at every batch
        cells = [there & said, there & ~said, absent & said, absent & ~said]
        counts = torch.stack([cell.sum(dim=0) for cell in cells])
        name = "train" if training else "valid"
        self.counts_[name] = self.counts_.get(name, 0) + counts

    def on_epoch_end(self, net, **kwargs):
        """Write the epoch's learning rate and scores into the history."""
        net.history.record("lr", net.optimizer_.param_groups[0]["lr"])
        for name, counts in self.counts_.items():
            for score, value in _scores(*counts.cpu().numpy()).items():
                net.history.record(f"{name}_{score}", value)
        self.counts_ = {}


def _scores(hits, misses, alarms, silences):
    return {
        "accuracy": _mean_share(hits + silences, hits + misses + alarms + silences),
        "f1": _mean_share(2 * hits, 2 * hits + misses + alarms),
        "recall": _mean_share(hits, hits + misses),
    }


def _mean_share(parts, wholes):
    seen = wholes > 0
    return float((parts[seen] / wholes[seen]).mean()) if seen.any() else 0.0
