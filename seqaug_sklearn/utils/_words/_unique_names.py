"""Names that repeat, numbered."""

from collections import Counter

__all__ = ["UniqueNames"]


class UniqueNames:
    """Give each repeat of a name a number that makes it another one.

    Examples
    --------
    >>> unique = UniqueNames()
    >>> [unique.name(name) for name in ["a", "a", "b", "a"]]
    ['a', 'a_2', 'b', 'a_3']
    """

    def __init__(self):
        self._counts: Counter[str] = Counter()

    def name(self, name: str) -> str:
        """Return the name, or with a number if it was given before."""
        self._counts[name] += 1
        while self._counts[name] > 1:
            numbered = f"{name}_{self._counts[name]}"
            # a name of the file may look like a numbered one
            if not self._counts[numbered]:
                self._counts[numbered] += 1
                return numbered
            self._counts[name] += 1
        return name
