"""Torch devices and precisions by name."""

import functools

from seqaug_sklearn.exceptions import DeviceError
from seqaug_sklearn.utils._words import Message, Parameter

__all__ = ["resolve_device", "resolve_precision"]


def resolve_device(device="auto"):
    """Return the ``torch.device`` for a ``device`` parameter.

    Parameters
    ----------
    device : {"auto", "cpu", "cuda", "cuda:<index>", "mps"} or torch.device, default="auto"
        "auto" takes CUDA, then MPS, then the CPU.

    Returns
    -------
    torch.device

    Raises
    ------
    DeviceError
        If the device is unknown or not there.
    """
    import torch

    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        resolved = torch.device(device)
    except (RuntimeError, TypeError):
        resolved = None
    if resolved is None or resolved.type not in ("cpu", "cuda", "mps"):
        rule = f" must be 'auto', 'cpu', 'cuda', 'cuda:<index>', 'mps' or a torch.device, got {device!r}"
        raise DeviceError(Message(Parameter("device"), rule))
    there = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}[resolved.type]
    if (resolved.index or 0) >= there:
        sees = f" is not there: torch sees {there} device(s) of type {resolved.type!r}; use "
        ways = Parameter("device", "auto"), " or ", Parameter("device", "cpu")
        raise DeviceError(Message(Parameter("device", device), sees, *ways))
    return resolved


def resolve_precision(precision, device):
    """Return the torch dtype of the training arithmetic: float32, or bfloat16 under autocast.

    Parameters
    ----------
    precision : {"auto", "float32", "bfloat16"}
        "auto" takes bfloat16 where the device computes it in hardware.
    device : torch.device
        Where the training runs.

    Returns
    -------
    torch.dtype
    """
    import torch

    if precision == "auto":
        return torch.bfloat16 if _has_bfloat16(device.type) else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]


@functools.cache
def _has_bfloat16(device_type):
    import torch

    if device_type == "cuda":
        # emulated bfloat16 is slower than float32
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device_type == "cpu":
        # oneDNN accepts bfloat16 on CPUs that compute it in float32, which gains nothing
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()) and _cpu_has_bf16_instructions()
    return False


def _cpu_has_bf16_instructions():
    import torch

    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    if capabilities:
        return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16") or capabilities.get("arm_bf16"))
    return bool(torch.cpu._is_avx512_bf16_supported())
