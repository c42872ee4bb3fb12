"""Edits and orthologs of ``compare_augmentations``: checked before any long work, and described in the report."""

import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.evaluation._augmentation._line_up import TEXT_MODELS
from seqaug_sklearn.evaluation._augmentation._models import named_edits, usual_edits
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.motifs import MotifSet, read_database
from seqaug_sklearn.utils import check_sequences, invalid_parameter, tidy_orthologs

__all__ = [
    "check_edits",
    "check_orthologs",
    "count_orthologs",
    "known_motifs",
    "say_edits",
    "tell_edits",
    "tell_edits_of",
    "tell_orthologs",
    "usual_window",
]

_USUAL_WINDOW = 40
_MUCH_SHORTER = 0.5
"""Share of the median length below which the shortest sequence is an exception, and does not decide."""


def usual_window(X) -> tuple[int, list[str]]:
    """Return the window length of some sequences, in residues, and a sentence where it is not the usual one.

    That is 40, and two thirds of the shortest sequence where this is shorter. A sequence that is much shorter than the
    others does not decide: it is then an error, which names it.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.

    Examples
    --------
    >>> usual_window(["ACGTTGCAGGATCCATTACGGCATCAATGA"] * 5)
    (20, ['Windows have 20 residues, because the sequences have 30 and not the usual 40 or more.'])
    >>> usual_window(["ACGT" * 20, "ACGTACGT"])
    (40, [])
    """
    lengths = check_sequences(X).lengths()
    shortest, middle = int(np.min(lengths)), int(np.median(lengths))
    decides = shortest if shortest >= _MUCH_SHORTER * middle else middle
    if decides >= _USUAL_WINDOW:
        return _USUAL_WINDOW, []
    window = max(2, 2 * decides // 3)
    why = f"the sequences have {decides}" if shortest == lengths.max() else f"the shortest sequence has {shortest}"
    return window, [f"Windows have {window} residues, because {why} and not the usual {_USUAL_WINDOW} or more."]


def check_edits(edits, names: list[str], X, alphabet: str, length: int | None = None, *, strand: str = "both") -> Any:
    """Return the edits asked for: False, True for the usual ones, or a checked RandomAugmentation.

    Parameters
    ----------
    edits : bool, str or RandomAugmentation
        As in ``compare_augmentations``.
    names : list of str
        Keys of the models.
    X : array-like of str of shape (n_samples,)
        Sequences.
    alphabet : str
        Their alphabet.
    length : int or None
        Length of the windows that are edited; None where whole sequences are.
    strand : {"both", "single"}
        Whether both strands mean the same.
    """
    from seqaug_sklearn.augmentation import RandomAugmentation, RandomNoise

    if isinstance(edits, (bool, np.bool_)):
        return bool(edits)
    if isinstance(edits, str):
        edits = named_edits(edits, length or int(check_sequences(X).lengths().min()), alphabet, strand)
    if not isinstance(edits, RandomAugmentation):
        raise invalid_parameter(
            "edits",
            "must be True, False, a preset or edits in words (see make_edits) or a RandomAugmentation, got "
            f"{type(edits).__name__}; for example 'gentle' or RandomAugmentation([RandomMutation(0.05)])",
        )
    _check_alphabet("edits", edits.alphabet, alphabet)
    textual = [edit for edit in edits.transforms if not isinstance(edit, RandomNoise)]
    texts = [key for key in names if key in TEXT_MODELS]
    if texts and len(textual) < len(edits.transforms):
        raise DataFormatError(
            f"edits hold RandomNoise, which only networks can train on, but the models {', '.join(texts)} train on "
            "edited text; leave it out, or choose networks with models="
        )
    if textual:
        rows = X if length is None else [text[:length] for text in check_sequences(X).values]  # noqa: PD011
        RandomAugmentation(**edits.get_params(deep=False) | {"transforms": textual}).fit(rows)
    return edits


def tell_edits_of(edits, X, alphabet: str, strand: str) -> str:
    """Say which edits :func:`make_model` makes of some sequences, from what it is given; `edits` are not False."""
    checked = check_edits(edits, [], X, alphabet, strand=strand)
    if checked is True:
        checked = named_edits("evoaug", int(check_sequences(X).lengths().min()), alphabet, strand)
    return _tell(checked)


def tell_edits(plan) -> list[str]:
    """Say which edits are made."""
    if not plan.edits:
        return []
    return [_tell(usual_edits(plan) if plan.edits is True else plan.edits)]


def _tell(edits):
    from seqaug_sklearn.augmentation import RandomReverseComplement, describe_edits

    sentence = (
        f"Random edits: {describe_edits(edits)}. They are drawn anew in each epoch of a network, and make "
        f"{edits.n_copies} edited {'copy' if edits.n_copies == 1 else 'copies'} of each sequence for the other models."
    )
    if any(isinstance(edit, RandomReverseComplement) for edit in edits.transforms):
        sentence += (
            " Reverse complements fail where the strand matters (transcripts, coding sequence); strand='single', or "
            "--strand single on the command line, leaves them out."
        )
    return sentence


def say_edits(plan) -> None:
    """Write to the error stream which edits are made, before the fits."""
    from tqdm import tqdm

    for sentence in tell_edits(plan):
        tqdm.write(sentence, file=sys.stderr)


def check_orthologs(orthologs, X, y, alphabet: str, *, blocks: bool = False) -> Any:
    """An augmenter that keeps away from rows outside the training rows, tried on all rows; None where none is wanted.

    Parameters
    ----------
    orthologs : DataFrame, dict, OrthologAugmenter or None
        As in ``compare_augmentations``.
    X : Series of str of shape (n_samples,)
        Sequences.
    y : ndarray of shape (n_samples,)
        Labels.
    alphabet : str
        Alphabet of the sequences.
    blocks : bool, default=False
        Whether blocks of windows are held out.
    """
    if orthologs is None:
        return None
    if blocks:
        raise DataFormatError(
            "orthologs need classes with several sequences: here each class has a single one, and an ortholog of it "
            "would stand for the training and the test block at once"
        )
    if not hasattr(X, "iloc"):
        raise DataFormatError(
            "orthologs are found by identifier: pass X as a pandas Series whose index holds the identifiers"
        )
    from seqaug_sklearn.augmentation import OrthologAugmenter

    if isinstance(orthologs, OrthologAugmenter):
        _check_alphabet("orthologs", orthologs.alphabet, alphabet)
        settings = orthologs.get_params(deep=False)
    else:
        settings = {"orthologs": orthologs, "alphabet": alphabet}
    if settings.get("exclude") is None:
        settings["exclude"] = X
    augmenter = OrthologAugmenter(**settings)
    OrthologAugmenter(**settings).fit(X, y)
    _check_longest(augmenter, int(check_sequences(X).lengths().max()))
    return augmenter


def _check_alphabet(name, own, alphabet):
    own = getattr(own, "name", own)
    if own != alphabet:
        raise DataFormatError(
            f"{name} are made for alphabet={own!r}, the sequences are {alphabet!r}; give both the same"
        )


def _check_longest(augmenter, longest):
    """Models read as many residues as the longest row has: a longer ortholog would lose its end without a word."""
    table = tidy_orthologs(augmenter.orthologs)
    lengths = table["sequence"].str.len()
    if augmenter.truncate is None and lengths.max() > longest:
        raise DataFormatError(
            f"{(lengths > longest).sum()} of {len(table)} orthologs are longer than the longest sequence ({longest} "
            f"residues), for example {table['ortholog'][lengths.idxmax()]!r} with {lengths.max()}; cut them: "
            "--cut-orthologs left on the command line, OrthologAugmenter(..., truncate='left') in Python, keep the "
            "right end (of promoters the start of the gene), 'right' keeps the left end"
        )


def known_motifs(motifs: Any, alphabet: str) -> dict[str, np.ndarray] | None:
    """Read motifs once, so that no model depends on a file: shares by name.

    Parameters
    ----------
    motifs : str, path-like, MotifSet, dict or None
        As :class:`~seqaug_sklearn.features.MotifOccupancy` takes them.
    alphabet : str
        Alphabet of the sequences.

    Raises
    ------
    DataFormatError
        If a file is in neither format of motifs.
    ValueError
        If it holds none, or they do not fit the alphabet.
    """
    if motifs is None:
        return None
    if isinstance(motifs, MotifSet):
        return {motif.name: motif.ppm[slice(*motif.informative)] for motif in motifs}
    return read_database(motifs, alphabet=get_alphabet(alphabet), name="motifs")


def count_orthologs(augmenter, X, y, splits) -> pd.DataFrame:
    """Counts of ``report_`` for the training rows of each fold, a row per fold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SeqAugWarning)  # told when the folds were fitted
        reports = [augmenter.for_training(X.index[train], y[train]).report for train, _ in splits]
    table = pd.DataFrame(reports).reset_index(drop=True).rename_axis("fold")
    return table.rename(columns=lambda name: name.replace("_", " "))


def tell_orthologs(counts: pd.DataFrame) -> str:
    """Say how many orthologs there were, for how many genes, and what became of them."""
    first = counts.iloc[0]
    text = f"The table holds {first['orthologs']} orthologs of {first['genes']} genes. "
    if first["unknown genes"]:
        text += (
            f"{first['unknown genes']} of these genes are not among the sequences, and {first['unknown']} orthologs "
            "belong to such genes alone: they were never used. "
        )
    else:
        text += "All of these genes are among the sequences. "
    told = [
        ("usable", "were used in training"),
        ("held out", "belong to held-out genes"),
        ("shared", "also belong to a gene outside the training rows"),
        ("near held out", "resemble a held-out sequence"),
        ("conflicts", "have conflicting labels"),
    ]
    parts = [f"{_range(counts[name])} {what}" for name, what in told if counts[name].any() or name == "usable"]
    return f"{text}Of each fold's orthologs {', '.join(parts)}; all but the first were left out."


def _range(counts):
    low, high = counts.min(), counts.max()
    return f"{low}" if low == high else f"{low} to {high}"
