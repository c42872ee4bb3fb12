"""The second stage of audits: relatives that share too few k-mers, found by alignment."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from seqaug_sklearn.exceptions import MissingDependencyError
from seqaug_sklearn.similarity._homologs._search import HomologIndex, HomologPairs
from seqaug_sklearn.utils import invalid_parameter, is_number

__all__ = ["SecondStage", "check_homologs"]

# seconds that "auto" spends on one split
_LONGEST = 180
# share of the test row in an alignment that is a leak by its E-value alone; shorter ones must be so good that fewer
# than this many are expected by chance in the whole audit
_HALF, _BY_CHANCE = 0.5, 0.01
# residues of the test row that a shorter one must hold
_LONG = 40
# a split trains at least one of so many rows
_FEWEST_TRAINED = 5
# residues times residues that are aligned once more for their identity
_MOST_CELLS = 10**8


@dataclass(frozen=True, slots=True)
class Homologs:
    """What the second stage found, one entry for each test row.

    Attributes
    ----------
    nearest : int ndarray
        Place among the training rows; -1 where it found none.
    strand : int ndarray
        1 or -1.
    evalue : float ndarray
        Of the nearest; NaN where it found none.
    guilty : bool ndarray of shape (n_train,)
        Training rows with a homolog among the test rows.
    skipped : str
        Why it did not look; empty where it did.
    """

    nearest: np.ndarray
    strand: np.ndarray
    evalue: np.ndarray
    guilty: np.ndarray
    skipped: str


def check_homologs(homologs, max_evalue) -> None:
    """Raise ValueError for parameters that the second stage does not know.

    Parameters
    ----------
    homologs : bool or "auto"
        Whether to look.
    max_evalue : float
        E-value below which an alignment is a leak.

    Raises
    ------
    ValueError
        For anything else.

    Examples
    --------
    >>> from seqaug_sklearn.similarity import check_homologs
    >>> check_homologs("auto", 1e-3)
    """
    if not (isinstance(homologs, bool) or homologs == "auto"):
        raise invalid_parameter("homologs", f"must be True, False or 'auto', got {homologs!r}")
    if isinstance(max_evalue, bool) or not is_number(max_evalue) or not 0 < max_evalue <= 10:
        raise invalid_parameter("max_evalue", f"must be a number above 0 and at most 10, got {max_evalue!r}")


class SecondStage:
    """Looks for homologs where that is wanted and possible, by one rule for all who ask.

    What audits, groups by their rules and the filter of orthologs have in common.

    Parameters
    ----------
    texts : ndarray of str of shape (n_rows,)
        Training and test rows together.
    alphabet : Alphabet
        Their alphabet.
    hidden : bool ndarray of shape (n_residues,) or None
        Residues that count for nothing.
    min_run : int
        Run that is a leak, in residues; no alignment is one that is worth less.
    homologs : bool or "auto"
        Whether to look; "auto" leaves out what is not possible, or takes minutes, and says why.
    max_evalue : float
        E-value below which an alignment is a leak.
    own_rule : bool, default=False
        Whether the user said how much must be shared: then "auto" does not look for what shares less.
    show_progress : bool, default=False
        Whether to show bars.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.alphabets import PROTEIN
    >>> from seqaug_sklearn.similarity import SecondStage
    >>> texts = np.array(["MKVLAWHCDERNTYPSGFIQMKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ", "MKLV" * 12], dtype=object)
    >>> stage = SecondStage(texts, PROTEIN, None, min_run=8, homologs=False, max_evalue=1e-3)
    >>> stage.skipped
    'homologs=False'
    """

    def __init__(self, texts, alphabet, hidden, *, min_run, homologs, max_evalue, own_rule=False, show_progress=False):
        self.min_run = min_run
        check_homologs(homologs, max_evalue)
        self.wanted, self.max_evalue, self.show_progress = homologs, float(max_evalue), show_progress
        self.index: Any = None
        self.skipped = "homologs=False"
        if homologs == "auto" and own_rule:
            self.skipped = "threshold or min_run say how much must be shared, and homologs=True looks all the same"
        elif homologs is not False:
            self._make(texts, alphabet, hidden)

    def _make(self, texts, alphabet, hidden):
        if self.wanted == "auto" and not HomologIndex.supports(alphabet):
            self.skipped = f"there are no published scores for the alphabet {alphabet.name!r}"
            return
        try:
            self.index, self.skipped = HomologIndex(texts, alphabet, hidden=hidden), ""
        except MissingDependencyError as error:
            if self.wanted is True:
                raise
            self.skipped = str(error)

    def find(self, train, test, leaked, guilty, *, every: bool) -> Homologs:
        """Look for homologs of the test rows that do not leak yet, or of `every` one.

        Parameters
        ----------
        train, test : int ndarray
            Rows.
        leaked : bool ndarray of shape (n_test,)
            Test rows that leak already.
        guilty : bool ndarray of shape (n_train,)
            Training rows that make them leak; with `every` they are not searched again.
        every : bool
            Whether all guilty training rows are wanted, or only whether each test row leaks.

        Returns
        -------
        Homologs
        """
        nearest, strand = np.full(len(test), -1), np.ones(len(test), np.int64)
        evalue, more = np.full(len(test), np.nan), np.zeros(len(train), bool)
        asked = np.arange(len(test)) if every else np.flatnonzero(~leaked)
        searched = np.flatnonzero(~guilty) if every else np.arange(len(train))
        skipped = self.skipped or self._too_long(test[asked], train[searched])
        if not skipped and len(asked) and len(searched):
            pairs = self.index.pairs(test[asked], train[searched], self.max_evalue, show_progress=self.show_progress)
            kept = self._convincing(pairs, test[asked], train[searched])
            pairs = HomologPairs(*(part[kept] for part in pairs))
            # the pairs of a row stand together, the best one first
            rows, first = np.unique(pairs.test, return_index=True)
            found = asked[rows]
            nearest[found], strand[found] = searched[pairs.train[first]], pairs.strand[first]
            evalue[found], more[searched[pairs.train]] = pairs.evalues[first], True
        return Homologs(nearest, strand, evalue, more, skipped)

    def _convincing(self, pairs, test, train):
        """Pairs that are aligned over half of the test row, or better than any is by chance in the whole audit."""
        share, size = self._covered(pairs, test, train)
        by_far = (pairs.evalues < _BY_CHANCE / len(test)) & (size >= _LONG)
        return by_far | ((share >= _HALF) & self._worth_a_run(pairs))

    def _worth_a_run(self, pairs):
        """Pairs that score at least as high as the run that is a leak: unrelated promoters share motifs."""
        return pairs.scores >= self.min_run * np.diag(self.index.scoring.matrix)[:-1].mean()

    def _covered(self, pairs, test, train):
        """Share of the test row in each alignment, and its length in residues of the test row."""
        rows, others = test[pairs.test], train[pairs.train]
        share = self.index.align(rows, others, pairs.strand, hides=True).coverage
        return share, np.rint(share * self.index.lengths[rows])

    def _too_long(self, test, train):
        if self.wanted is True:
            return ""
        seconds = self.index.seconds(test, train)
        if seconds <= _LONGEST:
            return ""
        return f"it would take some {round(seconds / 60)} minutes, and homologs=True does it"

    def links(self):
        """Rows that must not be parted, pair by pair, so that no split of all rows has a homolog on both sides.

        Returns
        -------
        rows, others : int ndarray of shape (n_pairs,)
            As of :meth:`related`.
        skipped : str
            Why they were not looked for; empty where they were.
        """
        rows = np.arange(0 if self.index is None else len(self.index))
        return self.related(rows, rows)

    def related(self, test, train):
        """Every pair of which one row would leak were the other trained, among these rows or some of them.

        Parameters
        ----------
        test, train : int ndarray of shape (n_test,), (n_train,)
            Rows.

        Returns
        -------
        rows, others : int ndarray of shape (n_pairs,)
            Of `test` and of `train`.
        skipped : str
            Why they were not looked for; empty where they were.
        """
        none = np.zeros(0, np.int64)
        skipped = self.skipped or self._too_long(test, train)
        if skipped or not len(test) or not len(train):
            return none, none, skipped
        # fewer training rows make an E-value smaller than all rows do
        pairs = self.index.pairs(test, train, _FEWEST_TRAINED * self.max_evalue, show_progress=self.show_progress)
        others = test[pairs.test] != train[pairs.train]
        pairs = HomologPairs(*(part[others] for part in pairs))
        share, size = self._covered(pairs, test, train)
        kept = (size >= _LONG) | ((share >= _HALF) & self._worth_a_run(pairs))
        return test[pairs.test[kept]], train[pairs.train[kept]], ""

    def align(self, test, train, strand, searched):
        """Identity, coverage and E-value of pairs of rows; NaN where nothing was aligned.

        Parameters
        ----------
        test, train : int ndarray of shape (n_pairs,)
            Rows.
        strand : int ndarray of shape (n_pairs,)
            1, or -1 to read the first one along its other strand.
        searched : int ndarray of shape (n_train,)
            All training rows.

        Returns
        -------
        identity, coverage, evalue : float ndarray of shape (n_pairs,)
        """
        found = np.full((3, len(test)), np.nan)
        if self.index is not None:
            lengths = self.index.lengths
            done = np.flatnonzero(lengths[test] * lengths[train] <= _MOST_CELLS)
            pairs = test[done], train[done], strand[done]
            aligned = self.index.align(*pairs)
            found[:, done] = aligned.identity, aligned.coverage, self.index.evalues(*pairs, aligned.scores, searched)
        return found
