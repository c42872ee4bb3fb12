"""Traits of sequences that anybody could read off without learning: length, composition, ends, positions."""

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from seqaug_sklearn.model_selection._shortcuts._protein_traits import protein_traits
from seqaug_sklearn.similarity import mark_low_complexity
from seqaug_sklearn.utils import text_to_codes

__all__ = ["Traits", "traits_of"]

FAMILIES = (
    "length",
    "beginning",
    "end",
    "position",
    "unknown symbols",
    "lower case",
    "composition",
    "property",
    "low complexity",
    "order",
    "name",
)
"""Kinds of traits; of two that tell as much the earlier one is named."""

UNSEEN = ("order", "name")
"""Kinds that no model of the sequences sees."""

_FIXED = (3, 40)
"""Shortest and longest beginning or end that is looked for."""
_FIXED_SHARE = 0.1
"""Share of rows that a fixed beginning or end must have."""
_PRESENT = 0.8
"""Share of rows that must reach a position: what lies beyond says how long rows are."""
_PARTS = (6, 50)
"""Most parts of a name, and most different words of one."""


@dataclass
class Traits:
    """Traits of rows.

    Attributes
    ----------
    numbers : dict of str to ndarray of float of shape (n_rows,)
        Traits that are numbers.
    codes : dict of str to ndarray of int of shape (n_rows,)
        Traits that are one of a few symbols or words; -1 where a row has none.
    families : dict of str to str
        Kind of each trait.
    places : dict of str to tuple of str and int
        End ("start" or "end") and number, from 1 on, of each position.
    words : dict of str to list of str
        What the codes of a trait stand for.
    """

    numbers: dict[str, np.ndarray] = field(default_factory=dict)
    codes: dict[str, np.ndarray] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)

    def add(self, family, name, values):
        """Add numbers, unless all rows are alike."""
        values = np.asarray(values, float)
        if np.ptp(values) > 0:
            self.numbers[name], self.families[name] = values, family

    def add_codes(self, family, name, codes, words):
        """Add symbols or words, unless all rows are alike."""
        known = codes[codes >= 0]
        if len(known) and known.min() < known.max():
            self.codes[name], self.families[name], self.words[name] = codes, family, words


def traits_of(texts, alphabet, names, max_positions) -> Traits:
    """Read all traits.

    Parameters
    ----------
    texts : list of str
        Sequences.
    alphabet : Alphabet
        Alphabet.
    names : list of str or None
        Names of the rows.
    max_positions : int
        Positions that are looked at from either end.
    """
    traits = Traits()
    upper = [text.upper() for text in texts]
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    codes = text_to_codes(upper, alphabet)
    codes[np.arange(codes.shape[1]) >= lengths[:, None]] = 255
    traits.add("length", "length", lengths)
    _add_ends(traits, upper)
    _add_positions(traits, codes, lengths, max_positions, [*alphabet.letters.tobytes().decode()])
    traits.add("lower case", "share of lower case", [sum(map(str.islower, text)) / len(text) for text in texts])
    _add_composition(traits, codes, lengths, alphabet)
    if alphabet.name == "protein":
        for name, values in protein_traits(upper).items():
            traits.add("property", name, values)
    low = np.add.reduceat(mark_low_complexity(upper, alphabet).astype(float), np.cumsum(lengths) - lengths)
    traits.add("low complexity", "share of low complexity", low / lengths)
    traits.add("order", "order in the file", np.arange(len(texts)))
    if names is not None:
        _add_names(traits, names)
    return traits


def _add_composition(traits, codes, lengths, alphabet):
    """Shares of symbols and of pairs of neighbours among what is known; unknown ones among all."""
    n_symbols = len(alphabet)
    counts = np.stack([(codes == code).sum(axis=1) for code in range(n_symbols + 1)], axis=1)
    known = np.maximum(counts[:, :n_symbols].sum(axis=1), 1)
    traits.add("unknown symbols", f"share of unknown symbols ({alphabet.unknown_symbol})", counts[:, -1] / lengths)
    if alphabet.complement is not None:
        gc = [alphabet.symbols.index(symbol) for symbol in "GC"]
        traits.add("composition", "GC content", counts[:, gc].sum(axis=1) / known)
    for code, symbol in enumerate(alphabet.symbols):
        traits.add("composition", f"share of {symbol}", counts[:, code] / known)
    if alphabet.complement is None:
        return
    pairs = np.where((codes[:, :-1] < n_symbols) & (codes[:, 1:] < n_symbols), codes[:, :-1] * 8 + codes[:, 1:], 255)
    n_pairs = np.maximum((pairs < 255).sum(axis=1), 1)
    for first, one in enumerate(alphabet.symbols):
        for second, two in enumerate(alphabet.symbols):
            traits.add("composition", f"share of {one}{two}", (pairs == first * 8 + second).sum(axis=1) / n_pairs)


def _add_ends(traits, texts):
    for family, turned in (("beginning", 1), ("end", -1)):
        for fixed in _fixed([text[::turned] for text in texts]):
            has = [text[::turned].startswith(fixed) for text in texts]
            traits.add(family, f"the {family} {fixed[::turned]}", has)


def _fixed(texts):
    """Beginnings that more rows have than chance gives, each as long as its rows agree; labels have no say."""
    shortest, longest = _FIXED
    counts = Counter(text[:shortest] for text in texts if len(text) >= shortest)
    least = max(3, _FIXED_SHARE * len(texts))
    found = []
    for head, count in counts.most_common(5):
        if count < least:
            break
        rows = [text for text in texts if text.startswith(head)]
        while len(head) < longest:
            (further, n), *_ = Counter(text[: len(head) + 1] for text in rows).most_common(1)
            # a tenth of the rows may differ by errors of reading
            if n < 0.9 * count or len(further) == len(head):
                break
            head = further
        found.append(head)
    return found


def _add_positions(traits, codes, lengths, most, letters):
    sides = [("start", codes)]
    if lengths.min() < lengths.max():
        shifts = codes.shape[1] - lengths
        columns = (np.arange(codes.shape[1]) - shifts[:, None]) % codes.shape[1]
        sides.append(("end", np.take_along_axis(codes, columns, axis=1)[:, ::-1]))
    for end, side in sides:
        for place in range(min(most, side.shape[1])):
            column = side[:, place].astype(np.int16)
            if (column < 255).mean() < _PRESENT:
                break
            name = f"position {place + 1}" if end == "start" else f"position {place + 1} from the end"
            traits.add_codes("position", name, np.where(column == 255, -1, column), letters)
            traits.places[name] = (end, place + 1)


def _add_names(traits, names):
    """Words of the names, between what is neither a letter nor a digit."""
    parts = [re.split(r"[^A-Za-z0-9]+", str(name)) for name in names]
    most, different = _PARTS
    for place in range(min(most, max(map(len, parts)))):
        words = [part[place] if place < len(part) else "" for part in parts]
        known = sorted(set(words))
        if 1 < len(known) <= min(different, len(names) // 3):
            number = {word: i for i, word in enumerate(known)}
            traits.add_codes("name", f"part {place + 1} of the name", np.array([number[word] for word in words]), known)
