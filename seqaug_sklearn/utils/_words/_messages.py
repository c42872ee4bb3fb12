"""Messages that know which parameters they speak of, so that each reader sees what to write.

In Python that is ``window=40``, on the command line ``--window 40``. A message is a str, so whatever takes text takes
it, and nothing has to be searched for in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["InPython", "Message", "Parameter", "Ways", "invalid_data", "invalid_parameter", "told"]


class _NameOnly:
    def __repr__(self):
        return "(name only)"


_NAME_ONLY = _NameOnly()


@dataclass(frozen=True)
class Parameter:
    """A parameter within a message.

    Parameters
    ----------
    name : str
        Its name in Python.
    value : object, default=the name alone
        What it is set to: ``Parameter("window", 40)`` reads ``window=40``, ``Parameter("samples", ...)`` reads
        ``samples=``.
    """

    name: str
    value: Any = _NAME_ONLY

    @property
    def is_set(self) -> bool:
        """Whether the message gives a value."""
        return self.value is not _NAME_ONLY and self.value is not ...

    def __str__(self) -> str:
        if self.value is _NAME_ONLY:
            return self.name
        return f"{self.name}=" if self.value is ... else f"{self.name}={self.value!r}"

    def __reduce__(self):
        # the mark of a bare name is one object, which pickling would copy
        return Parameter, (self.name,) if self.value is _NAME_ONLY else (self.name, self.value)


class Message(str):
    """Text with the parameters that it speaks of.

    Parameters
    ----------
    *parts : str, Parameter, Message, Ways or InPython
        Pieces, in order. As text, parameters read as in Python.

    Examples
    --------
    >>> from seqaug_sklearn.utils import Message, Parameter
    >>> message = Message(Parameter("window", 4), " is too short; raise ", Parameter("window"))
    >>> message
    'window=4 is too short; raise window'
    >>> message.told(lambda parameter: f"--{parameter.name}")
    '--window is too short; raise --window'
    """

    parts: tuple
    __slots__ = ("parts",)

    def __new__(cls, *parts):
        message = super().__new__(cls, "".join(map(str, parts)))
        message.parts = parts
        return message

    def __getnewargs__(self):
        return self.parts

    @property
    def parameters(self) -> list[Parameter]:
        """The parameters, in the order in which they are named."""
        return [parameter for part in self.parts for parameter in _parameters(part)]

    def told(self, say: Callable[[Parameter], str | None]) -> str:
        """Return the text for a reader.

        Parameters
        ----------
        say : callable
            Takes a parameter and returns what this reader calls it, or None where the reader has no such thing.
        """
        return "".join(_told(part, say) for part in self.parts)


class InPython(str):
    """A piece of a message that only Python's reader sees, such as a phrase that scikit-learn's checks look for."""

    __slots__ = ()


class Ways:
    """Ways out, of which a reader sees those open to them.

    Parameters
    ----------
    *ways : str or Message
        What can be done. A way that names a parameter that the reader does not have is left out, unless all do.
    """

    def __init__(self, *ways: str):
        self.ways = ways

    def __str__(self) -> str:
        return _either(self.ways)

    def told(self, say: Callable[[Parameter], str | None]) -> str:
        """Return the text for a reader; see :meth:`Message.told`."""
        is_open = [all(say(parameter) is not None for parameter in _parameters(way)) for way in self.ways]
        ways = [way for way, open_ in zip(self.ways, is_open, strict=True) if open_] or self.ways
        return _either([_told(way, say) for way in ways])


def invalid_parameter(parameter: str | Parameter, rule: str, *more: object) -> InvalidParameterError:
    """Return the error of a parameter whose value cannot be.

    Parameters
    ----------
    parameter : str or Parameter
        Its name, or with its value.
    rule : str or Message
        What must be and what was received, in words that follow the parameter.
    *more : str, Parameter, Message or Ways
        Further pieces, which may name other parameters.

    Examples
    --------
    >>> from seqaug_sklearn.utils import invalid_parameter
    >>> invalid_parameter("window", "must be at least 1, got 0")
    InvalidParameterError('window must be at least 1, got 0')
    """
    return InvalidParameterError(_about(parameter, rule, more))


def invalid_data(parameter: str | Parameter, rule: str, *more: object) -> DataFormatError:
    """Return the error of data that a parameter holds, or of a file that it names.

    Parameters
    ----------
    parameter : str or Parameter
        Its name, or with its value.
    rule : str or Message
        What must be and what was received, in words that follow the parameter.
    *more : str, Parameter, Message or Ways
        Further pieces, which may name other parameters.

    Examples
    --------
    >>> from seqaug_sklearn.utils import invalid_data
    >>> invalid_data("y", "has 3 labels, X has 4 sequences; each needs one")
    DataFormatError('y has 3 labels, X has 4 sequences; each needs one')
    """
    return DataFormatError(_about(parameter, rule, more))


def told(message: object, say: Callable[[Parameter], str | None]) -> str:
    """Return what an error or a warning says, for a reader; see :meth:`Message.told`."""
    first = message.args[0] if isinstance(message, BaseException) and message.args else message
    return first.told(say) if isinstance(first, Message) else str(message)


def _about(parameter, rule, more):
    named = Parameter(parameter) if isinstance(parameter, str) else parameter
    return Message(named, " ", rule, *more)


def _either(ways):
    *others, last = map(str, ways)
    return ", ".join([*others, f"or {last}"]) if others else last


def _parameters(part):
    if isinstance(part, Parameter):
        return [part]
    if isinstance(part, Ways):
        return [parameter for way in part.ways for parameter in _parameters(way)]
    return part.parameters if isinstance(part, Message) else []


def _told(part, say):
    if isinstance(part, Parameter):
        return say(part) or str(part)
    if isinstance(part, InPython):
        return ""
    return part.told(say) if isinstance(part, (Message, Ways)) else str(part)
