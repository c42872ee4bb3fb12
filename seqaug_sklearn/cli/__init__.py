"""The command line: ``seqaug compare``, ``seqaug reproduce``, ``seqaug windows``."""

from seqaug_sklearn.cli._app import app, main

__all__ = ["app", "main"]
