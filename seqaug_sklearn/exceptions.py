"""Errors and warnings of the toolkit.

Every error derives from :class:`SeqAugError` and from the built-in class that a scikit-learn user expects
(``ValueError``, ``TypeError``, ``ImportError``, ``MemoryError``, ``OSError``), so existing ``except`` clauses keep
working. A wrong parameter is an :class:`InvalidParameterError` or another ``ValueError``, a wrong file or table a
:class:`DataFormatError`.
"""

from pathlib import Path

__all__ = [
    "DataFormatError",
    "DeviceError",
    "InsufficientMemoryError",
    "InvalidParameterError",
    "LeakageError",
    "LeakageWarning",
    "MissingDependencyError",
    "NoValidationWarning",
    "OutputError",
    "OutputExistsError",
    "OutputFolderError",
    "PrivacyWarning",
    "SeqAugError",
    "SeqAugWarning",
    "SequenceError",
    "SequenceTypeError",
]


class SeqAugError(Exception):
    """Base class of all errors raised on purpose by the toolkit."""

    @property
    def parameter(self) -> str | None:
        """Name of the parameter that the message is about, the first one if there are several; None if of none."""
        named = getattr(self.args[0], "parameters", ()) if self.args else ()
        return named[0].name if named else None


class InvalidParameterError(SeqAugError, ValueError):
    """A parameter has a value that it cannot have; the message names it, the rule, the value and the way out.

    Examples
    --------
    >>> from seqaug_sklearn.exceptions import InvalidParameterError
    >>> from seqaug_sklearn.similarity import similarity_groups
    >>> try:
    ...     similarity_groups(["ACGTACGTACGT", "ACGTACGTACGA"], threshold=0)
    ... except InvalidParameterError as error:
    ...     print(error.parameter)
    threshold
    """


class SequenceError(SeqAugError, ValueError):
    """A sequence breaks a rule; the message names the sequence, the position and the rule."""


class SequenceTypeError(SeqAugError, TypeError):
    """Something that is not a sequence, or not a collection of sequences, was given."""


class DataFormatError(SeqAugError, ValueError):
    """A file or table does not hold what its format promises."""


class LeakageError(SeqAugError, ValueError):
    """Training and test rows share sequence."""


class DeviceError(SeqAugError, ValueError):
    """The requested device is not there."""


class InsufficientMemoryError(SeqAugError, MemoryError):
    """Something needs more memory than there is; the message holds the sizes and the way out."""


class MissingDependencyError(SeqAugError, ImportError):
    """An optional package is needed; the message holds the command that installs it."""


class OutputError(SeqAugError, OSError):
    """A file or folder cannot be written; what was there before is unchanged.

    Attributes
    ----------
    path : Path or None
        The path as it was given, where it was checked before anything was written.
    """

    path: Path | None = None


class OutputFolderError(OutputError):
    """The folder of a report cannot be written, or is none that a report may be written to."""


class OutputExistsError(OutputFolderError, FileExistsError):
    """The folder of a report is a file, or holds something else than an earlier report."""


class SeqAugWarning(UserWarning):
    """Base class of the toolkit's warnings."""


class LeakageWarning(SeqAugWarning):
    """Training and test rows may share sequence, or it could not be checked."""


class NoValidationWarning(SeqAugWarning):
    """No independent validation rows are left, so training runs without early stopping."""


class PrivacyWarning(SeqAugWarning):
    """Synthetic individuals reveal the individuals they were made from, or cannot be shown not to."""
