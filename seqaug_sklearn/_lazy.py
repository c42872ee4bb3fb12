"""Names that are imported on first use (PEP 562), for packages whose members are heavy."""

import importlib
import sys

__all__ = ["attach"]


def attach(package, attributes, submodules=()):
    """Return ``__getattr__`` and ``__dir__`` for a package with lazily imported names.

    Parameters
    ----------
    package : str
        ``__name__`` of the package.
    attributes : dict of str to str
        Public name -> module that defines it, relative to the package: ``"_file"``, or ``".unit"`` beside the package.
    submodules : sequence of str, default=()
        Submodules reachable as attributes.

    Returns
    -------
    getattr_, dir_ : callable
        To be bound to ``__getattr__`` and ``__dir__`` of the package.
    """

    def getattr_(name):
        if name in attributes:
            return getattr(importlib.import_module(f".{attributes[name]}", package), name)
        if name in submodules:
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def dir_():
        return sorted({*vars(sys.modules[package]), *attributes, *submodules})

    return getattr_, dir_
