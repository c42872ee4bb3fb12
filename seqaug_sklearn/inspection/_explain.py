"""One call from a fitted model to what it reads: attributions, hits, motifs, stability."""

import warnings
from itertools import combinations

import numpy as np
import pandas as pd
from sklearn.base import is_regressor

from seqaug_sklearn.exceptions import MissingDependencyError, SeqAugWarning
from seqaug_sklearn.inspection._explained import fitting_methods
from seqaug_sklearn.inspection._explanation import HIT_COLUMNS, Explanation
from seqaug_sklearn.inspection._hits import find_hits, run_thresholds, shuffled_texts
from seqaug_sklearn.inspection._match_motifs import FEW_TARGETS, match_motifs
from seqaug_sklearn.inspection._members import averaged, members_of_column
from seqaug_sklearn.inspection._motifs import discover_motifs
from seqaug_sklearn.inspection._sequence_attributions import (
    attributions_of_members,
    check_counts,
    sequence_attributions,
)
from seqaug_sklearn.motifs import read_database
from seqaug_sklearn.reporting import number
from seqaug_sklearn.utils import (
    check_generator,
    invalid_data,
    is_covariate_frame,
    listed,
    replaced_text,
    split_covariates,
)

__all__ = ["explain"]

_DEFAULT_MOTIFS = "jaspar_plants"
_FEWEST_SEQUENCES = 20
"""A motif of TF-MoDISco has as many sites at least."""
_SHORTEST = 30
"""Residues of what TF-MoDISco cuts out of short sequences."""
_SHORT = 200
"""Residues below which it finds more with shorter stretches, because few differ from a site."""
_SHORT_STRETCHES = {"window": 15, "flank": 5, "width": 20, "width_flank": 5}


def explain(
    estimator,
    X,
    *,
    target=None,
    method="auto",
    motifs=None,
    n_shown=5,
    alphabet="dna",
    batch_size=None,
    device=None,
    random_state=0,
    progress=False,
):
    """Tell what a fitted classifier or regressor reads: which stretches, which motifs, and how stable that is.

    The answer is about the model, not about biology. Explain sequences that it was not trained on.

    Parameters
    ----------
    estimator : fitted classifier or regressor
        As in :func:`sequence_attributions`. Of an average, each member is explained.
    X : array-like of shape (n_samples, ...)
        Whole sequences, as ``estimator.predict`` takes them. Covariates stay at the values of each row.
    target : label, default=None
        Class to explain, by default the second of two classes, otherwise the class predicted for each row. Of several
        numbers or labels the name of one.
    method : str, default="auto"
        As in :func:`sequence_attributions`.
    motifs : str, path-like or dict, default=None
        Known motifs: the path of a file (MEME, JASPAR, TRANSFAC, ...), or what else :func:`match_motifs` takes
        (``"jaspar_vertebrates"``). None: ``"jaspar_plants"`` where pyjaspar is installed.
    n_shown : int, default=5
        Sequences that a page shows.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of text where the estimator does not say.
    batch_size : int, default=None
        As in :func:`sequence_attributions`.
    device : str, default=None
        As in :func:`sequence_attributions`.
    random_state : int, RandomState, Generator or None, default=0
        Seed of the shuffles.
    progress : bool, default=False
        Show progress bars.

    Returns
    -------
    Explanation
        With ``attributions``, ``hits``, ``motifs``, ``stability``, ``to_bed`` and ``to_csv``.

    Raises
    ------
    InvalidParameterError
        As in :func:`sequence_attributions`.
    DataFormatError
        If X is windows, or the file of motifs is in neither format.

    See Also
    --------
    sequence_attributions : The attributions alone.
    motif_report : A page about the motifs.

    Notes
    -----
    A run of 4 to 30 residues is a hit if its mean contribution exceeds the 99.9th percentile of equally long runs in
    shuffled sequences, explained in the same way. Shuffles keep the pairs of neighbours (of proteins, the composition);
    sequences are drawn for them until there are 20,000 residues. Of runs that overlap, the one that exceeds its
    threshold the most, as a ratio, is the hit; runs that touch are one. Hits speak for ``target``, or raise
    the number: for those that speak against a class, explain the other one.

    A hit is compared with known motifs by Tomtom, as :func:`match_motifs` does, and named if the q-value is at most
    0.1. TF-MoDISco is run where the extra ``motifs`` is installed, on 20 sequences or more of at least 30 residues
    (below 200 residues with ``window=15, flank=5, width=20, width_flank=5``); models of k-mers alone give it what
    mutagenesis tells.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> from seqaug_sklearn.features import KmerCounts
    >>> from seqaug_sklearn.inspection import explain
    >>> data = make_promoters(60, 80, n_families=60, label_noise=0, random_state=0)
    >>> model = make_pipeline(KmerCounts(6), LogisticRegression(C=100)).fit(data.sequences[:50], data.y[:50])
    >>> found = explain(model, data.sequences[50:], motifs={"G-box": "CACGTG", "W-box": "TTGACC"})
    >>> found.attributions.method
    'kmer_weights'
    """
    check_counts(n_shown=n_shown)
    # a file that cannot be read ends the run before anything is computed
    known, notes = None if motifs is None else read_database(motifs), []
    rng = check_generator(random_state)
    settings = {
        "background": "uniform", "n_background": 10, "n_steps": 32, "n_samples": None, "batch_size": batch_size,
        "alphabet": alphabet, "device": device, "progress": progress, "random_state": rng,
    }  # fmt: skip
    asked = {"method": method, "target": target}
    gives_hypothetical = _gives_hypothetical(estimator, method, alphabet)
    parts, weights = attributions_of_members(estimator, X, **asked, hypothetical=gives_hypothetical, **settings)
    attributions = averaged(parts, weights)
    if attributions.sources is not None:
        raise invalid_data(
            "X",
            "holds windows, and hits lie in whole sequences; pass these to a pipeline that cuts them, or put the "
            "attributions of windows together with stitch_windows",
        )
    if motifs is None:
        known, notes = _usual_motifs()
    found, thresholds, n_shuffled = _hits(estimator, X, attributions, method, settings, rng)
    hits, note = _named(_table(attributions, found), known, attributions.alphabet)
    discovered, matches, about = _motifs(estimator, X, attributions, target, known, settings)
    return Explanation(
        attributions=attributions,
        hits=hits,
        motifs=discovered,
        matches=matches,
        stability=_stability(parts),
        n_members=len(parts),
        thresholds=thresholds,
        notes=[*_beside_covariates(estimator, X), *notes, *note, *about, *_cost(parts, n_shuffled)],
        n_shown=n_shown,
    )


