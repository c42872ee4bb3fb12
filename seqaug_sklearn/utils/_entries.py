"""What one entry of X is: text, a record of Biopython, or missing."""

import numbers

__all__ = ["first_present", "is_missing", "is_record", "is_sequence"]


def first_present(entries):
    """Return the first entry that is not missing; None where all are."""
    return next((entry for entry in entries if not is_missing(entry)), None)


def is_record(value):
    """Whether a value is a sequence or record of Biopython."""
    return type(value).__module__.startswith("Bio.") and hasattr(value, "__len__")


def is_sequence(value):
    """Whether a value is one sequence: text or a record."""
    return isinstance(value, str) or is_record(value)


def is_missing(value):
    """Whether a value stands for a missing one."""
    # pandas.NA has no truth value and arrays have many, so no general ``value != value``
    return (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, numbers.Real) and value != value)
    )
