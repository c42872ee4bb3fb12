"""Negatives that are stretches of a background which are like the positives."""

import numpy as np

from seqaug_sklearn.model_selection._negatives._shuffled_draws import Draw, with_case
from seqaug_sklearn.utils import text_to_codes

__all__ = ["BackgroundDraws"]

_NEAREST = 10
"""Candidates with the nearest GC content from which that with the nearest k-mers is taken: one in so many."""
_MOST_KMERS = 4**6
"""Length of a profile of k-mers; longer words hardly occur twice in a sequence."""


class BackgroundDraws:
    """Stretches of a background with the length, about the GC content and about the k-mers of a positive.

    Parameters
    ----------
    texts : list of str
        Positives.
    records : list of (str, str)
        Name and text of the background's records.
    k : int
        Length of the words whose shares are compared.
    alphabet : Alphabet
        Alphabet; both strands are drawn of DNA.
    n_candidates : int
        Stretches among which the most similar is taken.
    rng : numpy.random.Generator
        Source of randomness.
    """

    def __init__(self, texts, records, k, alphabet, n_candidates, rng):
        self.texts, self.alphabet, self.n_candidates, self.rng = texts, alphabet, n_candidates, rng
        self.names = [name for name, _ in records]
        self.both_strands = alphabet.complement is not None and "T" in alphabet.symbols
        # records one behind the other
        self.codes = np.concatenate([text_to_codes([text], alphabet)[0] for _, text in records])
        self.lengths = np.array([len(text) for _, text in records])
        self.begins = np.cumsum(self.lengths) - self.lengths
        self.used = np.zeros(len(self.codes), bool)
        # words of all lengths up to k, as far as a table of them is small
        self.k = next((n for n in range(k, 1, -1) if len(alphabet) ** n <= _MOST_KMERS), 1)
        self.letters = np.array([*alphabet.symbols, alphabet.unknown_symbol])

    def draw(self, rows) -> list[Draw | None]:
        """The best candidate for each row, or None where there is none."""
        return [self._draw(self.texts[row]) for row in rows]

    def _draw(self, text):
        places = self._places(len(text))
        if not len(places):
            return None
        model = text_to_codes([text], self.alphabet)
        turned = self.rng.random(len(places)) < (0.5 if self.both_strands else 0.0)
        windows = self.codes[places[:, None] + np.arange(len(text))]
        if turned.any():
            windows[turned] = self.alphabet.complement_codes[windows[turned, ::-1]]
        # more unknown symbols than the positive has would give it away
        allowed = (windows == self.alphabet.unknown).sum(axis=1) <= (model == self.alphabet.unknown).sum()
        for chosen in self._order(windows, model):
            start = places[chosen]
            if allowed[chosen] and not self.used[start : start + len(text)].any():
                # nor drawn again if it is refused
                self.used[start : start + len(text)] = True
                return self._as_draw(windows[chosen], start, turned[chosen], text)
        return None

    def _places(self, length):
        """Starts of candidates in all records joined, each place as likely as any other."""
        room = np.maximum(self.lengths - length + 1, 0)
        ends = np.cumsum(room)
        if not ends[-1]:
            return np.empty(0, np.int64)
        drawn = self.rng.integers(ends[-1], size=self.n_candidates)
        record = np.searchsorted(ends, drawn, side="right")
        return self.begins[record] + drawn - (ends - room)[record]

    def _order(self, windows, model):
        """Candidates, the nearest first: by k-mers among those with the nearest GC content, then by that."""
        own, theirs = self._shares(model, 1), self._shares(windows, 1)
        if self.alphabet.complement is not None:
            strong = np.isin(list(self.alphabet.symbols), ["G", "C"])
            plain = np.abs(theirs[:, strong].sum(axis=1) - own[:, strong].sum())
        else:
            plain = np.abs(theirs - own).sum(axis=1)
        nearest = np.argsort(plain, kind="stable")
        first = nearest[: max(1, len(nearest) // _NEAREST)]
        apart = np.abs(self._shares(windows[first], self.k) - self._shares(model, self.k)).sum(axis=1)
        return [*first[np.argsort(apart, kind="stable")], *nearest[len(first) :]]

    def _shares(self, windows, k):
        """Shares of the k-mers of each window, (n_windows, n_symbols ** k); those with unknown symbols do not count."""
        n, n_kmers = len(self.alphabet), len(self.alphabet) ** k  # those of shorter sequences have room
        words = (
            np.lib.stride_tricks.sliding_window_view(windows, k, axis=1)
            if windows.shape[1] >= k
            else windows[..., :0, None]
        )
        known = (words != self.alphabet.unknown).all(axis=2)
        keys = words.astype(np.int64) @ n ** np.arange(words.shape[2])
        keys += n_kmers * np.arange(len(windows))[:, None]
        counts = np.bincount(keys[known], minlength=n_kmers * len(windows)).reshape(len(windows), n_kmers)
        return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    def _as_draw(self, codes, start, is_turned, model):
        record = int(np.searchsorted(self.begins, start, side="right")) - 1
        begin = int(start - self.begins[record])
        text = with_case("".join(self.letters[codes]), model)
        strand = "-" if is_turned else "+"
        return Draw(text, f"{self.names[record]}:{begin}-{begin + len(text)}({strand})")
