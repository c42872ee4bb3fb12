"""``audit_shortcuts``: how well one trivial feature predicts the target."""

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.model_selection._contradictions import find_contradictions
from seqaug_sklearn.model_selection._exchanges import exchanges
from seqaug_sklearn.model_selection._leakage import windows_of
from seqaug_sklearn.model_selection._null_data import parents_of
from seqaug_sklearn.model_selection._shortcuts._association import associations, best_and_p
from seqaug_sklearn.model_selection._shortcuts._number_detail import detail_of_number
from seqaug_sklearn.model_selection._shortcuts._report import ShortcutReport
from seqaug_sklearn.model_selection._shortcuts._scores import bits_of_codes, score_of, score_of_codes
from seqaug_sklearn.model_selection._shortcuts._target import Target, standardise
from seqaug_sklearn.model_selection._shortcuts._traits import FAMILIES, UNSEEN, traits_of
from seqaug_sklearn.utils import (
    check_generator,
    invalid_data,
    invalid_parameter,
    is_whole,
    known_parents,
    read_target,
)

__all__ = ["audit_shortcuts"]

_WORK = 4e10
"""Products that the exchanges may take, some seconds; fewer positions are looked at where there would be more."""
_MOST_POSITIONS, _FEWEST_POSITIONS = 1000, 30
_WITH_INTERVAL = 50
_AS_GOOD = 0.02
"""Of traits that differ by less from the best the plainest is named: GC content, not the share of AT."""


def audit_shortcuts(
    X, y, *, task: str = "auto", groups=None, alphabet="dna", names=None, n_permutations: int = 199, random_state=0
) -> ShortcutReport:
    """Check how well one trivial feature predicts the target.

    A model that reads the length, the composition or one position of a sequence scores high and has learned nothing
    else. Not every such signal is an artefact: promoters *are* rich in GC. The report says what the target is
    explained by, and :func:`score_beyond_shortcut` what a model scores beyond it.

    Looked at are the length; shares of symbols, of pairs of neighbours, and GC (proteins: of amino acids, and charge,
    hydrophobicity, weight and aromaticity); unknown symbols and lower case; each position, from both ends where lengths
    differ; beginnings and ends that many rows share (adapters, tags); low complexity; the order of the rows and the
    parts of their names, which no model of the sequences sees; and identical sequences with contradicting labels.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,), or WindowSet
        Sequences.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Classes, numbers that were measured, or several labels of 0 and 1 or several numbers (NaN: not measured).
    task : {"auto", "classes", "number", "labels"}, default="auto"
        Which of these; "auto": as y is read.
    groups : array-like of shape (n_samples,), default=None
        What belongs together, such as families: labels are dealt to whole groups, and intervals are by group. None:
        identical sequences are one group.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet.
    names : array-like of shape (n_samples,), default=None
        Names of the rows. None: the index of a Series of text, if it holds text.
    n_permutations : int, default=199
        Exchanges of labels. The smallest p-value is one divided by one more than these.
    random_state : None, int, RandomState or Generator, default=0
        Seed of the exchanges.

    Returns
    -------
    ShortcutReport

    Raises
    ------
    SequenceError, SequenceTypeError
        For bad sequences.
    DataFormatError
        If y, groups or names do not fit, or y holds one value only.

    See Also
    --------
    score_beyond_shortcut : What a model scores among rows similar in a shortcut.
    find_contradictions : Identical sequences with other labels alone.
    seqaug_sklearn.plotting.ShortcutDisplay : The figure.

    Notes
    -----
    The score is of the rows themselves, nothing is held out: the AUROC of a trait, in the better direction (more than
    two classes: mean of one against the rest; symbols of a position: in the order of their shares of the class), or the
    absolute value of Spearman's correlation with numbers (of symbols, the correlation ratio of the ranks). Traits are
    ordered by the class that each tells best. Its interval is DeLong's for clustered rows.

    The p-value is adjusted for all that was tried: each trait is measured in standard deviations of what it scores when
    labels are dealt anew, and compared with the largest of all traits in each deal (maximum statistic). It holds
    whatever the number of traits and however correlated they are. A finding is a p-value of at most 0.05 with a score
    of at least 0.6 (correlation: 0.2): less cannot explain the score of a useful model.

    Positions that fewer than 80 % of the rows reach are left out, because they say how long rows are.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.model_selection import audit_shortcuts
    >>> rng = np.random.default_rng(0)
    >>> X = ["".join(rng.choice(list("ACGT"), n)) for n in [60] * 30 + [70] * 30]
    >>> report = audit_shortcuts(X, ["short"] * 30 + ["long"] * 30)
    >>> report.best, bool(report.found)
    ('length', True)
    >>> print(report.verdict()[0])
    The classes are explained by length (median 60 in short, 70 in long): it alone separates them with an AUROC ...
    """
    sequences = windows_of(X, "X")
    texts = list(map(str, sequences.values))
    # read once: find_contradictions takes it as it is
    y = read_target(y, len(texts), task=task, may_be_constant=True)
    target = Target.read(y, len(texts))
    if not (is_whole(n_permutations) and n_permutations >= 19):
        raise invalid_parameter("n_permutations", f"must be a whole number of at least 19, got {n_permutations!r}")
    alphabet = get_alphabet(alphabet)
    names = _names(names, sequences.identifiers, len(texts))
    groups = _groups(groups, X, sequences.identifiers, texts)
    most = _most_positions(len(texts), n_permutations * target.columns.shape[1], len(alphabet))
    traits = traits_of(texts, alphabet, names, most)
    columns = target.standardised()
    ranked = np.where(np.isnan(target.columns), np.nan, columns)
    dealt = [standardise(deal) for deal in exchanges(ranked, groups, n_permutations, check_generator(random_state))]
    found = associations(traits, np.concatenate([columns, *dealt], axis=1))
    best = best_and_p(found.reshape(len(found), 1 + n_permutations, -1))
    table = _table(traits, target, groups, *best)
    return ShortcutReport(
        table,
        _positions(traits, target, table),
        target.kind,
        len(texts),
        len(np.unique(groups)),
        _contradictions(texts, y, alphabet, names),
        {**traits.numbers, **traits.codes},
        target.columns,
        most if max(map(len, texts)) > most else None,
    )