def _beside_covariates(estimator, X):
    """What is not in the contributions, because the model reads it beside the sequence."""
    if not is_covariate_frame(X):
        return
    names = split_covariates(X).names
    told = (
        f"Contributions are those of the sequence alone: {listed(names, len(names))}, which the model reads beside it, "
        "stayed at the value of each row"
    )
    usual = X.copy()
    for column in X.columns:
        if str(column) in names:
            usual[column] = X[column].median()
    if is_regressor(estimator) and np.ndim(predicted := estimator.predict(X)) == 1:
        change = np.abs(predicted - estimator.predict(usual)).mean()
        told += f"; with the median in its place predictions differ by {number(change)} on average"
    yield f"{told}."


def _usual_motifs():
    """(Known motifs or None, why there are none)."""
    try:
        return read_database(_DEFAULT_MOTIFS), []
    except MissingDependencyError as error:
        return None, [f"Hits have no names: {error}"]


def _gives_hypothetical(estimator, method, alphabet):
    """Whether to ask the members for hypothetical contributions: models of k-mers alone are faster by mutagenesis."""
    methods = {method}
    if method == "auto":
        # all targets have models of one kind
        methods = {fitting_methods(member, alphabet)[0] for member, *_ in members_of_column(estimator, 0)}
    return methods != {"kmer_weights"} and "shap_kernel" not in methods


def _hits(estimator, X, attributions, method, settings, rng):
    """Hits as (row, start, end, score), thresholds (of the commonest class), and how many shuffles there were."""
    found: list = []
    commonest: dict = {}
    n_shuffled = n_most = 0
    for target in dict.fromkeys(attributions.target.tolist()):
        rows = np.flatnonzero(attributions.target == target)
        own = attributions.take(rows)
        texts, origins = shuffled_texts(own, rng)
        # a shuffle has the covariates of the row that it is one of
        shuffled = replaced_text(X, texts, rows[origins]) if is_covariate_frame(X) else texts
        parts, weights = attributions_of_members(
            estimator, shuffled, method=method, target=target, hypothetical=False, **settings
        )
        thresholds = run_thresholds(averaged(parts, weights))
        found += [(rows[row], *hit) for row, *hit in find_hits(own, thresholds)]
        n_shuffled += sum(map(len, texts))
        commonest, n_most = (thresholds, len(rows)) if len(rows) > n_most else (commonest, n_most)
    return found, commonest, n_shuffled


