"""Motif discovery in attributions by TF-MoDISco."""

import contextlib
import importlib
import random
from functools import partial
from typing import NamedTuple

import numpy as np

from seqaug_sklearn.alphabets import DNA, Alphabet
from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.inspection._attributions import Attributions
from seqaug_sklearn.motifs import Motif, MotifSet, core_of
from seqaug_sklearn.utils import import_optional, invalid_data, invalid_parameter, is_number, is_whole, warn

__all__ = ["discover_motifs"]

_KERNELS = ("affinitymat", "aggregator", "gapped_kmer", "util")
_FEWEST_SEQLETS = 5
_PAD_BELOW = 2  # motifs with flanks: shorter sequences lose most of their sites
_FEW_PIECES = 4  # seqlets: in shorter sequences a site makes up much of all that chance is estimated from
_OVERLAP = 24  # residues that no two unrelated sequences share by chance
_MOST_OVERLAPS = 0.1
_PADDED = ("one_hot", "contributions", "hypothetical")


def discover_motifs(
    attributions,
    *,
    max_seqlets=2000,
    min_seqlets=20,
    window=21,
    flank=10,
    width=30,
    width_flank=10,
    fdr=0.2,
    n_runs=16,
    pad="auto",
):
    """Find the motifs that recur in the attributions of many sequences, with TF-MoDISco.

    Pieces of sequence with high contributions (seqlets) are cut out, compared, and clustered into motifs. It needs
    whole sequences: a window of 40 nt is shorter than what it cuts out, and in windows that overlap one site counts
    several times. The motifs show what the classifier looks for, be that biology or an artefact of the data.

    The first call on a machine compiles TF-MoDISco (seconds); the compiled code is kept for later processes.

    Parameters
    ----------
    attributions : Attributions or tuple of (one_hot, contributions, hypothetical)
        Attributions of whole DNA or RNA sequences for one class, computed with ``hypothetical=True``. Or arrays:
        one-hot sequences (n_sequences, length, 4), contribution of each residue of the same shape or (n_sequences,
        length), and contribution that each symbol would have, of the same shape.
    max_seqlets : int, default=2000
        Largest number of seqlets of either sign; time grows with its square.
    min_seqlets : int, default=20
        Smallest number of seqlets of a motif; at least 5.
    window : int, default=21
        Residues whose contributions are added up to find a seqlet.
    flank : int, default=10
        Residues added on both sides of that.
    width : int, default=30
        Residues to which a motif is cut.
    width_flank : int, default=10
        Residues added on both sides of that, so that a motif has ``width + 2 * width_flank`` positions.
    fdr : float, default=0.2
        Accepted share of seqlets that are chance.
    n_runs : int, default=16
        Clusterings from different starts, of which the best is kept.
    pad : bool or "auto", default="auto"
        Whether sequences are lengthened at both ends, by residues drawn from the less contributing half of all. Without
        it TF-MoDISco loses each site around which its window and flanks do not fit into the sequence: by default those
        within some 25 nt of an end. "auto" pads where that is more than half of a sequence: below ``2 * (width + 2 *
        width_flank)``, by default 100 residues. Padding finds more sites near the ends, and motifs may be less sharp.
        What was added is left out of the motifs' matrices.

    Returns
    -------
    MotifSet
        Empty, with a warning, if there are no motifs.

    Raises
    ------
    DataFormatError
        If the attributions are of windows (they know their ``sources``) or proteins or hold no hypothetical
        contributions, the sequences are shorter than ``window + 2 * flank`` or ``width + 2 * width_flank``, shapes
        differ, or values are not finite.
    InvalidParameterError
        If a parameter is out of range.
    MissingDependencyError
        If modisco-lite is missing.

    Warns
    -----
    SeqAugWarning
        If no motif is found, the attributions explain several classes, or sequences overlap as windows do.

    See Also
    --------
    sequence_attributions : Attributions of a fitted classifier.
    stitch_windows : Attributions of windows on their sequences.
    match_motifs : Compares motifs with known ones.

    Notes
    -----
    The result is the same in every run and for any number of threads; numba's number of threads is used
    (``NUMBA_NUM_THREADS``). What modisco-lite calls sliding_window_size, flank_size, trim_to_window_size,
    initial_flank_to_add, target_seqlet_fdr and n_leiden_runs are ``window, flank, width, width_flank, fdr, n_runs``.

    References
    ----------
    A. Shrikumar et al., Technical note on Transcription Factor Motif Discovery from Importance Scores (TF-MoDISco),
    arXiv:1811.00416. modisco-lite: https://github.com/jmschrei/tfmodisco-lite.

    Examples
    --------
    Sixty sequences with perfect contributions of the G-box, CACGTG, planted into each (a few seconds, so not run by the
    tests of the documentation):

    >>> import numpy as np
    >>> from seqaug_sklearn.inspection import discover_motifs
    >>> rng = np.random.default_rng(0)
    >>> one_hot = np.eye(4)[rng.integers(0, 4, (60, 200))]
    >>> one_hot[:, 97:103] = np.eye(4)[[1, 0, 1, 2, 3, 2]]
    >>> hypothetical = 0.05 * rng.normal(size=one_hot.shape)
    >>> hypothetical[:, 97:103] += one_hot[:, 97:103]
    >>> motifs = discover_motifs((one_hot, one_hot * hypothetical, hypothetical))  # doctest: +SKIP
    >>> motifs[0].consensus  # doctest: +SKIP
    'CACGTG'
    """
    _check_parameters(
        max_seqlets=max_seqlets, window=window, flank=flank, width=width, width_flank=width_flank, n_runs=n_runs
    )
    _check_seqlets_and_fdr(min_seqlets, fdr)
    _check_pad(pad)
    tracks = _read(attributions, partial(_check_length, window, flank, width, width_flank))
    _warn_of_overlaps(tracks.one_hot)
    settings = {
        "sliding_window_size": window,
        "flank_size": flank,
        "max_seqlets_per_metacluster": max_seqlets,
        "min_metacluster_size": min_seqlets - 1,
        "final_min_cluster_size": min_seqlets,
        "trim_to_window_size": width,
        "initial_flank_to_add": width_flank,
        "target_seqlet_fdr": fdr,
        "n_leiden_runs": n_runs,
    }
    total = float(np.abs(tracks.contributions).sum(dtype=np.float64))
    margin = _margin(pad, tracks.one_hot.shape[1], flank, width, width_flank)
    found = _run_tf_modisco(_padded(tracks, margin), settings) if total > 0 else (None, None)
    motifs = tuple(
        _motif(f"{sign}_pattern_{number}", seqlets, tracks)
        for sign, patterns in zip(("pos", "neg"), found, strict=True)
        for number, seqlets in enumerate(_within(patterns or [], tracks, margin, min_seqlets))
    )
    if not motifs:
        _warn_none(tracks, total, min_seqlets, window + 2 * flank, margin > 0)
    return MotifSet(
        motifs=motifs,
        n_sequences=len(tracks.one_hot),
        length=tracks.one_hot.shape[1],
        background=_background(tracks.one_hot),
        total_contribution=total,
        alphabet=tracks.alphabet,
        settings=settings | {"pad": margin > 0},
    )