def _names(names, identifiers, n_rows):
    """Names as text, or None; an index of numbers names nothing."""
    if names is None:
        if identifiers is None or pd.api.types.is_numeric_dtype(identifiers):
            return None
        names = identifiers
    names = [str(name) for name in names]
    if len(names) != n_rows:
        raise invalid_data("names", f"must have one entry per row, {n_rows}, got {len(names)}")
    return names


def _groups(groups, X, identifiers, texts):
    if groups is None:
        # rows made of one sequence are no independent evidence; a WindowSet knows its groups
        return parents_of(texts, X.groups if hasattr(X, "positions") else known_parents(X, identifiers))
    groups = groups.to_numpy() if hasattr(groups, "to_numpy") else np.asarray(groups)
    if groups.shape != (len(texts),):
        raise invalid_data("groups", f"must have one entry per row: shape ({len(texts)},), got {groups.shape}")
    return pd.factorize(groups, use_na_sentinel=False)[0]


def _most_positions(n_rows, n_columns, n_symbols):
    # from both ends, a product for each symbol
    most = _WORK / (2 * n_rows * n_columns * (n_symbols + 1))
    return int(np.clip(most, _FEWEST_POSITIONS, _MOST_POSITIONS))


def _table(traits, target, groups, column, distance, p):
    """One row for each trait, the most informative first."""
    names = [*traits.numbers, *traits.codes]
    is_codes = np.arange(len(names)) >= len(traits.numbers)
    # ties of p are broken by how far a trait is from chance
    with_interval = {int(i) for i in np.lexsort((-distance, p))[:_WITH_INTERVAL]} | {
        *np.flatnonzero(~is_codes).tolist()
    }
    every = {**traits.numbers, **traits.codes}
    rows = []
    for i, name in enumerate(names):
        if i in with_interval:
            score = score_of(every[name], target, column[i], groups, is_codes=bool(is_codes[i]))
        else:
            score = (score_of_codes(every[name], target, column[i]), np.nan, np.nan)
        family = traits.families[name]
        # with many classes the mean over them rewards many symbols for chance
        ahead = score[0]
        if target.kind == "classes" and target.columns.shape[1] > 1:
            ahead = _score_of_best(every[name], target, column[i], groups, is_codes=bool(is_codes[i]))
        told = _detail(every[name], target, column[i], traits.words.get(name))
        rows.append((name, family, *score, p[i], target.names[column[i]], told, family not in UNSEEN, ahead))
    table = pd.DataFrame(
        rows, columns=["trait", "family", "score", "low", "high", "p", "told_best", "detail", "seen", "ahead"]
    )
    several = target.kind in ("labels", "numbers")
    return table.iloc[_order(table, several)].set_index("trait").drop(columns="ahead")


