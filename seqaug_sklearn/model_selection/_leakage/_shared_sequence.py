"""What training and test rows have in common: the exact evidence behind every audit.

Two rules make a leak here, and both are about either strand where the alphabet has two:

1. a run of `min_run` consecutive symbols in common with any training row (copies, shifts, partial overlaps);
2. `threshold` of the test row's k-mers found in one training row, and at least as many as a run of `min_run` holds
   (homologs, whose runs are short and many).

A second stage, in ``_homologs.py``, aligns what shares too few k-mers for both.

With `mask_low_complexity`, runs that are poly-A, microsatellites and the like by half or more do not count, and k-mers
that are count up to the number of others: unrelated sequences have such repeats in common. All count where one of both
rows is mostly that, because nothing else tells such a row from a copy. Expression tags of proteins count as repeats.
"""

from dataclasses import dataclass

import numpy as np

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.model_selection._leakage._most_shared import all_kmers, kmers_that_count, most_shared
from seqaug_sklearn.model_selection._leakage._near_copies import is_near, laid_over, renamed
from seqaug_sklearn.similarity import (
    USUAL_SHARE,
    SecondStage,
    SubstringIndex,
    check_homologs,
    longest_shared_substring,
    mark_low_complexity,
    mark_tags,
    usual_k,
    usual_run,
)
from seqaug_sklearn.utils import Message, Parameter, invalid_parameter, is_number, is_whole, text_to_codes

__all__ = ["Evidence", "EvidenceFinder"]

# share of a k-mer or a run in stretches of low complexity that takes its weight
_LOW_SHARE = 0.5


