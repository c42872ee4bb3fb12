"""Times in words, as users write and read them."""

import re

__all__ = ["parse_time", "tell_time"]

_TIME = re.compile(r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m(?:in)?)?(?:(?P<s>\d+(?:\.\d+)?)s)?")
_SECONDS = {"h": 3600, "m": 60, "s": 1}


def parse_time(text: str) -> float | None:
    """Seconds of a time such as "10m", "1h30m" or "90s"; a number alone means minutes. None of any other text."""
    text = text.strip().lower()
    match = _TIME.fullmatch(text)
    if match and text:
        return sum(float(number) * _SECONDS[unit] for unit, number in match.groupdict(0).items())
    return 60 * float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None


def tell_time(seconds: float) -> str:
    """Return a time in words: ``"90 s"``, ``"10 min"``."""
    return f"{seconds:.3g} s" if seconds < 120 else f"{seconds / 60:.3g} min"
