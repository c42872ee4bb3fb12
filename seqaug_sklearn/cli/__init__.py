"""The command line: ``seqaug compare``, ``seqaug reproduce``, ``seqaug groups``, ``seqaug split`` and the others."""

from seqaug_sklearn.cli._app import app, main

__all__ = ["app", "main"]
