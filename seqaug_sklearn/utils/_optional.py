"""Optional packages: imported inside the method that needs them."""

import importlib

from seqaug_sklearn.exceptions import MissingDependencyError

__all__ = ["import_optional"]


def import_optional(module, *, extra, purpose):
    """Import an optional module or raise an error that says how to install it.

    Parameters
    ----------
    module : str
        Dotted name of the module.
    extra : str
        Extra of this package that brings it.
    purpose : str
        What needs it, for the message.

    Returns
    -------
    module

    Raises
    ------
    MissingDependencyError
        If it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"{purpose} needs the package {module.split('.')[0]!r}; "
            f"install it with: pip install 'seqaug-sklearn[{extra}]'"
        ) from error
