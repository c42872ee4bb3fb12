"""One random story: ``random_state`` is resolved in ``fit``, functions take ``rng``, torch is seeded in a scope."""

import contextlib
import threading

import numpy as np

from seqaug_sklearn.utils._words import invalid_parameter

__all__ = ["check_generator", "draw_seed", "torch_seed_scope"]

_TORCH_LOCK = threading.RLock()


def check_generator(random_state):
    """Return a ``numpy.random.Generator`` for a ``random_state``.

    Parameters
    ----------
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        None gives fresh entropy and leaves NumPy's global generator untouched. A RandomState is advanced once.

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    ValueError
        If random_state is something else.
    """
    if isinstance(random_state, np.random.Generator):
        return random_state
    if random_state is None or isinstance(random_state, (int, np.integer)):
        return np.random.default_rng(random_state)
    if isinstance(random_state, np.random.RandomState):
        # 128 bits from the old generator seed the new one
        return np.random.default_rng(random_state.randint(0, 2**32, size=4, dtype=np.uint32))
    raise invalid_parameter("random_state", f"must be None, an int, a RandomState or a Generator, got {random_state!r}")


def draw_seed(rng):
    """Draw one seed (int below 2**31) from a Generator."""
    return int(rng.integers(2**31 - 1))


@contextlib.contextmanager
def torch_seed_scope(seed, device="cpu"):
    """Seed torch inside the block and put its generators back afterwards.

    Dropout draws from torch's global generator, so a lock keeps the blocks of other threads out.

    Parameters
    ----------
    seed : int
        Seed of the CPU generator and of the device's.
    device : str or torch.device, default="cpu"
        Device whose generator is saved and seeded beside the CPU's.
    """
    import torch

    device = torch.device(device)
    with _TORCH_LOCK, contextlib.ExitStack() as stack:
        devices = []
        if device.type == "cuda":
            devices = [torch.cuda.current_device() if device.index is None else device.index]
        stack.enter_context(torch.random.fork_rng(devices=devices))
        if device.type == "mps":
            state = torch.mps.get_rng_state()
            stack.callback(torch.mps.set_rng_state, state)
            torch.mps.manual_seed(seed)
        torch.random.default_generator.manual_seed(seed)
        for index in devices:
            with torch.cuda.device(index):
                torch.cuda.manual_seed(seed)
        yield
