"""What is wrong with rows, orthologs or ``exclude``, said before anything is drawn."""

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import SeqAugWarning, SequenceError, SequenceTypeError
from seqaug_sklearn.utils import check_sequences, plain_container, text_to_codes, warn

__all__ = [
    "check_identified",
    "check_length",
    "check_names_of_exclude",
    "check_report",
    "check_symbols",
    "read_exclude",
    "tell_names_of_exclude",
    "tell_unknown",
]


def check_identified(X):
    """Identifiers and texts of whole sequences, each identifier once."""
    X = plain_container(X)
    if _is_bag(X):
        raise SequenceError(
            "X holds bags of windows, but orthologs take the place of whole sequences: put OrthologAugmenter in front "
            "of WindowAugmenter, in a pipeline of imbalanced-learn"
        )
    sequences = check_sequences(X)
    if sequences.identifiers is None:
        raise SequenceTypeError(
            f"X is a {type(X).__name__} without identifiers, by which orthologs are found; pass a Series or a "
            "one-column DataFrame whose index names the sequences, for example pd.Series(sequences, index=names)"
        )
    repeated = sequences.identifiers.duplicated()
    if repeated.any():
        raise SequenceError(
            f"identifier {sequences.identifiers[repeated][0]!r} stands for several rows of X; orthologs take the place "
            "of whole sequences, so add them before sequences are cut or copied"
        )
    return pd.Index(sequences.identifiers, dtype=object), sequences.values  # noqa: PD011


def _is_bag(X):
    """Whether X is a table of windows: an array or nested list of text."""
    if hasattr(X, "iloc") or isinstance(X, str):
        return False
    if isinstance(X, np.ndarray):
        return X.ndim == 2
    return isinstance(X, (list, tuple)) and len(X) > 0 and isinstance(X[0], (list, tuple, np.ndarray))


def check_symbols(texts, alphabet, names, where=""):
    """Raise for a symbol outside the alphabet; ``where`` says whose it is."""
    try:
        text_to_codes(list(texts), alphabet, identifiers=names)
    except SequenceError as error:
        raise SequenceError(f"{where}{error}") from None


def _chosen(values, mask):
    return [value for value, keep in zip(values, mask, strict=True) if keep]


def tell_unknown(selection):
    """Warn where most genes of the table are in neither X nor ``exclude``; where all are, there is an error."""
    n, n_genes = len(selection.unknown), selection.report["genes"]
    if 2 * n > n_genes and n < n_genes:
        warn(
            f"{n} of {n_genes} genes of the orthologs (for example {selection.unknown[0]!r}) are neither in X nor in "
            f"exclude, so that their orthologs serve no row; names of the data look like {selection.identifiers[0]!r}",
            SeqAugWarning,
        )


def tell_names_of_exclude(names, selection):
    """Warn where ``exclude`` takes most orthologs away and shares no name with the training rows."""
    report = selection.report
    served = report["orthologs"] - report["held_out"] - report["unknown"]
    if 2 * report["near_held_out"] > served and not names.isin(selection.identifiers).any():
        warn(
            f"{report['near_held_out']} of {served} orthologs resemble rows of exclude, whose names (for example "
            f"{names[0]!r}) are none of the training rows' (for example {selection.identifiers[0]!r}), and are left "
            "out; if these are the training rows themselves, give exclude the same index as X",
            SeqAugWarning,
        )


def check_length(y, n_rows):
    """Raise where there is not one label per row."""
    if np.ndim(y) == 0 or len(y) != n_rows:
        found = "a single value" if np.ndim(y) == 0 else f"{len(y)} labels"
        raise ValueError(f"y must have one label per row of X, {n_rows}, got {found}")


def check_report(report, identifiers, table):
    """Raise where no row has an ortholog, unless held-out ones are known to have; warn where none may be used."""
    if report["orthologs"] in (report.get("held_out_or_unknown"), report.get("unknown")):
        raise ValueError(
            f"none of the {len(identifiers)} identifiers (for example {identifiers[0]!r}) has an ortholog; the table "
            f"of orthologs names for example {table.genes[0]!r}: are both the same kind of name?"
        )
    if report["usable"] == 0:
        told = ", ".join(f"{count} {name}" for name, count in report.items() if count and name not in ("rows", "genes"))
        warn(f"no ortholog may be used, so nothing is added: {told}", SeqAugWarning)


def read_exclude(exclude, alphabet):
    """Sequences of ``exclude`` with their identifiers."""
    if not isinstance(exclude, (pd.Series, pd.DataFrame)):
        raise SequenceTypeError(
            "exclude must be a Series or one-column DataFrame of sequences whose index names them as that of X "
            f"does, got {type(exclude).__name__}; pass all your sequences, for example exclude=X"
        )
    rows = check_sequences(exclude, name="exclude")
    check_symbols(rows.values, alphabet, rows.identifiers, "exclude: ")
    return rows


def check_names_of_exclude(exclude, alphabet, identifiers, texts):
    """Training rows that exclude holds under another name only would count as held out there."""
    if exclude is None:
        return
    rows = read_exclude(exclude, alphabet)
    own = pd.Index(rows.identifiers, dtype=object)
    others = ~own.isin(identifiers)
    named = {text.upper(): name for text, name, other in zip(rows.values, own, others, strict=True) if other}
    absent = ~identifiers.isin(own)
    found = [
        (a, named[t.upper()])
        for a, t in zip(identifiers[absent], _chosen(texts, absent), strict=True)
        if t.upper() in named
    ]
    if not found:
        return
    (name, other), n = found[0], len(found)
    message = (
        f"rows of exclude equal {n} of {len(identifiers)} training rows under other names (training row {name!r} "
        f"is {other!r} in exclude), and orthologs like them count as near held-out rows"
    )
    if 2 * n > len(identifiers):
        raise SequenceError(f"{message}; give exclude the same index as X")
    warn(f"{message}; rename them where they are the same rows", SeqAugWarning)
