"""JSON that is read strictly: no repeated keys, no constants outside the standard, no endless numbers."""

import json
import math

from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["canonical_json", "read_json"]

_LARGEST = 1 << 64


def read_json(content, name):
    """Parse JSON; :class:`DataFormatError` names the file and what is wrong.

    Parameters
    ----------
    content : bytes
        UTF-8.
    name : str
        What it is, for messages.

    Returns
    -------
    dict, list, str, int, float, bool or None
    """
    try:
        return json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_int=_small_integer,
            parse_float=_finite_float,
        )
    except _RefusedError as error:
        raise DataFormatError(f"{name} {error}") from None
    except RecursionError:
        raise DataFormatError(f"{name} is nested too deep") from None
    except ValueError as error:
        raise DataFormatError(f"{name} is no JSON, or is cut off or damaged ({error})") from None


def canonical_json(value):
    """Bytes of a JSON value, the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


class _RefusedError(ValueError):
    """JSON that the standard has, or Python reads, and this package does not."""


def _unique(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RefusedError(f"has the key {next(key for key in keys if keys.count(key) > 1)!r:.60} twice")
    return found


def _refuse(constant):
    raise _RefusedError(f"holds {constant}, which is no JSON")


def _finite_float(digits):
    if not math.isfinite(float(digits)):
        raise _RefusedError(f"holds the number {digits:.20}, which is too large")
    return float(digits)


def _small_integer(digits):
    if len(digits) > 20 or abs(int(digits)) > _LARGEST:
        raise _RefusedError(f"holds the number {digits:.20}..., which is too large")
    return int(digits)
