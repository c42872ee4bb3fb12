"""The file from which an interrupted training goes on."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import torch

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, Parameter, Ways, invalid_parameter, replaced_file, short_digest

__all__ = ["Checkpoint", "check_continues", "fingerprint"]

_FORMAT = "seqaug_sklearn.GenotypeGAN 1"
_WAYS = Ways("delete it to train anew", Message("choose another path for ", Parameter("checkpoint", ...)))


class Checkpoint:
    """One file, replaced as a whole: whoever reads it finds the last complete state.

    Parameters
    ----------
    path : str or path-like
        File; its folder must exist.
    identity : dict of str to str
        What a state must agree with to be taken up: name -> fingerprint.

    Raises
    ------
    ValueError
        If the folder does not exist.
    """

    def __init__(self, path, identity):
        self.path, self.identity = Path(path), identity
        if not self.path.parent.is_dir():
            way_out = "lies in a folder that does not exist; make it first"
            raise invalid_parameter(Parameter("checkpoint", str(path)), way_out)

    def load(self, device):
        """Return the saved state with its tensors on ``device``, or None where there is no file.

        Raises
        ------
        DataFormatError
            If the file is damaged, is no such checkpoint, or belongs to other settings or data.
        """
        if not self.path.exists():
            return None
        try:
            _check_sums(self.path)
            saved = torch.load(self.path, map_location=device, weights_only=True)
        except Exception as error:  # a damaged archive raises nearly anything
            damage = f" is no checkpoint of GenotypeGAN, or is damaged ({type(error).__name__}); "
            raise DataFormatError(Message(_named(self.path), damage, _WAYS)) from error
        whole = isinstance(saved, dict) and isinstance(saved.get("identity"), dict) and "state" in saved
        if not whole or saved.get("format") != _FORMAT:
            other = " is no checkpoint of this version of GenotypeGAN; "
            raise DataFormatError(Message(_named(self.path), other, _WAYS))
        self._check_identity(saved["identity"])
        return saved["state"]

    def save(self, state):
        """Write the state (tensors, numbers, strings, lists and dicts of them) in place of the file.

        Raises
        ------
        OutputError
            If it cannot be written; the earlier state is still there.
        """
        content = io.BytesIO()  # torch hides the reason where it writes to a full disk itself
        torch.save({"format": _FORMAT, "identity": self.identity, "state": state}, content)
        with replaced_file(self.path) as file:
            file.write(content.getbuffer())

    def _check_identity(self, saved):
        other = sorted(
            name for name in self.identity.keys() | saved.keys() if self.identity.get(name) != saved.get(name)
        )
        if other:
            differ = [part for name in other for part in (", ", Parameter(name))][1:]
            # a path serves one fit, not the folds of a cross-validation
            another = Message("choose another path for ", Parameter("checkpoint", ...), ", one for each fit")
            ways = Ways("repeat that one", "delete the file to train anew", another)
            what = " belongs to another training: "
            raise DataFormatError(Message(_named(self.path), what, *differ, " differ; ", ways))


def _named(path):
    return f"the checkpoint {str(path)!r}"


def _check_sums(path):
    """Torch does not look at the checksums of its archives."""
    with zipfile.ZipFile(path) as file:
        damaged = file.testzip()
    if damaged is not None:
        raise zipfile.BadZipFile(damaged)


def check_continues(path, saved, settings):
    """Refuse to continue from a state where that would not give what one training of ``max_epochs`` gives.

    Parameters
    ----------
    path : str or path-like
        Of the checkpoint, for messages.
    saved : dict
        State of a ``TrainingRun``.
    settings : dict
        With the ``max_epochs`` and ``monitor_every`` wanted.

    Raises
    ------
    DataFormatError
        Naming the parameter to change.
    """
    epochs, every = len(saved["history"]), saved["monitor_every"]
    scored = [row["epoch"] for row in saved["history"] if "score" in row]
    wanted = Parameter("max_epochs", settings["max_epochs"])
    problem: Message | None = None
    if epochs > settings["max_epochs"]:
        problem = Message(f"has {epochs} epochs already, more than ", wanted, "; ask for as many or more")
    elif scored and every != settings["monitor_every"]:
        would = f"was scored every {every} epochs, and ", wanted, f" would score every {settings['monitor_every']}"
        go_on = Message("pass ", Parameter("monitor_every", every), " to continue from it")
        fewer = Message("lower ", Parameter("max_epochs"))
        problem = Message(*would, "; ", Ways(go_on, fewer, "delete it to train anew"))
    elif scored and scored[-1] % every and epochs < settings["max_epochs"]:
        problem = Message(
            f"ended after {epochs} epochs with a score out of turn (every {every}), so going on would not give the "
            f"weights of one training of {settings['max_epochs']}; ",
            _WAYS,
        )
    if problem is not None:
        raise DataFormatError(Message("the training of ", _named(path), " ", problem))


def fingerprint(value):
    """Fingerprint of an array, or of anything whose JSON (or repr) tells it."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        value = np.ascontiguousarray(value)
        content = f"{value.dtype.str} {value.shape} ".encode() + value.tobytes()
    else:
        content = json.dumps(value, default=repr).encode()
    return short_digest(content).hex()
