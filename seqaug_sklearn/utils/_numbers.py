"""Whole numbers and numbers of any library, told to type checkers as Python's own."""

import numbers
from typing import Any, TypeGuard

__all__ = ["is_number", "is_whole"]


def is_whole(value: Any) -> TypeGuard[int]:
    """Whether a value is a whole number by its type: Python's or NumPy's, bool included."""
    return isinstance(value, numbers.Integral)


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value is a real number by its type: Python's or NumPy's, bool included."""
    return isinstance(value, numbers.Real)
