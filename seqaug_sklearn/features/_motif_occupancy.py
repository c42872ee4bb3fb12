"""How strongly known motifs occur in each sequence."""

import os

import numpy as np

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.features._columns import SequenceFeatures
from seqaug_sklearn.features._motif_scores import SCORES, log_odds, motif_scores, score_threshold
from seqaug_sklearn.features._row_cache import RowCache
from seqaug_sklearn.motifs import MotifSet, read_database
from seqaug_sklearn.utils import Message, Parameter, flat_codes, require_memory, short_digest
from seqaug_sklearn.utils._sklearn import Interval, Real, StrOptions

__all__ = ["MotifOccupancy"]

_KNOWN = RowCache(2**28)
"""Scores of this process: 32,000 sequences of 2,000 motifs."""


class MotifOccupancy(SequenceFeatures):
    """How strongly known motifs occur in each sequence, wherever they stand: text to a dense matrix.

    Each column is a motif. Its values grow with the length of the sequence, and where classes differ in composition,
    so do they: compare with :class:`SequenceComposition` before calling a motif the reason. A linear model asks for
    standardised columns, ``make_pipeline(MotifOccupancy(...), StandardScaler(), LogisticRegression(C=3e-4))``.

    Parameters
    ----------
    motifs : str, path-like, MotifSet or dict of str to array-like of shape (width, n_symbols), or to str
        Known motifs: ``"jaspar_<group>"`` (plants, vertebrates, insects, nematodes, fungi or urochordates; of the
        newest release that pyjaspar carries), a file (of MEME, JASPAR, TRANSFAC, CIS-BP, ...), discovered motifs (their
        informative positions), or counts or shares by name; text is a consensus ("CACGTG").
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences. Lower case counts as upper case. A position whose residues are not all known is
        skipped; any symbol outside the alphabet is an error.
    score : {"occupancy", "max", "count"}, default="occupancy"
        - "occupancy": the log of the sum of the likelihood ratios over all positions (log-sum-exp of the log-odds), so
          that many weak sites count beside one strong site;
        - "max": the log-odds of the best position;
        - "count": how many positions reach the log-odds of ``p_value``.
    strand : {"better", "both", "single"}, default=None
        "better": the larger score of both strands; "both": the score of the positions of both together, in which a
        palindrome counts twice; "single": the strand as given. None: "both" for DNA, "single" for others.
    pseudocount : float, default=0.01
        Added to each share of a matrix before it is brought back to a sum of 1; above 0, so that no residue is
        impossible.
    background : {"uniform", "train"}, default="uniform"
        Shares of the symbols that likelihoods are compared with: equal ones, or those of the training rows (of both
        strands, unless ``strand="single"``).
    p_value : float, default=1e-4
        With "count": the highest probability that a random site of the background is counted. A motif too short to
        reach it is counted where it fits best.

    Attributes
    ----------
    alphabet_ : Alphabet
        The alphabet.
    strand_ : str
        Which strands are read.
    background_ : float64 ndarray of shape (n_symbols,)
        Share of each symbol.
    log_odds_ : list of float64 ndarray of shape (width, n_symbols)
        Log-odds of each motif, in nats.
    thresholds_ : float64 ndarray of shape (n_features,) or None
        Log-odds from which a position counts; None but with "count".
    n_features_out_ : int
        Columns.

    Raises
    ------
    DataFormatError
        If the file is in neither format.
    ValueError
        If there is no motif, or a matrix does not fit the alphabet.

    See Also
    --------
    KmerCounts : Words of the training rows instead of known motifs.
    seqaug_sklearn.inspection.match_motifs : Known motifs that resemble discovered ones.

    Notes
    -----
    The log-odds of a site is the sum of ``log((share + pseudocount) / (1 + n_symbols * pseudocount) / background)``
    over its residues. A sequence without a position that is known, or shorter than the motif, has 0, the log-odds of
    unknown residues. Scores are computed in float32 by matrix products, and agree with float64 to 1e-5; nothing but
    the background is learned from training rows. The scores of the last sequences stay in the memory of the process
    (256 MB), so the folds of a cross-validation compute them once. PyTorch's threads are used; where other processes
    keep the cores busy, one thread (``OMP_NUM_THREADS=1``) is faster.

    Examples
    --------
    >>> from seqaug_sklearn.features import MotifOccupancy
    >>> occupancy = MotifOccupancy({"G-box": "CACGTG", "TATA": "TATAWA"}).fit(["TTCACGTGTT", "ATTTATAT"])
    >>> occupancy.get_feature_names_out().tolist()
    ['G-box', 'TATA']
    >>> occupancy.transform(["TTCACGTGTT", "GGTATAAAGG"]).round(1)
    array([[ 8.8, -6.3],
           [-9.6,  7.5]], dtype=float32)
    """

    _parameter_constraints = {
        "motifs": [str, os.PathLike, MotifSet, dict],
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "score": [StrOptions(set(SCORES))],
        "strand": [StrOptions({"better", "both", "single"}), None],
        "pseudocount": [Interval(Real, 0, None, closed="neither")],
        "background": [StrOptions({"uniform", "train"})],
        "p_value": [Interval(Real, 0, 1, closed="neither")],
    }

    def __init__(
        self,
        motifs,
        *,
        alphabet="dna",
        score="occupancy",
        strand=None,
        pseudocount=0.01,
        background="uniform",
        p_value=1e-4,
    ):
        self.motifs = motifs
        self.alphabet = alphabet
        self.score = score
        self.strand = strand
        self.pseudocount = pseudocount
        self.background = background
        self.p_value = p_value

    def _learn(self, sequences):
        self.alphabet_ = get_alphabet(self.alphabet)
        self.strand_ = self.strand or ("both" if self.alphabet_.name == "dna" else "single")
        if self.strand_ != "single":
            self.alphabet_.check_has_complement()
        shares = _shares(self.motifs, self.alphabet_)
        # plain values, so that any way of saving a model can hold them
        self._motif_names = list(shares)
        self.n_features_out_ = len(shares)
        codes, lengths = flat_codes(sequences, self.alphabet_)
        self.background_ = self._background_of(codes)
        self.log_odds_ = [log_odds(matrix, self.background_, self.pseudocount) for matrix in shares.values()]
        self.thresholds_ = None
        if self.score == "count":
            limits = [score_threshold(matrix, self.background_, self.p_value) for matrix in self.log_odds_]
            self.thresholds_ = np.array(limits)
        return self._scores(codes, lengths)

    def _features(self, sequences):
        return self._scores(*flat_codes(sequences, self.alphabet_))

    def _names(self):
        return self._motif_names

    def _background_of(self, codes):
        n_symbols = self.alphabet_.n_symbols
        if self.background == "uniform":
            return np.full(n_symbols, 1 / n_symbols)
        # one more of each, so that a symbol that is absent here is not impossible
        counts = np.bincount(codes, minlength=n_symbols)[:n_symbols] + 1.0
        if self.strand_ != "single":
            counts += counts[self.alphabet_.complement_codes[:n_symbols]]
        return counts / counts.sum()

    def _scores(self, codes, lengths):
        require_memory(
            4.0 * len(lengths) * self.n_features_out_,
            f"the scores of {self.n_features_out_} motifs in {len(lengths)} sequences",
            Message("pass fewer ", Parameter("motifs"), " or fewer sequences"),
        )
        rows = np.split(codes, np.cumsum(lengths)[:-1])

        def compute(places):
            own = np.concatenate([rows[place] for place in places])
            how = {"score": self.score, "strand": self.strand_, "thresholds": self.thresholds_}
            return motif_scores(own, lengths[places], self.log_odds_, self.alphabet_, **how)

        return _KNOWN.rows(self._identity(), [row.tobytes() for row in rows], self.n_features_out_, compute)

    def _identity(self):
        """Digest of all that decides the scores of a sequence."""
        # the shapes tell matrices apart whose numbers are the same in a row
        kind = repr((self.alphabet_.symbols, self.score, self.strand_, [len(one) for one in self.log_odds_]))
        numbers = [*self.log_odds_, *([] if self.thresholds_ is None else [self.thresholds_])]
        return short_digest(b"".join([kind.encode(), *(one.tobytes() for one in numbers)]))


def _shares(motifs, alphabet):
    if isinstance(motifs, MotifSet):
        motifs = {motif.name: motif.ppm[slice(*motif.informative)] for motif in motifs}
    return read_database(motifs, alphabet=alphabet, name="motifs")
