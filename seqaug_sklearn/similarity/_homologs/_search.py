"""Homologs of some rows among others: seeds, stretches without gaps, alignments, and what they are worth."""

from typing import NamedTuple

import numpy as np

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.similarity._homologs._alignment import Aligner, Alignments
from seqaug_sklearn.similarity._homologs._scoring import scoring_of
from seqaug_sklearn.similarity._homologs._seeds import count_seed_pairs, pad_rows, seed_pairs, seed_plan
from seqaug_sklearn.similarity._homologs._ungapped import StretchScores
from seqaug_sklearn.similarity._vocabulary import flatten
from seqaug_sklearn.utils import check_sequences, progress

__all__ = ["HomologIndex", "HomologPairs"]

# residues of the composition of all rows that are added to that of each row
_PSEUDO_RESIDUES = 100
# measured by bench_audit.py: words in common, extension and alignment together
_SECONDS_A_PAIR, _SECONDS_A_CELL = 2e-8, 3e-10
# seeds at a time that are looked at without gaps
_SEEDS_AT_A_TIME = 2**20


class HomologPairs(NamedTuple):
    """Pairs of rows with an alignment that chance does not explain, arrays of shape (n_pairs,), best first.

    Attributes
    ----------
    test, train : int64 ndarray
        Places among the rows that were asked about, and among those that were searched.
    strand : int64 ndarray
        1, or -1 where the other strand of the row asked about is aligned.
    scores : int64 ndarray
        Scores of the alignments.
    evalues : float ndarray
        How many alignments as good the row would find by chance among all that was searched.
    """

    test: np.ndarray
    train: np.ndarray
    strand: np.ndarray
    scores: np.ndarray
    evalues: np.ndarray