class _Tracks(NamedTuple):
    """What TF-MoDISco reads, float32 (n_sequences, length, 4), contributions being one_hot * hypothetical."""

    one_hot: np.ndarray
    contributions: np.ndarray
    hypothetical: np.ndarray
    alphabet: Alphabet
    identifiers: np.ndarray | None = None


def _check_parameters(**counts):
    for name, value in counts.items():
        if not is_whole(value) or isinstance(value, bool) or value < 1:
            raise invalid_parameter(name, f"must be a whole number of at least 1, got {value!r}")


def _check_seqlets_and_fdr(min_seqlets, fdr):
    if not is_whole(min_seqlets) or min_seqlets < _FEWEST_SEQLETS:
        raise invalid_parameter(
            "min_seqlets",
            f"must be a whole number of at least {_FEWEST_SEQLETS}, got {min_seqlets!r}: fewer pieces "
            "of sequence resemble each other by chance",
        )
    if not is_number(fdr) or not 0 < fdr < 1:
        raise invalid_parameter("fdr", f"must be a share between 0 and 1, got {fdr!r}")


def _check_pad(pad):
    if not (isinstance(pad, (bool, np.bool_)) or (isinstance(pad, str) and pad == "auto")):
        raise invalid_parameter("pad", f"must be True, False or 'auto', got {pad!r}")


