"""Gather, scatter, copy and mirror along the first axes: NumPy's kernels in the host's memory, torch's elsewhere.

On one thread NumPy gathers numbers of 16 bytes twice as fast as torch does, and each call costs less. Values are an
ndarray or a Tensor of another device; indices are always int64 ndarrays, and always valid.
"""

from typing import Any

import numpy as np
import torch

__all__ = [
    "as_tensor",
    "as_values",
    "copied",
    "gathered",
    "mirrored",
    "on_host",
    "padded",
    "put",
    "to_device",
    "with_columns",
]

# an ndarray, or a Tensor of another device than the host
Values = Any


def as_values(tensor: torch.Tensor) -> Values:
    """The same memory as ndarray, where it is the host's."""
    # edits are no part of the graph, and the words of 16 bytes are views, which need contiguous memory
    tensor = tensor.detach().contiguous()
    if tensor.is_cpu:
        return tensor.numpy()
    # numbers of 16 bytes begin at multiples of 16
    return tensor.clone() if tensor.storage_offset() % 4 else tensor


def as_tensor(values: Values) -> torch.Tensor:
    """The same memory as Tensor."""
    return torch.from_numpy(values) if isinstance(values, np.ndarray) else values


def to_device(array: np.ndarray, like: Values) -> Values:
    """Move an ndarray to where other values are."""
    return array if isinstance(like, np.ndarray) else torch.from_numpy(array).to(like.device)


def on_host(values: Values) -> np.ndarray:
    """As ndarray, copied from the device where it has to be."""
    return values if isinstance(values, np.ndarray) else values.cpu().numpy()


def copied(values: Values) -> Values:
    """Contiguous copy."""
    return values.copy() if isinstance(values, np.ndarray) else values.clone()


def gathered(values: Values, index: np.ndarray) -> Values:
    """``values[index]`` along the first axis."""
    if isinstance(values, np.ndarray):
        # indices are valid by construction: "clip" spares NumPy the buffered copy of mode "raise"
        return values.take(index, axis=0, mode="clip")
    return values.index_select(0, to_device(index, values))


def put(values: Values, index: np.ndarray, new: Values) -> None:
    """``values[index] = new`` along the first axis, in place."""
    if isinstance(values, np.ndarray):
        values[index] = new
    else:
        values.index_copy_(0, to_device(index, values), new)


def padded(values: Values, width: int) -> Values:
    """Zeros added along the second axis, up to a width."""
    shape = (len(values), width - values.shape[1], *values.shape[2:])
    if isinstance(values, np.ndarray):
        return np.concatenate([values, np.zeros(shape, values.dtype)], axis=1)
    return torch.cat([values, values.new_zeros(shape)], dim=1)


def mirrored(values: Values) -> Values:
    """``values[:, ::-1]``: a view of an ndarray, a copy of a Tensor."""
    # torch has no negative strides
    return values[:, ::-1] if isinstance(values, np.ndarray) else values.flip(1)


def with_columns(values: Values, order: list[int]) -> Values:
    """``values[..., order]``, contiguous."""
    if isinstance(values, np.ndarray):
        return values.take(order, axis=-1)
    return values.index_select(-1, torch.tensor(order, device=values.device))
