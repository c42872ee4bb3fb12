"""Mutations of coding sequence that leave the protein as it is."""

import functools
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

from seqaug_sklearn.augmentation._edits._base import RandomEdit
from seqaug_sklearn.augmentation._edits._codons import N_CODONS, check_table, codon_weights, starts, synonyms
from seqaug_sklearn.augmentation._edits._hits import bernoulli_hits
from seqaug_sklearn.augmentation._edits._rows import ragged_ranges
from seqaug_sklearn.augmentation._edits._weighted_choice import chosen, running_shares
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions

__all__ = ["SynonymousMutation"]

_PLACES = np.arange(3)
_VALUES = np.array([16, 4, 1])


class CodonDraws(NamedTuple):
    """Codons to exchange, ascending and counted over the rows laid end to end, and a number in [0, 1) for each."""

    codons: Any
    uniform: Any


class SynonymousMutation(RandomEdit):
    """Exchange codons for others with the same meaning: the protein of coding DNA or RNA stays as it is.

    Codons are read from `frame` on, all on the given strand, so put this edit in front of those that move residues,
    and give the rows one reading frame without introns. Left alone are codons with an ambiguity code, a gap or a
    protected position, residues behind the last whole codon, the first codon where it is a start codon of the table
    (GTG means methionine there), and codons that the table reads as stop and as amino acid. Stop codons are exchanged
    for stop codons. Nothing moves, so that rows that are aligned stay so.

    Parameters
    ----------
    rate : float, default=0.1
        Between 0 and 1. Without `usage` the probability of a codon to change, where it has a synonym; with it the
        probability of a codon to be drawn anew.
    table : int, default=1
        Genetic code: its number at NCBI, 1 for the standard code, 11 for bacteria and plastids, 2 for mitochondria of
        vertebrates.
    frame : {0, 1, 2}, default=0
        Residues in front of the first codon.
    usage : "data", mapping or None, default=None
        How often codons are drawn. None: every other synonym equally likely. A mapping of codons to frequencies on any
        scale, in letters of DNA or RNA (codons that it lacks are not drawn): among all synonyms, the present one
        included, so that sequences with this usage keep it. "data": by the usage of the rows that are edited together,
        before any edit: of all rows in ``fit_resample``, of the batch in training.

    See Also
    --------
    SubstitutionMatrixMutation : Changes proteins themselves.
    RandomMutation : Changes any residue.

    Notes
    -----
    A codon without any synonym in the mapping stays as it is.

    References
    ----------
    .. [1] The genetic codes, NCBI Taxonomy, https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi, as Biopython has
       them in ``Bio.Data.CodonTable``.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import RandomAugmentation, SynonymousMutation
    >>> synonymous = RandomAugmentation([SynonymousMutation(rate=1)], random_state=0)
    >>> synonymous.fit_resample(["ATGGCTTGGAAATAA"], [1])[0]
    ['ATGGCTTGGAAATAA', 'ATGGCGTGGAAGTAG']
    """

    _name = "synonymous"
    _parameter_constraints: ClassVar[dict] = {
        "rate": [Interval(Real, 0, 1, closed="both")],
        "table": [Interval(Integral, 1, None, closed="left")],
        "frame": [Interval(Integral, 0, 2, closed="both")],
        "usage": [StrOptions({"data"}), Mapping, None],
    }
    _within_one_stretch = False
    _keeps_positions = True
    _keeps_protein = True

    def __init__(self, rate=0.1, *, table=1, frame=0, usage=None):
        self.rate = rate
        self.table = table
        self.frame = frame
        self.usage = usage

    def _validate_params(self):
        super()._validate_params()
        check_table(self.table)
        if isinstance(self.usage, Mapping):
            codon_weights(self.usage)

    def _phrase(self):
        usage = {None: "", "data": ", by the codon usage of the data"}.get(
            self.usage if isinstance(self.usage, (str, type(None))) else "", ", by a given codon usage"
        )
        return f"synonymous exchange of {100 * self.rate:g} % of the codons (genetic code {self.table}{usage})"

    def _check_rows(self, rows):
        if not rows.has_complement or rows.n_symbols != 4:
            raise ValueError(
                "SynonymousMutation needs codons: alphabet 'dna' or 'rna', or one-hot of 4 columns, got "
                f"{rows.n_symbols} symbols; take SubstitutionMatrixMutation for proteins"
            )
        if isinstance(self.usage, str):
            rows.memory[self] = self._counted(rows)

    def _changes(self, changed):
        # codon by codon
        row, place = np.nonzero(changed)
        codons = np.unique(np.stack([row, (place - self.frame) // 3]), axis=1)
        first = 3 * codons[1] + self.frame
        return codons[0], first, np.full_like(first, 3), first

    def _counted(self, rows):
        """How often each codon is in the rows."""
        row, place = self._all_codons(np.arange(len(rows)), rows.lengths)
        _, codes, known = self._read(rows, row * rows.width + place)
        return np.bincount(codes[known], minlength=N_CODONS)

    def _all_codons(self, which, lengths):
        counts = np.maximum(lengths - self.frame, 0) // 3
        return which.repeat(counts), 3 * ragged_ranges(np.zeros_like(counts), counts) + self.frame

    def _read(self, rows, first):
        """Flat positions (m, 3) and numbers of the codons that begin at flat positions, and which hold no unknown."""
        position = first[:, None] + _PLACES
        symbols = rows.codes(position.ravel()).reshape(-1, 3)
        known = (symbols < 4).all(axis=1)
        return position, np.where(known, symbols @ _VALUES, 0), known

    def _draw(self, rows, which, low, high, rng):
        counts = np.maximum(high - self.frame, 0) // 3
        hits = bernoulli_hits(int(len(which) * counts if np.ndim(counts) == 0 else counts.sum()), self.rate, rng)
        return CodonDraws(hits, rng.random(len(hits)))

    def _apply(self, rows, which, low, high, draws):
        # which row each codon belongs to, and its number there
        ends = (np.maximum(np.broadcast_to(high, len(which)) - self.frame, 0) // 3).cumsum()
        owner = ends.searchsorted(draws.codons, side="right")
        number = draws.codons - np.append(0, ends)[owner]
        first = which[owner] * rows.width + self.frame + 3 * number
        position, old, known = self._read(rows, first)
        free = known & ~((number == 0) & starts(self.table)[old])
        if rows.protected is not None:
            free &= ~rows.protected[position // rows.width, position % rows.width].any(axis=1)
        position, old = position[free], old[free]
        new = chosen(self._shares(rows), old, draws.uniform[free])
        steps = (new[:, None] // _VALUES - old[:, None] // _VALUES) % 4
        changed = steps != 0
        rows.substitute(position[changed], steps[changed])

    def _shares(self, rows):
        """Running shares of the new codons of each codon, (64, 64)."""
        same = synonyms(self.table)
        if self.usage is None:
            return _even_shares(self.table)
        weights = rows.memory[self] if isinstance(self.usage, str) else codon_weights(self.usage)
        return running_shares(same * weights)


@functools.cache
def _even_shares(table):
    """Running shares where every other synonym is equally likely."""
    return running_shares(synonyms(table) & ~np.eye(N_CODONS, dtype=bool))
