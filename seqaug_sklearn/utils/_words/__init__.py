"""What is said to the user: messages, warnings, progress, and short forms of values within them."""

from seqaug_sklearn.utils._words._brief import brief, counted, listed, plain
from seqaug_sklearn.utils._words._messages import (
    InPython,
    Message,
    Parameter,
    Ways,
    invalid_data,
    invalid_parameter,
    told,
)
from seqaug_sklearn.utils._words._progress import phase, progress
from seqaug_sklearn.utils._words._times import parse_time, tell_time
from seqaug_sklearn.utils._words._unique_names import UniqueNames
from seqaug_sklearn.utils._words._warnings import warn

__all__ = [
    "InPython",
    "Message",
    "Parameter",
    "UniqueNames",
    "Ways",
    "brief",
    "counted",
    "invalid_data",
    "invalid_parameter",
    "listed",
    "parse_time",
    "phase",
    "plain",
    "progress",
    "tell_time",
    "told",
    "warn",
]
