"""Networks from kept weights: whether these fit is checked before any memory is taken."""

import numpy as np
import torch

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import torch_seed_scope

__all__ = ["restored_modules"]


def restored_modules(build, states):
    """Modules on the CPU, in evaluation mode, with kept weights.

    Parameters
    ----------
    build : callable
        Gives new modules of these sizes, in order.
    states : list of dict of str to ndarray
        Weights and buffers of each.

    Returns
    -------
    list of torch.nn.Module

    Raises
    ------
    DataFormatError
        If arrays do not have the names, shapes and types of the modules' states.
    """
    # on this device nothing takes memory, whatever sizes parameters ask for
    with torch.device("meta"):
        expected = list(build())
    if len(expected) != len(states):
        raise DataFormatError(f"the weights are those of {len(states)} networks, not of {len(expected)}")
    for module, state in zip(expected, states, strict=True):
        _check_state(module, state)
    with torch_seed_scope(0, torch.device("cpu")):
        modules = list(build())
    for module, state in zip(modules, states, strict=True):
        module.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    return [module.eval() for module in modules]


def _check_state(module, state):
    """Raise unless arrays have the names, shapes and types of a module's state; the first that does not is named."""
    expected = module.state_dict()
    for name in sorted(expected.keys() ^ state.keys()):
        where = "lacks" if name in expected else "should not have"
        raise DataFormatError(f"the weights do not fit the network: it {where} {name!r:.80}")
    for name, tensor in expected.items():
        found = (tuple(state[name].shape), str(state[name].dtype))
        wanted = (tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."))
        if found != wanted:
            raise DataFormatError(
                f"the weights do not fit the network: {name} is {found[1]} of shape {found[0]}, not {wanted[1]} of "
                f"shape {wanted[0]}"
            )
        if found[1].startswith("float") and not np.isfinite(state[name]).all():
            raise DataFormatError(f"the weights hold NaN or infinite numbers: {name}")