def _read(attributions, check_length):
    if isinstance(attributions, Attributions):
        return _read_attributions(attributions, check_length)
    if isinstance(attributions, tuple) and len(attributions) == 3:
        return _read_arrays(*attributions, check_length)
    raise TypeError(
        "attributions must be Attributions or a tuple of three arrays (one_hot, contributions, hypothetical), got "
        f"{type(attributions).__name__}"
    )


def _read_attributions(attributions, check_length):
    if attributions.sources is not None:
        raise invalid_data(
            "attributions",
            f"are of windows ({attributions.codes.shape[1]} residues): motifs need the sequence around "
            "them, and TF-MoDISco finds none in windows; put the windows together with stitch_windows(attributions, "
            "window_set) first",
        )
    # before what would have to be computed anew
    check_length(attributions.codes.shape[1])
    if attributions.hypothetical is None:
        raise invalid_data(
            "attributions",
            "hold no hypothetical contributions, which TF-MoDISco compares; compute them with "
            "sequence_attributions(..., hypothetical=True)",
        )
    if attributions.alphabet.complement is None:
        raise invalid_data(
            "attributions",
            f"are of {attributions.alphabet.name!r}; motifs are found in DNA and RNA, where a motif may lie on either "
            "strand",
        )
    if len(set(attributions.target.tolist())) > 1:
        warn(
            "attributions explain a different class in different rows; motifs of one class are found by "
            "sequence_attributions(..., target=that_class)",
            SeqAugWarning,
        )
    arrays = attributions.one_hot, attributions.actual(), attributions.hypothetical
    return _read_arrays(*arrays, check_length)._replace(
        alphabet=attributions.alphabet, identifiers=attributions.identifiers
    )


def _read_arrays(one_hot, contributions, hypothetical, check_length):
    one_hot, hypothetical = (np.ascontiguousarray(array, dtype=np.float32) for array in (one_hot, hypothetical))
    contributions = np.asarray(contributions, dtype=np.float32)
    if one_hot.ndim != 3 or one_hot.shape[2] != len(DNA) or len(one_hot) == 0:
        raise invalid_data("one_hot", f"must have the shape (n_sequences, length, 4), got {one_hot.shape}")
    check_length(one_hot.shape[1])
    if not np.isin(one_hot, (0, 1)).all() or (one_hot.sum(axis=2) > 1).any():
        raise invalid_data("one_hot", "must hold a single 1 for each known residue and zeros otherwise")
    if hypothetical.shape != one_hot.shape or contributions.shape not in (one_hot.shape, one_hot.shape[:2]):
        raise invalid_data(
            "contributions",
            f"{contributions.shape} and hypothetical {hypothetical.shape} must have the shape of "
            f"one_hot {one_hot.shape}",
        )
    for name, array in (("contributions", contributions), ("hypothetical", hypothetical)):
        if not np.isfinite(array).all():
            row = np.flatnonzero(~np.isfinite(array).reshape(len(array), -1).all(axis=1))[0]
            raise invalid_data(name, f"must be finite, but row {row} holds NaN or infinity")
    there = contributions if contributions.ndim == 2 else (one_hot * contributions).sum(axis=2)
    contributions = one_hot * there[:, :, None]
    # TF-MoDISco takes the contribution of a residue from the hypothetical ones
    return _Tracks(one_hot, contributions, np.where(one_hot > 0, contributions, hypothetical), DNA)


