"""Mutations that follow a substitution matrix."""

import functools
from typing import Any, ClassVar, NamedTuple

import numpy as np

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.augmentation._edits._base import RandomEdit
from seqaug_sklearn.augmentation._edits._hits import bernoulli_hits
from seqaug_sklearn.augmentation._edits._weighted_choice import chosen, running_shares
from seqaug_sklearn.utils import invalid_parameter
from seqaug_sklearn.utils._sklearn import Interval, Real

__all__ = ["SubstitutionMatrixMutation"]


class Replacements(NamedTuple):
    """Residues to replace, ascending and counted over the rows laid end to end, and a number in [0, 1) for each."""

    residues: Any
    uniform: Any


class SubstitutionMatrixMutation(RandomEdit):
    """Change each residue with probability ``rate``, to symbols that evolution accepts in its place.

    The new symbol b of a residue a is drawn with probability in proportion to ``exp(score(a, b) / temperature)``, never
    a itself, so that `rate` is the share of residues that change. Unknown residues, gaps and letters that are no
    symbol of the alphabet (of proteins B, J, O, U, X, Z and ``*``) stay as they are. Nothing moves, so that rows that
    are aligned stay so.

    Parameters
    ----------
    matrix : str, Biopython Array or array-like of shape (n_symbols, n_symbols), default="BLOSUM62"
        Scores: the name of a matrix of ``Bio.Align.substitution_matrices``, such a matrix, or numbers whose rows (old
        symbol) and columns (new symbol) are in the order of the alphabet, ``ACDEFGHIKLMNPQRSTVWY`` for proteins.
        Matrices of nucleotides, "TRANS" or "HOXD70", are for DNA; U is scored as T there.
    temperature : float, default=1.0
        In the unit of the scores, above 0: small values take the best replacement, large ones any. Scores of BLOSUM62
        are half bits, so that ``2 / log(2)``, about 2.9, draws by the odds that the matrix stands for, and 1 more
        cautiously.
    rate : float, default=0.05
        Probability of a residue to change, between 0 and 1.

    See Also
    --------
    RandomMutation : Every other symbol equally likely.
    SynonymousMutation : Of coding DNA, changes that leave the protein as it is.

    References
    ----------
    .. [1] Henikoff and Henikoff, Amino acid substitution matrices from protein blocks, PNAS 89, 10915 (1992),
       doi:10.1073/pnas.89.22.10915: a score is the log-odds of a pair in aligned blocks, in half bits.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import RandomAugmentation, SubstitutionMatrixMutation
    >>> mutation = SubstitutionMatrixMutation(rate=0.2)
    >>> RandomAugmentation([mutation], alphabet="protein", random_state=0).fit_resample(["MKTAYIAKQRX"], [1])[0]
    ['MKTAYIAKQRX', 'MKTTYIAKKKX']
    >>> dict(zip("ILV", mutation.probabilities()[9, [7, 9, 17]].round(3).tolist()))  # of L, column 9
    {'I': 0.354, 'L': 0.0, 'V': 0.13}
    """

    _name = "substitution"
    _parameter_constraints: ClassVar[dict] = {
        "matrix": [str, "array-like"],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "rate": [Interval(Real, 0, 1, closed="both")],
    }
    _within_one_stretch = False
    _keeps_positions = True

    def __init__(self, matrix="BLOSUM62", *, temperature=1.0, rate=0.05):
        self.matrix = matrix
        self.temperature = temperature
        self.rate = rate

    def probabilities(self, alphabet="protein"):
        """Probability of each new symbol, given that a residue changes.

        Parameters
        ----------
        alphabet : {"dna", "rna", "protein"} or Alphabet, default="protein"
            Symbols and their order.

        Returns
        -------
        probabilities : float64 ndarray of shape (n_symbols, n_symbols)
            Rows (old symbols) sum to 1; the diagonal is 0. Times the scores, summed along the rows: what a replacement
            scores on average.

        Raises
        ------
        ValueError
            If the matrix is not known, lacks a symbol of the alphabet, or holds what is not a finite number.
        """
        return np.diff(self._shares(get_alphabet(alphabet).symbols), axis=1, prepend=0)

    def _phrase(self):
        matrix = f"by {self.matrix}" if isinstance(self.matrix, str) else "by a matrix of scores"
        return f"substitution of {100 * self.rate:g} % of the residues {matrix} (temperature {self.temperature:g})"

    def _shares(self, symbols):
        try:
            return _shares(self.matrix, self.temperature, symbols)
        except TypeError:  # an array is not hashable, and takes no time
            return _shares.__wrapped__(self.matrix, self.temperature, symbols)

    def _symbols(self, rows):
        return rows.alphabet.symbols if rows.alphabet is not None else "?" * rows.n_symbols

    def _check_rows(self, rows):
        if rows.alphabet is None and isinstance(self.matrix, str):
            raise ValueError(
                f"SubstitutionMatrixMutation cannot find the {rows.n_symbols} symbols of the sequences in "
                f"{self.matrix!r}: put it into RandomAugmentation(..., alphabet=...), or give scores as an array"
            )
        self._shares(self._symbols(rows))

    def _draw(self, rows, which, low, high, rng):
        hits = bernoulli_hits(len(which) * high if isinstance(high, int) else int(high.sum()), self.rate, rng)
        return Replacements(hits, rng.random(len(hits)))

    def _apply(self, rows, which, low, high, draws):
        position, uniform = rows.locate(which, draws.residues), draws.uniform
        old = rows.codes(position)
        free = old < rows.n_symbols
        if rows.protected is not None:
            free &= ~rows.protected[position // rows.width, position % rows.width]
        position, old = position[free], old[free].astype(np.int64)
        new = chosen(self._shares(self._symbols(rows)), old, uniform[free])
        rows.substitute(position, (new - old) % rows.n_symbols)


@functools.lru_cache(maxsize=32)
def _shares(matrix, temperature, symbols):
    """Running shares of the new symbols of each old one."""
    scores = _scores(matrix, symbols)
    np.fill_diagonal(scores, -np.inf)
    # the best score becomes 0, so that no temperature is too small for exp
    scores -= scores.max(axis=1, keepdims=True)
    return running_shares(np.exp(scores / temperature))


def _scores(matrix, symbols):
    """float64 ndarray (n_symbols, n_symbols)."""
    if isinstance(matrix, str):
        matrix = _named(matrix)
    letters = getattr(matrix, "alphabet", None)
    if letters is None:
        scores = np.array(matrix, dtype=object if np.ndim(matrix) == 0 else np.float64)
        if scores.shape != (len(symbols),) * 2:
            raise invalid_parameter(
                "matrix",
                f"must be a name such as 'BLOSUM62', a matrix of Biopython or an array of shape {(len(symbols),) * 2}, "
                f"got one of shape {scores.shape}: one row and one column for each of {symbols}",
            )
    else:
        columns = [_column(letters, symbol, symbols) for symbol in symbols]
        scores = np.array(matrix, np.float64)[np.ix_(columns, columns)]
    if not np.isfinite(scores).all():
        raise invalid_parameter("matrix", "must hold finite numbers; it has NaN or infinity")
    return scores


def _column(letters, symbol, symbols):
    # matrices of nucleotides have T where RNA has U
    wanted = "T" if symbols == "ACGU" and symbol == "U" and "U" not in letters else symbol
    # A, C, G and T are amino acids, too
    if wanted not in letters or (len(symbols) == 4 and "L" in letters):
        raise invalid_parameter(
            "matrix",
            f"must have scores for the symbols of the sequences, {symbols}, but has them for {''.join(letters)}; "
            "BLOSUM and PAM matrices are for alphabet='protein', 'TRANS' and 'HOXD70' for DNA",
        )
    return list(letters).index(wanted)


def _named(name):
    from Bio.Align import substitution_matrices

    known = substitution_matrices.load()
    if name not in known:
        raise invalid_parameter("matrix", f"must be one of {', '.join(known)}, or an array; got {name!r}")
    return substitution_matrices.load(name)
