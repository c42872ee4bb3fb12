"""Known motifs that resemble discovered ones, by Tomtom."""

import warnings

import numpy as np

from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.motifs import MotifSet, check_matrices, read_database
from seqaug_sklearn.utils import import_optional, invalid_parameter, is_number, is_whole, warn

__all__ = ["COLUMNS", "FEW_TARGETS", "check_limits", "match_matrices", "match_motifs", "matrices_of"]

COLUMNS = ["motif", "rank", "match", "p_value", "q_value", "offset", "overlap", "strand"]
FEW_TARGETS = 25


def match_motifs(motifs, database="jaspar_plants", *, q_value=0.1, n_best=5):
    """Name motifs by the known ones that resemble them, with Tomtom.

    Factors of one family bind nearly the same sequence: a match names the family with more certainty than the factor,
    and the first three matches may differ by chance.

    The first call on a machine compiles Tomtom (about a minute); the compiled code is kept for later processes.

    Parameters
    ----------
    motifs : MotifSet or dict of str to array-like of shape (width, 4), or to str
        What to look up. Of a MotifSet the informative positions of each motif; arrays hold counts or shares; text is a
        consensus ("MACGTG", with IUPAC's letters for several bases).
    database : str, path-like or dict of str to array-like of shape (width, 4), default="jaspar_plants"
        Known motifs: ``"jaspar_<group>"`` (the newest release that pyjaspar carries; :func:`read_jaspar` reads others),
        the path of a file of motifs (MEME, JASPAR, TRANSFAC, CIS-BP), or counts or shares by name, columns A, C, G, T.
    q_value : float, default=0.1
        Largest q-value of a match.
    n_best : int, default=5
        Largest number of matches of a motif.

    Returns
    -------
    pandas.DataFrame
        One row per match, best first: ``motif``, ``rank`` (from 1), ``match`` (name in the database), ``p_value``,
        ``q_value`` (of the motif's p-values over the database, Benjamini-Hochberg), ``offset`` (position of the match
        at which the motif begins; negative if it begins before), ``overlap`` (positions) and ``strand`` (-1 if the
        reverse complement of the match fits, on which offset then counts). Motifs without a match have no row.

    Raises
    ------
    DataFormatError
        If the file is in neither format.
    ValueError
        If a matrix is not (width, 4) of counts or shares, the database is empty, or a parameter is out of range.
    MissingDependencyError
        If memelite or pyjaspar is missing.

    Warns
    -----
    SeqAugWarning
        If the database holds fewer than 25 motifs: p-values are computed from the database itself.

    See Also
    --------
    discover_motifs : Motifs from attributions.
    read_jaspar, read_meme : Known motifs.

    Notes
    -----
    A motif's core is where it contributes most; its neighbours separate factors of a family. Of 150 motifs of JASPAR,
    simulated from 60 sites, 77 % came first by their core, 90 % by their informative positions and 90 % by their true
    ends (``bench_motifs.py --parts ends``).

    References
    ----------
    S. Gupta et al., Quantifying similarity between motifs, Genome Biology 8 (2007), R24,
    :doi:`10.1186/gb-2007-8-2-r24`. memelite: https://github.com/jmschrei/memesuite-lite.

    Examples
    --------
    Seconds, so not run by the tests of the documentation:

    >>> import numpy as np
    >>> from seqaug_sklearn.inspection import match_motifs
    >>> g_box = np.eye(4)[[1, 0, 1, 2, 3, 2, 3, 1]]  # CACGTGTC
    >>> match_motifs({"mine": g_box}, n_best=1)["match"].tolist()  # doctest: +SKIP
    ['MA0930.3 ABF3']
    """
    check_limits(q_value, n_best)
    return match_matrices(matrices_of(motifs), read_database(database), q_value, n_best)


def matrices_of(motifs):
    """Shares by name, of the informative positions where motifs were discovered."""
    if isinstance(motifs, MotifSet):
        return {motif.name: motif.ppm[slice(*motif.informative)] for motif in motifs}
    return check_matrices(motifs, "motifs", also="a MotifSet, or ")


def match_matrices(queries, known, q_value, n_best):
    """The table of :func:`match_motifs` for shares by name."""
    import pandas as pd
    from scipy.stats import false_discovery_control

    if not queries:
        return pd.DataFrame(columns=COLUMNS)
    names, rows = np.array(list(known), dtype=object), []
    for motif, (p, scores, offsets, overlaps, strands) in zip(queries, _tomtom(queries, known), strict=True):
        q = false_discovery_control(p)
        order = np.lexsort((-scores, p))[:n_best]
        best = order[q[order] <= q_value]
        rows.append(
            pd.DataFrame(
                {
                    "motif": motif,
                    "rank": np.arange(1, len(best) + 1),
                    "match": names[best],
                    "p_value": p[best],
                    "q_value": q[best],
                    "offset": offsets[best].astype(int),
                    "overlap": overlaps[best].astype(int),
                    "strand": np.where(strands[best] > 0, -1, 1),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)[COLUMNS]


def check_limits(q_value, n_best):
    if not is_number(q_value) or not 0 < q_value <= 1:
        raise invalid_parameter("q_value", f"must be above 0 and at most 1, got {q_value!r}")
    if not is_whole(n_best) or isinstance(n_best, bool) or n_best < 1:
        raise invalid_parameter("n_best", f"must be a whole number of at least 1, got {n_best!r}")


def _tomtom(queries, known):
    """Yield p-values, scores, offsets, overlaps and strands against all known motifs, for each query."""
    memelite = import_optional("memelite", extra="motifs", purpose="matching of motifs")
    if len(known) < FEW_TARGETS:
        warn(
            f"the database holds {len(known)} motifs: Tomtom computes p-values from the database itself, and below "
            f"{FEW_TARGETS} motifs they say little; match against a whole collection",
            SeqAugWarning,
        )
    # memelite compiles anew for every type and order of the arrays, so both are always the same
    tables = [[np.asfortranarray(matrix.T, dtype=np.float64) for matrix in side.values()] for side in (queries, known)]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="tomtom was given", category=UserWarning)
        result = memelite.tomtom(*tables, n_jobs=1)
    p_values, *others = result
    return zip(np.clip(p_values, 0, 1), *others, strict=True)