def _table(attributions, found):
    names, texts = attributions.identifiers, attributions.text().tolist()
    rows = [
        {
            "name": str(row if names is None else names[row]),
            "start": start,
            "end": end,
            "strand": ".",
            "score": score,
            "motif": None,
            "q_value": np.nan,
            "sequence": texts[row][start:end],
            "row": int(row),
        }
        for row, start, end, score in found
    ]
    table = pd.DataFrame(rows, columns=HIT_COLUMNS).astype({"motif": object})
    return table.sort_values(["score", "row", "start"], ascending=[False, True, True], ignore_index=True)


def _named(hits, known, alphabet):
    """Hits with their best match among known motifs and its strand, and a note where there are none."""
    if known is None or not len(hits):
        return hits, []
    if alphabet.complement is None:
        return hits, [f"Hits have no names: known motifs are of DNA, and the sequences of {alphabet.name}."]
    try:
        matches = _matched({word: word for word in hits["sequence"]}, known, 1).set_index("motif")
    except MissingDependencyError as error:
        return hits, [f"Hits have no names: {error}"]
    best = matches.reindex(hits["sequence"])
    named = best["match"].notna().to_numpy()
    strands = np.where(best["strand"].to_numpy() < 0, "-", "+")
    motif = best["match"].astype(object).where(named, None).to_numpy()
    q_value = best["q_value"].to_numpy(float)
    few = f"Names say little where there are fewer than {FEW_TARGETS} known motifs, here {len(known)}."
    notes = [few] if named.any() and len(known) < FEW_TARGETS else []
    return hits.assign(strand=np.where(named, strands, "."), motif=motif, q_value=q_value), notes


def _matched(motifs, known, n_best):
    with warnings.catch_warnings():
        # that there are few known motifs is a note
        warnings.simplefilter("ignore", SeqAugWarning)
        return match_motifs(motifs, known, n_best=n_best)


def _motifs(estimator, X, attributions, target, known, settings):
    """(MotifSet or None, its matches or None, notes)."""
    why = _why_no_motifs(attributions)
    if why:
        return None, None, [f"TF-MoDISco was not run: {why}."]
    try:
        if attributions.hypothetical is None:
            attributions = sequence_attributions(
                estimator, X, method="mutagenesis", target=attributions.target[0], hypothetical=True, **settings
            )
        with warnings.catch_warnings():
            # the verdict tells that none was found
            warnings.simplefilter("ignore", SeqAugWarning)
            found = discover_motifs(attributions, **(_SHORT_STRETCHES if attributions.codes.shape[1] < _SHORT else {}))
        matches = None if known is None or not len(found) else _matched(found, known, 3)
    except (MissingDependencyError, ValueError) as error:
        return None, None, [f"TF-MoDISco was not run: {error}"]
    return found, matches, []


def _why_no_motifs(attributions):
    length, n = attributions.codes.shape[1], len(attributions)
    if attributions.alphabet.complement is None:
        return "it finds motifs of DNA and RNA"
    if length < _SHORTEST:
        return f"it needs sequences of {_SHORTEST} residues, and the longest has {length}"
    if n < _FEWEST_SEQUENCES:
        return f"a motif needs {_FEWEST_SEQUENCES} sites, and there are {n} sequences"
    if len(set(attributions.target.tolist())) > 1:
        return "rows explain different classes; say which one with target"
    return ""


def _stability(parts):
    """Mean correlation between members over all residues; NaN of one."""
    length = max(part.codes.shape[1] for part in parts)
    sizes = [np.pad(part.per_position(), ((0, 0), (0, length - part.codes.shape[1]))) for part in parts]
    inside = np.arange(length) < max(parts, key=lambda part: part.codes.shape[1]).lengths[:, None]
    values = [size[inside].astype(np.float64) for size in sizes]
    if len(values) < 2 or any(value.std() == 0 for value in values):
        return float("nan")
    return float(np.mean([np.corrcoef(one, other)[0, 1] for one, other in combinations(values, 2)]))


def _cost(parts, n_shuffled):
    """What mutagenesis asked for."""
    asking = [part for part in parts if part.method == "mutagenesis"]
    exchanges = sum((len(part.alphabet) - 1) * (int(part.lengths.sum()) + n_shuffled) for part in asking)
    return [f"Mutagenesis took {exchanges:,} predictions, those for shuffled sequences included."] if asking else []
