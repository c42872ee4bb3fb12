"""Whether kept weights are those of a network, found out before any memory is taken."""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["check_state"]


def check_state(module, state):
    """Raise unless arrays have the names, shapes and types of a module's state.

    Parameters
    ----------
    module : torch.nn.Module
        May lie on torch's device "meta", where nothing takes memory.
    state : dict of str to ndarray
        Weights and buffers.

    Raises
    ------
    DataFormatError
        Naming the first one that does not fit.
    """
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