def _check_length(window, flank, width, width_flank, length):
    needed = max(window + 2 * flank, width + 2 * width_flank)
    if length < needed:
        raise invalid_data(
            "attributions",
            f"of {length} residues are too short: a seqlet has window + 2 * flank = {window + 2 * flank} and "
            f"a motif width + 2 * width_flank = {width + 2 * width_flank} positions, so at least {needed} are needed; "
            "those of windows are put together by stitch_windows first",
        )


def _warn_of_overlaps(one_hot):
    """Windows of one sequence are recognised by one beginning in the midst of another."""
    n, length = one_hot.shape[:2]
    if length <= _OVERLAP:
        return
    digits = np.where(one_hot.any(axis=2), one_hot.argmax(axis=2), -1).astype(np.int8)
    words = np.zeros((n, length - _OVERLAP + 1), np.int64)
    known = np.ones(words.shape, bool)
    for offset in range(_OVERLAP):
        digit = digits[:, offset : offset + words.shape[1]]
        words, known = 4 * words + digit, known & (digit >= 0)
    first = known[:, 0] & np.isin(words[:, 0], words[:, 1:][known[:, 1:]])
    if first.mean() > _MOST_OVERLAPS:
        warn(
            f"{first.sum()} of {n} sequences begin within another, as windows do that overlap: one site then counts "
            "several times, and those at the ends of windows are lost; explain whole sequences, or put the windows "
            "together with stitch_windows",
            SeqAugWarning,
        )


def _margin(pad, length, flank, width, width_flank):
    """Residues added to each end: as many as a motif can reach beyond a site there."""
    if pad == "auto":
        pad = length < _PAD_BELOW * (width + 2 * width_flank)
    return width // 2 + width_flank + flank if pad else 0


def _padded(tracks, margin):
    """Tracks with residues added that contribute little.

    TF-MoDISco takes its threshold from the sums of contributions along the sequences. Zeros would make it see a
    background without any variation, so what is added are residues of the data.
    """
    if margin == 0:
        return tracks
    n = len(tracks.one_hot)
    known, size = tracks.one_hot.any(axis=2), np.abs(tracks.contributions).sum(axis=2)
    quiet = np.flatnonzero(known & (size <= np.median(size[known])))
    drawn = quiet[np.random.default_rng(0).integers(len(quiet), size=(n, 2 * margin))]

    def longer(track):
        added = track.reshape(-1, track.shape[2])[drawn]
        return np.concatenate([added[:, :margin], track, added[:, margin:]], axis=1)

    return tracks._replace(**{name: longer(getattr(tracks, name)) for name in _PADDED})


def _within(patterns, tracks, margin, min_seqlets):
    """Yield (rows, starts, ends, whether forward) of each pattern's seqlets, those in added residues left out."""
    for pattern in patterns:
        rows, starts, ends = (
            np.array([getattr(seqlet, key) for seqlet in pattern.seqlets], np.intp)
            for key in ("example_idx", "start", "end")
        )
        forward = np.array([not seqlet.is_revcomp for seqlet in pattern.seqlets])
        starts, ends = starts - margin, ends - margin
        middles = (starts + ends) // 2
        kept = (middles >= 0) & (middles < tracks.one_hot.shape[1])
        if margin == 0 or kept.sum() >= min_seqlets:
            yield rows[kept], starts[kept], ends[kept], forward[kept]