def _score_of_best(values, target, column, groups, *, is_codes):
    if is_codes:
        return score_of_codes(values, target, column, only_best=True)
    return score_of(values, target, column, groups, only_best=True)[0]


def _order(table, several):
    """Findings first, the most informative first; of those that tell about as much as the best, the plainest."""
    rank = table["family"].map({family: i for i, family in enumerate(FAMILIES)}).to_numpy()
    significant, scores = (table["p"] <= 0.05).to_numpy(), table["ahead"].to_numpy()
    candidates = np.where(significant & table["seen"].to_numpy(), scores, -np.inf)
    first = candidates.argmax()
    as_good = significant & (scores >= candidates[first] - _AS_GOOD)
    shares = (table["family"] == "composition").to_numpy()
    if shares[first]:
        # shares hang together: which of them is ahead is chance
        as_good |= significant & shares & (scores >= scores[first] - (table["score"] - table["low"]).iloc[first])
    if several:
        # a trait that explains another target is no plainer word for the same
        as_good &= (table["told_best"] == table["told_best"].iloc[first]).to_numpy()
    within = np.where(as_good & shares, np.arange(len(table)), -scores)
    return np.lexsort((within, np.where(as_good, rank, 0), ~as_good, ~significant))


def _detail(values, target, column, words):
    """How the rows of a class differ from the others: in the median, or in the share of one symbol."""
    if target.is_number:
        return detail_of_number(values, target.columns[:, column], target.names[column], words)
    wanted = target.columns[:, column]
    sides = [values[wanted > 0], values[wanted <= 0]]
    name = target.names[column]
    if words is None:
        if set(np.unique(values)) == {0.0, 1.0}:
            return f"{sides[0].mean():.0%} of {name}, {sides[1].mean():.0%} of {target.others}"
        return f"median {np.median(sides[0]):.3g} in {name}, {np.median(sides[1]):.3g} in {target.others}"
    shares = [np.bincount(side[side >= 0], minlength=len(words)) / max((side >= 0).sum(), 1) for side in sides]
    most = int(np.argmax(np.abs(shares[0] - shares[1])))
    return f"{words[most]} in {shares[0][most]:.0%} of {name}, {shares[1][most]:.0%} of {target.others}"


def _positions(traits, target, table):
    rows = [
        (name, end, place, bits_of_codes(traits.codes[name], target))
        for name, (end, place) in traits.places.items()
        if name in traits.codes
    ]
    frame = pd.DataFrame(rows, columns=["trait", "end", "position", "bits"]).set_index("trait")
    return frame.join(table[["score", "p"]])


def _contradictions(texts, y, alphabet, names):
    """Identical rows with other labels, or with numbers that differ by more than replicates do."""
    X = texts if names is None else pd.Series(texts, index=names)
    report = find_contradictions(X, y, alphabet=alphabet)
    return report if len(report) else None