class HomologIndex:
    """Looks for homologs between any two parts of some sequences: what shared k-mers no longer see.

    Words of a few residues in common (spaced seeds of DNA on both strands, reduced amino acids of proteins) are looked
    at with their surroundings, extended without gaps, and aligned with gaps (Smith-Waterman) where that is promising.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet.
    hidden : bool ndarray of shape (n_residues,), default=None
        Residues of all sequences, one after the other, that are unknown to seeds and alignments.

    Raises
    ------
    MissingDependencyError
        If parasail is not installed (the extra ``audit``).
    ValueError
        If there are no published statistics for the alphabet.

    See Also
    --------
    SubstringIndex : Exact shared substrings.

    Notes
    -----
    Scores are those of ``blastn`` (2, -3, gaps 5 + 2 n) and ``blastp`` (BLOSUM62, gaps 11 + n), and so are the
    E-values, except that rows whose composition makes hits by chance likely get larger ones. ``bench_audit.py``
    compares both.

    Examples
    --------
    >>> from seqaug_sklearn.similarity import HomologIndex
    >>> parent = "MKVLAWHCDERNTYPSGFIQMKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ"
    >>> relative = "MRVLSWHCDDRNSYPSGYIQLKTAFLAKQKQISYVKSHYTRQLEDRLGMIEIQ"
    >>> index = HomologIndex([parent, relative], "protein")
    >>> pairs = index.pairs([1], [0])
    >>> pairs.test.tolist(), pairs.train.tolist(), bool(pairs.evalues[0] < 1e-9)
    ([0], [0], True)
    >>> found = index.align([1], [0], [1])
    >>> round(float(found.identity[0]), 2), float(found.coverage[0])
    (0.7, 1.0)
    """

    def __init__(self, X, alphabet="dna", *, hidden=None):
        alphabet = get_alphabet(alphabet)
        scoring = scoring_of(alphabet)
        if scoring is None:
            raise ValueError(f"homologs are looked for in DNA, RNA and proteins only, got alphabet {alphabet.name!r}")
        flat = flatten(check_sequences(X), alphabet)
        self.scoring, self.aligner, self.plan = scoring, Aligner(scoring), seed_plan(alphabet)
        self.alphabet, self.lengths, self.plain = alphabet, flat.lengths, flat.codes.astype(np.uint8)
        self.codes = self.plain if hidden is None else np.where(hidden, np.uint8(alphabet.unknown), self.plain)
        self.ends = np.cumsum(self.lengths)
        self.shares = self._shares()
        self.strands = (1,) if alphabet.complement is None else (1, -1)

    def __len__(self):
        return len(self.lengths)

    @staticmethod
    def supports(alphabet) -> bool:
        """Whether there are published scores and statistics for an alphabet.

        Parameters
        ----------
        alphabet : {"dna", "rna", "protein"} or Alphabet
            The alphabet.

        Returns
        -------
        bool
        """
        return scoring_of(get_alphabet(alphabet)) is not None

    def _shares(self):
        """Shares of the symbols in each row: (n_rows, n_symbols)."""
        width = self.alphabet.n_symbols + 1
        rows = np.repeat(np.arange(len(self.lengths)), self.lengths)
        counts = np.bincount(rows * width + self.codes, minlength=width * len(self.lengths)).reshape(-1, width)[:, :-1]
        # a short row says little about what it is made of: it is taken to be like the others as far as it is short
        counts = counts + _PSEUDO_RESIDUES * counts.sum(axis=0) / max(counts.sum(), 1)
        return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    def _row(self, codes, row, strand=1):
        """One row of `codes`, read along either strand."""
        codes = codes[self.ends[row] - self.lengths[row] : self.ends[row]]
        return codes if strand > 0 else self.alphabet.complement_codes[codes[::-1]]

    def seconds(self, test, train) -> float:
        """Estimate how long a search takes, on one core, by the number of words in common.

        Parameters
        ----------
        test, train : int ndarray of shape (n_test,), (n_train,)
            Rows that would be asked about, and rows that would be searched.

        Returns
        -------
        float
        """
        test, train = np.asarray(test, np.intp), np.asarray(train, np.intp)
        if len(test) == 0 or len(train) == 0:
            return 0.0
        # one alignment for each row at least, which counts where rows are long
        cells = float(self.lengths[test].sum()) * float(self.lengths[train].mean())
        pairs = count_seed_pairs(self._padded(test), self._padded(train), self.plan)
        return len(self.strands) * (_SECONDS_A_PAIR * pairs + _SECONDS_A_CELL * cells)

    def pairs(self, test, train, max_evalue: float = 1e-3, *, show_progress: bool = False) -> HomologPairs:
        """Find the homologs of rows among other rows.

        Parameters
        ----------
        test, train : int ndarray of shape (n_test,), (n_train,)
            Rows that are asked about, and rows that are searched.
        max_evalue : float, default=1e-3
            Alignments that chance explains as often as this are left out.
        show_progress : bool, default=False
            Whether to show a bar.

        Returns
        -------
        HomologPairs
        """
        test, train = np.asarray(test, np.intp), np.asarray(train, np.intp)
        found = [self._aligned(test, train, strand, show_progress) for strand in self.strands]
        strands = np.repeat(self.strands, [len(part[0]) for part in found])
        of_test, of_train, scores = (np.concatenate(part) for part in zip(*found, strict=True))
        evalues = self._raw_evalues(test[of_test], train[of_train], scores, train)
        # best first; ties go to the first training row, then to the strand as given
        order = np.lexsort((-strands, of_train, -scores, of_test))
        kept = order[evalues[order] < max_evalue]
        # compositions make hits by chance likelier, never less likely, so those above need not be asked
        first, second = test[of_test[kept]], train[of_train[kept]]
        evalues[kept] = self.evalues(first, second, strands[kept], scores[kept], train)
        kept = kept[evalues[kept] < max_evalue]
        # of both strands the better one
        pair = of_test[kept] * max(len(train), 1) + of_train[kept]
        kept = kept[np.sort(np.unique(pair, return_index=True)[1])]
        return HomologPairs(of_test[kept], of_train[kept], strands[kept], scores[kept], evalues[kept])

    def evalues(self, first, second, strand, scores, train) -> np.ndarray:
        """How many alignments as good the first rows find by chance.

        Parameters
        ----------
        first, second : int ndarray of shape (n_pairs,)
            Rows that were aligned.
        strand : int ndarray of shape (n_pairs,)
            1, or -1 where the other strand of the first row was.
        scores : int ndarray of shape (n_pairs,)
            Their scores.
        train : int ndarray of shape (n_train,)
            Rows that were searched.

        Returns
        -------
        evalues : float ndarray of shape (n_pairs,)
            Above those of the scores alone where the compositions of both rows make hits by chance likely.
        """
        shares, others = self.shares[first], self.shares[second]
        if len(self.strands) > 1:
            mirrored = shares[:, self.alphabet.complement_codes[:-1]]
            shares = np.where(np.asarray(strand)[:, None] < 0, mirrored, shares)
        return self._raw_evalues(first, second, scores * self.scoring.composition_factors(shares, others), train)

    def _raw_evalues(self, first, second, scores, train):
        size = int(self.lengths[train].sum()), len(train)
        return self.scoring.evalues(scores, self.lengths[first], self.lengths[second], *size)

    def align(self, first, second, strand, *, hides: bool = False) -> Alignments:
        """Align rows pair by pair.

        Parameters
        ----------
        first, second : int ndarray of shape (n_pairs,)
            Rows.
        strand : int ndarray of shape (n_pairs,)
            1, or -1 to read the first row along its other strand.
        hides : bool, default=False
            Whether hidden residues stay hidden, as in the search.

        Returns
        -------
        Alignments
        """
        codes = self.codes if hides else self.plain
        read = [self._row(codes, row, sign) for row, sign in zip(first, strand, strict=True)]
        return self.aligner.align(read, [self._row(codes, row) for row in second])

    def _padded(self, rows, strand=1):
        starts, lengths = self.ends[rows] - self.lengths[rows], self.lengths[rows]
        before = np.cumsum(lengths) - lengths
        within = np.arange(lengths.sum()) - np.repeat(before, lengths)
        if strand < 0:
            within = np.repeat(lengths, lengths) - 1 - within
        places = np.repeat(starts, lengths) + within
        codes = self.codes[places]
        if strand < 0:
            codes = self.alphabet.complement_codes[codes]
        return pad_rows(codes, lengths, self.alphabet.unknown)

    def _aligned(self, test, train, strand, show_progress):
        """Places of test rows and of training rows, and the scores of their alignments."""
        asked, searched = self._padded(test, strand), self._padded(train)
        total = count_seed_pairs(asked, searched, self.plan)
        description = "homologs" if strand > 0 else "homologs, other strand"
        with progress(total=total, description=description, enabled=show_progress, unit="seed") as bar:
            candidates = self._candidates(asked, searched, len(train), bar.update)
        of_test, of_train = np.divmod(candidates, max(len(train), 1))
        texts = [self.aligner.text(self._row(self.codes, row), 1) for row in train]
        scores = np.zeros(len(candidates), np.int64)
        first = np.searchsorted(of_test, np.arange(len(test) + 1))
        rows = progress(range(len(test)), description="alignments", enabled=show_progress, unit="row")
        for place in rows:
            part = slice(first[place], first[place + 1])
            if part.stop > part.start:
                query = self.aligner.text(self._row(self.codes, test[place], strand))
                scores[part] = self.aligner.scores(query, [texts[i] for i in of_train[part]])
        return of_test, of_train, scores

    def _candidates(self, asked, searched, n_train, done):
        """Pairs of rows, as one sorted number each, that share a good stretch without gaps."""
        scores = StretchScores(asked, searched, self.scoring)
        known, waiting, n_waiting = np.zeros(0, np.int64), [], 0
        for pair in seed_pairs(asked, searched, self.plan, done=done):
            waiting.append(pair)
            n_waiting += len(pair[0])
            if n_waiting >= _SEEDS_AT_A_TIME:
                known, waiting, n_waiting = self._extended(asked, searched, n_train, waiting, known, scores), [], 0
        return self._extended(asked, searched, n_train, waiting, known, scores) if waiting else known

    def _extended(self, asked, searched, n_train, seeds, known, scores):
        i, j = (np.concatenate(part) for part in zip(*seeds, strict=True))
        pairs = asked.rows[i].astype(np.int64) * n_train + searched.rows[j]
        # what is known needs no second look
        places = np.searchsorted(known, pairs)
        fresh = np.flatnonzero(np.append(known, -1)[places] != pairs)
        good = scores(i[fresh], j[fresh]) >= self.scoring.trigger
        merged = np.concatenate([known, np.sort(pairs[fresh[good]])])
        # two sorted runs, which a stable sort merges in one go
        merged.sort(kind="stable")
        return merged[np.append(True, np.diff(merged) > 0)] if len(merged) else merged
