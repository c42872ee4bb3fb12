"""Expression tags and vector pieces: unrelated proteins share them because they were made in the same way."""

import re

import numpy as np

__all__ = ["mark_tags"]

# residues between two known pieces, or between one and an end of the protein, that belong to the vector too
_LINKER = 8
_PIECES = (
    "H{6,}",  # polyhistidine
    "MASMTGGQQMG",  # T7
    "DYKD[DH][DG][DA]?K?",  # FLAG, and the repeats of 3xFLAG
    "DYKDDDDK",
    "YPYDVPDYA",  # HA
    "EQKLISEEDL",  # Myc
    "WSHPQFEK",  # Strep
    "SAWSHPQFEK",
    "KETAAAKFERQHMDS",  # S
    "GKPIPNPLLGLDST",  # V5
    "GLNDIFEAQKIEWHE",  # biotin acceptor
    "YTDIEMNRLGK",  # VSV-G
    "KRRWKKNFIAVSAANRFKKISSSGAL",  # calmodulin binding
    "GAPVPYPDPLEPR",  # E
    "DLYDDDDK",  # Xpress
    "LEVLFQGP",  # PreScission
    "ENLYFQ[GSAM]",  # TEV
    "LVPRGS",  # thrombin
    "SSGVDLGT",
    "(?:G{2,4}S){2,}",  # flexible linkers
    "GSGSGHM",  # behind thioredoxin, before the tags of its vectors
    "SPDLGTDDDDK",
)
_COMPILED = tuple(map(re.compile, _PIECES))


def mark_tags(texts) -> np.ndarray:
    """Mark the residues of known expression tags, cleavage sites and linkers of vectors.

    Up to eight residues between two of them, or between one and an end of the protein, are marked, too.

    Parameters
    ----------
    texts : list of str of length n_rows
        Proteins, upper case.

    Returns
    -------
    tags : bool ndarray of shape (n_residues,)
        All rows, one after the other.

    Examples
    --------
    >>> from seqaug_sklearn.similarity import mark_tags
    >>> mark_tags(["MGSSHHHHHHSSGLVPRGSHMAKNTELWCA"]).nonzero()[0].tolist() == list(range(19))
    True
    """
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    # a break between rows, which no piece matches
    joined = "\n".join(texts)
    marked = np.zeros(len(joined) + 1, bool)
    for piece in _COMPILED:
        for match in piece.finditer(joined):
            marked[match.start() : match.end()] = True
    starts = np.cumsum(lengths + 1) - lengths - 1
    inside = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths) + np.arange(lengths.sum())
    places = np.flatnonzero(marked)
    if len(places):
        row = np.searchsorted(starts, places, side="right") - 1
        # (start, stop) of what is not marked before each marked residue and behind the last one of each row
        first = np.append(True, np.diff(row) > 0)
        before = np.where(first, starts[row], np.append(0, places[:-1] + 1))
        last = np.append(np.diff(row) > 0, True)
        gaps = [*zip(before, places, strict=True)]
        gaps += zip(places[last] + 1, (starts + lengths)[row[last]], strict=True)
        for start, stop in gaps:
            if stop - start <= _LINKER:
                marked[start:stop] = True
    return marked[inside]