def _without_gaps(texts, alphabet):
    """Rows without the gaps of an alignment, which hide what they share; None where no row has any."""
    gaps = dict.fromkeys(map(ord, alphabet.gaps))
    if not gaps or not any(gap in text for gap in alphabet.gaps for text in texts):
        return None
    # of a row of gaps alone nothing would be left
    return [text.translate(gaps) or text for text in texts]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The nearest training row of each test row and what they share; arrays of shape (n_test,).

    Attributes
    ----------
    leaked : bool ndarray
        Whether either rule holds for any training row.
    low_complexity : bool ndarray
        Whether the row does not leak, but would if runs and k-mers of low complexity counted.
    nearest : int ndarray
        Place among the training rows; -1 where no k-mer is shared.
    longest_run : int ndarray
        Longest run of consecutive symbols in common with the nearest, in residues.
    kmer_share : float ndarray
        Share of the test row's distinct k-mers that the nearest holds.
    strand : ndarray of str
        "+" or "-"; "" where nothing is shared.
    kind : ndarray of str
        See :class:`~seqaug_sklearn.model_selection.LeakageReport`.
    guilty : bool ndarray of shape (n_train,)
        Training rows that make some test row a leak.
    identity, coverage, evalue : float ndarray
        Of the alignment of a row that leaks with the nearest; NaN where none was made.
    skipped : str
        Why no homologs were looked for by alignment; empty where they were.
    """

    leaked: np.ndarray
    low_complexity: np.ndarray
    nearest: np.ndarray
    longest_run: np.ndarray
    kmer_share: np.ndarray
    strand: np.ndarray
    kind: np.ndarray
    guilty: np.ndarray
    identity: np.ndarray
    coverage: np.ndarray
    evalue: np.ndarray
    skipped: str


class EvidenceFinder:
    """Indexes all rows once and gives the evidence for any split of them.

    Parameters
    ----------
    texts : list of str of length n_rows
        Training and test rows together. Gaps are left out.
    k, threshold, min_run, alphabet, mask_low_complexity
        As in :func:`~seqaug_sklearn.model_selection.audit_leakage`; None for `k` and `min_run` chooses them.
    identifiers : sequence, default=None
        Names for messages.
    mask_tags, homologs, max_evalue, show_progress
        As in :func:`~seqaug_sklearn.model_selection.audit_leakage`.
    """

    def __init__(
        self,
        texts,
        *,
        k,
        threshold,
        min_run,
        alphabet,
        mask_low_complexity=True,
        identifiers=None,
        mask_tags=True,
        homologs=False,
        max_evalue=1e-3,
        show_progress=False,
    ):
        check_homologs(homologs, max_evalue)
        self.alphabet = get_alphabet(alphabet)
        self.texts = np.array([text.upper() for text in texts], dtype=object)
        # symbols that cannot be are named by their places in the rows as they were given
        codes = text_to_codes(self.texts.tolist(), self.alphabet, identifiers=identifiers)
        gapless = _without_gaps(self.texts.tolist(), self.alphabet)
        if gapless is not None:
            self.texts[:] = gapless
            codes = text_to_codes(gapless, self.alphabet)
        self.lengths = np.fromiter(map(len, self.texts), np.int64, len(self.texts))
        self.both_strands = self.alphabet.complement is not None
        self.k = self._check_k(k)
        self.threshold = _check_share(threshold)
        # bool (n_residues,), row after row, or None
        self.tags = mark_tags(self.texts.tolist()) if mask_tags and self.alphabet.name == "protein" else None
        self.masks = mask_low_complexity
        hidden = self._hidden()
        low = {"low_share": _LOW_SHARE if self.masks else None, "low": hidden}
        index = SubstringIndex(self.texts, self.k, self.alphabet, **low)
        # CSR (n_rows, n_kmers) of 0/1, and bool (n_kmers,)
        self.kmers, self.low_kmers = index.incidence(), index.low_complexity
        self.n_kmers = np.diff(self.kmers.indptr)
        self.min_run = self._check_min_run(min_run, codes)
        # two rows share a run of min_run residues or more exactly if they share a substring of min_run residues, so
        # longer runs need no index of their own
        self.runs = SubstringIndex(self.texts, self.min_run, self.alphabet, **low)
        self.mostly_low = self._mostly_low()
        self.copies, self.mirrors = self._identities()
        self.second_stage = SecondStage(
            self.texts,
            self.alphabet,
            hidden,
            min_run=self.min_run,
            homologs=homologs,
            max_evalue=max_evalue,
            own_rule=min_run is not None or self.threshold != USUAL_SHARE,
            show_progress=show_progress,
        )

    def _hidden(self):
        """Residues of low complexity or in tags, which alignments do not see; None where all count."""
        if not self.masks:
            return self.tags
        low = mark_low_complexity(self.texts, self.alphabet)
        return low if self.tags is None else low | self.tags

    def _check_k(self, k):
        longest = int(self.lengths.max())
        if k is None:
            return usual_k(self.alphabet, longest)
        _check_positive("k", k)
        if k > longest:
            asks = f" asks for k-mers of {k} residues, but the longest sequence has {longest}; lower "
            raise SequenceError(Message(Parameter("k", k), asks, Parameter("k"), f" to at most {longest}"))
        return int(k)

    def _check_min_run(self, min_run, codes):
        if min_run is not None:
            _check_positive("min_run", min_run)
            return int(min_run)
        return usual_run(codes, self.lengths, self.kmers.shape[1], self.alphabet)

    def _mostly_low(self):
        """Rows at least half of which can be one stretch of low complexity."""
        if not self.masks:
            return np.zeros(len(self.texts), bool)
        # runs lie row after row: a running sum, read at the borders of the rows, counts those of low complexity in each
        # row
        hits = np.concatenate([[0], np.cumsum(self.runs.low_complexity[self.runs.ids])])[self.runs.indptr]
        n_low = np.diff(hits)
        # n neighbouring runs, each one residue further, cover n + min_run - 1 residues
        return (n_low > 0) & (2 * (n_low + self.min_run - 1) >= self.lengths)

    def _identities(self):
        """Equal numbers for equal rows, and for rows that are equal or each other's reverse complement."""
        texts = self.texts.tolist()
        copies = _number(texts)
        if not self.both_strands:
            return copies, copies
        table = self.alphabet.complement_table
        # the smaller of a row and its reverse complement stands for either strand
        return copies, _number([min(text, text.translate(table)[::-1]) for text in texts])

    def needed(self, rows):
        """K-mers in common with one training row that make each of the rows a leak."""
        # 1e-9: a share of exactly 7 k-mers must not be rounded up to 8 because it came out as 7.000000001
        share = np.ceil(self.threshold * self.n_kmers[rows] - 1e-9)
        # a run of min_run residues holds min_run - k + 1 k-mers, so fewer in common say less than the rule of runs asks
        # for
        return np.maximum(share, max(self.min_run - self.k + 1, 1)).astype(np.int64)

    def find(self, train, test, *, every_guilty: bool = False) -> Evidence:
        """Return the evidence for one split; `train` and `test` are int ndarrays of row numbers.

        With `every_guilty` all training rows that a purge must remove are looked for; without, what tells leaks.
        """
        needed = self.needed(test)
        nearest, shared, guilty, every = self._most_kmers(train, test, needed)
        by_kmers = shared >= needed
        # rows shorter than k or min_run hold no k-mer and no run; copies of them leak all the same
        mirrored = np.isin(self.mirrors[test], self.mirrors[train])
        leaked = by_kmers | self._share_run(test, train) | mirrored
        # so far guilty by k-mers; runs and copies are asked again from the training side
        guilty |= self._share_run(train, test) | np.isin(self.mirrors[train], self.mirrors[test])
        homologs = self.second_stage.find(train, test, leaked, guilty, every=every_guilty)
        aligned = (homologs.nearest >= 0) & ~leaked
        # either rule would hold if repeats counted: the report tells such rows from clean ones
        low = (self.runs.sharing(test, train) | (every >= needed)) & ~leaked & ~aligned
        # the row named as evidence holds most k-mers, unless a run made the leak; reverse complements and, above all,
        # copies come first
        nearest = self._prefer_run(train, test, nearest, (leaked | low) & ~by_kmers)
        nearest = _prefer_equal(self.mirrors[train], self.mirrors[test], nearest)
        nearest = _prefer_equal(self.copies[train], self.copies[test], nearest)
        nearest = np.where(aligned, homologs.nearest, nearest)
        leaked = leaked | aligned
        runs, shares, strand, kind, near = self._compare(train, test, nearest, leaked, low)
        kind[aligned] = "homolog"
        strand[aligned] = np.where(homologs.strand[aligned] < 0, "-", "+")
        identity, coverage, evalue = self._align(train, test, nearest, leaked, strand)
        # what was hidden counts for neither, so the E-value that found the homolog stands
        evalue[aligned] = homologs.evalue[aligned]
        rows = np.flatnonzero(leaked & (nearest >= 0))
        sizes = self.lengths[test[rows]]
        extent = coverage[rows] * sizes / np.minimum(sizes, self.lengths[train[nearest[rows]]])
        kind[rows] = renamed(kind[rows], near[rows], identity[rows], extent)
        return Evidence(
            leaked,
            low,
            nearest,
            runs,
            shares,
            strand,
            kind,
            guilty | homologs.guilty,
            identity,
            coverage,
            evalue,
            homologs.skipped,
        )

    def _align(self, train, test, nearest, leaked, strand):
        """Identity, coverage and E-value of the rows that leak."""
        found = np.full((3, len(test)), np.nan)
        rows = np.flatnonzero(leaked & (nearest >= 0))
        a, b = test[rows], train[nearest[rows]]
        found[:, rows] = self.second_stage.align(a, b, np.where(strand[rows] == "-", -1, 1), train)
        # copies are known to be that, whatever they are made of
        found[:2, rows[self.mirrors[a] == self.mirrors[b]]] = 1.0
        return found

    def _most_kmers(self, train, test, needed):
        """As `_nearest` of the k-mers that count, and the most k-mers of any kind in common with one training row."""
        if not self.masks:
            nearest, shared, guilty = most_shared(self.kmers[train], self.kmers[test], needed)
            return nearest, shared, guilty, shared
        # most k-mers in common of any kind, which says what would leak if all counted
        every = np.zeros(len(test), np.int64)
        low_train, low_test = self.mostly_low[train], self.mostly_low[test]

        def count(counts, start):
            """At most as many k-mers of low complexity as others, but all of rows that are mostly that."""
            # test row of each stored entry; `counts` holds a block of test rows that begins at `start`
            rows = start + np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
            np.maximum.at(every, rows, all_kmers(counts.data))
            counts.data = kmers_that_count(counts.data, low_test[rows] | low_train[counts.indices])
            counts.eliminate_zeros()
            return counts

        return *most_shared(self.weighted_kmers(train), self.kmers[test], needed, count), every

    def weighted_kmers(self, rows):
        """K-mers of rows (CSR, int64) whose product with 0/1 rows counts twice, for :func:`kmers_that_count`."""
        weighted = self.kmers[rows].astype(np.int64)
        # a k-mer becomes 1 + 2**32, one of low complexity stays 1: the product sums both halves, and the lower one
        # cannot reach 2**32 and spill over
        weighted.data += (~self.low_kmers[weighted.indices]).astype(np.int64) << 32
        return weighted

    def _mostly_low_pairs(self, train, test):
        """Places of test rows and of training rows, one of which is mostly of low complexity."""
        # a repeat-rich test row is compared with every training row, and every test row with a repeat-rich training row
        low_test, low_train = np.flatnonzero(self.mostly_low[test]), np.flatnonzero(self.mostly_low[train])
        pairs = [(low_test, np.arange(len(train))), (np.arange(len(test)), low_train)]
        return [(of_test, of_train) for of_test, of_train in pairs if len(of_test) and len(of_train)]

    def _share_run(self, rows, others):
        """Whether each row shares a run that counts with any of the others."""
        shares = self.runs.sharing(rows, others, complex_only=self.masks)
        # where one of both is mostly repeats, all of its runs count
        for of_rows, of_others in self._mostly_low_pairs(others, rows):
            shares[of_rows] |= self.runs.sharing(rows[of_rows], others[of_others])
        return shares

    def _prefer_run(self, train, test, nearest, rows):
        """For these test rows, the training row that holds most of the runs that count, else of all runs."""
        rows = np.flatnonzero(rows)
        for index, of_test, of_train in self._ways_to_share(train, test) if len(rows) else ():
            asked = np.intersect1d(rows, of_test)
            # columns are runs here in place of k-mers, and one in common is enough
            found, _, _ = most_shared(index[train[of_train]], index[test[asked]], np.ones(len(asked), np.int64))
            nearest[asked[found >= 0]] = of_train[found[found >= 0]]
            # what is left asks the next, weaker evidence
            rows = np.setdiff1d(rows, asked[found >= 0])
        return nearest

    def _ways_to_share(self, train, test):
        """Runs (CSR), places of test rows and places of training rows, the best evidence first."""
        runs, everywhere = self.runs.incidence(), (np.arange(len(test)), np.arange(len(train)))
        if self.masks:
            yield runs[:, np.flatnonzero(~self.runs.low_complexity)], *everywhere
            for pair in self._mostly_low_pairs(train, test):
                yield runs, *pair
        yield runs, *everywhere

    def _compare(self, train, test, nearest, leaked, low):
        """Longest run, share of k-mers, strand, kind by these, and whether each test row is nearly its nearest row."""
        runs, shares = np.zeros(len(test), np.int64), np.zeros(len(test))
        strand, kind = np.full(len(test), "", dtype="U1"), np.full(len(test), "none", dtype="U18")
        near = np.zeros(len(test), bool)
        rows = np.flatnonzero(nearest >= 0)
        if len(rows):
            a, b = test[rows], train[nearest[rows]]
            found = longest_shared_substring(self.texts[a], self.texts[b], self.alphabet)
            shared = np.asarray(self.kmers[a].multiply(self.kmers[b]).sum(axis=1)).ravel()
            equal = self.copies[a] == self.copies[b]
            runs[rows], shares[rows] = found.length, shared / np.maximum(self.n_kmers[a], 1)
            # k-mers with unknown symbols are not counted, and short rows have none; equal rows still share everything
            shares[rows[(self.mirrors[a] == self.mirrors[b])]] = 1.0
            strand[rows] = np.where((found.strand < 0) & ~equal, "-", "+")
            kind[rows] = np.where(leaked[rows], self._kinds(a, b, found, shared), "none")
            near[rows[leaked[rows]]] = self._are_near(a, b, found)[leaked[rows]]
            kind[low] = "low complexity"
            kind[rows[low[rows] & self._in_tags(a, found)]] = "tag"
        return runs, shares, strand, kind, near

    def _are_near(self, a, b, found):
        """Whether rows are nearly equal if they are laid over each other along the longest run."""
        other = self.texts[b]
        turned = np.flatnonzero(found.strand < 0)
        if len(turned):
            table = self.alphabet.complement_table
            other[turned] = [text.translate(table)[::-1] for text in other[turned]]
        identity, size = laid_over(self.texts[a], other, found.start_a, self._starts_in_direction(b, found))
        return (found.length > 0) & is_near(
            identity, size / np.maximum(np.minimum(self.lengths[a], self.lengths[b]), 1)
        )

    def _starts_in_direction(self, b, found):
        """Start of the run in b as it is read in the direction of a."""
        return np.where(found.strand < 0, self.lengths[b] - found.start_b - found.length, found.start_b)

    def _in_tags(self, rows, found):
        """Whether at least half of the run that each row has in common lies in expression tags."""
        if self.tags is None:
            return np.zeros(len(rows), bool)
        before = np.concatenate([[0], np.cumsum(self.tags)])
        starts = (np.cumsum(self.lengths) - self.lengths)[rows] + np.maximum(found.start_a, 0)
        return (found.length > 0) & (2 * (before[starts + found.length] - before[starts]) >= found.length)

    def _kinds(self, a, b, found, shared):
        start_b = self._starts_in_direction(b, found)
        # laid over each other along the run, do the two rows match up to an end of either on both sides? Then one is
        # the other, moved
        reaches_left = (found.start_a == 0) | (start_b == 0)
        reaches_right = (found.start_a + found.length == self.lengths[a]) | (start_b + found.length == self.lengths[b])
        # and the run should be at least half of the shorter row, or two rows would count as shifted for a few residues
        # that their ends share
        most = 2 * found.length >= np.minimum(self.lengths[a], self.lengths[b])
        # the longest run holds length - k + 1 k-mers; twice as many in common are scattered over the rows, as between
        # homologs
        several = shared > 2 * np.maximum(found.length - self.k + 1, 0)
        return np.select(
            [
                self.copies[a] == self.copies[b],
                self.mirrors[a] == self.mirrors[b],
                reaches_left & reaches_right & most,
                (found.length < self.min_run) | several | most,
            ],
            ["copy", "reverse complement", "shifted copy", "homolog"],
            "overlap",
        )


def _check_positive(name, value):
    if isinstance(value, bool) or not is_whole(value) or value < 1:
        raise invalid_parameter(name, f"must be an int of at least 1, or None to choose it, got {value!r}")


def _check_share(threshold):
    if isinstance(threshold, bool) or not is_number(threshold) or not 0 < threshold <= 1:
        raise invalid_parameter("threshold", f"must be a share of k-mers above 0 and at most 1, got {threshold!r}")
    return float(threshold)


def _number(texts):
    # numbers in the order of first appearance
    numbers_of: dict[str, int] = {}
    return np.fromiter((numbers_of.setdefault(text, len(numbers_of)) for text in texts), np.int64, len(texts))


def _prefer_equal(train, test, nearest):
    """Replace the nearest row by the first training row with the same number, where there is one."""
    known, first = np.unique(train, return_index=True)
    if len(known) == 0:
        return nearest
    # searchsorted may point behind the end; clipped, such a place fails the comparison below
    places = np.minimum(np.searchsorted(known, test), len(known) - 1)
    return np.where(known[places] == test, first[places], nearest)
