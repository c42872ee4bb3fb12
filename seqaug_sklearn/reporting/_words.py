"""Lists and numbers in running text; `seqaug_sklearn.utils.counted` says how many there are of a thing."""

from collections.abc import Sequence

__all__ = ["joined", "number", "p_equals", "p_number", "percent"]


def joined(names: Sequence[str]) -> str:
    """Names in one phrase.

    Examples
    --------
    >>> joined(["CNN"]), joined(["CNN", "LSTM", "GAN"])
    ('CNN', 'CNN, LSTM and GAN')
    """
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def percent(share: float) -> str:
    """Share in per cent, with one digit."""
    return f"{100 * share:.1f} %"


def number(value: float) -> str:
    """Number with three digits; from a hundred on with one decimal and commas.

    Examples
    --------
    >>> number(0.123456), number(-6.0), number(12345.67)
    ('0.123', '-6', '12,345.7')
    """
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3g}"


def p_number(value: float) -> str:
    """p- or q-value with two digits, as a power of ten where it is tiny.

    Examples
    --------
    >>> p_number(0.0438), p_number(2e-7)
    ('0.044', '2.0e-07')
    """
    return f"{value:.1e}" if value < 0.001 else f"{value:.2g}"


def p_equals(value: float) -> str:
    """p-value as a sentence has it.

    Examples
    --------
    >>> p_equals(0.0438), p_equals(2e-7)
    ('p = 0.044', 'p < 0.001')
    """
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
