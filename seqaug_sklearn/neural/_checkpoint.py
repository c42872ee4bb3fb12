"""A training that goes on where it was interrupted, and ends with the same weights."""

import io
import json
from pathlib import Path

import numpy as np
import torch
from skorch.callbacks import Callback
from skorch.history import History

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import replaced_file

__all__ = ["TrainingCheckpoint"]


class TrainingCheckpoint(Callback):
    """Write the training's whole state after each epoch, and start from it where the file exists.

    It must be the last callback: the others' state of the epoch is part of it.

    Parameters
    ----------
    path : str or path-like
        File.
    identity : str
        Fingerprint of settings and data; a file of another one is refused.
    parts : list of skorch callbacks
        Those whose state is kept too: plateau schedules and early stopping.

    Raises
    ------
    DataFormatError
        When the training begins, if the file is no checkpoint or is of other settings or data.
    """

    def __init__(self, path, identity, parts=()):
        self.path, self.identity, self.parts = Path(path), identity, parts

    def on_train_begin(self, net, **kwargs):
        """Put everything back to the end of the last finished epoch."""
        if not self.path.exists():
            return
        saved = self._read()
        net.module_.load_state_dict(saved["module"])
        net.optimizer_.load_state_dict(saved["optimizer"])
        net.history = History(json.loads(saved["history"]))
        for part, state in zip(self.parts, saved["parts"], strict=True):
            _put_back(part, state)
        torch.set_rng_state(saved["rng"])
        if saved["cuda_rng"] is not None and torch.cuda.is_available():
            torch.cuda.set_rng_state(saved["cuda_rng"])
        net.max_epochs = max(net.max_epochs - len(net.history), 0)

    def on_epoch_end(self, net, **kwargs):
        """Write the state in one step: the file is whole, or the one before."""
        state = {
            "identity": self.identity,
            "module": net.module_.state_dict(),
            "optimizer": net.optimizer_.state_dict(),
            "history": json.dumps(net.history.to_list(), default=_number),
            "parts": [_taken(part) for part in self.parts],
            "rng": torch.get_rng_state(),
            "cuda_rng": torch.cuda.get_rng_state() if net.device.startswith("cuda") else None,
        }
        content = io.BytesIO()
        torch.save(state, content)
        with replaced_file(self.path) as file:
            file.write(content.getbuffer())

    def _read(self):
        try:
            # nothing but tensors, numbers and text is in it, so no code runs
            saved = torch.load(self.path, map_location="cpu", weights_only=True)
            identity = saved["identity"]
        except Exception as error:  # a damaged file raises nearly anything
            raise DataFormatError(f"{self.path} is no checkpoint of a training, or is damaged; delete it") from error
        if identity != self.identity:
            raise DataFormatError(
                f"{self.path} is the checkpoint of other settings or data; name another file, or delete it"
            )
        return saved


def _taken(part):
    schedule = getattr(part, "lr_scheduler_", None)
    state = {name: value for name, value in vars(part).items() if name.endswith("_")}
    if schedule is not None:
        state = schedule.state_dict()
    # numbers of NumPy are objects to a reader that runs no code
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in state.items()}


def _put_back(part, state):
    schedule = getattr(part, "lr_scheduler_", None)
    if schedule is not None:
        schedule.load_state_dict(state)
    else:
        vars(part).update(state)


def _number(value):
    return value.item() if isinstance(value, np.generic) else float(value)