def _run_tf_modisco(tracks, settings):
    """Patterns of either sign, or None; igraph draws from Python's own generator, which is put back afterwards."""
    tf_modisco = _load_tf_modisco()
    state = random.getstate()
    random.seed(0)
    try:
        # where no seqlet has a known residue (gaps), the information is 0 / 0, which compares like none
        with np.errstate(invalid="ignore"):
            return tf_modisco(tracks.one_hot, tracks.hypothetical, **settings)
    except (ArithmeticError, IndexError, ValueError) as error:
        raise invalid_data(
            "attributions",
            "cannot be distinguished from chance by TF-MoDISco, which estimates it from stretches of either sign: they "
            f"must differ between positions, and some be negative ({error})",
        ) from error
    finally:
        random.setstate(state)


def _load_tf_modisco():
    """The function ``TFMoDISco``, its compiled code kept on disk between processes."""
    tf_modisco = import_optional("modiscolite.tfmodisco", extra="motifs", purpose="motif discovery").TFMoDISco
    # modisco-lite does so itself only in processes without a second thread; a progress bar has one
    for name in _KERNELS:
        for kernel in vars(importlib.import_module(f"modiscolite.{name}")).values():
            if hasattr(kernel, "enable_caching") and not kernel.overloads:
                # no folder can be written: compiled again in each process
                with contextlib.suppress(RuntimeError):
                    kernel.enable_caching()
    return tf_modisco


def _motif(name, seqlets, tracks):
    """A pattern of TF-MoDISco as a motif; everything is counted anew from where its seqlets lie."""
    import pandas as pd

    rows, starts, ends, forward = seqlets
    positions = starts[:, None] + np.arange(ends[0] - starts[0])
    there = ((positions >= 0) & (positions < tracks.one_hot.shape[1]))[:, :, None]
    places = rows[:, None], positions.clip(0, tracks.one_hot.shape[1] - 1)
    cut = [track[places] * there for track in (tracks.one_hot, tracks.contributions, tracks.hypothetical)]
    one_hot, contributions, hypothetical = (
        np.where(forward[:, None, None], track, track[:, ::-1, ::-1]).astype(np.float64) for track in cut
    )
    core = core_of(contributions.mean(axis=0))
    columns = {"row": rows}
    if tracks.identifiers is not None:
        columns["identifier"] = np.asarray(tracks.identifiers)[rows]
    columns |= {"start": starts, "end": ends, "strand": np.where(forward, 1, -1)}
    columns["site_start"] = np.where(forward, starts + core[0], ends - core[1])
    columns["site_end"] = np.where(forward, starts + core[1], ends - core[0])
    columns["contribution"] = contributions[:, slice(*core)].sum(axis=(1, 2))
    return Motif(
        name=name,
        pfm=one_hot.sum(axis=0),
        cwm=contributions.mean(axis=0),
        hypothetical=hypothetical.mean(axis=0),
        core=core,
        seqlets=pd.DataFrame(columns).sort_values(["row", "start"], ignore_index=True),
        alphabet=tracks.alphabet,
    )


def _background(one_hot):
    counts = one_hot.sum(axis=(0, 1), dtype=np.float64)
    return counts / max(counts.sum(), 1)


def _warn_none(tracks, total, min_seqlets, seqlet, padded):
    n, length = tracks.one_hot.shape[:2]
    if total == 0:
        why = "all contributions are zero"
    else:
        why = (
            f"no pieces of the {n} sequences resemble each other often enough (min_seqlets={min_seqlets}); explain "
            "more sequences, lower min_seqlets, or see whether the classifier scores above chance"
        )
        if length < _FEW_PIECES * seqlet:
            why += (
                f"; in sequences of {length} residues few pieces of window + 2 * flank = {seqlet} differ from the "
                "rest: lower window, flank, width and width_flank, for example to 11, 5, 14 and 2"
            )
        if not padded:
            why += "; sites near the ends were left out: pass pad=True"
    warn(f"no motif was found: {why}", SeqAugWarning)
