"""The command line: ``seqaug compare``, ``seqaug reproduce``, ``seqaug windows``, ``seqaug kmers``."""

from seqaug_sklearn.cli._app import app, main

__all__ = ["app", "main"]
